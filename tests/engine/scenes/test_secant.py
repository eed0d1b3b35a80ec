import math

import pytest

from engine.errors import ParameterError
from engine.figure import Curve, Handle, Label, Points, Rule, View
from engine.scene import changed, make_scene


def readouts(**values: object) -> dict[str, object]:
    return make_scene("secant", values).figure().values()


@pytest.mark.parametrize(
    ("h", "slope"), [(0.1, 2.3), (0.01, 2.03), (0.001, 2.003), (1e-4, 2.0003), (1e-5, 2.00003)]
)
def test_curriculum_6(h: float, slope: float) -> None:
    # ((1 + h)² · 3 − 4(1 + h) − (−1)) / h = 2 + 3h
    values = readouts(f="3x^2-4x", x0=1, h=h)
    assert values["secant_slope"] == pytest.approx(slope, abs=5e-9)
    assert values["tangent_slope"] == 2
    assert values["error"] == pytest.approx(3 * h, abs=1e-9)
    assert values["tangent_intercept"] == -3


@pytest.mark.parametrize(
    ("scheme", "slope"),
    [("forward", 3 + 3 * 0.5 + 0.25), ("backward", 3 - 3 * 0.5 + 0.25), ("central", 3 + 0.25)],
)
def test_schemes_on_a_cube(scheme: str, slope: float) -> None:
    # ((1 ± h)³ − 1) / ±h = 3 ± 3h + h²; their mean is 3 + h²
    assert readouts(f="x^3", x0=1, h=0.5, scheme=scheme)["secant_slope"] == pytest.approx(slope)


def test_a_corner_has_two_secants_and_no_tangent() -> None:
    right, left = readouts(f="abs(x)", x0=0, h=0.1), readouts(f="abs(x)", x0=0, h=-0.1)
    assert (right["secant_slope"], left["secant_slope"]) == (1, -1)
    figure = make_scene("secant", {"f": "abs(x)", "x0": 0}).figure()
    assert figure.readout("tangent_slope").value is None
    assert "no slope" in str(figure.readout("tangent_slope").reason)
    assert "There is no tangent" in str(figure.spoken)
    assert not [mark for mark in figure.panels[0].marks if mark.id == "tangent"]


@pytest.mark.parametrize(
    ("f", "x0", "h"), [("ln(x)", -1, 0.5), ("1/x", 0, 1), ("sqrt(x)", 0.5, -1), ("0/0*x", 0, 1)]
)
def test_outside_the_domain_is_said(f: str, x0: float, h: float) -> None:
    figure = make_scene("secant", {"f": f, "x0": x0, "h": h}).figure()
    assert figure.readout("secant_slope").value is None
    assert "not defined" in str(figure.spoken)
    assert all(math.isfinite(mark.y) for mark in figure.panels[0].marks if isinstance(mark, Handle))


def test_h_may_be_negative_but_not_nothing() -> None:
    for h in (0, "0", 1e-20):
        with pytest.raises(ParameterError) as refusal:
            make_scene("secant", {"h": h})
        assert refusal.value.parameter == "h"


def test_dragging_follows_the_scheme() -> None:
    scene = make_scene("secant", {"x0": 1, "h": 0.5})
    assert scene.moved("h", 3, 0) == {"h": 2}
    assert changed(scene, {"scheme": "backward"}).moved("h", 0, 0) == {"h": 1}
    assert scene.moved("h", 1, 0) == {}  # onto the point itself: there is no secant, so nothing moves
    assert scene.moved("x0", -2, 7) == {"x0": -2}


def test_the_table_approaches_with_the_h_on_screen_among_its_rows() -> None:
    (table,) = make_scene("secant", {"x0": 1, "h": 0.25}).figure().tables
    rows = list(table.rows())
    assert [row[0] for row in rows] == sorted((row[0] for row in rows), reverse=True)
    assert table.highlighted is not None
    assert rows[table.highlighted] == pytest.approx((0.25, 2.25, 0.25))
    assert all(row[2] == pytest.approx(row[0], rel=1e-3) for row in rows)  # x²: the error is h


def test_the_window_stands_still_while_the_point_moves_in_it() -> None:
    views = {make_scene("secant", {"x0": x0}).figure().panels[0].view for x0 in (-3.9, -1, 0, 2, 3.9)}
    assert len(views) == 1
    far = make_scene("secant", {"x0": 100}).figure().panels[0].view
    assert far.x_low < 100 < far.x_high


