import math

import numpy as np
import pytest
from scipy.optimize import brentq

from engine.critical_points import Shape, covering, shape_of
from engine.function import function
from engine.nodes import Node
from engine.sign_changes import sign_changes, simplest


def shape(source: str, low: float, high: float) -> Shape:
    return shape_of(function(source), low, high)


def inner(found: Shape) -> list[tuple[float, str]]:
    return [(point.x, point.kind) for point in found.points if point.kind != "end"]


MAXIMUM, MINIMUM, INFLECTION, UNDECIDED = "local maximum", "local minimum", "inflection", "undecided"


@pytest.mark.parametrize(
    ("source", "low", "high", "expected"),
    [
        # curriculum 9: cos x = 0 and −sin x = 0 on [0, 3π]
        (
            "sin(x)",
            0,
            3 * math.pi,
            [
                (math.pi / 2, MAXIMUM),
                (math.pi, INFLECTION),
                (3 * math.pi / 2, MINIMUM),
                (2 * math.pi, INFLECTION),
                (5 * math.pi / 2, MAXIMUM),
            ],
        ),
        ("x^3/3 - x", -3, 3, [(-1, MAXIMUM), (0, INFLECTION), (1, MINIMUM)]),
        # curriculum 10
        ("x^3 - 3x", -3, 3, [(-1, MAXIMUM), (0, INFLECTION), (1, MINIMUM)]),
        ("x^4", -2, 2, [(0, UNDECIDED)]),
        ("x^3", -2, 2, [(0, UNDECIDED)]),
        # curriculum 11
        ("x^2 - 4x + 4", -1, 5, [(2, MINIMUM)]),
        ("(x - 2)^2", -1, 5, [(2, MINIMUM)]),
        ("(x - 2)^4", -1, 5, [(2, UNDECIDED)]),
        # f′ = 6x(x² − 2)² touches 0 at ±√2; f″ = 6(x² − 2)(5x² − 2) is 0 there and at ±√(2/5)
        (
            "(x^2 - 2)^3",
            -2,
            2,
            [
                (-math.sqrt(2), UNDECIDED),
                (-math.sqrt(0.4), INFLECTION),
                (0, MINIMUM),
                (math.sqrt(0.4), INFLECTION),
                (math.sqrt(2), UNDECIDED),
            ],
        ),
        # f′ = 1 + cos x touches 0 at odd multiples of π, where −sin x changes sign too
        ("x + sin(x)", -4, 4, [(-math.pi, UNDECIDED), (0, INFLECTION), (math.pi, UNDECIDED)]),
        # f″ = 12x² is 0 at 0 without changing its sign, and f′ = 1: nothing special
        ("x^4 + x", -0.5, 0.5, []),
        ("2x + 1", -2, 2, []),
        ("5", -2, 2, []),
        ("sin(x)^2 + cos(x)^2", -2, 2, []),  # f′ is 0 but for rounding
        ("e^(-x^2/2)", -3, 3, [(-1, INFLECTION), (0, MAXIMUM), (1, INFLECTION)]),
        # 9x⁴ + 6x = 0 at 0 and −(2/3)^(1/3)
        ("e^(x^3)", -3, 3, [(-((2 / 3) ** (1 / 3)), INFLECTION), (0, UNDECIDED)]),
    ],
)
def test_special_points_by_hand(source, low, high, expected) -> None:
    found = inner(shape(source, low, high))
    assert [kind for _, kind in found] == [kind for _, kind in expected]
    assert [x for x, _ in found] == pytest.approx([x for x, _ in expected], rel=1e-14, abs=1e-14)


def test_values_slopes_and_curvatures() -> None:
    # x³ − 3x: f″ = 6x
    low, maximum, inflection, minimum, high = shape("x^3 - 3x", -3, 3).points
    assert maximum[:5] == (-1, 2, MAXIMUM, 0, -6)
    assert minimum[:5] == (1, -2, MINIMUM, 0, 6)
    assert inflection[:5] == (0, 0, INFLECTION, -3, 0)
    assert (low[:5], high[:5]) == ((-3, -18, "end", 24, -18), (3, 18, "end", 24, 18))


