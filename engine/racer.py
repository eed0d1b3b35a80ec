"""One racer: the optimizers and settings it runs with, each from a step on, and the name it goes by.

A racer that turns is how a run is forked: a second racer with the same beginning goes its own way from the
step of its turn, and nothing refers to another racer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from engine.errors import ParameterError
from engine.forks import Stretch, switched
from engine.optimizer_kinds import OPTIMIZERS, OptimizerKind, Value
from engine.optimizers import Optimizer
from engine.second_order import with_hessian
from engine.suggestions import did_you_mean
from engine.text import Text, format_number, verbatim

LONGEST_LABEL = 40
"""Characters in the name that a learner gives a racer."""

WORD = r"[^\W\d]\w*"
"""One word in the text of a race: an optimizer, a setting, or a racer's name that needs no quotes."""

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


class RacerPart(msgspec.Struct, frozen=True):
    """A part of a racer's run: from step `start` on, this optimizer with these settings.

    >>> part = racer_part("momentum", {"lr": 0.05, "averaged": True})
    >>> str(part), part.value("beta")
    ('momentum(lr=0.05, averaged=true)', 0.9)
    """

    start: int
    optimizer: str
    settings: tuple[tuple[str, Value], ...] = ()

    def __str__(self) -> str:
        written = ", ".join(f"{name}={_written(value)}" for name, value in self.settings)
        return f"{self.optimizer}({written})"

    @property
    def kind(self) -> OptimizerKind:
        """What the registry says of its optimizer."""
        return OPTIMIZERS[self.optimizer]

    @property
    def values(self) -> dict[str, Value]:
        """All settings of its optimizer: as given, else their defaults."""
        return {setting.name: setting.default for setting in self.kind.settings} | dict(self.settings)

    def value(self, name: str) -> Value:
        """The value of a setting: as given, else its default."""
        return self.values[name]

    @property
    def rate(self) -> float:
        """η."""
        return self._number("lr")

    @property
    def climbs(self) -> bool:
        """Whether it goes uphill."""
        return self.value("maximize") is True

    @property
    def sign(self) -> float:
        """What f is taken with: −1 by one who climbs, and so descends −f."""
        return -1.0 if self.climbs else 1.0

    @property
    def decay(self) -> float:
        """λ of its weight decay; 0 without."""
        return self._number("weight_decay")

    @property
    def pull(self) -> float:
        """λ of a decay that goes through the gradient: it then descends sign · f + λ|w|²/2. 0 without."""
        return 0.0 if self.kind.decays_beside else self.decay

    def _number(self, name: str) -> float:
        value = self.value(name)
        assert isinstance(value, float)
        return value


class Racer(msgspec.Struct, frozen=True):
    """One runner of a race: its name in legends and tables, and the parts of its run, the first from step 0.

    label: the name that a learner gave it, which then is its name; "" where nobody did.
    `optimizer`, `settings`, `kind` and `value` speak of its last part, which is also what `changed` changes.

    >>> racer = make_racer("gd", {"lr": 0.05}).forked(12).replaced("adam", {"lr": 0.1}).renamed("braver")
    >>> str(racer), racer.optimizer, str(racer.part_at(11))
    ('braver: gd(lr=0.05) @ 12 adam(lr=0.1)', 'adam', 'gd(lr=0.05)')
    """

    name: str
    parts: tuple[RacerPart, ...]
    label: str = ""

    def __str__(self) -> str:
        return (f"{written_label(self.label)}: " if self.label else "") + _joined(self.parts)

    @property
    def last(self) -> RacerPart:
        """The part it ends with."""
        return self.parts[-1]

    @property
    def turns(self) -> tuple[int, ...]:
        """The steps at which it turns."""
        return tuple(part.start for part in self.parts[1:])

    @property
    def optimizer(self) -> str:
        """The name of its last part's optimizer."""
        return self.last.optimizer

    @property
    def settings(self) -> tuple[tuple[str, Value], ...]:
        """The settings its last part was given."""
        return self.last.settings

    @property
    def kind(self) -> OptimizerKind:
        """What the registry says of its last part's optimizer."""
        return self.last.kind

    @property
    def needs_hessian(self) -> bool:
        """Whether any part of it asks for second derivatives."""
        return any(part.kind.factory().needs_hessian for part in self.parts)

    def value(self, name: str) -> Value:
        """The value of a setting in its last part: as given, else its default."""
        return self.last.value(name)

    def part_at(self, step: int) -> RacerPart:
        """What is in force at the step that leads from `step` to `step` + 1."""
        return next((part for part in reversed(self.parts) if part.start <= step), self.parts[0])

    def changed(self, **settings: Any) -> Racer:
        """The same racer with other settings in its last part. ParameterError if one cannot be."""
        return self.replaced(self.optimizer, {**dict(self.settings), **settings})

    def replaced(self, optimizer: str, settings: Mapping[str, Any] = MappingProxyType({})) -> Racer:
        """The same racer with another optimizer in its last part. ParameterError if one cannot be."""
        return named((*self.parts[:-1], racer_part(optimizer, settings, self.last.start)), self.label)

    def forked(self, step: int) -> Racer:
        """A racer without a label that runs as this one up to `step` and can be changed from there on.

        What this one turns to after `step` is not taken over. At step 0 nothing is shared but the start.
        """
        here = msgspec.structs.replace(self.part_at(step), start=max(0, step))
        return named((*(part for part in self.parts if part.start < step), here))

    def without_part(self, number: int) -> Racer:
        """The same racer without that part, counted from 0: what follows begins where it began.

        Without its last part, the one before goes on. A racer of one part stays as it is.
        """
        if len(self.parts) == 1:
            return self
        before, after = self.parts[:number], self.parts[number + 1 :]
        if after:
            after = (msgspec.structs.replace(after[0], start=self.parts[number].start), *after[1:])
        return named((*before, *after), self.label)

    def renamed(self, label: str) -> Racer:
        """The same racer by another name, spaces evened; by its text if that is blank.

        ParameterError if it is longer than LONGEST_LABEL characters or has a sign that cannot be shown.
        """
        label = " ".join(label.split())
        fault = label_fault(label)
        if fault is not None:
            raise ParameterError(fault, "racers", Text("Choose another name."))
        return named(self.parts, label)

    def build(self, hessian: Callable[..., Any] | None = None) -> Optimizer:
        """The optimizer, ready to run; Newton's method asks `hessian(*parameters)` for its rows.

        At a turn to other settings of the same optimizer its state is kept; another optimizer starts anew.
        ParameterError if it needs a Hessian and none is given.
        """
        return built(self.parts, hessian)


