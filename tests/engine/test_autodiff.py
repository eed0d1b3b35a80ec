"""Reverse mode against slopes by hand, against SymPy and against the complex step."""

import math

import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.autodiff import reverse
from engine.expression import parse, to_text
from engine.function import compile_nodes
from engine.nodes import Call, Difference, Number, Power, Product, Quotient, Sum, Variable


def tape_of(formula, subgradient=False, **values):
    return reverse(parse(formula, tuple(values)), values, subgradient)


# -- by hand ----------------------------------------------------------------------------------------------


def test_a_neuron_of_the_curriculum():
    """σ(wx + b) at w = 0.5, b = 0.1, x = 2: with s = σ(1.1), ∂/∂w is 2s(1 − s)."""
    tape = tape_of("sigmoid(w x + b)", w=0.5, x=2.0, b=0.1)
    s = 1 / (1 + math.exp(-1.1))
    assert tape.value == pytest.approx(s, rel=1e-15)
    assert tape.gradient == pytest.approx(
        {"w": 2 * s * (1 - s), "x": 0.5 * s * (1 - s), "b": s * (1 - s)}, rel=1e-14
    )
    assert round(tape.gradient["w"], 6) == 0.374740
    assert [to_text(entry.node) for entry in tape.entries] == [
        "w", "x", "w*x", "b", "w*x + b", "sigmoid(w*x + b)",
    ]  # fmt: skip


def test_one_local_slope_at_a_time():
    """x² y at (3, 2): x² is 9. The product sends 9 to y and 2 to x², which sends 2 · 2x = 12 to x."""
    tape = tape_of("x^2 y", x=3.0, y=2.0)
    assert [to_text(entry.node) for entry in tape.entries] == ["x", "x^2", "y", "x^2*y"]
    steps = [(pull.user, pull.input, pull.local_slope, pull.passed, pull.total) for pull in tape.pulls]
    assert steps == [(3, 1, 2.0, 2.0, 2.0), (3, 2, 9.0, 9.0, 9.0), (1, 0, 6.0, 12.0, 12.0)]
    assert all(pull.last for pull in tape.pulls)


def test_what_is_used_twice_is_one_node_and_sums_what_both_send():
    """sin x · eˣ + sin x at 0: sin x gets e⁰ from the product and 1 from the sum, so f′ = 2 cos 0 + 0."""
    tape = tape_of("sin(x) e^x + sin x", x=0.0)
    assert len(tape.entries) == 5
    sine = next(place for place, entry in enumerate(tape.entries) if to_text(entry.node) == "sin(x)")
    sent = [(pull.passed, pull.total, pull.last) for pull in tape.pulls if pull.input == sine]
    assert sent == [(1.0, 1.0, False), (1.0, 2.0, True)]
    assert tape.entries[sine].adjoint == 2.0
    assert tape.gradient == {"x": 2.0}


def test_a_factor_that_stands_twice_gets_a_slope_for_each_place():
    tape = tape_of("x x", x=3.0)
    assert tape.entries[-1].local_slopes == (3.0, 3.0)
    assert tape.gradient == {"x": 6.0}


def test_numbers_are_part_of_what_is_done_to_them():
    assert len(tape_of("3(x + 1)^2 - 5", x=1.0).entries) == 5


def test_what_does_not_occur_has_no_slope_at_all():
    tape = tape_of("2x", x=1.0, y=7.0)
    assert tape.gradient == {"x": 2.0, "y": 0.0}
    assert tape_of("7", x=1.0).gradient == {"x": 0.0}


CORNERS = [
    # formula, x, the slope in a picture, the slope that an optimizer takes
    ("|x|", 0.0, math.nan, 0.0),
    ("|x|", -2.0, -1.0, -1.0),
    ("relu(x)", 0.0, math.nan, 0.0),
    ("|x|^2", 0.0, math.nan, 0.0),
    ("max(x, 3)", 3.0, math.nan, 0.5),
    ("max(x, x)", 3.0, 1.0, 1.0),
    ("min(2x, x, 5)", 1.0, 1.0, 1.0),
    ("step(x)", 0.0, math.nan, 0.0),
    ("floor(x)", 2.0, math.nan, 0.0),
    ("(x > 0) x", 0.0, math.nan, 0.0),
    ("(x > 0) x", 2.0, 1.0, 1.0),
    ("(x > 0 and x < 3) x^2", 2.0, 4.0, 4.0),
    ("-x if x < 0 else x", 0.0, math.nan, 1.0),
    ("-x if x < 0 else x", -1.0, -1.0, -1.0),
    ("x^2 if x < 0 else x^3", 0.0, 0.0, 0.0),
    ("x^2 if x < 0 else x^3", 2.0, 12.0, 12.0),
    ("3 if x < 0 else x", 1.0, 1.0, 1.0),
]


