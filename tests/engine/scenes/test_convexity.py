import pytest

from engine.errors import ParameterError
from engine.figure import Curve, Figure, Handle
from engine.scene import changed, make_scene


def figure(**values: object) -> Figure:
    return make_scene("convexity", values).figure()


def test_the_chord_test_by_hand() -> None:
    values = figure(f="x^2", a=-1, b=3, t=0.25).values()
    assert (values["chord"], values["curve"], values["gap"]) == (3, 0, 3)
    assert values["verdict"] == "convex"
    assert values["proved"] is True
    assert values["counterexample"] is None


def test_a_network_fails_and_says_where() -> None:
    shown = figure(f="(w tanh(w) - 1)^2", a=-2, b=2, low=-2, high=2)
    a, b, t = shown.values()["counterexample"]
    assert shown.values()["verdict"] == "not convex"
    assert (a, t) == (pytest.approx(-b), 0.5)  # an even function: its deepest chord lies even
    assert "below the curve" in str(shown.spoken)
    drawn = {mark.id for mark in shown.panels[0].marks}
    assert {"counterexample", "counterexample gap"} <= drawn


def test_without_search_nothing_is_given_away() -> None:
    shown = figure(f="(w tanh(w) - 1)^2", a=-2, b=-1, search=False)
    assert "convex" not in str(shown.spoken)
    assert not [mark for mark in shown.panels[0].marks if "counterexample" in mark.id]
    assert not shown.readout("verdict").shown


def test_what_was_only_sampled_is_said_to_be() -> None:
    shown = figure(f="abs(x)")
    assert shown.values()["verdict"] == "convex as far as sampled"
    assert shown.values()["proved"] is False
    assert "as far as sampled" in str(shown.spoken)


def test_outside_the_domain_is_said() -> None:
    shown = figure(f="ln(x)", a=-1, b=2)
    assert shown.values()["chord"] is None
    assert shown.values()["verdict"] is None
    assert "not defined" in str(shown.readout("verdict").reason)
    inside = figure(f="-ln(x)", a=0.5, b=2, low=0.1, high=3)
    assert inside.values()["verdict"] == "convex"


def test_dragging_keeps_to_the_interval_and_to_the_chord() -> None:
    scene = make_scene("convexity", {"a": -2, "b": 2})
    assert scene.moved("a", -9, 3) == {"a": -4}
    assert scene.moved("t", 1, 0) == {"t": 0.75}
    assert scene.moved("t", 7, 0) == {"t": 1}
    assert changed(scene, {"a": 2}).moved("t", 1, 0) == {}
    assert changed(scene, {"a": 2}).figure().values()["gap"] == 0


def test_an_interval_has_a_length() -> None:
    for ends in ({"low": 1, "high": 1}, {"low": 2, "high": 1}):
        with pytest.raises(ParameterError, match="no interval"):
            make_scene("convexity", ends)


def test_the_second_derivative_stands_below() -> None:
    shown = figure(f="x^3", low=-1, high=1, bends=True)
    assert shown.stacked
    (curve,) = (mark for mark in shown.panel("curvature").marks if isinstance(mark, Curve))
    assert curve.y == pytest.approx(6 * curve.x)


def test_every_handle_is_in_view_wherever_the_ends_are() -> None:
    shown = figure(f="x^2", a=-30, b=50)
    view = shown.panels[0].view
    for handle in (mark for mark in shown.panels[0].marks if isinstance(mark, Handle)):
        assert view.x_low < handle.x < view.x_high
        assert view.y_low < handle.y < view.y_high
