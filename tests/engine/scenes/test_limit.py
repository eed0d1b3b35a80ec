import math

import numpy as np
import pytest

from engine.errors import ParameterError
from engine.figure import Curve, Figure, Handle, Points, Rule, Span
from engine.scene import changed, make_scene

INF = math.inf


def figure(**values: object) -> Figure:
    return make_scene("limit", values).figure()


def readouts(**values: object) -> dict[str, object]:
    return figure(**values).values()


def mark(shown: Figure, name: str) -> object:
    (found,) = (each for each in shown.panels[0].marks if each.id == name)
    return found


def names(shown: Figure) -> set[str]:
    return {each.id for each in shown.panels[0].marks}


def test_curriculum_2() -> None:
    values = readouts(f="2x", c=3)
    assert (values["limit"], values["value_at_c"]) == (pytest.approx(6), 6)
    assert (values["continuous"], values["break_kind"]) == (True, "none")
    for radius in (1e-1, 1e-3, 1e-4):
        values = readouts(f="sin(x)/x", c=0, radius=radius, delta="none")
        assert values["limit"] == pytest.approx(1)
        assert values["value_at_c"] is None
        # sin(r)/r = 1 − r²/6 + …
        assert values["left_value"] == values["right_value"] == pytest.approx(1 - radius**2 / 6, abs=1e-6)


def test_curriculum_3() -> None:
    pole = readouts(f="1/x", c=0)
    assert (pole["left_limit"], pole["right_limit"], pole["exists"]) == (-INF, INF, False)
    assert (pole["limit_reason"], pole["break_kind"]) == ("unbounded", "infinite")
    (table,) = figure(f="1/x", c=0).tables
    rows = list(table.rows())
    right = [(x, value) for x, value, side in rows if side == "right"]
    assert right == [(10.0**-k, pytest.approx(10.0**k)) for k in range(1, 7)]
    assert [(-x, -value) for x, value, side in rows if side == "left"] == right
    jump = readouts(f="step(x)", c=0)
    assert (jump["left_limit"], jump["right_limit"], jump["value_at_c"]) == (0, 1, 1)
    assert (jump["exists"], jump["limit_reason"], jump["break_kind"]) == (False, "one-sided", "jump")
    for c in (0, "inf"):
        wild = readouts(f="sin(1/x)" if c == 0 else "sin(x)", c=c)
        assert (wild["exists"], wild["limit_reason"], wild["limit"]) == (False, "oscillation", None)
    assert readouts(f="sin(1/x)", c=0)["break_kind"] == "oscillation"
    assert readouts(f="sin(x)", c=1)["limit"] == pytest.approx(math.sin(1))


def test_curriculum_4() -> None:
    values = readouts(f="sin(x)/x", c=0, epsilon=1e-5)
    assert values["largest_delta"] == pytest.approx(0.0077460, abs=1e-6)
    tried = {k: readouts(epsilon=1e-5, delta=10.0**-k)["counterexample"] for k in range(5)}
    assert [k for k, x in tried.items() if x is None] == [3, 4]  # 1e-3 is the first power of ten that works
    for k in (0, 1, 2):
        assert abs(math.sin(tried[k]) / tried[k] - 1) >= 1e-5


@pytest.mark.parametrize("f", ["sigmoid(x)", "tanh(x)", "relu(x)", "gelu(x)"])
@pytest.mark.parametrize("c", [-1, 0, 2])
def test_curriculum_5(f: str, c: float) -> None:
    values = readouts(f=f, c=c)
    assert (values["exists"], values["continuous"], values["break_kind"]) == (True, True, "none")


@pytest.mark.parametrize(
    ("f", "c", "kind"),
    [
        ("sin(x)/x", 0, "removable"),
        ("(x^2-1)/(x-1)", 1, "removable"),
        ("5 if x == 2 else x", 2, "removable"),
        ("step(x)", 0, "jump"),
        ("floor(x)", 1, "jump"),
        ("1/x", 0, "infinite"),
        ("1/x^2", 0, "infinite"),
        ("tan(x)", "pi/2", "infinite"),
        ("e^(1/x)", 0, "infinite"),
        ("sin(1/x)", 0, "oscillation"),
        ("abs(x)", 0, "none"),
        ("x*sin(1/x) if x != 0 else 0", 0, "none"),
        ("sqrt(x)", 0, None),
        ("ln(x)", -1, None),
    ],
)
def test_kinds_of_breaks(f: str, c: object, kind: str | None) -> None:
    shown = figure(f=f, c=c)
    assert shown.readout("break_kind").value == kind
    assert shown.readout("continuous").value is (kind == "none")
    assert (shown.readout("break_kind").reason is None) == (kind is not None)


