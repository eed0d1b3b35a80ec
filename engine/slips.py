"""Which slip it was: the common mistakes of differentiating, made on purpose, one place at a time.

Each slip is a false rule of `engine.false_rules`. The derivative is worked out with the false
rule at one place of the formula (and with it wherever it can be made), and what comes out is compared with
what the learner gave. Nothing is guessed from the look of an answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

from engine import rules
from engine.answers import agrees
from engine.false_rules import SLIPS, Slip
from engine.function import compile_nodes
from engine.nodes import Node, walk
from engine.rules import rule_for
from engine.text import Text

MOST_SLIPPED = 80
"""False derivatives of one formula that are compared with an answer."""

LARGEST_FORMULA = 120
"""Parts of a formula whose slips are looked for."""

_WITNESSES = (0.37, 1.43, 2.71)
"""Where most false derivatives are seen to be another function, before the few that remain are compared."""


def diagnose(f: Node, given: Node, variable: str) -> Text | None:
    """What is said to a wrong derivative of `f`, if it comes from a known slip; None if it does not.

    >>> from engine.expression import parse
    >>> str(diagnose(parse("sin(x^2)"), parse("cos(x^2)"), "x"))
    'The inner derivative is missing: multiply by the derivative of what stands inside.'
    """
    if f.size > LARGEST_FORMULA or given.size > 4 * LARGEST_FORMULA:
        return None
    for say, slipped in _alike(f, given, variable):
        if agrees(slipped, given) is True:
            return say
    if agrees(f, rules.derivative(given, variable)) is True:
        return Text("That is an antiderivative: its derivative is the formula you began with.")
    return None


def slipped_derivatives(f: Node, variable: str) -> tuple[tuple[Text, Node], ...]:
    """The derivatives that single slips lead to, none of them equal to the true one by its form.

    >>> from engine.expression import parse, to_text
    >>> sorted({to_text(node) for _, node in slipped_derivatives(parse("x^3"), "x")})
    ['2*x^2', '3*x', '3*x^3', '3*x^4', 'x^2', 'x^3', 'x^4/4']
    """
    return _slipped(f, variable)


@lru_cache(maxsize=64)
def _slipped(f: Node, variable: str) -> tuple[tuple[Text, Node], ...]:
    true = rules.derivative(f, variable)
    found: dict[Node, Text] = {}
    for say, node in _candidates(f, variable):
        if node is not true:
            found.setdefault(node, say)
        if len(found) >= MOST_SLIPPED:
            break
    return tuple((say, node) for node, say in found.items())


def _candidates(f: Node, variable: str) -> Iterator[tuple[Text, Node]]:
    """One slip at one place, then one slip wherever it can be made, and the derivative not taken at all."""
    places = [part for part in walk(f) if variable in part.variables]
    for slip in SLIPS:
        able = [part for part in places if rule_for(part, variable) in slip.rules]
        for part in reversed(able):  # the outermost first: there a slip is made first
            yield slip.say, _derived(f, variable, slip, frozenset({part}))
        if len(able) > 1:
            yield slip.say, _derived(f, variable, slip, frozenset(able))
    yield Text("That is the formula itself, not yet its derivative."), f


def _derived(f: Node, variable: str, slip: Slip, places: frozenset[Node]) -> Node:
    known: dict[Node, Node] = {}
    for part in walk(f):
        made = slip.apply(part, known.__getitem__) if part in places else None
        known[part] = rule_for(part, variable).apply(part, known.__getitem__) if made is None else made
    return known[f]


def _alike(f: Node, given: Node, variable: str) -> Iterator[tuple[Text, Node]]:
    """The slipped derivatives that have the given values at a few points, the rest sorted out fast."""
    slipped = slipped_derivatives(f, variable)
    names = sorted(f.variables | given.variables | {variable})
    values = compile_nodes([given, *(node for _, node in slipped)], names, "float")
    points = [values(*(witness + 0.219 * place for place in range(len(names)))) for witness in _WITNESSES]
    for number, found in enumerate(slipped, start=1):
        if all(_near(point[0], point[number]) for point in points):
            yield found


def _near(one: float, other: float) -> bool:
    if not (math.isfinite(one) and math.isfinite(other)):
        return not (math.isfinite(one) or math.isfinite(other))
    return math.isclose(one, other, rel_tol=1e-7, abs_tol=1e-9)
