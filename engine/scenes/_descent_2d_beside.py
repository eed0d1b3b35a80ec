"""The surface of a race, and what may stand beside it, as each of the modules that draw it hands it back."""

from __future__ import annotations

from typing import NamedTuple

from engine.figure import AnyMark, Offer, Panel, Readout, Table
from engine.text import Text

PLANE = "plane"
"""The panel of the surface."""

HALF_WIDTH = 4.0
"""Of what it shows at first, about the start."""


class Beside(NamedTuple):
    """The second panel, and what belongs to it.

    marks: drawn over the surface as well. said: sentences that follow the spoken one. done: the share of the
    work behind it that is finished; below 1 a better one follows.
    """

    panel: Panel
    readouts: tuple[Readout, ...] = ()
    tables: tuple[Table, ...] = ()
    worked: tuple[str, ...] = ()
    said: tuple[Text, ...] = ()
    marks: tuple[AnyMark, ...] = ()
    offers: tuple[Offer, ...] = ()
    done: float = 1.0
