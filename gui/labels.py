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


class Sentence(QLabel):
    """A quiet sentence in a place of fixed height: … says that there is more, and the tooltip has all."""

    def __init__(self) -> None:
        super().__init__(textFormat=Qt.TextFormat.PlainText)
        self.setProperty("part", "quiet")
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.more = QLabel("\N{HORIZONTAL ELLIPSIS}", self)
        self.more.setAutoFillBackground(True)
        self.more.setProperty("part", "quiet")
        self.more.hide()

    def setText(self, words: str) -> None:
        """Say this."""
        super().setText(words)
        self._mark()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Whether there is room depends on the width."""
        super().resizeEvent(event)
        self._mark()

    def _mark(self) -> None:
        cut = self.heightForWidth(self.width()) > self.height()
        self.more.setVisible(cut)
        self.setToolTip(self.text() if cut else "")
        if cut:
            size = self.more.sizeHint()
            left = (
                0 if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else self.width() - size.width()
            )
            self.more.setGeometry(left, self.height() - size.height(), size.width(), size.height())


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
