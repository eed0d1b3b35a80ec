import math

import pytest

from engine.errors import ParameterError
from engine.figure import Curve, Figure, Handle, Label, Points, Rule, View
from engine.scene import changed, make_scene


def figure(**values: object) -> Figure:
    return make_scene("taylor", values).figure()


def mark(shown: Figure, panel: str, name: str) -> object:
    (found,) = (each for each in shown.panel(panel).marks if each.id == name)
    return found


def test_curriculum_8_the_miss_of_a_square_is_h_squared() -> None:
    # (x₀ + h)² − (x₀² + 2x₀h) = h²
    for h in (1.0, 0.5, 0.1, -0.3):
        values = figure(f="x^2", x0=1, h=h).values()
        assert values["prediction"] == pytest.approx(1 + 2 * h)
        assert values["actual"] == pytest.approx((1 + h) ** 2)
        assert values["miss"] == pytest.approx(h * h)
        assert values["ratio"] == pytest.approx(4, abs=1e-9)
        assert values["bound"] == pytest.approx(h * h)
    assert values["slope"] == 2


def test_the_polynomials_of_e() -> None:
    # 1 + 1 + 1/2 + 1/6 + … + 1/8! against e, whose remainder lies between 1/9! and e/9!
    values = figure(f="e^x", x0=0, h=1, order=8).values()
    assert values["prediction"] == pytest.approx(sum(1 / math.factorial(k) for k in range(9)), rel=1e-15)
    assert isinstance(values["miss"], float)
    assert 1 / math.factorial(9) < values["miss"] < math.e / math.factorial(9)
    assert values["bound"] == pytest.approx(math.e / math.factorial(9))
    assert values["coefficients"] == pytest.approx([1 / math.factorial(k) for k in range(9)])


def test_the_ratio_comes_near_to_the_power_of_the_first_term_left_out() -> None:
    for order, expected in ((1, 4), (2, 8), (3, 16)):
        values = figure(f="e^x", x0=0.5, h=0.01, order=order).values()
        assert values["expected_ratio"] == expected
        assert values["ratio"] == pytest.approx(expected, rel=0.01)
    assert figure(f="sin(x)", x0=0, h=0.01).values()["expected_ratio"] == 8


def test_the_table_halves() -> None:
    (table,) = figure(f="x^2", x0=3, h=0.1).tables
    rows = list(table.rows())
    assert [row[0] for row in rows] == sorted((row[0] for row in rows), reverse=True)
    assert table.highlighted is not None
    assert rows[table.highlighted][0] == 0.1
    assert all(row[3] == pytest.approx(row[0] ** 2) for row in rows)
    assert len(list(figure(f="x^2", x0=3, h=0.5).tables[0].rows())) == len(rows) - 1


def test_a_miss_lost_in_rounding_has_no_ratio() -> None:
    shown = figure(f="x^2", x0=1, h=0.1, order=2)
    assert shown.readout("ratio").value is None
    assert "rounding" in str(shown.readout("ratio").reason)
    assert "0" in str(shown.readout("expected_ratio").reason)
    assert not [each for each in shown.panel("misses").marks if isinstance(each, Points)]


@pytest.mark.parametrize(
    ("f", "x0", "words"),
    [
        ("relu(x)", 0, "no slope at 0"),
        ("ln(x)", -1, "not defined at −1"),
        ("x^(4/3)", 0, "derivative of order 2"),
    ],
)
def test_what_is_missing_is_said(f: str, x0: float, words: str) -> None:
    shown = figure(f=f, x0=x0, h=0.5, order=3)
    assert shown.readout("prediction").value is None
    assert words in str(shown.readout("miss").reason)
    assert words in str(shown.spoken)
    for panel in shown.panels:
        assert all(math.isfinite(each.y) for each in panel.marks if isinstance(each, Handle))
        assert panel.view.y_low < panel.view.y_high


