"""Work that can be told to stop stops, and gives way while it goes on; other work does neither."""

import threading
import time

import pytest

from engine import cancellation
from engine.cancellation import CancelledError, cancellable, stop_if_cancelled


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that goes on by 1.5 milliseconds each time somebody looks; how long anybody slept."""
    slept: list[float] = []
    ticks = iter(range(1, 1_000_000))
    monkeypatch.setattr(time, "monotonic", lambda: next(ticks) * 1.5e-3)
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(cancellation, "_turns", threading.local())
    return slept


def test_it_gives_way_once_a_turn(clock: list[float]) -> None:
    with cancellable(lambda: False):
        for _ in range(1000):
            stop_if_cancelled()
    # a turn is 4 ms: the third look finds it over, and one more begins the next
    assert len(clock) == pytest.approx(1000 / 3, abs=1)
    assert set(clock) == {cancellation.PAUSE}


def test_nobody_waits_for_work_that_nobody_else_waits_for(clock: list[float]) -> None:
    for _ in range(1000):
        stop_if_cancelled()
    assert clock == []


def test_it_stops_when_it_is_told_to() -> None:
    told = iter([False, False, True])
    with cancellable(lambda: next(told)):
        stop_if_cancelled()
        stop_if_cancelled()
        with pytest.raises(CancelledError):
            stop_if_cancelled()
    stop_if_cancelled()
