import contextlib
import io
import math

import numpy as np
import pytest

from engine.errors import ParameterError
from engine.figure import Curve, Figure, Points, Rule
from engine.scene import changed, make_scene


def figure(**values: object) -> Figure:
    return make_scene("descent-1d", values).figure()


def values(**given: object) -> dict[str, object]:
    return figure(**given).values()


def column(shown: Figure, name: str) -> list[float]:
    (table,) = shown.tables
    (found,) = (each for each in table.columns if each.name == name)
    return list(found.values)


PARABOLA = {"f": "(x-3)^2", "x0": -2, "steps": 50}


def test_curriculum_29() -> None:
    # the distance to 2 shrinks to a fifth with each step; f′ = 2x − 4
    shown = figure(f="x^2-4x+4", x0=0, lr=0.4, steps=5)
    (table,) = shown.tables
    assert (table.name, [each.name for each in table.columns]) == ("path", ["step", "x", "loss", "slope"])
    assert column(shown, "step") == [0, 1, 2, 3, 4, 5]
    assert column(shown, "x") == pytest.approx([0, 1.6, 1.92, 1.984, 1.9968, 1.99936], rel=1e-14)
    assert column(shown, "loss") == pytest.approx([4, 0.16, 0.0064, 2.56e-4, 1.024e-5, 4.096e-7], rel=1e-8)
    assert column(shown, "slope") == pytest.approx([-4, -0.8, -0.16, -0.032, -0.0064, -0.00128], rel=1e-9)
    climbed = figure(f="-x^2+4x-4", x0=0, lr=0.4, steps=5, direction="ascent")
    assert column(climbed, "x") == column(shown, "x")
    assert climbed.values()["factor"] == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("lr", "x", "status", "verdict"),
    [
        (0.001, 3 - 5 * 0.998**50, "running", "slow"),
        (0.1, 3 - 5 * 0.8**50, "running", "converging"),
        (0.9, 3 - 5 * 0.8**50, "running", "zig-zag"),
        (1.1, 3 - 5 * 1.2**50, "diverged", "diverging"),
        (0.02, 3 - 5 * 0.96**50, "running", "slow"),
        (0.95, 3 - 5 * 0.9**50, "running", "zig-zag"),
        (1.05, 3 - 5 * 1.1**50, "running", "diverging"),
        (1.0, -2.0, "running", "zig-zag"),
        (0.5, 3.0, "converged", "converging"),
    ],
)
def test_curriculum_30(lr: float, x: float, status: str, verdict: str) -> None:
    # the distance to 3 is multiplied by 1 − 2η
    found = values(**PARABOLA, lr=lr)
    assert found["x"] == pytest.approx(x, rel=1e-11)
    assert found["factor"] == pytest.approx(abs(1 - 2 * lr))
    assert (found["status"], found["verdict"]) == (status, verdict)
    assert found["minimum"] == 3.0


def test_curriculum_30_as_printed() -> None:
    printed = {0.001: "-1.5237341", 0.1: "2.9999286", 0.9: "2.9999286"}
    for lr, text in printed.items():
        assert f"{values(**PARABOLA, lr=lr)['x']:.7f}" == text
    assert f"{values(**PARABOLA, lr=1.1)['x']:.2f}" == "-45499.19"
    assert len(column(figure(**PARABOLA, lr=1.1), "x")) == 51  # it still takes its 50 steps


def test_what_the_run_needed() -> None:
    # |f′| = 10 · 0.8ᵗ ≤ 1e-8 · 10 first at t = 83: 0.8⁸² = 1.13e-8, 0.8⁸³ = 9.0e-9
    assert values(**{**PARABOLA, "steps": 100})["arrival"] == 83
    assert figure(**PARABOLA).readout("arrival").reason is not None
    # 0.9 crosses at each of the 50 steps
    assert values(**PARABOLA, lr=0.9)["overshoots"] == 50
    assert values(**PARABOLA, lr=0.1)["overshoots"] == 0


