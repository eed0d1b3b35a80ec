"""What is known about f at c: its limits, its value, and how ε and δ go together there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from engine.epsilon_delta import Miss, counterexample, directions, largest_delta
from engine.function import Function
from engine.limits import Limit, OneSided, Side, place
from engine.symbolic_limits import limit_with_symbols


class Seen(NamedTuple):
    """What is known about f at c: the limits, and how ε and δ go together.

    target: what ε is measured from: the limit, else the guess, else NaN. delta: the largest for ε, NaN if
    unknown. miss: a counterexample within δ. beside: side → (x, f(x)) at `distance` from c.
    """

    f: Function
    c: float
    side: Side
    found: Limit
    value: float
    target: float
    epsilon: float | None
    given_delta: float | None
    delta: float
    miss: Miss | None
    distance: float
    beside: Mapping[str, tuple[float, float]]
    verdict: bool

    def asked(self) -> dict[str, OneSided]:
        """The one-sided limits that are asked for."""
        return {direction: getattr(self.found, direction) for direction in directions(self.c, self.side)}

    def continuous(self) -> bool:
        """Whether the limit from the side asked for is the value."""
        return agree(self.found.value, self.value, self.found)

    def ends(self) -> tuple[list[float], list[float]]:
        """The heights of open and of closed circles at c: none where the graph runs through."""
        limits = [each.value for each in (self.found.left, self.found.right) if each.kind == "settles"]
        both_agree = len(limits) == 2 and agree(limits[0], limits[1], self.found)
        if both_agree and agree(limits[0], self.value, self.found):
            return [], []
        opened = [limit for limit in limits if not agree(limit, self.value, self.found)]
        closed = [self.value] if math.isfinite(self.value) and (opened or not limits) else []
        if math.isfinite(self.value) and len(limits) < 2:
            closed = [self.value]
        return opened[:1] if both_agree else opened, closed


def agree(one: float, other: float, found: Limit) -> bool:
    """Whether two heights at c are the same, as far as the limits are known."""
    if not (math.isfinite(one) and math.isfinite(other)):
        return False
    unsure = max(found.left.uncertainty, found.right.uncertainty)
    return abs(one - other) <= 4 * unsure + 1e-9 * max(abs(one), abs(other))


@lru_cache(maxsize=256)
def seen_at(
    f: Function,
    c: float,
    side: Side,
    epsilon: float | None,
    delta: float | None,
    guess: float | None,
    distance: float,
    verdict: bool,
) -> Seen:
    found = limit_with_symbols(f, c, side)
    value = f.value_at(c) if math.isfinite(c) else math.nan
    if abs(value) > 1e15 and any(math.isinf(each.value) for each in (found.left, found.right)):
        value = math.inf  # tan(π/2): rounding alone made a number of it
    target = found.value if math.isfinite(found.value) else math.nan if guess is None else guess
    largest, miss = math.nan, None
    if epsilon is not None and math.isfinite(target):
        largest = largest_delta(f, c, target, epsilon, side)
        if delta is not None and not delta <= largest:
            miss = counterexample(f, c, target, epsilon, delta, side)
    beside: dict[str, tuple[float, float]] = {
        direction: (
            float(place(c, direction, np.array([distance]))[0]),
            value_beside(f, c, direction, distance),
        )
        for direction in directions(c, side)
    }
    return Seen(f, c, side, found, value, target, epsilon, delta, largest, miss, distance, beside, verdict)


def value_beside(f: Function, c: float, direction: Any, distance: float) -> float:
    value: float = f.value_at(float(place(c, direction, np.array([distance]))[0]))
    return value
