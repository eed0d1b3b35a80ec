"""Work that would make the window wait, done beside it: a frozen request, a frozen response, newest wins.

A request has captured everything it needs and touches nothing that may change meanwhile. Asking again
replaces the request that has not begun; one that has begun is still answered, as a preview of what follows,
unless it was cancelled, or has taken so long that waiting for it would hold up its successor: then it is told
to stop, and its result is dropped. A request may have several results, each better than the one before
(`ask_each`); once the first is there it gives way at once.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from engine.cancellation import CancelledError, cancellable, stop_if_cancelled

CLOSING_WAIT = 5.0
"""Seconds to wait, when the program ends, for work that has begun."""


PATIENCE = 0.3
"""Seconds after which work that has begun gives way to a newer request."""


@dataclass(frozen=True)
class Request:
    """Work to be done, with the number it was given.

    work: its results one by one, each with whether a better one follows. stop: it is not wanted any more.
    """

    number: int
    work: Callable[[], Iterator[tuple[Any, bool]]]
    stop: threading.Event


@dataclass(frozen=True)
class Response:
    """What became of the request of the same number: a result, or the exception that ended it.

    more: a better result of the same request follows.
    """

    number: int
    result: Any = None
    error: Exception | None = None
    more: bool = False


class Worker(QObject):
    """One thread that does the newest request; it starts with the first and ends with `close`."""

    finished = Signal(object)
    """A Response, in the thread of the window; never an older one after a newer."""

    _arrived = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._newest = 0
        self._cancelled = 0
        self._busy = False
        self._waiting: Request | None = None
        self._running: Request | None = None
        self._began = 0.0
        self._closed = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._arrived.connect(self._take)

    @property
    def busy(self) -> bool:
        """Whether the newest request is still unanswered."""
        return self._busy

    def ask(self, work: Callable[[], Any]) -> int:
        """Have `work` done as soon as may be, in place of whatever was asked for before."""
        return self.ask_each(lambda: iter([(work(), False)]))

    def ask_each(self, work: Callable[[], Iterator[tuple[Any, bool]]]) -> int:
        """As `ask`, for work that has several results, each with whether a better one follows.

        Each is answered as soon as it is there.
        """
        with self._changed:
            if self._closed:
                return self._newest
            self._newest += 1
            self._busy = True
            self._waiting = Request(self._newest, work, threading.Event())
            self._changed.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        return self._newest

    def cancel(self) -> None:
        """Answer nothing that was asked for so far, and stop what has begun."""
        with self._changed:
            self._cancelled = self._newest
            self._busy = False
            self._drop()

    def close(self) -> None:
        """End the thread; nothing is answered any more."""
        with self._changed:
            self._closed = True
            self._busy = False
            self._drop()
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(CLOSING_WAIT)
            self._thread = None

    def _drop(self) -> None:
        self._waiting = None
        if self._running is not None:
            self._running.stop.set()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._waiting is not None)
                request, self._waiting = self._waiting, None
                if self._closed or request is None:
                    return
                self._running, self._began = request, time.monotonic()
            for response in _answers(request, partial(self._gives_way, request)):
                with self._changed:
                    if not response.more:
                        self._running = None
                    if self._closed:
                        return
                    self._arrived.emit(response)
                    self._began = -math.inf  # there is something to see: a newer request need not wait
            with self._changed:
                self._running = None

    def _gives_way(self, request: Request) -> bool:
        """Whether work that has begun has to stop: it is not wanted any more, or holds up a newer request."""
        held_up = self._waiting is not None and time.monotonic() - self._began > PATIENCE
        return held_up or request.stop.is_set()

    def _take(self, response: Response) -> None:
        if self._closed or response.number <= self._cancelled:
            return
        self._busy = response.number != self._newest or response.more
        self.finished.emit(response)


def _answers(request: Request, stopped: Callable[[], bool]) -> Iterator[Response]:
    """What becomes of the request: its results, or the exception that ended it; nothing once told to stop."""
    try:
        with cancellable(stopped):
            for result, more in request.work():
                yield Response(request.number, result=result, more=more)
                stop_if_cancelled()
    except CancelledError:
        return
    except Exception as error:  # noqa: BLE001 - whatever failed is the answer
        yield Response(request.number, error=error)
