"""A tape as plain NumPy: the walk forward and the walk back, as autograd does them, to copy and run."""

from __future__ import annotations

from collections.abc import Mapping

from engine.autodiff import Tape, local_rule
from engine.nodes import Node, Variable, substitute
from engine.notation import to_text
from engine.numpy_code import numpy_expression, numpy_preamble, python_name
from engine.scenes._tape_ledger import used_values


def tape_code(tape: Tape) -> str:
    """Runnable NumPy for the value and the gradient, a line for each part and for each local slope."""
    names: dict[Node, str] = {}
    for entry in tape.entries:
        node = entry.node
        names[node] = node.name if isinstance(node, Variable) else f"n{len(names)}"
    python = {node: python_name(name) for node, name in names.items()}
    lines = [numpy_preamble(_formulas(tape)), "", ""]
    lines += [f"{name} = np.float64({value!r})" for name, value in used_values(tape).items()]
    lines += ["", "# forward: a value for each part"]
    for entry in tape.entries:
        if not isinstance(entry.node, Variable):
            opened = _renamed(local_rule(entry.node).opened, entry.node, names)
            lines.append(f"{python[entry.node]} = {numpy_expression(opened)}  # {to_text(entry.node)}")
    lines += ["", "# backward: the slope of the result along each part, one local slope at a time"]
    result = tape.entries[-1].node
    lines += [f"d_{name} = {1.0 if node is result else 0.0}" for node, name in python.items()]
    for entry in reversed(tape.entries):
        rule = local_rule(entry.node)
        for placeholder, slope in rule.slopes.items():
            local = numpy_expression(_renamed(slope, entry.node, names))
            child = python[rule.parts[placeholder]]
            lines.append(f"d_{child} += d_{python[entry.node]} * ({local})")
    lines += ["", f'print("value", {python[result]})']
    for name in tape.gradient:
        lines.append(f'print("slope_{name}", d_{python[Variable(name)]})')
    return "\n".join(lines) + "\n"


def _renamed(node: Node, whole: Node, names: Mapping[Node, str]) -> Node:
    """A formula over the placeholders of `whole`, over the names that the code gives its parts."""
    parts = local_rule(whole).parts
    given = {key: Variable(names[part]) if part.variables else part for key, part in parts.items()}
    return substitute(node, given)


def _formulas(tape: Tape) -> list[Node]:
    """Everything that the code writes out, for what must stand above it."""
    rules = [local_rule(entry.node) for entry in tape.entries if entry.inputs]
    return [formula for rule in rules for formula in (rule.opened, *rule.slopes.values())]
