"""What an administrator settles for everyone on a computer: a file of TOML to settings, and its mistakes.

    format = 1
    language = "en"
    packs = ["/srv/gradus/packs"]
    hand_in = "/srv/gradus/hand-in"
    hide_answers = true

A mistake costs its own line and no other. The file is bounded before it is read, and nothing in it is run.
"""

from __future__ import annotations

import contextlib
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from engine.errors import Problem, StorageError
from engine.lessons.source import key_line
from engine.safe_files import read_bounded
from engine.suggestions import did_you_mean
from engine.text import Text, verbatim

FORMAT = 1
LARGEST_FILE = 16_000
"""Bytes; a file that holds every key takes a few hundred."""

LONGEST_LINE = 2_000

MOST_MISTAKES = 20
"""Mistakes after which the rest of a file is not read."""

MOST_PACKS = 50
LONGEST_PATH = 4_096

_PLACE = re.compile(r"(?P<what>.*) \(at (?:line (?P<line>\d+), column \d+|end of document)\)", re.DOTALL)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")
_SETTING = re.compile(r"""^[ \t]*["']?[A-Za-z_][\w-]*["']?[ \t]*=""")
_VARIABLE = re.compile(r"\$(\w+)|\$\{(\w+)\}|%(\w+)%")


class AdministratorSettings(msgspec.Struct, frozen=True):
    """What holds for everyone. An empty value settles nothing."""

    language: str = ""
    """The language tag of a profile that has chosen none."""

    packs: tuple[Path, ...] = ()
    """Folders of lesson packs, or packs, that are listed beside the course."""

    hand_in: Path | None = None
    """The folder that a learner's work is put into."""

    hide_answers: bool = False
    """Whether no answer is shown before it is given."""


class Administration(msgspec.Struct, frozen=True):
    """The settings that hold, and the mistakes of the file, in the order of its lines."""

    settings: AdministratorSettings = AdministratorSettings()
    problems: tuple[Problem, ...] = ()


def load(path: Path, environment: Mapping[str, str] = os.environ) -> Administration:
    """The administrator's file at `path`; without one, nothing is settled. Never raises."""
    try:
        content = read_bounded(path, LARGEST_FILE)
    except FileNotFoundError:
        return Administration()
    except StorageError as error:
        what = error.what if path.exists() and not path.is_file() else _too_large()
        return Administration(problems=(Problem(str(path), 1, what),))
    except OSError as error:
        words = {"why": verbatim(error.strerror or str(error))}
        return Administration(problems=(Problem(str(path), 1, Text("It cannot be read: {why}.", words)),))
    return read(content, str(path), environment)


def read(content: bytes, path: str, environment: Mapping[str, str]) -> Administration:
    """What the bytes of such a file settle. `environment` fills in `~` and variables.

    >>> read(b'language = "de"\\nhide_answers = true', "a.toml", {}).settings.language
    'de'
    """
    problems: list[Problem] = []

    def report(line: int, what: Text) -> None:
        problems.append(Problem(path, line, what))

    settings: dict[str, Any] = {}
    for first_line, text in _pieces(_readable_lines(content, report)):
        for key, value in _readable_values(text, first_line, report).items():
            if len(problems) >= MOST_MISTAKES:
                break
            line = key_line(text, first_line, key)
            try:
                if key in settings:
                    raise _MistakeError(Text("{key} is set twice.", {"key": verbatim(key[:60])}))
                settings[key] = _read_setting(key, value, environment)
            except _MistakeError as mistake:
                report(line, mistake.what)
    settings.pop("format", None)
    found = sorted(problems[:MOST_MISTAKES], key=lambda problem: problem.line)
    return Administration(AdministratorSettings(**settings), tuple(found))


def summary(problems: tuple[Problem, ...]) -> Text:
    """One line that says what the mistakes of a file are; the log has them all."""
    first = problems[0]
    words = {"path": verbatim(first.path), "line": first.line, "what": first.what, "count": len(problems) - 1}
    if len(problems) == 1:
        return Text("The administrator's file {path} has a mistake in line {line}: {what}", words)
    return Text(
        "The administrator's file {path} has a mistake in line {line}: {what} And {count} more, see the log.",
        words,
    )


class _MistakeError(Exception):
    """A value is not what its key takes."""

    def __init__(self, what: Text) -> None:
        super().__init__(what)
        self.what = what


Report = Callable[[int, Text], None]


