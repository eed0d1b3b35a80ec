"""A formula as a chain of functions, each of the one before: sin(3x) is u = 3x, then y = sin u.

A part of the formula is a link of the chain if everything that the variable does to the result goes through
it. So x·sin x is one link, and sin²x + sin x is two: u = sin x, then u² + u.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from engine.algebra import ONE
from engine.function import Function
from engine.nodes import Node, Variable, fold, walk
from engine.notation import to_text
from engine.rules import derivative
from engine.text import Text, verbatim

RESULT = "y"


@dataclass(frozen=True)
class Link:
    """One function of the chain: `name` = `opened`, a formula in `inner`; `node` is it in the variable."""

    name: str
    inner: str
    opened: Node
    node: Node

    @cached_property
    def function(self) -> Function:
        """The link as a function of `inner` alone."""
        return Function(self.opened, (self.inner,))


@lru_cache(maxsize=256)
def chain_of(formula: Node, variable: str) -> tuple[Link, ...]:
    """The links from the variable outward; at least one.

    Links with constant slopes in a row are one, and so is a link with what is merely added to it: (x² + 1)³
    is u = x² + 1, then u³.

    >>> from engine.expression import parse, to_text
    >>> [(link.name, to_text(link.opened)) for link in chain_of(parse("sin(2x + 1)^2"), "x")]
    [('u', '2*x + 1'), ('v', 'sin(u)'), ('y', 'v^2')]
    """
    nodes = _gates(formula, variable)
    merged: list[Node] = [nodes[0]]
    for before, node, after in zip(nodes, nodes[1:], [*nodes[2:], None], strict=False):
        if after is None or not _runs_on(before, node, after):
            merged.append(node)
    if len(merged) == 1:  # the variable itself, or no variable at all
        merged = [Variable(variable), formula]
    names = [variable, *_names(len(merged) - 2), RESULT]
    return tuple(
        Link(name, inner, _put(node, below, Variable(inner)), node)
        for name, inner, node, below in zip(names[1:], names, merged[1:], merged, strict=False)
    )


class Stop(NamedTuple):
    """What arrives behind one link, or at the beginning of the chain.

    value, and `end`: the value with the nudge. slope: of the link that led here; nudge: times all slopes so
    far. `link` is None at the beginning.
    """

    link: Link | None
    value: float
    end: float
    slope: float
    nudge: float


class ChainRun(NamedTuple):
    """The chain at one point: a stop on each line, f′(x0), and why a number is missing."""

    stops: tuple[Stop, ...]
    derivative: float
    missing: Text | None

    def numbers(self) -> dict[str, float]:
        """Readout name → number, NaN where there is none."""
        first, last = self.stops[0], self.stops[-1]
        change = last.end - last.value
        product = math.prod(stop.slope for stop in self.stops[1:])
        predicted = product * first.nudge
        return {
            "product": product,
            "derivative": self.derivative,
            "predicted": predicted,
            "change": change,
            "miss": abs(change - predicted),
        }


@lru_cache(maxsize=64)
def run_chain(f: Function, x0: float, h: float) -> ChainRun:
    """The chain of a function of one variable at x0, with a nudge h."""
    variable = f.variables[0]
    stops = [Stop(None, x0, x0 + h, math.nan, h)]
    missing: Text | None = None
    for link in chain_of(f.node, variable):
        before, function = stops[-1], link.function
        value, end = function.value_at(before.value), function.value_at(before.end)
        slope = function.derivative_at(before.value) if math.isfinite(value) else math.nan
        stops.append(Stop(link, value, end, slope, before.nudge * slope))
        missing = missing or _broken(link, before, stops[-1])
    slope = f.derivative_at(x0) if math.isfinite(f.value_at(x0)) else math.nan
    return ChainRun(tuple(stops), slope, missing)


def _broken(link: Link, before: Stop, after: Stop) -> Text | None:
    """Why a link gives no number; None if it gives all."""
    values = {"name": verbatim(link.name), "formula": verbatim(to_text(link.opened)[:60])}
    for given, got in ((before.value, after.value), (before.end, after.end)):
        if math.isnan(got):
            place = {**values, "inner": verbatim(link.inner), "at": given}
            return Text("{name} = {formula} is not defined at {inner} = {at}.", place)
        if math.isinf(got):
            place = {**values, "inner": verbatim(link.inner), "at": given}
            return Text(
                "{name} = {formula} is not defined at {inner} = {at}, or too large to be a number.", place
            )
    if not math.isfinite(after.slope):
        place = {**values, "inner": verbatim(link.inner), "at": before.value}
        return Text("{name} = {formula} has no slope at {inner} = {at}.", place)
    return None


def _names(count: int) -> list[str]:
    """u; u and v; beyond that u1, u2, …"""
    return ["u", "v"][:count] if count <= 2 else [f"u{index}" for index in range(1, count + 1)]


def _gates(formula: Node, variable: str) -> list[Node]:
    """The parts through which every path from the result to the variable goes, innermost first."""
    parts = [part for part in walk(formula) if variable in part.variables]
    down: dict[Node, int] = {}
    for part in parts:  # children first
        below = sum(down.get(child, 0) for child in part.children)
        down[part] = 1 if isinstance(part, Variable) else below
    up: defaultdict[Node, int] = defaultdict(int, {formula: 1})
    for part in reversed(parts):
        for child in part.children:
            up[child] += up[part]
    every = down.get(formula, 0)
    return [part for part in parts if up[part] * down[part] == every] or [Variable(variable)]


def _put(node: Node, part: Node, replacement: Node) -> Node:
    """The formula with another in place of one of its parts."""

    def visit(own: Node, below: tuple[Node, ...]) -> Node:
        if own is part:
            return replacement
        return own if below == own.children else own.with_children(below)

    return fold(node, visit)


def _runs_on(before: Node, node: Node, after: Node) -> bool:
    """Whether `node`, between two others, is no stop of its own."""
    onward = _slope(node, after)
    return onward is ONE or not (onward.variables or _slope(before, node).variables)


def _slope(inner: Node, outer: Node) -> Node:
    """The slope of `outer` along its part `inner`, which is called u in it."""
    return derivative(_put(outer, inner, Variable("u")), "u")
