"""Garbage goes in the thread of the window, however much a worker makes."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from gui.collector import Collector


class Circle:
    """Garbage that only a collection finds; it tells in which thread it ended."""

    ended_in: list[threading.Thread]

    def __init__(self, ended_in: list[threading.Thread]) -> None:
        self.ended_in = ended_in
        self.me = self

    def __del__(self) -> None:
        self.ended_in.append(threading.current_thread())


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[Collector]:
    gc.collect()
    collector = Collector()
    yield collector
    collector.stop()
    assert gc.isenabled()


def test_a_worker_that_makes_many_objects_destroys_none(collector: Collector, qtbot: QtBot) -> None:
    ended_in: list[threading.Thread] = []
    circles = [Circle(ended_in) for _ in range(50)]
    last = weakref.ref(circles[-1])
    circles.clear()
    kept: list[list[object]] = []
    worker = threading.Thread(target=lambda: kept.extend([] for _ in range(200_000)))
    worker.start()
    worker.join()
    assert last() is not None  # with Python's own collection they would be gone by now
    qtbot.waitUntil(lambda: len(ended_in) == 50, timeout=5000)
    assert set(ended_in) == {threading.main_thread()}
