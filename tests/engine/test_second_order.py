"""Newton's method and BFGS: against linear algebra of NumPy and SciPy, and steps worked out by hand."""

import numpy as np
import pytest
import scipy.optimize
from surfaces_by_hand import (
    beale,
    beale_hessian,
    parabola,
    ravine,
    ravine_hessian,
    rosenbrock,
    rosenbrock_hessian,
)

from engine.descent import run
from engine.errors import ParameterError
from engine.racers import make_racer
from engine.second_order import bfgs, newton, solved, with_hessian
from engine.survey import Fate, survey

SURFACES = [
    (rosenbrock, rosenbrock_hessian, (-1.2, 1.0)),
    (beale, beale_hessian, (2.0, 0.2)),
]


@pytest.mark.parametrize(("objective", "hessian", "start"), SURFACES)
@pytest.mark.parametrize(("lr", "damping", "decay"), [(1.0, 0.0, 0.0), (0.5, 2.0, 0.0), (0.25, 0.5, 0.1)])
def test_every_newton_step_solves_the_damped_system(objective, hessian, start, lr, damping, decay):
    optimizer = with_hessian(newton(lr, damping=damping, weight_decay=decay), hessian)
    trajectory = run(optimizer, objective, start, 12)
    for k in range(12):
        w, g = trajectory.positions[k], trajectory.gradients[k]
        system = np.array(hessian(*w)) + (damping + decay) * np.eye(2)
        expected = w - lr * np.linalg.solve(system, g + decay * w)
        np.testing.assert_allclose(trajectory.positions[k + 1], expected, rtol=1e-9, atol=1e-12)


def test_newton_arrives_on_rosenbrock_quadratically():
    """From (−1.2, 1), the first step by hand: A = (1330 480; 480 200), g = (−215.6, −88), det = 35600."""
    trajectory = run(with_hessian(newton(), rosenbrock_hessian), rosenbrock, (-1.2, 1.0), 8)
    moved = (200 * 215.6 - 480 * 88, 1330 * 88 - 480 * 215.6)
    assert trajectory.positions[1] == pytest.approx(
        [-1.2 + moved[0] / 35600, 1 + moved[1] / 35600], rel=1e-12
    )
    assert trajectory.status == "converged"
    assert trajectory.positions[-1] == pytest.approx([1, 1], abs=1e-12)


def test_newton_is_drawn_to_a_saddle_and_damping_beyond_its_curvature_escapes():
    """x² − y² from (1, ½): undamped, one step to (0, 0); μ = 3 turns −2 into 1, and y ← y + y · 2."""

    def saddle(x, y):
        return x * x - y * y, (2 * x, -2 * y)

    def bent(x, y):
        return (2.0, 0.0), (0.0, -2.0)

    assert run(with_hessian(newton(), bent), saddle, (1.0, 0.5), 1).positions[-1].tolist() == [0.0, 0.0]
    damped = run(with_hessian(newton(damping=3.0), bent), saddle, (1.0, 0.5), 1)
    assert damped.positions[-1] == pytest.approx([0.6, 1.5])


@pytest.mark.parametrize(
    "matrix", [((2.0, 1.0), (1.0, 3.0)), ((0.0, 4.0), (4.0, -1.0)), ((4.0, 2.0), (2.0, 1.0))]
)
@pytest.mark.parametrize("size", [1.0, 1e200, 1e-200])
def test_systems_are_solved_as_numpy_s_pseudo_inverse_does(matrix, size):
    scaled = tuple(tuple(size * entry for entry in row) for row in matrix)
    expected = np.linalg.pinv(np.array(matrix)) @ (3.0, -2.0)
    np.testing.assert_allclose(np.multiply(solved(scaled, (3.0, -2.0)), size), expected, rtol=1e-12)
    arrays = tuple(tuple(np.full(3, entry) for entry in row) for row in scaled)
    many = np.multiply(solved(arrays, (np.full(3, 3.0), np.full(3, -2.0))), size)
    np.testing.assert_allclose(many, np.repeat(expected[:, None], 3, axis=1), rtol=1e-12)


def test_what_does_not_curve_is_not_moved():
    assert solved(((0.0, 0.0), (0.0, 0.0)), (1.0, 1.0)) == (0.0, 0.0)
    assert solved(((0.0,),), (1.0,)) == (0.0,)


