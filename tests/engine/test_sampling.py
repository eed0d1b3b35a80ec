"""Honest curves: what is whole stays whole, what is broken is broken in its place and called by its name."""

import math

import numpy as np
import pytest
from scipy.special import erf

from engine.sampling import DEFAULT_COUNT, End, nice_range, sample_curve, view_for

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning:engine")


def quiet(f):
    def silenced(x):
        with np.errstate(all="ignore"):
            return f(x)

    return silenced


def crossing(curve, x):
    """Whether the drawn line passes over x without a gap."""
    left, right = np.searchsorted(curve.x, [x, x], side="left")[0], np.searchsorted(curve.x, x, side="right")
    return bool(np.isfinite(curve.y[max(left - 1, 0) : right + 1]).all())


WHOLE = {
    "x^2": lambda x: x**2,
    "x^9": lambda x: x**9,
    "sin": np.sin,
    "sin(1000x)": lambda x: np.sin(1000 * x),
    "exp": np.exp,
    "exp(x^2)": lambda x: np.exp(x**2),
    "erf(30x)": lambda x: erf(30 * x),
    "tanh(50x)": lambda x: np.tanh(50 * x),
    "tanh(1e6(x-0.1234))": lambda x: np.tanh(1e6 * (x - 0.1234)),
    "abs": np.abs,
    "50|x-0.1234|": lambda x: 50 * np.abs(x - 0.1234),
    "relu": lambda x: np.maximum(x, 0),
    "cbrt": np.cbrt,
    "ninth root": lambda x: np.sign(x - 0.1) * np.abs(x - 0.1) ** (1 / 9),
    "sqrt|x|": lambda x: np.sqrt(np.abs(x)),
    "spike": lambda x: 1 / (1 + (1000 * (x - 0.0123)) ** 2),
    "needle on the grid": lambda x: np.exp(-((200 * x) ** 2)),
    "constant": lambda x: 3.0,
    "line": lambda x: 1e-300 * x,
    "far": lambda x: 1e300 * x,
}


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_continuous_stays_whole(name):
    f = WHOLE[name]
    curve = sample_curve(f, -5, 5)
    assert (curve.holes, curve.ends, curve.poles) == ((), (), ())
    assert np.isfinite(curve.y).all()
    assert (np.diff(curve.x) > 0).all()
    assert (curve.x[0], curve.x[-1], len(curve.x)) == (-5, 5, DEFAULT_COUNT)
    np.testing.assert_array_equal(curve.y, np.broadcast_to(f(curve.x), curve.x.shape))


@pytest.mark.parametrize(
    ("f", "poles"),
    [
        (lambda x: 1 / x, [0]),
        (lambda x: 1 / x**2, [0]),
        (lambda x: x**-9.0, [0]),
        (lambda x: -1 / (x - 0.123) ** 2, [0.123]),
        (lambda x: 1 / (x - 1 / 3), [1 / 3]),
        (lambda x: 1 / (x - math.pi) ** 2, [math.pi]),
        (np.tan, [-1.5 * math.pi, -0.5 * math.pi, 0.5 * math.pi, 1.5 * math.pi]),
        (lambda x: 1 / np.sin(x), [-math.pi, 0, math.pi]),
        (lambda x: np.log(np.abs(x)), [0]),
        (lambda x: np.log(np.abs(x - 0.1234)), [0.1234]),
        (lambda x: 1 / ((x - 1) * (x - 1.05)), [1, 1.05]),
    ],
)
def test_a_pole_is_not_joined_by_a_line(f, poles):
    curve = sample_curve(quiet(f), -5, 5)
    assert curve.poles == pytest.approx(poles, abs=1e-8)
    assert (curve.holes, curve.ends) == ((), ())
    assert [crossing(curve, pole) for pole in curve.poles] == [False] * len(poles)
    assert np.isnan(curve.y).sum() == len(poles)
    low, high = view_for(quiet(f), -5, 5)
    for pole in curve.poles:
        left = curve.y[(curve.x < pole) & (curve.x > pole - 0.02)]
        right = curve.y[(curve.x > pole) & (curve.x < pole + 0.02)]
        for branch in (left, right):
            assert not low < branch[np.argmax(np.abs(branch))] < high, "the branch leaves the picture"


