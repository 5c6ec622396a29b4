"""Layout of a trace: strips for phases, tags and notes, and one lane per channel."""

from __future__ import annotations

from dataclasses import dataclass

from pyqtgraph.Qt import QtCore, QtGui

from unclench.desktop.review.trace.scene import Scene
from unclench.review.results import TagSpan

_MOST_TAG_ROWS = 4
_LANE_GAP = 6.0
_LEAST_LANE = 40.0  # pixels of height; lower lanes hide tags and notes


@dataclass(frozen=True)
class Places:
    """Rectangles in pixels; an empty strip has no height."""

    phases: QtCore.QRectF
    lanes: tuple[QtCore.QRectF, ...]
    tags: QtCore.QRectF
    remarks: QtCore.QRectF
    axis: QtCore.QRectF
    tag_height: float

    @property
    def ground(self) -> QtCore.QRectF:
        """The area that time runs across, without the axis."""
        return self.phases.united(self.remarks).united(self.tags).united(self.lanes[0])


def places(scene: Scene, tag_rows: int, size: QtCore.QSize, small: QtGui.QFontMetricsF) -> Places:
    """Divide a widget of `size` among the parts of a scene."""
    line = small.height() + 4
    left = small.horizontalAdvance("0000") + 14
    width = max(40.0, size.width() - left - 14)
    phases = line if scene.marks.phases else 0.0
    remarks = line if scene.marks.remarks else 0.0
    tags = line * tag_rows
    axis = line + 2
    top, n = 4.0, len(scene.lanes)
    if size.height() - top - phases - tags - remarks - axis < _LEAST_LANE * n:
        tags = remarks = 0.0  # tension comes first
    room = max(20.0 * n, size.height() - top - phases - tags - remarks - axis)
    height = room / n - _LANE_GAP
    y = top + phases
    lanes = []
    for _ in range(n):
        lanes.append(QtCore.QRectF(left, y + _LANE_GAP / 2, width, height))
        y += height + _LANE_GAP
    return Places(
        phases=QtCore.QRectF(left, top, width, phases),
        lanes=tuple(lanes),
        tags=QtCore.QRectF(left, y, width, tags),
        remarks=QtCore.QRectF(left, y + tags, width, remarks),
        axis=QtCore.QRectF(left, y + tags + remarks, width, axis),
        tag_height=line,
    )


def rows_of(tags: tuple[TagSpan, ...]) -> tuple[list[int], int]:
    """Return a row for each tag, without overlaps as far as rows last, and their number."""
    ends: list[float] = []
    rows = []
    for tag in tags:
        row = next((k for k, end_s in enumerate(ends) if end_s <= tag.start_s), len(ends))
        if row == len(ends) and row < _MOST_TAG_ROWS:
            ends.append(0.0)
        row = min(row, _MOST_TAG_ROWS - 1)
        ends[row] = max(ends[row], tag.stop_s)
        rows.append(row)
    return rows, len(ends)
