import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import binomtest

from engine.errors import ParameterError
from engine.figure import Area, Curve, Figure, Handle, Panel, Points
from engine.scene import changed, make_scene
from engine.scenes import _pace
from tests.engine.scenes.test_every_scene import printed_values

QUICK = {"f": "x^2 + 10y^2", "evaluations": 25, "starts": 20, "racers": "gd; momentum; adam"}


def figure(**values: object) -> Figure:
    return make_scene("fair-race", {**QUICK, **values}).figure()


def rows(shown: Figure, name: str) -> list[tuple[object, ...]]:
    (table,) = (table for table in shown.tables if table.name == name)
    return list(table.rows())


def drawn(panel: Panel, kind: type) -> dict[str, object]:
    return {mark.id: mark for mark in panel.marks if isinstance(mark, kind)}


def test_the_table_says_what_the_panels_draw() -> None:
    shown = figure()
    table = rows(shown, "fair")
    assert [row[0] for row in table] == ["gd", "momentum", "adam"]
    medians = drawn(shown.panel("losses"), Curve)
    tuned = drawn(shown.panel("rates"), Points)
    for number, (name, rate, steps, median, low, high, arrived, diverged, wins) in enumerate(table, start=1):
        curve, point = medians[f"median {number}"], tuned[f"tuned {number}"]
        assert (curve.x[-1], curve.y[-1]) == (25, median)
        assert point.x.tolist() == [rate]
        assert shown.values()[f"median_{number}"] == median
        assert steps == 25
        assert low <= median <= high
        assert 0 <= arrived <= 1
        assert diverged == 0
        assert name
        assert wins == shown.values()[f"wins_{number}"]


def test_the_verdict_rests_on_what_it_says() -> None:
    shown = figure(racers="gd; momentum(beta=0.99)", starts=30)
    ((one, other, lower, higher, same, p),) = rows(shown, "pairs")
    assert (one, other, same) == ("gd", "momentum", 0)
    assert p == pytest.approx(binomtest(lower, 30).pvalue)
    assert lower == 30
    assert higher == 0
    # a velocity that forgets a hundredth a step swings for longer than 25 steps
    assert shown.values()["winner"] == "gd"
    assert shown.values()["p"] == pytest.approx(2**-29)
    sentence = str(shown.spoken)
    for part in (
        "gd is ahead by more than chance",
        "x^2 + 10y^2",
        "25 gradients",
        "30 of 30 starts",
        "sign test",
    ):
        assert part in sentence
    assert sentence.count(". ") == 0


def test_one_racer_twice_is_one() -> None:
    assert [row[0] for row in rows(figure(racers="gd(lr=0.1); gd(lr=0.5)"), "fair")] == ["gd"]
    with pytest.raises(ParameterError, match="twice"):
        figure(racers="gd(lr=0.1, lr=0.5)")


def test_newton_pays_for_its_hessian() -> None:
    (row,) = rows(figure(racers="newton"), "fair")
    # three evaluations a step: the gradient, and two for the Hessian in two unknowns
    assert row[2] == 8


def test_looks_are_those_of_the_race_beside() -> None:
    shown = figure(racers="adam(lr=1); adam(lr=2); adam(eps=1e-3)")
    curves = drawn(shown.panel("losses"), Curve)
    assert [mark.look for mark in curves.values()] == ["adam", "adam#3"]


def test_bands_of_those_the_verdict_speaks_of_or_of_one() -> None:
    assert len(drawn(figure().panel("losses"), Area)) == 2
    assert list(drawn(figure(focus=3).panel("losses"), Area)) == ["band 3"]


def test_losses_are_drawn_above_the_lowest_known() -> None:
    shown = figure(f="sin(x) + y^2/2")
    panel = shown.panel("losses")
    assert panel.y_axis.scale == "log"
    assert "−1" in str(panel.y_axis.label)
    curve = drawn(panel, Curve)["median 1"]
    assert curve.y[0] == pytest.approx(rows(shown, "losses")[0][2] + 1)
    # with a minimum in every unit square nobody comes far
    rastrigin = "20 + x^2 + y^2 - 10cos(2pi x) - 10cos(2pi y)"
    assert figure(f=rastrigin).panel("losses").y_axis.scale == "linear"


def test_losses_that_are_far_above_the_lowest_are_called_losses() -> None:
    # a run that swings past the bottom of a bowl comes nearer to 0 than any that is drawn, and never to 0
    panel = figure(f="x^2 + 60y^2", evaluations=100, starts=40, racers="gd; momentum").panel("losses")
    assert panel.y_axis.scale == "log"
    assert str(panel.y_axis.label) == "loss"


def test_the_domain_is_the_gallerys_or_asked_for() -> None:
    def corners(**values: object) -> list[tuple[float, float]]:
        panel = figure(beside="starts", **values).panel("starts")
        return [(mark.x, mark.y) for mark in panel.marks if isinstance(mark, Handle)]

    assert corners(f="100(y - x^2)^2 + (1 - x)^2") == [(-2, -1), (2, 3)]
    assert corners(f="x^2 + 9y^2") == [(-4, -4), (4, 4)]
    assert corners(f="x^2 + 9y^2", x_low=1, y_high=2.5) == [(1, -4), (4, 2.5)]


def test_corners_are_dragged_and_nudged_and_do_not_cross() -> None:
    scene = make_scene("fair-race", {**QUICK, "beside": "starts"})
    assert changed(scene, scene.moved("low", -1, -2)).x_low == -1
    assert changed(scene, scene.moved("high", -9, 3)).x_high > -4
    assert changed(scene, scene.moved("low", 9, 9)).x_low < 4
    nudged = changed(scene, scene.nudged("high", -1, 0))
    assert nudged.x_high == pytest.approx(4 - 0.08)
    assert nudged.y_high == 4


