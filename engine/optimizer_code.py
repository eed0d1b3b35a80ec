"""The optimizers as a person would write them in NumPy: the text of the *Code* drawer, to copy and run.

Each entry is the body of a loop over t = 1, 2, …: `gradient(*w)` is there, `w` is what it moves; Newton's
method also asks for `hessian(*w)`, the entries row by row. It says the same as the optimizers of `engine`, in
vectors, and a test runs both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from engine.optimizer_kinds import OPTIMIZERS


class _Loop(NamedTuple):
    """What stands before the loop, and in it."""

    before: str
    body: str


_MOMENTUM_BODY = """\
v = beta * v + {share}g
w = w - lr * {direction}"""

_ADAM_BODY = """\
m = betas[0] * m + (1 - betas[0]) * g
v = betas[1] * v + (1 - betas[1]) * g**2
m_hat = m / (1 - betas[0]**t)
v_hat = v / (1 - betas[1]**t)
w = w - lr * m_hat / (np.sqrt(v_hat) + eps)"""

_AMSGRAD_BODY = """\
m = betas[0] * m + (1 - betas[0]) * g
v = betas[1] * v + (1 - betas[1]) * g**2
v_max = np.maximum(v_max, v)
m_hat = m / (1 - betas[0]**t)
v_hat = v_max / (1 - betas[1]**t)
w = w - lr * m_hat / (np.sqrt(v_hat) + eps)"""

_NADAM_BODY = """\
mu = betas[0] * (1 - 0.5 * 0.96**(t * momentum_decay))
mu_next = betas[0] * (1 - 0.5 * 0.96**((t + 1) * momentum_decay))
mu_product = mu_product * mu
m = betas[0] * m + (1 - betas[0]) * g
v = betas[1] * v + (1 - betas[1]) * g**2
m_hat = mu_next * m / (1 - mu_product * mu_next) + (1 - mu) * g / (1 - mu_product)
v_hat = v / (1 - betas[1]**t)
w = w - lr * m_hat / (np.sqrt(v_hat) + eps)"""

_QHADAM_BODY = """\
m = betas[0] * m + (1 - betas[0]) * g
v = betas[1] * v + (1 - betas[1]) * g**2
c = (1 - nus[0]) * g + nus[0] * m / (1 - betas[0]**t)
q = (1 - nus[1]) * g**2 + nus[1] * v / (1 - betas[1]**t)
w = w - lr * c / (np.sqrt(q) + eps)"""

_ADADELTA_BODY = """\
v = rho * v + (1 - rho) * g**2
d = np.sqrt(u + eps) / np.sqrt(v + eps) * g
u = rho * u + (1 - rho) * d**2
w = w - lr * d"""

_LION_BODY = """\
c = betas[0] * m + (1 - betas[0]) * g
m = betas[1] * m + (1 - betas[1]) * g
w = w - lr * np.sign(c)"""

_QHM_BODY = """\
v = beta * v + (1 - beta) * g
w = w - lr * ((1 - nu) * g + nu * v)"""

_NEWTON_BODY = """\
A = {sign}hessian(*w).reshape(2, 2) + ({damping}) * np.eye(2)
w = w - lr * (np.linalg.pinv(A) @ g)"""

_BFGS_BODY = """\
if t == 1:
    H = np.eye(len(w)) / max(1, np.abs(g).sum())
else:
    s, y = w - w_before, g - g_before
    if s @ y > 1e-10 * np.linalg.norm(s) * np.linalg.norm(y):
        if not learnt:
            H, learnt = np.eye(len(w)) * (s @ y) / (y @ y), True
        left = np.eye(len(w)) - np.outer(s, y) / (s @ y)
        H = left @ H @ left.T + np.outer(s, s) / (s @ y)
w_before, g_before = w, g
w = w - lr * (H @ g)"""

_BOTH_AVERAGES = "m, v = np.zeros_like(w), np.zeros_like(w)"

_LOOPS: Mapping[str, _Loop] = {
    "gd": _Loop("", "w = w - lr * g"),
    "adagrad": _Loop("G = np.zeros_like(w)", "G = G + g**2\nw = w - lr * g / (np.sqrt(G) + eps)"),
    "rmsprop": _Loop(
        "v = np.zeros_like(w)",
        "v = alpha * v + (1 - alpha) * g**2\nw = w - lr * g / (np.sqrt(v) + eps)",
    ),
    "adam": _Loop(_BOTH_AVERAGES, _ADAM_BODY),
    "adadelta": _Loop("u, v = np.zeros_like(w), np.zeros_like(w)", _ADADELTA_BODY),
    "amsgrad": _Loop(_BOTH_AVERAGES + "\nv_max = np.zeros_like(w)", _AMSGRAD_BODY),
    "nadam": _Loop(_BOTH_AVERAGES + "\nmu_product = 1.0", _NADAM_BODY),
    "lion": _Loop("m = np.zeros_like(w)", _LION_BODY),
    "qhm": _Loop("v = np.zeros_like(w)", _QHM_BODY),
    "qhadam": _Loop(_BOTH_AVERAGES, _QHADAM_BODY),
    "bfgs": _Loop("learnt = False", _BFGS_BODY),
}


def _loop(optimizer: str, settings: Mapping[str, Any]) -> _Loop:
    if optimizer in ("momentum", "nesterov"):
        share = "(1 - beta) * " if settings.get("averaged") else ""
        ahead = optimizer == "nesterov" or settings.get("nesterov")
        direction = f"(beta * v + {share}g)" if ahead else "v"
        return _Loop("v = np.zeros_like(w)", _MOMENTUM_BODY.format(share=share, direction=direction))
    if optimizer == "newton":
        damping = "damping + weight_decay" if settings.get("weight_decay") else "damping"
        sign = "-" if settings.get("maximize") else ""
        return _Loop("", _NEWTON_BODY.format(sign=sign, damping=damping))
    loop = _LOOPS["adam" if optimizer == "adamw" else optimizer]
    if OPTIMIZERS[optimizer].decays_beside and settings.get("weight_decay"):
        return loop._replace(body="w = w - lr * weight_decay * w\n" + loop.body)
    return loop


def racer_code(
    function_name: str, optimizer: str, settings: Mapping[str, Any], *, noisy: bool = False
) -> str:
    """A function `function_name(w, steps)` that runs the optimizer from w and returns where it ends.

    noisy: normal noise of the size `noise`, drawn from `seed`, is added to each gradient; the code around it
    says what the two are.
    """
    loop = _loop(optimizer, settings)
    used = loop.before + loop.body
    sign = "-" if settings.get("maximize") else ""
    before = [loop.before] if loop.before else []
    lines = [f"g = {sign}gradient(*w)"]
    if noisy:
        before.append("rng = np.random.default_rng(seed)")
        lines = [f"g = {sign}(gradient(*w) + noise * rng.standard_normal(len(w)))"]
    if settings.get("weight_decay") and not OPTIMIZERS[optimizer].decays_beside:
        lines.append("g = g + weight_decay * w")
        used += "weight_decay"
    lines += loop.body.splitlines()
    numbers = [f"{name} = {value!r}" for name, value in settings.items() if name in used]
    head = "\n".join(f"    {line}" for entry in (*numbers, *before) for line in entry.splitlines())
    body = "\n".join(f"        {line}" for line in lines)
    loop_head = "    for t in range(1, steps + 1):"
    return f"def {function_name}(w, steps):\n{head}\n{loop_head}\n{body}\n    return w\n"