def test_a_prediction_stands_in_the_picture() -> None:
    marks = make_scene("secant", {"x0": 1, "guess": 3}).figure().panels[0].marks
    (guess,) = (mark for mark in marks if mark.id == "guess")
    assert isinstance(guess, Rule)
    assert (guess.x, guess.y, guess.slope) == (1, 1, 3)
    assert not [mark for mark in make_scene("secant").figure().panels[0].marks if mark.id == "guess"]


def test_labels_leave_when_there_is_no_room_for_them() -> None:
    def labels(h: float) -> list[Label]:
        return [
            mark
            for mark in make_scene("secant", {"h": h}).figure().panels[0].marks
            if isinstance(mark, Label)
        ]

    assert len(labels(1.0)) == 2
    assert labels(0.001) == []


def test_a_hole_is_an_open_circle_and_a_pole_is_not_crossed() -> None:
    hole = make_scene("secant", {"f": "sin(x)/x", "x0": 1}).figure().panels[0].marks
    (circle,) = (mark for mark in hole if isinstance(mark, Points) and mark.open)
    assert (circle.x.tolist(), circle.y.tolist()) == ([0.0], pytest.approx([1.0]))
    view = View(-2, 2, -5, 5)
    pole = make_scene("secant", {"f": "1/x", "x0": 1}).figure({"plane": view}).panels[0].marks
    (curve,) = (mark for mark in pole if isinstance(mark, Curve) and mark.id == "curve")
    left, right = curve.x < 0, curve.x > 0
    between = (~left & ~right) | ~(curve.y == curve.y)
    assert between[left.nonzero()[0].max() + 1 : right.nonzero()[0].min()].any() or (curve.y != curve.y).any()


def test_the_worked_line_holds_the_numbers() -> None:
    (line,) = make_scene("secant", {"f": "3x^2-4x", "x0": 1, "h": 0.1}).figure().worked
    # (f(1.1) − f(1)) / 0.1 = (−0.77 − (−1)) / 0.1 = 2.3
    assert line.endswith(r"= \frac{-0.77 - \left(-1\right)}{0.1} = 2.3")


@pytest.mark.parametrize("variable", ["w", "t", "θ"])
def test_other_letters_name_the_axes(variable: str) -> None:
    figure = make_scene("secant", {"f": f"{variable}^2"}).figure()
    assert figure.panels[0].x_axis.latex in (variable, r"\theta")
    assert figure.values()["tangent_slope"] == 2


def test_what_is_not_drawn_is_not_told() -> None:
    hidden = make_scene("secant", {"tangent": False}).figure()
    assert "tangent" not in str(hidden.spoken)
    assert not [mark for mark in hidden.panels[0].marks if mark.id == "tangent"]


def test_no_tangent_where_the_function_has_no_value() -> None:
    # the rule for a constant gives 0, but 0/0 is none
    for f in ("0/0", "x + 0*sqrt(-x)"):
        assert readouts(f=f, x0=1, h=1)["tangent_slope"] is None


def test_beyond_the_largest_number_is_not_outside_the_domain() -> None:
    figure = make_scene("secant", {"f": "x^2", "x0": 1, "h": 1e308}).figure()
    assert "too large" in str(figure.readout("secant_slope").reason)


def test_the_first_view_shows_what_happens_in_the_middle() -> None:
    # x⁴ − 3x² + x has its valleys at −3.51 and −1.07 and its hill at 0.08; at the sides it is beyond 300
    view = make_scene("secant", {"f": "x^4 - 3x^2 + x"}).figure().panels[0].view
    assert view.y_low < -3.6
    assert 2 < view.y_high < 40
    # x² is four times as high at the sides as half way: all of it is shown
    assert make_scene("secant", {"f": "x^2"}).figure().panels[0].view.y_high > 4.4**2


@pytest.mark.parametrize("f", ["sqrt(-1-x^2)", "5", "ln(x-3)", "1e300*x", "tan(x)"])
def test_every_function_has_a_view(f: str) -> None:
    view = make_scene("secant", {"f": f}).figure().panels[0].view
    assert view.y_low < view.y_high
    assert math.isfinite(view.y_high - view.y_low)


def test_the_second_point_can_be_left_out() -> None:
    figure = make_scene("secant", {"f": "2x + 1", "x0": 3, "secant": False, "tangent": False}).figure()
    drawn = {mark.id for mark in figure.panels[0].marks}
    assert "x0" in drawn
    assert not drawn & {"h", "secant", "tangent"}
    # 2 · 3 + 1
    assert str(figure.spoken) == "At x₀ = 3, f is 7."
    # slope 2, and no word of the secant's
    spoken = make_scene("secant", {"f": "2x + 1", "x0": 3, "secant": False}).figure().spoken
    assert str(spoken) == "At x₀ = 3, the tangent’s slope is 2."
