"""Descent on mini-batches of a regression's points: the runs, the cloud of their gradients, the 1/√B law.

An epoch goes once through all N points, in an order drawn anew, cut into ⌈N/B⌉ batches (the last one may be
smaller). Each batch is one step of `engine.optimizers.gd` with the gradient over that batch alone. Whatever B
is, an epoch asks for the gradient of N single points: that is its work. What differs is how many steps the
work buys. B = N is the whole batch, B = 1 one example at a time.

The gradient over B points drawn without replacement has the mean of the whole gradient and the covariance

    C/B · (N − B)/(N − 1),      C the covariance of the single points' gradients (divided by N)

so that its standard deviation falls like 1/√B while B is far below N, and is 0 at B = N.

Source: W. G. Cochran, "Sampling techniques", 3rd ed. (1977), theorem 2.2; L. Bottou, F. Curtis and
J. Nocedal, "Optimization methods for large-scale machine learning" (2018), section 3.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.descent import MAXIMUM_STEPS, Trajectory, run
from engine.optimizers import gd
from engine.regression import Data, Floats, Kind, example_gradients, gradient, loss, moments

Places: TypeAlias = NDArray[np.intp]

DRAWS = 500
"""Mini-batches in a cloud: their standard deviation is then known to about 3 %, 1/√(2·500)."""

LAW_SHARE = 8
"""The law is fitted to batches of at most N over this: beyond, that the points run out bends the line."""

_ONE_STEP = tuple[float, tuple[float, float]]


def steps_per_epoch(count: int, batch: int) -> int:
    """⌈N/B⌉.

    >>> steps_per_epoch(200, 32), steps_per_epoch(200, 1), steps_per_epoch(200, 999)
    (7, 200, 1)
    """
    return -(-count // min(batch, count))


@lru_cache(maxsize=16)
def epoch_orders(count: int, epochs: int, seed: int) -> Places:
    """(epochs, N): the order in which each epoch goes through the points."""
    random = np.random.default_rng(seed)
    return np.array([random.permutation(count) for _ in range(epochs)])


def batches(count: int, batch: int, epochs: int, seed: int) -> Iterator[Places]:
    """The places of the points of each step's batch, step after step. The whole batch is never shuffled."""
    if batch >= count:
        return (np.arange(count) for _ in range(epochs))
    orders = epoch_orders(count, epochs, seed)
    return (order[begin : begin + batch] for order in orders for begin in range(0, count, batch))


def batch_of_step(count: int, batch: int, epochs: int, seed: int, step: int) -> Places:
    """The places of the points that step number `step`, from 0 on, looks at.

    >>> batch_of_step(3, 5, 1, 0, step=0).tolist()
    [0, 1, 2]
    """
    if batch >= count:
        return np.arange(count)
    epoch, within = divmod(step, steps_per_epoch(count, batch))
    return np.asarray(epoch_orders(count, epochs, seed)[epoch, within * batch : (within + 1) * batch])


@dataclass(frozen=True, eq=False)
class Descent:
    """A run over mini-batches.

    trajectory: its losses and gradients are those of all points; `noise` is what each batch added to them.
    """

    count: int
    batch: int
    trajectory: Trajectory

    @property
    def steps(self) -> int:
        """How many steps were taken."""
        return self.trajectory.steps

    @cached_property
    def evaluations(self) -> Floats:
        """(steps + 1,): gradients of single points that were worked out so far."""
        epoch, within = np.divmod(np.arange(self.steps + 1.0), steps_per_epoch(self.count, self.batch))
        return np.asarray(epoch * self.count + within * self.batch)

    @cached_property
    def epochs(self) -> Floats:
        """(steps + 1,): how often the run has gone through the points."""
        return self.evaluations / self.count

    def step_at(self, epoch: float) -> int:
        """The last step that is done after so many epochs, of those the run has."""
        return int(np.searchsorted(self.epochs, epoch + 1e-9, side="right")) - 1


