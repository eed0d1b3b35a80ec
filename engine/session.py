"""Where a learner is, as one value, and every way it can change: `reduce(state, action)`, pure.

Because the state is a value, undo, resuming tomorrow and testing without a window are the same few lines.
A drag is many actions of one gesture, and one entry in the history; frames of an animation are none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import singledispatch
from typing import Any

import msgspec

from engine.actions import (
    Action,
    Draw,
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
    TryAnother,
    Undo,
)
from engine.errors import ParameterError
from engine.figure import Figure, Views
from engine.lessons.lesson import (
    AnyExercise,
    Choice,
    Goal,
    Lesson,
    LineExercise,
    NumberExercise,
    SceneBlock,
    Setting,
    SketchExercise,
    Step,
)
from engine.lessons.scoring import Answer, holds_over, known_values, score
from engine.lessons.sketching import curve_values
from engine.lessons.variants import posed, variant_count
from engine.scene import Playback, Scene, changed, parameters

HISTORY = 500
"""Entries kept for undo."""


class Moment(msgspec.Struct, frozen=True, eq=False):
    """What undo brings back: everything a learner changes."""

    step: int
    scene: Scene | None
    answers: Mapping[str, Answer]


class SessionState(msgspec.Struct, frozen=True, eq=False):
    """A learner at a step of a lesson, or (lesson None) exploring a scene.

    scene: the picture as it stands. views: what the learner zoomed to.
    by_hand: the picture stands as the learner's hand left it, not where an animation took it.
    visited: the steps seen so far. past, future: for undo and redo, the newest last.
    hide_answers: no answer is shown before it is given.
    gesture: the drag or typing that the newest entry of `past` belongs to.
    """

    lesson: Lesson | None = None
    step: int = 0
    scene: Scene | None = None
    views: Views = {}
    answers: Mapping[str, Answer] = {}
    by_hand: bool = False
    visited: frozenset[int] = frozenset()
    hide_answers: bool = False
    past: tuple[Moment, ...] = ()
    future: tuple[Moment, ...] = ()
    gesture: str = ""

    @property
    def current_step(self) -> Step | None:
        """The step on show; None while exploring."""
        return self.lesson.steps[self.step] if self.lesson else None

    @property
    def setting(self) -> Setting:
        """What the step was authored to start from; while exploring, the scene with all its controls."""
        if self.current_step is not None:
            return self.current_step.setting
        if self.scene is None:
            return Setting()
        return Setting(scene=self.scene, controls=tuple(parameters(type(self.scene))), worked=True)

    @property
    def playback(self) -> Playback | None:
        """What the transport plays: the step's animation, else what the scene itself plays.

        The latter only if the step puts that parameter in the learner's hands: a step that asks for a
        prediction must not offer the answer as a film.
        """
        if self.scene is None:
            return None
        authored, own = self.setting.playback, self.scene.playback()
        if authored is not None or own is None:
            return authored
        return own if own.parameter in self.setting.controls else None

    @property
    def done(self) -> frozenset[int]:
        """The steps that are visited and whose exercises are all answered rightly, or shown."""
        if self.lesson is None:
            return frozenset()
        return frozenset(
            number
            for number in self.visited
            if all(self.finished(exercise.id) for exercise in self.lesson.steps[number].exercises())
        )

    @property
    def position(self) -> float:
        """Where the transport stands, in [0, 1]."""
        playback = self.playback
        if playback is None:
            return 0.0
        return playback.position(getattr(self.scene, playback.parameter))

    def finished(self, exercise_id: str) -> bool:
        """Whether the exercise is answered rightly, or its answer was shown, with whichever numbers."""
        answer = self.answer(exercise_id)
        return answer.settled or answer.solved

    def answer(self, exercise_id: str) -> Answer:
        """What the learner did with the exercise so far."""
        return self.answers.get(exercise_id, Answer())


def reduce(state: SessionState, action: Action) -> SessionState:
    """The state after `action`. Raises ParameterError, and changes nothing, if a value cannot be."""
    return _reduce(action, state)


@singledispatch
def _reduce(action: Any, state: SessionState) -> SessionState:
    raise TypeError(f"{type(action).__name__} is no action")


@_reduce.register
def _(action: OpenLesson, state: SessionState) -> SessionState:
    opened = SessionState(
        lesson=action.lesson,
        answers=dict(action.answers),
        visited=action.visited,
        hide_answers=action.hide_answers,
    )
    step = min(max(action.step, 0), len(action.lesson.steps) - 1)
    return _arrive(opened, step)


@_reduce.register
def _(action: Explore, state: SessionState) -> SessionState:
    return SessionState(scene=action.scene)


@_reduce.register
def _(action: GoTo, state: SessionState) -> SessionState:
    if state.lesson is None or action.step == state.step or not 0 <= action.step < len(state.lesson.steps):
        return state
    return _arrive(state, action.step)


@_reduce.register
def _(action: SetParameters, state: SessionState) -> SessionState:
    if state.scene is None:
        return state
    scene = changed(state.scene, action.values)
    if scene is state.scene:
        return state
    same_gesture = bool(action.gesture) and action.gesture == state.gesture
    state = state if same_gesture else _remember(state)
    state = _with(state, scene=scene, by_hand=True, gesture=action.gesture, future=())
    return state if scene.heavy else _with_goals_met(state, None)


@_reduce.register
def _(action: Look, state: SessionState) -> SessionState:
    seen_by_hand = state.by_hand and action.scene is state.scene
    return _with_goals_met(state, action.figure) if seen_by_hand else state


@_reduce.register
def _(action: Seek, state: SessionState) -> SessionState:
    playback = state.playback
    if playback is None or state.scene is None:
        return state
    scene = changed(state.scene, {playback.parameter: playback.value(action.position)})
    return state if scene is state.scene else _with(state, scene=scene, by_hand=False, gesture="")


@_reduce.register
def _(action: SetView, state: SessionState) -> SessionState:
    views = {panel: view for panel, view in state.views.items() if panel != action.panel}
    authored = state.setting.views.get(action.panel)
    view = action.view or authored
    if view is not None:
        views[action.panel] = view
    return _with(state, views=views)


@_reduce.register
def _(action: GiveAnswer, state: SessionState) -> SessionState:
    before = state.answer(action.exercise)
    exercise = posed(_exercise(state, action.exercise), before.variant)
    # the figure on show, which its scene may remember: a map is not made anew to judge an answer
    values = known_values(state.scene, state.scene.figure(state.views) if state.scene else None)
    if isinstance(exercise, SketchExercise):
        values |= curve_values(exercise, state.scene)
    verdict = score(exercise, action.given, values)
    tries = before.tries + (verdict.outcome == "wrong")
    after = msgspec.structs.replace(before, given=action.given, outcome=verdict.outcome, tries=tries)
    state = _with(_remember(state), future=(), answers={**state.answers, action.exercise: after})
    if state.scene is None:
        return state
    return _with(state, scene=_changed_if_possible(state.scene, _predicted(exercise, after)))


@_reduce.register
def _(action: OpenHint, state: SessionState) -> SessionState:
    exercise = _exercise(state, action.exercise)
    before = state.answer(action.exercise)
    hints = min(before.hints + 1, len(exercise.hints))
    after = msgspec.structs.replace(before, hints=hints)
    return _with(state, answers={**state.answers, action.exercise: after})


@_reduce.register
def _(action: ShowAnswer, state: SessionState) -> SessionState:
    _exercise(state, action.exercise)
    if state.hide_answers:
        return state
    after = msgspec.structs.replace(state.answer(action.exercise), seen=True)
    return _with(state, answers={**state.answers, action.exercise: after})


@_reduce.register
def _(action: Draw, state: SessionState) -> SessionState:
    _exercise(state, action.exercise)
    before = state.answer(action.exercise)
    if before.settled:
        return state
    same_gesture = bool(action.gesture) and action.gesture == state.gesture
    state = state if same_gesture else _remember(state)
    after = msgspec.structs.replace(before, given=action.given, outcome="open")
    answers = {**state.answers, action.exercise: after}
    return _with(state, answers=answers, gesture=action.gesture, future=())


@_reduce.register
def _(action: TryAnother, state: SessionState) -> SessionState:
    exercise, before = _exercise(state, action.exercise), state.answer(action.exercise)
    if variant_count(exercise) < 2:
        return state
    fresh = Answer(variant=before.variant + 1, solved=before.solved or before.settled)
    return _with(_remember(state), future=(), answers={**state.answers, action.exercise: fresh})


@_reduce.register
def _(action: ResetStep, state: SessionState) -> SessionState:
    start = starting_scene(state, state.step) if state.lesson else _default_scene(state.scene)
    if start is None or (start == state.scene and state.views == state.setting.views):
        return state
    state = _remember(state)
    return _with(state, scene=start, views=dict(state.setting.views), by_hand=False, future=())


@_reduce.register
def _(action: Undo, state: SessionState) -> SessionState:
    if not state.past:
        return state
    *past, moment = state.past
    return _restored(state, moment, past=tuple(past), future=(*state.future, _moment(state)))


@_reduce.register
def _(action: Redo, state: SessionState) -> SessionState:
    if not state.future:
        return state
    *future, moment = state.future
    return _restored(state, moment, past=(*state.past, _moment(state)), future=tuple(future))


def starting_scene(state: SessionState, step: int) -> Scene | None:
    """What `step` begins with: its authored scene, what it carries over, and the predictions made so far."""
    if state.lesson is None:
        return None
    setting = state.lesson.steps[step].setting
    scene = setting.scene
    if scene is None:
        return None
    if type(state.scene) is type(scene) and step != state.step:
        authored = _authored(state.lesson.steps[state.step + 1 : step + 1])
        names = (name for name in setting.carry if name not in authored)
        scene = _changed_if_possible(scene, {name: getattr(state.scene, name) for name in names})
    for number, earlier in enumerate(state.lesson.steps[: step + 1]):
        authored_since = _authored(state.lesson.steps[number + 1 : step + 1])
        for exercise in earlier.exercises():
            answer = state.answers.get(exercise.id)
            if answer is not None:
                predicted = _predicted(exercise, answer)
                scene = _changed_if_possible(
                    scene, {name: value for name, value in predicted.items() if name not in authored_since}
                )
    return scene


def _authored(steps: Sequence[Step]) -> frozenset[str]:
    """The parameters that the scene blocks of these steps set: what was carried or predicted ends there."""
    blocks = (block for step in steps for block in step.blocks if isinstance(block, SceneBlock))
    return frozenset(name for block in blocks for name in block.values)


def _arrive(state: SessionState, step: int) -> SessionState:
    assert state.lesson is not None
    return _with(
        state,
        scene=starting_scene(state, step),
        step=step,
        views=dict(state.lesson.steps[step].setting.views),
        by_hand=False,
        visited=state.visited | {step},
        gesture="",
    )


def _predicted(exercise: AnyExercise, answer: Answer) -> Mapping[str, Any]:
    """The scene parameters that an answer leaves standing in the picture, where the exercise says so."""
    if answer.given and answer.outcome != "unreadable":
        match exercise:
            case Choice(sets=sets):
                return sets.get(answer.given, {})
            case NumberExercise(sets=parameter) if parameter:
                return {parameter: answer.given}
            case LineExercise(number=number) if answer.outcome == "right":
                return {"step": number}
    return {}


def _changed_if_possible(scene: Scene, values: Mapping[str, Any]) -> Scene:
    """`scene` with those of `values` that it has: a later step may show another picture."""
    known = parameters(type(scene))
    try:
        return changed(scene, {name: value for name, value in values.items() if name in known})
    except ParameterError:
        return scene


def _with_goals_met(state: SessionState, figure: Figure | None) -> SessionState:
    """The state, with every goal of this step that the picture now meets; `figure` if it is at hand."""
    step = state.current_step
    goals = [exercise for exercise in step.exercises() if isinstance(exercise, Goal)] if step else []
    goals = [goal for goal in goals if state.answer(goal.id).outcome != "right"]
    if not goals or state.scene is None:
        return state
    values = known_values(state.scene, figure)
    met = {
        goal.id: msgspec.structs.replace(state.answer(goal.id), outcome="right")
        for goal in goals
        if holds_over(goal.check, values)
    }
    return _with(state, answers={**state.answers, **met}) if met else state


def _exercise(state: SessionState, exercise_id: str) -> AnyExercise:
    step = state.current_step
    if step is None:
        raise KeyError(exercise_id)
    return step.exercise(exercise_id)


def _default_scene(scene: Scene | None) -> Scene | None:
    return type(scene)() if scene is not None else None


def _moment(state: SessionState) -> Moment:
    return Moment(step=state.step, scene=state.scene, answers=state.answers)


def _remember(state: SessionState) -> SessionState:
    return _with(state, past=(*state.past, _moment(state))[-HISTORY:], gesture="")


def _restored(
    state: SessionState, moment: Moment, past: tuple[Moment, ...], future: tuple[Moment, ...]
) -> SessionState:
    """The state with `moment` brought back. What was once reached or shown stays reached and shown."""
    kept = {
        exercise_id: answer
        for exercise_id, answer in state.answers.items()
        if answer.seen or (answer.outcome == "right" and not answer.given)
    }
    if state.lesson is not None and moment.step != state.step:
        state = _with(state, views=dict(state.lesson.steps[moment.step].setting.views))
    return _with(
        state,
        step=moment.step,
        scene=moment.scene,
        answers={**moment.answers, **kept},
        past=past,
        future=future,
        gesture="",
    )


def _with(state: SessionState, **values: Any) -> SessionState:
    return msgspec.structs.replace(state, **values)
