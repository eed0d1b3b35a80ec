"""An exercise with other numbers: what *Try another* makes of its `vary`, the same for everybody.

    vary = { a = [2, 3, 5], n = [2, 3] }       six variants; the first takes the first number of each list
    derivative_of = "a x^n"                    the answer, computed; {formula} in words is 2x², 3x², …

An exercise is authored once, over names; `posed` puts numbers in their place, in words and formulas alike.
"""

from __future__ import annotations

import itertools
import re
import zlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from engine.algebra import add, divide, multiply, negate, power, subtract
from engine.expression import parse, to_latex, to_text
from engine.lessons.lesson import Exercise, ExpressionExercise, NumberExercise, WrongAnswer
from engine.lessons.prose import FIELD
from engine.nodes import (
    Difference,
    Negation,
    Node,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
    fold,
    substitute,
)
from engine.rules import derivative

ExerciseT = TypeVar("ExerciseT", bound=Exercise)

MOST_VARIANTS = 1_000
FORMULA = "formula"
"""The name that stands in words for the formula an exercise speaks of."""

_LOOK_AHEAD = 24
_DOLLARS = re.compile(r"((?<!\\)\$\$?)")
_ON_PAPER: Mapping[type[Node], Callable[..., Node]] = {
    Sum: add,
    Difference: subtract,
    Product: multiply,
    Quotient: divide,
    Power: power,
    Negation: negate,
}


def variant_count(exercise: Exercise) -> int:
    """How many variants the exercise has; 1 if it does not vary."""
    count = 1
    for values in exercise.vary.values():
        count *= len(values)
    return min(count, MOST_VARIANTS)


def names_in_words(exercise: Exercise) -> frozenset[str]:
    """What `{…}` in the exercise's words may name besides readouts."""
    spoken = {FORMULA} if _subject(exercise) else set()
    return frozenset({*exercise.vary, *spoken})


@lru_cache(maxsize=512)
def posed(exercise: ExerciseT, variant: int) -> ExerciseT:
    """The exercise with the numbers of this variant, its answer computed where it is a derivative.

    Variants follow one another in an order that looks shuffled and is the same everywhere; after the last
    one comes the first again.
    """
    numbers = _numbers(exercise, variant)
    subject = _subject(exercise)
    formula = with_numbers(parse(subject, (*_letters(exercise), *numbers)), numbers) if subject else None
    words = {name: (to_text(node).replace("-", "−"), to_latex(node)) for name, node in numbers.items()}
    if formula is not None:
        words[FORMULA] = (to_text(formula), to_latex(formula))
    if not words:
        return exercise

    def said(markdown: str) -> str:
        return filled(markdown, words)

    changes: dict[str, Any] = {
        "ask": said(exercise.ask),
        "why": said(exercise.why),
        "hints": tuple(map(said, exercise.hints)),
    }
    if hasattr(exercise, "options"):
        changes["options"] = {key: said(option) for key, option in exercise.options.items()}
    if isinstance(exercise, (NumberExercise, ExpressionExercise)):
        changes |= _computed(exercise, numbers, formula)
    if hasattr(exercise, "wrong"):
        changes["wrong"] = tuple(
            WrongAnswer(_numbered(exercise, wrong.answer, numbers), said(wrong.say))
            for wrong in exercise.wrong
        )
    return msgspec.structs.replace(exercise, **changes)


def with_numbers(node: Node, numbers: Mapping[str, Node]) -> Node:
    """The formula with numbers for names, written as on paper where one stands: 1·x² is x², x + −2 is x − 2.

    >>> two, minus = Number(2), Number(-1)
    >>> to_text(with_numbers(parse("a x^n + b", ("x", "a", "n", "b")), {"a": minus, "n": two, "b": minus}))
    '-x^2 - 1'
    """
    touched: set[Node] = set()

    def visit(part: Node, below: tuple[Node, ...]) -> Node:
        if isinstance(part, Variable):
            number = numbers.get(part.name, part)
            if number is not part:
                touched.add(number)
            return number
        if below == part.children:
            return part
        build = _ON_PAPER.get(type(part))
        if build is None or not any(child in touched or isinstance(child, Number) for child in below):
            return part.with_children(below)
        built = build(*below)
        touched.add(built)
        return built

    return fold(node, visit)


