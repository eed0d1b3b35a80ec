"""A race of 12 racers × 500 steps, beside plain training loops: `python -m uv run tests/bench/bench_race.py`.

The first table is the computing: the same twelve runs, every loss and place kept, by the program, whose
surface is a formula that was typed, and by the loops of `training_loops`: optimizer classes as PyTorch has
them (parameter groups, a state for each parameter, `step`, `zero_grad`) and a gradient written out by hand.
Their parameters are two floats, or one NumPy array of two. Every run starts elsewhere, as after a drag, and
all go one way.

The second is what a learner waits for at 1280 × 720: a figure after a drag, a frame of the playing race (its
figure, and the repaint of the whole canvas), and the same in the window, from the transport to the painted
pixels with everything around the picture. Times are in milliseconds; none is asserted.

    bench_race.py             all of it
    bench_race.py --profile   where the time of the computing and of a frame goes
"""

from __future__ import annotations

import cProfile
import math
import os
import pstats
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np
from bench_window import HEIGHT, WIDTH, Program, drag, first_handle
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from training_loops import RACERS, STEPS, SURFACE, Path2D, trained_arrays, trained_floats

from engine.actions import Seek
from engine.race import race
from engine.scene import changed, make_scene
from engine.storage import Profile
from gui.app import Shell, make_application
from gui.canvas.canvas import Canvas
from gui.theme import theme_named

DRAGS, FRAMES, WARM_UP = 40, 150, 15
TWELVE = "; ".join(RACERS)


def raced(x: float, y: float) -> list[Path2D]:
    """The twelve runs from (x, y) by the program, from the text of the race on."""
    scene = make_scene("descent-2d", {"f": SURFACE})
    runners = race(scene.function("f"), TWELVE, x, y, STEPS)
    return [(runner.run.positions, runner.run.losses) for runner in runners]


def milliseconds(action: Callable[..., object], *operands: Any) -> float:
    start = time.perf_counter()
    action(*operands)
    return 1000 * (time.perf_counter() - start)


def starts(count: int) -> Iterator[tuple[float, float]]:
    """Places along a drag, never twice the same."""
    for number in range(count):
        yield -1.5 + 0.5 * math.sin(number / 17.0), 2.0 - number / 1000


def computing() -> None:
    """The same runs three ways, in turn: whatever else the machine does falls on all of them alike."""
    ways = {"the program": raced, "classes, floats": trained_floats, "classes, arrays": trained_arrays}
    ours, *theirs = [way(-1.5, 2.0) for way in ways.values()]
    for runs in theirs:
        for racer, run, own in zip(RACERS, runs, ours, strict=True):
            if not all(np.allclose(*pair, rtol=0, atol=1e-9) for pair in zip(run, own, strict=True)):
                raise SystemExit(f"{racer} goes another way.")
    times: dict[str, list[float]] = {name: [] for name in ways}
    for x, y in starts(DRAGS):
        for name, way in ways.items():
            times[name].append(milliseconds(way, x + 1e-6, y))
    unit = float(np.median(times["the program"]))
    print(f"{len(RACERS)} racers × {STEPS} steps, {DRAGS} starts, ms; ratio: over the program")
    for name, taken in times.items():
        median, slowest = np.percentile(taken, [50, 99])
        print(f"{name:<40}{median:8.1f}{slowest:8.1f}{median / unit:8.2f}")


def scene_of(step: int = -1, **values: Any) -> Any:
    return make_scene("descent-2d", {"f": SURFACE, "racers": TWELVE, "steps": STEPS, "step": step, **values})


def dragged_figures() -> Iterator[float]:
    scene = scene_of()
    for x, y in starts(DRAGS + WARM_UP):
        yield milliseconds(changed(scene, {"x": x, "y": y}).figure)


