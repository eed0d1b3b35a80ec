"""Regression with one input: a line or a logistic curve, its loss over the (w, b) plane, the best there.

    linear     ŷ = w x + b          L(w, b) = 1/N Σ (w xᵢ + b − yᵢ)²                   mean squared error
    logistic   p = σ(w x + b)       L(w, b) = 1/N Σ −yᵢ ln pᵢ − (1 − yᵢ) ln(1 − pᵢ)    log loss, yᵢ in {0, 1}

`w` and `b` may be arrays of any shapes that broadcast: a grid over the plane is one call, and so is a run.
Whoever asks for many places of a straight line pays for none of the points: its loss depends on their means,
variances and covariance alone, and is written as a sum of squares of these, so that nothing cancels.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.cancellation import stop_if_cancelled
from engine.text import Text

Floats: TypeAlias = NDArray[np.float64]
Kind = Literal["linear", "logistic"]

AT_ONCE = 50_000
"""Numbers held at a time where every place of a grid meets every point: more would leave the cache."""

_NEWTON_STEPS = 100
_ROUNDING = 1e-14

SAME_X = Text("All points have one x: for every slope there is a line that is as good as the best.")
ONE_CLASS = Text("All labels are the same: the loss falls for ever as b leaves for infinity.")
SEPARATED = Text("A threshold parts the labels: the loss falls for ever as the curve gets steeper.")


class Moments(NamedTuple):
    """Means of x and y; variances and covariance, divided by N. Arrays where many samples are described."""

    x: Any
    y: Any
    xx: Any
    xy: Any
    yy: Any


@dataclass(frozen=True, eq=False)
class Data:
    """N points: x and y, each (N,), finite, N ≥ 1. Two Data are one only if they are the same object."""

    x: Floats
    y: Floats

    def __len__(self) -> int:
        return len(self.x)

    @cached_property
    def moments(self) -> Moments:
        """Those of all points."""
        return Moments(*map(float, moments(self.x, self.y)))

    @cached_property
    def one_x(self) -> bool:
        """Whether all points have the same x, or x so near each other that their variance is 0 in floats."""
        return bool(self.moments.xx == 0.0)


class Best(NamedTuple):
    """The lowest place of the loss. why: there is none, or not only one; then w and b are NaN.

    loss is then the lowest value, if some place has it, else NaN.
    """

    w: float
    b: float
    loss: float
    why: Text | None = None


def moments(x: Floats, y: Floats) -> Moments:
    """Means, variances and covariance along the last axis: those of many samples at once.

    >>> print(*moments(np.array([0.0, 2.0]), np.array([1.0, 5.0])))
    1.0 3.0 1.0 2.0 4.0
    """
    mean_x, mean_y = x.mean(axis=-1), y.mean(axis=-1)
    # the mean of equal numbers may differ from them in its last digit, and would give them a variance
    mean_x = np.where(x.min(axis=-1) == x.max(axis=-1), x[..., 0], mean_x)
    away_x, away_y = x - mean_x[..., None], y - mean_y[..., None]
    return Moments(
        mean_x,
        mean_y,
        (away_x * away_x).mean(axis=-1),
        (away_x * away_y).mean(axis=-1),
        (away_y * away_y).mean(axis=-1),
    )


def predicted(kind: Kind, x: ArrayLike, w: ArrayLike, b: ArrayLike) -> Floats:
    """What the model says: w x + b, or σ of it.

    >>> float(predicted("linear", 2.0, 3.0, 1.0)), float(predicted("logistic", 2.0, 3.0, -6.0))
    (7.0, 0.5)
    """
    z: Floats = np.asarray(np.multiply(w, x) + b, dtype=float)[()]
    return z if kind == "linear" else sigmoid(z)


def sigmoid(z: ArrayLike) -> Floats:
    """σ(z) = 1/(1 + e⁻ᶻ), to full precision in its left tail too."""
    with np.errstate(over="ignore"):
        return np.asarray(1.0 / (1.0 + np.exp(-_array(z))))[()]


def softplus(z: ArrayLike) -> Floats:
    """ln(1 + eᶻ), without overflow."""
    z = _array(z)
    return np.asarray(np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z))))[()]


def loss(data: Data, kind: Kind, w: ArrayLike, b: ArrayLike) -> Floats:
    """L(w, b), of the shape that w and b have together. Overflow gives ∞ or NaN, never a warning.

    >>> three = Data(np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 8.0]))
    >>> loss(three, "linear", np.array([2.0, 0.0]), 1.0).round(12).tolist()
    [3.0, 17.666666666667]
    """
    w, b = _array(w), _array(b)
    with np.errstate(all="ignore"):
        if kind == "linear":
            slope, rest = _line(data)
            mean = data.moments
            miss = w * mean.x + b - mean.y
            return np.asarray(miss * miss + mean.xx * (w - slope) ** 2 + rest)[()]
        sign = 1.0 - 2.0 * data.y
        return _over_points(data, w, b, lambda x, z: softplus(sign * z).mean(axis=-1), ())


def gradient(data: Data, kind: Kind, w: ArrayLike, b: ArrayLike) -> Floats:
    """(∂L/∂w, ∂L/∂b), shape (2, …): 2/N Σ rᵢ (xᵢ, 1) with rᵢ = w xᵢ + b − yᵢ, or 1/N Σ (pᵢ − yᵢ) (xᵢ, 1).

    >>> gradient(Data(np.array([1.0, 3.0]), np.array([2.0, 2.0])), "linear", 1.0, 0.0).tolist()
    [2.0, 0.0]
    """
    w, b = _array(w), _array(b)
    with np.errstate(all="ignore"):
        if kind == "linear":
            mean = data.moments
            miss = w * mean.x + b - mean.y
            across = mean.x * miss + (w * mean.xx - mean.xy)
            return np.array(np.broadcast_arrays(2.0 * across, 2.0 * miss))
        sign = 1.0 - 2.0 * data.y

        def slopes(x: Floats, z: Floats) -> Floats:
            miss = sign * sigmoid(sign * z)
            return np.stack([(miss * x).mean(axis=-1), miss.mean(axis=-1)])

        return _over_points(data, w, b, slopes, (2,))


def hessian(data: Data, kind: Kind, w: ArrayLike, b: ArrayLike) -> Floats:
    """The second derivatives, shape (2, 2, …): 2/N Σ [x² x; x 1], or 1/N Σ p(1 − p)[x² x; x 1].

    >>> hessian(Data(np.array([1.0, 3.0]), np.array([0.0, 0.0])), "linear", 0.0, 0.0).tolist()
    [[10.0, 4.0], [4.0, 2.0]]
    """
    w, b = _array(w), _array(b)
    if kind == "linear":
        mean = data.moments
        entries = (mean.xx + mean.x * mean.x, mean.x, mean.x, 1.0)
        shape = np.broadcast(w, b).shape
        return np.array([np.broadcast_to(2.0 * entry, shape) for entry in entries]).reshape(2, 2, *shape)

    def bends(x: Floats, z: Floats) -> Floats:
        weight = sigmoid(z) * sigmoid(-z)
        both = (weight * x).mean(axis=-1)
        return np.stack([(weight * x * x).mean(axis=-1), both, both, weight.mean(axis=-1)])

    with np.errstate(all="ignore"):
        flat = _over_points(data, w, b, bends, (4,))
    return flat.reshape(2, 2, *flat.shape[1:])


def example_gradients(data: Data, kind: Kind, w: float, b: float) -> Floats:
    """The gradient of each point's own loss, (N, 2): their mean is `gradient`.

    >>> example_gradients(Data(np.array([1.0, 3.0]), np.array([2.0, 2.0])), "linear", 1.0, 0.0).tolist()
    [[-2.0, -2.0], [6.0, 2.0]]
    """
    with np.errstate(all="ignore"):
        if kind == "linear":
            miss = 2.0 * (w * data.x + b - data.y)
        else:
            sign = 1.0 - 2.0 * data.y
            miss = sign * sigmoid(sign * (w * data.x + b))
        return np.column_stack((miss * data.x, miss))


def batch_gradients(data: Data, kind: Kind, w: float, b: float, batches: NDArray[np.intp]) -> Floats:
    """The gradient over each mini-batch: `batches` (…, B) are places of points, the result is (…, 2)."""
    return np.asarray(example_gradients(data, kind, w, b)[batches].mean(axis=-2))


def largest_curvature(data: Data, kind: Kind, w: float, b: float) -> float:
    """The larger eigenvalue of the Hessian: plain descent is stable there for a rate below 2 over it.

    >>> largest_curvature(Data(np.array([-1.0, 1.0]), np.array([0.0, 0.0])), "linear", 0.0, 0.0)
    2.0
    """
    (ww, wb), (_, bb) = hessian(data, kind, w, b).tolist()
    return float(ww + bb) / 2 + math.hypot((ww - bb) / 2, wb)


def sharpest_example(data: Data, kind: Kind) -> float:
    """The largest curvature that one point's own loss has anywhere: c (x² + 1), with c = 2, or ¼ at p = ½."""
    return (2.0 if kind == "linear" else 0.25) * float(np.max(data.x * data.x + 1.0))


