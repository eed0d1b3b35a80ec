"""How fast the program starts, beside bare windows of the same Qt: `uv run tests/bench/bench_start.py`.

Every run is a fresh process from byte-compiled source. `window` is the first paint of anything, `picture` the
first paint of a curve; both count from the moment the process was asked for. Bare Qt is an empty main window;
bare pyqtgraph is a window with one curve. The profile is a new one each time, as on a learner's first day.
Times are medians in seconds; nothing is asserted. Processor seconds stand below: on a machine that others
use too, they tell more.

    bench_start.py [RUNS]      on the platform of QT_QPA_PLATFORM (offscreen unless told; xcb with a display)
    bench_start.py --imports   what is imported before the first picture, the dearest modules first
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNS = 7

WATCH = """
import sys, time

def say(word):
    print(word, time.monotonic(), time.process_time(), flush=True)

def after_paint(word, then=None):
    from PySide6.QtCore import QTimer
    def said():
        say(word)
        if then is not None:
            then()
    QTimer.singleShot(0, said)
"""

QT = (
    WATCH
    + """
from PySide6.QtWidgets import QApplication, QMainWindow

class Window(QMainWindow):
    painted = False
    def paintEvent(self, event):
        super().paintEvent(event)
        if not self.painted:
            self.painted = True
            say("window")  # not from a timer: the event loop may be far off
            after_paint("shown", QApplication.quit)

application = QApplication([])
window = Window()
window.resize(1280, 720)
window.show()
application.exec()
"""
)

PYQTGRAPH = (
    WATCH
    + """
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication
import numpy as np

class Plot(pg.PlotWidget):
    painted = False
    def paintEvent(self, event):
        super().paintEvent(event)
        if not self.painted:
            self.painted = True
            say("window")
            after_paint("picture", QApplication.quit)

application = pg.mkQApp()
plot = Plot(background="w")
plot.resize(1280, 720)
x = np.linspace(-3, 3, 600)
plot.plot(x, x**2)
plot.show()
application.exec()
"""
)

GRADUS = (
    WATCH
    + """
sys.path.insert(0, sys.argv[1])
import main
import gui.app
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication, QMainWindow

class Watch(QObject):
    # Not a method of the window: what is measured is the program as it is.
    window = False
    def eventFilter(self, watched, event):
        if event.type() is not PAINT:
            return False
        if not self.window and isinstance(watched, QMainWindow):
            self.window = True
            say("window")
        # the canvas paints through a viewport
        parent = watched.parent()
        while parent is not None and type(parent).__name__ != "Canvas":
            parent = parent.parent()
        if parent is not None:
            QCoreApplication.instance().removeEventFilter(self)
            after_paint("picture", QApplication.closeAllWindows)
        return False

PAINT = QEvent.Type.Paint
make = gui.app.make_application
def watched():
    application = make()
    application.installEventFilter(watch)
    return application
watch = Watch()
gui.app.make_application = watched
sys.exit(main.main(["--profile", sys.argv[2]]))
"""
)

PROGRAMS = {"bare Qt": QT, "bare pyqtgraph": PYQTGRAPH, "Gradus": GRADUS}


def started(program: str, options: tuple[str, ...] = ()) -> tuple[dict[str, float], str]:
    """Seconds from asking for the process to each of its words, and what it said on standard error.

    The seconds of the processor up to `word` are those of `word processor`.
    """
    with tempfile.TemporaryDirectory() as profile:
        command = [sys.executable, *options, "-c", program, str(ROOT), profile]
        asked = time.monotonic()
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=ROOT, env=environment(), timeout=120
        )
    if done.returncode:
        raise SystemExit(done.stderr)
    taken: dict[str, float] = {}
    for line in done.stdout.splitlines():
        word, moment, processor = line.split()
        taken[word] = float(moment) - asked
        taken[f"{word} processor"] = float(processor)
    return taken, done.stderr


def environment() -> dict[str, str]:
    """That of a user: byte code is written and found again, in a place of this benchmark's own."""
    here = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    here.setdefault("QT_QPA_PLATFORM", "offscreen")
    here["PYTHONPYCACHEPREFIX"] = str(Path(tempfile.gettempdir()) / "gradus-bench-bytecode")
    return here


def medians(runs: int) -> dict[str, dict[str, float]]:
    """Program → word → median seconds. The programs take turns, so that a busy moment hits all of them."""
    times: dict[str, list[dict[str, float]]] = {name: [] for name in PROGRAMS}
    for run in range(runs + 1):
        for name, program in PROGRAMS.items():
            taken, _complaints = started(program)
            if run:  # the first one wrote the byte code
                times[name].append(taken)
    return {
        name: {word: statistics.median(one[word] for one in taken) for word in taken[0]}
        for name, taken in times.items()
    }


def print_imports() -> None:
    """Self time of what Gradus imports up to its first picture, by package and by module."""
    started(GRADUS)
    _taken, said = started(GRADUS, ("-X", "importtime"))
    rows = re.findall(r"import time: +(\d+) \| +(\d+) \| +(\S+)", said)
    packages: Counter[str] = Counter()
    for own, _all, module in rows:
        packages[module.partition(".")[0]] += int(own)
    print(f"{len(rows)} modules, {sum(packages.values()) / 1000:.0f} ms in all")
    for package, own in packages.most_common(25):
        print(f"{package:<28}{own / 1000:8.1f} ms")
    print()
    for own, all_of_it, module in sorted(rows, key=lambda row: -int(row[0]))[:30]:
        print(f"{module:<44}{int(own) / 1000:8.1f} ms{int(all_of_it) / 1000:8.1f} with all it imports")


def main() -> None:
    if "--imports" in sys.argv:
        print_imports()
        return
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    found = medians(runs)
    print(f"{runs} runs each on {environment()['QT_QPA_PLATFORM']}, median seconds from asking to painted")
    for kind, title in (("", "by the clock"), (" processor", "processor")):
        bare, plot = found["bare Qt"][f"window{kind}"], found["bare pyqtgraph"][f"picture{kind}"]
        print(f"\n{title:<18}{'window':>9}{'÷ bare Qt':>11}{'picture':>10}{'÷ pyqtgraph':>13}")
        for name, words in found.items():
            window, picture = words[f"window{kind}"], words.get(f"picture{kind}")
            beside = f"{picture:10.2f}{picture / plot:13.2f}" if picture else ""
            print(f"{name:<18}{window:9.2f}{window / bare:11.2f}{beside}")
    print(f"{'wanted of Gradus':<18}{'':>9}{'≤ 1.50':>11}{'':>10}{'≤ 1.15':>13}")


if __name__ == "__main__":
    main()