def _readable_lines(content: bytes, report: Report) -> list[str]:
    """The lines of the file; one that is not UTF-8, or too long, is left empty, so that the others hold."""
    lines = []
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        line = line.removesuffix(b"\r")
        try:
            lines.append(line.decode("utf-8") if len(line) <= LONGEST_LINE else "")
        except UnicodeDecodeError:
            lines.append("")
            report(number, Text("This line is not in UTF-8. Save the file again in that encoding."))
        if len(line) > LONGEST_LINE:
            report(number, Text("This line is longer than {limit} bytes.", {"limit": LONGEST_LINE}))
    return lines


def _pieces(lines: list[str]) -> Iterator[tuple[int, str]]:
    """The line where a setting begins, and its text: each is read alone, whatever the others are like."""
    starts = [number for number, line in enumerate(lines) if _SETTING.match(line)]
    bounds = [0, *starts, len(lines)]
    for start, stop in pairwise(bounds):
        text = "\n".join(lines[start:stop])
        if text.strip():
            yield start + 1, text


def _readable_values(text: str, first_line: int, report: Report) -> dict[str, Any]:
    """The table that a piece of the file describes; empty, and a report, where it is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _PLACE.fullmatch(str(error))
        what = found["what"] if found else str(error)
        inside = int(found["line"]) if found and found["line"] else 1
        report(first_line + inside - 1, _no_toml(what))
        before = "\n".join(text.split("\n")[: inside - 1])
        with contextlib.suppress(tomllib.TOMLDecodeError, RecursionError):
            return tomllib.loads(before)  # words that belong to no setting are no mistake of the one above
    except RecursionError:
        report(first_line, Text("This is nested too deeply."))
    return {}


def _read_setting(key: str, value: Any, environment: Mapping[str, str]) -> Any:
    if key not in _READERS:
        what = Text("There is no setting {key}.", {"key": verbatim(key[:60])})
        known = tuple(_READERS)
        remedy = did_you_mean(key, known) or Text("The settings are {keys}.", {"keys": known})
        raise _MistakeError(Text("{what} {remedy}", {"what": what, "remedy": remedy}))
    return _READERS[key](value, environment)


def _no_toml(what: str) -> Text:
    words = {"reason": verbatim(what)}
    if "\\" in what or "hex" in what:
        return Text("This cannot be read ({reason}). Write a path in single quotes: 'C:\\packs'.", words)
    return Text("This cannot be read ({reason}). Write key = value, a line each, words in quotes.", words)


def _too_large() -> Text:
    return Text("It is larger than {limit} kB, so it is not read.", {"limit": LARGEST_FILE // 1000})


def _format(value: Any, environment: Mapping[str, str]) -> int:
    if type(value) is not int or value < 1:
        raise _MistakeError(Text("format is a number, {format} at present.", {"format": FORMAT}))
    if value > FORMAT:
        words = {"found": value, "format": FORMAT}
        raise _MistakeError(
            Text("The format is {found}, and this Gradus knows {format}. What it knows of it holds.", words)
        )
    return value


def _language(value: Any, environment: Mapping[str, str]) -> str:
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        raise _MistakeError(Text('language is the tag of a language in quotes, such as "en".'))
    return value


def _switch(value: Any, environment: Mapping[str, str]) -> bool:
    if not isinstance(value, bool):
        raise _MistakeError(Text("hide_answers is true or false, without quotes."))
    return value


def _packs(value: Any, environment: Mapping[str, str]) -> tuple[Path, ...]:
    if not isinstance(value, list) or len(value) > MOST_PACKS:
        raise _MistakeError(
            Text('packs is a list of at most {most} folders: packs = ["…"].', {"most": MOST_PACKS})
        )
    return tuple(dict.fromkeys(_folder(one, environment) for one in value))


def _folder(value: Any, environment: Mapping[str, str]) -> Path:
    """An absolute path, with `~` and variables filled in."""
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise _MistakeError(Text("A folder is a path in quotes."))

    def filled(found: re.Match[str]) -> str:
        name = found[1] or found[2] or found[3]
        if name not in environment:
            raise _MistakeError(Text("There is no variable {name} here.", {"name": verbatim(name[:60])}))
        return environment[name]

    path = _VARIABLE.sub(filled, value.strip())
    home = environment.get("USERPROFILE" if os.name == "nt" else "HOME", "")
    if home and (path == "~" or path.startswith(("~/", "~\\"))):
        path = home + path[1:]
    if len(path) > LONGEST_PATH or not Path(path).is_absolute():
        words = {"path": verbatim(path[:120])}
        raise _MistakeError(Text("{path} is no absolute path. Write the whole path.", words))
    return Path(path)


_READERS: dict[str, Callable[[Any, Mapping[str, str]], Any]] = {
    "format": _format,
    "language": _language,
    "packs": _packs,
    "hand_in": _folder,
    "hide_answers": _switch,
}
