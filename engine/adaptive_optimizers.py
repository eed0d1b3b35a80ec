"""Optimizers that came of AdaGrad, RMSProp and Adam: each repairs or adds one thing.

They are built as those of `engine.optimizers`, whose first lines say how; a keyword means the same.
"""

from __future__ import annotations

from itertools import repeat
from typing import Any, NamedTuple

import numpy as np

from engine.optimizers import Coordinate, Coordinates, Optimizer, Update, sign_of, square_root, zeros


class AdadeltaState(NamedTuple):
    """v and u, the running averages of the squared gradients and of the squared directions."""

    v: Coordinates
    u: Coordinates


class AmsgradState(NamedTuple):
    """t, the number of steps taken; m and v as in Adam; v_max, the largest v so far."""

    t: int
    m: Coordinates
    v: Coordinates
    v_max: Coordinates


class NadamState(NamedTuple):
    """t, the number of steps taken; mu_product = μ₁ μ₂ … μₜ; m and v as in Adam."""

    t: int
    mu_product: Coordinate
    m: Coordinates
    v: Coordinates


class LionState(NamedTuple):
    """m, the running average of the gradient."""

    m: Coordinates


def adadelta(
    lr: float = 1.0, rho: float = 0.9, *, eps: float = 1e-6, weight_decay: float = 0.0, maximize: bool = False
) -> Optimizer:
    """Adadelta: the length of a step is set by the lengths of those before it, in the parameters' own unit.

    v ← ρ v + (1 − ρ) g²,   d = g √(u + ε) / √(v + ε),   u ← ρ u + (1 − ρ) d²,   w ← w − η d

    ε > 0 stands inside both roots. u starts at 0, so ε alone decides how long the first step is: about √ε.

    Source: Zeiler, "ADADELTA: an adaptive learning rate method" (2012), algorithm 1; `torch.optim.Adadelta`.

    >>> careful = adadelta(rho=0.75, eps=1e-6)
    >>> step = careful.update((2.0,), careful.init((0.0,)), (0.0,)).parts["step"]
    >>> round(step[0], 7)
    -0.002
    """
    sign = sign_of(maximize)

    def rule(g: Coordinate, w: Coordinate, v: Coordinate, u: Coordinate) -> Any:
        g = sign * g + weight_decay * w
        v = rho * v + (1.0 - rho) * g * g
        scaled = square_root(u + eps) / square_root(v + eps) * g
        u = rho * u + (1.0 - rho) * scaled * scaled
        step = -lr * scaled
        return w + step, g, v, scaled, u, step

    def init(parameters: Coordinates) -> AdadeltaState:
        return AdadeltaState(zeros(parameters), zeros(parameters))

    def update(gradient: Coordinates, state: AdadeltaState, parameters: Coordinates) -> Update:
        rows = map(rule, gradient, parameters, state.v, state.u)
        w, g, v, scaled, u, step = zip(*rows, strict=True)
        parts = {"gradient": g, "square_average": v, "scaled": scaled, "square_steps": u, "step": step}
        return Update(w, AdadeltaState(v, u), parts)

    return Optimizer(init, update)


def amsgrad(
    lr: float = 1e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    *,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    maximize: bool = False,
) -> Optimizer:
    """AMSGrad: Adam, but what divides a coordinate never shrinks, so a rare large gradient is not forgotten.

    m and v as in Adam;   V ← max(V, v),   w ← w − η m̂ / (√(V / (1 − β₂ᵗ)) + ε)

    The largest v is kept before its correction, as PyTorch has it. (The paper corrects neither average.)

    Source: Reddi, Kale and Kumar, "On the convergence of Adam and beyond" (2018), algorithm 2;
    `torch.optim.Adam(amsgrad=True)`.

    >>> keeping = amsgrad(lr=0.5, betas=(0.5, 0.75), eps=1e-300)
    >>> keeping.update((250.0, -1.0), keeping.init((0.0, 0.0)), (0.0, 0.0)).parts["step"]
    (-0.5, 0.5)
    """
    beta1, beta2 = betas
    sign = sign_of(maximize)

    def rule(
        g: Coordinate,
        w: Coordinate,
        m: Coordinate,
        v: Coordinate,
        v_max: Coordinate,
        start1: Coordinate,
        start2: Coordinate,
    ) -> Any:
        g = sign * g + weight_decay * w
        m = beta1 * m + (1.0 - beta1) * g
        v = beta2 * v + (1.0 - beta2) * g * g
        v_max = _larger(v_max, v)
        m_corrected = m / start1
        v_corrected = v_max / start2
        scaled = m_corrected / (square_root(v_corrected) + eps)
        step = -lr * scaled
        return w + step, g, m, v, v_max, m_corrected, v_corrected, scaled, step

    def init(parameters: Coordinates) -> AmsgradState:
        nothing = zeros(parameters)
        return AmsgradState(0, nothing, nothing, nothing)

    def update(gradient: Coordinates, state: AmsgradState, parameters: Coordinates) -> Update:
        t = state.t + 1
        starts = repeat(1.0 - beta1**t), repeat(1.0 - beta2**t)
        rows = map(rule, gradient, parameters, state.m, state.v, state.v_max, *starts)
        w, g, m, v, v_max, m_corrected, v_corrected, scaled, step = zip(*rows, strict=True)
        parts = {
            "gradient": g,
            "average": m,
            "square_average": v,
            "square_maximum": v_max,
            "corrected_average": m_corrected,
            "corrected_square_average": v_corrected,
            "scaled": scaled,
            "step": step,
        }
        return Update(w, AmsgradState(t, m, v, v_max), parts)

    return Optimizer(init, update)


