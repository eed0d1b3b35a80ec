import math

import numpy as np
import pytest
import sympy

from engine.figure import Arrows, Contours, Handle, Heatmap
from engine.scene import changed, make_scene


def readouts(**values: object) -> dict[str, object]:
    return make_scene("field", values).figure().values()


def test_issue_figures() -> None:
    values = readouts(f="x^2+y^2", x=1.5, y=1)
    assert values["gradient"] == [3, 2]
    assert values["magnitude"] == pytest.approx(3.605551, abs=5e-7)
    assert values["direction"] == pytest.approx(33.690068, abs=5e-7)


@pytest.mark.parametrize(
    ("x", "y", "length"),
    [(5, 3, 10), (3, 0, math.sqrt(8)), (2.5, -0.5, math.sqrt(2)), (2.1, -0.9, math.sqrt(0.08))],
)
def test_the_length_shrinks_on_the_way_to_the_floor(x: float, y: float, length: float) -> None:
    # ∇ = (2(x − 2), 2(y + 1)), so |∇| is twice the distance to (2, −1)
    assert readouts(f="(x-2)^2+(y+1)^2", x=x, y=y)["magnitude"] == pytest.approx(length)


def test_level_ground_has_no_direction_and_says_so() -> None:
    figure = make_scene("field", {"f": "(x-2)^2+(y+1)^2", "x": 2, "y": -1}).figure()
    assert figure.values()["magnitude"] == 0
    assert figure.readout("direction").value is None
    assert "no direction" in str(figure.readout("direction").reason)
    assert "level ground" in str(figure.spoken)


@pytest.mark.parametrize(
    "f", ["x*exp(-(x^2+y^2))", "x^2*y + 3*y^2", "-x^2+y^3", "tanh(x)+tanh(y)", "x**5+y**2"]
)
def test_against_sympy(f: str) -> None:
    x, y = sympy.symbols("x y")
    formula = sympy.sympify(f)
    expected = [float(sympy.diff(formula, s).subs({x: 0.7, y: -1.3})) for s in (x, y)]
    assert readouts(f=f, x=0.7, y=-1.3)["gradient"] == pytest.approx(expected)


def test_the_turned_arrow_measures_the_slope_along_it() -> None:
    # ∇f = (3, 2): along x the slope is 3, at right angles to ∇f it is 0
    assert readouts(x=1.5, y=1, turn=0)["turn_slope"] == pytest.approx(3)
    level = math.degrees(math.atan2(2, 3)) + 90
    assert readouts(x=1.5, y=1, turn=level)["turn_slope"] == pytest.approx(0, abs=1e-12)
    assert readouts(x=1.5, y=1, turn=level)["turn_miss"] == pytest.approx(90)
    assert readouts(x=-1, y=0, turn=-179)["turn_miss"] == pytest.approx(1)  # across the cut at 180°


def test_dragging_the_tip_turns_and_dragging_the_point_moves() -> None:
    scene = make_scene("field", {"x": 1, "y": 1, "turn": 0})
    assert scene.moved("turn", 1, 3) == {"turn": 90}
    assert scene.moved("point", 2, 3) == {"x": 2, "y": 3}
    assert scene.clicked("plane", 2, 3) == {"x": 2, "y": 3}


def test_the_level_line_runs_through_the_point() -> None:
    marks = make_scene("field", {"f": "x^2+y^2", "x": 1.5, "y": 1}).figure().panels[0].marks
    (level,) = (mark for mark in marks if isinstance(mark, Contours) and mark.id == "level")
    radius = np.hypot(*level.lines[0].T)
    assert np.nanmax(np.abs(radius - math.sqrt(3.25))) < 0.01


def test_the_gradient_is_drawn_at_a_right_angle_to_the_level_line_and_to_scale() -> None:
    marks = {mark.id: mark for mark in make_scene("field", {"x": 1.5, "y": 1}).figure().panels[0].marks}
    arrow, further = marks["gradient"], make_scene("field", {"x": 3, "y": 2}).figure().panels[0].marks
    assert isinstance(arrow, Arrows)
    assert arrow.dy[0] / arrow.dx[0] == pytest.approx(2 / 3)
    (twice,) = (mark for mark in further if mark.id == "gradient")
    assert isinstance(twice, Arrows)
    assert twice.dx[0] / arrow.dx[0] == pytest.approx(2)


@pytest.mark.parametrize("f", ["0/0 + x + y", "ln(-1 - x^2 - y^2)", "5", "x/0 + y", "1e308*x*10 + y"])
def test_surfaces_with_nothing_to_show_are_still_figures(f: str) -> None:
    figure = make_scene("field", {"f": f}).figure()
    (heat,) = (mark for mark in figure.panels[0].marks if isinstance(mark, Heatmap))
    assert heat.shade.shape == heat.values.shape
    finite = heat.shade[np.isfinite(heat.shade)]
    assert ((finite >= 0) & (finite <= 1)).all()
    assert [mark for mark in figure.panels[0].marks if isinstance(mark, Handle)]
    assert str(figure.spoken)


def test_weights_name_the_axes() -> None:
    figure = make_scene("field", {"f": "w1^2 + w2^2"}).figure()
    assert figure.panels[0].x_axis.latex == "w_{1}" or figure.panels[0].x_axis.latex == "w_1"
    assert figure.values()["gradient"] == [3, 2]


def test_a_frame_that_moves_the_point_keeps_the_surface() -> None:
    scene = make_scene("field", {"x": 1, "y": 1})
    before = {mark.id: mark for mark in scene.figure().panels[0].marks}
    after = {mark.id: mark for mark in changed(scene, {"x": 1.1}).figure().panels[0].marks}
    for name in ("heat", "contours", "gradients"):
        assert after[name] is before[name]


def test_what_is_not_drawn_is_not_told() -> None:
    hidden = {"uphill": False, "arrows": False, "x": 1.5, "y": 1}
    assert "gradient" not in str(make_scene("field", hidden).figure().spoken)
    turned = str(make_scene("field", {**hidden, "turn": 0}).figure().spoken)
    assert turned == "At (1.5, 1) f is 3.25. Along your arrow, at 0 degrees, its slope is 3."


def test_parameters_are_called_what_the_formula_calls_them() -> None:
    scene = make_scene("field", {"f": "w1^2 + w2^2"})
    assert (scene.symbol("x"), scene.symbol("y"), scene.symbol("turn")) == ("w_{1}", "w_{2}", r"\varphi")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("f", ["1e300x", "1e-300x"])
def test_arrows_of_any_length_are_drawn_alike(f: str) -> None:
    # one slope everywhere: each arrow has the length of 0.8 cells, and points along x
    (arrows,) = (
        mark
        for mark in make_scene("field", {"f": f, "arrows": True}).figure().panels[0].marks
        if isinstance(mark, Arrows) and mark.id == "gradients"
    )
    assert np.ptp(arrows.dx) < 1e-9
    assert 0.1 < arrows.dx[0] < 1
    assert not arrows.dy.any()
