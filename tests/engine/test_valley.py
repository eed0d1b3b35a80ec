import math

import pytest

from engine.function import function
from engine.valley import Floor, valley_floor


def floor(source: str, x: float, uphill: bool = False) -> Floor | None:
    return valley_floor(function(source), x, uphill)


@pytest.mark.parametrize("x", [-2.0, 0.0, 2.9999285, 3 - 1e-15, 3.0, 3 + 1e-9, 41.0])
def test_a_parabola_has_its_floor_wherever_one_stands(x: float) -> None:
    assert floor("(x - 3)^2", x) == (3.0, 0.0, 2.0)


def test_of_two_valleys_the_one_downhill() -> None:
    # the roots of 4x³ − 6x + 1, by the cubic formula: √2 cos((arccos(−√2/4) − 2πk) / 3), k = 0 and 2
    angle = math.acos(-math.sqrt(2) / 4) / 3
    right, left = (math.sqrt(2) * math.cos(angle - 2 * math.pi * k / 3) for k in (0, 2))
    for start, root in ((1.7, right), (0.2, right), (0.1, left), (-3.0, left)):
        found = floor("x^4 - 3x^2 + x", start)
        assert found is not None
        assert found.x == pytest.approx(root, abs=1e-12)
        assert found.curvature == pytest.approx(12 * root**2 - 6)


def test_known_floors() -> None:
    found = floor("x ln(x)", 2.0)  # at 1/e, where f″ = 1/x = e
    assert found is not None
    assert found == pytest.approx((1 / math.e, -1 / math.e, math.e))
    assert floor("x^4", 1.0) == (0.0, 0.0, 0.0)
    assert floor("1e-30 x^2", 5.0) == (0.0, 0.0, pytest.approx(2e-30))
    assert floor("-(x-2)^2", 0.0, uphill=True) == (2.0, 0.0, -2.0)


def test_a_corner_has_no_curvature() -> None:
    for source in ("abs(x)", "abs(x) + x^2", "relu(x) + relu(-x)"):
        found = floor(source, 0.7)
        assert found is not None
        assert found.x == 0.0
        assert math.isnan(found.curvature)


@pytest.mark.parametrize(
    ("source", "x"),
    [
        ("e^-x", 0.0),  # falls without end
        ("x", 0.0),
        ("3", 0.0),
        ("x^3", 1.0),  # level at 0, and falls on
        ("cos(x)", 0.0),  # a hilltop
        ("1/x", -1.0),  # a pole
        ("-1/x^2", 1.0),  # falls into its pole, where f′ changes its sign
        ("ln(x)", 0.5),  # the domain ends
        ("ln(x)", -1.0),
        ("1/x", 0.0),
    ],
)
def test_no_floor(source: str, x: float) -> None:
    assert floor(source, x) is None
