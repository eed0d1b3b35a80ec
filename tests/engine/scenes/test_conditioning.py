import math

import numpy as np
import pytest

from engine.errors import ParameterError
from engine.figure import Arrows, Curve, Figure
from engine.scene import make_scene


def figure(**values: object) -> Figure:
    return make_scene("conditioning", values).figure()


def mark(shown: Figure, panel: str, name: str) -> Curve:
    (found,) = (each for each in shown.panel(panel).marks if each.id == name)
    assert isinstance(found, (Curve, Arrows))
    return found  # type: ignore[return-value]


def test_curriculum_40() -> None:
    # one step clears y; x shrinks by 1 − 1/κ: 5 / 2⁵⁰, and 5 · 0.98⁵⁰
    for size in (1.0, 7.0):
        round_, long = (figure(kappa=kappa, largest=size).values() for kappa in (2, 50))
        assert round_["distance"] == pytest.approx(5 / 2**50, rel=1e-12)
        assert round_["distance"] == pytest.approx(4.44e-15, rel=1e-3)
        assert long["distance"] == pytest.approx(1.82085, abs=5e-6)
        assert long["rate_measured"] == pytest.approx(0.98)
        assert long["rate_predicted"] == pytest.approx(0.98)
        assert long["loss"] == pytest.approx(size / 50 * 1.8208484**2 / 2, rel=1e-6)
        assert long["steps_per_digit"] == pytest.approx(math.log(10) / -math.log(0.98))


def test_a_step_size_of_its_own() -> None:
    # κ = 9, L = 1: 2/(L + μ) = 1.8, and both directions shrink by 8/10
    values = figure(kappa=9, lr=1.8, steps=20).values()
    assert values["best_lr"] == pytest.approx(1.8)
    assert values["distance"] == pytest.approx(math.hypot(5, 5) * 0.8**20)
    assert values["bound_best"] == pytest.approx(values["distance"])
    assert values["status"] == "converging"


@pytest.mark.parametrize(("lr", "status"), [(1.99, "converging"), (2.0, "standing"), (2.01, "diverging")])
def test_the_border_is_at_two_over_the_largest_curvature(lr: float, status: str) -> None:
    assert figure(lr=lr).values()["status"] == status


def test_a_run_that_leaves_the_numbers_says_so() -> None:
    shown = figure(lr=1e6, steps=100)
    assert shown.values()["distance"] is None
    assert shown.values()["rate_measured"] is None
    assert "leaves the finite numbers" in str(shown.spoken)
    for panel in shown.panels:
        assert all(map(math.isfinite, (panel.view.y_low, panel.view.y_high)))
        assert panel.view.y_low < panel.view.y_high


def test_the_envelopes_of_a_run_that_left_the_numbers_are_those_before() -> None:
    (panel, _) = figure(lr=1e6, steps=100, show="envelopes").panels
    for drawn in panel.marks:
        if isinstance(drawn, Curve):
            assert np.isfinite(drawn.y).all()


def test_one_step_arrives_in_a_round_bowl() -> None:
    values = figure(kappa=1).values()
    assert values["distance"] == 0
    assert values["rate_predicted"] == 0
    assert values["steps_per_digit"] is None
    assert values["rate_measured"] is None
    assert figure(kappa=1, show="envelopes").panels


def test_at_the_start_there_is_no_rate_yet() -> None:
    shown = figure(step=0)
    assert shown.values()["distance"] == pytest.approx(math.hypot(5, 5))
    assert shown.values()["rate_measured"] is None
    assert shown.values()["bound_sublinear"] is None


def test_the_envelopes_hold_the_loss_between_them() -> None:
    shown = figure(kappa=10, show="envelopes", step=0)
    upper, lower, own = (mark(shown, "envelopes", name).y for name in ("upper", "lower", "line"))
    assert (lower <= own + 1e-12).all()
    assert (own <= upper + 1e-12).all()
    step = mark(shown, "envelopes", "step")
    # a step of 1/L is |∇f|/L long, with ∇f = (0.1·5, 5): where the upper parabola is lowest
    assert isinstance(step, Arrows)
    assert step.dx == pytest.approx([math.hypot(0.5, 5)])
    s = mark(shown, "envelopes", "upper").x
    assert s[np.argmin(upper)] == pytest.approx(step.dx[0], abs=s[1] - s[0])
    # it lands on f: after the step w = (5 − 0.5, 0), f = 0.1·4.5²/2
    assert step.y + step.dy == pytest.approx([0.1 * 4.5**2 / 2])


def test_losses_are_measured_beside_their_bounds() -> None:
    shown = figure(kappa=4, measure="loss", steps=10)
    (table,) = shown.tables
    rows = list(table.rows())
    assert rows[1][3] == pytest.approx(50 / 2)  # L d₀²/(2t)
    assert rows[2][4] == pytest.approx(rows[0][2] * 0.75**4)
    assert all(row[2] <= min(row[3], row[4]) for row in rows[1:])


@pytest.mark.parametrize(
    "bad",
    [
        {"kappa": 0.5},
        {"kappa": 1e300},
        {"lr": 0},
        {"lr": -1},
        {"lr": 1e300},
        {"lr": "nan"},
        {"largest": 0},
        {"steps": 0},
        {"steps": 10**9},
        {"x": 0, "y": 0},
        {"x": 1e300},
        {"step": -2},
    ],
)
def test_what_cannot_be_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ParameterError) as refusal:
        make_scene("conditioning", bad)
    assert refusal.value.parameter in bad


def test_the_start_is_dragged_but_not_onto_the_minimum() -> None:
    scene = make_scene("conditioning")
    assert scene.moved("start", 1, -2) == {"x": 1, "y": -2}
    assert scene.moved("start", 0, 0) == {}
