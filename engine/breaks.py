"""Where a graph breaks: closing in on suspicious places of a sampled function, and judging what they are.

Each search takes suspects by their indices on the grid, all at once, and cuts every interval into `_SECTIONS`
parts again and again, down to neighbouring floats. What it finds is only a place; the function's limits from
the left and from the right decide whether the graph breaks there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.intp]
Values: TypeAlias = Callable[[Array], Array]

NOTICEABLE = 0.002
"""The share of a picture's height below which a jump cannot be seen."""

APPROACH = 0.25 ** np.arange(1.0, 13.0)
"""Distances to a place, in grid steps, along which a branch that has no limit is followed."""

_SECTIONS = 16
_ROUNDS = 16  # 16¹⁶ = 2⁶⁴: from any grid step to neighbouring floats
_PORTIONS = np.arange(_SECTIONS + 1.0) / _SECTIONS
_NEAR = 0.5 ** np.arange(6.0, 25.0)  # in grid steps: where the sides of a place are read
_OVERFLOW = 1e300
_BEYOND = 1e6  # times the height: a value at a pole that only rounding made finite, as tan(π/2)


class Break(NamedTuple):
    """A place where the graph breaks, the function's value there (or NaN), and its limits from both sides.

    A limit is infinite at a pole, and NaN where there is none.
    """

    x: float
    value: float
    left: float
    right: float


def domain_edges(values: Values, x: Array, y: Array, edges: Indices) -> tuple[Array, Array]:
    """The neighbouring floats (inside, outside) between which f stops being finite.

    edges: i where one of y[i], y[i + 1] is finite and the other is not.
    """
    forwards = np.isfinite(y[edges])
    inside = np.where(forwards, x[edges], x[edges + 1])
    outside = np.where(forwards, x[edges + 1], x[edges])
    rows = np.arange(edges.size)
    for _ in range(_ROUNDS if edges.size else 0):
        trials = _sections(inside, outside)
        finite = np.isfinite(values(trials))
        finite[:, 0], finite[:, -1] = True, False
        first_outside = np.argmin(finite, axis=1)
        inside, outside = trials[rows, first_outside - 1], trials[rows, first_outside]
    return inside, outside


def lasting_rises(values: Values, x: Array, rises: Indices, height: float) -> list[float]:
    """Where, within the intervals [i, i + 1], the function rises however short the interval becomes.

    Each round keeps the section that rises most. In the end a jump still has its rise and a pole more of it,
    but the rise of a continuous function has shrunk, even at a vertical tangent.
    """
    a, b = x[rises], x[rises + 1]
    at_a = at_b = rise = earlier = np.zeros(rises.size)
    for k in range(_ROUNDS):
        if a.size == 0:
            return []
        trials = _sections(a, b)
        at = values(trials)
        sizes = np.abs(np.diff(at, axis=1))
        sizes[np.isnan(sizes)] = math.inf
        rows, best = np.arange(a.size), np.argmax(sizes, axis=1)
        a, b, at_a, at_b = trials[rows, best], trials[rows, best + 1], at[rows, best], at[rows, best + 1]
        rise = sizes[rows, best]
        earlier = rise if k <= _ROUNDS // 2 else earlier
        kept = rise > 0.1 * NOTICEABLE * height
        a, b, at_a, at_b, rise, earlier = (each[kept] for each in (a, b, at_a, at_b, rise, earlier))
    lasting = rise > 0.9 * earlier
    ends = zip(a[lasting], b[lasting], at_a[lasting], at_b[lasting], strict=True)
    return [_place(*map(float, each)) for each in ends]


def peaks(values: Values, x: Array, indices: Indices, height: float) -> list[float]:
    """Where |f| climbs on and on between the neighbours of each point: at a pole that hides there."""
    left, middle, right = x[indices - 1], x[indices], x[indices + 1]
    top = np.abs(values(middle))
    for k in range(_ROUNDS):
        if middle.size == 0:
            break
        trials = np.concatenate([_sections(left, middle), _sections(middle, right)[:, 1:]], axis=1)
        tops = np.abs(values(trials))
        tops[np.isnan(tops)] = math.inf
        rows, best = np.arange(middle.size), np.argmax(tops, axis=1).clip(1, 2 * _SECTIONS - 1)
        left, middle, right = trials[rows, best - 1], trials[rows, best], trials[rows, best + 1]
        # Near a pole, even a logarithm's, every round climbs; a peak that is none has been found by then.
        climbed = (tops[rows, best] > top + 0.1 * NOTICEABLE * height) | np.isinf(top) | (k == 0)
        top = tops[rows, best][climbed]
        left, middle, right = left[climbed], middle[climbed], right[climbed]
    return [float(place) for place in middle]


