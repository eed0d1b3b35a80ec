import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest

from engine.cancellation import CancelledError, cancellable
from engine.descent import run
from engine.fair_race import (
    Entry,
    FairRace,
    Protocol,
    Sweep,
    fair_race,
    fair_racers,
    race_stages,
    race_starts,
)
from engine.fair_verdict import height_of, pairs, standings, verdict
from engine.function import function
from engine.racer import make_racer
from engine.racers import parse_racers
from engine.start_domain import Rectangle

SQUARE = Rectangle(-4.0, 4.0, -4.0, 4.0)
PLAIN = Protocol(evaluations=30, starts=25, seeds=1, noise=0.0, seed=7, domain=SQUARE, trials=16)
NOISY = PLAIN._replace(noise=0.5, seeds=3)


def race(formula: str, racers: str, protocol: Protocol = PLAIN) -> FairRace:
    return fair_race(
        function(formula, ("x", "y")), tuple(fair_racers(parse_racers(racers)).values()), protocol
    )


def test_everybody_has_the_same_budget_and_as_many_rates() -> None:
    found = race("x^2 + 10y^2", "gd; adam; newton; bfgs")
    steps = {racer.optimizer: entry.steps for racer, entry in zip(found.racers, found.entries, strict=True)}
    # the Hessian in two unknowns costs two evaluations more
    assert steps == {"gd": 30, "adam": 30, "newton": 10, "bfgs": 30}
    assert [entry.evaluations[-1] for entry in found.entries] == [30, 30, 30, 30]
    assert [len(entry.sweep.rates) for entry in found.entries] == [16, 16, 16, 16]


def test_half_of_the_rates_are_spread_out_the_other_half_lies_about_the_best_of_those() -> None:
    (entry,) = race("x^2 + y^2", "gd").entries
    rates = entry.sweep.rates
    spread = 10.0 ** np.arange(-6, 2)
    assert all(np.isclose(rates, rate).any() for rate in spread)
    # by hand: x shrinks by |1 − 2η| a step, so of the powers of ten 0.1 leaves the least; 1 goes on for ever
    finer = [rate for rate in rates.tolist() if not np.isclose(spread, rate).any()]
    assert finer == pytest.approx((0.1 * 100 ** (np.arange(1, 9) / 9) / 10).tolist())
    left = [(1 - 2 * rate) ** 60 for rate in rates.tolist()]
    assert entry.rate == rates[int(np.argmin(left))]


def test_what_is_tuned_is_judged_elsewhere() -> None:
    f = function("x^2 + 10y^2", ("x", "y"))
    tuning, judged = race_starts(f, NOISY, tuning=True), race_starts(f, NOISY)
    assert tuning.shape == judged.shape == (2, 25)
    assert not set(tuning.ravel().tolist()) & set(judged.ravel().tolist())


@pytest.mark.parametrize("protocol", [PLAIN, NOISY])
@pytest.mark.parametrize("name", ["gd", "momentum(beta=0.5)", "rmsprop(alpha=0.9)", "newton"])
def test_ends_are_those_of_single_runs(name: str, protocol: Protocol) -> None:
    f = function("x^4/4 + x y + y^2", ("x", "y"))
    (racer,) = parse_racers(name)
    (entry,) = race("x^4/4 + x y + y^2", name, protocol).entries
    optimizer = racer.changed(lr=entry.rate).build(f.hessian_at)
    seeds = protocol.drawn_seeds
    rng = np.random.default_rng((7, 1, 1))
    pushes = protocol.noise * rng.standard_normal((entry.steps, 2, 25, seeds))
    for number, start in enumerate(race_starts(f, protocol).T):
        for seed in range(seeds):
            noise = pushes[:, :, number, seed] if protocol.noise else None
            single = run(optimizer, f.value_gradient_at, start, entry.steps, noise=noise)
            assert entry.final[number, seed] == pytest.approx(single.losses[-1], rel=1e-7, abs=1e-12)
    if protocol is PLAIN:  # of 25 in order, the quartiles are the 7th, 13th and 19th
        assert entry.quartiles[:, -1].tolist() == np.sort(entry.final.ravel())[[6, 12, 18]].tolist()


