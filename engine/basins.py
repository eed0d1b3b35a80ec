"""Basins: which starts end where. Ends of many runs gathered into a few places, each named by what it is.

Ends that lie side by side, in cells a sixty-fourth of the picture wide, are one place: a point where runs
meet, which the Hessian says the kind of, or a stretch of ground along which they stop.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.figure import View
from engine.function import Function
from engine.rate_maps import Setup, surveyed
from engine.stability import eigenvalues
from engine.start_domain import gallery_surface
from engine.stationary import Kind as LevelKind
from engine.stationary import kind_by_curvature, newton_step
from engine.survey import Fate

Array: TypeAlias = NDArray[np.float64]
Kind: TypeAlias = LevelKind | Literal["stretch"]

MOST_PLACES = 8
LEAST_SHARE = 0.002
"""Of the starts. Places that fewer runs reach, or more than MOST_PLACES have more of, are "elsewhere"."""

CELLS = 64
"""Cells along each side of the picture by which ends are gathered, no more than starts; they go on beyond."""

FARTHEST_CELL = 1 << 30
WIDE = 4
"""Cells across from which on a place is a stretch rather than a point."""

SETTLING = 3
"""Steps of Newton's method that take a place from where a run stopped to where the slope is 0."""

FLAT = 1e-6
"""A curvature below this part of the larger one, or of 1, is none."""

_NEIGHBOURS = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]


class Place(NamedTuple):
    """Where runs end: a point, what it is, and f there.

    kind: a stretch is no point; (x, y) lies on it. share: of the starts, how many end here. steps: how many
    steps half of them need at most.
    """

    x: float
    y: float
    kind: Kind
    value: float
    share: float
    steps: float


class Basins(NamedTuple):
    """A grid of starts, row by row from the lowest, and what became of each.

    places: where runs end. ends: a place's number; len(places) for elsewhere; −1 for runs that have not
    arrived, whose `fates` say more. arrived: the step at which each did, else −1. known: where f and its
    slopes have values at the start; elsewhere there is no run.
    """

    places: tuple[Place, ...]
    ends: NDArray[np.int8]
    fates: NDArray[np.int8]
    arrived: NDArray[np.int32]
    known: NDArray[np.bool_]


def basins(setup: Setup, view: View, side: int) -> Basins:
    """The starts of a grid of `side` × `side` over the view, at the middles of its cells.

    The start in `setup` is not looked at.
    """
    x, y = grid(view, side)
    found = surveyed(setup, (x, y), {})
    there = found.fates == Fate.ARRIVED
    ends = np.full(x.shape, -1, dtype=np.int8)
    arrived = found.arrived[there]
    places, ends[there] = gathered(setup.f, found.positions[:, there], arrived, view, side)
    with np.errstate(all="ignore"):
        value, slopes = setup.f.value_gradient(x, y)
        known = np.isfinite(sum(slopes, value))
    return Basins(places, ends, found.fates, found.arrived, known)


def grid(view: View, side: int) -> tuple[Array, Array]:
    """The middles of `side` × `side` cells of a view."""
    share = (np.arange(side) + 0.5) / side
    x = view.x_low + (view.x_high - view.x_low) * share
    y = view.y_low + (view.y_high - view.y_low) * share
    columns, rows = np.meshgrid(x, y)
    return columns, rows


