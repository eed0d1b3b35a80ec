"""What the linter asks of one lesson: each rule one small function, in one list.

A *problem* must be mended: an exercise solved before the learner did anything, a listed answer that is wrong.
*Advice* is how a lesson here is written; it fails nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping

import msgspec

from engine.errors import ParameterError, Problem
from engine.figure import Figure, Value
from engine.lessons.folding import figure_of
from engine.lessons.lesson import (
    Animate,
    AnyExercise,
    Block,
    Choice,
    Exercise,
    ExpressionExercise,
    Goal,
    Lesson,
    Note,
    NumberExercise,
    Prose,
    Reveal,
    SketchExercise,
    Step,
    TableBlock,
    Verdict,
)
from engine.lessons.prose import parts_of
from engine.lessons.scoring import expected_number, holds_over, judge, known_values
from engine.lessons.sketching import curve_values, true_sketch
from engine.lessons.tables import table_of
from engine.lessons.variants import posed, variant_count
from engine.scene import Scene, changed
from engine.sketches import level, written
from engine.text import Text, verbatim

FRAMES = 40
"""Places of an animation where a goal is tried, evenly spaced, besides the last."""
WORDS_BEFORE_MOTION = 60
VARIANTS_TRIED = 100
FEWEST_STEPS, MOST_STEPS = 6, 10
AVOIDED = ("simply", "obviously", "just", "recall that")

_WORD = re.compile(r"\w[\w'’-]*")

Rule = Callable[[Lesson], Iterator[Problem]]


def frames_are_sound(lesson: Lesson) -> Iterator[Problem]:
    """Every step's first and last frame has axes that can be drawn, and a sentence for who cannot see it."""
    for step in lesson.steps:
        ends = (0.0, 1.0) if step.setting.playback else (0.0,)
        for position in ends:
            try:
                scene = _frame(step, position)
            except ParameterError as error:
                yield Problem(lesson.path, step.line, error.what)
                continue
            if scene is not None:
                for what in _figure_faults(figure_of(scene)):
                    yield Problem(lesson.path, step.line, what)


def animations_can_play(lesson: Lesson) -> Iterator[Problem]:
    """No frame on the way is one that the scene refuses, such as h = 0."""
    for step in lesson.steps:
        try:
            list(_frames(step))
        except ParameterError as error:
            line = next((block.line for block in step.blocks if isinstance(block, Animate)), step.line)
            yield Problem(lesson.path, line, Text("On the way: {fault}", {"fault": error.what}))


def goals_start_unmet(lesson: Lesson) -> Iterator[Problem]:
    """No goal is true before the learner moves something: not at the start, not in any frame."""
    for step in lesson.steps:
        goals = [exercise for exercise in step.exercises() if isinstance(exercise, Goal)]
        if not goals:
            continue
        try:
            frames = [known_values(scene) for scene in (*_frames(step), *_predicted(lesson, step))]
        except ParameterError:
            continue  # another rule's
        for goal in goals:
            if any(holds_over(goal.check, values) for values in frames):
                yield Problem(
                    lesson.path,
                    goal.line,
                    Text("The goal {id} is met before the learner did anything.", {"id": verbatim(goal.id)}),
                )


def answers_are_right(lesson: Lesson) -> Iterator[Problem]:
    """The answer is judged right, and each listed wrong one wrong, with its own say; with all its numbers."""
    for step, authored in _exercises(lesson):
        if isinstance(authored, (Goal, SketchExercise)):
            continue
        values = known_values(step.setting.scene)
        for variant in range(min(variant_count(authored), VARIANTS_TRIED)):
            exercise = posed(authored, variant)
            faults = list(_answer_faults(exercise, values))
            yield from (Problem(lesson.path, exercise.line, what) for what in faults)
            if faults:
                break  # what is wrong with one is wrong with most


def _answer_faults(
    exercise: Choice | NumberExercise | ExpressionExercise, values: Mapping[str, Value]
) -> Iterator[Text]:
    if isinstance(exercise, NumberExercise) and math.isnan(expected_number(exercise, values)):
        yield Text("{answer} has no value in this picture.", {"answer": verbatim(exercise.answer)})
        return
    if judge(exercise, _typed(exercise, exercise.answer, values), values).outcome != "right":
        yield Text("The answer {answer} is not judged right.", {"answer": verbatim(exercise.answer)})
    for wrong in exercise.wrong:
        judged = judge(exercise, _typed(exercise, wrong.answer, values), values)
        words = {"answer": verbatim(wrong.answer)}
        if judged.outcome != "wrong":
            yield Text("The wrong answer {answer} is not judged wrong.", words)
        elif judged.say != wrong.say:
            yield Text("The wrong answer {answer} equals another one that stands before it.", words)


