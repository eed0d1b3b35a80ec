"""Long work that can be told to stop: it asks now and then, whoever started it answers.

A figure is a pure value and knows nothing of windows, yet a hundred thousand steps take a while and the
learner may have changed their mind. The loop that takes long calls `stop_if_cancelled`; a worker wraps the
call in `cancellable`. Outside of one, nothing is ever cancelled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_asked: ContextVar[Callable[[], bool]] = ContextVar("asked", default=lambda: False)


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
    """Raise CancelledError if whoever started this work wants it no more."""
    if _asked.get()():
        raise CancelledError
