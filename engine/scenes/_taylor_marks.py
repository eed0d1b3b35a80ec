"""A Taylor polynomial as marks: its curve, and the line along which its misses lie."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from engine.figure import AnyMark, Curve, Floats, Label, Role, View
from engine.function import Function
from engine.taylor_misses import HALVINGS, expansion_of
from engine.text import Text

POLYNOMIAL_POINTS = 301


@lru_cache(maxsize=64)
def polynomial_curve(f: Function, x0: float, order: int, view: View) -> Curve:
    """The polynomial across the view."""
    x = np.linspace(view.x_low, view.x_high, POLYNOMIAL_POINTS)
    y = expansion_of(f, x0, order).prediction(x - x0)
    label = Text("polynomial of order {order}", {"order": order})
    return Curve(
        id="polynomial", role=Role.TANGENT, x=x, y=np.where(np.isfinite(y), y, math.nan), label=label
    )


def trend(h: Floats, sizes: Floats, power: int | None) -> list[AnyMark]:
    """A line through the smallest miss that tells something: |h| to that power on these axes."""
    if power is None:
        return []
    anchor = int(np.argmin(h))
    ends = np.array([h.min(), h.max()])
    heights = sizes[anchor] * (ends / h[anchor]) ** power
    slope = Text("slope {slope}", {"slope": power})
    middle = math.sqrt(float(ends[0] * ends[1]))
    return [
        Curve(id="trend", role=Role.GUIDE, x=ends, y=heights),
        Label(
            id="trend-label",
            role=Role.GUIDE,
            label=slope,
            x=middle,
            y=float(sizes[anchor]) * (middle / float(h[anchor])) ** power,
            side="left",
        ),
    ]


def decay_view(h: float, sizes: Floats) -> View:
    """A view of the sizes of the misses, and of the h on screen; both axes are logarithmic."""
    low, high = (float(sizes.min()), float(sizes.max())) if sizes.size else (1e-3, 1.0)
    return View(min(HALVINGS[-1], h) / 1.5, max(1.0, h) * 1.5, low / 4, high * 4)
