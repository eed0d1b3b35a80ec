"""For every test of the window: no display needed, no Qt warning, and nothing left behind."""

from __future__ import annotations

import gc
import os
import threading
import weakref
from collections.abc import Iterator

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from tests.gui.lessons import themes, typesetter  # noqa: F401 - fixtures of the panes' tests
from tests.gui.shells import open_shell  # noqa: F401 - a fixture for every test of the window

# the platform without a display has nothing to propagate to
HARMLESS = ["This plugin does not support .*", "QStandardPaths: .*runtime directory.*"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
        item.add_marker(pytest.mark.qt_log_ignore(*HARMLESS, extend=True))


def _windows() -> set[QWidget]:
    if QApplication.instance() is None:
        return set()
    return {widget for widget in QApplication.topLevelWidgets() if widget.isVisible()}


_older_timers: list[weakref.ref[QTimer]] = []
"""Those that `nothing_old_looked_through` has put aside."""


def _new_timers() -> list[QTimer]:
    return [thing for thing in gc.get_objects() if isinstance(thing, QTimer)]


def _timers() -> list[QTimer]:
    older = [timer for timer in (known() for known in _older_timers) if timer is not None]
    return [timer for timer in older + _new_timers() if shiboken6.isValid(timer) and timer.isActive()]


@pytest.fixture(scope="module", autouse=True)
def nothing_old_looked_through() -> None:
    """Half a million objects of earlier modules need not be looked through before and after each test."""
    gc.collect()
    _older_timers[:] = [known for known in _older_timers if known() is not None]
    _older_timers.extend(map(weakref.ref, _new_timers()))
    gc.freeze()


@pytest.fixture(scope="module", autouse=True)
def no_thread_left_behind() -> Iterator[None]:
    """A module that leaves a thread behind fails. A module, since its tests may share what owns one."""
    before = set(threading.enumerate())
    yield
    late = set(threading.enumerate()) - before
    for thread in late:
        thread.join(timeout=2.0)
    running = [thread for thread in late if thread.is_alive()]
    assert not running, f"threads left running: {running}"


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """A test that leaves a visible window or a running timer behind fails."""
    windows = _windows()
    timers = {id(timer) for timer in _timers()}
    yield
    if QApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()
    left = _windows() - windows
    assert not left, f"windows left open: {left}"
    running = [timer for timer in _timers() if id(timer) not in timers]
    assert not running, f"timers left running: {running}, of {[timer.parent() for timer in running]}"
