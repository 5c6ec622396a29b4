"""Base of the review's pages: the training's page, plus styles for tables and lists."""

from __future__ import annotations

from pyqtgraph.Qt import QtGui

from unclench.desktop.theme import Theme
from unclench.desktop.training.parts import LINE, Page

_FEWEST_LINES = 20  # lines of text; a page with room for fewer hides what matters least


class ReviewPage(Page):
    """A page that also styles tables and lists, and makes room when the text is large."""

    def __init__(self) -> None:
        super().__init__()
        self.crowded = False

    def _restyle(self) -> None:
        super()._restyle()
        self.setStyleSheet(self.styleSheet() + _own_sheet(self.theme, self.text_scale))
        self._check_room()

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Make room when there is little."""
        super().resizeEvent(event)
        self._check_room()

    def _check_room(self) -> None:
        crowded = self.height() < _FEWEST_LINES * LINE * self.text_scale
        if crowded != self.crowded:
            self.crowded = crowded
            self._make_room()

    def _make_room(self) -> None:
        """Hide what matters least, or show it again, depending on `crowded`."""


def _own_sheet(theme: Theme, text_scale: float) -> str:
    """Styles that only the review needs; sizes follow the text size."""
    edge = round(5 * text_scale)
    return f"""
    QTableView {{
        background: {theme.card}; alternate-background-color: {theme.card};
        border: 1px solid {theme.edge}; border-radius: 8px; outline: none;
        selection-background-color: {theme.accent}; selection-color: {theme.page}; }}
    QTableView:focus {{ border: 2px solid {theme.accent}; }}
    QTableView::item {{ padding: 0 6px; border: none; }}
    QTableView::item:selected {{ background: {theme.accent}; color: {theme.page}; }}
    QTableView QLineEdit {{ padding: 0 4px; border-radius: 0; }}
    QHeaderView {{ background: transparent; border: none; }}
    QHeaderView::section {{
        background: {theme.card}; color: {theme.quiet}; border: none;
        border-bottom: 1px solid {theme.edge}; padding: {edge}px 6px; }}
    QTableCornerButton::section {{ background: {theme.card}; border: none; }}
    QListWidget::item {{ padding: 2px 4px; border-radius: 4px; }}
    QListWidget::item:hover {{ background: {theme.grid}; }}
    QListWidget::item:selected {{ background: {theme.accent}; color: {theme.page}; }}
    QListWidget:focus {{ border: 2px solid {theme.accent}; border-radius: 6px; }}
    #figures {{ background: transparent; border: none; }}
    #figures:focus {{ border: 2px solid {theme.accent}; }}
    QSplitter::handle {{ background: transparent; }}
    QScrollBar:horizontal {{ background: transparent; height: 12px; }}
    QScrollBar::handle:horizontal {{
        background: {theme.edge}; border-radius: 5px; min-width: 40px; }}
    QScrollBar::sub-page, QScrollBar::add-page {{ background: transparent; }}
    """
