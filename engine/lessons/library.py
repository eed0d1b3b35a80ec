"""Packs of lessons: a folder, a zip (`.zip`, `.gradus`) or a single file; ours and a teacher's, read alike.

    pack/
        pack.toml                       title = "My course"            (optional)
        01-limits/                      a unit
            unit.toml                   title = "Limits"               (optional)
            01-zooming-in.en.md         a lesson
            01-zooming-in.ar.md         the same lesson in another language

Numbers before a hyphen give the order. Nothing is unpacked to the disk. A zip is hostile until checked:
places outside of it, links, secrets and bombs are refused, and no more is read than a course could hold.
"""

from __future__ import annotations

import re
import stat
import struct
import tomllib
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import msgspec

from engine.errors import LessonError, Problem
from engine.lessons.format import read_lesson, summarize
from engine.lessons.lesson import Lesson, LessonSummary, Pack, Unit
from engine.text import Text, verbatim

MAX_FILE_BYTES = 240_000
MAX_PACK_BYTES = 20_000_000
"""Bytes of lessons in a pack; also the size of a zip."""
MAX_FILES = 2_000
MAX_DIRECTORY_BYTES = 1_000_000
"""Bytes of a zip's own table of contents: it is read whole before anything can be judged."""

FALLBACK = "en"
"""The language taken where a lesson does not exist in the one asked for."""

ROOT = PurePosixPath(".")
"""The pack itself, as a place within it."""

_IGNORED = re.compile(r"\A(?:[._].*|readme|license|licence|changelog|contributing)\b", re.IGNORECASE)
_LANGUAGE = re.compile(r"\.(?P<language>[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*)\Z")
_ORDER = re.compile(r"\A(?P<number>\d{1,9})[-_. ]+")
_END_RECORD = struct.Struct("<4s4H2LH")
_ENCRYPTED = 0x1


class PackFile(msgspec.Struct, frozen=True):
    """A text file of a pack: its place within, and its bytes."""

    place: PurePosixPath
    content: bytes


def load_pack(path: Path, language: str = FALLBACK) -> Pack:
    """The pack at `path` for somebody who reads `language`: its units and what the outline shows of them.

    A file that cannot be read is listed in `Pack.problems` and hides no other. Raises LessonError if there
    is no lesson at all, or if the pack as a whole cannot be trusted or read.
    """
    files, name = _files(path)
    problems: list[Problem] = []
    texts = dict(_decoded(files, path, problems))
    titles = _titles(texts, path, language, problems)
    lessons: dict[PurePosixPath, list[LessonSummary]] = {}
    for place, its_language in sorted(_chosen(texts, language).items(), key=lambda item: _order(item[0])):
        try:
            lesson = summarize(texts[place], shown_path(path, place), its_language)
        except LessonError as error:
            problems += error.problems
        else:
            _add(lesson, lessons.setdefault(place.parent, []), lessons, problems)
    if not any(lessons.values()):
        raise _no_lessons(path, problems)
    title = titles.get(ROOT, name)
    units = tuple(
        Unit(titles.get(folder) or _title_of(folder.name) or title, tuple(found))
        for folder, found in sorted(lessons.items(), key=lambda item: _order(item[0]))
        if found
    )
    return Pack(title, str(path), units, tuple(problems))


def open_lesson(summary: LessonSummary) -> Lesson:
    """The whole lesson of which `summary` is in the outline. Raises LessonError with all its mistakes."""
    return _open_lesson(summary.source, summary.path, summary.language)


@lru_cache(maxsize=32)
def _open_lesson(source: str, path: str, language: str) -> Lesson:
    return read_lesson(source, path, language)


def lesson_files(path: Path) -> Iterator[tuple[PurePosixPath, str, str]]:
    """Place, language and text of every lesson of a pack, in every language: what a linter reads.

    Raises LessonError, at the end, with the files that are no text.
    """
    files, _ = _files(path)
    problems: list[Problem] = []
    texts = dict(_decoded(files, path, problems))
    for place in sorted(texts, key=_order):
        if place.suffix == ".md":
            yield place, language_of(place), texts[place]
    if problems:
        raise LessonError(Text("Some files cannot be read."), tuple(problems))


def language_of(place: PurePosixPath) -> str:
    """The language that a file's name states.

    >>> language_of(PurePosixPath("02-limits.ar.md")), language_of(PurePosixPath("02-limits.md"))
    ('ar', 'en')
    """
    found = _LANGUAGE.search(place.stem)
    return found["language"].replace("_", "-") if found else FALLBACK


def base_of(place: PurePosixPath) -> PurePosixPath:
    """The lesson's place without language and ending: what its translations share."""
    return place.with_name(_LANGUAGE.sub("", place.stem))


def shown_path(pack: Path, place: PurePosixPath) -> str:
    """Where a file of a pack lies, for people."""
    return str(pack) if place == PurePosixPath(pack.name) and not pack.is_dir() else str(pack / place)


