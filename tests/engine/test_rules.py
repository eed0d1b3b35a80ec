"""The rules of differentiation against tables by hand, against SymPy, and against the complex step."""

import math

import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.expression import parse, to_text
from engine.function import Function, compile_nodes, evaluate
from engine.nodes import Call, Difference, Number, Power, Product, Quotient, Sum, Variable
from engine.precise import arithmetic, precise_value
from engine.rules import OUTER_DERIVATIVES, derivative, rule_for
from engine.vocabulary import CORNERED, FUNCTIONS

# By hand, in the form a person would leave it in.
TABLE = [
    ("7", "0"),
    ("pi", "0"),
    ("x", "1"),
    ("-x", "-1"),
    ("3x^2 - 4x", "6*x - 4"),
    ("x^4 - 3x^2 + x", "4*x^3 - 6*x + 1"),
    ("x^3/3", "x^2"),
    ("x*x*x", "3*x^2"),
    ("(x-2)^2", "2*(x - 2)"),
    ("(2x+1)^3", "6*(2*x + 1)^2"),
    ("0.1x^2", "0.2*x"),
    ("1/x", "-1/x^2"),
    ("1/x^2", "-2/x^3"),
    ("x/(1+x^2)", "(1 - x^2)/(1 + x^2)^2"),
    ("sqrt x", "1/(2*sqrt(x))"),
    ("x^(1/3)", "x^(-2/3)/3"),
    ("x^0.5", "0.5*x^(-0.5)"),
    ("e^x", "e^x"),
    ("exp(-x)", "-exp(-x)"),
    ("2^x", "ln(2)*2^x"),
    ("x^x", "(ln(x) + 1)*x^x"),
    ("ln x", "1/x"),
    ("ln(2x)", "1/x"),
    ("x ln x", "ln(x) + 1"),
    ("log2(x)", "1/(ln(2)*x)"),
    ("sin x", "cos(x)"),
    ("cos 3x", "-3*sin(3*x)"),
    ("sin(x^2)", "2*x*cos(x^2)"),
    ("sin x cos x", "cos(x)^2 - sin(x)^2"),
    ("tan x", "1/cos(x)^2"),
    ("atan 2x", "2/(1 + 4*x^2)"),
    ("x e^x", "e^x + x*e^x"),
    ("tanh x", "1 - tanh(x)^2"),
    ("sigmoid x", "(1 - sigmoid(x))*sigmoid(x)"),
    ("softplus x", "sigmoid(x)"),
    ("e^(-x^2/2)", "-x*e^(-x^2/2)"),
    ("|x|", "sign(x)"),
    ("relu x", "step(x)"),
    ("y x^2", "2*y*x"),
]


@pytest.mark.parametrize(("formula", "expected"), TABLE)
def test_table(formula, expected):
    assert to_text(derivative(parse(formula, ("x", "y")), "x")) == expected


NAMED = [
    ("5", "constant rule"),
    ("y^2", "constant rule"),
    ("x", "identity rule"),
    ("x + 1", "sum rule"),
    ("x - 1", "difference rule"),
    ("3x", "constant multiple rule"),
    ("x/3", "constant multiple rule"),
    ("-x", "constant multiple rule"),
    ("x sin x", "product rule"),
    ("x/sin x", "quotient rule"),
    ("1/sin x", "reciprocal rule"),
    ("x^5", "power rule"),
    ("x^y", "power rule"),
    ("2^x", "exponential rule"),
    ("x^x", "logarithmic differentiation"),
    ("sin x", "chain rule"),
    ("log(x, 3)", "logarithm rule"),
]


@pytest.mark.parametrize(("formula", "name"), NAMED)
def test_each_step_has_its_textbook_name(formula, name):
    assert str(rule_for(parse(formula, ("x", "y")), "x").name) == name


def test_every_function_has_a_rule():
    by_rules_of_their_own = {"log", "min", "max"}
    assert set(OUTER_DERIVATIVES) == (set(FUNCTIONS) | set(CORNERED)) - by_rules_of_their_own


