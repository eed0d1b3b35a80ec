"""The next line of a derivation as a learner gives it: the asked step, equal but another step, or wrong.

A line may hold what is still to be differentiated: `(x^2)' sin x + x^2 (sin x)'`, or `d/dx(x^2)`. Two lines
are one step apart or the same not by their values, which all lines share, but by their form: what is left to
differentiate, and, where nothing is, how the formula is put together up to the order of terms and factors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Literal, NamedTuple, TypeAlias

from engine.answers import agrees
from engine.errors import FormulaError
from engine.expression import MAX_LENGTH, parse
from engine.nodes import (
    Derivative,
    Difference,
    Emphasis,
    Negation,
    Node,
    Number,
    Product,
    Quotient,
    Sum,
    Variable,
    fold,
    substitute,
    walk,
)
from engine.notation import to_text
from engine.rules import derivative
from engine.slips import slipped_derivatives
from engine.text import Text
from engine.vocabulary import SPELLINGS
from engine.worked_lines import Derivation, Line

MOST_MARKS = 20
"""Derivative signs in one typed line."""

_PRIME = re.compile(r"['′’]")
_OPERATOR = re.compile(r"d\s*/\s*d([^\W\d_])\s*(?=[(\[])")
_LIMIT = re.compile(r"^\s*(?:=\s*)?lim(?:it)?\b[^(\[]*?(?:->|→|to)\s*0\s*(?:of\b)?[,:]?")


class LineVerdict(NamedTuple):
    """How a line was judged, and what is said to it where it is not the asked step."""

    outcome: Literal["right", "equal", "wrong"]
    say: Text | None = None


def read_line(source: str, variables: Sequence[str]) -> Node:
    """A typed line, with `Derivative` nodes where a prime or d/dx stands.

    Raises FormulaError as `parse` does.

    >>> to_text(read_line("(x^2)' sin x + x^2 d/dx(sin x)", ("x",)))
    "(x^2)'*sin(x) + x^2*(sin(x))'"
    """
    if len(source) > MAX_LENGTH:
        return parse(source, variables)  # which says so
    text = _LIMIT.sub("", source).lstrip().removeprefix("=").replace("[", "(").replace("]", ")")
    text = _with_primes(text)
    below: dict[str, Node] = {}
    while (prime := _PRIME.search(text)) is not None:
        if len(below) == MOST_MARKS:
            raise _unreadable(source, Text("There are more than {limit} derivatives.", {"limit": MOST_MARKS}))
        start = _primed_from(text, prime.start())
        if start is None:
            remedy = Text("Put brackets around what is differentiated: (x^2)'.")
            raise _unreadable(source, Text("It is not clear what this prime belongs to."), remedy)
        operand = substitute(parse(text[start : prime.start()], (*variables, *below)), below)
        name = f"q{len(below) + 101}"
        below[name] = Derivative(operand, len(below) + 1)
        text = f"{text[:start]} ({name}) {text[prime.end() :]}"
    return substitute(parse(text, (*variables, *below)), below)


def judge_line(derivation: Derivation, number: int, given: Node) -> LineVerdict:
    """How `given` is judged as line `number` of the derivation; `read_line` has read it."""
    line = derivation.lines[number]
    variable = derivation.variable
    if agrees(_closed(line.formula, variable), _closed(given, variable)) is not True:
        if line.limit and line.limit not in given.variables and agrees(derivation.result, given) is True:
            words = {"rule": line.rule}
            further = Text("That is the derivative already. The step asked for is: {rule}.", words)
            return LineVerdict("equal", further)
        return LineVerdict("wrong", _why_wrong(derivation, number, given))
    if _is_asked(line, given):
        return LineVerdict("right")
    return LineVerdict("equal", _which_line(derivation, number, given))


# -- reading ----------------------------------------------------------------------------------------------


def _with_primes(text: str) -> str:
    """`(u)'` for `d/dx(u)`."""
    while (found := _OPERATOR.search(text)) is not None:
        end = _partner(text, found.end(), 1)
        if end is None:
            return text  # the parser says which bracket is never closed
        text = f"{text[: found.start()]} {text[found.end() : end + 1]}'{text[end + 1 :]}"
    return text


def _primed_from(text: str, prime: int) -> int | None:
    """Where that begins which a prime stands behind: a bracket, with the function before it, or a letter."""
    stop = len(text[:prime].rstrip())
    if stop and text[stop - 1] == ")":
        start = _partner(text, stop - 1, -1)
        name = re.search(r"[A-Za-z]+\d*$", text[:start]) if start is not None else None
        return name.start() if name is not None and name.group() in SPELLINGS else start
    letter = re.search(r"[^\W\d_]\d*$", text[:stop])
    return letter.start() if letter is not None else None


def _partner(text: str, place: int, direction: int) -> int | None:
    """Where the bracket at `place` closes, looking forward, or opens, looking back."""
    depth = 0
    while 0 <= place < len(text):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth == 0:
            return place
        place += direction
    return None


def _unreadable(source: str, what: Text, remedy: Text | None = None) -> FormulaError:
    return FormulaError(what, source, (0, len(source)), remedy)


# -- judging ----------------------------------------------------------------------------------------------


def _closed(node: Node, variable: str) -> Node:
    """The line with everything differentiated: what it is worth."""

    def visit(part: Node, below: tuple[Node, ...]) -> Node:
        if isinstance(part, Derivative):
            return derivative(below[0], variable)
        if isinstance(part, Emphasis):
            return below[0]
        return part if below == part.children else part.with_children(below)

    return fold(node, visit)


def _left(node: Node) -> list[Node]:
    """What is still to be differentiated."""
    return [part.operand for part in walk(node) if isinstance(part, Derivative)]


def _is_asked(line: Line, given: Node) -> bool:
    """Whether `given`, which has the line's value, is the line: the same is left, or the form is the same."""
    if _form(given) == _form(line.formula):
        return True
    asked, left = _left(line.formula), _left(given)
    if not asked or len(asked) != len(left):
        return False
    for operand in left:
        match = next((one for one in asked if _form(one) == _form(operand) or agrees(one, operand)), None)
        if match is None:
            return False
        asked.remove(match)
    return True


