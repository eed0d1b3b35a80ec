"""A training library in small, for the bench: optimizer classes as PyTorch has them, and loops that train.

A class per optimizer holds groups of parameters with their settings and a state for each parameter; `step`
goes through them. A parameter is a float, or a NumPy array as a tensor would be. The twelve runs are those
of the race that `bench_race` measures, on a surface whose gradient is written out by hand.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np

STEPS = 500
SURFACE = "sin(x) + y^2/2 + 0.1*x*y"


def loss_and_slopes(x: float, y: float) -> tuple[float, tuple[float, float]]:
    """sin x + ½ y² + xy/10, and its gradient."""
    return math.sin(x) + 0.5 * y * y + 0.1 * x * y, (math.cos(x) + 0.1 * y, y + 0.1 * x)


class Parameter:
    """What is trained: a float or an array, and its gradient."""

    def __init__(self, data: Any) -> None:
        self.data = data
        self.grad: Any = None


class Optimizer:
    """Groups of parameters with their settings, and a state for each parameter."""

    def __init__(self, parameters: list[Parameter], **defaults: Any) -> None:
        self.param_groups = [{"params": list(parameters), **defaults}]
        self.state: dict[Parameter, dict[str, Any]] = defaultdict(dict)

    def zero_grad(self) -> None:
        for group in self.param_groups:
            for parameter in group["params"]:
                parameter.grad = None

    def step(self) -> None:
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                grad = parameter.grad
                if group["weight_decay"] != 0.0 and not group.get("decoupled"):
                    grad = grad + group["weight_decay"] * parameter.data
                self.update(parameter, grad, self.state[parameter], group)

    def update(self, parameter: Parameter, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        raise NotImplementedError


class SGD(Optimizer):
    def __init__(self, parameters, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
        super().__init__(parameters, lr=lr, momentum=momentum, nesterov=nesterov, weight_decay=weight_decay)

    def update(self, parameter, grad, state, group):
        if group["momentum"] != 0.0:
            buffer = state.get("momentum_buffer")
            buffer = grad if buffer is None else group["momentum"] * buffer + grad
            state["momentum_buffer"] = buffer
            grad = grad + group["momentum"] * buffer if group["nesterov"] else buffer
        parameter.data = parameter.data - group["lr"] * grad


class Adagrad(Optimizer):
    def __init__(self, parameters, lr, eps=1e-10, weight_decay=0.0):
        super().__init__(parameters, lr=lr, eps=eps, weight_decay=weight_decay)

    def update(self, parameter, grad, state, group):
        state["sum"] = state.get("sum", 0.0) + grad * grad
        parameter.data = parameter.data - group["lr"] * grad / (state["sum"] ** 0.5 + group["eps"])


class Adadelta(Optimizer):
    def __init__(self, parameters, lr=1.0, rho=0.9, eps=1e-6, weight_decay=0.0):
        super().__init__(parameters, lr=lr, rho=rho, eps=eps, weight_decay=weight_decay)

    def update(self, parameter, grad, state, group):
        if not state:
            state["square_avg"] = state["acc_delta"] = 0.0
        rho, eps = group["rho"], group["eps"]
        state["square_avg"] = rho * state["square_avg"] + (1 - rho) * grad * grad
        delta = (state["acc_delta"] + eps) ** 0.5 / (state["square_avg"] + eps) ** 0.5 * grad
        state["acc_delta"] = rho * state["acc_delta"] + (1 - rho) * delta * delta
        parameter.data = parameter.data - group["lr"] * delta


class RMSprop(Optimizer):
    def __init__(self, parameters, lr, alpha=0.99, eps=1e-8, weight_decay=0.0):
        super().__init__(parameters, lr=lr, alpha=alpha, eps=eps, weight_decay=weight_decay)

    def update(self, parameter, grad, state, group):
        alpha = group["alpha"]
        state["square_avg"] = alpha * state.get("square_avg", 0.0) + (1 - alpha) * grad * grad
        parameter.data = parameter.data - group["lr"] * grad / (state["square_avg"] ** 0.5 + group["eps"])


class Adam(Optimizer):
    def __init__(self, parameters, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, amsgrad=False):
        super().__init__(parameters, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, amsgrad=amsgrad)

    def update(self, parameter, grad, state, group):
        if not state:
            state.update(step=0, exp_avg=0.0, exp_avg_sq=0.0, max_exp_avg_sq=0.0)
        state["step"] += 1
        beta1, beta2 = group["betas"]
        state["exp_avg"] = beta1 * state["exp_avg"] + (1 - beta1) * grad
        square = state["exp_avg_sq"] = beta2 * state["exp_avg_sq"] + (1 - beta2) * grad * grad
        if group["amsgrad"]:
            larger = np.maximum if isinstance(square, np.ndarray) else max
            square = state["max_exp_avg_sq"] = larger(state["max_exp_avg_sq"], square)
        bias1, bias2 = 1 - beta1 ** state["step"], 1 - beta2 ** state["step"]
        denominator = (square / bias2) ** 0.5 + group["eps"]
        parameter.data = parameter.data - group["lr"] / bias1 * state["exp_avg"] / denominator


class AdamW(Adam):
    def __init__(self, parameters, lr, weight_decay=1e-2):
        super().__init__(parameters, lr, weight_decay=weight_decay)
        self.param_groups[0]["decoupled"] = True

    def update(self, parameter, grad, state, group):
        parameter.data = parameter.data * (1 - group["lr"] * group["weight_decay"])
        super().update(parameter, grad, state, group)


class NAdam(Optimizer):
    def __init__(self, parameters, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, momentum_decay=4e-3):
        super().__init__(
            parameters,
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            momentum_decay=momentum_decay,
        )

    def update(self, parameter, grad, state, group):
        if not state:
            state.update(step=0, mu_product=1.0, exp_avg=0.0, exp_avg_sq=0.0)
        state["step"] += 1
        beta1, beta2 = group["betas"]
        mu = beta1 * (1 - 0.5 * 0.96 ** (state["step"] * group["momentum_decay"]))
        mu_next = beta1 * (1 - 0.5 * 0.96 ** ((state["step"] + 1) * group["momentum_decay"]))
        state["mu_product"] *= mu
        state["exp_avg"] = beta1 * state["exp_avg"] + (1 - beta1) * grad
        state["exp_avg_sq"] = beta2 * state["exp_avg_sq"] + (1 - beta2) * grad * grad
        denominator = (state["exp_avg_sq"] / (1 - beta2 ** state["step"])) ** 0.5 + group["eps"]
        ahead = grad * (1 - mu) / (1 - state["mu_product"])
        ahead = ahead + state["exp_avg"] * mu_next / (1 - state["mu_product"] * mu_next)
        parameter.data = parameter.data - group["lr"] * ahead / denominator


class Lion(Optimizer):
    def __init__(self, parameters, lr, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(parameters, lr=lr, betas=betas, weight_decay=weight_decay)

    def update(self, parameter, grad, state, group):
        beta1, beta2 = group["betas"]
        average = state.get("exp_avg", 0.0)
        blend = beta1 * average + (1 - beta1) * grad
        sign = np.sign(blend) if isinstance(blend, np.ndarray) else (blend > 0) - (blend < 0)
        parameter.data = parameter.data - group["lr"] * sign
        state["exp_avg"] = beta2 * average + (1 - beta2) * grad


class QHM(Optimizer):
    def __init__(self, parameters, lr, beta=0.999, nu=0.7, weight_decay=0.0):
        super().__init__(parameters, lr=lr, beta=beta, nu=nu, weight_decay=weight_decay)

    def update(self, parameter, grad, state, group):
        beta, nu = group["beta"], group["nu"]
        state["buffer"] = beta * state.get("buffer", 0.0) + (1 - beta) * grad
        parameter.data = parameter.data - group["lr"] * ((1 - nu) * grad + nu * state["buffer"])


RACERS: dict[str, Callable[[list[Parameter]], Optimizer]] = {
    "gd(lr=0.05)": lambda p: SGD(p, 0.05),
    "momentum(lr=0.01, beta=0.9)": lambda p: SGD(p, 0.01, momentum=0.9),
    "nesterov(lr=0.01, beta=0.9)": lambda p: SGD(p, 0.01, momentum=0.9, nesterov=True),
    "adagrad(lr=0.2)": lambda p: Adagrad(p, 0.2),
    "adadelta(lr=1)": lambda p: Adadelta(p, 1.0),
    "rmsprop(lr=0.01)": lambda p: RMSprop(p, 0.01),
    "adam(lr=0.05)": lambda p: Adam(p, 0.05),
    "adamw(lr=0.05)": lambda p: AdamW(p, 0.05),
    "amsgrad(lr=0.05)": lambda p: Adam(p, 0.05, amsgrad=True),
    "nadam(lr=0.05)": lambda p: NAdam(p, 0.05),
    "lion(lr=0.01)": lambda p: Lion(p, 0.01),
    "qhm(lr=0.05)": lambda p: QHM(p, 0.05),
}
"""The call as the program reads it → the same optimizer here."""

Path2D = tuple[list[Any], list[float]]
"""The places and the losses of a run."""


def trained_floats(x: float, y: float) -> list[Path2D]:
    """The twelve runs from (x, y): two parameters, each a float."""
    runs = []
    for make in RACERS.values():
        first, second = parameters = [Parameter(x), Parameter(y)]
        optimizer = make(parameters)
        places, losses = [(x, y)], []
        for _ in range(STEPS):
            optimizer.zero_grad()
            loss, (first.grad, second.grad) = loss_and_slopes(first.data, second.data)
            optimizer.step()
            losses.append(loss)
            places.append((first.data, second.data))
        losses.append(loss_and_slopes(*places[-1])[0])
        runs.append((places, losses))
    return runs


def trained_arrays(x: float, y: float) -> list[Path2D]:
    """The same with one parameter, an array of two numbers, as a tensor is one."""
    runs = []
    for make in RACERS.values():
        weights = Parameter(np.array([x, y]))
        optimizer = make([weights])
        places, losses = [weights.data], []
        for _ in range(STEPS):
            optimizer.zero_grad()
            loss, slopes = loss_and_slopes(*weights.data.tolist())
            weights.grad = np.array(slopes)
            optimizer.step()
            losses.append(loss)
            places.append(weights.data)
        losses.append(loss_and_slopes(*places[-1].tolist())[0])
        runs.append((places, losses))
    return runs
