"""The tree: one node for each value, walked without recursion."""

import copy
import pickle
import threading
from fractions import Fraction

from engine.algebra import number
from engine.expression import parse
from engine.nodes import Number, Product, Sum, Variable, fold, functions_of, substitute, variables_of, walk

x, y = Variable("x"), Variable("y")


def test_equal_nodes_are_one():
    assert Sum(x, y) is Sum(Variable("x"), Variable("y"))
    assert Sum(x, y) is not Sum(y, x)
    assert parse("x*sin(x)") is parse("x sin x")


def test_numbers_remember_how_they_were_written():
    assert Number(2) is Number(Fraction(4, 2))
    assert number(0.5) is not Number(Fraction(1, 2))
    assert number(0.1).value == Fraction(1, 10)
    assert number(3.0) is Number(3)


def test_copies_are_the_same_node():
    node = parse("piecewise(x < 0, -x, ln(x))")
    assert copy.deepcopy(node) is node
    assert pickle.loads(pickle.dumps(node)) is node


def test_threads_agree_on_a_node():
    found = []

    def make():
        found.append([Sum(Number(i), Variable(f"a{i}")) for i in range(300)])

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(a is b for row in found[1:] for a, b in zip(found[0], row, strict=True))


def test_walk_gives_children_first_and_each_once():
    shared = Product(x, y)
    order = list(walk(Sum(shared, shared)))
    assert order == [x, y, shared, Sum(shared, shared)]


def test_long_sums_do_not_recurse():
    node = x
    for _ in range(20_000):
        node = Sum(node, x)
    assert fold(node, lambda _, below: 1 + max(below, default=0)) == 20_001
    assert node.size == 40_001
    assert variables_of(node) == {"x"}


def test_substitute_all_at_once():
    assert substitute(parse("x + y", ("x", "y")), {"x": y, "y": x}) is parse("y + x", ("x", "y"))
    assert substitute(parse("sin(x)/x"), {"x": parse("2x")}) is parse("sin(2*x)/(2*x)")
    node = parse("x^2 if x < 0 else x")
    assert substitute(node, {"y": x}) is node


def test_a_node_shows_itself_as_text():
    assert repr(parse("sin(2x)")) == "<Call sin(2*x)>"
    node = x
    for _ in range(200):
        node = Sum(node, node)
    assert repr(node) == f"<Sum of {2**201 - 1} nodes>"


def test_names():
    node = parse("sin(x) + exp(y)", ("x", "y"))
    assert variables_of(node) == {"x", "y"}
    assert functions_of(node) == {"sin", "exp"}
