"""What worked steps are made of: lines of a derivation as values, written as text and as LaTeX."""

from __future__ import annotations

from dataclasses import dataclass

from engine.nodes import Difference, Emphasis, Node, Sum
from engine.notation import to_latex, to_text
from engine.text import Text


@dataclass(frozen=True, eq=False)
class Line:
    """One line of worked steps.

    number: its place, from 0. depth: how deep its rule stands in the tree. rule, statement: the rule that led
    here, in words and as LaTeX. formula: the line; `Derivative` nodes are what remains to be differentiated.
    part, result: what the rule acted on, and what that became. before, after: the line before and this one,
    with part and result pointed at. limit, limit_before: the variable that goes to 0 on these lines, or "".
    """

    number: int
    depth: int
    rule: Text
    statement: str
    formula: Node
    part: Node
    result: Node
    before: Node
    after: Node
    limit: str = ""
    limit_before: str = ""

    def text(self) -> str:
        """The line as it is typed."""
        if not self.limit:
            return to_text(self.formula)
        written = to_text(self.formula)
        held = f"({written})" if isinstance(self.formula, (Sum, Difference)) else written
        return f"lim {self.limit}->0 {held}"

    def latex(self, pointed: bool = True) -> str:
        """The line as LaTeX, with what the rule made pointed at or without."""
        return _under_limit(self.after if pointed else self.formula, self.limit)

    def latex_before(self) -> str:
        """The line before as LaTeX, with what the rule acts on pointed at."""
        return _under_limit(self.before, self.limit_before)


def _under_limit(node: Node, limit: str) -> str:
    if not limit:
        return to_latex(node)
    plain = node.operand if isinstance(node, Emphasis) else node
    written = to_latex(node)
    held = rf"\left({written}\right)" if isinstance(plain, (Sum, Difference)) else written
    return rf"\lim_{{{limit} \to 0}} {held}"


@dataclass(frozen=True, eq=False)
class Derivation:
    """The worked steps of one derivative.

    lines: from (f)′ to the result. result: the derivative. brief: whether the lines were drawn together
    because all of them would have been too many. fault: why the lines end before the result, if they do.
    """

    formula: Node
    variable: str
    lines: tuple[Line, ...]
    result: Node
    brief: bool = False
    fault: Text | None = None
