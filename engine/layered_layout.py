"""Where the nodes of a graph without cycles go: in layers from left to right, with few crossings.

The classical four steps (Sugiyama, Tagawa and Toda, 1981): each node a layer by its longest path from an
input; a long edge passes each layer between through a place of its own; within a layer, order by the mean
place of the neighbours, sweeping to and fro; then heights that draw edges straight without touching.
The same graph always gets the same picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

SWEEPS = 8
SETTLING = 41
"""Sweeps that order a layer; sweeps that settle its heights."""

PASSING = 0.6
"""Room that an edge in passing needs, beside the 1 of a node."""

Place = tuple[float, float]


@dataclass(frozen=True)
class Layout:
    """(x, y) of each node, layers one unit apart and nodes of a layer at least one; the first is on top.

    via: for each edge the places it passes between its ends, one in each layer that it crosses.
    """

    nodes: tuple[Place, ...]
    via: tuple[tuple[Place, ...], ...]


def layered_layout(count: int, edges: Sequence[tuple[int, int]]) -> Layout:
    """The layout of `count` nodes with edges from → to, each from an earlier node to a later one.

    >>> layout = layered_layout(3, [(0, 1), (1, 2), (0, 2)])
    >>> [x for x, _ in layout.nodes], [len(via) for via in layout.via]
    ([0.0, 1.0, 2.0], [0, 0, 1])
    """
    layers = _layers(count, edges)
    layers, pieces, chains = _with_passing(layers, edges)
    order = _ordered(layers, pieces)
    heights = _heights(order, pieces, count)
    places = [(float(layer), heights[node]) for node, layer in enumerate(layers)]
    via = tuple(tuple(places[node] for node in chain) for chain in chains)
    return Layout(tuple(places[:count]), via)


def _layers(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """The longest path from an input; an input stands next to the first that needs it."""
    layers = [0] * count
    for start, stop in sorted(edges, key=lambda edge: edge[1]):
        layers[stop] = max(layers[stop], layers[start] + 1)
    fed = {stop for _, stop in edges}
    for node in set(range(count)) - fed:
        users = [layers[stop] for start, stop in edges if start == node]
        if users:
            layers[node] = min(users) - 1
    return layers


def _with_passing(
    layers: list[int], edges: Sequence[tuple[int, int]]
) -> tuple[list[int], list[tuple[int, int]], list[list[int]]]:
    """The layers with a node for each layer that an edge crosses, edges cut there, and each edge's nodes."""
    layers, pieces, chains = list(layers), [], []
    for start, stop in edges:
        chain = []
        for layer in range(layers[start] + 1, layers[stop]):
            chain.append(len(layers))
            layers.append(layer)
        ends = [start, *chain, stop]
        pieces += list(pairwise(ends))
        chains.append(chain)
    return layers, pieces, chains


def _ordered(layers: Sequence[int], pieces: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Each layer's nodes from top to bottom: the best order that the sweeps found."""
    order: list[list[int]] = [[] for _ in range(max(layers, default=0) + 1)]
    for node, layer in enumerate(layers):
        order[layer].append(node)
    best, fewest = [list(layer) for layer in order], _crossings(order, pieces)
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        near = _neighbours(len(layers), [(b, a) for a, b in pieces] if forward else pieces)
        for index in range(1, len(order)) if forward else range(len(order) - 2, -1, -1):
            before = order[index - 1 if forward else index + 1]
            place = {node: position for position, node in enumerate(before)}
            current = {node: position for position, node in enumerate(order[index])}
            order[index].sort(key=lambda node: _mean([place[n] for n in near[node]], current[node]))
        crossings = _crossings(order, pieces)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in order], crossings
    return best


def _neighbours(count: int, pieces: Sequence[tuple[int, int]]) -> list[list[int]]:
    near: list[list[int]] = [[] for _ in range(count)]
    for start, stop in pieces:
        near[start].append(stop)
    return near


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _crossings(order: Sequence[Sequence[int]], pieces: Sequence[tuple[int, int]]) -> int:
    """How many pairs of edges between neighbouring layers cross."""
    place = {
        node: (index, position) for index, layer in enumerate(order) for position, node in enumerate(layer)
    }
    count = 0
    for index in range(len(order) - 1):
        ends = [(place[a][1], place[b][1]) for a, b in pieces if place[a][0] == index]
        count += sum((a - c) * (b - d) < 0 for i, (a, b) in enumerate(ends) for c, d in ends[:i])
    return count


def _heights(
    order: Sequence[Sequence[int]], pieces: Sequence[tuple[int, int]], count: int
) -> dict[int, float]:
    """Heights near those of the neighbours, in the layers' order and at their distances."""
    heights = {node: -float(place) for layer in order for place, node in enumerate(layer)}
    both = [*pieces, *((b, a) for a, b in pieces)]
    near = _neighbours(len(heights), both)
    for sweep in range(SETTLING):
        for layer in order if sweep % 2 == 0 else list(order)[::-1]:
            wished = [_mean([heights[n] for n in near[node]], heights[node]) for node in layer]
            sizes = [1.0 if node < count else PASSING for node in layer]
            heights.update(zip(layer, _spread(wished, sizes), strict=True))
    middle = (max(heights.values()) + min(heights.values())) / 2
    return {node: height - middle for node, height in heights.items()}


def _spread(wished: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """The heights nearest to those wished (least squares), from the top, no two closer than they need.

    By pooling neighbours that want to pass one another (isotonic regression).
    """
    below = [0.0]
    for size, after in pairwise(sizes):
        below.append(below[-1] + (size + after) / 2)
    pools: list[tuple[float, int]] = []  # the mean of a pool, and how many are in it
    for height, depth in zip(wished, below, strict=True):
        mean, members = height + depth, 1
        while pools and pools[-1][0] < mean:
            other, more = pools.pop()
            mean = (mean * members + other * more) / (members + more)
            members += more
        pools.append((mean, members))
    level = [mean for mean, members in pools for _ in range(members)]
    return [mean - depth for mean, depth in zip(level, below, strict=True)]
