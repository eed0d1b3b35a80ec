"""The tail of a run of a race: what is left of the way, the law that it follows, and what was predicted."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from engine.arrival import Arrival, arrival, descended_function, hessian_there
from engine.convergence import Code, Fit, fit_tail
from engine.descent import MOST_ROWS, Array
from engine.function import Function
from engine.keeping import kept_within
from engine.predicted_rate import Prediction, predict
from engine.race import Runner
from engine.safe_rate import Start
from engine.text import Text

CODES: dict[Code, Text] = {
    "sublinear": Text("sublinear"),
    "linear": Text("linear"),
    "superlinear": Text("superlinear"),
    "quadratic": Text("quadratic"),
    "at-once": Text("at-once"),
    "not-converging": Text("not-converging"),
    "too-few-steps": Text("too-few-steps"),
}
"""The codes, which are the words of the readout."""


class Tail(NamedTuple):
    """What is known of the end of a run.

    distances: to where it is going, row by row; gaps: how much higher f is than there, as it descends. Both
    empty where it goes nowhere. fit: of the distances from row `begin`, its last turn, up to a row, with its
    steps counted from there. exponent: p of the gaps, where the fit is sublinear; NaN elsewhere. prediction:
    None where there is no curvature to take it from.
    """

    end: Arrival | None
    distances: Array
    gaps: Array
    begin: int
    fit: Fit
    exponent: float
    prediction: Prediction | None


def _weigh(_found: object, _f: Function, runner: Runner, *_: object) -> int:
    return runner.run.weight


@kept_within(MOST_ROWS, _weigh)
def tail_of(f: Function, runner: Runner, start: Start, row: int) -> Tail:
    """The tail of a run that has come to `row`."""
    end, distances, gaps = _measured(f, runner, start)
    row = min(row, runner.run.steps)
    begin = runner.racer.part_at(max(row - 1, 0)).start
    if end is None:
        return Tail(None, distances, gaps, begin, Fit("not-converging", 0, row - begin), math.nan, None)
    fit = fit_tail(distances[begin : row + 1], end.floor)
    exponent = math.nan
    if fit.code == "sublinear":
        size = float(np.abs(runner.run.losses).max())
        exponent = fit_tail(np.maximum(gaps[begin : row + 1], 0.0), 2.0**-50 * size).exponent
    return Tail(end, distances, gaps, begin, fit, exponent, _predicted(f, runner, start))


@kept_within(MOST_ROWS, _weigh)
def _measured(f: Function, runner: Runner, start: Start) -> tuple[Arrival | None, Array, Array]:
    end = arrival(f, runner, start)
    if end is None:
        return None, np.empty(0), np.empty(0)
    distances = np.hypot(*(runner.run.positions - np.array(end.place)).T)
    floor = float(descended_function(f, runner.racer).value_at(*end.place))
    gaps = runner.racer.last.sign * runner.run.losses - floor
    if runner.racer.last.pull:
        gaps = np.full_like(gaps, math.nan)  # it does not end where f is lowest
    return end, distances, gaps


@kept_within(MOST_ROWS, _weigh)
def _predicted(f: Function, runner: Runner, start: Start) -> Prediction | None:
    end = arrival(f, runner, start)
    if end is None or end.level is None:
        return None
    begin = (start.x, start.y)
    there, here = (hessian_there(f, runner.racer, place) for place in (end.place, begin))
    return predict(runner.racer, runner.run, there, here)
