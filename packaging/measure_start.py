"""How soon the built program shows something, beside bare windows of the same Qt, in the same run.

    python packaging/measure_start.py dist/Gradus [RUNS]

Everything is started in turns as a process of its own on an X display of its own, and watched from outside:
`window` is the first pixel on the screen, `picture` the first curve. Times are medians in seconds from the
moment the process was asked for, each run with an empty profile; bare windows and the source run in the
environment that packaging/build.py made, byte-compiled. Processor seconds stand below: on a machine that
others use too, they tell more. Nothing is asserted.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from trial import FailedError, bare_environment, started

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "linux"))

from display import Display  # noqa: E402 - the folder is put on the path above

PYTHON = HERE.parent / "build" / "environment" / "bin" / "python"
RUNS = 7
LIMIT = 30.0
FEWEST = 40
"""Pixels of a curve's colour that make a picture."""

Moments = tuple[float, float, float, float]
"""Seconds to the window and to the picture, and the processor's up to each."""

PAUSE = 0.02
"""Seconds between two looks for a curve. A look takes 10 ms of a processor, which the watched want too."""

CURVES = {0x0072B2, 0xC2410C}
"""The colours of the first lesson's lines, and of the bare curve."""

BARE_QT = """
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.resize(1280, 720)
window.show()
application.exec()
"""

BARE_PYQTGRAPH = """
import numpy as np
import pyqtgraph as pg
pg.setConfigOption("background", "w")
application = pg.mkQApp()
x = np.linspace(-3, 3, 500)
window = pg.plot(x, x * x, pen=pg.mkPen("#0072B2"))
window.resize(1280, 720)
application.exec()
"""


def main() -> int:
    """Print a table of medians and their ratios to the bare windows."""
    program = Path(sys.argv[1]).resolve() / "gradus"
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else RUNS
    commands = {
        "bare Qt": [str(PYTHON), "-c", BARE_QT],
        "bare pyqtgraph": [str(PYTHON), "-c", BARE_PYQTGRAPH],
        "source": [str(PYTHON), str(HERE.parent / "main.py")],
        "bundle": [str(program)],
    }
    subprocess.run([str(PYTHON), "-m", "compileall", "-q", *_sources()], check=True)
    times: dict[str, list[Moments]] = {name: [] for name in commands}
    with Display() as display:
        for turn in range(runs + 1):  # the first turn only fills the system's caches
            for name, command in commands.items():
                seen = watch(command, display, picture=name != "bare Qt")
                if turn:
                    times[name].append(seen)
    print_medians("by the clock", {name: [seen[:2] for seen in runs] for name, runs in times.items()})
    print_medians("processor", {name: [seen[2:] for seen in runs] for name, runs in times.items()})
    return 0


def print_medians(title: str, times: dict[str, list[tuple[float, float]]]) -> None:
    """A table of what `window` and `picture` took, and of their ratios to the bare windows."""
    window = {name: statistics.median(one for one, _ in seen) for name, seen in times.items()}
    picture = {name: statistics.median(one for _, one in seen) for name, seen in times.items()}
    print(f"\n{title:<16}{'window':>8}{'× bare Qt':>12}{'picture':>10}{'× bare pyqtgraph':>18}")
    for name in times:
        shown = f"{picture[name]:>10.2f}{picture[name] / picture['bare pyqtgraph']:>18.2f}"
        words = f"{name:<16}{window[name]:>8.2f}{window[name] / window['bare Qt']:>12.2f}"
        print(words + (shown if name != "bare Qt" else ""))


def _sources() -> Iterator[str]:
    for name in ("engine", "gui", "main.py"):
        yield str(HERE.parent / name)


def watch(command: list[str], display: Display, picture: bool) -> Moments:
    """When the first pixel and the first curve are seen, of a process that is then ended."""
    with bare_environment(DISPLAY=display.name, PATH="/usr/bin:/bin") as environment:
        began = time.monotonic()
        with started(command, environment) as one:
            seen = _when(lambda: display.center() != 0, began, one, pause=0.002)
            worked = processor_seconds(one.pid)
            drawn = _when(lambda: display.count(CURVES) >= FEWEST, began, one, PAUSE) if picture else seen
            worked_in_all = processor_seconds(one.pid)
            one.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                one.wait(10)
    end = time.monotonic() + 2
    while display.center() and time.monotonic() < end:  # the next one begins on an empty screen
        time.sleep(0.01)
    return seen, drawn, worked, worked_in_all


def processor_seconds(process: int) -> float:
    """What a process has used of the processor so far, all its threads together; its children apart."""
    status = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    words = status.rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def _when(happened: Callable[[], bool], began: float, one: subprocess.Popen[str], pause: float) -> float:
    while not happened():
        if one.poll() is not None or time.monotonic() - began > LIMIT:
            raise FailedError("it shows nothing")
        time.sleep(pause)
    return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
