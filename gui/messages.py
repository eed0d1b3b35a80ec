"""What is said in place about something typed: a sign, and words in the colour that goes with it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from engine.errors import GradusError
from engine.words import shown
from gui.parts import Part, announce, set_part


class Message(QWidget):
    """A line or two of words under a field; nothing, and no height, while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = QLabel()
        self._words = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._words, 1)
        self.clear()

    def set_error(self, error: GradusError) -> None:
        """Say what is wrong and what to do about it."""
        self.set_words(shown(error.in_full()), "?", "wrong")

    def set_words(self, words: str, sign: str, part: Part) -> None:
        """Say `words`, led by `sign`."""
        for label in (self._sign, self._words):
            set_part(label, part)
        self._sign.setText(sign)
        self._words.setText(words)
        if words != self.accessibleName():
            self.setAccessibleName(words)
            announce(self, words)
        self.setVisible(True)

    def clear(self) -> None:
        """Say nothing."""
        self._words.clear()
        self.setAccessibleName("")
        self.setVisible(False)

    def words(self) -> str:
        """What is said."""
        return self._words.text()
