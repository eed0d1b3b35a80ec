"""A function's graph as marks: its curve with honest gaps, its holes, and the ends at its jumps."""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np

from engine.figure import AnyMark, Curve, Points, Role, View
from engine.function import Function
from engine.sampling import Vectorised, sample_curve, view_for

FLATTENING = 5.0
"""How many times as high as its middle a curve may be before the middle decides what is shown."""

HALF_WIDTH = 4.0
"""Half of the interval in which a point moves before the panel follows it."""

MARGIN = 1.1
"""What the panel shows of it, as a multiple, so that a point at the end still stands in the picture."""

FAR = 1e-6
"""Half an interval is at least this part of its place: beyond 10¹⁶ its ends would be one number."""


def window_around(x: float) -> tuple[float, float]:
    """The interval shown: it stands still while the point moves inside it, and follows by whole windows.

    >>> window_around(1.0) == window_around(-3.0), [round(end, 9) for end in window_around(9.0)]
    (True, [3.6, 12.4])
    """
    centre = 2 * HALF_WIDTH * round(x / (2 * HALF_WIDTH))
    reach = MARGIN * max(HALF_WIDTH, FAR * abs(centre))
    return centre - reach, centre + reach


@lru_cache(maxsize=128)
def curve_view(f: Function, low: float, high: float, order: int = 0) -> View:
    """The view that shows f over [low, high]: as high as the bulk of its values, poles cut.

    order: 1 shows f′ instead, 2 shows f″.

    Where the outer quarters would press what happens in the middle flat, as those of x⁴ − 3x² + x do, the
    middle decides, and the curve leaves the picture at its sides.
    """
    quarter = (high - low) / 4
    values = _values(f, order)
    whole, middle = view_for(values, low, high), view_for(values, low + quarter, high - quarter)
    if not np.isfinite(values(np.linspace(low + quarter, high - quarter, 9))).any():
        return View(low, high, *whole)
    flattened = whole[1] - whole[0] > FLATTENING * (middle[1] - middle[0])
    return View(low, high, *(middle if flattened else whole))


@lru_cache(maxsize=128)
def curve_marks(
    f: Function, view: View, name: str = "curve", role: Role = Role.FUNCTION, order: int = 0
) -> tuple[AnyMark, ...]:
    """The graph of f across the view: one curve, its holes as open circles, its jumps with their ends.

    order: 1 draws f′ instead, 2 draws f″.
    """
    sampled = sample_curve(_values(f, order), view.x_low, view.x_high, y_window=(view.y_low, view.y_high))
    marks: list[AnyMark] = [Curve(id=name, role=role, x=sampled.x, y=sampled.y)]
    open_points = [*sampled.holes, *((end.x, end.y) for end in sampled.ends if not end.closed)]
    closed_points = [(end.x, end.y) for end in sampled.ends if end.closed]
    for kind, points in (("open", open_points), ("closed", closed_points)):
        if points:
            x, y = np.array(points).T
            marks.append(Points(id=f"{name} {kind}", role=role, x=x, y=y, open=kind == "open"))
    return tuple(marks)


def _values(f: Function, order: int) -> Vectorised:
    return partial(f.derivative, order=order) if order else f.value
