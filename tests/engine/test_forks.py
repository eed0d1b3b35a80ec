"""Runs that turn, against plain loops, and against one run that does not."""

import math

import numpy as np
import pytest

from engine.descent import run
from engine.forks import Stretch, switched
from engine.function import function
from engine.optimizer_kinds import OPTIMIZERS
from engine.optimizers import adam, gd, momentum
from engine.racers import make_racer, parse_racers
from engine.second_order import newton, with_hessian
from engine.survey import survey

START = (-1.5, 2.0)


def ravine(x, y):
    return x * x + 10 * y * y, (2 * x, 20 * y)


def rosenbrock(x, y):
    return (1 - x) * (1 - x) + 5 * (y - x * x) * (y - x * x), (
        -2 * (1 - x) - 20 * x * (y - x * x),
        10 * (y - x * x),
    )


def hessian(x, y):
    return ((2 - 20 * y + 60 * x * x, -20 * x), (-20 * x, 10.0))


def racer(text):
    return parse_racers(text)[0].build(hessian)


def test_another_rate_keeps_the_velocity():
    """As in PyTorch, where a parameter group's lr is changed between two steps."""
    w, v, path = np.array(START), np.zeros(2), [START]
    for t in range(20):
        rate = 0.02 if t < 7 else 0.005
        v = 0.9 * v + np.array([2 * w[0], 20 * w[1]])
        w = w - rate * v
        path.append(tuple(w))
    turned = run(racer("momentum(lr=0.02) @ 7 momentum(lr=0.005)"), ravine, START, 20)
    assert turned.positions == pytest.approx(np.array(path), rel=1e-13, abs=1e-15)


def test_another_optimizer_starts_anew():
    w = np.array(START)
    for _ in range(5):
        w = w - 0.03 * np.array([2 * w[0], 20 * w[1]])
    m, v = np.zeros(2), np.zeros(2)
    for t in range(1, 9):
        g = np.array([2 * w[0], 20 * w[1]])
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        w = w - 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    turned = run(racer("gd(lr=0.03) @ 5 adam(lr=0.1)"), ravine, START, 13)
    assert turned.positions[-1] == pytest.approx(w, rel=1e-12)


def test_a_velocity_is_lost_on_the_way_through_another_optimizer():
    w, v = 1.0, 0.0
    for t in range(9):
        g = 2 * w
        v = 0.0 if t == 6 else v
        if 3 <= t < 6:
            w = w - 0.1 * g
        else:
            v = 0.9 * v + g
            w = w - 0.1 * v
    turned = run(
        racer("momentum(lr=0.1) @ 3 gd(lr=0.1) @ 6 momentum(lr=0.1)"), lambda x: (x * x, (2 * x,)), (1.0,), 9
    )
    assert turned.positions[-1, 0] == pytest.approx(w, rel=1e-13)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_turn_to_what_runs_already_changes_nothing(name):
    straight = run(racer(f"{name}(lr=0.01)"), rosenbrock, START, 200)
    turned = run(racer(f"{name}(lr=0.01) @ 1 {name}(lr=0.01) @ 70 {name}(lr=0.01)"), rosenbrock, START, 200)
    assert np.array_equal(straight.positions, turned.positions)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_up_to_its_turn_a_fork_is_the_run_it_was_forked_off(name):
    (parent,) = parse_racers(f"{name}(lr=0.01)")
    other = "adam" if name != "adam" else "gd"
    for fork in (parent.forked(90).changed(lr=0.002), parent.forked(90).replaced(other, {"lr": 0.05})):
        one = run(parent.build(hessian), rosenbrock, START, 200)
        two = run(fork.build(hessian), rosenbrock, START, 200)
        assert np.array_equal(one.positions[:91], two.positions[:91])
        assert np.array_equal(one.losses[:91], two.losses[:91])
        assert not np.array_equal(one.positions[91], two.positions[91])


def test_the_parts_of_a_step_are_those_in_force():
    turned = run(racer("gd(lr=0.01) @ 70 momentum(lr=0.02) @ 100 momentum(lr=0.005)"), ravine, START, 150)
    for step in (0, 63, 64, 69, 70, 71, 99, 100, 128, 149):
        parts = turned.parts(step)
        assert ("velocity" in parts) == (step >= 70)
        assert parts["step"] == pytest.approx(turned.positions[step + 1] - turned.positions[step], abs=1e-15)
    # the first gradient that momentum meets is its whole velocity; at the turn of its rate it keeps it
    assert turned.parts(70)["velocity"] == pytest.approx(turned.gradients[70])
    before = np.array(turned.parts(99)["velocity"])
    assert turned.parts(100)["carried"] == pytest.approx(0.9 * before)