@pytest.mark.parametrize(("formula", "x", "shown", "taken"), CORNERS)
def test_corners(formula, x, shown, taken):
    for subgradient, expected in ((False, shown), (True, taken)):
        assert tape_of(formula, subgradient, x=x).gradient["x"] == pytest.approx(expected, nan_ok=True)


def test_where_it_is_missing():
    tape = tape_of("2 ln(x) + x", x=-1.0)
    assert math.isnan(tape.value)
    assert math.isnan(tape.gradient["x"])
    assert to_text(tape.missing().node) == "ln(x)"
    assert tape.pulls == ()
    corner = tape_of("3 |x - 1|", x=1.0)
    assert corner.missing() is None
    assert to_text(corner.kinked().node) == "abs(x - 1)"
    assert tape_of("x^2", x=1.0).kinked() is None


def test_no_slope_at_a_pole_nor_of_what_has_no_value():
    assert math.isinf(tape_of("1/x", x=0.0).value)
    assert math.isnan(tape_of("1/x", x=0.0).gradient["x"])
    assert math.isnan(tape_of("ln(x)", x=-1.0, y=1.0).gradient["y"])


def test_float32_rounds_after_every_operation():
    """0.1 and 0.3 as float32, their product rounded to float32: NumPy's own arithmetic of that width."""
    tape = reverse(parse("0.3x + x^2"), {"x": 0.1}, precision="float32")
    x, factor = np.float32(0.1), np.float32(0.3)
    assert tape.value == float(factor * x + x * x)
    assert tape.gradient["x"] == float(factor + np.float32(2) * x)
    assert tape.value != reverse(parse("0.3x + x^2"), {"x": 0.1}).value


def test_float32_overflows_where_float32_does():
    tape = reverse(parse("x^2"), {"x": 1e30}, precision="float32")
    assert tape.value == math.inf
    assert math.isnan(tape.gradient["x"])


def test_a_long_formula_is_walked_without_recursion():
    # Σ x^k for k = 1 … 300 at 1: 300, with slope Σ k = 45150
    node = Variable("x")
    for k in range(2, 301):
        node = Sum(node, Power(Variable("x"), Number(k)))
    tape = reverse(node, {"x": 1.0})
    assert (tape.value, tape.gradient["x"]) == (300.0, 45150.0)


# -- by SymPy ---------------------------------------------------------------------------------------------

FORMULAS = [
    "sin(x*y)*exp(x - y**2)/(1 + x**2*y**4)",
    "log(1 + exp(x*y)) - x*log(y)",
    "tanh(x*tanh(y*x + 1) + y)",
    "(x + y)**3*(x + y)**2/(x - y)",
    "x**y + y**x",
    "sqrt(x**2 + y**2)*atan(y/x)",
    "2**(x*y) + (x/y)**(Rational(1, 3))",
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_gradients_against_sympy(formula):
    symbols = dict(zip("xy", sympy.symbols("x y", positive=True), strict=True))
    theirs = sympy.sympify(formula, locals=symbols)
    ours = parse(formula.replace("**", "^").replace("Rational(1, 3)", "1/3"), ("x", "y"))
    for x, y in ((0.7, 1.3), (1.9, 0.4), (2.25, 3.5)):
        tape = reverse(ours, {"x": x, "y": y})
        point = {symbols["x"]: sympy.Float(x, 40), symbols["y"]: sympy.Float(y, 40)}
        for name, slope in tape.gradient.items():
            expected = float(sympy.diff(theirs, symbols[name]).subs(point).evalf(30))
            assert slope == pytest.approx(expected, rel=1e-12, abs=1e-13)


# -- by the complex step ----------------------------------------------------------------------------------

_leaves = st.just(Variable("x")) | st.integers(1, 5).map(Number)


def _grown(parts):
    return (
        st.builds(Sum, parts, parts)
        | st.builds(Difference, parts, parts)
        | st.builds(Product, parts, parts)
        | st.builds(Quotient, parts, parts)
        | st.builds(Power, parts, st.integers(-3, 4).map(Number))
        | st.builds(lambda name, u: Call(name, (u,)), st.sampled_from(["sin", "tanh", "exp", "ln"]), parts)
        | st.builds(lambda name, *uv: Call(name, uv), st.sampled_from(["max", "min", "log"]), parts, parts)
        | st.builds(lambda u: Call("abs", (u,)), parts)
    )


@settings(deadline=None, max_examples=200)
@given(st.recursive(_leaves, _grown, max_leaves=8), st.integers(-300, 300))
def test_against_the_complex_step(node, hundredths):
    at = hundredths / 100 + 0.005  # away from 0, whose neighbours underflow when they are squared
    value = complex(compile_nodes([node], ["x"], "complex")(complex(at, 1e-150))[0])
    ours = reverse(node, {"x": at}).gradient["x"]
    assume(math.isfinite(ours) and np.isfinite(value) and 1e-6 < abs(value.real) < 1e6 and abs(ours) < 1e6)
    assert ours == pytest.approx(value.imag / 1e-150, rel=1e-5, abs=1e-5)
