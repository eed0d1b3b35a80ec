"""What errors of slopes look like: their curves over h on two logarithmic axes, and f close to one point.

A logarithmic axis has no place for 0. Errors that are exactly 0 are drawn in a strip of their own at the foot
of the panel, which says so; where an error is not known, its curve has a gap.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from engine.autodiff import Precision
from engine.difference_errors import (
    DIFFERENCES,
    FINEST,
    KINDS,
    Floats,
    Scheme,
    best_step,
    epsilon,
    error_curve,
    error_model,
    predicted_step,
    size_of,
    true_slope,
    values,
)
from engine.figure import AnyMark, Curve, Label, Points, Role, Span, View
from engine.function import Function
from engine.text import Text


class Dress(NamedTuple):
    """A scheme's role in pictures and its name in words."""

    role: Role
    words: Text


DRESSES: Mapping[Scheme, Dress] = {
    "forward": Dress(Role.SECANT, Text("forward")),
    "central": Dress(Role.AREA, Text("central")),
    "complex_step": Dress(Role.CURVATURE, Text("complex step")),
    "reverse": Dress(Role.TANGENT, Text("reverse mode")),
}

COARSEST = 2.0
"""The largest h shown, times the size of x0."""
DRAWN_PER_DECADE, DRAWN = 16, 240
"""Steps h drawn in a decade, and the least over the width of the panel, however far it is zoomed."""
STRIP = 0.07
"""The share of the panel's height kept for errors that are exactly 0."""
SMALLEST, LARGEST = 1e-300, 1e300
"""A logarithmic axis goes no further."""


# -- errors over h ----------------------------------------------------------------------------------------


@lru_cache(maxsize=128)
def error_view(f: Function, x0: float, precision: Precision) -> View:
    """Where errors of f′(x0) lie: h from far below ε to the size of x0, errors down to below ε|f′|."""
    size = size_of(x0)
    slope = abs(true_slope(f, x0, precision).value)
    bend = abs(f.derivative_at(x0, 2)) * size
    known = [part for part in (slope, bend) if math.isfinite(part) and part > 0]
    top = _power_of_ten(30 * max(known, default=0.1))
    bottom = _power_of_ten(1e-5 * epsilon(precision) * max(slope if known else 0.0, 1e-4 * top))
    return View(1e2 * FINEST[precision] * size, COARSEST * size, max(bottom, SMALLEST), min(top, LARGEST))


def _power_of_ten(value: float) -> float:
    """The power of ten at or below a positive value."""
    if not SMALLEST < value < LARGEST:
        return SMALLEST if value <= SMALLEST else LARGEST
    return 10.0 ** math.floor(math.log10(value))


def strip_of(view: View) -> tuple[float, float, float]:
    """The ends and the middle of the strip for errors that are exactly 0."""
    low, high = math.log10(max(view.y_low, SMALLEST)), math.log10(max(view.y_high, SMALLEST))
    return view.y_low, 10.0 ** (low + STRIP * (high - low)), 10.0 ** (low + STRIP / 2 * (high - low))


@lru_cache(maxsize=64)
def error_marks(
    f: Function, x0: float, schemes: tuple[Scheme, ...], precision: Precision, home: View, shown: View
) -> tuple[AnyMark, ...]:
    """The error of every scheme over the steps h of the view `shown`, and the strip of `home` for zeros."""
    marks: list[AnyMark] = []
    zeros: list[AnyMark] = []
    _, top, middle = strip_of(home)
    low, high = max(shown.x_low, SMALLEST), min(shown.x_high, LARGEST)
    for scheme in reversed(schemes):  # the first one on top
        curve = error_curve(f, scheme, x0, precision, low, high, DRAWN_PER_DECADE, DRAWN)
        role, words = DRESSES[scheme]
        errors = np.where(curve.errors > 0, curve.errors, np.nan)
        marks.append(Curve(id=f"error {scheme}", role=role, x=curve.h, y=errors, label=words))
        if (curve.errors == 0).any():
            zeros.append(_zeros(f"zero {scheme}", role, curve.h, curve.errors == 0, middle))
    if zeros:
        zeros = [
            Span(id="strip", role=Role.GUIDE, axis="y", low=home.y_low, high=top),
            *zeros,
            Label(
                id="strip-label", role=Role.GUIDE, x=_middle(home), y=middle, label=Text("error exactly 0")
            ),
        ]
    return (*zeros, *marks)


def _middle(view: View) -> float:
    return math.sqrt(view.x_low) * math.sqrt(view.x_high)


def _zeros(name: str, role: Role, h: Floats, zero: np.ndarray, height: float) -> Curve:
    """A dash for each step whose error is 0; those of neighbours join."""
    half = (h[1] / h[0]) ** 0.5
    places = h[zero]
    x = np.column_stack((places / half, places * half, np.full(places.shape, np.nan))).ravel()
    return Curve(id=name, role=role, x=x, y=np.where(np.isnan(x), np.nan, height))


@lru_cache(maxsize=64)
def ghost_marks(
    f: Function, x0: float, schemes: tuple[Scheme, ...], precision: Precision, shown: View
) -> tuple[AnyMark, ...]:
    """The same errors in another precision, pale."""
    low, high = max(shown.x_low, SMALLEST), min(shown.x_high, LARGEST)
    words = Text("the same in {precision}", {"precision": precision})
    marks: list[AnyMark] = []
    for scheme in schemes:
        curve = error_curve(f, scheme, x0, precision, low, high, DRAWN_PER_DECADE, DRAWN)
        errors = np.where(curve.errors > 0, curve.errors, np.nan)
        marks.append(Curve(id=f"ghost {scheme}", role=Role.GHOST, x=curve.h, y=errors, label=words))
    return tuple(marks)


