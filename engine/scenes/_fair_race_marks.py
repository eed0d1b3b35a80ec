"""What is drawn of a fair race: losses along the budget, the rates tried, and the places it starts from."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Literal, NamedTuple

import numpy as np

from engine.fair_race import FairRace, race_starts
from engine.fair_verdict import height_of
from engine.figure import (
    AnyMark,
    Area,
    Axis,
    Curve,
    Floats,
    Handle,
    Panel,
    Points,
    Role,
    View,
)
from engine.function import Function
from engine.notation import variable_latex
from engine.race import SMALLEST_LOSS
from engine.start_domain import Rectangle
from engine.surfaces import surface_marks
from engine.text import Text, verbatim

LOSSES, RATES, STARTS = "losses", "rates", "starts"

FAR_APART = 30.0
"""Losses whose largest is more than so many times their smallest are drawn on a logarithmic axis."""

NEGLIGIBLE = 100.0
"""Where all that is drawn is so many times as high as the lowest loss known, both scales would look alike."""

HIGHEST = 100.0
"""The top of the loss axis, in heights of the starts above the lowest loss known."""

MARGIN = 0.08
"""Of the domain, shown beyond each of its sides."""


class Scale(NamedTuple):
    """The axis of losses: as they are, or above the lowest known on a logarithmic axis."""

    kind: Literal["linear", "log"]
    base: float
    low: float
    high: float

    def heights(self, losses: Floats) -> Floats:
        """Losses as they are drawn; lost ones are gaps, and what is too low stands on the bottom."""
        with np.errstate(invalid="ignore"):
            heights = np.where(np.isfinite(losses), losses - self.base, np.nan)
        return np.maximum(heights, self.low) if self.kind == "log" else heights

    @property
    def axis(self) -> Axis:
        """The axis with its words."""
        if self.base == 0.0:
            return Axis(label=Text("loss"), scale=self.kind)
        return Axis(label=Text("loss above {lowest}", {"lowest": self.base}), scale=self.kind)


def scale_of(race: FairRace, banded: Collection[int]) -> Scale:
    """Logarithmic where what is drawn is far apart, above the lowest loss known.

    banded: the racers, by their places, whose quartiles are drawn beside the medians of all.
    """
    height, lowest = height_of(race), race.lowest
    drawn = [
        entry.quartiles if number in banded else entry.quartiles[1]
        for number, entry in enumerate(race.entries)
    ]
    losses = np.concatenate([np.empty(0), *map(np.ravel, drawn)])
    losses = losses[np.isfinite(losses)]
    if not losses.size or not math.isfinite(lowest):
        first = race.heights[np.isfinite(race.heights)]
        low, high = (float(first.min()), float(first.max())) if first.size else (0.0, 1.0)
        return _linear(low, high)
    above = losses - lowest
    bottom = SMALLEST_LOSS * height
    positive = np.maximum(above[above > 0], bottom)
    top = min(float(above.max()), HIGHEST * height)
    if height > 0 and positive.size and top > FAR_APART * float(positive.min()):
        base = 0.0 if 0.0 <= NEGLIGIBLE * lowest < float(losses.min()) else lowest
        return Scale("log", base, float(positive.min()) / 2, 2 * top)
    return _linear(float(losses.min()), min(float(losses.max()), lowest + max(top, 0.0)))


def _linear(low: float, high: float) -> Scale:
    margin = 0.06 * (high - low)
    if not margin > 1e-9 * max(abs(low), abs(high)):
        margin = 0.5 * max(abs(low), abs(high)) or 0.5
    return Scale("linear", 0.0, low - margin, high + margin)


def losses_panel(
    race: FairRace, names: Sequence[str], looks: Sequence[str], scale: Scale, banded: Collection[int]
) -> Panel:
    """The median of the losses of all runs, against the evaluations they took.

    banded: the racers, by their places, whose quartiles are drawn as a band.
    """
    bands: list[AnyMark] = []
    medians: list[AnyMark] = []
    for number, entry in enumerate(race.entries):
        low, median, high = (scale.heights(quartile) for quartile in entry.quartiles)
        if number in banded:
            bands.append(
                Area(
                    id=f"band {number + 1}",
                    role=Role.PATH,
                    look=looks[number],
                    x=entry.evaluations,
                    lower=low,
                    # a quarter that is lost is above all that is shown
                    upper=np.where(np.isfinite(low) & np.isnan(high), 10 * abs(scale.high), high),
                )
            )
        medians.append(
            Curve(
                id=f"median {number + 1}",
                role=Role.PATH,
                look=looks[number],
                x=entry.evaluations,
                y=median,
                label=verbatim(names[number]),
            )
        )
    return Panel(
        id=LOSSES,
        marks=(*bands, *medians),
        view=View(0.0, float(race.protocol.evaluations), scale.low, scale.high),
        x_axis=Axis(label=Text("gradient evaluations")),
        y_axis=scale.axis,
        title=Text("Median and middle half"),
        share=1.2,
    )


def rates_panel(race: FairRace, looks: Sequence[str], scale: Scale) -> Panel:
    """The median loss at the end for every rate tried, with the tuned ones marked."""
    marks: list[AnyMark] = []
    rates = [1e-6, 10.0]
    for number, entry in enumerate(race.entries):
        sweep = entry.sweep
        rates += [float(sweep.rates[0]), float(sweep.rates[-1])]
        marks.append(_sweep_curve(number, looks, sweep.rates, scale.heights(sweep.quartiles[1])))
        best = scale.heights(sweep.quartiles[1, sweep.best : sweep.best + 1])
        marks.append(
            Points(
                id=f"tuned {number + 1}", role=Role.PATH, look=looks[number], x=np.array([entry.rate]), y=best
            )
        )
    if race.running is not None and len(race.entries) < len(race.racers):
        heights = scale.heights(race.running.quartiles[1])
        marks.append(_sweep_curve(len(race.entries), looks, race.running.rates, heights))
    return Panel(
        id=RATES,
        marks=tuple(marks),
        view=View(min(rates) / 1.5, max(rates) * 1.5, scale.low, scale.high),
        x_axis=Axis(label=Text("learning rate"), scale="log"),
        y_axis=scale.axis,
        title=Text("Rates tried"),
    )


def _sweep_curve(number: int, looks: Sequence[str], rates: Floats, heights: Floats) -> Curve:
    return Curve(id=f"sweep {number + 1}", role=Role.PATH, look=looks[number], x=rates, y=heights)


def domain_view(domain: Rectangle) -> View:
    """The domain with some room about it."""
    across, up = MARGIN * (domain.x_high - domain.x_low), MARGIN * (domain.y_high - domain.y_low)
    return View(domain.x_low - across, domain.x_high + across, domain.y_low - up, domain.y_high + up)


def starts_panel(f: Function, race: FairRace, shown: View | None) -> Panel:
    """The surface with the starts, and the corners of their domain to drag."""
    domain = race.protocol.domain
    view = domain_view(domain)
    tuning = race_starts(f, race.protocol, tuning=True)
    x_low, x_high, y_low, y_high = domain
    x_axis, y_axis = (Axis(latex=variable_latex(name)) for name in f.variables)
    marks: tuple[AnyMark, ...] = (
        *surface_marks(f, shown or view),
        Curve(
            id="domain",
            role=Role.GUIDE,
            x=np.array([x_low, x_high, x_high, x_low, x_low]),
            y=np.array([y_low, y_low, y_high, y_high, y_low]),
        ),
        Points(
            id="tuning",
            role=Role.GHOST,
            x=tuning[0],
            y=tuning[1],
            open=True,
            label=Text("rates are tuned here"),
        ),
        Points(
            id="starts",
            role=Role.POINT,
            x=race.starts[0],
            y=race.starts[1],
            label=Text("the race starts here"),
        ),
        Handle(
            id="low",
            role=Role.POINT,
            x=x_low,
            y=y_low,
            parameters=("x_low", "y_low"),
            label=Text("the lower corner of the domain"),
        ),
        Handle(
            id="high",
            role=Role.POINT,
            x=x_high,
            y=y_high,
            parameters=("x_high", "y_high"),
            label=Text("the upper corner of the domain"),
        ),
    )
    return Panel(id=STARTS, marks=marks, view=view, x_axis=x_axis, y_axis=y_axis, equal=True)
