"""Why runs went wrong, where it can be worked out by hand; and silence over those that did not."""

import math

import numpy as np
import pytest

from engine.blow_up import BlowUp, diagnose
from engine.function import function
from engine.optimizer_kinds import OPTIMIZERS
from engine.race import Runner, race
from engine.surface_gallery import GALLERY, known_surface
from engine.taken_step import taken_step

RAVINE = "x^2 + 10y^2"
BOWL = "x^2 + y^2"
ROSENBROCK = known_surface("rosenbrock").formula
PLATEAU = known_surface("plateau").formula


def runner(source: str, racer: str, x: float, y: float, steps: int, noise: float = 0.0) -> Runner:
    (only,) = race(function(source, ["x", "y"]), racer, float(x), float(y), steps, noise, 1)
    return only


def found(source: str, racer: str, x: float, y: float, steps: int, noise: float = 0.0) -> BlowUp | None:
    only = runner(source, racer, x, y, steps, noise)
    return diagnose(function(source, ["x", "y"]), only.racer, only.run)


# -- steps that are too long ------------------------------------------------------------------------------


def test_a_ravine_too_steep_for_its_rate() -> None:
    """η·λmax = 0.11 · 20 = 2.2: y is multiplied by −1.2 at each step, from the first on."""
    blow_up = found(RAVINE, "gd(lr=0.11)", 2, 1, 25)
    assert blow_up is not None
    assert (blow_up.code, blow_up.step, blow_up.row) == ("step-too-large", 1, 0)
    assert blow_up.taken.edge.value == pytest.approx(2.2)
    assert blow_up.taken.edge.sharpness == 20
    assert "0.11 · 20 = 2.2" in str(blow_up.reason)


def test_the_step_that_did_it_is_where_the_last_rise_begins() -> None:
    """From (4, 0.01): the loss is 16 · 0.78²ᵗ + 0.001 · 1.2²ᵗ, which rises from its lowest row on."""
    t = np.arange(60.0)
    losses = 16 * 0.78 ** (2 * t) + 0.001 * 1.2 ** (2 * t)
    blow_up = found(RAVINE, "gd(lr=0.11)", 4, 0.01, 60)
    assert blow_up is not None
    assert blow_up.row == int(np.argmin(losses))
    assert blow_up.step == blow_up.row + 1


@pytest.mark.parametrize(
    ("racer", "edge", "bound"),
    [
        ("momentum(lr=0.2, beta=0.9)", 4.0, 3.8),
        ("momentum(lr=2, beta=0.9, averaged=true)", 40.0, 38.0),
        ("nesterov(lr=0.1, beta=0.9)", 2.0, 3.8 / 2.8),
        ("qhm(lr=0.2, beta=0.5, nu=0.5)", 4.0, 3.0),
    ],
)
def test_momentum_has_bounds_of_its_own(racer: str, edge: float, bound: float) -> None:
    blow_up = found(RAVINE, racer, 2, 1, 200)
    assert blow_up is not None
    assert blow_up.code == "step-too-large"
    assert blow_up.taken.edge.value == pytest.approx(edge)
    assert blow_up.taken.edge.bound == pytest.approx(bound)


def test_rosenbrock_explodes_at_once() -> None:
    """At (−1.2, 1) the Hessian is ((1330, 480), (480, 200)): λmax = 765 + √(565² + 480²)."""
    blow_up = found(ROSENBROCK, "gd(lr=0.01)", -1.2, 1, 100)
    assert blow_up is not None
    assert (blow_up.code, blow_up.step) == ("step-too-large", 1)
    assert blow_up.taken.edge.sharpness == pytest.approx(765 + math.hypot(565, 480))
    assert "the numbers are too large" in str(blow_up.reason)


