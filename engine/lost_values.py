"""Where a value was lost: the first part of a formula that has none at a point, and why, in words.

The tape of `engine.autodiff` has every part of the formula with its value, inputs before users. The first
without a finite value is the origin: what uses it only passes the loss on.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

from engine.autodiff import Entry, Tape, reverse
from engine.constants import exact_value
from engine.function import Function, evaluate
from engine.nodes import Call, Node, Power, Quotient, walk
from engine.notation import to_text
from engine.text import Text, verbatim
from engine.vocabulary import CORNERED, FUNCTIONS

Kind: TypeAlias = Literal["undefined", "pole", "overflow"]

LONGEST = 24
"""Nodes in a part that is named by its formula; a longer one is only "a part of f"."""


class Lost(NamedTuple):
    """What became of a value.

    kind: outside a domain; at a pole, where it is infinite; or larger than any number that a float can be.
    part: the part of the formula that lost it. why: a sentence without a full stop, "ln(x) is … of −0.3".
    """

    kind: Kind
    part: Node
    why: Text


def lost_value(f: Function, place: tuple[float, ...]) -> Lost | None:
    """The origin of a value that is not finite; None where f has one.

    >>> from engine.function import function
    >>> str(lost_value(function("y + 3ln(x)", ["x", "y"]), (-0.5, 1.0)).why)
    'ln(x) would be the natural logarithm of −0.5'
    """
    tape = _tape(f, place)
    entry = tape.missing()
    if entry is None:
        return None
    part, values = entry.node, _values(tape, entry, f, place)
    named = {"part": _named(part)}
    if isinstance(part, Quotient) and values[1] == 0.0:
        kind: Kind = "undefined" if math.isnan(entry.value) else "pole"
        return Lost(kind, part, Text("{part} divides {top} by 0", {**named, "top": values[0]}))
    if isinstance(part, Power) and values[0] == 0.0:
        return Lost("pole", part, Text("{part} divides by 0", named))
    if isinstance(part, Power) and math.isnan(entry.value):
        raised = {**named, "base": values[0], "exponent": values[1]}
        return Lost("undefined", part, Text("{part} would be {base} to the power {exponent}", raised))
    if isinstance(part, Call) and (math.isnan(entry.value) or _has_pole(part, values)):
        spoken = FUNCTIONS[CORNERED.get(part.name, part.name)].spoken
        called = {**named, "function": spoken, "values": list(values)}
        kind = "undefined" if math.isnan(entry.value) else "pole"
        if part.name == "log" and len(values) == 2:
            based = {**named, "value": values[0], "base": values[1]}
            return Lost(kind, part, Text("{part} would be the logarithm to base {base} of {value}", based))
        return Lost(kind, part, Text("{part} would be {function} of {values}", called))
    if math.isnan(entry.value):
        return Lost("undefined", part, Text("{part} is not defined there", named))
    return Lost("overflow", part, Text("{part} is larger than any number that a computer holds", named))


def lost_slope(f: Function, place: tuple[float, ...]) -> Text:
    """Why f has a value but no finite gradient there, as words without a full stop.

    >>> from engine.function import function
    >>> str(lost_slope(function("sqrt(x) + y", ["x", "y"]), (0.0, 1.0)))
    'sqrt(x) has no finite slope there'
    """
    tape = reverse(f.node, dict(zip(f.variables, place, strict=True)), subgradient=True)
    entry = tape.kinked()
    if entry is None:
        return Text("the slopes multiply to more than any number that a computer holds")
    return Text("{part} has no finite slope there", {"part": _named(entry.node)})


def crossed_pole(f: Function, start: tuple[float, ...], end: tuple[float, ...]) -> Text | None:
    """What is divided by 0 on the straight way between two places, as words without a full stop; else None.

    >>> from engine.function import function
    >>> str(crossed_pole(function("1/x + y", ["x", "y"]), (-0.5, 1.0), (2.0, 1.0)))
    'in 1/x it steps across a 0 of x'
    """
    points = [dict(zip(f.variables, place, strict=True)) for place in (start, end)]
    for part, divisor in _divisors(f.node):
        ends = [evaluate(divisor, {name: point[name] for name in divisor.variables}) for point in points]
        if ends[0] * ends[1] < 0.0:
            named = {"part": _named(part), "divisor": _named(divisor)}
            return Text("in {part} it steps across a 0 of {divisor}", named)
    return None


@lru_cache(maxsize=128)
def _divisors(node: Node) -> tuple[tuple[Node, Node], ...]:
    """Each part of a formula that divides by something that varies, and what it divides by."""
    found: list[tuple[Node, Node]] = []
    for part in walk(node):
        if isinstance(part, Quotient) and part.denominator.variables:
            found.append((part, part.denominator))
        elif isinstance(part, Power) and part.base.variables:
            exponent = exact_value(part.exponent)
            if exponent is not None and exponent < 0:
                found.append((part, part.base))
    return tuple(found)


def _tape(f: Function, place: tuple[float, ...]) -> Tape:
    return reverse(f.node, dict(zip(f.variables, place, strict=True)))


def _values(tape: Tape, entry: Entry, f: Function, place: tuple[float, ...]) -> list[float]:
    """What the part's own inputs are worth; constants are not on the tape."""
    known = {each.node: each.value for each in tape.entries}
    point = dict(zip(f.variables, place, strict=True))
    return [
        known[child] if child in known else evaluate(child, {name: point[name] for name in child.variables})
        for child in entry.node.children
    ]


def _has_pole(part: Call, values: list[float]) -> bool:
    """Whether it is infinite because of where its argument is, not of how large."""
    return all(abs(value) <= 2.0 for value in values) or part.name in ("tan", "sec", "csc", "cot")


def _named(part: Node) -> Text:
    return verbatim(to_text(part)) if part.size <= LONGEST else Text("a part of f")
