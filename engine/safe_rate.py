"""The largest learning rate that lasts: found by running every rate of two digits below the one that did not.

A rate *lasts* if its run, from the same start and for as many steps, neither diverges nor ends higher than it
began, and if nothing is to be said against the length of its steps (`engine.blow_up`); on the bound itself a
run goes to and fro for ever, and does not count. The largest safe rate is the largest of two digits up to
which all last: a rate beyond it may happen to last, but it is luck. All the rates run at once, as lanes of
`engine.survey`; the one that is offered then runs alone as well.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.blow_up import BlowUp, diagnose
from engine.cancellation import stop_if_cancelled
from engine.function import Function
from engine.optimizers import Optimizer
from engine.race import Runner, gradient_noise, race
from engine.racer import Racer, RacerPart, built, named, racer_part
from engine.stationary import with_stated_slopes
from engine.survey import Fate, survey
from engine.taken_step import taken_step

SMALLEST = -13
"""The power of ten below 1, or below the rate itself, with which the search begins."""

TOO_LONG = ("step-too-large", "left-domain", "overflow")
"""Verdicts that speak against the length of a step."""

Rates: TypeAlias = NDArray[np.float64]


class Start(NamedTuple):
    """Where a race begins, and what goes with it."""

    x: float
    y: float
    steps: int
    noise: float = 0.0
    seed: int = 0


class SafeRate(NamedTuple):
    """The rate, the racer that has it, and the loss at the end of its run."""

    rate: float
    racer: Racer
    loss: float


@lru_cache(maxsize=64)
def largest_safe_rate(f: Function, racer: Racer, turn: int, start: Start) -> SafeRate | None:
    """The largest rate that lasts in the part of `racer` that is in force at step `turn`; None if none does.

    It is less than the rate that the part has now. LimitError beyond the steps that a run may have.

    >>> from engine.function import function
    >>> from engine.racer import make_racer
    >>> ravine = function("x^2 + 10y^2", ["x", "y"])
    >>> largest_safe_rate(ravine, make_racer("gd", {"lr": 0.11}), 0, Start(2.0, 1.0, 25)).rate
    0.099
    """
    number = max(index for index, part in enumerate(racer.parts) if part.start <= max(turn, 0))
    rate = racer.parts[number].rate
    if not (math.isfinite(rate) and rate > 0.0):
        return None
    decades = _unbroken(f, racer, number, start, _decades(rate))
    if not decades.size:
        return None
    for low in decades[:-3:-1].tolist():  # a power of ten that is the bound itself lasts only just
        rates = _unbroken(f, racer, number, start, two_digit_rates(low, rate))
        best = _first_that_lasts(f, racer, number, start, rates)
        if best is not None:
            return best
    return None


def two_digit_rates(low: float, rate: float) -> Rates:
    """The numbers of two significant digits from `low`, a power of ten, to ten times it, below `rate`.

    >>> two_digit_rates(0.01, 0.0121).tolist()
    [0.01, 0.011, 0.012]
    """
    power = round(math.log10(low))
    # by their digits: a product with a power of ten would be off in its last place
    written = [float(f"{digits}e{power - 1}") for digits in range(10, 100)]
    return np.array([each for each in written if each < rate])


def _decades(rate: float) -> Rates:
    """Powers of ten below the rate, smallest first."""
    power = math.ceil(math.log10(rate))
    return np.array(
        [each for k in range(min(power, 0) + SMALLEST, power + 1) if (each := float(f"1e{k}")) < rate]
    )


def _unbroken(f: Function, racer: Racer, number: int, start: Start, rates: Rates) -> Rates:
    """The rates up to the first that does not last."""
    lasting = _lasting(f, racer, number, start, rates)
    return rates if lasting.all() else rates[: int(np.argmin(lasting))]


def _lasting(f: Function, racer: Racer, number: int, start: Start, rates: Rates) -> NDArray[np.bool_]:
    """Which of the rates neither diverge nor end higher than they began."""
    if not rates.size:
        return np.zeros(0, dtype=bool)
    own = with_stated_slopes(f)

    def build(lr: Any) -> Optimizer:
        part = racer.parts[number]
        settings = (*((name, value) for name, value in part.settings if name != "lr"), ("lr", lr))
        parts = list(racer.parts)
        parts[number] = RacerPart(part.start, part.optimizer, settings)
        return built(tuple(parts), own.hessian)

    noise = gradient_noise(start.noise, start.seed, start.steps)
    found = survey(
        build,
        own.value_gradient,
        (start.x, start.y),
        start.steps,
        settings={"lr": rates},
        noise=noise,
        climbs=racer.last.climbs,
    )
    first = float(own.value_at(start.x, start.y))
    ended = found.losses >= first if racer.last.climbs else found.losses <= first
    lasting: NDArray[np.bool_] = (found.fates != Fate.DIVERGED) & ended
    return lasting


def _first_that_lasts(f: Function, racer: Racer, number: int, start: Start, rates: Rates) -> SafeRate | None:
    """The largest of the rates against whose steps nothing is to be said either, by halving the list."""
    low, high = 0, len(rates)  # all below `low` last, none from `high` on is known to
    best: SafeRate | None = None
    tried = high - 1
    while low < high:
        stop_if_cancelled()
        changed = _with_rate(racer, number, float(rates[tried]))
        (runner,) = race(f, str(changed), start.x, start.y, start.steps, start.noise, start.seed)
        if _lasts(f, runner):
            best, low = SafeRate(float(rates[tried]), changed, float(runner.run.losses[-1])), tried + 1
        else:
            high = tried
        tried = (low + high) // 2
    return best


def _with_rate(racer: Racer, number: int, rate: float) -> Racer:
    part = racer.parts[number]
    changed = racer_part(part.optimizer, {**dict(part.settings), "lr": rate}, part.start)
    return named((*racer.parts[:number], changed, *racer.parts[number + 1 :]))


def _lasts(f: Function, runner: Runner) -> bool:
    """Whether nothing is to be said against the length of its steps, and it does not stand on the bound."""
    found = diagnose(f, runner.racer, runner.run)
    last = taken_step(f, runner.racer, runner.run, runner.run.steps - 1).edge if runner.run.steps else None
    on_bound = last is not None and math.isclose(last.value, last.bound, rel_tol=1e-9)
    return not on_bound and (found is None or not too_long(found))


def too_long(blow_up: BlowUp) -> bool:
    """Whether the length of the steps is what went wrong; at the bound itself, to and fro has no end."""
    taken = blow_up.taken
    at_bound = taken is not None and taken.edge is not None and taken.largest >= taken.edge.bound * (1 - 1e-9)
    return blow_up.code in TOO_LONG or (blow_up.code == "zig-zag" and at_bound)
