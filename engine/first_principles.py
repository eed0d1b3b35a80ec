"""The difference quotient worked to its limit, line by line, as on paper.

(f(x + h) − f(x)) / h for a polynomial f is multiplied out until an h can be cancelled; a root is first
multiplied by its conjugate, a quotient of polynomials first brought over one line.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from engine.algebra import ONE, TWO, ZERO, call, coefficient, divide, is_one, multiply, power
from engine.constants import exact_value
from engine.nodes import (
    Call,
    Difference,
    Negation,
    Node,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
    substitute,
)
from engine.notation import variable_latex
from engine.polynomials import Polynomial, added, from_polynomial, has_decimals, polynomial, without
from engine.text import Text


class Stage(NamedTuple):
    """One line: what was done, its rule as LaTeX, the formula under the limit, and what goes to 0 in it.

    essential: a brief derivation shows it too. After the limit, `limit` is "".
    """

    rule: Text
    statement: str
    formula: Node
    limit: str
    essential: bool = True


class _Case(NamedTuple):
    """f here and at x + h, over what the numerator stands once it is a polynomial, and the stages to there.

    above: the polynomials whose difference the numerator is. below: what stands under it beside h.
    """

    above: tuple[Polynomial, Polynomial]
    below: Node
    below_at_limit: Node
    stages: tuple[Stage, ...]


def difference_quotient(f: Node, variable: str, h: str) -> list[Stage] | None:
    """The lines from the quotient to the derivative; None where they would not end.

    >>> from engine.expression import parse, to_text
    >>> [to_text(stage.formula) for stage in difference_quotient(parse("3x"), "x", "h")]
    ['(3*(x + h) - 3*x)/h', '(3*x + 3*h - 3*x)/h', '3*h/h', '3', '3']
    """
    case = _polynomial_case(f, variable, h) or _root_case(f, variable, h) or _quotient_case(f, variable, h)
    if case is None:
        return None
    return list(_to_the_limit(case, f, variable, h))


def _to_the_limit(case: _Case, f: Node, variable: str, h: str) -> Iterator[Stage]:
    step = Variable(h)
    decimal = has_decimals(f)
    over = step if is_one(case.below) else _beside(step, case.below)
    x = variable_latex(variable)
    yield Stage(
        Text("definition of the derivative"),
        rf"f'({x}) = \lim_{{{h} \to 0}} \frac{{f({x}+{h}) - f({x})}}{{{h}}}",
        Quotient(Difference(_moved(f, variable, h), f), step),
        h,
    )
    yield from case.stages
    there, here = case.above
    yield Stage(
        Text("multiply out"), "", Quotient(_term_by_term(there, here, h, decimal), over), h, essential=False
    )
    remaining = added(there, here, -1)
    numerator = from_polynomial(remaining, (h,), decimal)
    yield Stage(Text("take like terms together"), "", Quotient(numerator, over), h)
    if not remaining:
        yield Stage(Text("0 over h is 0"), rf"\frac{{0}}{{{h}}} = 0, \quad {h} \ne 0", ZERO, h)
        yield Stage(Text("let h go to 0"), rf"{h} \to 0", ZERO, "")
        return
    divided = without(remaining, h)
    assert divided is not None  # f(x + h) − f(x) is 0 at h = 0
    quotient = from_polynomial(divided, (h,), decimal)
    if len(divided) > 1:
        factored = Quotient(Product(step, quotient), over)
        yield Stage(Text("factor out h"), "", factored, h, essential=False)
    cancelled = quotient if is_one(case.below) else Quotient(quotient, case.below)
    yield Stage(
        Text("cancel h"), rf"\frac{{{h}\, a}}{{{h}\, b}} = \frac{{a}}{{b}}, \quad {h} \ne 0", cancelled, h
    )
    settled = {powers: c for powers, c in divided.items() if step not in dict(powers)}
    limit = divide(from_polynomial(settled, (), decimal), case.below_at_limit)
    yield Stage(Text("let h go to 0"), rf"{h} \to 0", limit, "")


def _beside(factor: Node, node: Node) -> Node:
    """factor · node, without a bracket about a product."""
    return (
        Product(_beside(factor, node.left), node.right)
        if isinstance(node, Product)
        else Product(factor, node)
    )


def _moved(node: Node, variable: str, h: str) -> Node:
    return substitute(node, {variable: Sum(Variable(variable), Variable(h))})


def _term_by_term(there: Polynomial, here: Polynomial, h: str, decimal: bool) -> Node:
    """What stands there, and then every term of what stands here with its sign turned."""
    total = from_polynomial(there, (h,), decimal)
    pending = [(from_polynomial(here, (h,), decimal), -1)]
    terms: list[tuple[Node, int]] = []
    while pending:
        node, sign = pending.pop()
        match node:
            case Sum(left, right):
                pending += [(right, sign), (left, sign)]
            case Difference(left, right):
                pending += [(right, -sign), (left, sign)]
            case Negation(operand):
                pending.append((operand, -sign))
            case _:
                terms.append((node, sign))
    for term, sign in terms:
        total = Sum(total, term) if sign > 0 else Difference(total, term)
    return total


def _polynomial_case(f: Node, variable: str, h: str) -> _Case | None:
    there, here = polynomial(_moved(f, variable, h)), polynomial(f)
    if there is None or here is None or not _is_in(here, variable):
        return None
    return _Case((there, here), ONE, ONE, ())


def _is_in(terms: Polynomial, variable: str) -> bool:
    """Whether the variable occurs in powers alone: to `polynomial`, sin 1 is a letter, and sin x none."""
    letters = {letter for powers in terms for letter, _ in powers if letter.variables}
    return letters <= {Variable(variable)}


def _root_case(f: Node, variable: str, h: str) -> _Case | None:
    """c √p, where p is a polynomial: multiplied above and below by √p(x+h) + √p(x)."""
    found = _scaled_core(f)
    if found is None:
        return None
    factor, core = found
    radicand = _radicand(core)
    if radicand is None:
        return None
    moved = _moved(radicand, variable, h)
    there, here = polynomial(Product(factor, moved)), polynomial(Product(factor, radicand))
    if there is None or here is None or not _is_in(here, variable):
        return None
    root, root_there = call("sqrt", radicand), call("sqrt", moved)
    conjugate = Sum(root_there, root)
    step = Variable(h)
    above = Product(Difference(multiply(factor, root_there), multiply(factor, root)), conjugate)
    multiplied = Stage(
        Text("multiply by the conjugate"),
        r"\left(\sqrt{a} - \sqrt{b}\right)\left(\sqrt{a} + \sqrt{b}\right) = a - b",
        Quotient(above, Product(step, conjugate)),
        h,
    )
    return _Case((there, here), conjugate, multiply(TWO, root), (multiplied,))


def _radicand(node: Node) -> Node | None:
    match node:
        case Call("sqrt", (inner,)):
            return inner
        case Power(base, exponent) if exact_value(exponent) == exact_value(Quotient(ONE, TWO)):
            return base
    return None


def _scaled_core(node: Node) -> tuple[Node, Node] | None:
    """A formula as a constant and what it multiplies."""
    factor, rest = coefficient(node)
    match rest:
        case Quotient(numerator, denominator) if not denominator.variables:
            inner, core = coefficient(numerator)
            return divide(multiply(factor, inner), denominator), core
        case Product(left, right) if not left.variables:
            return multiply(factor, left), right
    return factor, rest


def _quotient_case(f: Node, variable: str, h: str) -> _Case | None:
    """q / p, where both are polynomials: brought over one line first."""
    parts = _fraction(f)
    if parts is None:
        return None
    q, p = parts
    q_there, p_there = _moved(q, variable, h), _moved(p, variable, h)
    cross, own = multiply(q_there, p), multiply(q, p_there)
    there, here = polynomial(cross), polynomial(own)
    if there is None or here is None or not (_is_in(there, variable) or _is_in_both(there, variable, h)):
        return None
    below = Product(p_there, p)
    joined = Stage(
        Text("bring it over one denominator"),
        r"\frac{a}{b} - \frac{c}{d} = \frac{a d - c b}{b d}",
        Quotient(Difference(cross, own), _beside(Variable(h), below)),
        h,
    )
    return _Case((there, here), below, power(p, TWO), (joined,))


def _is_in_both(terms: Polynomial, variable: str, h: str) -> bool:
    letters = {letter for powers in terms for letter, _ in powers if letter.variables}
    return letters <= {Variable(variable), Variable(h)}


def _fraction(node: Node) -> tuple[Node, Node] | None:
    """Numerator and denominator of a quotient, a negative power, or a multiple of one."""
    match node:
        case Negation(operand):
            inner = _fraction(operand)
            return (Negation(inner[0]), inner[1]) if inner else None
        case Quotient(numerator, denominator) if denominator.variables:
            return numerator, denominator
        case Power(base, exponent):
            value = exact_value(exponent)
            if value is not None and value.denominator == 1 and value < 0:
                return ONE, power(base, Number(-value))
        case Product(left, right) if not left.variables:
            inner = _fraction(right)
            return (multiply(left, inner[0]), inner[1]) if inner else None
    return None
