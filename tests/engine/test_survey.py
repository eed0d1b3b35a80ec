"""Surveys: each lane is its single run, whatever the chunks and threads; and what became of it."""

from __future__ import annotations

import math
import os
import threading
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from surfaces_by_hand import beale, beale_hessian

from engine import survey as surveys
from engine.cancellation import CancelledError, cancellable
from engine.descent import MAXIMUM_STEPS, run
from engine.errors import LimitError
from engine.function import function
from engine.optimizer_kinds import OPTIMIZERS
from engine.optimizers import adam, gd, momentum
from engine.second_order import with_hessian
from engine.survey import ARRIVED_SHARE, Fate, survey

BEALE = "(1.5 - x + x y)^2 + (2.25 - x + x y^2)^2 + (2.625 - x + x y^3)^2"
HIMMELBLAU = "(x^2 + y - 11)^2 + (x + y^2 - 7)^2"
RATES = {"adadelta": 1.0, "newton": 0.5, "bfgs": 0.5, "adagrad": 0.5, "gd": 0.003, "qhm": 0.01, "lion": 0.05}


def surface(source):
    return replace(function(source, ("x", "y")), subgradient=True)


def builder(name, f):
    """Makes the optimizer from settings, with the Hessian for arrays."""
    return lambda **settings: with_hessian(OPTIMIZERS[name].factory(**settings), f.hessian)