def filled(markdown: str, words: Mapping[str, tuple[str, str]]) -> str:
    """The text with each `{name}` as it is written in words, or in LaTeX between dollar signs.

    In a formula a pair of braces stays around it, so that `x^{n}` and `{a}x` are what they seem.

    >>> filled("At {a}: $x^{a}$, {slope}.", {"a": ("12", "12")})
    'At 12: $x^{12}$, {slope}.'
    """
    inside = False
    parts = []
    for part in _DOLLARS.split(markdown):
        if _DOLLARS.fullmatch(part):
            inside = not inside
        elif inside:
            part = FIELD.sub(lambda found: _or_as_it_is(found, words, "{{{}}}", 1), part)
        else:
            part = FIELD.sub(lambda found: _or_as_it_is(found, words, "{}", 0), part)
        parts.append(part)
    return "".join(parts)


def _or_as_it_is(found: re.Match[str], words: Mapping[str, tuple[str, str]], frame: str, kind: int) -> str:
    return frame.format(words[found[1]][kind]) if found[1] in words else found[0]


def _numbers(exercise: Exercise, variant: int) -> dict[str, Node]:
    """The number that stands for each name in this variant."""
    if not exercise.vary:
        return {}
    combinations = _combinations(exercise)
    chosen = combinations[variant % len(combinations)]
    return {name: parse(value, ()) for name, value in zip(exercise.vary, chosen, strict=True)}


@lru_cache(maxsize=512)
def _combinations(exercise: Exercise) -> tuple[tuple[str, ...], ...]:
    first, *others = itertools.islice(itertools.product(*exercise.vary.values()), MOST_VARIANTS)
    left = sorted(others, key=lambda one: zlib.crc32(repr(one).encode()))
    order = [first]
    while left:  # one that changes as many numbers as can be: where one stays, so may the answer
        order.append(max(left[:_LOOK_AHEAD], key=lambda one: _changed(order[-1], one)))
        left.remove(order[-1])
    return tuple(order)


def _changed(before: tuple[str, ...], after: tuple[str, ...]) -> int:
    return sum(one != other for one, other in zip(before, after, strict=True))


def _subject(exercise: Exercise) -> str:
    return getattr(exercise, "derivative_of", "")


def _letters(exercise: Exercise) -> tuple[str, ...]:
    return getattr(exercise, "variables", ("x",))


def _computed(
    exercise: NumberExercise | ExpressionExercise, numbers: Mapping[str, Node], formula: Node | None
) -> dict[str, str]:
    """The answer over numbers alone: the slope of `derivative_of`, or what the file gives."""
    if formula is None:
        return {"answer": _numbered(exercise, exercise.answer, numbers)}
    slope = derivative(formula, _letters(exercise)[0])
    if isinstance(exercise, NumberExercise):
        place = with_numbers(parse(exercise.at, tuple(numbers)), numbers)
        slope = substitute(slope, {"x": place})
    return {"answer": to_text(slope), "derivative_of": to_text(formula)}


def _numbered(exercise: Exercise, source: str, numbers: Mapping[str, Node]) -> str:
    """A formula of the file with numbers for its names; the name of an option stays as it is."""
    if not numbers or hasattr(exercise, "options"):
        return source
    if isinstance(exercise, ExpressionExercise):
        return to_text(with_numbers(parse(source, (*exercise.variables, *numbers)), numbers))
    # a number's answer speaks of readouts, which nobody here knows: so by name
    names = "|".join(map(re.escape, numbers))
    return re.sub(
        rf"(?<![A-Za-z_])(?:{names})(?![A-Za-z0-9_])", lambda found: f"({to_text(numbers[found[0]])})", source
    )
