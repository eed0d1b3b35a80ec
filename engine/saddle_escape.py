"""Saddles of f(x, y), and how long plain descent with noise stays at one: measured, and predicted.

At a saddle the gradient is 0, so plain descent that starts there exactly stays for ever. Noise of standard
deviation σ on each partial derivative pushes it off. Along the eigenvector of the negative eigenvalue −γ of
the Hessian a step of size η then gives, as long as f is as good as its parabola,

    u ← (1 + ηγ) u − ησξ,   ξ normal with standard deviation 1

so that after t steps from u₀ = d, with a = 1 + ηγ,

    u_t is normal with mean d aᵗ and standard deviation ησ √((a²ᵗ − 1)/(a² − 1))

Half of the runs are farther away than r along that direction when the median of |u_t| is r. From d = 0:

    t = ln(1 + (a² − 1) (r / (0.6745 ησ))²) / (2 ln a)

where 0.6745 is the median of |ξ|. The time grows with the logarithm of 1/σ alone. (A run that was beyond r
and came back counts as gone in the measurement and not here; with a growing mode that is rare.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from engine.cancellation import stop_if_cancelled
from engine.descent import Array
from engine.function import Function
from engine.optimizers import Coordinates, PlainState, gd
from engine.stationary import Curved, kind_by_curvature, newton_step

HALF_OF_NORMAL = 0.6744897501960817
"""The median of |ξ| for a normal ξ with standard deviation 1."""

Kind: TypeAlias = Curved | Literal["undecided"]

_STEPS, _HALVINGS = 200, 40
_LONGEST = 0.5
"""A step of Newton's method, against 1 or the place itself: a longer one leaves for a point far away."""
_ARRIVED = 1e-9
"""Newton's step, against 1 or the place itself, from which on the place is a critical point."""
_SLOPE = 1e-6
"""How long the gradient may be at what is called a critical point, against the curvature times 1 or its
place."""
_FLAT = 1e-9
"""An eigenvalue so small against the other one decides nothing."""
_BESIDE, _CHANGE = 1e-4, 1e-3
"""Nor does one that is a thousandth of how much the Hessian changes a ten-thousandth away."""
_DECIMALS = (12, 8)
"""A place is taken at so many decimals if the gradient is no longer there than at the float found."""


class CriticalPoint(NamedTuple):
    """A point with a zero gradient.

    low, high: the eigenvalues of the Hessian there; along, across: their unit eigenvectors. exact: the
    gradient is 0 in floats too.
    """

    x: float
    y: float
    value: float
    kind: Kind
    low: float
    high: float
    along: tuple[float, float]
    across: tuple[float, float]
    exact: bool


class Escape(NamedTuple):
    """How runs leave a saddle.

    lr: η. radius: how far along the way out is gone. offset: how far along it they start. steps: after which
    they are given up.
    """

    lr: float
    radius: float
    offset: float
    steps: int
    runs: int
    seed: int


@dataclass(frozen=True, eq=False)
class Runs:
    """Runs with one or more sizes of noise.

    times: (sizes, runs), the first step beyond the radius, ∞ for none. paths: (steps + 1, drawn, 2), the
    places of the first runs with the last size; empty if none are drawn.
    """

    times: Array
    paths: Array


@lru_cache(maxsize=256)
def critical_point(f: Function, x: float, y: float) -> CriticalPoint | None:
    """The point with a zero gradient that Newton's method comes to from (x, y); None if it comes to none.

    Steps are shortened to `_LONGEST`, and halved until the gradient is shorter after them.

    >>> from engine.function import function
    >>> found = critical_point(function("x^2 - 4y^2", ["x", "y"]), 1.0, 2.0)
    >>> found.kind, (found.x, found.y), (found.low, found.high)
    ('saddle', (0.0, 0.0), (-8.0, 2.0))
    """
    place, slopes = (x, y), f.gradient_at(x, y)
    for _ in range(_STEPS):
        step = newton_step(slopes, f.hessian_at(*place))
        if step is None:
            return None
        size, length = max(1.0, math.hypot(*place)), math.hypot(*step)
        if length <= _ARRIVED * size:
            place = (place[0] + step[0], place[1] + step[1])
            return _judged(f, *place)
        longest = min(1.0, _LONGEST * size / length)
        for halving in range(_HALVINGS):
            shorter = longest * 0.5**halving
            there = (place[0] + shorter * step[0], place[1] + shorter * step[1])
            landed = f.gradient_at(*there)
            if all(map(math.isfinite, landed)) and math.hypot(*landed) < math.hypot(*slopes):
                place, slopes = there, landed
                break
        else:
            return None
    return None


