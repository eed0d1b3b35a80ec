import math

import numpy as np
import pytest
from scipy.stats import binomtest

from engine.errors import ParameterError
from engine.figure import Bars, Curve, Figure, Points
from engine.scene import changed, make_scene
from engine.scenes import _pace
from tests.engine.scenes.test_every_scene import printed_values


def figure(**values: object) -> Figure:
    return make_scene("random-hessians", values).figure()


def marks(shown: Figure, panel: str) -> dict[str, object]:
    return {mark.id: mark for mark in shown.panel(panel).marks}


def test_shares_are_counted_with_their_intervals() -> None:
    shown = figure(dimension=2, trials=3000)
    (table,) = shown.tables
    rows = list(table.rows())
    assert [row[0] for row in rows] == list(range(1, 9))
    for _, count, share, low, high, _, law in rows:
        expected = binomtest(count, 3000).proportion_ci(method="wilson")
        assert share == count / 3000
        assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-14)
        assert law > 0
    values = shown.values()
    assert values["exact"] == pytest.approx((2 - math.sqrt(2)) / 4)
    assert values["share_low"] < values["exact"] < values["share_high"]
    bars = marks(shown, "shares")["shares"]
    assert isinstance(bars, Bars)
    assert len(bars.top) == sum(row[1] > 0 for row in rows)
    exact = marks(shown, "shares")["exact"]
    assert isinstance(exact, Points)
    assert exact.y == pytest.approx([0.5, 0.1464466, 0.0249209], abs=1e-7)


def test_the_matrix_on_show_is_the_one_of_the_seed() -> None:
    shown = figure(dimension=5, seed=11, trials=100)
    drawn = np.random.default_rng([11, 5]).standard_normal((5, 5))
    values = np.linalg.eigvals((drawn + drawn.T) / math.sqrt(10)).real
    assert shown.values()["negative_count"] == np.sum(values < 0)
    assert (shown.values()["smallest"], shown.values()["largest"]) == pytest.approx(
        (values.min(), values.max())
    )
    negative, positive = (marks(shown, "spectrum")[name] for name in ("negative", "positive"))
    assert sorted([*negative.x, *positive.x]) == pytest.approx(sorted(values))
    assert (negative.x < 0).all()
    assert (positive.x > 0).all()


def test_none_met_is_no_zero() -> None:
    shown = figure(dimension=8, trials=1000)
    assert shown.values()["share"] == 0
    # 1.96²/(1000 + 1.96²)
    assert shown.values()["share_high"] == pytest.approx(3.8415 / 1003.8415, rel=1e-4)
    assert "none of 1000" in str(shown.spoken)
    assert marks(shown, "shares")["intervals"].y[-3:-1] == pytest.approx([1e-8, 3.8415 / 1003.8415], rel=1e-4)


def test_large_matrices_are_not_counted_but_their_law_is_named() -> None:
    shown = figure(dimension=60, trials=100)
    assert shown.values()["share"] is None
    assert "up to n = 8" in str(shown.readout("share").reason)
    assert shown.values()["law"] is None
    # 60² ln 3/(4 ln 10) = 429.4
    assert shown.values()["law_power"] == pytest.approx(-429.4, abs=0.05)
    assert "−429" in str(shown.spoken)
    assert 20 < shown.values()["negative_count"] < 40


def test_a_click_chooses_a_dimension() -> None:
    scene = make_scene("random-hessians", {"trials": 100})
    assert changed(scene, scene.clicked("shares", 6.4, 0.1)).dimension == 6
    assert changed(scene, scene.clicked("shares", 30.0, 0.1)).dimension == 8
    assert scene.clicked("spectrum", 1.0, 0.1) == {}


def test_it_comes_in_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pace, "PACE", 0.0)
    stages = list(make_scene("random-hessians", {"trials": 25_000, "dimension": 1}).stages())
    assert [stage.done for stage in stages] == pytest.approx([0.4, 0.8, 1.0])
    widths = [stage.values()["share_high"] - stage.values()["share_low"] for stage in stages]
    assert widths == sorted(widths, reverse=True)
    density = marks(stages[-1], "spectrum")["density"]
    assert isinstance(density, Curve)
    assert density.y.max() == pytest.approx(1 / math.pi, abs=1e-4)


@pytest.mark.parametrize("values", [{"dimension": 3, "trials": 12_345}, {"dimension": 20, "seed": 5}])
def test_the_code_prints_the_same(values: dict[str, object]) -> None:
    scene = make_scene("random-hessians", values)
    shown = scene.figure().values()
    printed = printed_values(scene.code(), list(shown))
    assert {"negative_count", "smallest", "largest"} <= set(printed)
    for label, numbers in printed.items():
        assert numbers == pytest.approx([shown[label]])


@pytest.mark.parametrize("bad", [{"dimension": 0}, {"dimension": 1000}, {"trials": 0}, {"trials": 10**9}])
def test_bad_values_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ParameterError):
        make_scene("random-hessians", bad)
