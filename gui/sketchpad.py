"""What a hand draws in the picture for an exercise: strokes with the mouse, columns with the arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt

from engine.actions import Draw
from engine.lessons.lesson import SketchExercise
from engine.lessons.sketching import handle_of, handled, sketch_of
from engine.sketches import COLUMNS, Sketch, written
from gui.canvas.canvas import Canvas
from gui.controller import Controller
from gui.gestures import KEY_PAUSE, Gesture

PRESSES = 40
"""Presses of an arrow key from the bottom of the panel to its top."""


class Sketchpad(QObject):
    """Turns strokes, drags and keys into sketches."""

    def __init__(self, canvas: Canvas, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._controller = controller
        self._strokes = Gesture(KEY_PAUSE)
        self._pen: tuple[str, float, float] = ("", 0.0, 0.0)

    def draw(self, exercise: str, start: tuple[float, float], end: tuple[float, float]) -> None:
        """A stroke on the empty ground."""
        sketch = self._sketch(exercise)
        if sketch is not None:
            self._send(exercise, sketch.with_stroke(start, end), self._strokes.name())

    def drag(self, handle: str, x: float, y: float, gesture: str) -> bool:
        """A column's handle is dragged, which draws as the pen does; False if it is another handle."""
        found = handled(handle)
        sketch = self._sketch(found[0]) if found is not None else None
        if found is None or sketch is None:
            return found is not None
        before, *start = self._pen
        self._pen = (gesture, x, y)
        left, height = start if before == gesture else (x, y)
        self._send(found[0], sketch.with_stroke((left, height), (x, y)), gesture)
        return True

    def nudge(self, handle: str, right: float, up: float, gesture: str) -> bool:
        """↑ and ↓ raise and lower a column, ← and → go to its neighbours; False if it is another handle."""
        found = handled(handle)
        sketch = self._sketch(found[0]) if found is not None else None
        if found is None or sketch is None:
            return found is not None
        exercise, column = found
        if right:
            self._go_to(exercise, column + (1 if right > 0 else -1))
        if up:
            view = self._exercise(exercise).view
            height = sketch.heights[column] + up * (view.y_high - view.y_low) / PRESSES
            self._send(exercise, sketch.with_height(column, height), gesture)
        return True

    def _go_to(self, exercise: str, column: int) -> None:
        if 0 <= column < COLUMNS:
            self._canvas.grip(handle_of(exercise, column)).setFocus(Qt.FocusReason.TabFocusReason)

    def _sketch(self, exercise: str) -> Sketch | None:
        """What is drawn so far; None once nothing can be drawn any more."""
        answer = self._controller.state.answer(exercise)
        return None if answer.settled else sketch_of(self._exercise(exercise), answer)

    def _exercise(self, exercise: str) -> SketchExercise:
        step = self._controller.state.current_step
        assert step is not None
        found = step.exercise(exercise)
        assert isinstance(found, SketchExercise)
        return found

    def _send(self, exercise: str, sketch: Sketch, gesture: str) -> None:
        self._controller.send(Draw(exercise, written(sketch), gesture))