def test_over_a_corner_the_tangent_still_predicts_but_nothing_bounds_the_miss() -> None:
    shown = figure(f="relu(x)", x0=-0.5, h=1)
    # the tangent is flat: it predicts 0, and ReLU is 0.5
    assert shown.values()["miss"] == 0.5
    assert shown.readout("bound").value is None
    assert "one piece to another" in str(shown.readout("bound").reason)


def test_where_the_place_is_outside_the_domain() -> None:
    shown = figure(f="sqrt(x)", x0=1, h=-1.5)
    assert shown.values()["prediction"] == 0.25  # 1 + ½ · (−1.5)
    assert shown.readout("actual").value is None
    assert "not defined at −0.5" in str(shown.spoken)


def test_marks_of_both_orders() -> None:
    tangent = mark(figure(f="x^3", x0=1, h=0.5), "plane", "polynomial")
    assert isinstance(tangent, Rule)
    assert (tangent.x, tangent.y, tangent.slope) == (1, 1, 3)
    cubic = mark(figure(f="x^3", x0=1, h=0.5, order=3), "plane", "polynomial")
    assert isinstance(cubic, Curve)
    assert cubic.y == pytest.approx(cubic.x**3, abs=1e-9)
    miss = mark(figure(f="x^3", x0=1, h=1), "plane", "miss")
    assert isinstance(miss, Curve)
    assert miss.y.tolist() == pytest.approx([4, 8])  # 1 + 3 against 2³
    assert isinstance(mark(figure(f="x^3", x0=1, h=1), "plane", "miss-label"), Label)


def test_the_second_panel_can_be_left_out() -> None:
    assert [panel.id for panel in figure(misses=False).panels] == ["plane"]


def test_a_prediction_stands_in_the_picture() -> None:
    guess = mark(figure(f="sqrt(x)", x0=4, h=0.1, guess=2.025), "plane", "guess")
    assert isinstance(guess, Points)
    assert (guess.x.tolist(), guess.y.tolist()) == ([4.1], [2.025])


def test_dragging() -> None:
    scene = make_scene("taylor", {"x0": 1, "h": -0.5})
    assert scene.moved("x0", 2, 9) == {"x0": 2}
    assert scene.moved("h", 3, 9) == {"h": 2}
    assert scene.moved("h", 1, 9) == {}
    assert scene.moved("size", 0.25, 9) == {"h": -0.25}


@pytest.mark.parametrize("bad", [{"h": 0}, {"h": 1e-20, "x0": 1}, {"order": 0}, {"order": 9}, {"order": 1.5}])
def test_bad_values_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ParameterError) as refusal:
        figure(**bad)
    assert refusal.value.parameter in bad


def test_a_view_of_the_learner_is_filled() -> None:
    shown = changed(make_scene("taylor"), {"f": "sin(x)", "order": 5}).figure({"plane": View(10, 20, -2, 2)})
    curve = mark(shown, "plane", "polynomial")
    assert isinstance(curve, Curve)
    assert (curve.x[0], curve.x[-1]) == (10, 20)


def test_worked_lines_hold_the_numbers() -> None:
    lines = figure(f="x^2", x0=1, h=-0.1).worked
    assert lines[0] == r"1 + 2 \cdot \left(-0.1\right) = 0.8"
    assert lines[1] == r"0.81 - 0.8 = 0.01"


def test_what_is_not_drawn_is_not_told() -> None:
    hidden = figure(f="sqrt(x)", x0=4, h=0.1, polynomial=False)
    assert str(hidden.spoken) == "At x₀ = 4 f is 2 and its slope is 0.25."
    assert {each.id for each in hidden.panel("plane").marks} & {"polynomial", "miss", "miss-label"} == set()
    assert [panel.id for panel in hidden.panels] == ["plane"]


def test_a_long_formula_is_computed_beside_the_window() -> None:
    long = "+".join(f"sin({k}x)" for k in range(1, 40))
    assert [make_scene("taylor", {"f": f, "order": order}).heavy for f, order in (("x^2", 8), (long, 1))] == [
        False,
        True,
    ]