@lru_cache(maxsize=12)
def descend(
    data: Data, kind: Kind, w: float, b: float, lr: float, batch: int, epochs: int, seed: int
) -> Descent:
    """The run from (w, b): `epochs` epochs with batches of `batch`, or until a value is not finite.

    LimitError beyond MAXIMUM_STEPS steps.

    >>> two = Data(np.array([0.0, 1.0]), np.array([1.0, 3.0]))
    >>> descend(two, "linear", 0.0, 0.0, 0.5, 2, 1, seed=0).trajectory.positions.tolist()
    [[0.0, 0.0], [1.5, 2.0]]
    """
    count = len(data)
    batch = min(batch, count)
    steps = epochs * steps_per_epoch(count, batch)
    objective = _objective(data, kind, batch, epochs, seed) if steps <= MAXIMUM_STEPS else _never
    seen = run(gd(lr=lr), objective, (w, b), steps)
    places = seen.positions.T
    slopes = gradient(data, kind, *places).T
    with np.errstate(all="ignore"):
        noise = seen.gradients - slopes
    whole = replace(seen, losses=loss(data, kind, *places), gradients=slopes, noise=noise)
    return Descent(count, batch, whole)


def _never(w: float, b: float) -> _ONE_STEP:
    """What a run that is refused for its length would ask."""
    raise AssertionError("a run of too many steps asks for nothing")


def _objective(
    data: Data, kind: Kind, batch: int, epochs: int, seed: int
) -> Callable[[float, float], _ONE_STEP]:
    """What a run asks at each step: loss and gradient over the next batch. Asked once more at its end."""
    count = len(data)
    places = [*batches(count, batch, epochs, seed), np.arange(count)]
    if kind == "linear":
        return _linear(data, places)
    return _single_logistic(data, places) if batch == 1 else _logistic(data, places)


def _linear(data: Data, places: list[Places]) -> Callable[[float, float], _ONE_STEP]:
    """In floats, from each batch's means, variance and covariance, as in `engine.regression`."""
    rows = _batch_moments(data, places)

    def objective(w: float, b: float) -> _ONE_STEP:
        x, y, xx, xy, yy = next(rows)
        miss = w * x + b - y
        return miss * miss + (w * xx - 2.0 * xy) * w + yy, (2.0 * (x * miss + (w * xx - xy)), 2.0 * miss)

    return objective


def _batch_moments(data: Data, places: list[Places]) -> Iterator[list[float]]:
    """The moments of each batch; all batches of one size together, which NumPy does at once."""
    rows = np.empty((len(places), 5))
    sizes = np.array([len(each) for each in places])
    for size in np.unique(sizes):
        (here,) = np.nonzero(sizes == size)
        chosen = np.array([places[number] for number in here])
        rows[here] = np.column_stack(moments(data.x[chosen], data.y[chosen]))
    return iter(rows.tolist())


def _logistic(data: Data, places: list[Places]) -> Callable[[float, float], _ONE_STEP]:
    following = iter(places)

    def objective(w: float, b: float) -> _ONE_STEP:
        chosen = next(following)
        part = Data(data.x[chosen], data.y[chosen])
        slope_w, slope_b = gradient(part, "logistic", w, b).tolist()
        return float(loss(part, "logistic", w, b)), (slope_w, slope_b)

    return objective


def _single_logistic(data: Data, places: list[Places]) -> Callable[[float, float], _ONE_STEP]:
    """One point a step, in floats: ten times faster than arrays of one number."""
    chosen = np.array([each[0] for each in places])
    rows = iter(np.column_stack((data.x[chosen], 1.0 - 2.0 * data.y[chosen])).tolist())

    def objective(w: float, b: float) -> _ONE_STEP:
        x, sign = next(rows)
        z = sign * (w * x + b)
        if not math.isfinite(z):
            return math.nan, (math.nan, math.nan)
        shrunk = math.exp(-abs(z))
        miss = sign * (1.0 if z >= 0 else shrunk) / (1.0 + shrunk)
        return max(z, 0.0) + math.log1p(shrunk), (miss * x, miss)

    return objective


