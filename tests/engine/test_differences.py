"""Difference quotients against hand arithmetic, their orders, and their failures."""

import math

import numpy as np
import pytest

from engine.differences import SCHEMES, approach, difference
from engine.errors import ParameterError


def curriculum(x):
    return 3 * x * x - 4 * x


@pytest.mark.parametrize(
    ("h", "slope"), [(0.1, 2.3), (0.01, 2.03), (0.001, 2.003), (1e-4, 2.0003), (1e-5, 2.00003)]
)
def test_secant_slopes_of_curriculum_6(h, slope):
    assert difference("forward", curriculum, 1.0, h) == pytest.approx(slope, abs=5e-9)


@pytest.mark.parametrize(
    ("scheme", "slope"),
    # x³ at 2, h = ½: 8, 15.625 and 3.375; the complex step's real part of the error is −h².
    [("forward", 15.25), ("backward", 9.25), ("central", 12.25), ("complex", 11.75)],
)
def test_by_hand(scheme, slope):
    assert difference(scheme, lambda x: x**3, 2.0, 0.5) == slope


@pytest.mark.parametrize(
    ("scheme", "order"), [("forward", 1), ("backward", 1), ("central", 2), ("complex", 2)]
)
def test_halving_h_divides_the_error_by_two_to_the_order(scheme, order):
    errors = [abs(difference(scheme, np.exp, 0.5, h) - math.exp(0.5)) for h in (0.01, 0.005)]
    assert math.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.01)


@pytest.mark.parametrize("h", [1e-15, 1e-16])
def test_where_subtraction_loses_digits(h):
    """Curriculum 13: x² at 3."""
    expected = {1e-15: 5.329070518200751, 1e-16: 0.0}[h]
    assert difference("forward", lambda x: x * x, 3.0, h) == expected
    assert difference("central", lambda x: x * x, 3.0, h) == expected


def test_the_complex_step_subtracts_nothing():
    assert difference("complex", np.sin, 1.0, 1e-200) == math.cos(1.0)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_vectors_are_their_elements(scheme):
    h = np.array([0.1, -0.2, 1e-3])
    together = difference(scheme, np.sin, 0.7, h)
    assert together.tolist() == [difference(scheme, np.sin, 0.7, each) for each in h.tolist()]


@pytest.mark.parametrize("h", [0, 0.0, -0.0, np.array([0.1, 0.0])])
def test_zero_is_refused(h):
    with pytest.raises(ParameterError) as caught:
        difference("forward", np.sin, 1.0, h)
    assert caught.value.parameter == "h"


def test_outside_the_domain_is_nan():
    assert math.isnan(difference("backward", lambda x: math.sqrt(x) if x >= 0 else math.nan, 0.0, 0.1))


def test_the_table():
    table = approach("central", lambda x: x**3, 1.0, [1.0, 0.5], 3.0)
    assert table.h.tolist() == [1.0, 0.5]
    assert table.slopes.tolist() == [4.0, 3.25]  # 3 + h²
    assert table.errors.tolist() == [1.0, 0.25]
