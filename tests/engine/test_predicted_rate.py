"""Rates measured on runs beside rates predicted, both beside what is worked out by hand."""

import math

import numpy as np
import pytest

from engine.arrival import Arrival, arrival, hessian_there
from engine.convergence import Fit, fit_tail
from engine.function import function
from engine.predicted_rate import Prediction, predict
from engine.race import race
from engine.safe_rate import Start
from engine.surface_gallery import known_surface

RAVINE = "x^2 + 10y^2"
QUARTIC = "x^4 + y^4"
ROSENBROCK = known_surface("rosenbrock").formula


def judged(
    source: str, racer: str, x: float, y: float, steps: int
) -> tuple[Fit, Prediction | None, Arrival | None]:
    f = function(source, ["x", "y"])
    (runner,) = race(f, racer, float(x), float(y), steps)
    found = arrival(f, runner, Start(float(x), float(y), steps))
    if found is None:
        return fit_tail(np.full(2, math.nan)), None, None
    fit = fit_tail(np.hypot(*(runner.run.positions - np.array(found.place)).T), found.floor)
    if found.level is None:
        return fit, None, found
    ends = (hessian_there(f, runner.racer, place) for place in (found.place, (float(x), float(y))))
    return fit, predict(runner.racer, runner.run, *ends), found


@pytest.mark.parametrize(
    ("racer", "steps", "rate"),
    [
        ("gd(lr=0.05)", 25, 0.9),  # 1 − 0.05 · 2; y is cleared in one step
        ("gd(lr=0.09)", 200, 0.82),  # both: 1 − 0.09 · 2 and |1 − 0.09 · 20| = 0.8
        ("gd(lr=0.097)", 200, 0.94),  # |1 − 0.097 · 20|
        ("gd(lr=0.05, weight_decay=1)", 100, 0.85),  # λ = 3 and 21: 1 − 0.15
        ("newton(lr=0.5)", 40, 0.5),
        ("newton(damping=2)", 40, 0.5),  # 1 − 2/4
        ("bfgs(lr=0.5)", 45, 0.5),
    ],
)
def test_rates_by_hand(racer: str, steps: int, rate: float) -> None:
    fit, promised, _ = judged(RAVINE, racer, 2, 1, steps)
    assert fit.code == "linear"
    assert fit.rate == pytest.approx(rate, rel=1e-3)
    assert promised.kind == "rate"
    assert promised.rate == pytest.approx(rate, rel=1e-12)


def test_the_heavy_ball_at_its_best() -> None:
    """η = (2/(√L + √μ))², β = ((√κ − 1)/(√κ + 1))², a double eigenvalue √β = 0.5195 in both directions."""
    root = math.sqrt(10)
    beta = ((root - 1) / (root + 1)) ** 2
    rate = (2 / (math.sqrt(20) + math.sqrt(2))) ** 2
    fit, promised, _ = judged(RAVINE, f"momentum(lr={rate!r}, beta={beta!r})", 2, 1, 100)
    assert fit.code == "linear"
    assert fit.power == pytest.approx(1.0, abs=0.2)  # t · 0.5195ᵗ
    assert fit.rate == pytest.approx(math.sqrt(beta), rel=2e-3)
    assert promised.rate == pytest.approx(math.sqrt(beta), rel=1e-6)


@pytest.mark.parametrize(
    "racer", ["momentum(lr=0.05, beta=0.9)", "momentum(lr=0.5, beta=0.9, averaged=true)"]
)
def test_complex_roots_leave_the_root_of_beta(racer: str) -> None:
    fit, promised, _ = judged(RAVINE, racer, 2, 1, 200)
    assert fit.rate == pytest.approx(math.sqrt(0.9), rel=2e-3)
    assert promised.rate == pytest.approx(math.sqrt(0.9), rel=1e-12)


@pytest.mark.parametrize("racer", ["nesterov(lr=0.03, beta=0.9)", "qhm(lr=0.1, beta=0.9, nu=0.7)",
                                   "adagrad(lr=0.5)"])  # fmt: skip
def test_what_is_predicted_is_what_is_measured(racer: str) -> None:
    fit, promised, _ = judged(RAVINE, racer, 2, 1, 300)
    assert fit.code == "linear"
    assert fit.rate == pytest.approx(promised.rate, rel=0.01)


def test_a_convex_surface_on_which_newton_doubles_its_digits() -> None:
    """eˣ − x + cosh y is lowest at (0, 0); the third derivative of eˣ keeps the order at 2."""
    fit, promised, found = judged("exp(x) - x + cosh(y)", "newton", 1, 0.4, 12)
    assert fit.code == "quadratic"
    assert fit.order == pytest.approx(2.0, abs=0.2)
    assert promised.kind == "more-than-linear"
    assert found.place == pytest.approx((0.0, 0.0), abs=1e-12)