def _add(
    lesson: LessonSummary,
    unit: list[LessonSummary],
    lessons: Mapping[PurePosixPath, list[LessonSummary]],
    problems: list[Problem],
) -> None:
    same = [other for others in lessons.values() for other in others if other.id == lesson.id]
    if same:
        words = {"id": verbatim(lesson.id), "path": verbatim(same[0].path)}
        problems.append(Problem(lesson.path, 1, Text("The id {id} is taken by {path}.", words)))
    else:
        unit.append(lesson)


def _chosen(texts: Iterable[PurePosixPath], language: str) -> dict[PurePosixPath, str]:
    """One file of each lesson, the one whose language suits best, and that language."""
    translations: dict[PurePosixPath, dict[str, PurePosixPath]] = {}
    for place in sorted(texts):
        if place.suffix == ".md":
            translations.setdefault(base_of(place), {})[language_of(place)] = place
    wanted = language.replace("_", "-")
    chosen: dict[PurePosixPath, str] = {}
    for places in translations.values():
        candidates = (wanted, wanted.split("-")[0], FALLBACK, min(places))
        best = next(candidate for candidate in candidates if candidate in places)
        chosen[places[best]] = best
    return chosen


def _order(place: PurePosixPath) -> tuple[tuple[int, str], ...]:
    """Numbered names in the order of their numbers, then the others by the alphabet; folders likewise."""
    parts = []
    for part in place.parts:
        found = _ORDER.match(part)
        parts.append((int(found["number"]) if found else 10**9, part.lower()))
    return tuple(parts)


def _titles(
    texts: Mapping[PurePosixPath, str], path: Path, language: str, problems: list[Problem]
) -> dict[PurePosixPath, str]:
    """Folder → title, as its unit.toml (for the pack itself pack.toml) has it.

    title is words, or a table of them: title = { en = "Limits", ar = "…" }.
    """
    titles: dict[PurePosixPath, str] = {}
    for place, text in texts.items():
        if place.suffix != ".toml":
            continue
        try:
            title = tomllib.loads(text).get("title")
        except tomllib.TOMLDecodeError as error:
            what = Text("This is no TOML: {reason}.", {"reason": verbatim(str(error))})
            problems.append(Problem(shown_path(path, place), 1, what))
            continue
        if isinstance(title, dict):
            title = title.get(language, title.get(language.split("-")[0], title.get(FALLBACK)))
        if isinstance(title, str) and title.strip():
            titles[place.parent] = title.strip()
        else:
            what = Text("The key title is missing here, or holds no words.")
            problems.append(Problem(shown_path(path, place), 1, what))
    return titles


def _title_of(name: str) -> str:
    words = _ORDER.sub("", name).replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:] or name


def _no_lessons(path: Path, problems: list[Problem]) -> LessonError:
    if problems:
        first = problems[0]
        words = {"path": verbatim(first.path), "line": first.line, "what": first.what}
        return LessonError(
            Text("No lesson can be read in {path}.", {"path": verbatim(str(path))}),
            tuple(problems),
            Text("{path}, line {line}: {what}", words),
        )
    return LessonError(
        Text("There is no lesson in {path}.", {"path": verbatim(str(path))}),
        remedy=Text("A lesson is a file whose name ends in .md, in the pack or in a folder of it."),
    )


# -- files ---------------------------------------------------------------------------------------------


def _files(path: Path) -> tuple[list[PackFile], str]:
    """The text files of a pack, at most one folder deep, and the pack's name."""
    try:
        if path.is_dir():
            return list(_folder_files(path)), _title_of(path.resolve().name)
        if path.exists() and not path.is_file():  # opening a pipe would wait for ever
            raise _refused(path, Text("it is neither a file nor a folder"))
        name = _title_of(_LANGUAGE.sub("", path.stem))
        with open(path, "rb") as file:
            if path.suffix.lower() == ".md":
                return [PackFile(PurePosixPath(path.name), file.read(MAX_FILE_BYTES + 1))], name
            return _zip_files(path, file), name
    except OSError as error:
        words = {"path": verbatim(str(path)), "reason": verbatim(error.strerror or str(error))}
        raise LessonError(Text("{path} cannot be read: {reason}.", words)) from None


def _is_wanted(place: PurePosixPath) -> bool:
    if any(part.startswith((".", "__")) for part in place.parts) or len(place.parts) > 2:
        return False
    if place.suffix == ".toml":
        return place.name == ("pack.toml" if len(place.parts) == 1 else "unit.toml")
    return place.suffix == ".md" and not _IGNORED.match(place.stem)


