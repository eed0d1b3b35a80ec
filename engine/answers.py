"""Is this answer right, wrong, or not yet readable?

A scorer is a pure function of what was typed and of the answer key, with three outcomes: what cannot be
read is a question back to the learner, never a mistake.

**Numbers.** Right is the expected number itself, typed in any way (`2/3`, `pi/2`, `1e-3`), or that number
rounded or cut to at least three significant digits: 7/3 may be typed 2.33 or 2.3333, 2/3 0.667 or 0.666; not
2.3, 2.34 or 2.330. A lesson may set a tolerance instead: an absolute distance.

**Formulas.** Right is a formula that has the expected value wherever one is expected, single points apart:
x²/x is x, sin² + cos² is 1, and step functions may differ where they jump; but √(x²) is |x|, not x. It may
have values elsewhere too, as 1/(2x) has where the derivative of ln √x, taken by the rules, has none. So
ln(x²) is an answer to 2 ln x, whose x are positive; 2 ln x is none to ln(x²), whose x need not be.
All of it over the real numbers, as the pictures draw them; complex ones would add no evidence, since roots
and logarithms mean something else there.

The test is numerical: random points of every size and around the numbers that occur, and rounding errors
bounded rather than guessed (`engine.rounding`), so that x and 1.0000001 x differ while (x+1)² − x² − 2x and
1 do not. A formula that cannot be decided so (its rounding errors are as large as its values, or it has no
values) goes to `tie_breaker`, if there is one; see `engine.symbolic`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec

from engine.constants import CONSTANT_VALUES
from engine.errors import FormulaError
from engine.expression import names_in, parse, parse_number
from engine.nodes import Constant, Node, Number, Variable, variables_of, walk
from engine.text import Text
from engine.tokens import Token, tokenize

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

SIGNIFICANT_DIGITS = 3
"""So many digits of a rounded number are enough."""

EXACT = 1e-9
"""Relative distance within which a number counts as the exact one: a calculator's own rounding."""

SMALLEST = 1e-14
"""Below this a number that should be 0 is 0."""

SAFETY = 16
"""How far beyond their bounds two values must lie apart to differ: the bounds are of first order."""

TELLING = 1e-7
"""A point tells something if the bound there is this small beside the value."""

DENSE = 16
"""Where the usual points say too little (the domain is narrow), so many times as many are tried."""

ENOUGH = 8
"""So many telling points, with none against, make two formulas the same."""

Outcome = Literal["right", "wrong", "unreadable", "equal"]
TieBreaker = Callable[[Node, Node], bool | None]
Say = TypeVar("Say")

_DECIMAL = re.compile(r"[+-]?(?P<whole>\d*)\.?(?P<places>\d*)(?:e(?P<exponent>[+-]?\d{1,3}))?")


class Verdict(msgspec.Struct, frozen=True):
    """How an answer was judged; if it could not be read, why, and where in it.

    equal: it has the value asked for, and is another step than the one asked for.
    """

    outcome: Outcome
    error: FormulaError | None = None

    @property
    def right(self) -> bool:
        """Whether the answer is right."""
        return self.outcome == "right"

    @property
    def say(self) -> Text | None:
        """What is said about an answer that could not be read."""
        return self.error.what if self.error else None


class Comparison(msgspec.Struct, frozen=True):
    """Whether a formula answers another; if one could not be read, which one and why."""

    outcome: Literal["same", "different", "unreadable"]
    error: FormulaError | None = None
    unreadable: Literal["expected", "given"] | None = None


RIGHT = Verdict("right")
WRONG = Verdict("wrong")


def judge_choice(given: str, expected: str) -> Verdict:
    """Whether the chosen option's key is the expected one.

    >>> judge_choice("two", "two").outcome, judge_choice("one", "two").outcome
    ('right', 'wrong')
    """
    return _verdict(given == expected)


def judge_number(given: str, expected: float, tolerance: float | None = None) -> Verdict:
    """Whether a typed number is the expected one, within `tolerance` (absolute) or by the rule above.

    A lesson that expects no number at all (NaN: the readout is empty) has no right answer at that moment.

    >>> [judge_number(given, 2 / 3).outcome for given in ("2/3", "0.667", "0.666", "0.67", "0.668", "0,667")]
    ['right', 'right', 'right', 'wrong', 'wrong', 'unreadable']
    """
    try:
        number = parse_number(given, infinite=True)
    except FormulaError as error:
        return Verdict("unreadable", error)
    if math.isinf(number) or not math.isfinite(expected):
        return _verdict(number == expected)
    if tolerance is not None:
        # The edge belongs to it: 0.1 + 0.2 is within 0.3 although its float is not.
        return _verdict(abs(number - expected) <= tolerance * (1 + EXACT) + SMALLEST)
    distance = abs(number - expected)
    if distance <= max(EXACT * abs(expected), SMALLEST):
        return RIGHT
    return _verdict(_is_rounded(given, number, expected))


