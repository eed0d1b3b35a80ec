"""The one tree: small frozen values that a typed formula becomes, and the ways to walk them.

Equal nodes are one node: making `Sum(x, one)` twice gives the same object, so nodes are compared with
`is`, hash by identity, and a set of formulas is a graph whose shared parts are found for free.
No function here recurses, so a long sum is no deeper a problem than a short one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar, dataclass_transform
from weakref import WeakValueDictionary

_T = TypeVar("_T")
_known: WeakValueDictionary[tuple[Any, ...], Node] = WeakValueDictionary()
_lock = threading.Lock()

Rational: TypeAlias = int | Fraction
"""An exact number; every one that is whole is an int."""
ComparisonOperator = Literal["<", "<=", ">", ">=", "==", "!=", "~="]  # ~=: equal up to rounding
LogicalOperator = Literal["and", "or", "not"]


class _Interned(type):
    """Gives the node that already exists when an equal one is asked for."""

    def __call__(cls, *values: Any, **named: Any) -> Any:
        if not named and (known := _known.get((cls, *values))) is not None:
            return known
        made = super().__call__(*values, **named)
        made._count_below()
        with _lock:
            return _known.setdefault((cls, *made.values), made)


@dataclass_transform(frozen_default=True)
class Node(metaclass=_Interned):
    """One part of a formula. `children` are the parts it is made of, in the order they are read."""

    __slots__ = ("__weakref__", "size", "variables")
    __match_args__: ClassVar[tuple[str, ...]] = ()

    size: int
    """How many nodes the formula has when it is written out, a shared part counted wherever it stands."""
    variables: frozenset[str]
    """The names of the variables that occur."""

    @property
    def values(self) -> tuple[Any, ...]:
        """The fields, in order: what makes this node the node that it is."""
        return tuple([getattr(self, name) for name in self.__match_args__])

    @property
    def children(self) -> tuple[Node, ...]:
        """The nodes directly below this one."""
        return self.values

    def with_children(self, children: tuple[Node, ...]) -> Node:
        """The same kind of node over other children."""
        return type(self)(*children)

    def _count_below(self) -> None:
        children = self.children
        own = frozenset({self.name}) if isinstance(self, Variable) else frozenset()
        object.__setattr__(self, "size", 1 + sum([child.size for child in children]))
        object.__setattr__(self, "variables", own.union(*[child.variables for child in children]))

    def __repr__(self) -> str:
        from engine.notation import to_text  # which stands on this module

        # A formula that shares its parts could be longer than memory when written out.
        return f"<{type(self).__name__} {to_text(self) if self.size < 200 else f'of {self.size} nodes'}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self.values


class _Leaf(Node):
    """A node without children."""

    __slots__ = ()

    @property
    def children(self) -> tuple[Node, ...]:
        return ()

    def with_children(self, children: tuple[Node, ...]) -> Node:
        return self


_node = dataclass(frozen=True, slots=True, eq=False, repr=False)


@_node
class Number(_Leaf):
    """An exact number: 2, 1/3, or 0.1, which is one tenth and remembers that it was written as a decimal.

    From a float, `engine.algebra.number` makes one.
    """

    value: Rational
    decimal: bool = False

    def __post_init__(self) -> None:
        # Whole numbers are ints: five times as fast to compute with.
        if self.value.denominator == 1:
            object.__setattr__(self, "value", self.value.numerator)


@_node
class Constant(_Leaf):
    """A number with a name: `pi`, `e` or `tau`."""

    name: str


@_node
class Variable(_Leaf):
    """A letter (or a longer name) that stands for a number; Greek letters are spelled out."""

    name: str


@_node
class Negation(Node):
    """−u."""

    operand: Node


@_node
class Sum(Node):
    """u + v."""

    left: Node
    right: Node


@_node
class Difference(Node):
    """u − v."""

    left: Node
    right: Node


@_node
class Product(Node):
    """u · v."""

    left: Node
    right: Node


@_node
class Quotient(Node):
    """u / v."""

    numerator: Node
    denominator: Node


@_node
class Power(Node):
    """u ^ v. With a rational exponent of odd denominator, the real root of a negative base is meant."""

    base: Node
    exponent: Node


@_node
class Call(Node):
    """A function of the catalogue (`engine.vocabulary.FUNCTIONS`) and its arguments."""

    name: str
    arguments: tuple[Node, ...]

    @property
    def children(self) -> tuple[Node, ...]:
        """The arguments."""
        return self.arguments

    def with_children(self, children: tuple[Node, ...]) -> Node:
        """The same function of other arguments."""
        return Call(self.name, children)


@_node
class Comparison(Node):
    """A condition on two numbers; as a factor it counts 1 where it holds and 0 elsewhere."""

    operator: ComparisonOperator
    left: Node
    right: Node

    @property
    def children(self) -> tuple[Node, ...]:
        """The two sides."""
        return (self.left, self.right)

    def with_children(self, children: tuple[Node, ...]) -> Node:
        """The same comparison of two other sides."""
        return Comparison(self.operator, *children)


@_node
class Logical(Node):
    """Conditions joined by `and` or `or`, or one of them negated by `not`."""

    operator: LogicalOperator
    operands: tuple[Node, ...]

    @property
    def children(self) -> tuple[Node, ...]:
        """The conditions."""
        return self.operands

    def with_children(self, children: tuple[Node, ...]) -> Node:
        """The same connective over other conditions."""
        return Logical(self.operator, children)


@_node
class Piecewise(Node):
    """The value of the first branch whose condition holds, else `otherwise`."""

    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node

    @property
    def children(self) -> tuple[Node, ...]:
        """Value, condition, value, condition, …, otherwise."""
        return (*(node for branch in self.branches for node in branch), self.otherwise)

    def with_children(self, children: tuple[Node, ...]) -> Node:
        """The same number of branches with other values and conditions."""
        pairs = zip(children[:-1:2], children[1:-1:2], strict=True)
        return Piecewise(tuple(pairs), children[-1])


@_node
class Undefined(Node):
    """No number: a gap, or the slope at a corner.

    A picture shows nothing there. An optimizer that has to go on takes the stated `subgradient`.
    """

    subgradient: Node | None = None

    @property
    def children(self) -> tuple[Node, ...]:
        """The subgradient, if one is stated."""
        return () if self.subgradient is None else (self.subgradient,)

    def with_children(self, children: tuple[Node, ...]) -> Node:
        """The same gap with another subgradient."""
        return Undefined(*children)


@_node
class Derivative(Node):
    """u′, not worked out yet, as a line of worked steps has it. `number` tells two of the same u apart.

    It has no values: `engine.derivation` replaces it before anything is computed.
    """

    operand: Node
    number: int

    @property
    def children(self) -> tuple[Node, ...]:
        """What is to be differentiated."""
        return (self.operand,)

    def with_children(self, children: tuple[Node, ...]) -> Node:
        """The same place with something else to be differentiated."""
        (operand,) = children
        return Derivative(operand, self.number)


@_node
class Emphasis(Node):
    """A part of a formula that is pointed at; it has the value of its operand."""

    operand: Node


def walk(*roots: Node) -> Iterator[Node]:
    """Each distinct node below the roots, once, children before parents.

    >>> x = Variable("x")
    >>> [type(node).__name__ for node in walk(Sum(x, Product(x, x)))]
    ['Variable', 'Product', 'Sum']
    """
    done: set[Node] = set()
    pending = [iter(roots)]
    parents: list[Node] = []
    while pending:
        node = next(pending[-1], None)
        if node is None:
            pending.pop()
            if parents:
                parent = parents.pop()
                if parent not in done:
                    done.add(parent)
                    yield parent
        elif node not in done:
            parents.append(node)
            pending.append(iter(node.children))


def fold(root: Node, visit: Callable[[Node, tuple[_T, ...]], _T]) -> _T:
    """Work from the leaves up: `visit(node, results of its children)` for each distinct node.

    >>> x = Variable("x")
    >>> fold(Sum(x, Product(x, x)), lambda node, below: 1 + max(below, default=0))
    3
    """
    results: dict[Node, _T] = {}
    for node in walk(root):
        results[node] = visit(node, tuple(results[child] for child in node.children))
    return results[root]


def substitute(node: Node, replacements: Mapping[str, Node]) -> Node:
    """The formula with nodes put in place of variables, all at once.

    >>> x, y = Variable("x"), Variable("y")
    >>> substitute(Sum(x, y), {"x": y, "y": x}) is Sum(y, x)
    True
    """

    def visit(part: Node, below: tuple[Node, ...]) -> Node:
        if isinstance(part, Variable):
            return replacements.get(part.name, part)
        return part if below == part.children else part.with_children(below)

    return fold(node, visit)


def variables_of(*nodes: Node) -> frozenset[str]:
    """The names of the variables that occur."""
    return frozenset().union(*[node.variables for node in nodes])


def functions_of(*nodes: Node) -> frozenset[str]:
    """The names of the functions that occur."""
    return frozenset(node.name for node in walk(*nodes) if isinstance(node, Call))
