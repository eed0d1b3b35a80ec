"""The plane of learning rate and memory: what becomes of a racer's run with each pair."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np

from engine.figure import AnyMark, Axis, Handle, Mosaic, Offer, Panel, Points, Readout, Role, View, Views
from engine.function import Function
from engine.race import Race, Runner
from engine.racer import RacerPart, make_racer
from engine.racers import MAXIMUM_RACERS, parse_racers, racers_text
from engine.rate_maps import (
    MOST_STEPS,
    RATE_DIGITS,
    Memory,
    Setup,
    memory_of,
    rounded,
    surveyed,
    usual_rates,
)
from engine.scenes._descent_2d_beside import Beside
from engine.scenes._descent_2d_focus import focused_number, focused_runner, with_racer
from engine.scenes._descent_2d_map_parts import (
    AT_WORK,
    coarse,
    fates_mosaic,
    limit_said,
    nobody,
    own_decades,
    setup_of,
    staged,
)
from engine.scenes._descent_2d_rates import X_AXIS, rates
from engine.scenes._readouts import number_readout
from engine.text import Text

if TYPE_CHECKING:
    from engine.scenes.descent_2d import Descent2D

RATE_MEMORY = "rate-memory"
"""The panel, and the handle on it."""

SIZES = ((32, 24), (96, 72), (192, 144), (320, 240))
"""Columns and rows, from coarse to fine."""

WORK = 6e7
"""Steps of all runs together that a map may take: the finer ones are left out of long races."""


REMEMBERED = {
    "beta": Text("The memory of {racer} is β, the share of its velocity that it keeps at each step."),
    "alpha": Text("The memory of {racer} is α, the share of its average square that it keeps at each step."),
    "rho": Text("The memory of {racer} is ρ, the share of its average square that it keeps at each step."),
    "betas": Text(
        "The memory of {racer} is β₁, the share of its average gradient that it keeps at each step."
    ),
}

WHERE = Text("rate {rate}, memory {memory}")


class Best(NamedTuple):
    """The pair that needs the fewest steps."""

    rate: float
    memory: float
    steps: int


class Plane(NamedTuple):
    """The map as far as it is known; best is None if no run arrives."""

    ground: Mosaic
    best: Best | None


def plane(scene: Descent2D, f: Function, runners: Race, views: Views) -> Iterator[Beside]:
    """The map of the racer in focus; one that remembers nothing gets its rates alone, and an offer."""
    runner = focused_runner(scene, runners)
    if runner is None:
        yield nobody(RATE_MEMORY, View(1e-3, 10.0, 0.0, 1.0), X_AXIS, Axis())
        return
    memory = memory_of(runner.racer.last)
    if memory is None:
        yield from _without_memory(scene, f, runner, runners, views)
        return
    setup = setup_of(scene, f, runner).plain("lr")
    part = setup.last
    still = _with_memory(part, memory, 0.0)
    setup = setup._replace(parts=(*setup.parts[:-1], still))
    view = views.get(RATE_MEMORY) or _usual_view(setup, memory, runner.racer.last.rate)
    sizes = [SIZES[0], *(size for size in SIZES[1:] if size[0] * size[1] * _steps(setup) <= WORK)]
    stages = [coarse(setup), *(setup for _ in sizes[1:])]
    make = [
        lambda stage=stage, size=size: mapped(stage, memory, view, *size)
        for stage, size in zip(stages, sizes, strict=True)
    ]
    work = [size[0] * size[1] * _steps(stage) for stage, size in zip(stages, sizes, strict=True)]
    for made, done in staged(_kept(setup, view), make, work):
        yield _beside(scene, runner, memory, view, made, done)


def mapped(setup: Setup, memory: Memory, view: View, columns: int, rows: int) -> Plane:
    """The map of `columns` × `rows` pairs over a view, each run with the settings at the middle of its cell.

    Memories that cannot be are left out.
    """
    low, high = max(view.y_low, 0.0), min(view.y_high, 1.0)
    if low < high:
        view = View(view.x_low, view.x_high, low, high)
    else:
        view = View(view.x_low, view.x_high, memory.slider.low, memory.slider.high)
    across, up = (np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows
    low, high = math.log10(view.x_low), math.log10(view.x_high)
    tried_rates = np.array([rounded(10.0 ** (low + (high - low) * share)) for share in across.tolist()])
    memories = view.y_low + (view.y_high - view.y_low) * up
    settings = {
        "lr": tried_rates[None, :],
        memory.setting: memory.changed(setup.last, memories[:, None]),
    }
    found = surveyed(setup, (setup.x, setup.y), settings)
    ground = fates_mosaic("ground", found.fates, found.arrived, view)
    # of the rates below the first that fails with the same memory: beyond, arriving is luck
    safe = np.logical_and.accumulate(found.falling | ~found.moved, axis=1)
    there = (found.arrived >= 0) & found.falling & safe
    if not there.any():
        return Plane(ground, None)
    i, j = np.unravel_index(np.argmin(np.where(there, found.arrived, np.iinfo(np.int32).max)), there.shape)
    return Plane(ground, Best(float(tried_rates[j]), float(memories[i]), int(found.arrived[i, j])))


def _beside(
    scene: Descent2D, runner: Runner, memory: Memory, view: View, found: Plane, done: float
) -> Beside:
    rate, kept = runner.racer.last.rate, memory.value(runner.racer.last)
    marks: list[AnyMark] = [found.ground]
    best = found.best
    if best is not None:
        x, y = np.array([best.rate]), np.array([best.memory])
        marks.append(Points(id="best", role=Role.RIGHT, x=x, y=y, label=Text("fewest steps")))
    values = {"rate": rate, "memory": kept, "words": memory.words, "racer": runner.words}
    marks.append(
        Handle(
            id=RATE_MEMORY,
            role=Role.POINT,
            x=max(rate, view.x_low),
            y=kept,
            parameters=("racers", "racers"),
            label=Text("learning rate and {words} of {racer}", values),
            told=msgspec.structs.replace(WHERE, values=values),
        )
    )
    axis = Axis(latex=memory.slider.symbol, label=memory.words)
    finished = done >= 1.0
    offers: list[Offer] = []
    if best is not None and finished and (best.rate, rounded(best.memory)) != (rate, kept):
        setting = memory.changed(runner.racer.last, rounded(best.memory))
        racer = runner.racer.changed(lr=best.rate, **{memory.setting: setting})
        words = Text("Run {racer} with the pair that needs the fewest steps", {"racer": runner.words})
        offers.append(Offer(words, with_racer(scene, racer)))
    return Beside(
        Panel(id=RATE_MEMORY, marks=tuple(marks), view=view, x_axis=X_AXIS, y_axis=axis),
        readouts=_readouts(scene, best, done),
        said=(*_said(scene, runner, memory, best), *limit_said(scene)) if finished else (AT_WORK,),
        offers=tuple(offers),
        done=done,
    )


def _readouts(scene: Descent2D, best: Best | None, done: float) -> tuple[Readout, ...]:
    none = Text("No pair arrives within {steps} steps.", {"steps": min(scene.steps, MOST_STEPS)})
    labels = {
        "best_lr": Text("rate with the fewest steps"),
        "best_memory": Text("memory with it"),
        "steps_at_best": Text("steps with that pair"),
    }
    return tuple(
        number_readout(
            name,
            value if done >= 1.0 else None,
            label,
            none if done >= 1.0 else AT_WORK,
            digits=RATE_DIGITS if name != "steps_at_best" else 6,
        )
        for (name, label), value in zip(labels.items(), best or (None, None, None), strict=True)
    )


def _said(scene: Descent2D, runner: Runner, memory: Memory, best: Best | None) -> Iterator[Text]:
    """Which memory it is, and what the map shows."""
    yield msgspec.structs.replace(REMEMBERED[memory.setting], values={"racer": runner.words})
    if best is None:
        steps = {"steps": min(scene.steps, MOST_STEPS)}
        yield Text("No pair of rate and memory arrives within {steps} steps.", steps)
    else:
        pair = {"rate": best.rate, "memory": rounded(best.memory), "steps": best.steps}
        yield Text("The fewest steps, {steps}, take rate {rate} with memory {memory}.", pair)


def _without_memory(
    scene: Descent2D, f: Function, runner: Runner, runners: Race, views: Views
) -> Iterator[Beside]:
    """The dial of the rates, and where a memory is to be found."""
    words = Text(
        "{racer} remembers nothing: its learning rate is all there is to set.", {"racer": runner.words}
    )
    offer = _momentum_offer(scene)
    for beside in rates(scene, f, runners, views):
        yield beside._replace(said=(words, *beside.said), offers=(*offer, *beside.offers))


def _momentum_offer(scene: Descent2D) -> list[Offer]:
    """To look at a racer that remembers: one that runs already, or momentum with the same rate."""
    racers = parse_racers(scene.racers)
    for number, racer in enumerate(racers, start=1):
        if memory_of(racer.last) is not None:
            return [Offer(Text("Look at {racer} instead", {"racer": racer.kind.title}), {"focus": number})]
    if len(racers) >= MAXIMUM_RACERS:
        return []
    own = racers[focused_number(scene, len(racers))]
    added = make_racer("momentum", {"lr": own.last.rate})
    values = {"racers": racers_text((*racers, added)), "focus": len(racers) + 1}
    return [Offer(Text("Let momentum run too, and look at it"), values)]


def _steps(setup: Setup) -> int:
    return min(setup.steps, MOST_STEPS)


def _with_memory(part: RacerPart, memory: Memory, value: float) -> RacerPart:
    settings = dict(part.settings) | {memory.setting: memory.changed(part, value)}
    return msgspec.structs.replace(part, settings=tuple(settings.items()))


def _usual_view(setup: Setup, memory: Memory, rate: float) -> View:
    """The usual rates of the racer that remembers nothing, and its own; all memories."""
    (low, high), (own_low, own_high) = usual_rates(coarse(setup)), own_decades(rate)
    return View(min(low, own_low), max(high, own_high), memory.slider.low, memory.slider.high)


@lru_cache(maxsize=16)
def _kept(setup: Setup, view: View) -> dict[int, Plane]:
    """The stages of a map, as far as they have been made."""
    return {}
