"""Files that the learner saves: the ending says the kind; what stands in the way is said in words. No Qt."""

from __future__ import annotations

import errno
from collections.abc import Collection
from pathlib import Path

from engine.errors import StorageError
from engine.safe_files import write_atomically
from engine.text import Text, verbatim


def target_kind(path: Path, kinds: Collection[str]) -> str:
    """The kind of file that the ending of `path` names, of those that can be written.

    Raises StorageError, before any work is done, if it is none of them or the place is no good.
    """
    kind = path.suffix[1:].lower()
    if kind in kinds:
        _check_place(path)
        return kind
    what = Text("The ending of {file} names no kind of file that is written here.", {"file": _short(path)})
    endings = [verbatim(f".{known}") for known in kinds]
    raise StorageError(what, path, Text("Choose one of {endings}.", {"endings": endings}))


def write(path: Path, content: bytes) -> None:
    """Write a file whole; raise StorageError, and leave what was there, if that cannot be done."""
    try:
        write_atomically(path, content)
    except (OSError, ValueError) as error:
        why, remedy = _reason(error)
        raise _refused(path, why, remedy) from error


def _check_place(path: Path) -> None:
    try:
        if path.is_dir():
            raise _refused(path, Text("a folder has this name"), Text("Choose another name."))
        if not path.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, "")
    except (OSError, ValueError) as error:
        raise _refused(path, *_reason(error)) from error


def _reason(error: OSError | ValueError) -> tuple[Text, Text]:
    """Why a file cannot be written, and what to do about it."""
    elsewhere = Text("Choose another folder.")
    number = getattr(error, "errno", None)
    if number in (errno.ENOSPC, errno.EDQUOT):
        return Text("the disk is full"), Text("Free some space, or choose another disk.")
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Text("you may not write there"), elsewhere
    if number in (errno.ENOENT, errno.ENOTDIR):
        return Text("there is no such folder"), elsewhere
    if number in (errno.ENAMETOOLONG, errno.EINVAL) or isinstance(error, ValueError):
        return Text("the system does not take this name"), Text("Choose another name.")
    words = verbatim(str(getattr(error, "strerror", error)))
    return Text("the system says: {words}", {"words": words}), elsewhere


def _refused(path: Path, why: Text, remedy: Text) -> StorageError:
    what = Text("{path} cannot be written: {why}.", {"path": verbatim(str(path)), "why": why})
    return StorageError(what, path, remedy)


def _short(path: Path) -> Text:
    return verbatim(path.name[:80] or str(path)[:80])
