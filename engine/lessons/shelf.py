"""A shelf: a folder of packs that somebody else fills, such as a share that all computers of a school see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from engine.errors import LessonError
from engine.lessons.lesson import Pack
from engine.lessons.library import FALLBACK, load_pack
from engine.text import Text, verbatim

MOST_PACKS = 200
SUFFIXES = (".gradus", ".zip")


class Shelf(msgspec.Struct, frozen=True):
    """The packs of a folder, in the order of their names, and why others are left out."""

    folder: Path
    packs: tuple[Pack, ...] = ()
    problems: tuple[Text, ...] = ()


def read_shelf(folder: Path, language: str = FALLBACK) -> Shelf:
    """The packs in `folder`, or the one that it is. Never raises; it takes as long as the disk takes."""
    packs, problems = [], []
    try:
        for path in _packs_in(folder):
            try:
                packs.append(load_pack(path, language))
            except LessonError as error:
                problems.append(error.what)
    except OSError as error:
        words = {"path": verbatim(str(folder)), "reason": verbatim(error.strerror or str(error))}
        problems.append(Text("{path} cannot be read: {reason}.", words))
    return Shelf(folder, tuple(packs), tuple(problems))


def _packs_in(folder: Path) -> Iterator[Path]:
    """Every pack of a folder; the folder itself where lessons lie in it, or where it is no folder."""
    if folder.is_file():
        yield folder
        return
    entries = sorted(folder.iterdir(), key=lambda entry: entry.name.lower())
    if any(entry.name == "pack.toml" or entry.suffix == ".md" for entry in entries):
        yield folder
        return
    wanted = [
        entry
        for entry in entries
        if not entry.name.startswith((".", "_")) and (entry.suffix.lower() in SUFFIXES or entry.is_dir())
    ]
    yield from wanted[:MOST_PACKS]
