"""A tape told step by step: what is known after so many of them, and what happens in the present one.

Step 0 knows the variables. Then one value a step, in the order of evaluation; then the slope of the result
along itself, which is 1; then one local slope a step, backward. Where a value is missing, nothing follows it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from engine.autodiff import Pull, Tape

Phase = Literal["start", "forward", "seed", "backward"]


@dataclass(frozen=True)
class Stage:
    """What is known after `step` steps of a tape.

    values: which entries have their value. adjoints: what each entry has gathered; None before anything came.
    pulled: how many of the tape's pulls have happened. entry: where a value has just arrived, or the seed;
    pull: the step backward that has just happened.
    """

    step: int
    phase: Phase
    values: tuple[bool, ...]
    adjoints: tuple[float | None, ...]
    pulled: int = 0
    entry: int | None = None
    pull: Pull | None = None


def step_count(tape: Tape) -> int:
    """The number of the last step."""
    forward = _forward(tape)
    return len(forward) + 1 + len(tape.pulls) if math.isfinite(tape.value) else len(forward)


def stage(tape: Tape, step: int) -> Stage:
    """What is known after `step` steps; −1, or a number beyond the last, is the last.

    >>> from engine.autodiff import reverse
    >>> from engine.expression import parse
    >>> tape = reverse(parse("sin(3x)"), {"x": 0.0})
    >>> [stage(tape, step).phase for step in range(step_count(tape) + 1)]
    ['start', 'forward', 'forward', 'seed', 'backward', 'backward']
    >>> stage(tape, -1).adjoints
    (3.0, 1.0, 1.0)
    """
    last = step_count(tape)
    step = last if step < 0 else min(step, last)
    forward = _forward(tape)
    known = set(forward[:step])
    values = tuple(not entry.inputs or place in known for place, entry in enumerate(tape.entries))
    nothing = (None,) * len(tape.entries)
    if step == 0:
        return Stage(step, "start", values, nothing)
    if step <= len(forward):
        return Stage(step, "forward", values, nothing, entry=forward[step - 1])
    pulled = step - len(forward) - 1
    adjoints = _gathered(len(tape.entries), tape.pulls[:pulled])
    if not pulled:
        return Stage(step, "seed", values, adjoints, entry=len(tape.entries) - 1)
    return Stage(step, "backward", values, adjoints, pulled, pull=tape.pulls[pulled - 1])


def _forward(tape: Tape) -> list[int]:
    """The entries that are worked out, in order, up to the first without a value."""
    order = []
    for place, entry in enumerate(tape.entries):
        if entry.inputs:
            order.append(place)
        if not math.isfinite(entry.value):
            break
    return order


def _gathered(count: int, pulls: Sequence[Pull]) -> tuple[float | None, ...]:
    adjoints: list[float | None] = [None] * count
    adjoints[-1] = 1.0
    for pull in pulls:
        adjoints[pull.input] = pull.total
    return tuple(adjoints)
