"""Taylor series: the coefficients of a formula at many points at once, exact to rounding, order by order.

f(x₀ + h) = c₀ + c₁ h + … + cₙ hⁿ + remainder, with cₖ = f⁽ᵏ⁾(x₀)/k!. Writing f⁽⁸⁾ out as a formula would take
pages; here the coefficients of every part of the tree are worked out from those of its parts (truncated power
series, as in A. Griewank and A. Walther, "Evaluating Derivatives", 2nd ed., chapter 13). What a function does
to a series comes from the table of rules alone: (g(u))′ = g′(u) u′, read order by order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.compiled_text import lowered
from engine.function import Function, compile_nodes
from engine.nodes import (
    Call,
    Comparison,
    Difference,
    Logical,
    Negation,
    Node,
    Piecewise,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
    fold,
    walk,
)
from engine.rounding import bounded_values
from engine.rules import OUTER_DERIVATIVES

Array: TypeAlias = NDArray[np.float64]
Series: TypeAlias = Mapping[Node, Array]
"""Node → its coefficients: a row for each order, a column for each point."""

EPSILON = float(np.finfo(float).eps)

BEYOND = 3
"""Coefficients known beyond those of the polynomial: they tell what the miss is made of."""
NOTHING = 1e-13
"""A coefficient is 0 but for rounding when it is this small beside the largest: sin(π) is 1.2e-16."""

SAMPLES = 65
"""Points between x₀ and x₀ + h at which the next derivative is looked at."""
_GROWTH = 100.0
"""How many times as large a closer look may find a derivative that has a largest value at all."""


def taylor_coefficients(node: Node, variable: str, points: Any, order: int) -> Array:
    """cₖ = f⁽ᵏ⁾(x)/k! for k = 0 … order: a row for each k, a column for each of `points`.

    NaN or infinite from the first order on that does not exist at a point (a corner, a jump, the edge of a
    domain), so from order 0 on where f has no finite value. Errors: a few units of rounding for each order.

    >>> from engine.expression import parse
    >>> taylor_coefficients(parse("e^(2x)"), "x", [0.0], 3)[:, 0].round(6).tolist()
    [1.0, 2.0, 2.0, 1.333333]
    """
    at = np.atleast_1d(np.asarray(points, dtype=float))
    plan = _plan(node, variable)
    coefficients = plan.series(at, order)[plan.root]
    coefficients[1:, ~np.isfinite(coefficients[0])] = math.nan
    return coefficients


class _Plan(NamedTuple):
    """A formula made ready: the parts in the order they are worked out, and what differentiates each call."""

    root: Node
    parts: tuple[Node, ...]
    slopes: Mapping[Node, Node]  # g(u) → g′(u)
    variable: str
    values: Callable[..., tuple[Any, ...]]

    def series(self, at: Array, order: int) -> dict[Node, Array]:
        """The coefficients of every part at these points."""
        found: dict[Node, Array] = {}
        for node, value in zip(self.parts, self.values(at), strict=True):
            found[node] = np.zeros((order + 1, at.size))
            found[node][0] = value
        moving = [node for node in self.parts if node.variables]
        with np.errstate(all="ignore"):
            for k in range(1, order + 1):
                for node in moving:
                    found[node][k] = self._coefficient(node, k, found)
        return found

    def _coefficient(self, node: Node, k: int, c: Series) -> Any:
        """cₖ of a part, from the coefficients of its own parts and its own lower ones."""
        match node:
            case Variable():
                return 1.0 if k == 1 else 0.0
            case Negation(u):
                return -c[u][k]
            case Sum(u, v):
                return c[u][k] + c[v][k]
            case Difference(u, v):
                return c[u][k] - c[v][k]
            case Product(u, v) if not u.variables:
                return c[u][0] * c[v][k]
            case Product(u, v):
                return _summed(c[u][: k + 1], c[v][k::-1])
            case Quotient(u, v) if not v.variables:
                return c[u][k] / c[v][0]
            case Quotient(u, v):
                return (c[u][k] - _summed(c[v][1 : k + 1], c[node][k - 1 :: -1])) / c[v][0]
            case Power(u, n) | Call("odd_power", (u, n)):
                return _power_coefficient(c[u], c[n][0], c[node], k)
            case Call("max" | "min", (u, v)):
                return _chosen_coefficient(node.name, c[u], c[v], k)
            case Call(_, (u,)):
                slope = c[self.slopes[node]]
                return _summed(_NUMBERS[:k] * c[u][1 : k + 1], slope[k - 1 :: -1]) / k
            case Piecewise():
                return _case_coefficient(node, c, k)
        return np.where(_at_edge(node, c), math.nan, 0.0)


_NUMBERS = np.arange(1.0, 33.0)[:, None]
"""1, 2, 3, … as a column, more than any order here."""


def _summed(a: Array, b: Array) -> Array:
    """The sum of products, row by row, for each point."""
    total: Array = np.einsum("ij,ij->j", a, b)
    return total


def _power_coefficient(u: Array, n: Array, p: Array, k: int) -> Array:
    """Of uⁿ for a fixed n, from u p′ = n u′ p. Where u is 0, orders below n vanish; others do not exist."""
    j = _NUMBERS[:k]
    terms = (n * j - (k - j)) * u[1 : k + 1] * p[k - 1 :: -1]
    at_zero = np.where(k < n, 0.0, math.nan)
    return np.where(u[0] == 0, at_zero, terms.sum(axis=0) / (k * u[0]))


def _chosen_coefficient(name: str, u: Array, v: Array, k: int) -> Array:
    """Of the larger or smaller of two; where they tie there is one only if both agree."""
    first = u[0] > v[0] if name == "max" else u[0] < v[0]
    tie = (u[0] == v[0]) & (u[k] != v[k])
    return np.where(tie, math.nan, np.where(first, u[k], v[k]))


def _case_coefficient(node: Piecewise, c: Series, k: int) -> Array:
    """Of the case that holds at the point, and none where two cases meet."""
    value = c[node.otherwise][k]
    edge = np.zeros(value.shape, bool)
    for case, condition in reversed(node.branches):
        value = np.where(c[condition][0] != 0, c[case][k], value)
        edge |= _at_edge(condition, c)
    return np.where(edge, math.nan, value)


def _at_edge(condition: Node, c: Series) -> Any:
    """Where a condition is about to change its mind."""
    sides = [part for part in walk(condition) if isinstance(part, Comparison)]
    return np.logical_or.reduce([c[side.left][0] == c[side.right][0] for side in sides] or [False])


@lru_cache(maxsize=256)
def _plan(node: Node, variable: str) -> _Plan:
    root = _made_ready(node)
    slopes: dict[Node, Node] = {}
    pending = [root]
    while pending:
        for part in walk(pending.pop()):
            if isinstance(part, Call) and part.name in OUTER_DERIVATIVES and part not in slopes:
                slopes[part] = _made_ready(OUTER_DERIVATIVES[part.name](part.arguments[0]))
                pending.append(slopes[part])
    parts = tuple(walk(root, *slopes.values()))
    return _Plan(root, parts, slopes, variable, compile_nodes(parts, (variable,)))


def _made_ready(node: Node) -> Node:
    """The formula in few operations: those of the compiler, without powers whose exponent varies."""
    simple = lowered(node, subgradient=False)
    assert isinstance(simple, Node)
    return fold(simple, _without_varying_exponent)


def _without_varying_exponent(node: Node, below: tuple[Node, ...]) -> Node:
    if isinstance(node, Power) and node.exponent.variables:
        return Call("exp", (Product(below[1], Call("ln", below[:1])),))
    return node if below == node.children else node.with_children(below)


# -- the remainder ----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Expansion:
    """The Taylor polynomial of f at x₀ of some order, and how far it misses.

    coefficients: c₀ … cₙ and `BEYOND` more. Not finite from the first missing order on.
    """

    f: Function
    x0: float
    order: int

    @cached_property
    def coefficients(self) -> Array:
        """c₀ … cₙ and `BEYOND` more."""
        last = self.order + BEYOND
        return taylor_coefficients(self.f.node, self.f.variables[0], [self.x0], last)[:, 0]

    @property
    def missing_order(self) -> int | None:
        """The lowest order up to n that f does not have at x₀; None if it has them all. 0: f has no value."""
        broken = np.flatnonzero(~np.isfinite(self.coefficients[: self.order + 1]))
        return int(broken[0]) if broken.size else None

    @property
    def leading_order(self) -> int | None:
        """The power of h by which the miss shrinks: that of the first term left out that is not 0.

        Mostly n + 1; at 0 a sine, which has no even terms, does better. None if it is not among those known.
        """
        left_out = self.coefficients[self.order + 1 :]
        if not np.isfinite(left_out).all():
            return None
        size = float(np.abs(self.coefficients).max())
        there = np.flatnonzero(np.abs(left_out) > NOTHING * size)
        return self.order + 1 + int(there[0]) if there.size else None

    def prediction(self, h: Any) -> Any:
        """c₀ + c₁ h + … + cₙ hⁿ, for a number or an array."""
        total: Any = np.zeros_like(h, dtype=float)
        with np.errstate(all="ignore"):
            for c in self.coefficients[self.order :: -1].tolist():
                total = total * h + c
        return total

    def misses(self, h: Array) -> Array:
        """f(x₀ + h) minus the prediction; NaN where either does not exist."""
        with np.errstate(all="ignore"):
            misses: Array = self.f.value(self.x0 + h) - self.prediction(h)
        return misses

    def noise(self, h: Array) -> Array:
        """What rounding alone may put into each miss: one no larger tells nothing."""
        with np.errstate(all="ignore"):
            return self._noise(h)

    def _noise(self, h: Array) -> Array:
        name = self.f.variables[0]
        values = bounded_values(self.f.node, {name: np.append(self.x0 + h, self.x0)}).error
        powers = np.abs(h)[None, :] ** np.arange(self.order + 1.0)[:, None]
        terms = np.abs(self.coefficients[: self.order + 1])[:, None] * powers
        shift = np.abs(self.coefficients[1]) * EPSILON * np.abs(self.x0 + h)  # x₀ + h is rounded too
        rounding: Array = values[:-1] + values[-1] + (self.order + 2) * EPSILON * terms.sum(axis=0) + shift
        return rounding

    def next_size(self, h: float) -> float:
        """The largest |cₙ₊₁| found between x₀ and x₀ + h: so Lagrange's bound is that times |h|ⁿ⁺¹.

        Looked for at `SAMPLES` points, then closer about the largest; so it may be short of the true maximum
        by what a derivative does between them. NaN where the formula passes from one piece to another on the
        way (a corner, a jump, a pole), infinite where a closer look finds far more.
        """
        plan = _plan(self.f.node, self.f.variables[0])
        at = np.linspace(self.x0, self.x0 + h, SAMPLES)
        series = plan.series(at, self.order + 1)
        if not _is_one_piece(plan, series):
            return math.nan
        sizes = np.abs(series[plan.root][-1])
        first, top = float(sizes.max()), int(sizes.argmax())
        if not math.isfinite(first):
            return math.inf
        closer = np.linspace(at[max(top - 1, 0)], at[min(top + 1, at.size - 1)], SAMPLES)
        sizes = np.abs(plan.series(closer, self.order + 1)[plan.root][-1])
        largest = max(first, float(sizes.max()))
        return largest if largest <= _GROWTH * first else math.inf


_SIGN_CHOOSES = frozenset({"abs", "relu", "sign", "step", "abs_slope", "relu_slope", "cbrt", "odd_power"})


def _is_one_piece(plan: _Plan, series: Series) -> bool:
    """Whether all points are served by one smooth formula: no corner, jump or pole is between them."""
    for node in plan.parts:
        piece = _piece(node, series)
        if piece is not None and not (piece == piece[0]).all():  # a NaN, too, is no piece
            return False
    return True


def _piece(node: Node, series: Series) -> Array | None:
    """A number for the piece that serves each point; None for a node that has but one."""
    match node:
        case Quotient(_, v):
            return _sign(series[v][0])
        case Call("max" | "min", (u, v)):
            return _sign(series[u][0] - series[v][0])
        case Call("tan", (u,)):
            branch: Array = np.floor(series[u][0] / math.pi + 0.5)
            return branch
        case Call("floor" | "ceil") | Comparison() | Logical():
            own: Array = series[node][0]
            return own
        case Call(name, (u, *_)) if name in _SIGN_CHOOSES:
            return _sign(series[u][0])
        case Power(u, _):
            return _sign(series[u][0])
    return None


def _sign(values: Array) -> Array:
    signs: Array = np.sign(values)
    return signs