def test_the_curvature_along_the_step_counts_too() -> None:
    """e⁶ˣ − x from −1.8: a slope of −1, so the first step of 1 · 2.5 leads to 0.7, from λ = 36 e⁻¹⁰·⁸ < 1 to
    36 e⁴·² > 2000."""
    source = "exp(6x) + y^2 - x"
    blow_up = found(source, "gd(lr=2.5)", -1.8, 0, 1)
    assert blow_up is not None
    x = runner(source, "gd(lr=2.5)", -1.8, 0, 1).run.positions[1, 0]
    assert x == pytest.approx(0.7, abs=1e-3)
    assert blow_up.taken.along == pytest.approx(2.5 * 36 * math.exp(6 * x))
    assert found("exp(6x) + y^2/100 - x", "gd(lr=2.5)", -1.8, 0, 1).reason.values["along"] > 5000
    assert "along it the curvature grows" in str(
        found("exp(6x) + y^2/9 - x", "gd(lr=2.5)", -1.8, 0, 1).reason
    )


def test_a_gradient_step_that_rises_has_a_place_with_an_edge_above_two() -> None:
    """Taylor's theorem, on every rise of many runs."""
    rises = 0
    for surface in GALLERY:
        if surface.name == "ackley":
            continue  # not differentiable at its bottom
        f = function(surface.formula, ["x", "y"])
        for rate in (0.003, 0.02, 0.2, 1.0):
            only = runner(surface.formula, f"gd(lr={rate})", *surface.start, 40)
            with np.errstate(all="ignore"):
                higher = np.flatnonzero(np.diff(only.run.losses) > 0)
            for row in higher.tolist():
                step = taken_step(f, only.racer, only.run, row)
                if 1e-9 * abs(only.run.losses[row]) < step.rise < math.inf:
                    rises += 1
                    assert step.largest > 2 * (1 - 1e-9)
    assert rises > 20


def test_adam_with_a_rate_of_ten() -> None:
    """Its first step is (10, −10) whatever the gradient; on x² + y² from (−3, 2), with ∇f = (−6, 4), the
    parabola along it is lowest at 100/400 of it: it goes 4 times too far."""
    blow_up = found(BOWL, "adam(lr=10)", -3, 2, 40)
    assert blow_up is not None
    assert (blow_up.code, blow_up.step) == ("step-too-large", 1)
    assert blow_up.taken.overshoot == pytest.approx(4.0)
    assert blow_up.taken.length == pytest.approx(10 * math.sqrt(2))
    assert "η alone" in str(blow_up.reason)


def test_weights_may_decay_by_more_than_themselves() -> None:
    blow_up = found(BOWL, "adamw(lr=0.1, weight_decay=30)", 1, 1, 40)
    assert blow_up is not None
    assert "ηλ = 3 " in str(blow_up.reason)


def test_one_who_climbs_is_judged_by_his_own_side() -> None:
    assert found("-x^2 - y^2", "gd(lr=0.1, maximize=true)", 1, 1, 40) is None
    blow_up = found("-x^2 - y^2", "gd(lr=1.1, maximize=true)", 1, 1, 40)
    assert blow_up is not None
    assert blow_up.code == "step-too-large"
    assert blow_up.taken.edge.value == pytest.approx(2.2)
    assert found(BOWL, "gd(lr=0.1, maximize=true)", 1, 1, 60).code == "no-floor"


@pytest.mark.parametrize(
    ("racer", "steps"), [("gd(lr=1e6)", 100), ("gd(lr=1e300)", 100), ("adam(lr=1e300)", 9)]
)
def test_numbers_too_large_have_a_first_step_too(racer: str, steps: int) -> None:
    blow_up = found(BOWL, racer, 1, 1, steps)
    assert blow_up is not None
    assert (blow_up.code, blow_up.step) == ("step-too-large", 1)
    assert "numbers are too large" in str(blow_up.reason)


