"""The rectangle that a product is: how it grows in three parts, and those parts as marks.

With sides u and v that become u + Δu and v + Δv, its area grows by u Δv + v Δu + Δu Δv. A side, and so an
area, may be negative: it lies on the other side of an axis and counts as less.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import numpy as np

from engine.figure import AnyMark, Bars, Curve, Floats, Label, Role, View
from engine.growth import Growth
from engine.text import Text

MARGIN = 1.2
"""What a view shows of the rectangle, as a multiple."""

PATH_REACH = 4.0
"""How far from x the corner's path is followed, either way."""
PATH_POINTS = 401

_STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_LABELLED_SHARE = 0.03  # of the panel: a part smaller than this has no room for its name
_CLOSER_LOOKS = 4
_Side: TypeAlias = Literal["above", "below", "left", "right"]
_SEEN = 1e-9  # of the panel: closer than this, two corners are one


def growth_view(growth: Growth) -> View:
    """A view of the rectangle and its growth; it keeps its scale while they change a little."""
    return View(
        *_range(growth.u, growth.u + growth.du),
        *_range(growth.v, growth.v + growth.dv),
    )


def growth_marks(growth: Growth, view: View) -> list[AnyMark]:
    """The rectangle, the two strips and the piece in the corner, named where there is room."""
    (u, v), (new_u, new_v) = growth.corner, growth.new_corner
    strip = Text("v times the change of u: {area}", {"area": growth.v_du})
    on_top = Text("u times the change of v: {area}", {"area": growth.u_dv})
    piece = Text("the piece in the corner: {area}", {"area": growth.du_dv})
    marks: list[AnyMark] = [
        _bar("area", Role.AREA, (0.0, u), (0.0, v), Text("the rectangle"), "u v"),
        _bar("v_du", Role.TANGENT, (u, new_u), (0.0, v), strip, r"v\,\Delta u"),
        _bar("u_dv", Role.SECANT, (0.0, u), (v, new_v), on_top, r"u\,\Delta v"),
        _bar("du_dv", Role.ERROR, (u, new_u), (v, new_v), piece, r"\Delta u\,\Delta v"),
    ]
    wide = abs(growth.du) > _LABELLED_SHARE * (view.x_high - view.x_low)
    high = abs(growth.dv) > _LABELLED_SHARE * (view.y_high - view.y_low)
    outer, top_edge = max(u, new_u, key=abs), max(v, new_v, key=abs)
    beside: _Side = "right" if outer > 0 else "left"
    beyond: _Side = "above" if top_edge > 0 else "below"
    marks.append(_name("u v", Role.AREA, min(u, new_u, key=abs) / 2, v / 2, "above"))
    if wide:
        marks.append(_name(r"v\,\Delta u", Role.TANGENT, outer, v / 2, beside))
    if high:
        marks.append(_name(r"u\,\Delta v", Role.SECANT, u / 2, top_edge, beyond))
    if wide and high:
        marks.append(_name(r"\Delta u\,\Delta v", Role.ERROR, outer, (v + new_v) / 2, beside))
    return marks


def corner_path(u: Callable[..., Any], v: Callable[..., Any], x: float) -> Curve:
    """The way the corner takes while x moves."""
    along = np.linspace(x - PATH_REACH, x + PATH_REACH, PATH_POINTS)
    return Curve(id="path", role=Role.GUIDE, x=_finite(u(along)), y=_finite(v(along)))


def nearest_on_path(
    u: Callable[..., Any], v: Callable[..., Any], place: tuple[float, float], start: float, view: View
) -> float:
    """The x near `start` at which the corner (u(x), v(x)) is closest to `place`, as the view shows it.

    Of two that are as close, as where the path crosses itself, the one nearer to `start`.
    """
    width, height = view.x_high - view.x_low, view.y_high - view.y_low

    def distances(x: Floats) -> Floats:
        across, up = (u(x) - place[0]) / width, (v(x) - place[1]) / height
        away: Floats = np.nan_to_num(np.hypot(across, up), nan=math.inf)
        return away

    step = 2 * PATH_REACH / (PATH_POINTS - 1)
    x = np.linspace(start - PATH_REACH, start + PATH_REACH, PATH_POINTS)
    best = start
    for _ in range(_CLOSER_LOOKS):
        x = np.append(x, best)
        away = distances(x)
        if not np.isfinite(away).any():
            return start
        close = x[away <= away.min() + _SEEN]
        best = float(close[np.abs(close - start).argmin()])
        x = np.linspace(best - step, best + step, 41)
        step /= 20
    return best


def _bar(
    name: str, role: Role, across: tuple[float, float], up: tuple[float, float], label: Text, latex: str
) -> Bars:
    (left, right), (bottom, top) = sorted(across), sorted(up)
    return Bars(
        id=name,
        role=role,
        left=np.array([left]),
        right=np.array([right]),
        bottom=np.array([bottom]),
        top=np.array([top]),
        label=label,
        latex=latex,
    )


def _name(latex: str, role: Role, x: float, y: float, side: _Side) -> Label:
    return Label(id=f"{latex} name", role=role, latex=latex, x=x, y=y, side=side)


def _range(before: float, after: float) -> tuple[float, float]:
    """From below 0 to above both ends, in round steps: it does not follow every small change."""
    ends = [end for end in (before, after) if math.isfinite(end)]
    high, low = _rounded_up(max([0.0, *ends])), _rounded_up(max([0.0, *(-end for end in ends)]))
    size = max(high, low) or 1.0
    return -(low or 0.1 * size), high or 0.1 * size


def _rounded_up(value: float) -> float:
    """The next round number that leaves a margin; 0 stays 0."""
    if value <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(MARGIN * value))
    return next((step * power for step in _STEPS if step * power >= MARGIN * value), 10 * power)


def _finite(values: Any) -> Floats:
    return np.where(np.isfinite(values), values, math.nan)
