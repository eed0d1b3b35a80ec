"""How long a step may be: η·λmax against its bound, and the factor that a step leaves of a distance.

On a parabola of curvature λ every optimizer of the course that keeps an average of its gradients is one
linear map of (w, v), once its coordinates are scaled:

    v ← β v + (1 − β) g,     w ← w − a (1 − ν) g/λ − a ν v/λ,     g = λ w,     a = η · gain · λ

Plain descent is β = ν = 0; averaged momentum ν = 1; Nesterov's ν = β; quasi-hyperbolic momentum has a ν of
its own. The accumulated forms, which PyTorch has, are the averaged ones at 1/(1 − β) times the rate: `gain`.
With weights that decay beside the gradient (d = η λ_decay), the map has

    trace        T = 1 − d − a (1 − νβ) + β
    determinant  D = β (1 − d) − aβ (1 − ν)

and both eigenvalues lie inside the unit circle exactly if |T| < 1 + D and D < 1. As a grows the first to fail
is T > −(1 + D): an eigenvalue passes −1, the run overshoots by more at each step. Hence the bound

    a < (2 − d) (1 + β) / (1 + β (1 − 2ν)),        that is 2 for plain descent.

Per-coordinate rates (RMSProp, Adam …) and inverse Hessians are a *preconditioner* P: the step is −η P times
the filtered gradient, and the largest eigenvalue of PH takes λmax's place.

Sources: B. T. Polyak (1964) for the heavy ball; L. Lessard, B. Recht and A. Packard, "Analysis and Design
of Optimization Algorithms via Integral Quadratic Constraints", SIAM J. Optim. 26 (2016), section 4, for the
maps; J. M. Cohen et al., "Adaptive gradient methods at the edge of stability" (2022), for the preconditioned
bound.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from engine.optimizers import Parts
from engine.racer import RacerPart
from engine.second_order import solved

Rows: TypeAlias = tuple[tuple[float, float], tuple[float, float]]


class Memory(NamedTuple):
    """How an optimizer filters its gradients: β and ν of the module's lines, and the rate's `gain`.

    decay: d, what the weights lose of themselves beside the gradient's road at each step.
    """

    beta: float = 0.0
    nu: float = 0.0
    gain: float = 1.0
    decay: float = 0.0

    @property
    def bound(self) -> float:
        """What η · λ must stay below, λ being an eigenvalue of PH.

        >>> Memory().bound, Memory(0.5, 1.0, 2.0).bound  # 2 (1 + β) for the accumulated heavy ball
        (2.0, 3.0)
        """
        a = (2.0 - self.decay) * (1.0 + self.beta) / (1.0 + self.beta * (1.0 - 2.0 * self.nu))
        return a / self.gain

    def factor(self, edge: float) -> float:
        """What a step leaves of a distance in the long run, where η · λ = `edge`: the spectral radius.

        >>> Memory().factor(0.5), Memory(0.25, 1.0, 4 / 3).factor(1.0)  # (1 − √β)² ≤ a ≤ (1 + √β)²: √β
        (0.5, 0.5)
        """
        beta, nu, gain, decay = self
        a = edge * gain
        trace = 1.0 - decay - a * (1.0 - nu * beta) + beta
        determinant = beta * (1.0 - decay) - a * beta * (1.0 - nu)
        return spectral_radius(trace, determinant)


def spectral_radius(trace: float, determinant: float) -> float:
    """The size of the larger eigenvalue of a 2 × 2 matrix.

    >>> spectral_radius(1.0, -6.0), spectral_radius(0.0, 4.0)
    (3.0, 2.0)
    """
    if not (math.isfinite(trace) and math.isfinite(determinant)):
        return math.inf
    half = trace / 2
    square = half * half - determinant
    if square < 0.0:
        return math.sqrt(determinant)  # a pair of complex numbers, whose product it is
    return abs(half) + math.sqrt(square)


def eigenvalues(rows: Rows) -> tuple[float, float]:
    """The eigenvalues of a symmetric 2 × 2 matrix, the smaller first; both NaN if an entry is.

    >>> eigenvalues(((2.0, 0.0), (0.0, 20.0)))
    (2.0, 20.0)
    """
    (a, b), (_, d) = rows
    middle, reach = (a + d) / 2, math.hypot((a - d) / 2, b)
    return middle - reach, middle + reach


class Edge(NamedTuple):
    """A step beside its bound.

    sharpness: λmax, the largest eigenvalue of H, the Hessian of what is descended. scaled: that of PH; the
    same where nothing is scaled. rate: η. memory: how the gradients are filtered. preconditioned: whether
    there is a P.
    """

    sharpness: float
    scaled: float
    rate: float
    memory: Memory
    preconditioned: bool

    @property
    def value(self) -> float:
        """η times the largest eigenvalue of PH: what is held against the bound."""
        return self.rate * self.scaled

    @property
    def bound(self) -> float:
        """What `value` must stay below."""
        return self.memory.bound


def edge(part: RacerPart, parts: Parts, hessian: Rows, step: int) -> Edge | None:
    """η · λmax of the step that leads from row `step` on; None for an optimizer that is no linear map: Lion.

    parts: what the update went through; P is made from them. hessian: that of f, at the place it leaves.

    >>> from engine.racer import racer_part
    >>> found = edge(racer_part("gd", {"lr": 0.25}), {}, ((2.0, 0.0), (0.0, 20.0)), 0)
    >>> found.sharpness, found.value, found.bound
    (20.0, 5.0, 2.0)
    """
    kind = KINDS[part.optimizer]
    if kind is None:
        return None
    curved = descended(part, hessian)
    rate = part.rate
    memory = kind.memory(part, step)
    sharpness = eigenvalues(curved)[1]
    if kind.preconditioner is None:
        return Edge(sharpness, sharpness, rate, memory, False)
    scaled = scaled_eigenvalues(kind.preconditioner(part, parts), curved)[1]
    return Edge(sharpness, scaled, rate, memory, True)


def descended(part: RacerPart, hessian: Rows) -> Rows:
    """The Hessian of what the optimizer descends: −f for one who climbs, plus λ|w|²/2 where weights pull."""
    sign, pull = part.sign, part.pull
    (a, b), (c, d) = hessian
    return (sign * a + pull, sign * b), (sign * c, sign * d + pull)


def scaled_eigenvalues(scale: Rows, rows: Rows) -> tuple[float, float]:
    """The eigenvalues of a product of two symmetric matrices, the first positive or commuting: both real.

    >>> scaled_eigenvalues(((0.5, 0.0), (0.0, 0.25)), ((2.0, 0.0), (0.0, 20.0)))
    (1.0, 5.0)
    """
    (p, q), (r, s) = scale
    (a, b), (c, d) = rows
    # of the middle and half the way between, as `eigenvalues` has them: a determinant would cancel
    one, two, three, four = p * a + q * c, p * b + q * d, r * a + s * c, r * b + s * d
    middle, half = (one + four) / 2, (one - four) / 2
    square = half * half + two * three
    reach = math.sqrt(square) if square > 0.0 else square * 0.0
    return middle - reach, middle + reach


class _Kind(NamedTuple):
    """What is known of an optimizer: its memory at a step, and P, if it has one."""

    memory: Callable[[RacerPart, int], Memory]
    preconditioner: Callable[[RacerPart, Parts], Rows] | None = None


def _number(part: RacerPart, name: str) -> float:
    value = part.value(name)
    assert isinstance(value, float)
    return value


def _pair(part: RacerPart, name: str) -> tuple[float, float]:
    value = part.value(name)
    assert isinstance(value, tuple)
    return value[0], value[1]


def _no_memory(part: RacerPart, step: int) -> Memory:
    return Memory()


def _velocity(part: RacerPart, step: int) -> Memory:
    beta = _number(part, "beta")
    ahead = part.optimizer == "nesterov" or bool(part.value("nesterov"))
    return Memory(beta, beta if ahead else 1.0, 1.0 if part.value("averaged") else 1.0 / (1.0 - beta))


def _quasi_hyperbolic(part: RacerPart, step: int) -> Memory:
    return Memory(_number(part, "beta"), _number(part, "nu"))


def _average(part: RacerPart, step: int) -> Memory:
    beta, _ = _pair(part, "betas")
    decay = part.rate * part.decay if part.kind.decays_beside else 0.0
    return Memory(beta, 1.0, 1.0, decay)


def _blended_average(part: RacerPart, step: int) -> Memory:
    return Memory(_pair(part, "betas")[0], _pair(part, "nus")[0])


def _growing_average(part: RacerPart, step: int) -> Memory:
    """NAdam's, whose ν is its own μₜ."""
    beta, _ = _pair(part, "betas")
    return Memory(beta, beta * (1.0 - 0.5 * 0.96 ** ((step + 1) * _number(part, "momentum_decay"))))


