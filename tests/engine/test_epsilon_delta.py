import math

import pytest

from engine.epsilon_delta import counterexample, largest_delta
from engine.function import function

INF = math.inf


@pytest.mark.parametrize(
    ("f", "c", "limit", "epsilon", "delta"),
    [
        ("2x", 3, 6, 0.5, 0.25),
        ("x^2", 2, 4, 0.1, math.sqrt(4.1) - 2),  # the right side leaves first
        ("x^2", 0, 0, 1e-6, 1e-3),
        ("sqrt(x)", 4, 2, 0.1, 4 - 1.9**2),  # the left side leaves first
        ("ln(x)", 1, 0, 10, 1 - math.exp(-10)),
        ("abs(x)^0.1", 0, 0, 0.1, 1e-10),
        ("1/x", INF, 0, 0.01, 0.01),  # |1/x| < ε for x > 1/ε
        ("5", 0, 5, 0.1, INF),
        ("sin(x)", 0, 0, 2, INF),
        ("sin(x)", 0, 0, 0.5, math.pi / 6),
        ("10*x if x < 0 else x", 0, 0, 1, 0.1),
    ],
)
def test_the_largest_delta(f: str, c: float, limit: float, epsilon: float, delta: float) -> None:
    assert largest_delta(function(f), c, limit, epsilon) == pytest.approx(delta, rel=1e-9)


def test_curriculum_4() -> None:
    # 1 − sin(x)/x = x²/6 − x⁴/120 + …: √(6ε)
    found = largest_delta(function("sin(x)/x"), 0.0, 1.0, 1e-5)
    assert found == pytest.approx(math.sqrt(6e-5), rel=1e-5)
    assert found == pytest.approx(0.0077460, abs=1e-6)


def test_an_excursion_between_coarse_readings_is_found() -> None:
    # |x sin(1/x)| first reaches 0.001 on the way up to its peak near 1/x = 317.5 π
    found = largest_delta(function("x*sin(1/x)"), 0.0, 0.0, 1e-3)
    peak = 1 / (317.5 * math.pi)
    assert peak * 0.9995 < found < peak
    assert abs(found * math.sin(1 / found)) == pytest.approx(1e-3, rel=1e-6)


def test_one_side_alone() -> None:
    f = function("10*x if x < 0 else x")
    assert largest_delta(f, 0.0, 0.0, 1.0, "left") == pytest.approx(0.1)
    assert largest_delta(f, 0.0, 0.0, 1.0, "right") == pytest.approx(1.0)


def test_rounding_is_no_counterexample() -> None:
    # at x = 1e-9 floats give (1 − cos x)/x² = 0; the mathematics leaves the band at √(24 ε)
    f = function("(1-cos(x))/x^2")
    assert largest_delta(f, 0.0, 0.5, 1e-6) == pytest.approx(math.sqrt(24e-6), rel=1e-5)
    assert counterexample(f, 0.0, 0.5, 1e-6, 1e-3) is None
    # and where rounding is larger than ε, nothing is claimed
    assert math.isnan(largest_delta(function("(x^2-9)/(x-3)"), 3.0, 6.0, 1e-9))


@pytest.mark.parametrize("delta", [0.008, 0.01, 1.0, 100.0])
def test_a_counterexample_breaks_the_delta(delta: float) -> None:
    miss = counterexample(function("sin(x)/x"), 0.0, 1.0, 1e-5, delta)
    assert miss is not None
    assert 0 < abs(miss.x) < delta
    assert abs(math.sin(miss.x) / miss.x - 1) >= 1e-5


def test_no_counterexample_to_a_delta_that_holds() -> None:
    for delta in (1e-3, 0.0077, 1e-9):
        assert counterexample(function("sin(x)/x"), 0.0, 1.0, 1e-5, delta) is None


def test_no_delta_answers_for_a_number_that_is_no_limit() -> None:
    # half way between 0 and 1, the step keeps 0.5 away on both sides
    f = function("step(x)")
    assert largest_delta(f, 0.0, 0.5, 0.4) == 0
    miss = counterexample(f, 0.0, 0.5, 0.4, 1e-6)
    assert miss is not None
    assert 0 < abs(miss.x) < 1e-6


def test_at_infinity_a_counterexample_is_farther_than_one_over_delta() -> None:
    miss = counterexample(function("1/x"), INF, 0.0, 0.01, 0.02)
    assert miss is not None
    assert 50 < miss.x <= 100
