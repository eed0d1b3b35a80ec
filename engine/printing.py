"""Values and tables as the command line prints them: strict JSON for programs, words for a person."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

from engine.text import format_number

if TYPE_CHECKING:
    from engine.figure import Table, Value

ROWS_PRINTED = 12
"""Rows of a table printed without --json; the middle of a longer one is left out."""

PRINTED_DIGITS = 10
"""Significant digits for a person; JSON has them all."""


def plain(value: Any) -> Any:
    """A value as strict JSON has it: infinities as words, NaN as null."""
    if isinstance(value, float):
        if math.isnan(value):
            return None
        if math.isinf(value):
            return "inf" if value > 0 else "-inf"
        return value
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def plain_table(table: Table) -> dict[str, Any]:
    """A table as strict JSON has it: `columns`, and `rows` as arrays."""
    return {
        "columns": [column.name for column in table.columns],
        "rows": [[plain(cell) for cell in row] for row in table.rows()],
    }


def print_json(document: Any) -> None:
    """Print one object; NaN and infinities must have been made plain before."""
    print(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2))


def print_table(table: Table) -> None:
    """Print a table in aligned columns, a long one without its middle."""
    print(f"{table.name}:")
    cells = [[column.name for column in table.columns], *_printed_rows(table)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(table.columns))]
    for row in cells:
        print("  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


def _printed_rows(table: Table) -> Iterator[list[str]]:
    if len(table) <= ROWS_PRINTED:
        rows: Iterator[tuple[Any, ...]] = table.rows()
        return ([written(cell) for cell in row] for row in rows)
    head = ([written(cell) for cell in row] for row in table.rows(0, ROWS_PRINTED // 2))
    tail = ([written(cell) for cell in row] for row in table.rows(len(table) - ROWS_PRINTED // 2))
    return chain(head, [["…"] * len(table.columns)], tail)


def written(value: Value) -> str:
    """A value for a person at a terminal."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(written(item) for item in value) + "]"
    if isinstance(value, (int, float)):
        return format_number(value, PRINTED_DIGITS)
    return str(value)
