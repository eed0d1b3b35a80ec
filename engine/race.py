"""A race: racers run from one start over one surface, and what tables say of it.

Runs are kept, each by its own arguments: a race that gains a racer computes one run anew.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np

from engine.descent import MOST_ROWS, Trajectory, run
from engine.figure import Column, Floats, Table
from engine.function import Function
from engine.keeping import kept_within
from engine.racer import RacerPart, built
from engine.racers import Racer, look_names, parse_racers, shared_steps, short_names
from engine.text import Text, verbatim

SMALLEST_LOSS = 1e-17
"""The bottom of a logarithmic loss axis: below it a loss near 1 is rounding."""


class Runner:
    """One racer and its run, with how it is drawn.

    shared: how many of its first steps it has in common with the run it was forked off; 0 if with none.
    """

    def __init__(
        self, number: int, racer: Racer, words: str, look: str, shared: int, trajectory: Trajectory
    ) -> None:
        self.key = str(number)
        self.racer = racer
        self.words = verbatim(words)
        self.look = look
        self.shared = shared
        self.run = trajectory
        with np.errstate(all="ignore"):
            self.drawn_losses: Floats = np.where(
                trajectory.losses > 0, np.maximum(trajectory.losses, SMALLEST_LOSS), np.nan
            )

    def loss(self, step: int) -> float:
        """The loss after `step` steps; at the end, where the run broke off before."""
        return float(self.run.losses[min(step, self.run.steps)])

    def reached(self, step: int) -> int:
        """The step it is at when `step` is on show: its last, where it broke off before."""
        return min(step, self.run.steps)

    def own(self, step: int) -> slice:
        """The rows from its last turn on, as far as `step`: what is drawn in its look."""
        return slice(self.racer.last.start, self.reached(step) + 1)

    def before(self, step: int) -> slice:
        """The rows before its last turn, as far as `step`, but for those that another run draws."""
        return slice(self.shared, min(self.racer.last.start, self.reached(step)) + 1)

    def turns(self, step: int) -> list[int]:
        """The turns that it has taken before `step`, but for those that another run draws."""
        return [turn for turn in self.racer.turns if self.shared <= turn < self.reached(step)]

    def is_by_itself(self, step: int) -> bool:
        """Whether it is where no other run stands for it."""
        return self.shared == 0 or self.reached(step) > self.shared


Race: TypeAlias = tuple[Runner, ...]
"""All who run, in the order in which they are written."""


@lru_cache(maxsize=256)
def _objective(f: Function) -> Any:
    """(f, ∇f) in floats; at a kink the stated subgradient, as training libraries take it."""
    return replace(f, subgradient=True).value_gradient_at


@lru_cache(maxsize=256)
def _hessian(f: Function) -> Any:
    """∇²f in floats, with the same stated choice at a kink."""
    return replace(f, subgradient=True).hessian_at


@lru_cache(maxsize=32)
def gradient_noise(size: float, seed: int, steps: int) -> Floats | None:
    """Normal noise for each step's gradient: the same for every racer, so that none has better luck."""
    if size == 0.0:
        return None
    with np.errstate(over="ignore"):
        return size * np.random.default_rng(seed).standard_normal((steps, 2))


def _race_rows(runners: Race, *_: Any) -> int:
    return sum(runner.run.weight for runner in runners)


def _table_rows(_table: Table, runners: Race, *_: Any) -> int:
    return _race_rows(runners)


@kept_within(MOST_ROWS, lambda made, *_: made.weight)
def _run(
    f: Function,
    parts: tuple[RacerPart, ...],
    x: float,
    y: float,
    steps: int,
    noise: float = 0.0,
    seed: int = 0,
) -> Trajectory:
    optimizer = built(parts, _hessian(f))
    return run(optimizer, _objective(f), (x, y), steps, noise=gradient_noise(noise, seed, steps))


@kept_within(MOST_ROWS, _race_rows)
def race(f: Function, racers: str, x: float, y: float, steps: int, noise: float = 0.0, seed: int = 0) -> Race:
    """The runs of these racers, each of `steps` steps from (x, y).

    noise: the standard deviation of what is added to each partial derivative, drawn from `seed`.
    """
    parsed = parse_racers(racers)
    told = zip(parsed, short_names(parsed), look_names(parsed), shared_steps(parsed), strict=True)
    return tuple(
        Runner(number, racer, words, look, shared, _run(f, racer.parts, x, y, steps, noise, seed))
        for number, (racer, words, look, shared) in enumerate(told, start=1)
    )


@kept_within(MOST_ROWS, _table_rows)
def final_table(runners: Race, letters: tuple[str, str]) -> Table:
    """Where each run ends, after how many steps, and its verdict; `letters`: of the two inputs, in LaTeX."""
    ends = np.array([runner.run.positions[-1] for runner in runners]).reshape(-1, 2)
    return Table(
        "final",
        (
            Column("racer", [runner.racer.name for runner in runners], label=Text("racer")),
            Column("steps", [runner.run.steps for runner in runners], label=Text("steps")),
            Column("x", ends[:, 0], latex=letters[0]),
            Column("y", ends[:, 1], latex=letters[1]),
            Column("loss", np.array([runner.run.losses[-1] for runner in runners]), label=Text("loss")),
            Column("status", [runner.run.status for runner in runners], label=Text("verdict")),
        ),
        title=Text("Where each run ends"),
    )


@kept_within(MOST_ROWS, _table_rows)
def losses_table(runners: Race, steps: int) -> Table:
    """Losses side by side after 5, 10, 20, 40 … steps, and at the end."""
    marks = [0]
    while (following := 2 * marks[-1] or 5) < steps:
        marks.append(following)
    marks.append(steps)
    columns = [Column("step", marks, label=Text("step"))]
    for runner in runners:
        losses = np.array([runner.loss(step) for step in marks])
        columns.append(Column(runner.racer.name, losses, label=runner.words))
    return Table("losses", tuple(columns), title=Text("Losses side by side"))


@kept_within(MOST_ROWS, _table_rows)
def path_table(runners: Race, letters: tuple[str, str]) -> Table:
    """Every point of every run; `letters` as in `final_table`."""
    lengths = [runner.run.steps + 1 for runner in runners]
    positions = np.concatenate([np.empty((0, 2)), *(runner.run.positions for runner in runners)])
    names = [name for runner in runners for name in [runner.racer.name] * (runner.run.steps + 1)]
    return Table(
        "path",
        (
            Column("racer", names, label=Text("racer")),
            Column("step", np.concatenate([np.arange(0), *map(np.arange, lengths)]), label=Text("step")),
            Column("x", positions[:, 0], latex=letters[0]),
            Column("y", positions[:, 1], latex=letters[1]),
            Column(
                "loss",
                np.concatenate([np.empty(0), *(runner.run.losses for runner in runners)]),
                label=Text("loss"),
            ),
        ),
        title=Text("Every step"),
    )