def judged(trajectory, steps):
    """What a survey says of a run, worked out from its rows in plain Python."""
    if trajectory.status == "diverged":
        return Fate.DIVERGED, -1
    lengths = [math.hypot(*gradient) for gradient in trajectory.gradients.tolist()]
    bound = ARRIVED_SHARE * max(1.0, lengths[0])
    far = [k for k, length in enumerate(lengths) if length > bound]
    if not far or far[-1] < steps - min(steps // 20, 5):
        return Fate.ARRIVED, far[-1] + 1 if far else 0
    tail = min(steps, max(8, steps // 2))
    moves = np.diff(trajectory.positions[-tail - 1 :], axis=0)
    turns = sum(float(a @ b) < 0 for a, b in pairwise(moves))
    losses = trajectory.losses.tolist()
    early, third = [math.ceil(share * steps) for share in (0.5, 0.75)]
    since, before = (third, losses[early:third]) if turns >= 4 else (early, losses[:early])
    lower = moves.any() and max(losses[since:]) < max(before) and max(losses[third:]) < losses[0]
    if turns > (tail - 1) / 2 or (turns >= 4 and not lower):
        return Fate.OSCILLATES, -1
    return (Fate.ON_ITS_WAY if lower else Fate.NO_LOWER), -1


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("source", [BEALE, HIMMELBLAU])
def test_every_lane_is_its_single_run(name, source):
    """On polynomials to the last bit: sums, products, quotients and roots are rounded alike in both."""
    f, steps, settings = surface(source), 90, {"lr": RATES.get(name, 0.1)}
    x, y = (
        axis.ravel()
        for axis in np.meshgrid([-4.0, -1.0, 0.25, 3.0, 40.0, 1e90, 1e160], [-3.0, 0.5, 2.0, 30.0])
    )
    found = survey(builder(name, f), f.value_gradient, (x, y), steps, settings=settings)
    single = with_hessian(OPTIMIZERS[name].factory(**settings), f.hessian_at)
    fates = set()
    for lane, start in enumerate(zip(x.tolist(), y.tolist(), strict=True)):
        trajectory = run(single, f.value_gradient_at, start, steps)
        fate, arrived = judged(trajectory, steps)
        fates.add(fate)
        assert (Fate(found.fates[lane]), found.arrived[lane]) == (fate, arrived), start
        if np.isfinite([*trajectory.positions[-1], trajectory.losses[-1], *trajectory.gradients[-1]]).all():
            assert found.positions[:, lane].tolist() == trajectory.positions[-1].tolist()
            assert found.losses[lane] == trajectory.losses[-1]
        else:
            assert np.isnan(found.positions[:, lane]).all()
            assert np.isnan(found.losses[lane])
    assert Fate.DIVERGED in fates
    assert len(fates) > 1


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_where_the_libraries_round_sines_apart_the_lanes_still_agree(name):
    """NumPy's sin and exp may differ from `math`'s in the last place: in 60 steps that stays below 1e-9."""
    f = surface("sin(x) + y^2/2 + exp(-x^2 - y^2)")
    x, y = np.array([-2.5, -0.5, 0.75, 3.0]), np.array([1.0, -2.0, 0.25, 3.0])
    found = survey(builder(name, f), f.value_gradient, (x, y), 60, settings={"lr": 0.05})
    single = with_hessian(OPTIMIZERS[name].factory(lr=0.05), f.hessian_at)
    for lane, start in enumerate(zip(x.tolist(), y.tolist(), strict=True)):
        trajectory = run(single, f.value_gradient_at, start, 60)
        np.testing.assert_allclose(
            found.positions[:, lane], trajectory.positions[-1], rtol=1e-9, atol=1e-9, err_msg=str(start)
        )


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_objectives_written_by_hand_do_as_well(name):
    """Beale's function with its gradient worked by hand, over a grid of starts, one of them far off."""
    x, y = np.meshgrid([-2.0, 0.0, 0.5, 40.0], [-1.0, 0.25, 30.0])
    optimizer = with_hessian(OPTIMIZERS[name].factory(lr=0.003), beale_hessian)
    found = survey(lambda: optimizer, beale, (x, y), 60)
    for place in np.ndindex(x.shape):
        single = run(optimizer, beale, (x[place], y[place]), 60)
        assert (found.fates[place] == Fate.DIVERGED) == (single.status == "diverged")
        if single.status != "diverged":
            np.testing.assert_allclose(found.positions[:, *place], single.positions[-1], rtol=1e-11)
            np.testing.assert_allclose(found.losses[place], single.losses[-1], rtol=1e-11)


def test_settings_may_differ_from_lane_to_lane():
    f = surface(HIMMELBLAU)
    rates, memories = np.array([0.01, 0.1, 1.0])[:, None], np.array([0.0, 0.5, 0.9, 0.99])
    settings = {"lr": rates, "betas": (memories, 0.99)}
    found = survey(adam, f.value_gradient, (1.0, -1.0), 50, settings=settings)
    assert found.fates.shape == (3, 4)
    for i, j in np.ndindex(3, 4):
        own = adam(lr=float(rates[i, 0]), betas=(float(memories[j]), 0.99))
        end = run(own, f.value_gradient_at, (1.0, -1.0), 50).positions[-1]
        # β ** t of an array is rounded by another routine than that of a number
        np.testing.assert_allclose(found.positions[:, i, j], end, rtol=1e-12)


def test_noise_is_that_of_the_single_run():
    f, noise = surface(HIMMELBLAU), np.random.default_rng(3).standard_normal((40, 2))
    x = np.array([-3.0, 0.0, 3.0])
    found = survey(momentum, f.value_gradient, (x, 1.0), 40, settings={"lr": 0.002}, noise=noise)
    for lane, start in enumerate(x.tolist()):
        end = run(momentum(lr=0.002), f.value_gradient_at, (start, 1.0), 40, noise=noise).positions[-1]
        assert found.positions[:, lane].tolist() == end.tolist()


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_neither_chunks_nor_threads_change_the_answer(threads, monkeypatch):
    f = surface("sin(3x) exp(y/2) + y^2 + x^2/5")
    x, y = np.meshgrid(np.linspace(-3, 3, 41), np.linspace(-3, 3, 37))
    whole = survey(adam, f.value_gradient, (x, y), 30, settings={"lr": 0.1}, threads=1)
    monkeypatch.setattr(surveys, "CHUNK", 97)
    parts = survey(adam, f.value_gradient, (x, y), 30, settings={"lr": 0.1 + 0 * x}, threads=threads)
    for name in ("positions", "losses", "arrived", "fates", "falling", "moved"):
        assert np.array_equal(getattr(whole, name), getattr(parts, name)), name


# -- fates ------------------------------------------------------------------------------------------------


def parabola(x):
    return x * x, (2 * x,)


def fates_of(found):
    return [Fate(fate).name for fate in np.ravel(found.fates).tolist()]


def test_rates_on_a_parabola():
    """x² from 1: x_k = (1 − 2η)^k, there once 2|x_k| ≤ 1e-4 · 2. From η = ½ on it changes sides; at 1 it
    comes no lower; beyond, it
    grows: 1.12^80 = 8658 is farther than 1000 first steps of 2.12, and 1.02^80 = 4.9 is not."""
    rates = np.array([1e-3, 0.1, 0.5, 0.9, 0.99, 1.0, 1.01, 1.06, 1.5])
    found = survey(gd, parabola, (1.0,), 80, settings={"lr": rates})
    assert fates_of(found) == [
        "ON_ITS_WAY", "ARRIVED", "ARRIVED", "ARRIVED", "OSCILLATES", "OSCILLATES", "OSCILLATES", "DIVERGED",
        "DIVERGED",
    ]  # fmt: skip
    steps = math.ceil(math.log(1e-4) / math.log(0.8))
    assert found.arrived.tolist() == [-1, steps, 1, steps, -1, -1, -1, -1, -1]
    assert found.falling.tolist() == [True] * 5 + [False] * 4
    np.testing.assert_allclose(found.positions[0, :7], (1 - 2 * rates[:7]) ** 80, rtol=1e-12)


def test_arrived_means_to_stay():
    """Heavy ball on x² crosses the flat bottom on its first swings: only the last crossing counts."""
    found = survey(momentum, parabola, (np.array([1.0]),), 400, settings={"lr": 0.01, "beta": 0.95})
    slopes = np.abs(run(momentum(lr=0.01, beta=0.95), parabola, (1.0,), 400).gradients[:, 0])
    touched = int(np.flatnonzero(slopes <= 2e-4)[0])
    assert found.arrived[0] > touched
    assert (slopes[found.arrived[0] :] <= 2e-4).all()


def test_a_swing_that_crosses_the_ground_at_its_end_has_not_arrived():
    """The same heavy ball, ended where it is just on its way through."""
    slopes = np.abs(run(momentum(lr=0.01, beta=0.95), parabola, (1.0,), 400).gradients[:, 0])
    touched = int(np.flatnonzero(slopes <= 2e-4)[0])
    found = survey(momentum, parabola, (np.array([1.0]),), touched, settings={"lr": 0.01, "beta": 0.95})
    assert fates_of(found) == ["ON_ITS_WAY"]
    assert found.arrived.tolist() == [-1]


def test_circling_without_coming_lower_oscillates():
    """A heavy ball that forgets nothing keeps its energy: it swings for ever, turning now and then."""
    found = survey(momentum, parabola, (1.0,), 2000, settings={"lr": 1e-3, "beta": np.array([1.0])})
    assert fates_of(found) == ["OSCILLATES"]


def test_a_slow_swing_on_its_way_up_is_still_falling():
    """A heavy ball takes 2π / √(2η) ≈ 31 steps to swing on x² for η = 0.02. Its loss has a crest every 16
    steps, each β^16 = 0.185 of the one before; after 30 it is on its way up again."""
    trajectory = run(momentum(lr=0.02, beta=0.9), parabola, (1.0,), 30)
    assert (np.diff(trajectory.losses[-5:]) > 0).all()
    found = survey(momentum, parabola, (np.array([1.0]),), 30, settings={"lr": 0.02, "beta": 0.9})
    assert fates_of(found) == ["ON_ITS_WAY"]
    assert found.falling.all()


def test_whoever_arrives_higher_than_he_began_has_not_come_lower():
    """1 − exp(−x²/2) is flat far out: from 1, where it is 0.39, a rate of 20 jumps to −11, where it is 1."""

    def pit(x):
        depth = np.exp(-x * x / 2)
        return 1 - depth, (x * depth,)

    found = survey(gd, pit, (1.0,), 30, settings={"lr": np.array([0.5, 20.0])})
    assert fates_of(found) == ["ARRIVED", "ARRIVED"]
    assert found.falling.tolist() == [True, False]


def test_far_above_the_start_nothing_counts_as_falling():
    """Adam's first steps are as long as its rate: of 1000, they end far above, and come back slowly."""
    found = survey(adam, parabola, (1.0,), 40, settings={"lr": np.array([0.01, 1000.0])})
    assert fates_of(found) == ["ON_ITS_WAY", "OSCILLATES"]
    assert found.falling.tolist() == [True, False]


def test_climbing_is_falling_upside_down():
    settings = {"lr": np.array([1e-3]), "maximize": True}
    assert fates_of(survey(gd, parabola, (1.0,), 30, settings=settings, climbs=True)) == ["ON_ITS_WAY"]


@pytest.mark.parametrize(
    ("source", "fates"),
    [
        ("3 + 0x y", ["ARRIVED"] * 3),  # a constant: nothing to do anywhere
        ("ln(x) + y^2", ["DIVERGED", "DIVERGED", "ON_ITS_WAY"]),
        ("ln(x^2) + y^2", ["ON_ITS_WAY", "DIVERGED", "ON_ITS_WAY"]),  # −∞ at 0
        ("sqrt(x) + y^2", ["DIVERGED", "DIVERGED", "ON_ITS_WAY"]),  # NaN, and at 0 an infinite slope
        ("step(x) + (x - 3)^2 + y^2", ["ON_ITS_WAY"] * 3),
        ("min(x, ln(0)) + y^2", ["DIVERGED"] * 3),  # −∞ everywhere, its slope 0
    ],
)
def test_holes_and_infinities(source, fates):
    f = surface(source)
    found = survey(gd, f.value_gradient, (np.array([-2.0, 0.0, 2.0]), 1.0), 40, settings={"lr": 0.02})
    assert fates_of(found) == fates
    for x, fate in zip((-2.0, 0.0, 2.0), fates, strict=True):
        status = run(gd(lr=0.02), f.value_gradient_at, (x, 1.0), 40).status
        assert (status == "diverged") == (fate == "DIVERGED")


def test_an_infinite_slope_counts_even_where_a_sign_makes_it_a_finite_step():
    """Lion steps by signs, so its parameters stay finite after a slope that is not."""
    from engine.adaptive_optimizers import lion

    def objective(x):
        return x * x, (np.where(x < 0.5, np.inf, 2 * x),)

    found = survey(lion, objective, (np.array([1.0, 0.4]),), 4, settings={"lr": 0.01})
    assert fates_of(found) == ["ON_ITS_WAY", "DIVERGED"]
    assert np.isnan(found.positions[0]).tolist() == [False, True]


def test_rates_of_nothing_and_of_far_too_much():
    rates = np.array([0.0, 1e-300, 1e300])
    found = survey(gd, parabola, (1.0,), 20, settings={"lr": rates})
    assert fates_of(found) == ["NO_LOWER", "NO_LOWER", "DIVERGED"]
    assert found.moved.tolist() == [False, False, True]


def test_no_steps_no_lanes_and_too_many_steps():
    assert fates_of(survey(gd, parabola, (np.array([0.0, 1.0]),), 0)) == ["ARRIVED", "NO_LOWER"]
    assert survey(gd, parabola, (np.empty(0),), 5).positions.shape == (1, 0)
    with pytest.raises(LimitError, match=str(MAXIMUM_STEPS)):
        survey(gd, parabola, (1.0,), MAXIMUM_STEPS + 1)


# -- threads ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lanes", [100, 5000])
def test_it_stops_when_told_to(lanes, monkeypatch):
    monkeypatch.setattr(surveys, "CHUNK", 1000)
    calls, told = [], threading.Event()

    def objective(x):
        calls.append(None)
        if len(calls) == 50:
            told.set()
        return parabola(x)

    with cancellable(told.is_set), pytest.raises(CancelledError):
        survey(gd, objective, (np.ones(lanes),), 10_000)
    assert len(calls) < 50 + 4  # each thread ends the step it is in, at most


def test_a_failure_is_told_and_ends_the_others(monkeypatch):
    monkeypatch.setattr(surveys, "CHUNK", 10)
    calls = []

    def objective(x):
        calls.append(None)
        if len(calls) > 20:
            raise ZeroDivisionError("no")
        return parabola(x)

    with pytest.raises(ZeroDivisionError):
        survey(gd, objective, (np.ones(1000),), 5000)
    assert len(calls) < 100


def test_a_system_without_priorities_does_as_well(monkeypatch):
    def refused(*arguments):
        raise PermissionError

    monkeypatch.setattr(os, "setpriority", refused, raising=False)
    surveys._give_way()
    monkeypatch.delattr(os, "setpriority", raising=False)
    surveys._give_way()
