"""The answer to an ε: how near to c keeps f near to its limit, and an x that breaks a δ too large.

0 < |x − c| < δ ⇒ |f(x) − L| < ε. The largest such δ is searched from c outwards: f is read at distances that
grow by a fiftieth, then densely below the first that misses; the peaks of |f − L| between readings are
climbed, and the first crossing is closed in on. An excursion narrower than all of that is not seen. A value
that rounding alone could have pushed out of the band does not count.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.function import Function
from engine.limits import Direction, Side, nearest_distance, place
from engine.rounding import bounded_values

Floats: TypeAlias = NDArray[np.float64]

STEP = 1.02
"""How far apart the distances are at which f is read: each is this many times the one before."""

FARTHEST = 1e4
"""The largest distance that is looked at, in units of |c| where that is more than 1."""

_NEAREST = 1e-17
_PORTIONS = np.linspace(0.0, 1.0, 33)
_ROUNDS = 11  # 32¹¹ = 2⁵⁵: from any interval to neighbouring floats
_EVENLY = np.linspace(0.5, 1.0, 1501)
_HALVINGS = 8
_PEAKS = 64
_CLIMBS = 4
_TRUSTED = 0.5
"""The share of ε that a rounding error may be while a value is taken at its word."""


class Miss(NamedTuple):
    """An x within δ of c whose f(x) is no nearer to the limit than ε; value is NaN where f has none."""

    x: float
    value: float


def largest_delta(f: Function, c: float, limit: float, epsilon: float, side: Side = "both") -> float:
    """The largest δ such that 0 < |x − c| < δ keeps |f(x) − limit| < ε; inf where none is too large.

    0 where no δ will do, however small; NaN where rounding hides it. Near c = ±inf, |x − c| is read as 1/|x|:
    δ stands for |x| > 1/δ.

    >>> from engine.function import function
    >>> round(largest_delta(function("2x"), 3.0, 6.0, 0.5), 12)
    0.25
    """
    return min(_Hunt(f, c, each, limit, epsilon).first_miss() for each in directions(c, side))


def counterexample(
    f: Function, c: float, limit: float, epsilon: float, delta: float, side: Side = "both"
) -> Miss | None:
    """Of the x found within δ of c, the one that f carries farthest out of the band; None if none is."""
    worst = [_Hunt(f, c, each, limit, epsilon).worst_within(delta) for each in directions(c, side)]
    found = [miss for miss in worst if miss is not None]
    return max(found, key=lambda miss: _size(miss.value - limit), default=None)


def directions(c: float, side: Side) -> tuple[Direction, ...]:
    """The sides of c that are asked for and exist."""
    if math.isinf(c):
        return ("left",) if c > 0 else ("right",)
    return ("left", "right") if side == "both" else (side,)


class _Reading(NamedTuple):
    """f at growing distances from c, and how far rounding may have moved it."""

    distances: Floats
    values: Floats
    error: Floats


@lru_cache(maxsize=64)
def _reading(f: Function, c: float, direction: Direction) -> _Reading:
    finite = 0.0 if math.isinf(c) else c
    nearest = max(nearest_distance(finite), _NEAREST)
    farthest = FARTHEST * max(1.0, abs(finite))
    count = math.ceil(math.log(farthest / nearest) / math.log(STEP))
    distances = nearest * STEP ** np.arange(count + 1.0)
    with np.errstate(all="ignore"):
        x = place(c, direction, distances)
        read = bounded_values(f.node, {f.variables[0]: x})
        values = np.broadcast_to(f.value(x), x.shape)
    error = np.where(read.undefined | np.isinf(values), 0.0, read.error)
    return _Reading(distances, values, error)


class _Hunt(NamedTuple):
    """The search on one side of c for x with |f(x) − limit| ≥ ε."""

    f: Function
    c: float
    direction: Direction
    limit: float
    epsilon: float

    def first_miss(self) -> float:
        """The distance at which f first leaves the band; inf if it never does, NaN if rounding hides it."""
        return _first_miss(self)

    def search(self) -> float:
        """What `first_miss` remembers."""
        reading = self._reading()
        out = self._out(reading.values, reading.error)
        first = int(np.argmax(out)) if out.any() else out.size
        if first == 0:
            return 0.0
        inside, outside = self._nearer(reading, first)
        if math.isinf(outside):
            return math.inf
        if not self._trusted(inside):
            return math.nan
        for _ in range(_ROUNDS):
            trials = inside + (outside - inside) * _PORTIONS
            crossed = self._out_at(trials)
            crossed[0], crossed[-1] = False, True
            position = int(np.argmax(crossed))
            inside, outside = float(trials[position - 1]), float(trials[position])
        return outside

    def worst_within(self, delta: float) -> Miss | None:
        """The x nearer than δ that f carries farthest from the limit, beyond ε; None if none is found."""
        first = self.first_miss()
        if not first < delta:
            return None
        reading = self._reading().distances
        distances = np.concatenate(
            [
                delta * np.linspace(0.0, 1.0, 402)[1:-1],
                reading[reading < delta],
                first + (delta - first) * _PORTIONS[:-1],
            ]
        )
        distances = distances[(place(self.c, self.direction, distances) != self.c) & (distances >= _NEAREST)]
        distances = distances[self._out_at(distances)]
        if distances.size == 0:
            return None
        values = self._values(distances)
        away = np.abs(values - self.limit)
        worst = int(np.argmax(np.where(np.isfinite(away), away, -1.0)))
        return self._shorter(float(distances[worst]), delta)

    def _shorter(self, distance: float, delta: float) -> Miss:
        """The same miss at a place with few digits, where that is one too."""
        for digits in (2, 3, 4):
            shorter = float(f"{distance:.{digits}g}")
            if shorter < delta and self._out_at(np.array([shorter]))[0]:
                distance = shorter
                break
        x = float(place(self.c, self.direction, np.array([distance]))[0])
        return Miss(x, float(self.f.value_at(x)))

    def _reading(self) -> _Reading:
        return _reading(self.f, self.c, self.direction)

    def _values(self, distances: Floats) -> Floats:
        x = place(self.c, self.direction, distances)
        with np.errstate(all="ignore"):
            values: Floats = np.broadcast_to(self.f.value(x), x.shape)
        return values

    def _error(self, distances: Floats) -> Floats:
        reading = self._reading()
        return np.interp(distances, reading.distances, reading.error)

    def _trusted(self, distance: float) -> bool:
        return bool(self._error(np.array([distance]))[0] <= _TRUSTED * self.epsilon)

    def _out(self, values: Floats, error: Floats) -> NDArray[np.bool_]:
        """Where f is out of the band and not by rounding, or has no value."""
        with np.errstate(invalid="ignore"):
            away = np.abs(values - self.limit)
            out = (away >= self.epsilon) & (error <= _TRUSTED * self.epsilon)
            out |= away - error >= self.epsilon
        return out | (~np.isfinite(values) & np.isfinite(error))

    def _out_at(self, distances: Floats) -> NDArray[np.bool_]:
        return self._out(self._values(distances), self._error(distances))

    def _nearer(self, reading: _Reading, first: int) -> tuple[float, float]:
        """Distances (in the band, out of it) about the first miss: where f moves fast, reading skips some."""
        outside = float(reading.distances[first]) if first < reading.distances.size else math.inf
        inside = float(reading.distances[first - 1])
        for _ in range(_HALVINGS):
            if math.isinf(outside):
                break
            distances = outside * _EVENLY
            out = self._out_at(distances)
            position = int(np.argmax(out))
            if position == 0:
                outside = float(distances[0])
                inside = 0.5 * inside
                continue
            nearer = float(distances[position])
            inside = float(distances[position - 1])
            if nearer == outside:
                break
            outside = nearer
        return self._peak_before(inside, outside)

    def _peak_before(self, inside: float, outside: float) -> tuple[float, float]:
        """The same, unless a peak of |f − limit| rises out of the band between two readings before."""
        until = min(outside, float(self._reading().distances[-1]))
        distances = until * _EVENLY
        away = np.abs(self._values(distances) - self.limit)
        tops = np.flatnonzero((away[1:-1] >= away[:-2]) & (away[1:-1] >= away[2:])) + 1
        tops = tops[(away[tops] > 0.5 * self.epsilon) & (away[tops] < self.epsilon)][:_PEAKS]
        if tops.size == 0:
            return inside, outside
        before, low, high = distances[tops - 1], distances[tops - 1], distances[tops + 1]
        rows = np.arange(tops.size)
        for _ in range(_CLIMBS):
            trials = low[:, None] + (high - low)[:, None] * _PORTIONS
            heights = np.abs(self._values(trials) - self.limit)
            top = np.argmax(np.nan_to_num(heights, nan=0.0), axis=1).clip(1, _PORTIONS.size - 2)
            risen = np.flatnonzero(self._out_at(trials[rows, top]))
            if risen.size:
                return float(before[risen[0]]), float(trials[risen[0], top[risen[0]]])
            low, high = trials[rows, top - 1], trials[rows, top + 1]
        return inside, outside


@lru_cache(maxsize=512)
def _first_miss(hunt: _Hunt) -> float:
    return hunt.search()


def _size(difference: float) -> float:
    return abs(difference) if math.isfinite(difference) else -1.0
