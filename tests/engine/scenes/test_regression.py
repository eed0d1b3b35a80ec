"""The regression scene: its numbers by hand and by NumPy, what is drawn, bad input in words."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.data_points import parse_points
from engine.errors import ParameterError
from engine.figure import AnyMark, Arrows, Bars, Contours, Curve, Figure, Heatmap, Points, Rule, View
from engine.scene import changed, make_scene

THREE = "0 1; 1 3; 2 8"
LABELS = "0 0; 1 1; 2 0; 3 1"
COURSE: dict[str, Any] = {"count": 200, "spread": 0.3, "slope": 2, "intercept": 1, "epochs": 30}
"""Curriculum 32: y = 2x + 1 with noise of 0.3, N = 200, for 30 epochs."""


def figure(**values: object) -> Figure:
    return make_scene("regression", values).figure()


def mark(shown: Figure, panel: str, name: str) -> AnyMark:
    (found,) = (each for each in shown.panel(panel).marks if each.id == name)
    return found


def names(shown: Figure, panel: str) -> set[str]:
    return {each.id for each in shown.panel(panel).marks}


def rows(shown: Figure, table: str) -> list[tuple[Any, ...]]:
    (found,) = (each for each in shown.tables if each.name == table)
    return list(found.rows())


def test_the_numbers_of_three_points_by_hand() -> None:
    # the line x + 1 misses (0, 1), (1, 3), (2, 8) by 0, −1, −5
    values = figure(points=THREE, w=1, b=1, step=0).values()
    assert values["loss"] == pytest.approx(26 / 3)
    assert values["gradient"] == pytest.approx([2 * (-1 - 10) / 3, 2 * -6 / 3])
    assert (values["w"], values["b"], values["rows"]) == (1, 1, 3)
    # mean x 1, y 4; var x 2/3, cov 7/3
    assert (values["best_w"], values["best_b"]) == pytest.approx((3.5, 0.5))
    # it misses by −0.5, 1, −0.5
    assert values["best_loss"] == pytest.approx(0.5)
    assert values["excess"] == pytest.approx(26 / 3 - 0.5)


def test_one_step_of_the_whole_batch_by_hand() -> None:
    shown = figure(points=THREE, w=1, b=1, lr=0.1, batch=3, epochs=1)
    assert shown.values()["w"] == pytest.approx(1 + 0.1 * 22 / 3)
    assert shown.values()["b"] == pytest.approx(1 + 0.1 * 4)
    assert shown.values()["evaluations"] == 3
    assert [row[:2] for row in rows(shown, "path")] == [(0, 0), (1, 1)]


def test_logistic_numbers_by_hand() -> None:
    # at (0, 0) every p is ½: the loss is ln 2, and the gradient ¼ Σ (½ − y)(x, 1)
    values = figure(points=LABELS, loss="logistic", step=0).values()
    assert values["loss"] == pytest.approx(math.log(2))
    assert values["gradient"] == pytest.approx([(0 - 0.5 + 1 - 1.5) / 4, 0])
    # scipy's own answer is in tests/engine/test_regression_losses.py; here the labels are symmetric about 1.5
    assert values["best_b"] == pytest.approx(-1.5 * values["best_w"])  # type: ignore[operator]


def test_curriculum_32_whole_batch_mini_batch_and_one_example() -> None:
    shown = figure(**COURSE, batch=32, beside="work")
    values = shown.values()
    by_name = {row[0]: row for row in rows(shown, "work")}
    assert [by_name[size][1] for size in (200, 32, 1)] == [1, 7, 200]
    # each asks for the gradient of 200 points, 30 times
    assert [by_name[size][2] for size in (200, 32, 1)] == [6000] * 3
    # the mini-batches arrive, the whole batch is still on the way, single points go to and fro
    lowest = float(values["best_loss"])  # type: ignore[arg-type]
    assert values["loss_mini"] < 1.01 * lowest  # type: ignore[operator]
    assert values["loss_whole"] > 1.05 * lowest  # type: ignore[operator]
    assert values["loss_single"] > values["loss_mini"]  # type: ignore[operator]
    assert [values[f"steps_{name}"] for name in ("whole", "mini", "single")] == [30, 210, 6000]
    x, y = (np.array(part) for part in zip(*points_of(shown), strict=True))
    (w, b), *_ = np.linalg.lstsq(np.column_stack((x, np.ones(200))), y, rcond=None)
    assert (values["best_w"], values["best_b"]) == pytest.approx((w, b))


def points_of(shown: Figure) -> list[tuple[float, float]]:
    drawn = mark(shown, "data", "points") if any(p.id == "data" for p in shown.panels) else None
    if drawn is None:
        drawn = mark(figure(**COURSE), "data", "points")
    assert isinstance(drawn, Points)
    return list(zip(drawn.x.tolist(), drawn.y.tolist(), strict=True))


def test_when_a_run_came_near_is_when_its_loss_first_was() -> None:
    shown = figure(**COURSE, beside="work")
    lowest = float(shown.values()["best_loss"])  # type: ignore[arg-type]
    own = figure(**COURSE, batch=1)
    first = next(row[0] for row in rows(own, "path") if row[4] <= 1.1 * lowest)
    assert shown.values()["near_single"] == first


def test_runs_beside_each_other_stand_at_the_same_epoch() -> None:
    shown = figure(**COURSE, batch=32, beside="work", step=7)
    assert shown.values()["epoch"] == 1
    assert [shown.values()[f"steps_{name}"] for name in ("whole", "mini", "single")] == [1, 7, 200]
    drawn = mark(shown, "steps", "loss single")
    assert isinstance(drawn, Curve)
    assert drawn.x.tolist() == list(range(1, 201))
    ends = mark(shown, "epochs", "loss mini")
    assert isinstance(ends, Curve)
    assert ends.x.tolist() == [0, 1]


def test_the_cloud_and_the_law_are_those_of_sampling() -> None:
    shown = figure(**COURSE, batch=32, beside="cloud", step=0)
    values = shown.values()
    x, y = (np.array(part) for part in zip(*points_of(shown), strict=True))
    each = np.column_stack((-2 * y * x, -2 * y))
    single = math.sqrt(np.trace(np.cov(each.T, bias=True)))
    assert values["single_spread"] == pytest.approx(single)
    assert values["cloud_expected"] == pytest.approx(single / math.sqrt(32) * math.sqrt(168 / 199))
    assert values["cloud_spread"] == pytest.approx(values["cloud_expected"], rel=0.1)
    slope = figure(**COURSE, beside="law", step=0).values()["law_slope"]
    assert slope == pytest.approx(-0.5, abs=0.05)
    assert values["law_slope"] is None
    whole = figure(**COURSE, batch=200, beside="cloud").values()
    assert (whole["cloud_spread"], whole["cloud_expected"]) == (0, 0)


def test_the_batch_on_show_is_the_one_of_the_next_step() -> None:
    values = {**COURSE, "batch": 32, "beside": "cloud"}
    now, then = figure(**values, step=40), figure(**values, step=41)
    chosen = mark(now, "data", "batch")
    assert isinstance(chosen, Points)
    assert len(chosen.x) == 32
    w, b = float(now.values()["w"]), float(now.values()["b"])  # type: ignore[arg-type]
    miss = 2 * (w * chosen.x + b - chosen.y)
    gradient = [np.mean(miss * chosen.x), np.mean(miss)]
    assert now.values()["batch_gradient"] == pytest.approx(gradient)
    assert then.values()["w"] == pytest.approx(w - 0.1 * gradient[0])
    own = mark(now, "cloud", "own")
    assert isinstance(own, Points)
    assert [own.x[0], own.y[0]] == pytest.approx(gradient)


def test_what_stands_beside_the_data() -> None:
    assert [panel.id for panel in figure(beside="none").panels] == ["data"]
    plane = figure(beside="plane")
    assert [panel.id for panel in plane.panels] == ["data", "plane"]
    assert isinstance(mark(plane, "plane", "heat"), Heatmap)
    assert isinstance(mark(plane, "plane", "contours"), Contours)
    cloud = figure(beside="cloud", count=100)
    assert [panel.id for panel in cloud.panels] == ["data", "cloud"]
    assert isinstance(mark(cloud, "cloud", "arrow"), Arrows)
    assert [panel.id for panel in figure(beside="law").panels] == ["data", "law"]
    assert [panel.id for panel in figure(beside="work").panels] == ["epochs", "steps"]


def test_the_heights_of_the_plane_are_losses() -> None:
    heat = mark(figure(points=THREE), "plane", "heat")
    assert isinstance(heat, Heatmap)
    count_b, count_w = heat.values.shape
    w = np.linspace(heat.x_low, heat.x_high, count_w)
    b = np.linspace(heat.y_low, heat.y_high, count_b)
    x, y = parse_points(THREE).values.T
    for i, j in ((0, 0), (10, 100), (160, 3)):
        assert heat.values[i, j] == pytest.approx(np.mean((w[j] * x + b[i] - y) ** 2))


def test_misses_and_their_squares() -> None:
    lines = mark(figure(points=THREE, w=1, b=1, step=0), "data", "misses")
    assert isinstance(lines, Curve)
    assert lines.y[:2].tolist() == [1, 1]
    assert lines.y[6:8].tolist() == [8, 3]
    shown = figure(points=THREE, w=1, b=1, step=0, misses="squares")
    squares = mark(shown, "data", "misses")
    assert isinstance(squares, Bars)
    assert (squares.right - squares.left) == pytest.approx([0, 1, 5])
    assert (squares.top - squares.bottom) == pytest.approx([0, 1, 5])
    assert shown.panel("data").equal
    assert "misses" not in names(figure(misses="none"), "data")


def test_the_best_can_be_kept_back() -> None:
    assert "best" in names(figure(), "data") & names(figure(), "plane")
    hidden = figure(show_best=False)
    assert "best" not in names(hidden, "data") | names(hidden, "plane")


def test_points_with_one_x_have_a_line_of_best_places() -> None:
    shown = figure(points="2 1; 2 3; 2 5")
    assert shown.values()["best_w"] is None
    assert shown.readout("best_w").reason is not None
    assert "one x" in str(shown.spoken)
    valley = mark(shown, "plane", "best")
    assert isinstance(valley, Rule)
    # 2w + b = 3
    assert (valley.y, valley.slope) == (3, -2)
    assert "best" not in names(shown, "data")
    level = mark(figure(points="0 1; 0 3"), "plane", "best")
    assert isinstance(level, Rule)
    assert (level.y, level.slope) == (2, 0)


def test_playing_computes_nothing_anew() -> None:
    scene = make_scene("regression", COURSE)
    tables = [changed(scene, {"step": step}).figure().tables for step in (0, 50, -1)]
    assert tables[0][-1] is tables[1][-1] is tables[2][-1]


def test_scaled_points_have_mean_0_and_deviation_1() -> None:
    shown = figure(points="1000 50; 2000 90; 3000 70", scaled=True)
    drawn = mark(shown, "data", "points")
    assert isinstance(drawn, Points)
    assert (drawn.x.mean(), drawn.x.std(), drawn.y.mean(), drawn.y.std()) == pytest.approx(
        (0, 1, 0, 1), abs=1e-12
    )
    # the best slope of scaled points is their correlation, ½
    assert shown.values()["best_w"] == pytest.approx(0.5)
    labels = mark(figure(points=LABELS, loss="logistic", scaled=True), "data", "points")
    assert isinstance(labels, Points)
    assert set(labels.y.tolist()) == {0, 1}
    flat = figure(points="1 5; 2 5", scaled=True)
    assert flat.values()["best_w"] == 0


# at the edge -----------------------------------------------------------------------------------------------


def test_a_run_that_is_lost_says_so_and_offers_a_way_out() -> None:
    scene = make_scene("regression", {"lr": 1000})
    shown = scene.figure()
    assert shown.values()["loss"] is None
    assert shown.values()["status"] == "lost"
    assert "leaves the finite numbers" in str(shown.spoken)
    assert shown.halts[0].value < 120
    assert [str(offer.words)[:6] for offer in shown.offers] == ["Take η", "Scale "]
    tamed = changed(scene, shown.offers[0].values).figure()
    assert tamed.values()["loss"] < 4  # type: ignore[operator]
    assert not tamed.offers
    for panel in shown.panels:
        assert all(
            map(math.isfinite, (panel.view.x_low, panel.view.x_high, panel.view.y_low, panel.view.y_high))
        )


@pytest.mark.parametrize("beside", ["none", "plane", "cloud", "law", "work"])
@pytest.mark.parametrize(
    "values",
    [
        {"points": "1 2"},
        {"points": "1 2; 1 2"},
        {"points": "0 0; 1 0; 2 0"},
        {"lr": 1e6},
        {"spread": 1e6},
        {"spread": 0},
        {"points": "1e50 1e50; -1e50 3"},
        {"points": "1e-50 1e-50; 2e-50 3e-50"},
        {"w": 1e50, "b": -1e50},
        {"points": LABELS, "loss": "logistic", "lr": 1e6},
        {"points": "1 1", "loss": "logistic"},
        {"count": 1},
        {"step": 10**6},
        {"batch": 1, "epochs": 1, "step": 0},
    ],
)
def test_whatever_is_asked_can_be_drawn(values: dict[str, object], beside: str) -> None:
    shown = figure(**values, beside=beside)
    for panel in shown.panels:
        view = panel.view
        assert all(map(math.isfinite, (view.x_low, view.x_high, view.y_low, view.y_high)))
        assert view.x_low < view.x_high
        assert view.y_low < view.y_high
    for readout in shown.readouts:
        numbers = readout.value if isinstance(readout.value, list) else [readout.value]
        assert all(number is None or isinstance(number, str) or math.isfinite(number) for number in numbers)
        assert readout.value is not None or readout.reason is not None
    assert str(shown.spoken)[-1] in ".!?"


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"lr": 0}, "more than 0"),
        ({"lr": -1}, "more than 0"),
        ({"lr": 1e300}, "at most"),
        ({"batch": 0}, "at least 1"),
        ({"epochs": 0}, "at least 1"),
        ({"epochs": 100_000}, "at most 100000"),
        ({"spread": -1}, "at least 0"),
        ({"count": 5000}, "at most 2000"),
        ({"points": "1 2; 3"}, "1 numbers where 2"),
        ({"points": "a,b\n1,2\n3,x\n5,6\n"}, "Line 3"),
        ({"points": "1 2 3", "columns": "4, 1"}, "no column 4"),
        ({"points": "1 2", "loss": "logistic"}, "labels, 0 or 1"),
        ({"step": -2}, "at least"),
        ({"beside": "else"}, "one of"),
    ],
)
def test_bad_input_is_refused_in_words(bad: dict[str, object], words: str) -> None:
    with pytest.raises(ParameterError) as refusal:
        make_scene("regression", bad)
    assert words in str(refusal.value)
    assert refusal.value.parameter in bad


def test_the_code_prints_the_numbers_on_screen_for_every_kind_of_data(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for values in (
        {"points": THREE, "batch": 2, "epochs": 3},
        {"points": LABELS, "loss": "logistic", "batch": 3, "step": 7},
        {"loss": "logistic", "count": 30, "spread": 1},
        {"points": "1000 50; 2000 90; 3000 70", "scaled": True, "batch": 9},
        {**COURSE, "batch": 32, "step": 100},
    ):
        scene = make_scene("regression", values)
        exec(compile(scene.code(), "code view", "exec"), {})
        printed = dict(line.split() for line in capsys.readouterr().out.splitlines())
        known = scene.figure().values()
        assert {"w", "b", "loss"} <= set(printed)
        for name, number in printed.items():
            assert float(number) == pytest.approx(known[name], rel=1e-9, abs=1e-12)


def test_text_of_a_csv_is_taken_as_points(tmp_path: Path) -> None:
    shown = figure(points="size;price\n1;2,5\n3;4,5\n5;9\n")
    assert str(shown.panel("data").x_axis.label) == "size"
    assert shown.values()["rows"] == 3
    long = "x,y\n" + "".join(f"{k},{k % 5}\n" for k in range(5000))
    sampled = figure(points=long, scaled=True)
    assert sampled.values()["rows"] == 2000
    assert "Of 5000 points, 2000 are taken" in str(sampled.spoken)


def test_the_plane_follows_the_learners_view() -> None:
    scene = make_scene("regression", {"points": LABELS, "loss": "logistic"})
    heat = mark(scene.figure({"plane": View(10, 20, 30, 40)}), "plane", "heat")
    assert isinstance(heat, Heatmap)
    assert (heat.x_low, heat.x_high, heat.y_low, heat.y_high) == (10, 20, 30, 40)