def test_one_side_alone() -> None:
    right, left = readouts(f="step(x)", side="right"), readouts(f="step(x)", side="left")
    assert (right["limit"], right["continuous"], right["break_kind"]) == (1, True, "none")
    assert (left["limit"], left["continuous"], left["break_kind"]) == (0, False, "jump")
    edge = readouts(f="sqrt(x)", side="right")
    assert (edge["limit"], edge["exists"], edge["continuous"]) == (0, True, True)


@pytest.mark.parametrize("c", ["inf", "∞", "+inf", INF, "oo"])
def test_infinity_is_typed_in_many_ways(c: object) -> None:
    values = readouts(f="(3x+1)/(x-2)", c=c, epsilon=0.01, delta=1)
    assert values["limit"] == pytest.approx(3)
    # |7/(x − 2)| < 0.01 for x > 702
    assert values["largest_delta"] == pytest.approx(1 / 702)
    assert 1 < values["counterexample"] <= 702


def test_minus_infinity_comes_from_the_right() -> None:
    shown = figure(f="e^x", c="-inf")
    assert shown.readout("limit").value == 0
    assert shown.panels[0].view.x_high < 0
    assert all(row[2] == "right" and row[0] < 0 for row in shown.tables[0].rows())


def test_other_numbers_than_c_stay_finite() -> None:
    for name in ("epsilon", "delta", "radius", "guess"):
        with pytest.raises(ParameterError):
            make_scene("limit", {name: "inf"})
    with pytest.raises(ParameterError):
        make_scene("limit", {"c": "1e999"})


@pytest.mark.parametrize("bad", [{"epsilon": 0}, {"epsilon": -1}, {"delta": 0}, {"radius": 1e-13}])
def test_bands_and_window_are_positive(bad: dict[str, float]) -> None:
    with pytest.raises(ParameterError) as refusal:
        make_scene("limit", bad)
    assert refusal.value.parameter in bad


def test_a_window_too_small_to_tell_x_from_c_is_refused() -> None:
    with pytest.raises(ParameterError) as refusal:
        make_scene("limit", {"c": 1e6, "radius": 1e-12})
    assert refusal.value.parameter == "radius"
    with pytest.raises(ParameterError) as refusal:
        make_scene("limit", {"c": 1e6, "delta": 1e-12, "radius": 1})
    assert refusal.value.parameter == "delta"


@pytest.mark.parametrize(
    ("f", "c", "words"),
    [
        ("ln(x)", -2, "no values"),
        ("sqrt(x)", 0, "left of 0"),
        ("0/0", 0, "no values"),
        ("1/x", 0, "leaves every bound"),
        ("1/x^2", 0, "leaves every bound"),
        ("sin(1/x)", 0, "both sides"),
        ("floor(x)", 1, "From the left"),
        ("sin(x)/x", 0, "has no value"),
        ("5 if x == 2 else x", 2, "itself it is 5"),
        ("3", 1, "its value there"),
        ("sin(x)", "inf", "oscillates"),
    ],
)
def test_the_sentence_says_what_there_is(f: str, c: object, words: str) -> None:
    assert words in str(figure(f=f, c=c).spoken)


def test_what_cannot_be_told_is_not_denied() -> None:
    # Arnold's limit is 1; floats lose it, and SymPy does not find it in time
    shown = figure(f="(sin(tan(x))-tan(sin(x)))/(asin(atan(x))-atan(asin(x)))", c=0)
    if shown.readout("limit").value is None:
        assert shown.readout("exists").value is None
        assert "cannot tell" in str(shown.spoken)
        assert "cannot tell" in str(shown.readout("largest_delta").reason)
    else:
        assert shown.readout("limit").value == pytest.approx(1, abs=1e-4)


