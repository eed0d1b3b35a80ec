"""A racer's run as it is drawn over a surface, over steps, over anything: and where it was forked.

From its last turn on a run has its own look. What it ran before is a ghost, and is not drawn at all where
another racer's run is the same and drawn already.
"""

from __future__ import annotations

from engine.figure import AnyMark, Curve, Floats, Points, Role
from engine.race import Runner
from engine.text import Text


def run_marks(
    name: str, runner: Runner, step: int, x: Floats, y: Floats, label: Text | None = None
) -> list[AnyMark]:
    """The run as far as `step`, with a ring at each of its turns; x and y have a row for each of its steps.

    name: what the marks are called, before the racer's number.
    """
    key, own = f"{name} {runner.key}", runner.own(step)
    curve = Curve(id=key, role=Role.PATH, look=runner.look, x=x[own], y=y[own], label=label)
    if not runner.racer.turns:
        return [curve]
    before, turns = runner.before(step), runner.turns(step)
    rings = Points(id=f"{key} turns", role=Role.PATH, look=runner.look, x=x[turns], y=y[turns], open=True)
    return [Curve(id=f"{key} before", role=Role.GHOST, x=x[before], y=y[before]), curve, rings]
