"""The learning rate as a dial: what becomes of a racer's run with each, and how many steps it needs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import numpy as np

from engine.figure import (
    AnyMark,
    Axis,
    Curve,
    Handle,
    Mosaic,
    Panel,
    Points,
    Readout,
    Role,
    Rule,
    View,
    Views,
)
from engine.function import Function
from engine.race import Race, Runner
from engine.rate_maps import (
    MOST_STEPS,
    RATE_DIGITS,
    SAFE_DIGITS,
    Rates,
    Setup,
    judged_rates,
    tried,
    usual_rates,
)
from engine.scenes._descent_2d_beside import Beside
from engine.scenes._descent_2d_focus import focused_runner
from engine.scenes._descent_2d_map_parts import (
    AT_WORK,
    COARSE_STEPS,
    FATES,
    coarse,
    fates_mosaic,
    limit_said,
    nobody,
    own_decades,
    rate_offer,
    setup_of,
    staged,
)
from engine.scenes._readouts import number_readout
from engine.survey import Fate
from engine.text import Text

if TYPE_CHECKING:
    from engine.scenes.descent_2d import Descent2D

RATES = "rates"
RATE = "rate"

TRIED = 384
"""Rates of one dial."""

HANDLE_HEIGHT = 0.07
"""Of the panel, from below: where the handle stands."""

X_AXIS = Axis(label=Text("learning rate"), scale="log")
Y_AXIS = Axis(label=Text("steps needed"), scale="log")
BEYOND = 1e12
"""The dial's ground goes on so far above and below what is shown."""


class Dial(NamedTuple):
    """A dial as far as it is known: what the rates say, and its ground and curve between two rates."""

    rates: Rates
    low: float
    high: float
    ground: Mosaic
    needed: Curve


def rates(scene: Descent2D, f: Function, runners: Race, views: Views) -> Iterator[Beside]:
    """The dial of the racer in focus."""
    runner = focused_runner(scene, runners)
    if runner is None:
        view = View(1e-3, 10.0, 1.0, float(scene.steps + 1))
        yield nobody(RATES, view, X_AXIS, Y_AXIS, ("safe_lr", "best_lr", "steps_at_best"))
        return
    setup = setup_of(scene, f, runner)
    shown = views.get(RATES)
    between = (shown.x_low, shown.x_high) if shown is not None else None
    decades = own_decades(runner.racer.last.rate)
    stages = [setup] if scene.steps <= COARSE_STEPS else [coarse(setup), setup]
    found = _kept(setup.plain("lr"), between, decades)
    make = [lambda stage=stage: dial(stage.plain("lr"), between, decades) for stage in stages]
    for made, done in staged(found, make, [min(stage.steps, MOST_STEPS) for stage in stages]):
        yield _beside(scene, runner, made, done)


def dial(setup: Setup, between: tuple[float, float] | None, decades: tuple[float, float]) -> Dial:
    """The dial between two rates; unless they are given, about the border of safety and over `decades`."""
    if between is None:
        low, high = usual_rates(setup)
        low, high = min(low, decades[0]), max(high, decades[1])
    else:
        low, high = between
    edges = np.linspace(math.log10(low), math.log10(high), TRIED + 1)
    found = tried(setup, 10.0 ** ((edges[1:] + edges[:-1]) / 2))
    box = View(low, high, 1 / BEYOND, BEYOND)
    arrived = np.where(found.arrived < 0, np.nan, np.maximum(found.arrived, 1).astype(float))
    needed = Curve(id="needed", role=Role.FUNCTION, x=found.rates, y=arrived, label=Text("steps needed"))
    ground = fates_mosaic("ground", found.fates[None, :], found.arrived[None, :], box)
    return Dial(judged_rates(setup), low, high, ground, needed)


def rate_readouts(found: Rates, done: float, steps: int) -> tuple[Readout, ...]:
    """The largest safe rate and the best one; none as long as they may still change."""
    none = Text("No rate arrives within {steps} steps.", {"steps": steps})
    why = found.unsafe or none
    finished = done >= 1.0
    values = (
        ("safe_lr", Text("largest safe rate"), found.safe, SAFE_DIGITS),
        ("best_lr", Text("rate with the fewest steps"), found.best, RATE_DIGITS),
        ("steps_at_best", Text("steps with that rate"), found.steps, 6),
    )
    return tuple(
        number_readout(name, value if finished else None, label, why if finished else AT_WORK, digits=digits)
        for name, label, value, digits in values
    )