def nadam(
    lr: float = 2e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    *,
    momentum_decay: float = 4e-3,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    maximize: bool = False,
) -> Optimizer:
    """NAdam: Adam that looks ahead as Nesterov's momentum does, with a memory that grows towards β₁.

    μₜ = β₁ (1 − ½ · 0.96^(ψ t)),   m and v as in Adam,   v̂ = v / (1 − β₂ᵗ)
    m̂ = μₜ₊₁ m / (1 − μ₁ … μₜ₊₁) + (1 − μₜ) g / (1 − μ₁ … μₜ)
    w ← w − η m̂ / (√v̂ + ε)

    ψ is `momentum_decay`.

    Source: Dozat, "Incorporating Nesterov momentum into Adam" (2016), algorithm 2; `torch.optim.NAdam`.

    >>> ahead = nadam(lr=0.5, betas=(0.5, 0.75), eps=1e-300)
    >>> parts = ahead.update((3.0,), ahead.init((0.0,)), (0.0,)).parts
    >>> parts["corrected_average"][0] > 3.0, parts["corrected_square_average"]
    (True, (9.0,))
    """
    beta1, beta2 = betas
    sign = sign_of(maximize)

    def rule(
        g: Coordinate,
        w: Coordinate,
        m: Coordinate,
        v: Coordinate,
        of_average: Coordinate,
        of_gradient: Coordinate,
        start2: Coordinate,
    ) -> Any:
        g = sign * g + weight_decay * w
        m = beta1 * m + (1.0 - beta1) * g
        v = beta2 * v + (1.0 - beta2) * g * g
        m_corrected = of_average * m + of_gradient * g
        v_corrected = v / start2
        scaled = m_corrected / (square_root(v_corrected) + eps)
        step = -lr * scaled
        return w + step, g, m, v, m_corrected, v_corrected, scaled, step

    def init(parameters: Coordinates) -> NadamState:
        return NadamState(0, 1.0, zeros(parameters), zeros(parameters))

    def update(gradient: Coordinates, state: NadamState, parameters: Coordinates) -> Update:
        t = state.t + 1
        mu, mu_next = (beta1 * (1.0 - 0.5 * 0.96 ** (k * momentum_decay)) for k in (t, t + 1))
        product = state.mu_product * mu
        of_average, of_gradient = mu_next / (1.0 - product * mu_next), (1.0 - mu) / (1.0 - product)
        shares = repeat(of_average), repeat(of_gradient), repeat(1.0 - beta2**t)
        rows = map(rule, gradient, parameters, state.m, state.v, *shares)
        w, g, m, v, m_corrected, v_corrected, scaled, step = zip(*rows, strict=True)
        parts = {
            "gradient": g,
            "average": m,
            "square_average": v,
            "corrected_average": m_corrected,
            "corrected_square_average": v_corrected,
            "scaled": scaled,
            "step": step,
        }
        return Update(w, NadamState(t, product, m, v), parts)

    return Optimizer(init, update)


def lion(
    lr: float = 1e-4,
    betas: tuple[float, float] = (0.9, 0.99),
    *,
    weight_decay: float = 0.0,
    maximize: bool = False,
) -> Optimizer:
    """Lion: only the sign of a momentum moves the weights, so every coordinate goes η at each step.

    c = β₁ m + (1 − β₁) g,   w ← w − η λ w − η sign c,   m ← β₂ m + (1 − β₂) g

    The weights decay beside the gradient's road, as in AdamW. sign 0 = 0.

    Source: Chen et al., "Symbolic discovery of optimization algorithms" (2023), algorithm 2.

    >>> signs = lion(lr=0.5)
    >>> signs.update((250.0, -1e-9), signs.init((0.0, 0.0)), (0.0, 0.0)).parameters
    (-0.5, 0.5)
    """
    beta1, beta2 = betas
    sign = sign_of(maximize)

    def rule(g: Coordinate, w: Coordinate, m: Coordinate) -> Any:
        g = sign * g
        blend = beta1 * m + (1.0 - beta1) * g
        m = beta2 * m + (1.0 - beta2) * g
        scaled = _sign(blend)
        adaptive = -lr * scaled
        decay = -lr * weight_decay * w
        step = decay + adaptive
        return w + step, g, blend, scaled, m, adaptive, decay, step

    def init(parameters: Coordinates) -> LionState:
        return LionState(zeros(parameters))

    def update(gradient: Coordinates, state: LionState, parameters: Coordinates) -> Update:
        w, g, blend, scaled, m, adaptive, decay, step = zip(
            *map(rule, gradient, parameters, state.m), strict=True
        )
        parts = {
            "gradient": g,
            "blend": blend,
            "scaled": scaled,
            "average": m,
            "adaptive_step": adaptive,
            "decay": decay,
            "step": step,
        }
        return Update(w, LionState(m), parts)

    return Optimizer(init, update)


def _larger(one: Coordinate, other: Coordinate) -> Coordinate:
    if isinstance(one, float) and isinstance(other, float):
        return max(one, other)
    larger: Coordinate = np.maximum(one, other)
    return larger


def _sign(value: Coordinate) -> Coordinate:
    if isinstance(value, float):
        return float((value > 0.0) - (value < 0.0))
    sign: Coordinate = np.sign(value)
    return sign