def gathered(
    f: Function, points: Array, arrived: NDArray[np.int32], view: View, side: int
) -> tuple[tuple[Place, ...], NDArray[np.int8]]:
    """The places at which (2, n) ends lie, and the number of each end's place; see `Basins`.

    side: how many starts there are along each side of the view.
    The known minima of the gallery come first, in its order; others by f there, then from left to right.
    """
    if not points.shape[1]:
        return (), np.empty(0, dtype=np.int8)
    starts = side * side
    low = np.array([[view.x_low], [view.y_low]])
    size = np.array([[view.x_high - view.x_low], [view.y_high - view.y_low]]) / min(CELLS, side)
    cells = np.clip(np.floor((points - low) / size), -FARTHEST_CELL, FARTHEST_CELL).astype(np.int64)
    _, first, cell_of, counts = np.unique(
        cells[0] * (4 * FARTHEST_CELL) + cells[1],
        return_index=True,
        return_inverse=True,
        return_counts=True,
    )
    groups = _connected([tuple(cell) for cell in cells[:, first].T.tolist()])
    group_of = groups[cell_of]
    reached = np.bincount(groups, weights=counts)
    named = np.argsort(-reached, kind="stable")[:MOST_PLACES].tolist()
    known = _known_minima(f)
    found: list[tuple[tuple[float, ...], int, Place]] = []
    for group in named:
        if reached[group] < LEAST_SHARE * starts:
            continue
        members = np.flatnonzero(group_of == group)
        wide = bool((np.ptp(cells[:, members], axis=1) >= WIDE).any())
        place = _settled(f, *_middle(points[:, members]), size)
        kind: Kind = "stretch" if place is None else _kind(f, *place)
        kind = "stretch" if wide and kind == "flat" else kind
        x, y = place or _middle(points[:, members])
        number = None if place is None else _nearest(known, x, y, size)
        if number is not None:
            x, y = known[number]
        value, half = f.value_at(x, y), float(np.median(arrived[members]))
        order = (0.0, float(number)) if number is not None else (1.0, float(f"{value:.4g}"), round(x, 6), y)
        found.append((order, group, Place(x, y, kind, value, len(members) / starts, half)))
    found.sort(key=lambda each: each[:2])
    numbers = np.full(len(reached), len(found), dtype=np.int8)
    for number, (_, group, _) in enumerate(found):
        numbers[group] = number
    return tuple(place for *_, place in found), numbers[group_of]


def _connected(cells: Sequence[tuple[int, ...]]) -> NDArray[np.int64]:
    """The number of each cell's group; cells that touch, at a corner too, are of one."""
    at = {cell: number for number, cell in enumerate(cells)}
    groups = np.full(len(cells), -1, dtype=np.int64)
    count = 0
    for number, cell in enumerate(cells):
        if groups[number] >= 0:
            continue
        groups[number] = count
        waiting = [cell]
        while waiting:
            i, j = waiting.pop()
            for across, up in _NEIGHBOURS:
                other = at.get((i + across, j + up))
                if other is not None and groups[other] < 0:
                    groups[other] = count
                    waiting.append((i + across, j + up))
        count += 1
    return groups


def _middle(points: Array) -> tuple[float, float]:
    """The point that is nearest to the mean of all: a true end, where a mean need not lie on the ground."""
    mean = np.median(points, axis=1, keepdims=True)
    x, y = points[:, np.argmin(np.hypot(*(points - mean)))].tolist()
    return x, y


def _settled(f: Function, x: float, y: float, size: Array) -> tuple[float, float] | None:
    """The place without slope near (x, y), by Newton's method; None if there is none within a cell."""
    width, height = size.ravel().tolist()
    at = x, y
    for _ in range(SETTLING):
        step = newton_step(f.value_gradient_at(*at)[1], f.hessian_at(*at))
        if step is None:
            return None
        at = at[0] + step[0], at[1] + step[1]
        if not (abs(at[0] - x) < width and abs(at[1] - y) < height):
            return None
    return at[0] + 0.0, at[1] + 0.0  # without the sign of a zero


@lru_cache(maxsize=64)
def _known_minima(f: Function) -> tuple[tuple[float, float], ...]:
    surface = gallery_surface(f)
    return tuple((place.x, place.y) for place in surface.minima) if surface is not None else ()


def _nearest(known: Sequence[tuple[float, float]], x: float, y: float, size: Array) -> int | None:
    """The known minimum that lies within a cell of (x, y), if one does."""
    width, height = size.ravel().tolist()
    near = [abs(x - each[0]) <= width and abs(y - each[1]) <= height for each in known]
    return near.index(True) if any(near) else None


def _kind(f: Function, x: float, y: float) -> Kind:
    """What the Hessian says of a place without slope."""
    low, high = eigenvalues(f.hessian_at(x, y))
    if not (math.isfinite(low) and math.isfinite(high)):
        return "flat" if f.value_gradient_at(x, y)[1] == (0.0, 0.0) else "minimum"
    return kind_by_curvature(low, high, FLAT * max(1.0, abs(low), abs(high))) or "flat"
