"""Markdown as a QTextDocument whose formulas stand on the baseline and whose numbers follow the picture.

Formulas and readouts are inline objects: a formula that becomes ready, or a number that changes, is painted
anew in its place and the document is not built again.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, QSizeF, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontInfo,
    QFontMetrics,
    QFontMetricsF,
    QPainter,
    QPalette,
    QPyTextObject,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)

from gui.fonts import with_tabular_figures
from gui.mathtext import Formula, Typesetter, scale_for

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_FORMULA, _READOUT = QTextFormat.ObjectTypes.UserObject + 1, QTextFormat.ObjectTypes.UserObject + 2
_SOURCE, _DISPLAY, _BEFORE, _AFTER = (QTextFormat.Property.UserProperty + number for number in range(1, 5))
_OBJECT = "\N{OBJECT REPLACEMENT CHARACTER}"
LINE_HEIGHT = 1.45
REST = 600  # milliseconds after which a number that has not changed is at rest
_SMALLEST_FIT = 0.25  # a formula wider than its column shrinks no further than this


@functools.cache
def markdown_parser() -> MarkdownIt:
    """The Markdown of lessons: CommonMark with tables, `$…$` and `$$…$$`, and without HTML."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    return parser.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False)


def formulas_of(markdown: str) -> Iterator[tuple[str, bool]]:
    r"""Every formula of a text as (LaTeX, on a line of its own), in order: what a bundle typesets ahead.

    >>> list(formulas_of(r"The slope $\frac{1}{2}$."))
    [('\\frac{1}{2}', False)]
    """
    for token in markdown_parser().parse(markdown):
        for part in token.children or [token]:
            if part.type.startswith("math"):
                yield part.content.strip(), part.type != "math_inline"


