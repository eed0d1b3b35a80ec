"""The functions that compiled formulas call: one table for floats, one for arrays, one for complex numbers.

The names are those of the catalogue (`engine.vocabulary`) with `f_` before them. SciPy is imported when a
formula first asks for the error function on arrays, and not before.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

ROUNDING = 1e-9
"""How far two values may lie apart that are equal but for rounding, relative to 1 or to themselves."""

_SQRT_HALF = math.sqrt(0.5)
Table = dict[str, Callable[..., Any]]


def namespace(target: str) -> dict[str, Any]:
    """A fresh scope with everything that compiled text of a target may name, and nothing else."""
    table = _TABLES[target]()
    return {"__builtins__": {}, "inf": math.inf, "nan": math.nan, **_EXCEPTIONS, **table}


_EXCEPTIONS = {"ArithmeticError": ArithmeticError, "ValueError": ValueError}


# -- floats -----------------------------------------------------------------------------------------------


def _float_sign(x: float) -> float:
    return math.copysign(1.0, x) if x > 0 or x < 0 else x * 0.0  # x·0 keeps a NaN


def _float_abs_slope(x: float) -> float:
    return math.copysign(1.0, x) if x > 0 or x < 0 else math.nan


def _float_relu_slope(x: float) -> float:
    return 1.0 if x > 0 else 0.0 if x < 0 else math.nan


def _float_relu_slope_or_zero(x: float) -> float:
    return 1.0 if x > 0 else 0.0 if x <= 0 else math.nan


def _float_step(x: float) -> float:
    return 1.0 if x >= 0 else 0.0 if x < 0 else math.nan


def _float_relu(x: float) -> float:
    return 0.0 if x <= 0 else x


def _float_maximum(x: float, y: float) -> float:
    return x if x >= y or x != x else y


def _float_minimum(x: float, y: float) -> float:
    return x if x <= y or x != x else y


def _float_sigmoid(x: float) -> float:
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    growth = math.exp(x)
    return growth / (1.0 + growth)


def _float_softplus(x: float) -> float:
    return (0.0 if x <= 0 else x) + math.log1p(math.exp(-abs(x)))


def _float_gelu(x: float) -> float:
    return 0.5 * x * math.erfc(-x * _SQRT_HALF)


def _float_odd_power(x: float, n: float) -> float:
    return math.copysign(math.pow(abs(x), n), x)


def _float_close(x: float, y: float) -> bool:
    return abs(x - y) <= ROUNDING * max(1.0, abs(x), abs(y))


@cache
def _float_table() -> Table:
    same = (
        "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh",
        "exp", "log2", "log10", "sqrt", "cbrt", "erf",
    )  # fmt: skip
    table: Table = {f"f_{name}": getattr(math, name) for name in same}
    return table | {
        "power": math.pow,
        "close": _float_close,
        "f_ln": math.log,
        "f_abs": abs,
        "f_floor": lambda x: float(math.floor(x)),
        "f_ceil": lambda x: float(math.ceil(x)),
        "f_sign": _float_sign,
        "f_abs_slope": _float_abs_slope,
        "f_relu_slope": _float_relu_slope,
        "f_relu_slope_or_zero": _float_relu_slope_or_zero,
        "f_step": _float_step,
        "f_relu": _float_relu,
        "f_max": _float_maximum,
        "f_min": _float_minimum,
        "f_sigmoid": _float_sigmoid,
        "f_softplus": _float_softplus,
        "f_gelu": _float_gelu,
        "f_odd_power": _float_odd_power,
    }


# -- arrays -----------------------------------------------------------------------------------------------


def _where(condition: Any, yes: Any, no: Any) -> Any:
    return np.where(condition, yes, no)[()]  # a number, not an array without dimensions


def _array_erf(x: Any) -> Any:
    from scipy.special import erf

    return erf(x)


def _array_gelu(x: Any) -> Any:
    from scipy.special import erfc

    return 0.5 * x * erfc(-x * _SQRT_HALF)


def _array_close(x: Any, y: Any) -> Any:
    return np.abs(x - y) <= ROUNDING * np.maximum(1.0, np.maximum(np.abs(x), np.abs(y)))


_INVERSES = {"asin": "arcsin", "acos": "arccos", "atan": "arctan"} | {
    "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh"
}  # fmt: skip
_LOGICAL: Table = {"logical_and": np.logical_and, "logical_or": np.logical_or, "logical_not": np.logical_not}
_SHAPING: dict[str, Any] = {
    "asarray": np.asarray,
    "errstate": np.errstate,
    "broadcast": np.broadcast,
    "broadcast_to": lambda value, shape: np.broadcast_to(value, shape)[()],
    "float": float,
    "complex": complex,
    "where": _where,
}


@cache
def _array_table() -> Table:
    same = (
        "sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log2", "log10", "sqrt", "cbrt",
        "floor", "ceil", "sign",
    )  # fmt: skip
    table: Table = {f"f_{name}": getattr(np, name) for name in same}
    table |= {f"f_{name}": getattr(np, numpy_name) for name, numpy_name in _INVERSES.items()}
    return table | _LOGICAL | _SHAPING | {
        "power": np.power,
        "close": _array_close,
        "f_ln": np.log,
        "f_abs": np.abs,
        "f_abs_slope": lambda x: _where(x == 0, math.nan, np.sign(x)),
        "f_relu_slope": lambda x: np.heaviside(x, math.nan),
        "f_relu_slope_or_zero": lambda x: np.heaviside(x, 0.0),
        "f_step": lambda x: np.heaviside(x, 1.0),
        "f_relu": lambda x: np.maximum(x, 0.0),
        "f_max": np.maximum,
        "f_min": np.minimum,
        "f_sigmoid": lambda x: 1.0 / (1.0 + np.exp(-x)),
        "f_softplus": lambda x: np.logaddexp(0.0, x),
        "f_gelu": _array_gelu,
        "f_erf": _array_erf,
        "f_odd_power": lambda x, n: np.copysign(np.power(np.abs(x), n), x),
    }  # fmt: skip


# -- complex numbers: analytic near the real axis ---------------------------------------------------------


def _real_domain(function: Callable[..., Any], low: float, high: float = math.inf) -> Callable[..., Any]:
    """The function, with NaN where its real part lies outside the real function's domain."""

    def within(z: Any) -> Any:
        return _where((np.real(z) >= low) & (np.real(z) <= high), function(z), complex(math.nan, math.nan))

    return within


