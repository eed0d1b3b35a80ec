"""The gradient of a step three ways: as a table, as formulas with their values, and what follows."""

from __future__ import annotations

import numpy as np

from engine.crosscheck import three_ways
from engine.figure import Column, Floats, Table
from engine.function import Function
from engine.notation import to_latex, variable_latex
from engine.text import Text, latex_number

DIGITS = 12
"""Of the partial derivatives: the last of them are where a difference goes wrong."""

LONGEST = 60
"""Nodes in a formula that is written out; a longer one would fill the room of all others."""


def checked_gradient(f: Function, place: Floats) -> tuple[Table, Text, tuple[str, ...]]:
    """The table `checks`, the verdict as a sentence, and the rules' formulas with their values here."""
    found = three_ways(f, tuple(place.tolist()))
    names = [variable_latex(name) for name in f.variables]
    partials = np.array([way.partials for way in found.ways])
    table = Table(
        "checks",
        (
            Column("way", [way.name for way in found.ways], label=Text("the gradient")),
            *(
                Column(f"slope_{number}", partials[:, number], latex=_partial(name), digits=DIGITS)
                for number, name in enumerate(names)
            ),
            Column("off", np.array([way.off for way in found.ways]), label=Text("off the first by")),
        ),
        title=Text("The gradient three ways"),
    )
    formulas = tuple(
        f"{_partial(name)} = {to_latex(node)} = {latex_number(value)}"
        for name, node, value in zip(names, f.gradient_nodes, found.ways[0].partials, strict=True)
        if node.size <= LONGEST
    )
    return table, found.verdict, formulas


def _partial(name: str) -> str:
    return rf"\frac{{\partial f}}{{\partial {name}}}"
