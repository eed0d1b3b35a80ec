"""A function's graph as marks: its curve with honest gaps, its holes, and the ends at its jumps."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from engine.figure import AnyMark, Curve, Points, Role, View
from engine.function import Function
from engine.sampling import sample_curve, view_for


@lru_cache(maxsize=128)
def curve_view(f: Function, low: float, high: float) -> View:
    """The view that shows f over [low, high]: as high as the bulk of its values, poles cut."""
    return View(low, high, *view_for(f.value, low, high))


@lru_cache(maxsize=128)
def curve_marks(
    f: Function, view: View, name: str = "curve", role: Role = Role.FUNCTION
) -> tuple[AnyMark, ...]:
    """The graph of f across the view: one curve, its holes as open circles, its jumps with their ends."""
    sampled = sample_curve(f.value, view.x_low, view.x_high, y_window=(view.y_low, view.y_high))
    marks: list[AnyMark] = [Curve(id=name, role=role, x=sampled.x, y=sampled.y)]
    open_points = [*sampled.holes, *((end.x, end.y) for end in sampled.ends if not end.closed)]
    closed_points = [(end.x, end.y) for end in sampled.ends if end.closed]
    for kind, points in (("open", open_points), ("closed", closed_points)):
        if points:
            x, y = np.array(points).T
            marks.append(Points(id=f"{name} {kind}", role=role, x=x, y=y, open=kind == "open"))
    return tuple(marks)
