"""What a lesson is once it has been read: frozen values, every formula and parameter in them checked.

`engine.lessons.format` makes them from a file; the session steps through them; the lesson pane shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.errors import Problem
from engine.figure import View, Views
from engine.nodes import Node
from engine.scene import Playback, Scene


class Prose(msgspec.Struct, frozen=True):
    """Markdown between the blocks; `{name}` in it is a readout."""

    markdown: str
    line: int


class SceneBlock(msgspec.Struct, frozen=True, eq=False):
    """The picture from this step on: what is set here, folded over what the steps before it set.

    scene: the scene's name, or "" to keep the one there is.
    controls: the parameters in front; the others are folded away. None keeps the list there is.
    carry: parameters that keep the value the learner gave them when the next step begins.
    readouts: the readouts shown, in order. None shows all that the figure has.
    worked: whether the formula with its numbers is written out; None keeps what there is.
    views: panel id → the part of it that is shown; the canvas glides there.
    """

    line: int
    scene: str = ""
    values: Mapping[str, Any] = {}
    controls: tuple[str, ...] | None = None
    carry: tuple[str, ...] | None = None
    readouts: tuple[str, ...] | None = None
    worked: bool | None = None
    views: Views = {}


class Animate(msgspec.Struct, frozen=True, eq=False):
    """A parameter that the transport moves, from its value at this place to `to`."""

    line: int
    parameter: str
    to: float
    start: float | None = None
    seconds: float = 4.0


class WrongAnswer(msgspec.Struct, frozen=True):
    """An answer that comes from a known belief, and what is said to whoever gives it."""

    answer: str
    say: str


class Exercise(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """What all exercises share. All words are Markdown, and may hold `{readouts}`.

    hints: the ladder, gentlest first.
    why: said with a right answer: its reason.
    vary: name → the numbers it takes in turn, as typed; `engine.lessons.variants` puts them in their place.
    """

    id: str
    line: int
    ask: str
    hints: tuple[str, ...] = ()
    why: str = ""
    vary: Mapping[str, tuple[str, ...]] = {}


class Choice(Exercise, frozen=True, eq=False, kw_only=True):
    """One of several options. `wrong` answers are option keys.

    sets: option key → scene parameters set when it is chosen, so that a prediction stays on the picture.
    predict: the learner commits before the picture answers; nothing is said until a `Verdict` block.
    """

    options: Mapping[str, str]
    answer: str
    wrong: tuple[WrongAnswer, ...] = ()
    sets: Mapping[str, Mapping[str, Any]] = {}
    predict: bool = False


class NumberExercise(Exercise, frozen=True, eq=False, kw_only=True):
    """A number. `answer` is a formula over the readouts of the picture as it stands: `secant_slope`, `2.03`.

    derivative_of, at: instead, a formula in x, whose slope there is the answer.
    tolerance: how far off is still right; None for the rule of `engine.answers`.
    sets: the scene parameter that takes the learner's number, so that it stays on the picture.
    predict: as for a `Choice`.
    """

    answer: str = ""
    derivative_of: str = ""
    at: str = ""
    tolerance: float | None = None
    wrong: tuple[WrongAnswer, ...] = ()
    sets: str = ""
    predict: bool = False


class ExpressionExercise(Exercise, frozen=True, eq=False, kw_only=True):
    """A formula in `variables`: any equivalent form is right.

    derivative_of: instead of an answer, a formula whose derivative in the first of them is asked for.
    """

    answer: str = ""
    derivative_of: str = ""
    variables: tuple[str, ...] = ("x",)
    wrong: tuple[WrongAnswer, ...] = ()


class LineExercise(Exercise, frozen=True, eq=False, kw_only=True):
    """The next line of the picture's derivation: line `number`. `answer` is that of the authored picture.

    What is said to a wrong line is not listed: it is found by the slips of `engine.false_rules`.
    """

    number: int
    answer: str
    wrong: tuple[WrongAnswer, ...] = ()


class SketchExercise(Exercise, frozen=True, eq=False, kw_only=True):
    """A curve of the picture, hidden until the learner has drawn it there.

    panel, curve: ids of the panel and of its mark. view: the part of the panel that is drawn over.
    tolerance: the share of the panel's height within which the drawing lies on the curve.
    predict: as for a `Choice`.
    """

    panel: str
    curve: str
    view: View
    tolerance: float
    predict: bool = False


class Goal(Exercise, frozen=True, eq=False, kw_only=True):
    """A condition on readouts and parameters that the learner brings about by hand."""

    check: Node


class TableBlock(msgspec.Struct, frozen=True, eq=False):
    """A computed table: the scene's own table `name`, or readouts for several values of one parameter.

    columns: the columns shown, of the scene's table; or the readouts, one a column.
    parameter, values: the parameter that is varied, and over what; "" for the scene's own table.
    places: instead, several parameters at once: a row each.
    """

    line: int
    name: str
    columns: tuple[str, ...] = ()
    parameter: str = ""
    values: tuple[float, ...] = ()
    places: tuple[Mapping[str, float], ...] = ()
    caption: str = ""


class Note(msgspec.Struct, frozen=True):
    """An aside: Markdown set apart."""

    line: int
    markdown: str


class Reveal(msgspec.Struct, frozen=True):
    """Markdown that stays closed until the learner opens it. `title` stands on the lid."""

    line: int
    title: str
    markdown: str


class Verdict(msgspec.Struct, frozen=True):
    """Where the picture has answered: what was predicted in an earlier step, and how that compares."""

    line: int
    exercise: str


AnyExercise = Choice | NumberExercise | ExpressionExercise | LineExercise | SketchExercise | Goal
Block = Prose | SceneBlock | Animate | AnyExercise | TableBlock | Note | Reveal | Verdict


class Setting(msgspec.Struct, frozen=True, eq=False):
    """What a step starts from: the authored picture, as folded up to here.

    scene: None before the first scene block. `playback`: what its animation plays; the scene stands at the
    animation's start while the step is new, and at its end for the steps that follow.
    """

    scene: Scene | None = None
    controls: tuple[str, ...] = ()
    carry: tuple[str, ...] = ()
    readouts: tuple[str, ...] | None = None
    worked: bool = False
    views: Views = {}
    playback: Playback | None = None


class Step(msgspec.Struct, frozen=True, eq=False):
    """One heading of a lesson, what stands under it, and the setting it starts from."""

    title: str
    line: int
    blocks: tuple[Block, ...]
    setting: Setting

    def exercises(self) -> tuple[AnyExercise, ...]:
        """The exercises, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Exercise))

    def exercise(self, exercise_id: str) -> AnyExercise:
        """The exercise called `exercise_id`; KeyError if the step has none."""
        for exercise in self.exercises():
            if exercise.id == exercise_id:
                return exercise
        raise KeyError(exercise_id)