class ProseDocument(QTextDocument):
    """A text of a lesson. Set the font and the palette, then the Markdown; change either and set it again."""

    def __init__(self, typesetter: Typesetter, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.typesetter = typesetter
        self.ink = QColor(Qt.GlobalColor.black)
        self.readouts: dict[str, str] = {}
        self._use_font(self.defaultFont())
        self._reserved: dict[str, float] = {}
        self._waiting: dict[tuple[str, bool], list[int]] = {}
        self._readout_places: dict[str, list[int]] = {}
        self._formula_places: list[tuple[int, str, bool]] = []
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self._rest.timeout.connect(self._tighten)
        self.setUndoRedoEnabled(False)
        self.setDocumentMargin(0)
        self._handlers = _FormulaObject(self), _ReadoutObject(self)
        for kind, handler in zip((_FORMULA, _READOUT), self._handlers, strict=True):
            self.documentLayout().registerHandler(kind, handler)
        typesetter.ready.connect(self._formula_ready)

    def set_markdown(self, markdown: str, font: QFont, palette: QPalette) -> None:
        """Build the document anew."""
        from gui.prose_builder import ProseBuilder

        self.clear()
        self._use_font(font)
        self.ink = palette.color(QPalette.ColorRole.Text)
        self._reserved.clear()
        self._waiting.clear()
        self._readout_places.clear()
        self._formula_places.clear()
        ProseBuilder(self, font, palette).build(markdown_parser().parse(markdown))
        edge = self.rootFrame().frameFormat()
        edge.setBottomMargin(overhang(self.defaultFont()))  # no line comes after the last one
        self.rootFrame().setFrameFormat(edge)

    def _use_font(self, font: QFont) -> None:
        self.setDefaultFont(font)
        self.setIndentWidth(1.5 * pixels_of(font))
        self.metrics = QFontMetricsF(font)
        self.scale = scale_for(font)  # of formulas: pixels per em

    def set_readouts(self, readouts: Mapping[str, str]) -> list[int]:
        """Change the numbers in the text. Returns the positions of those that stand in it and are new.

        While a number moves, its room only grows, so that what stands beside it does not jitter; once it
        has rested, the room is what the number needs.
        """
        before, self.readouts = self.readouts, dict(readouts)
        changed: list[int] = []
        for name, places in self._readout_places.items():
            if before.get(name) == readouts.get(name):
                continue
            changed += places
            if self._reserve(name):
                for place in places:
                    self.markContentsDirty(place, 1)
            elif self._width(name) < self._reserved[name]:
                self._rest.start()
        return changed

    def _tighten(self) -> None:
        """Give back the room that numbers at rest do not need."""
        for name, places in self._readout_places.items():
            if self._width(name) < self._reserved.get(name, 0.0):
                self._reserved[name] = self._width(name)
                for place in places:
                    self.markContentsDirty(place, 1)

    def readout(self, name: str) -> str:
        """The number called `name`, or the placeholder as written when there is none."""
        return self.readouts.get(name, f"{{{name}}}")

    def room(self, name: str) -> float:
        """The width that is kept for a readout."""
        return self._reserved.get(name, 0.0) if name in self.readouts else self._width(name)

    def _reserve(self, name: str) -> bool:
        """Make room for the readout as it is now; whether that moves what stands beside it."""
        if name not in self.readouts:
            return True
        more = self._width(name) > self._reserved.get(name, 0.0)
        if more:
            self._reserved[name] = self._width(name)
        return more

    def _width(self, name: str) -> float:
        return QFontMetricsF(readout_font(self.defaultFont())).horizontalAdvance(self.readout(name))

    def add_formula(
        self, cursor: QTextCursor, latex: str, display: bool, before: str = "", after: str = ""
    ) -> None:
        """Put a formula where the cursor is; it appears when it is ready.

        `before` and `after` are the bracket or the comma that no end of a line may part from it: Qt breaks
        lines on both sides of an object, whatever stands there, so the object paints them itself.
        """
        formula = self.typesetter.formula(latex, display)
        if formula is None:
            self._waiting.setdefault((latex, display), []).append(cursor.position())
        self._formula_places.append((cursor.position(), latex, display))
        shape = QTextCharFormat()
        shape.setObjectType(_FORMULA)
        shape.setProperty(_DISPLAY, display)
        self._set_depth(shape, formula)
        self._insert(cursor, shape, latex, before, after)

    def add_readout(self, cursor: QTextCursor, name: str, before: str = "", after: str = "") -> None:
        """Put a number that changes where the cursor is."""
        self._reserve(name)
        self._readout_places.setdefault(name, []).append(cursor.position())
        shape = QTextCharFormat()
        shape.setObjectType(_READOUT)
        shape.setFont(readout_font(self.defaultFont()))
        self._insert(cursor, shape, name, before, after)

    def fit_to_width(self, before: float) -> None:
        """Measure again the formulas that are too wide now, or were at the width `before`."""
        narrow = min(before, self.textWidth()) - 4 * self.indentWidth()
        for place, latex, display in self._formula_places:
            formula = self.typesetter.formula(latex, display)
            if formula is not None and formula.width * self.scale > narrow:
                self.markContentsDirty(place, 1)

    def text_between(self, start: int, stop: int) -> str:
        """The words from one position to another, formulas as LaTeX and readouts as they are now."""
        cursor = QTextCursor(self)
        words = []
        for position in range(start, min(stop, self.characterCount() - 1)):
            character = self.characterAt(position)
            if character == _OBJECT:
                cursor.setPosition(position + 1)
                words.append(self._object_words(cursor.charFormat()))
            else:
                words.append("\n" if character in "\u2028\u2029\ufdd0\ufdd1" else character)
        return "".join(words)

    def words(self) -> str:
        """The whole text, formulas as LaTeX: what a screen reader reads."""
        return self.text_between(0, self.characterCount()).strip()

    def _insert(
        self, cursor: QTextCursor, shape: QTextCharFormat, source: str, before: str, after: str
    ) -> None:
        shape.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignBaseline)
        for name, value in ((_SOURCE, source), (_BEFORE, before), (_AFTER, after)):
            shape.setProperty(name, value)
        cursor.insertText(_OBJECT, shape)

    def _object_words(self, shape: QTextCharFormat) -> str:
        source = shape.stringProperty(_SOURCE)
        words = self.readout(source) if shape.objectType() == _READOUT else f"${source}$"
        return f"{shape.stringProperty(_BEFORE)}{words}{shape.stringProperty(_AFTER)}"

    def _set_depth(self, shape: QTextCharFormat, formula: Formula | None) -> None:
        """Give a formula's character the font whose descent is the room that it needs below the baseline.

        Qt lets an inline object stand on the baseline of the text only by the descent of the font that
        its character has. A depth that the space between lines holds takes none of its own, so that
        lines with small formulas lie as far apart as those without.
        """
        font = self.defaultFont()
        depth = formula.depth * self.scale if formula else 0.0
        slack = self.metrics.descent() + overhang(font)
        shape.setFont(font if depth <= slack else _font_with_descent(font.family(), math.ceil(depth)))
        if formula is not None and formula.error is not None:
            shape.setToolTip(str(formula.error))

    def _formula_ready(self, formula: Formula) -> None:
        places = self._waiting.pop((formula.latex, formula.display), ())
        cursor = QTextCursor(self)
        for place in places:
            cursor.setPosition(place)
            cursor.setPosition(place + 1, QTextCursor.MoveMode.KeepAnchor)
            shape = cursor.charFormat()
            self._set_depth(shape, formula)
            cursor.setCharFormat(shape)


def pixels_of(font: QFont) -> float:
    """The size of a font in pixels, however it was set."""
    return float(QFontInfo(font).pixelSize())


def readout_font(font: QFont) -> QFont:
    """A number that follows the picture: a little stronger than the words, figures of one width."""
    strong = with_tabular_figures(font)
    strong.setWeight(QFont.Weight.DemiBold)
    return strong


