"""Losses along many runs at once: each lane a start, a seed of noise and a rate, as arrays.

The update functions are those of the single run (`engine.descent.run`), on arrays in place of floats, and so
are the rules for what is lost. This loop is not that of `engine.survey`, which asks where runs end and what
became of them: there noise is one for all lanes, and each step is held against the one before; here noise is
drawn for each start as it goes, lanes have axes (rates over starts over seeds), and what is kept is how high
they stand on the way. In one loop either would wait for what only the other needs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.cancellation import stop_if_cancelled
from engine.descent import Array, Objective, lengths, reach
from engine.optimizers import Coordinates, Optimizer


class Noise(NamedTuple):
    """Normal noise of standard deviation `size` on each partial derivative, drawn from `seed`."""

    size: float
    seed: tuple[int, ...]


class Losses(NamedTuple):
    """kept: (steps kept, *lanes), the loss there; +∞ from where a run is lost on. lost: (*lanes), at the end.

    A run is lost where a value is not finite, or farther from its start than `Trajectory.status_at` allows.
    lowest: the lowest loss kept of any run that was not lost there. fell: the lowest that any run met which
    is lost in the end, −∞ among them; +∞ if none is.
    """

    kept: Array
    lost: NDArray[np.bool_]
    lowest: float
    fell: float


def losses_along(
    optimizer: Optimizer,
    objective: Objective,
    starts: Array,
    kept: Sequence[int],
    noise: Noise | None = None,
    settings: tuple[int, ...] = (),
) -> Losses:
    """Run every lane for `kept[-1]` steps, and keep the losses after each number of steps in `kept`.

    starts: (n, *own). settings: the shape of what the optimizer's settings add before it, so that rates of
    shape (r, 1, 1) over starts of shape (n, s, k) make lanes (r, s, k). kept rises. Each entry of `starts`
    has noise of its own: lanes that differ in a setting alone meet the same.

    >>> from engine.optimizers import gd
    >>> found = losses_along(gd(lr=0.25), lambda x: (x * x, (2 * x,)), np.array([[1.0, 2.0]]), [0, 1, 2])
    >>> found.kept.tolist()  # each step halves x
    [[1.0, 4.0], [0.25, 1.0], [0.0625, 0.25]]
    """
    lanes = settings + starts.shape[1:]
    start: Coordinates = tuple(np.broadcast_to(each, lanes) for each in starts)
    rng = None if noise is None else np.random.default_rng(noise.seed)
    rows, row_of = np.empty((len(kept), *lanes)), {step: row for row, step in enumerate(kept)}
    finite, lost = np.ones(lanes, dtype=bool), np.zeros(lanes, dtype=bool)
    met, farthest = np.full(lanes, math.inf), np.zeros(lanes)
    position, state = start, optimizer.init(start)
    with np.errstate(all="ignore"):
        for k in range(kept[-1] + 1):
            stop_if_cancelled()
            loss, gradient = objective(*position)
            finite &= np.isfinite(sum(gradient, loss))
            np.fmin(met, loss, out=met)
            if k == 1:
                farthest = reach(lengths(start), _distance(position, start))
            if k in row_of:
                lost = ~finite if k == 0 else ~finite | (_distance(position, start) > farthest)
                rows[row_of[k]] = np.where(lost, np.inf, loss)
            if k == kept[-1]:
                break
            if rng is not None and noise is not None:
                pushes = noise.size * rng.standard_normal(starts.shape)
                gradient = tuple(each + push for each, push in zip(gradient, pushes, strict=True))
            position, state, _ = optimizer.update(gradient, state, position)
    return Losses(rows, lost, float(rows.min(initial=math.inf)), float(met[lost].min(initial=math.inf)))


def _distance(position: Coordinates, start: Coordinates) -> Array:
    return lengths(tuple(here - there for here, there in zip(position, start, strict=True)))
