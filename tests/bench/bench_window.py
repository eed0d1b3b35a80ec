"""From the hand to the painted frame, in the real window: `python -m uv run tests/bench/bench_window.py`.

The whole program at 1280 × 720 over a throw-away profile. Each frame is one movement of the mouse (or of
the transport) and everything that follows from it, until nothing is left to do: session, figure, canvas,
readouts, prose, table, painting; only what is computed by a worker (a heavy race) comes later. A frame has
16 ms. Times are in milliseconds; nothing is asserted.

    bench_window.py              every case, and where the time of its median frame goes
    bench_window.py --profile N  the profile of case N
"""

from __future__ import annotations

import cProfile
import os
import pstats
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from engine.actions import GoTo, Seek, SetParameters
from engine.storage import Profile
from gui.app import Shell, make_application

WIDTH, HEIGHT = 1280, 720
FRAMES, WARM_UP = 150, 15
SIX = (
    "gd(lr=0.01); momentum(lr=0.01, beta=0.9); nesterov(lr=0.01, beta=0.9); rmsprop(lr=0.01); "
    "adam(lr=0.05); adamw(lr=0.05)"
)

Frame = Callable[[int], None]


class Meter:
    """Milliseconds spent in each part of the program, without those spent in another part called from it."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._running: list[list[float]] = []

    def watch(self, owner: type, method: str, part: str) -> None:
        """Count every call of `owner.method` to `part`."""
        call = getattr(owner, method)

        def counted(*args: Any, **options: Any) -> Any:
            within = [0.0]
            self._running.append(within)
            start = time.perf_counter()
            try:
                return call(*args, **options)
            finally:
                taken = time.perf_counter() - start
                self._running.pop()
                self.spent[part] += 1000 * (taken - within[0])
                if self._running:
                    self._running[-1][0] += taken

        setattr(owner, method, counted)


def watch_parts(meter: Meter) -> None:
    """The parts that a frame passes through."""
    import gui.controller
    from engine.scenes.descent_2d import Descent2D
    from engine.scenes.difference_error import DifferenceError
    from engine.scenes.field import Field
    from engine.scenes.secant import Secant
    from gui.canvas.canvas import Canvas
    from gui.canvas.layer import MarkLayer
    from gui.canvas.plot import PanelPlot
    from gui.code_view import CodeView
    from gui.controls import ControlsPanel
    from gui.keeper import Keeper
    from gui.lesson_pane import LessonPane
    from gui.readouts import ReadoutsPanel
    from gui.stage import Stage, StageDrawer
    from gui.transport import Transport

    for scene in (Secant, Field, DifferenceError, Descent2D):
        meter.watch(scene, "figure", "figure")
    for owner, methods, part in (
        (gui.controller.Controller, ("send", "_compute"), "session"),
        (Canvas, ("show_figure", "set_views"), "canvas"),
        (ReadoutsPanel, ("set_state",), "readouts"),
        (LessonPane, ("set_state",), "prose"),
        (ControlsPanel, ("set_state",), "controls"),
        (Transport, ("set_state",), "transport"),
        (StageDrawer, ("set_figure",), "table"),
        (CodeView, ("set_state",), "code"),
        (Stage, ("_share_height",), "layout"),
        (Keeper, ("note",), "profile"),
        (Canvas, ("paint_now",), "window"),
        (PanelPlot, ("paint",), "painting"),
        (MarkLayer, ("paint",), "painting"),
    ):
        for method in methods:
            meter.watch(owner, method, part)


class Program:
    """The running program with a hand on it."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        self.window = shell.open("secant-to-tangent")
        self.window.resize(WIDTH, HEIGHT)
        shell.wake_helpers()
        self.rest(1.5)

    def rest(self, seconds: float) -> None:
        """Let formulas be typeset and motions end."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            QCoreApplication.processEvents()
            time.sleep(0.002)

    def settle(self) -> None:
        """Everything that an action started, up to the painted picture."""
        for _turn in range(4):
            QCoreApplication.sendPostedEvents()
            QCoreApplication.processEvents()

    def show(self, lesson: str, step: int, drawer: str = "") -> None:
        key = self.shell.parts.course.find(lesson)
        self.shell.navigator.open_lesson(key, step)
        self.shell.parts.controller.send(GoTo(step))
        self.shell.parts.controller.pause()
        self.window.stage.open_drawer(drawer)
        self.rest(1.0)
        self.shell.parts.controller.pause()
        self.settle()

    def explore(self, scene: str, **values: object) -> None:
        self.window.stage.open_drawer("")
        self.shell.navigator.explore(scene)
        self.shell.parts.controller.send(SetParameters(values))
        self.rest(1.0)
        self.shell.parts.controller.pause()

    @contextmanager
    def held(self, widget: QWidget, place: QPoint) -> Iterator[Callable[[QPoint], None]]:
        """The left button held down on `widget`; what is given moves it to a place within the window."""
        origin = widget.mapTo(self.window, QPoint(0, 0))

        def send(kind: QEvent.Type, where: QPoint, buttons: Qt.MouseButton) -> None:
            local = QPointF(where - widget.mapTo(self.window, QPoint(0, 0)))
            button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
            spot = QPointF(self.window.mapToGlobal(where))
            event = QMouseEvent(kind, local, spot, button, buttons, Qt.KeyboardModifier.NoModifier)
            QCoreApplication.sendEvent(widget, event)

        down, up = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        send(QEvent.Type.MouseMove, origin + place, up)
        send(QEvent.Type.MouseButtonPress, origin + place, down)
        yield lambda where: send(QEvent.Type.MouseMove, where, down)
        send(QEvent.Type.MouseButtonRelease, origin + place, up)
        self.rest(0.3)


def slide(program: Program, parameter: str) -> Iterator[Frame]:
    """The slider of a parameter, dragged from end to end and back."""
    slider = program.window.stage.controls.control(parameter).slider  # type: ignore[attr-defined]
    left = slider.mapTo(program.window, QPoint(0, slider.height() // 2))
    with program.held(slider, QPoint(slider.width() // 2, slider.height() // 2)) as move:
        yield lambda frame: move(left + QPoint(round(slider.width() * swing(frame)), 0))


def drag(program: Program, handle: str) -> Iterator[Frame]:
    """A handle of the picture, dragged to and fro."""
    grip = program.window.stage.canvas.grip(handle)
    middle = grip.rect().center()
    start = grip.mapTo(program.window, middle)
    with program.held(grip, middle) as move:
        yield lambda frame: move(start + QPoint(round(90 * (swing(frame) - 0.5)), round(30 * swing(frame))))


def play(program: Program) -> Iterator[Frame]:
    """The transport, a frame at a time."""
    controller = program.shell.parts.controller
    yield lambda frame: controller.send(Seek(frame % FRAMES / (FRAMES - 1)))


def swing(frame: int) -> float:
    """0.1 to 0.9 and back, never twice the same in a row."""
    return 0.5 + 0.4 * float(np.sin(frame / 17.0))


def cases(program: Program) -> Iterator[tuple[str, Iterator[Frame]]]:
    program.show("secant-to-tangent", 2)
    yield "secant: slider of h", slide(program, "h")
    yield "secant: point dragged", drag(program, first_handle(program))
    program.show("secant-to-tangent", 2, "table")
    yield "secant: slider, table open", slide(program, "h")
    program.show("secant-to-tangent", 2, "code")
    yield "secant: slider, code open", slide(program, "h")
    program.show("where-subtraction-loses-digits", 3)
    yield "errors: slider of h", slide(program, "h")
    program.show("the-best-h", 3)
    yield "errors: x0 dragged by its slider", slide(program, "x0")
    program.show("the-gradient", 1)
    yield "field: point dragged", drag(program, first_handle(program))
    program.show("the-race", 2)
    yield "the race, played", play(program)
    yield "the race: start dragged", drag(program, first_handle(program))
    program.explore("descent-2d", f="sin(x) + y^2/2 + 0.1*x*y", racers=SIX, steps=500)
    yield "six racers of 500 steps, played", play(program)
    yield "six racers of 500: start dragged", drag(program, first_handle(program))


def first_handle(program: Program) -> str:
    figure = program.window.stage.canvas.figure
    assert figure is not None
    return next(mark.id for panel in figure.panels for mark in panel.marks if type(mark).__name__ == "Handle")


def measured(program: Program, meter: Meter, frames: Iterator[Frame]) -> tuple[list[float], dict[str, float]]:
    """Milliseconds of each frame, and of each part in a frame on average."""
    frame = next(frames)
    times = []
    for number in range(FRAMES + WARM_UP):
        if number == WARM_UP:
            meter.spent.clear()
        start = time.perf_counter()
        frame(number)
        program.settle()
        times.append(1000 * (time.perf_counter() - start))
    parts = {part: spent / FRAMES for part, spent in meter.spent.items()}
    next(frames, None)
    return times[WARM_UP:], parts


def main() -> None:
    application = make_application()
    profiled = int(sys.argv[2]) if "--profile" in sys.argv else None
    meter = Meter()
    if profiled is None:
        watch_parts(meter)
    with tempfile.TemporaryDirectory() as folder:
        shell = Shell(Profile(Path(folder)))
        program = Program(shell)
        print(f"{WIDTH} × {HEIGHT}, {FRAMES} frames, ms; a frame has 16")
        print(f"{'':<34}{'median':>8}{'99 %':>8}   of which")
        for number, (name, frames) in enumerate(cases(program)):
            if profiled is not None and number != profiled:
                continue
            profile = cProfile.Profile()
            if profiled is not None:
                profile.enable()
            times, parts = measured(program, meter, frames)
            profile.disable()
            dearest = sorted(parts.items(), key=lambda item: -item[1])
            shares = "  ".join(f"{part} {spent:.1f}" for part, spent in dearest if spent > 0.05)
            rest = np.mean(times) - sum(parts.values())
            median, slowest = np.percentile(times, [50, 99])
            print(f"{name:<34}{median:8.1f}{slowest:8.1f}   {shares}  rest {rest:.1f}")
            if profiled is not None:
                pstats.Stats(profile).sort_stats("tottime").print_stats(45)
                break
        shell.close()
    del application


if __name__ == "__main__":
    main()
