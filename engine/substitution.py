"""Whether the lines of a derivation agree, by putting in random points: always the same ones.

What is still to be differentiated has no formula on its line. Its value comes from the complex step
u′(x) = Im u(x + iη) / η, which subtracts nothing and knows none of the rules that are being checked.
Source: Squire and Trapp, "Using complex variables to estimate derivatives of real functions" (1998).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.function import compile_nodes
from engine.nodes import Derivative, Emphasis, Node, Variable, fold, variables_of, walk

SEED = 20250101
AGREEMENT = 1e-6
"""Relative distance within which two lines agree at a point: they round differently."""

DISAGREEING = 0.1
"""Share of the points that may differ: by a pole rounding takes all digits."""

_TINY = 1e-30

Array = npt.NDArray[np.float64]


def first_false_line(lines: Sequence[Node], variable: str, limit: str = "") -> int | None:
    """The number of the first line that differs from the one before it; None if all agree.

    lines: formulas that may hold `Derivative` nodes. limit: a variable that goes to 0, if there is one; lines
    that hold it are compared at points where it is not 0, the line after the last of them with that one
    where it is 0.

    >>> from engine.expression import parse
    >>> first_false_line([Derivative(parse("x^2"), 1), parse("2x"), parse("3x")], "x")
    2
    """
    letters = tuple(sorted(variables_of(*lines) | {variable} | ({limit} if limit else set())))
    points = _points(letters, limit)
    values = _values(lines, letters, points, variable)
    if limit:
        at_limit = dict(points) | {limit: np.zeros_like(points[limit])}
        with_limit = [limit in line.variables for line in lines]
        # The definition itself is not checked by points: a quotient is not yet its limit.
        settled = _values(lines, letters, at_limit, variable)
    for number in range(1, len(lines)):
        one, other = values[number - 1], values[number]
        if limit and number == 1:
            continue
        if limit and with_limit[number - 1] and not with_limit[number]:
            one, other = settled[number - 1], settled[number]
        if _differ(one, other):
            return number
    if limit and len(lines) > 1 and _differ(values[0], values[-1]):
        return len(lines) - 1
    return None


def _differ(one: Array, other: Array) -> bool:
    both = np.isfinite(one) & np.isfinite(other)
    if not both.any():
        return False
    with np.errstate(all="ignore"):
        size = np.maximum(np.abs(one), np.abs(other))
        apart = both & (np.abs(one - other) > AGREEMENT * np.maximum(size, 1e-6))
    return bool(np.count_nonzero(apart) > DISAGREEING * np.count_nonzero(both))


def _points(letters: Sequence[str], limit: str) -> dict[str, Array]:
    random = np.random.default_rng(SEED)
    points = {}
    for name in letters:
        if name == limit:
            points[name] = random.uniform(0.2, 1.0, 40)
        else:
            pools = ((0.05, 1.0, 10), (-3.0, 3.0, 20), (1.0, 12.0, 10))
            points[name] = np.concatenate([random.uniform(low, high, count) for low, high, count in pools])
    return points


def _values(
    lines: Sequence[Node], letters: Sequence[str], points: dict[str, Array], variable: str
) -> list[Array]:
    """The value of each line at the points: one compiled function for all of them."""
    places = [part for part in walk(*lines) if isinstance(part, Derivative)]
    names = {place: f"derivative{number}" for number, place in enumerate(places)}

    def opened(part: Node, below: tuple[Node, ...]) -> Node:
        if isinstance(part, Derivative):
            return Variable(names[part])
        if isinstance(part, Emphasis):
            return below[0]
        return part if below == part.children else part.with_children(below)

    with np.errstate(all="ignore"):
        slopes = _slopes([place.operand for place in places], letters, points, variable)
        compiled = compile_nodes([fold(line, opened) for line in lines], [*letters, *names.values()], "array")
        return list(compiled(*(points[name] for name in letters), *slopes))


def _slopes(
    operands: Sequence[Node], letters: Sequence[str], points: dict[str, Array], variable: str
) -> list[Array]:
    if not operands:
        return []
    moved = [points[name] + (1j * _TINY if name == variable else 0.0) for name in letters]
    found = compile_nodes(operands, letters, "complex")(*moved)
    values = [np.where(np.isnan(value), np.nan, np.imag(value) / _TINY) for value in found]
    return [np.broadcast_to(value, points[variable].shape) for value in values]
