"""How wrong a slope is that a computer takes: by differences, by a complex step, in reverse mode.

Every operation is done in float64 or in float32, as asked, and the result is compared with the slope that
`engine.precise` works out with more digits than either has. Two errors make up that of a difference:

    truncation   what the quotient misses though no digit is lost: f″(x) h/2 forward, f‴(x) h²/6 central
    round-off    what the subtraction loses: about 2ε|f(x)|/h forward, ε|f(x)|/h central

so that the best h is 2√(ε|f|/|f″|) forward and ∛(3ε|f|/|f‴|) central, ε being the machine epsilon.

Source: W. H. Press and others, "Numerical Recipes", 3rd ed., section 5.7.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.autodiff import Precision, reverse
from engine.differences import central, complex_step, forward
from engine.errors import ParameterError
from engine.function import Function
from engine.precise import Exact, exact_slope
from engine.text import Text, verbatim

Floats: TypeAlias = NDArray[np.float64]
Scheme = Literal["forward", "central", "complex_step", "reverse"]

SCHEMES: tuple[Scheme, ...] = ("forward", "central", "complex_step", "reverse")
DIFFERENCES: tuple[Scheme, ...] = ("forward", "central")
ORDERS: Mapping[str, int] = {"forward": 1, "central": 2}
"""How truncation falls: like h to this power."""

KINDS: Mapping[Precision, Any] = {"float64": np.float64, "float32": np.float32}
FINEST: Mapping[Precision, float] = {"float64": 1e-20, "float32": 1e-12}
"""The smallest h that the best one is looked for among, at |x0| ≤ 1: far below ε, nothing moves."""

PER_DECADE = 64
"""Steps h in a decade where errors are judged: round-off jumps about, and a few would miss its worst."""

_QUOTIENTS = {"forward": forward, "central": central, "complex_step": complex_step}


def parse_schemes(source: str) -> tuple[Scheme, ...]:
    """The schemes that a text names, in its order, each once; parted by spaces, commas or semicolons.

    ParameterError names what is none.

    >>> parse_schemes("central, forward")
    ('central', 'forward')
    """
    names = source.replace(",", " ").replace(";", " ").split()
    for name in names:
        if name not in SCHEMES:
            what = Text("There is no scheme {name}.", {"name": verbatim(name[:60])})
            raise ParameterError(what, "schemes", Text("There are {names}.", {"names": list(SCHEMES)}))
    return tuple(dict.fromkeys(names))  # type: ignore[arg-type]


def epsilon(precision: Precision) -> float:
    """The machine epsilon, from 1 to the next number: 2.22e-16 in float64, 1.19e-7 in float32."""
    return float(np.finfo(KINDS[precision]).eps)


def held(value: float, precision: Precision) -> float:
    """The number that stands for `value` in this precision; ±∞ where it is too large, 0 where too small."""
    with np.errstate(all="ignore"):
        return float(KINDS[precision](value))


def values(f: Function, x: Any, precision: Precision) -> Any:
    """f with every operation in this precision; x is of its kind already."""
    return f.value(x) if precision == "float64" else f.single_value(x)


def estimates(f: Function, scheme: Scheme, x0: float, steps: Any, precision: Precision) -> Floats:
    """The slope of f at x0 by `scheme` for every h of `steps`, every operation in `precision`.

    x0 and h are rounded to the precision first; the quotient is divided by that h, whatever x0 + h became.
    NaN or ±∞ where the arithmetic leads there (h may have become 0). Reverse mode has no h. A complex step
    means nothing where f has no slope, and is NaN there.

    >>> from engine.function import function
    >>> estimates(function("x^2"), "forward", 3.0, [1e-15, 1e-16], "float64").tolist()
    [5.329070518200751, 0.0]
    """
    steps = np.asarray(steps, dtype=float)
    if scheme == "reverse":
        return np.full(steps.shape, reverse_slope(f, x0, precision))
    if scheme == "complex_step" and math.isnan(exact_slope(f, held(x0, precision)).value):
        return np.full(steps.shape, math.nan)
    with np.errstate(all="ignore"):
        x, h = KINDS[precision](x0), steps.astype(KINDS[precision])
        if scheme == "complex_step":
            value = f.complex_value if precision == "float64" else f.complex_single_value
        else:
            value = f.value if precision == "float64" else f.single_value
        return np.asarray(_QUOTIENTS[scheme](value, x, h), dtype=float)


@lru_cache(maxsize=1024)
def reverse_slope(f: Function, x0: float, precision: Precision) -> float:
    """f′(x0) in reverse mode: one local slope at a time, each rounded to the precision."""
    return reverse(f.node, {f.variables[0]: x0}, precision=precision).gradient[f.variables[0]]


def true_slope(f: Function, x0: float, precision: Precision) -> Exact:
    """f′ at the point that the precision holds for x0: what an error is measured from."""
    return exact_slope(f, held(x0, precision))


# -- over many steps h ------------------------------------------------------------------------------------


class ErrorCurve(NamedTuple):
    """Steps h, even in log h, and how far the estimates with them are from the slope; NaN where unknown."""

    h: Floats
    errors: Floats


@lru_cache(maxsize=64)
def lattice(low: float, high: float, parts: int = PER_DECADE, least: int = 0) -> Floats:
    """Steps h from `low` to `high`, both included, at whole parts of decades, so that they stand still.

    `parts` of them in each decade, or twice that again and again until there are `least`.

    >>> lattice(1e-3, 1e-2)[[0, -1]].tolist()
    [0.001, 0.01]
    """
    first, last = math.log10(low), math.log10(high)
    while (last - first) * parts < least and parts < 2**20:
        parts *= 2
    places = np.arange(math.floor(first * parts + 1e-9), math.ceil(last * parts - 1e-9) + 1)
    with np.errstate(all="ignore"):
        h = np.asarray(10.0 ** (places / parts), dtype=float)
    decades = places % parts == 0
    # as they are typed: NumPy's powers are an ulp off on some processors
    h[decades] = [float(f"1e{decade}") for decade in (places[decades] // parts).tolist()]
    h.flags.writeable = False  # one array for all who ask
    return h


@lru_cache(maxsize=128)
def error_curve(
    f: Function,
    scheme: Scheme,
    x0: float,
    precision: Precision,
    low: float,
    high: float,
    parts: int = PER_DECADE,
    least: int = 0,
) -> ErrorCurve:
    """The error of a scheme over `lattice(low, high, parts, least)`."""
    h = lattice(low, high, parts, least)
    return ErrorCurve(h, true_slope(f, x0, precision).distance(estimates(f, scheme, x0, h, precision)))


def size_of(x0: float) -> float:
    """The power of ten from max(1, |x0|) on: h moves x0 by as much as its size lets it."""
    return 10.0 ** math.ceil(math.log10(max(1.0, abs(x0))))


class Best(NamedTuple):
    """The best h and the error there; or None for either, and why."""

    h: float | None
    error: float | None
    reason: Text | None = None


NO_SLOPE = Text("f has no slope here.")
NO_FLOOR = Text("The error has no lowest place between the smallest and the largest h tried.")
NO_ROUND_OFF = Text("Round-off does not grow here as h shrinks: no h is best, a smaller one is never worse.")
NO_TRUNCATION: Mapping[int, Text] = {
    2: Text("f″ is 0, so that this difference has no truncation: only round-off is left, and no h is best."),
    3: Text("f‴ is 0, so that this difference has no truncation: only round-off is left, and no h is best."),
}
UNDECIDED: Mapping[int, Text] = {
    2: Text("f″ is 0 at this one point, and the rule for the best h divides by it."),
    3: Text("f‴ is 0 at this one point, and the rule for the best h divides by it."),
}
NEAR_ZERO = Text(
    "f is so near 0 here that rounding x₀ + h loses more than rounding f, of which the rule knows nothing."
)
FAR_MORE = 32.0
"""How many times |f| may be smaller than |x0 f′|; beyond, the predicted h would be off by a factor of 4."""


@lru_cache(maxsize=256)
def best_step(f: Function, scheme: Scheme, x0: float, precision: Precision) -> Best:
    """The h at which the upper envelope of the error is lowest, as measured.

    The envelope is the largest error within half a decade. Steps from FINEST to 1 are tried, times the size
    of x0. None where truncation or round-off is missing, so that no h is best.
    """
    if math.isnan(true_slope(f, x0, precision).value):
        return Best(None, None, NO_SLOPE)
    if _vanishes(f, ORDERS[scheme] + 1, x0):
        return Best(None, None, NO_TRUNCATION[ORDERS[scheme] + 1])
    size = size_of(x0)
    curve = error_curve(f, scheme, x0, precision, FINEST[precision] * size, size)
    width = PER_DECADE // 2 + 1
    windows = np.lib.stride_tricks.sliding_window_view(curve.errors, width)
    envelope = np.nan_to_num(windows.max(axis=1), nan=math.inf, posinf=math.inf)
    lowest = float(envelope.min())
    if not math.isfinite(lowest):
        return Best(None, None, NO_FLOOR)
    places = np.flatnonzero(envelope == lowest)
    if places[0] == 0 or lowest == 0.0:
        return Best(None, None, NO_ROUND_OFF)
    if places[-1] == len(envelope) - 1:
        return Best(None, None, NO_FLOOR)
    middle = int(places[len(places) // 2]) + width // 2
    return Best(float(curve.h[middle]), lowest)


def predicted_step(f: Function, scheme: Scheme, x0: float, precision: Precision) -> Best:
    """The h at which truncation and round-off, as their formulas have them, add up to the least."""
    model = error_model(f, scheme, x0, precision)
    if model is None:
        return Best(None, None, NO_SLOPE)
    order, truncation, round_off = model
    if truncation == 0.0:
        reasons = NO_TRUNCATION if _vanishes(f, order + 1, x0) else UNDECIDED
        return Best(None, None, reasons[order + 1])
    lost_in_x = abs(x0 * true_slope(f, x0, precision).value)
    if round_off == lost_in_x == 0.0:
        return Best(None, None, NO_ROUND_OFF)
    if abs(f.value_at(x0)) * FAR_MORE <= lost_in_x:
        return Best(None, None, NEAR_ZERO)
    h = (round_off / (order * truncation)) ** (1.0 / (order + 1))  # where the sum has slope 0
    if not 0.0 < h < math.inf:
        return Best(None, None, NO_FLOOR)
    return Best(h, truncation * h**order + round_off / h)


class ErrorModel(NamedTuple):
    """truncation(h) = truncation · h^order, round-off(h) = round_off / h."""

    order: int
    truncation: float
    round_off: float


@lru_cache(maxsize=256)
def error_model(f: Function, scheme: Scheme, x0: float, precision: Precision) -> ErrorModel | None:
    """The first term of either error: |f″|/2 and 2ε|f| forward, |f‴|/6 and ε|f| central. None where unknown.

    >>> from engine.function import function
    >>> error_model(function("x^2"), "forward", 3.0, "float64")
    ErrorModel(order=1, truncation=1.0, round_off=3.9968028886505635e-15)
    """
    order = ORDERS[scheme]
    height, bend = f.value_at(x0), f.derivative_at(x0, order + 1)
    if not (math.isfinite(height) and math.isfinite(bend)):
        return None
    noise = epsilon(precision) * abs(height)
    return ErrorModel(1, abs(bend) / 2, 2 * noise) if order == 1 else ErrorModel(2, abs(bend) / 6, noise)


def _vanishes(f: Function, order: int, x0: float) -> bool:
    """Whether the derivative of this order is 0 all about x0, and not at x0 alone."""
    found = np.asarray(f.derivative(x0 + np.linspace(-1.0, 1.0, 21), order), dtype=float)
    known = found[np.isfinite(found)]
    return known.size > 0 and not known.any()