# -- values that are lost ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "x", "first_lost", "why"),
    [
        # x ← x − 0.1/x from 1: 0.9, 0.789, 0.662, 0.511, 0.315, −0.0016
        ("ln(x) + y^2", 1.0, 6, "the natural logarithm of −0.00156"),
        ("sqrt(x) + y^2", 1.0, 15, "the square root of −0.33"),
    ],
)
def test_a_step_out_of_the_domain_is_named_with_its_number(source, x, first_lost, why) -> None:
    blow_up = found(source, "gd(lr=0.1)", x, 1, 50)
    assert blow_up is not None
    assert (blow_up.code, blow_up.step) == ("left-domain", first_lost)
    assert why in str(blow_up.reason)


def test_a_step_out_of_the_domain_may_be_too_long() -> None:
    """(x − 0.1)² − ln x: λ = 2 + 1/x²."""
    blow_up = found("(x - 0.1)^2 - ln(x) + y^2", "gd(lr=1.2)", 0.5, 1, 50)
    assert blow_up is not None
    assert blow_up.code == "left-domain"
    assert "It is too long" in str(blow_up.reason)


def test_a_pole_is_jumped_across() -> None:
    """1/x falls towards −∞ on the left of 0, and the steps grow as 1/x² until one lands on the right."""
    blow_up = found("1/x + y^2", "gd(lr=0.1)", -1, 1, 50)
    assert blow_up is not None
    assert blow_up.code == "left-domain"
    positions = runner("1/x + y^2", "gd(lr=0.1)", -1, 1, 50).run.positions[:, 0]
    assert blow_up.row == int(np.flatnonzero(positions < 0)[-1])
    assert "in 1/x it steps across a 0 of x" in str(blow_up.reason)


def test_a_start_without_a_value() -> None:
    blow_up = found("ln(x) + y^2", "gd(lr=0.1)", -1, 1, 50)
    assert blow_up is not None
    assert (blow_up.code, blow_up.step) == ("left-domain", 0)
    assert "natural logarithm of −1" in str(blow_up.reason)


def test_a_value_without_a_slope() -> None:
    """√x: from 0.25 a step of 0.25 lands on 0 exactly, where the slope is infinite."""
    blow_up = found("sqrt(x) + y^2", "gd(lr=0.25)", 0.25, 0, 5)
    assert blow_up is not None
    assert (blow_up.code, blow_up.step) == ("left-domain", 1)
    assert "no slope" in str(blow_up.reason)


def test_an_update_whose_own_numbers_overflow() -> None:
    """Noise of 1e308 times a rate of 10."""
    blow_up = found(BOWL, "gd(lr=10)", 1, 1, 5, noise=1e308)
    assert blow_up is not None
    assert (blow_up.code, blow_up.step) == ("overflow", 1)
    assert str(blow_up.reason) == "In step 1 the numbers are lost: the first without a value is the step."


# -- no floor ---------------------------------------------------------------------------------------------


def test_a_surface_without_a_floor_is_no_fault_of_the_step() -> None:
    """x² − y² from (−3, 0.001): y grows by 1.2 a step, and counts as far beyond 1000 · 3: 82 steps."""
    blow_up = found("x^2 - y^2", "gd(lr=0.1)", -3, 0.001, 100)
    assert blow_up is not None
    assert (blow_up.code, blow_up.step) == ("no-floor", math.ceil(math.log(3e6) / math.log(1.2)))
    assert found("-exp(x^2 + y^2)", "gd(lr=0.1)", 1, 1, 100).code == "no-floor"


# -- to and fro -------------------------------------------------------------------------------------------


def test_at_the_bound_it_goes_to_and_fro_for_ever() -> None:
    blow_up = found(RAVINE, "gd(lr=0.1)", 2, 1, 40)
    assert blow_up is not None
    assert (blow_up.code, blow_up.step) == ("zig-zag", 1)
    assert blow_up.taken.edge.value == pytest.approx(2.0)


