"""What to say after a word that is not known: the known one that it resembles."""

from __future__ import annotations

from collections.abc import Sequence

from engine.text import Text, verbatim

MAX_COMPARED = 60
"""Letters of a mistyped word that are compared; a longer one resembles nothing."""


def closest(word: str, known: Sequence[str]) -> str | None:
    """The known word that a mistyped one resembles most, or None.

    >>> closest("momentun", ["gd", "momentum", "adam"]), closest("xyz", ["gd"])
    ('momentum', None)
    """
    from difflib import get_close_matches  # which only a mistake needs

    return next(iter(get_close_matches(word[:MAX_COMPARED], known, n=1)), None)


def did_you_mean(word: str, known: Sequence[str]) -> Text | None:
    """The question that names the closest known word; None if there is none.

    >>> str(did_you_mean("sceant", ["secant", "field"]))
    'Did you mean secant?'
    """
    near = closest(word, known)
    return Text("Did you mean {name}?", {"name": verbatim(near)}) if near else None
