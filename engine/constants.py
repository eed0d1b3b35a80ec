"""What a formula without variables is worth: exactly where it is rational and small, else as a float."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from engine.nodes import (
    Constant,
    Difference,
    Negation,
    Node,
    Number,
    Power,
    Product,
    Quotient,
    Rational,
    Sum,
    fold,
)

MAX_BITS = 256
"""Exact numbers stay below this many binary digits; a larger result is left as the formula it is."""

CONSTANT_VALUES = {"pi": math.pi, "e": math.e, "tau": math.tau}
ARITHMETIC: Mapping[type[Node], Callable[..., Any]] = {
    Negation: operator.neg,
    Sum: operator.add,
    Difference: operator.sub,
    Product: operator.mul,
    Quotient: operator.truediv,
}
"""What the four operations and the sign do, to exact numbers, floats and SymPy's expressions alike."""


def is_small(value: Rational) -> bool:
    """Whether exact arithmetic goes on with this number."""
    return value.numerator.bit_length() + value.denominator.bit_length() <= MAX_BITS


def exact_power(base: Rational, exponent: Rational) -> Rational | None:
    """base^exponent, exactly, if it is rational and small: 9^9^9 is never worked out."""
    if exponent.denominator != 1 or (base == 0 and exponent < 0):
        return None
    bits = base.numerator.bit_length() + base.denominator.bit_length()
    if max(exponent, -exponent) * bits > MAX_BITS:
        return None
    return Fraction(base) ** int(exponent)


def exact_value(node: Node) -> Rational | None:
    """The rational number that a formula of numbers is, or None.

    >>> exact_value(Quotient(Number(1), Number(3)))
    Fraction(1, 3)
    """
    return None if node.variables else fold(node, _exact_step)


def _exact_step(node: Node, below: tuple[Rational | None, ...]) -> Rational | None:
    if isinstance(node, Number):
        return node.value
    if not below or any(value is None or not is_small(value) for value in below):
        return None
    values = [Fraction(value) for value in below if value is not None]
    if isinstance(node, Power):
        return exact_power(*values)
    operation = ARITHMETIC.get(type(node))
    try:
        return operation(*values) if operation else None
    except ZeroDivisionError:
        return None


def approximate(node: Node) -> float:
    """The value of a formula of numbers, constants and the four operations; NaN for anything else.

    >>> approximate(Power(Number(9), Number(9)))
    387420489.0
    """
    return fold(node, _approximate_step)


def _approximate_step(node: Node, below: tuple[float, ...]) -> float:
    operation = math.pow if isinstance(node, Power) else ARITHMETIC.get(type(node))
    try:
        if isinstance(node, Number):
            return float(node.value)
        if isinstance(node, Constant):
            return CONSTANT_VALUES[node.name]
        return operation(*below) if operation else math.nan
    except OverflowError:
        return math.inf
    except (ValueError, ZeroDivisionError):
        return math.nan
