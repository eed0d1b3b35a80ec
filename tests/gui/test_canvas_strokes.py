"""Segments in pixels: thinned, cut, dashed, joined. Expectations worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt

from engine.figure import View
from gui.canvas.item import MARKERS, marker_corners
from gui.canvas.placement import Placement
from gui.canvas.strokes import clipped, dashed, joined_path, polygons, segments, straightened, thinned


def test_no_segment_crosses_a_gap():
    x = np.arange(6.0)
    y = np.array([0.0, 1.0, np.nan, np.nan, 1.0, np.inf])
    assert segments(x, y).tolist() == [[0.0, 0.0, 1.0, 1.0]]


def test_thinning_keeps_every_peak_of_a_crowded_curve():
    x = np.linspace(0.0, 100.0, 20_001)
    y = np.zeros_like(x)
    y[5_003], y[12_345] = 50.0, -40.0
    thin_x, thin_y = thinned(x, y)
    assert len(thin_x) < 250
    assert (thin_y.max(), thin_y.min()) == (50.0, -40.0)
    assert (thin_x[0], thin_x[-1]) == (0.0, 100.0)
    assert np.all(np.diff(thin_x) >= 0)


def test_thinning_keeps_gaps():
    x = np.linspace(0.0, 100.0, 5_001)
    y = np.where(np.abs(x - 50.0) < 1e-9, np.nan, 10.0)
    thin_x, thin_y = thinned(x, y)
    lines = segments(thin_x, thin_y)
    across = (lines[:, 0] < 50.0) & (lines[:, 2] > 50.0)
    assert not across.any()
    assert lines[:, 2].max() == pytest.approx(100.0)


def test_thinning_a_path_keeps_its_ends_and_bends():
    angle = np.linspace(0, 6 * np.pi, 30_000)
    x, y = 100 + 80 * np.cos(angle), 100 + 80 * np.sin(angle)
    thin_x, thin_y = thinned(x, y)
    assert len(thin_x) < 3 * 2 * np.pi * 80 / 2 + 20
    assert np.hypot(thin_x - 100, thin_y - 100) == pytest.approx(np.full(len(thin_x), 80.0))
    assert (thin_x[-1], thin_y[-1]) == (x[-1], y[-1])


def test_straightening_keeps_to_a_circle_with_fewer_points():
    angle = np.linspace(0, 2 * np.pi, 2001)
    x, y = straightened(300 * np.cos(angle), 300 * np.sin(angle))
    assert len(x) < 600
    middles = np.hypot((x[1:] + x[:-1]) / 2, (y[1:] + y[:-1]) / 2)
    assert middles.min() > 300 - 0.15
    assert (x[0], y[0], x[-1]) == (300.0, 0.0, 300.0)


def test_straightening_keeps_gaps_corners_and_points_that_turn_back():
    x = np.linspace(0.0, 100.0, 201)
    y = np.abs(x - 50.0)
    y[31] = np.nan
    straight_x, straight_y = straightened(x, y)
    assert len(straight_x) < 60
    assert np.isnan(straight_y).sum() == 1
    assert 0.0 in straight_y
    there_and_back = np.concatenate((np.linspace(0, 99, 100), np.linspace(100, 0, 101)))
    assert straightened(there_and_back, np.zeros(201))[0].max() == 100.0


@pytest.mark.parametrize(
    ("segment", "expected"),
    [
        ([10.0, 10.0, 20.0, 20.0], [[10.0, 10.0, 20.0, 20.0]]),
        ([-1000.0, 50.0, 1000.0, 50.0], [[0.0, 50.0, 100.0, 50.0]]),
        ([50.0, -1e8, 50.0, 1e8], [[50.0, 0.0, 50.0, 100.0]]),
        ([-50.0, -50.0, 150.0, 150.0], [[0.0, 0.0, 100.0, 100.0]]),
        ([-10.0, 50.0, 50.0, 110.0], [[0.0, 60.0, 40.0, 100.0]]),
        ([200.0, 0.0, 300.0, 100.0], []),
        ([-10.0, 95.0, 20.0, 130.0], []),
    ],
)
def test_clipping_by_hand(segment, expected):
    made = clipped(np.array([segment]), 100, 100, margin=0)
    np.testing.assert_allclose(made, np.array(expected).reshape(-1, 4), atol=1e-6)


coordinate = st.floats(-1e6, 1e6)


@given(st.lists(st.tuples(coordinate, coordinate, coordinate, coordinate), min_size=1, max_size=20))
def test_clipped_segments_lie_within_and_on_their_line(lines):
    given_lines = np.array(lines)
    for line in given_lines:
        for x1, y1, x2, y2 in clipped(line[None], 640, 480, margin=10):
            assert -10.01 <= min(x1, x2) <= max(x1, x2) <= 650.01
            assert -10.01 <= min(y1, y2) <= max(y1, y2) <= 490.01
            direction = line[2:] - line[:2]
            for x, y in ((x1, y1), (x2, y2)):
                off = direction[0] * (y - line[1]) - direction[1] * (x - line[0])
                assert abs(off) <= 1e-6 * max(1.0, float(np.hypot(*direction))) * 1e3


def test_dashes_by_hand():
    line = np.array([[0.0, 0.0, 10.0, 0.0]])
    assert dashed(line, (3.0, 2.0)).tolist() == [[0.0, 0.0, 3.0, 0.0], [5.0, 0.0, 8.0, 0.0]]


def test_a_dash_goes_on_round_a_corner():
    corner = np.array([[0.0, 0.0, 4.0, 0.0], [4.0, 0.0, 4.0, 4.0]])
    assert dashed(corner, (3.0, 0.5)).tolist() == [
        [0.0, 0.0, 3.0, 0.0],
        [3.5, 0.0, 4.0, 0.0],
        [4.0, 0.0, 4.0, 2.5],
        [4.0, 3.0, 4.0, 4.0],
    ]


@given(
    st.lists(st.floats(0.1, 50.0), min_size=1, max_size=30),
    st.sampled_from([(3.0, 2.0), (12.0, 4.0, 2.0, 4.0)]),
)
def test_dashes_cover_their_share(lengths, pattern):
    ends = np.cumsum(lengths)
    starts = ends - lengths
    line = np.column_stack((starts, np.zeros(len(ends)), ends, np.zeros(len(ends))))
    made = dashed(line, pattern)
    drawn = float(np.sum(made[:, 2] - made[:, 0]))
    period, on = sum(pattern), sum(pattern[::2])
    assert on * (ends[-1] // period) <= drawn + 1e-6
    assert drawn <= on * (ends[-1] // period + 1) + 1e-6


def test_a_joined_path_writes_a_shared_point_once():
    path = joined_path(np.array([[0.0, 0.0, 1.0, 0.0], [1.0, 0.0, 1.0, 1.0], [5.0, 5.0, 6.0, 6.0]]))
    elements = [
        (path.elementAt(i).x, path.elementAt(i).y, path.elementAt(i).isMoveTo())
        for i in range(path.elementCount())
    ]
    assert elements == [
        (0.0, 0.0, True),
        (1.0, 0.0, False),
        (1.0, 1.0, False),
        (5.0, 5.0, True),
        (6.0, 6.0, False),
    ]


def test_places_on_logarithmic_axes():
    place = Placement(View(1.0, 100.0, 0.01, 1.0), 200, 100, x_log=True, y_log=True)
    assert place.x(np.array([1.0, 10.0, 100.0])).tolist() == pytest.approx([0.0, 100.0, 200.0])
    assert float(place.y(0.1)) == pytest.approx(50.0)
    assert np.isnan(place.x(-1.0))
    assert np.isnan(place.point(0.0, 1.0)[0])
    assert place.data(100.0, 50.0) == (pytest.approx(10.0), pytest.approx(0.1))


@given(st.floats(-10, 10), st.floats(-5, 5))
def test_a_point_and_arrays_agree_and_come_back(x, y):
    place = Placement(View(-10, 10, -5, 5), 640, 480)
    across, down = place.point(x, y)
    assert (across, down) == (pytest.approx(float(place.x(x))), pytest.approx(float(place.y(y))))
    assert place.data(across, down) == (pytest.approx(x, abs=1e-9), pytest.approx(y, abs=1e-9))


@pytest.mark.parametrize(
    "view",
    [
        View(1.0, 1.0, 0.0, 1.0),
        View(np.nan, 1.0, 0.0, 1.0),
        View(-np.inf, np.inf, 0.0, 1.0),
        View(3.0, -3.0, 1.0, 0.0),
        View(1e300, 1e308, -1e308, 1e308),
    ],
)
def test_a_view_that_is_none_still_has_places(view):
    place = Placement(view, 100, 100)
    assert np.isfinite(place.x(np.array([0.0, 1.0, 1e308, -1e308]))).all()
    assert np.isfinite(place.data(50.0, 50.0)).all()


def test_polygons_are_closed_and_each_begins_anew():
    path = polygons(np.array([[[0.0, 0.0], [4.0, 0.0], [0.0, 3.0]], [[10.0, 0.0], [12.0, 0.0], [10.0, 2.0]]]))
    found = [path.elementAt(number) for number in range(path.elementCount())]
    assert [(one.x, one.y, one.isMoveTo()) for one in found] == [
        (0.0, 0.0, True), (4.0, 0.0, False), (0.0, 3.0, False), (0.0, 0.0, False),
        (10.0, 0.0, True), (12.0, 0.0, False), (10.0, 2.0, False), (10.0, 0.0, False),
    ]  # fmt: skip
    assert path.fillRule() == Qt.FillRule.WindingFill
    assert path.contains(QPointF(1.0, 1.0))
    assert not path.contains(QPointF(6.0, 1.0))
    assert polygons(np.empty((0, 3, 2))).isEmpty()


def test_a_grown_marker_has_the_same_ring_on_all_sides(qapp):
    """A square's sides move by the ring, a triangle's base too; a circle's radius grows by it."""
    centre = np.array([[10.0, 20.0]])
    square, grown = (marker_corners("square", centre, 4.0, ring)[0] - centre for ring in (0.0, 1.5))
    assert grown.max(axis=0) == pytest.approx(square.max(axis=0) + 1.5)
    assert grown.min(axis=0) == pytest.approx(square.min(axis=0) - 1.5)
    triangle, grown = (marker_corners("triangle", centre, 4.0, ring)[0] - centre for ring in (0.0, 1.5))
    assert grown[:, 1].max() == pytest.approx(triangle[:, 1].max() + 1.5)
    circle = marker_corners("circle", centre, 4.0, 1.5)[0] - centre
    assert np.hypot(*circle.T) == pytest.approx(np.full(len(circle), 5.5), abs=0.06)
    for name in MARKERS:
        path, ring = (polygons(marker_corners(name, centre, 4.0, far)) for far in (0.0, 1.0))
        assert ring.contains(path)
        assert not ring.contains(polygons(marker_corners(name, centre, 4.0, 1.2)))
