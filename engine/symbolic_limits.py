"""SymPy's word on a limit that numbers alone cannot tell.

A child process of its own is started for the question, answers within a few seconds or is killed, and its
answer stands only where the values of f do not speak against it.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from engine.algebra import number
from engine.cancellation import stop_if_cancelled
from engine.function import Function, evaluate
from engine.limits import Direction, Limit, OneSided, Side, combined, limit_of, one_sided, place
from engine.nodes import Constant, Node, Number, Product, Quotient

if TYPE_CHECKING:
    from engine.symbolic_process import Result, SymbolicProcess

SECONDS = 3.0
"""What one side may take."""

_GLANCE = 0.05
_LARGEST_DENOMINATOR = 24
_FAR, _NEAR = 1e-1, 1e-3


@lru_cache(maxsize=128)
def limit_with_symbols(f: Function, c: float, side: Side = "both") -> Limit:
    """The limit as `limits.limit_of` has it; what is unclear there is asked of SymPy, in bounded time."""
    told = limit_of(f, c, side)
    if told.reason is not None:
        return told
    from engine.symbolic_process import SymbolicProcess

    with SymbolicProcess(timeout=SECONDS) as process:
        left, right = (_asked_again(process, f, c, each) for each in ("left", "right"))
    return combined(left, right, c, side)


def _asked_again(process: SymbolicProcess, f: Function, c: float, direction: Direction) -> OneSided:
    told = one_sided(f, c, direction)
    if told.kind != "unclear":
        return told
    found = _interruptibly(lambda: process.limit(f.node, exact_place(c), direction)).value
    if isinstance(found, str):
        return OneSided("oscillation") if found == "oscillation" else OneSided("unbounded", float(found))
    if found is None or found.variables:
        return told
    value = evaluate(found)
    return OneSided("settles", value) if _credible(f, c, direction, value) else told


def _interruptibly(ask: Callable[[], Result[Node | str]]) -> Result[Node | str]:
    """What `ask` answers; whoever started this work may want it no more before that."""
    answers: list[Result[Node | str]] = []
    thread = threading.Thread(target=lambda: answers.append(ask()), daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(_GLANCE)
        stop_if_cancelled()  # leaving the block of the process ends what it is asked
    return answers[0]


def exact_place(c: float) -> Node:
    """The number that the float c stands for: a fraction, a multiple of π, else itself; 1/0 for ±∞.

    >>> from engine.expression import to_text
    >>> to_text(exact_place(math.pi / 2)), to_text(exact_place(0.1))
    ('1/2*pi', '1/10')
    """
    if math.isinf(c):
        return Quotient(Number(1), Number(0))
    for unit in (None, Constant("pi")):
        share = Fraction(c if unit is None else c / math.pi).limit_denominator(_LARGEST_DENOMINATOR)
        if float(share) * (1.0 if unit is None else math.pi) == c:
            return Number(share) if unit is None else Product(Number(share), unit)
    return number(c)


def _credible(f: Function, c: float, direction: Direction, value: float) -> bool:
    """Whether f is not farther from the value near c than far from it."""
    far, near = f.value(place(c, direction, np.array([_FAR, _NEAR])))
    return bool(math.isfinite(value) and not abs(near - value) > abs(far - value) + 1e-9 * abs(value))
