"""Typed formulas: text to the one tree of nodes, and the tree to text, LaTeX and words again.

Nothing typed is ever compiled or evaluated as Python; `engine.tokens` reads the characters, `engine.parser`
the grammar. What a learner may type:

    2x, 3 sin x, x y        products without a sign bind like * and /, from left to right: 1/2x is x/2
    -x^2, 2^3^2, e^-x       −(x²), 2^(3²), e^(−x)
    sin 2x cos x            sin(2x)·cos x: a function without brackets takes the factors up to the next
                            bracket, sign or function; sin x^2 is sin(x²)
    sin^2 x, sin^-1 x       (sin x)², arcsin x
    log, log_2 x, log(x,b)  natural, base 2, base b
    |x|, x², √x, ½, π, θ    as on paper
    -x if x < 0 else x      also piecewise(x < 0, -x, x) and {x < 0: -x, x}; (x > 0)*x counts 1 or 0
    y = …, f(x) = …         a left side is understood and left out
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache

from engine.errors import FormulaError
from engine.nodes import Node, Variable, functions_of, substitute, variables_of, walk
from engine.notation import to_latex, to_text
from engine.parser import Parser
from engine.read_aloud import to_words
from engine.text import Text
from engine.tokens import MAX_LENGTH, MAX_NESTING, MAX_TOKENS, tokenize
from engine.vocabulary import GREEK, spelled

__all__ = [
    "MAX_LENGTH", "MAX_NESTING", "MAX_TOKENS", "functions_of", "names_in", "parse", "parse_condition",
    "parse_number", "substitute", "to_latex", "to_text", "to_words", "variables_of", "walk",
]  # fmt: skip

_LEFT_SIDE = re.compile(r"\s*(?:[A-Za-z]\s*(?:\([\w\s,]*\))?|[A-Za-z]['′]\([\w\s,]*\))\s*=(?!=)")


def parse(source: str, variables: Sequence[str] = ("x",)) -> Node:
    """The formula that a text describes, as it was typed: nothing is reordered or simplified.

    >>> to_text(parse("3x² − 4x"))
    '3*x^2 - 4*x'
    >>> parse("sin 2x cos x") is parse("sin(2*x)*cos(x)")
    True

    Raises FormulaError, whose `span` is the place of the mistake in `source`.
    """
    return _parse(source, tuple(variables), False)


def parse_condition(source: str, names: Sequence[str]) -> Node:
    """A condition over names, such as `abs(secant_slope - tangent_slope) < 0.01 and h > 0`.

    >>> to_text(parse_condition("0 < h <= 1 or not done", ["h", "done"]))
    '0 < h and h <= 1 or not done'
    """
    return _parse(source, tuple(names), True)


def parse_number(source: str, infinite: bool = False) -> float:
    """The number that a number field holds: `pi/2`, `1e-3`, `-2`, `2^10`, `sqrt(2)`.

    With `infinite`, `inf`, `-inf` and `∞` are numbers too.

    >>> parse_number("2^10"), parse_number("-1e-3"), parse_number("-inf", infinite=True)
    (1024.0, -0.001, -inf)
    """
    words = source.strip().replace("−", "-")
    if infinite and words.lstrip("+-") in ("inf", "infinity", "∞"):
        return -math.inf if words.startswith("-") else math.inf
    from engine.function import evaluate  # which stands on this module

    remedy = Text("Type a number, such as 0.5, 1e-3 or pi/2.")
    if not words:
        raise FormulaError(Text("There is no number yet."), source, (0, len(source)), remedy)
    value = evaluate(parse(source, ()))
    if not math.isfinite(value):
        what = Text("This has no value: it is undefined or too large.")
        raise FormulaError(what, source, (0, len(source)), remedy)
    return value


def names_in(source: str) -> tuple[str, ...]:
    """The variables that a text seems to speak of, in order of appearance: single letters, w1, x_0, θ.

    >>> names_in("w1 x + θ sin(2t) - e^pi")
    ('w1', 'x', 'theta', 't')
    """
    found: dict[str, None] = {}
    letters = [chr(code) for code in (*range(ord("a"), ord("z") + 1), *range(ord("A"), ord("Z") + 1))]
    single = tuple(letter for letter in letters if letter != "e") + tuple(
        name for name in GREEK.values() if name not in ("pi", "tau")
    )
    numbered = tuple(spelled(name) for name in re.findall(r"[A-Za-z]_?[0-9₀-₉]+", source[:MAX_LENGTH]))
    for token in tokenize(_without_left_side(source, ()), single + numbered):
        if isinstance(token.node, Variable):
            found[token.node.name] = None
    return tuple(found)


@lru_cache(maxsize=2048)
def _parse(source: str, variables: tuple[str, ...], condition: bool) -> Node:
    readable = source if condition else _without_left_side(source, variables)
    return Parser(source, tokenize(readable, variables), condition).parse()


def _without_left_side(source: str, variables: tuple[str, ...]) -> str:
    """`f(x) = x^2` with blanks for `f(x) =`, so that every place stays where it was."""
    found = _LEFT_SIDE.match(source[:MAX_LENGTH])
    if not found or found.group().strip(" =") in variables:
        return source
    return " " * found.end() + source[found.end() :]
