"""A field that shows a number and takes `pi/2`, `1e-3` or `2^-10` for one."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from engine.text import SIGNIFICANT_DIGITS, format_number
from gui.value_slider import key_steps

WIDEST = "−0.000123456"  # the longest that six significant digits become


def editable(value: float) -> str:
    """A number as a person would type it, every digit of it.

    >>> editable(1e-6), editable(2.0), editable(-0.5), editable(0.1 + 0.2)
    ('1e-06', '2', '-0.5', '0.30000000000000004')
    """
    return repr(value).removesuffix(".0")


class NumberField(QLineEdit):
    """A number, set apart from its digits on screen: what is not edited is not rounded.

    committed: the text, when Enter is pressed or the focus leaves after an edit. nudged: presses of ↑ and ↓.
    reverted: Escape took the edit back.
    """

    committed = Signal(str)
    nudged = Signal(float)
    reverted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value: float | None = None
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.editingFinished.connect(self._commit)

    def set_value(self, value: float | None) -> None:
        """Show `value`, unless the learner is writing here."""
        unchanged = value == self._value
        self._value = value
        if not unchanged and not self.isModified():
            self._write()

    def revert(self) -> None:
        """Forget what was typed and show the value again."""
        self.setModified(False)
        self._write()

    def keep(self) -> None:
        """Keep what was typed although it is no value yet, so that it can be mended."""
        self.setModified(True)

    def sizeHint(self) -> QSize:
        """Wide enough for six digits, a sign, a point and its zeros, so that it never changes."""
        width = QFontMetrics(self.font()).horizontalAdvance(WIDEST) + 18
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """The same: a number that is cut off is another number."""
        return self.sizeHint()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show every digit while it can be edited."""
        super().focusInEvent(event)
        if not self.isModified():
            self._write()
            if event.reason() != Qt.FocusReason.MouseFocusReason:
                self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take what was typed; then show the number as numbers stand on screen."""
        super().focusOutEvent(event)
        if not self.isModified():
            self._write()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """↑ and ↓ nudge, Escape takes the edit back."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.setModified(False)
            self.nudged.emit(key_steps(event))
        elif event.key() == Qt.Key.Key_Escape and self.isModified():
            self.revert()
            self.reverted.emit()
        elif event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to whatever scrolls around the field."""
        event.ignore()

    def _commit(self) -> None:
        if self.isModified():
            # a value that is accepted comes back through set_value
            self.setModified(False)
            self.committed.emit(self.text())
            if not self.isModified():
                self._write()

    def _write(self) -> None:
        if self._value is None:
            words = ""
        elif self.hasFocus():
            words = editable(self._value)
        else:
            words = self._fitting(self._value)
        if words != self.text():
            self.setText(words)
            self.setCursorPosition(0 if not self.hasFocus() else len(words))

    def _fitting(self, value: float) -> str:
        """The number with as many digits as can be seen: cut off, it would be another number."""
        for digits in range(SIGNIFICANT_DIGITS, 1, -1):
            words = format_number(value, digits)
            if self.fontMetrics().horizontalAdvance(words) <= self.fontMetrics().horizontalAdvance(WIDEST):
                return words
        return words
