"""Between which two numbers a formula stays while its variable runs through an interval: proof, not samples.

Interval arithmetic, each operation rounded outwards. Source: R. E. Moore, R. B. Kearfott and M. J. Cloud,
"Introduction to Interval Analysis" (SIAM, 2009), chapters 2 to 5. A bound is never too narrow, and often too
wide where a variable occurs several times; cutting the interval into pieces narrows it.

Only formulas that are smooth where they have a value are bounded: a corner, a jump, a pole or an edge of the
domain inside an interval makes its bounds infinite, which is to say that nothing is known.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.constants import exact_value
from engine.function import Compiled, compile_nodes
from engine.nodes import (
    Call,
    Constant,
    Difference,
    Negation,
    Node,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
    fold,
)

Array = npt.NDArray[np.float64]

PIECES = 64
"""Pieces of an interval at first, and at most `PARTS` of each that is in doubt, `ROUNDS` times."""
PARTS = 8
ROUNDS = 4
MOST_WORK = 2_000_000
"""Pieces times the nodes of the formula: what a round may cost, some tens of milliseconds."""

ROUNDING = 4 * np.finfo(float).eps
"""Relative error of one operation, as `engine.rounding` has it."""
TINY = 1e-300
"""Added to every bound's error: the smallest numbers have no relative accuracy."""

_RISING = frozenset({"exp", "sinh", "tanh", "asinh", "atan", "sigmoid", "softplus", "erf"})
_RISING_ABOVE_0 = frozenset({"ln", "log2", "log10", "sqrt"})