X = sympy.Symbol("x", real=True)
SYMPY_FUNCTIONS = {
    "ln": sympy.log,
    "log2": lambda u: sympy.log(u, 2),
    "log10": lambda u: sympy.log(u, 10),
    "sigmoid": lambda u: 1 / (1 + sympy.exp(-u)),
    "softplus": lambda u: sympy.log(1 + sympy.exp(u)),
    "gelu": lambda u: u * (1 + sympy.erf(u / sympy.sqrt(2))) / 2,
}
SMOOTH = [
    "sin", "cos", "tan", "sec", "csc", "cot", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh",
    "acosh", "atanh", "exp", "ln", "log2", "log10", "sqrt", "cbrt", "sigmoid", "softplus", "gelu", "erf",
]  # fmt: skip


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("order", [1, 2, 3])
def test_functions_against_sympy(name, order):
    """f(u(x)) for an inner u that is not x alone, so that the chain rule is tested too."""
    inner = {"acosh": "x^2 + 1.2"}.get(name, "x^2/4 + 0.1")
    theirs = SYMPY_FUNCTIONS.get(name) or getattr(sympy, name)
    expected = sympy.diff(theirs(sympy.sympify(inner.replace("^", "**"), locals={"x": X})), X, order)
    node = parse(f"{name}({inner})")
    for _ in range(order):
        node = derivative(node, "x")
    for at in (0.3, 0.7, 1.1):
        value = float(expected.subs(X, sympy.Float(at, 40)).evalf(30))
        assert evaluate(node, {"x": at}) == pytest.approx(value, rel=1e-11, abs=1e-12)


FORMULAS = [
    "x^3*sin(2*x)/(1+x^2)", "exp(-x^2/2)*cos(3*x)", "(x^2+1)^(x/2)", "ln(1+x^2)^3", "sqrt(1+sin(x)^2)",
    "x^(2/3)*exp(x)", "1/(1+exp(-3*x))", "(x-1)^5*(x+2)^-3", "2^(sin(x))", "tan(x/2)^2 - 1/cos(x/2)^2",
    "atan(exp(x))", "x*ln(x)*sin(x)", "((x+1)/(x+2))/((x+3)/(x+4))",
]  # fmt: skip


@pytest.mark.parametrize("formula", FORMULAS)
def test_formulas_against_sympy(formula):
    ours = parse(formula)
    names = {"ln": sympy.log, "x": X}
    theirs = sympy.sympify(formula.replace("^", "**"), locals=names, rational=True)
    for _ in range(3):
        ours, theirs = derivative(ours, "x"), sympy.diff(theirs, X)
        for at in (0.4, 1.3, 2.1):
            value = float(theirs.subs(X, sympy.Float(at, 40)).evalf(30))
            assert evaluate(ours, {"x": at}) == pytest.approx(value, rel=1e-9, abs=1e-10)


def test_mixed_partial_derivatives_against_sympy():
    x, y = sympy.symbols("x y", real=True)
    theirs = sympy.sin(x * y) * sympy.exp(x - y**2) / (1 + x**2 * y**4)
    f = Function(parse("sin(x y) e^(x - y^2) / (1 + x^2 y^4)", ("x", "y")), ("x", "y"))
    point = {x: sympy.Rational(1, 2), y: sympy.Rational(3, 4)}
    expected = sympy.hessian(theirs, (x, y)).subs(point).evalf(25)
    ours = f.hessian_at(0.5, 0.75)
    for i in range(2):
        for j in range(2):
            assert ours[i][j] == pytest.approx(float(expected[i, j]), rel=1e-12)


# -- by the complex step, f′(x) = Im f(x + ih)/h, and by difference quotients: neither knows any rules ------

_leaves = st.just(Variable("x")) | st.integers(1, 5).map(Number)
_smooth = sorted(set(SMOOTH) - {"csc", "cot", "tan", "sec", "acosh", "atanh", "asin", "acos"})


def _grown(parts):
    return (
        st.builds(Sum, parts, parts)
        | st.builds(Difference, parts, parts)
        | st.builds(Product, parts, parts)
        | st.builds(Quotient, parts, parts)
        | st.builds(Power, parts, st.integers(-3, 4).map(Number))
        | st.builds(lambda name, u: Call(name, (u,)), st.sampled_from(_smooth), parts)
        | st.builds(lambda name, *uv: Call(name, uv), st.sampled_from(["max", "min", "log"]), parts, parts)
        | st.builds(lambda u: Call("abs", (u,)), parts)
    )


_trees = st.recursive(_leaves, _grown, max_leaves=6)


@settings(deadline=None, max_examples=200)
@given(_trees, st.just(0.0) | st.integers(-300, 300).map(lambda hundredths: hundredths / 100 + 0.005))
def test_against_the_complex_step(node, at):
    """Away from 0 or there: close by it, parts such as 1/x lose each other's digits in either."""
    step = 1e-150
    value = complex(compile_nodes([node], ["x"], "complex")(complex(at, step))[0])
    ours = Function(node).derivative_at(at)
    assume(math.isfinite(ours) and np.isfinite(value) and 1e-6 < abs(value.real) < 1e6 and abs(ours) < 1e6)
    # Cancellation may lose digits in either; a wrong rule loses all of them.
    assert ours == pytest.approx(value.imag / step, rel=1e-5, abs=1e-5)


