"""Worked steps on a sheet: a row a line, its formula at the left and the name of its rule at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from engine.figure import WorkedStep, WorkedSteps
from engine.words import shown
from gui.canvas.wording import draw_words
from gui.mathtext import Formula, scale_for
from gui.theme import GRID, Theme

if TYPE_CHECKING:
    from gui.mathtext import Typesetter

MARGIN = 2.0 * GRID
INDENT = 16.0
MOST_OF_HEIGHT = 0.5
"""What the lines take of the sheet at most; of more lines the last ones are shown."""

RULE_SHARE = 0.35


class _Row(NamedTuple):
    step: WorkedStep
    formula: Formula | None
    scale: float
    height: float


class SheetLines:
    """The lines of a derivation, as many of the last as there is room for."""

    def __init__(
        self, steps: WorkedSteps | None, theme: Theme, size: QSize, typesetter: Typesetter | None
    ) -> None:
        self._theme = theme
        self._font: QFont = theme.font()
        self._metrics = QFontMetricsF(self._font)
        self._width = size.width() - 2 * MARGIN
        rows = [self._row(step, typesetter) for step in steps.steps] if steps is not None else []
        while rows and sum(row.height for row in rows) > MOST_OF_HEIGHT * size.height():
            del rows[0]
        self._rows = rows

    @property
    def height(self) -> float:
        """The room they need, with a margin below."""
        return sum(row.height for row in self._rows) + MARGIN if self._rows else 0.0

    def paint(self, painter: QPainter, top: float) -> None:
        """Paint the rows from `top` down."""
        ink, muted = QColor(self._theme.text), QColor(self._theme.muted)
        for row in self._rows:
            middle = top + row.height / 2
            baseline = middle + (self._metrics.ascent() - self._metrics.descent()) / 2
            left = MARGIN + INDENT * row.step.depth
            painter.setPen(ink)
            if row.formula is None:
                draw_words(painter, QPointF(left, baseline), self._font, shown(row.step.spoken))
            else:
                above = middle - row.formula.size(row.scale).height() / 2
                row.formula.paint(painter, left, above + row.formula.height * row.scale, row.scale, ink)
                name = shown(row.step.rule)
                right = MARGIN + self._width - self._metrics.horizontalAdvance(name)
                painter.setPen(muted)
                draw_words(painter, QPointF(right, baseline), self._font, name)
            top += row.height

    def _row(self, step: WorkedStep, typesetter: Typesetter | None) -> _Row:
        """A row as tall as its formula, which is made smaller where the width is short of it."""
        line = self._metrics.lineSpacing() + GRID / 2
        if typesetter is None:
            return _Row(step, None, 1.0, line)
        formula = typesetter.typeset_now(step.row)
        room = self._width * (1 - RULE_SHARE) - INDENT * step.depth
        scale = min(scale_for(self._font), room / max(formula.width, 0.1))
        return _Row(step, formula, scale, max(line, formula.size(scale).height() + GRID / 2))
