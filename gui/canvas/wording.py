"""Words and formulas on the picture: one way to measure and to paint either."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPaintEngine, QPainter, QPainterPath

from engine.figure import Axis, Mark
from engine.words import shown
from gui.formula import Formula, scale_for
from gui.theme import Theme

if TYPE_CHECKING:
    from gui.mathtext import Typesetter

MOST_WIDTHS = 2000
SMALL = 0.87  # tick text and labels, beside running text

_SYMBOLS = {
    "nabla": "∇", "partial": "∂", "theta": "θ", "alpha": "α", "beta": "β", "gamma": "γ", "lambda": "λ",
    "Delta": "Δ", "delta": "δ", "varepsilon": "ε", "epsilon": "ε", "eta": "η", "sigma": "σ", "mu": "μ",
    "cdot": "·", "to": "→", "infty": "∞", "le": "≤", "ge": "≥", "quad": "  ", "pi": "π", "prime": "′",
    "square": "□", "times": "×", "div": "÷",
}  # fmt: skip
_SUBSCRIPT = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")


@lru_cache(maxsize=256)
def plain(latex: str) -> str:
    """A formula in letters, for as long as it is not typeset.

    >>> plain(r"f'(x_0)"), plain(r"\\nabla f")
    ('f′(x₀)', '∇ f')
    """
    text = re.sub(r"\\(?:mathrm|text|operatorname|mathbf|left|right)\s*", "", latex)
    text = re.sub(r"\\([a-zA-Z]+)", lambda found: _SYMBOLS.get(found[1], found[1]), text)
    text = re.sub(r"_\{?([0-9]+)\}?", lambda found: found[1].translate(_SUBSCRIPT), text)
    return re.sub(r"[{}\\]", "", text).replace("'", "′").replace("-", "−").strip()


class Wording:
    """Measures and paints words and formulas in the theme's font, typeset where a typesetter is at hand.

    sync: wait for a formula that is not typeset yet, as a saved picture must.
    """

    def __init__(self, theme: Theme, typesetter: Typesetter | None = None, sync: bool = False) -> None:
        self.theme = theme
        self._typesetter = typesetter
        self._sync = sync
        self.small = theme.font(SMALL)
        self.normal = theme.font()
        self.strong = theme.font(1.0, QFont.Weight.DemiBold)
        self._metrics: dict[int, QFontMetricsF] = {}
        self._widths: dict[tuple[str, int], float] = {}
        self._awaited: set[str] = set()

    def metrics(self, font: QFont) -> QFontMetricsF:
        """The measures of one of the three fonts."""
        found = self._metrics.get(id(font))
        if found is None:
            found = self._metrics[id(font)] = QFontMetricsF(font)
        return found

    def extent(self, words: str, latex: str = "", font: QFont | None = None) -> QSizeF:
        """Width and height of a formula, or of words where there is none."""
        font = font or self.small
        formula = self._formula(latex)
        metrics = self.metrics(font)
        if formula is not None:
            size = formula.size(scale_for(font))
            return QSizeF(size.width(), max(size.height(), metrics.height()))
        return QSizeF(self.width(words or plain(latex), font), metrics.height())

    def width(self, words: str, font: QFont | None = None) -> float:
        """How wide words are, remembered: the same few numbers stand on an axis frame after frame."""
        font = font or self.small
        key = (words, id(font))
        found = self._widths.get(key)
        if found is None:
            if len(self._widths) > MOST_WIDTHS:
                self._widths.clear()
            found = self._widths[key] = self.metrics(font).horizontalAdvance(words)
        return found

    def paint(
        self,
        painter: QPainter,
        box: QRectF,
        words: str,
        latex: str = "",
        color: str = "",
        font: QFont | None = None,
    ) -> None:
        """Paint from the left edge of `box`, centred in its height."""
        font = font or self.small
        shade = QColor(color or self.theme.text)
        formula = self._formula(latex)
        if formula is not None:
            scale = scale_for(font)
            middle = (formula.height - formula.depth) / 2 * scale
            formula.paint(painter, box.left(), box.center().y() + middle, scale, shade)
            return
        metrics = self.metrics(font)
        painter.setPen(shade)
        words = words or plain(latex)
        if self.width(words, font) > box.width() + 2:
            words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, box.width() + 2)
        baseline = box.center().y() + (metrics.ascent() - metrics.descent()) / 2
        draw_words(painter, QPointF(box.left(), baseline), font, words)

    def awaits(self, latex: str) -> bool:
        """Whether this formula was painted in plain letters because it was not typeset yet."""
        return latex in self._awaited

    def _formula(self, latex: str) -> Formula | None:
        if not latex or self._typesetter is None:
            return None
        if self._sync:
            found: Formula | None = self._typesetter.typeset_now(latex)
        else:
            found = self._typesetter.formula(latex)
        if found is None:
            self._awaited.add(latex)
        return None if found is None or found.error else found


def draw_words(painter: QPainter, start: QPointF, font: QFont, words: str) -> None:
    """Write `words` from `start` on the baseline in the painter's pen; in an SVG, as the letters' outlines.

    An SVG names its font but does not carry it: elsewhere another would take its place, of other widths.
    """
    if painter.paintEngine().type() == QPaintEngine.Type.SVG:
        path = QPainterPath()
        path.addText(start, font, words)
        painter.fillPath(path, painter.pen().color())
        return
    painter.setFont(font)
    painter.drawText(start, words)


def mark_words(mark: Mark | Axis) -> str:
    """The label of a mark or an axis in the learner's language; empty if it has none."""
    return shown(mark.label) if mark.label is not None else ""
