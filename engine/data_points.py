"""Data points: typed as text, taken out of a CSV, or made; and the two columns of them that are x and y.

    data   = [ names ":" ] point { ";" point } [ ";" ]      age, price: 23 1.5; 31 2.25; 44 3
    names  = name "," name { "," name }
    point  = number number { number }                       parted by spaces or by a comma

Text of more than one line is a CSV (see `engine.csv_points`). A point may have more than two numbers: columns
are chosen by name, or by number from 1 on, and are otherwise the first two.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from engine.csv_points import LARGEST, MAXIMUM_COLUMNS, MAXIMUM_POINTS, points_of_text
from engine.errors import FormulaError, GradusError, LimitError, ParameterError
from engine.expression import parse_number
from engine.regression import Data, Floats, Kind
from engine.suggestions import did_you_mean
from engine.text import Text, verbatim

MAXIMUM_LENGTH = 1_000_000
LONGEST_NAME = 24

_NAMES = re.compile(r"\s*(?P<names>[^:;]*[^\d\s:;,.+\-−][^:;]*):")
_PART = re.compile(r"[^;]+")
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)\s*")
_NUMBER = re.compile(r"[^\s,]+")
_PLAIN = re.compile(r"[+\-−]?(?:\d+\.?\d*|\.\d+)(?:[eE][+\-−]?\d+)?", re.ASCII)
_REMEDY = Text("Write each point as two numbers, with a semicolon after it: 0.5 1.2; 1 2.1.")


@dataclass(frozen=True, eq=False)
class DataPoints:
    """names: of the columns; none where nobody named them. values: (n, k), k ≥ 2.

    rows: how many there were, of which n were taken.
    """

    names: tuple[str, ...]
    values: Floats
    rows: int


class Columns(NamedTuple):
    """Which two columns are x and y (counted from 0), and their names; "" where they have none."""

    x: int
    y: int
    x_name: str
    y_name: str


@lru_cache(maxsize=64)
def parse_points(source: str) -> DataPoints:
    """The points that a text describes; none (0, 2) if it is blank.

    FormulaError points at the mistake; LimitError beyond MAXIMUM_POINTS points; GradusError for a bad CSV.

    >>> parse_points("0.5 1.2; 1, -2").values.tolist()
    [[0.5, 1.2], [1.0, -2.0]]
    >>> parse_points("age, price: 23 1.5; 31 pi/2").names
    ('age', 'price')
    """
    if len(source) > MAXIMUM_LENGTH:
        limit = Text("Keep it under {limit} characters.", {"limit": str(MAXIMUM_LENGTH)})
        raise LimitError(Text("The text of the points is too long."), limit)
    if len(source.strip().splitlines()) <= 1:
        return _typed_points(source)
    try:
        found = points_of_text(source)
    except GradusError:
        if ";" in source:  # points that were typed on several lines
            with contextlib.suppress(GradusError):
                return _typed_points(" ".join(source.splitlines()))
        raise
    return DataPoints(found.names, found.values, found.rows)


def points_text(names: Sequence[str], values: Floats) -> str:
    """The text that `parse_points` reads back, every digit of it.

    >>> points_text(("age", "price"), np.array([[23.0, 1.5], [31.0, -2.0]]))
    'age, price: 23 1.5; 31 -2'
    """
    head = ", ".join(map(clean_name, names)) + ": " if names else ""
    return head + "; ".join(" ".join(map(_written, row)) for row in values.tolist())


def clean_name(name: str) -> str:
    """A name as it can stand in the text of points: short, on one line, without what parts the text.

    >>> clean_name(" price; in k€: 2024 ")
    'price in k€ 2024'
    """
    words = " ".join(re.sub(r"[:;,]", " ", name).split())
    shortened = words if len(words) <= LONGEST_NAME else words[: LONGEST_NAME - 1].rstrip() + "…"
    return shortened or "?"


@lru_cache(maxsize=64)
def chosen_columns(points: DataPoints, wanted: str) -> Columns:
    """The two columns that `wanted` names ("price, age", "3, 1"); blank: the first two.

    ParameterError on `columns` says which there are.

    >>> chosen_columns(parse_points("a, b, c: 1 2 3"), "c, a")
    Columns(x=2, y=0, x_name='c', y_name='a')
    """
    count = points.values.shape[1]
    words = [word.strip() for word in re.split(r"[,;]", wanted) if word.strip()]
    if not words:
        places = [0, 1]
    elif len(words) == 2:
        places = [_column(points.names, count, word) for word in words]
    else:
        what = Text(
            "Two columns are needed, one for x and one for y: {given}.", {"given": verbatim(wanted[:60])}
        )
        raise ParameterError(what, "columns", _columns_there(points.names, count))
    names = [points.names[place] if points.names else "" for place in places]
    return Columns(places[0], places[1], names[0], names[1])


@lru_cache(maxsize=32)
def made_data(slope: float, intercept: float, spread: float, count: int, seed: int, kind: Kind) -> Data:
    """Points of which the truth is known: x even over [−1, 1], y = slope x + intercept + noise.

    The noise is normal with standard deviation `spread`. logistic: the label is 1 where that y is above 0,
    else 0. A larger count keeps the points there are.
    """
    x = np.random.default_rng((seed, 0)).uniform(-1.0, 1.0, count)
    noise = np.random.default_rng((seed, 1)).standard_normal(count)
    y = slope * x + intercept + spread * noise
    return Data(x, y if kind == "linear" else (y > 0).astype(float))


def label_fault(data: Data) -> float | None:
    """The first y that is no label, for a logistic loss; None if all are 0 or 1."""
    others = data.y[(data.y != 0) & (data.y != 1)]
    return float(others[0]) if others.size else None


def _typed_points(source: str) -> DataPoints:
    head = _NAMES.match(source)
    names = tuple(clean_name(name) for name in head.group("names").split(",")) if head else ()
    rows: list[list[float]] = []
    for part in _PART.finditer(source, head.end() if head else 0):
        if not part.group().strip():
            continue
        begin, end = part.span()
        if _IN_BRACKETS.fullmatch(part.group()):  # (0.5, 1.2) is 0.5 1.2
            begin, end = source.index("(", begin) + 1, source.rindex(")", begin, end)
        row = [_number(source, word) for word in _NUMBER.finditer(source, begin, end)]
        width = len(names) or (len(rows[0]) if rows else max(2, len(row)))
        if len(row) != width or width > MAXIMUM_COLUMNS:
            raise _wrong_width(source, part, len(row), width)
        rows.append(row)
        if len(rows) > MAXIMUM_POINTS:
            room = Text("There is room for {limit}.", {"limit": str(MAXIMUM_POINTS)})
            raise LimitError(Text("There are too many points."), room)
    if head and len(names) < 2:
        what = Text("One name is not enough: x and y are two columns.")
        raise FormulaError(what, source, head.span("names"), _REMEDY)
    if names and len(set(names)) < len(names):
        what = Text("Two columns have one name.")
        raise FormulaError(what, source, head.span("names") if head else (0, 0), Text("Name them apart."))
    return DataPoints(names, np.array(rows, dtype=float).reshape(len(rows), -1 if rows else 2), len(rows))


def _number(source: str, word: re.Match[str]) -> float:
    text = word.group()
    if _PLAIN.fullmatch(text):
        value = float(text.replace("−", "-"))
    else:
        try:
            value = parse_number(text)
        except FormulaError as error:
            span = (error.span[0] + word.start(), error.span[1] + word.start())
            raise FormulaError(error.what, source, span, error.remedy or _REMEDY) from None
    if not abs(value) <= LARGEST:
        words = {"number": verbatim(text[:40])}
        what = Text("{number} is too large for a point, or no number.", words)
        raise FormulaError(what, source, word.span(), Text("Measure it in a larger unit."))
    return value


def _wrong_width(source: str, part: re.Match[str], count: int, width: int) -> GradusError:
    words = {"part": verbatim(part.group().strip()[:40]), "count": count, "width": width}
    if width > MAXIMUM_COLUMNS:
        limit = Text("A point has at most {limit} numbers.", {"limit": MAXIMUM_COLUMNS})
        return FormulaError(limit, source, part.span(), _REMEDY)
    what = Text("This point has {count} numbers where {width} are needed: {part}.", words)
    return FormulaError(what, source, part.span(), _REMEDY)


def _column(names: Sequence[str], count: int, word: str) -> int:
    lowered = [name.lower() for name in names]
    if word.lower() in lowered:
        return lowered.index(word.lower())
    if word.isdecimal() and 1 <= int(word) <= count:
        return int(word) - 1
    what = Text("There is no column {name}.", {"name": verbatim(word[:60])})
    raise ParameterError(what, "columns", did_you_mean(word, names) or _columns_there(names, count))


def _columns_there(names: Sequence[str], count: int) -> Text:
    if names:
        return Text("The columns are {names}.", {"names": [verbatim(name) for name in names]})
    return Text("The columns have no names: take their numbers, 1 to {count}.", {"count": count})


def _written(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