def test_a_constant_needs_no_delta() -> None:
    values = readouts(f="3", c=1, epsilon=1e-9)
    assert (values["largest_delta"], values["counterexample"]) == (INF, None)


def test_no_limit_no_delta_but_a_guess_can_be_tried() -> None:
    assert readouts(f="step(x)", epsilon=0.25)["largest_delta"] is None
    shown = figure(f="step(x)", epsilon=0.25, delta=1e-3, guess=0.5)
    assert shown.readout("largest_delta").value is None
    assert "No δ will do" in str(shown.readout("largest_delta").reason)
    assert 0 < abs(shown.readout("counterexample").value) < 1e-3
    assert mark(shown, "guess").y == 0.5


def test_holes_and_ends_at_c() -> None:
    hole = mark(figure(f="sin(x)/x"), "c open")
    assert isinstance(hole, Points)
    assert (hole.x.tolist(), hole.y.tolist()) == ([0], [1])
    jump = figure(f="step(x)")
    assert mark(jump, "c open").y.tolist() == [0]
    assert mark(jump, "c closed").y.tolist() == [1]
    moved_point = figure(f="5 if x == 2 else x", c=2)
    assert mark(moved_point, "c open").y.tolist() == pytest.approx([2])
    assert mark(moved_point, "c closed").y.tolist() == [5]
    assert not {"c open", "c closed"} & names(figure(f="abs(x)"))
    assert not {"c open", "c closed"} & names(figure(f="tan(x)", c="pi/2"))


def test_the_bands_are_where_epsilon_and_delta_say() -> None:
    shown = figure(f="2x", c=3, epsilon=0.5, delta=0.1, radius=1)
    epsilon, delta = mark(shown, "epsilon-band"), mark(shown, "delta-band")
    assert isinstance(epsilon, Span)
    assert (epsilon.axis, epsilon.low, epsilon.high) == ("y", pytest.approx(5.5), pytest.approx(6.5))
    assert (delta.low, delta.high) == (pytest.approx(2.9), pytest.approx(3.1))
    right = mark(figure(f="2x", c=3, delta=0.1, radius=1, side="right"), "delta-band")
    assert (right.low, right.high) == (3, pytest.approx(3.1))


def test_what_leaves_the_band_is_marked() -> None:
    shown = figure(f="x^2", c=0, epsilon=0.25, delta=1, radius=1)
    outside = mark(shown, "outside")
    assert isinstance(outside, Curve)
    drawn = outside.x[np.isfinite(outside.y)]
    assert np.abs(drawn).min() == pytest.approx(0.5, abs=0.01)
    assert np.abs(drawn).max() == pytest.approx(1, abs=0.01)
    assert "outside" not in names(figure(f="x^2", c=0, epsilon=0.25, delta=0.4, radius=1))


@pytest.mark.parametrize("radius", [1e-1, 1e-3, 1e-6, 1e-9, 1e-12])
@pytest.mark.parametrize(("f", "c"), [("2x", 3), ("sin(x)/x", 0), ("cos(x)", "pi"), ("x^2", 1e3)])
def test_zoom_keeps_its_digits(f: str, c: object, radius: float) -> None:
    if c == 1e3 and radius == 1e-12:
        return
    scene = make_scene("limit", {"f": f, "c": c, "radius": radius, "epsilon": None, "delta": None})
    panel = scene.figure().panels[0]
    view = panel.view
    assert view.x_high - view.x_low == pytest.approx(2.5 * radius, rel=1e-3)
    # so that sixteen digits can tell places on the axis apart
    assert max(abs(view.x_low), abs(view.x_high)) <= 2e4 * (view.x_high - view.x_low)
    assert view.y_low < view.y_high
    (curve,) = (each for each in panel.marks if each.id == "curve")
    assert np.isfinite(curve.y).sum() > 100
    near = make_scene("limit", {"c": 3, "f": "2x", "radius": radius}).figure().panels[0].x_axis.latex
    assert near == ("x-c" if radius < 3e-4 else "x")


