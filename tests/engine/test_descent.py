"""Runs: the course's figures, their verdicts, their ends, and grids of them."""

import math
from fractions import Fraction

import numpy as np
import pytest
from surfaces_by_hand import beale, beale_hessian, parabola, ravine, rosenbrock

from engine.descent import MAXIMUM_STEPS, run
from engine.errors import LimitError
from engine.optimizer_kinds import OPTIMIZERS
from engine.optimizers import adam, gd
from engine.racers import parse_racers
from engine.second_order import with_hessian


def racer(text):
    return parse_racers(text)[0].build()


@pytest.mark.parametrize(
    ("call", "steps", "loss"),
    [
        ("gd(lr=0.05)", 25, 0.0206151),
        ("momentum(lr=0.05, beta=0.9, averaged=true)", 25, 0.0326295),
        ("rmsprop(lr=0.05, alpha=0.9)", 25, 0.3628541),
        ("adam(lr=0.1)", 30, 0.0537192),
    ],
)
def test_losses_in_the_ravine(call, steps, loss):
    """Curriculum 33 to 35: x² + 10y² from (2, 1)."""
    assert run(racer(call), ravine, (2.0, 1.0), steps).losses[-1] == pytest.approx(loss, abs=5e-8)


def test_averaged_momentum_in_the_ravine_in_exact_fractions():
    """The curriculum prints 0.0326297; exact arithmetic says 0.03262954…"""
    rate, beta = Fraction(1, 20), Fraction(9, 10)
    x, y, v, u = Fraction(2), Fraction(1), Fraction(0), Fraction(0)
    for _ in range(25):
        v, u = beta * v + (1 - beta) * 2 * x, beta * u + (1 - beta) * 20 * y
        x, y = x - rate * v, y - rate * u
    heavy = racer("momentum(lr=0.05, beta=0.9, averaged=true)")
    loss = run(heavy, ravine, (2.0, 1.0), 25).losses[-1]
    assert loss == pytest.approx(float(x * x + 10 * y * y), rel=1e-12)


def test_plain_descent_in_the_ravine_in_closed_form():
    """x shrinks by 1 − 2η at each step; 1 − 20η is 0, so y arrives at once."""
    trajectory = run(gd(lr=0.05), ravine, (2.0, 1.0), 25)
    np.testing.assert_allclose(trajectory.positions[:, 0], 2 * 0.9 ** np.arange(26), rtol=1e-13)
    assert (trajectory.positions[1:, 1] == 0).all()


def test_two_parameters():
    """Curriculum 31: (w₁ − 2)² + 4(w₂ − 1)² from (−1, 3.5)."""
    trajectory = run(
        gd(lr=0.1), lambda x, y: ((x - 2) ** 2 + 4 * (y - 1) ** 2, (2 * (x - 2), 8 * (y - 1))), (-1, 3.5), 25
    )
    assert trajectory.positions[-1] == pytest.approx([1.98866632, 1], abs=5e-9)
    assert trajectory.losses[-1] == pytest.approx(1.28452e-4, abs=5e-10)


def test_the_ravine_s_tie_turns_beyond_a_tenth():
    """Past η = 2/20 plain descent diverges, averaged momentum does not."""
    assert run(gd(lr=0.11), ravine, (2.0, 1.0), 500).status == "diverged"
    heavy = racer("momentum(lr=0.11, beta=0.9, averaged=true)")
    assert run(heavy, ravine, (2.0, 1.0), 500).status == "converged"


@pytest.mark.parametrize(
    ("rate", "end"), [(0.001, -1.5237), (0.1, 2.9999286), (0.9, 2.9999286), (1.1, -45499.19)]
)
def test_learning_rates(rate, end):
    """Curriculum 30: (w − 3)² from −2, 50 steps."""
    trajectory = run(gd(lr=rate), lambda w: ((w - 3) ** 2, (2 * (w - 3),)), (-2.0,), 50)
    assert trajectory.positions[-1, 0] == pytest.approx(end, rel=2e-7, abs=5e-5)


