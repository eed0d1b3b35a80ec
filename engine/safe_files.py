"""Files that survive: written whole or not at all, read within a bound, set aside rather than overwritten.

Used for everything the learner would miss if the power failed in the middle of it.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from engine.errors import StorageError
from engine.text import Text

LOCK_WAIT = 2.0
_POLL = 0.02
_STALE_AFTER = 3600.0
_serial = itertools.count()


def write_atomically(path: Path, content: bytes) -> None:
    """Put `content` at `path` so that a crash at any moment leaves the old file or the new one, whole.

    Written beside, flushed to the disk, renamed into place. Raises OSError and leaves nothing behind when
    that cannot be done.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}-{next(_serial)}.tmp")
    try:
        with open(beside, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    _sync_folder(path.parent)


def read_bounded(path: Path, limit: int) -> bytes:
    """The bytes of a regular file of at most `limit` bytes; FileNotFoundError where there is none."""
    if path.exists() and not path.is_file():
        raise StorageError(
            Text("{path} is not a file.", {"path": str(path)}), path, Text("Move it out of the way.")
        )
    with open(path, "rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise StorageError(
            Text(
                "{path} is larger than {megabytes} MB, which is more than Gradus writes.",
                {"path": str(path), "megabytes": limit // 1_000_000},
            ),
            path,
        )
    return content


def set_aside(path: Path) -> Path:
    """Rename a file that cannot be used to a free name with the date in it, and return that name."""
    date = time.strftime("%Y-%m-%d")
    for number in itertools.count(1):
        suffix = f"-{number}" if number > 1 else ""
        aside = path.with_name(f"{path.stem}.unreadable-{date}{suffix}{path.suffix}")
        if not aside.exists():
            os.rename(path, aside)
            return aside
    raise AssertionError("count never ends")


def remove_stale(folder: Path) -> None:
    """Remove what a crash during `write_atomically` left behind, once it is old enough to be nobody's."""
    with contextlib.suppress(OSError):
        for beside in folder.glob(".*.tmp"):
            with contextlib.suppress(OSError):
                if time.time() - beside.stat().st_mtime > _STALE_AFTER:
                    beside.unlink()


@contextlib.contextmanager
def locked(path: Path, wait: float = LOCK_WAIT) -> Iterator[bool]:
    """Hold the lock file at `path`, waiting at most `wait` seconds; yields whether it is held.

    The system drops the lock when a process ends, however it ends, so no lock outlives its owner. Where
    there are no locks (some network folders, a folder that cannot be written) it yields True: each write
    is still whole, and merging mends what two windows do at once.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        yield True
        return
    try:
        held = _wait_for(descriptor, wait)
        try:
            yield held
        finally:
            if held:
                _unlock(descriptor)
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int, wait: float) -> bool:
    deadline = time.monotonic() + wait
    while True:
        try:
            _lock(descriptor)
        except (BlockingIOError, PermissionError):
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL)
        except OSError:
            return True
        else:
            return True


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def _unlock(descriptor: int) -> None:
        with contextlib.suppress(OSError):
            os.lseek(descriptor, 0, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(descriptor: int) -> None:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)


def _replace(source: Path, target: Path) -> None:
    """Rename over `target`; on Windows a virus scanner may hold it open for a moment."""
    for attempt in range(10):
        try:
            os.replace(source, target)
        except PermissionError:
            if sys.platform != "win32" or attempt == 9:
                raise
            time.sleep(_POLL)
        else:
            return


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable, where the system lets a folder be flushed."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
