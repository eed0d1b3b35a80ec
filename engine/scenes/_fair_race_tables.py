"""The tables of a fair race: who ended where, who against whom, the rates tried, the losses on the way."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from engine.fair_race import FairRace
from engine.fair_verdict import pairs, standings
from engine.figure import Column, Table
from engine.text import Text


@lru_cache(maxsize=8)
def race_tables(race: FairRace, names: tuple[str, ...]) -> tuple[Table, ...]:
    """All of them, over the racers that are done."""
    return (_fair(race, names), _pairs(race, names), _sweep(race, names), _losses(race, names))


def _fair(race: FairRace, names: Sequence[str]) -> Table:
    told = standings(race)
    return Table(
        "fair",
        (
            Column("racer", list(names[: len(told)]), label=Text("racer")),
            Column(
                "rate", np.array([entry.rate for entry in race.entries]), label=Text("tuned rate"), digits=3
            ),
            Column("steps", [entry.steps for entry in race.entries], label=Text("steps")),
            Column("median", np.array([each.median for each in told]), label=Text("median loss")),
            Column("low", np.array([each.low for each in told]), label=Text("a quarter below")),
            Column("high", np.array([each.high for each in told]), label=Text("a quarter above")),
            Column("arrived", np.array([each.arrived for each in told]), label=Text("arrived")),
            Column("diverged", np.array([each.lost for each in told]), label=Text("diverged")),
            Column("wins", [each.wins for each in told], label=Text("wins")),
        ),
        title=Text("The same budget for all, each with its tuned rate"),
    )


def _pairs(race: FairRace, names: Sequence[str]) -> Table:
    told = pairs(race)
    return Table(
        "pairs",
        (
            Column("racer", [names[pair.one] for pair in told], label=Text("racer")),
            Column("rival", [names[pair.other] for pair in told], label=Text("rival")),
            Column("lower", [pair.lower for pair in told], label=Text("ends lower")),
            Column("higher", [pair.higher for pair in told], label=Text("ends higher")),
            Column("same", [pair.same for pair in told], label=Text("the same")),
            Column("p", np.array([pair.p for pair in told]), latex="p", digits=3),
        ),
        title=Text("Two by two, start by start"),
    )


def _sweep(race: FairRace, names: Sequence[str]) -> Table:
    sweeps = [entry.sweep for entry in race.entries]
    rates, quartiles = (
        np.concatenate([np.empty(0), *(sweep.rates for sweep in sweeps)]),
        np.concatenate([np.empty((3, 0)), *(sweep.quartiles for sweep in sweeps)], axis=1),
    )
    return Table(
        "sweep",
        (
            Column("racer", _repeated(names, [len(sweep.rates) for sweep in sweeps]), label=Text("racer")),
            Column("rate", rates, label=Text("rate"), digits=3),
            Column("median", quartiles[1], label=Text("median loss")),
            Column("low", quartiles[0], label=Text("a quarter below")),
            Column("high", quartiles[2], label=Text("a quarter above")),
        ),
        title=Text("Every rate that was tried"),
    )


def _losses(race: FairRace, names: Sequence[str]) -> Table:
    entries = race.entries
    quartiles = np.concatenate([np.empty((3, 0)), *(entry.quartiles for entry in entries)], axis=1)
    evaluations = np.concatenate([np.empty(0), *(entry.evaluations for entry in entries)])
    return Table(
        "losses",
        (
            Column(
                "racer", _repeated(names, [len(entry.evaluations) for entry in entries]), label=Text("racer")
            ),
            Column("evaluations", evaluations, label=Text("evaluations")),
            Column("median", quartiles[1], label=Text("median loss")),
            Column("low", quartiles[0], label=Text("a quarter below")),
            Column("high", quartiles[2], label=Text("a quarter above")),
        ),
        title=Text("The losses along the budget"),
    )


def _repeated(names: Sequence[str], counts: Sequence[int]) -> list[str]:
    return [name for name, count in zip(names, counts, strict=False) for _ in range(count)]
