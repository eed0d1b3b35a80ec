"""Graphs in layers: every edge to the right, nothing touching, no crossing that can be helped."""

import pytest

from engine.layered_layout import layered_layout

GRAPHS = {
    "chain": (4, [(0, 1), (1, 2), (2, 3)]),
    "neuron": (6, [(0, 2), (1, 2), (2, 4), (3, 4), (4, 5)]),
    "diamond": (4, [(0, 1), (0, 2), (1, 3), (2, 3)]),
    "skip": (4, [(0, 1), (1, 2), (2, 3), (0, 3)]),
    "fan": (9, [(k, 8) for k in range(8)]),
    "tangle": (8, [(0, 4), (0, 6), (1, 5), (2, 4), (3, 7), (4, 7), (5, 6), (6, 7), (1, 7)]),
    "one": (1, []),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_edges_lead_to_the_right_and_nothing_touches(name):
    count, edges = GRAPHS[name]
    layout = layered_layout(count, edges)
    assert len(layout.nodes) == count
    for (start, stop), via in zip(edges, layout.via, strict=True):
        across = [layout.nodes[start][0], *(x for x, _ in via), layout.nodes[stop][0]]
        assert across == [across[0] + step for step in range(len(across))]
    for a in range(count):
        for b in range(a):
            if layout.nodes[a][0] == layout.nodes[b][0]:
                assert abs(layout.nodes[a][1] - layout.nodes[b][1]) >= 1 - 1e-9


@pytest.mark.parametrize("name", GRAPHS)
def test_passing_edges_keep_clear_of_nodes(name):
    count, edges = GRAPHS[name]
    layout = layered_layout(count, edges)
    for x, y in (place for via in layout.via for place in via):
        assert all(abs(y - other) >= 0.8 - 1e-9 for at, other in layout.nodes if at == x)


def test_edges_that_need_not_cross_do_not():
    """Two inputs each, listed so that their edges cross if the layers keep the order they came in."""
    layout = layered_layout(6, [(0, 5), (1, 5), (2, 4), (3, 4)])
    heights = [y for _, y in layout.nodes]
    assert (heights[4] > heights[5]) == (min(heights[2:4]) > max(heights[0:2]))


def test_an_input_stands_next_to_what_needs_it():
    # b of a neuron, w x + b: beside w·x, not at the far left
    layout = layered_layout(6, [(0, 2), (1, 2), (2, 4), (3, 4), (4, 5)])
    assert layout.nodes[3][0] == layout.nodes[2][0] == 1.0


def test_a_chain_is_straight_and_in_the_middle():
    assert [y for _, y in layered_layout(4, [(0, 1), (1, 2), (2, 3)]).nodes] == [0.0] * 4
