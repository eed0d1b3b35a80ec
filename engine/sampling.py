"""Honest curves: a function at enough points to draw, and no line where its graph has none.

A grid of points is all that a smooth curve costs. Where neighbouring values part suspiciously, or stop being
finite, the place is closed in on by bisection down to neighbouring floats, and the limits from the left and
from the right judge what it is:

* a pole: a side's values grow without end. The branch is followed a long way, and no line crosses;
* a jump: the sides have different limits. An end of each, closed where the function has that very value;
* a hole: the sides agree, and the function has no value there, or another one;
* nothing: a steep slope, a narrow peak or a corner. The curve stays whole.

Holes are found where floats can meet them: at the round numbers of the view, which are grid points, and
wherever a grid point happens to fall on one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.breaks import (
    APPROACH,
    NOTICEABLE,
    Array,
    Break,
    Indices,
    Values,
    domain_edges,
    judged,
    lasting_rises,
    peaks,
    tidy,
)

Vectorised: TypeAlias = Callable[[Array], Any]

DEFAULT_COUNT = 701
MAXIMUM_BREAKS = 400
"""Suspicious places in one curve; one with more moves faster than pixels can show, and is left whole."""

_STEEP = 0.05  # of the height: a rise from one point to the next that a smooth curve seldom has
_STANDING_OUT = 4.0  # times the rises beside it
_FLAT = 1e-14  # of all the values' range: a bulk no higher than this is nothing but flat
_FAR = 1e3  # times the height: where a branch need not be followed any further


class End(NamedTuple):
    """Where a branch of the graph ends at a jump, or a lone point of it. closed: the point belongs to it."""

    x: float
    y: float
    closed: bool


class SampledCurve(NamedTuple):
    """A curve to draw: y is NaN in its gaps.

    holes: open circles (x, y), where both sides have the limit y and the function does not.
    ends: of branches at jumps; a closed end may also be a lone point beside them.
    poles: the x of vertical asymptotes.
    """

    x: Array
    y: Array
    holes: tuple[tuple[float, float], ...] = ()
    ends: tuple[End, ...] = ()
    poles: tuple[float, ...] = ()


def sample_curve(
    f: Vectorised,
    low: float,
    high: float,
    count: int = DEFAULT_COUNT,
    y_window: tuple[float, float] | None = None,
) -> SampledCurve:
    """The graph of f over [low, high] at `count` points and a few more where it breaks.

    f takes an array and returns one of its shape (or one number), NaN or infinite outside its domain. The
    curve has a gap where f is not finite. The height that makes a rise suspicious is that of `y_window`, if
    given, else of the bulk of the values. At the edge of a domain the curve is followed to the edge; such an
    edge is no `End`. At a jump whose place no float hits (as floor(x/π) has), the right end is called closed.

    >>> curve = sample_curve(lambda x: np.floor(x) / 2, 0.25, 1.5)
    >>> curve.ends
    (End(x=1.0, y=0.0, closed=False), End(x=1.0, y=0.5, closed=True))
    >>> with np.errstate(all="ignore"):
    ...     sample_curve(lambda x: (x**2 - 1) / (x - 1), 0.0, 2.0).holes
    ((1.0, 2.0),)
    """
    values = _evaluator(f)
    x = grid(low, high, count)
    with np.errstate(all="ignore"):
        y = values(x)
        finite = np.isfinite(y)
        height = y_window[1] - y_window[0] if y_window else _height(y[finite])
        suspects = _suspects(y, finite, height)
        y = np.where(finite, y, math.nan)
        return SampledCurve(x, y) if suspects.nothing else _closely(values, x, y, height, suspects)


def nice_range(values: Any, margin: float = 0.08) -> tuple[float, float]:
    """The range of values to show: all of them if they are near each other, else the bulk of them.

    Not finite values do not count; a tail (a pole's) longer than three times the bulk is cut. The range is
    widened by `margin` of itself at each end, and is never empty: (−1, 1) about nothing, ±1 about a constant.

    >>> nice_range([0.0, 10.0], margin=0.1)
    (-1.0, 11.0)
    >>> nice_range([math.nan, math.inf])
    (-1.0, 1.0)
    """
    numbers = np.asarray(values, dtype=float).ravel()
    numbers = np.sort(numbers[np.isfinite(numbers)])
    if numbers.size == 0:
        return -1.0, 1.0
    last = numbers.size - 1
    low, high = float(numbers[0]), float(numbers[-1])
    bulk_low, bulk_high = float(numbers[round(0.08 * last)]), float(numbers[round(0.92 * last)])
    reach = 3.0 * (bulk_high - bulk_low)
    if 0.0 < reach < math.inf:
        low = max(low, bulk_low - reach)
        high = min(high, bulk_high + reach)
    size = max(abs(low), abs(high))
    if high - low <= 1e-12 * size or not math.isfinite(high - low):
        room = max(1.0, 0.5 * size) if math.isfinite(high - low) else 0.0
        return low - room, high + room
    room = margin * (high - low)
    return low - room, high + room


def view_for(f: Vectorised, low: float, high: float) -> tuple[float, float]:
    """The y range in which to show f over [low, high]: see `nice_range`.

    >>> view_for(lambda x: 0 * x + 3, 0.0, 1.0)
    (1.5, 4.5)
    """
    with np.errstate(all="ignore"):
        return nice_range(_evaluator(f)(grid(low, high, 201)))


# The grid, and what is suspicious on it.


def _evaluator(f: Vectorised) -> Values:
    """f, with one number spread over the points."""

    def values(x: Array) -> Array:
        return np.array(np.broadcast_to(f(x), x.shape), dtype=float)

    return values


def grid(low: float, high: float, count: int) -> Array:
    """Evenly spaced points, moved to the round numbers between them: there a learner's holes lie."""
    x = np.linspace(low, high, count)
    spacing = (high - low) / (count - 1)
    if not 0.0 < spacing < math.inf:
        return x
    round_step = 10.0 ** math.ceil(math.log10(4.0 * spacing))
    first, last = math.ceil(low / round_step), math.floor(high / round_step)
    # Dividing by a whole number gives the very float that a typed 0.3 is; 3 × 0.1 would not.
    marks = np.arange(first, last + 1.0)
    marks = marks / round(1.0 / round_step) if round_step < 1.0 else marks * round_step
    x[np.rint((marks - low) / spacing).astype(int).clip(0, count - 1)] = marks
    return x


def _height(y: Array) -> float:
    """How high the bulk of the values is; all of them where the bulk is flat."""
    if y.size == 0:
        return 0.0
    ordered = np.sort(y)
    last = ordered.size - 1
    bulk = float(ordered[round(0.98 * last)] - ordered[round(0.02 * last)])
    whole = float(ordered[-1] - ordered[0])
    return bulk if bulk > _FLAT * whole else whole


class _Suspects(NamedTuple):
    """Indices of intervals [i, i + 1] (edges, rises) and of points (tops) to be looked at closely."""

    edges: Indices
    rises: Indices
    tops: Indices

    @property
    def nothing(self) -> bool:
        return not (self.edges.size or self.rises.size or self.tops.size)


def _suspects(y: Array, finite: NDArray[np.bool_], height: float) -> _Suspects:
    """Where the domain ends; rises unlike those beside them; and points between steep flanks."""
    none = np.empty(0, dtype=np.intp)
    edges = np.flatnonzero(finite[1:] != finite[:-1])
    if not (0.0 < height < math.inf and y.size > 4):
        return _Suspects(edges, none, none)
    rise = np.where(finite[1:] & finite[:-1], np.diff(y), 0.0)
    size = np.abs(rise)
    if size.max() <= NOTICEABLE * height:
        return _Suspects(edges, none, none)
    padded = np.concatenate([[0.0, 0.0], size, [0.0, 0.0]])
    two_before, before, after, two_after = padded[:-4], padded[1:-3], padded[3:-1], padded[4:]
    # The grid may hit a jump in the middle, where sign(0) = 0: then two neighbours share the rise.
    beside = np.minimum(
        np.maximum(before, after),
        np.minimum(np.maximum(two_before, after), np.maximum(before, two_after)),
    )
    lone = (size > NOTICEABLE * height) & (size > _STANDING_OUT * beside)
    steep = size > _STEEP * height
    turning = steep[1:] & steep[:-1] & (rise[1:] * rise[:-1] < 0.0)
    rises = lone | (steep & (np.append(turning, False) | np.insert(turning, 0, False)))
    # A pole that falls on both sides, as 1/x² does, hides between two high points.
    size_of = np.abs(y)
    highest = (size_of[1:-1] >= size_of[2:]) & (size_of[1:-1] >= size_of[:-2])
    tops = np.flatnonzero(highest & (steep[1:] | steep[:-1])) + 1
    return _Suspects(edges, _few(np.flatnonzero(rises)), _few(tops))


def _few(indices: Indices) -> Indices:
    return indices if indices.size <= MAXIMUM_BREAKS else indices[:0]


# The close look, and the curve put together.


class _Piece(NamedTuple):
    """Points to weave into the curve; of points with one x, those of lower `rank` come first."""

    x: Array
    y: Array
    rank: Array


def _closely(values: Values, x: Array, y: Array, height: float, suspects: _Suspects) -> SampledCurve:
    spacing = float(x[-1] - x[0]) / (x.size - 1)
    inside, outside = domain_edges(values, x, y, suspects.edges)
    rises = lasting_rises(values, x, suspects.rises, height)
    places = [*outside.tolist(), *rises, *peaks(values, x, suspects.tops, height)]
    breaks = judged(values, places, spacing, height)
    # right beside a hole (x² − 9)/(x − 3) is rounding alone, and the branch ends in its limit anyway
    with_limits = [each.x for each in breaks if math.isfinite(each.left) and math.isfinite(each.right)]
    inside = inside[~np.isin(outside, with_limits)]
    off_breaks = ~np.isin(x, [each.x for each in breaks])
    pieces = [_plain(x[off_breaks], y[off_breaks]), _at_edges(values, inside, height)]
    pieces += [_branches(values, each, spacing, height) for each in breaks]
    return _described(*_woven(pieces), breaks, height)


def _plain(x: Array, y: Array) -> _Piece:
    return _Piece(x, y, np.zeros(x.size))


def _at_edges(values: Values, inside: Array, height: float) -> _Piece:
    """The last points of the domain, unless the function is out of all proportion there."""
    y = values(inside)
    shown = np.abs(y) <= _FAR * (height or math.inf)
    return _plain(inside[shown], y[shown])


def _branches(values: Values, found: Break, spacing: float, height: float) -> _Piece:
    """The curve's last points on both sides of a break, with the gap between them."""
    x, y, ranks = [found.x], [math.nan], [0.0]
    for side, limit in ((-1.0, found.left), (1.0, found.right)):
        if math.isfinite(limit):
            x.append(found.x)
            y.append(limit)
            ranks.append(side)
            continue
        near = found.x + side * spacing * APPROACH
        at = values(near)
        far = np.flatnonzero(np.abs(at) > _FAR * height)
        shown = int(far[0]) + 1 if far.size else near.size
        x += near[:shown].tolist()
        y += at[:shown].tolist()
        ranks += [0.0] * shown
    return _Piece(np.array(x), np.array(y), np.array(ranks))


def _woven(pieces: list[_Piece]) -> tuple[Array, Array]:
    """All pieces in the order of x."""
    x, y, rank = (np.concatenate(each) for each in zip(*pieces, strict=True))
    order = np.lexsort((rank, x))
    return x[order], np.where(np.isfinite(y), y, math.nan)[order]


def _described(x: Array, y: Array, breaks: list[Break], height: float) -> SampledCurve:
    """The curve with its breaks sorted into holes, ends and poles."""
    holes: list[tuple[float, float]] = []
    ends: list[End] = []
    poles: list[float] = []
    near = 0.5 * NOTICEABLE * height
    for found in breaks:
        limits = [limit for limit in (found.left, found.right) if math.isfinite(limit)]
        if math.isinf(found.left) or math.isinf(found.right):
            poles.append(found.x)
        if len(limits) == 2 and abs(limits[0] - limits[1]) <= near:
            holes.append((found.x, tidy((limits[0] + limits[1]) / 2.0, height)))
        else:
            ends += [End(found.x, tidy(limit, height), abs(limit - found.value) <= near) for limit in limits]
        if math.isfinite(found.value) and all(abs(limit - found.value) > near for limit in limits):
            ends.append(End(found.x, found.value, closed=True))
    return SampledCurve(x, y, tuple(holes), tuple(ends), tuple(poles))
