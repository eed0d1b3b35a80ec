"""The panels of a run down a curve: the ball and its tangents on the curve, the losses, and the rates."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.critical_points import covering
from engine.curves import curve_marks, window_around
from engine.figure import AnyMark, Axis, Curve, Floats, Handle, Panel, Points, Role, Rule, View
from engine.function import Function
from engine.notation import variable_latex
from engine.sampling import view_for
from engine.schedules import ScheduledRun
from engine.text import Text
from engine.valley import valley_floor

if TYPE_CHECKING:
    from engine.scenes.descent_1d import Descent1D

PLANE, LOSS, RATE = "plane", "loss", "rate"

REACH = 1.3
"""How far the picture reaches to both sides of the minimum, in units of the start's distance from it."""

LARGEST_LOSS = 100.0
"""The top of a loss axis, as a multiple of the loss at the start: a run that explodes leaves the panel."""

SMALLEST_LOSS = 1e-17
"""The bottom of a logarithmic loss axis: below it a loss near 1 is rounding."""

SPREAD = 30.0
"""Losses farther apart than this factor are drawn on a logarithmic axis."""

TANGENT_SHARE = 0.07
"""Half of a past tangent's length, as a share of the panel."""

APART = 0.015
"""How far apart the dots of a path stand at least, as a share of the panel."""

TANGENTS = 12
"""The past tangents that are drawn: more would hide the curve."""


@lru_cache(maxsize=128)
def plane_view(f: Function, start: float, uphill: bool) -> View:
    """The start and the minimum it walks towards, and as much beyond it; it moves by whole parts."""
    floor = valley_floor(f, start, uphill)
    low, high = window_around(start)
    if floor is not None and floor.x != start:
        reach = REACH * abs(start - floor.x)
        low, high = covering(floor.x - reach, floor.x + reach)
    bottom, top = view_for(f.value, low, high)
    height = f.value_at(start)
    if math.isfinite(height):
        margin = 0.06 * (top - bottom)
        bottom, top = min(bottom, height - margin), max(top, height + margin)
    return View(low, high, bottom, top)


def plane_panel(scene: Descent1D, f: Function, run: ScheduledRun, view: View, shown: View) -> Panel:
    """The curve, the path along it as far as it is on show, the tangent there and the next step."""
    here = scene.shown_step(run)
    x = _drawn(run.trajectory.positions[: here + 1, 0])
    y, slopes = _drawn(run.trajectory.losses[: here + 1]), run.trajectory.gradients[: here + 1, 0]
    marks: list[AnyMark] = [*curve_marks(f, shown)]
    if scene.guess is not None:
        middle = (view.y_low + view.y_high) / 2
        label = Text("your prediction")
        marks.append(Rule(id="guess", role=Role.GHOST, x=scene.guess, y=middle, slope=math.inf, label=label))
    marks += _past(x, y, slopes, shown)
    if math.isfinite(y[-1]) and math.isfinite(slopes[-1]):
        label = Text("tangent")
        tangent = Rule(
            id="tangent",
            role=Role.TANGENT,
            x=float(x[-1]),
            y=float(y[-1]),
            slope=float(slopes[-1]),
            label=label,
        )
        marks.append(tangent)
        if scene.ahead:
            marks += _next_step(run, here)
        ball = Points(id="ball", role=Role.POINT, x=x[-1:], y=y[-1:], label=Text("the ball"))
        marks.append(ball)
    height = f.value_at(scene.x0)
    marks.append(
        Handle(
            id="x0",
            role=Role.STEP,
            x=scene.x0,
            y=height if math.isfinite(height) else (view.y_low + view.y_high) / 2,
            parameters=("x0",),
            label=Text("the start"),
        )
    )
    variable = variable_latex(f.variables[0])
    return Panel(
        id=PLANE,
        marks=tuple(marks),
        view=view,
        x_axis=Axis(latex=variable),
        y_axis=Axis(latex=f"f({variable})"),
        clickable=True,
        share=1.4 if scene.schedule == "constant" else 1.1,
    )


def loss_panel(scene: Descent1D, run: ScheduledRun) -> Panel:
    """The loss against the step, as far as it is on show."""
    here = scene.shown_step(run)
    view, scale = _loss_view(run.trajectory.losses, scene.steps)
    losses = _drawn(run.trajectory.losses[: here + 1])
    if scale == "log":
        with np.errstate(invalid="ignore"):
            losses = np.where(losses > 0.0, np.maximum(losses, SMALLEST_LOSS), np.nan)
    words = Text("value of f") if scene.direction == "ascent" else Text("loss")
    steps = np.arange(len(losses), dtype=float)
    marks: tuple[AnyMark, ...] = (
        Curve(id="losses", role=Role.PATH, x=steps, y=losses, label=words),
        Points(id="loss", role=Role.POINT, x=steps[-1:], y=losses[-1:]),
    )
    return Panel(
        id=LOSS,
        marks=marks,
        view=view,
        x_axis=Axis(label=Text("step")),
        y_axis=Axis(label=words, scale=scale),
    )


