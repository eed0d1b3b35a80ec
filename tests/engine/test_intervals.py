import mpmath
import numpy as np
import pytest

from engine.expression import parse
from engine.intervals import interval_values, stays_nonnegative


def bounds(formula: str, low: float, high: float) -> tuple[float, float]:
    found = interval_values(parse(formula), "x", np.array([low]), np.array([high]))
    return float(found.low[0]), float(found.high[0])


@pytest.mark.parametrize(
    ("formula", "low", "high", "lowest", "highest"),
    [
        ("x + 1", -1, 2, 0, 3),
        ("-x", -1, 2, -2, 1),
        ("x - x^2", 1, 2, -3, 1),  # [1, 2] − [1, 4]
        ("2x", -1, 3, -2, 6),
        ("x*x", -2, 1, 0, 4),  # one and the same x
        ("x^2", -2, 1, 0, 4),
        ("x^3", -2, 1, -8, 1),
        ("x^(-2)", 1, 2, 0.25, 1),
        ("1/x", -4, -2, -0.5, -0.25),
        ("x^1.5", 1, 4, 1, 8),
        ("2^x", -1, 3, 0.5, 8),
        ("0.5^x", -1, 3, 0.125, 2),
        ("abs(-2) * sqrt(x)", 4, 9, -np.inf, np.inf),  # abs is not smooth, and nothing is said of it
        ("sqrt(x)", 4, 9, 2, 3),
        ("cosh(x)", -1, 2, 1, np.cosh(2)),
        ("sin(x)", 0, 3, 0, 1),
        ("sin(x)", 2, 5, -1, np.sin(2)),
        ("cos(x)", -1, 4, -1, 1),
        ("cos(x)", 0.5, 1.5, np.cos(1.5), np.cos(0.5)),
    ],
)
def test_bounds_by_hand(formula: str, low: float, high: float, lowest: float, highest: float) -> None:
    found = bounds(formula, low, high)
    assert found == pytest.approx((lowest, highest), rel=1e-12, abs=1e-12)
    assert found[0] <= lowest
    assert found[1] >= highest


@pytest.mark.parametrize(
    ("formula", "low", "high"),
    [
        ("1/x", -1, 2),
        ("ln(x)", -1, 2),
        ("sqrt(x)", -1, 1),
        ("x^0.5", -1, 1),
        ("x^x", 0.5, 2),
        ("abs(x)", 1, 2),
        ("floor(x)", 0.2, 0.4),
        ("max(x, 1)", 2, 3),
        ("exp(1000x)", 0, 1),
        ("0/0", 0, 1),
        ("tan(x)", 1, 2),
    ],
)
def test_what_may_break_is_not_bounded(formula: str, low: float, high: float) -> None:
    assert bounds(formula, low, high) == (-np.inf, np.inf)


@pytest.mark.parametrize(
    "formula",
    [
        "x^3 - 2x^2 + x",
        "exp(-x^2)",
        "ln(1 + x^2)",
        "sigmoid(3x)",
        "tanh(x)^2",
        "softplus(x) - x/2",
        "sin(3x)*cos(x)",
        "atan(x)/(2 + x^2)",
        "erf(x)",
        "sinh(x)/cosh(x)",
        "log2(3 + x)",
        "(x + 3)^0.7",
    ],
)
def test_true_values_lie_within(formula: str) -> None:
    known = {
        "ln": mpmath.log,
        "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
        "softplus": lambda x: mpmath.log(1 + mpmath.exp(x)),
        "log2": lambda x: mpmath.log(x, 2),
    }
    names = {
        name: getattr(mpmath, name) for name in ("exp", "tanh", "sin", "cos", "atan", "erf", "sinh", "cosh")
    }
    python = formula.replace("^", "**").replace("3x", "3*x").replace("2x", "2*x")
    edges = np.linspace(-2.0, 2.0, 41)
    found = interval_values(parse(formula), "x", edges[:-1], edges[1:])
    assert found.known.all()
    with mpmath.workdps(40):
        for low, high, left, right in zip(*found, edges[:-1], edges[1:], strict=True):
            for share in (0, 0.3, 0.5, 0.9, 1):
                x = mpmath.mpf(left) + share * (mpmath.mpf(right) - mpmath.mpf(left))
                assert low <= eval(python, {**names, **known, "x": x}) <= high


def test_cutting_proves_what_one_look_does_not() -> None:
    formula = parse("x^2 - x + 0.3")  # (x − ½)² + 0.05
    assert bounds("x^2 - x + 0.3", -1, 2)[0] < 0
    assert stays_nonnegative(formula, formula, "x", -1.0, 2.0)


def test_nothing_is_proved_that_is_not_so() -> None:
    assert not stays_nonnegative(parse("x^2 - 1e-9"), parse("1"), "x", -1.0, 1.0)
    assert not stays_nonnegative(parse("1"), parse("1/x"), "x", -1.0, 1.0)
