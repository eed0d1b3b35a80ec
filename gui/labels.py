"""Words that stand by themselves: titles, paragraphs, remarks. The stylesheet knows them by their `part`."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolButton, QWidget


def label(words: str = "", part: str = "", wrap: bool = False, selectable: bool = False) -> QLabel:
    """A label of plain text. `part`: title, heading, quiet or small; `wrap` breaks it at any width."""
    made = QLabel(words, textFormat=Qt.TextFormat.PlainText)
    if part == "heading":
        made.setStyleSheet("font-weight: 600;")
    elif part:
        made.setProperty("part", part)
    if wrap:
        made.setWordWrap(True)
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    if selectable:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


class Still(QWidget):
    """The place of a label whose words change with each frame: they never ask the window for a new layout."""

    def __init__(self, label: QLabel) -> None:
        super().__init__()
        self._label = label
        label.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The label fills it."""
        self._label.setGeometry(self.rect())


def close_button(words: str) -> QToolButton:
    """The ✕ of a bar or a drawer; `words` say what it closes."""
    button = QToolButton()
    button.setText("✕")
    button.setAutoRaise(True)
    button.setToolTip(words)
    button.setAccessibleName(words)
    return button