def test_near_the_bound_it_hardly_settles() -> None:
    """0.099 · 20 = 1.98: y keeps 0.98 of itself."""
    blow_up = found(RAVINE, "gd(lr=0.099)", 2, 1, 40)
    assert blow_up is not None
    assert blow_up.code == "zig-zag"
    assert "0.98" in str(blow_up.reason)


def test_walls_that_are_less_curved_farther_out_keep_it_in() -> None:
    """√(1 + x²): λ = 1 at the bottom, η·λ = 3."""
    blow_up = found("sqrt(1 + x^2) + y^2/8", "gd(lr=3)", 3, 0, 60)
    assert blow_up is not None
    assert blow_up.code == "zig-zag"
    assert "farther out" in str(blow_up.reason)


def test_a_kink_never_lets_it_settle() -> None:
    blow_up = found("abs(x) + abs(y)", "gd(lr=0.3)", 1, 1, 100)
    assert blow_up is not None
    assert blow_up.code == "zig-zag"
    assert "kink" in str(blow_up.reason)


def test_lion_s_steps_are_all_of_one_length() -> None:
    blow_up = found(RAVINE, "lion(lr=0.3)", 2, 1, 100)
    assert blow_up is not None
    assert blow_up.code == "zig-zag"
    assert "each step is η = 0.3 long" in str(blow_up.reason)


# -- standing still ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [40, 400])
def test_started_on_the_ridge_it_stays_at_the_saddle(steps: int) -> None:
    """|∇f| = 6 · 0.8ᵗ, a hundredth of which it is under from step 21 on: 0.8²⁰ = 0.0115."""
    blow_up = found("x^2 - y^2", "gd(lr=0.1)", -3, 0, steps)
    assert blow_up is not None
    assert (blow_up.code, blow_up.step) == ("saddle", 21)
    assert "one eigenvalue of the Hessian is −2" in str(blow_up.reason)


def test_a_monkey_s_saddle_has_no_eigenvalue_to_tell() -> None:
    blow_up = found("x^3 - 3x y^2", "gd(lr=0.1)", 1.5, 0, 40)
    assert blow_up is not None
    assert blow_up.code == "saddle"
    assert "the surface also falls" in str(blow_up.reason)


def test_newton_runs_into_a_saddle_gladly() -> None:
    assert found("x^2 - y^2", "newton", -3, 0.001, 10).code == "saddle"


def test_on_the_top_there_is_no_slope() -> None:
    assert found("-x^2 - y^2", "gd(lr=0.1)", 0, 0, 10).code == "maximum"
    assert found("sin(x) sin(y)", "gd(lr=0.1)", math.pi / 2, math.pi / 2, 40).code == "maximum"


@pytest.mark.parametrize("steps", [40, 500])
def test_the_plateau_of_the_gallery(steps: int) -> None:
    """At (3, 2) the slope is √13 e^(−6.5) = 0.00542, the height 1 − e^(−6.5)."""
    blow_up = found(PLATEAU, "gd(lr=0.1)", 3, 2, steps)
    assert blow_up is not None
    assert (blow_up.code, blow_up.step) == ("plateau", 0)
    told = blow_up.reason.values
    assert told["gradient"] == pytest.approx(math.sqrt(13) * math.exp(-6.5))
    assert told["length"] == pytest.approx(0.1 * told["gradient"])
    assert told["gap"] == pytest.approx(1 - math.exp(-6.5))
    assert told["distance"] == pytest.approx(math.sqrt(13))


def test_an_adaptive_step_leaves_the_plateau() -> None:
    assert found(PLATEAU, "adam(lr=0.1)", 3, 2, 60) is None


