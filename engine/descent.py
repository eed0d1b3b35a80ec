"""Runs of an optimizer: where it went, what the loss was there, and why it counts as arrived or lost.

An *objective* is called with the coordinates of a point and returns the value and the gradient there:
`lambda x, y: (x*x + y*y, (2*x, 2*y))`, or a formula's `Function.value_gradient_at`. Outside its domain it
returns NaN, never raising. `run` calls it with floats; `engine.survey` with arrays of many runs (there it is
`Function.value_gradient`), with the same update functions of the optimizers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import add
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.cancellation import stop_if_cancelled
from engine.errors import LimitError
from engine.optimizers import Coordinate, Coordinates, Optimizer, Parts
from engine.text import Text

Objective: TypeAlias = Callable[..., tuple[Any, tuple[Any, ...]]]
Status: TypeAlias = Literal["converged", "running", "diverged"]
Array: TypeAlias = NDArray[np.float64]

MAXIMUM_STEPS = 100_000
CONVERGED_SHARE = 1e-8
DIVERGED_FACTOR = 1000.0

MOST_ROWS = 4_000_000
"""Steps of runs that a cache may hold (`engine.keeping`): some 200 MB."""

_CHECKPOINT_EVERY = 64  # a state is kept this often: one of every step would be most of a run's memory


@dataclass(frozen=True, eq=False)
class Trajectory:
    """A run: row k of each array belongs to the point reached after k steps; row 0 is the start.

    positions: (taken + 1, n). losses: (taken + 1,). gradients: (taken + 1, n), the objective's own.
    noise: (at least taken, n), what the optimizer met on top of them; None for none.
    If a value stopped being finite, the last row is where that happened, and it holds what was met there.
    """

    optimizer: Optimizer
    positions: Array
    losses: Array
    gradients: Array
    checkpoints: tuple[Any, ...]
    noise: Array | None = None

    @property
    def steps(self) -> int:
        """How many steps were taken: those asked for, or fewer if a value stopped being finite."""
        return len(self.positions) - 1

    @property
    def weight(self) -> int:
        """How much it fills of MOST_ROWS; what is not its rows is as large as some hundreds of them."""
        return self.steps + 400

    @cached_property
    def status(self) -> Status:
        """The verdict at the run's end; see `status_at`."""
        return self.status_at(self.steps)

    def status_at(self, step: int) -> Status:
        """The verdict had the run ended after `step` steps (negative: counted from the end).

        diverged   a value is not finite, or |w − w₀| > 1000 · max(1, |w₀|, |first step|); see `reach`
        converged  |∇f| ≤ 1e-8 · max(1, |∇f₀|); see `short_gradient`
        running    neither: more steps may still change it
        """
        start, here = self.positions[0].tolist(), self.positions[step].tolist()
        gradient = self.gradients[step].tolist()
        if not all(map(math.isfinite, (*here, *gradient, self.losses[step]))):
            return "diverged"
        if math.dist(here, start) > self.reach:
            return "diverged"
        if math.hypot(*gradient) <= short_gradient(math.hypot(*self.gradients[0].tolist())):
            return "converged"
        return "running"

    @cached_property
    def reach(self) -> float:
        """How far from its start it may be."""
        start = self.positions[0].tolist()
        first_step = math.dist(self.positions[1].tolist(), start) if self.steps else 0.0
        return float(reach(math.hypot(*start), first_step))

    def parts(self, step: int) -> Parts:
        """The named parts of the update that leads from row `step` to row `step` + 1.

        They are made anew from the nearest kept state and the recorded gradients, never by asking the
        objective again. The last row has no update of its own: IndexError.
        """
        step = step + self.steps if step < 0 else step
        if not 0 <= step < self.steps:
            raise IndexError(f"step {step} of a run of {self.steps} steps")
        checkpoint, behind = divmod(step, _CHECKPOINT_EVERY)
        state = self.checkpoints[checkpoint]
        for k in range(step - behind, step):
            state = self.optimizer.update(self._gradient(k), state, self._position(k)).state
        return self.optimizer.update(self._gradient(step), state, self._position(step)).parts

    def _gradient(self, step: int) -> tuple[float, ...]:
        gradient = self.gradients[step]
        return tuple((gradient if self.noise is None else gradient + self.noise[step]).tolist())

    def _position(self, step: int) -> tuple[float, ...]:
        return tuple(self.positions[step].tolist())


