"""One gradient three ways: by the rules' formulas, in reverse mode, and by central differences.

The rules of `engine.rules` make a formula for each partial derivative, which is then evaluated. Reverse mode
(`engine.autodiff`) makes no formula: it walks f at this one point and multiplies the slopes of single nodes.
A difference asks f for values alone and knows no rule. Where they agree, each vouches for the others.

The central difference takes h near ∛ε · max(1, |w|), where its truncation, which falls like h², and its
round-off, which grows like ε/h, are of one size and about two thirds of the digits remain. Source: W. H.
Press and others, "Numerical Recipes", 3rd ed., section 5.7.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

from engine.autodiff import reverse
from engine.differences import difference
from engine.function import Function
from engine.stationary import with_stated_slopes
from engine.text import Text, format_number, verbatim

EPSILON = 2.0**-52
MOST_DIGITS = 15
"""Of a float: two numbers that differ in the last binary digit alone agree in these."""


RULES, REVERSE, CENTRAL = Text("by the rules"), Text("reverse mode"), Text("central difference")


class Way(NamedTuple):
    """One way to the gradient: its partial derivatives, and the most that one is off those of the first way.

    name: in English, a key of the catalogue. NaN where a partial does not exist, or cannot be had this way.
    """

    name: str
    partials: tuple[float, ...]
    off: float


class ThreeWays(NamedTuple):
    """The ways, the formulas' first; h of the difference in each coordinate; and what follows from it all.

    digits: to how many the second and the third agree with the first; None where one of them has no gradient.
    """

    ways: tuple[Way, Way, Way]
    h: tuple[float, ...]
    digits: tuple[int, int] | None
    verdict: Text


@lru_cache(maxsize=64)
def three_ways(f: Function, place: tuple[float, ...]) -> ThreeWays:
    """The gradient of f at `place`, each way, without the subgradients that an optimizer takes at a kink.

    >>> from engine.function import function
    >>> found = three_ways(function("x^2 + 10y^2", ["x", "y"]), (2.0, 1.0))
    >>> [way.partials for way in found.ways[:2]]
    [(4.0, 20.0), (4.0, 20.0)]
    """
    plain = replace(f, subgradient=False)
    symbolic = tuple(plain.gradient_at(*place))
    tape = reverse(f.node, dict(zip(f.variables, place, strict=True)))
    walked = tuple(tape.gradient[name] for name in f.variables)
    h = tuple(best_step(each) for each in place)
    measured = tuple(_central(plain.value_at, place, number, h[number]) for number in range(len(place)))
    ways = (
        Way(RULES.message, symbolic, 0.0 if all(map(math.isfinite, symbolic)) else math.nan),
        Way(REVERSE.message, walked, _off(symbolic, walked)),
        Way(CENTRAL.message, measured, _off(symbolic, measured)),
    )
    digits = None
    if math.isfinite(ways[0].off) and all(math.isfinite(way.off) for way in ways):
        digits = _digits(symbolic, ways[1].off), _digits(symbolic, ways[2].off)
    return ThreeWays(ways, h, digits, _verdict(f, place, ways, digits))


def best_step(w: float) -> float:
    """The power of 2 nearest to ∛ε · max(1, |w|): added to w it loses no digit.

    >>> best_step(0.5) == 2.0**-17, best_step(1000.0) == 2.0**-7
    (True, True)
    """
    return 2.0 ** round(math.log2(EPSILON ** (1 / 3) * max(1.0, abs(w))))


def _central(value: Callable[..., Any], place: Sequence[float], number: int, h: float) -> float:
    def along(w: float) -> float:
        moved: float = value(*place[:number], w, *place[number + 1 :])
        return moved

    return float(difference("central", along, place[number], h))


def _off(first: Sequence[float], other: Sequence[float]) -> float:
    return max(abs(one - two) for one, two in zip(first, other, strict=True))


def _digits(first: Sequence[float], off: float) -> int:
    """To how many digits of the largest partial the others agree; of a gradient of 0, of 1."""
    size = max(map(abs, first)) or 1.0
    return MOST_DIGITS if off == 0.0 else max(0, min(MOST_DIGITS, math.floor(-math.log10(off / size))))


def _verdict(
    f: Function, place: Sequence[float], ways: Sequence[Way], digits: tuple[int, int] | None
) -> Text:
    if not math.isfinite(f.value_at(*place)):
        return Text("f has no value here, and so no gradient in any way.")
    if digits is not None:
        agreed = {"walked": digits[0], "measured": digits[1]}
        if digits[0] < MOST_DIGITS - 3 or digits[1] < 3:
            return Text(
                "They do not agree: reverse mode to {walked} digits, the difference to {measured}.", agreed
            )
        return Text(
            "All three agree: reverse mode to {walked} digits with the rules, the difference to {measured}.",
            agreed,
        )
    symbolic, walked, measured = (way.partials for way in ways)
    kinked = [
        number
        for number, (one, two) in enumerate(zip(symbolic, walked, strict=True))
        if not (math.isfinite(one) and math.isfinite(two))
    ]
    if not kinked:
        return Text(
            "The rules and reverse mode have a slope here; a difference would step out of the domain."
        )
    taken = with_stated_slopes(f).gradient_at(*place)
    values = {
        "names": [verbatim(f.variables[number]) for number in kinked],
        "taken": _written([taken[number] for number in kinked]),
        "measured": _written([measured[number] for number in kinked]),
    }
    if all(math.isfinite(taken[number]) for number in kinked):
        return Text(
            "f has a kink here along {names}: no rule names a slope. The optimizer takes {taken}; the"
            " difference is the mean of both sides, {measured}.",
            values,
        )
    return Text("f has no finite slope here along {names}; the difference says {measured}.", values)


def _written(values: Sequence[float]) -> Text:
    return verbatim(", ".join(format_number(value) for value in values))
