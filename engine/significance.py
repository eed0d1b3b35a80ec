"""Is it more than chance? The sign test, an interval for a share, and quantiles of what may be infinite."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]

NORMAL_95 = 1.959963984540054
"""Nineteen in twenty values of a normal variable lie within so many standard deviations."""


def sign_test(wins: int, losses: int) -> float:
    """The chance of a split at least as uneven as `wins` to `losses` if either side were as likely.

    p = min(1, 2 Σ_{k ≤ min(wins, losses)} C(n, k) / 2ⁿ),   n = wins + losses

    Pairs that tie are left out before. Two-sided and exact. Source: W. J. Dixon and A. M. Mood, "The
    statistical sign test", J. Amer. Statist. Assoc. 41 (1946).

    >>> sign_test(5, 0), sign_test(3, 3)
    (0.0625, 1.0)
    """
    n = wins + losses
    fewer = sum(math.comb(n, k) for k in range(min(wins, losses) + 1))
    return min(1.0, float(2 * fewer / 2**n))


def wilson_interval(hits: int, trials: int, deviations: float = NORMAL_95) -> tuple[float, float]:
    """Between which shares the true one lies, where `hits` of `trials` were counted; trials ≥ 1.

    (p̂ + z²/2n ± z √(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n),   p̂ = hits/n, z = `deviations`

    In nineteen of twenty such counts it does, about. It never leaves [0, 1], and none at all of n still
    leaves shares up to z²/(n + z²) open. Source: E. B. Wilson, "Probable inference, the law of succession,
    and statistical inference", J. Amer. Statist. Assoc. 22 (1927).

    >>> wilson_interval(0, 100, 2.0)
    (0.0, 0.038461538461538464)
    """
    share, z_squared = hits / trials, deviations**2
    middle = share + z_squared / (2 * trials)
    reach = deviations * math.sqrt(share * (1 - share) / trials + z_squared / (4 * trials**2))
    whole = 1 + z_squared / trials
    low = 0.0 if hits == 0 else (middle - reach) / whole  # exactly: their difference is rounding
    high = 1.0 if hits == trials else (middle + reach) / whole
    return low, high


def quantiles(values: Any, shares: tuple[float, ...]) -> Array:
    """Quantiles along the last axis, which comes first in the answer; +∞ may be among the values, NaN not.

    Between two values in order they are linear, as `numpy.quantile` has them, which makes NaN of infinities.

    >>> quantiles([3.0, 1.0, math.inf], (0.5, 0.75, 1.0)).tolist()
    [3.0, inf, inf]
    """
    ordered = np.sort(np.asarray(values, dtype=float), axis=-1)
    last = ordered.shape[-1] - 1
    found = []
    for share in shares:
        place = share * last
        below = math.floor(place)
        low, high = ordered[..., below], ordered[..., math.ceil(place)]
        with np.errstate(invalid="ignore"):
            between = low + (high - low) * (place - below)
        found.append(np.where((low == high) | (place == below), low, between))
    return np.array(found)