def dragged_and_shown(canvas: Canvas) -> Iterator[float]:
    """From the new start to the picture, repainted."""
    scene, image = scene_of(), QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)

    def answer(x: float, y: float) -> None:
        canvas.show_figure(changed(scene, {"x": x, "y": y + 0.3}).figure())
        QWidget.render(canvas, image)

    for x, y in starts(DRAGS + WARM_UP):
        yield milliseconds(answer, x, y)


def played(canvas: Canvas, with_figure: bool) -> Iterator[float]:
    """Frames of the playing race, evenly over all of its steps: the change, and the whole repaint."""
    scene, image = scene_of(), QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    for number in range(FRAMES + WARM_UP):
        step = number * STEPS // (FRAMES + WARM_UP)
        frame = changed(scene, {"step": step})
        ready = None if with_figure else frame.figure()

        def show(frame: Any = frame, ready: Any = ready) -> None:
            canvas.show_figure(ready or frame.figure())
            QWidget.render(canvas, image)

        yield milliseconds(show)


def played_in_window(program: Program) -> Iterator[float]:
    """From the transport's position to the painted window; the worker's time included."""
    send = program.shell.parts.controller.send
    for number in range(FRAMES + WARM_UP):
        position = number / (FRAMES + WARM_UP)
        yield milliseconds(answered, program, lambda at=position: send(Seek(at)))


def dragged_in_window(program: Program) -> Iterator[float]:
    """From a movement of the hand to the painted window with the race run anew."""
    frames = drag(program, first_handle(program))
    move = next(frames)
    for number in range(DRAGS + WARM_UP):
        yield milliseconds(answered, program, lambda at=number: move(at))
    next(frames, None)


def answered(program: Program, action: Callable[[], object]) -> None:
    """Act, and wait until the picture that follows is on the screen."""
    action()
    while True:
        program.settle()
        if not program.shell.parts.controller._worker.busy:
            break
        time.sleep(0.0002)
    program.settle()


def shown_canvas() -> Canvas:
    canvas = Canvas(theme=theme_named("light"))
    canvas.resize(WIDTH, HEIGHT)
    canvas.show()
    QCoreApplication.processEvents()
    return canvas


def waiting() -> None:
    canvas = shown_canvas()
    rows: list[tuple[str, float, Iterator[float]]] = [
        ("figure after a drag", 60.0, dragged_figures()),
        ("figure and repaint after a drag", 60.0, dragged_and_shown(canvas)),
        ("frame while it plays: repaint", 14.0, played(canvas, with_figure=False)),
        ("frame while it plays: figure too", 14.0, played(canvas, with_figure=True)),
    ]
    with tempfile.TemporaryDirectory() as folder:
        shell = Shell(Profile(Path(folder)))
        program = Program(shell)
        program.explore("descent-2d", f=SURFACE, racers=TWELVE, steps=STEPS)
        rows.append(("window, played", 14.0, played_in_window(program)))
        rows.append(("window, start dragged", 60.0, dragged_in_window(program)))
        print(f"\n{WIDTH} × {HEIGHT}, ms (median, 99 %)")
        print(f"{'':<40}{'median':>8}{'99 %':>8}{'target':>9}")
        for name, target, times in rows:
            median, slowest = np.percentile(list(times)[WARM_UP:], [50, 99])
            print(f"{name:<40}{median:8.1f}{slowest:8.1f}{target:9.1f}")
        shell.close()
    canvas.close()


def profiles() -> None:
    canvas = shown_canvas()
    cases: dict[str, Callable[[], object]] = {
        "computing": lambda: [raced(x, y) for x, y in starts(DRAGS)],
        "figures after drags": lambda: list(dragged_figures()),
        "frames": lambda: list(played(canvas, with_figure=True)),
    }
    for name, action in cases.items():
        profile = cProfile.Profile()
        profile.runcall(action)
        print(f"\n{name}")
        pstats.Stats(profile).sort_stats("tottime").print_stats(35)
    canvas.close()


def main() -> None:
    application = make_application()
    if "--profile" in sys.argv:
        profiles()
    else:
        computing()
        waiting()
    del application


if __name__ == "__main__":
    main()
