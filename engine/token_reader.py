"""A reader's place among the tokens of a formula, and what to say where they make no sense."""

from __future__ import annotations

import re

from engine.errors import FormulaError
from engine.text import Text, verbatim
from engine.tokens import Token
from engine.vocabulary import FUNCTIONS


class TokenReader:
    """The tokens of a text, taken one by one. Its errors are returned, for the grammar to raise."""

    def __init__(self, source: str, tokens: tuple[Token, ...]) -> None:
        self.source = source
        self.tokens = tokens
        self.position = 0

    @property
    def token(self) -> Token:
        """The token to be read next."""
        return self.tokens[self.position]

    def advance(self) -> Token:
        """Take the next token."""
        token = self.tokens[self.position]
        self.position += 1
        return token

    def take(self, kind: str) -> bool:
        """Take the next token if it is of this kind."""
        if self.token.kind != kind:
            return False
        self.position += 1
        return True

    def error(self, what: Text, token: Token, remedy: Text | None = None) -> FormulaError:
        """A mistake at one token."""
        return FormulaError(what, self.source, (token.start, token.stop), remedy)

    def wrong_count(self, name: Token, stop: int, given: int) -> FormulaError:
        """A function with too few or too many arguments, and how many it takes."""
        counts = {"name": verbatim(self.source[name.start : name.stop]), "given": given}
        entry = FUNCTIONS.get(name.name)
        if name.kind == "log" or (entry and entry.maximum == 1):
            what = Text("{name} takes one argument, not {given}.", counts)
        elif name.name == "log":
            what = Text("{name} takes one or two arguments, not {given}.", counts)
        else:
            what = Text("{name} takes at least two arguments, not {given}.", counts)
        span = (name.start, stop)
        if re.search(r"\d,\d", self.source[slice(*span)]):
            remedy = Text("If the comma is a decimal comma, write a point: 0.5.")
        else:
            example = _EXAMPLES.get(name.name, f"{name.name or 'log_2'}(x)")
            remedy = Text("Write {example}.", {"example": verbatim(example)})
        return FormulaError(what, self.source, span, remedy)

    def unexpected(self, token: Token) -> FormulaError:
        """What to say when a token stands where it cannot."""
        if token.kind == "end":
            last = self.tokens[-2] if len(self.tokens) > 1 else token
            what = Text("The formula stops too early: something must follow.")
            return self.error(what, last, Text("Complete it, or take this away."))
        written = verbatim(self.source[token.start : token.stop])
        what, remedy = _MISPLACED.get(token.kind, _MISPLACED_SIGN)
        return self.error(Text(what.message, {"sign": written}), token, remedy)


_MISPLACED_SIGN = (Text("{sign} cannot stand here."), Text("Check what stands before it and after it."))
_MISPLACED = {
    ",": (
        Text("A comma separates the arguments of a function; here there is none."),
        Text("In a decimal number, write a point: 0.5."),
    ),
    "=": (
        Text("An equals sign cannot stand here."),
        Text("Write only the right side of the equation; to compare two values, write ==."),
    ),
    ")": (Text("Something is missing before this bracket."), Text("Complete it, such as (x+1).")),
    "}": (Text("Something is missing before this bracket."), Text("Complete it, such as (x+1).")),
}
_EXAMPLES = {
    "log": "log(x, 2)",
    "min": "min(x, 1)",
    "max": "max(x, 1)",
    "piecewise": "piecewise(x < 0, -x, x)",
}
