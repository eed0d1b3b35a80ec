"""The maps that stand beside a race: rates as a dial, rate and memory, basins; and their handles.

Each is a generator of panels, coarse at once and better and better, whose stages are kept: moving the step on
show computes nothing anew.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.optimizer_kinds import MEANINGS
from engine.racer import Racer
from engine.rate_maps import memory_of, rounded, setting_value
from engine.scenes._descent_2d_basins import BASINS, basin_map
from engine.scenes._descent_2d_focus import focused_racer, with_racer
from engine.scenes._descent_2d_rate_memory import RATE_MEMORY, plane
from engine.scenes._descent_2d_rates import RATE, RATES, rates

if TYPE_CHECKING:
    from engine.scenes.descent_2d import Descent2D

__all__ = ["BASINS", "HANDLES", "RATES", "RATE_MEMORY", "basin_map", "moved", "nudged", "plane", "rates"]

HANDLES = (RATE, RATE_MEMORY)
"""The handles of the maps that set a racer rather than the start."""


def moved(scene: Descent2D, handle: str, x: float, y: float) -> Mapping[str, Any]:
    """The parameters when one of `HANDLES` is dragged to (x, y): another rate, and another memory."""
    racer = focused_racer(scene)
    if racer is None or not math.isfinite(x) or (handle == RATE_MEMORY and not math.isfinite(y)):
        return {}
    memory = y if handle == RATE_MEMORY else None
    return with_racer(scene, _set(racer, max(x, 0.0), memory))


def nudged(scene: Descent2D, handle: str, horizontal: float, vertical: float) -> Mapping[str, Any]:
    """The parameters after so many presses of the arrow keys, along the sliders of rate and memory."""
    racer = focused_racer(scene)
    if racer is None:
        return {}
    slider, rate = MEANINGS["lr"].sliders[0], racer.last.rate
    if horizontal:
        wanted = rounded(slider.nudged(rate, horizontal))
        if wanted == rate and rate > 0:  # a small press of a key still moves the last digit
            wanted = rounded(rate + math.copysign(10.0 ** (math.floor(math.log10(rate)) - 2), horizontal))
        rate = max(wanted, 0.0)
    kept = memory_of(racer.last)
    if handle != RATE_MEMORY or kept is None or not vertical:
        return with_racer(scene, _set(racer, rate, None)) if horizontal else {}
    return with_racer(scene, _set(racer, rate, kept.slider.nudged(kept.value(racer.last), vertical)))


def _set(racer: Racer, rate: float, memory: float | None) -> Racer:
    """The racer with this rate in three digits, and this memory where it has one."""
    settings: dict[str, Any] = {"lr": rounded(rate)}
    kept = memory_of(racer.last)
    if memory is not None and kept is not None:
        settings[kept.setting] = setting_value(kept, racer.last, memory)
    return racer.changed(**settings)
