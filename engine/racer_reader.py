"""Reads the text of a race, token by token; its grammar stands at the head of `engine.racers`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn

import msgspec

from engine.descent import MAXIMUM_STEPS
from engine.errors import FormulaError
from engine.optimizer_kinds import OPTIMIZERS, OptimizerKind, Value
from engine.racer import (
    WORD,
    Racer,
    RacerPart,
    label_fault,
    named,
    racer_part,
    refused,
    unknown_optimizer,
    unknown_setting,
)
from engine.text import Text, verbatim

_EXAMPLE = {"example": verbatim("gd(lr=0.1) @ 12 adam(lr=0.1)")}
_LABELLED = {"example": verbatim('"my racer": gd(lr=0.1)')}


def read_racers(source: str) -> Iterator[Racer]:
    """The racers of a text, one by one, each named as it is written. FormulaError points at the mistake."""
    return _Reader(source).racers()


class _Token(NamedTuple):
    kind: str  # "name", "number", "quoted", a sign itself, or "end"
    words: str
    span: tuple[int, int]


_TOKEN = re.compile(
    r"(?P<space>\s+)"
    rf"|(?P<name>{WORD})"
    r"|(?P<number>[+\-−]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+\-−]?[0-9]+)?)"
    r'|(?P<quoted>"(?:[^"]|"")*")'
    r"|(?P<sign>[()=,;:@])"
)


def _tokens(source: str) -> Iterator[_Token]:
    place = 0
    while place < len(source):
        match = _TOKEN.match(source, place)
        if match is None and source[place] == '"':
            what = Text("A quotation mark is not closed.")
            raise FormulaError(what, source, (place, place + 1), Text("Write {example}.", _LABELLED))
        if match is None:
            raise FormulaError(
                Text("{character} has no meaning here.", {"character": verbatim(source[place])}),
                source,
                (place, place + 1),
                Text("Write a racer as {example}.", {"example": verbatim("gd(lr=0.1)")}),
            )
        place = match.end()
        if match.lastgroup != "space":
            words = match.group()
            yield _Token(words if match.lastgroup == "sign" else str(match.lastgroup), words, match.span())
    yield _Token("end", "", (len(source), len(source)))


class _Reader:
    """Reads one text, token by token; each method reads one line of the grammar above."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._tokens = _tokens(source)
        self._next = next(self._tokens)
        self._ahead: _Token | None = None

    def racers(self) -> Iterator[Racer]:
        while self._next.kind != "end":
            yield self._racer()
            if self._next.kind != "end":
                self._expect(";", Text("A semicolon is missing between two racers."))

    def _racer(self) -> Racer:
        label = self._label()
        parts, written = zip(*self._parts(), strict=True)
        racer = named(parts, label)
        return racer if label else msgspec.structs.replace(racer, name=" ".join(written))

    def _label(self) -> str:
        """The racer's label; "" if it has none, and then the next token is the first of its call."""
        token = self._next
        if token.kind == "quoted":
            self._take()
            label = " ".join(token.words[1:-1].replace('""', '"').split())
        elif token.kind == "name" and self._peek() == ":":
            label = self._take().words
        else:
            return ""
        self._expect(
            ":", Text("A colon is missing after the racer's name."), Text("Write {example}.", _LABELLED)
        )
        fault = label_fault(label) if label else Text("The racer's name is empty.")
        if fault is not None:
            self._fail(fault, None, token.span)
        return label

    def _parts(self) -> Iterator[tuple[RacerPart, str]]:
        """Each part, and how it is written."""
        start = 0
        part, written = self._call(start)
        yield part, written
        while self._next.kind == "@":
            self._take()
            start = self._turn(start)
            part, written = self._call(start)
            yield part, f"@ {start} {written}"

    def _turn(self, before: int) -> int:
        """The step of a turn, which lies after that of the one before."""
        example = Text("Write {example}.", _EXAMPLE)
        token = self._expect("number", Text("A turn needs the step at which it happens."), example)
        step = _read(token)
        assert isinstance(step, float)
        if step < 1 or not step.is_integer():
            self._fail(Text("A turn happens at a whole step, from 1 on."), example, token.span)
        if step > MAXIMUM_STEPS:
            limit = {"limit": str(MAXIMUM_STEPS)}
            self._fail(Text("No run has so many steps: {limit} at most.", limit), None, token.span)
        if step <= before:
            remedy = Text("Write a step after {step}.", {"step": before})
            self._fail(Text("The turns of a racer stand in the order of their steps."), remedy, token.span)
        return int(step)

    def _call(self, start: int) -> tuple[RacerPart, str]:
        """An optimizer with its settings, from step `start` on; and how it is written."""
        token = self._expect("name", Text("The name of an optimizer is missing."))
        kind = OPTIMIZERS.get(token.words.lower())
        if kind is None:
            self._fail(*unknown_optimizer(token.words), token.span)
        settings: dict[str, Value] = {}
        written: list[str] = []
        if self._next.kind != "(":
            return racer_part(kind.name, settings, start), token.words
        opening = self._take()
        while self._next.kind != ")":
            written.append(self._setting(kind, settings))
            if self._next.kind == ",":
                self._take()
            elif self._next.kind != ")":
                self._fail_in_brackets(opening)
        self._take()
        return racer_part(kind.name, settings, start), f"{token.words}({', '.join(written)})"

    def _setting(self, kind: OptimizerKind, settings: dict[str, Value]) -> str:
        """Read `name=value` into `settings`; answers with how it was written."""
        example = Text("Write {example}.", {"example": verbatim("lr=0.1")})
        name = self._expect("name", Text("A setting needs its name."), example)
        setting = kind.setting(name.words)
        if setting is None:
            self._fail(*unknown_setting(kind, name.words), name.span)
        if name.words in settings:
            self._fail(Text("{name} is given twice.", {"name": verbatim(name.words)}), None, name.span)
        missing = Text("{name} needs a value.", {"name": verbatim(name.words)})
        self._expect("=", missing, example)
        start = self._next.span[0]
        given, written, stop = self._value(missing, example)
        value = setting.checked(given)
        if isinstance(value, Text):
            self._fail(refused(name.words, value), None, (start, stop))
        settings[name.words] = value
        return f"{name.words}={written}"

    def _value(self, missing: Text, example: Text) -> tuple[Any, str, int]:
        """A value, how it was written, and where it ended."""
        if self._next.kind != "(":
            token = self._take_value(missing, example)
            return _read(token), token.words, token.span[1]
        self._take()
        each = [self._take_value(missing, example)]
        while self._next.kind == ",":
            self._take()
            each.append(self._take_value(missing, example))
        closing = self._expect(")", Text("A bracket is not closed."))
        written = ", ".join(token.words for token in each)
        return tuple(map(_read, each)), f"({written})", closing.span[1]

    def _take_value(self, missing: Text, example: Text) -> _Token:
        if self._next.kind not in ("number", "name"):
            self._fail(missing, example, self._next.span)
        return self._take()

    def _take(self) -> _Token:
        token = self._next
        if token.kind != "end":
            self._next, self._ahead = self._ahead or next(self._tokens), None
        return token

    def _peek(self) -> str:
        """The kind of the token after the next."""
        if self._ahead is None:
            self._ahead = next(self._tokens)
        return self._ahead.kind

    def _expect(self, kind: str, what: Text, remedy: Text | None = None) -> _Token:
        if self._next.kind != kind:
            self._fail(what, remedy, self._next.span)
        return self._take()

    def _fail_in_brackets(self, opening: _Token) -> NoReturn:
        if self._next.kind in ("end", ";"):
            self._fail(Text("A bracket is not closed."), None, opening.span)
        self._fail(Text("A comma is missing between two settings."), None, self._next.span)

    def _fail(self, what: Text, remedy: Text | None, span: tuple[int, int]) -> NoReturn:
        raise FormulaError(what, self._source, span, remedy)


def _read(token: _Token) -> float | bool | str:
    """A number, a truth value, or the word itself, which no setting accepts."""
    if token.kind == "number":
        return float(token.words.replace("−", "-"))
    return {"true": True, "false": False}.get(token.words.lower(), token.words)