class Cloud(NamedTuple):
    """Gradients of many mini-batches at one place.

    gradients: (DRAWS, 2). mean: (2,); covariance: (2, 2), of these. spread: their standard deviation, the
    root of the covariance's trace; expected: what sampling without replacement says it is.
    """

    gradients: Floats
    mean: Floats
    covariance: Floats
    spread: float
    expected: float

    def ellipse(self, deviations: float, count: int = 97) -> tuple[Floats, Floats]:
        """The points m + k C^½ u, |u| = 1: k = `deviations` standard deviations from the mean, each way."""
        lengths, axes = np.linalg.eigh(self.covariance)
        angle = np.linspace(0.0, 2.0 * math.pi, count)
        root = np.sqrt(np.maximum(lengths, 0.0))[:, None] * np.array([np.cos(angle), np.sin(angle)])
        x, y = self.mean[:, None] + deviations * axes @ root
        return x, y


class Law(NamedTuple):
    """The standard deviation of a mini-batch's gradient by the size of the batch, at one place.

    sizes: (k,). measured, expected: (k,). single: that of one point. slope: of the measured line, both axes
    logarithmic, over the sizes up to N/LAW_SHARE; NaN where they are fewer than three.
    """

    sizes: NDArray[np.int64]
    measured: Floats
    expected: Floats
    single: float
    slope: float


@lru_cache(maxsize=4)
def _draws(count: int, seed: int) -> Places:
    """(DRAWS, N): the first B of each row are a batch of B, drawn without replacement."""
    random = np.random.default_rng((seed, DRAWS))
    return random.permuted(np.tile(np.arange(count), (DRAWS, 1)), axis=1)


def expected_spread(single: float, count: int, batch: int | NDArray[np.int64]) -> Floats:
    """σ/√B · √((N − B)/(N − 1)), σ being that of one point; 0 where N is 1.

    >>> [round(float(expected_spread(4.0, 13, batch)), 6) for batch in (1, 4, 13)]
    [4.0, 1.732051, 0.0]
    """
    share = (count - np.asarray(batch)) / max(1, count - 1)
    return np.asarray(single / np.sqrt(batch) * np.sqrt(share))[()]


def single_spread(data: Data, kind: Kind, w: float, b: float) -> float:
    """The standard deviation of one point's gradient: root mean square of its distance from the whole one."""
    return _deviation(example_gradients(data, kind, w, b))


@lru_cache(maxsize=8)
def cloud(data: Data, kind: Kind, w: float, b: float, batch: int, seed: int) -> Cloud:
    """The gradients of DRAWS mini-batches of `batch` points at (w, b)."""
    count = len(data)
    batch = min(batch, count)
    each = example_gradients(data, kind, w, b)
    gradients = each[_draws(count, seed)[:, :batch]].mean(axis=1)
    mean = gradients.mean(axis=0)
    away = gradients - mean
    covariance = away.T @ away / len(gradients)
    expected = float(expected_spread(_deviation(each), count, batch))
    spread = 0.0 if batch == count else _deviation(gradients)
    return Cloud(gradients, mean, covariance, spread, expected)


@lru_cache(maxsize=8)
def law(data: Data, kind: Kind, w: float, b: float, seed: int) -> Law:
    """The standard deviation over DRAWS mini-batches of 1, 2, 4, … points, below N, at (w, b)."""
    count = len(data)
    each = example_gradients(data, kind, w, b)
    single = _deviation(each)
    sizes = 2 ** np.arange(max(1, math.ceil(math.log2(count)))) if count > 1 else np.array([1])
    sizes = np.asarray(sizes[sizes < max(count, 2)], dtype=np.int64)
    sums = np.cumsum(each[_draws(count, seed)[:, : sizes[-1]]], axis=1)[:, sizes - 1]
    measured = np.array([_deviation(row) for row in np.moveaxis(sums / sizes[:, None], 1, 0)])
    fitted = (sizes * LAW_SHARE <= count) & (measured > 0)
    slope = math.nan
    if np.count_nonzero(fitted) >= 3:
        slope = float(np.polyfit(np.log(sizes[fitted]), np.log(measured[fitted]), 1)[0])
    return Law(sizes, measured, expected_spread(single, count, sizes), single, slope)


def _deviation(vectors: Floats) -> float:
    """The root of the mean squared distance of the rows from their mean."""
    with np.errstate(all="ignore"):
        away = vectors - vectors.mean(axis=0)
        return float(np.sqrt((away * away).sum(axis=1).mean()))