def _roots(name: str) -> Callable[[RacerPart, Parts], Rows]:
    """1 / (√v + ε) for each coordinate."""

    def preconditioner(part: RacerPart, parts: Parts) -> Rows:
        eps = _number(part, "eps")
        one, two = (1.0 / (math.sqrt(float(square)) + eps) for square in parts[name])
        return (one, 0.0), (0.0, two)

    return preconditioner


def _adadelta(part: RacerPart, parts: Parts) -> Rows:
    """√(u + ε) / √(v + ε), with the u from before this step: u = ρ u₋₁ + (1 − ρ) s²."""
    eps, rho = _number(part, "eps"), _number(part, "rho")
    rates = []
    for square, steps, g, s in zip(
        parts["square_average"], parts["square_steps"], parts["gradient"], parts["scaled"], strict=True
    ):
        if g != 0.0:
            rates.append(float(s / g))
        else:  # then s = 0, and u has only faded
            before = steps / rho if rho > 0.0 else 0.0
            rates.append(math.sqrt(before + eps) / math.sqrt(square + eps))
    return (rates[0], 0.0), (0.0, rates[1])


def _inverse(part: RacerPart, parts: Parts) -> Rows:
    """A⁻¹, or the pseudo-inverse that Newton's method takes for it."""
    a, b, c, d = map(float, parts["damped_hessian"])
    one, two = (solved(((a, b), (c, d)), unit) for unit in ((1.0, 0.0), (0.0, 1.0)))
    return (float(one[0]), float(two[0])), (float(one[1]), float(two[1]))


def _learnt(part: RacerPart, parts: Parts) -> Rows:
    a, b, c, d = map(float, parts["inverse_hessian"])
    return (a, b), (c, d)


_CORRECTED = _roots("corrected_square_average")

KINDS: Mapping[str, _Kind | None] = {
    "gd": _Kind(_no_memory),
    "momentum": _Kind(_velocity),
    "nesterov": _Kind(_velocity),
    "adagrad": _Kind(_no_memory, _roots("square_sum")),
    "adadelta": _Kind(_no_memory, _adadelta),
    "rmsprop": _Kind(_no_memory, _roots("square_average")),
    "adam": _Kind(_average, _CORRECTED),
    "adamw": _Kind(_average, _CORRECTED),
    "amsgrad": _Kind(_average, _CORRECTED),
    "nadam": _Kind(_growing_average, _CORRECTED),
    "lion": None,
    "qhm": _Kind(_quasi_hyperbolic),
    "qhadam": _Kind(_blended_average, _roots("square_blend")),
    "newton": _Kind(_no_memory, _inverse),
    "bfgs": _Kind(_no_memory, _learnt),
}
"""Optimizer → its memory and its preconditioner; None where a step is no linear map of the gradient."""