def judge_expression(
    given: str, expected: str, variables: Sequence[str] = ("x",), tie_breaker: TieBreaker | None = None
) -> Verdict:
    """Whether a typed formula is the expected one, in any form.

    Raises FormulaError if `expected` cannot be read: that is the author's mistake, not the learner's.

    >>> judge_expression("2(x + 1)", "2x + 2").outcome, judge_expression("2(x + ", "2x + 2").outcome
    ('right', 'unreadable')
    """
    key = parse(expected, tuple(variables))
    try:
        answer = parse(given, tuple(variables))
    except FormulaError as error:
        return Verdict("unreadable", error)
    return _verdict(agrees(key, answer, tie_breaker) is True)


def compare(expected: str, given: str, tie_breaker: TieBreaker | None = None) -> Comparison:
    """Whether the second text is an answer to the first, in whatever variables they speak of.

    `xy` is x·y, but three letters in a row are a word that was not understood, unless the letters are
    variables elsewhere: a slip such as `sine(x)` is unreadable, not different.

    >>> compare("(x + h)^2", "x^2 + 2hx + h^2").outcome, compare("e^(-θ)", "1/e^t").outcome
    ('same', 'different')
    """
    try:
        names = _loose_names(expected)
        spelled_out = set(names_in(expected))
    except FormulaError as error:
        return Comparison("unreadable", error, "expected")
    try:
        names |= _loose_names(given)
        names |= spelled_out & set(names_in(given))
    except FormulaError as error:
        return Comparison("unreadable", error, "given")
    try:
        key = parse(expected, tuple(sorted(names)))
    except FormulaError as error:
        return Comparison("unreadable", error, "expected")
    try:
        answer = parse(given, tuple(sorted(names)))
    except FormulaError as error:
        return Comparison("unreadable", error, "given")
    return Comparison("same" if agrees(key, answer, tie_breaker) is True else "different")


def diagnose(
    given: str, wrong: Sequence[tuple[str, Say]], judge: Callable[[str, str], Verdict]
) -> Say | None:
    """What the lesson has to say about a wrong answer: the `say` of the first listed one that was given.

    `judge(given, answer)` is the exercise's own judge, so that a listed mistake is known in any form too.

    >>> say = diagnose("x*3", [("3x", "You kept the 3."), ("x^2", "…")], judge_expression)
    >>> say
    'You kept the 3.'
    """
    for answer, say in wrong:
        if judge(given, answer).right:
            return say
    return None


def equivalent(one: Node, other: Node, tie_breaker: TieBreaker | None = None) -> bool | None:
    """Whether two formulas are the same function, domains and all; None if that cannot be told.

    >>> x = parse("x")
    >>> equivalent(parse("x^2/x"), x), equivalent(parse("sqrt(x)^2"), x)
    (True, False)
    """
    return _decided(one, other, tie_breaker, same_domain=True)


def agrees(expected: Node, given: Node, tie_breaker: TieBreaker | None = None) -> bool | None:
    """Whether a formula has the expected values wherever such are expected; None if that cannot be told.

    >>> agrees(parse("2 ln x"), parse("ln(x^2)")), agrees(parse("ln(x^2)"), parse("2 ln x"))
    (True, False)
    """
    return _decided(expected, given, tie_breaker, same_domain=False)


def _decided(one: Node, other: Node, tie_breaker: TieBreaker | None, same_domain: bool) -> bool | None:
    if one is other:
        return True
    for density in (1, DENSE):
        found = _compare_numerically(one, other, density, same_domain)
        if found is not None:
            return found
    decided = tie_breaker(one, other) if tie_breaker else None
    if decided is None:
        return _compare_numerically(one, other, DENSE, same_domain, beside_scale=True)
    return decided


def _verdict(right: bool) -> Verdict:
    return RIGHT if right else WRONG


def _loose_names(source: str) -> set[str]:
    """The variables of a text, without letters that occur only within words of three or more letters."""
    runs: list[list[Token]] = []
    for token in tokenize(source, names_in(source)):
        if token.kind == "name" and runs and runs[-1][-1].stop == token.start:
            runs[-1].append(token)
        elif token.kind == "name":
            runs.append([token])
    return {
        token.node.name for run in runs if len(run) < 3 for token in run if isinstance(token.node, Variable)
    }