def test_without_noise_one_seed_is_as_good_as_many() -> None:
    (entry,) = race("x^2 + 10y^2", "gd", PLAIN._replace(seeds=9)).entries
    assert entry.final.shape == (25, 1)


def test_racers_that_differ_in_their_rates_alone_are_one() -> None:
    racers = fair_racers(parse_racers("gd(lr=1); momentum; fast: gd(lr=2); gd(lr=1, weight_decay=0)"))
    assert {place: racer.name for place, racer in racers.items()} == {0: "gd()", 1: "momentum()"}
    assert not fair_racers(())


def test_it_grows_and_ends_whole() -> None:
    f, racers = function("x^2 + 3y^2", ("x", "y")), tuple(fair_racers(parse_racers("gd; adam")).values())
    stages = list(race_stages(f, racers, PLAIN._replace(starts=600, evaluations=12)))
    shares = [stage.done for stage in stages]
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
    assert shares == sorted(shares)
    assert len(shares) > 6
    assert all(verdict(stage).outcome == "running" for stage in stages[:-1])
    assert len(stages[-1].entries) == 2
    assert stages[0].running is None
    assert stages[1].running is not None


def test_can_be_stopped_and_asked_again() -> None:
    f, racers = function("x^2 + 4y^2", ("x", "y")), tuple(fair_racers(parse_racers("gd; adam")).values())
    asked = iter(range(10**6))
    with cancellable(lambda: next(asked) >= 50), pytest.raises(CancelledError):
        fair_race(f, racers, PLAIN)
    assert next(asked) == 51
    assert fair_race(f, racers, PLAIN).done == 1.0


# -- the verdict, over ends made by hand ------------------------------------------------------------------


def by_hand(*ends: list[float], height: float = 100.0) -> FairRace:
    """A race whose racers ended so from each start, all of which were `height` high; the lowest loss is 0."""
    entries = tuple(
        Entry(
            cost=1,
            steps=9,
            sweep=Sweep(np.array([0.1]), np.zeros((3, 1))),
            evaluations=np.array([0.0, 9.0]),
            quartiles=np.zeros((3, 2)),
            final=np.array(end)[:, None],
            lost=np.isinf(end)[:, None],
            lowest=min(end),
            fell=math.inf,
        )
        for end in ends
    )
    racers = tuple(make_racer("momentum", {"beta": number / 10}) for number in range(len(ends)))
    starts = np.zeros((2, len(ends[0])))
    return FairRace(PLAIN, racers, starts, np.full(len(ends[0]), height), 0.0, entries)


def test_ahead_of_one_rival() -> None:
    one, other = [1.0] * 10 + [3.0] * 2, [2.0] * 12
    found = verdict(by_hand(one, other))
    assert (found.outcome, found.leader) == ("ahead", 0)
    assert found.closest is not None
    assert found.closest[:5] == (0, 1, 10, 2, 0)
    assert found.closest.p == pytest.approx(binomtest(10, 12).pvalue)


def test_with_more_rivals_more_is_asked_for() -> None:
    one, other = [1.0] * 10 + [3.0] * 2, [2.0] * 12
    found = verdict(by_hand(one, other, [9.0] * 12))
    assert found.outcome == "unclear"
    assert found.closest is not None
    assert found.closest.p == pytest.approx(2 * binomtest(10, 12).pvalue)


def test_the_lowest_median_may_end_higher_more_often() -> None:
    one, other = [1.0] * 7 + [50.0] * 5, [0.5] * 2 + [1.1] * 5 + [9.0] * 5
    # against the third it is ahead from all starts; the rival named is the other
    found = verdict(by_hand(one, other, [60.0] * 12))
    assert (found.outcome, found.leader) == ("unclear", 0)
    assert found.closest is not None
    assert found.closest[:5] == (0, 1, 5, 7, 0)