@settings(deadline=None, max_examples=100)
@given(_trees, st.floats(-3, 3))
def test_against_difference_quotients_with_digits_to_spare(node, at):
    """Anywhere: 1,800 digits leave no room for rounding, and h = 2^-1200 none for truncation."""
    numbers = arithmetic(6000)
    x, h = numbers.mpf(at), numbers.mpf(2) ** -1200

    def quotient(step):
        there, back = (precise_value(node, {"x": place}, numbers) for place in (x + step, x - step))
        return (there - back) / (2 * step)

    near, far = quotient(h), quotient(2 * h)
    slope = precise_value(derivative(node, "x"), {"x": x}, numbers)
    settled = abs(near - far) <= 1e-40 * max(1, abs(near))  # not where the formula shakes faster than h
    assume(numbers.isfinite(near) and numbers.isfinite(slope) and settled)
    assert abs(slope - near) <= 1e-30 * max(1, abs(near))


# -- corners, jumps and cases -----------------------------------------------------------------------------

CORNERS = [
    ("|x|", 0.0, math.nan),
    ("|x|", 2.0, 1.0),
    ("|x|", -2.0, -1.0),
    ("|x^2 - 1|", 1.0, math.nan),
    ("|x^2 - 1|", 0.5, -1.0),
    ("relu(x)", 0.0, math.nan),
    ("relu(x)", 1.0, 1.0),
    ("relu(x)", -1.0, 0.0),
    ("max(x, 0)", 0.0, math.nan),
    ("max(x, 0)", 3.0, 1.0),
    ("min(x, x^2)", 0.5, 1.0),
    ("min(x, x^2)", 1.0, math.nan),
    ("max(1, x, x^2)", -2.0, -4.0),
    ("step(x)", 0.0, math.nan),
    ("step(x)", 1.0, 0.0),
    ("sign(x)", 0.0, math.nan),
    ("floor(x)", 2.0, math.nan),
    ("floor(x)", 2.5, 0.0),
    ("ceil(x)", 2.5, 0.0),
    ("(x > 0)x", 2.0, 1.0),
    ("(x > 0)x^2", -2.0, 0.0),
    ("(x > 1)", 1.0, math.nan),
    ("-x if x < 0 else x", 0.0, math.nan),
    ("-x if x < 0 else x", -1.0, -1.0),
    # The seam of these is smooth: value and slope agree.
    ("x^2 if x < 0 else x^3", 0.0, 0.0),
    ("x^2 if x < 1 else 2x - 1", 1.0, 2.0),
    ("x^2/2 if |x| <= 0.3 else 0.3(|x| - 0.15)", 0.3, 0.3),
    # The values meet, the slopes do not; and a jump.
    ("x^2 if x < 1 else x", 1.0, math.nan),
    ("x if x < 1 else x + 1", 1.0, math.nan),
    ("{x < 0: x, x > 1: x^2}", 2.0, 4.0),
    ("{x < 0: x, x > 1: x^2}", 0.5, math.nan),
]


@pytest.mark.parametrize(("formula", "at", "expected"), CORNERS)
def test_corners(formula, at, expected):
    f = Function(parse(formula))
    assert f.derivative_at(at) == pytest.approx(expected, nan_ok=True)
    assert f.derivative(np.array([at]))[0] == pytest.approx(expected, nan_ok=True)


SUBGRADIENTS = [("|x|", 0.0), ("relu(x)", 0.0), ("max(x, 0)", 0.5), ("step(x)", 0.0), ("|x| + x^2", 0.0)]


@pytest.mark.parametrize(("formula", "stated"), SUBGRADIENTS)
def test_subgradients_at_a_corner(formula, stated):
    assert Function(parse(formula), ("x",), subgradient=True).gradient_at(0.0) == (stated,)


def test_a_second_derivative_beside_a_corner():
    f = Function(parse("|x| + x^2"))
    assert f.derivative_at(1.0, order=2) == 2.0
    assert math.isnan(f.derivative_at(0.0, order=2))


def test_long_products_stay_quick_and_small():
    node = parse("x" + "*x" * 300)
    first = derivative(node, "x")
    assert evaluate(first, {"x": 1.0}) == 301.0
