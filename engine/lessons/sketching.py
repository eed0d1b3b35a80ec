"""A sketch in the picture: the curve asked for is taken away, and what the learner has drawn is put there.

figure of the scene ──with_sketches──▶ figure to show
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, partial

import msgspec
import numpy as np

from engine.figure import AnyMark, Curve, Figure, Handle, Label, Panel, Points, Role, Value, View, Views
from engine.lessons.lesson import Lesson, SketchExercise, Step, Verdict
from engine.lessons.scoring import Answer, curve_key
from engine.scene import Scene
from engine.sketches import Sketch, level, read
from engine.text import Text

NEAR = 0.02
"""What stands on the curve lies within this share of the panel's height of it."""

_HANDLE = "sketch"
_JOINT = "/"  # no id has one


def sketch_of(exercise: SketchExercise, answer: Answer) -> Sketch:
    """What is drawn so far."""
    return read(answer.given) if answer.given else level(exercise.view)


def with_sketches(
    figure: Figure, step: Step | None, answers: Mapping[str, Answer], lesson: Lesson | None = None
) -> Figure:
    """The figure as a learner at this step sees it: without what they are to draw, with what they drew.

    A drawing that was a prediction is in the picture again where the lesson gives its verdict.
    """
    for exercise in _sketches(step):
        answer = answers.get(exercise.id, Answer())
        figure = _replaced(figure, exercise, partial(_with_sketch, exercise=exercise, answer=answer))
        if not answer.settled or answer.outcome == "kept":
            figure = msgspec.structs.replace(figure, spoken=_asked(sketch_of(exercise, answer)))
    for exercise in _predicted(step, lesson):
        answer = answers.get(exercise.id, Answer())
        if answer.given:
            figure = _replaced(figure, exercise, partial(_with_ghost, sketch=sketch_of(exercise, answer)))
    return figure


def has_sketch(step: Step | None) -> bool:
    """Whether something is to be drawn at this step."""
    return bool(_sketches(step))


def _asked(sketch: Sketch) -> Text:
    """What is said of a picture in which something is to be drawn: its own sentence might tell the answer."""
    words = {"count": len(sketch.heights), "low": sketch.x_low, "high": sketch.x_high}
    return Text("A curve is to be drawn here, through {count} points from {low} to {high}.", words)


def _replaced(figure: Figure, exercise: SketchExercise, change: Callable[[Panel], Panel]) -> Figure:
    panels = tuple(change(panel) if panel.id == exercise.panel else panel for panel in figure.panels)
    return msgspec.structs.replace(figure, panels=panels)


def _predicted(step: Step | None, lesson: Lesson | None) -> list[SketchExercise]:
    """The drawings that this step speaks of, from earlier steps."""
    if step is None or lesson is None:
        return []
    judged = {block.exercise for block in step.blocks if isinstance(block, Verdict)}
    return [one for earlier in lesson.steps for one in _sketches(earlier) if one.id in judged]


def _sketches(step: Step | None) -> list[SketchExercise]:
    return [one for one in step.exercises() if isinstance(one, SketchExercise)] if step else []


def curve_values(exercise: SketchExercise, scene: Scene | None) -> dict[str, Value]:
    """The true curve over the part that is drawn, as the scene has it now: what a sketch is judged by."""
    if scene is None:
        return {}
    figure = _figure(scene, exercise.panel, exercise.view)
    for panel in figure.panels:
        for mark in panel.marks:
            if panel.id == exercise.panel and mark.id == exercise.curve and isinstance(mark, Curve):
                return {curve_key(exercise): [*mark.x.tolist(), *mark.y.tolist()]}
    return {}


def true_sketch(exercise: SketchExercise, values: Mapping[str, Value]) -> Sketch:
    """The true curve as a perfect hand would draw it; flat where it has no height."""
    sketch = level(exercise.view)
    curve = values.get(curve_key(exercise))
    if not isinstance(curve, list):
        return sketch
    x, y = np.array(curve).reshape(2, -1)
    heights = np.interp(sketch.places(), x, y)
    return Sketch(sketch.x_low, sketch.x_high, tuple(np.nan_to_num(heights).tolist()))


def handle_of(exercise: str, column: int) -> str:
    """The id of the handle of a sketch's column."""
    return _JOINT.join((_HANDLE, exercise, str(column)))


def handled(handle: str) -> tuple[str, int] | None:
    """The exercise and the column of a sketch's handle; None for any other handle."""
    kind, _, rest = handle.partition(_JOINT)
    exercise, _, column = rest.rpartition(_JOINT)
    return (exercise, int(column)) if kind == _HANDLE and column.isdigit() else None


@lru_cache(maxsize=16)
def _figure(scene: Scene, panel: str, view: View) -> Figure:
    views: Views = {panel: view}
    return scene.figure(views)


def _with_sketch(panel: Panel, exercise: SketchExercise, answer: Answer) -> Panel:
    sketch = sketch_of(exercise, answer)
    if answer.settled and not (exercise.predict and not answer.seen):
        return _with_ghost(panel, sketch)
    x, y = sketch.places(), np.array(sketch.heights)
    marks: list[AnyMark] = [mark for mark in panel.marks if not _gives_away(mark, panel, exercise)]
    marks.append(Curve(id="sketch", role=Role.PATH, x=x, y=y, label=Text("what you draw")))
    if answer.outcome == "kept":
        return msgspec.structs.replace(panel, marks=tuple(marks))
    for column, (place, height) in enumerate(zip(sketch.places().tolist(), sketch.heights, strict=True)):
        words = {"number": column + 1, "count": len(sketch.heights)}
        marks.append(
            Handle(
                id=handle_of(exercise.id, column),
                role=Role.PATH,
                x=place,
                y=height,
                parameters=(),
                label=Text("point {number} of {count} of your drawing", words),
                quiet=True,
            )
        )
    return msgspec.structs.replace(panel, marks=tuple(marks), sketched=exercise.id)


def _with_ghost(panel: Panel, sketch: Sketch) -> Panel:
    x, y = sketch.places(), np.array(sketch.heights)
    drawn = Curve(id="sketch", role=Role.GHOST, x=x, y=y, label=Text("what you drew"))
    return msgspec.structs.replace(panel, marks=(*panel.marks, drawn))


def _gives_away(mark: AnyMark, panel: Panel, exercise: SketchExercise) -> bool:
    """Whether the mark is the curve to be drawn, or stands on it and so tells a height of it."""
    if mark.id == exercise.curve:
        return True
    if not isinstance(mark, (Handle, Label, Points)):
        return False
    curves = (one for one in panel.marks if one.id == exercise.curve and isinstance(one, Curve))
    near = NEAR * (exercise.view.y_high - exercise.view.y_low)
    return any(
        bool(np.any(np.abs(np.interp(mark.x, curve.x, curve.y) - np.asarray(mark.y)) < near))
        for curve in curves
    )
