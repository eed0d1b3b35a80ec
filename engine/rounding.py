"""The value of a formula together with a bound for what rounding has done to it.

Two formulas that are equal on paper differ in the last digits on a computer, by how much depends on the
formula: √(x+1) − √x loses half its digits at x = 10⁸. Carrying a bound through every operation tells a
rounding error from a mistake. First-order running error analysis: N. J. Higham, "Accuracy and Stability of
Numerical Algorithms", 2nd ed., section 3.3; for functions the bound is probed at both ends of the
argument's own uncertainty instead of derived.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.function import compile_nodes
from engine.nodes import (
    Call,
    Comparison,
    ComparisonOperator,
    Constant,
    Difference,
    Logical,
    Negation,
    Node,
    Number,
    Piecewise,
    Power,
    Product,
    Quotient,
    Sum,
    Undefined,
    Variable,
    fold,
    variables_of,
)

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

ROUNDING = 4 * np.finfo(float).eps
"""Relative error of one operation: a library function may be off by a few units in the last place."""

UNDERFLOW = 1e-300
"""Below this a result has lost digits, or is 0 only because there was no smaller number."""


class Bounded(NamedTuple):
    """Values at many points, each within `error` of the true one.

    `undefined` marks the points that are surely outside the domain. An infinite `error` means that nothing
    is known there: a number grew too large, or a jump or a pole is within rounding. `scale` is the largest
    number met on the way to the value.
    """

    value: Array
    error: Array
    undefined: Mask
    scale: Array

    @property
    def known(self) -> Mask:
        """Where there is a value and something is known about it."""
        return np.isfinite(self.error) & ~self.undefined


def bounded_values(node: Node, points: Mapping[str, Array]) -> Bounded:
    """The formula's values where the variables have the values `points` (arrays of one shape), with bounds.

    >>> from engine.nodes import Difference
    >>> x, million = Variable("x"), Number(1_000_000)
    >>> lossy = bounded_values(Difference(Sum(x, million), million), {"x": np.array([0.1])})
    >>> bool(lossy.value[0] != 0.1), bool(abs(lossy.value[0] - 0.1) < lossy.error[0] < 1e-8)
    (True, True)
    """
    shape = np.broadcast_shapes(*(values.shape for values in points.values())) if points else (1,)
    with np.errstate(all="ignore"):
        return fold(node, lambda part, below: _bounded(part, below, points, shape))


def _bounded(
    node: Node, below: tuple[Bounded, ...], points: Mapping[str, Array], shape: tuple[int, ...]
) -> Bounded:
    match node:
        case Variable(name):
            return _exactly(np.broadcast_to(points[name], shape))
        case Number() | Constant():
            return _constant(node, shape)
        case Negation():
            return below[0]._replace(value=-below[0].value)
        case Sum() | Difference() | Product() | Quotient():
            return _arithmetic(node, *below)
        case Power(_, exponent) if not variables_of(exponent):
            return _probed(_compiled(Power(_placeholder(0), exponent)), below[:1])
        case Power():
            return _probed(_compiled(Power(_placeholder(0), _placeholder(1))), below)
        case Call(name, arguments):
            names = tuple(_placeholder(position) for position in range(len(arguments)))
            return _probed(_compiled(Call(name, names)), below)
        case Comparison(operator):
            return _comparison(operator, *below)
        case Logical(operator):
            return _logical(operator, below)
        case Piecewise():
            return _piecewise(below)
        case Undefined():
            return _exactly(np.zeros(shape))._replace(undefined=np.ones(shape, bool))
    raise TypeError(f"no bound is known for {type(node).__name__}")


def _exactly(values: Array) -> Bounded:
    zeros = np.zeros(values.shape)
    return Bounded(values, zeros, zeros.astype(bool), np.abs(values))


def _constant(node: Number | Constant, shape: tuple[int, ...]) -> Bounded:
    value = float(_compiled(node)()[0])
    exact = isinstance(node, Number) and np.isfinite(value) and node.value == type(node.value)(value)
    bounded = _exactly(np.full(shape, value))
    return bounded if exact else _settled(bounded.value, bounded.error, (bounded,))


def _arithmetic(node: Node, one: Bounded, other: Bounded) -> Bounded:
    a, b = one.value, other.value
    match node:
        case Sum():
            value, error = a + b, one.error + other.error
        case Difference():
            value, error = a - b, one.error + other.error
        case Product():
            value = a * b
            error = np.abs(a) * other.error + np.abs(b) * one.error + one.error * other.error
        case _:
            value = a / b
            room = np.abs(b) - other.error
            error = np.where(room > 0, (one.error + np.abs(value) * other.error) / room, np.inf)
            pole = (b == 0) & (other.error == 0)
            settled = _settled(value, error, (one, other))
            return settled._replace(undefined=settled.undefined | pole)
    return _settled(value, error, (one, other))


def _settled(value: Array, error: Array, parts: tuple[Bounded, ...]) -> Bounded:
    """An operation's result with its own rounding added; nothing is known where a number overflowed."""
    undefined = np.logical_or.reduce([part.undefined for part in parts])
    unknown = np.logical_or.reduce([~np.isfinite(part.error) for part in parts])
    scale = np.maximum.reduce([np.abs(value), *(part.scale for part in parts)])
    error = error + ROUNDING * np.abs(value) + UNDERFLOW
    lost = unknown | ~np.isfinite(value) | ~np.isfinite(error)
    return Bounded(
        np.where(lost, 0.0, value), np.where(lost, np.inf, error), undefined, np.where(lost, np.inf, scale)
    )


