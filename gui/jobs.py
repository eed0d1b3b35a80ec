"""Work that would make the window wait, done beside it: a frozen request, a frozen response, newest wins.

A request has captured everything it needs and touches nothing that may change meanwhile. Asking again
replaces the request that has not begun; one that has begun is still answered, as a preview of what follows,
unless it was cancelled: then its result is stale, and dropped.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

CLOSING_WAIT = 5.0
"""Seconds to wait, when the program ends, for work that has begun."""


@dataclass(frozen=True)
class Request:
    """Work to be done, with the number it was given."""

    number: int
    work: Callable[[], Any]


@dataclass(frozen=True)
class Response:
    """What became of the request of the same number: a result, or the exception that ended it."""

    number: int
    result: Any = None
    error: Exception | None = None


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
        with self._changed:
            if self._closed:
                return self._newest
            self._newest += 1
            self._busy = True
            self._waiting = Request(self._newest, work)
            self._changed.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        return self._newest

    def cancel(self) -> None:
        """Answer nothing that was asked for so far. What has begun runs to its end, unheard."""
        with self._changed:
            self._cancelled = self._newest
            self._busy = False
            self._waiting = None

    def close(self) -> None:
        """End the thread; nothing is answered any more."""
        with self._changed:
            self._closed = True
            self._busy = False
            self._waiting = None
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(CLOSING_WAIT)
            self._thread = None

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._waiting is not None)
                request, self._waiting = self._waiting, None
                if self._closed or request is None:
                    return
            response = _answered(request)
            with self._changed:
                if self._closed:
                    return
                self._arrived.emit(response)

    def _take(self, response: Response) -> None:
        if self._closed or response.number <= self._cancelled:
            return
        self._busy = response.number != self._newest
        self.finished.emit(response)


def _answered(request: Request) -> Response:
    try:
        return Response(request.number, result=request.work())
    except Exception as error:  # noqa: BLE001 - whatever failed is the answer
        return Response(request.number, error=error)
