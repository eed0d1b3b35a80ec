"""The regression scene under the hand: the line, the start and the points, dragged, clicked and removed."""

import math
from typing import Any

import numpy as np
import pytest

from engine.data_points import parse_points
from engine.figure import AnyMark, Figure, Handle, Points
from engine.scene import changed, make_scene

THREE = "0 1; 1 3; 2 8"
LABELS = "0 0; 1 1; 2 0; 3 1"


def figure(**values: object) -> Figure:
    return make_scene("regression", values).figure()


def mark(shown: Figure, panel: str, name: str) -> AnyMark:
    (found,) = (each for each in shown.panel(panel).marks if each.id == name)
    return found


def test_the_ends_of_the_line_are_dragged_one_about_the_other() -> None:
    scene = make_scene("regression", {"points": THREE, "w": 1, "b": 1, "step": 0})
    left, right = (mark(scene.figure(), "data", name) for name in ("left", "right"))
    assert isinstance(left, Handle)
    assert isinstance(right, Handle)
    assert right.y == pytest.approx(right.x + 1)
    moved = scene.moved("right", right.x, 5.0)
    assert moved["w"] * right.x + moved["b"] == pytest.approx(5)
    assert moved["w"] * left.x + moved["b"] == pytest.approx(left.y)
    higher = scene.nudged("left", 0, 1)
    assert higher["w"] * left.x + higher["b"] > left.y
    assert higher["w"] * right.x + higher["b"] == pytest.approx(right.y)


def test_the_ends_of_a_logistic_curve_too() -> None:
    scene = make_scene("regression", {"points": LABELS, "loss": "logistic", "step": 0})
    left, right = (mark(scene.figure(), "data", name) for name in ("left", "right"))
    assert isinstance(left, Handle)
    assert isinstance(right, Handle)
    moved = scene.moved("right", right.x, 0.8)
    assert 1 / (1 + math.exp(-(moved["w"] * right.x + moved["b"]))) == pytest.approx(0.8)
    assert moved["w"] * left.x + moved["b"] == pytest.approx(0)
    for far in (-3.0, 0.0, 1.0, 7.0):
        assert math.isfinite(scene.moved("left", 0.0, far)["w"])


def test_a_line_far_off_is_held_at_the_edge() -> None:
    shown = figure(points=THREE, w=1e6, b=-1e40)
    view = shown.panel("data").view
    for name in ("left", "right"):
        held = mark(shown, "data", name)
        assert isinstance(held, Handle)
        assert view.y_low < held.y < view.y_high


def test_the_start_is_dragged_and_clicked_in_the_plane() -> None:
    scene = make_scene("regression")
    assert scene.moved("start", 0.5, -1.0) == {"w": 0.5, "b": -1.0}
    assert scene.clicked("plane", 2.0, 3.0) == {"w": 2.0, "b": 3.0}
    assert scene.clicked("law", 2.0, 3.0) == {}
    assert scene.nudged("start", 1, 0)["w"] == pytest.approx(0.1)


def test_points_are_moved_added_and_removed() -> None:
    scene = make_scene("regression", {"points": THREE})

    def after(values: Any) -> list[list[float]]:
        return parse_points(changed(scene, values).points).values.tolist()  # type: ignore[attr-defined]

    assert after(scene.moved("point 1", 1.5, 2.0)) == [[0, 1], [1.5, 2], [2, 8]]
    assert scene.moved("point 1", 1.0, 3.0) == {}
    assert after(scene.clicked("data", 0.5, 4.0)) == [[0, 1], [1, 3], [2, 8], [0.5, 4]]
    assert after(scene.removed("point 0")) == [[1, 3], [2, 8]]
    assert scene.removed("left") == {}
    assert make_scene("regression", {"points": "1 2"}).removed("point 0") == {}
    nudged = after(scene.nudged("point 2", 1, -1))[2]
    view = scene.figure().panel("data").view
    assert nudged[0] - 2 == pytest.approx((view.x_high - view.x_low) / 100, abs=1e-3)
    assert 8 - nudged[1] == pytest.approx((view.y_high - view.y_low) / 100, abs=1e-3)


