import math

import numpy as np
import pytest

from engine.errors import ParameterError
from engine.figure import Curve, Figure, Handle, Points, Span, View, linked_views
from engine.scene import changed, make_scene


def figure(**values: object) -> Figure:
    return make_scene("shape", values).figure()


def rows(shown: Figure) -> list[tuple[object, ...]]:
    (table,) = shown.tables
    assert [column.name for column in table.columns] == ["x", "value", "kind", "slope", "curvature"]
    return list(table.rows())


def mark(shown: Figure, panel: str, name: str) -> object:
    (found,) = (mark for mark in shown.panel(panel).marks if mark.id == name)
    return found


def test_curriculum_9() -> None:
    sine = [
        row for row in rows(figure(f="sin(x)", a=0, b="3pi")) if row[2] in ("local maximum", "local minimum")
    ]
    assert [row[0] for row in sine] == pytest.approx([math.pi / 2, 3 * math.pi / 2, 5 * math.pi / 2])
    assert [row[1] for row in sine] == pytest.approx([1, -1, 1])
    assert [row[2] for row in sine] == ["local maximum", "local minimum", "local maximum"]
    assert figure(f="x^3/3-x").values()["critical"] == [-1, 1]
    # f′ = x² − 1 at 2
    assert figure(f="x^3/3-x", cursor=2).values()["slope"] == 3


def test_curriculum_10() -> None:
    values = figure(f="x^3-3x", cursor=0.5).values()
    # 1/8 − 3/2, 3/4 − 3, 6/2
    assert (values["value"], values["slope"], values["curvature"]) == (-1.375, -2.25, 3)
    assert (values["direction"], values["concavity"]) == ("falling", "up")
    assert rows(figure(f="x^3-3x"))[1:-1] == [
        (-1, 2, "local maximum", 0, -6),
        (0, 0, "inflection", -3, 0),
        (1, -2, "local minimum", 0, 6),
    ]
    for source in ("x^4", "x^3"):
        (row,) = rows(figure(f=source))[1:-1]
        assert row == (0, 0, "undecided", 0, 0)
    assert "minus to plus, so it is a minimum" in str(figure(f="x^4", cursor=0).spoken)
    assert "neither" in str(figure(f="x^3", cursor=0).spoken)


def test_curriculum_11() -> None:
    (row,) = rows(figure(f="x^2-4x+4"))[1:-1]
    assert row == (2, 0, "local minimum", 0, 2)
    # curriculum 29: from 0 with rate 0.4 the distance to 2 shrinks to a fifth with each step
    for steps, x in [(1, 1.6), (2, 1.92), (3, 1.984), (4, 1.9968), (5, 1.99936)]:
        values = figure(f="x^2-4x+4", cursor=0, steps=steps, rate=0.4).values()
        assert values["walk_x"] == pytest.approx(x, rel=1e-14)
        assert values["walk_slope"] == pytest.approx(2 * x - 4, rel=1e-9)
        assert values["walk_value"] == pytest.approx((x - 2) ** 2, rel=1e-9)


def test_a_walk_of_no_steps_stands_where_it_starts() -> None:
    values = figure(f="x^2", cursor=1.5, steps=0).values()
    assert (values["walk_x"], values["walk_slope"]) == (1.5, 3)
    assert "walk_x" not in figure(f="x^2").values()
    assert "step 2 is at 0.25." in str(figure(f="x^2", cursor=1, steps=2, rate=0.25).spoken)


def test_a_walk_that_leads_nowhere_is_said() -> None:
    shown = figure(f="ln(x)", a=0.1, b=3, cursor=0.5, steps=20, rate=1)  # out of the domain at the first step
    assert shown.readout("walk_x").value is None
    assert "without a slope" in str(shown.readout("walk_x").reason)