def test_the_sign_of_the_slope_beside_an_undecided_point() -> None:
    (quartic,) = (point for point in shape("x^4", -2, 2).points if point.kind == UNDECIDED)
    (cubic,) = (point for point in shape("-x^3", -2, 2).points if point.kind == UNDECIDED)
    assert (quartic.before, quartic.after) == (-1, 1)
    assert (cubic.before, cubic.after) == (-1, -1)


def test_a_zero_that_rounding_blurs_is_taken_at_the_round_number_in_it() -> None:
    # (x − 1.3)⁴ multiplied out: within 1e-5 of 1.3 its slope is nothing but rounding
    found = inner(shape("x^4 - 5.2x^3 + 10.14x^2 - 8.788x + 2.8561", -3, 3))
    assert found == [(1.3, UNDECIDED)]


def test_near_misses_of_a_touching_zero() -> None:
    # 3x² + 1e-9 is never 0; 3x² − 1e-9 is at ±√(1e-9/3)
    assert inner(shape("x^3 + 1e-9x", -2, 2)) == [(0, INFLECTION)]
    left, middle, right = inner(shape("x^3 - 1e-9x", -2, 2))
    assert (left[1], middle, right[1]) == (MAXIMUM, (0, INFLECTION), MINIMUM)
    assert (-left[0], right[0]) == (pytest.approx(math.sqrt(1e-9 / 3)), pytest.approx(math.sqrt(1e-9 / 3)))


@pytest.mark.parametrize(
    ("source", "low", "high", "slope"),
    [
        ("x^4 - 3x^2 + x", -3, 3, lambda x: 4 * x**3 - 6 * x + 1),
        ("sin(x)/x", 1, 20, lambda x: math.cos(x) / x - math.sin(x) / x**2),
        ("gelu(x)", -3, 3, None),
    ],
)
def test_places_against_scipy(source, low, high, slope) -> None:
    if slope is None:
        from scipy.stats import norm

        def slope(x: float) -> float:
            return float(norm.cdf(x) + x * norm.pdf(x))

    grid = np.linspace(low, high, 500)
    values = [slope(x) for x in grid]
    expected = [
        brentq(slope, a, b, xtol=1e-15)
        for a, b, left, right in zip(grid, grid[1:], values, values[1:], strict=False)
        if left * right < 0
    ]
    found = [x for x, kind in inner(shape(source, low, high)) if kind in (MAXIMUM, MINIMUM)]
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("source", "x", "kind", "corner"),
    [
        ("abs(x)", 0, MINIMUM, (0, -1, 1)),
        ("-abs(x - 0.5)", 0.5, MAXIMUM, (0.5, 1, -1)),
        ("max(x, 2 - x)", 1, MINIMUM, (1, -1, 1)),
        ("relu(x) + x", 0, UNDECIDED, (0, 1, 2)),
        ("x^(2/3)", 0, MINIMUM, (0, -math.inf, math.inf)),  # a cusp
        ("x^(1/3)", 0, INFLECTION, (0, math.inf, math.inf)),  # upright, and it bends the other way after it
    ],
)
def test_corners_have_no_slope_and_are_told(source, x, kind, corner) -> None:
    found = shape(source, -2, 2)
    (point,) = (point for point in found.points if point.kind != "end")
    assert (point.x, point.kind) == (x, kind)
    assert math.isnan(point.slope)
    assert math.isnan(point.curvature)
    assert found.corners == (pytest.approx(corner),)


def test_a_seam_without_a_corner_has_the_slope_of_both_sides() -> None:
    # x|x| is smooth at 0 with slope 0, and has no second derivative there
    (point,) = (point for point in shape("x|x|", -2, 2).points if point.kind != "end")
    assert (point.x, point.kind, point.slope) == (0, UNDECIDED, 0)
    assert shape("x|x|", -2, 2).corners == ()
    # −x² + x before 0, x² + x after it: slope 1 on both sides, and it bends the other way
    (point,) = (point for point in shape("{x < 0: -x^2 + x, x^2 + x}", -2, 2).points if point.kind != "end")
    assert (point.kind, point.slope) == (INFLECTION, pytest.approx(1))


