"""Where a run is going: the place that its distances are measured to, and on what that rests."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from engine.descent import MAXIMUM_STEPS, MOST_ROWS
from engine.function import Function
from engine.keeping import kept_within
from engine.race import Runner, race
from engine.racer import Racer
from engine.safe_rate import Start
from engine.stability import Rows, descended, eigenvalues
from engine.start_domain import gallery_surface
from engine.stationary import Level, Place, level_place, turned_over, with_stated_slopes
from engine.text import Text

LONGER, LEAST, MOST = 10, 500, 20_000
"""How many times as long a run is that shows where a shorter one is going; its least and its most steps."""

STRIDES, STOPPED = 10, 0.1
"""The last steps of a run that has stopped: if as many as all of them were as long, they would not lead
farther than this part of its way."""

AHEAD = 9
"""Places between the end of a run and where it may be going, at which the curvature is looked at."""

SAME = 1e-6
"""Of |w|, or of 1: two places nearer to each other are one."""


class Arrival(NamedTuple):
    """Where a run is going.

    level: the place with gradient 0 there; None where there is none, as at a kink. floor: how surely the
    place is known, as a distance. source: on what it rests.
    """

    place: Place
    level: Level | None
    floor: float
    source: Text


@kept_within(MOST_ROWS, lambda found, f, runner, start: runner.run.weight)
def arrival(f: Function, runner: Runner, start: Start) -> Arrival | None:
    """Where this run is going; None if it is lost, or goes nowhere.

    It is the level place that Newton's method finds from the run's end, if the way there is curved upwards
    all along; else the only minimum, where the gallery knows of no other; else the level place that is found
    from the end of a run ten times as long; else that end itself, if the run has come to a stop there.
    """
    if runner.run.status == "diverged":
        return None
    end = _end(runner)
    found = _level(f, runner.racer, end)
    if found is not None and _leads_to(f, runner.racer, end, found):
        return Arrival(found.place, found, 0.0, _source(f, found))
    return _only_minimum(f, runner.racer) or _from_longer(f, runner.racer, start)


@lru_cache(maxsize=64)
def _only_minimum(f: Function, racer: Racer) -> Arrival | None:
    """The minimum of a surface of the gallery that has no other, for one who descends that surface."""
    known = gallery_surface(f)
    if known is None or len(known.minima) != 1 or racer.last.climbs or racer.last.decay:
        return None
    found = _level(f, racer, (known.minima[0].x, known.minima[0].y))
    return None if found is None else Arrival(found.place, found, 0.0, _source(f, found))


@lru_cache(maxsize=64)
def _from_longer(f: Function, racer: Racer, start: Start) -> Arrival | None:
    steps = min(MAXIMUM_STEPS, MOST, max(LEAST, LONGER * start.steps))
    (longer,) = race(f, str(racer), start.x, start.y, steps, start.noise, start.seed)
    if longer.run.status == "diverged":
        return None
    end = _end(longer)
    found = _level(f, racer, end)
    if found is not None and _leads_to(f, racer, end, found):
        return Arrival(found.place, found, 0.0, _source(f, found))
    strides = np.hypot(*np.diff(longer.run.positions[-STRIDES - 1 :], axis=0).T)
    stride = float(strides.max())
    if not stride * steps < STOPPED * math.dist(end, (start.x, start.y)):
        return None
    return Arrival(end, None, STRIDES * stride, Text("the end of a run of {steps} steps", {"steps": steps}))


def _leads_to(f: Function, racer: Racer, end: Place, level: Level) -> bool:
    """Whether the surface is curved upwards all the way from here: then it has no other level place there."""
    if level.kind == "saddle":
        return True  # `_level` has found it near
    for share in np.linspace(0.0, 1.0, AHEAD).tolist():
        x, y = (here + share * (there - here) for here, there in zip(end, level.place, strict=True))
        low, high = eigenvalues(hessian_there(f, racer, (x, y)))
        if not low >= -1e-9 * max(abs(high), 1.0):
            return False
    return True


def _end(runner: Runner) -> Place:
    x, y = runner.run.positions[-1].tolist()
    return x, y


def descended_function(f: Function, racer: Racer) -> Function:
    """What the racer descends, but for its weight decay: f, or −f if it climbs."""
    return turned_over(f) if racer.last.climbs else with_stated_slopes(f)


def hessian_there(f: Function, racer: Racer, place: Place) -> Rows:
    """The Hessian of what the racer descends."""
    return descended(racer.last, with_stated_slopes(f).hessian_at(*place))


def _level(f: Function, racer: Racer, place: Place) -> Level | None:
    """The minimum, or the saddle if the run is at it, that Newton's method finds from here."""
    if racer.kind.decays_beside and racer.last.decay:
        return None  # weights that decay beside the gradient come to rest elsewhere
    level = level_place(descended_function(f, racer), place, racer.last.pull)
    if level is None or level.kind == "minimum":
        return level
    near = level.distance(place) < 0.05 * max(1.0, math.hypot(*place))
    return level if level.kind == "saddle" and near else None


def _source(f: Function, level: Level) -> Text:
    known = gallery_surface(f)
    minima = () if known is None else known.minima
    if any(level.distance((each.x, each.y)) < SAME * max(1.0, math.hypot(each.x, each.y)) for each in minima):
        return Text("the known minimum")
    return Text("the level place that Newton's method finds from its end")