@lru_cache(maxsize=32)
def best(data: Data, kind: Kind) -> Best:
    """The lowest place of the loss, or why there is no single one.

    linear: w = cov(x, y)/var(x), b = ȳ − w x̄ (least squares), unless all x are equal.
    logistic: by Newton's method, to rounding, unless a threshold parts the labels.

    >>> best(Data(np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 5.0])), "linear")[:3]
    (2.0, 1.0, 0.0)
    >>> print(best(Data(np.array([1.0]), np.array([2.0])), "linear").why)
    All points have one x: for every slope there is a line that is as good as the best.
    """
    mean = data.moments
    if kind == "linear":
        slope, rest = _line(data)
        if data.one_x:
            return Best(math.nan, math.nan, rest, SAME_X)
        return Best(slope, mean.y - slope * mean.x, rest)
    ones, zeros = data.x[data.y == 1], data.x[data.y == 0]
    if not ones.size or not zeros.size:
        return Best(math.nan, math.nan, math.nan, ONE_CLASS)
    if data.one_x:
        share = ones.size / len(data)
        return Best(math.nan, math.nan, -share * math.log(share) - (1 - share) * math.log(1 - share), SAME_X)
    if zeros.max() <= ones.min() or ones.max() <= zeros.min():
        return Best(math.nan, math.nan, math.nan, SEPARATED)
    return _newton(data)


