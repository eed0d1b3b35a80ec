"""Words for a person, not yet translated, with the values that stand in them.

The engine is pure and its results are cached, so it never holds a sentence in one language. It returns a
`Text`; `gui` and `cli` translate it at the moment it is shown, and format its numbers there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

SIGNIFICANT_DIGITS = 6


class Text(msgspec.Struct, frozen=True):
    """An English message (the key of the catalogue) and the values for its `{fields}`.

    >>> str(Text("The slope is {slope}.", {"slope": -2.0}))
    'The slope is −2.'
    """

    message: str
    values: Mapping[str, Any] = {}

    def __str__(self) -> str:
        return self.translated(lambda message: message)

    def translated(
        self, translate: Callable[[str], str], number: Callable[[float], str] | None = None
    ) -> str:
        """The message through `translate`, each value formatted; a value may be a `Text` itself."""
        number = number or format_number

        def shown(value: Any) -> str:
            if isinstance(value, Text):
                return value.translated(translate, number)
            if isinstance(value, float):
                return number(value)
            if isinstance(value, (list, tuple)):
                return ", ".join(shown(item) for item in value)
            return str(value)

        words = translate(self.message)
        if not self.values:
            return words
        return words.format_map({name: shown(value) for name, value in self.values.items()})


def verbatim(words: str) -> Text:
    """Words that are the same in every language (a name, something typed) where a `Text` is asked for.

    >>> str(verbatim("gd(lr=0.1) {x}"))
    'gd(lr=0.1) {x}'
    """
    return Text("{words}", {"words": words})


def sentences(*texts: Text) -> Text:
    """Sentences that follow each other, as one text.

    >>> str(sentences(Text("It is {x}.", {"x": 2.0}), Text("That is all.")))
    'It is 2. That is all.'
    """
    names = [f"s{number}" for number in range(len(texts))]
    row = " ".join(f"{{{name}}}" for name in names)
    return texts[0] if len(texts) == 1 else Text(row, dict(zip(names, texts, strict=True)))


def format_number(value: float, digits: int = SIGNIFICANT_DIGITS) -> str:
    """A number as it stands on screen: `digits` significant digits, a true minus, ∞, powers of ten with ×.

    >>> format_number(-0.5), format_number(1e-7), format_number(math.inf), format_number(2.0)
    ('−0.5', '1 × 10⁻⁷', '∞', '2')
    """
    value = float(value)
    if math.isnan(value):
        return "—"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    written = f"{value:.{digits}g}"
    mantissa, _, exponent = written.partition("e")
    if exponent:
        power = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        mantissa = f"{mantissa} × 10{power}"
    if mantissa == "-0":
        mantissa = "0"
    return mantissa.replace("-", "−")


def latex_number(value: float, digits: int = SIGNIFICANT_DIGITS) -> str:
    r"""A number as LaTeX, with the same digits as `format_number`.

    >>> latex_number(-2.5), latex_number(1e-7), latex_number(float("inf"))
    ('-2.5', '1 \\times 10^{-7}', '\\infty')
    """
    value = float(value)
    if math.isnan(value):
        return r"\text{—}"
    if math.isinf(value):
        return r"\infty" if value > 0 else r"-\infty"
    mantissa, _, exponent = f"{value:.{digits}g}".partition("e")
    mantissa = "0" if mantissa == "-0" else mantissa
    return rf"{mantissa} \times 10^{{{int(exponent)}}}" if exponent else mantissa
