"""Where a formula changes its sign, and where it only touches zero, among samples of it.

A sample has a sign only if it is farther from 0 than rounding can have moved it (`engine.rounding`). Between
two samples with opposite signs the zero is closed in on by sections, down to neighbouring floats; a jump or a
pole between them is no zero. Two samples of one sign with one between them that has none: a zero is touched
there. What happens between neighbouring samples that both have the same sign is not seen, so whoever knows
where the formula comes near to 0 (a zero of its derivative) puts a sample there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.function import compile_nodes
from engine.nodes import Node
from engine.rounding import bounded_values

Array: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]
Values: TypeAlias = Callable[[Array], Array]

LONGEST_BLUR = 16
"""Samples in a row without a sign that may still be one zero; more of them are a stretch of zeros."""

_SECTIONS = 16
_ROUNDS = 16  # 16¹⁶ = 2⁶⁴: from any spacing to neighbouring floats
_HALF_WAY = 6  # rounds after which the rise of a continuous function is far from its last
_PORTIONS = np.arange(_SECTIONS + 1.0) / _SECTIONS
_OFFSETS = 0.5 ** np.arange(60.0, -1.0, -1.0)  # of the spacing, from the finest
_SHORT = 12  # digits of a number that is taken for the one that was meant


class Zero(NamedTuple):
    """A zero at x. From `low` to `high` the formula cannot be told from 0; before and after are its signs."""

    x: float
    low: float
    high: float
    before: int
    after: int


class SignChanges(NamedTuple):
    """The zeros in order, and the stretches (low, high) on which the formula is 0."""

    zeros: tuple[Zero, ...]
    flats: tuple[tuple[float, float], ...]


def sure_signs(node: Node, variable: str, x: Array) -> Array:
    """−1, 0 or 1 for each x: 0 where rounding could have made the sign, NaN where nothing is known."""
    bounded = bounded_values(node, {variable: x})
    sure = np.abs(bounded.value) > bounded.error
    signs: Array = np.where(bounded.known, np.where(sure, np.sign(bounded.value), 0.0), math.nan)
    return signs


def values_of(node: Node, variable: str) -> Values:
    """The formula on arrays of any shape."""
    compiled = compile_nodes([node], [variable], "array")

    def values(x: Array) -> Array:
        return np.array(np.broadcast_to(compiled(x)[0], x.shape), dtype=float)

    return values


def sign_changes(node: Node, variable: str, x: Array, defined: Mask | None = None) -> SignChanges:
    """The zeros of a formula among the samples `x`, which ascend. `defined` False leaves a sample out.

    >>> from engine.expression import parse
    >>> found = sign_changes(parse("x^2 - 2"), "x", np.linspace(0.0, 3.0, 31))
    >>> [zero.x for zero in found.zeros]
    [1.4142135623730951]
    >>> touched = sign_changes(parse("(x - 1)^2"), "x", np.linspace(0.0, 3.0, 31)).zeros[0]
    >>> touched.x, touched.before, touched.after
    (1.0, 1, 1)
    """
    signs = sure_signs(node, variable, x)
    if defined is not None:
        signs = np.where(defined, signs, math.nan)
    brackets: list[tuple[int, int]] = []
    flats: list[tuple[float, float]] = []
    for start, stop in _runs(np.isfinite(signs)):
        sure = start + np.flatnonzero(signs[start:stop] != 0.0)
        for i, j in zip([start - 1, *sure.tolist()], [*sure.tolist(), stop], strict=True):
            inside = start <= i and j < stop
            if j - i - 1 > LONGEST_BLUR:
                flats.append((float(x[i + 1]), float(x[j - 1])))
            elif inside and (j - i > 1 or signs[i] != signs[j]):
                brackets.append((i, j))
    places = [
        *_crossings(node, variable, x, signs, brackets),
        *_touchings(node, variable, x, signs, brackets),
    ]
    spacing = float(x[-1] - x[0]) / max(1, x.size - 1)
    return SignChanges(tuple(sorted(_blurred(node, variable, places, spacing))), tuple(flats))


def sections(a: Array, b: Array) -> Array:
    """Each interval's section points, a row for each; the last is b itself, whatever rounding says."""
    points: Array = a[:, None] + (b - a)[:, None] * _PORTIONS
    points[:, -1] = b
    return points