def _line(data: Data) -> tuple[float, float]:
    """The slope of the least-squares line, 0 where any is as good, and the loss there."""
    mean = data.moments
    slope = 0.0 if data.one_x else mean.xy / mean.xx
    miss = (data.y - mean.y) - slope * (data.x - mean.x)
    return float(slope), float((miss * miss).mean())


def _newton(data: Data) -> Best:
    """The lowest place of a logistic loss that has one, in x of mean 0 and deviation 1, where it is round."""
    middle, scale = float(data.moments.x), math.sqrt(data.moments.xx)
    scaled = Data((data.x - middle) / scale, data.y)
    place = np.zeros(2)
    height = float(loss(scaled, "logistic", *place))
    for _ in range(_NEWTON_STEPS):
        slope = gradient(scaled, "logistic", *place)
        step = -np.linalg.solve(hessian(scaled, "logistic", *place), slope)
        share = 1.0
        while (there := float(loss(scaled, "logistic", *(place + share * step)))) > height and share > 1e-9:
            share /= 2
        if there > height:
            break
        place, height = place + share * step, there
        if np.abs(share * step).max() <= _ROUNDING * max(1.0, float(np.abs(place).max())):
            break
    w = float(place[0]) / scale
    return Best(w, float(place[1]) - w * middle, height)


def _array(numbers: ArrayLike) -> Floats:
    return np.asarray(numbers, dtype=float)


def _over_points(
    data: Data, w: Floats, b: Floats, measure: Callable[[Floats, Floats], Floats], shape: tuple[int, ...]
) -> Floats:
    """`measure(x, z)` over the last axis for each of the places (w, b), so many of them at a time."""
    w, b = np.broadcast_arrays(w, b)
    places, flat_w, flat_b = w.shape, w.reshape(-1, 1), b.reshape(-1, 1)
    result = np.empty((*shape, flat_w.size))
    share = max(1, AT_ONCE // len(data))
    for begin in range(0, flat_w.size, share):
        stop_if_cancelled()
        part = slice(begin, begin + share)
        result[..., part] = measure(data.x, flat_w[part] * data.x + flat_b[part])
    return np.asarray(result.reshape((*shape, *places)))[()]