@pytest.mark.parametrize(
    ("f", "ends"),
    [
        (lambda x: np.where(x >= 0, 1.0, 0.0), [End(0, 0, False), End(0, 1, True)]),
        (lambda x: np.where(x > 0, 1.0, 0.0), [End(0, 0, True), End(0, 1, False)]),
        (lambda x: np.where(x >= 0.3137, 1.0, 0.0), [End(0.3137, 0, False), End(0.3137, 1, True)]),
        (np.sign, [End(0, -1, False), End(0, 1, False), End(0, 0, True)]),
        (lambda x: np.abs(x) / x, [End(0, -1, False), End(0, 1, False)]),
        (lambda x: np.where(x < 2, x**2, 3 * x), [End(2, 4, False), End(2, 6, True)]),
        (lambda x: np.where(x < 0.25, 9 * x, 9 * x + 3), [End(0.25, 2.25, False), End(0.25, 5.25, True)]),
        (lambda x: np.where(x <= 0, 0.0, 0.1) + np.sin(x), [End(0, 0, True), End(0, 0.1, False)]),
        (lambda x: 1 / (1 + np.exp(1 / x)), [End(0, 1, False), End(0, 0, True)]),
    ],
)
def test_a_jump_has_an_open_and_a_closed_end(f, ends):
    curve = sample_curve(quiet(f), -5, 5)
    assert (curve.holes, curve.poles) == ((), ())
    assert [end.closed for end in curve.ends] == [end.closed for end in ends]
    np.testing.assert_allclose([end[:2] for end in curve.ends], [end[:2] for end in ends], atol=1e-6)
    assert not crossing(curve, ends[0].x)


@pytest.mark.parametrize(("f", "closed_on_the_right"), [(np.floor, True), (np.ceil, False)])
def test_steps(f, closed_on_the_right):
    curve = sample_curve(f, -2.5, 2.5)
    expected = []
    for k in (-2, -1, 0, 1, 2):
        below = k - 1 if f is np.floor else k
        expected += [End(k, below, not closed_on_the_right), End(k, below + 1, closed_on_the_right)]
    assert list(curve.ends) == expected


@pytest.mark.parametrize(
    ("f", "x", "y"),
    [
        (lambda x: np.sin(x) / x, 0, 1),
        (lambda x: (x**2 - 1) / (x - 1), 1, 2),
        (lambda x: (x**3 - 8) / (x - 2), 2, 12),
        (lambda x: (np.exp(x) - 1) / x, 0, 1),
        (lambda x: (1 - np.cos(x)) / x**2, 0, 0.5),
        (lambda x: (np.sqrt(x + 4) - 2) / x, 0, 0.25),
        (lambda x: x**2 / np.abs(x), 0, 0),
        (lambda x: (x - 0.3) / (x**2 - 0.09), 0.3, 1 / 0.6),
        (lambda x: x * np.sin(1 / x), 0, 0),
    ],
)
def test_a_hole_is_an_open_circle_at_its_limit(f, x, y):
    curve = sample_curve(quiet(f), -2, 3)
    assert (x, pytest.approx(y, abs=1e-6)) in curve.holes
    assert len(curve.holes) == 1
    assert not crossing(curve, x)


def test_a_point_beside_its_hole():
    curve = sample_curve(lambda x: np.where(x == 1, 5.0, x), -5, 5)
    assert (curve.holes, curve.ends) == (((1.0, 1.0),), (End(1.0, 5.0, True),))


def test_endless_oscillation_has_neither_limit_nor_ends():
    curve = sample_curve(quiet(lambda x: np.sin(1 / x)), -5, 5)
    assert (curve.holes, curve.ends, curve.poles) == ((), (), ())
    assert not crossing(curve, 0)


