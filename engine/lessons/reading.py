"""What has been read of a lesson so far, for the blocks that follow."""

from __future__ import annotations

import msgspec

from engine.errors import FormulaError
from engine.expression import parse
from engine.lessons.folding import Folding
from engine.lessons.keys import (
    Keys,
    Mistake,
    identifier,
)
from engine.lessons.lesson import (
    AnyExercise,
)
from engine.lessons.scoring import numbers as numbers_of
from engine.lessons.source import RawBlock, Report
from engine.text import Text, verbatim


class Reading(msgspec.Struct, eq=False):
    """What has been read of a lesson so far, as far as later blocks depend on it."""

    report: Report
    folding: Folding
    step: int = 0
    exercises: dict[str, tuple[int, AnyExercise]] = {}
    """Exercise id → the step it stands in, and the exercise."""

    def keys(self, block: RawBlock) -> Keys:
        """The keys of a block, whose words may name what the picture knows."""
        return Keys(block.body, block.line + 1, self.report, self.folding.known())

    def names(self) -> tuple[str, ...] | None:
        """What a formula here may speak of; None if a broken scene keeps that from being known."""
        known = self.folding.known()
        return None if known is None else tuple(numbers_of(known))

    def exercise_id(self, block: RawBlock) -> str:
        """The name of an exercise, which no other has."""
        name = block.argument
        example = verbatim(f"{block.kind} close-enough")
        if not name:
            what = Text("This exercise has no name. Give it one: {example}.", {"example": example})
            self.report(block.line, what)
        elif not is_identifier(name):
            what = Text(
                "{name} is no name: small letters, digits and hyphens only, such as {example}.",
                {"name": verbatim(name[:40]), "example": example},
            )
            self.report(block.line, what)
        elif name in self.exercises:
            line = self.exercises[name][1].line
            what = Text("There is an exercise {name} already, in line {line}.", {"name": name, "line": line})
            self.report(block.line, what)
        return name

    def formula(self, keys: Keys, key: str, source: str, names: tuple[str, ...] | None, nth: int = 0) -> None:
        """Report a formula that cannot be read."""
        if not source or names is None:
            return
        try:
            parse(source, names)
        except FormulaError as error:
            keys.fault(key, Text("{key}: {fault}", {"key": verbatim(key), "fault": error.in_full()}), nth)


def is_identifier(name: str) -> bool:
    """Whether this is a name as exercises and options have them."""
    try:
        identifier(name)
    except Mistake:
        return False
    return True