def _probed(function: Callable[..., Any], arguments: tuple[Bounded, ...]) -> Bounded:
    """A function's values, and how far they move as each argument moves within its own uncertainty."""
    centre = [part.value for part in arguments]
    reach = [np.where(np.isfinite(part.error), part.error, 0.0) for part in arguments]
    moved = [
        [*centre[:position], centre[position] + sign * error, *centre[position + 1 :]]
        for position, error in enumerate(reach)
        for sign in (0.0, -1.0, 1.0)
    ]
    stacked = [np.stack(values) for values in zip(*moved, strict=True)]
    (results,) = function(*stacked)
    results = np.broadcast_to(results, stacked[0].shape)
    # At the edge of a domain rounding may have pushed the argument out: a neighbour's value will do, but if
    # it is the only one, how far it is from the value at the edge is not known.
    missing = np.isnan(results)
    outside, alone = missing.all(axis=0), (~missing).sum(axis=0) == 1
    inside = np.take_along_axis(results, np.argmin(missing, axis=0)[np.newaxis], axis=0)[0]
    spread = np.nan_to_num(np.abs(results[1:] - inside), nan=0.0, posinf=np.inf)
    error = 2 * (spread.sum(axis=0) + np.where(alone, np.abs(inside), 0.0))
    settled = _settled(np.where(outside, 0.0, inside), error, arguments)
    unknown = np.logical_or.reduce([~np.isfinite(part.error) for part in arguments])
    return settled._replace(undefined=settled.undefined | (outside & ~unknown))


def _comparison(operator: ComparisonOperator, one: Bounded, other: Bounded) -> Bounded:
    """1 where it holds, else 0; nothing is known where rounding could turn it over."""
    function = _compiled(Comparison(operator, _placeholder(0), _placeholder(1)))
    nowhere = one.undefined | other.undefined
    left = np.where(nowhere, np.nan, one.value)
    holds = np.broadcast_to(function(left, other.value)[0], left.shape).astype(float)
    slack = one.error + other.error
    doubtful = (slack > 0) & ~(np.abs(one.value - other.value) > slack) & ~nowhere
    parts = _exactly(np.nan_to_num(holds))
    scale = np.maximum(one.scale, other.scale)
    return Bounded(parts.value, np.where(doubtful, np.inf, 0.0), np.isnan(holds), scale)


def _logical(operator: str, operands: tuple[Bounded, ...]) -> Bounded:
    truths = [operand.value != 0 for operand in operands]
    if operator == "not":
        holds = ~truths[0]
    elif operator == "and":
        holds = np.logical_and.reduce(truths)
    else:
        holds = np.logical_or.reduce(truths)
    return Bounded(
        holds.astype(float),
        np.maximum.reduce([operand.error for operand in operands]),
        np.logical_or.reduce([operand.undefined for operand in operands]),
        np.maximum.reduce([operand.scale for operand in operands]),
    )


def _piecewise(below: tuple[Bounded, ...]) -> Bounded:
    """The first branch whose condition holds; nothing is known once a condition before it is in doubt."""
    result = below[-1]
    for value, condition in zip(below[-3::-2], below[-2::-2], strict=True):
        chosen = condition.value != 0
        doubtful = ~np.isfinite(condition.error)
        error = np.where(chosen, value.error, result.error)
        result = Bounded(
            np.where(chosen, value.value, result.value),
            np.where(doubtful, np.inf, error),
            (condition.undefined | np.where(chosen, value.undefined, result.undefined)) & ~doubtful,
            np.where(chosen, value.scale, result.scale),
        )
    return result


def _placeholder(position: int) -> Variable:
    return Variable(f"argument{position:04}")  # padded: their order is the order of their names


@lru_cache(maxsize=1024)
def _compiled(node: Node) -> Callable[..., Any]:
    """One operation alone, compiled by the compiler that also draws the pictures."""
    names = sorted(variables_of(node))
    return compile_nodes([node], names, "array")
