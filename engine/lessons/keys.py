"""The keys of one block, taken one by one: each mistake has its own line, and none hides another."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from engine.lessons.lesson import WrongAnswer
from engine.lessons.prose import check_markdown
from engine.lessons.source import Report, key_line, nearest, toml_values
from engine.text import Text, verbatim

T = TypeVar("T")

MAX_KEYS = 100

_THREE_QUOTES = re.compile(r"\"\"\"|'''")
_IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class Mistake(Exception):  # noqa: N818 - it never leaves this package
    """A value is not what its key asks for."""

    def __init__(self, what: Text) -> None:
        super().__init__(what)
        self.what = what


class Keys:
    """The keys of a table in a lesson file. Whoever reads a block takes what it knows, then calls `finish`.

    A key that is missing or mistaken is reported and gives an empty value, so that reading goes on.
    """

    def __init__(
        self,
        body: str,
        first_line: int,
        report: Report,
        known: Collection[str] | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> None:
        self.body = body
        self.first_line = first_line
        self.known = known
        self._report = report
        read = toml_values(body, first_line, report) if values is None else values
        if read is not None and len(read) > MAX_KEYS:
            report(first_line, Text("A block has at most {limit} keys.", {"limit": MAX_KEYS}))
            read = None
        self.readable = read is not None
        self.values = read or {}
        self.taken: list[str] = []

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def line(self, key: str, nth: int = 0) -> int:
        """The line of the file where `key` stands."""
        return key_line(self.body, self.first_line, key, nth)

    def fault(self, key: str, what: Text, nth: int = 0) -> None:
        """Report a mistake at the line of `key`."""
        self._report(self.line(key, nth), what)

    def optional(self, key: str, read: Callable[[Any], T]) -> T | None:
        """The value of `key` as `read` understands it; None if it is not there."""
        self.taken.append(key)
        if key not in self.values:
            return None
        try:
            return read(self.values[key])
        except Mistake as mistake:
            self.fault(key, Text("{key}: {fault}", {"key": verbatim(key), "fault": mistake.what}))
            return None

    def take(self, key: str, read: Callable[[Any], T], empty: T) -> T:
        """The value of a key that must be there; `empty` stands for it where it is missing or mistaken."""
        if key not in self.values and self.readable:
            what = Text("The key {key} is missing here.", {"key": verbatim(key)})
            self._report(self.first_line - 1, what)
        found = self.optional(key, read)
        return empty if found is None else found

    def markdown(self, key: str, required: bool = True) -> str:
        """Words of the lesson."""
        words = self.take(key, text, "") if required else self.optional(key, text) or ""
        if words:
            self.check_words(key, words)
        return words

    def markdowns(self, key: str) -> tuple[str, ...]:
        """A list of words."""
        found = self.optional(key, texts) or ()
        for words in found:
            self.check_words(key, words)
        return found

    def check_words(self, key: str, words: str, nth: int = 0) -> None:
        """Report what may not stand in Markdown."""
        line = self.line(key, nth)
        if "\n" in words and not _THREE_QUOTES.search(self.body):
            self._report(
                line, Text("In double quotes \\n begins a new line: write mathematics in single quotes.")
            )
        else:
            check_markdown(words, line, self.known, self._report)

    def wrong_answers(self) -> tuple[WrongAnswer, ...]:
        """The list `wrong`: tables with an answer and what is said to whoever gives it."""
        found = []
        for place, entry in enumerate(self.optional("wrong", tables) or ()):
            for key in entry:
                if key not in ("answer", "say"):
                    self.fault(key, _unknown_key(key, ("answer", "say")))
            try:
                answer, say = formula(entry.get("answer")), text(entry.get("say"))
            except Mistake:
                self.fault("say", Text("wrong: each entry has an answer and a say, both in quotes."), place)
                continue
            self.check_words("say", say, place)
            found.append(WrongAnswer(answer, say))
        return tuple(found)

    def rest(self) -> dict[str, Any]:
        """The keys that nobody has taken."""
        rest = {key: value for key, value in self.values.items() if key not in self.taken}
        self.taken += rest
        return rest

    def finish(self) -> None:
        """Report the keys that nobody has taken."""
        known = list(dict.fromkeys(self.taken))
        for key in self.rest():
            self.fault(key, _unknown_key(key, known))


def _unknown_key(key: str, known: Sequence[str]) -> Text:
    if not known:
        return Text("There is no key {key} here: this block has none.", {"key": verbatim(key[:40])})
    return Text(
        "There is no key {key} here. {remedy}", {"key": verbatim(key[:40]), "remedy": nearest(key, known)}
    )


def text(value: Any) -> str:
    """Words in quotes."""
    if not isinstance(value, str):
        raise Mistake(Text("words in quotes are needed"))
    if not value.strip():
        raise Mistake(Text("there is nothing between the quotes"))
    return value


def identifier(value: Any) -> str:
    """A name for files and scripts."""
    if not isinstance(value, str) or not _IDENTIFIER.fullmatch(value):
        raise Mistake(Text("small letters, digits and hyphens are needed, such as close-enough"))
    return value


def number(value: Any) -> float:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Mistake(Text("a number is needed"))
    if abs(value) > 1e300 or not math.isfinite(value):
        raise Mistake(Text("a finite number is needed"))
    return float(value)


def positive(value: Any) -> float:
    """A number above 0."""
    found = number(value)
    if found <= 0:
        raise Mistake(Text("a number above 0 is needed"))
    return found


def whole(value: Any) -> int:
    """A whole number, 0 or more."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**6:
        raise Mistake(Text("a whole number is needed"))
    return value


def switch(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise Mistake(Text("true or false is needed"))
    return value


def formula(value: Any) -> str:
    """A formula, typed in quotes, or a number."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return repr(value)
    return text(value)


def table(value: Any) -> dict[str, Any]:
    """Names and values."""
    if not isinstance(value, dict):
        raise Mistake(Text("a table is needed, such as {example}", {"example": verbatim("{ one = '1' }")}))
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Mistake(Text("a list in square brackets is needed"))
    return value


def texts(value: Any) -> tuple[str, ...]:
    """A list of words in quotes."""
    return tuple(map(text, _list(value)))


def numbers(value: Any) -> tuple[float, ...]:
    """A list of numbers."""
    return tuple(map(number, _list(value)))


def tables(value: Any) -> tuple[dict[str, Any], ...]:
    """A list of tables."""
    return tuple(map(table, _list(value)))