def test_ends_nearer_than_a_billionth_are_the_same() -> None:
    found = verdict(by_hand([0.0] * 20, [5e-8] * 20))
    assert found.outcome == "unclear"
    assert found.closest is not None
    assert found.closest[2:] == (0, 0, 20, 1.0)


def test_two_lost_runs_are_the_same_and_any_end_is_lower() -> None:
    found = by_hand([1.0, math.inf, math.inf], [math.inf, math.inf, 2.0])
    (pair,) = pairs(found)
    assert pair[2:5] == (1, 1, 1)


def test_standings_by_hand() -> None:
    one, other = standings(by_hand([0.0, 0.1, 0.2, math.inf], [0.0, 7.0, 0.1, 5.0]))
    assert (one.low, one.median, one.high) == (pytest.approx(0.075), pytest.approx(0.15), math.inf)
    # of 100, a thousandth may be left
    assert (one.arrived, one.lost, one.wins) == (0.5, 0.25, 1)
    assert (other.arrived, other.lost, other.wins) == (0.5, 0.0, 2)


def test_seeds_of_one_start_are_one_vote() -> None:
    found = by_hand([1.0] * 6, [2.0] * 6)
    # as if from three starts with two seeds: 3 to 0, which one race in four brings by chance
    entries = tuple(replace(entry, final=entry.final.reshape(3, 2)) for entry in found.entries)
    told = verdict(replace(found, entries=entries, starts=np.zeros((2, 3))))
    assert told.closest is not None
    assert told.closest[2:4] == (3, 0)
    assert told.closest.p == 0.25


# -- what is no race --------------------------------------------------------------------------------------


def test_nobody_and_one() -> None:
    assert verdict(race("x^2 + y^2", "")).outcome == "nobody"
    alone = verdict(race("x^2 + y^2", "gd"))
    assert (alone.outcome, alone.leader, alone.closest) == ("alone", 0, None)


def test_a_constant_surface() -> None:
    found = race("3", "gd; adam")
    assert height_of(found) == 0
    assert verdict(found).outcome == "level"


def test_no_value_anywhere() -> None:
    assert verdict(race("ln(-1 - x^2 - y^2)", "gd; adam")).outcome == "nowhere"


def test_holes_lose_those_who_fall_into_them_alone() -> None:
    found = race("(ln(x))^2 + y^2", "gd; newton; bfgs")
    assert verdict(found).outcome in ("ahead", "unclear")
    assert race_starts(function("(ln(x))^2 + y^2", ("x", "y")), PLAIN)[0].min() > 0


@pytest.mark.parametrize("formula", ["x^2 - y^2", "-exp(x) + y^2"])
def test_surfaces_without_a_lowest_point(formula: str) -> None:
    assert verdict(race(formula, "gd; momentum")).outcome == "bottomless"


def test_a_slope_without_end_wants_ever_larger_rates() -> None:
    assert all(entry.at_edge for entry in race("x", "gd; momentum").entries)


def test_all_are_lost_in_huge_noise() -> None:
    found = race("x^2 + y^2", "gd; adam", PLAIN._replace(noise=1e308, seeds=2))
    assert verdict(found).outcome == "all lost"
    assert [standing.lost for standing in standings(found)] == [1.0, 1.0]


def test_noise_that_only_bounded_steps_survive() -> None:
    # Adam divides by the size of what it meets: however large the noise, its steps are as long as its rate
    found = race("x^2 + y^2", "gd; adam", PLAIN._replace(noise=1e300, seeds=2))
    assert [standing.lost for standing in standings(found)] == [1.0, 0.0]
    assert verdict(found)[:2] == ("ahead", 1)
