"""What fails is written to the profile's log and said in one quiet line; nobody sees a traceback.

Python's and Qt's own complaints go the same way, so that a normal session leaves nothing on standard error.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import QtMsgType, qInstallMessageHandler

LARGEST_LOG = 300_000
LOG_NAME = "gradus.log"
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_log = logging.getLogger("gui")


class Logs:
    """The log of one session, from its making to `close`, which puts everything back as it was.

    `say` is called with an exception that nobody caught, in whichever thread it happened.
    """

    def __init__(self, folder: Path, say: Callable[[BaseException], None]) -> None:
        self.path = folder / LOG_NAME
        self._say = say
        self._handler = _BoundedFile(self.path)
        self._handler.setFormatter(logging.Formatter(FORMAT))
        root = logging.getLogger()
        self._level = root.level
        root.addHandler(self._handler)
        root.setLevel(logging.INFO)
        self._hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._uncaught
        threading.excepthook = lambda args: self._uncaught(args.exc_type, args.exc_value, args.exc_traceback)
        sys.unraisablehook = self._unraisable
        self._qt_handler = qInstallMessageHandler(_take_qt_message)

    def close(self) -> None:
        """Log nothing any more."""
        qInstallMessageHandler(self._qt_handler)
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._hooks
        root = logging.getLogger()
        root.removeHandler(self._handler)
        root.setLevel(self._level)
        self._handler.close()

    def last_lines(self, count: int = 60) -> list[str]:
        """The newest lines of the log."""
        try:
            return self.path.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]
        except OSError:
            return []

    def _uncaught(
        self,
        kind: type[BaseException],
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if issubclass(kind, KeyboardInterrupt) or error is None:
            return
        _log.error("not caught", exc_info=(kind, error, traceback))
        self._say(error)

    def _unraisable(self, args: Any) -> None:
        if args.exc_value is not None:
            _log.error("in %r", args.object, exc_info=args.exc_value)


class _BoundedFile(logging.FileHandler):
    """A log that begins anew when it is full, with the one before kept beside it.

    `logging.handlers` has one, and imports half of the standard library's network code with it.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8", delay=True)
        self._path = path

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, in a new file if this one is full."""
        with contextlib.suppress(OSError):  # there is none yet, or it cannot be moved: it goes on
            if self._path.stat().st_size > LARGEST_LOG:
                if self.stream is not None:
                    self.stream.close()
                    self.stream = None
                self._path.replace(self._path.with_name(f"{self._path.name}.1"))
        with contextlib.suppress(OSError):  # raised where the file is opened; `handleError` sees the rest
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """Say nothing: a log that cannot be written is no reason to stop."""


def _take_qt_message(kind: QtMsgType, context: Any, message: str) -> None:
    logging.getLogger("qt").log(_LEVELS.get(kind, logging.WARNING), "%s", message)