@lru_cache(maxsize=64)
def slope_marks(
    f: Function, x0: float, schemes: tuple[Scheme, ...], precision: Precision, view: View
) -> tuple[AnyMark, ...]:
    """What the formulas predict of truncation and round-off: straight lines, each slope named once.

    Round-off is drawn for the first difference alone: that of the others lies a factor of 2 away.
    """
    marks: list[AnyMark] = []
    named: set[int] = set()
    for scheme in [scheme for scheme in schemes if scheme in DIFFERENCES]:
        model = error_model(f, scheme, x0, precision)
        if model is None:
            continue
        words = Text("truncation: slope {slope}", {"slope": model.order})
        for name, factor, slope, label in (
            ("truncation", model.truncation, model.order, words),
            ("round-off", model.round_off, -1, Text("round-off: slope −1")),
        ):
            ends = None if slope in named else _line(factor, slope, view)
            if ends is None:
                continue
            named.add(slope)
            x, y = ends
            marks.append(Curve(id=f"{name} {scheme}", role=Role.GUIDE, x=x, y=y))
            # where no errors come: truncation's far end lies at small h, that of round-off at large h
            place = 0.08 if slope > 0 else 0.85
            at = 10.0 ** (np.log10(x) @ (1 - place, place)), 10.0 ** (np.log10(y) @ (1 - place, place))
            marks.append(
                Label(
                    id=f"{name} label {scheme}",
                    role=Role.GUIDE,
                    x=float(at[0]),
                    y=float(at[1]),
                    label=label,
                    side="right" if slope > 0 else "below",
                )
            )
    return tuple(marks)


def _line(factor: float, slope: int, view: View) -> tuple[Floats, Floats] | None:
    """The ends of y = factor · h^slope within the view, left to right; None where it is not in it."""
    if not 0.0 < factor < math.inf:
        return None
    x_low, x_high, y_low, y_high = (
        math.log10(edge) for edge in (view.x_low, view.x_high, *_above_strip(view))
    )
    offset = math.log10(factor)
    at_low, at_high = sorted(((y_low - offset) / slope, (y_high - offset) / slope))
    left, right = max(x_low, at_low), min(x_high, at_high)
    if left >= right:
        return None
    x = np.array([left, right])
    return 10.0**x, 10.0 ** (offset + slope * x)


def _above_strip(view: View) -> tuple[float, float]:
    return strip_of(view)[1], view.y_high


@lru_cache(maxsize=64)
def best_marks(
    f: Function, x0: float, schemes: tuple[Scheme, ...], precision: Precision, predicted: bool
) -> tuple[AnyMark, ...]:
    """The best h of each difference at its error: filled as measured, open as the formulas predict it."""
    marks: list[AnyMark] = []
    for scheme in [scheme for scheme in DIFFERENCES if scheme in schemes]:
        found = (best_step, predicted_step)[predicted](f, scheme, x0, precision)
        if found.h is None or found.error is None:
            continue
        words = Text("predicted best h") if predicted else Text("measured best h")
        marks.append(
            Points(
                id=f"{'predicted' if predicted else 'best'} {scheme}",
                role=DRESSES[scheme].role,
                x=np.array([found.h]),
                y=np.array([found.error]),
                open=predicted,
                label=words,
            )
        )
    return tuple(marks)


# -- f close to the point ---------------------------------------------------------------------------------

SAMPLES = 801
"""Points across the second panel, more than it has pixels for."""


class Close(NamedTuple):
    """f about x0 as computed: offsets from x0, and f(x0 + offset) − f(x0), exact where the two are near."""

    offsets: Floats
    rises: Floats


@lru_cache(maxsize=64)
def close_curve(f: Function, x0: float, precision: Precision, low: float, high: float) -> Close:
    """f at evenly spaced offsets: where many of them make one and the same float, the curve is a stair."""
    offsets = np.linspace(low, high, SAMPLES)
    return Close(offsets, rises(f, x0, offsets, precision))


def rises(f: Function, x0: float, offsets: Floats, precision: Precision) -> Floats:
    """f(x0 + offset) − f(x0) with x0 + offset and f rounded to the precision; NaN where not finite."""
    kind = KINDS[precision]
    with np.errstate(all="ignore"):
        places = kind(x0) + np.asarray(offsets, dtype=float).astype(kind)
        found = np.asarray(values(f, places, precision), dtype=float) - float(values(f, kind(x0), precision))
    return np.where(np.isfinite(found), found, np.nan)


@lru_cache(maxsize=64)
def close_view(f: Function, x0: float, half: float, precision: Precision) -> View:
    """x0 ± half, and as high as f, its tangent and two steps of its staircase are there."""
    half = min(max(half, 1e-290), 1e290)
    heights = close_curve(f, x0, precision, -half, half).rises
    slope = true_slope(f, x0, precision).value
    height = float(values(f, KINDS[precision](x0), precision))
    reach = [float(np.nanmax(np.abs(heights))) if np.isfinite(heights).any() else 0.0]
    reach += [abs(slope) * half if math.isfinite(slope) else 0.0]
    reach += [
        2 * float(np.spacing(KINDS[precision](abs(height)))) if math.isfinite(height) and height else 0.0
    ]
    top = 1.1 * max(reach)
    return View(-half, half, -top, top) if 0 < top < math.inf else View(-half, half, -half, half)
