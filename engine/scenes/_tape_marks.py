"""A tape as a picture: its nodes in layers, with values, adjoints and local slopes as far as known."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Literal

from engine.autodiff import Entry, Tape
from engine.figure import Network, NetworkEdge, NetworkNode, Role, View
from engine.layered_layout import Layout, layered_layout
from engine.nodes import (
    Call,
    Difference,
    Logical,
    Node,
    Number,
    Piecewise,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
)
from engine.notation import to_latex, to_text
from engine.scenes._tape_steps import Stage
from engine.text import Text, verbatim
from engine.vocabulary import FUNCTIONS

LONGEST_NAME = 48
"""Characters of a part of a formula that a sentence names in full."""

ALL_LABELLED = 16
"""Edges that can each carry their slope; of more, only the present one does."""

BOW = 0.3
"""How far two edges between the same two nodes bend apart."""

MARGIN = 0.62
LEAST_HALF_HEIGHT = 1.6
LEAST_LAYERS = 3

_BOX = Variable("box")
_WRAPPED = frozenset({"exp", "sqrt", "cbrt", "abs", "floor", "ceil"})
"""Functions whose sign goes round what they take."""

_SIGNS: dict[type[Node], str] = {
    Sum: "+",
    Difference: "-",
    Product: r"\times",
    Quotient: r"\div",
    Power: r"\square^{\square}",
    Piecewise: r"\{\,\cdots",
    Logical: r"\text{if}",
}


@lru_cache(maxsize=1024)
def part_text(node: Node) -> str:
    """A part of the formula as it is typed; remembered, since the same few are named in every frame."""
    return to_text(node)


def part_name(node: Node) -> Text:
    """A part of the formula as a sentence names it, cut short where it is long."""
    text = part_text(node)
    return verbatim(text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…")


@lru_cache(maxsize=1024)
def operation_latex(node: Node) -> str:
    r"""What a node does to its inputs, as short as a node of a graph needs it.

    >>> from engine.expression import parse
    >>> [operation_latex(parse(text)) for text in ("x", "x + sin x", "3x", "x^2", "sin x", "e^x")]
    ['x', '+', '3 \\cdot \\square', '\\square^{2}', '\\sin', 'e^{\\square}']
    """
    varying = [child for child in node.children if child.variables]
    if not varying:
        return to_latex(node)
    if isinstance(node, Call) and len(node.children) == 1 and node.name not in _WRAPPED:
        return FUNCTIONS[node.name].latex
    if isinstance(node, Call) and node.name in ("min", "max"):
        return FUNCTIONS[node.name].latex
    several = len(varying) > 1 or isinstance(node, (Piecewise, Logical))
    if several and type(node) in _SIGNS:
        return _SIGNS[type(node)]
    return _opened_latex(node)


def _opened_latex(node: Node) -> str:
    opened = node.with_children(tuple(_BOX if child.variables else child for child in node.children))
    return to_latex(opened).replace(r"\text{box}", r"\square")


@lru_cache(maxsize=128)
def tape_layout(inputs: tuple[tuple[int, ...], ...]) -> Layout:
    """Where the entries of a tape with these inputs stand, and where their edges pass."""
    edges = [(start, stop) for stop, below in enumerate(inputs) for start in below]
    layout = layered_layout(len(inputs), edges)
    via = list(layout.via)
    for index, edge in enumerate(edges):
        twins = [other for other, same in enumerate(edges) if same == edge]
        if len(twins) > 1:
            (x0, y0), (x1, y1) = (layout.nodes[end] for end in edge)
            bend = BOW * (1 - 2 * twins.index(index) / (len(twins) - 1))
            via[index] = (((x0 + x1) / 2, (y0 + y1) / 2 + bend),)
    return Layout(layout.nodes, tuple(via))


def tape_view(layout: Layout) -> View:
    """The part of the plane that shows the whole of a layout, about its middle."""
    x = [place[0] for place in layout.nodes]
    y = [place[1] for place in (*layout.nodes, *(place for via in layout.via for place in via))]
    missing = max(0.0, LEAST_LAYERS - (max(x) - min(x)) - 1) / 2
    half = max(LEAST_HALF_HEIGHT, max(map(abs, y)) + MARGIN)
    return View(min(x) - MARGIN - missing, max(x) + MARGIN + missing, -half, half)


def tape_network(tape: Tape, stage: Stage, picked: int) -> Network:
    """The graph of a tape as it stands after some steps; `picked` is the entry asked about."""
    layout = tape_layout(tuple(entry.inputs for entry in tape.entries))
    nodes = tuple(
        NetworkNode(
            x=layout.nodes[place][0],
            y=layout.nodes[place][1],
            latex=operation_latex(entry.node),
            value=_value(entry, stage.values[place]),
            slope=_slope(stage.adjoints[place]),
            told=tape_told(tape, stage, place),
            state=_node_state(place, stage),
        )
        for place, entry in enumerate(tape.entries)
    )
    edges = _edges(tape, stage, layout)
    return Network(
        id="graph",
        role=Role.FUNCTION,
        nodes=nodes,
        edges=edges,
        picked=picked,
        label=Text("values, forward"),
        backward_label=Text("∂: slope of f along a part, backward"),
    )


def _edges(tape: Tape, stage: Stage, layout: Layout) -> tuple[NetworkEdge, ...]:
    ends = [
        (start, stop, place)
        for stop, entry in enumerate(tape.entries)
        for place, start in enumerate(entry.inputs)
    ]
    done = _pulled_edges(stage.pulled, tape)
    newest = done[-1] if done else None
    all_labelled = len(ends) <= ALL_LABELLED
    edges = []
    for (start, stop, place), via in zip(ends, layout.via, strict=True):
        pulled, active = (start, stop, place) in done, (start, stop, place) == newest
        entered = stage.phase == "forward" and stage.entry == stop
        state: Literal["waiting", "reached", "active"] = "reached" if stage.values[stop] else "waiting"
        labelled = active or (pulled and all_labelled)
        slope = tape.entries[stop].local_slopes[place]
        edges.append(
            NetworkEdge(
                start=start,
                stop=stop,
                via=via,
                label=_number(slope) if labelled else None,
                state="active" if active or entered else state,
                backward=pulled,
            )
        )
    return tuple(edges)


def _pulled_edges(count: int, tape: Tape) -> list[tuple[int, int, int]]:
    """(input, user, place among the user's inputs) of each pull that has happened, in order."""
    seen: dict[int, int] = {}
    done = []
    for pull in tape.pulls[:count]:
        place = seen.get(pull.user, 0)
        seen[pull.user] = place + 1
        done.append((pull.input, pull.user, place))
    return done


def _node_state(place: int, stage: Stage) -> Literal["waiting", "reached", "active"]:
    if stage.entry == place or (stage.pull is not None and place in (stage.pull.input, stage.pull.user)):
        return "active"
    return "reached" if stage.values[place] else "waiting"


def _number(value: float) -> Text:
    return Text("{value}", {"value": value})


def _value(entry: Entry, known: bool) -> Text | None:
    if not known or isinstance(entry.node, Number):
        return None
    return _number(entry.value)


def _slope(adjoint: float | None) -> Text | None:
    return None if adjoint is None else Text("∂ {value}", {"value": adjoint})


def tape_told(tape: Tape, stage: Stage, place: int) -> Text:
    """What is known of one entry, in a sentence without its full stop."""
    entry, known, adjoint = tape.entries[place], stage.values[place], stage.adjoints[place]
    values = {"part": part_name(entry.node), "value": entry.value, "adjoint": adjoint}
    if not known:
        return Text("{part}: not worked out yet", values)
    if not math.isfinite(entry.value):
        return Text("{part} has no value", values)
    if adjoint is None:
        return Text("{part} is {value}", values)
    if not math.isfinite(adjoint):
        return Text("{part} is {value}; f has no slope along it", values)
    return Text("{part} is {value}; the slope of f along it is {adjoint}", values)