def _folder_files(path: Path) -> Iterator[PackFile]:
    count = total = 0
    folders = [path, *sorted(entry for entry in path.iterdir() if entry.is_dir())]
    for folder in folders[: MAX_FILES + 1]:
        for entry in folder.iterdir():
            count += 1
            if count > MAX_FILES:
                raise _refused(path, Text("it holds more than {limit} files", {"limit": MAX_FILES}))
            place = PurePosixPath(entry.relative_to(path).as_posix())
            if not _is_wanted(place) or not entry.is_file():
                continue
            with open(entry, "rb") as file:
                content = file.read(MAX_FILE_BYTES + 1)
            total += len(content)
            if total > MAX_PACK_BYTES:
                raise _too_large(path)
            yield PackFile(place, content)


def _decoded(
    files: Iterable[PackFile], path: Path, problems: list[Problem]
) -> Iterator[tuple[PurePosixPath, str]]:
    """The texts of those files that are UTF-8 and not too long; a problem for each of the others."""
    for file in files:
        shown = shown_path(path, file.place)
        if len(file.content) > MAX_FILE_BYTES:
            limit = {"limit": MAX_FILE_BYTES // 1000}
            problems.append(Problem(shown, 1, Text("This file is larger than {limit} kB.", limit)))
            continue
        try:
            yield file.place, file.content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = file.content.count(b"\n", 0, error.start) + 1
            what = Text("This file is not in UTF-8. Save it again in that encoding.")
            problems.append(Problem(shown, line, what))


# -- zips ----------------------------------------------------------------------------------------------


def _zip_files(path: Path, file: BinaryIO) -> list[PackFile]:
    _check_contents_table(path, file)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = _checked_entries(path, archive.infolist())
            root = _common_folder(entries)
            found = []
            for place, entry in entries.items():
                inside = place.relative_to(root) if place.is_relative_to(root) else place
                if _is_wanted(inside):
                    with archive.open(entry) as member:
                        found.append(PackFile(inside, member.read(MAX_FILE_BYTES + 1)))
            return found
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise _refused(path, Text("it is no zip that can be read")) from error


def _check_contents_table(path: Path, file: BinaryIO) -> None:
    """Refuse a zip by the size of its table of contents before that is read."""
    size = file.seek(0, 2)
    if size > MAX_PACK_BYTES:
        raise _too_large(path)
    start = max(0, size - _END_RECORD.size - 0xFFFF)
    file.seek(start)
    tail = file.read()
    place = tail.rfind(b"PK\5\6")
    if place < 0 or len(tail) - place < _END_RECORD.size:
        raise _refused(path, Text("it is no zip that can be read"))
    entries, table = _END_RECORD.unpack_from(tail, place)[4:6]
    if entries > MAX_FILES:
        raise _refused(path, Text("it holds more than {limit} files", {"limit": MAX_FILES}))
    if table > MAX_DIRECTORY_BYTES or b"PK\6\7" in tail:
        raise _too_large(path)


def _checked_entries(path: Path, entries: list[zipfile.ZipInfo]) -> dict[PurePosixPath, zipfile.ZipInfo]:
    """The files of a zip by their places, if all of them are harmless."""
    if len(entries) > MAX_FILES:
        raise _refused(path, Text("it holds more than {limit} files", {"limit": MAX_FILES}))
    found: dict[PurePosixPath, zipfile.ZipInfo] = {}
    total = 0
    for entry in entries:
        name = verbatim(entry.orig_filename[:60])
        parts = re.split(r"[/\\]", entry.orig_filename.rstrip("/\\"))
        if ".." in parts or parts[0] == "" or ":" in parts[0] or "\0" in entry.orig_filename:
            raise _refused(path, Text("{name} points outside of it", {"name": name}))
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise _refused(path, Text("{name} is a link", {"name": name}))
        if entry.is_dir():
            continue
        if entry.flag_bits & _ENCRYPTED:
            raise _refused(path, Text("{name} is encrypted", {"name": name}))
        place = PurePosixPath(*parts)
        if place in found:
            raise _refused(path, Text("{name} is in it twice", {"name": name}))
        found[place] = entry
        if place.suffix in (".md", ".toml"):
            total += entry.file_size
    if total > MAX_PACK_BYTES:
        raise _too_large(path)
    return found


def _common_folder(entries: Iterable[PurePosixPath]) -> PurePosixPath:
    """The folder that a whole course was zipped in, whose folders are the units; the zip itself if none."""
    lessons = [place for place in entries if place.suffix == ".md" and place.parts[0][0] not in "._"]
    tops = {place.parts[0] for place in lessons}
    depths = {len(place.parts) for place in lessons}
    return PurePosixPath(tops.pop()) if len(tops) == 1 and 3 in depths and 1 not in depths else ROOT


def _refused(path: Path, why: Text) -> LessonError:
    return LessonError(Text("{path} is not opened: {why}.", {"path": verbatim(path.name), "why": why}))


def _too_large(path: Path) -> LessonError:
    return _refused(path, Text("it is larger than {limit} MB", {"limit": MAX_PACK_BYTES // 1_000_000}))
