"""A line of the picture's derivation as an exercise: which one is asked for, and how one is judged."""

from __future__ import annotations

from collections.abc import Mapping

from engine.figure import Value
from engine.lessons.lesson import LineExercise
from engine.line_answers import LineVerdict, judge_line, read_line
from engine.scene import make_scene
from engine.scenes.derivation import WorkedDerivation


def _picture(values: Mapping[str, Value]) -> WorkedDerivation | None:
    """The picture's derivation; None while another picture stands there."""
    if not {"f", "method", "detail"} <= values.keys():
        return None
    scene = make_scene("derivation", {name: values[name] for name in ("f", "method", "detail")})
    return scene if isinstance(scene, WorkedDerivation) else None


def line_verdict(exercise: LineExercise, given: str, values: Mapping[str, Value]) -> LineVerdict:
    """How a typed line is judged, while the picture has these values. FormulaError if it cannot be read."""
    scene = _picture(values)
    if scene is None:
        return LineVerdict("wrong")
    derivation = scene.derivation()
    number = min(exercise.number, len(derivation.lines) - 1)
    return judge_line(derivation, number, read_line(given, line_letters(values)))


def line_letters(values: Mapping[str, Value]) -> tuple[str, ...]:
    """The letters that a line of the picture's derivation may hold: its variable, and the h of the limit."""
    scene = _picture(values)
    letter = scene.function("f").variables[0] if scene is not None else "x"
    return (letter, "h") if scene is not None and scene.method == "first-principles" else (letter,)


def asked_line(exercise: LineExercise, values: Mapping[str, Value]) -> str:
    """The line asked for, as LaTeX; "" while another picture stands there."""
    scene = _picture(values)
    if scene is None:
        return ""
    lines = scene.derivation().lines
    return lines[min(exercise.number, len(lines) - 1)].latex(pointed=False)
