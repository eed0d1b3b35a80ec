"""Basins: every start in view, coloured by where the run from there ends, the stronger the sooner."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from engine.basins import Basins, Place, basins
from engine.descent import Trajectory, short_gradient
from engine.figure import (
    AnyMark,
    Axis,
    Column,
    Curve,
    Handle,
    Label,
    Mosaic,
    Panel,
    Points,
    Readout,
    Role,
    Table,
    Tile,
    View,
    Views,
)
from engine.function import Function
from engine.notation import variable_latex
from engine.race import Race, Runner
from engine.rate_maps import MOST_STEPS, Setup
from engine.scenes._descent_2d_beside import HALF_WIDTH, PLANE, Beside
from engine.scenes._descent_2d_focus import focused_runner
from engine.scenes._descent_2d_map_parts import (
    AT_WORK,
    FATES,
    coarse,
    limit_said,
    nobody,
    only_present,
    setup_of,
    speed,
    staged,
)
from engine.scenes._readouts import number_readout
from engine.surfaces import square_view
from engine.survey import ARRIVED_SHARE, Fate
from engine.text import Text

if TYPE_CHECKING:
    from engine.scenes.descent_2d import Descent2D

BASINS = "basins"

SIDES = (32, 96, 256, 512)
"""Starts along each side, from coarse to fine."""

WORK = 7e7
"""Steps of all runs together that a map may take: the finer ones are left out of long races."""

MOST_SAID = 3
"""Places named in the sentence."""

KINDS = {
    "minimum": Text("minimum ({x}, {y})"),
    "saddle": Text("saddle ({x}, {y})"),
    "maximum": Text("maximum ({x}, {y})"),
    "flat": Text("flat place ({x}, {y})"),
    "stretch": Text("about ({x}, {y})"),
}

ELSEWHERE = Tile("elsewhere", Text("elsewhere"))
UNDER_WAY = {
    Fate.ON_ITS_WAY: Text("not there yet"),
    Fate.OSCILLATES: Text("oscillates"),
    Fate.NO_LOWER: Text("comes no lower"),
    Fate.DIVERGED: Text("diverges"),
}


class Map(NamedTuple):
    """The map as far as it is known, with the marks made of it."""

    found: Basins
    ground: Mosaic
    words: tuple[Text, ...]
    marks: tuple[AnyMark, ...]
    table: Table


def basin_map(scene: Descent2D, f: Function, runners: Race, views: Views) -> Iterator[Beside]:
    """The map of the racer in focus over what the plane shows, or what the map itself was zoomed to."""
    x_axis, y_axis = (Axis(latex=variable_latex(name)) for name in f.variables)
    view = _view(scene, views)
    runner = focused_runner(scene, runners)
    if runner is None:
        yield nobody(BASINS, view, x_axis, y_axis, ("basin_count", "arrived_share"))
        return
    setup = setup_of(scene, f, runner)._replace(x=0.0, y=0.0)
    steps = min(setup.steps, MOST_STEPS)
    sides = [SIDES[0], *(side for side in SIDES[1:] if side * side * steps <= WORK)]
    stages = [coarse(setup), *(setup for _ in sides[1:])]
    make = [
        lambda stage=stage, side=side: drawn(stage, view, side)
        for stage, side in zip(stages, sides, strict=True)
    ]
    work = [side * side * min(stage.steps, MOST_STEPS) for stage, side in zip(stages, sides, strict=True)]
    for made, done in staged(_kept(setup, view), make, work):
        panel = Panel(
            id=BASINS,
            marks=(made.ground, *made.marks, *_run(scene, runner)),
            view=view,
            x_axis=x_axis,
            y_axis=y_axis,
            equal=True,
            clickable=True,
            share=1.3,
        )
        finished = done >= 1.0
        yield Beside(
            panel,
            readouts=_readouts(made.found, done),
            tables=(made.table,),
            said=(*_said(runner, made, steps), *limit_said(scene)) if finished else (AT_WORK,),
            done=done,
        )


def drawn(setup: Setup, view: View, side: int) -> Map:
    """The map of `side` × `side` starts over a view."""
    found = basins(setup, view, side)
    words = tuple(_words(place, view) for place in found.places)
    tiles = [
        Tile(f"place {number}", word, listed=not (place.kind == "minimum" and _is_inside(place, view)))
        for number, (place, word) in enumerate(zip(found.places, words, strict=True), start=1)
    ]
    tiles.append(ELSEWHERE)
    of_fate = np.full(len(Fate), -1, dtype=np.int8)
    for fate, word in UNDER_WAY.items():
        of_fate[fate] = len(tiles)
        tiles.append(Tile(FATES[fate].look, word))
    kinds = np.where(found.ends >= 0, found.ends, of_fate[found.fates])
    kinds, named = only_present(np.where(found.known, kinds, -1), tiles)
    ground = Mosaic(
        id="ground",
        role=Role.FIELD,
        kinds=kinds,
        shade=speed(found.arrived),
        tiles=named,
        x_low=view.x_low,
        x_high=view.x_high,
        y_low=view.y_low,
        y_high=view.y_high,
    )
    return Map(found, ground, words, _place_marks(found.places, view), _table(found.places))


def _place_marks(places: tuple[Place, ...], view: View) -> tuple[AnyMark, ...]:
    """The places within the view, each with its coordinates: they tell basins apart without colour."""
    inside = [place for place in places if _is_inside(place, view)]
    if not inside:
        return ()
    x, y = np.array([[place.x, place.y] for place in inside]).T
    labels = [
        Label(
            id=f"place {number}",
            role=Role.POINT,
            x=place.x,
            y=place.y,
            label=Text("({x}, {y})", _coordinates(place, view)),
        )
        for number, place in enumerate(inside)
    ]
    return (Points(id="places", role=Role.POINT, x=x, y=y, open=True), *labels)


def _is_inside(place: Place, view: View) -> bool:
    return view.x_low <= place.x <= view.x_high and view.y_low <= place.y <= view.y_high


def _run(scene: Descent2D, runner: Runner) -> tuple[AnyMark, ...]:
    """The run of the racer in focus, as far as it is on show, and the start."""
    x, y = runner.run.positions[: min(scene.shown_step(), runner.run.steps) + 1].T
    return (
        Curve(id="path", role=Role.PATH, look=runner.look, x=x, y=y, label=runner.words),
        Points(id="head", role=Role.PATH, look=runner.look, x=x[-1:], y=y[-1:]),
        Handle(
            id="start", role=Role.POINT, x=scene.x, y=scene.y, parameters=("x", "y"), label=Text("the start")
        ),
    )


def _words(place: Place, view: View) -> Text:
    return Text(KINDS[place.kind].message, _coordinates(place, view))


def _coordinates(place: Place, view: View) -> dict[str, Any]:
    """A place in as many decimals as the picture can tell apart."""
    digits = max(0, 2 - math.floor(math.log10(view.x_high - view.x_low) + 0.05))
    return {"x": round(place.x, digits) + 0.0, "y": round(place.y, digits) + 0.0}


def _table(places: tuple[Place, ...]) -> Table:
    """Where runs end, how many of the starts do, and after how many steps."""
    x, y, value, share, steps = (
        np.array([getattr(place, name) for place in places], dtype=float)
        for name in ("x", "y", "value", "share", "steps")
    )
    return Table(
        BASINS,
        (
            Column("end", [place.kind for place in places], label=Text("runs end at")),
            Column("x", x, latex="x"),
            Column("y", y, latex="y"),
            Column("loss", value, label=Text("loss")),
            Column("share", share, label=Text("share of the starts"), digits=3),
            Column("steps", steps, label=Text("steps of half of them, at most")),
        ),
        title=Text("Where runs end"),
    )


def _readouts(found: Basins, done: float) -> tuple[Readout, ...]:
    started = int(found.known.sum())
    there = int((found.ends >= 0).sum())
    finished = done >= 1.0
    count = float(len(found.places)) if finished else None
    share = there / started if finished and started else None
    why = Text("f has no finite value anywhere in view.") if finished else AT_WORK
    return (
        number_readout("basin_count", count, Text("places where runs end"), AT_WORK),
        number_readout("arrived_share", share, Text("share of starts that arrive"), why, digits=3),
    )


def _said(runner: Runner, made: Map, steps: int) -> Iterator[Text]:
    """How many starts end where, the largest shares first."""
    found = made.found
    if not found.known.any():
        yield Text("f has no finite value anywhere in view.")
        return
    ranked = sorted(zip(found.places, made.words, strict=True), key=lambda pair: -pair[0].share)
    shares = [
        Text("{place} {share} %", {"place": words, "share": round(100 * place.share, 1)})
        for place, words in ranked[:MOST_SAID]
    ]
    under_way = round(100 * (1 - float((found.ends >= 0).sum()) / float(found.known.sum())), 1)
    values = {"racer": runner.words, "each": shares, "steps": steps, "rest": under_way}
    if not shares:
        yield Text("From no start in view has {racer} arrived after {steps} steps.", values)
    else:
        yield Text("Where {racer} ends, of the starts in view: {each}.", values)
        if under_way > 0:
            yield Text("After {steps} steps {rest} % have not arrived.", values)
    end = _end(runner.run, steps)
    near = end and min(found.places, key=lambda place: math.dist(end, (place.x, place.y)), default=None)
    if end and near and math.dist(end, (near.x, near.y)) < (made.ground.x_high - made.ground.x_low) / 64:
        yield Text("From the start it ends at {place}.", {"place": made.words[found.places.index(near)]})


def _end(run: Trajectory, steps: int) -> tuple[float, float] | None:
    """Where the run on show has arrived after so many steps; None if it has not."""
    if run.steps < steps or run.status_at(steps) == "diverged":
        return None
    first, last = (math.hypot(*run.gradients[row].tolist()) for row in (0, steps))
    if last > short_gradient(first, ARRIVED_SHARE):
        return None
    x, y = run.positions[steps].tolist()
    return x, y


def _view(scene: Descent2D, views: Views) -> View:
    """The view chosen for the map, or what the plane shows."""
    return views.get(BASINS) or views.get(PLANE) or square_view(scene.x, scene.y, HALF_WIDTH)


@lru_cache(maxsize=6)
def _kept(setup: Setup, view: View) -> dict[int, Map]:
    """The stages of a map, as far as they have been made."""
    return {}