@functools.lru_cache(maxsize=256)
def overhang(font: QFont) -> float:
    """How far, in pixels, a formula may reach below its line: into the space above the next one."""
    return 0.2 * pixels_of(font)


def _font_with_descent(family: str, pixels: int) -> QFont:
    """The smallest font that reaches `pixels` below the baseline."""
    font = QFont(family)
    size = max(1, pixels * 3)
    font.setPixelSize(size)
    while QFontMetrics(font).descent() < pixels:
        size += 1
        font.setPixelSize(size)
    return font


class _ProseObject(QPyTextObject):
    """What the two kinds of object share: the punctuation at their sides, in the font of the text."""

    def __init__(self, document: ProseDocument) -> None:
        super().__init__(document)
        self._document = document

    def _sides(self, shape: QTextFormat) -> tuple[float, float]:
        """The widths of what stands before and after."""
        before, after = shape.stringProperty(_BEFORE), shape.stringProperty(_AFTER)
        advance = self._document.metrics.horizontalAdvance
        return advance(before) if before else 0.0, advance(after) if after else 0.0

    def _draw_sides(
        self, painter: QPainter, place: QRectF | QRect, baseline: float, shape: QTextFormat
    ) -> None:
        before, after = shape.stringProperty(_BEFORE), shape.stringProperty(_AFTER)
        if not before and not after:
            return
        painter.setPen(self._document.ink)
        painter.setFont(self._document.defaultFont())
        after_left = place.x() + place.width() - self._sides(shape)[1]
        painter.drawText(QPointF(place.x(), baseline), before)
        painter.drawText(QPointF(after_left, baseline), after)


class _FormulaObject(_ProseObject):
    """Measures and paints the formulas of a document."""

    def intrinsicSize(self, document: QTextDocument, position: int, shape: QTextFormat) -> QSizeF:
        formula, scale = self._formula(shape, position)
        sides = sum(self._sides(shape))
        if formula is None:  # about as wide as it will be, so that little moves when it comes
            letters = re.sub(r"\\[A-Za-z]+|[{}_^\\\s]", "x", shape.stringProperty(_SOURCE))
            return QSizeF(sides + 0.4 * len(letters) * scale, 0.7 * scale)
        descent = QFontMetrics(shape.toCharFormat().font()).descent()
        height = formula.height * scale
        # a hat or a root that is a little taller than its line reaches into the space above it
        pixels = pixels_of(self._document.defaultFont())
        line = LINE_HEIGHT * pixels - descent
        if line < height <= line + 0.18 * pixels:
            height = line
        return QSizeF(sides + formula.width * scale, height + descent)

    def drawObject(
        self,
        painter: QPainter,
        place: QRectF | QRect,
        document: QTextDocument,
        position: int,
        shape: QTextFormat,
    ) -> None:
        formula, scale = self._formula(shape, position)
        baseline = place.y() + place.height() - QFontMetrics(shape.toCharFormat().font()).descent()
        painter.save()
        self._draw_sides(painter, place, baseline, shape)
        painter.restore()
        if formula is not None:
            formula.paint(painter, place.x() + self._sides(shape)[0], baseline, scale, self._document.ink)

    def _formula(self, shape: QTextFormat, position: int) -> tuple[Formula | None, float]:
        """The formula and its scale, smaller where the column is too narrow for it."""
        latex, display = shape.stringProperty(_SOURCE), shape.boolProperty(_DISPLAY)
        formula = self._document.typesetter.formula(latex, display)
        scale = self._document.scale
        around = self._document.findBlock(position).blockFormat()
        indent = around.leftMargin() + around.indent() * self._document.indentWidth()
        column = self._document.textWidth() - indent - sum(self._sides(shape)) - 1
        if formula is not None and column > 0 and formula.width * scale > column:
            scale *= max(_SMALLEST_FIT, column / (formula.width * scale))
        return formula, scale


class _ReadoutObject(_ProseObject):
    """Measures and paints the numbers of a document that follow the picture."""

    def intrinsicSize(self, document: QTextDocument, position: int, shape: QTextFormat) -> QSizeF:
        metrics = QFontMetrics(shape.toCharFormat().font())
        room = self._document.room(shape.stringProperty(_SOURCE))
        return QSizeF(sum(self._sides(shape)) + room, metrics.ascent() + metrics.descent())

    def drawObject(
        self,
        painter: QPainter,
        place: QRectF | QRect,
        document: QTextDocument,
        position: int,
        shape: QTextFormat,
    ) -> None:
        font = shape.toCharFormat().font()
        number = self._document.readout(shape.stringProperty(_SOURCE))
        baseline = place.y() + place.height() - QFontMetrics(font).descent()
        right = place.x() + place.width() - self._sides(shape)[1]
        painter.save()
        self._draw_sides(painter, place, baseline, shape)
        painter.setFont(font)
        painter.drawText(QPointF(right - QFontMetricsF(font).horizontalAdvance(number), baseline), number)
        painter.restore()
