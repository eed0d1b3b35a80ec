"""Level lines: on the level, whole, cut where the surface is not; and levels that tell something."""

import numpy as np
import pytest

from engine.contours import contour_levels, contour_lines

X = np.linspace(-5, 5, 161)
Y = np.linspace(-4, 4, 121)
GRID_X, GRID_Y = np.meshgrid(X, Y)


def finite(vertices):
    return vertices[np.isfinite(vertices).all(axis=1)]


def test_a_circle():
    (vertices,) = contour_lines(X, Y, GRID_X**2 + GRID_Y**2, [4.0])
    np.testing.assert_allclose(np.hypot(*finite(vertices).T), 2.0, atol=2e-3)
    assert (vertices[0] == vertices[-1]).all()
    assert finite(vertices).min(axis=0) == pytest.approx([-2, -2], abs=1e-9)


def test_a_plane_exactly_and_rows_are_y():
    first, second = contour_lines(X, Y, 3 * GRID_X + GRID_Y, [0.25, -1.5])
    np.testing.assert_allclose(first @ [3, 1], 0.25, atol=1e-12)
    np.testing.assert_allclose(second @ [3, 1], -1.5, atol=1e-12)


def test_lines_of_one_level_are_separated():
    (vertices,) = contour_lines(X, Y, GRID_X**2, [1.0])
    (gap,) = np.flatnonzero(np.isnan(vertices[:, 0]))
    sides = sorted([set(np.sign(vertices[:gap, 0])), set(np.sign(vertices[gap + 1 :, 0]))], key=min)
    assert sides == [{-1.0}, {1.0}]


@pytest.mark.parametrize("nothing", [np.nan, np.inf, -np.inf])
def test_lines_end_where_the_surface_is_not_finite(nothing):
    z = np.where(GRID_X < 0, nothing, GRID_Y)
    (vertices,) = contour_lines(X, Y, z, [1.0])
    assert finite(vertices)[:, 0].min() == pytest.approx(X[X >= 0][0])


def test_what_is_not_met_has_no_lines():
    flat = np.zeros((121, 161))
    assert [lines.shape for lines in contour_lines(X, Y, flat, [1.0, 2.0])] == [(0, 2), (0, 2)]
    assert contour_lines([0.0], [0.0], [[1.0]], [1.0])[0].shape == (0, 2)
    assert contour_lines(X, Y, np.full((121, 161), np.nan), [0.0])[0].shape == (0, 2)


SURFACES = {
    "bowl": GRID_X**2 + GRID_Y**2,
    "ravine": GRID_X**2 + 10 * GRID_Y**2,
    "rosenbrock": (1 - GRID_X) ** 2 + 100 * (GRID_Y - GRID_X**2) ** 2,
    "waves": np.sin(GRID_X) * np.cos(GRID_Y),
    "hill": -(GRID_X**2) - GRID_Y**2,
    "tiny": 1e-12 * (GRID_X**2 + GRID_Y**2),
    "far": 1e6 + GRID_X + GRID_Y,
    "domain": np.where(GRID_X > 0, np.log(np.abs(GRID_X) + 1e-9), np.nan),
}


@pytest.mark.parametrize("count", [1, 5, 12, 25])
@pytest.mark.parametrize("surface", SURFACES)
def test_levels_rise_within_the_surface(surface, count):
    z = SURFACES[surface]
    levels = contour_levels(z, count)
    assert max(1, count // 3) <= len(levels) <= count
    assert (np.diff(levels) > 0).all()
    assert np.nanmin(z) < levels[0]
    assert levels[-1] < np.nanmax(z)


def test_rings_of_a_bowl_lie_evenly():
    radii = np.sqrt(contour_levels(SURFACES["ravine"], 10))
    gaps = np.diff(radii)
    assert gaps.max() < 1.5 * gaps.min()


def test_the_floor_of_a_valley_is_not_empty():
    """A tenth of Rosenbrock's surface lies below 1 % of its height: linear levels would leave it blank."""
    z = SURFACES["rosenbrock"]
    levels = np.array(contour_levels(z, 12))
    assert (levels < np.median(z)).sum() >= 4
    assert levels[0] < 1e-3 * z.max()


def test_waves_have_round_even_levels():
    assert contour_levels(SURFACES["waves"], 9) == (-0.8, -0.6, -0.4, -0.2, 0.0, 0.2, 0.4, 0.6, 0.8)


def test_a_pole_does_not_take_all_levels():
    with np.errstate(divide="ignore"):
        levels = contour_levels(1 / GRID_X + 1e-3 * GRID_Y, 11)
    assert len(levels) >= 5
    assert max(np.abs(levels)) < 40


@pytest.mark.parametrize(
    "z",
    [
        np.zeros((3, 3)),
        np.full((3, 3), np.nan),
        np.full((2, 2), np.inf),
        np.full((3, 3), 1e300),
        np.empty((0, 0)),
    ],
)
def test_nothing_to_tell(z):
    assert contour_levels(z, 10) == ()
