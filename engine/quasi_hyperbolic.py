"""Quasi-hyperbolic momentum: a step that is part gradient, part momentum, in a share of one's choice.

Built as those of `engine.optimizers`, whose first lines say how; a keyword means the same.
"""

from __future__ import annotations

from itertools import repeat
from typing import Any

from engine.optimizers import (
    AdamState,
    Coordinate,
    Coordinates,
    MomentumState,
    Optimizer,
    Update,
    sign_of,
    square_root,
    zeros,
)


def qhm(
    lr: float = 1e-3,
    beta: float = 0.999,
    nu: float = 0.7,
    *,
    weight_decay: float = 0.0,
    maximize: bool = False,
) -> Optimizer:
    """Quasi-hyperbolic momentum: the share ν of the step is an averaged velocity, the rest is the gradient.

    v ← β v + (1 − β) g,   w ← w − η ((1 − ν) g + ν v)

    ν = 0 is plain descent, ν = 1 averaged momentum, ν = β Nesterov's momentum, averaged.

    Source: Ma and Yarats, "Quasi-hyperbolic momentum and Adam for deep learning" (2019), equations 3 and 4.

    >>> shared = qhm(lr=1.0, beta=0.5, nu=0.5)
    >>> shared.update((4.0,), shared.init((0.0,)), (0.0,)).parameters
    (-3.0,)
    """
    sign = sign_of(maximize)

    def rule(g: Coordinate, w: Coordinate, v: Coordinate) -> Any:
        g = sign * g + weight_decay * w
        v = beta * v + (1.0 - beta) * g
        blend = (1.0 - nu) * g + nu * v
        step = -lr * blend
        return w + step, g, v, blend, step

    def init(parameters: Coordinates) -> MomentumState:
        return MomentumState(zeros(parameters))

    def update(gradient: Coordinates, state: MomentumState, parameters: Coordinates) -> Update:
        w, g, v, blend, step = zip(*map(rule, gradient, parameters, state.v), strict=True)
        parts = {"gradient": g, "velocity": v, "blend": blend, "step": step}
        return Update(w, MomentumState(v), parts)

    return Optimizer(init, update)


def qhadam(
    lr: float = 1e-3,
    betas: tuple[float, float] = (0.995, 0.999),
    nus: tuple[float, float] = (0.7, 1.0),
    *,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    maximize: bool = False,
) -> Optimizer:
    """QHAdam: Adam with both of its averages mixed with what is there now.

    m̂ and v̂ as in Adam;   w ← w − η ((1 − ν₁) g + ν₁ m̂) / (√((1 − ν₂) g² + ν₂ v̂) + ε)

    ν₁ = ν₂ = 1 is Adam; ν₁ = 0 and ν₂ = 1 is RMSProp with its average corrected.

    Source: Ma and Yarats, "Quasi-hyperbolic momentum and Adam for deep learning" (2019), algorithm 2.

    >>> mixed = qhadam(lr=0.5, eps=1e-300)
    >>> mixed.update((250.0, -1.0), mixed.init((0.0, 0.0)), (0.0, 0.0)).parameters
    (-0.5, 0.5)
    """
    beta1, beta2 = betas
    nu1, nu2 = nus
    sign = sign_of(maximize)

    def rule(
        g: Coordinate, w: Coordinate, m: Coordinate, v: Coordinate, start1: Coordinate, start2: Coordinate
    ) -> Any:
        g = sign * g + weight_decay * w
        m = beta1 * m + (1.0 - beta1) * g
        v = beta2 * v + (1.0 - beta2) * g * g
        m_corrected = m / start1
        v_corrected = v / start2
        blend = (1.0 - nu1) * g + nu1 * m_corrected
        square_blend = (1.0 - nu2) * g * g + nu2 * v_corrected
        scaled = blend / (square_root(square_blend) + eps)
        step = -lr * scaled
        return w + step, g, m, v, m_corrected, v_corrected, blend, square_blend, scaled, step

    def init(parameters: Coordinates) -> AdamState:
        return AdamState(0, zeros(parameters), zeros(parameters))

    def update(gradient: Coordinates, state: AdamState, parameters: Coordinates) -> Update:
        t = state.t + 1
        starts = repeat(1.0 - beta1**t), repeat(1.0 - beta2**t)
        rows = zip(*map(rule, gradient, parameters, state.m, state.v, *starts), strict=True)
        w, g, m, v, m_corrected, v_corrected, blend, square_blend, scaled, step = rows
        parts = {
            "gradient": g,
            "average": m,
            "square_average": v,
            "corrected_average": m_corrected,
            "corrected_square_average": v_corrected,
            "blend": blend,
            "square_blend": square_blend,
            "scaled": scaled,
            "step": step,
        }
        return Update(w, AdamState(t, m, v), parts)

    return Optimizer(init, update)
