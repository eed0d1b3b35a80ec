"""What a scene's parameters can be: read off the annotations of its fields, declared nowhere else.

A field says what it is by its type and its annotations:

    f: Formula = "x^2"
    h: Annotated[float, Slider(1e-6, 2, scale="log", symbol="h"), Domain(not_equal=0)] = 1.0
    scheme: Annotated[Literal["forward", "central"], Words(label=Text("Difference"))] = "forward"

Controls, handles, the command line, saved states and the lesson format all read the `Parameter` made of it.
"""

from __future__ import annotations

import math
import re
import types
import typing
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal

import msgspec

from engine.errors import FormulaError, GradusError, ParameterError
from engine.expression import MAX_LENGTH, parse, parse_number
from engine.nodes import Node
from engine.suggestions import did_you_mean
from engine.text import Text, verbatim

ABSENT = "none"
"""How text says that an optional parameter has no value: TOML and the command line know no null."""

KEY_STEPS = 100
"""Presses of an arrow key from one end of a slider to the other."""


class Slider(msgspec.Struct, frozen=True):
    """The range a slider offers: a suggestion. A typed value may lie outside; `Domain` is what holds."""

    low: float
    high: float
    scale: Literal["linear", "log"] = "linear"
    symbol: str = ""

    def position(self, value: float) -> float:
        """Where `value` stands, 0 at `low` and 1 at `high`; outside the range it is the nearer end."""
        if self.scale == "log":
            if value <= 0:
                return 0.0
            place = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            place = (value - self.low) / (self.high - self.low)
        return min(1.0, max(0.0, place))

    def value(self, position: float) -> float:
        """The value at `position` in [0, 1]: the inverse of `position`."""
        if position <= 0:
            return self.low
        if position >= 1:
            return self.high
        if self.scale == "log":
            return float(self.low * (self.high / self.low) ** position)
        return self.low + (self.high - self.low) * position

    def nudged(self, value: float, steps: float) -> float:
        """`value` moved by `steps` presses of a key: along the scale, and past its ends."""
        if self.scale == "log" and value > 0:
            return float(value * (self.high / self.low) ** (steps / KEY_STEPS))
        return value + steps * (self.high - self.low) / KEY_STEPS


class Domain(msgspec.Struct, frozen=True):
    """The values a number must have, whoever sets it. infinite: ±∞ are among them."""

    at_least: float = -math.inf
    at_most: float = math.inf
    above: float = -math.inf
    below: float = math.inf
    not_equal: float | None = None
    infinite: bool = False

    def fault(self, value: float) -> Text | None:
        """What is wrong with `value`, or None."""
        if not value >= self.at_least:
            return Text("it must be at least {bound}", {"bound": self.at_least})
        if not value <= self.at_most:
            return Text("it must be at most {bound}", {"bound": self.at_most})
        if not value > self.above and self.above != -math.inf:
            return Text("it must be more than {bound}", {"bound": self.above})
        if not value < self.below and self.below != math.inf:
            return Text("it must be less than {bound}", {"bound": self.below})
        if value == self.not_equal:
            return Text("any number but {bound} will do", {"bound": self.not_equal})
        return None


class Words(msgspec.Struct, frozen=True):
    """What a learner reads beside a control, and in place of each of its options."""

    label: Text | None = None
    options: Mapping[str, Text] = {}


class FormulaIn(msgspec.Struct, frozen=True):
    """The field holds a formula, as typed, in the first of these lists of variables that covers it."""

    variables: tuple[tuple[str, ...], ...]


class Checked(msgspec.Struct, frozen=True):
    """The field holds text of its own grammar: `kind` names its control, `parse` refuses what is wrong."""

    kind: str
    parse: typing.Callable[[str], Any]


Formula = Annotated[str, FormulaIn((("x",), ("w",), ("t",), ("θ",), ("z",)))]
"""A formula in one variable."""

Surface = Annotated[str, FormulaIn((("x", "y"), ("w1", "w2"), ("w", "b")))]
"""A formula in two variables."""

Kind = str
"""formula, number, integer, choice, switch, or the kind of a `Checked` text."""


class Parameter(msgspec.Struct, frozen=True, eq=False):
    """One parameter of a scene, as its annotations declare it."""

    name: str
    kind: Kind
    default: Any
    slider: Slider | None = None
    domain: Domain = Domain()
    optional: bool = False
    choices: tuple[str, ...] = ()
    words: Words = Words()
    variables: tuple[tuple[str, ...], ...] = ()
    parse: typing.Callable[[str], Any] | None = None

    def value(self, given: Any) -> Any:
        """`given` (typed text, or a value of a lesson or saved state) as a value the scene can hold.

        Raises ParameterError, which says what is wrong in words.
        """
        if self.optional and given in (None, "", ABSENT):
            return None
        check: typing.Callable[[Parameter, Any], Any] = _CHECKS.get(self.kind, _text)
        return check(self, given)

    def refusal(self, given: Any, fault: Text, remedy: Text | None = None) -> ParameterError:
        """The error that says why `given` cannot be the value."""
        shown = str(given)
        if len(shown) > 40:
            shown = shown[:37] + "…"
        message = Text(
            "{name} cannot be {given}: {fault}.",
            {"name": self.name, "given": verbatim(shown), "fault": fault},
        )
        return ParameterError(message, self.name, remedy)


