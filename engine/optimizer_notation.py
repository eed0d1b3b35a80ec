"""One step of an optimizer, written out: the lines of its formula, and the numbers that stand in them now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.optimizer_kinds import OPTIMIZERS, PARTS, OptimizerKind
from engine.racers import Racer
from engine.text import latex_number

DIGITS = 5


def worked_step(racer: Racer, parts: Mapping[str, Sequence[float]]) -> tuple[str, ...]:
    r"""The racer's update as lines of LaTeX, each with the value that it gives in `parts`.

    >>> from engine.racers import make_racer
    >>> parts = {"gradient": (3.0, 2.0), "step": (-0.3, -0.2)}
    >>> print(worked_step(make_racer("gd", {"lr": 0.1}), parts)[-1])
    \Delta w = -\eta g = -0.1 \cdot (3,\, 2) = (-0.3,\, -0.2)
    """
    kind = OPTIMIZERS["nesterov"] if "lookahead" in parts else racer.kind
    made = {PARTS[name].symbol: name for name in kind.parts}
    lines = [f"{_gradient_taken(racer)} = {_vector(parts['gradient'])}"]
    for formula in kind.formulas[:-1]:
        symbol = formula.partition(" = ")[0]
        if symbol == "a":
            formula = r"a = (1-\beta)\,g" if racer.value("averaged") else "a = g"
        if symbol in made:
            lines.append(f"{formula} = {_vector(parts[made[symbol]])}")
    lines.append(f"{kind.formulas[-1]} = {_step_sum(racer, kind, parts)} = {_vector(parts['step'])}")
    return tuple(lines)


def _gradient_taken(racer: Racer) -> str:
    """What the racer takes for its gradient: downhill or up, and with the weights' pull in it or without."""
    sign = "-" if racer.value("maximize") else ""
    decays = racer.value("weight_decay") and racer.optimizer != "adamw"  # which decays beside the gradient
    return rf"g = {sign}\nabla f(w)" + (r" + \lambda w" if decays else "")


def _step_sum(racer: Racer, kind: OptimizerKind, parts: Mapping[str, Sequence[float]]) -> str:
    """The last line's right side in numbers: the rate times what came before, or a sum of two steps."""
    *_, before, last = kind.parts[:-1] if len(kind.parts) > 2 else ("", "gradient")
    if last == "decay":
        return f"{_vector(parts[last])} + {_vector(parts[before])}"
    rate = racer.value("lr")
    assert isinstance(rate, float)
    return rf"-{latex_number(rate, DIGITS)} \cdot {_vector(parts[last])}"


def _vector(values: Sequence[float]) -> str:
    inner = r",\, ".join(latex_number(value, DIGITS) for value in values)
    return f"({inner})"
