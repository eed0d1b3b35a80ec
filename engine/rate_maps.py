"""What a racer's learning rate leads to, alone and together with its memory: many settings run at once.

Everything is measured: a rate is safe if the run with it, and the run with every smaller rate that was tried,
arrives or comes lower, straight or to and fro (`engine.survey.Survey.falling`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import ROUND_FLOOR, Context, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.descent import Array
from engine.function import Function
from engine.optimizer_kinds import MEANINGS, Value
from engine.optimizers import Optimizer
from engine.parameters import Slider
from engine.race import gradient_noise
from engine.racer import RacerPart, built
from engine.stationary import with_stated_slopes
from engine.survey import Survey, survey
from engine.text import Text

MOST_STEPS = 2000
"""Steps of each run of a map: longer races are looked at as far as this."""

LOWEST_POWER, HIGHEST_POWER = -8, 4
"""Of ten: the rates that are tried."""

PER_DECADE = 32
"""Rates tried from one power of ten to the next, before looking closer."""

CLOSER = 40
"""Rates tried between two neighbours of those, where it matters."""

RATE_DIGITS = 3
"""Significant digits of a rate that is tried, or set by hand on a map."""

SAFE_DIGITS = 2
"""Significant digits of the largest safe rate, which is rounded down to them."""

MEMORIES = ("beta", "alpha", "rho", "betas")
"""Settings that are the memory of an average; of a pair, the first: the memory of gradients."""


class Setup(NamedTuple):
    """Who runs where: f and its racer's parts, the start, the steps, and the noise on the gradient."""

    f: Function
    parts: tuple[RacerPart, ...]
    x: float
    y: float
    steps: int
    noise: float = 0.0
    seed: int = 0

    @property
    def last(self) -> RacerPart:
        """The part whose settings are varied."""
        return self.parts[-1]

    def plain(self, *names: str) -> Setup:
        """The same with these settings left out, as all of them are varied: maps are kept by this."""
        kept = tuple((name, value) for name, value in self.last.settings if name not in names)
        return self._replace(parts=(*self.parts[:-1], msgspec.structs.replace(self.last, settings=kept)))


def surveyed(setup: Setup, starts: tuple[Any, Any], settings: Mapping[str, Any]) -> Survey:
    """The runs of many starts and settings of the last part; of MOST_STEPS at most."""
    f, last, steps = with_stated_slopes(setup.f), setup.last, min(setup.steps, MOST_STEPS)

    def build(**changed: Any) -> Optimizer:
        part = msgspec.structs.replace(last, settings=tuple((dict(last.settings) | changed).items()))
        return built((*setup.parts[:-1], part), f.hessian)

    return survey(
        build,
        f.value_gradient,
        starts,
        steps,
        settings=settings,
        noise=gradient_noise(setup.noise, setup.seed, steps),
        climbs=last.climbs,
    )


# -- memory -----------------------------------------------------------------------------------------------


class Memory(NamedTuple):
    """The setting that says how long a racer remembers: its name, its range and symbol, and its words."""

    setting: str
    slider: Slider
    words: Text

    def value(self, part: RacerPart) -> float:
        """Of a racer's part."""
        value = part.value(self.setting)
        number = value[0] if isinstance(value, tuple) else value
        assert isinstance(number, float)
        return number

    def changed(self, part: RacerPart, value: Any) -> Any:
        """The setting with another memory: a number, or an array of them."""
        now = part.value(self.setting)
        return (value, *now[1:]) if isinstance(now, tuple) else value


def memory_of(part: RacerPart) -> Memory | None:
    """What a racer remembers with; None for one that has no such setting.

    >>> from engine.racer import racer_part
    >>> memory = memory_of(racer_part("adam"))
    >>> memory.setting, memory.value(racer_part("adam")), memory_of(racer_part("gd"))
    ('betas', 0.9, None)
    """
    name = next((name for name in MEMORIES if part.kind.setting(name) is not None), None)
    if name is None:
        return None
    meaning = MEANINGS[name]
    words = Text("memory of gradients") if name == "betas" else meaning.words
    return Memory(name, meaning.sliders[0], words)


# -- rates ------------------------------------------------------------------------------------------------


class Tried(NamedTuple):
    """Rates in rising order, and what became of the run with each; `arrived` is −1 if it has not."""

    rates: Array
    fates: NDArray[np.int8]
    arrived: NDArray[np.int32]
    good: NDArray[np.bool_]
    moved: NDArray[np.bool_]


class Rates(NamedTuple):
    """What the rates tried say.

    safe: the largest rate up to which all arrive or come lower, rounded down to SAFE_DIGITS; None if there is
    none, and `unsafe` says why. fails: the first rate beyond it, None if all are good. best: the rate with
    the fewest steps, `steps`, of the safe ones if one of them arrives; None if no run does.
    """

    safe: float | None
    fails: float | None
    best: float | None
    steps: int | None
    unsafe: Text | None = None


