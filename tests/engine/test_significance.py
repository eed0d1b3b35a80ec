import math

import numpy as np
import pytest
from scipy.stats import binomtest

from engine.significance import quantiles, sign_test, wilson_interval


@pytest.mark.parametrize(
    ("wins", "losses"), [(0, 0), (1, 0), (5, 0), (7, 3), (3, 7), (40, 60), (611, 389), (500, 500)]
)
def test_the_sign_test_is_the_binomial_test_of_one_half(wins: int, losses: int) -> None:
    expected = binomtest(wins, wins + losses, 0.5).pvalue if wins + losses else 1.0
    assert sign_test(wins, losses) == pytest.approx(expected, rel=1e-9)


def test_a_sign_test_by_hand() -> None:
    # of 2⁶ splits of six, 1 + 6 are as uneven as 5 to 1 on one side, and as many on the other
    assert sign_test(5, 1) == 14 / 64


@pytest.mark.parametrize(("hits", "trials"), [(0, 1), (0, 500), (1, 500), (73, 500), (500, 500), (1, 2)])
def test_the_interval_is_that_of_wilson(hits: int, trials: int) -> None:
    expected = binomtest(hits, trials).proportion_ci(method="wilson")
    assert wilson_interval(hits, trials) == pytest.approx((expected.low, expected.high), abs=1e-14)


def test_quantiles_are_those_of_numpy_where_all_is_finite() -> None:
    values = np.random.default_rng(3).normal(size=(4, 11))
    shares = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)
    assert quantiles(values, shares) == pytest.approx(np.quantile(values, shares, axis=-1))


def test_quantiles_of_infinite_values() -> None:
    assert quantiles([math.inf, math.inf, 2.0, 1.0], (0.0, 0.5, 0.75)).tolist() == [1.0, math.inf, math.inf]
    assert quantiles([math.inf, 1.0, 2.0], (0.5, 0.75)).tolist() == [2.0, math.inf]
    assert quantiles([math.inf], (0.25, 0.5)).tolist() == [math.inf, math.inf]
