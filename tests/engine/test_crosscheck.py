"""The gradient three ways, where it is known by hand, at kinks, and at the edge of a domain."""

import math

import pytest

from engine.crosscheck import best_step, three_ways
from engine.function import function
from engine.surface_gallery import GALLERY


def found(source, *place):
    return three_ways(function(source, ["x", "y"]), place)


@pytest.mark.parametrize("surface", GALLERY, ids=lambda surface: surface.name)
def test_all_surfaces_of_the_gallery_agree(surface) -> None:
    ways = found(surface.formula, surface.start[0] + 0.013, surface.start[1] + 0.017)
    assert ways.digits is not None
    assert ways.digits[0] >= 13
    assert ways.digits[1] >= 7
    assert str(ways.verdict).startswith("All three agree")


def test_a_gradient_known_by_hand() -> None:
    """x²y + sin y at (3, 0): (0, 9 + 1)."""
    ways = found("x^2 y + sin(y)", 3.0, 0.0)
    for way in ways.ways:
        assert way.partials == pytest.approx((0.0, 10.0), abs=1e-9)
    assert ways.ways[2].off == pytest.approx(abs(ways.ways[2].partials[1] - 10), abs=1e-12)


def test_a_kink_is_said_with_what_each_makes_of_it() -> None:
    """|x − 1| + max(2y, −y) at (1, 0): to the right 1 and 2, to the left −1 and −1."""
    ways = found("abs(x - 1) + max(2y, -y)", 1.0, 0.0)
    assert all(math.isnan(each) for each in ways.ways[0].partials)
    assert all(math.isnan(each) for each in ways.ways[1].partials)
    assert ways.ways[2].partials == pytest.approx((0.0, 0.5))
    assert ways.digits is None
    assert "kink here along x, y" in str(ways.verdict)
    assert "mean of both sides, 0, 0.5" in str(ways.verdict)


def test_a_kink_along_one_coordinate_leaves_the_other() -> None:
    ways = found("abs(x) + y^2", 0.0, 3.0)
    assert ways.ways[0].partials[1] == 6.0
    assert "along x:" in str(ways.verdict)


def test_a_difference_may_step_out_of_the_domain() -> None:
    ways = found("x^(3/2) + y", 0.0, 1.0)
    assert math.isnan(ways.ways[2].partials[0])
    assert ways.ways[0].partials == (0.0, 1.0)
    assert "out of the domain" in str(ways.verdict)


def test_an_upright_slope_is_no_number() -> None:
    assert "no finite slope here along x" in str(found("cbrt(x) + y", 0.0, 1.0).verdict)


def test_where_f_has_no_value_nothing_has() -> None:
    assert "no value" in str(found("ln(x) + y", -1.0, 1.0).verdict)


def test_a_gradient_of_zero_agrees_as_well() -> None:
    assert found("x^2 + y^2", 0.0, 0.0).digits == (15, 15)


@pytest.mark.parametrize("w", [0.0, 0.3, -1.7, 1234.5, -3e10])
def test_the_step_is_near_the_cube_root_rule_and_exact(w) -> None:
    h = best_step(w)
    assert 0.7 < h / (2.2e-16 ** (1 / 3) * max(1, abs(w))) < 1.5
    assert (w + h) - w == h
