"""Learning-rate schedules: the rate of step t as a pure function of t, or of the losses met so far.

t counts from 0, the rate of the first step. All but `warm-up` and `constant` are those of
`torch.optim.lr_scheduler` with its scheduler called once after every step.

    constant   η
    step       η γ^⌊t / P⌋                           StepLR(step_size=P, gamma=γ)
    cosine     η (1 + cos(π t / T)) / 2              CosineAnnealingLR(T_max=T), down to 0 after T steps
    warm-up    η min(1, (t + 1) / P)                 a straight line up to η, then constant
    plateau    η γ^(how often P + 1 steps in a row      ReduceLROnPlateau(patience=P)
               have not improved the loss)

A loss counts as improved when it is below the best by more than 10⁻⁴ of the best's size. (PyTorch's bound is
best · (1 − 10⁻⁴), which is the same for positive losses, and above the best for negative ones.)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.cancellation import stop_if_cancelled
from engine.descent import Objective, Trajectory, check_steps
from engine.optimizers import gd

Kind: TypeAlias = Literal["constant", "step", "cosine", "warm-up", "plateau"]

THRESHOLD = 1e-4
_CANCEL_EVERY = 64


class Schedule(NamedTuple):
    """What becomes of the rate: its kind, the factor γ and the period P. Kinds without them ignore them."""

    kind: Kind = "constant"
    factor: float = 0.5
    period: int = 10


class Plateau(NamedTuple):
    """What reduce-on-plateau remembers: the best loss, the steps since without a better one, and the rate."""

    best: float
    waited: int
    rate: float


def rate_at(schedule: Schedule, lr: float, step: int, steps: int) -> float:
    """The rate of step `step` (from 0) of a run of `steps` steps, where it does not depend on the losses.

    For `plateau` it is the rate at the start; see `after_loss`.

    >>> [rate_at(Schedule("step", 0.5, 2), 0.4, t, 6) for t in range(6)]
    [0.4, 0.4, 0.2, 0.2, 0.1, 0.1]
    """
    if schedule.kind == "step":
        return lr * schedule.factor ** (step // schedule.period)
    if schedule.kind == "cosine":
        return lr * ((1.0 + math.cos(math.pi * step / steps)) / 2.0)
    if schedule.kind == "warm-up":
        return lr * min(1.0, (step + 1) / schedule.period)
    return lr


def after_loss(schedule: Schedule, memory: Plateau, loss: float) -> Plateau:
    """What reduce-on-plateau remembers once it has seen `loss`.

    >>> memory = Plateau(math.inf, 0, 0.4)
    >>> for loss in (1.0, 1.0, 1.0):
    ...     memory = after_loss(Schedule("plateau", 0.5, 1), memory, loss)
    >>> memory
    Plateau(best=1.0, waited=0, rate=0.2)
    """
    bound = THRESHOLD * abs(memory.best) if math.isfinite(memory.best) else 0.0
    if loss < memory.best - bound:
        return Plateau(loss, 0, memory.rate)
    if memory.waited + 1 > schedule.period:
        return Plateau(memory.best, 0, memory.rate * schedule.factor)
    return Plateau(memory.best, memory.waited + 1, memory.rate)


class ScheduledRun(NamedTuple):
    """A run of plain descent, and the rate of each of its steps: `rates[t]` led from row t to row t + 1.

    The trajectory has no parts to take apart: its rate is not one.
    """

    trajectory: Trajectory
    rates: NDArray[np.float64]


def run_scheduled(
    schedule: Schedule, lr: float, objective: Objective, start: float, steps: int, maximize: bool = False
) -> ScheduledRun:
    """Plain descent of one parameter under a schedule; `maximize` climbs, and a plateau is one of the climb.

    As `descent.run` it takes `steps` steps, or as many as there are before a value is not finite. The step is
    that of `optimizers.gd`. LimitError beyond the steps a run may have.

    >>> halved = run_scheduled(Schedule("step", 0.5, 1), 0.5, lambda x: (x * x, (2 * x,)), 1.0, 2)
    >>> halved.trajectory.positions.ravel().tolist(), halved.rates.tolist()
    ([1.0, 0.0, 0.0], [0.5, 0.25])
    """
    check_steps(steps)
    move = _mover(maximize)
    position: tuple[float, ...] = (float(start),)
    positions, losses, gradients, rates = [position], [], [], []
    memory = Plateau(math.inf, 0, lr)
    for t in range(steps + 1):
        if t % _CANCEL_EVERY == 0:
            stop_if_cancelled()
        loss, gradient = objective(*position)
        losses.append(loss)
        gradients.append(gradient)
        if t == steps or not (math.isfinite(loss) and math.isfinite(gradient[0])):
            break
        rate = memory.rate if schedule.kind == "plateau" else rate_at(schedule, lr, t, steps)
        rates.append(rate)
        position = move(rate, gradient, position)
        positions.append(position)
        if not math.isfinite(position[0]):
            losses.append(math.nan)
            gradients.append((math.nan,))
            break
        if schedule.kind == "plateau":
            memory = after_loss(schedule, memory, -loss if maximize else loss)
    x, values, slopes = (np.array(rows, dtype=float) for rows in (positions, losses, gradients))
    trajectory = Trajectory(gd(lr, maximize=maximize), x, values, slopes, ())
    return ScheduledRun(trajectory, np.array(rates, dtype=float))


Mover: TypeAlias = Callable[[float, tuple[float, ...], tuple[float, ...]], tuple[float, ...]]


def _mover(maximize: bool) -> Mover:
    """One step of `gd` at a rate; the optimizer is made anew only where the rate changes."""
    rate, optimizer = math.nan, gd()

    def move(new_rate: float, gradient: tuple[float, ...], position: tuple[float, ...]) -> tuple[float, ...]:
        nonlocal rate, optimizer
        if new_rate != rate:
            rate, optimizer = new_rate, gd(new_rate, maximize=maximize)
        (moved,) = optimizer.update(gradient, optimizer.init(position), position).parameters
        return (float(moved),)

    return move