def test_shapes_and_rows():
    trajectory = run(adam(lr=0.1), rosenbrock, (-1.2, 1.0), 7)
    assert trajectory.positions.shape == trajectory.gradients.shape == (8, 2)
    for position, loss, gradient in zip(
        trajectory.positions, trajectory.losses, trajectory.gradients, strict=True
    ):
        value, slopes = rosenbrock(*position)
        assert (loss, tuple(gradient)) == (value, slopes)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_parts_of_any_step_lead_to_the_next_row(name):
    optimizer = with_hessian(OPTIMIZERS[name].factory(lr=0.01), beale_hessian)
    trajectory = run(optimizer, beale, (1.0, 1.0), 200)
    for step in (0, 1, 63, 64, 65, 130, 199, -1):
        row = step % 200
        moved = trajectory.positions[row] + trajectory.parts(step)["step"]
        np.testing.assert_allclose(moved, trajectory.positions[row + 1], rtol=1e-14, atol=1e-14)
    for outside in (200, -201):
        with pytest.raises(IndexError):
            trajectory.parts(outside)


def test_parts_of_a_late_step_count_their_time():
    trajectory = run(adam(lr=0.01), lambda x: (x, (1.0,)), (0.0,), 100)
    parts = trajectory.parts(99)
    assert parts["average"][0] == pytest.approx(1 - 0.9**100, rel=1e-12)
    assert parts["corrected_average"][0] == pytest.approx(1.0, rel=1e-12)


def test_noise_is_met_by_the_optimizer_and_by_nobody_else():
    """x² with η = ½ lands on −½ ξ at each step: the gradient itself would lead to 0."""
    noise = np.array([[0.5], [-2.0], [0.0]])
    trajectory = run(gd(lr=0.5), parabola, (3.0,), 3, noise=noise)
    assert trajectory.positions.ravel().tolist() == [3.0, -0.25, 1.0, 0.0]
    assert trajectory.gradients.ravel().tolist() == [6.0, -0.5, 2.0, 0.0]
    assert trajectory.losses.tolist() == [9.0, 0.0625, 1.0, 0.0]
    assert trajectory.parts(1)["gradient"] == (-2.5,)


def test_status_by_the_stated_rule():
    # |∇f| = 2|w| halves at each step of η = 0.25: 2^-k ≤ 1e-8 first at k = 27.
    halving = run(gd(lr=0.25), parabola, (0.5,), 40)
    assert [halving.status_at(k) for k in (0, 26, 27, 40)] == ["running", "running", "converged", "converged"]
    # From 1, |w| doubles: |w − w₀| > 1000 · max(1, 1, 3) = 3000 first at step 12, where w = 4096.
    doubling = run(gd(lr=1.5), parabola, (1.0,), 20)
    assert doubling.positions[12, 0] == 4096.0
    assert [doubling.status_at(k) for k in (11, 12)] == ["running", "diverged"]
    assert doubling.steps == 20


def test_a_long_first_step_alone_is_not_divergence():
    jump = run(gd(lr=1e5), lambda x: (x, (1.0,)), (0.0,), 3)
    assert jump.status == "running"


def test_a_run_ends_where_a_value_stops_being_finite():
    trajectory = run(gd(lr=1e6), parabola, (1.0,), 500)
    assert trajectory.status == "diverged"
    assert 20 < trajectory.steps < 60  # 2e6 to the power k passes 1e154, whose square overflows, at k = 25
    assert np.isfinite(trajectory.positions[:-1]).all()
    assert np.isfinite(trajectory.losses[:-1]).all()
    assert not math.isfinite(trajectory.losses[-1])


def test_leaving_the_domain_ends_the_run():
    trajectory = run(gd(lr=1.0), lambda x: (math.log(x) if x > 0 else math.nan, (1 / x,)), (0.5,), 10)
    assert trajectory.positions.ravel().tolist() == [0.5, -1.5]
    assert trajectory.status == "diverged"


def test_a_start_outside_the_domain_is_a_run_of_no_steps():
    trajectory = run(gd(), lambda x: (math.nan, (math.nan,)), (1.0,), 10)
    assert (trajectory.steps, trajectory.status) == (0, "diverged")


def test_no_steps_at_all():
    assert run(gd(), parabola, (0.0,), 0).status == "converged"
    assert run(gd(), parabola, (1.0,), 0).status == "running"


@pytest.mark.parametrize("steps", [-1, MAXIMUM_STEPS + 1, 10**9])
def test_the_limit_is_stated(steps):
    with pytest.raises(LimitError, match=str(MAXIMUM_STEPS)):
        run(gd(), parabola, (1.0,), steps)
