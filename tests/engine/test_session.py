"""A learner's way through a lesson, without a window: every change is a value, and every value comes back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lesson_samples import HEAD, SAMPLE, lesson

from engine.actions import (
    Action,
    Explore,
    GiveAnswer,
    GoTo,
    Look,
    OpenHint,
    OpenLesson,
    Redo,
    ResetStep,
    Seek,
    SetParameters,
    SetView,
    ShowAnswer,
    Undo,
)
from engine.errors import ParameterError
from engine.figure import View
from engine.lessons.scoring import Answer
from engine.scene import make_scene
from engine.session import HISTORY, SessionState, reduce

LOOK, PREDICT, PLAY, DO, ANSWER, WHY = range(6)


def after(*actions: Action, state: SessionState | None = None) -> SessionState:
    """The state after the sample lesson was opened and these actions were taken."""
    state = state or reduce(SessionState(), OpenLesson(lesson()))
    for action in actions:
        state = reduce(state, action)
    return state


def test_a_lesson_opens_at_its_first_step() -> None:
    state = after()
    assert (state.step, state.scene.h, state.visited) == (LOOK, 1.0, {LOOK})
    assert state.views == {"plane": View(-1, 3, -1, 9)}
    assert not state.past


def test_a_lesson_opens_where_it_was_left() -> None:
    left = OpenLesson(lesson(), step=DO, answers={"where": Answer("two", "kept")}, visited=frozenset({0, 1}))
    state = reduce(SessionState(), left)
    assert (state.step, state.visited) == (DO, {0, 1, DO})
    assert reduce(SessionState(), OpenLesson(lesson(), step=99)).step == WHY


def test_beyond_the_ends_nothing_happens() -> None:
    state = after()
    assert reduce(state, GoTo(-1)) is state
    assert reduce(state, GoTo(6)) is state
    assert reduce(state, GoTo(LOOK)) is state


# -- changing the picture --------------------------------------------------------------------------------


def test_a_drag_is_one_entry() -> None:
    state = after(*(SetParameters({"x0": 1 + place / 10}, gesture="drag") for place in range(1, 20)))
    assert len(state.past) == 1
    assert state.scene.x0 == 2.9
    assert reduce(state, Undo()).scene.x0 == 1.0


def test_two_drags_are_two_entries() -> None:
    state = after(SetParameters({"x0": 2}, gesture="one"), SetParameters({"x0": 3}, gesture="two"))
    assert len(state.past) == 2
    assert reduce(state, Undo()).scene.x0 == 2.0


def test_typing_without_a_gesture_is_an_entry_each_time() -> None:
    assert len(after(SetParameters({"x0": 2}), SetParameters({"x0": 3})).past) == 2


def test_what_changes_nothing_is_no_entry() -> None:
    state = after()
    assert reduce(state, SetParameters({"x0": 1.0})) is state


def test_frames_are_no_entries() -> None:
    state = after(GoTo(PLAY), *(Seek(frame / 60) for frame in range(61)))
    assert not state.past
    assert (state.scene.h, state.position) == (0.001, 1.0)


def test_a_frame_is_even_in_the_logarithm() -> None:
    # h runs from 1 to 0.001 = 10^-3; at a third of the way it is 10^-1.
    assert after(GoTo(PLAY), Seek(1 / 3)).scene.h == pytest.approx(0.1)


def test_a_frame_from_the_left_knows_its_place() -> None:
    state = reduce(SessionState(), Explore(make_scene("secant", {"h": -1})))
    half_way = reduce(state, Seek(0.5))
    assert half_way.scene.h == pytest.approx(-(10**-1.5))
    assert half_way.position == pytest.approx(0.5)


def test_a_frame_ends_a_drag() -> None:
    state = after(GoTo(PLAY), SetParameters({"x0": 2}, "drag"), Seek(0.5), SetParameters({"x0": 3}, "drag"))
    assert len(state.past) == 2


@pytest.mark.parametrize("values", [{"h": 0}, {"x0": "1/0"}, {"nothing": 1}, {"f": "2x +"}, {"x0": None}])
def test_a_value_that_cannot_be_changes_nothing(values: dict[str, Any]) -> None:
    state = after(SetParameters({"x0": 2}))
    with pytest.raises(ParameterError):
        reduce(state, SetParameters(values))
    assert (state.scene.x0, len(state.past)) == (2.0, 1)


def test_undo_and_redo() -> None:
    state = after(SetParameters({"x0": 2}), SetParameters({"h": 0.5}))
    back = after(Undo(), Undo(), state=state)
    assert (back.scene.x0, back.scene.h, back.past) == (1.0, 1.0, ())
    forth = after(Redo(), Redo(), state=back)
    assert forth.scene == state.scene
    assert reduce(forth, Redo()) is forth
    assert reduce(back, Undo()) is back
    assert not after(SetParameters({"x0": 3}), state=back).future


def test_undo_reaches_back_over_steps() -> None:
    state = after(SetParameters({"x0": 2}), GoTo(DO))
    back = reduce(state, Undo())
    assert (back.step, back.scene.x0) == (LOOK, 1.0)
    assert reduce(back, Redo()).step == DO


def test_history_is_bounded() -> None:
    state = after(*(SetParameters({"x0": place}) for place in range(2, HISTORY + 20)))
    assert len(state.past) == HISTORY


def test_reset_brings_the_step_back_and_keeps_answers() -> None:
    zoomed = SetView("plane", View(0, 1, 0, 1))
    state = after(GoTo(PREDICT), GiveAnswer("where", "two"), GoTo(DO), SetParameters({"h": 0.1}), zoomed)
    reset = reduce(state, ResetStep())
    assert (reset.scene.h, reset.scene.guess) == (0.5, 2.0)
    assert reset.views == {"plane": View(-1, 3, -1, 9)}
    assert reset.answer("where").given == "two"
    assert reduce(reset, Undo()).scene.h == 0.1
    assert reduce(reset, ResetStep()) is reset


def test_views_come_back() -> None:
    state = after(SetView("plane", View(0, 1, 0, 1)))
    assert state.views["plane"] == View(0, 1, 0, 1)
    assert reduce(state, SetView("plane", None)).views["plane"] == View(-1, 3, -1, 9)
    assert not state.past


# -- steps -----------------------------------------------------------------------------------------------


def test_a_step_starts_from_what_was_authored_not_from_where_things_were_dragged() -> None:
    assert after(SetParameters({"x0": 3, "h": 0.2}), GoTo(PREDICT)).scene == after().scene


def test_what_is_carried_keeps_the_value_the_learner_gave_it() -> None:
    state = after(GoTo(PLAY), SetParameters({"x0": 2.5, "h": 0.3}), GoTo(DO))
    assert (state.scene.x0, state.scene.h) == (2.5, 0.5)


def test_what_a_step_sets_itself_is_not_carried_into_it() -> None:
    state = after(GoTo(DO), SetParameters({"x0": 2.5}), GoTo(ANSWER))
    assert state.scene.x0 == 1.0


def test_a_prediction_stays_in_the_picture() -> None:
    state = after(GoTo(PREDICT), GiveAnswer("where", "zero"))
    assert state.scene.guess == 0.0
    assert after(GoTo(PLAY), state=state).scene.guess == 0.0
    assert after(GoTo(PLAY), GoTo(DO), GoTo(PREDICT), state=state).scene.guess == 0.0
    assert reduce(state, Undo()).scene.guess is None


def test_an_authored_value_ends_a_prediction() -> None:
    text = SAMPLE.replace("```scene\nh = 0.5", '```scene\nguess = "none"\nh = 0.5')
    state = reduce(SessionState(), OpenLesson(lesson(text)))
    state = after(GoTo(PREDICT), GiveAnswer("where", "zero"), GoTo(PLAY), state=state)
    assert state.scene.guess == 0.0
    assert reduce(state, GoTo(DO)).scene.guess is None


def test_changing_ones_mind_changes_the_picture() -> None:
    state = after(GoTo(PREDICT), GiveAnswer("where", "zero"), GiveAnswer("where", "two"))
    assert (state.scene.guess, state.answer("where").given) == (2.0, "two")


# -- exercises -------------------------------------------------------------------------------------------


def test_a_goal_is_met_by_the_learners_own_change_only() -> None:
    animation = "```animate h\nto = 0.002\nstart = 0.5\n```\n\n"
    text = SAMPLE.replace("```scene\nh = 0.5", animation + "```scene\nh = 0.5")
    state = reduce(SessionState(), OpenLesson(lesson(text)))
    played = after(GoTo(DO), Seek(1.0), state=state)
    assert played.scene.h == 0.002
    assert played.answer("close").outcome == "open"
    assert after(GoTo(DO), SetParameters({"h": 0.002}), state=state).answer("close").outcome == "right"


def test_a_goal_once_met_stays_met() -> None:
    state = after(GoTo(DO), SetParameters({"h": 0.005}))
    assert DO in state.done
    state = after(SetParameters({"h": 1}), Undo(), Undo(), state=state)
    assert state.scene.h == 0.5
    assert state.answer("close").outcome == "right"


def test_wrong_answers_are_counted_and_unreadable_ones_are_not() -> None:
    given = [GiveAnswer("slope", typed) for typed in ("5", "two", "6", "2x", "")]
    state = after(GoTo(ANSWER), *given[:2])
    assert (state.answer("slope").outcome, state.answer("slope").tries) == ("unreadable", 1)
    assert state.answer("slope").given == "two"
    assert after(*given[2:], state=state).answer("slope").tries == 2
    right = after(GiveAnswer("slope", "2"), state=state)
    assert right.answer("slope").outcome == "right"
    # f = 3x² − 4x has the slope 6 · 1 − 4 = 2 at 1, and the derivative 6x − 4.
    assert ANSWER in after(GiveAnswer("derivative", "2(3x - 2)"), state=right).done


def test_hints_open_rung_by_rung() -> None:
    state = after(GoTo(DO), OpenHint("close"), OpenHint("close"), OpenHint("close"))
    assert state.answer("close").hints == 2
    assert not state.past


def test_an_answer_that_was_shown_is_marked_as_seen() -> None:
    state = after(GoTo(DO), ShowAnswer("close"))
    assert state.finished("close")
    assert state.answer("close").seen
    assert state.answer("close").outcome == "open"
    assert DO in state.done


def test_a_step_with_a_prediction_is_done_when_it_is_made() -> None:
    assert PREDICT not in after(GoTo(PREDICT)).done
    assert PREDICT in after(GoTo(PREDICT), GiveAnswer("where", "zero")).done


def test_undo_takes_an_answer_back() -> None:
    state = after(GoTo(ANSWER), GiveAnswer("slope", "2"), Undo())
    assert state.answer("slope") == Answer()


def test_an_exercise_of_another_step_cannot_be_answered() -> None:
    with pytest.raises(KeyError):
        after(GiveAnswer("slope", "2"))


# -- without a lesson ------------------------------------------------------------------------------------


def test_exploring_shows_every_control_and_plays_what_the_scene_plays() -> None:
    state = reduce(SessionState(), Explore(make_scene("secant", {"x0": 2})))
    assert set(state.setting.controls) >= {"f", "x0", "h"}
    assert state.playback.parameter == "h"
    assert reduce(state, Seek(1.0)).scene.h == 0.001
    assert reduce(reduce(state, SetParameters({"x0": 3})), ResetStep()).scene.x0 == 1.0


def test_nothing_at_all_is_a_state_too() -> None:
    empty = SessionState()
    for action in (GoTo(1), SetParameters({"x": 1}), Seek(0.5), ResetStep(), Undo(), Redo()):
        assert reduce(empty, action) == empty or reduce(empty, action) is empty
    assert (empty.playback, empty.position, empty.done) == (None, 0.0, frozenset())


def test_a_step_without_a_picture() -> None:
    question = "```expression e\nask = 'What?'\nanswer = 'x'\n```\n"
    text = f"{HEAD}\n# Words\n\nOnly words.\n\n# Question\n\n{question}"
    state = reduce(SessionState(), OpenLesson(lesson(text)))
    state = after(GoTo(1), GiveAnswer("e", "x"), ResetStep(), Seek(0.5), state=state)
    assert state.scene is None
    assert state.done == {0, 1}


# -- any way at all --------------------------------------------------------------------------------------

NUMBERS = st.one_of(
    st.floats(-5, 5),
    st.sampled_from([0, 1e-6, 1e300, float("nan"), float("inf"), "pi/2", "", "x", None, True, [1]]),
)
VALUES = st.one_of(
    st.dictionaries(st.sampled_from(["x0", "h", "guess"]), NUMBERS),
    st.fixed_dictionaries({"f": st.sampled_from(["x^3", "sin x", "1/x", "2x +"])}),
)
GIVEN = st.sampled_from(["two", "zero", "2", "6x - 4", "6x", "(", "", "hint", "show"])


@st.composite
def ways(draw: st.DrawFn) -> list[Any]:
    """A sequence of things a learner may do, exercises and all; resolved while it is walked."""
    one = st.one_of(
        st.builds(GoTo, st.integers(-1, 7)),
        st.builds(SetParameters, VALUES, st.sampled_from(["a", "b", ""])),
        st.builds(Seek, st.floats(-1, 2)),
        st.builds(SetView, st.just("plane"), st.sampled_from([None, View(0, 1, 0, 1)])),
        st.sampled_from([ResetStep(), Undo(), Redo()]),
        st.tuples(st.integers(0, 3), GIVEN),
    )
    return draw(st.lists(one, max_size=25))


def resolved(state: SessionState, item: Any) -> Action | None:
    if not isinstance(item, tuple):
        return item
    place, given = item
    exercises = state.current_step.exercises()
    if not exercises:
        return None
    name = exercises[place % len(exercises)].id
    return {"hint": OpenHint(name), "show": ShowAnswer(name)}.get(given, GiveAnswer(name, given))


@settings(max_examples=60, deadline=None)
@given(ways())
def test_any_way_leads_somewhere_and_undo_leads_back(way: list[Any]) -> None:
    state = after()
    for item in way:
        action = resolved(state, item)
        if action is None:
            continue
        before = state
        try:
            state = reduce(before, action)
        except ParameterError:
            assert isinstance(action, (SetParameters, Seek))  # a frame may be one the scene refuses
            continue
        assert 0 <= state.step < 6
        assert 0 <= state.position <= 1
        assert all(answer.hints <= 2 for answer in state.answers.values())
        assert before.done - state.done == frozenset() or isinstance(action, (GiveAnswer, Undo, Redo))
        if len(state.past) == len(before.past) + 1 and not isinstance(action, Redo):
            back = reduce(state, Undo())
            assert (back.step, back.scene, back.past) == (before.step, before.scene, before.past)
            assert reduce(back, Redo()).scene == state.scene


RACE = (
    HEAD
    + """
# Run

```scene descent-2d
f = "x^2 + y^2"
racers = "gd(lr=0.001)"
steps = 20
```

```goal low
ask = "Get below 0.1."
check = "loss_1 < 0.1"
hint = ['Raise the rate.']
```
"""
)


def test_a_heavy_picture_is_judged_when_it_has_been_computed_and_stands_as_the_hand_left_it() -> None:
    state = reduce(SessionState(), OpenLesson(lesson(RACE)))
    state = reduce(state, SetParameters({"racers": "gd(lr=0.4)"}))
    assert not state.finished("low")  # a run may take long: the window does not wait for it here
    stale = make_scene("descent-2d", {"f": "x^2 + y^2", "racers": "gd(lr=0.3)"})
    assert not reduce(state, Look(stale, stale.figure())).finished("low")
    assert reduce(state, Look(state.scene, state.scene.figure())).finished("low")
    played = reduce(state, Seek(0.9))
    assert not reduce(played, Look(played.scene, played.scene.figure())).finished("low")
