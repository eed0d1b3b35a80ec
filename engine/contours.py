"""Level lines of a surface: which levels are worth a line, and where the lines run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array: TypeAlias = NDArray[np.float64]

OUTLIER_FACTOR = 10.0  # a tail this many times as long as the bulk of the values is left without lines
LARGEST_POWER = 6.0
EVEN_POWER = 1.4  # below it the values lie evenly enough for a linear scale


def contour_lines(x: ArrayLike, y: ArrayLike, z: ArrayLike, levels: Sequence[float]) -> list[Array]:
    """For each level the vertices of its lines, (n, 2), the lines separated by rows of NaN.

    x: (columns,), y: (rows,), both increasing; z: (rows, columns). Lines end where z is not finite. A level
    that is nowhere met, and a grid narrower than two points, give an array of no rows.

    >>> contour_lines([0.0, 1.0], [0.0, 1.0], [[0.0, 1.0], [0.0, 1.0]], [0.5])
    [array([[0.5, 1. ],
           [0.5, 0. ]])]
    """
    # Some 30 ms, which a picture without contours need not wait for.
    from contourpy import LineType, contour_generator

    heights = np.asarray(z, dtype=float)
    nothing = np.empty((0, 2))
    if min(heights.shape) < 2:
        return [nothing for _ in levels]
    generator = contour_generator(x, y, heights, line_type=LineType.ChunkCombinedNan)
    found = (generator.lines(level)[0][0] for level in levels)
    return [nothing if lines is None else np.asarray(lines) for lines in found]


def contour_levels(z: ArrayLike, count: int = 10) -> tuple[float, ...]:
    """About `count` rising levels that tell most about z: none where z is constant or nowhere finite.

    The levels are low + (high − low) uᵖ for u evenly spaced in (0, 1), with p chosen so that the middle level
    is the median of z. Waves get p ≈ 1: round numbers at even distances. A bowl gets p ≈ 2, which draws rings
    at even distances, and a narrow curved valley p of 4 and more, so that its floor is not one empty patch. A
    peak whose flanks are narrow is treated as the valley upside down. `low` and `high` are the extremes of z,
    unless a pole stretches them beyond the bulk of the values. Levels are rounded as far as their distances
    allow.

    >>> contour_levels([[0.0, 1.0], [2.0, 3.0]], 5)
    (0.5, 1.0, 1.5, 2.0, 2.5)
    >>> contour_levels(np.ones((3, 3)))
    ()
    """
    values = np.asarray(z, dtype=float)
    values = values[np.isfinite(values)]
    if values.size == 0 or count < 1:
        return ()
    low, middle, high = _extent(values)
    if not (0.0 < high - low < math.inf) or high - low <= 1e-12 * max(abs(low), abs(high)):
        return ()
    share = (middle - low) / (high - low)
    downwards = share > 0.5
    power = _power(1.0 - share if downwards else share)
    if power < EVEN_POWER:
        return _even_levels(low, high, count)
    distances = (high - low) * (np.arange(1, count + 1) / (count + 1)) ** power
    levels = high - distances[::-1] if downwards else low + distances
    return _rounded_levels(levels, low, high)


def _extent(values: Array) -> tuple[float, float, float]:
    """The lowest, median and highest value; the ends of the bulk where a tail is out of all proportion."""
    last = values.size - 1
    places = [0, round(0.02 * last), last // 2, -(-last // 2), round(0.98 * last), last]
    low, bulk_low, *middle, bulk_high, high = np.partition(values, places)[places].tolist()
    reach = OUTLIER_FACTOR * (bulk_high - bulk_low)
    if reach > 0.0:
        low = bulk_low if bulk_low - low > reach else low
        high = bulk_high if high - bulk_high > reach else high
    return low, middle[0] / 2 + middle[1] / 2, high


def _power(share: float) -> float:
    """The p with ½ᵖ = share, for a share of at most ½."""
    smallest = 0.5**LARGEST_POWER
    return math.log(max(share, smallest)) / math.log(0.5)


def _even_levels(low: float, high: float, count: int) -> tuple[float, ...]:
    """Multiples of 1, 2, 2.5 or 5 times a power of ten, strictly between the ends: at most `count`."""
    rough = (high - low) / (count + 1)
    decade = 10.0 ** math.floor(math.log10(rough))
    step = next(each * decade for each in (1.0, 2.0, 2.5, 5.0, 10.0) if each * decade >= rough * (1 - 1e-9))
    first, last = math.floor(low / step) + 1, math.ceil(high / step) - 1
    if last - first >= count:
        return _even_levels(low, high, count - 1)
    return tuple(_tidy(k * step, step) for k in range(first, last + 1))


def _rounded_levels(levels: Array, low: float, high: float) -> tuple[float, ...]:
    """Each level to two digits of its distance to the nearest other one, or to the end."""
    fence = np.concatenate([[low], levels, [high]])
    gaps = np.minimum(np.diff(fence)[:-1], np.diff(fence)[1:])
    return tuple(_tidy(level, gap) for level, gap in zip(levels.tolist(), gaps.tolist(), strict=True))


def _tidy(level: float, gap: float) -> float:
    """`level` rounded to a hundredth of the decade of `gap`: 0.30000000000000004 is 0.3."""
    return round(level, 1 - math.floor(math.log10(gap))) + 0.0
