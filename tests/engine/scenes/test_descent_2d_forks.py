"""Forked runs in the race: their code, their steps written out, their tables."""

import numpy as np
import pytest

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
