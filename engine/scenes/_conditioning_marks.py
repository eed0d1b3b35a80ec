"""What is drawn beside the rates: the path over the surface, or f between its two parabolas."""

from __future__ import annotations

import math

import numpy as np

from engine.conditioning import Quadratic
from engine.descent import Trajectory
from engine.figure import AnyMark, Area, Arrows, Axis, Curve, Floats, Handle, Panel, Points, Role, View
from engine.function import Function, function
from engine.surfaces import square_view, surface_marks
from engine.text import Text

PLANE = "plane"
ENVELOPES = "envelopes"
RATES = "rates"
HALF_WIDTH = 6.0

APART = 1e-3
"""Of the panel's width: nearer to each other, two places of a path cannot be told apart."""

DOTTED = 0.015
"""Of the panel's width: a shorter step ends without a dot of its own."""

SAMPLES = 241
STEEPEST = 1e100
"""The squares of larger slopes are no numbers."""

BEFORE, BEYOND = -0.35, 1.6
"""The part of the line that is shown, in ways from the point on show to the lowest point of the line."""


def plane_panel(surface: Quadratic, run: Trajectory, here: int, shown: View | None) -> Panel:
    """The level lines of f, the path as far as it is on show, and the start to drag."""
    start_x, start_y = (float(value) for value in run.positions[0])
    view = square_view(start_x, start_y, HALF_WIDTH)
    x, y = _apart(run.positions[: here + 1], APART * (view.x_high - view.x_low)).T
    lengths = np.hypot(np.diff(x, prepend=np.inf), np.diff(y, prepend=np.inf))
    seen = ~(lengths < DOTTED * (view.x_high - view.x_low))
    seen[-1] = True
    marks: tuple[AnyMark, ...] = (
        *surface_marks(_formula(surface), shown or view),
        Curve(id="path", role=Role.STEP, x=x, y=y, label=Text("the path")),
        Points(id="places", role=Role.STEP, x=x[seen], y=y[seen]),
        Handle(
            id="start",
            role=Role.POINT,
            x=start_x,
            y=start_y,
            parameters=("x", "y"),
            label=Text("the start"),
        ),
    )
    return Panel(
        id=PLANE,
        marks=marks,
        view=view,
        x_axis=Axis(latex="x"),
        y_axis=Axis(latex="y"),
        equal=True,
        clickable=True,
    )


def envelope_panel(surface: Quadratic, lr: float, run: Trajectory, here: int) -> Panel:
    """f along the line downhill from the point on show, and the parabolas of curvature L and μ through it.

    With s the way downhill, f − |∇f|s + μs²/2 ≤ f(w − s∇f/|∇f|) ≤ f − |∇f|s + Ls²/2. The upper parabola is
    lowest at s = |∇f|/L, which is where a step of 1/L leads.
    """
    here, slope, curvature = _along(surface, run, here)
    height = float(run.losses[here])
    reach = slope / curvature
    s = np.linspace(BEFORE * reach, BEYOND * reach, SAMPLES)
    lower, own, upper = (
        height - slope * s + bend * s * s / 2 for bend in (surface.smallest, curvature, surface.largest)
    )
    room = float(own.max() - own.min())
    view = View(
        float(s[0]),
        float(s[-1]),
        min(float(own.min()), height - room) - 0.25 * room,
        float(own.max()) + 0.3 * room,
    )
    step = lr * slope
    landed = height - slope * step + curvature * step * step / 2
    marks: list[AnyMark] = [
        Area(id="between", role=Role.AREA, x=s, lower=lower, upper=upper),
        Curve(id="upper", role=Role.CURVATURE, x=s, y=upper, label=Text("curvature L")),
        Curve(id="lower", role=Role.TANGENT, x=s, y=lower, label=Text("curvature μ")),
        Curve(id="line", role=Role.FUNCTION, x=s, y=own, label=Text("f")),
        Points(id="now", role=Role.POINT, x=np.zeros(1), y=np.array([height])),
        Arrows(
            id="step",
            role=Role.STEP,
            x=np.zeros(1),
            y=np.array([height]),
            dx=np.array([step]),
            dy=np.array([landed - height]),
            label=Text("the step"),
        ),
    ]
    return Panel(
        id=ENVELOPES,
        marks=tuple(marks),
        view=view,
        x_axis=Axis(label=Text("way downhill")),
        y_axis=Axis(latex="f"),
    )


def _apart(places: Floats, distance: float) -> Floats:
    """The places without those at the end that lie on one another, nearer to the last than `distance`."""
    far = np.flatnonzero(~(np.hypot(*(places - places[-1]).T) < distance))
    count = int(far[-1]) + 2 if far.size else 1
    return places[:count]


def _along(surface: Quadratic, run: Trajectory, here: int) -> tuple[int, float, float]:
    """The step on show, or the last before it that has a slope; |∇f|; the curvature along it."""
    slopes = np.hypot(*run.gradients[: here + 1].T)
    here = int(np.flatnonzero((slopes > 0) & (slopes < STEEPEST))[-1])
    x, y = run.gradients[here].tolist()
    slope = math.hypot(x, y)
    across = (x / slope) ** 2
    return here, slope, surface.smallest * across + surface.largest * (1 - across)


def _formula(surface: Quadratic) -> Function:
    return function(f"({surface.smallest!r}*x^2 + {surface.largest!r}*y^2)/2", ("x", "y"))
