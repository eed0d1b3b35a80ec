import math

import numpy as np
import pytest

from engine.errors import ParameterError
from engine.figure import Area, Curve, Figure, Points, Rule
from engine.scene import changed, make_scene
from engine.scenes import _pace
from tests.engine.scenes.test_every_scene import printed_values


def figure(**values: object) -> Figure:
    return make_scene("saddle-escape", values).figure()


def rows(shown: Figure) -> list[tuple[float, ...]]:
    (table,) = shown.tables
    return list(table.rows())


def ids(shown: Figure, panel: str) -> list[str]:
    return [mark.id for mark in shown.panel(panel).marks]


def test_the_numbers_of_the_double_well() -> None:
    values = figure(noise=0.01, lr=0.1, radius=0.5).values()
    # by hand: f_yy = −1 and f_xx = 1 at 0, a = 1.1, t = ln(1 + 0.21 (0.5/0.00067449)²)/(2 ln 1.1)
    assert (values["eigenvalue_low"], values["eigenvalue_high"]) == (-1, 1)
    assert values["growth"] == pytest.approx(1.1)
    expected = math.log(1 + 0.21 * (0.5 / 0.00067449) ** 2) / (2 * math.log(1.1))
    assert values["predicted_time"] == pytest.approx(expected, rel=1e-4)
    assert values["escape_time"] == pytest.approx(expected, abs=3)
    assert values["along"] == pytest.approx([0, 1])
    assert values["kind"] == "saddle"


def test_ten_times_less_noise_costs_the_same_number_of_steps_again() -> None:
    table = rows(figure(runs=1000))
    predicted = np.array([row[4] for row in table])
    # two sizes in each power of ten; a tenth of the noise costs ln 10/ln 1.1 = 24.2 steps
    assert (predicted[:-4:2] - predicted[2:-2:2])[:6] == pytest.approx([24.158] * 6, abs=0.01)
    medians = np.array([row[1] for row in table])
    assert np.abs(medians - predicted - 0.5).max() < 3


def test_no_noise_stays_for_ever_and_says_so() -> None:
    shown = figure(noise=0)
    assert shown.values()["escape_time"] is None
    assert shown.values()["predicted_time"] is None
    assert shown.values()["gone"] == 0
    assert "stays for ever" in str(shown.spoken)
    assert "never leaves" in str(shown.readout("escape_time").reason)
    for mark in shown.panel("plane").marks:
        if isinstance(mark, Curve) and mark.id.startswith("path"):
            assert not mark.x.any()
            assert not mark.y.any()
    assert not any(isinstance(mark, Rule) for mark in shown.panel("escape").marks)


def test_a_start_beside_the_saddle_needs_no_noise() -> None:
    shown = figure(noise=0, offset=0.01, f="x^2 - y^2/2")
    # 0.01 · 1.1ᵗ ≥ 0.5: the first whole t is 42
    assert shown.values()["escape_time"] == math.ceil(math.log(50) / math.log(1.1)) == 42
    assert shown.values()["predicted_time"] == pytest.approx(math.log(50) / math.log(1.1))
    assert "without noise" in str(shown.spoken)


def test_playing_shows_paths_as_far_as_they_are_and_who_has_left() -> None:
    early, late = figure(step=5), figure(step=45)
    assert early.values()["escape_time"] == late.values()["escape_time"]
    assert early.values()["gone"] == 0
    assert 0.4 < late.values()["gone"] < 1
    (path,) = (mark for mark in early.panel("plane").marks if mark.id == "path 0")
    assert len(path.x) == 6


def test_the_surface_shows_the_ways_out_and_in() -> None:
    shown = figure()
    assert {"out", "in", "borders", "search", "critical"} <= set(ids(shown, "plane"))
    (out,) = (mark for mark in shown.panel("plane").marks if mark.id == "out")
    assert out.x == pytest.approx([0, 0])
    assert out.y == pytest.approx([-0.5, 0.5])


def test_measured_and_predicted_are_drawn_with_the_noise_on_show() -> None:
    shown = figure(noise=1e-3)
    marks = {mark.id: mark for mark in shown.panel("escape").marks}
    assert isinstance(marks["half"], Area)
    assert isinstance(marks["measured"], Points)
    assert len(marks["measured"].x) == 17
    assert marks["now"].x == 1e-3
    assert marks["here"].y == pytest.approx([shown.values()["escape_time"]])


def test_distances_grow_by_a_tenth_a_step() -> None:
    shown = figure(beside="distance", noise=0, offset=0.001, f="x^2 - y^2/2", step=20, steps=40)
    marks = {mark.id: mark for mark in shown.panel("distance").marks}
    assert marks["far 0"].y == pytest.approx(0.001 * 1.1 ** np.arange(21))
    assert marks["predicted"].y == pytest.approx(0.001 * 1.1 ** np.arange(41))
    assert marks["radius"].y == 0.5
    assert shown.tables == ()
    assert shown.done == 1


