import math

import mpmath
import numpy as np
import pytest

from engine.difference_errors import (
    SCHEMES,
    Precision,
    Scheme,
    best_step,
    epsilon,
    estimates,
    lattice,
    parse_schemes,
    predicted_step,
    true_slope,
)
from engine.error_parts import error_parts
from engine.errors import ParameterError
from engine.expression import parse
from engine.function import function
from engine.scenes._difference_code import as_computed


def slope(formula: str, scheme: Scheme, x0: float, h: float, precision: Precision = "float64") -> float:
    return float(estimates(function(formula), scheme, x0, h, precision))


@pytest.mark.parametrize(
    ("h", "forward"),
    # (3 + h)² − 9 over h in float64, by Python's own floats
    [(h, ((3.0 + h) * (3.0 + h) - 9.0) / h) for h in (1e-2, 1e-3, 1e-4, 1e-5, 1e-15, 1e-16)],
)
def test_forward_is_the_quotient_in_floats(h: float, forward: float) -> None:
    assert slope("x^2", "forward", 3.0, h) == forward


def test_curriculum_13() -> None:
    assert slope("x^2", "forward", 3.0, 1e-16) == 0.0
    assert slope("x^2", "forward", 3.0, 1e-15) == 5.329070518200751
    assert slope("x^2", "central", 3.0, 1e-15) == 5.329070518200751
    for h, digits in ((1e-2, "6.0099999"), (1e-3, "6.0009999"), (1e-5, "6.0000099")):
        assert repr(slope("x^2", "forward", 3.0, h)).startswith(digits)
    assert f"{slope('x^2', 'forward', 3.0, 1e-4):.8f}" == "6.00010000"


@pytest.mark.parametrize("formula", ["sin(x)", "x^3 - 2x", "e^x/(1+x^2)", "sigmoid(3x)"])
@pytest.mark.parametrize("x0", [-1.25, 0.5, 2.0])
def test_float32_does_every_operation_in_float32(formula: str, x0: float) -> None:
    x = np.float32(x0)
    by_hand = {
        "sin(x)": lambda x: np.sin(x),
        "x^3 - 2x": lambda x: x * x * x - np.float32(2) * x,
        "e^x/(1+x^2)": lambda x: np.exp(x) / (np.float32(1) + x * x),
        "sigmoid(3x)": lambda x: np.float32(1) / (np.float32(1) + np.exp(-(np.float32(3) * x))),
    }[formula]
    for h in (np.float32(0.125), np.float32(1e-4)):
        expected = (by_hand(x + h) - by_hand(x)) / h
        assert expected.dtype == np.float32
        assert slope(formula, "forward", x0, 1e-4 if h < 0.1 else 0.125, "float32") == expected


@pytest.mark.parametrize("formula", ["sin(x)", "ln(x)", "x^5 - x", "tanh(x)", "sqrt(x)"])
@pytest.mark.parametrize("scheme", ["complex_step", "reverse"])
def test_without_subtraction_the_slope_is_right_to_the_last_digits(formula: str, scheme: Scheme) -> None:
    f = {"ln(x)": mpmath.log, "sin(x)": mpmath.sin, "tanh(x)": mpmath.tanh, "sqrt(x)": mpmath.sqrt}
    with mpmath.workdps(50):
        true = mpmath.diff(f.get(formula, lambda x: x**5 - x), mpmath.mpf(0.7))
        error = abs(mpmath.mpf(slope(formula, scheme, 0.7, 1e-100)) - true)
        assert error < 4 * epsilon("float64") * abs(true)


@pytest.mark.parametrize(("precision", "size"), [("float64", 2.0**-52), ("float32", 2.0**-23)])
def test_machine_epsilon(precision: Precision, size: float) -> None:
    assert epsilon(precision) == size


@pytest.mark.parametrize(
    ("formula", "x0"),
    [("sin(x)", 1.0), ("e^x", 1.0), ("ln(x)", 2.0), ("tanh(x)", 0.5), ("1/x", 0.01), ("1000x^3", 1000.0)],
)
@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_the_best_h_is_where_the_formulas_say(formula: str, x0: float, precision: Precision) -> None:
    known = {
        "sin(x)": mpmath.sin,
        "e^x": mpmath.exp,
        "ln(x)": mpmath.log,
        "tanh(x)": mpmath.tanh,
        "1/x": lambda x: 1 / x,
        "1000x^3": lambda x: 1000 * x**3,
    }[formula]
    f = function(formula)
    with mpmath.workdps(60):
        height, second, third = (abs(mpmath.diff(known, mpmath.mpf(x0), n)) for n in (0, 2, 3))
        eps = mpmath.mpf(float(np.finfo(precision).eps))
        forward, central = (
            float(2 * mpmath.sqrt(eps * height / second)),
            float(mpmath.cbrt(3 * eps * height / third)),
        )
    for scheme, expected in (("forward", forward), ("central", central)):
        predicted, measured = (find(f, scheme, x0, precision) for find in (predicted_step, best_step))
        assert predicted.h == pytest.approx(expected, rel=1e-6)
        assert measured.h is not None
        assert expected / 4 < measured.h < expected * 4
        assert predicted.error is not None
        assert measured.error is not None
        assert predicted.error / 8 < measured.error < predicted.error * 8


