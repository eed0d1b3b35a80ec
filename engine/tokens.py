"""Typed text to tokens, each with its place in the text exactly as it was typed.

What people expect is understood here: `2πr`, `xy`, `sinx`, `x²`, `½`, `√`, `×`, a Unicode minus, `w₁`.
A run of letters is one name if that name is known, else it is split into known names (`xy` is x·y), else
it is refused with the nearest name that is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from engine.errors import FormulaError
from engine.nodes import Constant, Node, Number, Quotient, Variable
from engine.suggestions import did_you_mean
from engine.text import Text, verbatim
from engine.vocabulary import (
    CONSTANTS,
    FRACTIONS,
    GREEK,
    SPELLINGS,
    SUBSCRIPT_DIGITS,
    SUPERSCRIPT_DIGITS,
    spelled,
)

MAX_LENGTH = 2_000
"""Characters in a formula."""
MAX_TOKENS = 1_000
"""Numbers, names and signs in a formula."""
MAX_NESTING = 50
"""Brackets within brackets."""
MAX_NAME = 40
"""Letters in one unbroken run."""

_NUMBER = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SUPERSCRIPT = re.compile("⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_SPACES = " \t\r\n\u00a0\u2009\u200a\u202f\u2002\u2003\ufeff"
_LARGEST = Fraction(2) ** 1024
_SMALLEST = Fraction(1, 2**1074)

_SIGNS = {
    "**": "^", "^": "^", "+": "+", "-": "-", "−": "-", "–": "-", "*": "*", "×": "*", "·": "*", "⋅": "*",
    "∙": "*", "∗": "*", "/": "/", "÷": "/", "∕": "/", "⁄": "/", "(": "(", ")": ")", "{": "{", "}": "}",
    "|": "|", ",": ",", ";": ",", ":": ":", "<=": "<=", "≤": "<=", ">=": ">=", "≥": ">=", "<": "<", ">": ">",
    "==": "==", "!=": "!=", "≠": "!=", "=": "=", "∧": "and", "∨": "or", "¬": "not",
}  # fmt: skip
_WORDS = {"and": "and", "or": "or", "not": "not", "if": "if", "else": "else"}
_CLOSING = {"(": ")", "{": "}"}
_ROOTS = {"√": "sqrt", "∛": "cbrt"}

# LaTeX as it is pasted: a command is the sign or the name that it stands for.
_COMMAND = re.compile(r"\\sqrt\s*\[3\]|\\(?:[A-Za-z]+|[,;:! {}|])")
_COMMAND_SIGNS = {
    "cdot": "*", "times": "*", "div": "/", "le": "<=", "leq": "<=", "ge": ">=", "geq": ">=", "ne": "!=",
    "lvert": "|", "rvert": "|", "vert": "|", "{": "(", "}": ")", "|": "|",
}  # fmt: skip
_FRACTIONS = ("frac", "dfrac", "tfrac", "cfrac")
_UNSEEN = ("left", "right", "quad", "qquad", "displaystyle", "big", "Big", "limits", *",;:! ")


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a formula: `kind` is a sign, or "number", "name", "function", "power", "log" or "end".

    From LaTeX come "frac", and "space", which is read over.
    """

    kind: str
    start: int
    stop: int
    node: Node | None = None
    name: str = ""


@dataclass(frozen=True)
class Vocabulary:
    """What each spelling means among these variables; a variable hides a function or constant of its name."""

    variables: tuple[str, ...]
    meanings: dict[str, tuple[str, str]]
    longest: int


@lru_cache(maxsize=256)
def vocabulary(variables: tuple[str, ...]) -> Vocabulary:
    """The spellings known when `variables` are."""
    meanings = {spelling: ("function", name) for spelling, name in SPELLINGS.items()}
    meanings["piecewise"] = ("function", "piecewise")
    meanings |= {spelling: ("constant", name) for spelling, name in CONSTANTS.items()}
    for variable in variables:
        name = spelled(variable)
        # x_0, x0 and x₀ are the same letter to a person, and so are θ and theta.
        for spelling in (variable, name, name.replace("_", ""), re.sub(r"(?<=[A-Za-z])(?=\d+$)", "_", name)):
            meanings[spelling] = ("variable", name)
        for letter, greek in GREEK.items():
            if name == greek:
                meanings[letter] = ("variable", name)
    return Vocabulary(variables, meanings, max(map(len, meanings)))


def tokenize(source: str, variables: tuple[str, ...]) -> tuple[Token, ...]:
    """The tokens of a formula, with an "end" after the last; brackets are balanced when this returns."""
    _check_length(source)
    tokens = tuple(_scan(source, vocabulary(variables)))
    if len(tokens) > MAX_TOKENS:
        raise FormulaError(
            Text("This formula has more than {limit} numbers, names and signs.", {"limit": MAX_TOKENS}),
            source,
            (tokens[MAX_TOKENS].start, len(source)),
            Text("Make it shorter."),
        )
    _check_brackets(source, tokens)
    return tokens


