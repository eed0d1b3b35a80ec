import math

import pytest

from engine.convexity import chord_at, convexity
from engine.function import function


@pytest.mark.parametrize(
    ("formula", "low", "high"),
    [
        ("x^2", -4, 4),
        ("x^4", -4, 4),  # f″ = 12x² touches 0
        ("3x + 1", -4, 4),
        ("((x - 1)^2 + (2x - 1)^2)/2", -4, 4),  # MSE
        ("ln(1 + e^(-x))", -5, 5),  # logistic loss, three ways
        ("-ln(sigmoid(x))", -5, 5),
        ("softplus(-x) + softplus(2x)", -4, 4),
        ("e^x", -3, 3),
        ("x ln(x)", 0.1, 3),
        ("-sin(x)", 0.1, 3),
        ("sqrt(1 + x^2)", -4, 4),
        ("x^3", 0, 2),
    ],
)
def test_convex_and_proved(formula: str, low: float, high: float) -> None:
    assert convexity(function(formula), low, high) == ("convex", None, pytest.approx(math.nan, nan_ok=True))


@pytest.mark.parametrize("formula", ["abs(x)", "relu(x) + x^2", "max(x, -2x)", "abs(x) + abs(x - 1)"])
def test_a_corner_is_convex_as_far_as_sampled(formula: str) -> None:
    assert convexity(function(formula), -3, 3).verdict == "convex as far as sampled"


@pytest.mark.parametrize(
    ("formula", "low", "high"),
    [
        ("(x tanh(x) - 1)^2", -2, 2),  # a network's loss
        ("(sigmoid(x) - 1)^2", -4, 4),  # squared error through a sigmoid
        ("x^3", -1, 1),
        ("-abs(x)", -1, 1),
        ("sin(1000x)", -4, 4),
        ("x^2 - e^(-1000000*(x - 0.1)^2)", -4, 4),  # a dent between the chords of the grid
        ("floor(x)", -2, 2),
        ("sqrt(x)", 0, 1),
    ],
)
def test_a_chord_that_refutes_does(formula: str, low: float, high: float) -> None:
    f = function(formula)
    known = convexity(f, low, high)
    assert known.verdict == "not convex"
    found = known.counterexample
    assert found is not None
    assert low <= found.a < found.b <= high
    # the definition, computed here anew
    x = (1 - found.t) * found.a + found.t * found.b
    assert (1 - found.t) * f.value_at(found.a) + found.t * f.value_at(found.b) < f.value_at(x) - 1e-6


def test_the_deepest_chord_of_a_cube() -> None:
    # from −1 to b: (b³ − 1)/2 − ((b − 1)/2)³ has its minimum −4/9 at b = 1/3
    found = convexity(function("x^3"), -1.0, 1.0).counterexample
    assert found is not None
    assert (found.a, found.b, found.t) == pytest.approx((-1, 1 / 3, 0.5))
    assert found.gap == pytest.approx(-4 / 9)


@pytest.mark.parametrize(("formula", "missing"), [("ln(x)", -1.0), ("1/x", 0.0), ("sqrt(x)", -1.0)])
def test_where_there_is_no_value_nothing_is_told(formula: str, missing: float) -> None:
    known = convexity(function(formula), -1.0, 1.0)
    assert known.verdict is None
    assert known.missing == missing


@pytest.mark.parametrize("formula", ["0.1x", "x/3 + 1e6", "abs(x - 1/3)", "1e-8*abs(x) + 1e8"])
def test_rounding_refutes_nothing(formula: str) -> None:
    assert convexity(function(formula), -1.0, 1.7).verdict in ("convex", "convex as far as sampled")


def test_the_chord_by_hand() -> None:
    # x² from −1 to 3 at ¼: x = 0, chord ¾·1 + ¼·9 = 3
    assert chord_at(function("x^2"), -1.0, 3.0, 0.25) == (-1, 3, 0.25, 0, 3, 0)
