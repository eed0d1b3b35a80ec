import math

import pytest

from engine.errors import ParameterError
from engine.figure import Arrows, Handle, Label
from engine.scene import changed, make_scene


def readouts(**values: object) -> dict[str, object]:
    return make_scene("chain", values).figure().values()


def mark(figure, name):
    return next(mark for mark in figure.panels[0].marks if mark.id == name)


@pytest.mark.parametrize("x0", [0.0, 0.3, math.pi / 3, 2.0])
def test_curriculum_19_sine_of_3x(x0: float) -> None:
    values = readouts(f="sin 3x", x0=x0)
    assert values["slope_1"] == 3
    assert values["slope_2"] == pytest.approx(math.cos(3 * x0))
    assert values["product"] == pytest.approx(3 * math.cos(3 * x0))
    assert values["derivative"] == pytest.approx(3 * math.cos(3 * x0))


@pytest.mark.parametrize("x0", [0.5, 1.0, 2.0])
def test_curriculum_19_sine_of_a_square(x0: float) -> None:
    values = readouts(f="sin(x^2)", x0=x0)
    assert (values["slope_1"], values["slope_2"]) == (2 * x0, pytest.approx(math.cos(x0**2)))
    assert values["product"] == pytest.approx(2 * x0 * math.cos(x0**2), rel=1e-14)


def test_curriculum_19_a_neuron() -> None:
    values = readouts(f="sigmoid(2w + 0.1)", x0=0.5)
    assert round(values["product"], 6) == 0.374740
    assert round(values["derivative"], 6) == 0.374740


def test_a_long_chain_multiplies_all_its_slopes() -> None:
    """tanh three times from 1: each slope is 1 − tanh² of what it is given."""
    a = math.tanh(1)
    b = math.tanh(a)
    slopes = [1 - a**2, 1 - b**2, 1 - math.tanh(b) ** 2]
    values = readouts(f="tanh(tanh(tanh x))", x0=1)
    assert [values[f"slope_{index}"] for index in (1, 2, 3)] == pytest.approx(slopes)
    assert values["product"] == pytest.approx(math.prod(slopes))


def test_what_the_nudge_makes() -> None:
    # (2·(1 + 0.1))² − 2² = 0.84, and the slopes say 2 · 4 · 0.1 = 0.8
    values = readouts(f="(2x)^2", x0=1, h=0.1)
    assert values["change"] == pytest.approx(0.84)
    assert values["predicted"] == pytest.approx(0.8)
    assert values["miss"] == pytest.approx(0.04)


def test_arrows_are_as_long_as_the_numbers_on_one_scale() -> None:
    figure = make_scene("chain", {"f": "(2x)^2", "x0": 1, "h": 0.1, "width": 0.5, "guess": 2}).figure()
    made, real, guess = (mark(figure, name) for name in ("made", "real", "guess"))
    assert isinstance(made, Arrows)
    assert made.dx.tolist() == pytest.approx([0.2, 0.4, 1.6])  # 0.1, 0.2, 0.8 in units of half a width
    assert real.dx.tolist() == pytest.approx([0.2, 0.4, 1.68])
    assert guess.dx.tolist() == pytest.approx([0.4])
    stretches = [str(m.label) for m in figure.panels[0].marks if m.id.startswith("stretch")]
    assert stretches == ["× 2", "× 4"]


def test_lines_are_numbered_where_their_values_are() -> None:
    """u = 100x at 1 is 100: its line stands about 100, on the scale of the others."""
    figure = make_scene("chain", {"f": "sin(100x)", "x0": 1}).figure()
    numbers = [
        m.label.values["value"]
        for m in figure.panels[0].marks
        if isinstance(m, Label) and m.id.startswith("tick 1")
    ]
    assert min(numbers) < 100 < max(numbers)
    assert max(numbers) - min(numbers) <= 6


def test_dragging_never_runs_away() -> None:
    """The line stands still while its point is dragged, so the same place is the same number."""
    scene = make_scene("chain", {"x0": 1, "width": 2})
    for place in (0.9, 1.4, 1.4, 1.4):
        scene = changed(scene, scene.moved("x0", place, 0.0))
    again = changed(scene, scene.moved("x0", 1.4, 0.0))
    assert again.x0 == scene.x0 < 3.0  # the end of the line
    scene = changed(scene, scene.moved("h", 0.5, 0.0))
    assert scene.h == pytest.approx(1.0 - scene.x0)
    assert changed(scene, scene.moved("h", 0.5, 0.0)) == scene