@pytest.mark.parametrize(
    ("source", "ends", "breaks"),
    [
        ("sqrt(x)", [(0, 0), (3, math.sqrt(3))], ()),
        ("ln(x)", [(3, math.log(3))], ()),  # no end at 0: ln has no value there
        ("1/x", [(-2, -0.5), (3, 1 / 3)], (0,)),
        ("1/x^2", [(-2, 0.25), (3, 1 / 9)], (0,)),  # f′ changes its sign across the pole: no extremum
        ("floor(x)", [(-2, -2), (3, 3)], (-1, 0, 1, 2)),
        ("sqrt(2 - x^2)", [(-math.sqrt(2), 0), (math.sqrt(2), 0)], ()),
        ("ln(-1 - x^2)", [], ()),
    ],
)
def test_ends_of_the_domain_and_breaks(source, ends, breaks) -> None:
    found = shape(source, -2, 3)
    at = [(point.x, point.value) for point in found.points if point.kind == "end"]
    assert [x for x, _ in at] == pytest.approx([x for x, _ in ends], abs=1e-12)
    assert [value for _, value in at] == pytest.approx([value for _, value in ends], abs=1e-7)
    assert [x for x in found.breaks if -2 < x < 3] == pytest.approx(list(breaks))


def test_an_upright_end_has_no_slope() -> None:
    first, *_ = shape("sqrt(x)", -2, 3).points
    assert (first.x, first.kind) == (0, "end")
    assert math.isnan(first.slope)


def test_stretches_of_one_sign() -> None:
    found = shape("x^3 - 3x", -3, 3)
    assert found.slopes == ((-3, -1, 1), (-1, 1, -1), (1, 3, 1))
    assert found.bends == ((-3, 0, -1), (0, 3, 1))
    assert shape("x^3", -2, 2).slopes == ((-2, 2, 1),)  # level at 0 for a moment only
    assert shape("relu(x)", -2, 2).slopes == ((-2, 0, 0), (0, 2, 1))
    assert shape("1/x", -2, 2).slopes == ((-2, 0, -1), (0, 2, -1))  # two branches


def test_a_part_of_the_interval_keeps_what_lies_in_it() -> None:
    found = shape("x^3 - 3x", -2.9, 0.5)
    assert inner(found) == [(-1, MAXIMUM), (0, INFLECTION)]
    assert [point.x for point in found.points if point.kind == "end"] == [-2.9, 0.5]
    assert found.slopes == ((-2.9, -1, 1), (-1, 0.5, -1))


@pytest.mark.parametrize("source", ["sin(1000x)", "sin(e^(3x))"])
def test_too_fast_is_said(source) -> None:
    found = shape(source, -5, 5)
    assert found.unresolved is not None
    low, high = found.unresolved
    assert not [x for x, _ in inner(found) if low <= x <= high]


def test_covering_stands_still_and_covers() -> None:
    for low, high in [(-3.0, 3.0), (-2.93, 2.99), (0.0, 9.42), (1e-6, 2e-6), (-1e9, 1e9), (999.0, 1000.0)]:
        left, right = covering(low, high)
        assert left <= low < high <= right
        assert right - left <= 1.5 * (high - low)
    assert covering(-2.93, 2.99) == covering(-2.95, 2.9) == (-3, 3)


def test_a_jump_is_no_zero() -> None:
    from engine.expression import parse

    node: Node = parse("{x < 0.1: -1, 1}")
    assert sign_changes(node, "x", np.linspace(-1, 1, 41)).zeros == ()
    assert sign_changes(parse("1/(x - 0.03)"), "x", np.linspace(-1, 1, 41)).zeros == ()


def test_stretches_of_zeros_are_no_zeros() -> None:
    from engine.expression import parse

    found = sign_changes(parse("relu(x)"), "x", np.linspace(-1, 1, 81))
    assert found.zeros == ()
    assert found.flats == ((-1, pytest.approx(0, abs=0.03)),)


def test_the_simplest_number() -> None:
    assert simplest(1.2999971, 1.2999, 1.3001) == 1.3
    assert simplest(-1e-9, -1e-8, 1e-8) == 0
    assert simplest(math.pi, math.pi, math.pi) == math.pi