def test_the_curves_have_their_names_and_end_with_the_interval() -> None:
    shown = figure(f="x^2", a=-1, b=2)
    assert shown.stacked
    for panel, power in (("function", 2), ("slope", 1), ("curvature", 0)):
        curve = mark(shown, panel, panel)
        assert isinstance(curve, Curve)
        assert (curve.x[0], curve.x[-1]) == (-1, 2)
        expected = {2: curve.x**2, 1: 2 * curve.x, 0: np.full(curve.x.shape, 2.0)}[power]
        assert curve.y == pytest.approx(expected)


def test_show_says_how_far_down() -> None:
    assert [panel.id for panel in figure(show="function").panels] == ["function"]
    assert [panel.id for panel in figure(show="slope").panels] == ["function", "slope"]
    hidden = figure(show="function", tangent=False, marked=False)
    assert "slope" not in str(hidden.spoken)
    assert "f″" not in str(figure(show="slope").spoken)
    assert "inflection" not in str(figure(show="slope").spoken)
    assert not [mark for mark in hidden.panels[0].marks if isinstance(mark, Points)]


def test_what_is_to_be_drawn_by_hand_is_not_given_away() -> None:
    shown = figure(show="curvature", follow=False, tangent=False, marked=False, shade="none")
    assert str(shown.spoken) == "At −1.5, f is 1.125."
    for panel in ("slope", "curvature"):
        assert {mark.id for mark in shown.panel(panel).marks} == {panel, "zero", "cursor line"}
    assert mark(shown, "function", "cursor")


def test_bands_follow_the_signs() -> None:
    def spans(shown: Figure, panel: str) -> list[tuple[float, float, str]]:
        return [
            (mark.low, mark.high, mark.role.value)
            for mark in shown.panel(panel).marks
            if isinstance(mark, Span)
        ]

    shown = figure(f="x^3-3x")
    rising, falling = "tangent", "secant"
    assert spans(shown, "function") == [(-3, -1, rising), (-1, 1, falling), (1, 3, rising)]
    assert spans(shown, "slope") == spans(shown, "function")
    assert spans(shown, "curvature") == [(-3, 0, "area"), (0, 3, "curvature")]
    bent = figure(f="x^3-3x", shade="curvature")
    assert spans(bent, "function") == spans(shown, "curvature")
    assert not any(spans(figure(shade="none"), panel) for panel in ("function", "slope", "curvature"))


@pytest.mark.parametrize(
    ("f", "cursor", "name", "reason"),
    [
        ("abs(x)", 0, "slope", "corner at 0: slope −1 on its left, 1 on its right"),
        ("x^(1/3)", 0, "slope", "upright"),
        ("floor(x)", 1, "slope", "no slope"),
        ("1/x", 0, "value", "not defined at 0"),
        ("ln(x)", -1, "curvature", "not defined at −1"),
        ("x|x|", 0, "curvature", "f′ has no slope"),
    ],
)
def test_what_does_not_exist_is_said_in_words(f: str, cursor: float, name: str, reason: str) -> None:
    shown = figure(f=f, cursor=cursor)
    assert shown.readout(name).value is None
    assert reason in str(shown.readout(name).reason)
    assert reason in str(shown.spoken)
    handle = mark(shown, "function", "cursor")
    assert isinstance(handle, Handle)
    assert math.isfinite(handle.y)


def test_too_fast_to_follow() -> None:
    shown = figure(f="sin(1000x)")
    assert shown.readout("maxima").value is None
    assert "too fast" in str(shown.readout("maxima").reason)
    assert "too fast" in str(shown.spoken)


def test_a_constant_has_no_special_points() -> None:
    shown = figure(f="5")
    assert [row[2] for row in rows(shown)] == ["end", "end"]
    assert shown.readout("critical").value is None
    assert shown.values()["direction"] == "level"
    assert shown.values()["concavity"] == "neither"


@pytest.mark.parametrize(
    "values", [{"a": 2, "b": 2}, {"a": 3, "b": -3}, {"a": 1, "b": 1 + 1e-9}, {"b": 1e300}, {"steps": -1}]
)
def test_intervals_that_are_none(values: dict[str, float]) -> None:
    with pytest.raises(ParameterError) as refusal:
        make_scene("shape", values)
    assert refusal.value.parameter in {*values, "b"}
    assert str(refusal.value)


