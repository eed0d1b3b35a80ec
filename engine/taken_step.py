"""One step of a run as it is judged: how long it is, what it added, and how long it might have been."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from engine.descent import Trajectory
from engine.function import Function
from engine.racer import Racer
from engine.stability import Edge, Rows, descended, edge
from engine.stationary import with_stated_slopes

AHEAD = 9
"""Places along a step at which its curvature is looked at, both ends among them."""


class Taken(NamedTuple):
    """The step that leads on from a row of a run.

    number: counted from 1. length: |Δw|. rise: what it added to what is descended (to −f by one who climbs).
    edge: η·λmax where it begins; None for an optimizer that has none. along: the largest η·λmax on the
    step; NaN where there is none. overshoot: with g the gradient of what is descended, and H its Hessian at
    the beginning, −ΔᵀHΔ / g·Δ: how many times the way to the lowest point of the parabola along the step;
    NaN where it goes uphill at once.
    """

    number: int
    length: float
    rise: float
    edge: Edge | None
    along: float
    overshoot: float

    @property
    def largest(self) -> float:
        """The largest η·λmax that is known of it; NaN where there is none."""
        if self.edge is None:
            return math.nan
        return self.along if self.along > self.edge.value else self.edge.value


def taken_step(f: Function, racer: Racer, run: Trajectory, row: int) -> Taken:
    """The step from `row` to the next. At a kink f has the curvature that optimizers are told.

    >>> from engine.function import function
    >>> from engine.race import race
    >>> f = function("x^2 + 10y^2", ["x", "y"])
    >>> (runner,) = race(f, "gd(lr=0.11)", 0.0, 1.0, 3)
    >>> step = taken_step(f, runner.racer, runner.run, 0)
    >>> round(step.length, 9), round(step.rise, 9), round(step.overshoot, 9)
    (2.2, 4.4, 2.2)
    """
    own = with_stated_slopes(f)
    part, parts = racer.part_at(row), run.parts(row)
    place, move = run.positions[row], run.positions[row + 1] - run.positions[row]
    hessian = _hessian(own, place.tolist())
    found = edge(part, parts, hessian, row)
    along = math.nan
    if found is not None and np.isfinite(move).all():
        passed = (place + share * move for share in np.linspace(0.0, 1.0, AHEAD))
        held = [edge(part, parts, _hessian(own, each.tolist()), row) for each in passed]
        known = [each.value for each in held if each is not None and math.isfinite(each.value)]
        along = max(known, default=math.nan)
    with np.errstate(all="ignore"):
        gain = float(np.dot(part.sign * run.gradients[row] + part.pull * place, move))
        bend = float(move @ np.array(descended(part, hessian)) @ move)
        rise = part.sign * float(run.losses[row + 1] - run.losses[row])
        length = float(np.hypot(*move))
    overshoot = -bend / gain if gain < 0.0 else math.nan
    return Taken(row + 1, length, rise, found, along, overshoot)


def _hessian(f: Function, place: list[float]) -> Rows:
    rows: Rows = f.hessian_at(*place)
    return rows
