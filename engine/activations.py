"""The functions that models are made of, how steep each can be, and what becomes of slopes through layers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np

from engine.differences import difference
from engine.figure import Column, Floats, Table
from engine.function import Function, function
from engine.text import Text

Activation = Literal[
    "sigmoid",
    "tanh",
    "relu",
    "leaky-relu",
    "gelu",
    "silu",
    "softplus",
    "step",
    "power",
    "exp",
    "ln",
    "sin",
    "cos",
]

NAMES: Mapping[Activation, Text] = {
    "sigmoid": Text("sigmoid"),
    "tanh": Text("tanh"),
    "relu": Text("ReLU"),
    "leaky-relu": Text("leaky ReLU"),
    "gelu": Text("GELU"),
    "silu": Text("SiLU"),
    "softplus": Text("softplus"),
    "step": Text("step"),
    "power": Text("power xⁿ"),
    "exp": Text("exponential eˣ"),
    "ln": Text("logarithm ln x"),
    "sin": Text("sine"),
    "cos": Text("cosine"),
}

_FORMULAS: Mapping[Activation, str] = {
    "sigmoid": "sigmoid(x)",
    "tanh": "tanh(x)",
    "relu": "relu(x)",
    "leaky-relu": "max(0.01x, x)",
    "gelu": "gelu(x)",
    "silu": "x sigmoid(x)",
    "softplus": "softplus(x)",
    "step": "step(x)",
    "exp": "e^x",
    "ln": "ln(x)",
    "sin": "sin(x)",
    "cos": "cos(x)",
}

CHECK_STEP = float(np.cbrt(np.finfo(float).eps))
"""The step of the numerical check: about the best that a central difference can have."""

BESIDE = 1e-9
"""How far from x the slopes on both sides are read."""

_NEAR = np.linspace(-12.0, 12.0, 2401)
_FAR_AWAY = np.concatenate([sign * 10.0 ** np.arange(2.0, 7.0) for sign in (-1.0, 1.0)])
_CLOSE_TO_ZERO = np.concatenate([sign * 10.0 ** np.arange(-12.0, -3.0) for sign in (-1.0, 1.0)])
_ZOOMS = 6
_GROWTH = 2.0


def activation_function(name: Activation, n: float) -> Function:
    """The function of that name; `n` is the exponent of a power."""
    if name == "power":
        exponent = repr(int(n)) if n.is_integer() else repr(n)
        return function(f"x^({exponent})")
    return function(_FORMULAS[name])


class Steepness(NamedTuple):
    """The largest |f′|, infinite where it has no largest; and where it is, NaN where that is no one place."""

    size: float
    place: float


@lru_cache(maxsize=128)
def steepest(f: Function) -> Steepness:
    """How steep f can be, over all numbers.

    Looked for at points near 0, far out and close to 0, then closer about the largest: the functions here
    have one steep place or level out, so this finds it to about 1e-12. It is no one place where f is as
    steep over a stretch (ReLU), and where the largest slope is only come near to, far out (softplus).
    """
    with np.errstate(all="ignore"):
        near, apart = (
            np.abs(f.derivative(at)) for at in (_NEAR, np.concatenate([_FAR_AWAY, _CLOSE_TO_ZERO]))
        )
    largest, elsewhere = _maximum(near), _maximum(apart)
    if math.isinf(max(largest, elsewhere)) or elsewhere > _GROWTH * largest:
        return Steepness(math.inf, math.nan)
    top = np.flatnonzero(near >= largest * (1 - 1e-12))
    if top.size > _NEAR.size // 10 or elsewhere > largest:
        return Steepness(max(largest, elsewhere), math.nan)
    at = float(_NEAR[top[np.abs(_NEAR[top]).argmin()]])
    return _zoomed(f, at, float(_NEAR[1] - _NEAR[0]))


def _maximum(sizes: Floats) -> float:
    known = sizes[~np.isnan(sizes)]
    return float(known.max()) if known.size else math.nan


def _zoomed(f: Function, place: float, step: float) -> Steepness:
    size = abs(f.derivative_at(place))
    for _ in range(_ZOOMS):
        x = np.linspace(place - step, place + step, 41)
        sizes = np.nan_to_num(np.abs(f.derivative(x)), nan=-1.0)
        if float(sizes.max()) > size:
            size, place = float(sizes.max()), float(x[sizes.argmax()])
        step /= 10
    return Steepness(size, place)


class Local(NamedTuple):
    """f at one x: its value, its slope by the rules and by a central difference, the slopes just beside."""

    value: float
    slope: float
    numeric_slope: float
    left: float
    right: float

    @property
    def dead(self) -> bool:
        """Whether a nudge changes nothing, here and just beside."""
        return self.left == self.slope == self.right == 0.0


def local(f: Function, x: float) -> Local:
    """f at x. NaN where there is no number: outside the domain, or the slope at a corner or a jump."""
    scale = max(1.0, abs(x))
    value = f.value_at(x)
    if not math.isfinite(value):
        return Local(value, math.nan, math.nan, math.nan, math.nan)
    return Local(
        value=value,
        slope=f.derivative_at(x),
        numeric_slope=difference("central", f.value_at, x, CHECK_STEP * scale),
        left=f.derivative_at(x - BESIDE * scale),
        right=f.derivative_at(x + BESIDE * scale),
    )


class Layers(NamedTuple):
    """A number sent through layers: what enters each, the slope there, and the product of slopes so far."""

    entering: Floats
    slopes: Floats
    products: Floats


@lru_cache(maxsize=64)
def through_layers(f: Function, x: float, weight: float, depth: int) -> Layers:
    """x through `depth` layers a → f(weight · a), each with the slope weight · f′(weight · a).

    At a corner the slope is the one that frameworks take (0 for ReLU).
    """
    taught = Function(f.node, f.variables, subgradient=True)
    entering, slopes = np.empty(depth), np.empty(depth)
    a = x
    for layer in range(depth):
        entering[layer] = a
        slopes[layer] = weight * taught.derivative_at(weight * a)
        a = f.value_at(weight * a)
    with np.errstate(all="ignore"):
        products = np.multiply.accumulate(slopes)
    return Layers(entering, slopes, products)


def gallery(x: float, n: float) -> Mapping[str, Any]:
    """Column → values, a row for each function: its numbers at x."""
    functions = [activation_function(name, n) for name in NAMES]
    here = [local(f, x) for f in functions]
    return {
        "name": list(NAMES),
        "value": np.array([each.value for each in here]),
        "slope": np.array([each.slope for each in here]),
        "numeric_slope": np.array([each.numeric_slope for each in here]),
        "largest_slope": np.array([steepest(f).size for f in functions]),
    }


@lru_cache(maxsize=64)
def gallery_table(x: float, n: float, activation: Activation) -> Table:
    """All functions at this x, each checked by a central difference."""
    columns = gallery(x, n)
    words = {
        "name": ("", Text("function")),
        "value": ("f(x)", None),
        "slope": ("f'(x)", None),
        "numeric_slope": ("", Text("numerical slope")),
        "largest_slope": (r"\max\left|f'\right|", None),
    }
    return Table(
        "gallery",
        tuple(
            Column(name, columns[name], latex=latex, label=label) for name, (latex, label) in words.items()
        ),
        title=Text("All of them at this input"),
        highlighted=list(NAMES).index(activation),
    )


def layers_table(layers: Layers) -> Table:
    """Layer by layer: what enters, the slope, and the product so far."""
    number = np.arange(1.0, layers.slopes.size + 1)
    return Table(
        "layers",
        (
            Column("layer", number, label=Text("layer")),
            Column("input", layers.entering, label=Text("what enters")),
            Column("slope", layers.slopes, label=Text("slope there")),
            Column("product", layers.products, label=Text("product so far")),
        ),
        title=Text("Slopes through the layers"),
    )
