"""Drawings of formulas kept on disk: those shipped with the program, and those typeset on this machine.

Nothing here is ever needed: an entry that is missing, broken or of another version is typeset anew. No Qt.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from gui.drawing import Drawing
from gui.mathjax import VERSION, MathJaxProcess, Typesets

SHIPPED = Path(__file__).resolve().parent.parent / "resources" / "formulas.bin"
MOST_ENTRIES = 4000

_log = logging.getLogger(__name__)


def key_of(latex: str, display: bool) -> str:
    """The name under which a formula is kept: another for every version of what draws it."""
    written = f"{VERSION}\0{int(display)}\0{latex}"
    return hashlib.blake2b(written.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class FormulaFolder:
    """A folder with one small file a formula, written beside and renamed into place.

    A folder that cannot be written is read as far as it goes, and said once in the log.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writable = True

    def load(self, latex: str, display: bool) -> Drawing | None:
        """The drawing that was kept, if one was and it can be read."""
        try:
            packed = self._path(latex, display).read_bytes()
            return msgspec.json.decode(zlib.decompress(packed), type=Drawing)
        except (OSError, zlib.error, msgspec.MsgspecError):
            return None

    def save(self, latex: str, display: bool, drawing: Drawing) -> None:
        """Keep a drawing. One that holds an error is not kept: it may have been this machine's."""
        if not self._writable or drawing.error is not None:
            return
        path = self._path(latex, display)
        beside = path.with_suffix(f".{os.getpid()}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(zlib.compress(msgspec.json.encode(drawing)))
            beside.replace(path)
        except OSError as error:
            self._writable = False
            _log.warning("formulas are not kept in %s: %s", self._folder, error)
            with contextlib.suppress(OSError):
                beside.unlink()

    def prune(self, most: int = MOST_ENTRIES) -> None:
        """Remove the oldest entries past `most`."""
        with contextlib.suppress(OSError):
            entries = sorted(self._folder.iterdir(), key=lambda path: path.stat().st_mtime)
            for path in entries[: max(0, len(entries) - most)]:
                path.unlink()

    def _path(self, latex: str, display: bool) -> Path:
        return self._folder / f"{key_of(latex, display)}.formula"


class FormulaArchive:
    """One file with many drawings, made when the program is built: a line of JSON that says where, then they.

    The line holds `version` and `index`, from a key to the offset and length of its drawing.
    """

    def __init__(self, path: Path = SHIPPED) -> None:
        self._body = b""
        self._index: dict[str, tuple[int, int]] = {}
        try:
            head, _, body = path.read_bytes().partition(b"\n")
            contents = json.loads(head)
            if contents["version"] == VERSION:
                self._index, self._body = contents["index"], body
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError) as error:
            _log.warning("the formulas of %s cannot be read: %s", path, error)

    def load(self, latex: str, display: bool) -> Drawing | None:
        """The drawing in the archive, if it is there."""
        place = self._index.get(key_of(latex, display))
        if place is None:
            return None
        try:
            offset, length = place
            packed = self._body[offset : offset + length]
            return msgspec.json.decode(zlib.decompress(packed), type=Drawing)
        except (ValueError, TypeError, zlib.error, msgspec.MsgspecError):
            return None


def typeset_all(
    formulas: Iterable[tuple[str, bool]],
    archive: Path = SHIPPED,
    typesetter: Typesets | None = None,
    wrong: Callable[[str, str], None] | None = None,
) -> int:
    """Typeset (LaTeX, display) pairs into an archive, as a bundle is built. Returns how many it holds.

    `wrong` is told each formula that cannot be typeset, and why. The archive is the same, byte for byte,
    for the same formulas in whatever order.
    """
    process = MathJaxProcess()  # a child is started only when it is asked for a formula
    index: dict[str, tuple[int, int]] = {}
    body = bytearray()
    try:
        for latex, display in sorted(set(formulas)):
            drawing = (typesetter or process).typeset(latex, display)
            if drawing.error is not None:
                if wrong:
                    wrong(latex, drawing.error)
                continue
            packed = zlib.compress(msgspec.json.encode(drawing), 9)
            index[key_of(latex, display)] = (len(body), len(packed))
            body += packed
    finally:
        process.stop()
    head = json.dumps({"version": VERSION, "index": index}, separators=(",", ":"))
    archive.parent.mkdir(parents=True, exist_ok=True)
    beside = archive.with_suffix(".new")
    beside.write_bytes(head.encode() + b"\n" + bytes(body))
    beside.replace(archive)
    return len(index)
