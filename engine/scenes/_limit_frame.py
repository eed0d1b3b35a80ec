"""What the picture of a limit shows: which part of the plane, in which coordinates, and the curve there.

So near a point that its own digits leave no room on the axes, the panel counts from the point: x − c across,
f(x) − L up. Both happen only to what is drawn; the function is always read at x itself.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from engine.figure import AnyMark, Curve, Floats, Points, Role, View
from engine.function import Function
from engine.rounding import bounded_values
from engine.sampling import SampledCurve, sample_curve, view_for

OVERVIEW = 4.4
"""The radius from which on the panel no longer follows the point, so that it can be dragged along."""

OVERVIEW_HALF = 5.0
ROOM = 1.25
"""Half of the panel's width, in radii."""

NEAR = 1e-4
"""The share of a coordinate's size below which the panel counts from it."""

FOOT = 0.15
"""Room under the curve for the hand that drags c, as a share of the height."""

FARTHEST_SHOWN = 5.0
"""At infinity: how many times as far as 1/radius the panel reaches."""

_BESIDE = 1e-6
_NOISY = 5e-4
_COUNT = 701


class Frame(NamedTuple):
    """A panel whose (x, y) stand for the place (x_origin + x, y_origin + y) of the plane."""

    view: View
    x_origin: float = 0.0
    y_origin: float = 0.0

    def x(self, place: float) -> float:
        """Where the panel has a place of the real line."""
        return place - self.x_origin

    def y(self, height: float) -> float:
        """Where the panel has a height."""
        return height - self.y_origin


def frame_of(f: Function, c: float, radius: float, target: float, room: float) -> Frame:
    """The frame for f around c; as high as the curve there, and `room` above and below a finite `target`."""
    low, high = window(c, radius)
    x_origin = c if math.isfinite(c) and radius < NEAR * abs(c) else 0.0
    low, high = low - x_origin, high - x_origin
    bottom, top = _heights(f, x_origin, low, high)
    if math.isfinite(target):
        bottom, top = min(bottom, target - room), max(top, target + room)
    if radius >= OVERVIEW:
        bottom -= FOOT * (top - bottom)
    y_origin = target if math.isfinite(target) and top - bottom < NEAR * abs(target) else 0.0
    bottom, top = bottom - y_origin, top - y_origin
    return Frame(View(low, high, bottom, top), x_origin, y_origin)


def window(c: float, radius: float) -> tuple[float, float]:
    """The interval on show: about c, or, from far away, one that stands still while c moves in it."""
    if math.isinf(c):
        ends = (1.0 / radius, FARTHEST_SHOWN / radius)
        return ends if c > 0 else (-ends[1], -ends[0])
    if radius < OVERVIEW:
        return c - ROOM * radius, c + ROOM * radius
    middle = overview_middle(c)
    return middle - ROOM * radius, middle + ROOM * radius


def overview_middle(c: float) -> float:
    """The middle of the overview that c lies in."""
    return 2 * OVERVIEW_HALF * round(c / (2 * OVERVIEW_HALF))


@lru_cache(maxsize=64)
def sampled(f: Function, frame: Frame, shown: View) -> SampledCurve:
    """f over the view, in the panel's coordinates. Where rounding is all there is to see, it is seen."""

    def drawn(x: Floats) -> Floats:
        values: Floats = f.value(frame.x_origin + x) - frame.y_origin
        return values

    low, high = shown.x_low, shown.x_high
    height = shown.y_high - shown.y_low
    places = frame.x_origin + np.linspace(low, high, 9)
    error = bounded_values(f.node, {f.variables[0]: places}).error
    if np.median(error) > _NOISY * height:
        x = np.linspace(low, high, _COUNT)
        with np.errstate(all="ignore"):
            y = np.broadcast_to(drawn(x), x.shape)
        return SampledCurve(x, np.where(np.isfinite(y), y, math.nan))
    return sample_curve(drawn, low, high, y_window=(shown.y_low, shown.y_high))


def without_rounding_beside(
    curve: SampledCurve, at: float, width: float, left: float, right: float
) -> SampledCurve:
    """The curve without the last floats before a finite limit, where (x² − 9)/(x − 3) is rounding alone."""
    distance = curve.x - at
    beside = np.zeros(curve.x.size, dtype=bool)
    if math.isfinite(left):
        beside |= (distance < 0) & (distance > -_BESIDE * width)
    if math.isfinite(right):
        beside |= (distance > 0) & (distance < _BESIDE * width)
    return curve._replace(x=curve.x[~beside], y=curve.y[~beside]) if beside.any() else curve


def curve_of(curve: SampledCurve, at: float, width: float) -> list[AnyMark]:
    """The graph as marks. Its holes and ends at `at` are left out: there the limits themselves are drawn."""
    marks: list[AnyMark] = [Curve(id="curve", role=Role.FUNCTION, x=curve.x, y=curve.y)]
    closed = [(end.x, end.y) for end in curve.ends if end.closed]
    opened = [*curve.holes, *((end.x, end.y) for end in curve.ends if not end.closed)]
    for name, points in (("open", opened), ("closed", closed)):
        elsewhere = [point for point in points if not abs(point[0] - at) < _BESIDE * width]
        if elsewhere:
            x, y = np.array(elsewhere).T
            marks.append(Points(id=f"curve {name}", role=Role.FUNCTION, x=x, y=y, open=name == "open"))
    return marks


@lru_cache(maxsize=128)
def _heights(f: Function, x_origin: float, low: float, high: float) -> tuple[float, float]:
    return view_for(lambda x: f.value(x_origin + x), low, high)