def test_one_side_of_a_pole_may_have_an_end():
    curve = sample_curve(quiet(lambda x: np.exp(1 / x)), -5, 5)
    assert (curve.ends, curve.poles) == ((End(0.0, 0.0, False),), (0.0,))


@pytest.mark.parametrize(
    ("f", "edges"),
    [
        (np.sqrt, [0]),
        (lambda x: np.sqrt(1 - x**2), [-1, 1]),
        (lambda x: np.sqrt(x - math.sqrt(2)), [math.sqrt(2)]),
        (np.arcsin, [-1, 1]),
    ],
)
def test_the_edge_of_a_domain_is_reached(f, edges):
    curve = sample_curve(quiet(f), -3, 3)
    inside = curve.x[np.isfinite(curve.y)]
    assert inside[0] == pytest.approx(edges[0], abs=1e-12)
    if len(edges) > 1:
        assert inside[-1] == pytest.approx(edges[1], abs=1e-12)
    assert (curve.holes, curve.ends, curve.poles) == ((), (), ())


def test_nothing_in_view():
    curve = sample_curve(lambda x: np.full_like(x, np.nan), -1, 1)
    assert np.isnan(curve.y).all()
    assert (curve.holes, curve.ends, curve.poles) == ((), (), ())


@pytest.mark.parametrize("f", [lambda x: 1e308 * x, lambda x: np.exp(300 * x), lambda x: -np.exp(x**4)])
def test_overflow_is_a_gap_and_no_pole(f):
    curve = sample_curve(quiet(f), -10, 10)
    assert (curve.holes, curve.ends, curve.poles) == ((), (), ())
    assert np.isnan(curve.y).any()
    assert not np.isinf(curve.y).any()


def test_round_numbers_are_grid_points():
    curve = sample_curve(np.sin, -1.7, 3.1)
    assert {-1.0, 0.0, 0.1, 0.3, 0.7, 1.0, 2.9} <= set(curve.x.tolist())


@pytest.mark.parametrize("bounds", [(1e-12, 3e-12), (-1e12, 1e12), (0.1, 0.1), (1e6, 1e6 + 1e-3)])
def test_any_interval_will_do(bounds):
    curve = sample_curve(quiet(lambda x: 1 / np.sin(1 / x)), *bounds)
    assert len(curve.x) == len(curve.y) >= DEFAULT_COUNT


def test_ranges():
    assert nice_range([1.0, 3.0], margin=0.25) == (0.5, 3.5)
    assert nice_range([]) == (-1, 1)
    assert nice_range([5.0, 5.0]) == (2.5, 7.5)
    assert nice_range([0.0]) == (-1, 1)
    assert nice_range([-1.7e308, 1.7e308]) == (-1.7e308, 1.7e308)


def test_a_pole_does_not_flatten_the_picture():
    low, high = view_for(quiet(lambda x: 1 / x), -5, 5)
    assert -20 < low < -2
    assert 2 < high < 20
    assert view_for(np.sin, -5, 5) == pytest.approx((-1.16, 1.16), abs=0.01)
    low, high = view_for(lambda x: x**2, -4, 4)
    assert low < 0 < 16 < high < 20


@pytest.mark.parametrize(("low", "high"), [(0.0, 6.0), (2.9, 3.1), (-1.0, 3.5)])
def test_rounding_right_beside_a_hole_is_not_drawn(low, high):
    # at 3 + 4e-16 floats give 8 for (x² − 9)/(x − 3), which is x + 3
    curve = sample_curve(quiet(lambda x: (x**2 - 9) / (x - 3)), low, high)
    assert curve.holes == ((3.0, pytest.approx(6.0)),)
    drawn = np.isfinite(curve.y)
    assert curve.y[drawn] == pytest.approx(curve.x[drawn] + 3, abs=1e-6)
