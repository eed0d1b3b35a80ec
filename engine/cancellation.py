"""Long work that can be told to stop: it asks now and then, whoever started it answers.

A figure is a pure value and knows nothing of windows, yet a hundred thousand steps take a while and the
learner may have changed their mind. The loop that takes long calls `stop_if_cancelled`; a worker wraps the
call in `cancellable`. Outside of one, nothing is ever cancelled.

Where it asks, it also gives way. NumPy lets go of Python's lock for a microsecond at each operation on more
than 500 numbers and takes it back before a waiting thread has woken up, which therefore never gets to demand
it: the window stood still for 40 ms. So a worker sleeps a moment every few milliseconds.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

TURN, PAUSE = 4e-3, 5e-5
"""Seconds that a worker may have Python's lock to itself, and those that it then sleeps: long enough for
another thread to wake up, and a fortieth of the time."""


def _nobody() -> bool:
    return False


_asked: ContextVar[Callable[[], bool]] = ContextVar("asked", default=_nobody)
_turns = threading.local()


class CancelledError(Exception):
    """The work was told to stop; there is no result."""


@contextmanager
def cancellable(asked: Callable[[], bool]) -> Iterator[None]:
    """Within, work stops with CancelledError soon after `asked()` is true.

    >>> with cancellable(lambda: True):
    ...     stop_if_cancelled()
    Traceback (most recent call last):
    engine.cancellation.CancelledError
    """
    token = _asked.set(asked)
    try:
        yield
    finally:
        _asked.reset(token)


def stop_if_cancelled() -> None:
    """Raise CancelledError if whoever started this work wants it no more; else give way if it is time."""
    asked = _asked.get()
    if asked is _nobody:
        return
    if asked():
        raise CancelledError
    if time.monotonic() - getattr(_turns, "began", 0.0) > TURN:
        time.sleep(PAUSE)
        _turns.began = time.monotonic()