@lru_cache(maxsize=64)
def judged_rates(setup: Setup) -> Rates:
    """The largest safe rate and the best one, from 1e-8 to 1e4, each looked at again more closely.

    setup: of a racer whose own rate is left out, `Setup.plain("lr")`.
    """
    powers = np.arange(LOWEST_POWER * PER_DECADE, HIGHEST_POWER * PER_DECADE + 1) / PER_DECADE
    found = tried(setup, _written(10.0**powers))
    if not found.moved.any() or (found.arrived == 0).all() or _lost_at_once(setup):
        return Rates(None, None, None, None, _no_slope(setup))
    closer: list[Array] = []
    edge = _first_bad(found)
    if edge is not None and edge > np.argmax(found.moved):
        closer.append(_between(found.rates[edge - 1], found.rates[edge]))
    quickest = _quickest(found, edge)
    if quickest is not None:
        around = found.rates[max(quickest - 1, 0)], found.rates[min(quickest + 1, len(found.rates) - 1)]
        closer.append(_between(*around))
    if closer:
        found = _merged(found, tried(setup, np.unique(np.concatenate(closer))))
    edge = _first_bad(found)
    quickest = _quickest(found, edge)
    best = None if quickest is None else float(found.rates[quickest])
    steps = None if quickest is None else int(found.arrived[quickest])
    if edge is None:
        return Rates(float(found.rates[-1]), None, best, steps)
    fails = float(found.rates[edge])
    if edge == np.argmax(found.moved):
        reason = Text(
            "Even with {rate}, the smallest rate that moves it, the run does not come lower.", {"rate": fails}
        )
        return Rates(None, fails, best, steps, reason)
    return Rates(rounded_down(float(found.rates[edge - 1])), fails, best, steps)


def tried(setup: Setup, rates: Array) -> Tried:
    """What becomes of the run with each of these rates."""
    found = surveyed(setup, (setup.x, setup.y), {"lr": rates})
    return Tried(rates, found.fates, found.arrived, found.falling, found.moved)


@lru_cache(maxsize=64)
def usual_rates(setup: Setup) -> tuple[float, float]:
    """The powers of ten between which a map of rates is worth looking at.

    From a hundred times below the border of safety to a hundred times above, and well around the best rate;
    in whole decades, so that the map stands still while the start is dragged.
    """
    found = judged_rates(setup)
    power = -1 if found.fails is None or found.safe is None else math.floor(math.log10(found.fails))
    low = power - 2 if found.best is None else min(power - 2, math.floor(math.log10(found.best)) - 1)
    return 10.0**low, 10.0 ** (power + 2)


def rounded_down(value: float, digits: int = SAFE_DIGITS) -> float:
    """The largest number of so many significant digits that is not above `value` > 0.

    >>> rounded_down(0.0998), rounded_down(0.3), rounded_down(1234.0)
    (0.099, 0.3, 1200.0)
    """
    return float(Context(prec=digits, rounding=ROUND_FLOOR).create_decimal(Decimal(repr(value))))


def rounded(value: float, digits: int = RATE_DIGITS) -> float:
    """To so many significant digits.

    >>> rounded(0.123456), rounded(98765.0)
    (0.123, 98800.0)
    """
    return float(f"{value:.{digits - 1}e}")


def setting_value(memory: Memory, part: RacerPart, value: float) -> Value:
    """What the memory's setting is given when it is set by hand: within its range, three digits."""
    low, high = memory.slider.low, memory.slider.high
    given: Value = memory.changed(part, min(max(rounded(value), low), high))
    return given


def _written(rates: Array) -> Array:
    """Rates as they can be typed: three digits each."""
    return np.unique([rounded(rate) for rate in rates.tolist()])


def _between(low: float, high: float) -> Array:
    return _written(np.geomspace(low, high, CLOSER))


def _first_bad(found: Tried) -> int | None:
    """The first rate that does not come lower; those too small to move anything are passed over."""
    bad = np.flatnonzero(~found.good & found.moved)
    return int(bad[0]) if bad.size else None


def _quickest(found: Tried, edge: int | None) -> int | None:
    """The rate that arrives first: of those below the edge if one does, since beyond it is luck."""
    there = np.flatnonzero((found.arrived >= 0) & found.good)
    below = there if edge is None else there[there < edge]
    there = below if below.size else there
    return int(there[np.argmin(found.arrived[there])]) if there.size else None


def _merged(one: Tried, other: Tried) -> Tried:
    rates, first = np.unique(np.concatenate((one.rates, other.rates)), return_index=True)
    return Tried(
        rates,
        np.concatenate((one.fates, other.fates))[first],
        np.concatenate((one.arrived, other.arrived))[first],
        np.concatenate((one.good, other.good))[first],
        np.concatenate((one.moved, other.moved))[first],
    )


def _lost_at_once(setup: Setup) -> bool:
    value, slopes = setup.f.value_gradient_at(setup.x, setup.y)
    return not all(map(math.isfinite, (value, *slopes)))


def _no_slope(setup: Setup) -> Text:
    if _lost_at_once(setup):
        return Text("f has no finite value or slope at the start.")
    return Text("At the start f has next to no slope: no rate leads anywhere.")