@pytest.mark.parametrize(
    ("given", "verdict", "reason"),
    [
        ({"lr": 0}, "standing", "The rate is 0"),
        ({"f": "cos(x)", "x0": 0}, "standing", "slope at the start is 0"),
        ({"f": "3"}, "standing", "slope at the start is 0"),
        ({"lr": 1e300}, "diverging", "too large"),
        ({"f": "x^4", "x0": 10}, "diverging", "too large"),
        ({"f": "x^4", "x0": 4, "steps": 2}, "diverging", "So far from the lowest place"),
        ({"f": "ln(x)", "x0": 0.5, "lr": 1}, "diverging", "lands at −1.5, where f is not defined"),
        ({"f": "-x^2", "x0": 1}, "diverging", "there is none"),
        ({"f": "x", "x0": 0}, "diverging", "there is none"),
        ({"f": "e^-x", "x0": 0}, "slow", "there is none"),
        ({"f": "x^4", "x0": 1}, "slow", "many steps"),
        ({"f": "relu(x)", "x0": 1}, "converging", "where the slope is 0"),
        ({"f": "abs(x)", "x0": 1, "lr": 0.3}, "zig-zag", "At a corner"),
        # ten steps of a tenth lead to the corner but for rounding, and the next ones over it and back
        ({"f": "abs(x)", "x0": 1, "lr": 0.1}, "zig-zag", "At a corner"),
        ({"f": "abs(x)", "x0": 1, "lr": 0.1, "steps": 5}, "converging", "On average"),
        ({"f": "abs(x)", "x0": 0.5, "lr": 0.5}, "converging", "first step lands"),
        ({"f": "cos(x)", "x0": 0.1, "lr": 3}, "zig-zag", "cannot settle: there the factor is 2"),
        ({"lr": 1}, "zig-zag", "as far away as before"),
        ({"lr": 0.5}, "converging", "first step lands"),
        ({"lr": 0.9, "schedule": "step"}, "zig-zag", "Most steps"),
    ],
)
def test_a_verdict_has_its_reason(given: dict[str, object], verdict: str, reason: str) -> None:
    shown = figure(**given)
    found = shown.readout("verdict")
    assert found.value == verdict
    assert reason in str(found.reason)


@pytest.mark.parametrize("given", [{"f": "ln(x)", "x0": -1}, {"f": "1/x", "x0": 0}, {"x0": 1e300}])
def test_a_start_without_a_value_is_said(given: dict[str, object]) -> None:
    shown = figure(**given)
    assert shown.readout("verdict").value is None
    assert shown.readout("loss").value is None
    assert "nothing can begin" in str(shown.spoken)
    for panel in shown.panels:
        view = panel.view
        assert all(map(math.isfinite, (view.x_low, view.x_high, view.y_low, view.y_high)))


@pytest.mark.parametrize(
    "bad",
    [
        {"lr": -0.1},
        {"lr": math.nan},
        {"lr": "nan"},
        {"steps": 0},
        {"steps": 10_001},
        {"steps": 2.5},
        {"drop": 0},
        {"period": 0},
        {"direction": "sideways"},
        {"schedule": "sometimes"},
    ],
)
def test_bad_values(bad: dict[str, object]) -> None:
    with pytest.raises(ParameterError) as refusal:
        make_scene("descent-1d", bad)
    assert refusal.value.parameter in bad


def test_at_the_limit() -> None:
    found = values(**{**PARABOLA, "steps": 10_000, "lr": 0.001})
    assert found["status"] == "converged"
    # 0.998ᵗ ≤ 1e-8 at t = ln 1e8 / −ln 0.998 = 9201.1
    assert found["arrival"] == 9202


