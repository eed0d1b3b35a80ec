"""Reverse mode: all slopes of a formula from one walk forward and one back, as autograd takes them.

Forward, each distinct node of the tree gets its value. Backward, from the result to the variables, each node
hands its adjoint ∂f/∂node down to its inputs, times one local slope:

    adjoint(input) = Σ over its uses of adjoint(user) · ∂user/∂input

Equal nodes are one node, so what a formula uses twice stands on the tape once and sums what both uses send.
A local slope is the rule of `engine.rules` for that one node, its inputs taken for variables: nothing here
knows calculus. No formula is differentiated as a whole, and no difference is taken.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

import numpy as np

from engine.function import Compiled, compile_nodes, evaluate
from engine.nodes import Call, Comparison, Logical, Node, Piecewise, Power, Variable
from engine.rules import derivative

Precision = Literal["float64", "float32"]
"""What every value, local slope and adjoint is rounded to."""


@dataclass(frozen=True)
class Entry:
    """One node on the tape: its value, where its inputs stand on the tape, and its slope along each.

    adjoint: ∂f/∂node, NaN where there is none. An input used in two places (x in x·x) stands here twice.
    """

    node: Node
    value: float
    inputs: tuple[int, ...]
    local_slopes: tuple[float, ...]
    adjoint: float


@dataclass(frozen=True)
class Pull:
    """One step backward: `user` hands its adjoint to `input`, times one local slope.

    passed = adjoint(user) · local_slope; total: what `input` has gathered by then. `last`: nothing more
    comes, so the total is its adjoint. All places are places on the tape.
    """

    user: int
    input: int
    local_slope: float
    passed: float
    total: float
    last: bool


@dataclass(frozen=True)
class Tape:
    """A formula worked through at one point: entries in the order of evaluation, the result last.

    >>> from engine.expression import parse
    >>> tape = reverse(parse("sin(x^2)"), {"x": 0.5})
    >>> [round(entry.value, 6) for entry in tape.entries]
    [0.5, 0.25, 0.247404]
    >>> [(pull.user, pull.input, round(pull.local_slope, 6)) for pull in tape.pulls]
    [(2, 1, 0.968912), (1, 0, 1.0)]
    >>> round(tape.gradient["x"], 6)
    0.968912
    """

    entries: tuple[Entry, ...]
    pulls: tuple[Pull, ...]
    variables: tuple[str, ...]

    @property
    def value(self) -> float:
        """The value of the formula; NaN outside its domain."""
        return self.entries[-1].value

    @cached_property
    def gradient(self) -> dict[str, float]:
        """Variable → ∂f/∂variable; 0 for one that does not occur, NaN where there is no slope."""
        found = {entry.node.name: entry.adjoint for entry in self.entries if isinstance(entry.node, Variable)}
        absent = 0.0 if math.isfinite(self.value) else math.nan
        return {name: found.get(name, absent) for name in self.variables}

    def missing(self) -> Entry | None:
        """The first entry without a finite value; None if there is none."""
        return next((entry for entry in self.entries if not math.isfinite(entry.value)), None)

    def kinked(self) -> Entry | None:
        """The first entry that has a value and yet no slope along some input; None if there is none."""
        for entry in self.entries:
            if math.isfinite(entry.value) and not all(map(math.isfinite, entry.local_slopes)):
                return entry
        return None


def reverse(
    node: Node, values: Mapping[str, float], subgradient: bool = False, precision: Precision = "float64"
) -> Tape:
    """The tape of a formula at the point `values`, worked forward and back.

    Outside the domain, and at a pole, a value is NaN or ±∞ and has no slopes. At a corner or a jump the
    local slope is NaN, or with `subgradient` the one that the rule states: |x|′ and relu′ are 0 at 0.
    `precision` rounds after every operation, as arithmetic of that width does.

    KeyError if `values` lacks a variable of the formula.
    """
    rounded = _ROUNDED[precision]
    point = {name: rounded(value) for name, value in values.items()}
    order = _order(node)
    places = {part: index for index, part in enumerate(order)}
    inputs = [tuple(places[child] for child in _inputs(part)) for part in order]
    forward: list[float] = []
    slopes: list[tuple[float, ...]] = []
    for part, below in zip(order, inputs, strict=True):
        value, *local = _worked(part, point, tuple(forward[place] for place in below), subgradient, rounded)
        forward.append(rounded(value))
        known = math.isfinite(forward[-1])
        slopes.append(tuple(rounded(slope) if known else math.nan for slope in local))
    adjoints, pulls = _backward(inputs, slopes, math.isfinite(forward[-1]), rounded)
    return Tape(tuple(map(Entry, order, forward, inputs, slopes, adjoints)), pulls, tuple(values))


Rounding = Callable[[float], float]


def _to_float32(value: float) -> float:
    with np.errstate(all="ignore"):  # what is too large becomes ∞, what is too small 0
        return float(np.float32(value))


_ROUNDED: Mapping[Precision, Rounding] = {"float64": float, "float32": _to_float32}


# -- forward ----------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _order(root: Node) -> tuple[Node, ...]:
    """What stands on the tape: every part that varies, inputs before users, the root last."""
    order: dict[Node, None] = {}
    pending: list[tuple[Node, bool]] = [(root, False)]
    while pending:
        node, ready = pending.pop()
        if ready:
            order[node] = None
        elif node not in order:
            pending.append((node, True))
            pending += [(child, False) for child in reversed(_inputs(node))]
    return tuple(order)


def _worked(
    node: Node, point: Mapping[str, float], below: tuple[float, ...], subgradient: bool, rounded: Rounding
) -> tuple[float, ...]:
    """The value of one node and its slope along each input, from the values of the inputs."""
    if isinstance(node, Variable):
        return (point[node.name],)
    if not node.variables:
        return (evaluate(node),)
    operation = _operation(node, subgradient)
    constants = map(rounded, operation.constants)
    others = (point[name] for name in operation.variables)
    worked: tuple[float, ...] = operation.compiled(*below, *constants, *others)
    if isinstance(node, Piecewise) and not subgradient and _is_broken(node, point):
        return (worked[0], *[math.nan] * len(below))
    return worked


@lru_cache(maxsize=4096)
def _inputs(node: Node) -> tuple[Node, ...]:
    """The parts that a slope of this node runs to, each as often as it is used."""
    return tuple(part for part in _opened(node)[1].values() if part.variables)


@dataclass(frozen=True)
class _Operation:
    """One node as a function of its inputs, of the constants in it, and of variables it still names."""

    constants: tuple[float, ...]
    variables: tuple[str, ...]
    compiled: Compiled


@lru_cache(maxsize=4096)
def _operation(node: Node, subgradient: bool) -> _Operation:
    rule = local_rule(node)
    inputs = list(rule.slopes)
    constants = {name: evaluate(part) for name, part in rule.parts.items() if not part.variables}
    variables = tuple(sorted(rule.opened.variables - rule.parts.keys()))
    # of cases whose insides are not known, the rule cannot see whether they meet: `_is_broken` does
    stated = subgradient or isinstance(node, Piecewise)
    forms = [rule.opened, *rule.slopes.values()]
    compiled = compile_nodes(forms, [*inputs, *constants, *variables], "float", stated)
    return _Operation(tuple(constants.values()), variables, compiled)


@dataclass(frozen=True)
class LocalRule:
    """One node by itself: `opened` is it over placeholders, `parts` says which child each stands for, and
    `slopes` has the formula of the slope along each child that varies, over the same placeholders."""

    opened: Node
    parts: Mapping[str, Node]
    slopes: Mapping[str, Node]


@lru_cache(maxsize=4096)
def local_rule(node: Node) -> LocalRule:
    """The rule of one node, its children taken for variables.

    >>> from engine.expression import parse, to_text
    >>> rule = local_rule(parse("sin(x) cos(x)"))
    >>> to_text(rule.opened), [to_text(slope) for slope in rule.slopes.values()]
    ('#0*#1', ['#1', '#0'])
    """
    opened, parts = _opened(node)
    varying = [name for name, part in parts.items() if part.variables]
    return LocalRule(opened, parts, {name: derivative(opened, name) for name in varying})


def _opened(node: Node) -> tuple[Node, dict[str, Node]]:
    """The node over fresh variables in place of its children, and which child each stands for.

    A condition is left whole, and flat in what it compares. So are the conditions of cases, and a number in
    a power, by which its rule is chosen. Equal arguments of max or min are one: neither is the larger.
    """
    if isinstance(node, (Comparison, Logical)):
        return node, {name: Variable(name) for name in sorted(node.variables)}
    cases = isinstance(node, Piecewise)
    shared = cases or (isinstance(node, Call) and node.name in ("min", "max"))
    closed = cases or isinstance(node, Power)
    children = list(node.children)
    parts: dict[str, Node] = {}
    for index, child in enumerate(node.children):
        if (closed and not child.variables) or (cases and index % 2):
            continue
        name = f"#{node.children.index(child) if shared else index}"  # which no formula can hold
        parts[name] = child
        children[index] = Variable(name)
    return node.with_children(tuple(children)), parts


def _is_broken(node: Node, point: Mapping[str, float]) -> bool:
    """Whether the cases of this node meet here in a corner or a jump."""
    names = sorted(node.variables)
    slopes = compile_nodes([derivative(node, name) for name in names], names, "float")
    return any(map(math.isnan, slopes(*(point[name] for name in names))))


# -- backward ---------------------------------------------------------------------------------------------


def _backward(
    inputs: Sequence[tuple[int, ...]], slopes: Sequence[tuple[float, ...]], known: bool, rounded: Rounding
) -> tuple[list[float], tuple[Pull, ...]]:
    """The adjoints, and the steps that made them; `known`: whether the result has a value at all."""
    if not known:
        return [math.nan] * len(inputs), ()
    adjoints = [0.0] * len(inputs)
    adjoints[-1] = 1.0
    uses = Counter(place for below in inputs for place in below)
    pulls: list[Pull] = []
    for user in reversed(range(len(inputs))):
        for place, slope in zip(inputs[user], slopes[user], strict=True):
            passed = rounded(adjoints[user] * slope)
            adjoints[place] = rounded(adjoints[place] + passed)
            uses[place] -= 1
            pulls.append(Pull(user, place, slope, passed, adjoints[place], uses[place] == 0))
    return adjoints, tuple(pulls)