def test_handles_say_their_numbers_not_their_places() -> None:
    figure = make_scene("chain", {"x0": 1.25, "h": 0.5}).figure()
    told = {m.id: str(m.told) for m in figure.panels[0].marks if isinstance(m, Handle)}
    assert told == {"x0": "1.25", "h": "0.5"}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"f": "ln(x - 3)^2", "x0": 1}, "not defined at u = −2"),
        ({"f": "relu(x)^2", "x0": 0}, "no slope at x = 0"),
        ({"f": "|x|", "x0": 0}, "no slope at x = 0"),
        ({"f": "1/x", "x0": 0}, "not defined at x = 0"),
    ],
)
def test_a_break_is_said_at_its_link(values: dict[str, object], words: str) -> None:
    figure = make_scene("chain", values).figure()
    assert figure.readout("product").value is None
    assert words in str(figure.readout("product").reason)
    assert words in str(figure.spoken)


def test_the_values_before_a_break_are_still_there() -> None:
    figure = make_scene("chain", {"f": "relu(2x)", "x0": 0}).figure()
    assert figure.readout("slope_1").value == 2
    assert figure.readout("value").value == 0
    assert figure.readout("derivative").value is None


@pytest.mark.parametrize(
    ("values", "parameter"),
    [
        ({"h": 0}, "h"),
        ({"h": 1e-20}, "h"),
        ({"width": 0}, "width"),
        ({"f": "x y"}, "f"),
        ({"f": "sin(" * 9 + "x" + ")" * 9}, "f"),
    ],
)
def test_refusals(values: dict[str, object], parameter: str) -> None:
    with pytest.raises(ParameterError) as refusal:
        make_scene("chain", values)
    assert refusal.value.parameter == parameter


def test_the_table_has_a_row_for_each_link() -> None:
    (table,) = make_scene("chain", {"f": "sin(x^2)", "x0": 0.5}).figure().tables
    rows = list(table.rows())
    assert [row[0] for row in rows] == ["u = x^2", "y = sin(u)"]
    assert rows[1][1:] == pytest.approx((math.sin(0.25), math.cos(0.25), math.cos(0.25)))


def test_a_corner_can_be_met_exactly_by_hand_and_by_key() -> None:
    scene = make_scene("chain", {"f": "|x|^2", "x0": 0.8, "width": 1})
    assert scene.moved("x0", 0.01, 0.0) == {"x0": 0.0}
    assert scene.moved("x0", 0.05, 0.0)["x0"] == pytest.approx(0.05)
    for _ in range(10):
        scene = changed(scene, scene.nudged("x0", -1, 0))
    assert scene.x0 == 0


def test_without_slopes_the_picture_and_the_sentence_keep_them_to_themselves() -> None:
    figure = make_scene("chain", {"f": "sin(3x)", "x0": 0, "h": 0.2, "slopes": False}).figure()
    names = [m.id for m in figure.panels[0].marks]
    assert "made" not in names
    assert not [name for name in names if name.startswith("stretch")]
    assert str(figure.spoken) == "At x = 0 a nudge of 0.2 makes 0.564642."  # sin 0.6


def test_the_point_has_the_letter_of_the_formula() -> None:
    assert make_scene("chain", {"f": "sigmoid(2w)"}).symbol("x0") == "w_0"
    assert make_scene("chain", {"f": "sigmoid(2w)"}).symbol("h") == "h"


def test_the_worked_line_has_the_numbers_on_screen_outermost_first() -> None:
    figure = make_scene("chain", {"f": "(2x - 3)^2", "x0": 1}).figure()
    (line,) = figure.worked
    assert line.endswith(r"\frac{dy}{du} \cdot \frac{du}{dx} = (-2) \cdot 2 = -4")


def test_a_link_without_a_slope_says_so_where_its_stretch_would_stand() -> None:
    marks = make_scene("chain", {"f": "|x|^2", "x0": 0}).figure().panels[0].marks
    assert [str(m.label) for m in marks if m.id.startswith("stretch")] == ["no slope", "× 0"]