def test_the_step_on_show_moves_nothing_else() -> None:
    scene = make_scene("descent-1d", {**PARABOLA, "lr": 0.9})
    at_two = changed(scene, {"step": 2}).figure()
    found = at_two.values()
    # 3 − 5 · (−0.8)² = −0.2, slope 2 · (−3.2)
    assert found["x"] == pytest.approx(-0.2)
    assert found["slope"] == pytest.approx(-6.4)
    assert at_two.tables[0].highlighted == 2
    assert "zig-zag" not in str(at_two.spoken)
    assert "zig-zag" in str(scene.figure().spoken)
    plane = {mark.id: mark for mark in at_two.panel("plane").marks}
    tangent, arrow = plane["tangent"], plane["next step"]
    assert isinstance(tangent, Rule)
    assert isinstance(arrow, Curve)
    assert (tangent.x, tangent.y, tangent.slope) == pytest.approx((-0.2, 10.24, -6.4))
    assert arrow.x.tolist() == pytest.approx([-0.2, 3 + 5 * 0.8**3])
    hidden = changed(scene, {"step": 2, "ahead": False}).figure().panel("plane")
    assert {mark.id for mark in hidden.marks} == plane.keys() - {"next step", "landing"}
    assert changed(scene, {"step": 99}).figure().values()["step"] == 50


def test_the_worked_step_has_its_numbers() -> None:
    (line,) = figure(f="x^2-4x+4", x0=0, lr=0.4, steps=5, step=1).worked
    assert r"1.6 - 0.4 \cdot \left(-0.8\right) = 1.92" in line


def test_schedules_on_the_picture() -> None:
    shown = figure(f="x^2", x0=1, lr=0.4, steps=3, schedule="cosine")
    # rates 0.4, 0.3, 0.1: factors 0.2, 0.4, 0.8
    assert column(shown, "x") == pytest.approx([1, 0.2, 0.08, 0.064])
    assert [panel.id for panel in shown.panels] == ["plane", "loss", "rate"]
    assert figure(f="x^2", x0=1, lr=0.4, steps=3, schedule="cosine", step=1).values()[
        "rate"
    ] == pytest.approx(0.3)


@pytest.mark.parametrize("schedule", ["constant", "step", "cosine", "warm-up", "plateau"])
@pytest.mark.parametrize("direction", ["descent", "ascent"])
def test_the_code_takes_the_same_steps(schedule: str, direction: str) -> None:
    sign = "" if direction == "descent" else "-"
    given = {"f": f"{sign}(x-3)^2", "direction": direction, "lr": 0.97, "period": 2, "steps": 15}
    scene = make_scene("descent-1d", {**given, "schedule": schedule})
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(scene.code(), "code view", "exec"), {})
    printed = dict(line.split() for line in out.getvalue().splitlines())
    found = scene.figure().values()
    for name in ("x", "loss", "slope"):
        assert float(printed[name]) == pytest.approx(found[name], rel=1e-9)


def test_the_losses_have_the_axis_that_shows_them() -> None:
    far = figure(**PARABOLA, lr=0.1).panel("loss")
    assert far.y_axis.scale == "log"
    near = figure(**PARABOLA, lr=0.001).panel("loss")
    assert near.y_axis.scale == "linear"
    below = figure(f="x^2-5", x0=1).panel("loss")  # losses below 0 have no logarithm
    assert below.y_axis.scale == "linear"
    reached = figure(f="x^2", x0=1, lr=0.4, steps=900).panel("loss")  # 0.04ᵗ is 0 from t = 232 on
    (curve,) = (mark for mark in reached.marks if mark.id == "losses")
    assert isinstance(curve, Curve)
    assert reached.y_axis.scale == "log"
    assert np.isnan(curve.y[-1])  # 0 has no place there
    assert np.nanmin(curve.y) == pytest.approx(reached.view.y_low * 2)


def test_dots_stand_apart() -> None:
    panel = figure(lr=0.001, steps=500).panel("plane")
    (dots,) = (mark for mark in panel.marks if mark.id == "path points")
    assert isinstance(dots, Points)
    across = np.diff(dots.x) / (panel.view.x_high - panel.view.x_low)
    up = np.diff(dots.y) / (panel.view.y_high - panel.view.y_low)
    assert np.hypot(across, up).min() >= 0.015
    assert 10 < len(dots.x) < 100
    assert dots.x[0] == -2


def test_letters_are_those_of_the_formula() -> None:
    scene = make_scene("descent-1d", {"f": "w^2"})
    assert scene.symbol("x0") == "w_0"
    assert scene.figure().panel("plane").x_axis.latex == "w"
