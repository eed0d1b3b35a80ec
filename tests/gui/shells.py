"""The whole program over a throw-away profile, for tests of the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.administrator import Administration
from engine.storage import Profile
from gui.app import Shell

COURSE_LESSON = "functions-and-change"


@pytest.fixture
def open_shell(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Callable[..., Shell]]:
    """`open_shell(target, **settings)`: the program as it starts; `close` may be called before the end.

    `settled` is what an administrator has settled.
    """
    opened: list[Shell] = []

    def start(target: str | None = None, settled: Administration | None = None, **settings: object) -> Shell:
        profile = Profile(tmp_path / "profile")
        profile.change(motion="reduced", theme="light")
        profile.change(**settings)
        shell = Shell(profile, settled)
        opened.append(shell)
        window = shell.open(target)
        window.activateWindow()
        with qtbot.waitActive(window):
            pass
        with qtbot.waitSignal(shell.parts.course.changed):  # as it is a moment after the picture
            shell.wake_helpers()
        return shell

    yield start
    for shell in opened:
        shell.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
