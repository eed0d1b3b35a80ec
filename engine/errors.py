"""One family of errors: what is wrong, where it is, and what to do about it, in a learner's words.

Nothing else is raised on purpose across the engine's border: whoever calls the engine catches
`GradusError`, shows `what` and `remedy`, and can point at the place that the subclass names.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from engine.text import Text


class GradusError(Exception):
    """Something a person did, wrote or owns is not as it must be."""

    def __init__(self, what: Text, remedy: Text | None = None) -> None:
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy

    def in_full(self) -> Text:
        """What is wrong and the remedy, in one `Text`."""
        if self.remedy is None:
            return self.what
        return Text("{what} {remedy}", {"what": self.what, "remedy": self.remedy})

    def __str__(self) -> str:
        return str(self.in_full())


class FormulaError(GradusError):
    """A typed formula cannot be understood. `source[start:stop]` is the place of the mistake."""

    def __init__(self, what: Text, source: str, span: tuple[int, int], remedy: Text | None = None) -> None:
        super().__init__(what, remedy)
        self.source = source
        self.span = span


class ParameterError(GradusError):
    """A scene's parameter is unknown, or its value is not one the scene can take.

    `cause` is the FormulaError within, when the value was a formula or a typed number.
    """

    def __init__(
        self,
        what: Text,
        parameter: str,
        remedy: Text | None = None,
        cause: FormulaError | None = None,
    ) -> None:
        super().__init__(what, remedy)
        self.parameter = parameter
        self.cause = cause


class LimitError(GradusError):
    """A stated limit was passed: too many steps, too long a text, too large a file."""


class StorageError(GradusError):
    """A file of the profile, or one the learner chose, cannot be read or written."""

    def __init__(self, what: Text, path: Path, remedy: Text | None = None) -> None:
        super().__init__(what, remedy)
        self.path = path


class Problem(msgspec.Struct, frozen=True):
    """One mistake in a lesson file: where it is and what it is. Advice is no mistake, and fails nothing."""

    path: str
    line: int
    what: Text
    advice: bool = False

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


class LessonError(GradusError):
    """A lesson or pack cannot be used. `problems` holds every mistake found, in the order of the file."""

    def __init__(self, what: Text, problems: tuple[Problem, ...] = (), remedy: Text | None = None) -> None:
        super().__init__(what, remedy)
        self.problems = problems