def rate_panel(scene: Descent1D, run: ScheduledRun) -> Panel:
    """The learning rate of each step: all of them faintly, those taken in full."""
    steps = np.arange(len(run.rates), dtype=float)
    taken = min(scene.shown_step(run), len(run.rates))
    marks: tuple[AnyMark, ...] = (
        Curve(id="rates to come", role=Role.GHOST, x=steps, y=run.rates),
        Curve(id="rates", role=Role.STEP, x=steps[:taken], y=run.rates[:taken], label=Text("learning rate")),
    )
    top = 1.15 * max(float(run.rates.max(initial=0.0)), np.finfo(float).tiny)
    view = View(0.0, float(scene.steps), 0.0, top if math.isfinite(top) else np.finfo(float).max)
    return Panel(
        id=RATE,
        marks=marks,
        view=view,
        x_axis=Axis(label=Text("step")),
        y_axis=Axis(label=Text("learning rate")),
        share=0.8,
    )


def _drawn(values: Floats) -> Floats:
    """With a gap in place of ∞."""
    return np.where(np.isfinite(values), values, math.nan)


def _past(x: Floats, y: Floats, slopes: Floats, view: View) -> list[AnyMark]:
    """The places before, joined in order, and a piece of the tangent at the last few of them."""
    if len(x) < 2:
        return []
    dots = _spaced(x[:-1], y[:-1], view, APART)
    return [
        Curve(id="path", role=Role.PATH, x=x, y=y, label=Text("steps")),
        Points(id="path points", role=Role.PATH, x=x[dots], y=y[dots]),
        _tangents(x, y, slopes, view),
    ]


def _tangents(x: Floats, y: Floats, slopes: Floats, view: View) -> Curve:
    """Pieces of the tangents at places before the last one, clear of it and of each other."""
    backwards = _spaced(x[::-1], y[::-1], view, 2.0 * TANGENT_SHARE)[1 : TANGENTS + 1]
    rows = len(x) - 1 - np.array(backwards, dtype=int)
    wide, tall = view.x_high - view.x_low, view.y_high - view.y_low
    ends = np.array([-1.0, 1.0, math.nan])
    with np.errstate(all="ignore"):
        reach = TANGENT_SHARE / np.hypot(1.0 / wide, slopes[rows] / tall)
        along = x[rows, None] + reach[:, None] * ends
        up = y[rows, None] + (slopes[rows] * reach)[:, None] * ends
    return Curve(id="past tangents", role=Role.TANGENT, x=along.ravel(), y=up.ravel())


def _spaced(x: Floats, y: Floats, view: View, apart: float) -> list[int]:
    """The rows that lie apart from the one kept before them: a heap of marks would hide the curve."""
    with np.errstate(over="ignore"):
        across = (x / (view.x_high - view.x_low)).tolist()
        up = (y / (view.y_high - view.y_low)).tolist()
    kept = [0]
    for row in range(1, len(x)):
        if math.hypot(across[row] - across[kept[-1]], up[row] - up[kept[-1]]) >= apart:
            kept.append(row)
    return kept


def _next_step(run: ScheduledRun, here: int) -> list[AnyMark]:
    """The step that follows: along the axis as far as it leads, then to the curve."""
    if here >= run.trajectory.steps:
        return []
    (x,), (landing,) = run.trajectory.positions[here : here + 2].tolist()
    y, height = run.trajectory.losses[here : here + 2].tolist()
    if not math.isfinite(landing):
        return []
    marks: list[AnyMark] = [
        Curve(
            id="next step",
            role=Role.STEP,
            x=np.array([x, landing]),
            y=np.array([y, y]),
            arrow=True,
        )
    ]
    if math.isfinite(height):
        down = Curve(id="landing", role=Role.GUIDE, x=np.array([landing] * 2), y=np.array([y, height]))
        marks.append(down)
    return marks


def _loss_view(losses: Floats, steps: int) -> tuple[View, Literal["linear", "log"]]:
    """The loss axis: logarithmic where all losses are positive and far apart."""
    known = losses[np.isfinite(losses)]
    if not known.size:
        return View(0.0, float(steps), 0.0, 1.0), "linear"
    first = float(known[0])
    known = known[np.abs(known) <= LARGEST_LOSS * max(abs(first), 1.0)]
    low, high = float(known.min()), float(known.max())
    smallest = max(float(known[known > 0.0].min(initial=math.inf)), SMALLEST_LOSS)
    if low >= 0.0 and high > SPREAD * smallest:
        return View(0.0, float(steps), smallest / 2.0, 2.0 * high), "log"
    room = 0.06 * (high - low) or 0.5 * abs(high) or 0.5
    return View(0.0, float(steps), low - room, high + room), "linear"
