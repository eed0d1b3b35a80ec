import math

import numpy as np
import pytest
from scipy.stats import foldnorm, norm

from engine.descent import run
from engine.function import function
from engine.optimizers import gd
from engine.saddle_escape import (
    CriticalPoint,
    Escape,
    critical_point,
    escapes,
    predicted_distance,
    predicted_time,
)

DOUBLE_WELL = function("x^2/2 + y^4/4 - y^2/2", ("x", "y"))
HYPERBOLA = function("x^2 - 4y^2", ("x", "y"))


def found(formula: str, x: float, y: float) -> CriticalPoint:
    point = critical_point(function(formula, ("x", "y")), x, y)
    assert point is not None
    return point


# -- critical points --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "start", "place", "kind", "eigenvalues"),
    [
        ("x^2 - 4y^2", (1, 1), (0, 0), "saddle", (-8, 2)),
        ("x^2/2 + y^4/4 - y^2/2", (0.3, 0.3), (0, 0), "saddle", (-1, 1)),
        ("x^2/2 + y^4/4 - y^2/2", (0.3, 0.8), (0, 1), "minimum", (1, 2)),
        ("-x^2 - 3y^2", (2, 1), (0, 0), "maximum", (-6, -2)),
        ("x y", (3, -2), (0, 0), "saddle", (-1, 1)),
        ("sin(x) sin(y)", (1.2, 0.1), (0, 0), "saddle", (-1, 1)),
        ("sin(x) sin(y)", (2.8, 0.2), (math.pi, 0), "saddle", (-1, 1)),
        ("exp(-x^2) + y^2", (0.2, 1), (0, 0), "saddle", (-2, 2)),
        ("1e-9(x^2 - y^2)", (1, 1), (0, 0), "saddle", (-2e-9, 2e-9)),
        ("(x - 1000)^2 - (y + 2000)^2", (990, -1990), (1000, -2000), "saddle", (-2, 2)),
    ],
)
def test_points_by_hand(
    formula: str,
    start: tuple[float, float],
    place: tuple[float, float],
    kind: str,
    eigenvalues: tuple[float, float],
) -> None:
    point = found(formula, *map(float, start))
    assert (point.x, point.y) == pytest.approx(place, abs=1e-9)
    assert point.kind == kind
    assert (point.low, point.high) == pytest.approx(eigenvalues, rel=1e-6)


def test_the_directions_are_those_the_surface_bends_in() -> None:
    point = found("x y", 1.0, 0.5)
    half = math.sqrt(0.5)
    assert point.along == pytest.approx((half, -half))
    assert point.across == pytest.approx((half, half))
    assert point.exact


@pytest.mark.parametrize("formula", ["x^3 - 3x y^2", "x^2 - y^4", "1", "x^4 - y^4"])
def test_where_the_hessian_tells_nothing(formula: str) -> None:
    assert found(formula, 0.3, 0.2).kind == "undecided"


@pytest.mark.parametrize("formula", ["x", "ln(x)", "exp(x) + y^2", "ln(-1 - x^2)", "x + y^2"])
def test_where_there_is_none(formula: str) -> None:
    assert critical_point(function(formula, ("x", "y")), 1.0, 1.0) is None


# -- predicted --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gamma", "lr", "noise", "radius"), [(1, 0.1, 0.01, 0.5), (4, 0.05, 1e-7, 2.0), (1, 0.1, 1e-140, 1e6)]
)
def test_the_prediction_is_the_closed_form(gamma: float, lr: float, noise: float, radius: float) -> None:
    a = 1 + lr * gamma
    half = norm.ppf(0.75)
    by_hand = math.log(1 + (a * a - 1) * (radius / (half * lr * noise)) ** 2) / (2 * math.log(a))
    assert predicted_time(gamma, noise, Escape(lr, radius, 0.0, 1, 1, 0)) == pytest.approx(by_hand)


@pytest.mark.parametrize("gamma", [1e-10, 1e-300, 0.0])
def test_a_way_out_that_is_nearly_level_is_a_random_walk(gamma: float) -> None:
    # ηγ vanishes beside 1: u_t is normal with standard deviation ησ √t
    escape = Escape(1e-10, 0.5, 0.0, 1, 1, 0)
    expected = (0.5 / norm.ppf(0.75)) ** 2 if gamma else math.inf  # at γ = 0 there is no way out
    assert predicted_time(gamma, 1e10, escape) == pytest.approx(expected)
    if gamma:
        median = predicted_distance(gamma, 1e10, escape, np.array([4.0]))
        assert median == pytest.approx([norm.ppf(0.75) * 2.0], rel=1e-6)


def test_the_prediction_from_a_distance_is_the_median_of_a_folded_normal() -> None:
    a, lr, noise, offset = 1.2, 0.1, 0.05, 0.02
    t = predicted_time(2.0, noise, Escape(lr, 0.3, offset, 1, 1, 0))
    spread = lr * noise * math.sqrt((a ** (2 * t) - 1) / (a * a - 1))
    assert foldnorm.ppf(0.5, offset * a**t / spread, scale=spread) == pytest.approx(0.3)


