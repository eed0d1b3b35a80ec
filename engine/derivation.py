"""Worked steps: a formula differentiated line by line, the rule named at each place.

`derive` gives the lines. By rules, a line is the whole formula with what still has to be differentiated
written as (…)′, and each line applies one rule at one place, depth first: the lines are a tree, told by their
`depth`. From first principles, a line is the difference quotient on its way to its limit; see
`engine.first_principles`. The rules are those of `engine.rules`, which also draw the slopes.

Every line is compared with the one before at random points (`engine.substitution`): a derivation ends before
a line that does not hold, and says so.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Literal

from engine import rules
from engine.algebra import ONE, ZERO, call, divide, multiply, negate
from engine.errors import FormulaError, LimitError
from engine.first_principles import Stage, difference_quotient
from engine.nodes import (
    Call,
    Derivative,
    Difference,
    Emphasis,
    Negation,
    Node,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
    fold,
)
from engine.notation import to_latex, to_text, variable_latex
from engine.polynomials import from_polynomial, has_decimals, polynomial
from engine.rules import Rule, rule_for
from engine.substitution import first_false_line
from engine.text import Text
from engine.worked_lines import Derivation, Line

Method = Literal["rules", "first-principles"]
Detail = Literal["every", "brief"]

LONGEST_FORMULA = 300
"""Parts of a formula that is worked line by line."""

MOST_LINES = 60
"""Lines of one derivation; a formula that needs more is worked briefly, or else refused."""

MOST_PARTS = 6000
"""Parts of all its lines together: forty lines of a page each help nobody, and take seconds."""

_START = Text("what is asked")
_TIDY = Text("tidy up")
_WHOLE_AT_ONCE = (rules.PIECEWISE, rules.MAXIMUM, rules.MINIMUM, rules.JUMP, rules.UNDEFINED)
_KEEPS_INNER_LETTER = (
    rules.SUM, rules.DIFFERENCE, rules.NEGATION, rules.CONSTANT_MULTIPLE, rules.CONSTANT_DIVISOR,
    rules.PRODUCT, rules.QUOTIENT,
)  # fmt: skip


@lru_cache(maxsize=128)
def derive(node: Node, variable: str = "x", method: Method = "rules", detail: Detail = "every") -> Derivation:
    """The derivative of a formula, worked line by line.

    Raises LimitError for a formula that is too long, and FormulaError where first principles do not lead to
    the limit: they do for polynomials, square roots of them, and quotients of polynomials.

    >>> from engine.expression import parse
    >>> [line.text() for line in derive(parse("x^2 sin x"), detail="brief").lines]
    ["(x^2*sin(x))'", '2*x*sin(x) + x^2*cos(x)']
    """
    if node.size > LONGEST_FORMULA:
        raise LimitError(
            Text("This formula is too long to be worked line by line."), Text("Try a shorter one first.")
        )
    if method == "first-principles":
        return _by_limit(node, variable, detail)
    lines = _by_rules(node, variable, detail)
    drawn_together = detail == "every" and lines is None
    if lines is None:
        lines = _by_rules(node, variable, "brief")
    if lines is None:
        raise LimitError(
            Text("This derivative takes too many lines to be worked one by one."),
            Text("Try a shorter formula first."),
        )
    return _checked(Derivation(node, variable, lines, lines[-1].formula, drawn_together))


def tidied(node: Node) -> Node:
    """A derivative as one would leave it: products of sums multiplied out where that makes it shorter.

    >>> from engine.expression import parse
    >>> to_text(tidied(parse("(2x*(x + 1) - x^2)/(x + 1)^2")))
    '(x^2 + 2*x)/(x + 1)^2'
    """
    match node:
        case Negation(operand):
            return negate(tidied(operand))
        case Quotient(numerator, denominator):
            above = _multiplied_out(numerator)
            return divide(above, denominator)
    return _multiplied_out(node)


def _multiplied_out(node: Node) -> Node:
    terms = polynomial(node, loose=True)
    if terms is None:
        return node
    expanded = from_polynomial(terms, decimal=has_decimals(node))
    return expanded if expanded.size < node.size else node


# -- by rules ---------------------------------------------------------------------------------------------


class _Places:
    """Hands out the places that are still to be differentiated, each with a number of its own."""

    def __init__(self, variable: str, detail: Detail) -> None:
        self.variable = variable
        self.detail = detail
        self.count = 0

    def new(self, node: Node) -> Derivative:
        self.count += 1
        return Derivative(node, self.count)

    def applied(self, rule: Rule, node: Node) -> tuple[Node, list[Derivative]]:
        """What `rule` makes of (node)′, and the places that it leaves."""
        made: dict[Node, Derivative] = {}

        def derivative_of(part: Node) -> Node:
            if rule in (rules.SUM, rules.DIFFERENCE) and isinstance(part, (Sum, Difference)):
                return rule_for(part, self.variable).apply(part, derivative_of)  # all terms at once
            known = self._known(rule, part)
            if known is not None:
                return known
            if part not in made:
                made[part] = self.new(part)
            return made[part]

        if rule in _WHOLE_AT_ONCE:
            return rules.derivative(node, self.variable), []
        return rule.apply(node, derivative_of), list(made.values())

    def _known(self, rule: Rule, part: Node) -> Node | None:
        """The derivative of a part that needs no line of its own."""
        if self.variable not in part.variables:
            separate = rule in (rules.SUM, rules.DIFFERENCE) and self.detail == "every"
            return None if separate else ZERO
        if isinstance(part, Variable):
            return None if rule in _KEEPS_INNER_LETTER and self.detail == "every" else ONE
        if self.detail == "brief" and _is_basic(part, self.variable):
            return rules.derivative(part, self.variable)
        return None


def _is_basic(node: Node, variable: str) -> bool:
    """Multiples of powers of x, of functions of x and of exponentials, and their sums: known at sight."""
    while True:
        match node:
            case Sum(left, right) | Difference(left, right):
                if not _is_basic(right, variable):
                    return False
                node = left
            case Negation(operand):
                node = operand
            case Product(left, right) if variable not in left.variables:
                node = right
            case Product(left, right) if variable not in right.variables:
                node = left
            case Quotient(numerator, denominator) if variable not in denominator.variables:
                node = numerator
            case _:
                break
    match node:
        case Variable():
            return True
        case Power(base, exponent) if variable not in exponent.variables:
            return isinstance(base, Variable)
        case Power(base, exponent) if variable not in base.variables:
            return isinstance(exponent, Variable)
        case Call(_, (argument,)):
            return isinstance(argument, Variable)
    return variable not in node.variables


def _by_rules(node: Node, variable: str, detail: Detail) -> tuple[Line, ...] | None:
    places = _Places(variable, detail)
    asked = places.new(node)
    lines = [_first_line(asked)]
    waiting: list[tuple[Derivative, int]] = [(asked, 0)]
    parts = 0
    while waiting:
        place, depth = waiting.pop()
        rule = rule_for(place.operand, variable)
        result, made = places.applied(rule, place.operand)
        lines.append(_line(lines[-1], depth, _named(rule, place.operand, variable), place, result))
        waiting += [(one, depth + 1) for one in reversed(made)]
        parts += result.size + lines[-1].formula.size
        if len(lines) > MOST_LINES or parts > MOST_PARTS:
            return None
    result = tidied(rules.derivative(node, variable))
    if to_text(result) != lines[-1].text():
        last = lines[-1].formula
        lines.append(_line(lines[-1], 0, (_TIDY, ""), last, result, whole=True))
    return tuple(lines)


def _first_line(asked: Derivative) -> Line:
    return Line(0, 0, _START, "", asked, asked, asked, asked, asked)


def _line(
    previous: Line, depth: int, named: tuple[Text, str], part: Node, result: Node, whole: bool = False
) -> Line:
    if whole:
        before, after, formula = _pointed_at(part), _pointed_at(result), result
    else:
        before = _replaced(previous.formula, part, Emphasis(part))
        after = _replaced(previous.formula, part, Emphasis(result))
        formula = _replaced(previous.formula, part, result)
    rule, statement = named
    return Line(previous.number + 1, depth, rule, statement, formula, part, result, before, after)


def _replaced(node: Node, part: Node, other: Node) -> Node:
    """The formula with `other` where `part` stands; nothing is worked out on the way."""

    def visit(here: Node, below: tuple[Node, ...]) -> Node:
        if here is part:
            return other
        return here if below == here.children else here.with_children(below)

    return fold(node, visit)


def _named(rule: Rule, node: Node, variable: str) -> tuple[Text, str]:
    """The rule's name and statement, as this place asks for them: sin x needs no inner derivative."""
    if rule is rules.CHAIN:
        assert isinstance(node, Call)
        plain = isinstance(node.arguments[0], Variable)
        return (Text("table of derivatives") if plain else rule.name), _outer_statement(node, variable, plain)
    if rule is rules.IDENTITY:
        return rule.name, f"({variable_latex(variable)})' = 1"
    if rule is rules.POWER and isinstance(node, Power):
        if isinstance(node.base, Variable):
            x = variable_latex(variable)
            return rule.name, rf"({x}^n)' = n {x}^{{n-1}}"
        return Text("power rule with the chain rule"), rule.statement
    if rule is rules.EXPONENTIAL and isinstance(node, Power):
        natural = to_text(node.base) == "e"
        plain = isinstance(node.exponent, Variable)
        v = variable_latex(variable) if plain else "v"
        inner = "" if plain else rf"\, {v}'"
        factor = "" if natural else r"\ln a\,"
        a = "e" if natural else "a"
        name = rule.name if plain else Text("exponential rule with the chain rule")
        return name, rf"({a}^{v})' = {a}^{v} {factor} {inner}".strip()
    return rule.name, rule.statement


