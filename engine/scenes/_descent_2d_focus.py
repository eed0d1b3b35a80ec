"""The racer that what stands beside a race speaks of: the one in focus, or the nearest to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.race import Race, Runner
from engine.racers import Racer, parse_racers, racers_text

if TYPE_CHECKING:
    from engine.scenes.descent_2d import Descent2D


def focused_number(scene: Descent2D, count: int) -> int:
    """The place of the racer in focus among so many: the first where none is, the last where it is gone."""
    return max(0, min(scene.focus, count) - 1)


def with_racer(scene: Descent2D, racer: Racer) -> dict[str, Any]:
    """The parameters with this racer in place of the one in focus."""
    racers = list(parse_racers(scene.racers))
    racers[focused_number(scene, len(racers))] = racer
    return {"racers": racers_text(tuple(racers))}


def focused_racer(scene: Descent2D) -> Racer | None:
    """The racer in focus; None if nobody runs."""
    racers = parse_racers(scene.racers)
    return racers[focused_number(scene, len(racers))] if racers else None


def focused_runner(scene: Descent2D, runners: Race) -> Runner | None:
    """The racer in focus with its run; None if nobody runs."""
    return runners[focused_number(scene, len(runners))] if runners else None
