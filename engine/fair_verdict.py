"""Who is ahead in a fair race, and whether that is more than chance.

Racers are compared start by start, each by the median over its seeds: runs from one start are not
independent. The one with the lowest median of all its ends leads. It is ahead if, against every other racer,
it ends lower more often than higher and the two-sided sign test over the starts gives p < 0.05, where p is
multiplied by the number of rivals (Bonferroni): with many to be compared with, one of them is easily beaten
by luck.

Ends that are nearer to each other than `RESOLUTION` of the height of the starts above the lowest loss known
are the same, and so are two lost runs.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from engine.descent import Array
from engine.fair_race import Entry, FairRace
from engine.significance import quantiles, sign_test

SIGNIFICANT = 0.05
RESOLUTION = 1e-9
ARRIVED = 1e-3
"""Of the height of the starts above the lowest loss known: what a run that has arrived has left at most."""

Outcome: TypeAlias = Literal[
    "running", "nobody", "nowhere", "alone", "level", "bottomless", "all lost", "ahead", "unclear"
]
"""running     not all racers are done
nobody      there are no racers
nowhere     f has no finite value and slope at any start
alone       there is one racer
level       all starts are as low as the lowest loss known: there is nowhere to go
bottomless  lost runs met lower losses than any that stayed: f falls without end, or far outside the domain
all lost    more than half of each racer's runs are lost
ahead       the leader is ahead of every other racer by more than chance
unclear     it is not
"""


class Pair(NamedTuple):
    """Two racers by their places: from how many starts the first ended lower, higher, and the same.

    p: of the sign test.
    """

    one: int
    other: int
    lower: int
    higher: int
    same: int
    p: float


class Verdict(NamedTuple):
    """leader: the place of the racer that leads; None where no race is to be judged. closest: of the leader
    with each rival, the pair that is least more than chance; its p is corrected for the number of rivals.
    """

    outcome: Outcome
    leader: int | None = None
    closest: Pair | None = None


class Standing(NamedTuple):
    """One racer's ends: their quartiles, and the shares of its runs that arrived and that were lost.

    wins: from how many starts it ended lower than every other.
    """

    low: float
    median: float
    high: float
    arrived: float
    lost: float
    wins: int


@lru_cache(maxsize=32)
def height_of(race: FairRace) -> float:
    """The median height of the starts above the lowest loss known; 0 where nothing is known."""
    if not race.heights.size or not math.isfinite(race.lowest):
        return 0.0
    return max(0.0, float(np.median(race.heights)) - race.lowest)


@lru_cache(maxsize=32)
def standings(race: FairRace) -> tuple[Standing, ...]:
    """How each racer that is done stands."""
    within = race.lowest + ARRIVED * height_of(race)
    scores = [_scores(entry) for entry in race.entries]
    found = []
    for number, entry in enumerate(race.entries):
        low, median, high = (float(value) for value in quantiles(entry.final.ravel(), (0.25, 0.5, 0.75)))
        alone = np.ones(len(scores[number]), dtype=bool)
        for other, score in enumerate(scores):
            if other != number:
                alone &= _lower(scores[number], score, _finest(race))
        wins = int(alone.sum()) if len(scores) > 1 else 0
        found.append(
            Standing(
                low, median, high, float(np.mean(entry.final <= within)), float(np.mean(entry.lost)), wins
            )
        )
    return tuple(found)


@lru_cache(maxsize=32)
def pairs(race: FairRace) -> tuple[Pair, ...]:
    """Each racer that is done against each after it."""
    scores = [_scores(entry) for entry in race.entries]
    return tuple(
        _pair(one, other, scores[one], scores[other], _finest(race))
        for one in range(len(scores))
        for other in range(one + 1, len(scores))
    )


@lru_cache(maxsize=32)
def verdict(race: FairRace) -> Verdict:
    """Who is ahead, if anybody is."""
    if not race.racers:
        return Verdict("nobody")
    if not race.starts.shape[1]:
        return Verdict("nowhere")
    if len(race.entries) < len(race.racers):
        return Verdict("running")
    height = height_of(race)
    if min(entry.fell for entry in race.entries) < race.lowest - height:
        return Verdict("bottomless")
    medians = [standing.median for standing in standings(race)]
    if not math.isfinite(min(medians)):
        return Verdict("all lost")
    if height <= 0.0:
        return Verdict("level")
    leader = min(range(len(medians)), key=lambda number: (medians[number], standings(race)[number].high))
    if len(race.racers) == 1:
        return Verdict("alone", leader)
    own = _scores(race.entries[leader])
    rivals = [number for number in range(len(medians)) if number != leader]
    against = [_pair(leader, rival, own, _scores(race.entries[rival]), _finest(race)) for rival in rivals]
    closest = min(against, key=lambda pair: (1 - pair.p) * (1 if pair.lower > pair.higher else -1))
    closest = closest._replace(p=min(1.0, closest.p * len(rivals)))
    ahead = closest.lower > closest.higher and closest.p < SIGNIFICANT
    return Verdict("ahead" if ahead else "unclear", leader, closest)


def _scores(entry: Entry) -> Array:
    """One number for each start."""
    (median,) = quantiles(entry.final, (0.5,))
    return np.asarray(median)


def _finest(race: FairRace) -> float:
    return RESOLUTION * height_of(race)


def _lower(one: Array, other: Array, finest: float) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    with np.errstate(invalid="ignore"):
        below: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = one < other - finest
    return below


def _pair(one: int, other: int, own: Array, its: Array, finest: float) -> Pair:
    lower, higher = int(_lower(own, its, finest).sum()), int(_lower(its, own, finest).sum())
    return Pair(one, other, lower, higher, len(own) - lower - higher, sign_test(lower, higher))
