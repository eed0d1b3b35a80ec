import math

import numpy as np
import pytest

from engine.errors import ParameterError
from engine.figure import Bars, Figure, Handle, Rule
from engine.scene import changed, make_scene


def figure(**values: object) -> Figure:
    return make_scene("product", values).figure()


def bar(shown: Figure, name: str) -> tuple[float, float, float, float]:
    (found,) = (mark for mark in shown.panel("rectangle").marks if mark.id == name)
    assert isinstance(found, Bars)
    return tuple(float(edge[0]) for edge in (found.left, found.right, found.bottom, found.top))  # type: ignore[return-value]


def test_curriculum_17_a_product_of_two_lines() -> None:
    # (x − 2)(x + 3) = x² + x − 6 has the slope 2x + 1
    for x0 in (-3.0, 0.0, 0.5, 2.0):
        values = figure(u="x - 2", v="x + 3", x0=x0, h=0.1).values()
        assert values["product_slope"] == pytest.approx(2 * x0 + 1)
        assert values["numeric_slope"] == pytest.approx(2 * x0 + 1, abs=1e-9)
        assert values["growth_rate"] == pytest.approx(2 * x0 + 1 + 0.1)
        assert values["slopes_product"] == 1


@pytest.mark.parametrize("x0", [1.0, 2.0, math.pi / 3])
def test_curriculum_17_a_parabola_times_a_sine(x0: float) -> None:
    values = figure(u="x^2", v="sin(x)", x0=x0).values()
    by_hand = 2 * x0 * math.sin(x0) + x0**2 * math.cos(x0)
    assert values["product_slope"] == pytest.approx(by_hand, rel=1e-14)
    assert values["numeric_slope"] == pytest.approx(by_hand, abs=1e-9)
    assert values["u_slope_v"] == pytest.approx(2 * x0 * math.sin(x0))
    assert values["u_v_slope"] == pytest.approx(x0**2 * math.cos(x0))
    assert values["slopes_product"] == pytest.approx(2 * x0 * math.cos(x0))


def test_the_parts_of_a_growth() -> None:
    # 2 by 3 becomes 2.5 by 4
    values = figure(u="x + 1", v="2x + 1", x0=1, h=0.5).values()
    assert (values["u"], values["v"], values["du"], values["dv"]) == (2, 3, 0.5, 1)
    assert (values["u_dv"], values["v_du"], values["du_dv"]) == (2, 1.5, 0.5)
    assert values["growth"] == 4 == 2.5 * 4 - 2 * 3


def test_the_bars_are_where_the_parts_are() -> None:
    shown = figure(u="x + 1", v="2x + 1", x0=1, h=0.5)
    assert bar(shown, "area") == (0, 2, 0, 3)
    assert bar(shown, "v_du") == (2, 2.5, 0, 3)
    assert bar(shown, "u_dv") == (0, 2, 3, 4)
    assert bar(shown, "du_dv") == (2, 2.5, 3, 4)


def test_negative_sides_lie_beyond_the_axis_and_count_as_less() -> None:
    shown = figure(u="x - 2", v="x + 3", x0=1, h=0.5)
    # u goes from −1 to −0.5: the strip lies within the old rectangle, and v goes from 4 to 4.5
    assert bar(shown, "area") == (-1, 0, 0, 4)
    assert bar(shown, "v_du") == (-1, -0.5, 0, 4)
    values = shown.values()
    assert (values["u_dv"], values["v_du"], values["du_dv"]) == (-0.5, 2, 0.25)
    assert values["growth"] == pytest.approx(-0.5 * 4.5 - -1 * 4)
    assert "taken away" in str(shown.spoken)
    assert "taken away" not in str(figure().spoken)
    panel = shown.panel("rectangle")
    assert panel.view.x_low < -1
    assert panel.view.x_high > 0


def test_two_parts_settle_and_the_corner_vanishes() -> None:
    (table,) = figure(u="x^2", v="x^3", x0=1, h=0.3).tables
    rows = list(table.rows())
    assert table.highlighted is not None
    assert rows[table.highlighted][0] == 0.3
    assert rows[-1][1:] == pytest.approx((3, 2, 0, 5), abs=2e-3)  # u v′, v u′, nothing, 5x⁴
    assert [row[3] for row in rows] == sorted((row[3] for row in rows), reverse=True)