def test_newton_on_rosenbrock_doubles_its_digits_once_it_is_near() -> None:
    assert judged(ROSENBROCK, "newton", -1.2, 1, 12)[0].code == "quadratic"


def test_newton_on_a_parabola_is_there_at_once() -> None:
    assert judged(RAVINE, "newton", 2, 1, 10)[0].code == "at-once"


@pytest.mark.parametrize("rate", [0.01, 0.1])
def test_a_flat_bottom_makes_it_sublinear(rate: float) -> None:
    """x ← x − 4ηx³ is 1/x² ≈ 1/x₀² + 8ηt: d ~ t^−1/2, and the loss, its fourth power, ~ t^−2."""
    fit, promised, found = judged(QUARTIC, f"gd(lr={rate})", 1, 0.5, 500)
    assert fit.code == "sublinear"
    assert fit.exponent == pytest.approx(0.5, abs=0.01)
    assert (promised.kind, promised.kappa) == ("no-rate", math.inf)
    assert found.place == pytest.approx((0.0, 0.0), abs=1e-9)
    f = function(QUARTIC, ["x", "y"])
    (runner,) = race(f, f"gd(lr={rate})", 1.0, 0.5, 500)
    assert fit_tail(runner.run.losses).exponent == pytest.approx(2.0, abs=0.03)


def test_newton_on_a_quartic_leaves_two_thirds() -> None:
    """x − 4x³/12x² = ⅔ x."""
    fit, promised, _ = judged(QUARTIC, "newton", 1, 0.5, 60)
    assert fit.code == "linear"
    assert fit.rate == pytest.approx(2 / 3, rel=1e-3)
    assert promised.kind == "no-rate"


def test_in_a_straight_valley_only_what_is_curved_has_to_converge() -> None:
    fit, promised, found = judged("x^2 + 0y", "gd(lr=0.1)", 2, 1, 60)
    assert fit.rate == pytest.approx(0.8)
    assert promised.rate == pytest.approx(0.8)
    assert found.place == pytest.approx((0.0, 1.0), abs=1e-9)


def test_an_adaptive_rate_is_promised_nothing_but_has_the_best_beside_it() -> None:
    _, promised, _ = judged(RAVINE, "adam(lr=0.1)", 2, 1, 300)
    assert promised.kind == "nothing"
    assert promised.best == pytest.approx(9 / 11)
    assert promised.kappa == pytest.approx(10)


def test_a_step_too_long_has_no_rate_below_one() -> None:
    fit, promised, _ = judged(RAVINE, "gd(lr=0.1)", 2, 1, 60)
    assert fit.code == "not-converging"
    assert (promised.kind, promised.rate) == ("no-rate", pytest.approx(1.0))


def test_one_who_climbs_arrives_at_the_top() -> None:
    fit, promised, found = judged("-x^2 - 10y^2", "gd(lr=0.05, maximize=true)", 2, 1, 60)
    assert fit.rate == pytest.approx(promised.rate) == pytest.approx(0.9)
    assert found.place == pytest.approx((0, 0), abs=1e-12)


def test_on_what_the_place_rests_is_said() -> None:
    assert "known minimum" in str(judged(RAVINE, "gd(lr=0.05)", 2, 1, 25)[2].source)
    assert "Newton" in str(judged("x^2 + 11y^2", "gd(lr=0.05)", 2, 1, 25)[2].source)
    assert "run of 2000 steps" in str(judged(RAVINE, "adamw(lr=0.05)", 2, 1, 200)[2].source)


def test_a_run_that_is_lost_or_never_settles_goes_nowhere() -> None:
    assert judged(RAVINE, "gd(lr=0.3)", 2, 1, 60)[2] is None
    assert judged("abs(x) + abs(y)", "gd(lr=0.3)", 1, 1, 100)[2] is None


def test_a_slow_run_is_known_by_where_it_will_be() -> None:
    """After 40 steps of η = 10⁻⁴ most of the way is still ahead: 1 − 2·10⁻⁴ a step in x, 1 − 2·10⁻³ in y."""
    fit, promised, found = judged("x^2 + 10y^2 + 1", "gd(lr=0.0001)", 2, 0, 40)
    assert found.place == pytest.approx((0, 0), abs=1e-9)
    assert fit.rate == pytest.approx(1 - 2e-4, rel=1e-9)
    assert promised.rate == pytest.approx(1 - 2e-4)
