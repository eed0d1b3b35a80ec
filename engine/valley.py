"""The floor of the valley that a point stands in: where walking downhill in tiny steps ends."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from engine.function import Function

_NEAREST, _FARTHEST, _PLACES = 1e-16, 1e6, 900
"""How far from the point the slope is looked at, in units of its size or of 1, evenly in the logarithm."""

_BESIDE = 1e-3
"""How far off the slopes around a floor are looked at, in the same units."""

_KINK = 1e-6
"""Of the slopes around: where less is left of the slope, f is level, and has no corner."""

_HALVINGS = 1100
"""Between two floats of opposite sign lie no more."""


class Floor(NamedTuple):
    """The lowest point of a valley: curvature is f″ there, NaN at a corner."""

    x: float
    value: float
    curvature: float


@lru_cache(maxsize=256)
def valley_floor(f: Function, x: float, uphill: bool = False) -> Floor | None:
    """The nearest local minimum downhill of x (`uphill`: the maximum uphill of it), or None if none is found.

    f has one variable. f′ is followed from x on against its sign, up to a million times the size of x (or a
    million), until it has the other sign; the place is then halved down to neighbouring floats. None where f
    has no value or slope at x, where it falls as far as that, and where it ends or breaks on the way. A
    valley much narrower than its distance from x may be passed over.

    >>> from engine.function import function
    >>> valley_floor(function("(x - 3)^2"), -2.0)
    Floor(x=3.0, value=0.0, curvature=2.0)
    >>> valley_floor(function("e^-x"), 0.0) is None
    True
    """
    sign = -1.0 if uphill else 1.0
    value, slope = f.value_at(x), sign * f.derivative_at(x)
    if not (math.isfinite(value) and math.isfinite(slope)):
        return None
    size = max(1.0, abs(x))
    if slope == 0.0:
        beside = [sign * f.derivative_at(x + side * _BESIDE * size) for side in (-1, 1)]
        return _floor(f, x, value, level=True) if beside[0] < 0.0 < beside[1] else None
    ahead = -math.copysign(1.0, slope)
    with np.errstate(all="ignore"):
        places = x + ahead * size * np.geomspace(_NEAREST, _FARTHEST, _PLACES)
        known = np.isfinite(np.broadcast_to(f.value(places), places.shape))
        rising = sign * ahead * np.broadcast_to(f.derivative(places), places.shape) > 0.0
    ends = np.flatnonzero(~known | rising)
    if not ends.size or not known[ends[0]]:
        return None
    before = float(places[ends[0] - 1]) if ends[0] else x
    found = _turn(f, before, float(places[ends[0]]), ahead * sign)
    low, high = f.value_at(found), value
    if not math.isfinite(low) or sign * low > sign * high:  # a pole changes the sign as well
        return None
    if abs(found) < _NEAREST * size:
        found = 0.0
    return _floor(f, found, f.value_at(found), level=_is_level(f, found, size))


def _is_level(f: Function, x: float, size: float) -> bool:
    """Whether f′ goes to 0 at x: at a corner it is as large as in its neighbourhood."""
    left = abs(f.derivative_at(x))
    around = max(abs(f.derivative_at(x + side * _BESIDE * size)) for side in (-1, 1))
    return left <= _KINK * around


def _turn(f: Function, falling: float, rising: float, sense: float) -> float:
    """Where f′ · sense stops being negative, between two places."""
    for _ in range(_HALVINGS):
        middle = falling + (rising - falling) / 2
        if middle in (falling, rising):
            break
        slope = f.derivative_at(middle) * sense
        if slope == 0.0 or math.isnan(slope):
            return middle
        if slope < 0.0:
            falling = middle
        else:
            rising = middle
    at_ends = (abs(f.derivative_at(falling)), abs(f.derivative_at(rising)))
    return falling if at_ends[0] < at_ends[1] else rising


def _floor(f: Function, x: float, value: float, *, level: bool) -> Floor:
    return Floor(x, value, f.derivative_at(x, 2) if level else math.nan)
