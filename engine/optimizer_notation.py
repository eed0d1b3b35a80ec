"""One step of an optimizer, written out: the lines of its formula, and the numbers that stand in them now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.optimizer_kinds import PARTS
from engine.racers import Racer
from engine.text import latex_number

DIGITS = 5


def worked_step(racer: Racer, parts: Mapping[str, Sequence[float]]) -> tuple[str, ...]:
    """The racer's update as lines of LaTeX, each with the value that it gives in `parts`.

    >>> from engine.racers import make_racer
    >>> worked_step(make_racer("gd", {"lr": 0.1}), {"gradient": (3.0, 2.0), "step": (-0.3, -0.2)})[-1]
    '\\\\Delta w = -\\\\eta g = -0.1 \\\\cdot \\\\left(3,\\\\, 2\\\\right) = \\\\left(-0.3,\\\\, -0.2\\\\right)'
    """
    made = {PARTS[name].symbol: name for name in racer.kind.parts}
    lines = [rf"g = \nabla f(w) = {_vector(parts['gradient'])}"]
    for formula in racer.kind.formulas[:-1]:
        symbol = formula.partition(" = ")[0]
        if symbol in made:
            lines.append(f"{formula} = {_vector(parts[made[symbol]])}")
    lines.append(f"{racer.kind.formulas[-1]} = {_step_sum(racer, parts)} = {_vector(parts['step'])}")
    return tuple(lines)


def _step_sum(racer: Racer, parts: Mapping[str, Sequence[float]]) -> str:
    """The right side of the last line with numbers: the rate times what came before, or a sum of two steps."""
    *_, before, last = racer.kind.parts[:-1] if len(racer.kind.parts) > 2 else ("", "gradient")
    if last == "decay":
        return f"{_vector(parts[before])} + {_vector(parts[last])}"
    rate = racer.value("lr")
    assert isinstance(rate, float)
    return rf"-{latex_number(rate, DIGITS)} \cdot {_vector(parts[last])}"


def _vector(values: Sequence[float]) -> str:
    inner = r",\, ".join(latex_number(value, DIGITS) for value in values)
    return rf"\left({inner}\right)"
