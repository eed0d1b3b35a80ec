"""A field for a formula: it checks at every key, typesets what it understood, and shows where it is wrong."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from engine.errors import FormulaError
from engine.figure import Role
from engine.nodes import Node
from engine.notation import to_latex
from engine.words import shown
from gui.mathtext import Formula, Typesetter, scale_for
from gui.messages import Message
from gui.theme import ThemeManager

Span = tuple[int, int]
MISTAKE_DELAY = 500
"""Milliseconds of rest before a mistake is put into words: half a formula is no mistake yet."""


class FormulaPicture(QWidget):
    """One formula at the left, made smaller where the width is short of it. It never asks for more width.

    What was on show stays until its successor is typeset.
    """

    def __init__(self, typesetter: Typesetter, display: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._typesetter = typesetter
        self._display = display
        self._latex = ""
        self._formula: Formula | None = None
        self._pale = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        typesetter.ready.connect(self._take)

    def set_latex(self, latex: str, words: str = "") -> None:
        """Show another formula as soon as it is typeset; the disk is not bothered with it."""
        self.setAccessibleName(words or latex)
        self._latex = latex
        formula = self._typesetter.formula(latex, self._display, keep=False) if latex else None
        if formula is not None or not latex:
            self._show(formula)

    def latex(self) -> str:
        """The source of the formula that was last set."""
        return self._latex

    def set_pale(self, pale: bool) -> None:
        """Step back: what is written here is about to change."""
        if pale != self._pale:
            self._pale = pale
            self.update()

    def sizeHint(self) -> QSize:
        """Room for the formula as large as it will be painted, and for a line of text at least."""
        line = self.fontMetrics().height()
        if self._formula is None:
            return QSize(0, line)
        width = self._formula.size(scale_for(self.font())).width()
        height = self._formula.size(self._scale()).height()
        return QSize(math.ceil(width), max(line, math.ceil(height) + 2))

    def minimumSizeHint(self) -> QSize:
        """As tall as the formula is; it can always be made smaller."""
        return QSize(0, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A formula that is made smaller needs less height."""
        super().resizeEvent(event)
        self.updateGeometry()

    def _scale(self) -> float:
        """That of the text, less where the width is short of the formula."""
        scale = scale_for(self.font())
        if self._formula is None or not self.width() or self._formula.width * scale <= self.width():
            return scale
        # quarter steps, so that a formula does not swim while its window is resized
        return math.floor(4 * self.width() / self._formula.width) / 4

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the formula at the left, in the middle of the height."""
        formula = self._formula
        if formula is None:
            return
        scale = self._scale()
        painter = QPainter(self)
        if self._pale:
            painter.setOpacity(0.45)
        top = (self.height() - formula.size(scale).height()) / 2
        color = self.palette().color(self.foregroundRole())
        formula.paint(painter, 0.0, top + formula.height * scale, scale, color)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font and the palette."""
        self.updateGeometry()
        self.update()
        super().changeEvent(event)

    def _take(self, formula: Formula) -> None:
        if formula.latex == self._latex and formula.display == self._display:
            self._show(formula)

    def _show(self, formula: Formula | None) -> None:
        self._formula = formula
        self.updateGeometry()
        self.update()


