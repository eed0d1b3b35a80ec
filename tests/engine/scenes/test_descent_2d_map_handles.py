"""The handles of the maps beside a race: dragged and by the arrow keys, they set the racer in focus."""

from __future__ import annotations

import math

import pytest

from engine.racers import parse_racers
from engine.scene import changed, make_scene
from engine.scenes._descent_2d_maps import moved, nudged


def scene_of(**values):
    return make_scene("descent-2d", values)


def racers_after(scene, values):
    return [str(racer) for racer in parse_racers(changed(scene, values).racers)]


def test_dragging_sets_the_focused_racer_in_three_digits():
    scene = scene_of(racers="gd(lr=0.02); quick: adam(lr=0.1, betas=(0.9, 0.99))")
    assert racers_after(scene, moved(scene, "rate", 0.123456, 5.0))[0] == "gd(lr=0.123)"
    scene = changed(scene, {"focus": 2})
    assert racers_after(scene, moved(scene, "rate-memory", 0.0123456, 0.34567)) == [
        "gd(lr=0.02)",
        "quick: adam(lr=0.0123, betas=(0.346, 0.99))",
    ]
    forked = scene_of(racers="gd(lr=0.02) @ 5 momentum(lr=0.1)")
    assert racers_after(forked, moved(forked, "rate-memory", 0.5, 0.75)) == [
        "gd(lr=0.02) @ 5 momentum(lr=0.5, beta=0.75)"
    ]


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (0.5, 7.0, "momentum(lr=0.5, beta=0.99)"),
        (0.5, -3.0, "momentum(lr=0.5, beta=0)"),
        (-1.0, 0.5, "momentum(lr=0, beta=0.5)"),
        (1e305, 0.5, "momentum(lr=1e+305, beta=0.5)"),
    ],
)
def test_a_drag_beyond_the_edges_stays_within_what_can_be(x, y, expected):
    scene = scene_of(racers="momentum(lr=0.1)")
    assert racers_after(scene, moved(scene, "rate-memory", x, y)) == [expected]


def test_a_drag_to_nowhere_changes_nothing():
    scene = scene_of()
    assert moved(scene, "rate", math.nan, 0.0) == {}
    assert moved(scene, "rate-memory", 0.1, math.inf) == {}
    assert moved(scene_of(racers=""), "rate", 0.1, 0.0) == {}
    assert nudged(scene_of(racers=""), "rate", 1.0, 0.0) == {}


def test_arrow_keys_go_along_the_sliders():
    scene = scene_of(racers="momentum(lr=0.1)")
    (right,) = parse_racers(changed(scene, nudged(scene, "rate", 1.0, 0.0)).racers)
    (left,) = parse_racers(changed(scene, nudged(scene, "rate", -1.0, 0.0)).racers)
    assert left.value("lr") < 0.1 < right.value("lr")
    assert left.value("lr") * right.value("lr") == pytest.approx(0.01, rel=0.01)
    (up,) = parse_racers(changed(scene, nudged(scene, "rate-memory", 0.0, 1.0)).racers)
    assert (up.value("lr"), up.value("beta")) == (0.1, pytest.approx(0.9099, abs=2e-4))
    assert nudged(scene, "rate", 0.0, 1.0) == {}


@pytest.mark.parametrize("rate", [0.1, 0.999, 1e-9, 123.0])
@pytest.mark.parametrize("presses", [0.01, -0.01, 10.0, -10.0])
def test_even_a_small_press_moves_the_rate(rate, presses):
    scene = scene_of(racers=f"gd(lr={rate!r})")
    (racer,) = parse_racers(changed(scene, nudged(scene, "rate", presses, 0.0)).racers)
    assert (racer.value("lr") - rate) * presses > 0


def test_from_a_rate_of_nothing_the_keys_lead_on():
    scene = scene_of(racers="gd(lr=0)")
    (racer,) = parse_racers(changed(scene, nudged(scene, "rate", 1.0, 0.0)).racers)
    assert racer.value("lr") > 0
