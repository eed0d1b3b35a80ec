"""What is drawn of random symmetric matrices: one's eigenvalues on a line, and the share of minima."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from engine.figure import AnyMark, Axis, Bars, Curve, Floats, Panel, Points, Role, Rule, View
from engine.random_hessians import eigenvalues, exact_share, large_share, semicircle
from engine.significance import wilson_interval
from engine.text import Text

SPECTRUM, SHARES = "spectrum", "shares"

LARGEST = 8
"""The largest dimension of which the share is measured: beyond, none is ever met."""

LOWEST = 1e-8
"""The bottom of the logarithmic axis."""

SAMPLES = 241

_REACH, _HEIGHT = 3.3, 0.42
"""Eigenvalues are shown from −3.3 to 3.3; the density is 1/π at its top."""


def spectrum_panel(n: int, seed: int, shown: View | None) -> Panel:
    """The eigenvalues of one matrix on a line, under the density that those of large ones have."""
    view = View(-_REACH, _REACH, -0.06, _HEIGHT)
    here = shown or view
    values = eigenvalues(n, seed)
    x: Floats = np.linspace(here.x_low, here.x_high, SAMPLES)
    marks: list[AnyMark] = [
        Rule(id="zero", role=Role.GUIDE, x=0.0, y=0.0, slope=math.inf),
        Curve(id="density", role=Role.GHOST, x=x, y=semicircle(x), label=Text("for large n")),
    ]
    for name, role, label, part in (
        ("negative", Role.GRADIENT, Text("negative"), values[values < 0]),
        ("positive", Role.CURVATURE, Text("positive"), values[values >= 0]),
    ):
        marks.append(Points(id=name, role=role, x=part, y=np.zeros(len(part)), label=label))
    return Panel(
        id=SPECTRUM,
        marks=tuple(marks),
        view=view,
        x_axis=Axis(label=Text("eigenvalue")),
        y_axis=Axis(label=Text("density")),
        title=Text("One matrix of {n} × {n}", {"n": n}),
    )


def shares_panel(dimension: int, counts: Sequence[int], trials: int) -> Panel:
    """The share of matrices with positive eigenvalues alone, with an interval for each dimension."""
    dimensions: Floats = np.arange(1.0, len(counts) + 1)
    shares = np.array(counts, dtype=float) / trials
    met = shares > 0
    intervals = np.array([wilson_interval(count, trials) for count in counts]).reshape(-1, 2)
    low, high = np.maximum(intervals, LOWEST).T
    gap = np.full_like(low, math.nan)
    fine: Floats = np.linspace(1.0, LARGEST, 43)
    exact = [n for n in range(1, LARGEST + 1) if exact_share(n) is not None]
    marks: list[AnyMark] = [
        Bars(
            id="shares",
            role=Role.AREA,
            left=dimensions[met] - 0.35,
            right=dimensions[met] + 0.35,
            bottom=np.full(int(met.sum()), LOWEST),
            top=shares[met],
            label=Text("measured"),
        ),
        Curve(
            id="intervals",
            role=Role.FUNCTION,
            x=np.repeat(dimensions, 3),
            y=np.column_stack([low, high, gap]).ravel(),
            label=Text("95 % interval"),
        ),
        Points(
            id="exact",
            role=Role.TANGENT,
            x=np.array(exact, dtype=float),
            y=np.array([exact_share(n) for n in exact], dtype=float),
            label=Text("exact"),
        ),
        Curve(
            id="law",
            role=Role.SECANT,
            x=fine,
            y=np.array([large_share(n) for n in fine]),
            label=Text("law for large n"),
            latex=r"e^{-n^2 \ln 3 / 4}",
        ),
    ]
    if dimension <= LARGEST:
        marks.append(Rule(id="here", role=Role.GUIDE, x=float(dimension), y=LOWEST, slope=math.inf))
    return Panel(
        id=SHARES,
        marks=tuple(marks),
        view=View(0.4, LARGEST + 0.6, LOWEST, 2.0),
        x_axis=Axis(latex="n", label=Text("dimension")),
        y_axis=Axis(label=Text("share of minima"), scale="log"),
        clickable=True,
    )
