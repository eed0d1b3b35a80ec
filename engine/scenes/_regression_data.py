"""The points that a regression shows, what they become when edited, and where a run over them stands."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from engine.csv_points import MAXIMUM_POINTS
from engine.data_points import chosen_columns, made_data, parse_points, points_text
from engine.figure import Floats
from engine.mini_batches import Descent, Places, batch_of_step
from engine.regression import Best, Data, Kind, best

MOST_HANDLES = 60
"""Points that can each be dragged: more would hide the picture, and take Tab through all of them."""

MOST_MISSES = 300
"""Points whose misses are drawn: more would cover the points."""

REACH = 2.0
"""How far outside the others a point can be dragged, as a multiple of their extent."""


class Source(NamedTuple):
    """What the points come from: text, or a truth with noise about it."""

    points: str
    columns: str
    slope: float
    intercept: float
    spread: float
    size: int
    seed: int


class Scale(NamedTuple):
    """Means and standard deviations that were taken out of x and y."""

    x_mean: float
    x_spread: float
    y_mean: float
    y_spread: float


@dataclass(frozen=True, eq=False)
class Seen:
    """The points on show. raw: as they came, (n, k); names: of x and y. scale: None where it is as it came.

    rows: how many points there were, of which n are taken.
    """

    data: Data
    raw: Floats
    all_names: tuple[str, ...]
    places: tuple[int, int]
    names: tuple[str, str]
    scale: Scale | None
    rows: int


@lru_cache(maxsize=32)
def seen_data(source: Source, kind: Kind, scaled: bool) -> Seen:
    """The points of a source; ParameterError where its columns do not exist."""
    points = parse_points(source.points)
    if len(points.values):
        chosen = chosen_columns(points, source.columns)
        raw, names, places = points.values, points.names, (chosen.x, chosen.y)
        rows, titles = points.rows, (chosen.x_name, chosen.y_name)
    else:
        made = made_data(*source[2:], kind)
        raw, names, places = np.column_stack((made.x, made.y)), (), (0, 1)
        rows, titles = len(made), ("", "")
    x, y = np.ascontiguousarray(raw[:, places[0]]), np.ascontiguousarray(raw[:, places[1]])
    scale = None
    if scaled:
        scale = Scale(*_mean_spread(x), *(_mean_spread(y) if kind == "linear" else (0.0, 1.0)))
        x, y = (x - scale.x_mean) / scale.x_spread, (y - scale.y_mean) / scale.y_spread
    return Seen(Data(x, y), raw, names, places, titles, scale, rows)


def _mean_spread(values: Floats) -> tuple[float, float]:
    spread = float(values.std()) if values.min() < values.max() else 0.0
    return float(values.mean()), spread or 1.0


def with_moved(seen: Seen, number: int, x: float, y: float, kind: Kind) -> str:
    """The text of the points with one of them elsewhere; "" if that is where it is."""
    x, y = _within_reach(seen, number, x, y)
    if kind == "logistic":
        y = float(y > 0.5)
    here = float(seen.data.x[number]), float(seen.data.y[number])
    if (x, y) == here:
        return ""
    x, y = (_tidy(value, values) for value, values in ((x, seen.data.x), (y, seen.data.y)))
    raw = seen.raw.copy()
    raw[number, list(seen.places)] = x, y
    return points_text(seen.all_names, raw)


def with_added(seen: Seen, x: float, y: float, kind: Kind) -> str:
    """The text with one point more; "" if there is no room. What other columns it has nobody knows."""
    if len(seen.data) >= MAXIMUM_POINTS:
        return ""
    if kind == "logistic":
        y = float(y > 0.5)
    x, y = (_tidy(value, values) for value, values in ((x, seen.data.x), (y, seen.data.y)))
    pairs = np.vstack((seen.raw[:, list(seen.places)], (x, y)))
    return points_text(tuple(name for name in seen.names if name), pairs)


def without(seen: Seen, number: int) -> str:
    """The text with one point less; "" if it is the last."""
    if len(seen.data) < 2:
        return ""
    return points_text(seen.all_names, np.delete(seen.raw, number, axis=0))


def _tidy(value: float, values: Floats) -> float:
    """No more digits than a hand can mean: a thousandth of the points' extent."""
    extent = float(values.max() - values.min()) or max(1.0, abs(value))
    return round(value, 3 - math.floor(math.log10(extent)))


def _within_reach(seen: Seen, number: int, x: float, y: float) -> tuple[float, float]:
    """The place, or the nearest one not too far from the other points.

    The panel grows with the points, so one held at its edge would otherwise leave for ever.
    """
    if len(seen.data) < 2:
        return x, y
    held = []
    for value, values in ((x, seen.data.x), (y, seen.data.y)):
        others = np.delete(values, number)
        low, high, here = float(others.min()), float(others.max()), float(values[number])
        room = REACH * (high - low) or max(1.0, abs(high))
        held.append(min(max(value, min(low - room, here)), max(high + room, here)))
    return held[0], held[1]


@dataclass(frozen=True, eq=False)
class Now:
    """Where a run stands: after `here` of its `steps`; `asked` is the step that was asked for.

    batch: B, at most N. shuffle: the seed of the order in which the points are met.
    """

    seen: Seen
    kind: Kind
    run: Descent
    asked: int
    steps: int
    epochs: int
    lr: float
    batch: int
    shuffle: int

    @property
    def here(self) -> int:
        """The row of the run that is on show."""
        return min(self.asked, self.run.steps)

    @property
    def data(self) -> Data:
        """The points."""
        return self.seen.data

    @property
    def count(self) -> int:
        """N."""
        return len(self.seen.data)

    @property
    def place(self) -> tuple[float, float]:
        """(w, b) on show."""
        w, b = self.run.trajectory.positions[self.here].tolist()
        return w, b

    @property
    def loss(self) -> float:
        """The loss over all points there."""
        return float(self.run.trajectory.losses[self.here])

    @property
    def gradient(self) -> tuple[float, float]:
        """The gradient over all points there."""
        slope_w, slope_b = self.run.trajectory.gradients[self.here].tolist()
        return slope_w, slope_b

    @property
    def finite(self) -> bool:
        """Whether the run reached the step asked for, and all is a number there."""
        numbers = (*self.place, *self.gradient, self.loss)
        return self.here == self.asked and all(map(math.isfinite, numbers))

    @property
    def best(self) -> Best:
        """The lowest place, if there is one."""
        return best(self.data, self.kind)

    @property
    def batch_here(self) -> Places:
        """The places of the points that the next step looks at; of the last step, at the end."""
        step = min(self.here, self.steps - 1)
        return batch_of_step(self.count, self.batch, self.epochs, self.shuffle, step)
