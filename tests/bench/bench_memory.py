"""What the program holds when opened, and after a thousand steps: `uv run tests/bench/bench_memory.py`.

Resident memory is that of the program and of its child processes (MathJax; SymPy when it was asked). Memory
that child and parent share is counted twice, so the sum is an upper bound. Objects are those that Python's
collector tracks, after a collection. The steps go to and fro through every lesson of the course, and each is
shown with its picture before the next. Nothing is asserted.

    bench_memory.py [STEPS]      a line for every fifth of them; --kinds adds what grew, by its type
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import time
from collections import Counter
from itertools import cycle
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtCore import QCoreApplication, QEvent

from engine.actions import GoTo
from engine.storage import Profile
from gui.app import Shell, make_application

STEPS, ROUNDS = 1000, 5
TARGET = 250.0


def processes() -> list[int]:
    """This process and all that descend from it."""
    found, waiting = [], [os.getpid()]
    while waiting:
        process = waiting.pop()
        found.append(process)
        for task in Path(f"/proc/{process}/task").iterdir():
            waiting += [int(child) for child in (task / "children").read_text().split()]
    return found


def megabytes(process: int) -> float:
    """Resident memory."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def settle(seconds: float = 0.0) -> None:
    """Let everything happen that is due, and Qt delete what it was asked to."""
    until = time.monotonic() + seconds
    while True:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()
        if time.monotonic() >= until:
            return
        time.sleep(0.005)


class Walk:
    """To and fro through the lessons, a step at a time."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        units = shell.parts.course.lines(shell.parts.keeper.profile, "", shell.parts.controller.state)
        lessons = [lesson for unit in units if not unit.explore for lesson in unit.lessons]
        there = [(lesson.key, step) for lesson in lessons for step in range(len(lesson.steps))]
        self._places = cycle([*there, *reversed(there)])

    def step(self) -> None:
        key, step = next(self._places)
        controller = self._shell.parts.controller
        self._shell.navigator.open_lesson(key, step)
        if controller.state.step != step:
            controller.send(GoTo(step))
        settle()
        controller.pause()
        controller.flush()
        settle()


def kinds() -> Counter[str]:
    """How many objects there are of each type."""
    return Counter(f"{type(one).__module__}.{type(one).__qualname__}" for one in gc.get_objects())


def row(label: str, start: float) -> None:
    gc.collect()
    own, *others = (megabytes(process) for process in processes())
    memory = f"{own:9.1f}{sum(others):10.1f}{own + sum(others):8.1f}"
    print(f"{label:<26}{memory}{len(gc.get_objects()):10d}{time.monotonic() - start:9.1f}", flush=True)


def main() -> None:
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    steps = numbers[0] if numbers else STEPS
    application = make_application()
    with tempfile.TemporaryDirectory() as folder:
        shell = Shell(Profile(Path(folder)))
        start = time.monotonic()
        print(f"{'':<26}{'own MB':>9}{'children':>10}{'all':>8}{'objects':>10}{'seconds':>9}")
        window = shell.open()
        window.resize(1280, 720)
        settle(0.2)
        row("opened", start)
        shell.wake_helpers()
        settle(3.0)
        row(f"formulas set (≤ {TARGET:.0f} MB)", start)
        walk = Walk(shell)
        for _step in range(steps // 2):
            walk.step()
        settle(3.0)
        row("warm", start)
        before = kinds()
        for count in range(ROUNDS):
            for _step in range(steps // ROUNDS):
                walk.step()
            row(f"{(count + 1) * (steps // ROUNDS)} steps later", start)
        if "--kinds" in sys.argv:
            for kind, more in (kinds() - before).most_common(25):
                print(f"{more:8d} more {kind}")
        shell.close()
    del application


if __name__ == "__main__":
    main()