def predicted_time(gamma: float, noise: float, escape: Escape) -> float:
    """The t at which half of the runs are beyond the radius; see above. ∞ without noise from d = 0.

    gamma: γ > 0, the negative eigenvalue without its sign.

    >>> round(predicted_time(1.0, 0.01, Escape(0.1, 0.5, 0.0, 100, 1, 0)), 2)
    61.15
    """
    growth_rate, r, d = escape.lr * gamma, escape.radius, escape.offset  # a − 1, which may vanish beside 1
    log_a = math.log1p(growth_rate)
    if d >= r:
        return 0.0
    if log_a == 0.0:
        return math.inf
    if noise == 0.0:
        return math.log(r / d) / log_a if d > 0 else math.inf
    if d == 0.0:  # in logarithms, since the square may be beyond the floats
        pushed = math.log(HALF_OF_NORMAL) + math.log(escape.lr) + math.log(noise)
        squared = math.log(growth_rate) + math.log(2 + growth_rate) + 2 * (math.log(r) - pushed)
        return float(np.logaddexp(0.0, squared)) / (2 * log_a)

    def within(t: float) -> float:
        """The chance that |u_t| < r."""
        mean = d * math.exp(t * log_a)
        squares = math.expm1(2 * t * log_a) / (growth_rate * (2 + growth_rate))  # (a²ᵗ − 1)/(a² − 1)
        spread = escape.lr * noise * math.sqrt(squares)
        if spread == 0.0:
            return 1.0 if mean < r else 0.0
        root = math.sqrt(2) * spread
        return (math.erf((r - mean) / root) + math.erf((r + mean) / root)) / 2

    low, high = 0.0, 1.0
    while within(high) > 0.5:
        low, high = high, 2 * high
        if high * log_a > 300:
            return math.inf
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if within(middle) > 0.5 else (low, middle)
    return high


def predicted_distance(gamma: float, noise: float, escape: Escape, steps: Array) -> Array:
    """The median of |u_t| after each of so many steps, as far as f is as good as its parabola.

    >>> predicted_distance(1.0, 0.0, Escape(0.5, 1.0, 2.0, 9, 1, 0), np.array([0.0, 1.0, 2.0])).tolist()
    [2.0, 3.0, 4.5]
    """
    from scipy.special import erf

    growth_rate = escape.lr * gamma
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        mean = escape.offset * (1 + growth_rate) ** steps
        squares = np.expm1(2 * steps * math.log1p(growth_rate)) / np.float64(growth_rate * (2 + growth_rate))
        spread = math.sqrt(2) * escape.lr * noise * np.sqrt(squares)
        low, high = np.zeros_like(mean), mean + spread
        for _ in range(60):  # the median lies below |mean| + √2 standard deviations
            middle = (low + high) / 2
            within = (erf((middle - mean) / spread) + erf((middle + mean) / spread)) / 2
            low, high = np.where(within < 0.5, middle, low), np.where(within < 0.5, high, middle)
    return np.where(spread > 0, high, mean)


@lru_cache(maxsize=64)
def escapes(
    f: Function, saddle: CriticalPoint, noises: tuple[float, ...], escape: Escape, drawn: int = 0
) -> Runs:
    """Run plain descent from the saddle, `escape.runs` times with each size of noise.

    All sizes meet the same draws. drawn: of the last size, the paths of so many runs are kept to the end.
    """
    update = gd(lr=escape.lr).update
    rng = np.random.default_rng(escape.seed)
    sizes = np.array(noises)[:, None]
    lanes = (len(noises), escape.runs)
    (out_x, out_y), shift = saddle.along, escape.offset
    here = (saddle.x + shift * out_x, saddle.y + shift * out_y)
    position: Coordinates = tuple(np.full(lanes, each) for each in here)
    times = np.full(lanes, math.inf)
    paths = np.empty((escape.steps + 1 if drawn else 0, drawn, 2))
    slopes_of = f.gradient
    with np.errstate(all="ignore"):
        for step in range(escape.steps + 1):
            stop_if_cancelled()
            distance = np.abs(out_x * (position[0] - saddle.x) + out_y * (position[1] - saddle.y))
            np.putmask(times, (distance >= escape.radius) & np.isinf(times), step)
            if drawn:
                paths[step] = np.stack([np.asarray(each)[-1, :drawn] for each in position], axis=-1)
            elif np.isfinite(times).all():
                break
            slopes = slopes_of(*position)
            pushes = rng.standard_normal((2, escape.runs))
            noisy = tuple(slope + sizes * push for slope, push in zip(slopes, pushes, strict=True))
            position = update(noisy, PlainState(), position).parameters
    return Runs(times, paths)


def _judged(f: Function, x: float, y: float) -> CriticalPoint | None:
    """What kind of critical point is at (x, y)."""
    for decimals in _DECIMALS:
        plain = (round(x, decimals) + 0.0, round(y, decimals) + 0.0)
        if math.hypot(*f.gradient_at(*plain)) <= math.hypot(*f.gradient_at(x, y)):
            x, y = plain
    slopes, hessian = f.gradient_at(x, y), np.array(f.hessian_at(x, y), dtype=float)
    size = max(1.0, math.hypot(x, y))
    if not np.isfinite(hessian).all() or not math.hypot(*slopes) <= _SLOPE * size * np.abs(hessian).max():
        return None
    (low, high), vectors = np.linalg.eigh(hessian)
    change = np.abs(np.array(f.hessian_at(x + _BESIDE * size, y + _BESIDE * size)) - hessian).max()
    flat = max(_FLAT * max(abs(low), abs(high)), _CHANGE * change if math.isfinite(change) else 0.0)
    kind: Kind = kind_by_curvature(low, high, flat) or "undecided"
    along, across = (_turned(vectors[:, column]) for column in (0, 1))
    value = f.value_at(x, y)
    return CriticalPoint(x, y, value, kind, float(low), float(high), along, across, not any(slopes))


def _turned(vector: Array) -> tuple[float, float]:
    """Of the two directions of an eigenvector, the one to the right, or up."""
    x, y = (float(value) for value in vector)
    sign = -1.0 if (x, y) < (0.0, 0.0) or x < 0 else 1.0
    return sign * x + 0.0, sign * y + 0.0