@lru_cache(maxsize=512)
def covering_variables(
    source: str, alternatives: tuple[tuple[str, ...], ...]
) -> tuple[Node, tuple[str, ...]]:
    """The formula `source` and the first of `alternatives` it can be read in.

    When none fits, the error is that of the first list with a variable that stands in the text by itself
    (`w^2 + (` lacks a bracket, and its w is no mistake), else of the first.
    """
    errors: list[tuple[bool, FormulaError]] = []
    for variables in alternatives:
        try:
            return parse(source, variables), variables
        except FormulaError as error:
            errors.append((_mentions(source, variables), error))
    raise max(errors, key=lambda found: found[0])[1]  # of equals, max takes the first


def _mentions(source: str, variables: tuple[str, ...]) -> bool:
    names = "|".join(map(re.escape, variables))
    return re.search(rf"(?<![^\W\d])(?:{names})(?![^\W\d])", source[:MAX_LENGTH]) is not None


_INFINITIES = {
    sign + word: factor * math.inf
    for sign, factor in (("", 1), ("+", 1), ("-", -1), ("−", -1))
    for word in ("inf", "infinity", "oo", "∞")
}


def _number(parameter: Parameter, given: Any) -> float:
    if parameter.domain.infinite:
        infinite = _INFINITIES.get(str(given).strip().lower().replace(" ", ""))
        if infinite is not None:
            return infinite
    value = _typed_number(parameter, given)
    if not math.isfinite(value):
        raise parameter.refusal(given, Text("it must be a finite number"))
    fault = parameter.domain.fault(value)
    if fault is not None:
        raise parameter.refusal(given, fault)
    return value


def _typed_number(parameter: Parameter, given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, (int, float, str)):
        raise parameter.refusal(given, Text("it must be a number"))
    if isinstance(given, str):
        try:
            return parse_number(given)
        except FormulaError as error:
            refusal = parameter.refusal(given, Text("it must be a number"), error.what)
            refusal.cause = error
            raise refusal from None
    try:
        return float(given)
    except OverflowError:
        return math.inf


def _integer(parameter: Parameter, given: Any) -> int:
    value = _number(parameter, given)
    if not value.is_integer():
        raise parameter.refusal(given, Text("it must be a whole number"))
    return int(value)


def _choice(parameter: Parameter, given: Any) -> str:
    if given in parameter.choices:
        return str(given)
    fault = Text("it must be one of {names}", {"names": list(parameter.choices)})
    raise parameter.refusal(given, fault, did_you_mean(str(given), parameter.choices))


_SWITCH = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


def _switch(parameter: Parameter, given: Any) -> bool:
    if isinstance(given, bool):
        return given
    try:
        return _SWITCH[str(given).strip().lower()]
    except KeyError:
        raise parameter.refusal(given, Text("it must be true or false")) from None


def _formula(parameter: Parameter, given: Any) -> str:
    source = _source(parameter, given)
    try:
        covering_variables(source, parameter.variables)
    except GradusError as error:
        raise _formula_refusal(parameter, error) from None
    return source


def _text(parameter: Parameter, given: Any) -> str:
    source = _source(parameter, given)
    if parameter.parse is not None:
        try:
            parameter.parse(source)
        except GradusError as error:
            raise _formula_refusal(parameter, error) from None
    return source


def _source(parameter: Parameter, given: Any) -> str:
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        return repr(given)
    if not isinstance(given, str):
        raise parameter.refusal(given, Text("it must be text"))
    return given


def _formula_refusal(parameter: Parameter, error: GradusError) -> ParameterError:
    cause = error if isinstance(error, FormulaError) else None
    what = Text("{name}: {fault}", {"name": parameter.name, "fault": error.what})
    return ParameterError(what, parameter.name, error.remedy, cause)


_CHECKS: Mapping[str, typing.Callable[[Parameter, Any], Any]] = {
    "number": _number,
    "integer": _integer,
    "choice": _choice,
    "switch": _switch,
    "formula": _formula,
}


def parameters_of(struct: type[msgspec.Struct]) -> dict[str, Parameter]:
    """Name → Parameter for each field of a scene, in the order of its fields."""
    hints = typing.get_type_hints(struct, include_extras=True)
    defaults = {field.name: field.default for field in msgspec.structs.fields(struct)}
    return {name: _parameter(name, hints[name], defaults[name]) for name in struct.__struct_fields__}


def _parameter(name: str, hint: Any, default: Any) -> Parameter:
    notes: list[Any] = []
    while typing.get_origin(hint) is Annotated:
        hint, *outer = typing.get_args(hint)
        notes = [*outer, *notes]
    optional = False
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        members = [member for member in typing.get_args(hint) if member is not type(None)]
        optional = len(members) < len(typing.get_args(hint))
        (hint,) = members
    by_type = {type(note): note for note in notes}
    formula = by_type.get(FormulaIn)
    checked = by_type.get(Checked)
    choices = tuple(typing.get_args(hint)) if typing.get_origin(hint) is Literal else ()
    if formula:
        kind = "formula"
    elif checked:
        kind = checked.kind
    elif choices:
        kind = "choice"
    else:
        kind = {float: "number", int: "integer", bool: "switch", str: "text"}[hint]
    return Parameter(
        name=name,
        kind=kind,
        default=default,
        slider=by_type.get(Slider),
        domain=by_type.get(Domain, Domain()),
        optional=optional,
        choices=choices,
        words=by_type.get(Words, Words()),
        variables=formula.variables if formula else (),
        parse=checked.parse if checked else None,
    )
