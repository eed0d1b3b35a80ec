"""Rates that are safe and rates that are quick: against the theory of quadratics, and against single runs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.function import function
from engine.race import race
from engine.racers import parse_racers
from engine.rate_maps import (
    MOST_STEPS,
    Setup,
    judged_rates,
    memory_of,
    rounded,
    rounded_down,
    setting_value,
    tried,
    usual_rates,
)
from engine.survey import ARRIVED_SHARE

RAVINE = "x^2 + 10y^2"
LARGEST = 20.0  # the larger eigenvalue of its Hessian, diag(2, 20)


def setup(call, source=RAVINE, x=2.0, y=1.0, steps=400, **more):
    (racer,) = parse_racers(call)
    return Setup(function(source, ("x", "y")), racer.parts, x, y, steps, **more).plain("lr")


def test_plain_descent_is_safe_below_two_over_the_largest_curvature():
    """At 2/20 exactly the steep coordinate keeps its distance for ever: it comes no lower."""
    found = judged_rates(setup("gd"))
    assert found.fails == 0.1
    assert found.safe == 0.099


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_the_heavy_ball_is_safe_up_to_its_own_border(beta):
    """η < 2 (1 + β) / λ for the accumulated form (Polyak 1964)."""
    border = 2 * (1 + beta) / LARGEST
    found = judged_rates(setup(f"momentum(beta={beta})"))
    assert 0.97 * border <= found.fails <= 1.01 * border
    assert found.safe <= found.fails
    assert found.safe == rounded_down(found.safe)


def test_averaging_the_velocity_moves_the_border_by_one_over_one_minus_beta():
    plain, averaged = (judged_rates(setup(f"momentum(beta=0.9{more})")) for more in ("", ", averaged=true"))
    assert averaged.fails == pytest.approx(10 * plain.fails, rel=0.01)


def test_newton_is_safe_below_two_and_best_at_one():
    found = judged_rates(setup("newton"))
    assert (found.best, found.steps) == (1.0, 1)
    assert found.fails == 2.0
    assert found.safe == 1.9


@pytest.mark.parametrize("call", ["gd", "momentum", "nesterov", "adam", "rmsprop", "adagrad", "newton"])
@pytest.mark.parametrize("source", [RAVINE, "(x^2 + y - 11)^2 + (x + y^2 - 7)^2"])
def test_the_best_rate_takes_the_steps_it_is_said_to_take(call, source):
    found = judged_rates(setup(call, source, steps=200))
    racer = parse_racers(call)[0].changed(lr=found.best)
    (runner,) = race(function(source, ("x", "y")), str(racer), 2.0, 1.0, 200)
    lengths = np.hypot(*runner.run.gradients.T)
    bound = ARRIVED_SHARE * max(1.0, lengths[0])
    assert (lengths[found.steps :] <= bound).all()
    assert lengths[found.steps - 1] > bound
    assert found.fails is None or found.best < found.fails


def test_rates_beyond_safety_are_not_called_best():
    """RMSProp's first step from (2, 1) with 0.1 is 1 long in each coordinate: by luck onto (3, 2)."""
    found = judged_rates(setup("rmsprop", "(x^2 + y - 11)^2 + (x + y^2 - 7)^2", steps=40))
    lucky = tried(setup("rmsprop", "(x^2 + y - 11)^2 + (x + y^2 - 7)^2", steps=40), np.array([0.1]))
    assert lucky.arrived.tolist() == [1]
    assert found.fails < 0.1
    assert found.best < found.fails
    assert found.steps > 1


@pytest.mark.parametrize(
    ("source", "x", "y", "said"),
    [
        ("3 + 0 x y", 1.0, 1.0, "no slope"),
        ("x^2 + y^2", 0.0, 0.0, "no slope"),
        ("ln(x) + y^2", -1.0, 1.0, "no finite value"),
        ("ln(x^2) + y^2", 0.0, 1.0, "no finite value"),
        ("sqrt(x) + y^2", 0.0, 1.0, "no finite value or slope"),
    ],
)
def test_a_start_that_leads_nowhere_says_so(source, x, y, said):
    found = judged_rates(setup("gd", source, x, y, 30))
    assert (found.safe, found.best, found.steps) == (None, None, None)
    assert said in str(found.unsafe)


