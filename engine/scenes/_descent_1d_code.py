"""A run down a curve as plain NumPy, with its schedule, to copy and run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.function import Function
from engine.numpy_code import numpy_function, numpy_preamble, stated_slopes
from engine.schedules import THRESHOLD

if TYPE_CHECKING:
    from engine.scenes.descent_1d import Descent1D


def descent_code(scene: Descent1D, f: Function, shown: int) -> str:
    """Runnable NumPy that takes `shown` steps and prints where they lead."""
    slope = stated_slopes(f.derivative_node())
    sign = "+" if scene.direction == "ascent" else "-"
    before, rate, after = _schedule(scene)
    indented = "".join(f"\n    {line}" for line in after)
    return f"""{numpy_preamble([f.node, slope])}


{numpy_function("f", f.variables, f.node)}


{numpy_function("f_prime", f.variables, slope)}


x = np.float64({scene.x0!r})
lr = {scene.lr!r}
{"".join(line + chr(10) for line in before)}for t in range({shown}):
    rate = {rate}
    x = x {sign} rate * f_prime(x){indented}
print("x", x)
print("loss", f(x))
print("slope", f_prime(x))
"""


def _schedule(scene: Descent1D) -> tuple[list[str], str, list[str]]:
    """The lines before the loop, the rate of step t, and the lines after a step."""
    if scene.schedule == "step":
        return [], f"lr * {scene.drop!r} ** (t // {scene.period})", []
    if scene.schedule == "cosine":
        return [], f"lr * (1 + np.cos(np.pi * t / {scene.steps})) / 2", []
    if scene.schedule == "warm-up":
        return [], f"lr * min(1, (t + 1) / {scene.period})", []
    if scene.schedule == "constant":
        return [], "lr", []
    climbed = "-" if scene.direction == "ascent" else ""
    return (
        ["best, waited = np.inf, 0", f"loss = {climbed}f(x)"],
        "lr",
        [
            f"if loss < best - {THRESHOLD!r} * abs(best) or best == np.inf:",
            "    best, waited = loss, 0",
            f"elif waited + 1 > {scene.period}:",
            f"    lr, waited = lr * {scene.drop!r}, 0",
            "else:",
            "    waited += 1",
            f"loss = {climbed}f(x)",
        ],
    )