def sketches_can_be_drawn(lesson: Lesson) -> Iterator[Problem]:
    """The true curve, drawn exactly, is judged right, and a line along the axis is not."""
    for step, exercise in _exercises(lesson):
        if not isinstance(exercise, SketchExercise):
            continue
        values = curve_values(exercise, step.setting.scene)
        exact, flat = (written(one) for one in (true_sketch(exercise, values), level(exercise.view)))
        if judge(exercise, exact, values).outcome != "right":
            what = Text("The curve {name} cannot be drawn well enough.", {"name": verbatim(exercise.curve)})
            yield Problem(lesson.path, exercise.line, what)
        if judge(exercise, flat, values).outcome == "right":
            what = Text("Of the curve {name} nothing is to be drawn.", {"name": verbatim(exercise.curve)})
            yield Problem(lesson.path, exercise.line, what)


def tables_hold_numbers(lesson: Lesson) -> Iterator[Problem]:
    """No computed table is without a number in it."""
    for step in lesson.steps:
        tables = [block for block in step.blocks if isinstance(block, TableBlock) and step.setting.scene]
        for block in tables:
            assert step.setting.scene is not None
            table = table_of(block, step.setting.scene, figure_of(step.setting.scene))
            shown = [column for column in table.columns if column.name in block.columns]
            if not len(table) or any(all(value is None for value in column.values) for column in shown):
                yield Problem(lesson.path, block.line, Text("A column of this table has no number in it."))


def exercises_have_hints(lesson: Lesson) -> Iterator[Problem]:
    """Whoever is stuck finds a hint, unless the exercise is a prediction: those are for being wrong."""
    for _, exercise in _exercises(lesson):
        if not exercise.hints and not _predicts(exercise):
            what = Text("The exercise {id} has no hint.", {"id": verbatim(exercise.id)})
            yield Problem(lesson.path, exercise.line, what)


def predictions_are_answered(lesson: Lesson) -> Iterator[Problem]:
    """Every prediction meets its verdict in a later step."""
    blocks = (block for step in lesson.steps for block in step.blocks)
    answered = {block.exercise for block in blocks if isinstance(block, Verdict)}
    for _, exercise in _exercises(lesson):
        if _predicts(exercise) and exercise.id not in answered:
            words = {"block": verbatim(f"verdict {exercise.id}")}
            what = Text("This prediction is never answered. Put a block {block} in a later step.", words)
            yield Problem(lesson.path, exercise.line, what)


def right_answers_give_their_reason(lesson: Lesson) -> Iterator[Problem]:
    """A right answer gets its reason, and every option of a choice that is not right has its say."""
    for _, exercise in _exercises(lesson):
        if not exercise.why:
            yield _advice(lesson, exercise.line, Text("Say why the answer is right: why = '…'."))
        if isinstance(exercise, Choice):
            silent = set(exercise.options) - {exercise.answer} - {wrong.answer for wrong in exercise.wrong}
            for option in sorted(silent):
                what = Text("Nothing is said to whoever chooses {option}.", {"option": verbatim(option)})
                yield _advice(lesson, exercise.line, what)


def steps_are_few(lesson: Lesson) -> Iterator[Problem]:
    """Six to ten steps."""
    count = len(lesson.steps)
    if not FEWEST_STEPS <= count <= MOST_STEPS:
        words = {"count": count, "fewest": FEWEST_STEPS, "most": MOST_STEPS}
        yield _advice(lesson, 1, Text("There are {count} steps. {fewest} to {most} is a good length.", words))


def prose_is_short(lesson: Lesson) -> Iterator[Problem]:
    """At most sixty words before something can be done."""
    for step in lesson.steps:
        count = 0
        for block in step.blocks:
            if not isinstance(block, (Prose, Note)):
                break
            parts = parts_of(block.markdown)
            count += sum(len(_WORD.findall(part.content)) for part in parts if part.kind == "words")
        if count > WORDS_BEFORE_MOTION:
            words = {"count": count, "limit": WORDS_BEFORE_MOTION}
            what = Text("{count} words stand before something moves; {limit} is plenty.", words)
            yield _advice(lesson, step.line, what)