def _is_rounded(given: str, number: float, expected: float) -> bool:
    """Whether what was typed is the expected number rounded or cut to enough digits."""
    typed = _DECIMAL.fullmatch(given.strip().replace("−", "-").lower())
    if typed is None or expected == 0:
        return False
    digits = (typed["whole"] + typed["places"]).lstrip("0")
    if len(digits) < SIGNIFICANT_DIGITS:
        return False
    last_digit = 10.0 ** (int(typed["exponent"] or 0) - len(typed["places"]))
    distance = abs(number - expected)
    rounded = distance <= last_digit / 2 * (1 + EXACT)
    cut = distance < last_digit and abs(number) < abs(expected)
    return rounded or cut


def _compare_numerically(
    one: Node, other: Node, density: int, same_domain: bool, beside_scale: bool = False
) -> bool | None:
    """The verdict of random points on `other`; None if too few of them say anything.

    A point that agrees counts if the rounding bound there is small beside the value or, with
    `beside_scale`, beside the largest number met on the way: enough for sin² + cos² − 1 = 0, whose value is
    nothing but rounding.
    """
    import numpy as np

    from engine.rounding import bounded_values

    points = _sample_points(one, other, density)
    a, b = bounded_values(one, points), bounded_values(other, points)
    if np.any(a.known & b.undefined) or (same_domain and np.any(a.undefined & b.known)):
        return False
    comparable = a.known & b.known
    with np.errstate(all="ignore"):
        distance = np.abs(a.value - b.value)
        bound = SAFETY * (a.error + b.error)
        if np.any(comparable & (distance > bound)):
            return False
        size = np.maximum(np.abs(a.value), np.abs(b.value))
        if beside_scale:
            size = np.maximum(size, np.maximum(a.scale, b.scale))
        telling = comparable & (bound <= TELLING * size)
    needed = min(ENOUGH, telling.size)
    return True if np.count_nonzero(telling) >= needed else None


def _sample_points(one: Node, other: Node, density: int) -> dict[str, Array]:
    """Random points, always the same ones: of every size, and around the numbers that occur.

    Jumps, poles and branches happen at the numbers in a formula, so each gets points close by on both sides
    and beyond. Several variables take these values in random combinations, some of them almost equal.
    """
    import numpy as np

    names = sorted(variables_of(one, other))
    if not names:
        return {}
    random = np.random.default_rng(20250101)
    parts = [random.uniform(-reach, reach, count * density) for reach, count in ((1, 24), (4, 40), (12, 24))]
    parts += [_of_every_size(1e-3, 1e3, 40 * density, random), _of_every_size(1e-9, 1e9, 8 * density, random)]
    pool = np.concatenate([*parts, _around(_numbers_in(one, other), density, random)])
    if len(names) == 1:
        return {names[0]: pool}
    count = 2 * len(pool)
    chosen = {name: random.choice(pool, count) for name in names}
    first, close = chosen[names[0]], count // 8
    for name in names[1:]:
        chosen[name][:close] = first[:close] * (1 + random.uniform(-0.01, 0.01, close))
    return chosen


def _of_every_size(smallest: float, largest: float, count: int, random: np.random.Generator) -> Array:
    """As many points between 1 and 10 as between 100 and 1000, on both sides of 0."""
    import numpy as np

    sizes = np.exp(random.uniform(np.log(smallest), np.log(largest), count))
    return np.where(np.arange(count) % 2, sizes, -sizes)


def _numbers_in(*nodes: Node) -> list[float]:
    """The distinct sizes of the numbers that occur, a few of them."""
    found: dict[float, None] = {}
    for node in walk(*nodes):
        if isinstance(node, Number):
            size = abs(float(node.value))
            if 1e-12 < size < 1e12:
                found[size] = None
        elif isinstance(node, Constant):
            found[CONSTANT_VALUES[node.name]] = None
    return list(found)[:16]


def _around(numbers: list[float], density: int, random: np.random.Generator) -> Array:
    """Points by each number and its negative; the more of them, the closer they come."""
    import numpy as np

    steps = np.array([-0.3, -0.03, -0.003, 0.003, 0.03, 0.3, 1.0])
    closer = np.logspace(0, -6, density)[:, np.newaxis]
    offsets = (steps * closer).ravel() * random.uniform(0.5, 1.5, (len(numbers), steps.size * density))
    near = np.array(numbers).reshape(-1, 1) * (1 + offsets)
    return np.concatenate([near, -near], axis=None)