def test_newton_without_a_hessian_is_refused_in_words():
    with pytest.raises(ParameterError, match="second derivatives"):
        make_racer("newton").build()


@pytest.mark.parametrize(("objective", "_hessian", "start"), SURFACES)
def test_bfgs_learns_what_scipy_s_does(objective, _hessian, start):
    """Along our own path, from the gradient changes on it, and only where the slope rose."""
    trajectory = run(bfgs(lr=0.5), objective, start, 40)
    theirs = scipy.optimize.BFGS(exception_strategy="skip_update", init_scale="auto")
    theirs.initialize(2, "inv_hess")
    moves, changes = np.diff(trajectory.positions, axis=0), np.diff(trajectory.gradients, axis=0)
    compared = 0
    for k, (s, y) in enumerate(zip(moves[:-1], changes[:-1], strict=True), start=1):
        if s @ y <= 1e-6 * np.linalg.norm(s) * np.linalg.norm(y) or np.linalg.norm(s) < 1e-7:
            break
        theirs.update(s, y)
        ours = np.reshape(trajectory.parts(k)["inverse_hessian"], (2, 2))
        np.testing.assert_allclose(ours, theirs.get_matrix(), rtol=1e-6, atol=1e-9)
        compared += 1
    assert compared >= 8


@pytest.mark.parametrize(("objective", "_hessian", "start"), SURFACES)
def test_bfgs_ends_where_scipy_s_ends(objective, _hessian, start):
    trajectory = run(bfgs(lr=0.5), objective, start, 200)
    theirs = scipy.optimize.minimize(lambda w: objective(*w), start, jac=True, method="BFGS")
    assert trajectory.status == "converged"
    assert trajectory.positions[-1] == pytest.approx(theirs.x, abs=1e-5)


def test_the_first_bfgs_steps_in_the_ravine_by_hand():
    """g = (4, 20): H₁ = I / 24, so s = −(1/6, 5/6), y = (2, 20) ∘ s and sᵀy / yᵀy = 251/2501 · …"""
    trajectory = run(bfgs(), ravine, (2.0, 1.0), 2)
    s = np.array([-1 / 6, -5 / 6])
    y = s * (2, 20)
    assert trajectory.positions[1] == pytest.approx([11 / 6, 1 / 6])
    rho, first = 1 / (s @ y), np.eye(2) * (s @ y) / (y @ y)
    left = np.eye(2) - rho * np.outer(s, y)
    inverse = left @ first @ left.T + rho * np.outer(s, s)
    expected = [11 / 6, 1 / 6] - inverse @ (11 / 3, 10 / 3)
    assert trajectory.positions[2] == pytest.approx(expected, rel=1e-12)


def test_a_step_along_which_the_slope_falls_teaches_bfgs_nothing():
    """−x²: from 1, g = −2 and H₁ = ½; y = −2 s, so H stays ½ and w doubles its distance each step."""
    trajectory = run(bfgs(), lambda x: (-x * x, (-2 * x,)), (1.0,), 4)
    assert trajectory.positions.ravel().tolist() == [1.0, 2.0, 4.0, 8.0, 16.0]
    assert trajectory.parts(3)["inverse_hessian"] == (0.5,)


def test_a_parabola_is_learnt_in_one_step():
    grid = survey(bfgs, parabola, (np.array([4.0, -0.1, 0.0]),), 2)
    assert grid.positions[0] == pytest.approx([0, 0, 0], abs=1e-15)
    assert grid.fates.tolist() == [Fate.ARRIVED] * 3


def test_hessians_of_the_test_surfaces_are_slopes_of_their_gradients():
    for objective, hessian in (
        (rosenbrock, rosenbrock_hessian),
        (beale, beale_hessian),
        (ravine, ravine_hessian),
    ):
        x, y, h = 0.7, -0.4, 1e-6
        for j, (dx, dy) in enumerate(((h, 0), (0, h))):
            there, back = objective(x + dx, y + dy)[1], objective(x - dx, y - dy)[1]
            slopes = np.subtract(there, back) / (2 * h)
            assert [row[j] for row in hessian(x, y)] == pytest.approx(slopes, rel=1e-6, abs=1e-6)