@pytest.mark.parametrize(
    ("u", "v", "x0", "words"),
    [
        ("ln(x)", "x", -1, "u is not defined at −1"),
        ("x", "sqrt(x)", -0.5, "v is not defined at −0.5"),
        ("x", "1/x", 0, "v is not defined at 0"),
    ],
)
def test_what_is_missing_is_said(u: str, v: str, x0: float, words: str) -> None:
    shown = figure(u=u, v=v, x0=x0, h=0.5)
    assert words in str(shown.spoken)
    assert shown.readout("growth").value is None
    assert words in str(shown.readout("growth").reason)
    assert shown.readout("product_slope").value is None
    for panel in shown.panels:
        assert all(math.isfinite(mark.x + mark.y) for mark in panel.marks if isinstance(mark, Handle))
        assert panel.view.x_low < panel.view.x_high


def test_at_a_corner_of_one_side_the_rule_has_nothing_to_say() -> None:
    shown = figure(u="abs(x)", v="x + 2", x0=0, h=0.5)
    assert shown.values()["growth"] == 0.5 * 2.5
    assert "u has no slope at 0" in str(shown.readout("product_slope").reason)
    assert not [mark for mark in shown.panel("plane").marks if mark.id == "tangent"]


def test_both_sides_are_written_in_one_letter() -> None:
    values = figure(u="w^2", v="3", x0=2).values()
    assert values["product_slope"] == 12
    assert figure(u="5", v="t", x0=2).values()["product_slope"] == 5
    with pytest.raises(ParameterError) as refusal:
        figure(u="w", v="x")
    assert "different letters" in str(refusal.value)


@pytest.mark.parametrize(
    "bad", [{"u": "2 +"}, {"v": "().__class__"}, {"h": 0}, {"h": 1e-20, "x0": 1}, {"x0": "nan"}]
)
def test_bad_values_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ParameterError) as refusal:
        figure(**bad)
    assert refusal.value.parameter in bad


def test_a_corner_is_dragged_along_its_path() -> None:
    scene = make_scene("product", {"u": "x + 1", "v": "2x", "x0": 1, "h": 0.5})
    # the path is the line v = 2(u − 1): its points are taken at their x, others at the nearest
    assert scene.moved("corner", 2.5, 3.0)["x0"] == pytest.approx(1.5, abs=1e-6)
    assert scene.moved("new-corner", 3, 4)["h"] == pytest.approx(1, abs=1e-6)
    off = changed(scene, scene.moved("corner", 2.9, 3.1)).figure()
    assert off.values()["v"] == pytest.approx(2 * (off.values()["u"] - 1))  # type: ignore[operator]
    assert scene.moved("x0", -2, 7) == {"x0": -2}


def test_where_the_path_meets_itself_the_point_stays() -> None:
    # u and v have the period 2π: the corner is at the same place again and again
    scene = make_scene("product", {"u": "cos(2x)", "v": "sin(2x)", "x0": 1, "h": 0.1})
    moved = scene.moved("corner", math.cos(2.2), math.sin(2.2))
    assert moved["x0"] == pytest.approx(1.1, abs=1e-6)
    constant = make_scene("product", {"u": "2", "v": "3"})
    assert constant.moved("corner", 5, 5) == {"x0": constant.x0}  # type: ignore[attr-defined]


def test_the_scale_stands_still_for_small_changes() -> None:
    views = {figure(u="x + 1", v="2x", x0=1, h=h).panel("rectangle").view for h in (0.4, 0.41, 0.45)}
    assert len(views) == 1


def test_a_prediction_stands_on_the_curve() -> None:
    shown = figure(u="x", v="x", x0=1, guess=1)
    (guess,) = (mark for mark in shown.panel("plane").marks if mark.id == "guess")
    assert isinstance(guess, Rule)
    assert (guess.x, guess.y, guess.slope) == (1, 1, 1)
    assert [panel.id for panel in figure(curve=False).panels] == ["rectangle"]


def test_the_worked_lines_hold_the_numbers() -> None:
    names, parts, slope = figure(u="x - 2", v="x + 3", x0=1, h=0.5).worked
    assert names == r"\Delta(uv) = u\,\Delta v + v\,\Delta u + \Delta u\,\Delta v"
    assert parts.endswith(r"\left(-1\right) \cdot 0.5 + 4 \cdot 0.5 + 0.5 \cdot 0.5 = 1.75")
    assert slope == r"u'v + u v' = 1 \cdot 4 + \left(-1\right) \cdot 1 = 3"


def test_marks_are_finite_beside_a_pole() -> None:
    shown = figure(u="1/x", v="x", x0=0.5, h=0.25)
    for mark in shown.panel("rectangle").marks:
        if isinstance(mark, Bars):
            assert np.isfinite([mark.left[0], mark.right[0], mark.bottom[0], mark.top[0]]).all()
    assert shown.values()["product_slope"] == pytest.approx(0)


def test_the_tangent_can_be_left_out() -> None:
    assert "tangent" not in {mark.id for mark in figure(tangent=False).panel("plane").marks}
    assert "tangent" in {mark.id for mark in figure().panel("plane").marks}
