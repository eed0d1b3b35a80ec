"""The losses of a race, step by step, as far as it is on show."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.figure import AnyMark, Axis, Panel, Role, Rule, View, Views
from engine.function import Function
from engine.race import SMALLEST_LOSS, Race
from engine.scenes._descent_2d_beside import Beside
from engine.scenes._descent_2d_paths import run_marks
from engine.text import Text

if TYPE_CHECKING:
    from engine.scenes.descent_2d import Descent2D

LOSS = "loss"

FLAT = 1e-9
"""Losses closer together than this part of themselves are one number on the axis."""

LARGEST_LOSS = 1e4
"""The top of a loss axis, as a multiple of the loss at the start: a run that explodes leaves the panel."""


def losses(scene: Descent2D, f: Function, runners: Race, views: Views) -> Iterator[Beside]:
    """Every racer's loss against its steps."""
    view, scale = _loss_view(runners, scene.steps)
    here = scene.shown_step()
    marks: list[AnyMark] = [Rule(id="now", role=Role.GUIDE, x=here, y=0.0, slope=math.inf)]
    for runner in runners:
        heights = runner.drawn_losses if scale == "log" else runner.run.losses
        steps = np.arange(len(heights), dtype=float)
        marks += run_marks("loss", runner, here, steps, heights, runner.words)
    yield Beside(
        Panel(
            id=LOSS,
            marks=tuple(marks),
            view=view,
            x_axis=Axis(label=Text("step")),
            y_axis=Axis(label=Text("loss"), scale=scale),
        )
    )


def _loss_view(runners: Race, steps: int) -> tuple[View, Literal["linear", "log"]]:
    """The loss axis: logarithmic where all losses are positive and far apart, and never so long that a run
    that explodes presses the others flat."""
    if not runners:
        return View(0.0, steps, 0.0, 1.0), "linear"
    first = float(runners[0].run.losses[0])
    ceiling = LARGEST_LOSS * max(abs(first), 1.0) if math.isfinite(first) else LARGEST_LOSS
    losses = np.concatenate([runner.run.losses for runner in runners])
    losses = losses[np.isfinite(losses) & (np.abs(losses) <= ceiling)]
    if not losses.size:
        return View(0.0, steps, 0.0, 1.0), "linear"
    low, high = float(losses.min()), float(losses.max())
    positive = losses[losses > 0]
    if low >= 0 and positive.size and high > 30 * max(float(positive.min()), SMALLEST_LOSS):
        return View(0.0, steps, max(float(positive.min()), SMALLEST_LOSS) / 2, 2 * high), "log"
    margin = 0.06 * (high - low)
    if high - low <= FLAT * max(abs(low), abs(high)):  # the last digits of one number are no scale
        margin = 0.5 * max(abs(low), abs(high)) or 0.5
    if math.isfinite(first):
        high = min(high, max(first, low) + 3 * max(first - low, margin))
    return View(0.0, steps, low - margin, high + margin), "linear"
