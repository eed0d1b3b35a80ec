"""Newton's method and BFGS: steps that know how the slope changes, and so look across coordinates.

A coordinate is a float or an array of many runs, as in `engine.optimizers`; matrices are tuples of rows of
coordinates, symmetric. The keywords mean what they mean there.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import mul, sub
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from engine.optimizers import Coordinate, Coordinates, Optimizer, PlainState, Update, sign_of

Matrix: TypeAlias = tuple[Coordinates, ...]
Flag: TypeAlias = Any
"""A bool, or an array of them."""

SMALLEST_CURVATURE = 1e-10
"""BFGS learns from a step only if the slope rose along it: sᵀy more than this part of |s| |y|."""


class BfgsState(NamedTuple):
    """w and g, the last parameters and their gradient; H, the inverse Hessian as far as it is known.

    All are None before the first step. learnt: whether any step has told H something.
    """

    w: Coordinates | None
    g: Coordinates | None
    H: Matrix | None
    learnt: Flag


def with_hessian(optimizer: Optimizer, hessian: Callable[..., Matrix]) -> Optimizer:
    """The optimizer, asking `hessian(*parameters)` for second derivatives itself, where it needs them.

    >>> descent = with_hessian(newton(), lambda x: ((2.0,),))
    >>> descent.update((6.0,), descent.init((3.0,)), (3.0,)).parameters
    (0.0,)
    """
    if not optimizer.needs_hessian:
        return optimizer

    def update(gradient: Coordinates, state: Any, parameters: Coordinates) -> Update:
        return optimizer.update(gradient, state, parameters, hessian(*parameters))

    return Optimizer(optimizer.init, update)


def newton(
    lr: float = 1.0, *, damping: float = 0.0, weight_decay: float = 0.0, maximize: bool = False
) -> Optimizer:
    """Newton's method, damped in two ways: a share η of the step, and μ added to every curvature.

    A = ∇²f + μ I,   w ← w − η A⁻¹ g

    η = 1 and μ = 0 jump to where the parabola that touches f has slope 0: its minimum, maximum or saddle. A
    large μ makes it plain descent with rate η / μ. `weight_decay` adds λw to g and λ to every curvature.
    Where A is singular, its pseudo-inverse takes the place of A⁻¹: what does not curve is not moved. In one
    or two coordinates; `update` asks for the Hessian's rows.

    Source: Nocedal and Wright, "Numerical optimization" (2006), section 3.3; for μ, Levenberg, "A method for
    the solution of certain non-linear problems in least squares" (1944).

    >>> jump = newton()
    >>> jump.update((4.0, 20.0), jump.init((2.0, 1.0)), (2.0, 1.0), ((2.0, 0.0), (0.0, 20.0))).parameters
    (0.0, 0.0)
    """
    sign = sign_of(maximize)

    def init(parameters: Coordinates) -> PlainState:
        return PlainState()

    def update(gradient: Coordinates, state: PlainState, parameters: Coordinates, hessian: Matrix) -> Update:
        g = tuple(sign * slope + weight_decay * w for slope, w in zip(gradient, parameters, strict=True))
        curvature = tuple(
            tuple(sign * entry + (damping + weight_decay if i == j else 0.0) for j, entry in enumerate(row))
            for i, row in enumerate(hessian)
        )
        scaled = solved(curvature, g)
        step = tuple(-lr * each for each in scaled)
        w = tuple(here + move for here, move in zip(parameters, step, strict=True))
        parts = {"gradient": g, "damped_hessian": _entries(curvature), "scaled": scaled, "step": step}
        return Update(w, state, parts)

    return Optimizer(init, update, needs_hessian=True)


def bfgs(lr: float = 1.0, *, weight_decay: float = 0.0, maximize: bool = False) -> Optimizer:
    """BFGS: Newton's method with an inverse Hessian that is learnt from how the gradient changes.

    s = w − w₋₁,   y = g − g₋₁,   ρ = 1 / (sᵀy)
    H ← (I − ρ s yᵀ) H (I − ρ y sᵀ) + ρ s sᵀ,   w ← w − η H g

    H begins as min(1, 1 / |g|₁) I, as `torch.optim.LBFGS` takes its first step, and is set to
    (sᵀy / yᵀy) I before the first update. A step along which the slope did not rise teaches nothing: H stays,
    and so stays positive definite. There is no line search: each step asks for one gradient, as all others.

    Source: Nocedal and Wright, "Numerical optimization" (2006), equations 6.17 and 6.20.

    >>> learning = bfgs()
    >>> first = learning.update((8.0,), learning.init((4.0,)), (4.0,))
    >>> first.parameters, learning.update((6.0,), first.state, first.parameters).parameters
    ((3.0,), (0.0,))
    """
    sign = sign_of(maximize)

    def init(parameters: Coordinates) -> BfgsState:
        return BfgsState(None, None, None, False)

    def update(gradient: Coordinates, state: BfgsState, parameters: Coordinates) -> Update:
        g = tuple(sign * slope + weight_decay * w for slope, w in zip(gradient, parameters, strict=True))
        if state.w is None or state.g is None or state.H is None:
            longest = _larger(_total_size(g), 1.0)
            inverse, learnt = _identity(len(g), 1.0 / longest), False
        else:
            s, y = _minus(parameters, state.w), _minus(g, state.g)
            inverse, learnt = _learnt(state.H, state.learnt, s, y)
        scaled = _times(inverse, g)
        step = tuple(-lr * each for each in scaled)
        w = tuple(here + move for here, move in zip(parameters, step, strict=True))
        parts = {"gradient": g, "inverse_hessian": _entries(inverse), "scaled": scaled, "step": step}
        return Update(w, BfgsState(parameters, g, inverse, learnt), parts)

    return Optimizer(init, update)


def solved(matrix: Matrix, right: Coordinates) -> Coordinates:
    """x with `matrix` x = `right`, symmetric, 1 × 1 or 2 × 2; of a singular matrix the least-squares x.

    >>> solved(((0.0, 1.0), (1.0, 0.0)), (2.0, 3.0)), solved(((2.0, 0.0), (0.0, 0.0)), (2.0, 3.0))
    ((3.0, 2.0), (1.0, 0.0))
    """
    if len(matrix) == 1:
        (a,), (p,) = matrix[0], right
        return (_choose(a != 0.0, p / _nonzero(a), 0.0),)
    (a, b), (_, d) = matrix[0], matrix[1]
    # divided by their size, so that the determinant neither overflows nor underflows
    size = _nonzero(_total_size((a, b, d)))
    a, b, d = a / size, b / size, d / size
    p, q = (each / size for each in right)
    determinant = a * d - b * b
    trace = _nonzero(a + d)  # of rank 1, the matrix is its trace times a projection
    regular, safe = determinant != 0.0, _nonzero(determinant)
    x = _choose(regular, (d * p - b * q) / safe, (a * p + b * q) / trace / trace)
    y = _choose(regular, (a * q - b * p) / safe, (b * p + d * q) / trace / trace)
    return x, y


def _learnt(inverse: Matrix, learnt: Flag, s: Coordinates, y: Coordinates) -> tuple[Matrix, Flag]:
    """The inverse Hessian after the step s, along which the gradient changed by y."""
    sy, ss, yy = _dot(s, y), _dot(s, s), _dot(y, y)
    # compared as a product of roots would be, without the overflow of one product
    teaches = (sy > 0.0) & (sy / _nonzero(ss) * (sy / _nonzero(yy)) > SMALLEST_CURVATURE**2)
    rho = 1.0 / _choose(teaches, sy, 1.0)
    first = teaches & np.logical_not(learnt) if isinstance(sy, np.ndarray) else teaches and not learnt
    inverse = _choose_matrix(first, _identity(len(s), sy / _nonzero(yy)), inverse)
    carried = _times(inverse, y)
    weight = rho * (1.0 + rho * _dot(y, carried))
    updated = tuple(
        tuple(
            inverse[i][j] - rho * (carried[i] * s[j] + s[i] * carried[j]) + weight * s[i] * s[j]
            for j in range(len(s))
        )
        for i in range(len(s))
    )
    return _choose_matrix(teaches, updated, inverse), teaches | learnt


def _choose(condition: Flag, yes: Coordinate, no: Coordinate) -> Coordinate:
    if isinstance(condition, bool | np.bool_):
        return yes if condition else no
    chosen: Coordinate = np.where(condition, yes, no)
    return chosen


def _choose_matrix(condition: Flag, yes: Matrix, no: Matrix) -> Matrix:
    if isinstance(condition, bool | np.bool_):
        return yes if condition else no
    return tuple(
        tuple(_choose(condition, one, other) for one, other in zip(row, others, strict=True))
        for row, others in zip(yes, no, strict=True)
    )


def _nonzero(value: Coordinate) -> Coordinate:
    """The value, and 1 for a 0 that nothing must be divided by."""
    return _choose(value != 0.0, value, 1.0)


def _larger(one: Coordinate, other: Coordinate) -> Coordinate:
    if isinstance(one, float) and isinstance(other, float):
        return max(one, other)
    larger: Coordinate = np.maximum(one, other)
    return larger


def _identity(size: int, factor: Coordinate) -> Matrix:
    return tuple(tuple(factor if i == j else 0.0 * factor for j in range(size)) for i in range(size))


def _dot(one: Coordinates, other: Coordinates) -> Coordinate:
    product: Coordinate = sum(map(mul, one, other))
    return product


def _total_size(values: Coordinates) -> Coordinate:
    """|v₁| + |v₂| + …"""
    sizes: Any = map(abs, values)
    total: Coordinate = sum(sizes)
    return total


def _times(matrix: Matrix, vector: Coordinates) -> Coordinates:
    return tuple([_dot(row, vector) for row in matrix])


def _minus(one: Coordinates, other: Coordinates) -> Coordinates:
    return tuple(map(sub, one, other))


def _entries(matrix: Matrix) -> Coordinates:
    """The rows of a matrix, one after the other: how a part holds it."""
    return tuple(entry for row in matrix for entry in row)
