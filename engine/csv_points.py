"""The points that a CSV holds: its delimiter, decimal sign and header are recognised, its numbers taken.

Columns of numbers are kept, whatever else there is: text, dates and the like are left out and named. A row
without a value in a kept column is left out and counted; a word, NaN or ∞ among the numbers is a mistake, and
its line is said. However long the file, it is read line by line and at most MAXIMUM_POINTS rows are kept,
at even distances.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TextIO, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.cancellation import stop_if_cancelled
from engine.errors import GradusError, StorageError
from engine.text import Text, verbatim

Floats: TypeAlias = NDArray[np.float64]

MAXIMUM_POINTS = 2_000
MAXIMUM_COLUMNS = 8
MAXIMUM_ROWS = 3_000_000
"""Rows that are looked at: a longer file is sampled from these, and that is said."""

LARGEST = 1e50
"""A larger number has a square that is too near the largest there is."""

LONGEST_LINE = 100_000
SAMPLED_LINES = 64
"""Lines from which delimiter, decimal sign and header are told."""

DELIMITERS = (",", ";", "\t", "|", " ")
_CHECK_EVERY = 4096

_SAVE_AS_CSV = Text("Save it as “CSV UTF-8” in the program it comes from.")
_TWO_NUMBERS = Text("A CSV for points has a row for each point and two columns of numbers, such as 0.5,1.2.")

_POINTED = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?", re.ASCII)
_COMMAED = re.compile(r"[+-]?\d[\d.]*(?:,\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_NO_NUMBER = re.compile(r"[+-]?(?:nan|inf|infinity|∞)", re.IGNORECASE)

Cells: TypeAlias = list[str]


class CsvPoints(NamedTuple):
    """What a CSV holds. names: of the columns of numbers; none where it has no header.

    values: (n, k), the rows that were taken. rows: how many rows have a value everywhere. blank: how many
    were left out for want of one. others: names of the columns left out. cut: there are still more rows.
    """

    names: tuple[str, ...]
    values: Floats
    rows: int
    blank: int = 0
    others: tuple[str, ...] = ()
    cut: bool = False


class _Form(NamedTuple):
    """How a CSV is written."""

    delimiter: str
    comma: bool  # the decimal sign


def points_of_text(text: str) -> CsvPoints:
    r"""The points of a CSV's text. GradusError says what is wrong, where, and what to do.

    >>> points_of_text("age;price\n23;1,5\n31;2,25\n").values.tolist()
    [[23.0, 1.5], [31.0, 2.25]]
    """
    return _points(text.removeprefix("\ufeff").splitlines(keepends=True))


def points_of_file(path: Path) -> CsvPoints:
    """The points of a CSV file. GradusError as in `points_of_text`; StorageError where it cannot be read."""
    if not path.is_file():
        what = Text("There is no file {path}.", {"path": verbatim(str(path))})
        if path.exists():
            what = Text("{path} is not a file.", {"path": verbatim(str(path))})
        raise StorageError(what, path)
    try:
        # Latin-1 gives each byte a letter, and what ends a line, also "\r" alone, is one byte in UTF-8 too
        with path.open(encoding="latin-1", newline=None) as file:
            return _points(_decoded(file))
    except OSError as error:
        words = {"file": verbatim(path.name), "why": verbatim(error.strerror or str(error))}
        raise StorageError(Text("{file} cannot be read: {why}.", words), path) from None


def _decoded(file: TextIO) -> Iterator[str]:
    """The lines of a file that is read as Latin-1, each decoded by itself: the line of a mistake is known."""
    for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE + 1), ""), start=1):
        raw = line.encode("latin-1")
        if number == 1:
            _refuse_other_formats(raw)
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if len(raw) > LONGEST_LINE:
            what = Text("Line {line} is longer than {limit} bytes.", _at(number, limit=str(LONGEST_LINE)))
            raise GradusError(what, _TWO_NUMBERS)
        try:
            yield raw.decode("utf-8")
        except UnicodeDecodeError:
            raise GradusError(Text("Line {line} is no UTF-8 text.", _at(number)), _SAVE_AS_CSV) from None


def _refuse_other_formats(start: bytes) -> None:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise GradusError(Text("This is UTF-16 text, not UTF-8."), _SAVE_AS_CSV)
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise GradusError(Text("This is a workbook, not a CSV."), _SAVE_AS_CSV)


def _points(lines: Iterable[str]) -> CsvPoints:
    following = iter(lines)
    sample = list(itertools.islice(following, SAMPLED_LINES))
    told = _told_delimiter(sample)
    if not any(line.strip() for line in sample[1 if told else 0 :]):
        raise GradusError(Text("There is nothing in it."), _TWO_NUMBERS)
    if len(sample) < SAMPLED_LINES and "".join(sample).count('"') % 2:
        raise _never_closed()
    try:
        form = _form(sample, told)
        rows = _rows(itertools.chain(sample, following), form.delimiter)
        if told:
            next(rows)
        return _read(rows, form, sample[1 if told else 0 :])
    except csv.Error:
        raise _never_closed() from None


def _never_closed() -> GradusError:
    what = Text("A cell never ends: a quotation mark is opened and not closed.")
    return GradusError(what, Text("Close it, or take it out."))


def _told_delimiter(sample: Sequence[str]) -> str:
    """What a first line `sep=;` says, as some programs write it; "" without one."""
    told = re.fullmatch(r'"?sep=(.)"?\s*', sample[0]) if sample else None
    return told.group(1) if told else ""


def _form(sample: Sequence[str], told: str) -> _Form:
    """The delimiter and the decimal sign with which most rows have two numbers and most cells are some."""
    forms = [_Form(one, comma) for comma in (False, True) for one in ((told,) if told else DELIMITERS)]
    return max(forms, key=lambda form: _fit(sample[1:] if told else sample, form))  # of equals, the first


def _fit(sample: Sequence[str], form: _Form) -> tuple[float, float, int]:
    rows = [cells for _, cells in _rows(sample, form.delimiter)]
    numbers = [sum(_is_number(cell, form.comma) for cell in cells) for cells in rows]
    filled = sum(bool(cell) for cells in rows for cell in cells)
    enough = sum(count >= 2 for count in numbers)
    return enough / max(1, len(rows)), sum(numbers) / max(1, filled), -len({len(cells) for cells in rows})


def _rows(lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, Cells]]:
    """The number of the line that each row ends on, and its cells; blank rows are left out."""
    if delimiter == " ":
        cut = ((number, line.split()) for number, line in enumerate(lines, start=1))
    else:
        reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
        cut = ((reader.line_num, [cell.strip() for cell in cells]) for cells in reader)
    return ((number, cells) for number, cells in cut if any(cells))


def _read(rows: Iterator[tuple[int, Cells]], form: _Form, sample: Sequence[str]) -> CsvPoints:
    seen_rows = [cells for _, cells in _rows(sample, form.delimiter)]
    if len(sample) >= SAMPLED_LINES - 1:
        seen_rows.pop()  # it may end beyond the sample
    head, kept = _columns(seen_rows, form)
    if head:
        next(rows)
    taken: list[list[float]] = []
    stride, count, blank, cut = 1, 0, 0, False
    for seen, (line, cells) in enumerate(rows):
        if seen % _CHECK_EVERY == 0:
            stop_if_cancelled()
        if seen == MAXIMUM_ROWS:
            cut = True
            break
        row = _numbers(cells, kept, form, head, line)
        if row is None:
            blank += 1
            continue
        if count % stride == 0:
            taken.append(row)
        count += 1
        if len(taken) >= 2 * MAXIMUM_POINTS:
            taken, stride = taken[::2], 2 * stride
    if count < 2:
        what = Text("Only one row has numbers in it.") if count else Text("No row has numbers in it.")
        raise GradusError(what, _TWO_NUMBERS)
    names = tuple(_name(head, place) for place in kept) if head else ()
    others = tuple(_name(head, place) for place in range(len(head)) if place not in kept)
    return CsvPoints(_apart(names), _evenly(taken), count, blank, others, cut)


def _columns(sample: list[Cells], form: _Form) -> tuple[Cells, list[int]]:
    """The header, empty where there is none, and the places of the columns of numbers, at most so many."""
    width = max(map(len, sample))
    is_number = [[_is_number(cell, form.comma) for cell in cells] for cells in sample]
    kept = []
    for place in range(width):
        column = [cells[place] if place < len(cells) else "" for cells in sample]
        numbers = sum(_is_number(cell, form.comma) or bool(_NO_NUMBER.fullmatch(cell)) for cell in column)
        words = sum(bool(cell) for cell in column) - numbers
        words -= column[0] != "" and not is_number[0][place]  # a header is no word among them
        if numbers and numbers >= words:
            kept.append(place)
    if len(kept) < 2:
        what = Text("Only one column holds numbers.") if kept else Text("It holds words, and no numbers.")
        raise GradusError(what, _TWO_NUMBERS)
    first = is_number[0]
    named = len(sample) > 1 and any(
        place < len(first) and not first[place] and sample[0][place] for place in kept
    )
    head = sample[0] if named and not any(first[place] for place in kept if place < len(first)) else []
    return head, kept[:MAXIMUM_COLUMNS]


def _numbers(cells: Cells, kept: list[int], form: _Form, head: Cells, line: int) -> list[float] | None:
    """The numbers of a row; None where a cell is empty. GradusError for what is no finite number."""
    row = []
    for place in kept:
        cell = cells[place] if place < len(cells) else ""
        if not cell:
            return None
        value = _value(cell, form.comma)
        if value is None:
            raise _not_a_number(cell, _name(head, place), line)
        if not abs(value) <= LARGEST:
            what = Text("Line {line}, {column}: {cell} is too large.", _in(line, _name(head, place), cell))
            raise GradusError(what, Text("Measure it in a larger unit."))
        row.append(value)
    return row


def _not_a_number(cell: str, column: str, line: int) -> GradusError:
    words = _in(line, column, cell)
    mend = Text("Mend or remove that line.")
    if _NO_NUMBER.fullmatch(cell):
        return GradusError(Text("Line {line}, {column}: {cell} has no place in a picture.", words), mend)
    return GradusError(Text("Line {line}, {column}: “{cell}” is no number.", words), mend)


def _value(cell: str, comma: bool) -> float | None:
    """The number in a cell; None if there is none."""
    if not comma and _POINTED.fullmatch(cell):  # as nearly all are
        return float(cell)
    cell = cell.replace("−", "-")
    if comma:
        cell = cell.translate(_SWAPPED) if _COMMAED.fullmatch(cell) else ""
    if _GROUPED.fullmatch(cell):
        cell = cell.replace(",", "")
    return float(cell) if _POINTED.fullmatch(cell) else None


_SWAPPED = str.maketrans(",.", ".,")


def _is_number(cell: str, comma: bool) -> bool:
    return _value(cell, comma) is not None


def _evenly(taken: list[list[float]]) -> Floats:
    """At most MAXIMUM_POINTS of the rows, at even distances."""
    values: Floats = np.array(taken)
    if len(values) <= MAXIMUM_POINTS:
        return values
    places = np.linspace(0, len(values) - 1, MAXIMUM_POINTS).round().astype(int)
    return np.asarray(values[places])


def _name(head: Cells, place: int) -> str:
    named = head[place] if place < len(head) else ""
    return named or f"#{place + 1}"


def _apart(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names, with their number behind those that stand there twice."""
    return tuple(
        f"{name} {number}" if name in names[: number - 1] else name
        for number, name in enumerate(names, start=1)
    )


def _at(line: int, **more: object) -> dict[str, object]:
    return {"line": str(line), **more}


def _in(line: int, column: str, cell: str) -> dict[str, object]:
    return _at(line, column=verbatim(column[:40]), cell=verbatim(cell[:40]))