def test_a_zoomed_line_stays_a_line() -> None:
    scene = make_scene("limit", {"f": "2x", "c": 3, "radius": 1e-9, "epsilon": None, "delta": None})
    curve = mark(scene.figure(), "curve")
    assert curve.y == pytest.approx(2 * curve.x, abs=1e-14)


def test_dragging() -> None:
    scene = make_scene("limit", {"f": "2x", "c": 3, "epsilon": 0.2, "delta": 0.1, "radius": 1})
    assert scene.moved("epsilon", 3, 6.15) == {"epsilon": pytest.approx(0.15)}
    assert scene.moved("epsilon", 3, 9) == {"epsilon": pytest.approx(0.3)}  # the panel keeps its height
    assert scene.moved("delta", 3.25, 6) == {"delta": pytest.approx(0.25)}
    assert scene.moved("delta", 3, 6) == {}
    wide = make_scene("limit")
    assert wide.moved("c", 2.5, 0) == {"c": 2.5}
    assert wide.moved("c", 0.983, 0) == {"c": 1}  # a break can be met
    assert wide.moved("c", 60, 0) == {"c": 4.9}
    far = make_scene("limit", {"f": "1/x", "c": "inf", "radius": 0.1, "delta": 0.05})
    assert far.moved("delta", 40, 0) == {"delta": pytest.approx(1 / 40)}


def test_every_handle_moves_by_both_pairs_of_keys() -> None:
    scene = make_scene("limit")
    for handle in (each for each in scene.figure().panels[0].marks if isinstance(each, Handle)):
        (name,) = handle.parameters
        for step in ((1, 0), (0, 1)):
            assert getattr(changed(scene, scene.nudged(handle.id, *step)), name) > getattr(scene, name)


def test_ten_keys_of_a_tenth_are_one() -> None:
    scene = make_scene("limit", {"f": "floor(x)"})
    for _ in range(10):
        scene = changed(scene, scene.nudged("c", 1, 0))
    assert scene.c == 1
    assert scene.figure().values()["break_kind"] == "jump"


def test_the_window_stands_still_while_c_is_dragged_in_it() -> None:
    views = [figure(f="floor(x)", c=c, epsilon="none").panels[0].view for c in (-4.5, -0.3, 1, 4.9)]
    assert len({(view.x_low, view.x_high) for view in views}) == 1


def test_what_is_not_drawn_is_not_told() -> None:
    hidden = figure(f="sin(x)/x", verdict=False, epsilon="none", delta="none", radius=0.5)
    assert "goes to" not in str(hidden.spoken)
    assert "0.958851" in str(hidden.spoken)  # sin(0.5)/0.5
    assert "limit" not in names(hidden)
    assert hidden.worked == ()
    assert isinstance(mark(figure(f="sin(x)/x"), "limit"), Rule)


def test_a_prediction_stands_in_the_picture() -> None:
    guess = mark(figure(f="sin(x)/x", guess=0.5), "guess")
    assert isinstance(guess, Rule)
    assert (guess.y, guess.slope) == (0.5, 0)


def test_the_worked_lines_hold_the_numbers() -> None:
    first, second = figure(f="2x", c=3, epsilon=0.5).worked
    assert first == r"\lim_{x \to 3} 2 x = 6"
    assert r"< 0.25" in second
    assert r"< 0.5" in second


@pytest.mark.parametrize("variable", ["w", "t", "θ"])
def test_other_letters(variable: str) -> None:
    shown = figure(f=f"sin({variable})/{variable}")
    assert shown.panels[0].x_axis.latex in (variable, r"\theta")
    assert shown.readout("limit").value == 1


@pytest.mark.parametrize(
    "f", ["0/0", "ln(-1-x^2)", "tan(x)", "floor(1/x)", "e^(e^x)", "1e300*x", "x if x > 3 else 1/0"]
)
@pytest.mark.parametrize("c", [0, 2, "inf", "-inf"])
def test_every_function_has_a_view_and_a_sentence(f: str, c: object) -> None:
    shown = figure(f=f, c=c)
    view = shown.panels[0].view
    assert all(map(math.isfinite, (view.x_low, view.x_high, view.y_low, view.y_high)))
    assert view.y_low < view.y_high
    assert str(shown.spoken).endswith(".")
    for readout in shown.readouts:
        assert readout.value is not None or readout.reason is not None
