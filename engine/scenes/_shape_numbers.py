"""The numbers that stand beside the shape of a curve: readouts, and the table of its special points."""

from __future__ import annotations

import math

import numpy as np

from engine.critical_points import Shape
from engine.figure import Column, Floats, Readout, Role, Table
from engine.function import Function
from engine.scenes._shape_marks import Place
from engine.scenes._shape_words import concavity, direction, missing
from engine.text import Text

PRIMES = ("", "'", "''")

_NUMBERS = (
    ("value", Text("height"), Role.FUNCTION),
    ("slope", Text("slope"), Role.TANGENT),
    ("curvature", Text("curvature"), Role.CURVATURE),
)


def cursor_readouts(place: Place, variable: str) -> list[Readout]:
    """f, f′ and f″ at the cursor, their signs in a word, and what only goals ask."""
    numbers = [
        Readout(
            name=name,
            value=_known(place.number(order)),
            latex=f"f{PRIMES[order]}({variable})",
            label=label,
            reason=None if math.isfinite(place.number(order)) else missing(place, order),
            role=role,
        )
        for order, (name, label, role) in enumerate(_NUMBERS)
    ]
    signs = [
        Readout(
            name=name,
            value=code,
            label=label,
            reason=None if code else missing(place, order),
            role=_NUMBERS[order][2],
        )
        for order, name, code, label in (
            (1, "direction", direction(place), Text("f is")),
            (2, "concavity", concavity(place), Text("f bends")),
        )
    ]
    here = place.here
    turn = (here.after - here.before) / 2 if here is not None else 0.0
    return [
        *numbers,
        *signs,
        Readout(name="corner", value=place.corner is not None, shown=False),
        Readout(name="turn", value=turn, shown=False),
    ]


def counts(shape: Shape) -> list[Readout]:
    """What the points are, for goals and prose; kept off the screen, where the table has them."""
    kinds = [point.kind for point in shape.points]
    unknown = Text("f turns too fast to be followed.") if shape.unresolved else None
    critical = [
        point.x
        for point in shape.points
        if point.kind != "end" and (point.slope == 0.0 or math.isnan(point.slope))
    ]
    counted = {
        "maxima": kinds.count("local maximum"),
        "minima": kinds.count("local minimum"),
        "inflections": kinds.count("inflection"),
        "undecided": kinds.count("undecided"),
    }
    return [
        Readout(
            name="critical",
            value=critical or None,
            label=Text("critical points"),
            reason=None if critical else unknown or Text("f′ is nowhere 0 on this interval."),
            shown=False,
        ),
        *(
            Readout(name=name, value=None if unknown else float(count), reason=unknown, shown=False)
            for name, count in counted.items()
        ),
    ]


def walk_readouts(f: Function, steps: int | None, walk: Floats, variable: str) -> list[Readout]:
    """Where the steps downhill lead; nothing where none are asked for."""
    if steps is None:
        return []
    x = float(walk[-1])
    stopped = Text("The walk met a place without a slope.") if len(walk) <= steps else None
    ends = (
        ("walk_x", x, f"{variable}_n"),
        ("walk_value", f.value_at(x), f"f({variable}_n)"),
        ("walk_slope", f.derivative_at(x), f"f'({variable}_n)"),
    )
    return [
        Readout(
            name=name,
            value=_known(number) if stopped is None else None,
            latex=latex,
            reason=stopped or (None if math.isfinite(number) else Text("the numbers are too large.")),
            role=Role.STEP,
        )
        for name, number, latex in ends
    ]


def points_table(shape: Shape, variable: str) -> Table:
    """The special points and the ends, from left to right."""
    x, value, slope, curvature = (
        np.array([getattr(point, name) for point in shape.points], dtype=float)
        for name in ("x", "value", "slope", "curvature")
    )
    return Table(
        "points",
        (
            Column("x", x, latex=variable),
            Column("value", value, latex=f"f({variable})"),
            Column("kind", [point.kind for point in shape.points], label=Text("kind")),
            Column("slope", slope, latex=f"f'({variable})"),
            Column("curvature", curvature, latex=f"f''({variable})"),
        ),
        title=Text("Special points of f"),
    )


def _known(number: float) -> float | None:
    return number if math.isfinite(number) else None
