"""The optimizers of the course: each a pair of pure functions over values.

An optimizer is `init(parameters) -> state` and `update(gradient, state, parameters) -> Update`. It holds
nothing: the state is a NamedTuple whose fields are the textbook's letters, and the caller keeps it. An
update also returns its *parts* (gradient, velocity, averages, step …), which a lesson draws as arrows and
writes out with their numbers; `step` is always the whole displacement, new parameters minus old.

None of these optimizers looks across coordinates (those of `engine.second_order` do), so each is one *rule*
for a single coordinate, which its update maps over the parameters. A coordinate is a float, or a NumPy array
that holds the same coordinate of many runs at once: the rule is the same. (NumPy on two numbers is ten times
slower than floats, and a race recomputes thousands of steps between two frames.) The settings may be arrays
too: a map over learning rates is one run. They are not checked here: what a learner types passes through
`engine.racers`, which knows every setting's domain.

Formulas, keywords and defaults are those of `torch.optim`, but that momentum has to be asked for there: its
`momentum` is β here, and 0.9 unless told. All of them accept

* `lr`            η, the learning rate,
* `weight_decay`  λ, added to the gradient as λw (the L2 penalty; `adamw` decays the parameters instead),
* `maximize`      climbs instead: the gradient's sign is turned before anything else.

Here are those that every course has; `engine.adaptive_optimizers` and `engine.quasi_hyperbolic` have more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import repeat
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Coordinate: TypeAlias = float | NDArray[np.float64]
Coordinates: TypeAlias = tuple[Coordinate, ...]
Parts: TypeAlias = Mapping[str, Coordinates]


class Update(NamedTuple):
    """What one step made of the parameters and the state, and the named quantities it went through."""

    parameters: Coordinates
    state: Any
    parts: Parts


class Optimizer(NamedTuple):
    """The pair `init`, `update`; see the module's first lines.

    needs_hessian: `update` asks for a fourth argument, the rows of second derivatives; `with_hessian` in
    `engine.second_order` makes it one of three.
    """

    init: Callable[[Coordinates], Any]
    update: Callable[..., Update]
    needs_hessian: bool = False


class PlainState(NamedTuple):
    """Plain descent remembers nothing."""


class MomentumState(NamedTuple):
    """v, the velocity."""

    v: Coordinates


class AdagradState(NamedTuple):
    """G, the sum of the squared gradients."""

    G: Coordinates


class RmspropState(NamedTuple):
    """v, the running average of the squared gradients."""

    v: Coordinates


class AdamState(NamedTuple):
    """t, the number of steps taken; m and v, the running averages of the gradient and of its square."""

    t: int
    m: Coordinates
    v: Coordinates


def gd(lr: float = 1e-3, *, weight_decay: float = 0.0, maximize: bool = False) -> Optimizer:
    """Plain gradient descent: against the gradient, η times its length.

    w ← w − η g

    Source: Cauchy, "Méthode générale pour la résolution des systèmes d'équations simultanées" (1847);
    `torch.optim.SGD`.

    >>> descent = gd(lr=0.1)
    >>> descent.update((3.0, -2.0), descent.init((1.0, 1.0)), (1.0, 1.0)).parameters
    (0.7, 1.2)
    """
    sign = sign_of(maximize)

    def rule(g: Coordinate, w: Coordinate) -> Any:
        g = sign * g + weight_decay * w
        step = -lr * g
        return w + step, g, step

    def init(parameters: Coordinates) -> PlainState:
        return PlainState()

    def update(gradient: Coordinates, state: PlainState, parameters: Coordinates) -> Update:
        w, g, step = zip(*map(rule, gradient, parameters), strict=True)
        return Update(w, state, {"gradient": g, "step": step})

    return Optimizer(init, update)


def momentum(
    lr: float = 1e-3,
    beta: float = 0.9,
    *,
    averaged: bool = False,
    nesterov: bool = False,
    weight_decay: float = 0.0,
    maximize: bool = False,
) -> Optimizer:
    """Descent with momentum: a velocity that forgets a share 1 − β of itself at each step.

    v ← β v + g,   w ← w − η v                  accumulated, as PyTorch has it
    v ← β v + (1 − β) g,   w ← w − η v          `averaged`, as many books have it

    From rest, the averaged form with rate η is the accumulated one with rate (1 − β) η. `nesterov` steps
    along β v + g (averaged: β v + (1 − β) g) with the v just made: see the function `nesterov`.

    Source: Polyak, "Some methods of speeding up the convergence of iteration methods" (1964);
    `torch.optim.SGD(momentum=β)`.

    >>> heavy = momentum(lr=0.1, beta=0.5)
    >>> first = heavy.update((1.0,), heavy.init((0.0,)), (0.0,))
    >>> second = heavy.update((1.0,), first.state, first.parameters)
    >>> first.parameters, second.parts["velocity"]
    ((-0.1,), (1.5,))
    """
    sign = sign_of(maximize)
    share = 1.0 - beta if averaged else 1.0

    def rule(g: Coordinate, w: Coordinate, v: Coordinate) -> Any:
        g = sign * g + weight_decay * w
        carried = beta * v
        added = share * g
        v = carried + added
        lookahead = beta * v + added
        step = -lr * (lookahead if nesterov else v)
        return w + step, g, carried, added, v, lookahead, step

    def init(parameters: Coordinates) -> MomentumState:
        return MomentumState(zeros(parameters))

    def update(gradient: Coordinates, state: MomentumState, parameters: Coordinates) -> Update:
        rows = map(rule, gradient, parameters, state.v)
        w, g, carried, added, v, lookahead, step = zip(*rows, strict=True)
        parts = {"gradient": g, "carried": carried, "added": added, "velocity": v, "step": step}
        if nesterov:
            parts["lookahead"] = lookahead
        return Update(w, MomentumState(v), parts)

    return Optimizer(init, update)


def nesterov(
    lr: float = 1e-3,
    beta: float = 0.9,
    *,
    averaged: bool = False,
    weight_decay: float = 0.0,
    maximize: bool = False,
) -> Optimizer:
    """Nesterov's momentum: the step already counts on the velocity it is about to have.

    v ← β v + g,   w ← w − η (g + β v)

    This is the form that takes the gradient where the parameters stand, with a change of variables that puts
    Nesterov's look ahead into the parameters themselves.

    Source: Nesterov, "A method of solving a convex programming problem with convergence rate O(1/k²)"
    (1983); Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and momentum in deep
    learning" (2013); `torch.optim.SGD(momentum=β, nesterov=True)`.

    >>> ahead = nesterov(lr=0.1, beta=0.5)
    >>> ahead.update((1.0,), ahead.init((0.0,)), (0.0,)).parts["lookahead"]
    (1.5,)
    """
    return momentum(lr, beta, averaged=averaged, nesterov=True, weight_decay=weight_decay, maximize=maximize)


def adagrad(
    lr: float = 1e-2, *, eps: float = 1e-10, weight_decay: float = 0.0, maximize: bool = False
) -> Optimizer:
    """AdaGrad: each coordinate's rate shrinks with all the gradient it has ever seen.

    G ← G + g²,   w ← w − η g / (√G + ε)

    ε > 0 stands outside the root and keeps 0/0 away from a coordinate whose gradient was always 0.

    Source: Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic
    optimization" (2011); `torch.optim.Adagrad`.

    >>> adaptive = adagrad(lr=0.5)
    >>> adaptive.update((100.0, -1.0), adaptive.init((0.0, 0.0)), (0.0, 0.0)).parameters
    (-0.4999999999995, 0.49999999995)
    """
    sign = sign_of(maximize)

    def rule(g: Coordinate, w: Coordinate, total: Coordinate) -> Any:
        g = sign * g + weight_decay * w
        total = total + g * g
        scaled = g / (square_root(total) + eps)
        step = -lr * scaled
        return w + step, g, total, scaled, step

    def init(parameters: Coordinates) -> AdagradState:
        return AdagradState(zeros(parameters))

    def update(gradient: Coordinates, state: AdagradState, parameters: Coordinates) -> Update:
        w, g, total, scaled, step = zip(*map(rule, gradient, parameters, state.G), strict=True)
        parts = {"gradient": g, "square_sum": total, "scaled": scaled, "step": step}
        return Update(w, AdagradState(total), parts)

    return Optimizer(init, update)


def rmsprop(
    lr: float = 1e-2,
    alpha: float = 0.99,
    *,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    maximize: bool = False,
) -> Optimizer:
    """RMSProp: each gradient over the root of its recent mean square, so that AdaGrad's rate can recover.

    v ← α v + (1 − α) g²,   w ← w − η g / (√v + ε)

    ε > 0 stands outside the root. (Some books set it inside: a real difference where v is near 0.)

    Source: Tieleman and Hinton, "Lecture 6.5: rmsprop" (2012); `torch.optim.RMSprop`.

    >>> recent = rmsprop(lr=0.1, alpha=0.75)
    >>> recent.update((4.0,), recent.init((1.0,)), (1.0,)).parts["square_average"]
    (4.0,)
    """
    sign = sign_of(maximize)

    def rule(g: Coordinate, w: Coordinate, v: Coordinate) -> Any:
        g = sign * g + weight_decay * w
        v = alpha * v + (1.0 - alpha) * g * g
        scaled = g / (square_root(v) + eps)
        step = -lr * scaled
        return w + step, g, v, scaled, step

    def init(parameters: Coordinates) -> RmspropState:
        return RmspropState(zeros(parameters))

    def update(gradient: Coordinates, state: RmspropState, parameters: Coordinates) -> Update:
        w, g, v, scaled, step = zip(*map(rule, gradient, parameters, state.v), strict=True)
        parts = {"gradient": g, "square_average": v, "scaled": scaled, "step": step}
        return Update(w, RmspropState(v), parts)

    return Optimizer(init, update)


def adam(
    lr: float = 1e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    *,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    maximize: bool = False,
) -> Optimizer:
    """Adam: momentum's average over RMSProp's root, both corrected for having started at 0.

    m ← β₁ m + (1 − β₁) g,   m̂ = m / (1 − β₁ᵗ)
    v ← β₂ v + (1 − β₂) g²,   v̂ = v / (1 − β₂ᵗ)
    w ← w − η m̂ / (√v̂ + ε)

    t counts from 1, so the first correction is by 1 / (1 − β): ten for β₁ = 0.9, a thousand for β₂ = 0.999.
    ε > 0 stands outside the root.

    Source: Kingma and Ba, "Adam: a method for stochastic optimization" (2015), algorithm 1;
    `torch.optim.Adam`.

    >>> both = adam(lr=0.5, betas=(0.5, 0.75), eps=1e-300)
    >>> both.update((250.0, -1.0), both.init((0.0, 0.0)), (0.0, 0.0)).parts["step"]
    (-0.5, 0.5)
    """
    return _adam(lr, betas, eps, coupled=weight_decay, decoupled=0.0, maximize=maximize)


def adamw(
    lr: float = 1e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    *,
    eps: float = 1e-8,
    weight_decay: float = 1e-2,
    maximize: bool = False,
) -> Optimizer:
    """AdamW: Adam, with the weights decayed beside the gradient's road instead of through it.

    w ← w − η λ w − η m̂ / (√v̂ + ε),   with m̂ and v̂ as in `adam`, made from the gradient alone

    The decay is then not divided by √v̂: every weight decays by the same share η λ.

    Source: Loshchilov and Hutter, "Decoupled weight decay regularization" (2019), algorithm 2;
    `torch.optim.AdamW`.

    >>> decayed = adamw(lr=0.1, weight_decay=0.5)
    >>> decayed.update((0.0,), decayed.init((2.0,)), (2.0,)).parameters
    (1.9,)
    """
    return _adam(lr, betas, eps, coupled=0.0, decoupled=weight_decay, maximize=maximize)


def _adam(
    lr: float, betas: tuple[float, float], eps: float, *, coupled: float, decoupled: float, maximize: bool
) -> Optimizer:
    """Adam, with λw added to the gradient (`coupled`), or ηλw taken from the weights (`decoupled`)."""
    beta1, beta2 = betas
    sign = sign_of(maximize)

    def rule(
        g: Coordinate, w: Coordinate, m: Coordinate, v: Coordinate, start1: Coordinate, start2: Coordinate
    ) -> Any:
        g = sign * g + coupled * w
        m = beta1 * m + (1.0 - beta1) * g
        v = beta2 * v + (1.0 - beta2) * g * g
        m_corrected = m / start1
        v_corrected = v / start2
        scaled = m_corrected / (square_root(v_corrected) + eps)
        adaptive = -lr * scaled
        decay = -lr * decoupled * w
        step = decay + adaptive
        return w + step, g, m, v, m_corrected, v_corrected, scaled, adaptive, decay, step

    def init(parameters: Coordinates) -> AdamState:
        return AdamState(0, zeros(parameters), zeros(parameters))

    def update(gradient: Coordinates, state: AdamState, parameters: Coordinates) -> Update:
        t = state.t + 1
        # An average that began at 0 has so far met only this share of its weights: dividing makes it whole.
        starts = repeat(1.0 - beta1**t), repeat(1.0 - beta2**t)
        rows = zip(*map(rule, gradient, parameters, state.m, state.v, *starts), strict=True)
        w, g, m, v, m_corrected, v_corrected, scaled, adaptive, decay, step = rows
        parts = {
            "gradient": g,
            "average": m,
            "square_average": v,
            "corrected_average": m_corrected,
            "corrected_square_average": v_corrected,
            "scaled": scaled,
            "adaptive_step": adaptive,
            "decay": decay,
            "step": step,
        }
        return Update(w, AdamState(t, m, v), parts)

    return Optimizer(init, update)


def square_root(value: Coordinate) -> Coordinate:
    """√ of a float by `math`, of an array by NumPy, each several times faster than the other on its own kind.

    >>> square_root(9.0), square_root(np.array([4.0, 1.0]))
    (3.0, array([2., 1.]))
    """
    return math.sqrt(value) if isinstance(value, float) else np.sqrt(value)


def zeros(parameters: Coordinates) -> Coordinates:
    """What an average holds before its first gradient."""
    return (0.0,) * len(parameters)


def sign_of(maximize: bool) -> float:
    """What the gradient is multiplied by: −1 to climb."""
    return -1.0 if maximize else 1.0
