"""A run that gets nowhere: to and fro, at a level place, on a plateau, or with steps too short to tell.

See the table of `engine.blow_up`, which asks here when a run is neither lost nor higher than it began.
"""

from __future__ import annotations

import math

import numpy as np

from engine import blow_up_words
from engine.descent import CONVERGED_SHARE
from engine.examined_run import BlowUp, ExaminedRun
from engine.lost_values import crossed_pole
from engine.stationary import level_place

REVERSED = -0.5
"""The cosine between a step and the one before, below which it turns back."""

ONE_WAY = 0.9
"""The cosine above which it goes on."""

TURNS = 0.25
"""The share of steps in the second half of a run that turn back, if it goes to and fro."""

TO_AND_FRO = 0.9
"""A swing that stays larger than this part of itself does not settle."""

NOTICED = 0.01
"""Of the height at the start, above the floor: what is less is as good as the floor itself."""

SHORT = 0.01
"""Of the longest gradient of the run: a shorter one is as good as none."""

NEAR = 0.1
"""Of |w|, or of 1: nearer than this to a level place, the run is at it."""

FLATTER = 0.2
"""Of the height above the lowest place: what a slope must promise, kept up all the way there."""

GENTLE = 0.1
"""Of the slope where the surface is steep: a longer gradient is not that of a plateau."""

MOSTLY = 0.8
"""The share of a run's rows, from the first on it, that lie on a plateau, if it stands there."""

FALLEN = 0.05
"""Of the height above the lowest place known: a run that has come down more is no longer on the plateau."""

SLOW = 0.02
"""Of that height, at the start: a whole run that has not come down as much has steps that are too short."""

ENOUGH = 6
"""Steps before anything is said of a run's way rather than of its end."""


def zig_zag(seen: ExaminedRun) -> BlowUp | None:
    """It goes to and fro, and its swings do not settle."""
    steps = seen.run.steps
    if steps < 2 * ENOUGH:
        return None
    turning = seen.cosines() < REVERSED
    half, quarter = steps // 2, steps // 4
    strides = seen.lengths[half:]
    if not strides.all() or np.mean(turning[half:]) < TURNS:
        return None
    factor = float((strides[-1] / strides[-ENOUGH]) ** (1.0 / (ENOUGH - 1)))
    middle = seen.run.positions[-quarter + quarter % 2 :].mean(axis=0)
    floor = seen.sign * float(seen.own.value_at(*middle.tolist()))
    swings = (
        seen.heights[-quarter:].mean() - floor,
        seen.heights[-2 * quarter : -quarter].mean() - floor,
    )
    persists = swings[0] >= TO_AND_FRO * swings[1] or (np.mean(turning[half:]) > 0.8 and factor > TO_AND_FRO)
    if not persists or not swings[0] > NOTICED * (seen.heights[0] - floor):
        return None
    straight = np.flatnonzero(~turning[:half])
    row = int(straight[-1]) + 2 if straight.size else 0
    taken = seen.taken(steps - 1)
    reason = blow_up_words.zig_zag_reason(seen.racer.part_at(steps - 1), row + 1, taken, factor)
    return BlowUp("zig-zag", row + 1, row, reason, taken)


def at_level_place(seen: ExaminedRun) -> BlowUp | None:
    """At a place with gradient 0 that is no minimum, and not on the way off it."""
    short = max(SHORT * float(seen.slopes.max()), CONVERGED_SHARE)
    end = float(seen.slopes[-1])
    if seen.beside or end > short or end > max(1.05 * float(seen.slopes.min()), CONVERGED_SHARE):
        return None
    place = seen.place(seen.run.steps)
    level = level_place(seen.down, place, seen.pull)
    if level is None or level.kind not in ("saddle", "maximum"):
        return None
    if level.distance(place) > NEAR * max(1.0, math.hypot(*place)):
        return None
    row = seen.since(seen.slopes <= short)
    return BlowUp(level.kind, row, row, blow_up_words.level_reason(row, float(seen.slopes[row]), level))


def on_plateau(seen: ExaminedRun) -> BlowUp | None:
    """Where the slope says next to nothing of how far down the surface goes."""
    lowest = seen.lowest()
    if lowest is None or seen.pull or seen.beside:
        return None
    away = np.hypot(*(seen.run.positions - np.array(lowest.place)).T)
    height = seen.heights - lowest.value
    with np.errstate(over="ignore"):  # so far away that it is no plateau
        flat = (seen.slopes * away < FLATTER * height) & (height > 1e-6 * max(1.0, abs(lowest.value)))
    flat &= seen.slopes <= GENTLE * lowest.steepness
    row = int(np.argmax(flat))
    if not np.mean(flat[row:]) > MOSTLY:
        return None
    if seen.heights[row] - seen.heights[-1] > FALLEN * height[row]:
        return None
    if row and seen.run.steps - row < ENOUGH:
        return None
    place = seen.place(seen.run.steps)
    level = level_place(seen.down, place)
    if level is not None and level.kind != "flat" and level.distance(place) < away[-1] / 4:
        return None
    if crossed_pole(seen.own, place, lowest.place) is not None:
        return None
    length = float(seen.lengths[min(row, seen.run.steps - 1)])
    reason = blow_up_words.plateau_reason(
        row, float(seen.slopes[row]), length, float(height[row]), float(away[row])
    )
    return BlowUp("plateau", row, row, reason)


def too_small(seen: ExaminedRun) -> BlowUp | None:
    """It goes one way, down, and its steps add up to next to nothing."""
    lowest = seen.lowest()
    if lowest is None or seen.run.steps < ENOUGH or seen.pull or seen.beside:
        return None
    height = float(seen.heights[0]) - lowest.value
    share = float(seen.heights[0] - seen.heights[-1]) / height if height > 0.0 else 1.0
    one_way = bool((seen.cosines() > ONE_WAY).all()) or not seen.lengths.any()
    if not 0.0 <= share < SLOW or not one_way or np.any(np.diff(seen.heights) > 0.0):
        return None
    taken = seen.taken(0)
    if taken.edge is not None and taken.edge.value > 0.1 * taken.edge.bound:
        return None
    reason = blow_up_words.too_small(taken.edge, taken.length, seen.run.steps, share)
    return BlowUp("step-too-small", 0, 0, reason, taken)
