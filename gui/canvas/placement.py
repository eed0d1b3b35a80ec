"""Where a number lies on a panel, in pixels, and back. Pure arithmetic on arrays."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.figure import Panel, View

Floats = NDArray[np.float64]

FARTHEST = 1e9
"""Pixels from the panel's edge beyond which nothing is told apart: infinities are drawn from here."""

HUGE = 1e307  # twice this is still a number


@dataclass(frozen=True, slots=True)
class Placement:
    """A view laid on a rectangle of `width` by `height` pixels whose origin is its upper left corner.

    On a logarithmic axis the view's ends must be positive, and a number that is not has no place (NaN).

    >>> place = Placement(View(0.0, 10.0, 0.0, 1.0), 100, 50)
    >>> float(place.x(5.0)), float(place.y(1.0)), place.data(50, 50)
    (50.0, 0.0, (5.0, 0.0))
    """

    view: View
    width: float
    height: float
    x_log: bool = False
    y_log: bool = False

    def x(self, values: Floats | float) -> Floats:
        """Numbers along the horizontal axis → pixels from the left."""
        low, high = self.x_ends()
        return _mapped(values, self.x_log, low, high, self.width)

    def y(self, values: Floats | float) -> Floats:
        """Numbers along the vertical axis → pixels from the top."""
        low, high = self.y_ends()
        return _mapped(values, self.y_log, high, low, self.height)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """The pixel of one point; quicker than two arrays of one number, and the same."""
        left, right = self.x_ends()
        bottom, top = self.y_ends()
        return (
            _mapped_one(x, self.x_log, left, right, self.width),
            _mapped_one(y, self.y_log, top, bottom, self.height),
        )

    def data(self, x: float, y: float) -> tuple[float, float]:
        """Pixels → the numbers of that place."""
        left, right = self.x_ends()
        bottom, top = self.y_ends()
        horizontal = left + (right - left) * (x / self.width)
        vertical = top + (bottom - top) * (y / self.height)
        return (
            10.0**horizontal if self.x_log else horizontal,
            10.0**vertical if self.y_log else vertical,
        )

    def x_ends(self) -> tuple[float, float]:
        """The ends of the horizontal axis as it is spaced: logarithms where it is logarithmic."""
        return _ends(self.view.x_low, self.view.x_high, self.x_log)

    def y_ends(self) -> tuple[float, float]:
        """The ends of the vertical axis as it is spaced."""
        return _ends(self.view.y_low, self.view.y_high, self.y_log)


def placed(panel: Panel, view: View, width: float, height: float) -> Placement:
    """`view` on a rectangle, spaced as the axes of `panel` are."""
    return Placement(
        view, max(width, 1.0), max(height, 1.0), panel.x_axis.scale == "log", panel.y_axis.scale == "log"
    )


def spaced_view(view: View, x_log: bool, y_log: bool) -> tuple[float, float, float, float]:
    """Left, right, bottom and top of a view in the units its axes are spaced in."""
    return (*_ends(view.x_low, view.x_high, x_log), *_ends(view.y_low, view.y_high, y_log))


def _ends(low: float, high: float, logarithmic: bool) -> tuple[float, float]:
    """The ends of an axis, mended where they are no interval: a picture is drawn, whatever was asked."""
    if logarithmic:
        high = float(np.log10(high)) if high > 0 and math.isfinite(high) else 0.0
        low = float(np.log10(low)) if low > 0 and math.isfinite(low) else high - 6.0
    if not (math.isfinite(low) and math.isfinite(high)):
        return -1.0, 1.0
    if low > high:
        low, high = high, low
    low, high = max(low, -HUGE), min(high, HUGE)
    if high - low <= 1e-14 * max(abs(low), abs(high)) or high == low:
        middle, half = (low + high) / 2, max(abs(low) * 1e-12, 1e-12)
        return middle - half, middle + half
    return low, high


def _mapped(values: Floats | float, logarithmic: bool, start: float, stop: float, size: float) -> Floats:
    values = np.asarray(values, dtype=np.float64)
    with np.errstate(all="ignore"):
        if logarithmic:
            values = np.log10(np.where(values > 0, values, np.nan))
        pixels = (values - start) * (size / (stop - start))
    return np.minimum(np.maximum(pixels, -FARTHEST), FARTHEST)


def _mapped_one(value: float, logarithmic: bool, start: float, stop: float, size: float) -> float:
    if logarithmic:
        value = math.log10(value) if value > 0 else math.nan
    pixel = (value - start) * (size / (stop - start))
    return max(-FARTHEST, min(FARTHEST, pixel)) if pixel == pixel else math.nan
