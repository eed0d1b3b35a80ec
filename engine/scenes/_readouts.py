"""A number on show, or why there is none."""

from __future__ import annotations

import math

from engine.figure import Readout, Role
from engine.text import Text


def number_readout(
    name: str,
    value: float,
    label: Text,
    why: Text,
    *,
    latex: str = "",
    role: Role | None = None,
    look: str = "",
    shown: bool = True,
) -> Readout:
    """A readout of `value`; where that is not finite, it has no value, and `why` says so."""
    known = math.isfinite(value)
    return Readout(
        name=name,
        value=value if known else None,
        latex=latex,
        label=label,
        reason=None if known else why,
        role=role,
        look=look,
        shown=shown,
    )
