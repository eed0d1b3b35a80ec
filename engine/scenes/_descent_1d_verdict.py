"""What becomes of a run down a curve, judged from the run itself, and the reason in words."""

from __future__ import annotations

import math
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.descent import Status, short_gradient
from engine.figure import Floats
from engine.function import Function
from engine.schedules import ScheduledRun
from engine.text import Text
from engine.valley import Floor, valley_floor

Code: TypeAlias = Literal["converging", "slow", "zig-zag", "diverging", "standing"]

CODES: dict[Code, Text] = {
    "converging": Text("converging"),
    "slow": Text("slow"),
    "zig-zag": Text("zig-zag"),
    "diverging": Text("diverging"),
    "standing": Text("standing"),
}

SLOW = 0.95
"""A run is slow if each step leaves more than this share of the distance: a digit takes over 45 steps."""

NOTICEABLE = 1e-9
"""Of the place it leads from: a shorter step is rounding, and its direction says nothing."""


class Judged(NamedTuple):
    """The verdict on a whole run.

    code: None where it never began. reason: a sentence. floor: the minimum it walks towards, if there is one.
    share: what each step left of the distance to it, in the geometric mean; NaN where there is none.
    arrival: the first step at which the slope counts as 0. overshoots: steps that land beyond the minimum.
    """

    code: Code | None
    reason: Text
    floor: Floor | None
    share: float
    arrival: int | None
    overshoots: int


def judge(f: Function, run: ScheduledRun, uphill: bool) -> Judged:
    """Why the run went as it did; `f` has values and slopes as a picture has them."""
    trajectory = run.trajectory
    x = trajectory.positions[:, 0]
    start, end = float(x[0]), float(x[-1])
    diverged = trajectory.status == "diverged"
    floor = valley_floor(f, start if diverged else end, uphill) or valley_floor(f, start, uphill)
    share = _share(x, floor)
    overshoots = _overshoots(x, floor)
    code, reason = _code(run, floor, share, overshoots, uphill)
    return Judged(code, reason, floor, share, _arrival(trajectory.gradients[:, 0]), overshoots)


def factor(floor: Floor | None, rate: float, uphill: bool) -> float:
    """1 − η f″ at the minimum (1 + η f″ at a maximum climbed to): NaN where there is none."""
    if floor is None or not math.isfinite(floor.curvature):
        return math.nan
    return 1.0 + rate * floor.curvature if uphill else 1.0 - rate * floor.curvature


def _code(
    run: ScheduledRun, floor: Floor | None, share: float, overshoots: int, uphill: bool
) -> tuple[Code | None, Text]:
    trajectory, steps = run.trajectory, run.trajectory.steps
    x, slopes = trajectory.positions[:, 0], trajectory.gradients[:, 0]
    if not steps:
        return None, Text("f has no value or no slope at the start.")
    if not np.any(np.diff(x)):
        return "standing", _standing(float(slopes[0]), float(run.rates[0]))
    if not np.isfinite([x[-1], trajectory.losses[-1], slopes[-1]]).all():
        return "diverging", _left(float(x[-1]), float(trajectory.losses[-1]), steps)
    place = Text("the highest place") if uphill else Text("the lowest place")
    size = abs(factor(floor, float(run.rates.max()), uphill))
    values = {"share": share, "size": size, "place": place}
    varies = bool(np.any(run.rates != run.rates[0]))
    if floor is None:
        return _without_floor(trajectory.status, np.diff(x), values)
    if trajectory.status == "diverged" or share > 1.0 + NOTICEABLE:
        return "diverging", _diverging(size, values)
    corner = math.isnan(floor.curvature)
    if corner and not varies and _leaves_again(x, floor):
        return "zig-zag", _cornered()
    if overshoots > _last_away(x, floor) / 2:
        if varies:
            return "zig-zag", Text("Most steps land on the other side of {place}.", values)
        return "zig-zag", _cornered() if corner else _zig_zag(share, size, values)
    if varies or (corner and share > 0.0):
        code: Code = "slow" if share > SLOW else "converging"
        return code, Text("On average a step leaves {share} of the distance.", values)
    if share > SLOW:
        return "slow", Text("Each step leaves {share} of the distance: that takes many steps.", values)
    if share == 0.0:
        return "converging", Text("The first step lands on {place}.", values)
    return "converging", Text("Each step leaves {share} of the distance to {place}.", values)