@pytest.mark.parametrize(
    ("source", "racer", "code"),
    [
        (BOWL, "gd(lr=0)", "rate-zero"),
        (BOWL, "adam(lr=0)", "rate-zero"),
        ("3 + 0x y", "gd(lr=0.1)", "constant"),
        (RAVINE, "gd(lr=1e-6)", "step-too-small"),
        (RAVINE, "adam(lr=1e-5)", "step-too-small"),
        ("floor(x) + floor(y)", "gd(lr=0.1)", "plateau"),
    ],
)
def test_those_that_do_not_move(source: str, racer: str, code: str) -> None:
    blow_up = found(source, racer, 1.3, 1.2, 40)
    assert blow_up is not None
    assert (blow_up.code, blow_up.step) == (code, 0)


# -- nothing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "racer", "x", "y", "steps"),
    [
        (RAVINE, "gd(lr=0.05)", 2, 1, 25),
        (RAVINE, "gd(lr=0.09)", 2, 1, 25),
        (RAVINE, "momentum(lr=0.05, beta=0.9, averaged=true)", 2, 1, 25),
        (RAVINE, "momentum(lr=0.18, beta=0.9)", 2, 1, 100),
        (RAVINE, "rmsprop(lr=0.05, alpha=0.9)", 2, 1, 25),
        (RAVINE, "adam(lr=0.1)", 2, 1, 30),
        ("(x-2)^2 + 4(y-1)^2", "gd(lr=0.1)", -1, 3.5, 25),
        ("sin(x) + y^2/2", "gd(lr=0.1)", -1.5, 2, 40),
        ("sin(x) + y^2/2", "momentum(lr=0.1, beta=0.9)", -1.5, 2, 40),
        ("sin(x) + y^2/2", "rmsprop(lr=0.1, alpha=0.9)", -1.5, 2, 40),
        ("sin(x) + y^2/2", "adam(lr=0.1)", -1.5, 2, 40),
        (ROSENBROCK, "gd(lr=0.001)", -1.2, 1, 500),
        (ROSENBROCK, "adam(lr=0.05)", -1.2, 1, 500),
        (ROSENBROCK, "newton", -1.2, 1, 20),
        ("x^2 - y^2", "gd(lr=0.1)", -3, 0.001, 40),
        ("x^3 - 3x y^2", "gd(lr=0.1)", 1.5, 0.001, 40),
        ("x^4 + y^4", "gd(lr=0.1)", 1, 1, 40),
        ("abs(x) + abs(y)", "gd(lr=0.25)", 0, 1, 4),
        (known_surface("local-minimum").formula, "gd(lr=0.05)", 2, 1.5, 100),
    ],
)
def test_of_healthy_runs_nothing_is_said(source, racer, x, y, steps) -> None:
    assert found(source, racer, x, y, steps) is None


def test_noise_is_not_taken_for_a_fault() -> None:
    assert found(BOWL, "gd(lr=0.1)", 1, 1, 200, noise=0.5) is None
    assert found(RAVINE, "gd(lr=0.11)", 2, 1, 200, noise=0.5).code == "step-too-large"


@pytest.mark.parametrize("racer", OPTIMIZERS)
@pytest.mark.parametrize(
    "source",
    [
        "3 + 0x y",
        "floor(x) + floor(y)",
        "ln x + 1/y",
        "x^2 + 0y",
        "-exp(x^2 + y^2)",
        "abs(x) + abs(y)",
        RAVINE,
    ],
)
@pytest.mark.parametrize(
    "settings", ["", "lr=0", "lr=1e300", "lr=3, maximize=true", "lr=0.1, weight_decay=0.5"]
)
def test_every_hard_ground_has_a_verdict_in_whole_words(racer: str, source: str, settings: str) -> None:
    for x in (-1.5, 0.0, 0.7):
        blow_up = found(source, f"{racer}({settings})", x, 2, 30)
        only = runner(source, f"{racer}({settings})", x, 2, 30)
        if only.run.status == "diverged":
            assert blow_up is not None
        if blow_up is not None:
            assert 0 <= blow_up.step <= only.run.steps
            assert str(blow_up.reason).endswith(".")
            assert "nan" not in str(blow_up.reason)