def _beside(scene: Descent2D, runner: Runner, found: Dial, done: float) -> Beside:
    steps = min(scene.steps, MOST_STEPS)
    view = View(found.low, found.high, 0.8, 1.5 * max(steps, 4))
    rate = runner.racer.last.rate
    marks: list[AnyMark] = [found.ground, found.needed]
    if found.rates.safe is not None and found.rates.fails is not None:
        label = Text("largest safe rate")
        marks.append(Rule(id="safe", role=Role.GUIDE, x=found.rates.safe, y=1.0, slope=math.inf, label=label))
    if found.rates.best is not None and found.rates.steps is not None:
        x, y = np.array([found.rates.best]), np.array([float(max(found.rates.steps, 1))])
        marks.append(Points(id="best", role=Role.RIGHT, x=x, y=y, label=Text("fewest steps")))
    if rate > 0:
        marks.append(
            Rule(
                id="own", role=Role.PATH, look=runner.look, x=rate, y=1.0, slope=math.inf, label=runner.words
            )
        )
    marks.append(
        Handle(
            id=RATE,
            role=Role.POINT,
            x=max(rate, found.low),
            y=float(np.exp(np.interp(HANDLE_HEIGHT, [0, 1], np.log([view.y_low, view.y_high])))),
            parameters=("racers",),
            label=Text("learning rate of {racer}", {"racer": runner.words}),
            told=Text("rate {rate}", {"rate": rate}),
        )
    )
    offers = [
        *rate_offer(scene, runner, Text("Run {racer} with {rate}, the largest safe rate"), found.rates.safe),
        *rate_offer(scene, runner, Text("Run {racer} with {rate}, the fewest steps"), found.rates.best),
    ]
    return Beside(
        Panel(id=RATES, marks=tuple(marks), view=view, x_axis=X_AXIS, y_axis=Y_AXIS),
        readouts=rate_readouts(found.rates, done, steps),
        said=(*_said(runner, found, steps), *limit_said(scene)) if done >= 1.0 else (AT_WORK,),
        offers=tuple(offers) if done >= 1.0 else (),
        done=done,
    )


def _said(runner: Runner, found: Dial, steps: int) -> Iterator[Text]:
    """What the dial shows, in sentences."""
    rates, rate = found.rates, runner.racer.last.rate
    values: dict[str, Any] = {
        "racer": runner.words, "safe": rates.safe, "fails": rates.fails, "best": rates.best,
        "needed": rates.steps, "steps": steps, "rate": rate,
    }  # fmt: skip
    if rates.unsafe is not None:
        yield rates.unsafe
    elif rates.fails is None:
        yield Text("{racer} comes lower with every rate tried, up to {safe}.", values)
    else:
        yield Text("{racer} comes lower with every rate up to {safe}; with {fails} it does not.", values)
    if rates.best is not None:
        yield Text("{best} needs the fewest steps, {needed}.", values)
    if found.low <= rate <= found.high:
        place = np.log(found.needed.x)
        nearest = int(np.argmin(np.abs(place - math.log(rate))))
        kind = int(found.ground.kinds[0, nearest])
        fate = next(fate for fate, tile in FATES.items() if tile is found.ground.tiles[kind])
        yield msgspec.structs.replace(_OWN[fate], values=values)


_OWN = {
    Fate.ARRIVED: Text("With its own, {rate}, it converges."),
    Fate.ON_ITS_WAY: Text("With its own, {rate}, it is still on its way after {steps} steps."),
    Fate.OSCILLATES: Text("With its own, {rate}, it oscillates."),
    Fate.NO_LOWER: Text("With its own, {rate}, it comes no lower."),
    Fate.DIVERGED: Text("With its own, {rate}, it diverges."),
}


@lru_cache(maxsize=32)
def _kept(setup: Setup, between: tuple[float, float] | None, decades: tuple[float, float]) -> dict[int, Dial]:
    """The stages of a dial, as far as they have been made."""
    return {}