def _standing(slope: float, rate: float) -> Text:
    if slope == 0.0:
        return Text("The slope at the start is 0, so no step has any length.")
    if rate == 0.0:
        return Text("The rate is 0, so no step has any length.")
    return Text("The steps are too short to change the number.")


def _left(x: float, loss: float, step: int) -> Text:
    if math.isfinite(x) and math.isnan(loss):
        return Text("Step {step} lands at {x}, where f is not defined.", {"step": step, "x": x})
    if math.isfinite(x) and math.isfinite(loss):
        return Text("Step {step} lands at {x}, where f has no slope.", {"step": step, "x": x})
    return Text("After step {step} the numbers are too large.", {"step": step})


def _diverging(size: float, values: dict[str, Any]) -> Text:
    if size > 1.0:
        return Text("At {place} each step multiplies the distance by {size}, more than 1.", values)
    return Text("So far from {place} the steps are too long: they lead farther away.", values)


def _cornered() -> Text:
    return Text("At a corner the slope does not shrink, so neither do the steps: they go to and fro.")


def _zig_zag(share: float, size: float, values: dict[str, Any]) -> Text:
    if share >= 1.0 - NOTICEABLE:
        return Text("Each step lands on the other side, as far away as before.")
    if size > 1.0:
        return Text("It steps over {place} and cannot settle: there the factor is {size}.", values)
    return Text("Each step lands on the other side and leaves {share} of the distance.", values)


def _without_floor(status: Status, moves: Floats, values: dict[str, Any]) -> tuple[Code, Text]:
    if status == "converged":
        return "converging", Text("It has come to where the slope is 0.")
    if abs(moves[-1]) < (1.0 - NOTICEABLE) * abs(moves[0]) and status == "running":
        return "slow", Text("The steps grow shorter, and {place} is not ahead: there is none.", values)
    return "diverging", Text("Nothing holds it: {place} is not ahead, there is none.", values)


def _share(x: Floats, floor: Floor | None) -> float:
    """|x_n − x*| / |x₀ − x*|, to the power 1/n: the mean factor of one step, up to the last that shows."""
    if floor is None:
        return math.nan
    last = _last_away(x, floor)
    if last > 1 and x[last] == floor.x:
        last -= 1
    if last == 0 or x[0] == floor.x:
        return math.nan
    with np.errstate(all="ignore"):
        return float((abs(x[last] - floor.x) / abs(x[0] - floor.x)) ** (1.0 / last))


def _close(x: Floats, floor: Floor) -> NDArray[np.bool_]:
    """The rows that are as good as at the minimum."""
    with np.errstate(all="ignore"):
        return np.asarray(np.abs(x - floor.x) <= NOTICEABLE * max(1.0, abs(floor.x)))


def _leaves_again(x: Floats, floor: Floor) -> bool:
    """Whether the run came as good as to the minimum, and went on."""
    close = _close(x, floor)
    return bool(close.any()) and not close[np.argmax(close) :].all()


def _last_away(x: Floats, floor: Floor) -> int:
    """The first row that is as good as at the minimum, else the last one that is finite."""
    close = _close(x, floor)
    return int(np.argmax(close)) if close.any() else int(np.flatnonzero(np.isfinite(x))[-1])


def _overshoots(x: Floats, floor: Floor | None) -> int:
    """Steps from one side of the minimum to the other, both noticeably away from it."""
    if floor is None:
        return 0
    with np.errstate(all="ignore"):
        offset = x - floor.x
        away = np.abs(offset) > NOTICEABLE * max(1.0, abs(floor.x))
        sides = np.where(away, np.sign(offset), 0.0)
    return int(np.count_nonzero(sides[1:] * sides[:-1] < 0.0))


def _arrival(slopes: Floats) -> int | None:
    small = np.abs(slopes) <= short_gradient(abs(float(slopes[0])))
    return int(np.argmax(small)) if small.any() else None
