"""Where a surface is level: the point that a run was on its way to, of what kind it is, and the lowest known.

From a place near by, Newton's method finds a point with gradient 0 whatever its kind, to the last digits:

    w ← w − (∇²f)⁻¹ ∇f        (the pseudo-inverse where ∇²f is singular)

It doubles the digits at each step, or, where the Hessian there is singular, takes away a fixed share of the
distance. Signs of the Hessian's eigenvalues tell the kind; where they are 0, values around the point do.

Other searches take `newton_step` and `kind_by_curvature` too, but go other ways: `level_place` is near, and
takes whole steps wherever they lead; `engine.saddle_escape` begins far off, and shortens its steps;
`engine.basins` stays within a cell of where runs have ended.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.function import Function
from engine.nodes import Negation
from engine.second_order import solved
from engine.stability import Rows, eigenvalues
from engine.start_domain import gallery_surface, usual_domain

Curved: TypeAlias = Literal["minimum", "maximum", "saddle"]
Kind: TypeAlias = Curved | Literal["flat"]
Place: TypeAlias = tuple[float, float]
Array: TypeAlias = NDArray[np.float64]

MOST_STEPS = 200
"""Of Newton's method: where the Hessian is singular a step may leave two thirds of the distance, or more."""

SETTLED = 1e-13
"""Of |w|, or of 1: a shorter step of Newton's method changes nothing that counts."""

NEGLIGIBLE = 1e-9
"""Of the larger eigenvalue, or of 1: a smaller one counts as 0."""

RING = 1e-3
"""How far from a point with singular Hessian its surroundings are looked at, beside |w| or 1."""

AROUND = 24
"""Places on that ring."""

GRID = 61
"""Places along each side of the grid that a surface nobody knows is searched on for its lowest."""


class Level(NamedTuple):
    """A place with gradient 0: the value there, the eigenvalues of the Hessian, and what kind it is."""

    place: Place
    value: float
    eigenvalues: tuple[float, float]
    kind: Kind

    def distance(self, place: Place) -> float:
        """How far it is from here."""
        return math.dist(self.place, place)


class Lowest(NamedTuple):
    """The lowest place that is known of a surface; `exact`: from the gallery, else off a grid.

    steepness: |∇f| where it is steep, nine tenths of the domain being less so.
    """

    place: Place
    value: float
    exact: bool
    steepness: float


@lru_cache(maxsize=256)
def with_stated_slopes(f: Function) -> Function:
    """f with the slopes that optimizers are told at a kink: one for each f, as it keeps what it compiles."""
    return replace(f, subgradient=True)


@lru_cache(maxsize=64)
def turned_over(f: Function) -> Function:
    """−f, which one who climbs f descends; with the slopes that optimizers are told."""
    return Function(Negation(f.node), f.variables, True)


@lru_cache(maxsize=256)
def level_place(f: Function, start: Place, pull: float = 0.0) -> Level | None:
    """The place with gradient 0 that Newton's method comes to from `start`; None if it comes to none.

    pull: λ of a weight decay that goes through the gradient: the surface is then f + λ|w|²/2.

    >>> from engine.function import function
    >>> found = level_place(function("x^2 - y^2 + 4", ["x", "y"]), (0.3, 0.2))
    >>> found.place, found.kind, found.eigenvalues
    ((0.0, 0.0), 'saddle', (-2.0, 2.0))
    """
    at = with_stated_slopes(f)
    x, y = start
    for _ in range(MOST_STEPS):
        slopes = _slopes(at, (x, y), pull)
        step = newton_step(slopes, _rows(at, (x, y), pull))
        if step is None:
            return None
        if slopes == (0.0, 0.0):
            break
        dx, dy = step
        x, y = x + dx, y + dy
        if math.hypot(dx, dy) <= SETTLED * max(1.0, math.hypot(x, y)):
            break
    else:
        return None
    if not all(map(math.isfinite, (x, y))):
        return None
    slopes, rows = _slopes(at, (x, y), pull), _rows(at, (x, y), pull)
    first = _slopes(at, start, pull)
    if not math.hypot(*slopes) <= 1e-8 * max(1.0, math.hypot(*first), abs(eigenvalues(rows)[1])):
        return None  # a step of 0 along a slope that the pseudo-inverse does not see
    low, high = eigenvalues(rows)
    value = float(f.value_at(x, y)) + pull * (x * x + y * y) / 2
    return Level((x, y), value, (low, high), _kind(f, (x, y), pull, value, rows))