def simplest(x: float, low: float, high: float) -> float:
    """The number with the fewest digits from `low` to `high`, if that is a short one; else x.

    >>> simplest(1.2999971, 1.2999, 1.3001), simplest(-1e-9, -1e-8, 1e-8), simplest(math.pi, math.pi, math.pi)
    (1.3, 0.0, 3.141592653589793)
    """
    if low <= 0.0 <= high:
        return 0.0
    for digits in range(1, _SHORT + 1):
        short = float(f"{x:.{digits}g}")
        if low <= short <= high:
            return short
    return x


def _runs(kept: Mask) -> list[tuple[int, int]]:
    """(start, stop) of each stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], kept, [False])).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in zip(edges[::2], edges[1::2], strict=True)]


def _crossings(
    node: Node, variable: str, x: Array, signs: Array, brackets: list[tuple[int, int]]
) -> list[Zero]:
    """The zeros between samples of opposite signs."""
    crossed = [(i, j) for i, j in brackets if signs[i] != signs[j]]
    if not crossed:
        return []
    values = values_of(node, variable)
    first, last = np.array(crossed).T
    a, b, rows = x[first], x[last], np.arange(len(crossed))
    half_way = at_a = at_b = np.zeros(a.size)
    for number in range(_ROUNDS):
        trials = sections(a, b)
        at = values(trials)
        beyond = np.sign(at) != signs[first][:, None]  # a NaN is beyond too: the place of a break
        beyond[:, 0], beyond[:, -1] = False, True
        best = np.argmax(beyond, axis=1)
        a, b, at_a, at_b = trials[rows, best - 1], trials[rows, best], at[rows, best - 1], at[rows, best]
        if number == _HALF_WAY:
            half_way = np.abs(at_b - at_a)
    rise = np.abs(at_b - at_a)
    # Of a jump all of the rise is left, and a pole's is infinite; what rounding leaves is no rise.
    continuous = np.isfinite(rise) & (rise <= 0.5 * half_way)
    if not continuous.all():
        unsure = (sure_signs(node, variable, a) == 0.0) & (sure_signs(node, variable, b) == 0.0)
        continuous |= np.isfinite(rise) & unsure
    nearer = np.where(np.abs(at_a) < np.abs(at_b), a, b)
    return [
        Zero(float(nearer[k]), float(a[k]), float(b[k]), int(signs[i]), int(signs[j]))
        for k, (i, j) in enumerate(crossed)
        if continuous[k]
    ]


def _touchings(
    node: Node, variable: str, x: Array, signs: Array, brackets: list[tuple[int, int]]
) -> list[Zero]:
    """The zeros between samples of one sign, where the formula comes down to 0 and goes back."""
    touched = [(i, j) for i, j in brackets if signs[i] == signs[j]]
    if not touched:
        return []
    values = values_of(node, variable)
    found = []
    for i, j in touched:
        between = x[i + 1 : j]
        place = float(between[np.argmin(np.abs(values(between)))])
        found.append(Zero(place, place, place, int(signs[i]), int(signs[j])))
    return found


def _blurred(node: Node, variable: str, zeros: list[Zero], spacing: float) -> list[Zero]:
    """The zeros with the interval in which rounding hides them, each at the roundest number in it."""
    if not zeros:
        return []
    x = np.array([zero.x for zero in zeros])[:, None]
    around = np.concatenate([x - spacing * _OFFSETS, x + spacing * _OFFSETS], axis=1)
    unsure = sure_signs(node, variable, around.ravel()).reshape(around.shape) == 0.0
    reach = _OFFSETS.size
    below, above = _hidden(unsure[:, :reach], spacing), _hidden(unsure[:, reach:], spacing)
    found = []
    for zero, down, up in zip(zeros, below.tolist(), above.tolist(), strict=True):
        low, high = min(zero.low, zero.x - down), max(zero.high, zero.x + up)
        # where a zero is touched, its sample is known better than its values tell
        place = simplest(zero.x, low, high) if zero.before != zero.after else zero.x
        found.append(Zero(place, low, high, zero.before, zero.after))
    return found


def _hidden(unsure: Mask, spacing: float) -> Array:
    """How far from each zero no sign is sure, on one side."""
    count = np.where(unsure.all(axis=1), unsure.shape[1], np.argmin(unsure, axis=1))
    reaches = np.concatenate([[0.0], spacing * _OFFSETS])
    return np.asarray(reaches[count], dtype=np.float64)
