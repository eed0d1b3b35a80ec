"""A run with all that is asked of it when it is judged: heights, slopes, and how its steps go on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.blow_up_words import Code
from engine.descent import Array, Trajectory
from engine.function import Function
from engine.racer import Racer
from engine.stationary import Lowest, Place, lowest_known, turned_over, with_stated_slopes
from engine.taken_step import Taken, taken_step
from engine.text import Text


class BlowUp(NamedTuple):
    """What went wrong.

    step: how many steps have been taken when it shows: where the play head stops. row: where the step that
    did it begins. taken: that step as it was judged; None where no step is to blame. reason: sentences.
    """

    code: Code
    step: int
    row: int
    reason: Text
    taken: Taken | None = None


class ExaminedRun:
    """A run of `racer` on f. `heights` is what is descended: −f for one who climbs.

    moves, lengths: of the steps. slopes: the length of the gradient of what is descended, row by row.
    """

    def __init__(self, f: Function, racer: Racer, run: Trajectory) -> None:
        self.racer, self.run = racer, run
        self.climbs = climbs = racer.last.climbs
        self.own = with_stated_slopes(f)
        self.down = turned_over(f) if climbs else self.own
        self.sign = racer.last.sign
        self.heights: Array = self.sign * run.losses
        self.beside = racer.kind.decays_beside and racer.last.decay > 0.0
        self.pull = racer.last.pull
        with np.errstate(all="ignore"):
            self.moves: Array = np.diff(run.positions, axis=0)
            self.lengths: Array = np.hypot(*self.moves.T)
            slopes = self.sign * run.gradients + self.pull * run.positions
            self.slopes: Array = np.hypot(*slopes.T)

    def taken(self, row: int) -> Taken:
        """The step that leads on from `row`."""
        return taken_step(self.own, self.racer, self.run, row)

    def place(self, row: int) -> Place:
        """Where it is after so many steps."""
        x, y = self.run.positions[row].tolist()
        return x, y

    def cosines(self) -> Array:
        """Between each step and the one before it."""
        with np.errstate(all="ignore"):
            products = (self.moves[1:] * self.moves[:-1]).sum(axis=1)
            cosines: Array = products / (self.lengths[1:] * self.lengths[:-1])
        return np.nan_to_num(cosines)

    def since(self, true: NDArray[np.bool_]) -> int:
        """The row from which it is true up to the end; it is true at the end."""
        false = np.flatnonzero(~true)
        return int(false[-1]) + 1 if false.size else 0

    def lowest(self) -> Lowest | None:
        """The lowest place known of what is descended."""
        return lowest_known(self.down, max(map(abs, self.place(0))), self.place(self.run.steps))