class Lesson(msgspec.Struct, frozen=True, eq=False):
    """One lesson file."""

    id: str
    title: str
    language: str
    steps: tuple[Step, ...]
    minutes: int = 0
    path: str = ""
    summary: str = ""


class LessonSummary(msgspec.Struct, frozen=True, eq=False):
    """What the outline shows of a lesson, and its file's text, which `library.open_lesson` reads whole.

    path: where it lies, for people: a file, or a place within a zip. steps: the titles of its steps.
    """

    id: str
    title: str
    language: str
    minutes: int
    summary: str
    steps: tuple[str, ...]
    path: str
    source: str


class Unit(msgspec.Struct, frozen=True, eq=False):
    """A folder of lessons within a pack, in order."""

    title: str
    lessons: tuple[LessonSummary, ...]


class Pack(msgspec.Struct, frozen=True, eq=False):
    """A folder, a zip or a single file of lessons: ours or a teacher's.

    problems: what keeps some of its files from being listed here.
    """

    title: str
    path: str
    units: tuple[Unit, ...]
    problems: tuple[Problem, ...] = ()

    def lessons(self) -> tuple[LessonSummary, ...]:
        """All lessons, in order."""
        return tuple(lesson for unit in self.units for lesson in unit.lessons)

    def lesson(self, lesson_id: str) -> LessonSummary:
        """The lesson called `lesson_id`; KeyError if the pack has none."""
        for lesson in self.lessons():
            if lesson.id == lesson_id:
                return lesson
        raise KeyError(lesson_id)