def _which_line(derivation: Derivation, number: int, given: Node) -> Text:
    """What is said to a line that is equal, but not the asked step."""
    line = derivation.lines[number]
    values = {"rule": line.rule}
    if _form(given) == _form(derivation.lines[number - 1].formula):
        return Text("That is the line before once more. The step asked for is: {rule}.", values)
    for later in derivation.lines[number + 1 :]:
        if _is_asked(later, given):
            words = {**values, "number": later.number}
            return Text("That is right, and further on: line {number}. The step asked for is: {rule}.", words)
    return Text("That is equal, but not the step asked for: {rule}.", values)


def _why_wrong(derivation: Derivation, number: int, given: Node) -> Text | None:
    """The slip that leads to a false line, if it is a known one."""
    line, before = derivation.lines[number], derivation.lines[number - 1]
    variable = derivation.variable
    if line.limit or before.limit:
        return _why_wrong_quotient(derivation, number, given)
    if not isinstance(line.part, Derivative):
        return None
    value = _closed(given, variable)
    for say, slipped in slipped_derivatives(line.part.operand, variable):
        false = _closed(_replaced(before.formula, line.part, slipped), variable)
        if agrees(false, value) is True:
            return say
    return None


def _why_wrong_quotient(derivation: Derivation, number: int, given: Node) -> Text | None:
    line, before = derivation.lines[number], derivation.lines[number - 1]
    h = line.limit or before.limit
    if not line.limit and h in given.variables:
        return Text("There is still an {h} in it: let it go to 0.", {"h": h})
    step = Variable(h)
    if agrees(Product(line.formula, step), given) is True:
        return Text("The {h} below is missing: all of it stands over {h}.", {"h": h})
    x = Variable(derivation.variable)
    there, here = (substitute(derivation.formula, {x.name: place}) for place in (Sum(x, step), x))
    slips = (
        (Difference(Sum(here, substitute(here, {x.name: step})), here), _MIDDLE_TERM),
        (_sign_lost(there, here), Text("f(x) is taken away whole: every term of it changes its sign.")),
        (
            Difference(Sum(here, step), here),
            Text("f(x + h) is f with x + h put in for every x, not f(x) + h."),
        ),
    )
    for numerator, say in slips:
        if agrees(Quotient(numerator, step), given) is True:
            return say
    return None


def _sign_lost(there: Node, here: Node) -> Node:
    """f(x + h) − f(x) without the bracket about f(x): its later terms keep their signs."""
    match here:
        case Sum(left, right):
            return Sum(_sign_lost(there, left), right)
        case Difference(left, right):
            return Difference(_sign_lost(there, left), right)
    return Difference(there, here)


_MIDDLE_TERM = Text("A power of a sum has terms in between: (x + h)² is x² + 2xh + h².")


def _replaced(node: Node, part: Node, other: Node) -> Node:
    def visit(here: Node, below: tuple[Node, ...]) -> Node:
        if here is part:
            return other
        return here if below == here.children else here.with_children(below)

    return fold(node, visit)


# -- the form of a formula, up to the order of terms and factors --------------------------------------------


Form: TypeAlias = tuple[Any, ...]


def _form(node: Node) -> Form:
    """Equal for formulas that differ in the order of terms and factors and in brackets alone."""
    return fold(node, _form_step)


def _form_step(node: Node, below: tuple[Form, ...]) -> Form:
    match node:
        case Number(value):
            size = ("number", Fraction(max(value, -value)))
            return size if value >= 0 else _sum([(-1, size)])
        case Negation():
            return _sum(_terms(below[0], -1))
        case Sum():
            return _sum([*_terms(below[0]), *_terms(below[1])])
        case Difference():
            return _sum([*_terms(below[0]), *_terms(below[1], -1)])
        case Product():
            (one, left), (other, right) = map(_signed, below)
            factors = [*_factors(left), *_factors(right)]
            return _sum([(one * other, ("product", *sorted(factors, key=repr)))])
        case Quotient():
            sign, above = _signed(below[0])
            return _sum([(sign, ("quotient", above, below[1]))])
        case Derivative():
            return ("derivative", below[0])
        case Emphasis():
            return below[0]
    if not node.children:
        return ("letter", to_text(node))
    return (type(node).__name__, getattr(node, "name", getattr(node, "operator", "")), *below)


def _terms(form: Form, sign: int = 1) -> list[tuple[int, Form]]:
    terms = form[1:] if form[0] == "sum" else ((1, form),)
    return [(sign * own, term) for own, term in terms]


def _sum(terms: list[tuple[int, Form]]) -> Form:
    if len(terms) == 1 and terms[0][0] == 1:
        return terms[0][1]
    return ("sum", *sorted(terms, key=repr))


def _signed(form: Form) -> tuple[int, Form]:
    """A lone term with a minus sign as its sign and what remains."""
    if form[0] == "sum" and len(form) == 2:
        sign, term = form[1]
        return sign, term
    return 1, form


def _factors(form: Form) -> list[Form]:
    return list(form[1:]) if form[0] == "product" else [form]