def _complex_abs(z: Any) -> Any:
    return _where(np.real(z) < 0, -z, z)


def _complex_power(z: Any, w: Any) -> Any:
    real = np.real(w)
    outside = (np.real(z) < 0) & (real != np.floor(real))
    return _where(outside, complex(math.nan, math.nan), np.power(z, w))


def _complex_odd_power(z: Any, n: Any) -> Any:
    return _where(np.real(z) < 0, -np.power(-z, n), np.power(z, n))


def _complex_softplus(z: Any) -> Any:
    positive = np.real(z) > 0
    return _where(positive, z, 0.0) + np.log1p(np.exp(_where(positive, -z, z)))


def _complex_gelu(z: Any) -> Any:
    return 0.5 * z * (1.0 + _array_erf(z * _SQRT_HALF))


def _on_real_part(name: str) -> Callable[..., Any]:
    function = _array_table()[name]
    return lambda z: function(np.real(z))


@cache
def _complex_table() -> Table:
    same = ("f_sin", "f_cos", "f_tan", "f_sinh", "f_cosh", "f_tanh", "f_exp", "f_atan", "f_asinh", "f_erf")
    flat = ("f_floor", "f_ceil", "f_sign", "f_step", "f_abs_slope", "f_relu_slope", "f_relu_slope_or_zero")
    arrays = _array_table()
    table: Table = {name: arrays[name] for name in same} | {name: _on_real_part(name) for name in flat}
    return table | _LOGICAL | _SHAPING | {
        "real": np.real,
        "close": _array_close,
        "power": _complex_power,
        "f_ln": _real_domain(np.log, 0.0),
        "f_log2": _real_domain(np.log2, 0.0),
        "f_log10": _real_domain(np.log10, 0.0),
        "f_sqrt": _real_domain(np.sqrt, 0.0),
        "f_asin": _real_domain(np.arcsin, -1.0, 1.0),
        "f_acos": _real_domain(np.arccos, -1.0, 1.0),
        "f_acosh": _real_domain(np.arccosh, 1.0),
        "f_atanh": _real_domain(np.arctanh, -1.0, 1.0),
        "f_cbrt": lambda z: _complex_odd_power(z, 1.0 / 3.0),
        "f_abs": _complex_abs,
        "f_relu": lambda z: _where(np.real(z) > 0, z, 0.0),
        "f_max": lambda z, w: _where(np.real(z) >= np.real(w), z, w),
        "f_min": lambda z, w: _where(np.real(z) <= np.real(w), z, w),
        "f_sigmoid": lambda z: 0.5 * (1.0 + np.tanh(0.5 * z)),
        "f_softplus": _complex_softplus,
        "f_gelu": _complex_gelu,
        "f_odd_power": _complex_odd_power,
    }  # fmt: skip


# -- the same with fewer digits ---------------------------------------------------------------------------


def _rounded_table(table: Table, part: str, kind: Any) -> Table:
    """The table with `kind` for what `part` names; Python's own numbers alone would make a wider one."""
    rounded: Table = {
        part: kind,
        "where": lambda condition, yes, no: np.asarray(np.where(condition, yes, no), kind)[()],
        "broadcast_to": lambda value, shape: np.broadcast_to(np.asarray(value, kind), shape)[()],
    }
    return table | rounded


def _single_table() -> Table:
    return _rounded_table(_array_table(), "float", np.float32)


def _complex_single_table() -> Table:
    return _rounded_table(_complex_table(), "complex", np.complex64)


_TABLES: dict[str, Callable[[], Table]] = {
    "float": _float_table,
    "array": _array_table,
    "complex": _complex_table,
    "single": _single_table,
    "complex single": _complex_single_table,
}
