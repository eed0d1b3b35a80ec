"""What is drawn of runs that leave a saddle: their paths over the surface, and how long it took them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from engine.figure import (
    AnyMark,
    Area,
    Axis,
    Curve,
    Floats,
    Handle,
    Label,
    Panel,
    Points,
    Role,
    Rule,
    View,
)
from engine.function import Function
from engine.notation import variable_latex
from engine.saddle_escape import CriticalPoint, Escape, predicted_distance, predicted_time
from engine.significance import quantiles
from engine.surfaces import square_view, surface_marks
from engine.text import Text

PLANE, ESCAPE, DISTANCE = "plane", "escape", "distance"

HALF_WIDTH = 2.0

NOISES = tuple(float(size) for size in np.geomspace(1e-8, 1.0, 17))
"""Sizes of noise that are measured: two in every power of ten."""

NARROWEST = 1e-9
"""A noise below which nothing is drawn: its place is left of the axis."""


class Measured(NamedTuple):
    """Quartiles of the steps until runs had left, (3, sizes of noise); ∞ for never."""

    noises: tuple[float, ...]
    quartiles: Floats


def measured(noises: Sequence[float], times: Sequence[Floats]) -> Measured:
    """The quartiles of the times, (runs,) for each size of noise."""
    rows = [quantiles(each, (0.25, 0.5, 0.75)) for each in times]
    return Measured(tuple(noises), np.array(rows).reshape(-1, 3).T)


def plane_panel(
    f: Function,
    saddle: CriticalPoint | None,
    escape: Escape,
    search: tuple[float, float],
    paths: Floats,
    here: int,
    shown: View | None,
) -> Panel:
    """The surface, the critical point with its two directions, and the paths as far as they are on show."""
    reach = [abs(each) for each in (*search, *((saddle.x, saddle.y) if saddle is not None else ()))]
    view = square_view(max(reach), 0.0, HALF_WIDTH)
    marks: list[AnyMark] = [*surface_marks(f, shown or view)]
    if saddle is not None and saddle.kind == "saddle":
        marks += _directions(saddle, escape)
    for number in range(paths.shape[1]):
        x, y = paths[: here + 1, number].T
        marks.append(Curve(id=f"path {number}", role=Role.PATH, look="gd", x=x, y=y))
        marks.append(Points(id=f"head {number}", role=Role.PATH, look="gd", x=x[-1:], y=y[-1:]))
    if saddle is not None:
        found = np.array([[saddle.x], [saddle.y]])
        marks.append(Points(id="critical", role=Role.GUIDE, x=found[0], y=found[1], open=True))
    label = Text("where the saddle is looked for")
    marks.append(
        Handle(id="search", role=Role.POINT, x=search[0], y=search[1], parameters=("x", "y"), label=label)
    )
    x_axis, y_axis = (Axis(latex=variable_latex(name)) for name in f.variables)
    return Panel(
        id=PLANE,
        marks=tuple(marks),
        view=view,
        x_axis=x_axis,
        y_axis=y_axis,
        equal=True,
        clickable=True,
        share=1.1,
    )


def _directions(saddle: CriticalPoint, escape: Escape) -> list[AnyMark]:
    """The way out, the way in, and the two lines beyond which a run counts as gone."""
    (out_x, out_y), (in_x, in_y), r = saddle.along, saddle.across, escape.radius
    gap = [math.nan]
    ends = np.array([-1.0, 1.0])
    borders = [
        np.concatenate([at + s * r * out + ends * r * across / 2 if s else gap for s in (-1, 0, 1)])
        for at, out, across in ((saddle.x, out_x, in_x), (saddle.y, out_y, in_y))
    ]
    return [
        Curve(
            id="out",
            role=Role.GRADIENT,
            x=saddle.x + r * ends * out_x,
            y=saddle.y + r * ends * out_y,
            label=Text("way out: bends down"),
        ),
        Curve(
            id="in",
            role=Role.CURVATURE,
            x=saddle.x + r * ends * in_x,
            y=saddle.y + r * ends * in_y,
            label=Text("way in: bends up"),
        ),
        Curve(id="borders", role=Role.GUIDE, x=borders[0], y=borders[1], label=Text("gone beyond")),
    ]


def escape_panel(saddle: CriticalPoint, escape: Escape, told: Measured, noise: float, now: float) -> Panel:
    """Steps until half of the runs have left against the size of the noise: measured, and predicted.

    now: the median with the noise on show; ∞ for none.
    """
    fine = np.geomspace(NOISES[0] / 3, NOISES[-1] * 3, 97)
    predicted = np.array([predicted_time(-saddle.low, float(size), escape) for size in fine])
    low, median, high = (np.where(np.isfinite(row), row, math.nan) for row in told.quartiles)
    known = np.concatenate([predicted, median, [now]])
    known = known[np.isfinite(known)]
    top = float(known.max()) if known.size else 1.0
    sizes = np.array(told.noises)
    marks: list[AnyMark] = [
        Area(id="half", role=Role.AREA, x=sizes, lower=low, upper=high, label=Text("half of the runs")),
        Curve(id="predicted", role=Role.SECANT, x=fine, y=predicted, label=Text("predicted")),
        Points(id="measured", role=Role.FUNCTION, x=sizes, y=median, label=Text("measured")),
    ]
    if noise >= NARROWEST:
        marks.append(Rule(id="now", role=Role.GUIDE, x=noise, y=0.0, slope=math.inf))
        if math.isfinite(now):
            marks.append(Points(id="here", role=Role.ERROR, x=np.array([noise]), y=np.array([now])))
    if escape.offset == 0.0:
        never = Text("without noise: never")
        marks.append(
            Label(id="never", role=Role.GUIDE, x=float(fine[-3]), y=1.06 * top, side="left", label=never)
        )
    return Panel(
        id=ESCAPE,
        marks=tuple(marks),
        view=View(float(fine[0]), float(fine[-1]), 0.0, 1.12 * max(top, 1.0)),
        x_axis=Axis(label=Text("noise on the gradient"), scale="log"),
        y_axis=Axis(label=Text("steps to leave")),
    )


def distance_panel(
    saddle: CriticalPoint, escape: Escape, paths: Floats, noise: float, steps: int, here: int
) -> Panel:
    """How far along the way out the runs are after each step, beside the median that is predicted."""
    (out_x, out_y), times = saddle.along, np.arange(steps + 1.0)
    with np.errstate(invalid="ignore"):  # a run that is lost: 0 · ∞
        along = out_x * (paths[: steps + 1, :, 0] - saddle.x) + out_y * (paths[: steps + 1, :, 1] - saddle.y)
    far = np.where(along == 0.0, np.nan, np.abs(along))
    predicted = predicted_distance(-saddle.low, noise, escape, times)
    predicted = np.where((predicted > 0) & np.isfinite(predicted), predicted, np.nan)
    known = np.concatenate([far.ravel(), [escape.radius]])
    known = known[np.isfinite(known)]
    view = View(0.0, float(steps), float(known.min()) / 2, 3 * max(float(known.max()), escape.radius))
    marks: list[AnyMark] = [
        Rule(id="radius", role=Role.GUIDE, x=0.0, y=escape.radius, label=Text("gone beyond")),
        Rule(id="now", role=Role.GUIDE, x=float(here), y=escape.radius, slope=math.inf),
        Curve(id="predicted", role=Role.SECANT, x=times, y=predicted, label=Text("predicted median")),
    ]
    marks += [
        Curve(id=f"far {number}", role=Role.PATH, look="gd", x=times[: here + 1], y=row[: here + 1])
        for number, row in enumerate(far.T)
    ]
    if known.size == 1:
        still = Text("exactly 0, step after step")
        label = Label(id="still", role=Role.GUIDE, x=steps / 2, y=view.y_low * 1.3, label=still)
        marks.append(label)
    return Panel(
        id=DISTANCE,
        marks=tuple(marks),
        view=view,
        x_axis=Axis(label=Text("step")),
        y_axis=Axis(label=Text("distance along the way out"), scale="log"),
    )


def nothing_panel() -> Panel:
    """The panel of times where there is nothing to leave."""
    middle = math.sqrt(NOISES[0] * NOISES[-1])
    words = Text("no saddle, nothing to leave")
    return Panel(
        id=ESCAPE,
        marks=(Label(id="nothing", role=Role.GUIDE, x=middle, y=0.5, label=words),),
        view=View(NOISES[0] / 3, NOISES[-1] * 3, 0.0, 1.0),
        x_axis=Axis(label=Text("noise on the gradient"), scale="log"),
        y_axis=Axis(label=Text("steps to leave")),
    )