class MarkedLineEdit(QLineEdit):
    """A line edit that can underline a part of its text with a wave."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._span: Span | None = None
        self._ink = QColor()
        # mathematics is written from left to right in every language
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)

    def set_mark(self, span: Span | None, ink: QColor | None = None) -> None:
        """Underline the characters from the first number to before the second."""
        if span != self._span or (ink is not None and ink != self._ink):
            self._span = span
            self._ink = ink or self._ink
            self.update()

    def mark(self) -> Span | None:
        """The characters that are underlined."""
        return self._span

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave the keys that turn pages to the window."""
        if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line edit, and the wave."""
        super().paintEvent(event)
        if self._span is None:
            return
        left, right = (self._x(place) for place in self._span)
        right = max(right, left + self.fontMetrics().averageCharWidth())
        cursor = self.cursorRect()
        middle = cursor.center().y() + self.fontMetrics().ascent() * 0.5 + 3
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self.rect().adjusted(3, 0, -3, 0))
        painter.setPen(QPen(self._ink, 1.5))
        # only what is seen of it: a pasted page is a long way to draw
        painter.drawPolyline(_wave(max(left, 0.0), min(right, float(self.width())), middle))

    def _x(self, place: int) -> float:
        """Where the character at `place` begins: measured from the cursor, which knows the scrolling."""
        metrics = QFontMetricsF(self.font())
        before_cursor = metrics.horizontalAdvance(self.text()[: self.cursorPosition()])
        start = self.cursorRect().center().x() - before_cursor
        return start + metrics.horizontalAdvance(self.text()[:place])


def _wave(left: float, right: float, middle: float) -> QPolygonF:
    points = []
    x, up = left, True
    while x <= right + 1:
        points.append(QPointF(x, middle - 1.5 if up else middle + 1.5))
        x, up = x + 3, not up
    return QPolygonF(points)


class FormulaField(QWidget):
    """A line for a formula, and under it the formula as it was understood, or the mistake in words.

    typed: the text after each key, once it can be read. entered: the text when Enter is pressed, readable or
    not. left: the focus leaves, or Enter was pressed: what follows is another stretch of typing.
    may_be_empty: nothing typed is no mistake.
    """

    typed = Signal(str)
    entered = Signal(str)
    left = Signal()

    def __init__(
        self,
        read: Callable[[str], Node],
        typesetter: Typesetter,
        themes: ThemeManager,
        may_be_empty: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._read = read
        self._may_be_empty = may_be_empty
        self._themes = themes
        self.line = MarkedLineEdit()
        self.picture = FormulaPicture(typesetter, parent=self)  # the layout shows it before it has a parent
        self.message = Message()
        below = QStackedLayout()
        below.addWidget(self.picture)
        below.addWidget(self.message)
        self._below = below
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.line)
        layout.addLayout(below)
        self.setFocusProxy(self.line)
        self._patience = QTimer(self, singleShot=True, interval=MISTAKE_DELAY)
        self._patience.timeout.connect(self._explain)
        self._error: FormulaError | None = None
        self._settled: str | None = None
        self.line.textEdited.connect(self._edited)
        self.line.returnPressed.connect(self._enter)
        self.line.installEventFilter(self)
        themes.changed.connect(self._remark)

    def text(self) -> str:
        """What stands in the line."""
        return self.line.text()

    def error(self) -> FormulaError | None:
        """What is wrong with what stands in the line."""
        return self._error

    def set_text(self, source: str) -> None:
        """Show `source`, unless the learner is in the middle of writing something else here."""
        if source == self._settled or (self.line.hasFocus() and self.line.isModified()):
            return
        if source != self.line.text():
            self.line.setText(source)
        self._check()
        self._explain()
        self._settled = source

    def show_error(self, error: FormulaError) -> None:
        """Show a mistake that only whoever takes the formula could find."""
        self._error = error
        self._settled = None
        self._explain()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Notice that the learner goes elsewhere."""
        if watched is self.line and event.type() == QEvent.Type.FocusOut:
            self.line.setModified(False)
            self._explain()
            self.left.emit()
        return False

    def _edited(self, text: str) -> None:
        self._settled = None
        self._check()
        if self._error is None:
            self._explain()
            self.typed.emit(text)
        else:
            self.line.set_mark(None)
            self._patience.start()

    def _enter(self) -> None:
        self._check()
        self._explain()
        self.entered.emit(self.text())
        self.left.emit()

    def _check(self) -> None:
        """Read the line: the formula it holds is shown at once, a mistake after a rest."""
        if self._may_be_empty and not self.text().strip():
            self._error = None
            self.picture.set_latex("")
            return
        try:
            node = self._read(self.text())
        except FormulaError as error:
            self._error = error
        else:
            self._error = None
            self.picture.set_latex(to_latex(node))

    def _explain(self) -> None:
        self._patience.stop()
        if self._error is None:
            self.message.clear()
        else:
            self.message.set_error(self._error)
        self._below.setCurrentWidget(self.message if self._error else self.picture)
        self.line.setAccessibleDescription(shown(self._error.what) if self._error else "")
        self._remark()

    def _remark(self) -> None:
        ink = QColor(self._themes.theme().role(Role.WRONG).color)
        self.line.set_mark(self._error.span if self._error else None, ink)