def _check_length(source: str) -> None:
    if len(source) > MAX_LENGTH:
        # The message does not carry the text: ten megabytes help nobody.
        raise FormulaError(
            Text("This formula is longer than {limit} characters.", {"limit": MAX_LENGTH}),
            source[:MAX_LENGTH],
            (0, MAX_LENGTH),
            Text("Make it shorter."),
        )


def _scan(source: str, words: Vocabulary) -> Iterator[Token]:
    place = 0
    while place < len(source):
        character = source[place]
        if character in _SPACES:
            place += 1
            continue
        for token in _tokens_at(source, place, words):
            if token.kind != "space":
                yield token
            place = token.stop
    yield Token("end", len(source), len(source))


def _tokens_at(source: str, place: int, words: Vocabulary) -> list[Token]:
    """The tokens that begin here: several when a run of letters is several names."""
    character = source[place]
    if found := _NUMBER.match(source, place):
        return [_number(source, place, found.group())]
    if found := _SUPERSCRIPT.match(source, place):
        power = Number(int(found.group().translate(SUPERSCRIPT_DIGITS)))
        return [Token("power", place, found.end(), power)]
    if character in FRACTIONS:
        quotient = Quotient(*[Number(part) for part in FRACTIONS[character]])
        return [Token("number", place, place + 1, quotient)]
    if character == "\\" and (found := _COMMAND.match(source, place)):
        return [_command(source, place, found.end(), words)]
    if character in _ROOTS:
        return [Token("function", place, place + 1, name=_ROOTS[character])]
    for length in (2, 1):
        sign = source[place : place + length]
        if sign in _SIGNS:
            return [Token(_SIGNS[sign], place, place + len(sign))]
    if _in_name(character):
        stop = place
        while stop < len(source) and _in_name(source[stop]):
            stop += 1
        return _names(source, place, stop, words)
    what, remedy = _stranger(character)
    raise FormulaError(what, source, (place, place + 1), remedy)


def _command(source: str, start: int, stop: int, words: Vocabulary) -> Token:
    r"""What a LaTeX command stands for: `\cos`, `\cdot`, `\pi`, `\frac`."""
    name = source[start + 1 : stop]
    if name in _UNSEEN:
        return Token("space", start, stop)
    if name in _COMMAND_SIGNS:
        return Token(_COMMAND_SIGNS[name], start, stop)
    if name in _FRACTIONS:
        return Token("frac", start, stop)
    if name.endswith("]"):
        return Token("function", start, stop, name="cbrt")
    if name == "log" and (base := re.compile(r"_([0-9]+)").match(source, stop)):
        return Token("log", start, base.end(), Number(int(base.group(1))))
    if name == "log" and source[stop : stop + 1] == "_":
        return Token("log", start, stop + 1)
    plain = {"varepsilon": "epsilon", "varphi": "phi"}.get(name, name)
    if plain in words.meanings:
        return _token(words.meanings[plain], start, stop)
    what = Text("The name {name} is not known here.", {"name": verbatim(shortened(name))})
    raise FormulaError(what, source, (start, stop), _suggestion(name, words))


def _in_name(character: str) -> bool:
    return (character.isalpha() and character != "ⁿ") or character in "_0123456789₀₁₂₃₄₅₆₇₈₉"


def _number(source: str, place: int, digits: str) -> Token:
    stop = place + len(digits)
    if source[stop : stop + 1] == "." or (stop < len(source) and source[stop] in FRACTIONS):
        remedy = Text("Write it as a decimal, such as 2.5.")
        raise FormulaError(Text("This is not one number."), source, (place, stop + 1), remedy)
    mantissa, _, exponent = digits.lower().partition("e")
    if len(exponent) > 5 or abs(int(exponent or "0")) > MAX_LENGTH:
        raise _out_of_range(source, place, stop)
    value = Fraction(mantissa) * Fraction(10) ** int(exponent or "0")
    if value and not _SMALLEST <= value < _LARGEST:
        raise _out_of_range(source, place, stop)
    return Token("number", place, stop, Number(value, decimal="." in mantissa or bool(exponent)))


def _out_of_range(source: str, start: int, stop: int) -> FormulaError:
    return FormulaError(
        Text("This number is beyond what the computer's numbers hold: about 10⁻³²³ to 10³⁰⁸."),
        source,
        (start, stop),
        Text("Use a number nearer to 1."),
    )


def _names(source: str, start: int, stop: int, words: Vocabulary) -> list[Token]:
    run = source[start:stop].translate(SUBSCRIPT_DIGITS)
    if run in words.meanings:
        return [_token(words.meanings[run], start, stop)]
    if run in _WORDS:
        return [Token(_WORDS[run], start, stop)]
    tokens = _split(run, start, words) if len(run) <= MAX_NAME else None
    if tokens and _reads_well(source, tokens):
        return tokens
    raise FormulaError(
        Text("The name {name} is not known here.", {"name": verbatim(shortened(source[start:stop]))}),
        source,
        (start, stop),
        _suggestion(run, words),
    )


def _token(meaning: tuple[str, str], start: int, stop: int) -> Token:
    kind, name = meaning
    if kind == "function":
        return Token("function", start, stop, name=name)
    return Token("name", start, stop, Constant(name) if kind == "constant" else Variable(name))