def test_starts_lie_in_the_domain_and_are_not_those_of_the_sweep() -> None:
    panel = figure(beside="starts", x_low=1, x_high=2).panel("starts")
    points = drawn(panel, Points)
    for name in ("starts", "tuning"):
        assert len(points[name].x) == 20
        assert points[name].x.min() >= 1
        assert points[name].x.max() <= 2
    assert not set(points["starts"].x) & set(points["tuning"].x)


def test_it_comes_in_stages_when_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pace, "PACE", 0.0)
    stages = list(make_scene("fair-race", {**QUICK, "seed": 77}).stages())
    shares = [stage.done for stage in stages]
    assert shares[-1] == 1.0
    assert all(one <= other for one, other in pairwise(shares))
    assert len(shares) > 5
    middle = stages[len(stages) // 2]
    assert 0 < middle.done < 1
    assert middle.values()["winner"] is None
    assert "being run" in str(middle.spoken)
    assert all(math.isfinite(view) for stage in stages for view in view_of(stage))


def view_of(shown: Figure) -> list[float]:
    views = [panel.view for panel in shown.panels]
    return [edge for view in views for edge in (view.x_low, view.x_high, view.y_low, view.y_high)]


def test_what_has_been_run_is_shown_at_once() -> None:
    scene = make_scene("fair-race", QUICK)
    scene.figure()
    assert [stage.done for stage in scene.stages()] == [1.0]


def test_a_glance_runs_nobody() -> None:
    shown = make_scene("fair-race", {**QUICK, "seed": 123, "beside": "starts"}).glance()
    assert shown.done == 0.0
    assert len(drawn(shown.panel("starts"), Handle)) == 2


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"racers": ""}, "Nobody runs"),
        ({"racers": "gd"}, "A race takes two"),
        ({"f": "1"}, "nowhere to go"),
        ({"f": "ln(-1 - x^2)"}, "nowhere to start"),
        # finite in 3 of 10,000 of the domain: with this seed at a start to race from, and at none to tune on
        ({"f": "e^(x^2 + y^2)", "x_low": 0, "x_high": 1, "y_high": 1e5, "seed": 4}, "nowhere to start"),
        ({"f": "x^2 - y^2", "evaluations": 100}, "falls without end"),
        ({"noise": 1e308}, "lost more than half"),
        ({"f": "x"}, "a better one may lie beyond"),
        (
            {"f": "x^2 + 10y^2", "racers": "newton; bfgs", "evaluations": 200},
            "equally low from all of 20 starts",
        ),
    ],
)
def test_what_is_no_race_is_said(values: dict[str, object], words: str) -> None:
    shown = figure(**values)
    assert words in str(shown.spoken)
    assert all(map(math.isfinite, view_of(shown)))
    for panel in shown.panels:
        assert panel.view.y_low < panel.view.y_high
    assert all(readout.value is not None or readout.reason is not None for readout in shown.readouts)


@pytest.mark.parametrize(
    "bad",
    [
        {"starts": 0},
        {"seeds": 0},
        {"evaluations": 0},
        {"evaluations": 10**9},
        {"trials": 1},
        {"noise": -1},
        {"x_low": 2, "x_high": 2},
        {"y_low": 3, "y_high": -3},
        {"x_low": 100},
        {"starts": 5000, "noise": 1, "seeds": 200},
        {"starts": 5000, "evaluations": 20_000},
        {"racers": "gd @ 12 adam"},
        {"racers": "nonsense"},
    ],
)
def test_bad_values_are_refused_in_words(bad: dict[str, object]) -> None:
    with pytest.raises(ParameterError) as refusal:
        make_scene("fair-race", bad)
    assert len(str(refusal.value)) > 20


@pytest.mark.parametrize(
    "values",
    [
        {"racers": "newton(damping=1); bfgs; lion(weight_decay=0.1)", "evaluations": 15},
        {"noise": 0.5, "seeds": 2, "starts": 6},
        {"f": "(ln(w1))^2 + w2^2", "racers": "gd; newton", "starts": 12},
    ],
)
def test_the_code_runs_the_same_race(values: dict[str, object]) -> None:
    scene = make_scene("fair-race", {**QUICK, **values})
    shown = scene.figure().values()
    printed = printed_values(scene.code(), list(shown))
    assert printed
    for label, (number,) in printed.items():
        expected = math.inf if shown[label] is None else shown[label]
        assert number == pytest.approx(expected, rel=1e-6, abs=1e-15)


def test_median_of_the_bowl_by_hand() -> None:
    # in x² + y² a step of any rate multiplies the place by 1 − 2η, so the loss by (1 − 2η)² each time
    shown = figure(f="x^2 + y^2", racers="gd", evaluations=10)
    losses = [row[2] for row in rows(shown, "losses")]
    rate = shown.values()["rate_1"]
    assert np.array(losses[1:4]) / losses[0] == pytest.approx((1 - 2 * rate) ** (2 * np.arange(1, 4)))


def test_corners_are_named_in_the_letters_of_the_formula() -> None:
    scene = make_scene("fair-race", {"f": "w1^2 + w2^2"})
    assert scene.symbol("x_low") == r"\min w_{1}"
    assert scene.symbol("y_high") == r"\max w_{2}"
    assert scene.symbol("evaluations") == "B"


def test_a_racers_own_name_is_kept() -> None:
    shown = figure(racers="fast: gd(lr=3); adam")
    assert [row[0] for row in rows(shown, "fair")] == ["fast", "adam"]