def test_made_points_become_typed_ones_when_one_is_moved() -> None:
    scene = make_scene("regression")
    drawn = mark(scene.figure(), "data", "points")
    assert isinstance(drawn, Points)
    moved = changed(scene, scene.moved("point 3", 0.0, 0.0))
    again = mark(moved.figure(), "data", "points")
    assert isinstance(again, Points)
    assert (again.x[3], again.y[3]) == (0, 0)
    others = np.arange(len(drawn.x)) != 3
    assert np.array_equal(again.x[others], drawn.x[others])
    assert np.array_equal(again.y[others], drawn.y[others])


def test_labels_stay_labels() -> None:
    scene = make_scene("regression", {"points": LABELS, "loss": "logistic"})
    for values in (
        scene.moved("point 1", 1.2, 0.3),
        scene.clicked("data", 5.0, 0.7),
        scene.nudged("point 1", 0, -1),
    ):
        y = parse_points(values["points"]).values[:, 1]
        assert set(y.tolist()) <= {0, 1}
    assert parse_points(scene.nudged("point 1", 0, -1)["points"]).values[1].tolist() == [1, 0]


def test_a_point_at_the_edge_cannot_run_away() -> None:
    scene = make_scene("regression", {"points": "0 1; 1 3; 1 2"})
    for _ in range(50):
        view = scene.figure().panel("data").view
        scene = changed(scene, scene.moved("point 2", view.x_high, view.y_high))
    x, y = parse_points(scene.points).values[2]  # type: ignore[attr-defined]
    # the others span 0 to 1 and 1 to 3, and twice that is the end
    assert (x, y) == (3, 7)


def test_other_columns_go_with_their_point() -> None:
    scene = make_scene("regression", {"points": "a, b, c: 1 2 3; 4 5 7; 8 8 8", "columns": "c, a"})
    shown = scene.figure()
    assert str(shown.panel("data").x_axis.label) == "c"
    assert str(shown.panel("data").y_axis.label) == "a"
    moved = parse_points(scene.moved("point 0", 3.0, 2.0)["points"])
    assert moved.names == ("a", "b", "c")
    assert moved.values[0].tolist() == [2, 2, 3]
    added = scene.clicked("data", 5.0, 6.0)
    assert added["columns"] == ""
    assert parse_points(added["points"]).names == ("c", "a")


def test_many_points_are_drawn_and_not_dragged() -> None:
    few, many = figure(count=60), figure(count=61)
    assert sum(isinstance(each, Handle) for each in few.panel("data").marks) == 62
    assert sum(isinstance(each, Handle) for each in many.panel("data").marks) == 2
    assert "cannot be dragged" in str(many.spoken)
    assert "cannot be dragged" not in str(few.spoken)


@pytest.mark.parametrize("misses", ["lines", "squares"])
def test_misses_of_a_crowd_would_cover_it(misses: str) -> None:
    few, many = (figure(count=count, misses=misses) for count in (300, 301))
    drawn = [{mark.id for mark in shown.panel("data").marks} for shown in (few, many)]
    assert "misses" in drawn[0]
    assert "misses" not in drawn[1]
    assert "are not drawn" in str(many.spoken)
    assert "not drawn" not in str(few.spoken)
    assert "not drawn" not in str(figure(count=301, misses="none").spoken)


def test_locked_points_stay_as_they_are() -> None:
    scene = make_scene("regression", {"points": THREE, "edit": False})
    assert not any(each.id.startswith("point ") for each in scene.figure().panel("data").marks)
    assert scene.clicked("data", 1.0, 1.0) == {}
    assert not scene.figure().panel("data").clickable
