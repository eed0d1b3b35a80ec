"""Number lines one below another on one scale, so that lengths on them can be compared, as marks.

A line shows an interval about a centre of its own. Across the panel, one unit is `half` of every line.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.figure import AnyMark, Curve, Label, Role, View
from engine.text import Text

REACH = 1.5
"""How far a line runs to either side of its centre, as a multiple of `half`."""

_GAP = (math.nan, math.nan)

MOST_FULL = 5
"""Of more lines, only every second tick has its number."""

STILL = 1.3
"""How far from the centre a value may lie before the line goes on to the next, as a multiple of `half`."""

TICK = 0.05
NUMBER_DEPTH = 0.15  # so that an arrow has room between the line and its numbers
NAME_ROOM, STRETCH_ROOM = 0.95, 0.7
"""What is left free at the left for names, and at the right for what stands between two lines."""

SNAP = 0.012
"""How near to a tick a hand means the tick: a corner has to be met exactly."""

TICKS = 2.5
"""About how many ticks there are in `half`."""


@dataclass(frozen=True)
class NumberLine:
    """One line: `centre` is the number in its middle, `half` the length of a unit, `row` its height."""

    centre: float
    half: float
    row: int

    def place(self, value: float) -> float:
        """Where a number lies across the panel."""
        return (value - self.centre) / self.half

    def number(self, place: float) -> float:
        """The number at a place across the panel."""
        return self.centre + place * self.half

    def kept(self, place: float) -> float:
        """The number at a place, held to those for which the line stands still; near a tick, the tick."""
        reach = _period(self.half) / 2 * (1 - 1e-9)
        step = tick_step(self.half)
        number = self.number(place)
        tick = _clean(step * round(number / step), step)
        if abs(self.place(tick) - place) < SNAP:
            number = tick
        return min(max(number, self.centre - reach), self.centre + reach)

    def shows(self, value: float) -> bool:
        """Whether a number lies on the line as it is drawn."""
        return abs(self.place(value)) <= REACH

    @property
    def height(self) -> float:
        """Where the line lies up the panel."""
        return -float(self.row)


def line_about(value: float, half: float, row: int) -> NumberLine:
    """The line that shows `value`: it stands still while the value moves in the middle of it."""
    period = _period(half)
    centre = period * round(value / period) if math.isfinite(value) else 0.0
    return NumberLine(centre, half, row)


def _period(half: float) -> float:
    """How far apart the centres are that a line can have: whole ticks, and a value stays in sight."""
    return tick_step(half) * math.floor(2 * STILL * half / tick_step(half) + 1e-9)


def tick_step(half: float) -> float:
    """1, 2 or 5 times a power of ten: the distance of two ticks.

    >>> [tick_step(half) for half in (4.0, 2.0, 1.0, 0.1)]
    [2.0, 1.0, 0.5, 0.05]
    """
    wanted = half / TICKS
    power = 10.0 ** math.floor(math.log10(wanted))
    factor = next(factor for factor in (1, 2, 5, 10) if factor * power >= wanted * (1 - 1e-9))
    return float(f"{factor * power:.3g}")


def lines_view(count: int) -> View:
    """The part of the plane that shows `count` lines and their names."""
    return View(-REACH - NAME_ROOM, REACH + STRETCH_ROOM, 0.5 - count, 0.55)


def number_lines(lines: Sequence[NumberLine], names: Sequence[str]) -> list[AnyMark]:
    """The lines with their ticks and numbers, and their names (LaTeX) on the left."""
    marks: list[AnyMark] = []
    for line, name in zip(lines, names, strict=True):
        marks += [_stroke(line), *_words(line, name, 1 if len(lines) <= MOST_FULL else 2)]
    return marks


def _stroke(line: NumberLine) -> Curve:
    y = line.height
    strokes = [(-REACH, y), (REACH, y), _GAP]
    for tick in _ticks(line):
        strokes += [(line.place(tick), y - TICK), (line.place(tick), y + TICK), _GAP]
    across, up = np.array(strokes).T
    return Curve(id=f"line {line.row}", role=Role.CONTOUR, x=across, y=up)


def _ticks(line: NumberLine) -> list[float]:
    """The numbers that have a tick."""
    step = tick_step(line.half)
    first = math.ceil(line.number(-REACH) / step)
    last = math.floor(line.number(REACH) / step)
    return [_clean(step * index, step) for index in range(first, last + 1)]


def _words(line: NumberLine, name: str, each: int) -> list[AnyMark]:
    """The name of a line, and the number at each tick, or at each second one."""
    row, y, step = line.row, line.height, tick_step(line.half)
    ticks = [tick for tick in _ticks(line) if round(tick / step) % each == 0]
    marks: list[AnyMark] = [
        Label(id=f"name {row}", role=Role.FUNCTION, latex=name, x=-REACH, y=y, side="left", fixed=True),
    ]
    marks += [
        Label(
            id=f"tick {row} {index}",
            role=Role.GUIDE,
            label=Text("{value}", {"value": tick}),
            x=line.place(tick),
            y=y - NUMBER_DEPTH,
            side="below",
            fixed=True,
        )
        for index, tick in enumerate(ticks)
    ]
    return marks


def _clean(tick: float, step: float) -> float:
    """The tick as it is written: 0.30000000000000004 is 0.3."""
    digits = max(0, 1 - math.floor(math.log10(step)))
    return round(tick, digits) + 0.0
