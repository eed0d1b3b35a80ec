"""A number on show, or why there is none."""

from __future__ import annotations

import math

from engine.figure import Readout, Role
from engine.text import Text


def number_readout(
    name: str,
    value: float | None,
    label: Text | None,
    why: Text | None,
    *,
    latex: str = "",
    role: Role | None = None,
    look: str = "",
    digits: int = 6,
    shown: bool = True,
) -> Readout:
    """A readout of `value`; where there is none, or it is not finite, it has no value, and `why` says so."""
    known = value is not None and math.isfinite(value)
    return Readout(
        name=name,
        value=value if known else None,
        latex=latex,
        label=label,
        reason=None if known else why,
        role=role,
        look=look,
        digits=digits,
        shown=shown,
    )