def _outer_statement(node: Call, variable: str, plain: bool) -> str:
    u = Variable(variable if plain else "u")
    outer = rules.OUTER_DERIVATIVES[node.name](u)
    slope = outer if plain else multiply(outer, Derivative(u, 0))
    inner = to_latex(slope).replace(r"(u)'", "u'")
    return f"{to_latex(Derivative(call(node.name, u), 0))} = {inner}"


# -- from first principles --------------------------------------------------------------------------------


def _by_limit(node: Node, variable: str, detail: Detail) -> Derivation:
    h = "h" if variable != "h" else "k"
    stages = difference_quotient(node, variable, h)
    if stages is None:
        raise FormulaError(
            Text(
                "From first principles, the lines here lead to the limit for polynomials, for square roots "
                "of them and for their quotients."
            ),
            to_text(node),
            (0, 0),
            Text("Try x^3 - 2x, sqrt(x) or 1/x; or choose the rules."),
        )
    asked = Derivative(node, 1)
    lines = [_first_line(asked)]
    for stage in stages:
        if detail == "brief" and not stage.essential:
            continue
        if stage.formula is lines[-1].formula and stage.limit == lines[-1].limit:
            continue
        lines.append(_stage_line(lines[-1], stage))
    return _checked(Derivation(node, variable, tuple(lines), lines[-1].formula))


def _pointed_at(node: Node) -> Node:
    return Emphasis(node)


def _stage_line(previous: Line, stage: Stage) -> Line:
    part, result = previous.formula, stage.formula
    before, after = _pointed_at(part), _pointed_at(result)
    if isinstance(part, Quotient) and isinstance(result, Quotient) and part.denominator is result.denominator:
        part, result = part.numerator, result.numerator
        before = Quotient(Emphasis(part), stage.formula.children[1])
        after = Quotient(Emphasis(result), stage.formula.children[1])
    return Line(
        previous.number + 1, 0, stage.rule, stage.statement, stage.formula, part, result, before, after,
        stage.limit, previous.limit,
    )  # fmt: skip


# -- checking ---------------------------------------------------------------------------------------------


def _checked(derivation: Derivation) -> Derivation:
    """The derivation up to the first line that does not agree with the one before."""
    formulas = [line.formula for line in derivation.lines]
    false = first_false_line(formulas, derivation.variable, derivation.lines[1].limit)
    if false is None:
        return derivation
    fault = Text(
        "Line {number} does not hold at every point tried, so the lines end here.", {"number": false}
    )
    kept = derivation.lines[:false]
    return replace(derivation, lines=kept, fault=fault)
