"""The prose of a lesson on screen: Markdown with typeset formulas and live numbers, as tall as it needs."""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent, QResizeEvent, QTextCursor, QWheelEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget

from gui.mathtext import Typesetter
from gui.prose_document import ProseDocument, formulas_of, markdown_parser

__all__ = ["ProseDocument", "ProseView", "formulas_of", "markdown_parser"]

LONGEST_LINE = 68  # characters
_SAMPLE = "Between two points of a curve the slope of the secant is a number you can read off."


class ProseView(QTextEdit):
    """Shows Markdown without a frame or scroll bars: give it a width and it takes the height it needs.

    Font and palette are the widget's own and are followed when they change. Text can be selected and
    copied, formulas as LaTeX.
    """

    def __init__(self, typesetter: Typesetter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._markdown = ""
        self._prose = ProseDocument(typesetter, self)
        self.setDocument(self._prose)
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setCursorWidth(0)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._prose.documentLayout().documentSizeChanged.connect(self._fit)
        # not a viewport of our own: Qt's text control keeps hold of the first one, and of its memory
        self.viewport().setAutoFillBackground(False)
        self._limit_width()

    def set_markdown(self, text: str) -> None:
        """Show another text. `{name}` in it is the readout of that name, once `set_readouts` gives it."""
        if text != self._markdown:
            self._markdown = text
            self._rebuild()

    def markdown(self) -> str:
        """The text on show, as it was given."""
        return self._markdown

    def set_readouts(self, readouts: Mapping[str, str]) -> None:
        """Change the numbers in the text, each already written as a person reads it."""
        cursor = QTextCursor(self._prose)
        for place in self._prose.set_readouts(readouts):
            cursor.setPosition(place)
            left = self.cursorRect(cursor)
            cursor.setPosition(place + 1)
            self.viewport().update(left.united(self.cursorRect(cursor)))

    def words(self) -> str:
        """The text on show in plain characters, formulas as LaTeX and readouts as they are now."""
        return self._prose.words()

    def sizeHint(self) -> QSize:
        """As wide as a line may be, and as tall as the text is at the present width."""
        return QSize(self.maximumWidth(), self._height())

    def minimumSizeHint(self) -> QSize:
        """Narrow columns are bearable; a cut-off line is not."""
        return QSize(round(self._character() * 20), self._height())

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of the text and the theme."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange) and hasattr(self, "_prose"):
            self._limit_width()
            self._rebuild()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out the text at the new width, and fit formulas into it."""
        before = self._prose.textWidth()
        super().resizeEvent(event)
        if self._prose.textWidth() != before:
            self._prose.fit_to_width(before)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave scrolling to the pane around."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave the keys that turn pages to the window."""
        if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Space):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell a screen reader the text as it is now; show the caret to whoever comes by keyboard."""
        by_keyboard = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self.setCursorWidth(1 if by_keyboard else 0)
        self.setAccessibleName(self.words())
        super().focusInEvent(event)

    def createMimeDataFromSelection(self) -> QMimeData:
        """What is copied: plain text, since formulas and numbers are objects that only we can paint."""
        cursor: QTextCursor = self.textCursor()
        data = QMimeData()
        data.setText(self._prose.text_between(cursor.selectionStart(), cursor.selectionEnd()))
        return data

    def _rebuild(self) -> None:
        self._prose.set_markdown(self._markdown, self.font(), self.palette())
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.setAccessibleName(self.words())
        self._fit()

    def _fit(self) -> None:
        if self.height() != self._height():
            self.setFixedHeight(self._height())

    def _height(self) -> int:
        return math.ceil(self._prose.size().height()) if self._markdown else 0

    def _limit_width(self) -> None:
        self.setMaximumWidth(math.ceil(self._character() * LONGEST_LINE))

    def _character(self) -> float:
        """The mean width of a character of running text."""
        return QFontMetricsF(self.font()).horizontalAdvance(_SAMPLE) / len(_SAMPLE)
