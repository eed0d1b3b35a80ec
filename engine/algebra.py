"""Building formulas the way one would on paper: 0 + u is u, 1·u is u, and numbers are added exactly.

The rules of differentiation use these, so that (3x² − 4x)′ comes out as 6x − 4. A formula that a learner
typed is never passed through here: it stays as it was typed.
"""

from __future__ import annotations

from fractions import Fraction

from engine.constants import exact_power, is_small
from engine.nodes import (
    Call,
    Derivative,
    Difference,
    Negation,
    Node,
    Number,
    Piecewise,
    Power,
    Product,
    Quotient,
    Rational,
    Sum,
    Variable,
)

MAX_FACTORS = 12
"""A product of more factors is left as it is."""
MAX_TERMS = 12
"""A sum of more terms is left as it is."""
ZERO = Number(0)
ONE = Number(1)
TWO = Number(2)


def number(value: float | Rational) -> Number:
    """An exact number; a float is the decimal that it is written as.

    >>> number(0.1).value
    Fraction(1, 10)
    """
    if isinstance(value, float):
        # repr gives the shortest decimal that is this float: the number that a person meant.
        return Number(Fraction(repr(value)), not value.is_integer())
    return Number(value)


def is_zero(node: Node) -> bool:
    """Whether this is the number 0."""
    return isinstance(node, Number) and node.value == 0


def is_one(node: Node) -> bool:
    """Whether this is the number 1."""
    return isinstance(node, Number) and node.value == 1


def _exact(value: Rational, a: Number, b: Number) -> Number | None:
    """The number, written as a decimal if a part was one; None if it has grown too large."""
    return Number(value, a.decimal or b.decimal) if is_small(value) else None


def _ratio(a: Number, b: Number) -> Number | None:
    return _exact(Fraction(a.value) / b.value, a, b)


def coefficient(node: Node) -> tuple[Number, Node]:
    """The number in front and what remains: −3x is (−3, x), x is (1, x), 5 is (5, 1)."""
    factor, factors = _factors(node)
    return factor, _joined(factors)


def _factors(node: Node) -> tuple[Number, list[Node]]:
    """A product as its number and its other factors, signs and nested products undone."""
    number_in_front: Rational = 1
    decimal, factors = False, []
    pending = [node]
    while pending:
        part = pending.pop()
        if isinstance(part, Product):
            pending += [part.right, part.left]
        elif isinstance(part, Negation):
            number_in_front = -number_in_front
            pending.append(part.operand)
        elif (exact := _written_number(part)) and is_small(number_in_front * exact.value):
            number_in_front *= exact.value
            decimal |= exact.decimal
        else:
            factors.append(part)
        if len(factors) + len(pending) > MAX_FACTORS:
            return ONE, [node]
    return Number(number_in_front, decimal), factors


def _written_number(node: Node) -> Number | None:
    """A number, or a quotient of two whole ones."""
    if isinstance(node, Number):
        return node
    match node:
        case Quotient(Number() as top, Number() as bottom) if bottom.value:
            return _ratio(top, bottom)
    return None


def _joined(factors: list[Node]) -> Node:
    if not factors:
        return ONE
    product = factors[0]
    for factor in factors[1:]:
        product = Product(product, factor)
    return product


def _whole_power(node: Node) -> tuple[Node, int]:
    """u^n as (u, n) where n is a positive whole number; anything else as (itself, 1)."""
    if isinstance(node, Power) and isinstance(node.exponent, Number):
        exponent = node.exponent.value
        if isinstance(exponent, int) and exponent > 0:
            return node.base, exponent
    return node, 1


def _collected(factors: list[Node]) -> dict[Node, int]:
    """Base to exponent, each base once: x·x² is {x: 3}."""
    exponents: dict[Node, int] = {}
    for factor in factors:
        base, exponent = _whole_power(factor)
        exponents[base] = exponents.get(base, 0) + exponent
    return exponents


def _rank(factor: Node) -> int:
    """Where a factor stands in a product: constants, letters, brackets, functions, as in 2πx(x+1)sin x."""
    base, _ = _whole_power(factor)
    if not factor.variables:
        return 0
    if isinstance(base, Variable) or (isinstance(base, Power) and isinstance(base.exponent, Number)):
        return 1
    return 3 if isinstance(base, (Call, Derivative, Power, Piecewise)) else 2


def _ordered(exponents: dict[Node, int]) -> list[Node]:
    return sorted((power(base, Number(exponent)) for base, exponent in exponents.items()), key=_rank)


def scaled(factor: Number, rest: Node) -> Node:
    """factor · rest, with a minus sign in front where the factor is negative."""
    if is_zero(factor):
        return ZERO
    if is_one(rest):
        return factor
    if factor.value < 0:
        return Negation(scaled(Number(-factor.value, factor.decimal), rest))
    if is_one(factor):
        return rest
    if factor.value.numerator == 1 and factor.value.denominator > 1 and not factor.decimal:
        return Quotient(rest, Number(factor.value.denominator))  # u/3 rather than (1/3)·u
    return _joined([factor, *_spine(rest)])


def _spine(node: Node) -> list[Node]:
    factors: list[Node] = []
    while isinstance(node, Product):
        factors.append(node.right)
        node = node.left
    return [node, *reversed(factors)]


def _terms(node: Node) -> list[tuple[Number, Node]]:
    """A sum as its terms, each a number in front and what remains; differences and brackets undone."""
    terms: list[tuple[Number, Node]] = []
    pending = [(node, 1)]
    while pending:
        part, sign = pending.pop()
        if isinstance(part, (Sum, Difference)):
            pending += [(part.right, -sign if isinstance(part, Difference) else sign), (part.left, sign)]
        elif isinstance(part, Negation):
            pending.append((part.operand, -sign))
        else:
            factor, rest = coefficient(part)
            terms.append((Number(sign * factor.value, factor.decimal), rest))
        if len(terms) + len(pending) > MAX_TERMS:
            return [(ONE, node)]
    return terms


