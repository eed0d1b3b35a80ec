"""Tails named: exact sequences, and runs whose rate is known by hand."""

import math

import numpy as np
import pytest

from engine.convergence import fit_tail

T = np.arange(200.0)


@pytest.mark.parametrize("rate", [0.02, 0.3, 0.5, 0.9, 0.99, 0.9999])
def test_a_geometric_sequence_is_linear_with_its_rate(rate: float) -> None:
    fit = fit_tail(3.0 * rate**T)
    assert fit.code == "linear"
    assert fit.rate == pytest.approx(rate, rel=1e-6)
    inside = T[fit.first : fit.last + 1]
    assert fit.at(inside) == pytest.approx(3.0 * rate**inside, rel=1e-4)


@pytest.mark.parametrize("p", [0.5, 1.0, 2.0, 3.0])
@pytest.mark.parametrize("offset", [1.0, 12.5, 60.0])
def test_a_power_of_the_step_is_sublinear_with_its_exponent(p: float, offset: float) -> None:
    fit = fit_tail(5.0 * (T + offset) ** -p)
    assert fit.code == "sublinear"
    assert fit.exponent == pytest.approx(p, rel=0.03)
    assert fit.offset == pytest.approx(offset, rel=0.1)
    assert fit.at(T[100:]) == pytest.approx(5.0 * (T[100:] + offset) ** -p, rel=1e-3)


def test_digits_that_double_are_quadratic() -> None:
    fit = fit_tail(np.array([0.7 ** (2**k) for k in range(7)]))
    assert fit.code == "quadratic"
    assert fit.order == pytest.approx(2.0)


def test_digits_that_triple_have_order_three() -> None:
    fit = fit_tail(np.array([0.8 ** (3**k) for k in range(5)] + [0.0]))
    assert fit.code == "quadratic"
    assert fit.order == pytest.approx(3.0)


def test_more_than_linear_and_less_than_quadratic() -> None:
    fit = fit_tail(np.array([0.9 ** (1.4**k) for k in range(16)]))
    assert fit.code == "superlinear"
    assert fit.order == pytest.approx(1.4)


@pytest.mark.parametrize("tail", [[0.0, 0.0, 0.0], [1e-17] * 5, [0.3, 0.0, 0.0]])
def test_what_arrives_in_a_step_or_two_has_no_law(tail: list[float]) -> None:
    assert fit_tail(np.array([2.0, *tail])).code == "at-once"
    assert fit_tail(np.array([0.0, 0.0])).code == "at-once"


@pytest.mark.parametrize(
    "distances",
    [
        np.full(40, 0.3),
        1.1**T,
        0.2 + 0.1 * np.cos(2.3 * T),
        np.where(T < 30, 0.8**T, 0.8**30),
        np.append(0.9**T, math.nan),
        np.append(0.9**T, math.inf),
        np.random.default_rng(0).uniform(0.1, 1.0, 60),
    ],
)
def test_what_does_not_come_nearer_is_not_converging(distances: np.ndarray) -> None:
    assert fit_tail(distances).code == "not-converging"


def test_rounding_at_the_end_is_no_part_of_the_tail() -> None:
    random = np.random.default_rng(1)
    noisy = 0.5**T + 1e-17 * random.uniform(0, 1, T.size)
    fit = fit_tail(noisy)
    assert fit.code == "linear"
    assert fit.rate == pytest.approx(0.5, rel=1e-3)
    assert fit.last < 50
    # an end that is known to six digits alone
    coarse = 0.5**T + 1e-7 * random.uniform(0, 1, T.size)
    assert fit_tail(coarse, floor=1e-6).rate == pytest.approx(0.5, rel=0.03)


def test_the_slower_of_two_directions_is_what_counts_in_the_end() -> None:
    fit = fit_tail(np.hypot(100 * 0.7**T, 0.95**T))
    assert fit.code == "linear"
    assert fit.rate == pytest.approx(0.95, rel=1e-4)


def test_of_a_tail_that_turns_the_crests_are_fitted() -> None:
    """0.9ᵗ |cos 0.7t|, whose valleys are anything."""
    fit = fit_tail(0.9**T * np.abs(np.cos(0.7 * T)) + 1e-300)
    assert fit.code == "linear"
    assert fit.rate == pytest.approx(0.9, rel=0.005)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_too_few_steps_say_nothing(count: int) -> None:
    assert fit_tail(0.9 ** np.arange(float(count))).code == "too-few-steps"
