"""A tape in numbers and words: what was worked out, how, and why something could not be."""

from __future__ import annotations

import math

import numpy as np

from engine.autodiff import Tape
from engine.figure import Column, Table
from engine.nodes import Variable
from engine.notation import to_latex
from engine.scenes._tape_marks import part_name, part_text
from engine.scenes._tape_steps import Stage
from engine.text import Text, latex_number


def used_values(tape: Tape) -> dict[str, float]:
    """The variables that occur, and their values."""
    return {entry.node.name: entry.value for entry in tape.entries if isinstance(entry.node, Variable)}


def missing_reasons(tape: Tape) -> tuple[Text | None, Text | None]:
    """Why there is no value, and why there are no slopes; None where there are."""
    gap = tape.missing()
    if gap is not None:
        part = {"part": part_name(gap.node)}
        if math.isnan(gap.value):
            why = Text("{part} is not defined at these values.", part)
        else:
            why = Text("{part} is not defined at these values, or too large to be a number.", part)
        return why, why
    kink = tape.kinked()
    if kink is not None:
        return None, Text("{part} has no slope at these values.", {"part": part_name(kink.node)})
    if not all(map(math.isfinite, tape.gradient.values())):
        return None, Text("The slopes are too large to be numbers.")
    return None, None


def worked_step(tape: Tape, now: Stage) -> tuple[str, ...]:
    """The arithmetic of the present step, with its numbers."""
    if now.phase == "forward" and now.entry is not None:
        entry = tape.entries[now.entry]
        return (f"{to_latex(entry.node)} = {latex_number(entry.value)}",)
    if now.pull is None:
        return ()
    pull = now.pull
    target = to_latex(tape.entries[pull.input].node)
    before = latex_number(tape.entries[pull.user].adjoint)
    slope = latex_number(pull.local_slope)
    gained = "" if pull.total == pull.passed else f"{latex_number(pull.total - pull.passed)} + "
    return (
        rf"\frac{{\partial f}}{{\partial ({target})}} = {gained}{before} \cdot {_factor(slope)}"
        rf" = {latex_number(pull.total)}",
    )


def _factor(number: str) -> str:
    return f"({number})" if number.startswith("-") else number


def ledger(tape: Tape, picked: int) -> Table:
    """A row for each part and each use of it: what it is, what uses it, the local slope between the two.

    A part that is used twice has two rows, with the same value and the same adjoint: what both uses send.
    """
    rows: list[tuple[int, str, float, str, float, float]] = []
    for place, entry in enumerate(tape.entries):
        uses = [
            (part_text(user.node), slope)
            for user in tape.entries
            for below, slope in zip(user.inputs, user.local_slopes, strict=True)
            if below == place
        ]
        rows += [
            (place, part_text(entry.node), entry.value, user, slope, entry.adjoint)
            for user, slope in uses or [("", 1.0)]
        ]
    places, parts, values, users, slopes, adjoints = zip(*rows, strict=True)
    return Table(
        "ledger",
        (
            Column("node", parts, label=Text("part")),
            Column("value", np.array(values), label=Text("value")),
            Column("into", users, label=Text("used in")),
            Column("local_slope", np.array(slopes), label=Text("local slope")),
            Column("adjoint", np.array(adjoints), label=Text("slope of f along it")),
        ),
        title=Text("The ledger of both walks"),
        highlighted=places.index(picked),
    )