def judged(values: Values, places: list[float], spacing: float, height: float) -> list[Break]:
    """The places at which the graph does break, in order; each is listed once.

    The edge of a domain, with nothing on its other side, is no break; nor is the edge of an overflow.
    """
    x = np.array(_distinct(places, 1e-9 * spacing))
    if x.size == 0:
        return []
    distances = spacing * _NEAR
    before, after = values(x[:, None] - distances), values(x[:, None] + distances)
    found = []
    for place, value, left, right in zip(x.tolist(), values(x).tolist(), before, after, strict=True):
        each = Break(place, value, limit(left, height), limit(right, height))
        if not (_whole(each, height) or _outermost(left, right)):
            lone_pole = math.isinf(each.left) or math.isinf(each.right)
            real = not lone_pole or abs(value) < _BEYOND * height
            found.append(each if real else each._replace(value=math.nan))
    return found


def limit(near: Array, height: float) -> float:
    """The limit of 19 values read at distances that halve: ±inf at a pole, NaN if there is none.

    Where the differences shrink steadily, as those of c·hᵖ do, Aitken's step leads to the limit at once; it
    is taken before rounding drowns them, as it soon does in (1 − cos x)/x². Differences of one sign that do
    not shrink have no limit (so ln is a pole); others oscillate.
    """
    if np.isinf(near).all():
        return float(near[-1])
    if not np.isfinite(near).all():
        return math.nan
    differences = np.diff(near)
    sizes = np.abs(differences)
    if sizes[:3].max() <= 1e-6 * (height + abs(float(near[0]))):
        return _aitken(near[:3])
    growing = np.flatnonzero(sizes[1:] > 0.9 * sizes[:-1])
    steady = int(growing[0]) if growing.size else sizes.size - 1
    if steady >= 4:
        return _aitken(near[steady // 2 : steady // 2 + 3])
    early, middle, late = (float(each.max()) for each in np.split(sizes, 3))
    monotone = bool((differences > 0).all() or (differences < 0).all())
    if middle <= 0.8 * early and late <= 0.8 * middle:
        return _aitken(near[-7::3]) if monotone else float(near[-6:].mean())
    return math.copysign(math.inf, differences[-1]) if monotone else math.nan


def tidy(value: float, height: float) -> float:
    """A limit without the digits that its approach cannot know: 2.0000000003 is 2."""
    size = height + abs(value)
    return round(value, 7 - math.floor(math.log10(size))) + 0.0 if 0.0 < size < math.inf else value


def _sections(a: Array, b: Array) -> Array:
    """Each interval's section points, a row for each; the last is b itself, whatever rounding says."""
    points: Array = a[:, None] + (b - a)[:, None] * _PORTIONS
    points[:, -1] = b
    return points


def _place(a: float, b: float, at_a: float, at_b: float) -> float:
    """Of two neighbouring floats the one where the break is: where f fails, else the rounder number."""
    if math.isfinite(at_a) != math.isfinite(at_b):
        return b if math.isfinite(at_a) else a
    return a if _roundness(a) < _roundness(b) else b


def _roundness(value: float) -> int:
    """How long the number is to write: 1.0 is rounder than 0.9999999999999999."""
    return len(repr(value))


def _distinct(places: list[float], tolerance: float) -> list[float]:
    """The places in order; of those within the tolerance only the roundest."""
    kept: list[float] = []
    for place in sorted(places):
        if kept and place - kept[-1] <= tolerance:
            kept[-1] = min(kept[-1], place, key=_roundness)
        else:
            kept.append(place)
    return kept


def _whole(found: Break, height: float) -> bool:
    """Whether both limits are the value: no break at all."""
    if not math.isfinite(found.value):
        return False
    tolerance = 0.5 * NOTICEABLE * height + 1e-6 * abs(found.value)
    return abs(found.left - found.right) <= tolerance and abs(found.left - found.value) <= tolerance


def _outermost(left: Array, right: Array) -> bool:
    """Whether one side has no graph at all, or has overflowed from values that were already vast."""
    for side, other in ((left, right), (right, left)):
        if np.isnan(side).all() or (np.isinf(side).all() and abs(float(other[-1])) > _OVERFLOW):
            return True
    return False


def _aitken(three: Any) -> float:
    """Aitken's Δ²: the limit of a geometric approach from three of its values, equally far apart in it."""
    first, second = float(three[1] - three[0]), float(three[2] - three[1])
    last = float(three[2])
    return last if abs(second) >= abs(first) else last + second * second / (first - second)