def test_without_noise_it_never_leaves_or_multiplies_its_distance() -> None:
    assert predicted_time(1.0, 0.0, Escape(0.1, 0.5, 0.0, 1, 1, 0)) == math.inf
    # 1.1ᵗ/1000 = 1/2
    expected = math.log(500) / math.log(1.1)
    assert predicted_time(1.0, 0.0, Escape(0.1, 0.5, 1e-3, 1, 1, 0)) == pytest.approx(expected)
    assert predicted_time(1.0, 0.0, Escape(0.1, 0.5, 0.7, 1, 1, 0)) == 0
    assert predicted_time(1.0, 1e300, Escape(0.1, 0.5, 0.0, 1, 1, 0)) <= 1


@pytest.mark.parametrize(("offset", "noise"), [(0.0, 0.01), (0.02, 0.05), (0.3, 1e-3)])
def test_predicted_distances_are_medians_of_folded_normals(offset: float, noise: float) -> None:
    lr, a = 0.1, 1.2
    steps = np.array([1.0, 5.0, 20.0])
    spread = lr * noise * np.sqrt((a ** (2 * steps) - 1) / (a * a - 1))
    expected = [
        foldnorm.ppf(0.5, offset * a**t / each, scale=each) for t, each in zip(steps, spread, strict=True)
    ]
    escape = Escape(lr, 1.0, offset, 1, 1, 0)
    assert predicted_distance(2.0, noise, escape, steps) == pytest.approx(expected, rel=1e-6)


def test_the_predicted_time_is_where_the_predicted_distance_is_the_radius() -> None:
    escape = Escape(0.1, 0.7, 0.01, 1, 1, 0)
    time = predicted_time(1.5, 0.2, escape)
    assert predicted_distance(1.5, 0.2, escape, np.array([time])) == pytest.approx([0.7])


# -- measured ---------------------------------------------------------------------------------------------


def test_each_run_is_the_single_run() -> None:
    saddle = found("x^2/2 + y^4/4 - y^2/2", 0.1, 0.1)
    escape = Escape(0.2, 0.4, 0.0, 40, 5, 3)
    runs = escapes(DOUBLE_WELL, saddle, (0.05,), escape, 5)
    pushes = 0.05 * np.random.default_rng(3).standard_normal((41, 2, 5))
    for number in range(5):
        single = run(gd(lr=0.2), DOUBLE_WELL.value_gradient_at, (0, 0), 40, noise=pushes[:, :, number])
        assert runs.paths[:, number] == pytest.approx(single.positions, rel=1e-12)
        gone = np.flatnonzero(np.abs(single.positions[:, 1]) >= 0.4)
        assert runs.times[0, number] == (gone[0] if gone.size else math.inf)


def test_the_measured_time_is_the_predicted_one_where_f_is_its_parabola() -> None:
    saddle = found("x^2 - 4y^2", 1.0, 1.0)
    noises = (1e-9, 1e-6, 1e-3)
    escape = Escape(0.05, 1.0, 0.0, 400, 2000, 0)
    medians = np.median(escapes(HYPERBOLA, saddle, noises, escape).times, axis=1)
    for noise, median in zip(noises, medians, strict=True):
        # a run is counted at the first whole step beyond, half a step late on average
        assert median == pytest.approx(predicted_time(8.0, noise, escape) + 0.5, abs=1.0)


def test_all_sizes_meet_the_same_draws_and_less_noise_takes_longer() -> None:
    saddle = found("x^2 - 4y^2", 1.0, 1.0)
    escape = Escape(0.05, 1.0, 0.0, 400, 50, 1)
    times = escapes(HYPERBOLA, saddle, (1e-8, 1e-4, 1e-2), escape).times
    assert (np.diff(times, axis=0) < 0).all()


def test_exactly_at_the_saddle_it_stays_for_ever() -> None:
    saddle = found("x^2 - 4y^2", 1.0, 1.0)
    runs = escapes(HYPERBOLA, saddle, (0.0,), Escape(0.1, 1e-6, 0.0, 5000, 3, 0), 1)
    assert np.isinf(runs.times).all()
    assert not runs.paths.any()


def test_no_float_is_exactly_at_some_saddles() -> None:
    f = function("sin(x) sin(y)", ("x", "y"))
    saddle = critical_point(f, 2.8, 0.2)
    assert saddle is not None
    assert not saddle.exact
    (time,) = escapes(f, saddle, (0.0,), Escape(0.5, 0.5, 0.0, 2000, 1, 0)).times[0]
    # the slope left at the float next to π is 1.2e-16: its part along the way out, growing by 1.5 a step,
    # reaches 1/2 after ln(0.5·0.5/(0.5·1.2e-16/√2))/ln 1.5 = 90 steps; the last digits of x and y are lost
    assert 85 < time < 100


def test_huge_noise_is_gone_after_a_step() -> None:
    saddle = found("x^2 - 4y^2", 1.0, 1.0)
    times = escapes(HYPERBOLA, saddle, (1e300,), Escape(0.1, 1.0, 0.0, 50, 9, 0)).times
    assert times.tolist() == [[1.0] * 9]
