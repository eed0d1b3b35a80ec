import math
import threading

import mpmath
import numpy as np
import pytest
import sympy

from engine.expression import parse
from engine.function import function
from engine.precise import arithmetic, exact_slope, precise_value
from engine.vocabulary import FUNCTIONS

X = sympy.Symbol("x")


@pytest.mark.parametrize(
    ("formula", "known"),
    [
        ("sin(x)*e^x", sympy.sin(X) * sympy.exp(X)),
        ("ln(x)/(1+x^2)", sympy.log(X) / (1 + X**2)),
        ("x^(1/3) + sqrt(x)", sympy.cbrt(X) + sympy.sqrt(X)),
        ("tanh(x) + sigmoid(x)", sympy.tanh(X) + 1 / (1 + sympy.exp(-X))),
        ("gelu(x)", X * (1 + sympy.erf(X / sympy.sqrt(2))) / 2),
        ("log(x, 3) + log2(x) + 0.1x", sympy.log(X, 3) + sympy.log(X, 2) + X / 10),
        ("x^x - atan(x)", X**X - sympy.atan(X)),
    ],
)
def test_forty_digits_against_sympy(formula: str, known: sympy.Expr) -> None:
    numbers = arithmetic(256)
    at = sympy.Rational(0.7)  # the float, all its digits
    node = parse(formula)
    value = precise_value(node, {"x": numbers.mpf(0.7)}, numbers)
    assert abs(sympy.Float(str(value), 60) - known.subs(X, at).evalf(60)) < sympy.Float("1e-40")
    slope = exact_slope(function(formula), 0.7)
    true = known.diff(X).subs(X, at).evalf(50)
    assert abs(sympy.Float(slope.value, 50) + sympy.Float(slope.rest, 50) - true) < 1e-31


def test_a_distance_keeps_the_last_digits() -> None:
    # cos 1 lies between two floats: 0.540302305868139717400936607443 (OEIS A049470)
    slope = exact_slope(function("sin(x)"), 1.0)
    nearest = 0.5403023058681398
    with mpmath.workdps(40):
        expected = abs(mpmath.mpf("0.540302305868139717400936607443") - mpmath.mpf(nearest))
        assert slope.distance(nearest) == pytest.approx(float(expected), rel=1e-9)
    assert slope.distance(np.array([nearest, math.nan]))[1] != slope.distance(np.array([nearest, 0.0]))[1]


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
@pytest.mark.parametrize("at", [-2.7, -0.6, 0.3, 1.9])
def test_every_function_that_can_be_typed_has_digits(name: str, at: float) -> None:
    # the floats of engine.arithmetic come from the C library and SciPy, these from mpmath
    f = function(f"{name}(x, 1/2)" if FUNCTIONS[name].minimum == 2 else f"{name}(x)")
    numbers = arithmetic(128)
    found = float(precise_value(f.node, {"x": numbers.mpf(at)}, numbers))
    assert found == pytest.approx(f.value_at(at), rel=1e-13, nan_ok=True)


@pytest.mark.parametrize(
    ("formula", "at", "value"),
    [
        ("x^(1/3)", -8.0, -2.0),
        ("x^(2/3)", -8.0, 4.0),
        ("cbrt(x)", -27.0, -3.0),
        ("step(x)", 0.0, 1.0),
        ("relu(x)", -1.0, 0.0),
        ("max(x, 2, 1)", 1.5, 2.0),
        ("(x > 1) * 5", 2.0, 5.0),
        ("floor(x) + ceil(x)", 1.5, 3.0),
        ("sign(x)", -3.0, -1.0),
        ("abs(x)", -3.0, 3.0),
    ],
)
def test_real_functions_mean_what_they_mean_elsewhere(formula: str, at: float, value: float) -> None:
    numbers = arithmetic(128)
    found = precise_value(parse(formula), {"x": numbers.mpf(at)}, numbers)
    assert float(found) == pytest.approx(value, abs=1e-30)


@pytest.mark.parametrize(
    ("formula", "at"),
    [("ln(x)", -1.0), ("sqrt(x)", -1.0), ("asin(x)", 2.0), ("1/x", 0.0), ("x^0.5", -2.0), ("0/0 + x", 1.0)],
)
def test_where_there_is_no_real_value_there_is_none(formula: str, at: float) -> None:
    numbers = arithmetic(128)
    assert numbers.isnan(precise_value(parse(formula), {"x": numbers.mpf(at)}, numbers))
    assert math.isnan(exact_slope(function(formula), at).value)


@pytest.mark.parametrize("formula", ["abs(x)", "relu(x)", "floor(x)", "sign(x)", "max(x, -x)"])
def test_no_slope_at_a_corner_or_jump(formula: str) -> None:
    assert math.isnan(exact_slope(function(formula), 0.0).value)


@pytest.mark.parametrize("formula", ["sin(e^(e^(99x)))", "e^(e^(e^(e^x)))", "x^(9^99)", "tan(10^(10^(10x)))"])
def test_hostile_numbers_are_bounded(formula: str) -> None:
    numbers = arithmetic(256)
    value = precise_value(parse(formula), {"x": numbers.mpf(3)}, numbers)
    assert numbers.isnan(value) or numbers.isinf(value)


def test_threads_keep_to_their_own_precision() -> None:
    found: dict[int, str] = {}

    def work(bits: int) -> None:
        for _ in range(50):
            numbers = arithmetic(bits)
            found[bits] = str(precise_value(parse("1/3 + 0 x"), {"x": numbers.mpf(1)}, numbers))

    threads = [threading.Thread(target=work, args=(bits,)) for bits in (64, 512)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found[64]) < 25 < 150 < len(found[512])
