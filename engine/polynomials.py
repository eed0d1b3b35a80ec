"""Polynomials multiplied out: sums of products of powers, like terms taken together, exactly.

A letter is any part that varies or cannot be a rational number (x, h, π, ln 2), so that 2π(x + h)² is a
polynomial too. What would grow beyond the limits, or is none, is None.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from engine.algebra import ONE, ZERO, is_zero, multiply, power, scaled
from engine.constants import exact_value, is_small
from engine.nodes import (
    Difference,
    Negation,
    Node,
    Number,
    Power,
    Product,
    Quotient,
    Rational,
    Sum,
    Variable,
    fold,
    walk,
)
from engine.notation import to_text

MOST_TERMS = 40
HIGHEST_POWER = 12

Powers: TypeAlias = tuple[tuple[Node, int], ...]
"""The letters of a term with their exponents, by the letters' names."""

Polynomial: TypeAlias = dict[Powers, Rational]
"""Powers → coefficient, none of them 0. The empty polynomial is 0."""


def polynomial(node: Node, loose: bool = False) -> Polynomial | None:
    """The formula multiplied out; None if it is no polynomial, or too large a one.

    loose: what is no polynomial (e^x, sin x, a quotient) counts as a letter of its own.

    >>> from engine.expression import parse
    >>> to_text(from_polynomial(polynomial(parse("(x - 2)(x + 3)"))))
    'x^2 + x - 6'
    """
    return fold(node, lambda part, below: _visit(part, below, loose))


def from_polynomial(
    terms: Mapping[Powers, Rational], order: Sequence[str] = (), decimal: bool = False
) -> Node:
    """The formula of a polynomial. Terms stand by falling powers; those in `order` rise, and stand last.

    decimal: coefficients that are not whole are written as decimals.

    >>> from engine.expression import parse
    >>> to_text(from_polynomial(polynomial(parse("(x + h)^2", ["x", "h"])), ("h",)))
    'x^2 + 2*x*h + h^2'
    """
    total: Node = ZERO
    for powers in sorted(terms, key=lambda powers: _place(powers, order)):
        coefficient = terms[powers]
        size = Number(max(coefficient, -coefficient), decimal and coefficient.denominator != 1)
        term = scaled(size, _monomial(powers, order))
        if is_zero(total):
            total = Negation(term) if coefficient < 0 else term
        else:
            total = Difference(total, term) if coefficient < 0 else Sum(total, term)
    return total


def without(terms: Mapping[Powers, Rational], name: str) -> Polynomial | None:
    """The polynomial divided by the variable `name`; None where a term lacks it.

    >>> from engine.expression import parse
    >>> to_text(from_polynomial(without(polynomial(parse("3x^2 - x")), "x")))
    '3*x - 1'
    """
    letter = Variable(name)
    divided: Polynomial = {}
    for powers, coefficient in terms.items():
        exponents = dict(powers)
        if letter not in exponents:
            return None
        exponents[letter] -= 1
        divided[_sorted(exponents)] = coefficient
    return divided


def added(one: Mapping[Powers, Rational], other: Mapping[Powers, Rational], sign: int = 1) -> Polynomial:
    """one + other, or with sign −1 their difference; like terms taken together."""
    total = dict(one)
    for powers, coefficient in other.items():
        total[powers] = total.get(powers, 0) + sign * coefficient
    return {powers: coefficient for powers, coefficient in total.items() if coefficient}


def has_decimals(node: Node) -> bool:
    """Whether some number in the formula was written as a decimal."""
    return any(isinstance(part, Number) and part.decimal for part in walk(node))


def _visit(node: Node, below: tuple[Polynomial | None, ...], loose: bool) -> Polynomial | None:
    found = _multiplied_out(node, below)
    return {((node, 1),): 1} if found is None and loose else found


def _multiplied_out(node: Node, below: tuple[Polynomial | None, ...]) -> Polynomial | None:
    value = exact_value(node)
    if value is not None:
        return {(): value} if value and is_small(value) else {} if not value else None
    if isinstance(node, Variable) or not node.variables:
        return {((node, 1),): 1}
    if any(part is None for part in below):
        return _by_number(node, below)
    parts = [part for part in below if part is not None]
    match node:
        case Negation():
            return added({}, parts[0], -1)
        case Sum():
            return _limited(added(parts[0], parts[1]))
        case Difference():
            return _limited(added(parts[0], parts[1], -1))
        case Product():
            return _product(parts[0], parts[1])
        case Quotient():
            return _by_number(node, below)
        case Power():
            return _raised(parts[0], node.exponent)
    return None


def _by_number(node: Node, below: tuple[Polynomial | None, ...]) -> Polynomial | None:
    """A quotient by a number other than 0; anything else is no polynomial."""
    if not isinstance(node, Quotient) or below[0] is None:
        return None
    divisor = exact_value(node.denominator)
    if not divisor:
        return None
    return {powers: Fraction(coefficient) / divisor for powers, coefficient in below[0].items()}


def _raised(base: Polynomial, exponent: Node) -> Polynomial | None:
    times = exact_value(exponent)
    if times is None or times.denominator != 1 or not 0 <= times <= HIGHEST_POWER:
        return None
    result: Polynomial | None = {(): 1}
    for _ in range(int(times)):
        result = _product(result, base) if result is not None else None
    return result


def _product(one: Polynomial, other: Polynomial) -> Polynomial | None:
    if len(one) * len(other) > MOST_TERMS**2:
        return None
    total: Polynomial = {}
    for powers, coefficient in one.items():
        for others, factor in other.items():
            exponents = dict(powers)
            for letter, exponent in others:
                exponents[letter] = exponents.get(letter, 0) + exponent
            key = _sorted(exponents)
            total[key] = total.get(key, 0) + coefficient * factor
    return _limited({powers: coefficient for powers, coefficient in total.items() if coefficient})


def _limited(terms: Polynomial) -> Polynomial | None:
    small = all(is_small(coefficient) for coefficient in terms.values())
    low = all(sum(exponent for _, exponent in powers) <= 2 * HIGHEST_POWER for powers in terms)
    return terms if small and low and len(terms) <= MOST_TERMS else None


def _sorted(exponents: Mapping[Node, int]) -> Powers:
    found = ((letter, exponent) for letter, exponent in exponents.items() if exponent)
    return tuple(sorted(found, key=lambda pair: to_text(pair[0])))


def _place(powers: Powers, order: Sequence[str]) -> tuple[object, ...]:
    exponents = {to_text(letter): exponent for letter, exponent in powers if letter.variables}
    rising = tuple(exponents.get(name, 0) for name in order)
    others = {name: exponent for name, exponent in exponents.items() if name not in order}
    return (*rising, -sum(others.values()), sorted((name, -exponent) for name, exponent in others.items()))


def _monomial(powers: Powers, order: Sequence[str]) -> Node:
    """Constants, then letters by name, then those of `order`."""

    def place(pair: tuple[Node, int]) -> tuple[object, ...]:
        name = to_text(pair[0])
        return bool(pair[0].variables), name in order, name

    factors: Iterable[Node] = (power(letter, Number(n)) for letter, n in sorted(powers, key=place))
    product: Node = ONE
    for factor in factors:
        product = multiply(product, factor)
    return product
