"""The grammar of typed formulas: tokens to nodes, exactly as typed, and what to say where that fails.

A table of binding powers and what may begin an operand: Pratt, "Top down operator precedence", 1973.
"""

from __future__ import annotations

import math
from typing import Final, cast

from engine.constants import approximate, exact_value
from engine.errors import FormulaError
from engine.nodes import (
    Call,
    Comparison,
    ComparisonOperator,
    Constant,
    Difference,
    Logical,
    LogicalOperator,
    Negation,
    Node,
    Piecewise,
    Power,
    Product,
    Quotient,
    Sum,
    Undefined,
    Variable,
)
from engine.text import Text, verbatim
from engine.token_reader import TokenReader
from engine.tokens import MAX_NESTING, Token
from engine.vocabulary import FUNCTIONS

MAX_DEPTH: Final = 2 * MAX_NESTING + 10
"""Operands within operands: some five Python frames each, so that Python's own limit stays far."""

# Binding powers: the higher, the tighter.
_TERNARY, _OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _POWER = range(1, 9)
_BINARY = {
    "if": _TERNARY, "or": _OR, "and": _AND, "<": _COMPARISON, "<=": _COMPARISON, ">": _COMPARISON,
    ">=": _COMPARISON, "==": _COMPARISON, "!=": _COMPARISON, "+": _SUM, "-": _SUM, "*": _PRODUCT,
    "/": _PRODUCT, "^": _POWER, "power": _POWER,
}  # fmt: skip
_OPENING = {"number", "name", "function", "log", "frac", "(", "{", "|"}


