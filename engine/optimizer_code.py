"""The optimizers as a person would write them in NumPy: the text of the *Code* drawer, to copy and run.

Each entry is the body of a loop over t = 1, 2, …: `gradient(*w)` is there, `w` is what it moves. It says the
same as `engine.optimizers`, in vectors, and a test runs both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


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

_LOOPS: Mapping[str, _Loop] = {
    "gd": _Loop("", "w = w - lr * g"),
    "adagrad": _Loop("G = np.zeros_like(w)", "G = G + g**2\nw = w - lr * g / (np.sqrt(G) + eps)"),
    "rmsprop": _Loop(
        "v = np.zeros_like(w)",
        "v = alpha * v + (1 - alpha) * g**2\nw = w - lr * g / (np.sqrt(v) + eps)",
    ),
    "adam": _Loop("m, v = np.zeros_like(w), np.zeros_like(w)", _ADAM_BODY),
}


def _loop(optimizer: str, settings: Mapping[str, Any]) -> _Loop:
    if optimizer in ("momentum", "nesterov"):
        share = "(1 - beta) * " if settings.get("averaged") else ""
        ahead = optimizer == "nesterov" or settings.get("nesterov")
        direction = f"(beta * v + {share}g)" if ahead else "v"
        return _Loop("v = np.zeros_like(w)", _MOMENTUM_BODY.format(share=share, direction=direction))
    if optimizer == "adamw":
        decay = "w = w - lr * weight_decay * w\n"
        adam = _LOOPS["adam"]
        return adam._replace(body=decay + adam.body) if settings.get("weight_decay") else adam
    return _LOOPS[optimizer]


def racer_code(function_name: str, optimizer: str, settings: Mapping[str, Any]) -> str:
    """A function `function_name(w, steps)` that runs the optimizer from w and returns where it ends."""
    loop = _loop(optimizer, settings)
    used = loop.before + loop.body
    sign = "-" if settings.get("maximize") else ""
    lines = [f"g = {sign}gradient(*w)"]
    if settings.get("weight_decay") and optimizer != "adamw":
        lines.append("g = g + weight_decay * w")
        used += "weight_decay"
    lines += loop.body.splitlines()
    numbers = [f"{name} = {value!r}" for name, value in settings.items() if name in used]
    before = [*numbers, *filter(None, [loop.before])]
    indented = "\n".join(f"    {line}" for line in before)
    body = "\n".join(f"        {line}" for line in lines)
    loop_head = "    for t in range(1, steps + 1):"
    return f"def {function_name}(w, steps):\n{indented}\n{loop_head}\n{body}\n    return w\n"
