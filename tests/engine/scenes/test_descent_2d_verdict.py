"""What the race says of runs that went wrong: not before they have, and then with a way out."""

import math

import pytest

from engine.optimizer_kinds import OPTIMIZERS
from engine.race import race
from engine.scene import changed, make_scene
from engine.scenes._descent_2d_verdict import Verdicts, verdicts

RAVINE = {"f": "x^2+10y^2", "x": 2, "y": 1, "steps": 40}


def told(**values: object) -> Verdicts:
    scene = make_scene("descent-2d", {**RAVINE, **values})
    f = scene.function("f")
    return verdicts(scene, f, race(f, scene.racers, scene.x, scene.y, scene.steps, scene.noise, scene.seed))


def values(found: Verdicts) -> dict[str, object]:
    return {readout.name: readout.value for readout in found.readouts}


def test_a_race_in_good_health_is_left_alone() -> None:
    found = told(racers="gd(lr=0.05); adam(lr=0.1)")
    assert (found.halts, found.said, found.offers) == ((), (), ())
    assert values(found)["blow_up_step"] is None
    assert values(found)["safe_lr"] is None
    assert values(found)["sharpness"] == 20
    assert values(found)["edge"] == pytest.approx(1.0)


def test_the_play_head_stops_at_every_guilty_step_and_says_why() -> None:
    """From (4, 0.01) at 0.11 the last rise begins after 12 steps; the other racer is wrong from the first."""
    found = told(x=4, y=0.01, steps=60, racers="gd(lr=0.11); gd(lr=0); gd(lr=0.05)", step=0)
    assert [halt.value for halt in found.halts] == [0, 13]
    assert str(found.halts[0].why) == "gd 0: The learning rate is 0, so no step has any length."
    assert "gd 0.11: From step 13 on the loss rises" in str(found.halts[1].why)


def test_two_that_go_wrong_at_one_step_share_a_halt() -> None:
    (halt,) = told(racers="gd(lr=0.11); gd(lr=0.12)", step=0).halts
    assert "gd 0.11: From step 1 on" in str(halt.why)
    assert "gd 0.12: From step 1 on" in str(halt.why)


@pytest.mark.parametrize("step", [0, 5, 12])
def test_nothing_is_told_before_it_has_happened(step: int) -> None:
    found = told(x=4, y=0.01, steps=60, racers="gd(lr=0.11)", step=step)
    assert found.said == ()
    assert found.offers == ()
    assert values(found)["blow_up_step"] is None
    assert values(found)["blow_up_reason"] is None
    assert values(found)["safe_lr"] is None
    assert len(found.halts) == 1


@pytest.mark.parametrize("step", [13, 30, -1])
def test_from_that_step_on_it_is_told_with_a_rate_that_lasts(step: int) -> None:
    found = told(x=4, y=0.01, steps=60, racers="gd(lr=0.11)", step=step)
    assert values(found)["blow_up_step"] == 13
    assert values(found)["blow_up_reason"] == "step-too-large"
    assert values(found)["safe_lr"] == 0.099  # 0.1 is 2/λmax itself: to and fro for ever
    assert values(found)["edge"] == pytest.approx(2.2)
    assert values(found)["edge_bound"] == 2
    assert str(found.said[0]).startswith("gd: From step 13 on the loss rises")
    assert "with every rate of two digits up to 0.099" in str(found.said[1])
    (offer,) = found.offers
    assert str(offer.words) == "Run gd(lr=0.099) beside"
    assert offer.values == {"racers": "gd(lr=0.11); gd(lr=0.099)"}


def test_the_offer_can_be_taken_once() -> None:
    scene = make_scene("descent-2d", {**RAVINE, "racers": "gd(lr=0.11)"})
    f = scene.function("f")
    (offer,) = verdicts(scene, f, race(f, scene.racers, scene.x, scene.y, scene.steps)).offers
    taken = changed(scene, offer.values)
    runners = race(f, taken.racers, taken.x, taken.y, taken.steps)
    assert [runner.run.losses[-1] <= runner.run.losses[0] for runner in runners] == [False, True]
    assert verdicts(taken, f, runners).offers == ()


def test_the_racer_in_focus_is_the_one_in_question() -> None:
    racers = "gd(lr=0.2); gd(lr=0.11); gd(lr=0.05)"
    assert values(told(racers=racers, focus=2))["edge"] == pytest.approx(2.2)
    assert str(told(racers=racers, focus=2).offers[0].values["racers"]).endswith("gd(lr=0.05); gd(lr=0.099)")
    assert values(told(racers=racers, focus=3))["blow_up_step"] is None
    assert told(racers=racers, focus=3).offers == ()
    assert len(told(racers=racers, focus=3).said) == 2


def test_a_fork_is_not_blamed_for_what_it_shares() -> None:
    """Every step before the turn rises; the fork, at 0.05 from there, does well. One that turns too late
    ends higher than it began, by steps that it shares."""
    assert len(told(racers="gd(lr=0.11); gd(lr=0.11) @ 3 gd(lr=0.05)").halts) == 1
    assert len(told(racers="gd(lr=0.11); gd(lr=0.11) @ 39 gd(lr=0)").halts) == 1
    assert len(told(racers="gd(lr=0.11) @ 39 gd(lr=0)").halts) == 1


def test_where_no_step_is_too_long_no_rate_is_offered() -> None:
    found = told(f="x^2 - y^2", x=-3, y=0, racers="gd(lr=0.1)")
    assert values(found)["blow_up_reason"] == "saddle"
    assert values(found)["safe_lr"] is None
    assert found.offers == ()


@pytest.mark.parametrize("racer", OPTIMIZERS)
@pytest.mark.parametrize(
    "values_",
    [
        {},
        {"f": "ln x + 1/y"},
        {"f": "3 + 0x y"},
        {"f": "abs(x) + floor(y)"},
        {"noise": 1e300},
        {"racers": " "},
    ],
)
@pytest.mark.parametrize("rate", ["0", "0.3", "1e300"])
def test_every_readout_has_a_value_or_says_why_not(racer: str, values_: dict[str, object], rate: str) -> None:
    for step in (0, 1, -1):
        found = told(**{"racers": f"{racer}(lr={rate})", "focus": 1, "step": step, **values_})
        for readout in found.readouts:
            assert (readout.value is None) == (readout.reason is not None)
            assert not isinstance(readout.value, float) or math.isfinite(readout.value)
        for text in found.said:
            assert str(text)[-1] == "."
        for offer in found.offers:
            make_scene("descent-2d", offer.values)