def test_noise_goes_on_where_it_was():
    noise = np.random.default_rng(3).standard_normal((30, 2))
    straight = run(racer("adam(lr=0.1)"), ravine, START, 30, noise=noise)
    turned = run(racer("adam(lr=0.1) @ 11 adam(lr=0.1)"), ravine, START, 30, noise=noise)
    assert np.array_equal(straight.positions, turned.positions)
    assert turned.parts(20) == straight.parts(20)


def test_a_grid_of_starts_turns_as_each_run_does():
    x, y = np.meshgrid(np.linspace(-1, 1, 4), np.linspace(-0.5, 1.5, 3))
    for text in (
        "momentum(lr=0.01) @ 5 momentum(lr=0.02) @ 20 adam(lr=0.1)",
        "gd(lr=0.01) @ 5 newton @ 8 bfgs(lr=0.5)",
    ):
        grid = survey(lambda text=text: racer(text), rosenbrock, (x, y), 40)
        for place in np.ndindex(x.shape):
            alone = run(racer(text), rosenbrock, (x[place], y[place]), 40)
            assert grid.positions[(slice(None), *place)] == pytest.approx(
                alone.positions[-1], rel=1e-9, abs=1e-12
            )


def test_rates_may_be_arrays():
    rates = np.array([0.01, 0.02, 0.04])
    turning = switched((Stretch(0, momentum(lr=0.01)), Stretch(6, momentum(lr=rates), True)))
    grid = survey(lambda: turning, ravine, (np.full(3, -1.5), np.full(3, 2.0)), 15)
    for number, rate in enumerate(rates.tolist()):
        alone = run(racer(f"momentum(lr=0.01) @ 6 momentum(lr={rate})"), ravine, START, 15)
        assert grid.positions[:, number] == pytest.approx(alone.positions[-1], rel=1e-12)


def test_the_hessian_is_asked_for_only_where_it_is_needed():
    asked = []

    def counted(x, y):
        asked.append((x, y))
        return hessian(x, y)

    run(parse_racers("gd(lr=0.01) @ 10 newton @ 13 gd(lr=0.01)")[0].build(counted), rosenbrock, START, 30)
    assert len(asked) == 3


def test_an_optimizer_that_needs_the_hessian_makes_the_whole_need_it():
    turning = switched((Stretch(0, gd(lr=0.1)), Stretch(1, newton()), Stretch(2, adam(lr=0.1))))
    assert turning.needs_hessian
    assert not switched((Stretch(0, gd()), Stretch(1, adam()))).needs_hessian
    complete = with_hessian(turning, lambda x: ((2.0,),))
    path = run(complete, lambda x: (x * x, (2 * x,)), (5.0,), 3).positions[:, 0]
    # −0.1 · 10, then to the minimum in one, where Adam has nothing to go by
    assert path.tolist() == [5.0, 4.0, 0.0, 0.0]


def test_a_run_may_break_off_before_its_turn():
    turned = run(racer("gd(lr=1e200) @ 12 adam"), ravine, START, 20)
    assert turned.steps < 12
    assert turned.status == "diverged"


def test_a_turn_after_the_last_step_is_never_taken():
    assert np.array_equal(
        run(racer("gd(lr=0.02) @ 40 adam"), ravine, START, 40).positions,
        run(racer("gd(lr=0.02)"), ravine, START, 40).positions,
    )


@pytest.mark.parametrize("starts", [(), (1,), (0, 0), (0, 5, 3)])
def test_stretches_follow_each_other(starts):
    with pytest.raises(ValueError, match="begin at 0"):
        switched([Stretch(start, gd()) for start in starts])


def test_one_stretch_is_its_optimizer():
    alone = gd(lr=0.5)
    assert switched((Stretch(0, alone),)) is alone


def test_momentum_to_nesterov_is_another_optimizer_but_its_switch_is_not():
    """As in PyTorch: `nesterov` of a parameter group may be switched; another optimizer is a new object."""
    switched_on = run(racer("momentum(lr=0.02) @ 5 momentum(lr=0.02, nesterov=true)"), ravine, START, 6)
    replaced = run(racer("momentum(lr=0.02) @ 5 nesterov(lr=0.02)"), ravine, START, 6)
    assert np.linalg.norm(switched_on.parts(5)["carried"]) > 0.1
    assert replaced.parts(5)["carried"] == (0.0, 0.0)
    assert math.isfinite(replaced.losses[-1])


def test_a_formula_runs_as_a_function_does():
    f = function("x^2 + 10y^2", ("x", "y"))
    (parent,) = (make_racer("momentum", {"lr": 0.02}),)
    fork = parent.forked(7).changed(lr=0.005)
    formula = run(fork.build(), f.value_gradient_at, START, 20)
    assert formula.positions == pytest.approx(run(fork.build(), ravine, START, 20).positions, rel=1e-12)
