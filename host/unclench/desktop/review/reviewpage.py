"""The ground of the review's pages: that of the training's, with tables and lists of its own."""

from __future__ import annotations

from pyqtgraph.Qt import QtGui

from unclench.desktop.theme import Theme
from unclench.desktop.training.parts import LINE, Page

_FEWEST_LINES = 20  # of text in a page's height, below which only what matters most is shown


class ReviewPage(Page):
    """A page that dresses tables and lists as well, and makes room where the text is large."""

    def __init__(self) -> None:
        super().__init__()
        self.crowded = False

    def _restyle(self) -> None:
        super()._restyle()
        self.setStyleSheet(self.styleSheet() + _own_sheet(self.theme, self.text_scale))
        self._see_room()

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Make room where there is little."""
        super().resizeEvent(event)
        self._see_room()

    def _see_room(self) -> None:
        crowded = self.height() < _FEWEST_LINES * LINE * self.text_scale
        if crowded != self.crowded:
            self.crowded = crowded
            self._make_room()

    def _make_room(self) -> None:
        """Hide what matters least, or show it again: see `crowded`."""


def _own_sheet(theme: Theme, text_scale: float) -> str:
    """What only the review has; sizes follow the text's."""
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