def add(left: Node, right: Node) -> Node:
    """u + v, with like terms taken together.

    >>> x = Variable("x")
    >>> add(x, ZERO) is x, add(x, x) is Product(TWO, x)
    (True, True)
    """
    if is_zero(left):
        return right
    if is_zero(right):
        return left
    factors: dict[Node, Number] = {}
    terms = _terms(left) + _terms(right)
    for factor, rest in terms:
        before = factors.get(rest, ZERO)
        total = _exact(before.value + factor.value, before, factor)
        if total is None or len(terms) > 2 * MAX_TERMS:
            return Sum(left, right)
        factors[rest] = total
    total_sum: Node = ZERO
    for rest, factor in factors.items():
        total_sum = _plus(total_sum, factor, rest)
    return total_sum


def _plus(total: Node, factor: Number, rest: Node) -> Node:
    if is_zero(factor):
        return total
    if is_zero(total):
        return scaled(factor, rest)
    if factor.value < 0:
        return Difference(total, scaled(Number(-factor.value, factor.decimal), rest))
    return Sum(total, scaled(factor, rest))


def subtract(left: Node, right: Node) -> Node:
    """u − v."""
    return add(left, negate(right))


def negate(node: Node) -> Node:
    """−u."""
    if isinstance(node, Difference):
        return subtract(node.right, node.left)
    if isinstance(node, Quotient) and not isinstance(node.numerator, Number):
        return Negation(node)
    factor, rest = coefficient(node)
    return scaled(Number(-factor.value, factor.decimal), rest)


def multiply(left: Node, right: Node) -> Node:
    """u · v: the number in front, equal factors as a power, quotients under one line.

    >>> x = Variable("x")
    >>> multiply(Product(TWO, x), x) is Product(TWO, Power(x, TWO))
    True
    """
    if is_zero(left) or is_zero(right):
        return ZERO
    a, first = _factors(left)
    b, second = _factors(right)
    factor = _exact(a.value * b.value, a, b)
    if factor is None or len(first) + len(second) > MAX_FACTORS:
        return Product(left, right)
    factors = first + second
    for quotient in factors:
        if isinstance(quotient, Quotient):
            rest = [part for part in factors if part is not quotient]
            rest += [quotient] * (factors.count(quotient) - 1)
            numerator = multiply(scaled(factor, _joined(rest)), quotient.numerator)
            return divide(numerator, quotient.denominator)
    return scaled(factor, _joined(_ordered(_collected(factors))))


def divide(numerator: Node, denominator: Node) -> Node:
    """u / v, with what stands above and below cancelled; a double fraction becomes a simple one.

    >>> x = Variable("x")
    >>> divide(Product(TWO, x), Power(x, TWO)) is Quotient(TWO, x)
    True
    """
    if is_zero(denominator):
        return Quotient(numerator, denominator)
    if is_zero(numerator):
        return ZERO
    if isinstance(numerator, Negation):
        return negate(divide(numerator.operand, denominator))
    if isinstance(numerator, Quotient):
        return divide(numerator.numerator, multiply(numerator.denominator, denominator))
    if isinstance(denominator, Quotient):
        return divide(multiply(numerator, denominator.denominator), denominator.numerator)
    a, above = _factors(numerator)
    b, below = _factors(denominator)
    ratio = _ratio(a, b)
    if ratio is None:
        return Quotient(numerator, denominator)
    top, bottom = _cancelled(_collected(above), _collected(below))
    return _fraction(ratio, _joined(_ordered(top)), _joined(_ordered(bottom)))


def _cancelled(above: dict[Node, int], below: dict[Node, int]) -> tuple[dict[Node, int], dict[Node, int]]:
    common = {base: min(above[base], below[base]) for base in above if base in below}
    top = {base: exponent - common.get(base, 0) for base, exponent in above.items()}
    bottom = {base: exponent - common.get(base, 0) for base, exponent in below.items()}
    return {u: n for u, n in top.items() if n}, {u: n for u, n in bottom.items() if n}


def _fraction(ratio: Number, top: Node, bottom: Node) -> Node:
    if is_one(bottom):
        return scaled(ratio, top)
    if ratio.value < 0:
        return Negation(_fraction(Number(-ratio.value, ratio.decimal), top, bottom))
    if ratio.decimal:
        return Quotient(scaled(ratio, top), bottom)
    numerator, denominator = Number(ratio.value.numerator), Number(ratio.value.denominator)
    return Quotient(scaled(numerator, top), scaled(denominator, bottom))


def power(base: Node, exponent: Node) -> Node:
    """u ^ v; u⁰ is 1, u¹ is u, (u²)³ is u⁶ and (2u)³ is 8u³."""
    if is_zero(exponent):
        return ONE
    if is_one(exponent):
        return base
    if not isinstance(exponent, Number):
        return Power(base, exponent)
    if isinstance(base, Number):
        value = exact_power(base.value, exponent.value)
        return Power(base, exponent) if value is None else Number(value, base.decimal)
    if isinstance(exponent.value, int) and exponent.value > 0:
        inner, times = _whole_power(base)
        if times != 1:
            return Power(inner, Number(times * exponent.value))
        if isinstance(base, (Product, Negation)):
            factor, factors = _factors(base)
            raised = exact_power(factor.value, exponent.value)
            if raised is not None and not is_one(factor):
                rest = power(_joined(factors), exponent)
                return scaled(Number(raised, factor.decimal), rest)
    return Power(base, exponent)


def call(name: str, *arguments: Node) -> Node:
    """A function of nodes."""
    return Call(name, arguments)
