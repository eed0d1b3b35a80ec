"""How fast plain descent nears the minimum of ½wᵀAw, and how fast the theory promises.

A is diag(μ, L), 0 < μ ≤ L, so f(x, y) = (μx² + Ly²)/2 with its minimum 0 at the origin, and κ = L/μ. One step
of size η multiplies x by 1 − ημ and y by 1 − ηL.

What is promised, with d₀ the distance at the start, for every f that is L-smooth and convex, and from the
second on μ-strongly convex as well:

    sublinear  η = 1/L         f(wₜ) − f* ≤ L d₀² / (2t)
    linear     η = 1/L         |wₜ − w*| ≤ (1 − μ/L)ᵗ d₀
    best       η = 2/(L + μ)   |wₜ − w*| ≤ ((κ − 1)/(κ + 1))ᵗ d₀

Sources: the first, A. Beck and M. Teboulle, "A Fast Iterative Shrinkage-Thresholding Algorithm for Linear
Inverse Problems", SIAM J. Imaging Sciences 2 (2009), theorem 3.1; the last, Y. Nesterov, "Introductory
Lectures on Convex Optimization" (2004), theorem 2.1.15; the second is the contraction
max(|1 − ημ|, |1 − ηL|) of a gradient step at η = 1/L: E. K. Ryu and S. Boyd, "A Primer on Monotone Operator
Methods", Appl. Comput. Math. 15 (2016), section 5.1. The same contraction squared holds for f(wₜ) − f*:
A. B. Taylor, J. M. Hendrickx and F. Glineur, J. Optim. Theory Appl. 178 (2018), theorem 3.3 and its sequel.
From the first, a bound of the distance by strong convexity: |w − w*|² ≤ 2(f(w) − f*)/μ.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.descent import Trajectory, run
from engine.optimizers import gd

Array: TypeAlias = NDArray[np.float64]
Measure: TypeAlias = Literal["distance", "loss"]

TAIL = 10
"""Steps over which a rate is measured: the last ones."""


class Quadratic(NamedTuple):
    """(μx² + Ly²)/2, by its two curvatures."""

    smallest: float
    largest: float

    @property
    def best_lr(self) -> float:
        """2/(L + μ): the fixed step size with the smallest `rate`."""
        return 2.0 / (self.largest + self.smallest)

    def rate(self, lr: float) -> float:
        """max(|1 − ημ|, |1 − ηL|): what a step multiplies the distance by, at worst and in the long run.

        >>> Quadratic(1.0, 3.0).rate(0.5)  # 1 − 0.5·1 and 1 − 0.5·3 are as far from 0
        0.5
        """
        return max(abs(1 - lr * self.smallest), abs(1 - lr * self.largest))

    def value_gradient(self, x: float, y: float) -> tuple[float, tuple[float, float]]:
        """f and ∇f at (x, y)."""
        slope_x, slope_y = self.smallest * x, self.largest * y
        return (slope_x * x + slope_y * y) / 2, (slope_x, slope_y)


class Bounds(NamedTuple):
    """What is promised after 0, 1, 2, … steps: an entry for each."""

    sublinear: Array
    linear: Array
    best: Array


@lru_cache(maxsize=64)
def descend(f: Quadratic, lr: float, x: float, y: float, steps: int) -> Trajectory:
    """Plain descent on f from (x, y)."""
    return run(gd(lr=lr), f.value_gradient, (x, y), steps)


def distances(path: Trajectory) -> Array:
    """The distance to the minimum after each step."""
    return np.asarray(np.hypot(*path.positions.T), dtype=np.float64)


@lru_cache(maxsize=64)
def bounds(f: Quadratic, x: float, y: float, steps: int, measure: Measure) -> Bounds:
    """The three bounds of the module, of the distance or of the loss. The first begins after one step.

    >>> [round(float(each[1]), 6) for each in bounds(Quadratic(1.0, 2.0), 3.0, 4.0, 1, "loss")]
    [25.0, 5.125, 2.277778]
    """
    t = np.arange(steps + 1.0)
    start = math.hypot(x, y)
    with np.errstate(divide="ignore", over="ignore"):
        loss = np.where(t > 0, f.largest * start * start / (2 * t), math.nan)
        linear, best = (1 - f.smallest / f.largest) ** t, f.rate(f.best_lr) ** t
        if measure == "distance":
            return Bounds(np.sqrt(2 * loss / f.smallest), start * linear, start * best)
    first = f.value_gradient(x, y)[0]
    return Bounds(loss, first * linear**2, first * best**2)


def measured_rate(lengths: Array, step: int) -> float:
    """What a step multiplied `lengths` by: the geometric mean over the last `TAIL` steps up to `step`.

    NaN before the first step, and where a length of 0 or one that is not finite is among them.

    >>> measured_rate(np.array([8.0, 4.0, 1.0]), 2)
    0.3535533905932738
    """
    first = max(0, step - TAIL)
    before, after = float(lengths[first]), float(lengths[step])
    if step == 0 or not (before > 0 and math.isfinite(before) and math.isfinite(after)):
        return math.nan
    return float((after / before) ** (1 / (step - first)))
