"""Forked runs in the race: their code, their steps written out, their tables."""

import numpy as np
import pytest

from engine.figure import Role
from engine.optimizer_kinds import OPTIMIZERS
from engine.scene import make_scene

SURFACE = "x^4/4 + x*y + y^2"


def scene(racers, **values):
    return make_scene("descent-2d", {"f": SURFACE, "racers": racers, "steps": 30, **values})


def ends(code):
    names: dict[str, object] = {}
    exec(compile(code, "code view", "exec"), names)
    return names["w"]


def columns(shown, name):
    (table,) = (table for table in shown.tables if table.name == name)
    return {column.name: list(column.values) for column in table.columns}


def final(shown):
    x, y = (columns(shown, "final")[name] for name in "xy")
    return np.array([x[-1], y[-1]])


@pytest.mark.parametrize("noise", [0.0, 0.3])
@pytest.mark.parametrize("steps", [5, 8, 15, 16, 30])
@pytest.mark.parametrize(
    "racer",
    [
        "momentum(lr=0.05) @ 8 momentum(lr=0.01)",
        "gd(lr=0.05) @ 8 adam(lr=0.1) @ 15 gd(lr=0.01)",
        "adam(lr=0.1) @ 8 adam(lr=0.02, weight_decay=0.1) @ 15 adam(lr=0.02, maximize=true)",
        "gd(lr=0.01) @ 8 newton(lr=0.5, damping=1) @ 15 bfgs(lr=0.5)",
        "momentum(lr=0.05) @ 8 momentum(lr=0.05, averaged=true, nesterov=true) @ 15 nesterov(lr=0.05)",
        "gd(lr=0.01, maximize=true) @ 8 gd(lr=0.05) @ 9 nadam(lr=0.05) @ 15 nadam(lr=0.01)",
    ],
)
def test_the_code_of_a_fork_does_what_it_does(racer, steps, noise):
    race = scene(racer, steps=steps, noise=noise, seed=4)
    assert np.array(ends(race.code())) == pytest.approx(final(race.figure()), rel=1e-9)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_code_of_every_optimizer_may_turn_and_come_to_its_turn(name):
    for racer in (f"{name}(lr=0.05) @ 8 {name}(lr=0.01)", f"qhm(lr=0.05) @ 8 {name}(lr=0.05) @ 20 rmsprop"):
        race = scene(racer)
        assert np.array(ends(race.code())) == pytest.approx(final(race.figure()), rel=1e-9)


def test_the_code_of_a_racer_that_does_not_turn_is_one_loop():
    assert scene("gd(lr=0.05)").code().split("def racer_1")[1].split("start =")[0].split("\n\n")[
        0
    ].strip() == (
        "(w, steps):\n"
        "    lr = 0.05\n"
        "    for t in range(1, steps + 1):\n"
        "        g = gradient(*w)\n"
        "        w = w - lr * g\n"
        "    return w"
    )


def test_a_step_is_written_out_with_the_settings_in_force():
    racers = "gd(lr=0.01) @ 8 gd(lr=0.02, weight_decay=0.5)"
    before = scene(racers, step=7, focus=1).figure().worked
    after = scene(racers, step=8, focus=1).figure().worked
    assert r"-0.01 \cdot" in before[-1]
    assert r"\lambda" not in before[0]
    assert r"-0.02 \cdot" in after[-1]
    assert r"\lambda" in after[0]


def test_forks_are_told_apart_everywhere():
    racers = "gd(lr=0.02); gd(lr=0.02) @ 8 adam(lr=0.1); braver: gd(lr=0.02) @ 8 gd(lr=0.05)"
    shown = scene(racers).figure()
    named = ["gd(lr=0.02)", "gd(lr=0.02) @ 8 adam(lr=0.1)", "braver"]
    assert columns(shown, "final")["racer"] == named
    path = columns(shown, "path")
    rows = {name: [] for name in named}
    for name, step, loss in zip(path["racer"], path["step"], path["loss"], strict=True):
        rows[name].append((step, loss))
    parent, other, braver = rows.values()
    assert parent[:9] == other[:9] == braver[:9]
    assert len({parent[9], other[9], braver[9]}) == 3
    assert [shown.readout(f"loss_{number}").look for number in (1, 2, 3)] == ["gd", "adam", "gd#2"]


def marks(shown, panel):
    return {mark.id: mark for mark in shown.panel(panel).marks}


def test_a_fork_is_drawn_from_where_it_left_the_run_it_shares():
    shown = scene("gd(lr=0.02); gd(lr=0.02) @ 8 adam(lr=0.1)", step=20).figure()
    plane, losses = marks(shown, "plane"), marks(shown, "loss")
    parent, fork = plane["path 1"], plane["path 2"]
    assert (len(parent.x), len(fork.x)) == (21, 13)
    assert (fork.x[0], fork.y[0]) == (parent.x[8], parent.y[8])
    assert (fork.look, parent.look) == ("adam", "gd")
    (turn,) = zip(plane["path 2 turns"].x, plane["path 2 turns"].y, strict=True)
    assert turn == (parent.x[8], parent.y[8])
    assert losses["loss 2"].x.tolist() == list(range(8, 21))
    assert losses["loss 2"].y[0] == losses["loss 1"].y[8]
    assert losses["loss 2 turns"].x.tolist() == [8]
    assert "head 2" in plane


def test_before_its_turn_a_fork_is_where_the_other_is():
    for step in (0, 5, 8):
        plane = marks(scene("gd(lr=0.02); gd(lr=0.02) @ 8 adam(lr=0.1)", step=step).figure(), "plane")
        assert "head 1" in plane
        assert "head 2" not in plane
        assert len(plane["path 2 before"].x) <= 1
        assert not len(plane["path 2 turns"].x)
    assert [mark.label is not None for mark in scene("gd; gd @ 8 lion", step=3).figure().panel("loss").marks][
        1:
    ] == [True, False, True, False]  # the legend stands still while the run plays


def test_without_the_racer_it_came_from_the_beginning_is_a_ghost():
    shown = scene("gd(lr=0.02) @ 8 adam(lr=0.1) @ 15 lion(lr=0.1); gd(lr=0.02) @ 8 qhm", step=20).figure()
    plane = marks(shown, "plane")
    assert [plane[f"path {number} before"].role for number in (1, 2)] == [Role.GHOST] * 2
    # racer 2 turns once, and so the way up to there is its own
    assert [len(plane[f"path {number} before"].x) for number in (1, 2)] == [8, 9]
    assert [len(plane[f"path {number}"].x) for number in (1, 2)] == [6, 13]
    assert [len(plane[f"path {number} turns"].x) for number in (1, 2)] == [2, 1]


def test_a_run_that_breaks_off_before_its_turn_is_a_ghost_with_a_head():
    shown = scene("gd(lr=1e200) @ 12 adam; gd(lr=0.1)", f="x^4 + y^4", steps=20).figure()
    plane = marks(shown, "plane")
    assert not len(plane["path 1"].x)
    assert len(plane["path 1 before"].x) == len(plane["head 1"].x) + 1 == 2


def test_a_racer_without_turns_is_drawn_as_ever():
    plane = marks(scene("gd; adam", step=20).figure(), "plane")
    assert [mark for mark in plane if mark.startswith(("path", "head"))] == [
        "path 1", "head 1", "path 2", "head 2"
    ]  # fmt: skip
    assert len(plane["path 1"].x) == 21