def _split(run: str, start: int, words: Vocabulary) -> list[Token] | None:
    """The run as known names one after another, the longest first, or None."""
    dead: set[int] = set()

    def from_place(place: int) -> list[Token] | None:
        if place == len(run):
            return []
        if place in dead:
            return None
        for token in _known_at(run, place, start, words):
            rest = from_place(token.stop - start)
            if rest is not None:
                return [token, *rest]
        dead.add(place)
        return None

    return from_place(0)


def _known_at(run: str, place: int, start: int, words: Vocabulary) -> Iterator[Token]:
    if run.startswith("log", place):
        yield from _logarithm_at(run, place, start, words)
    for length in range(min(words.longest, len(run) - place), 0, -1):
        meaning = words.meanings.get(run[place : place + length])
        if meaning:
            yield _token(meaning, start + place, start + place + length)


def _logarithm_at(run: str, place: int, start: int, words: Vocabulary) -> Iterator[Token]:
    """`log_2` or `log₂`, `log_b`, or `log_` with its base in a bracket that follows."""
    after = place + len("log_")
    if digits := re.match("log_?([0-9]+)", run[place:]):
        yield Token("log", start + place, start + place + digits.end(), Number(int(digits.group(1))))
    elif not run.startswith("log_", place):
        return
    elif after == len(run):
        yield Token("log", start + place, start + after)
    else:
        for token in _known_at(run, after, start, words):
            if token.kind == "name":
                yield Token("log", start + place, token.stop, token.node)


def _reads_well(source: str, tokens: list[Token]) -> bool:
    """`xsin(x)` is x·sin(x), but `sine(x)` is a misspelt function and not sin(e)·x."""
    has_function = any(token.kind == "function" for token in tokens)
    following = source[tokens[-1].stop :].lstrip(_SPACES)[:1]
    return not (has_function and following == "(" and tokens[-1].kind not in ("function", "log"))


def shortened(name: str) -> str:
    """A name short enough to stand in a message."""
    return name if len(name) <= MAX_NAME else name[: MAX_NAME - 1] + "…"


def _suggestion(run: str, words: Vocabulary) -> Text:
    letter_and_digits = re.fullmatch(r"([^\W\d_]+)_?(\d+)", run)
    if letter_and_digits and letter_and_digits.group(1) in words.meanings:
        name, digits = letter_and_digits.groups()
        return Text(
            "Write {power} for a power, {product} for a product.",
            {"power": verbatim(f"{name}^{digits}"), "product": verbatim(f"{digits}{name}")},
        )
    candidates = [name for name in words.meanings if len(name) > 1] if len(run) > 1 else words.variables
    if run.lower() in words.meanings:
        candidates = [run.lower()]
    question = did_you_mean(run.lower(), candidates)
    if question:
        return question
    if not words.variables:
        return Text("Here only numbers, pi, e and functions such as sqrt can stand.")
    return Text(
        "Known here: {names}, pi, e, and functions such as sin, exp and sqrt.",
        {"names": verbatim(", ".join(words.variables))},
    )


def _stranger(character: str) -> tuple[Text, Text]:
    """What to say about a character that no formula has, and what to write instead."""
    if not character.isprintable():
        return Text("An invisible character stands here."), Text("Leave it out.")
    what = Text("The character {character} cannot stand in a formula.", {"character": verbatim(character)})
    remedies = {
        "[": Text("Use round brackets."),
        "]": Text("Use round brackets."),
        "'": Text("A formula is numbers, names and signs, without quotation marks."),
        '"': Text("A formula is numbers, names and signs, without quotation marks."),
        "\\": Text("Write it without LaTeX: sqrt(x), pi, (a+b)/2."),
        "$": Text("Leave the dollar signs out."),
        "!": Text("Factorials are not known here; multiply the numbers out."),
        "%": Text("Write a percentage as a decimal, such as 0.05."),
        ".": Text("A point stands inside a number, such as 0.5; multiply with *."),
        "∞": Text("Infinity is not a number to compute with; use a large number."),
        "&": Text("Join conditions with the word and."),
    }
    return what, remedies.get(character, Text("Leave it out, or write it with a name that is known here."))


def _check_brackets(source: str, tokens: tuple[Token, ...]) -> None:
    opened: list[Token] = []
    for token in tokens:
        if token.kind in _CLOSING:
            opened.append(token)
            if len(opened) > MAX_NESTING:
                raise FormulaError(
                    Text("There are more than {limit} brackets within each other.", {"limit": MAX_NESTING}),
                    source,
                    (token.start, token.stop),
                    Text("Take some of them away."),
                )
        elif token.kind in _CLOSING.values():
            if not opened or _CLOSING[opened[-1].kind] != token.kind:
                raise FormulaError(
                    Text("This bracket closes nothing."),
                    source,
                    (token.start, token.stop),
                    Text("Take it away, or open a bracket before it."),
                )
            opened.pop()
    if opened:
        raise FormulaError(
            Text("This bracket is never closed."),
            source,
            (opened[-1].start, opened[-1].stop),
            Text("Close it with {bracket}.", {"bracket": verbatim(_CLOSING[opened[-1].kind])}),
        )
