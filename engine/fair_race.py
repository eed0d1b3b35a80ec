"""A fair race: an equal budget, each racer's rate tuned by its own sweep, many starts, and noise.

The budget of a run is counted in gradient evaluations. A step costs one; a step that asks for the Hessian in
n unknowns costs n more, which is what the Hessian takes by differences of gradients, or by n products with a
vector. So a racer takes evaluations // cost steps.

The rate is tuned for every racer alike: equally many rates are tried, half of them evenly in the logarithm
over `RATES`, the other half between the neighbours of the best of those. The best has the lowest median of
the losses at the end (of equals, the lowest upper quartile). All other settings stay as given. What is tuned
is judged from starts and with noise that the sweep has not met.

The starts are drawn evenly over a domain. Noise is added to each partial derivative that a racer sees, at
each step, from each start and with each seed anew, and the same for all racers and rates; Newton's Hessian
stays exact, which favours it. Losses are without noise. A run that is lost (`engine.many_runs`) counts as
infinitely high. Who is ahead is for `engine.fair_verdict` to say.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.descent import Array
from engine.function import Function
from engine.many_runs import Losses, Noise, losses_along
from engine.racer import Racer, make_racer
from engine.second_order import with_hessian
from engine.significance import quantiles
from engine.start_domain import Rectangle, drawn_starts, gallery_surface
from engine.stationary import with_stated_slopes

RATES = (1e-6, 10.0)
"""The first half of the rates that are tried is spread over these."""

QUARTILES = (0.25, 0.5, 0.75)

CHUNK = 8192
"""Runs at once: their arrays stay in the cache, and between two chunks the picture is shown anew."""

KEPT = 240
"""Places along the budget at which losses are kept."""

_MOST_KEPT = 2_000_000
"""Losses kept of one racer: of very many runs they are kept at fewer places."""


class Protocol(NamedTuple):
    """What is equal for all racers.

    evaluations: of the gradient, for one run. trials: rates tried. noise: its standard deviation; with 0, one
    seed is as good as many. Starts and noise are drawn from `seed`.
    """

    evaluations: int
    starts: int
    seeds: int
    noise: float
    seed: int
    domain: Rectangle
    trials: int

    @property
    def drawn_seeds(self) -> int:
        """Seeds that make a difference."""
        return self.seeds if self.noise > 0 else 1


class Sweep(NamedTuple):
    """The rates tried so far, in their order, and the quartiles of the losses at the end: (3, rates).

    lowest: the lowest loss of a run that stayed; fell: the lowest that one met which was lost.
    """

    rates: Array
    quartiles: Array
    lowest: float = math.inf
    fell: float = math.inf

    @property
    def best(self) -> int:
        """Which of them is the tuned one."""
        return int(np.lexsort((self.quartiles[2], self.quartiles[1]))[0])


@dataclass(frozen=True, eq=False)
class Entry:
    """What became of one racer.

    cost: evaluations a step takes. rate: the tuned one of its sweep. evaluations: (k,), at which the
    `quartiles` of the losses, (3, k), were taken over all runs. final: (starts, seeds), the losses at the
    end, +∞ of a lost run; lost: which were. lowest, fell: as in its sweep, all its runs taken together.
    """

    cost: int
    steps: int
    sweep: Sweep
    evaluations: Array
    quartiles: Array
    final: Array
    lost: NDArray[np.bool_]
    lowest: float
    fell: float

    @property
    def rate(self) -> float:
        """The tuned rate."""
        return float(self.sweep.rates[self.sweep.best])

    @property
    def at_edge(self) -> bool:
        """Whether the tuned rate is the largest or the smallest tried: a better one may lie beyond."""
        return self.sweep.best in (0, len(self.sweep.rates) - 1)


@dataclass(frozen=True, eq=False)
class FairRace:
    """As much of a race as has been run.

    racers: all of them, without rates. entries: of those that are done, the first. running: the sweep of the
    next one, as far as it is. starts: (2, at most as many as were asked for), those the racers are judged
    from; heights: the losses there. lowest: the lowest loss known: of the gallery's minima in the domain and
    of all runs that stayed. done: the share of the work.
    """

    protocol: Protocol
    racers: tuple[Racer, ...]
    starts: Array
    heights: Array
    lowest: float
    entries: tuple[Entry, ...]
    running: Sweep | None = None
    done: float = 1.0


def fair_racers(racers: tuple[Racer, ...]) -> dict[int, Racer]:
    """The racers without their rates, by their places; of those that then are the same, the first alone.

    >>> from engine.racers import parse_racers
    >>> racers = fair_racers(parse_racers("gd(lr=0.1); gd(lr=0.2); adam(lr=0.1, eps=1e-6)"))
    >>> {place: str(racer) for place, racer in racers.items()}
    {0: 'gd()', 2: 'adam(eps=1e-06)'}
    """
    kept: dict[Any, tuple[int, Racer]] = {}
    for place, racer in enumerate(racers):
        settings = {name: value for name, value in racer.settings if name != "lr"}
        bare = make_racer(racer.optimizer, settings)
        kept.setdefault((bare.optimizer, *bare.last.values.items()), (place, bare.renamed(racer.label)))
    return dict(kept.values())


def work_of(protocol: Protocol, racers: int) -> int:
    """Steps in all runs together, at most."""
    runs = protocol.starts * protocol.drawn_seeds * (protocol.trials + 1)
    return racers * runs * protocol.evaluations


def fair_race(f: Function, racers: tuple[Racer, ...], protocol: Protocol) -> FairRace:
    """The whole race; quick where it has been run before."""
    *_, whole = race_stages(f, racers, protocol)
    return whole


def race_stages(f: Function, racers: tuple[Racer, ...], protocol: Protocol) -> Iterator[FairRace]:
    """The race as it grows: as it begins, after parts of a sweep, after each racer; the last one is whole.

    racers: as `fair_racers` has them. Each part is kept by its arguments: when a racer joins, it is the only
    one to run.
    """
    starts = race_starts(f, protocol)
    if not race_starts(f, protocol, tuning=True).shape[1]:
        starts = starts[:, :0]  # a rate that cannot be tuned cannot race
    with np.errstate(all="ignore"):
        heights = np.broadcast_to(f.value(*starts), starts.shape[1:])
    known = gallery_surface(f)
    minima = known.minima if known is not None else ()
    lowest = min(
        (place.value for place in minima if protocol.domain.holds(place.x, place.y)), default=math.inf
    )
    race = FairRace(protocol, racers, starts, heights, lowest, ())
    if not starts.shape[1] or not racers:
        yield race
        return
    yield replace(race, done=0.0)
    for number, racer in enumerate(racers):
        racer = racer.renamed("")
        for sweep in _sweeps(f, racer, protocol):
            done = (number + len(sweep.rates) / (protocol.trials + 1)) / len(racers)
            yield replace(race, running=sweep, done=done)
        entry = _entry(f, racer, protocol)
        lowest = min(race.lowest, entry.lowest)
        done = (number + 1) / len(racers)
        race = replace(race, entries=(*race.entries, entry), lowest=lowest, done=done)
        yield race


@lru_cache(maxsize=32)
def race_starts(f: Function, protocol: Protocol, tuning: bool = False) -> Array:
    """(2, at most as many as asked for): the starts that racers are judged from.

    tuning: those that their rates are tuned on instead.
    """
    rng = np.random.default_rng([protocol.seed, _draw(tuning)])
    return drawn_starts(f, protocol.domain, protocol.starts, rng)


def _draw(tuning: bool) -> int:
    """What parts the draws of the sweep from those of the race."""
    return 0 if tuning else 1


def _sweeps(f: Function, racer: Racer, protocol: Protocol) -> Iterator[Sweep]:
    """The sweep as it grows; the last one is whole."""
    second = 2 * (protocol.trials // 4)  # even, so that none of them is the best of the first half again
    first = np.geomspace(*RATES, protocol.trials - second)
    sweep = Sweep(np.empty(0), np.empty((3, 0)))
    for rates in _chunked(first, protocol):
        sweep = _joined(sweep, _tried(f, racer, protocol, tuple(rates.tolist())))
        yield sweep
    between = float(sweep.rates[1] / sweep.rates[0])
    best = float(sweep.rates[sweep.best])
    low, high = max(RATES[0], best / between), min(RATES[1], best * between)
    finer = np.geomspace(low, high, second + 2)[1:-1]
    for rates in _chunked(finer, protocol):
        sweep = _joined(sweep, _tried(f, racer, protocol, tuple(rates.tolist())))
        yield sweep


def _chunked(rates: Array, protocol: Protocol) -> Iterator[Array]:
    each = max(1, CHUNK // (protocol.starts * protocol.drawn_seeds))
    for start in range(0, len(rates), each):
        yield rates[start : start + each]


def _joined(one: Sweep, other: Sweep) -> Sweep:
    order = np.argsort(rates := np.concatenate([one.rates, other.rates]), kind="stable")
    quartiles = np.concatenate([one.quartiles, other.quartiles], axis=1)
    return Sweep(rates[order], quartiles[:, order], min(one.lowest, other.lowest), min(one.fell, other.fell))


@lru_cache(maxsize=2048)
def _tried(f: Function, racer: Racer, protocol: Protocol, rates: tuple[float, ...]) -> Sweep:
    """These rates, from the starts and with the noise that rates are tuned on."""
    steps = protocol.evaluations // _cost(racer)
    found = _run(f, racer, protocol, np.array(rates), [steps], tuning=True)
    final = found.kept[-1].reshape(len(rates), -1)
    return Sweep(np.array(rates), quantiles(final, QUARTILES), found.lowest, found.fell)


@lru_cache(maxsize=64)
def _entry(f: Function, racer: Racer, protocol: Protocol) -> Entry:
    """The racer's sweep, and its race at the tuned rate."""
    *_, sweep = _sweeps(f, racer, protocol)
    cost = _cost(racer)
    steps = protocol.evaluations // cost
    runs = protocol.starts * protocol.drawn_seeds
    places = np.unique(np.linspace(0, steps, min(steps, KEPT, max(8, _MOST_KEPT // runs)) + 1).round())
    rate = sweep.rates[sweep.best : sweep.best + 1]
    found = _run(f, racer, protocol, rate, [int(place) for place in places])
    losses = found.kept[:, 0]
    return Entry(
        cost=cost,
        steps=steps,
        sweep=sweep,
        evaluations=cost * places,
        quartiles=quantiles(losses.reshape(len(places), -1), QUARTILES),
        final=losses[-1],
        lost=found.lost[0],
        lowest=min(found.lowest, sweep.lowest),
        fell=min(found.fell, sweep.fell),
    )


def _run(
    f: Function, racer: Racer, protocol: Protocol, rates: Array, kept: list[int], tuning: bool = False
) -> Losses:
    """The racer with each rate from each start with each seed: lanes (rates, starts, seeds)."""
    smooth = with_stated_slopes(f)
    settings = {**dict(racer.settings), "lr": rates[:, None, None]}
    optimizer = with_hessian(racer.kind.factory(**settings), smooth.hessian)
    starts = race_starts(f, protocol, tuning)
    starts = np.broadcast_to(starts[:, :, None], (*starts.shape, protocol.drawn_seeds))
    noise = Noise(protocol.noise, (protocol.seed, _draw(tuning), 1)) if protocol.noise > 0 else None
    return losses_along(optimizer, smooth.value_gradient, starts, kept, noise, (len(rates),))


def _cost(racer: Racer, unknowns: int = 2) -> int:
    return 1 + unknowns if racer.needs_hessian else 1
