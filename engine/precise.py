"""A formula's value with as many digits as asked for: the yardstick for what floats get wrong.

The tree is worked through by mpmath, numbers as they were typed (0.1 is one tenth), so that an error of one
unit in a float's last place can be measured and parted into its causes. Slow beside `engine.function`: for
one place, not for a curve.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne
from typing import Any, NamedTuple

import numpy as np

from engine.arithmetic import ROUNDING
from engine.compiled_text import lowered
from engine.constants import ARITHMETIC
from engine.function import Function
from engine.nodes import (
    Call,
    Comparison,
    Constant,
    Logical,
    Node,
    Number,
    Piecewise,
    Power,
    Variable,
    fold,
)

Real = Any
"""A real number of mpmath; NaN where there is none."""

SLOPE_BITS = 256
"""Binary digits with which a slope is worked out: a float has 53."""

LARGEST_MAGNITUDE = 4600
"""Beyond 2^±this a number is taken for ±∞ or 0, so that sin(e^(e^99)) is answered at once.

The smallest number that an error of a difference asks for is h³ with the smallest float h, 2^−3222.
"""


class Exact(NamedTuple):
    """A real number as a float and what is left of it: value + rest has twice a float's digits."""

    value: float
    rest: float

    def distance(self, others: Any) -> Any:
        """|others − self| for a float or an array of floats, right to the last digit."""
        with np.errstate(all="ignore"):
            return np.abs((np.asarray(others, dtype=float) - self.value) - self.rest)


@lru_cache(maxsize=1024)
def exact_slope(f: Function, x0: float) -> Exact:
    """f′(x0) by the rules, for a function of one variable; NaN where f has no value or no slope.

    >>> from engine.function import function
    >>> exact_slope(function("x^3 / 3"), 0.1)  # 0.1² is no float
    Exact(value=0.010000000000000002, rest=-8.326672684688674e-19)
    """
    height, slope = precise_tangent(f, x0, SLOPE_BITS)
    if not arithmetic(SLOPE_BITS).isfinite(height):
        return Exact(math.nan, math.nan)
    return Exact(float(slope), float(slope - float(slope)))


@lru_cache(maxsize=256)
def precise_tangent(f: Function, x0: float, bits: int) -> tuple[Real, Real]:
    """f(x0) and f′(x0) by the rules, with `bits` binary digits."""
    numbers = arithmetic(bits)
    point = {f.variables[0]: numbers.mpf(x0)}
    return precise_value(f.node, point, numbers), precise_value(f.derivative_node(), point, numbers)


def arithmetic(bits: int) -> Any:
    """mpmath's numbers with so many binary digits: this thread's own, whose precision nobody else sets."""
    known = _own.contexts
    if bits not in known:
        from mpmath import MPContext

        known[bits] = MPContext()
        known[bits].prec = bits
    return known[bits]


def precise_value(node: Node, point: Mapping[str, Real], numbers: Any) -> Real:
    """The value of a formula in `numbers`, which `arithmetic` gives; NaN where there is none, and at a pole.

    Beyond 2^±LARGEST_MAGNITUDE it is ±∞ or 0.

    >>> from engine.expression import parse
    >>> numbers = arithmetic(80)
    >>> print(precise_value(parse("x/3"), {"x": numbers.mpf(1)}, numbers))
    0.33333333333333333333333
    """
    return fold(_lowered(node), lambda part, below: _bounded(_worked(part, below, point, numbers), numbers))


@lru_cache(maxsize=1024)
def _lowered(node: Node) -> Node:
    formula = lowered(node, subgradient=False)
    assert isinstance(formula, Node)
    return formula


class _Own(threading.local):
    def __init__(self) -> None:
        self.contexts: dict[int, Any] = {}


_own = _Own()


def _bounded(value: Real, numbers: Any) -> Real:
    """A real number that goes on; NaN for a complex one, which is none here."""
    if not isinstance(value, numbers.mpf):
        return numbers.nan
    if not numbers.isfinite(value) or value == 0 or abs(numbers.mag(value)) < LARGEST_MAGNITUDE:
        return value
    return numbers.sign(value) * numbers.inf if numbers.mag(value) > 0 else numbers.zero


def _worked(node: Node, below: tuple[Real, ...], point: Mapping[str, Real], numbers: Any) -> Real:
    if any(map(numbers.isnan, below)) and not isinstance(node, Piecewise):
        return numbers.nan
    try:
        match node:
            case Number(value):
                return numbers.mpf(value.numerator) / value.denominator
            case Constant(name):
                return {"pi": +numbers.pi, "e": +numbers.e, "tau": 2 * numbers.pi}[name]
            case Variable(name):
                return point[name]
            case Power():
                return numbers.power(*below)
            case Call(name):
                return _called(name, below, numbers)
            case Comparison(operator):
                return numbers.mpf(_compared(operator, *below))
            case Logical(operator):
                return numbers.mpf(_joined(operator, below))
            case Piecewise():
                return _chosen(below, numbers)
        return ARITHMETIC[type(node)](*below) if type(node) in ARITHMETIC else numbers.nan
    except (ZeroDivisionError, ValueError, OverflowError):
        return numbers.nan


def _compared(operator: str, left: Real, right: Real) -> bool:
    if operator == "~=":
        return bool(abs(left - right) <= ROUNDING * max(1, abs(left), abs(right)))
    return bool(_COMPARISONS[operator](left, right))


_COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
    "==": eq,
    "!=": ne,
}


def _joined(operator: str, below: tuple[Real, ...]) -> bool:
    truths = [value != 0 for value in below]
    return not truths[0] if operator == "not" else any(truths) if operator == "or" else all(truths)


def _chosen(below: tuple[Real, ...], numbers: Any) -> Real:
    """The first value whose condition holds; a condition that cannot be judged leaves none."""
    for value, condition in zip(below[:-1:2], below[1::2], strict=True):
        if numbers.isnan(condition):
            return numbers.nan
        if condition != 0:
            return value
    return below[-1]


def _called(name: str, below: tuple[Real, ...], numbers: Any) -> Real:
    own = _OWN_CALLS.get(name)
    return own(numbers, *below) if own else getattr(numbers, name)(*below)


def _odd_power(numbers: Any, x: Real, n: Real) -> Real:
    return numbers.sign(x) * numbers.power(abs(x), n)


def _unless_zero(slope: Callable[[Any, Real], Real]) -> Callable[[Any, Real], Real]:
    return lambda numbers, x: slope(numbers, x) if x else numbers.nan


_OWN_CALLS: Mapping[str, Callable[..., Real]] = {
    "abs": lambda numbers, x: abs(x),
    "ln": lambda numbers, x: numbers.log(x),
    "log2": lambda numbers, x: numbers.log(x, 2),
    "cbrt": lambda numbers, x: _odd_power(numbers, x, numbers.mpf(1) / 3),
    "odd_power": _odd_power,
    "min": lambda numbers, x, y: min(x, y),
    "max": lambda numbers, x, y: max(x, y),
    "step": lambda numbers, x: numbers.mpf(x >= 0),
    "relu": lambda numbers, x: max(x, numbers.zero),
    "abs_slope": _unless_zero(lambda numbers, x: numbers.sign(x)),
    "relu_slope": _unless_zero(lambda numbers, x: numbers.mpf(x > 0)),
    "sigmoid": lambda numbers, x: 1 / (1 + numbers.exp(-x)),
    "softplus": lambda numbers, x: max(x, numbers.zero) + numbers.log1p(numbers.exp(-abs(x))),
    "gelu": lambda numbers, x: x * numbers.erfc(-x / numbers.sqrt(2)) / 2,
}