def test_distances_of_none_are_said() -> None:
    shown = figure(beside="distance", noise=0)
    (label,) = (mark for mark in shown.panel("distance").marks if mark.id == "still")
    assert "exactly 0" in str(label.label)
    view = shown.panel("distance").view
    assert 0 < view.y_low < 0.5 < view.y_high


@pytest.mark.parametrize(
    ("values", "kind", "words"),
    [
        ({"f": "x^2 + y^2", "x": 1.0}, "minimum", "is a minimum"),
        ({"f": "-x^2 - 2y^2"}, "maximum", "is a maximum"),
        ({"f": "x^3 - 3x y^2"}, "undecided", "decides nothing"),
        ({"f": "1"}, "undecided", "decides nothing"),
        ({"f": "x + y"}, None, "no point with a zero gradient"),
        ({"f": "ln(-1 - x^2)"}, None, "no point with a zero gradient"),
        ({"f": "x", "noise": 0}, None, "no point with a zero gradient"),
    ],
)
def test_where_there_is_no_saddle_it_is_said(values: dict[str, object], kind: str | None, words: str) -> None:
    shown = figure(**values)
    assert shown.values()["kind"] == kind
    assert words in str(shown.spoken)
    assert shown.done == 1
    for readout in shown.readouts:
        assert readout.value is not None or readout.reason is not None
    assert shown.values()["escape_time"] is None


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"noise": 1e6}, "after 1 steps"),
        ({"lr": 3.0, "noise": 0.1}, "too long for the way in"),
        ({"lr": 1e-300}, "fewer than half"),
        ({"f": "x^2 - y^2", "lr": 1000, "noise": 1e6, "beside": "distance", "steps": 200}, "after 1 steps"),
        ({"f": "1e-6(x^2 - y^2)", "noise": 1e-8, "runs": 5, "radius": 100}, "fewer than half of 5 runs"),
        ({"f": "x^2/2 - y^2/2 + ln(2 - y)/1e9", "noise": 0.2}, "half of 200 runs"),
    ],
)
def test_extremes_are_said_in_words(values: dict[str, object], words: str) -> None:
    shown = figure(**values)
    assert words in str(shown.spoken)
    for panel in shown.panels:
        view = panel.view
        assert all(map(math.isfinite, (view.x_low, view.x_high, view.y_low, view.y_high)))


def test_dragging_and_clicking_look_elsewhere() -> None:
    scene = make_scene("saddle-escape", {"f": "sin(x) sin(y)"})
    moved = changed(scene, scene.moved("search", 3.0, 0.2)).figure().values()
    assert (moved["saddle_x"], moved["saddle_y"]) == pytest.approx((math.pi, 0), abs=1e-12)
    assert changed(scene, scene.clicked("plane", 3.0, 0.2)).figure().values()["saddle_x"] > 3
    assert scene.clicked("escape", 1.0, 1.0) == {}


def test_it_comes_in_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pace, "PACE", 0.0)
    stages = list(make_scene("saddle-escape", {"seed": 9}).stages())
    assert [stage.done for stage in stages] == pytest.approx([1 / 18, 5 / 18, 9 / 18, 13 / 18, 17 / 18, 1])
    assert [len(rows(stage)) for stage in stages] == [0, 4, 8, 12, 16, 17]
    assert stages[0].values() == stages[-1].values()


@pytest.mark.parametrize("values", [{"noise": 0.3, "seed": 4}, {"offset": 0.1}, {"f": "sin(w1) sin(w2)"}])
def test_the_code_measures_the_same(values: dict[str, object]) -> None:
    scene = make_scene("saddle-escape", values)
    shown = scene.figure().values()
    printed = printed_values(scene.code(), list(shown))
    assert "escape_time" in printed
    for label, numbers in printed.items():
        assert numbers == pytest.approx([shown[label]], rel=1e-9)


def test_the_code_says_where_there_is_no_saddle() -> None:
    minimum = make_scene("saddle-escape", {"f": "x^2 + 3y^2"})
    printed = printed_values(minimum.code(), list(minimum.figure().values()))
    assert printed == {"eigenvalue_low": [2.0], "eigenvalue_high": [6.0]}
    assert "no point with a zero gradient" in make_scene("saddle-escape", {"f": "x + y"}).code()


@pytest.mark.parametrize(
    "bad",
    [{"noise": -1}, {"lr": 0}, {"runs": 0}, {"radius": 0}, {"steps": 0}, {"steps": 10**7}, {"offset": -1}],
)
def test_bad_values_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ParameterError):
        make_scene("saddle-escape", bad)