def run(
    optimizer: Optimizer,
    objective: Objective,
    start: Sequence[float],
    steps: int,
    *,
    noise: Array | None = None,
) -> Trajectory:
    """Take `steps` steps from `start`, or as many as there are before a value is not finite.

    noise: (steps, n), added to the gradients that the optimizer sees; losses and verdicts are without it.
    A run never stops for having arrived: its length is what was asked for. LimitError beyond MAXIMUM_STEPS.

    >>> from engine.optimizers import gd
    >>> descent = run(gd(lr=0.4), lambda x: (x * x - 4 * x + 4, (2 * x - 4,)), (0.0,), 3)
    >>> descent.positions.ravel().round(4).tolist(), descent.status
    ([0.0, 1.6, 1.92, 1.984], 'running')
    """
    check_steps(steps)
    update, isfinite = optimizer.update, math.isfinite
    position: tuple[Any, ...] = tuple(map(float, start))
    state = optimizer.init(position)
    positions, losses, gradients, checkpoints = [position], [], [], []
    rows = None if noise is None else noise.tolist()
    for k in range(steps + 1):
        loss, gradient = objective(*position)
        losses.append(loss)
        gradients.append(gradient)
        if k == steps or not (isfinite(loss) and all(map(isfinite, gradient))):
            break
        if k % _CHECKPOINT_EVERY == 0:
            stop_if_cancelled()
            checkpoints.append(state)
        if rows is not None:
            gradient = tuple(map(add, gradient, rows[k]))
        position, state, _ = update(gradient, state, position)
        positions.append(position)
        if not all(map(isfinite, position)):
            losses.append(math.nan)
            gradients.append((math.nan,) * len(position))
            break
    kept = tuple(checkpoints)
    return Trajectory(optimizer, _array(positions), _array(losses), _array(gradients), kept, noise)


def check_steps(steps: int) -> None:
    """LimitError unless 0 ≤ steps ≤ MAXIMUM_STEPS."""
    if not 0 <= steps <= MAXIMUM_STEPS:
        raise LimitError(
            Text("A run cannot take {steps} steps.", {"steps": str(steps)}),
            Text("Ask for 0 to {maximum} steps.", {"maximum": str(MAXIMUM_STEPS)}),
        )


# -- the rules by which a run counts as lost or arrived, for one run and for many -------------------------


def reach(start: Coordinate, first_step: Coordinate) -> Any:
    """How far from its start a run may be: 1000 · max(1, |w₀|, |first step|). One that is farther diverged.

    start, first_step: the lengths of w₀ and of the first step, as floats or as arrays of many runs.

    >>> float(reach(3.0, 0.5)), reach(np.array([0.0, 3.0]), 2.0).tolist()
    (3000.0, [2000.0, 3000.0])
    """
    with np.errstate(over="ignore"):  # a first step of 1e306 may be followed by any
        return DIVERGED_FACTOR * np.maximum(np.maximum(1.0, start), first_step)


def short_gradient(first: Coordinate, share: float = CONVERGED_SHARE) -> Any:
    """The length up to which a gradient counts as none: share · max(1, |∇f₀|).

    first: |∇f₀|, a float or an array of many runs. share: 1e-8 for a run that has converged; those who count
    the steps of many runs ask for less (`engine.survey.ARRIVED_SHARE`).

    >>> float(short_gradient(200.0, 0.5)), short_gradient(np.array([0.25, 8.0]), 0.5).tolist()
    (100.0, [0.5, 4.0])
    """
    return share * np.maximum(1.0, first)


def lengths(vectors: Coordinates) -> Array:
    """The Euclidean length of many vectors, an array for each coordinate; large ones do not overflow.

    >>> lengths((np.array([3.0, 0.0]), np.array([4.0, 1e200]))).tolist()
    [5.0, 1e+200]
    """
    found: Array = np.hypot.reduce(np.array(np.broadcast_arrays(*vectors)), axis=0)
    return found


def _array(rows: Sequence[Any]) -> Array:
    return np.array(rows, dtype=float)
