"""The code view: NumPy that reads well, runs as it stands, and gives the numbers on screen."""

import math

import numpy as np
import pytest

from engine.expression import parse
from engine.function import Function
from engine.numpy_code import numpy_expression, numpy_preamble
from engine.rules import derivative
from engine.vocabulary import FUNCTIONS

READS = [
    ("3x^2 - 4x", "3*x**2 - 4*x"),
    ("-x^2", "-x**2"),
    ("(x+1)/(x-1)", "(x + 1)/(x - 1)"),
    ("sin 2x cos x", "np.sin(2*x)*np.cos(x)"),
    ("e^-x", "np.exp(-x)"),
    ("ln|x|", "np.log(np.abs(x))"),
    ("x^(1/3)", "np.cbrt(x)"),
    ("x^(2/3)", "real_power(x, 2, 3)"),
    ("sqrt(x)/pi", "np.sqrt(x)/np.pi"),
    ("2^x", "2**x"),
    ("x^0.5", "np.power(x, 0.5)"),
    ("max(x, 0)", "np.maximum(x, 0)"),
    ("(x > 0)x", "(x > 0)*x"),
    ("1 - (x > 0)", "1 - 1.0*(x > 0)"),
    ("-x if x < 0 else x", "np.where(x < 0, -x, x)"),
    ("0.1x + 1e-7", "0.1*x + 1e-7"),
    ("x - (1 - x)", "x - (1 - x)"),
    ("(x^2)^3", "(x**2)**3"),
    ("(-x)^2", "(-x)**2"),
]


@pytest.mark.parametrize(("typed", "code"), READS)
def test_reads_like_a_person_wrote_it(typed, code):
    assert numpy_expression(parse(typed)) == code


def run(node, x):
    """The code as a learner would run it, in a fresh module."""
    scope = {"x": x}
    formula = f"with np.errstate(all='ignore'):\n    y = {numpy_expression(node)}\n"
    source = f"{numpy_preamble([node])}\n\n\n{formula}"
    exec(compile(source, "<code view>", "exec"), scope)
    return np.broadcast_to(scope["y"], np.shape(x))


FORMULAS = [typed for typed, _ in READS] + [
    "sec x + csc x + cot x", "asin(x/4) + acosh(x^2 + 1) + atanh(x/5)",
    "log_2(x^2) + log10(x^2) + log(x^2, 3)",
    "gelu(x) + erf(x) + softplus(x)", "sigmoid(x)relu(x)step(x)", "floor x + ceil x + sign x + cbrt x",
    "min(x, 1, x^2)", "1 if 0 < x < 1 and not x == 2 or x > 3 else 2", "{x < 0: 1}", "x^-3", "x^x",
    "x^(-1/5)",
    "tau x", "|x|^1.5", "(2x)^(x/2)", "-(x > 0)", "(x > 0) + (x > 1)", "12345678901234567890 x",
]  # fmt: skip


@pytest.mark.parametrize("typed", FORMULAS)
def test_runs_and_gives_the_same_numbers(typed):
    x = np.array([-2.5, -1.0, 0.0, 0.5, 1.0, 3.5])
    f = Function(parse(typed))
    np.testing.assert_allclose(run(f.node, x), f.value(x), rtol=1e-13)
    slope = derivative(f.node, "x")
    ours = Function(slope).value(x)
    np.testing.assert_allclose(run(slope, x), ours, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_can_be_written(name):
    entry = FUNCTIONS[name]
    arguments = ", ".join(["x", "2", "3"][: max(entry.minimum, 1)])
    node = parse(f"{name}({arguments})")
    expected = Function(node).value_at(0.7)
    assert math.isclose(float(run(node, np.float64(0.7))), expected, rel_tol=1e-13) or math.isnan(expected)


def test_preamble_has_only_what_is_needed():
    assert numpy_preamble([parse("x^2")]) == "import numpy as np"
    assert "from scipy.special import erf, erfc" in numpy_preamble([parse("erf(x) + gelu(x)")])


def test_python_keywords_are_renamed():
    assert numpy_expression(parse("lambda^2", ("lambda",))) == "lambda_**2"
