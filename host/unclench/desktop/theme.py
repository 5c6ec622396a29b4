"""Calm colours, light and dark, distinct for colour-blind eyes (Okabe and Ito's palette)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Theme:
    """Colours by role; position and name distinguish channels, too."""

    name: str
    page: str
    card: str
    edge: str
    text: str
    quiet: str
    grid: str
    good: str
    warn: str
    bad: str
    accent: str
    channels: tuple[str, ...]

    def channel(self, number: int) -> str:
        """Colour of a channel, counted from 0; after the last colour they repeat."""
        return self.channels[number % len(self.channels)]

    def tone(self, role: str) -> str:
        """Colour of a role, by its name."""
        return str(getattr(self, role))


LIGHT = Theme(
    name="light",
    page="#f4f5f3",
    card="#ffffff",
    edge="#d9dcd6",
    text="#22282b",
    quiet="#5d676c",
    grid="#e7e9e4",
    good="#00735a",
    warn="#8a5200",
    bad="#b03a00",
    accent="#0062a3",
    channels=(
        *("#0072b2", "#b35900", "#007d5f", "#a3357f"),
        *("#6e6a00", "#5a4fcf", "#8c3b2f", "#4f5b66"),
    ),
)

DARK = Theme(
    name="dark",
    page="#14181b",
    card="#1c2226",
    edge="#313a40",
    text="#e6eaec",
    quiet="#9aa7ae",
    grid="#2a3237",
    good="#4cc9a4",
    warn="#f0b429",
    bad="#ff8a5c",
    accent="#6bb8f0",
    channels=(
        *("#56b4e9", "#f0a54a", "#4cc9a4", "#e39ac9"),
        *("#d6cf5a", "#a9a4ff", "#e08a7a", "#b4c0c8"),
    ),
)


def style_sheet(theme: Theme, text_scale: float) -> str:
    """Style sheet of the whole window; every size follows the text size."""
    size = 10.5 * text_scale
    return f"""
    * {{ font-size: {size:.1f}pt; color: {theme.text}; }}
    QMainWindow, QDialog, #page {{ background: {theme.page}; }}
    QToolTip {{ background: {theme.card}; color: {theme.text}; border: 1px solid {theme.edge}; }}
    #card, #header, #footer {{
        background: {theme.card}; border: 1px solid {theme.edge}; border-radius: 8px; }}
    #title {{ font-size: {size * 1.25:.1f}pt; font-weight: 600; }}
    #quiet {{ color: {theme.quiet}; }}
    #small {{ color: {theme.quiet}; font-size: {size * 0.9:.1f}pt; }}
    #value {{ font-size: {size * 4.2:.1f}pt; font-weight: 300; }}
    #smallValue {{ font-size: {size * 3:.1f}pt; font-weight: 300; }}
    #unit {{ color: {theme.quiet}; font-size: {size * 1.3:.1f}pt; }}
    #state {{ font-size: {size * 1.1:.1f}pt; font-weight: 600; }}
    #banner {{ background: {theme.card}; border: 2px solid {theme.warn}; border-radius: 8px; }}
    QPushButton, QComboBox {{
        background: {theme.page}; border: 1px solid {theme.edge}; border-radius: 6px;
        padding: {size * 0.45:.0f}px {size:.0f}px; }}
    QPushButton:hover, QComboBox:hover {{ border-color: {theme.accent}; }}
    QPushButton:focus, QComboBox:focus {{ border: 2px solid {theme.accent}; }}
    QPushButton:checked {{ background: {theme.accent}; color: {theme.page}; }}
    QPushButton:checked:focus {{ border: 2px solid {theme.text}; }}
    QPushButton:disabled {{ color: {theme.quiet}; }}
    QComboBox QAbstractItemView {{
        background: {theme.card}; selection-background-color: {theme.accent};
        selection-color: {theme.page}; }}
    QTextBrowser, QLineEdit {{
        background: {theme.card}; border: 1px solid {theme.edge}; border-radius: 6px; }}
    """ + _training_sheet(theme, size)


def _training_sheet(theme: Theme, size: float) -> str:
    """What only the training pages have."""
    return f"""
    QScrollArea, #clear {{ background: transparent; border: none; }}
    #headline {{ font-size: {size * 2.4:.1f}pt; font-weight: 300; }}
    #heading {{ font-size: {size * 1.9:.1f}pt; font-weight: 300; }}
    #lead {{ font-size: {size * 1.25:.1f}pt; }}
    #quietLead {{ font-size: {size * 1.25:.1f}pt; color: {theme.quiet}; }}
    #figure {{ font-size: {size * 1.25:.1f}pt; }}
    #chip {{ padding: {size * 0.25:.0f}px {size * 0.8:.0f}px; border-radius: {size * 0.9:.0f}px; }}
    QPushButton#primary {{
        background: {theme.accent}; border-color: {theme.accent}; color: {theme.page};
        font-size: {size * 1.15:.1f}pt; padding: {size * 0.7:.0f}px {size * 2:.0f}px; }}
    QPushButton#primary:focus {{ border: 2px solid {theme.text}; }}
    QPushButton#primary:disabled {{
        background: {theme.page}; border-color: {theme.edge}; color: {theme.quiet}; }}
    QPushButton#chip:checked {{ background: {theme.card}; color: {theme.text};
        border: 2px solid {theme.accent}; }}
    QPushButton#chip:checked:focus {{ border: 2px solid {theme.text}; }}
    QLineEdit {{ padding: {size * 0.5:.0f}px; selection-background-color: {theme.accent};
        selection-color: {theme.page}; }}
    QLineEdit:focus {{ border: 2px solid {theme.accent}; }}
    QListWidget {{ background: transparent; border: none; outline: none; }}
    QComboBox#choice::drop-down {{ border: none; width: {size * 2:.0f}px; }}
    QSlider {{ min-height: {size * 2.2:.0f}px; }}
    QSlider::groove:horizontal {{
        background: {theme.edge}; height: {size * 0.4:.0f}px; border-radius: {size * 0.2:.0f}px; }}
    QSlider::handle:horizontal {{
        background: {theme.accent}; border: 2px solid {theme.card}; width: {size * 1.5:.0f}px;
        margin: -{size * 0.65:.0f}px 0; border-radius: {size * 0.7:.0f}px; }}
    QSlider::handle:horizontal:focus {{ border: 2px solid {theme.text}; }}
    QScrollBar:vertical {{ background: transparent; width: {size:.0f}px; }}
    QScrollBar::handle:vertical {{
        background: {theme.edge}; border-radius: {size * 0.4:.0f}px; min-height: 40px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
    """