def tone_is_calm(lesson: Lesson) -> Iterator[Problem]:
    """No "simply", which is said by those who know already; nothing is shouted."""
    avoided = re.compile(rf"\b(?:{'|'.join(AVOIDED)})\b", re.IGNORECASE)
    for line, markdown in texts_of(lesson):
        for part in parts_of(markdown):
            if part.kind != "words":
                continue
            for found in avoided.findall(part.content) if lesson.language == "en" else ():
                what = Text("“{word}” helps nobody who is stuck.", {"word": verbatim(found)})
                yield _advice(lesson, line + part.line, what)
            if "!" in part.content:
                yield _advice(lesson, line + part.line, Text("No exclamation marks."))


RULES: tuple[Rule, ...] = (
    frames_are_sound,
    animations_can_play,
    goals_start_unmet,
    answers_are_right,
    sketches_can_be_drawn,
    tables_hold_numbers,
    exercises_have_hints,
    predictions_are_answered,
    right_answers_give_their_reason,
    steps_are_few,
    prose_is_short,
    tone_is_calm,
)
"""Every rule over one lesson. A new one is a function and its place here."""


# -- what the rules share --------------------------------------------------------------------------------


def _advice(lesson: Lesson, line: int, what: Text) -> Problem:
    return Problem(lesson.path, line, what, advice=True)


def _exercises(lesson: Lesson) -> Iterator[tuple[Step, AnyExercise]]:
    for step in lesson.steps:
        for exercise in step.exercises():
            yield step, exercise


def _predicts(exercise: AnyExercise) -> bool:
    return bool(getattr(exercise, "predict", False))


def _frame(step: Step, position: float) -> Scene | None:
    scene, playback = step.setting.scene, step.setting.playback
    if scene is None or playback is None:
        return scene
    return changed(scene, {playback.parameter: playback.value(position)})


def _frames(step: Step) -> Iterator[Scene]:
    """The step's picture as it is found, and at places all along its animation."""
    playback = step.setting.playback
    seen = set()
    for number in range(FRAMES + 1) if playback else (0,):
        scene = _frame(step, number / FRAMES)
        if scene is not None and scene not in seen:
            seen.add(scene)
            yield scene


def _predicted(lesson: Lesson, step: Step) -> Iterator[Scene]:
    """The step's picture with each prediction that may still stand in it."""
    scene = step.setting.scene
    if scene is None:
        return
    for exercise in step.exercises():
        if isinstance(exercise, Choice):
            for values in exercise.sets.values():
                yield changed(scene, values)


def _figure_faults(figure: Figure) -> Iterator[Text]:
    if not str(figure.spoken).strip():
        yield Text("The picture has no spoken sentence.")
    for panel in figure.panels:
        view = panel.view
        ends = (view.x_low, view.x_high, view.y_low, view.y_high)
        if not all(map(math.isfinite, ends)) or view.x_low >= view.x_high or view.y_low >= view.y_high:
            yield Text("The axes of the panel {panel} have no end.", {"panel": verbatim(panel.id)})


def _typed(exercise: AnyExercise, answer: str, values: Mapping[str, Value]) -> str:
    """An answer as a learner types it: the number, where the file has a formula over readouts."""
    if not isinstance(exercise, NumberExercise):
        return answer
    number = msgspec.structs.replace(exercise, answer=answer)
    return repr(expected_number(number, values))


def texts_of(lesson: Lesson) -> Iterator[tuple[int, str]]:
    """Every text that a learner reads, and its line, or that of the block it stands in."""
    yield 1, lesson.title
    yield 1, lesson.summary
    for step in lesson.steps:
        yield step.line, step.title
        for block in step.blocks:
            yield from ((block.line, words) for words in _words_of(block))


def _words_of(block: Block) -> Iterator[str]:
    match block:
        case Prose(markdown=markdown):
            yield markdown
        case Note(markdown=markdown):
            yield markdown
        case Reveal(title=title, markdown=markdown):
            yield title
            yield markdown
        case TableBlock(caption=caption):
            yield caption
        case Exercise():
            yield from (block.ask, block.why, *block.hints)
            yield from getattr(block, "options", {}).values()
            yield from (wrong.say for wrong in getattr(block, "wrong", ()))
