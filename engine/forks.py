"""A run that turns: one optimizer up to a step, another from there on, as one init/update pair.

`switched` composes optimizers; what it gives is an optimizer like any other, so runs, grids of runs and a
step taken apart know nothing of turns. A fork of a run is a second run with the same beginning, which turns.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from engine.optimizers import Coordinates, Optimizer, Update


class Stretch(NamedTuple):
    """An optimizer, and the number of steps that are taken before it takes its first.

    goes_on: it takes over the state of the one before it, of the same kind: velocity, averages and their
    count of steps stay, as they do where `lr` is changed in a parameter group of PyTorch. Else it begins with
    a state of its own, as a newly made optimizer does.
    """

    start: int
    optimizer: Optimizer
    goes_on: bool = False


class SwitchedState(NamedTuple):
    """t, the number of steps taken; inner, the state of the optimizer whose turn it is."""

    t: int
    inner: Any


def switched(stretches: Sequence[Stretch]) -> Optimizer:
    """The optimizer that runs these stretches one after the other.

    The update that leads from step t to t + 1 is that of the last stretch with `start` ≤ t. The first begins
    at 0, and the starts rise strictly: ValueError if not. If one of them needs the Hessian, so does the
    whole, and hands it on to those that ask for it.

    >>> from engine.optimizers import gd
    >>> turning = switched((Stretch(0, gd(lr=0.5)), Stretch(1, gd(lr=0.25))))
    >>> first = turning.update((4.0,), turning.init((2.0,)), (2.0,))
    >>> first.parameters, turning.update((4.0,), first.state, first.parameters).parameters
    ((0.0,), (-1.0,))
    """
    starts = [stretch.start for stretch in stretches]
    if not starts or starts[0] != 0 or any(late <= early for early, late in pairwise(starts)):
        raise ValueError(f"stretches begin at 0 and follow each other, not at {starts}")
    if len(stretches) == 1:
        return stretches[0].optimizer
    anew = {stretch.start for stretch in stretches[1:] if not stretch.goes_on}

    def init(parameters: Coordinates) -> SwitchedState:
        return SwitchedState(0, stretches[0].optimizer.init(parameters))

    def update(gradient: Coordinates, state: SwitchedState, parameters: Coordinates, *hessian: Any) -> Update:
        t, inner = state
        optimizer = stretches[bisect_right(starts, t) - 1].optimizer
        if t in anew:
            inner = optimizer.init(parameters)
        asked = hessian if optimizer.needs_hessian else ()
        moved, inner, parts = optimizer.update(gradient, inner, parameters, *asked)
        return Update(moved, SwitchedState(t + 1, inner), parts)

    return Optimizer(init, update, any(stretch.optimizer.needs_hessian for stretch in stretches))
