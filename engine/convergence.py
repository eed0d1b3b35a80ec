"""How a run converges, by name: a law fitted to its tail.

With d the distances to the place the run ends at, over the part of the run that is neither its beginning nor
rounding, three laws are held against it, each by least squares in log d:

    linear      d ~ r^t             log d = a + t log r             a straight line on a logarithmic axis
                d ~ t r^t           … + log t                       the same at a double eigenvalue
    sublinear   d ~ (t + t₀)^−p     log d = a − p log(t + t₀)       a straight line once both are logarithmic
    superlinear d′ ~ d^q            log dₜ₊₁ = a + q log dₜ         q of the last steps; at q = 2, quadratic,
                                                                    the digits double

A tail is *linear* unless another law fits it clearly better. Of a run that turns round and round, as momentum
does, only the crests are fitted. `engine.predicted_rate` has what the curvature at the end says of it.

Source: J. Nocedal and S. J. Wright, "Numerical Optimization", 2nd ed. (2006), appendix A.2, for the names.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Code: TypeAlias = Literal[
    "sublinear", "linear", "superlinear", "quadratic", "at-once", "not-converging", "too-few-steps"
]

ROUNDING = 1e-14
"""Of the place, or of the largest distance: what is nearer is as good as there."""

FEWEST = 5
"""Steps in a tail that says anything."""

AT_ONCE = 2
"""Steps in which a run that arrives so has no law."""

MOST = 400
"""Rows that a law is fitted to: of a longer tail, as many evenly."""

QUADRATIC, SUPERLINEAR = 1.7, 1.15
"""Orders from which a tail is called so."""

BETTER = 0.1
"""Another law than the linear one must leave less than this part of its squared misses."""

CLOSE = 0.02
"""Of the height of the tail in log d: how far a sublinear tail may miss its law on average."""

SCATTER = 2.0
"""Times what log d is off its law on average: a tail that falls by less is not known to fall."""

LEAST_FALL = 1e-4
"""Of log d: a tail that falls by less in all its steps does not fall."""

NEARER = 0.7
"""Of the distance in the first quarter of a run, what is left in the last, if it came nearer at all."""

PAIRS = 4
"""Steps from one distance to the next that an order is read off, the last ones."""

STEEP = 0.1
"""Of a distance, what the last of these steps leaves at most, if the tail is more than linear."""


class Fit(NamedTuple):
    """A law fitted to the rows from `first` to `last` of a run.

    code: its name. rate: what a step leaves of the distance, in the linear law; NaN in others. power: that of
    t before r^t, 0 but at a double eigenvalue. exponent: p of the sublinear law, offset its t₀; order: q of
    the superlinear one; NaN in others. scale: the number a.
    miss: the root mean square of what log d is off.
    """

    code: Code
    first: int
    last: int
    rate: float = math.nan
    exponent: float = math.nan
    offset: float = 0.0
    power: float = 0.0
    order: float = math.nan
    scale: float = math.nan
    miss: float = math.nan

    def at(self, t: Array) -> Array:
        """The law at the steps t; NaN where it has no curve."""
        with np.errstate(all="ignore"):
            if self.code == "linear":
                grown = self.power * np.log(t) if self.power else 0.0
                return np.asarray(np.exp(self.scale + grown + t * math.log(self.rate)))
            if self.code == "sublinear":
                return np.asarray(np.exp(self.scale - self.exponent * np.log(t + self.offset)))
        return np.full(np.shape(t), math.nan)


def fit_tail(distances: Array, floor: float = 0.0) -> Fit:
    """The law that the tail of a run follows.

    distances: (n + 1,) to where the run ends up, or what is left of its loss; row 0 is its start.
    floor: what is as good as 0 beside what ROUNDING says: how surely the end is known.

    >>> fit_tail(0.5 ** np.arange(40.0)).code, round(fit_tail(0.5 ** np.arange(40.0)).rate, 9)
    ('linear', 0.5)
    >>> fit_tail(np.array([0.5, 0.25, 0.0625, 0.00390625, 1.52587890625e-05, 2.3283064365386963e-10])).code
    'quadratic'
    """
    rows = len(distances)
    if rows < 2 or not np.isfinite(distances).all():
        return Fit("not-converging" if rows > 1 else "too-few-steps", 0, rows - 1)
    noise = max(floor, ROUNDING * float(distances.max()))
    if not distances[0] > noise:
        return Fit("at-once", 0, 0)
    # it is there from the row on after which it is never farther than rounding may take it
    last_away = int(np.flatnonzero(distances > 100.0 * noise)[-1]) if distances.max() > 100.0 * noise else 0
    close = np.flatnonzero(distances[last_away:] <= noise)
    arrived = close.size > 0
    d = np.maximum(distances[: last_away + int(close[0])] if arrived else distances, noise)
    order = _superlinear(d, arrived)
    if order is not None:
        return order
    if arrived and len(d) <= AT_ONCE:
        return Fit("at-once", 0, len(d))
    if len(d) < FEWEST + 1:
        return Fit("too-few-steps", 0, len(d) - 1)
    return _named(d)


def _named(d: Array) -> Fit:
    """The tail of distances that are all above rounding."""
    first = _tail_start(d)
    t, log_d = _crests(np.arange(float(first), float(len(d))), np.log(d[first:]))
    if len(t) < 3 or len(d) - first < FEWEST:
        return Fit("too-few-steps", first, len(d) - 1)
    last = len(d) - 1
    linear = _linear(t, log_d, first, last)
    falls = -math.log(linear.rate) * (t[-1] - t[0])
    if falls < max(SCATTER * linear.miss, LEAST_FALL):
        quarter = max(1, len(d) // 4)
        nearer = d[-quarter:].max() < NEARER * d[:quarter].max()
        return Fit("too-few-steps" if nearer and linear.miss > LEAST_FALL else "not-converging", first, last)
    sublinear = _sublinear(t, log_d, first, last)
    bends = sublinear.miss**2 < BETTER * linear.miss**2 and sublinear.miss < CLOSE * float(np.ptp(log_d))
    return sublinear if bends and sublinear.offset < 2 * t[-1] else linear


def _superlinear(d: Array, arrived: bool) -> Fit | None:
    """The order of the last steps, if it is clearly more than 1 and they come near as fast as that means."""
    if not arrived and d[-1] > STEEP**3 * d.max():
        return None
    for pairs in range(min(PAIRS, len(d) - 1), 1, -1):
        tail = np.log(d[-pairs - 1 :])
        falls = np.diff(tail)
        if np.all(np.diff(falls) < 0.0) and falls[0] < 0.0 and falls[-1] < math.log(STEEP):
            scale, order, miss = _line(tail[:-1], tail[1:])
            if order >= SUPERLINEAR:
                code: Code = "quadratic" if order >= QUADRATIC else "superlinear"
                return Fit(code, len(d) - 1 - pairs, len(d) - 1, order=order, scale=scale, miss=miss)
    return None


def _tail_start(d: Array) -> int:
    """The second half, in steps; of a tail that is long enough."""
    return max(0, min(len(d) // 2, len(d) - FEWEST - 1))


def _crests(t: Array, log_d: Array) -> tuple[Array, Array]:
    """The local maxima, where a tail goes up and down often enough to be known by them; else all of it."""
    inner = (log_d[1:-1] > log_d[:-2]) & (log_d[1:-1] >= log_d[2:])
    crests = np.flatnonzero(inner) + 1
    if len(crests) >= 4:
        t, log_d = t[crests], log_d[crests]
    if len(t) > MOST:
        kept = np.unique(np.linspace(0, len(t) - 1, MOST).round().astype(int))
        t, log_d = t[kept], log_d[kept]
    return t, log_d


def _line(x: Array, y: Array) -> tuple[float, float, float]:
    """Intercept, slope and root mean square miss of the least squares line."""
    middle = x - x.mean()
    spread = float(middle @ middle)
    slope = float(middle @ y) / spread if spread else 0.0
    intercept = float(y.mean() - slope * x.mean())
    return intercept, slope, float(np.sqrt(np.mean((y - intercept - slope * x) ** 2)))


def _linear(t: Array, log_d: Array, first: int, last: int) -> Fit:
    scale, slope, miss = _line(t, log_d)
    plain = Fit("linear", first, last, rate=math.exp(slope), scale=scale, miss=miss)
    if len(t) < 2 * FEWEST or not t[0] > 0.0:
        return plain
    columns = np.column_stack((np.ones_like(t), t, np.log(t)))
    (scale, slope, power), *_ = np.linalg.lstsq(columns, log_d)
    miss = float(np.sqrt(np.mean((columns @ (scale, slope, power) - log_d) ** 2)))
    double = abs(power - 1.0) < 0.5 and slope < 0.0 and miss**2 < BETTER * plain.miss**2
    if not double:
        return plain
    return plain._replace(rate=math.exp(slope), scale=float(scale), power=float(power), miss=miss)


def _sublinear(t: Array, log_d: Array, first: int, last: int) -> Fit:
    """The best of many offsets t₀, from half a step to ten times the run."""
    offsets = np.concatenate(([0.0], np.geomspace(0.5, 10.0 * t[-1], 80)))
    if t[0] + offsets[0] <= 0.0:
        offsets = offsets[1:]
    # all offsets at once: a row of logarithms, and of what the line through it misses, for each
    x = np.log(t + offsets[:, None])
    x -= x.mean(axis=1, keepdims=True)
    y = log_d - log_d.mean()
    slopes = x @ y / np.square(x).sum(axis=1)
    misses = np.square(y - slopes[:, None] * x).mean(axis=1)
    best = int(np.argmin(misses))
    offset = float(offsets[best])
    scale, slope, miss = _line(np.log(t + offset), log_d)
    return Fit("sublinear", first, last, exponent=-slope, offset=offset, scale=scale, miss=miss)