def test_the_envelope_is_lowest_at_the_measured_best_h() -> None:
    # half a decade about any other h holds an error that is larger, worked out afresh from floats
    best = best_step(function("sin(x)"), "central", 1.0, "float64")
    assert best.h is not None

    def worst(centre: float) -> float:
        steps = centre * 10.0 ** np.linspace(-0.25, 0.25, 65)
        found = (np.sin(1.0 + steps) - np.sin(1.0 - steps)) / (2 * steps)
        return float(np.max(np.abs(found - math.cos(1.0))))

    assert all(worst(best.h) < worst(best.h * factor) for factor in (0.01, 0.1, 0.3, 10.0, 100.0))


@pytest.mark.parametrize(
    ("formula", "x0", "scheme", "words"),
    [
        ("x^2", 3.0, "central", "f‴ is 0"),
        ("x^2 - 5x", 1.0, "central", "f‴ is 0"),
        ("3x + 1", 1.0, "forward", "f″ is 0"),
        ("relu(x)", 1.0, "forward", "f″ is 0"),
        ("sin(x)", 0.0, "forward", "a smaller one is never worse"),
        ("abs(x)", 0.0, "forward", "no slope"),
        ("ln(x)", -1.0, "central", "no slope"),
    ],
)
def test_where_no_h_is_best_the_reason_is_said(formula: str, x0: float, scheme: Scheme, words: str) -> None:
    best = best_step(function(formula), scheme, x0, "float64")
    assert (best.h, best.error) == (None, None)
    assert words in str(best.reason)


@pytest.mark.parametrize(
    ("formula", "x0", "scheme", "words"),
    [
        ("x^2", 3.0, "central", "f‴ is 0"),
        ("x^3", 0.0, "forward", "at this one point"),
        ("sin(x)", math.pi, "central", "so near 0"),
        ("x^2 - 1", 1.0, "forward", "so near 0"),
    ],
)
def test_where_the_rule_is_silent_it_says_why(formula: str, x0: float, scheme: Scheme, words: str) -> None:
    found = predicted_step(function(formula), scheme, x0, "float64")
    assert found.h is None
    assert words in str(found.reason)


@pytest.mark.parametrize(
    ("scheme", "h", "dominant"),
    [
        ("forward", 1e-2, "truncation"),
        ("forward", 1e-12, "round-off"),
        ("central", 1e-2, "truncation"),
        ("central", 1e-9, "round-off"),
        ("complex_step", 1e-2, "truncation"),
        ("forward", 1e-310, "underflow"),
    ],
)
def test_what_dominates(scheme: Scheme, h: float, dominant: str) -> None:
    assert error_parts(function("sin(x)"), scheme, 1.0, h, "float64").dominant == dominant


def test_overflow_and_underflow_are_told_from_round_off() -> None:
    assert error_parts(function("x^2"), "forward", 1.0, 1e200, "float64").dominant == "overflow"
    assert error_parts(function("e^x"), "forward", 88.0, 1.0, "float32").dominant == "overflow"
    assert (
        error_parts(function("x^2"), "forward", 3.0, 1e-46, "float32").dominant == "underflow"
    )  # h became 0
    # 1e-170² is 1e-340, below the smallest float: both heights are 0, and so is the slope
    assert slope("x^2", "forward", 1e-170, 1e-170) == 0.0
    assert error_parts(function("x^2"), "forward", 1e-170, 1e-175, "float64").dominant == "underflow"


@pytest.mark.parametrize("h", [0.5, 1e-3, 1e-9, 1e-15])
def test_the_parts_add_up_and_truncation_is_that_of_the_formula(h: float) -> None:
    # ((3 + h)² − 9)/h − 6 = h, with no digit lost
    parts = error_parts(function("x^2"), "forward", 3.0, h, "float64")
    assert parts.truncation == pytest.approx(h, rel=1e-12)
    assert parts.round_off is not None
    assert parts.round_off + h == pytest.approx(slope("x^2", "forward", 3.0, h) - 6.0, abs=1e-14)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_slope_at_a_corner_whatever_the_scheme_gives(scheme: Scheme) -> None:
    assert math.isnan(true_slope(function("abs(x)"), 0.0, "float64").value)
    assert error_parts(function("abs(x)"), scheme, 0.0, 0.1, "float64") == (None, None, None)


def test_a_complex_step_through_a_corner_is_none() -> None:
    assert math.isnan(slope("abs(x)", "complex_step", 0.0, 0.1))
    assert slope("abs(x)", "complex_step", -2.0, 0.1) == -1.0


def test_the_lattice_stands_still_and_holds_the_powers_of_ten() -> None:
    steps = lattice(1e-5, 1e-2)
    assert {1e-5, 1e-4, 1e-3, 1e-2} <= set(steps.tolist())
    assert len(lattice(1e-3, 1.1e-3, least=100)) >= 100
    assert set(lattice(1e-4, 1e-3).tolist()) < set(steps.tolist())


@pytest.mark.parametrize("text", ["forward, central", "forward;central", " forward  central forward"])
def test_schemes_are_read_as_written(text: str) -> None:
    assert parse_schemes(text) == ("forward", "central")


def test_an_unknown_scheme_is_named() -> None:
    with pytest.raises(ParameterError) as refusal:
        parse_schemes("forward sideways")
    assert "sideways" in str(refusal.value)


def test_code_multiplies_as_the_picture_does() -> None:
    assert as_computed(parse("x^4")) is parse("(x x)(x x)")
    assert as_computed(parse("x^0.5 + 2^x")) is parse("x^0.5 + 2^x")
