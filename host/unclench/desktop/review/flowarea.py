"""A row of buttons that wraps, or scrolls on one line where the page has no more room."""

from __future__ import annotations

from pyqtgraph.Qt import QtCore, QtWidgets

from unclench.desktop.training.parts import Flow


class FlowArea(QtWidgets.QScrollArea):
    """As high as its buttons need, or one line high; moving the focus scrolls it."""

    def __init__(self, spacing: int = 8) -> None:
        super().__init__(widgetResizable=True)
        inner = QtWidgets.QWidget(objectName="clear")
        self._flow = Flow(inner, spacing)
        self.setWidget(inner)
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        policy = QtWidgets.QSizePolicy.Policy
        sizes = QtWidgets.QSizePolicy(policy.Expanding, policy.Minimum)
        sizes.setHeightForWidth(True)
        self.setSizePolicy(sizes)
        self.keep_to_one_line(False)

    def add(self, widget: QtWidgets.QWidget) -> None:
        """Add a button."""
        self._flow.addWidget(widget)

    def keep_to_one_line(self, one_line: bool) -> None:
        """Show one line of buttons and scroll to the rest, or show them all."""
        self._one_line = one_line
        bar = QtCore.Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            bar.ScrollBarAsNeeded if one_line else bar.ScrollBarAlwaysOff
        )
        self.updateGeometry()

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        """Height for a width: see Flow."""
        full, line = self._flow.heightForWidth(width), self._flow.minimumSize().height()
        return min(full, line) if self._one_line else full

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        """One button."""
        return self._flow.minimumSize()

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        """All buttons on one line."""
        return self._flow.sizeHint()