def built(parts: tuple[RacerPart, ...], hessian: Callable[..., Any] | None = None) -> Optimizer:
    """The optimizer of a racer of these parts; see `Racer.build`."""
    stretches = []
    for number, part in enumerate(parts):
        goes_on = number > 0 and parts[number - 1].optimizer == part.optimizer
        stretches.append(Stretch(part.start, _alone(part, hessian), goes_on))
    return switched(stretches)


def _alone(part: RacerPart, hessian: Callable[..., Any] | None) -> Optimizer:
    optimizer = part.kind.factory(**dict(part.settings))
    if not optimizer.needs_hessian:
        return optimizer
    if hessian is None:
        what = Text("{name} needs second derivatives, and has none here.", {"name": part.kind.title})
        raise ParameterError(what, "racers", Text("Choose another optimizer."))
    return with_hessian(optimizer, hessian)


def make_racer(optimizer: str, settings: Mapping[str, Any] = MappingProxyType({})) -> Racer:
    """The racer with these settings, each checked. ParameterError names the setting that cannot be."""
    return named((racer_part(optimizer, settings),))


def racer_part(
    optimizer: str, settings: Mapping[str, Any] = MappingProxyType({}), start: int = 0
) -> RacerPart:
    """A part with these settings, each checked. ParameterError names the setting that cannot be."""
    kind = OPTIMIZERS.get(optimizer)
    if kind is None:
        what, remedy = unknown_optimizer(optimizer)
        raise ParameterError(what, "racers", remedy)
    checked = []
    for key, given in settings.items():
        setting = kind.setting(key)
        if setting is None:
            what, remedy = unknown_setting(kind, key)
            raise ParameterError(what, key, remedy)
        value = setting.checked(given)
        if isinstance(value, Text):
            raise ParameterError(refused(key, value), key)
        checked.append((key, value))
    return RacerPart(start, optimizer, tuple(checked))


def named(parts: tuple[RacerPart, ...], label: str = "") -> Racer:
    """The racer of these parts, named by its label, or else by what it does."""
    return Racer(label or _joined(parts), parts, label)


def part_words(part: RacerPart, with_rate: bool = True) -> str:
    """A part in short: its optimizer, and its rate where it has one.

    >>> part_words(racer_part("adam", {"lr": 0.1})), part_words(racer_part("adam"), with_rate=False)
    ('adam 0.1', 'adam')
    """
    rate = part.values.get("lr")
    return (
        f"{part.optimizer} {format_number(rate)}" if with_rate and isinstance(rate, float) else part.optimizer
    )


def label_fault(label: str) -> Text | None:
    """What is wrong with the name that somebody gives a racer, if anything."""
    if len(label) > LONGEST_LABEL:
        return Text("A name has at most {limit} characters.", {"limit": LONGEST_LABEL})
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in label):
        return Text("The name holds a sign that cannot be shown.")
    return None


def written_label(label: str) -> str:
    """A label as it stands in the text of a race: bare if it is one word, else in double quotes.

    >>> print(written_label("braver"), written_label("as brave"), written_label('the "best"'))
    braver "as brave" "the ""best\"""
    """
    return label if re.fullmatch(WORD, label) else '"' + label.replace('"', '""') + '"'


def refused(name: str, fault: Text) -> Text:
    """That a setting cannot be so, and why."""
    return Text("{name} is refused: {fault}.", {"name": verbatim(name), "fault": fault})


def unknown_optimizer(name: str) -> tuple[Text, Text]:
    """What is wrong with the name of an optimizer, and which was meant."""
    what = Text("There is no optimizer called {name}.", {"name": verbatim(name[:40])})
    choose = Text("Choose one of {names}.", {"names": list(OPTIMIZERS)})
    return what, did_you_mean(name.lower(), tuple(OPTIMIZERS)) or choose


def unknown_setting(kind: OptimizerKind, name: str) -> tuple[Text, Text]:
    """What is wrong with the name of a setting, and which was meant."""
    known = tuple(setting.name for setting in kind.settings)
    what = Text(
        "{optimizer} has no setting called {name}.",
        {"optimizer": verbatim(kind.name), "name": verbatim(name[:40])},
    )
    synonym = next((other for other in _SYNONYMS.get(name.lower(), ()) if other in known), None)
    question = did_you_mean(synonym or name.lower(), known)
    return what, question or Text("Its settings are {names}.", {"names": list(known)})


def _joined(parts: tuple[RacerPart, ...]) -> str:
    first, *turned = parts
    return str(first) + "".join(f" @ {part.start} {part}" for part in turned)


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"({', '.join(map(_written, value))})"
    return repr(value).removesuffix(".0")
