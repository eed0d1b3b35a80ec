"""One step of an optimizer, written out: the lines of its formula, and the numbers that stand in them now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.dissection import Contribution
from engine.optimizer_kinds import OPTIMIZERS, PARTS, OptimizerKind
from engine.racer import RacerPart
from engine.text import latex_number

DIGITS = 5

LONGEST = 60
"""Characters of LaTeX in the numbers of a line; what goes beyond stands on a line of its own."""


def worked_step(
    setup: RacerPart, parts: Mapping[str, Sequence[float]], *, noisy: bool = False
) -> tuple[str, ...]:
    r"""The update of what is in force (`Racer.part_at`) as lines of LaTeX, each with its value in `parts`.

    noisy: noise ξ was added to the gradient before the optimizer saw it.

    >>> from engine.racer import racer_part
    >>> parts = {"gradient": (3.0, 2.0), "step": (-0.3, -0.2)}
    >>> print(worked_step(racer_part("gd", {"lr": 0.1}), parts)[-1])
    \Delta w = -\eta g = -0.1 \cdot (3,\, 2) = (-0.3,\, -0.2)
    """
    kind = OPTIMIZERS["nesterov"] if "lookahead" in parts else setup.kind
    made = {PARTS[name].symbol: name for name in kind.parts}
    lines = [f"{_gradient_taken(setup, noisy)} = {_vector(parts['gradient'])}"]
    for formula in kind.formulas[:-1]:
        symbol = formula.partition(" = ")[0]
        if symbol == "A":
            formula = _curvature_taken(setup)
        if symbol == "a":
            formula = r"a = (1-\beta)\,g" if setup.value("averaged") else "a = g"
        value = f" = {_value(parts[made[symbol]], len(parts['gradient']))}" if symbol in made else ""
        lines.append(formula + value)
    lines.append(f"{kind.formulas[-1]} = {_step_sum(setup, kind, parts)} = {_vector(parts['step'])}")
    return tuple(lines)


def worked_contributions(setup: RacerPart, contributions: Sequence[Contribution]) -> tuple[str, ...]:
    r"""What a step consists of (`engine.dissection`), a line for each summand with its numbers, and the sum.

    >>> from engine.dissection import dissect
    >>> from engine.racer import racer_part
    >>> setup, parts = racer_part("momentum", {"lr": 0.5}), {"velocity": (3.0,), "step": (-1.5,)}
    >>> print("\n".join(worked_contributions(setup, dissect(setup, parts, (2.0,)))))
    -\eta\,\nabla f = -0.5 \cdot (2) = (-1)
    -\eta\beta v_{t-1} = -0.5 \cdot ((3) - (2)) = (-0.5)
    \Delta w = (-1) + (-0.5) = (-1.5)
    """
    lines = []
    for each in contributions:
        made = ""
        if each.after:
            change = _vector(each.after)
            if any(each.before):
                change = f"({change} - {_vector(each.before)})"
            made = rf" = -{latex_number(setup.rate, DIGITS)} \cdot {change}"
        value = f" = {_vector(each.vector)}"
        if len(made) + len(value) > LONGEST:
            lines += [each.latex + made, "{}" + value]
        else:
            lines.append(each.latex + made + value)
    return (*lines, *_sum_lines([each.vector for each in contributions]))


def _sum_lines(vectors: Sequence[Sequence[float]]) -> tuple[str, ...]:
    r"""That the summands make the step: as vectors, or where those are too many for a line, each coordinate.

    >>> print("\n".join(_sum_lines([(-0.4, -2.0), (0.36, 1.8), (0.0, -1.0)])))
    \Delta w_1 = -0.4 + 0.36 + 0 = -0.04
    \Delta w_2 = -2 + 1.8 - 1 = -1.2
    """
    if len(vectors) < 2:
        return ()
    columns = list(zip(*vectors, strict=True))
    if len(vectors) == 2:
        summands = " + ".join(map(_vector, vectors))
        return (rf"\Delta w = {summands} = {_vector([sum(column) for column in columns])}",)
    return tuple(
        rf"\Delta w_{number} = {_summands(column)} = {latex_number(sum(column), DIGITS - 1)}"
        for number, column in enumerate(columns, start=1)
    )


def _summands(column: Sequence[float]) -> str:
    first, *rest = (latex_number(value, DIGITS - 1) for value in column)
    return first + "".join(f" - {each[1:]}" if each.startswith("-") else f" + {each}" for each in rest)


def _gradient_taken(setup: RacerPart, noisy: bool) -> str:
    """What it takes for its gradient: downhill or up, and with the weights' pull in it or without."""
    sign = "-" if setup.climbs else ""
    met = r"\nabla f(w) + \xi" if noisy else r"\nabla f(w)"
    met = f"-({met})" if noisy and sign else sign + met
    return f"g = {met}" + (r" + \lambda w" if setup.pull else "")


def _curvature_taken(setup: RacerPart) -> str:
    """What Newton's method takes for the Hessian: that of what `_gradient_taken` is the gradient of."""
    sign = "-" if setup.climbs else ""
    added = r"(\mu + \lambda)\,I" if setup.decay else r"\mu I"
    return rf"A = {sign}\nabla^2 f(w) + {added}"


def _step_sum(setup: RacerPart, kind: OptimizerKind, parts: Mapping[str, Sequence[float]]) -> str:
    """The last line's right side in numbers: the rate times what came before, or a sum of two steps."""
    if kind.decays_beside:
        return f"{_vector(parts['decay'])} + {_vector(parts['adaptive_step'])}"
    last = "scaled" if "scaled" in kind.parts else kind.parts[-2]
    return rf"-{latex_number(setup.rate, DIGITS)} \cdot {_vector(parts[last])}"


def _value(values: Sequence[float], size: int) -> str:
    """A vector of `size` numbers, or a matrix by its rows."""
    rows = [values[start : start + size] for start in range(0, len(values), size)]
    joined = r",\, ".join(map(_vector, rows))
    return joined if len(rows) == 1 else f"({joined})"


def _vector(values: Sequence[float]) -> str:
    inner = r",\, ".join(latex_number(value, DIGITS) for value in values)
    return f"({inner})"
