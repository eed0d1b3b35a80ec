"""The program as it is started: what is read before the first paint, what it leaves behind, what it needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOT_YET = ("sympy", "scipy", "PIL", "quickjs", "contourpy", "engine.scenes.field", "engine.scenes.descent_2d")
NOT_MET = ("QStyle",)
"""Classes of Qt that Python makes for itself when it meets them: this one has 566 names, 10 ms of them."""

BARE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from engine.storage import Profile
from gui.app import Shell, make_application
from gui.window import Window
application = make_application()
appear = Window.appear
def watched(window):
    appear(window)
    print(window.isVisible(), *sorted({"numpy", "markdown_it"} & sys.modules.keys()))
Window.appear = watched
shell = Shell(Profile(Path(sys.argv[2])))
shell.open()
shell.close()
"""

WORDS = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from PySide6.QtWidgets import QAbstractButton, QLabel, QMenuBar
from engine.storage import Profile
from gui.app import Shell, make_application
application = make_application()
profile = Profile(Path(sys.argv[2]))
profile.change(text_scale=1.25)
shell = Shell(profile)
window = shell.open()
for kind in (QAbstractButton, QLabel, QMenuBar):
    parts = [part for part in window.findChildren(kind) if part.isVisible()]
    print(*{part.fontInfo().family() for part in parts} or {f"no {kind.__name__}"})
shell.close()
"""

SESSION = """
import sys
import weakref
sys.path.insert(0, sys.argv[1])
import gui.app
from PySide6 import QtWidgets
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from engine.actions import GoTo
from gui.app import Shell
import main

class Circle:
    def __init__(self):
        self.me = self

opened = Shell.open
def watched(shell, target=None):
    window = opened(shell, target)
    left = []
    def after_paint():
        assert shell.parts.controller.figure is not None
        print(*[name for name in sys.argv[3].split(",") if name in sys.modules])
        print(*[name for name in sys.argv[4].split(",") if name in vars(QtWidgets)])
        shell.parts.controller.send(GoTo(1))
        QTimer.singleShot(400, go_on)
        QTimer.singleShot(900, end)
    def go_on():
        shell.parts.controller.send(GoTo(2))
        left.extend(weakref.ref(Circle()) for _ in range(1000))
    def end():
        print("collecting" if not any(circle() for circle in left) else "never collecting")
        QApplication.closeAllWindows()
    window.stage.canvas.surface.repaint()
    QTimer.singleShot(0, after_paint)
    return window
Shell.open = watched
sys.exit(main.main(["--profile", sys.argv[2], "secant-to-tangent"]))
"""

ENDED_TOO_SOON = """
import os
import signal
import sys
sys.path.insert(0, sys.argv[1])
import main
from gui.app import Shell
opened = Shell.open
def watched(shell, target=None):
    os.kill(os.getpid(), signal.SIGTERM)
    return opened(shell, target)
Shell.open = watched
sys.exit(main.main(["--profile", sys.argv[2]]))
"""


def started(*arguments: str, **changed: str | None) -> subprocess.CompletedProcess[str]:
    """A fresh Python with these arguments, no display but the one that is given."""
    environment = {name: value for name, value in os.environ.items() if name not in DISPLAYS}
    environment.update({name: value for name, value in changed.items() if value is not None})
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, timeout=100)


DISPLAYS = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")


def test_the_bare_window_is_on_screen_before_anything_slow_is_read(tmp_path: Path) -> None:
    done = started("-c", BARE, str(ROOT), str(tmp_path), QT_QPA_PLATFORM="offscreen")
    assert done.stdout.split() == ["True"], done.stderr


@pytest.mark.timeout(110)
def test_a_session_reads_nothing_too_soon_and_leaves_nothing_to_say(tmp_path: Path) -> None:
    """Open, step twice, close: nothing heavy at the first paint, status 0, standard error empty."""
    not_yet = (",".join(NOT_YET), ",".join(NOT_MET))
    done = started("-c", SESSION, str(ROOT), str(tmp_path), *not_yet, QT_QPA_PLATFORM="offscreen")
    assert done.stderr.replace("This plugin does not support propagateSizeHints()\n", "") == ""
    assert done.stdout.split() == ["collecting"]
    assert done.returncode == 0
    assert (tmp_path / "progress.json").exists()


def test_a_session_that_ends_while_the_window_opens_ends_the_program(tmp_path: Path) -> None:
    done = started("-c", ENDED_TOO_SOON, str(ROOT), str(tmp_path), QT_QPA_PLATFORM="offscreen")
    assert (done.returncode, done.stderr) == (0, "")


def test_every_word_of_the_window_is_set_in_the_typeface_of_the_program(tmp_path: Path) -> None:
    """A window that was shown in another font, bare, may keep it in some of its parts."""
    done = started("-c", WORDS, str(ROOT), str(tmp_path), QT_QPA_PLATFORM="offscreen")
    assert set(done.stdout.split()) == {"Inter"}, done.stderr


def test_without_a_display_one_line_names_the_way_to_pictures() -> None:
    done = started("main.py")
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "render" in done.stderr


def test_a_display_that_does_not_answer_is_no_abort() -> None:
    done = started("main.py", DISPLAY=":4711")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