def test_where_even_the_smallest_rate_climbs_none_is_safe():
    """1 − exp(−r²/2) at r = √5 curves downwards along the radius: Newton's step leads up, however short."""
    found = judged_rates(setup("newton", "1 - exp(-(x^2 + y^2)/2)", steps=40))
    assert found.safe is None
    assert "does not come lower" in str(found.unsafe)


def test_a_discontinuous_surface_is_judged_as_any_other():
    """From x = 1 towards the step down at 0: with small rates nothing is lost, whatever lies beyond."""
    found = judged_rates(setup("gd", "x^2 + y^2 + 5 step(-x - 10)", 1.0, 1.0, 60))
    assert found.fails == 1.0
    assert (found.best, found.steps) == (0.5, 1)


def test_climbing_racers_are_judged_upside_down():
    found = judged_rates(setup("gd(maximize=true)", "-x^2 - 10y^2"))
    assert (found.safe, found.fails) == (0.099, 0.1)


def test_noise_is_the_race_s():
    quiet, noisy = judged_rates(setup("gd")), judged_rates(setup("gd", noise=0.5, seed=3))
    assert quiet.best is not None
    assert noisy.best is None  # the gradient never stays short
    assert noisy == judged_rates(setup("gd", noise=0.5, seed=3))


def test_long_races_are_looked_at_as_far_as_the_limit():
    found = judged_rates(setup("gd", steps=100_000))
    assert found == judged_rates(setup("gd", steps=MOST_STEPS))


def test_a_dial_holds_the_border_well_within_it():
    for call in ("gd", "momentum", "lion", "adadelta", "newton"):
        low, high = usual_rates(setup(call))
        fails = judged_rates(setup(call)).fails
        assert 99 * low <= fails <= high / 9.9
        assert math.log10(low) == pytest.approx(round(math.log10(low)))
    assert usual_rates(setup("gd", "3 + 0 x y")) == (1e-3, 10.0)


def test_settings_are_those_of_the_racer():
    fast, slow = (judged_rates(setup(f"rmsprop(alpha={alpha})", steps=200)) for alpha in (0.5, 0.99))
    assert fast != slow
    forked = judged_rates(setup("gd(lr=0.001) @ 5 momentum(beta=0.5)"))
    assert 0.97 * 0.15 <= forked.fails <= 1.01 * 0.15


# -- memory -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "setting", "value"),
    [
        ("momentum", "beta", 0.9),
        ("nesterov(beta=0.8)", "beta", 0.8),
        ("qhm", "beta", 0.999),
        ("rmsprop", "alpha", 0.99),
        ("adadelta", "rho", 0.9),
        ("adam(betas=(0.8, 0.99))", "betas", 0.8),
        ("nadam", "betas", 0.9),
        ("lion", "betas", 0.9),
        ("qhadam", "betas", 0.995),
    ],
)
def test_each_remembers_with_a_setting_of_its_own(call, setting, value):
    part = parse_racers(call)[0].last
    memory = memory_of(part)
    assert (memory.setting, memory.value(part)) == (setting, value)


@pytest.mark.parametrize("call", ["gd", "adagrad", "newton", "bfgs"])
def test_some_remember_nothing_that_can_be_set(call):
    assert memory_of(parse_racers(call)[0].last) is None


def test_a_memory_set_by_hand_stays_in_its_range():
    adam = parse_racers("adam(betas=(0.8, 0.95))")[0].last
    memory = memory_of(adam)
    assert setting_value(memory, adam, 0.12345) == (0.123, 0.95)
    assert setting_value(memory, adam, 7.0) == (0.99, 0.95)
    assert setting_value(memory, adam, -1.0) == (0.0, 0.95)


def test_rounding_to_digits():
    assert [rounded_down(value) for value in (0.0246, 0.02, 9.99, 1e-8, 1234.5)] == [
        0.024,
        0.02,
        9.9,
        1e-8,
        1200.0,
    ]
    assert [rounded(value) for value in (0.0246810, 1e-300, 123456.0, 0.0)] == [0.0247, 1e-300, 123000.0, 0.0]
