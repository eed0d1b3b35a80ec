"""One step taken apart beside the surface: arrows tip to tail, the table, the lines, the gradient checked."""

import math

import numpy as np
import pytest

from engine.figure import Arrows, Figure, Label, View
from engine.optimizer_kinds import OPTIMIZERS
from engine.scene import make_scene

RAVINE = {"f": "x^2+10y^2", "x": 2, "y": 1, "steps": 25, "beside": "step"}


def figure(**values: object) -> Figure:
    return make_scene("descent-2d", {**RAVINE, **values}).figure()


def arrows(shown: Figure) -> dict[str, Arrows]:
    return {mark.id: mark for mark in shown.panel("step").marks if isinstance(mark, Arrows)}


def rows(shown: Figure, name: str) -> list[tuple[object, ...]]:
    (table,) = (table for table in shown.tables if table.name == name)
    return list(table.rows())


@pytest.mark.parametrize("racer", OPTIMIZERS)
@pytest.mark.parametrize("step", [0, 7, -1])
def test_the_rows_of_the_table_add_up_to_its_last(racer: str, step: int) -> None:
    shown = figure(racers=f"{racer}(lr=0.01, weight_decay=0.1)", step=step, noise=0.2)
    *parts, whole = rows(shown, "dissection")
    vectors = np.array([row[2:4] for row in parts], dtype=float)
    assert vectors.sum(axis=0) == pytest.approx(whole[2:4], rel=1e-9, abs=1e-12)
    assert [row[4] for row in parts] == pytest.approx(np.hypot(*vectors.T).tolist())
    assert [row[0] for row in parts] == list(range(1, len(parts) + 1))
    assert shown.values()["part_count"] == len(parts)
    assert shown.values()["step_length"] == pytest.approx(math.hypot(*whole[2:4]))


def test_the_step_on_show_is_the_one_the_path_takes_next() -> None:
    """Plain descent at 0.05: x shrinks by 0.9 a step, so step 4 goes from 2·0.9³ by a tenth of it."""
    shown = figure(racers="gd(lr=0.05)", step=3)
    assert rows(shown, "dissection")[-1][2:4] == pytest.approx((-0.1 * 2 * 0.9**3, 0.0), abs=1e-12)
    step = arrows(shown)["step"]
    assert (step.dx[0], step.dy[0]) == pytest.approx((-0.1 * 2 * 0.9**3, 0.0), abs=1e-12)


def test_arrows_stand_tip_to_tail_but_for_lanes() -> None:
    """Every arrow has the displacement of its row; those of one lane meet."""
    shown = figure(racers="momentum(lr=0.05, beta=0.9)", step=5)
    drawn = arrows(shown)
    gradient, carried = drawn["part gradient"], drawn["part carried"]
    tip = (gradient.x[0] + gradient.dx[0], gradient.y[0] + gradient.dy[0])
    assert (gradient.x[0], gradient.y[0]) == (0, 0)
    assert (carried.x[0], carried.y[0]) == pytest.approx(tip)
    end = (carried.x[0] + carried.dx[0], carried.y[0] + carried.dy[0])
    assert end == pytest.approx(rows(shown, "dissection")[-1][2:4])


def test_arrows_on_one_line_stand_aside_of_each_other() -> None:
    """Adam's first moment runs back along the gradient, its correction to and fro again: three lanes."""
    shown = figure(racers="adam(lr=0.1)", step=0)
    drawn = arrows(shown)
    names = ("part gradient", "part first_moment", "part first_correction")
    direction = np.array([drawn[names[0]].dx[0], drawn[names[0]].dy[0]])
    normal = np.array([-direction[1], direction[0]]) / np.hypot(*direction)
    places = [float(np.dot(normal, (drawn[name].x[0], drawn[name].y[0]))) for name in names]
    view = shown.panel("step").view
    apart = 0.02 * (view.x_high - view.x_low)
    assert min(abs(one - two) for one in places for two in places if one != two) > apart
    assert len(set(places)) == 3


@pytest.mark.parametrize("racer", OPTIMIZERS)
def test_every_arrow_is_in_view_and_has_its_words(racer: str) -> None:
    for step in (0, 3, 20):
        shown = figure(racers=f"{racer}(lr=0.02)", step=step, noise=0.1)
        panel = shown.panel("step")
        labels = {mark.id for mark in panel.marks if isinstance(mark, Label)}
        for name, mark in arrows(shown).items():
            for x, y in ((mark.x[0], mark.y[0]), (mark.x[0] + mark.dx[0], mark.y[0] + mark.dy[0])):
                assert panel.view.x_low < x < panel.view.x_high
                assert panel.view.y_low < y < panel.view.y_high
            assert f"name {name.removeprefix('part ')}" in labels
        assert len({mark.id for mark in panel.marks}) == len(panel.marks)