def newton_step(slopes: Place, rows: Rows) -> Place | None:
    """−(∇²f)⁻¹ ∇f: the way to where the parabola that touches f is level; None if a number is not finite.

    slopes, rows: ∇f and ∇²f. Where ∇²f is singular its pseudo-inverse serves.

    >>> newton_step((4.0, 20.0), ((2.0, 0.0), (0.0, 20.0)))
    (-2.0, -1.0)
    """
    if not all(map(math.isfinite, (*slopes, *rows[0], *rows[1]))):
        return None
    x, y = solved(rows, slopes)
    return -float(x), -float(y)


def kind_by_curvature(low: float, high: float, negligible: float) -> Curved | None:
    """What a place with gradient 0 is whose Hessian has these eigenvalues, low ≤ high.

    None if one of them says nothing, because it is no larger than `negligible`, or NaN.

    >>> kind_by_curvature(-8.0, 2.0, 1e-9), kind_by_curvature(0.0, 2.0, 1e-9)
    ('saddle', None)
    """
    if not (abs(low) > negligible and abs(high) > negligible):
        return None
    return "minimum" if low > 0.0 else "maximum" if high < 0.0 else "saddle"


def _slopes(f: Function, place: Place, pull: float) -> Place:
    dx, dy = f.gradient_at(*place)
    return dx + pull * place[0], dy + pull * place[1]


def _rows(f: Function, place: Place, pull: float) -> Rows:
    (a, b), (c, d) = f.hessian_at(*place)
    return (a + pull, b), (c, d + pull)


def _kind(f: Function, place: Place, pull: float, value: float, rows: Rows) -> Kind:
    low, high = eigenvalues(rows)
    kind = kind_by_curvature(low, high, NEGLIGIBLE * max(1.0, abs(low), abs(high)))
    if kind is not None:
        return kind
    ring = _ring(place, rows)
    with np.errstate(all="ignore"):
        if rows == ((0.0, 0.0), (0.0, 0.0)) and not np.any(f.gradient(*ring)):
            return "flat"  # and where it jumps, it is flat on both sides
        around = f.value(*ring) + pull * (ring[0] ** 2 + ring[1] ** 2) / 2 - value
    around = around[np.isfinite(around)]
    noise = 16 * np.spacing(abs(value))
    lower, higher = bool(np.any(around < -noise)), bool(np.any(around > noise))
    if lower and higher:
        return "saddle"
    if lower:
        return "maximum"
    return "minimum" if higher else "flat"


def _ring(place: Place, rows: Rows) -> tuple[Array, Array]:
    """A circle about the place, the axes of the Hessian's own ellipse among the directions."""
    (a, b), (_, d) = rows
    angle: Array = 2 * np.pi * np.arange(AROUND) / AROUND + math.atan2(2 * b, a - d) / 2
    size = RING * max(1.0, math.hypot(*place))
    return place[0] + size * np.cos(angle), place[1] + size * np.sin(angle)


def lowest_known(f: Function, reach: float, near: Place = (0.0, 0.0)) -> Lowest | None:
    """The lowest place known of f: of the gallery's minima the deepest, and of those the nearest to `near`.

    Of another surface: the lowest on a grid over its usual domain, or over the square from −reach to reach if
    that is larger. None where f has no value on all of the grid.
    """
    known, domain = gallery_surface(f), usual_domain(f)
    x_low, x_high = min(domain.x_low, -reach), max(domain.x_high, reach)
    on_grid = _on_grid(f, x_low, x_high, min(domain.y_low, -reach), max(domain.y_high, reach))
    if on_grid is None:
        return None
    if known is not None and known.minima:
        deepest = min(each.value for each in known.minima)
        best = min(
            (each for each in known.minima if each.value <= deepest + 1e-12),
            key=lambda each: math.dist((each.x, each.y), near),
        )
        return Lowest((best.x, best.y), best.value, True, on_grid.steepness)
    return on_grid


@lru_cache(maxsize=64)
def _on_grid(f: Function, x_low: float, x_high: float, y_low: float, y_high: float) -> Lowest | None:
    """The lowest place of a grid over this rectangle; None where f has no value on all of it."""
    with np.errstate(all="ignore"):
        x, y = np.linspace(x_low, x_high, GRID), np.linspace(y_low, y_high, GRID)
        heights, slopes = f.value_gradient(*np.meshgrid(x, y))
        steep = np.hypot(*(np.broadcast_to(each, (GRID, GRID)) for each in slopes))
    heights = np.broadcast_to(heights, (GRID, GRID))
    if not np.isfinite(heights).any():
        return None
    steep = steep[np.isfinite(steep)]
    steepness = float(np.quantile(steep, 0.9)) if steep.size else 0.0
    row, column = divmod(int(np.argmin(np.where(np.isfinite(heights), heights, np.inf))), GRID)
    return Lowest((float(x[column]), float(y[row])), float(heights[row, column]), False, steepness)
