"""Is a function of one variable convex on an interval: proved, refuted, or neither.

    convex  ⇔  f((1 − t)a + tb) ≤ (1 − t)f(a) + tf(b) for all a, b in the interval and all t in [0, 1]

It is *proved* where f″, from the rules of calculus, is bounded below by 0 in interval arithmetic
(`engine.intervals`); that needs a formula without corners. It is *refuted* by one chord that runs below the
curve by more than rounding can explain; such a chord is searched for. Where neither comes out, no chord of
those tried runs below: f is convex as far as sampled, and no more is claimed.

Source: S. Boyd and L. Vandenberghe, "Convex Optimization" (Cambridge, 2004), sections 3.1.1 and 3.1.4.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.function import Function
from engine.intervals import Array, stays_nonnegative
from engine.rounding import bounded_values
from engine.sign_changes import sure_signs

Places: TypeAlias = NDArray[np.intp]
Verdict: TypeAlias = Literal["convex", "not convex", "convex as far as sampled"]

CHORDS = 192
"""Parts of the interval whose ends are tried as ends of chords, each with each."""

SAMPLES = 2001
"""Places at which f″ is asked whether f bends down there."""

SLACK = 1e-9
"""Of the heights: a chord must run farther below the curve than this, more than rounding moves it."""

_NARROWER = 0.5 ** np.arange(0.0, 16.0)  # of the spacing of the samples: chords about such a place


class Chord(NamedTuple):
    """The chord from a to b at x = (1 − t)a + tb: its height and the curve's, NaN where there is none."""

    a: float
    b: float
    t: float
    x: float
    chord: float
    curve: float

    @property
    def gap(self) -> float:
        """How far the chord runs above the curve; negative where it runs below."""
        return self.chord - self.curve


class Convexity(NamedTuple):
    """What is known of f on an interval.

    verdict: None where f has no value at `missing`. counterexample: the chord that refutes, else None.
    """

    verdict: Verdict | None
    counterexample: Chord | None = None
    missing: float = math.nan


def chord_at(f: Function, a: float, b: float, t: float) -> Chord:
    """The chord of f from a to b at t.

    >>> from engine.function import function
    >>> chord_at(function("x^2"), -1.0, 3.0, 0.5).gap  # (1 + 9)/2 − 1²
    4.0
    """
    x = (1 - t) * a + t * b
    chord = (1 - t) * f.value_at(a) + t * f.value_at(b)
    return Chord(a, b, t, x, chord, f.value_at(x))


@lru_cache(maxsize=128)
def convexity(f: Function, low: float, high: float) -> Convexity:
    """Whether f is convex on [low, high], low < high; 2 to 20 ms the first time.

    >>> from engine.function import function
    >>> convexity(function("x^2"), -4.0, 4.0).verdict, convexity(function("abs(x)"), -4.0, 4.0).verdict
    ('convex', 'convex as far as sampled')
    >>> found = convexity(function("x^3"), -1.0, 1.0).counterexample
    >>> found.a, round(found.b, 9), found.t, round(found.gap, 9)
    (-1.0, 0.333333333, 0.5, -0.444444444)
    """
    if stays_nonnegative(f.derivative_node(2), f.node, f.variables[0], low, high):
        return Convexity("convex")
    x = np.linspace(low, high, 2 * CHORDS + 1)
    bounded = bounded_values(f.node, {f.variables[0]: x})
    if bounded.undefined.any():
        return Convexity(None, missing=float(x[int(np.argmax(bounded.undefined))]))
    if not np.isfinite(f.value(x)).all():
        return Convexity(None, missing=float(x[int(np.argmax(~np.isfinite(f.value(x))))]))
    chord = _deepest(f, x, bounded.value, bounded.error) or _about_a_bend(f, low, high)
    if chord is None:
        return Convexity("convex as far as sampled")
    return Convexity("not convex", chord)


def _deepest(f: Function, x: Array, values: Array, errors: Array) -> Chord | None:
    """Of all chords between every other place of x, the one farthest below the curve at its middle."""
    places = np.arange(0, x.size, 2)
    first, last = np.triu_indices(places.size, 1)
    gaps = _sure_gaps(values, errors, places[first], places[last], (places[first] + places[last]) // 2)
    best = int(np.argmin(gaps))
    if not np.isfinite(gaps[best]):
        return None
    return chord_at(f, float(x[places[first[best]]]), float(x[places[last[best]]]), 0.5)


def _sure_gaps(values: Array, errors: Array, first: Places, last: Places, middle: Places) -> Array:
    """chord − curve at the middle of each chord; ∞ where that is not surely negative."""
    with np.errstate(invalid="ignore"):  # ∞ − ∞, where nothing is known
        gaps = (values[first] + values[last]) / 2 - values[middle]
        doubt = (errors[first] + errors[last]) / 2 + errors[middle]
        doubt += SLACK * (np.abs(values[first]) + np.abs(values[last]) + np.abs(values[middle]))
        sure: Array = np.where(gaps < -doubt, gaps, np.inf)
    return sure


def _about_a_bend(f: Function, low: float, high: float) -> Chord | None:
    """A chord about a place where f″ < 0: bends too narrow for the chords of the grid."""
    variable = f.variables[0]
    x = np.linspace(low, high, SAMPLES)
    bends = np.flatnonzero(sure_signs(f.derivative_node(2), variable, x) == -1.0)
    if not bends.size:
        return None
    centre = float(x[bends[bends.size // 2]])
    reach = np.minimum(_NARROWER * (high - low) / (SAMPLES - 1), min(centre - low, high - centre))
    ends = np.concatenate([centre - reach, centre + reach, 0 * reach + centre])
    at = bounded_values(f.node, {variable: ends})
    each = np.arange(reach.size)
    gaps = _sure_gaps(at.value, at.error, each, each + reach.size, each + 2 * reach.size)
    found = int(np.argmin(gaps))
    if not np.isfinite(gaps[found]):
        return None
    return chord_at(f, float(ends[found]), float(ends[found + reach.size]), 0.5)
