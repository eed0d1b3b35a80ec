"""A chain as a picture: a number line for each link, and on it what arrives of a nudge."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from engine.chains import ChainRun, Link
from engine.figure import AnyMark, Arrows, Curve, Label, Points, Role
from engine.notation import to_latex, to_text, variable_latex
from engine.scenes._number_lines import REACH, NumberLine, number_lines
from engine.text import Text

ABOVE, BELOW = 0.1, -0.1
"""Where the arrows lie beside their line: what the slopes say above it, what really happens below."""

LONGEST_NAME = 11
"""Characters of a link's formula that has room beside its line."""


def chain_marks(run: ChainRun, lines: Sequence[NumberLine], variable: str, slopes: bool) -> list[AnyMark]:
    """Lines, strings between them, points and nudges on them; `slopes`: with what the slopes say."""
    names = [line_latex(stop.link, variable) for stop in run.stops]
    marks = [*number_lines(lines, names), *_strings(run, lines, slopes)]
    if slopes:
        marks += _stretches(run, lines)
    return marks + _nudges(run, lines, slopes) + _points(run, lines)


def line_latex(link: Link | None, variable: str) -> str:
    """What stands beside a line: its name, and its formula where that is short."""
    if link is None:
        return variable_latex(variable)
    name = variable_latex(link.name)
    return name if len(to_text(link.opened)) > LONGEST_NAME else f"{name} = {to_latex(link.opened)}"


def _strings(run: ChainRun, lines: Sequence[NumberLine], slopes: bool) -> list[AnyMark]:
    """From each line to the next: where the point goes, and where the nudged one goes."""
    side = ABOVE if slopes else BELOW
    points: list[tuple[float, float]] = []
    starts = [stop.value for stop in run.stops]
    ends = [stop.value + stop.nudge if slopes else stop.end for stop in run.stops]
    for values in (starts, ends):
        for (upper, lower), (before, after) in zip(pairwise(lines), pairwise(values), strict=True):
            if upper.shows(before) and lower.shows(after):
                points += [
                    (upper.place(before), upper.height),
                    (lower.place(after), lower.height + side),
                    (math.nan, math.nan),
                ]
    if not points:
        return []
    x, y = np.array(points).T
    return [Curve(id="strings", role=Role.GUIDE, x=x, y=y)]


def _stretches(run: ChainRun, lines: Sequence[NumberLine]) -> list[AnyMark]:
    """Between each line and the next, the slope of the link."""
    return [
        Label(
            id=f"stretch {line.row}",
            role=Role.TANGENT,
            label=_stretch(after.slope),
            x=REACH + 0.05,
            y=line.height - 0.5,
            side="right",
            fixed=True,
        )
        for line, after in zip(lines, run.stops[1:], strict=False)
        if math.isfinite(after.value)
    ]


def _stretch(slope: float) -> Text:
    if not math.isfinite(slope):
        return Text("no slope")
    return Text("× {slope}", {"slope": float(f"{slope:.3g}")})


def _nudges(run: ChainRun, lines: Sequence[NumberLine], slopes: bool) -> list[AnyMark]:
    """On each line the nudge that the slopes make, and the change that really happens."""
    made: list[tuple[float, float, float]] = []
    real: list[tuple[float, float, float]] = []
    for line, stop in zip(lines, run.stops, strict=True):
        start = line.place(stop.value)
        if slopes and math.isfinite(stop.nudge):
            made.append((start, line.height + ABOVE, stop.nudge / line.half))
        if math.isfinite(stop.value) and math.isfinite(stop.end):
            real.append((start, line.height + BELOW, line.place(stop.end) - start))
    marks: list[AnyMark] = []
    for name, role, label, arrows in (
        ("real", Role.SECANT, Text("what really happens"), real),
        ("made", Role.TANGENT, Text("nudge times slopes"), made),
    ):
        if arrows:
            x, y, dx = np.array(arrows).T
            marks.append(Arrows(id=name, role=role, label=label, x=x, y=y, dx=dx, dy=np.zeros_like(dx)))
    return marks


def _points(run: ChainRun, lines: Sequence[NumberLine]) -> list[AnyMark]:
    """The values of the links; that of the variable is a handle."""
    places = [
        (line.place(stop.value), line.height)
        for line, stop in zip(lines[1:], run.stops[1:], strict=True)
        if line.shows(stop.value)
    ]
    if not places:
        return []
    x, y = np.array(places).T
    return [Points(id="points", role=Role.POINT, x=x, y=y)]
