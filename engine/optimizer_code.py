"""The optimizers as a person would write them in NumPy: the text of the *Code* drawer, to copy and run.

Each entry is the body of a loop over t = 1, 2, …: `gradient(*w)` is there, `w` is what it moves; Newton's
method also asks for `hessian(*w)`, the entries row by row. It says the same as the optimizers of `engine`, in
vectors, and a test runs both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from engine.optimizer_kinds import OPTIMIZERS
from engine.racer import RacerPart


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
if not np.isfinite(A).all():
    return w  # there is no next step
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


def racer_code(function_name: str, parts: Sequence[RacerPart], *, noisy: bool = False) -> str:
    """A function `function_name(w, steps)` that runs a racer of these parts from w and returns where it ends.

    Each part is a loop of its own. One that goes on with the same optimizer counts t on and keeps its
    averages; another optimizer begins at t = 1. noisy: normal noise of the size `noise`, drawn from `seed`,
    is added to each gradient; the code around it says what the two are.
    """
    lines: list[str] = []
    known: dict[str, Any] = {}
    begun = 0
    for number, part in enumerate(parts):
        goes_on = number > 0 and parts[number - 1].optimizer == part.optimizer
        begun = begun if goes_on else part.start
        end = str(parts[number + 1].start) if number + 1 < len(parts) else ""
        if number:
            lines.append(f"# after {part.start} steps: {part}")
        before, body = _part_code(part, noisy)
        lines += [
            f"{name} = {value!r}" for name, value in _used(part, before, body) if known.get(name) != value
        ]
        known |= dict(_used(part, before, body))
        lines += () if goes_on else before
        if noisy and not number:
            lines.append("rng = np.random.default_rng(seed)")
        lines.append(_loop_head(part.start - begun, end, begun))
        lines += (f"    {line}" for line in body)
    inside = "\n".join(f"    {line}" for line in (*lines, "return w"))
    return f"def {function_name}(w, steps):\n{inside}\n"


def _loop_head(taken: int, end: str, begun: int) -> str:
    """The loop over the steps that follow the first `taken`, up to step `end` of the run ("": to its end).

    begun: the step of the run at which t began to count.
    """
    stop = f"min(steps, {end})" if end else "steps"
    return f"for t in range({taken + 1}, {stop} {f'- {begun} ' if begun else ''}+ 1):"


def _part_code(part: RacerPart, noisy: bool) -> tuple[list[str], list[str]]:
    """What stands before a part's loop, and in it."""
    settings = part.values
    loop = _loop(part.optimizer, settings)
    sign = "-" if settings.get("maximize") else ""
    gradient = "(gradient(*w) + noise * rng.standard_normal(len(w)))" if noisy else "gradient(*w)"
    body = [f"g = {sign}{gradient}"]
    if settings.get("weight_decay") and not part.kind.decays_beside:
        body.append("g = g + weight_decay * w")
    return loop.before.splitlines(), body + loop.body.splitlines()


def _used(part: RacerPart, before: Sequence[str], body: Sequence[str]) -> list[tuple[str, Any]]:
    """The settings that its code names, with their values."""
    code = "\n".join((*before, *body))
    return [(name, value) for name, value in part.values.items() if re.search(rf"\b{name}\b", code)]