def test_the_cursor_keeps_to_the_interval_under_the_hand() -> None:
    scene = make_scene("shape", {"a": -1, "b": 2, "cursor": 0})
    assert scene.moved("cursor", 5, 0) == {"cursor": 2}
    assert scene.clicked("slope", -7, 3) == {"cursor": -1}
    assert scene.nudged("cursor", 1, 0) == {"cursor": pytest.approx(0.03)}
    assert scene.nudged("cursor", 0, 1) == {}
    assert changed(scene, scene.nudged("cursor", 1000, 0)).figure().values()["value"] is not None


def test_the_view_stands_still_while_an_end_moves_a_little() -> None:
    views = [make_scene("shape", {"a": a}).figure().panels[0].view for a in (-2.6, -2.95, -3)]
    assert len({(view.x_low, view.x_high) for view in views}) == 1
    assert views[1] == views[2]


def test_the_whole_curve_is_in_view_if_it_is_not_out_of_proportion() -> None:
    # x³/3 − x on [−2.5, 2.5] goes from −2.71 to 2.71, and its middle from −0.67 to 0.67
    view = figure(f="x^3/3 - x", a=-2.5, b=2.5).panels[0].view
    assert view.y_low < -2.7
    assert view.y_high > 2.7


def test_panels_share_the_interval_chosen_last() -> None:
    own = {"function": View(0, 1, 0, 1), "slope": View(0, 1, -5, 5)}
    assert linked_views(own, {}) == own
    one = linked_views(own, {"slope": View(2, 3, -1, 1)})
    assert one == {"function": View(2, 3, 0, 1), "slope": View(2, 3, -1, 1)}
    both = linked_views(own, {"slope": View(2, 3, -1, 1), "function": View(4, 5, 7, 8)})
    assert both == {"function": View(4, 5, 7, 8), "slope": View(4, 5, -1, 1)}
    assert linked_views(own, {"plane": View(2, 3, 4, 5)}) == own
    curve = make_scene("shape").figure({"slope": View(0, 1, -5, 5)}).panel("function").marks
    (drawn,) = (each for each in curve if each.id == "function")
    assert isinstance(drawn, Curve)
    assert (drawn.x[0], drawn.x[-1]) == (0, 1)


def test_worked_lines_hold_the_derivative_and_its_number() -> None:
    first, second = figure(f="x^3-3x", cursor=2).worked
    assert first == r"f'(x) = 3 x^{2} - 3,\quad f'(2) = 9"
    assert second == r"f''(x) = 6 x,\quad f''(2) = 12"
    assert len(figure(show="slope").worked) == 1
    assert figure(show="function").worked == ()


@pytest.mark.parametrize("variable", ["w", "t", "θ"])
def test_other_letters_name_the_axes(variable: str) -> None:
    shown = figure(f=f"{variable}^2", cursor=1)
    assert shown.values()["slope"] == 2
    assert shown.panels[0].x_axis.latex in (variable, r"\theta")


@pytest.mark.parametrize(
    ("f", "cursor", "turn"), [("-x^4", 0, -1), ("x^4", 0, 1), ("x^3", 0, 0), ("abs(x)", 0, 1), ("x^2", 1, 0)]
)
def test_how_the_slope_turns_at_the_cursor(f: str, cursor: float, turn: float) -> None:
    values = figure(f=f, cursor=cursor).values()
    assert values["turn"] == turn
    assert values["corner"] is (f == "abs(x)")


def test_without_curvature_there_is_nothing_to_decide() -> None:
    assert "undecided" not in str(figure(f="x^3", show="slope").spoken)
    assert "level at 0" in str(figure(f="x^3", show="slope").spoken)
    assert "corner at 0" in str(figure(f="relu(x) + x").spoken)
