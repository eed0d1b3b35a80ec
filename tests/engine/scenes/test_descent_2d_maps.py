"""The maps beside a race: coarse at once and better, kept, and true to theory."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.cancellation import CancelledError, cancellable
from engine.descent import MAXIMUM_STEPS
from engine.figure import Curve, Handle, Label, Mosaic, Rule, View
from engine.function import function
from engine.race import race
from engine.racers import parse_racers
from engine.rate_maps import Setup, memory_of
from engine.scene import changed, make_scene
from engine.scenes import _descent_2d_basins as basin_stages
from engine.scenes import _descent_2d_rate_memory as rate_memory
from engine.scenes._descent_2d_maps import (
    BASINS,
    RATE_MEMORY,
    RATES,
    basin_map,
    plane,
    rates,
)
from engine.scenes._descent_2d_rates import BEYOND
from engine.text import Text

RAVINE = {"f": "x^2 + 10y^2", "x": 2.0, "y": 1.0, "steps": 60, "racers": "gd(lr=0.02); momentum(lr=0.02)"}
HIMMELBLAU = {"f": "(x^2 + y - 11)^2 + (x + y^2 - 7)^2", "racers": "gd(lr=0.01); adam(lr=0.1)"}
MAPS = {"rates": rates, "plane": plane, "basins": basin_map}


def scene_of(**values):
    return make_scene("descent-2d", RAVINE | values)


def stages(which, scene, views=None):
    f = scene.function("f")
    runners = race(f, scene.racers, scene.x, scene.y, scene.steps, scene.noise, scene.seed)
    return list(MAPS[which](scene, f, runners, views or {}))


def last(which, scene, views=None):
    return stages(which, scene, views)[-1]


def readouts(beside):
    return {readout.name: readout.value for readout in beside.readouts}


def mark(beside, kind, name=None):
    found = [one for one in beside.panel.marks if isinstance(one, kind) and name in (None, one.id)]
    return found[0] if found else None


def looks(beside):
    return {tile.look for tile in mark(beside, Mosaic).tiles}


def said(beside):
    return " ".join(map(str, beside.said))


@pytest.fixture(autouse=True)
def _fewer_cells(request, monkeypatch):
    """Maps as fine as a test needs them."""
    if "at_its_limit" not in request.node.name:
        monkeypatch.setattr(basin_stages, "SIDES", (16, 32, 64))
        monkeypatch.setattr(rate_memory, "SIZES", ((16, 12), (48, 36)))


# -- stages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("which", "steps"), [("rates", 300), ("plane", 60), ("basins", 60)])
def test_it_comes_coarse_at_once_and_better_until_it_is_done(which, steps):
    scene = scene_of(focus=2, steps=steps, x=1.9)
    found = stages(which, scene)
    assert len(found) > 1
    shares = [beside.done for beside in found]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert all(share < 1.0 for share in shares[:-1])
    for beside in found[:-1]:
        assert all(readout.value is None and readout.reason for readout in beside.readouts)
        assert beside.offers == ()
    cells = [mark(beside, Mosaic).kinds.size for beside in found]
    assert cells == sorted(cells)


@pytest.mark.parametrize("which", MAPS)
def test_what_was_found_is_kept_while_the_run_is_played(which):
    scene = scene_of(focus=2, steps=90)
    (*_, first) = stages(which, scene)
    for step in (0, 30, 90):
        (again,) = stages(which, changed(scene, {"step": step}))
        assert mark(again, Mosaic) is mark(first, Mosaic)
        assert again.done == 1.0


def test_a_map_broken_off_goes_on_where_it_was():
    scene = scene_of(focus=2, steps=61)
    f = scene.function("f")
    runners = race(f, scene.racers, scene.x, scene.y, scene.steps)
    running = basin_map(scene, f, runners, {})
    coarse, finer = next(running), next(running)
    running.close()
    again = stages("basins", scene)
    assert mark(again[0], Mosaic) is mark(finer, Mosaic)
    assert mark(again[0], Mosaic) is not mark(coarse, Mosaic)


@pytest.mark.parametrize("which", MAPS)
def test_it_can_be_cancelled(which):
    scene = scene_of(focus=2, steps=77, x=1.7)
    with cancellable(lambda: True), pytest.raises(CancelledError):
        stages(which, scene)


@pytest.mark.parametrize("which", MAPS)
def test_a_race_at_its_limit_is_looked_at_in_part_and_that_is_said(which):
    scene = scene_of(steps=MAXIMUM_STEPS, racers="gd(lr=0.099); momentum(lr=0.1)", focus=2)
    found = stages(which, scene)
    assert f"The map looks at the first 2000 of {MAXIMUM_STEPS} steps." in said(found[-1])
    cells = mark(found[-1], Mosaic).kinds.size
    assert cells * 2000 <= 7e7


# -- rates ------------------------------------------------------------------------------------------------


def test_the_dial_says_what_each_rate_leads_to():
    """gd on x² + 10y²: safe below 0.1, and best where both factors are alike, at 2/22 = 0.0909…"""
    beside = last("rates", scene_of(steps=400))
    values = readouts(beside)
    assert values["safe_lr"] == 0.099
    assert values["best_lr"] == pytest.approx(2 / 22, rel=0.08)
    assert {"arrived", "on-its-way", "diverged"} <= looks(beside)
    ground = mark(beside, Mosaic)
    centres = 10 ** (
        math.log10(ground.x_low) + np.log10(ground.x_high / ground.x_low) * (np.arange(384) + 0.5) / 384
    )
    names = np.array([tile.look for tile in ground.tiles])[ground.kinds[0]]
    assert (names[centres < 0.008] == "on-its-way").all()  # 4 (1 − 2η)^400 is more than 1e-4 · 20.4
    assert (names[(centres > 0.02) & (centres < 0.09)] == "arrived").all()
    assert (names[centres > 0.11] == "diverged").all()
    assert mark(beside, Rule, "safe").x == 0.099
    assert "with 0.1 it does not" in said(beside)


def test_the_curve_counts_the_steps_each_rate_needs():
    """Plain descent on x² from 2 alone: |2 x_k| ≤ 1e-4 · 4 from k = log(1e-4) / log(1 − 2η) on."""
    beside = last("rates", scene_of(f="x^2 + 0 y", steps=150))
    curve = mark(beside, Curve, "needed")
    inside = (curve.x > 0.05) & (curve.x < 0.45)
    expected = np.ceil(np.log(1e-4) / np.log(1 - 2 * curve.x[inside]))
    np.testing.assert_allclose(curve.y[inside], expected, atol=1)
    assert np.isnan(curve.y[curve.x > 1]).all()


def test_the_racer_s_own_rate_is_a_handle_and_a_line():
    beside = last("rates", scene_of(focus=2))
    handle, rule = mark(beside, Handle), mark(beside, Rule, "own")
    assert (handle.id, handle.x, rule.x) == ("rate", 0.02, 0.02)
    assert rule.look == "momentum"
    view = beside.panel.view
    assert view.y_low < handle.y < view.y_high
    assert view.x_low < 0.02 < view.x_high
    assert "0.02" in str(handle.told)


@pytest.mark.parametrize("rate", [1e-7, 300.0])
def test_the_dial_reaches_as_far_as_the_racer_s_own_rate(rate):
    view = last("rates", scene_of(racers=f"gd(lr={rate})")).panel.view
    assert view.x_low <= rate <= view.x_high


@pytest.mark.parametrize("rate", [0.0, 1e300])
def test_a_rate_beyond_reason_leaves_the_dial_as_it_is(rate):
    beside = last("rates", scene_of(racers=f"gd(lr={rate!r})"))
    assert beside.panel.view.x_high <= 1e3
    assert math.isfinite(mark(beside, Handle).x)
    assert mark(beside, Handle).x > 0


def test_zooming_looks_closer():
    scene = scene_of(steps=400)
    beside = last("rates", scene, {RATES: View(0.09, 0.11, 1.0, 100.0)})
    ground = mark(beside, Mosaic)
    assert (ground.x_low, ground.x_high) == (0.09, 0.11)
    assert ground.y_high == BEYOND
    assert readouts(beside)["safe_lr"] == 0.099  # whatever is shown


def test_its_offers_can_be_taken():
    scene = scene_of(steps=400)
    beside = last("rates", scene)
    for offer, rate in zip(beside.offers, (0.099, readouts(beside)["best_lr"]), strict=True):
        taken = changed(scene, offer.values)
        assert parse_racers(taken.racers)[0].value("lr") == rate
        assert parse_racers(taken.racers)[1] == parse_racers(scene.racers)[1]
    taken = changed(scene, beside.offers[0].values)
    assert len(last("rates", taken).offers) == 1  # it has that rate now


def test_why_there_is_no_safe_rate():
    beside = last("rates", scene_of(f="3 + 0 x y"))
    (safe, *_) = beside.readouts
    assert (safe.name, safe.value) == ("safe_lr", None)
    assert "no slope" in str(safe.reason)
    assert looks(beside) == {"arrived"}


# -- rate and memory --------------------------------------------------------------------------------------


@pytest.mark.parametrize("beta", [0.0, 0.3, 0.6, 0.9])
def test_the_border_of_the_plane_is_polyak_s(beta):
    """Heavy ball, accumulated, on a quadratic: it falls for η < 2 (1 + β) / λmax."""
    part = parse_racers("momentum")[0].last
    setup = Setup(function("x^2 + 10y^2", ("x", "y")), (part,), 2.0, 1.0, 400).plain("lr")
    memory = memory_of(part)
    view = View(0.05, 0.5, max(beta - 1e-6, 0.0), beta + 1e-6)
    ground = rate_memory.mapped(setup, memory, view, 120, 1).ground
    names = np.array([tile.look for tile in ground.tiles])[ground.kinds[0]]
    centres = 10 ** (math.log10(0.05) + (np.arange(120) + 0.5) / 120)
    border = 2 * (1 + beta) / 20
    assert (names[centres < 0.95 * border] == "arrived").all()
    assert not (names[centres > 1.02 * border] == "arrived").any()
    assert (names[centres > 1.06 * border] == "diverged").all()


def test_the_best_pair_is_polyak_s():
    """On x² + 10y² the heavy ball is quickest with β = ((√10 − 1)/(√10 + 1))² and η = 4/(√20 + √2)²."""
    part = parse_racers("momentum")[0].last
    setup = Setup(function("x^2 + 10y^2", ("x", "y")), (part,), 2.0, 1.0, 60).plain("lr")
    best = rate_memory.mapped(setup, memory_of(part), View(0.03, 0.3, 0.0, 0.9), 120, 90).best
    assert best.rate == pytest.approx(4 / (20**0.5 + 2**0.5) ** 2, rel=0.05)
    assert best.memory == pytest.approx(((10**0.5 - 1) / (10**0.5 + 1)) ** 2, abs=0.05)


@pytest.mark.parametrize(
    ("call", "symbol", "words"),
    [
        ("momentum", r"\beta", "velocity"),
        ("nesterov", r"\beta", "velocity"),
        ("qhm", r"\beta", "velocity"),
        ("rmsprop", r"\alpha", "average square"),
        ("adadelta", r"\rho", "average square"),
        ("adam", r"\beta_1", "average gradient"),
        ("adamw", r"\beta_1", "average gradient"),
        ("amsgrad", r"\beta_1", "average gradient"),
        ("nadam", r"\beta_1", "average gradient"),
        ("lion", r"\beta_1", "average gradient"),
        ("qhadam", r"\beta_1", "average gradient"),
    ],
)
def test_it_says_which_memory_is_meant(call, symbol, words):
    beside = last("plane", scene_of(racers=call, steps=20))
    assert beside.panel.y_axis.latex == symbol
    assert words in said(beside)
    handle = mark(beside, Handle)
    part = parse_racers(call)[0].last
    assert (handle.id, handle.y) == (RATE_MEMORY, memory_of(part).value(part))


def test_the_other_half_of_a_pair_stays_what_it_is():
    """With β₂ = 0.5 Adam goes otherwise than with 0.999."""
    one, other = (
        last("plane", scene_of(racers=f"adam(betas=(0.9, {second}))")) for second in ("0.5", "0.999")
    )
    assert not np.array_equal(mark(one, Mosaic).kinds, mark(other, Mosaic).kinds)


def test_the_map_does_not_depend_on_where_in_it_the_racer_stands():
    one, other = (
        last("plane", scene_of(racers=call)) for call in ("adam(lr=0.1)", "adam(lr=0.2, betas=(0.3, 0.999))")
    )
    assert mark(one, Mosaic) is mark(other, Mosaic)
    assert mark(one, Handle).y != mark(other, Handle).y


def test_the_best_pair_is_offered_and_true():
    scene = scene_of(steps=120, focus=2)
    beside = last("plane", scene)
    values = readouts(beside)
    (offer,) = beside.offers
    taken = changed(scene, offer.values)
    racer = parse_racers(taken.racers)[1]
    assert racer.value("lr") == values["best_lr"]
    assert racer.value("beta") == pytest.approx(values["best_memory"], abs=1e-3)
    (_, runner) = race(scene.function("f"), taken.racers, 2.0, 1.0, 120)
    lengths = np.hypot(*runner.run.gradients.T)
    steps = int(np.flatnonzero(lengths > 1e-4 * lengths[0])[-1]) + 1
    assert steps == pytest.approx(values["steps_at_best"], abs=2)  # its memory is rounded to three digits


@pytest.mark.parametrize("call", ["gd", "adagrad", "newton", "bfgs"])
def test_a_racer_without_memory_is_told_so_and_offered_one_that_has(call):
    alone = scene_of(racers=f"{call}(lr=0.05)", steps=20)
    beside = last("plane", alone)
    assert beside.panel.id == RATES
    assert "remembers nothing" in said(beside)
    added = changed(alone, beside.offers[0].values)
    assert [racer.optimizer for racer in parse_racers(added.racers)] == [call, "momentum"]
    assert last("plane", added).panel.id == RATE_MEMORY
    together = scene_of(racers=f"{call}; gd(lr=0.1); rmsprop", steps=20)
    assert changed(together, last("plane", together).offers[0].values).focus == 3


def test_memories_that_cannot_be_are_left_clear():
    scene = scene_of(focus=2, steps=20)
    ground = mark(last("plane", scene, {RATE_MEMORY: View(1e-3, 1.0, -2.0, 3.0)}), Mosaic)
    assert (ground.y_low, ground.y_high) == (0.0, 1.0)
    mark(last("plane", scene, {RATE_MEMORY: View(1e-3, 1.0, 1.5, 3.0)}), Mosaic)


# -- basins -----------------------------------------------------------------------------------------------


def test_basins_are_coloured_by_where_runs_end():
    scene = make_scene("descent-2d", HIMMELBLAU | {"steps": 150, "x": 0.5, "y": 0.5})
    beside = last("basins", scene)
    assert readouts(beside) == {"basin_count": 4.0, "arrived_share": 1.0}
    assert looks(beside) == {"place 1", "place 2", "place 3", "place 4"}
    (table,) = beside.tables
    assert next(table.rows())[:3] == ("minimum", 3.0, 2.0)
    assert sum(row[4] for row in table.rows()) == pytest.approx(1.0)
    assert "minimum (3, 2)" in said(beside)
    assert "From the start it ends at minimum (3, 2)." in said(beside)


def test_the_focused_run_lies_over_the_map_as_far_as_it_is_on_show():
    scene = make_scene("descent-2d", HIMMELBLAU | {"steps": 30, "step": 7, "focus": 2})
    beside = last("basins", scene)
    path = mark(beside, Curve)
    assert (len(path.x), path.look) == (8, "adam")
    handle = mark(beside, Handle)
    assert (handle.id, handle.x, handle.y, handle.parameters) == ("start", scene.x, scene.y, ("x", "y"))


def test_the_map_lies_over_what_the_plane_shows_or_what_it_was_zoomed_to():
    scene = make_scene("descent-2d", HIMMELBLAU | {"steps": 10})
    shown, own = View(0.0, 4.0, 0.0, 4.0), View(1.0, 2.0, 1.0, 2.0)
    for views, expected in (({"plane": shown}, shown), ({"plane": shown, BASINS: own}, own)):
        beside = last("basins", scene, views)
        ground = mark(beside, Mosaic)
        assert beside.panel.view == expected
        assert View(ground.x_low, ground.x_high, ground.y_low, ground.y_high) == expected


def test_sooner_is_stronger():
    """On a cone, rounded at its tip, the slope is 1 and each step 0.5: the farther off, the later."""
    beside = last("basins", scene_of(f="sqrt(1 + x^2 + y^2)", racers="gd(lr=0.5)", steps=60))
    shade = mark(beside, Mosaic).shade
    side = shade.shape[0]
    along = shade[side // 2, side // 2 :]
    assert (np.diff(along) <= 0).all()
    assert along[0] == 1.0
    assert along[-1] < 0.5


def test_where_f_is_not_there_is_no_colour():
    beside = last("basins", scene_of(f="ln(x) + y^2", x=1.0, racers="gd(lr=0.02)", steps=30))
    kinds = mark(beside, Mosaic).kinds
    assert (kinds[:, : kinds.shape[1] // 2] == -1).all()
    assert (kinds[:, kinds.shape[1] // 2 :] >= 0).all()
    nowhere = last("basins", scene_of(f="ln(-1 - x^2) + y", racers="gd", steps=30))
    assert "no finite value anywhere" in said(nowhere)
    assert readouts(nowhere)["arrived_share"] is None


@pytest.mark.parametrize(
    "source",
    [
        "3 + 0 x y",
        "ln(x^2) + y^2",
        "step(x) - y",
        "floor(x) + floor(y)",
        "1/(x y)",
        "x^400 + y^400",
        "sqrt(x y)",
    ],
)
@pytest.mark.parametrize("which", MAPS)
@pytest.mark.parametrize("call", ["gd(lr=0.1)", "adam(lr=0)", "momentum(lr=1e300)", "newton"])
def test_surfaces_with_holes_and_rates_of_all_sizes(source, which, call):
    for x in (0.0, 2.0, 1e200):
        scene = make_scene("descent-2d", {"f": source, "x": x, "y": 1.0, "racers": call, "steps": 12})
        beside = last(which, scene)
        assert beside.said
        for readout in beside.readouts:
            assert readout.value is not None or str(readout.reason)
            assert readout.value is None or math.isfinite(readout.value)
        assert beside.done == 1.0


@pytest.mark.parametrize("which", MAPS)
def test_nobody_runs(which):
    (beside,) = stages(which, scene_of(racers=""))
    assert beside.said == ()  # the race says it already
    assert beside.panel.marks == ()


@pytest.mark.parametrize("which", MAPS)
def test_noise_is_taken_into_account(which):
    quiet, noisy = (last(which, scene_of(noise=noise, seed=4, focus=2)) for noise in (0.0, 2.0))
    assert not np.array_equal(mark(quiet, Mosaic).kinds, mark(noisy, Mosaic).kinds)


def test_every_word_has_its_values():
    for which in MAPS:
        for focus in (1, 2):
            beside = last(which, scene_of(focus=focus))
            texts = [*beside.said, *(offer.words for offer in beside.offers)]
            texts += [label for one in beside.panel.marks if (label := one.label) is not None]
            texts += [told for one in beside.panel.marks if isinstance(one, Handle) and (told := one.told)]
            assert all(isinstance(text, Text) and "{" not in str(text) for text in texts)


def test_minima_in_view_are_named_on_the_map_and_not_in_the_legend():
    """All four minima of Himmelblau's function lie between −4 and 4, none of them in the second view."""
    scene = make_scene("descent-2d", HIMMELBLAU | {"steps": 150, "x": 0.5, "y": 0.5})
    whole = last("basins", scene, {"plane": View(-4.0, 4.0, -4.0, 4.0)})
    corner = last("basins", scene, {"plane": View(0.5, 1.5, 2.5, 3.5)})
    for beside, named in ((whole, 4), (corner, 0)):
        (ground,) = (mark for mark in beside.panel.marks if isinstance(mark, Mosaic))
        minima = [tile for tile in ground.tiles if str(tile.words).startswith("minimum")]
        assert minima
        assert sum(not tile.listed for tile in minima) == named
        assert sum(isinstance(mark, Label) for mark in beside.panel.marks) == named
