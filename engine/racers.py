"""The text of a race, `gd(lr=0.05); momentum(lr=0.05, beta=0.9, averaged=true)`, and what it says.

    race   = [ racer { ";" racer } [ ";" ] ]
    racer  = name [ "(" [ name "=" value { "," name "=" value } ] ")" ]
    value  = number | "true" | "false" | "(" number { "," number } ")"

The text is hostile until read: it has a tokenizer of its own, and nothing in it is ever run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple, NoReturn

import msgspec

from engine.errors import FormulaError, LimitError, ParameterError
from engine.optimizer_kinds import OPTIMIZERS, OptimizerKind, Value
from engine.optimizers import Optimizer
from engine.second_order import with_hessian
from engine.suggestions import did_you_mean
from engine.text import Text, format_number, verbatim

MAXIMUM_RACERS = 16
MAXIMUM_LENGTH = 4_000
"""Characters in the text of a race."""

_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "learning_rate": ("lr",),
    "rate": ("lr",),
    "eta": ("lr",),
    "momentum": ("beta", "betas"),
    "beta": ("alpha", "betas"),
    "beta1": ("betas",),
    "beta2": ("betas",),
    "betas": ("beta", "alpha"),
    "rho": ("alpha",),
    "alpha": ("rho",),
    "mu": ("damping", "beta"),
    "epsilon": ("eps",),
    "decay": ("weight_decay",),
}
"""What other books and libraries call a setting; `difflib` would not find these."""


class Racer(msgspec.Struct, frozen=True):
    """One runner of a race: its name in legends and tables, its optimizer's, and the settings it was given.

    >>> racer = make_racer("momentum", {"lr": 0.05, "averaged": True})
    >>> str(racer), racer.value("beta")
    ('momentum(lr=0.05, averaged=true)', 0.9)
    """

    name: str
    optimizer: str
    settings: tuple[tuple[str, Value], ...] = ()

    def __str__(self) -> str:
        written = ", ".join(f"{name}={_written(value)}" for name, value in self.settings)
        return f"{self.optimizer}({written})"

    @property
    def kind(self) -> OptimizerKind:
        """What the registry says of its optimizer."""
        return OPTIMIZERS[self.optimizer]

    def value(self, name: str) -> Value:
        """The value of a setting: as given, else its default."""
        default = {setting.name: setting.default for setting in self.kind.settings}
        return {**default, **dict(self.settings)}[name]

    def changed(self, **settings: Any) -> Racer:
        """The same racer with other settings, named anew. ParameterError if one cannot be."""
        return make_racer(self.optimizer, {**dict(self.settings), **settings})

    def build(self, hessian: Callable[..., Any] | None = None) -> Optimizer:
        """The optimizer, ready to run; Newton's method asks `hessian(*parameters)` for its rows.

        ParameterError if it needs a Hessian and none is given.
        """
        optimizer = self.kind.factory(**dict(self.settings))
        if not optimizer.needs_hessian:
            return optimizer
        if hessian is None:
            what = Text("{name} needs second derivatives, and has none here.", {"name": self.kind.title})
            raise ParameterError(what, "racers", Text("Choose another optimizer."))
        return with_hessian(optimizer, hessian)


def make_racer(
    optimizer: str, settings: Mapping[str, Any] = MappingProxyType({}), name: str | None = None
) -> Racer:
    """The racer with these settings, each checked. ParameterError names the setting that cannot be."""
    kind = OPTIMIZERS.get(optimizer)
    if kind is None:
        what, remedy = _unknown_optimizer(optimizer)
        raise ParameterError(what, "racers", remedy)
    checked = []
    for key, given in settings.items():
        setting = kind.setting(key)
        if setting is None:
            what, remedy = _unknown_setting(kind, key)
            raise ParameterError(what, key, remedy)
        value = setting.checked(given)
        if isinstance(value, Text):
            raise ParameterError(_refused(key, value), key)
        checked.append((key, value))
    racer = Racer(name or optimizer, optimizer, tuple(checked))
    return racer if name else msgspec.structs.replace(racer, name=str(racer))


@lru_cache(maxsize=256)
def parse_racers(source: str) -> tuple[Racer, ...]:
    """The racers that a text describes; none if it is blank.

    A racer is named by its call as written, spaces evened; a repeat gets " #2". FormulaError points at the
    mistake; LimitError beyond MAXIMUM_LENGTH characters or MAXIMUM_RACERS racers.

    >>> [racer.name for racer in parse_racers("gd( lr = .1 ); adam; gd(lr=.1);")]
    ['gd(lr=.1)', 'adam', 'gd(lr=.1) #2']
    """
    if len(source) > MAXIMUM_LENGTH:
        raise LimitError(
            Text("The text of the race is too long."),
            Text("Keep it under {limit} characters.", {"limit": str(MAXIMUM_LENGTH)}),
        )
    racers: list[Racer] = []
    seen: dict[str, int] = {}
    for racer in _Reader(source).racers():
        if len(racers) == MAXIMUM_RACERS:
            raise LimitError(
                Text("There are too many racers."),
                Text("A race has room for {limit}.", {"limit": MAXIMUM_RACERS}),
            )
        count = seen[racer.name] = seen.get(racer.name, 0) + 1
        racers.append(racer if count == 1 else msgspec.structs.replace(racer, name=f"{racer.name} #{count}"))
    return tuple(racers)


def racers_text(racers: tuple[Racer, ...]) -> str:
    """The text of a race, which `parse_racers` reads back.

    >>> racers_text(parse_racers("adam(betas=(.9,.99));gd"))
    'adam(betas=(0.9, 0.99)); gd()'
    """
    return "; ".join(map(str, racers))


def short_names(racers: Sequence[Racer]) -> tuple[str, ...]:
    """A name for each racer that is as short as telling them apart allows: for legends and sentences.

    >>> short_names(parse_racers("gd(lr=0.1); adam(lr=0.1); adam(lr=0.2)"))
    ('gd', 'adam 0.1', 'adam 0.2')
    >>> short_names(parse_racers("momentum(beta=0.5); momentum(beta=0.9)"))
    ('momentum(beta=0.5)', 'momentum(beta=0.9)')
    """
    kinds = [racer.optimizer for racer in racers]
    rates = [racer.value("lr") for racer in racers]
    with_rate = [
        f"{racer.optimizer} {format_number(rate)}" if isinstance(rate, float) else racer.name
        for racer, rate in zip(racers, rates, strict=True)
    ]
    return tuple(
        next((names[number] for names in (kinds, with_rate) if names.count(names[number]) == 1), racer.name)
        for number, racer in enumerate(racers)
    )


class _Token(NamedTuple):
    kind: str  # "name", "number", a sign itself, or "end"
    words: str
    span: tuple[int, int]


_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<number>[+\-−]?(?:\d+\.?\d*|\.\d+)(?:[eE][+\-−]?\d+)?)"
    r"|(?P<sign>[()=,;])",
    re.ASCII,
)


def _tokens(source: str) -> Iterator[_Token]:
    place = 0
    while place < len(source):
        match = _TOKEN.match(source, place)
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

    def racers(self) -> Iterator[Racer]:
        while self._next.kind != "end":
            yield self._racer()
            if self._next.kind != "end":
                self._expect(";", Text("A semicolon is missing between two racers."))

    def _racer(self) -> Racer:
        token = self._expect("name", Text("The name of an optimizer is missing."))
        kind = OPTIMIZERS.get(token.words.lower())
        if kind is None:
            self._fail(*_unknown_optimizer(token.words), token.span)
        settings: dict[str, Value] = {}
        written: list[str] = []
        if self._next.kind == "(":
            opening = self._take()
            while self._next.kind != ")":
                written.append(self._setting(kind, settings))
                if self._next.kind == ",":
                    self._take()
                elif self._next.kind != ")":
                    self._fail_in_brackets(opening)
            self._take()
            return make_racer(kind.name, settings, f"{token.words}({', '.join(written)})")
        return make_racer(kind.name, settings, token.words)

    def _setting(self, kind: OptimizerKind, settings: dict[str, Value]) -> str:
        """Read `name=value` into `settings`; answers with how it was written."""
        example = Text("Write {example}.", {"example": verbatim("lr=0.1")})
        name = self._expect("name", Text("A setting needs its name."), example)
        setting = kind.setting(name.words)
        if setting is None:
            self._fail(*_unknown_setting(kind, name.words), name.span)
        if name.words in settings:
            self._fail(Text("{name} is given twice.", {"name": verbatim(name.words)}), None, name.span)
        missing = Text("{name} needs a value.", {"name": verbatim(name.words)})
        self._expect("=", missing, example)
        start = self._next.span[0]
        given, written, stop = self._value(missing)
        value = setting.checked(given)
        if isinstance(value, Text):
            self._fail(_refused(name.words, value), None, (start, stop))
        settings[name.words] = value
        return f"{name.words}={written}"

    def _value(self, missing: Text) -> tuple[Any, str, int]:
        """A value, how it was written, and where it ended."""
        if self._next.kind != "(":
            token = self._take_value(missing)
            return _read(token), token.words, token.span[1]
        self._take()
        each = [self._take_value(missing)]
        while self._next.kind == ",":
            self._take()
            each.append(self._take_value(missing))
        closing = self._expect(")", Text("A bracket is not closed."))
        written = ", ".join(token.words for token in each)
        return tuple(map(_read, each)), f"({written})", closing.span[1]

    def _take_value(self, missing: Text) -> _Token:
        if self._next.kind not in ("number", "name"):
            self._fail(missing, None, self._next.span)
        return self._take()

    def _take(self) -> _Token:
        token = self._next
        if token.kind != "end":
            self._next = next(self._tokens)
        return token

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


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"({', '.join(map(_written, value))})"
    return repr(value).removesuffix(".0")


def _refused(name: str, fault: Text) -> Text:
    return Text("{name} is refused: {fault}.", {"name": verbatim(name), "fault": fault})


def _unknown_optimizer(name: str) -> tuple[Text, Text]:
    what = Text("There is no optimizer called {name}.", {"name": verbatim(name[:40])})
    choose = Text("Choose one of {names}.", {"names": list(OPTIMIZERS)})
    return what, did_you_mean(name.lower(), tuple(OPTIMIZERS)) or choose


def _unknown_setting(kind: OptimizerKind, name: str) -> tuple[Text, Text]:
    known = tuple(setting.name for setting in kind.settings)
    what = Text(
        "{optimizer} has no setting called {name}.",
        {"optimizer": verbatim(kind.name), "name": verbatim(name[:40])},
    )
    synonym = next((other for other in _SYNONYMS.get(name.lower(), ()) if other in known), None)
    question = did_you_mean(synonym or name.lower(), known)
    return what, question or Text("Its settings are {names}.", {"names": list(known)})
