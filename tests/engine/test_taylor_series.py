import math

import numpy as np
import pytest
import sympy

from engine.expression import parse
from engine.function import function
from engine.symbolic import to_sympy
from engine.taylor import Expansion, taylor_coefficients


def coefficients(source: str, x0: float, order: int = 8) -> list[float]:
    return [float(c) for c in taylor_coefficients(parse(source), "x", [x0], order)[:, 0]]


def by_sympy(source: str, x0: sympy.Rational, order: int = 8) -> list[float]:
    """f⁽ᵏ⁾(x₀)/k! by SymPy's own rules, in 30 digits."""
    formula = to_sympy(parse(source))
    (x,) = formula.free_symbols
    found = []
    for k in range(order + 1):
        found.append(float(formula.subs(x, x0).evalf(30) / math.factorial(k)))
        formula = formula.diff(x)
    return found


@pytest.mark.parametrize(
    ("source", "x0"),
    [
        ("sin(x)", "1"),
        ("e^(2x)", "1/3"),
        ("x^x", "3/2"),
        ("2^x", "1"),
        ("ln(x)/x", "2"),
        ("sqrt(1+x^2)", "3/10"),
        ("x^(5/3)", "6/5"),
        ("tan(x)", "2/5"),
        ("sec(x) + cot(x)", "2/5"),
        ("asin(x) atan(x)", "3/10"),
        ("sinh(x)/cosh(2x)", "1/5"),
        ("erf(x)", "2/5"),
        ("sigmoid(3x - 1)", "1/5"),
        ("tanh(x) softplus(x)", "-1/2"),
        ("gelu(x)", "7/10"),
        ("x^100", "11/10"),
        ("log(x, 3)", "2"),
    ],
)
def test_coefficients_are_those_of_sympy(source: str, x0: str) -> None:
    place = sympy.Rational(x0)
    assert coefficients(source, float(place)) == pytest.approx(by_sympy(source, place), rel=1e-11, abs=1e-13)


def test_many_points_at_once() -> None:
    # x³ at a: a³ + 3a² h + 3a h² + h³
    a = np.array([-2.0, 0.0, 1.5])
    found = taylor_coefficients(parse("x^3"), "x", a, 4)
    assert found == pytest.approx(np.array([a**3, 3 * a**2, 3 * a, a**0, 0 * a]))


@pytest.mark.parametrize(
    ("source", "x0", "missing"),
    [
        ("abs(x)", 0, 1),
        ("relu(x)", 0, 1),
        ("max(x, 0)", 0, 1),
        ("step(x)", 0, 1),
        ("(x > 0) * x", 0, 1),
        ("floor(x)", 2, 1),
        ("sqrt(x)", 0, 1),
        ("cbrt(x)", 0, 1),
        ("x^(4/3)", 0, 2),
        ("ln(x)", -1, 0),
        ("1/x", 0, 0),
        ("abs(x)^3", 1, None),
        ("max(x, x)", 1, None),
        ("floor(x)", 2.5, None),
        ("x^5", 0, None),
    ],
)
def test_the_order_that_is_missing(source: str, x0: float, missing: int | None) -> None:
    assert Expansion(function(source), x0, 5).missing_order == missing


def test_the_leading_order_is_that_of_the_first_term_left_out() -> None:
    assert Expansion(function("e^x"), 0.0, 2).leading_order == 3
    assert Expansion(function("sin(x)"), 0.0, 1).leading_order == 3  # a sine has no even terms at 0
    assert Expansion(function("sin(x)"), math.pi, 1).leading_order == 3  # nor at π, but for rounding
    assert Expansion(function("x^2"), 1.0, 2).leading_order is None


def test_lagrange_finds_the_largest_next_derivative() -> None:
    # |sin″| on [0, 1] is largest at 1; |cos″| = |cos| on [−1, 2] is 1, at 0, which is no sample
    assert Expansion(function("sin(x)"), 0.0, 1).next_size(1.0) == pytest.approx(math.sin(1) / 2)
    assert Expansion(function("cos(x)"), -1.0, 1).next_size(3.1) == pytest.approx(0.5, rel=1e-6)


@pytest.mark.parametrize(
    ("source", "x0", "h"),
    [("relu(x)", -1, 2), ("1/x", -1, 2), ("tan(x)", 0, 2), ("abs(x)", 1, -3), ("max(x, 1)", 0, 3)],
)
def test_across_a_corner_or_a_pole_there_is_no_bound(source: str, x0: float, h: float) -> None:
    assert math.isnan(Expansion(function(source), x0, 1).next_size(h))


def test_a_pole_without_a_change_of_sign_is_found_by_looking_closer() -> None:
    assert Expansion(function("1/x^2"), -1.0, 1).next_size(2.3) == math.inf


@pytest.mark.parametrize("source", ["e^x", "sin(3x)", "1/(1+x^2)", "gelu(x)", "x^2"])
@pytest.mark.parametrize("order", [1, 3, 8])
def test_no_miss_is_larger_than_the_bound_and_noise_allow(source: str, order: int) -> None:
    expansion = Expansion(function(source), 0.4, order)
    h = np.array([-1.0, -0.1, 1e-3, 0.25, 1.3])
    bounds = np.array([expansion.next_size(step) for step in h.tolist()]) * np.abs(h) ** (order + 1)
    assert (np.abs(expansion.misses(h)) <= bounds * (1 + 1e-3) + expansion.noise(h)).all()


def test_noise_covers_what_exact_arithmetic_says_is_rounding() -> None:
    # order 2 of x² leaves nothing: every miss that is left is rounding
    expansion = Expansion(function("x^2"), 1 / 3, 2)
    h = 0.1 * 0.5 ** np.arange(30.0)
    assert (np.abs(expansion.misses(h)) <= expansion.noise(h)).all()
    # and it does not hide what is there: order 1 leaves h², which is 1e-6 here
    assert Expansion(function("x^2"), 1 / 3, 1).noise(np.array([1e-3]))[0] < 1e-14