class Parser(TokenReader):
    """Reads tokens from left to right; every method returns the node that it has read."""

    def __init__(self, source: str, tokens: tuple[Token, ...], condition: bool) -> None:
        super().__init__(source, tokens)
        self.condition = condition
        self.depth = 0
        self.open_bars = 0

    def parse(self) -> Node:
        """The whole text as one formula."""
        if self.token.kind == "end":
            raise self.error(Text("There is no formula yet."), self.token, Text("Type one, such as x^2."))
        node = self.expression(0)
        if self.token.kind != "end":
            raise self.unexpected(self.token)
        if self.condition:
            self.must_be_condition(node, self.tokens[0].start)
        return node

    # -- operands joined by signs ---------------------------------------------------------------------

    def expression(self, binding: int) -> Node:
        """An operand and every sign after it that binds tighter than `binding`."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            what = Text("This formula is nested too deeply.")
            raise self.error(what, self.token, Text("Take some brackets or signs away."))
        start = self.token.start
        left = self.operand(binding)
        while (power := self.binding_of_next()) > binding:
            left = self.joined(left, power, start)
        self.depth -= 1
        return left

    def binding_of_next(self) -> int:
        """How tightly the next sign binds; 0 if nothing can be joined here."""
        kind = self.token.kind
        if kind == "|" and self.open_bars:
            return 0  # it closes
        return _PRODUCT if kind in _OPENING else _BINARY.get(kind, 0)

    def joined(self, left: Node, binding: int, start: int) -> Node:
        """`left`, the sign after it, and what stands on the sign's other side."""
        if binding == _TERNARY:
            return self.conditional(left)
        if binding in (_OR, _AND):
            return self.connective(left, binding, start)
        if binding == _COMPARISON:
            return self.comparison(left)
        if self.token.kind in _OPENING:
            return self.implicit_product(left)
        sign = self.advance()
        if binding == _POWER:
            # One less, so that 2^3^2 is 2^(3^2).
            exponent = sign.node or self.expression(_POWER - 1)
            return self.power(left, exponent, start)
        right = self.expression(binding)
        kinds = {"+": Sum, "-": Difference, "*": Product, "/": Quotient}
        return kinds[sign.kind](left, right)

    def implicit_product(self, left: Node) -> Node:
        """A product whose sign was left out: 2x."""
        token = self.token
        if token.kind == "number":
            raise self.error(
                Text("A number cannot follow another value without a sign."),
                token,
                Text("Write * between them, or ^ for a power."),
            )
        return Product(left, self.expression(_PRODUCT))

    def power(self, base: Node, exponent: Node, start: int) -> Node:
        """base^exponent; numbers whose power no computer holds are refused here, where they stand."""
        node = Power(base, exponent)
        if not node.variables and math.isinf(approximate(node)) and math.isfinite(approximate(base)):
            if exact_value(base) == 0:
                return node  # a pole, which evaluates to infinity, and not a number too large
            raise FormulaError(
                Text("This power is larger than any number the computer holds, about 10³⁰⁸."),
                self.source,
                (start, self.tokens[self.position - 1].stop),
                Text("Use a smaller exponent."),
            )
        return node

    def comparison(self, left: Node) -> Node:
        """One comparison, or a chain: 0 < x < 1 means 0 < x and x < 1."""
        found: list[Node] = []
        while self.binding_of_next() == _COMPARISON:
            operator = cast(ComparisonOperator, self.advance().kind)
            right = self.expression(_COMPARISON)
            found.append(Comparison(operator, left, right))
            left = right
        return found[0] if len(found) == 1 else Logical("and", tuple(found))

    def connective(self, left: Node, binding: int, start: int) -> Node:
        """Conditions joined by `and`, or by `or`."""
        self.must_be_condition(left, start)
        operands = [left]
        operator = cast(LogicalOperator, self.token.kind)
        while self.token.kind == operator:
            self.advance()
            start = self.token.start
            operands.append(self.expression(binding))
            self.must_be_condition(operands[-1], start)
        return Logical(operator, tuple(operands))

    def conditional(self, value: Node) -> Node:
        """`value if condition else otherwise`; a chain of them is one piecewise formula."""
        asked = self.advance()
        condition = self.condition_here()
        if not self.take("else"):
            raise self.error(
                Text("After this condition the other case is missing."),
                asked,
                Text("Write it as: x^2 if x < 0 else x."),
            )
        otherwise = self.expression(0)
        if isinstance(otherwise, Piecewise):
            return Piecewise(((value, condition), *otherwise.branches), otherwise.otherwise)
        return Piecewise(((value, condition),), otherwise)

    # -- operands -------------------------------------------------------------------------------------

    def operand(self, binding: int) -> Node:
        """What may begin a formula: a number, a name, a sign before it, a bracket, a function."""
        token = self.advance()
        match token.kind:
            case "number" | "name":
                assert token.node is not None
                return token.node
            case "-":
                return Negation(self.expression(max(binding, _SUM)))
            case "+":
                return self.expression(max(binding, _SUM))
            case "not":
                start = self.token.start
                node = self.expression(_NOT)
                self.must_be_condition(node, start)
                return Logical("not", (node,))
            case "(":
                return self.bracketed(")")
            case "{":
                return self.braced()
            case "|":
                return self.bars(token)
            case "function":
                return self.function(token)
            case "log":
                return self.logarithm(token)
            case "frac":
                return Quotient(self.part_of_fraction(), self.part_of_fraction())
        raise self.unexpected(token)

    def bracketed(self, closing: str) -> Node:
        """What stands between brackets, the first of which is taken."""
        outer, self.open_bars = self.open_bars, 0
        node = self.expression(0)
        self.close(closing)
        self.open_bars = outer
        return node

    def close(self, closing: str) -> None:
        """Take the bracket that must stand here."""
        if self.token.kind != closing:
            raise self.unexpected(self.token)
        self.advance()

    def bars(self, opened: Token) -> Node:
        """|u|, the first bar of which is taken."""
        self.open_bars += 1
        node = self.expression(0)
        self.open_bars -= 1
        if not self.take("|"):
            raise self.error(
                Text("This bar is never closed."), opened, Text("Close it with |, or write abs(x).")
            )
        return Call("abs", (node,))

    def braced(self) -> Node:
        """`{x < 0: -x, x}` by cases; without a colon, braces are brackets."""
        outer, self.open_bars = self.open_bars, 0
        start = self.token.start
        first = self.expression(0)
        if self.token.kind == "}":
            self.advance()
            self.open_bars = outer
            return first
        branches: list[tuple[Node, Node]] = []
        otherwise: Node = Undefined()
        while True:
            if not self.take(":"):
                otherwise = first
                break
            self.must_be_condition(first, start)
            branches.append((self.expression(0), first))
            if not self.take(","):
                break
            start = self.token.start
            first = self.expression(0)
        if not branches:
            raise self.unexpected(self.token)
        self.close("}")
        self.open_bars = outer
        return Piecewise(tuple(branches), otherwise)

    def part_of_fraction(self) -> Node:
        r"""The a or the b of \frac{a}{b}."""
        if self.token.kind not in ("(", "{"):
            remedy = Text("Write {example}.", {"example": verbatim(r"\frac{a}{b}")})
            raise self.error(Text("A fraction needs two parts in braces."), self.token, remedy)
        return self.bracketed(")" if self.advance().kind == "(" else "}")

    # -- functions ------------------------------------------------------------------------------------

    def function(self, name: Token) -> Node:
        """A function with its exponent, if one stands between name and argument, and its arguments."""
        if name.name == "piecewise":
            return self.piecewise(name)
        exponent = self.exponent_of_function()
        arguments = self.arguments(name)
        function = name.name
        if exponent is not None and exact_value(exponent) == -1:
            inverse = FUNCTIONS[function].inverse
            if inverse is None:
                raise self.error(
                    Text("The inverse of {name} has no name here.", {"name": verbatim(function)}),
                    name,
                    Text("For the reciprocal write 1/{name}(x).", {"name": verbatim(function)}),
                )
            return Call(inverse, arguments)
        node = self.call(function, arguments)
        return node if exponent is None else Power(node, exponent)

    def call(self, function: str, arguments: tuple[Node, ...]) -> Node:
        """A function of the catalogue; log of one argument is ln."""
        if function == "log" and len(arguments) == 1:
            return Call("ln", arguments)
        return Call(function, arguments)

    def exponent_of_function(self) -> Node | None:
        """The 2 of sin^2 x or sin² x."""
        if self.token.kind == "power":
            return self.advance().node
        if not self.take("^"):
            return None
        negative = self.take("-")
        token = self.advance()
        if token.kind in ("number", "name"):
            assert token.node is not None
            node = token.node
        elif token.kind in ("(", "{"):
            node = self.bracketed(")" if token.kind == "(" else "}")
        else:
            raise self.unexpected(token)
        return Negation(node) if negative else node

    def arguments(self, name: Token) -> tuple[Node, ...]:
        """The arguments of a function, as many as it takes."""
        entry = FUNCTIONS[name.name]
        if self.token.kind == "{" and entry.minimum == 1:
            self.advance()
            return (self.braced(),)
        if self.token.kind != "(":
            if entry.minimum > 1:
                raise self.wrong_count(name, name.stop, 0)
            return (self.bare_argument(name),)
        found = self.argument_list()
        if not entry.accepts(len(found)):
            raise self.wrong_count(name, self.tokens[self.position - 1].stop, len(found))
        return found

    def argument_list(self) -> tuple[Node, ...]:
        """What stands between brackets, separated by commas."""
        self.advance()
        if self.take(")"):
            return ()
        outer, self.open_bars = self.open_bars, 0
        found = [self.expression(0)]
        while self.take(","):
            found.append(self.expression(0))
        self.close(")")
        self.open_bars = outer
        return tuple(found)

    def bare_argument(self, name: Token) -> Node:
        """The argument of a function without brackets: `2x` in sin 2x cos x."""
        if self.token.kind == "-":
            self.advance()
            return Negation(self.bare_argument(name))
        if self.token.kind not in _OPENING:
            written = self.source[name.start : name.stop]
            what = Text("{name} is a function and needs an argument.", {"name": verbatim(written)})
            raise self.error(what, name, Text("Write {call}.", {"call": verbatim(f"{written}(x)")}))
        started_with_bars = self.token.kind == "|"
        argument = self.expression(_PRODUCT)
        # A root sign reaches over one value only: √2 x is (√2)·x, but sqrt 2x is the root of 2x.
        is_sign = self.source[name.start] in "√∛"
        while self.token.kind == "name" and not started_with_bars and not is_sign:
            argument = Product(argument, self.expression(_PRODUCT))
        return argument

    def logarithm(self, token: Token) -> Node:
        """`log_2 x`, `log_b(x)`, `log_(b)(x)`."""
        base = token.node
        if base is None:
            if self.token.kind not in ("(", "{"):
                raise self.unexpected(self.token)
            base = self.bracketed(")" if self.advance().kind == "(" else "}")
        arguments = self.argument_list() if self.token.kind == "(" else (self.bare_argument(token),)
        if len(arguments) != 1:
            raise self.wrong_count(token, self.tokens[self.position - 1].stop, len(arguments))
        exact = exact_value(base)
        if exact in (2, 10):
            return Call(f"log{exact}", arguments)
        return Call("ln", arguments) if base is Constant("e") else Call("log", (*arguments, base))

    def piecewise(self, name: Token) -> Node:
        """`piecewise(condition, value, condition, value, …, otherwise)`."""
        if self.token.kind != "(":
            raise self.unexpected(self.token)
        start = self.token.stop
        found = self.argument_list()
        if len(found) < 2:
            raise self.wrong_count(name, self.tokens[self.position - 1].stop, len(found))
        for condition in found[:-1:2]:
            self.must_be_condition(condition, start)
        branches = tuple(zip(found[1::2], found[::2], strict=False))
        return Piecewise(branches, found[-1] if len(found) % 2 else Undefined())

    # -- conditions -----------------------------------------------------------------------------------

    def condition_here(self) -> Node:
        """The condition of a case."""
        start = self.token.start
        node = self.expression(_TERNARY)
        self.must_be_condition(node, start)
        return node

    def must_be_condition(self, node: Node, start: int) -> None:
        """Refuse a number where a condition is needed; the place is from `start` to what was read last."""
        # In a lesson's condition a bare name may be a readout that is true or false.
        if isinstance(node, (Comparison, Logical)) or (self.condition and isinstance(node, Variable)):
            return
        stop = max(start + 1, self.tokens[self.position - 1].stop)
        what, remedy = Text("A condition is needed here."), Text("Compare two values: x < 0.")
        raise FormulaError(what, self.source, (start, stop), remedy)
