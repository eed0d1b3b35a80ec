"""Typed values of variables, `x = 2; w = 0.5; b = -1`, and what they say.

    assignments = [ assignment { ";" assignment } [ ";" ] ]
    assignment  = name "=" number          a number as in a number field: 0.5, 1e-3, pi/2

A comma or a new line parts them as well as a semicolon.
"""

from __future__ import annotations

import re
from functools import lru_cache

from engine.errors import FormulaError, LimitError
from engine.expression import parse_number
from engine.text import Text, verbatim
from engine.vocabulary import CONSTANTS, FUNCTIONS, spelled

MAXIMUM_LENGTH = 400
MAXIMUM_COUNT = 16

_PART = re.compile(r"[^;,\n]+")
_ASSIGNMENT = re.compile(r"\s*(?P<name>[^\W\d]\w*)\s*[=:](?P<number>.*)", re.DOTALL)
_REMEDY = Text("Write a name, an equals sign and a number, such as x = 2; w = 0.5.")


Assignments = tuple[tuple[str, float], ...]
"""Name and value of each variable, in the order they are written."""


@lru_cache(maxsize=256)
def parse_assignments(source: str) -> Assignments:
    """Name and value of each variable, in the order they are written; none if the text is blank.

    FormulaError points at the mistake; LimitError beyond MAXIMUM_LENGTH characters or MAXIMUM_COUNT values.

    >>> parse_assignments("x = 2; w₁ = pi/2, b = -.5")
    (('x', 2.0), ('w1', 1.5707963267948966), ('b', -0.5))
    """
    if len(source) > MAXIMUM_LENGTH:
        limit = Text("Keep it under {limit} characters.", {"limit": str(MAXIMUM_LENGTH)})
        raise LimitError(Text("The text of the values is too long."), limit)
    found: dict[str, float] = {}
    for part in _PART.finditer(source):
        if part.group().strip():
            name, value = _assignment(source, part)
            if name in found:
                what = Text("{name} is given twice.", {"name": verbatim(name)})
                raise FormulaError(what, source, part.span(), Text("Leave one of the two."))
            found[name] = value
    if len(found) > MAXIMUM_COUNT:
        limit = Text("There is room for {limit}.", {"limit": str(MAXIMUM_COUNT)})
        raise LimitError(Text("There are too many values."), limit)
    return tuple(found.items())


def assignments_text(values: Assignments) -> str:
    """The text that `parse_assignments` reads back.

    >>> assignments_text((("x", 2.0), ("b", -0.5)))
    'x = 2; b = -0.5'
    """
    return "; ".join(f"{name} = {_written(value)}" for name, value in values)


def _written(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _assignment(source: str, part: re.Match[str]) -> tuple[str, float]:
    read = _ASSIGNMENT.fullmatch(part.group())
    if read is None:
        what = Text("This is no value of a variable: {part}.", {"part": verbatim(part.group().strip()[:40])})
        raise FormulaError(what, source, part.span(), _REMEDY)
    name = spelled(read.group("name"))
    if name in FUNCTIONS or name in CONSTANTS:
        what = Text("{name} has a meaning of its own and cannot be a variable.", {"name": verbatim(name)})
        raise FormulaError(what, source, part.span(), Text("Take another letter."))
    try:
        return name, parse_number(read.group("number"))
    except FormulaError as error:
        shift = part.start() + read.start("number")
        span = (error.span[0] + shift, error.span[1] + shift)
        raise FormulaError(error.what, source, span, error.remedy) from None