class Interval(NamedTuple):
    """Lower and upper bounds, arrays of one shape; −∞ and ∞ where nothing is known."""

    low: Array
    high: Array

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Where both bounds are finite."""
        return np.isfinite(self.low) & np.isfinite(self.high)


def interval_values(node: Node, variable: str, low: Array, high: Array) -> Interval:
    """Bounds of the formula over each [low, high]; `variable` is its only one.

    >>> from engine.expression import parse
    >>> bounds = interval_values(parse("x^2 - x"), "x", np.array([1.0]), np.array([2.0]))
    >>> [round(float(end[0]), 9) for end in bounds]  # x² lies in [1, 4], −x in [−2, −1]
    [-1.0, 3.0]
    """
    pieces = Interval(np.asarray(low, float), np.asarray(high, float))
    with np.errstate(all="ignore"):
        return fold(node, lambda part, below: _bounds(part, below, variable, pieces))


def stays_nonnegative(node: Node, needed: Node, variable: str, low: float, high: float) -> bool:
    """Whether `node` ≥ 0 on all of [low, high] is proved, and that `needed` has a value there.

    False does not mean that it is negative anywhere: only that the bounds did not decide it.

    >>> from engine.expression import parse
    >>> [stays_nonnegative(parse(f), parse("1"), "x", -1.0, 1.0) for f in ("12x^2", "x")]
    [True, False]
    """
    edges = np.linspace(low, high, PIECES + 1)
    starts, stops = edges[:-1], edges[1:]
    for _ in range(ROUNDS):
        bounds = interval_values(node, variable, starts, stops)
        defined = interval_values(needed, variable, starts, stops).known
        doubtful = ~(bounds.known & (bounds.low >= 0) & defined)
        if not doubtful.any():
            return True
        if bool((bounds.high < 0).any()) or doubtful.sum() * PARTS * node.size > MOST_WORK:
            return False
        cuts = np.linspace(starts[doubtful], stops[doubtful], PARTS + 1)
        starts, stops = cuts[:-1].ravel(), cuts[1:].ravel()
    return False


def _bounds(node: Node, below: tuple[Interval, ...], variable: str, pieces: Interval) -> Interval:
    shape = pieces.low.shape
    match node:
        case Variable(name):
            return pieces if name == variable else _unknown(shape)
        case Number() | Constant():
            value = np.full(shape, float(_compiled(node)()[0]))
            exact = isinstance(node, Number) and _whole(node)
            return Interval(value, value) if exact else _widened(value, value)
        case Negation():
            return Interval(-below[0].high, -below[0].low)
        case Sum():
            total = _widened(below[0].low + below[1].low, below[0].high + below[1].high)
            return _not_below_0(total, below)
        case Difference():
            return _widened(below[0].low - below[1].high, below[0].high - below[1].low)
        case Product(one, other):
            return _power(below[0], 2) if one is other else _product(*below)
        case Quotient():
            return _product(below[0], _power(below[1], -1))
        case Power(base, exponent):
            return _any_power(base, exponent, *below)
        case Call(name, (_,)):
            return _call(name, below[0])
    return _unknown(shape)


def _any_power(base: Node, exponent: Node, one: Interval, other: Interval) -> Interval:
    n = exact_value(exponent)
    if n is not None and n.denominator == 1 and -1000 <= n <= 1000:
        return _power(one, int(n))
    if base.variables and exponent.variables:
        return _unknown(one.low.shape)
    # one of the two stands still: for a positive base the power is monotone in the other
    corners = [a**b for a in one for b in other]
    widened = _widened(np.minimum.reduce(corners), np.maximum.reduce(corners))
    return _where(one.low > 0, widened)


def _power(base: Interval, n: int) -> Interval:
    """base^n for a whole n. Even powers know that they are not negative."""
    low, high = base.low ** float(n), base.high ** float(n)
    spans = (base.low <= 0) & (base.high >= 0)
    if n < 0:
        return _where(~spans, _widened(np.minimum(low, high), np.maximum(low, high)))
    if n % 2 or n == 0:
        return _widened(low, high)
    bounds = _widened(np.minimum(low, high), np.maximum(low, high))
    return Interval(np.where(spans, 0.0, np.maximum(bounds.low, 0.0)), bounds.high)


def _product(one: Interval, other: Interval) -> Interval:
    corners = np.array([a * b for a in one for b in other])
    # 0 · ∞ is no number: a factor of which nothing is known
    known = one.known & other.known
    bounds = _where(known, _widened(corners.min(axis=0), corners.max(axis=0)))
    return _not_below_0(bounds, (one, other))


def _not_below_0(bounds: Interval, parts: tuple[Interval, ...]) -> Interval:
    """A sum or a product of what is not negative is not negative, whatever rounding outwards has added."""
    low = np.minimum.reduce([part.low for part in parts])
    return Interval(np.where((low >= 0) & bounds.known, np.maximum(bounds.low, 0.0), bounds.low), bounds.high)


def _call(name: str, argument: Interval) -> Interval:
    low, high = argument
    if name in _RISING or name in _RISING_ABOVE_0:
        widened = _widened(_at(name, low), _at(name, high))
        return widened if name in _RISING else _where(low > 0, widened)
    if name == "cosh":
        at_low, at_high = _at(name, low), _at(name, high)
        lowest = np.where((low <= 0) & (high >= 0), 1.0, np.minimum(at_low, at_high))
        return _widened(lowest, np.maximum(at_low, at_high))
    if name in ("sin", "cos"):
        return _wave(name, argument)
    return _unknown(low.shape)


def _wave(name: str, argument: Interval) -> Interval:
    """sin and cos: their values at the ends, and ±1 where a crest or a trough lies between."""
    low, high = argument
    at_low, at_high = _at(name, low), _at(name, high)
    crest = 0.25 if name == "sin" else 0.0
    bounds = _widened(
        np.where(_passes(low, high, crest + 0.5), -1.0, np.minimum(at_low, at_high)),
        np.where(_passes(low, high, crest), 1.0, np.maximum(at_low, at_high)),
    )
    return Interval(np.maximum(bounds.low, -1.0), np.minimum(bounds.high, 1.0))


def _passes(low: Array, high: Array, turns: float) -> npt.NDArray[np.bool_]:
    """Whether turns + k full turns may lie in [low, high] for some whole k; in doubt yes."""
    first, last = low / (2 * np.pi) - turns, high / (2 * np.pi) - turns
    slack = 1e-9 * (1.0 + np.maximum(np.abs(first), np.abs(last)))
    return np.asarray(np.floor(last + slack) >= np.ceil(first - slack))


def _widened(low: Array, high: Array) -> Interval:
    """Rounded outwards; what is no number is not known."""
    low, high = low - ROUNDING * np.abs(low) - TINY, high + ROUNDING * np.abs(high) + TINY
    return _where(np.isfinite(low) & np.isfinite(high), Interval(low, high))


def _where(known: npt.NDArray[np.bool_], bounds: Interval) -> Interval:
    return Interval(np.where(known, bounds.low, -np.inf), np.where(known, bounds.high, np.inf))


def _unknown(shape: tuple[int, ...]) -> Interval:
    return Interval(np.full(shape, -np.inf), np.full(shape, np.inf))


def _whole(node: Number) -> bool:
    return node.value.denominator == 1 and -(2**53) < node.value < 2**53


def _at(name: str, argument: Array) -> Array:
    values: Array = np.broadcast_to(_compiled(Call(name, (Variable("x"),)))(argument)[0], argument.shape)
    return values


@lru_cache(maxsize=256)
def _compiled(node: Node) -> Compiled:
    return compile_nodes([node], sorted(node.variables), "array")