def test_what_is_too_short_to_see_is_told() -> None:
    """Noise of 1e-6 beside a gradient of 20."""
    shown = figure(racers="gd(lr=0.05)", step=0, noise=1e-6)
    assert "part noise" not in arrows(shown)
    assert str(shown.spoken).endswith("Too short to see: noise.")
    assert rows(shown, "dissection")[1][1] == "noise"


def test_the_formula_has_the_numbers_of_the_table() -> None:
    shown = figure(racers="momentum(lr=0.05, beta=0.9)", step=0)
    assert shown.worked[0] == r"\Delta w = -\eta v_t = -0.05 \cdot (4,\, 20) = (-0.2,\, -1)"
    assert shown.worked[1] == r"-\eta\,\nabla f = -0.05 \cdot (4,\, 20) = (-0.2,\, -1)"
    assert shown.worked[-1] == r"\Delta w = (-0.2,\, -1) + (0,\, 0) = (-0.2,\, -1)"


def test_the_gradient_is_checked_three_ways() -> None:
    shown = figure(racers="gd(lr=0.05)", step=0, crosscheck=True)
    checks = rows(shown, "checks")
    assert [row[0] for row in checks] == ["by the rules", "reverse mode", "central difference"]
    for row in checks:
        assert row[1:3] == pytest.approx((4, 20), rel=1e-8)
    assert checks[0][3] == 0
    assert checks[2][3] == pytest.approx(max(abs(checks[2][1] - 4), abs(checks[2][2] - 20)))
    assert "All three agree" in str(shown.spoken)
    assert r"\frac{\partial f}{\partial y} = 20 y = 20" in shown.worked
    assert not [table for table in figure(racers="gd(lr=0.05)").tables if table.name == "checks"]


def test_a_kink_is_said() -> None:
    shown = figure(f="abs(x) + y^2", x=0, racers="gd(lr=0.05)", step=0, crosscheck=True)
    assert "kink" in str(shown.spoken)
    assert rows(shown, "checks")[0][2] == 2


def test_focus_picks_the_racer_and_none_is_the_first() -> None:
    racers = "gd(lr=0.05); gd(lr=0.01)"
    lengths = [figure(racers=racers, step=0, focus=focus).values()["step_length"] for focus in (0, 1, 2, 6)]
    longer, shorter = math.hypot(0.2, 1), math.hypot(0.04, 0.2)
    assert lengths == pytest.approx([longer, longer, shorter, shorter])


def test_a_racer_that_turned_is_taken_apart_by_what_is_in_force() -> None:
    racers = "gd(lr=0.05) @ 3 adam(lr=0.1)"
    assert len(rows(figure(racers=racers, step=2), "dissection")) == 2
    assert len(rows(figure(racers=racers, step=3), "dissection")) == 6


@pytest.mark.parametrize(
    "values",
    [
        {"racers": " "},
        {"f": "ln(x) + y", "x": -1},
        {"racers": "gd(lr=1e300)"},
        {"racers": "adam(lr=1e300)", "noise": 1e300},
        {"f": "3 + 0x y"},
        {"racers": "gd(lr=0)"},
    ],
)
@pytest.mark.parametrize("step", [0, 1, -1])
def test_a_step_that_is_none_is_said(values: dict[str, object], step: int) -> None:
    shown = figure(**{"racers": "gd(lr=0.1)", **values, "step": step, "crosscheck": True})
    view = shown.panel("step").view
    assert all(map(math.isfinite, (view.x_low, view.x_high, view.y_low, view.y_high)))
    assert view.x_high > view.x_low
    assert str(shown.spoken)[-1] == "."
    for readout in shown.readouts:
        assert readout.value is not None or readout.reason is not None
    for mark in arrows(shown).values():
        assert np.isfinite([mark.x, mark.y, mark.dx, mark.dy]).all()


def test_zoomed_out_what_can_no_longer_be_seen_is_told() -> None:
    """Seen from 20 units away the gradient's 2.04 still shows, the step's parts of 0.1 do not."""
    scene = make_scene("descent-2d", {**RAVINE, "racers": "adam(lr=0.1, weight_decay=0.5)", "step": 0})
    assert "Too short" not in str(scene.figure().spoken)
    far = scene.figure({"step": View(-10, 10, -10, 10)})
    assert "part gradient" in arrows(far)
    assert "part decay" not in arrows(far)
    assert str(far.spoken).endswith("Too short to see: weight decay.")
