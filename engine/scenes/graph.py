"""The graph of a formula: values run forward through its parts, and one local slope at a time runs back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, ClassVar

from engine.assignments import Assignments, assignments_text, parse_assignments
from engine.autodiff import Entry, Tape, reverse
from engine.errors import ParameterError
from engine.figure import (
    NO_VIEWS,
    AnyMark,
    Figure,
    Handle,
    Panel,
    Readout,
    Role,
    Views,
)
from engine.nodes import Node, Variable
from engine.notation import variable_latex
from engine.parameters import Checked, Domain, FormulaIn, Slider, Words, covering_variables
from engine.scene import Playback, Scene
from engine.scenes._readouts import number_readout
from engine.scenes._tape_code import tape_code
from engine.scenes._tape_ledger import ledger, missing_reasons, used_values, worked_step
from engine.scenes._tape_marks import part_name, tape_layout, tape_network, tape_told, tape_view
from engine.scenes._tape_steps import Stage, stage, step_count
from engine.text import Text, verbatim

PANEL = "graph"

NAMES = ("x", "y", "w", "b", "z", "t", "u", "v", "θ", "w1", "w2", "x1", "x2")
"""The letters that a formula may use."""

MOST_VARIABLES = 4
MOST_PARTS = 40
"""Nodes that a picture of this size can show."""

UNGIVEN = 1.0
"""The value of a variable that is not given one."""

VALUE_STEP = 0.1
"""What a press of an arrow key adds to a variable."""

STEP_SECONDS = 0.9
FORMULA = (("x",), ("x", "y"), ("w", "b"), ("w", "x", "b"), ("w1", "w2"), ("x", "y", "z"), NAMES)
"""The first of these that covers a formula stands before it: f(w, x, b)."""


class Graph(Scene, tag="graph", frozen=True):
    """A formula as the graph of its parts, worked through at one point as autograd works.

    Step 0 knows the variables; then each part gets its value, from the left; then the slope of f along f,
    which is 1; then one local slope a step, from the right: adjoint(input) += adjoint(user) · ∂user/∂input.
    step: −1 is the last. node: the ledger's part that is asked about, counted from 1.
    value = f; gradient: ∂f/∂variable in the order of `values`, and slope_w for each variable w. A variable
    without a value is 1. Where a part has no value or no slope, they are None with a reason.
    """

    title: ClassVar[Text] = Text("Graph of a formula")
    summary: ClassVar[Text] = Text("Values run forward through the parts of a formula, slopes run back.")

    f: Annotated[str, FormulaIn(FORMULA)] = "sigmoid(w x + b)"
    values: Annotated[str, Checked("values", parse_assignments), Words(Text("values of the variables"))] = (
        "w = 0.5; x = 2; b = 0.1"
    )
    step: Annotated[int, Slider(0, 12), Domain(at_least=-1), Words(Text("step"))] = -1
    node: Annotated[int, Slider(1, 6), Domain(at_least=1), Words(Text("part asked about"))] = 1

    def figure(self, views: Views = NO_VIEWS) -> Figure:
        """The graph as it stands after `step` steps, and the ledger of its parts."""
        tape = self._tape()
        now = stage(tape, self.step)
        layout = tape_layout(tuple(entry.inputs for entry in tape.entries))
        picked = self._picked(tape)
        x, y = layout.nodes[picked]
        label = Text("the part asked about: {part}", {"part": part_name(tape.entries[picked].node)})
        told = tape_told(tape, now, picked)
        handle = Handle(
            id="node",
            role=Role.POINT,
            x=x,
            y=y,
            parameters=("node",),
            label=label,
            told=told,
            quiet=True,
        )
        marks: tuple[AnyMark, ...] = (tape_network(tape, now, picked), handle)
        view = tape_view(layout)
        panel = Panel(id=PANEL, marks=marks, view=view, clickable=True, framed=False)
        return Figure(
            panels=(panel,),
            readouts=self._readouts(tape, now),
            tables=(ledger(tape, picked),),
            spoken=self._spoken(tape, now),
            worked=worked_step(tape, now),
        )

    def check(self) -> None:
        """A graph that can be seen at once, of no more variables than a learner can follow."""
        formula = self._formula()
        names = sorted(formula.variables)
        if len(names) > MOST_VARIABLES:
            what = Text("This formula has {count} variables: {names}.", {"count": len(names), "names": names})
            raise ParameterError(what, "f", Text("Use at most {most}.", {"most": MOST_VARIABLES}))
        parts = len(self._tape().entries)
        if parts > MOST_PARTS:
            what = Text("This formula has {count} parts: too many for one picture.", {"count": parts})
            raise ParameterError(what, "f", Text("Use at most {most}.", {"most": MOST_PARTS}))

    def playback(self) -> Playback:
        """Forward, then back, a part at a time."""
        last = step_count(self._tape())
        return Playback("step", 0, last, seconds=STEP_SECONDS * max(last, 1), integer=True)

    def moved(self, handle: str, x: float, y: float) -> Mapping[str, Any]:
        """Drag the handle to another part."""
        return {"node": self._nearest(x, y)}

    def nudged(self, handle: str, horizontal: float, vertical: float) -> Mapping[str, Any]:
        """← and → go through the parts in the order of the ledger, round and round.

        ↑ and ↓ change the value of the variable asked about.
        """
        tape = self._tape()
        picked = self._picked(tape)
        node = tape.entries[picked].node
        if vertical and isinstance(node, Variable):
            value = round(tape.entries[picked].value + VALUE_STEP * vertical, 10)
            return {"values": assignments_text(_with_value(parse_assignments(self.values), node.name, value))}
        steps = round(horizontal)
        return {"node": (picked + steps) % len(tape.entries) + 1} if steps else {}

    def clicked(self, panel: str, x: float, y: float) -> Mapping[str, Any]:
        """A click asks about the part under it."""
        return {"node": self._nearest(x, y)}

    def code(self) -> str:
        """The same two walks as plain NumPy, a line for each part."""
        return tape_code(self._tape())

    # -- what it is made of

    def _formula(self) -> Node:
        return covering_variables(self.f, FORMULA)[0]

    def _tape(self) -> Tape:
        return _tape(self._formula(), parse_assignments(self.values))

    def _picked(self, tape: Tape) -> int:
        return min(self.node, len(tape.entries)) - 1

    def _nearest(self, x: float, y: float) -> int:
        layout = tape_layout(tuple(entry.inputs for entry in self._tape().entries))
        away = [math.hypot(x - node_x, y - node_y) for node_x, node_y in layout.nodes]
        return away.index(min(away)) + 1

    # -- what it says

    def _readouts(self, tape: Tape, now: Stage) -> tuple[Readout, ...]:
        value_missing, slope_missing = missing_reasons(tape)
        known = slope_missing is None
        slopes = list(tape.gradient.values())
        picked = tape.entries[self._picked(tape)]
        readouts = [
            Readout(
                name="value",
                value=tape.value if value_missing is None else None,
                latex="f",
                label=Text("value of f"),
                reason=value_missing,
                role=Role.FUNCTION,
            ),
            *(
                Readout(
                    name=f"slope_{name}",
                    value=slope if known else None,
                    latex=rf"\frac{{\partial f}}{{\partial {variable_latex(name)}}}",
                    label=Text("slope along {name}", {"name": verbatim(name)}),
                    reason=slope_missing,
                    role=Role.GRADIENT,
                )
                for name, slope in tape.gradient.items()
            ),
            Readout(name="gradient", value=slopes if known else None, reason=slope_missing, shown=False),
            *_picked_readouts(picked, value_missing, slope_missing),
            *_step_readouts(tape, now),
        ]
        return tuple(readouts)

    def _spoken(self, tape: Tape, now: Stage) -> Text:
        values: dict[str, Any] = {"step": now.step, "last": step_count(tape), "f": part_name(self._formula())}
        if now.step == step_count(tape) and missing_reasons(tape)[1] is None:
            return _spoken_whole(tape, values)
        if now.phase == "start":
            known = [
                Text("{name} is {value}", {"name": verbatim(name), "value": value})
                for name, value in used_values(tape).items()
            ]
            return Text("f is {f}. {known}; nothing is worked out yet.", {**values, "known": known})
        if now.phase == "forward":
            assert now.entry is not None
            entry = tape.entries[now.entry]
            values |= {"part": part_name(entry.node), "value": entry.value}
            if not math.isfinite(entry.value):
                return Text("Step {step} of {last}, forward: {part} has no value here.", values)
            return Text("Step {step} of {last}, forward: {part} is {value}.", values)
        if now.phase == "seed":
            return Text("Step {step} of {last}: the slope of f along f itself is 1.", values)
        return self._spoken_pull(tape, now, values)

    def _spoken_pull(self, tape: Tape, now: Stage, values: dict[str, Any]) -> Text:
        assert now.pull is not None
        pull = now.pull
        values |= {
            "user": part_name(tape.entries[pull.user].node),
            "input": part_name(tape.entries[pull.input].node),
            "slope": pull.local_slope,
            "passed": pull.passed,
            "total": pull.total,
        }
        if not math.isfinite(pull.local_slope):
            return Text("Step {step} of {last}, backward: {user} has no slope along {input} here.", values)
        if pull.total == pull.passed:
            return Text(
                "Step {step} of {last}, backward: {user} has the slope {slope} along {input}, which gets "
                "{passed}.",
                values,
            )
        return Text(
            "Step {step} of {last}, backward: {user} has the slope {slope} along {input}, which gets "
            "{passed} more and has {total}.",
            values,
        )


def _spoken_whole(tape: Tape, values: dict[str, Any]) -> Text:
    slopes = [
        Text("{slope} along {name}", {"slope": slope, "name": verbatim(name)})
        for name, slope in tape.gradient.items()
    ]
    if not slopes:
        return Text("f is {f}, with the value {value} whatever happens.", {**values, "value": tape.value})
    return Text(
        "f is {f}. Its value is {value}; its slope is {slopes}.",
        {**values, "value": tape.value, "slopes": slopes},
    )


def _with_value(given: Assignments, name: str, value: float) -> Assignments:
    """The values with that of one variable changed, or added."""
    return tuple({**dict(given), name: value}.items())


@lru_cache(maxsize=256)
def _tape(formula: Node, given: Assignments) -> Tape:
    values = {name: value for name, value in given if name in formula.variables}
    values |= dict.fromkeys(sorted(formula.variables - values.keys()), UNGIVEN)
    return reverse(formula, values)


def _picked_readouts(entry: Entry, value_missing: Text | None, slope_missing: Text | None) -> list[Readout]:
    part = {"part": part_name(entry.node)}
    why_no_slope = value_missing or slope_missing
    return [
        number_readout(
            "node_value", entry.value, Text("value of {part}", part), value_missing, role=Role.FUNCTION
        ),
        number_readout(
            "node_slope",
            entry.adjoint,
            Text("slope of f along {part}", part),
            why_no_slope,
            role=Role.GRADIENT,
        ),
    ]


def _step_readouts(tape: Tape, now: Stage) -> list[Readout]:
    """The numbers of the present step, for prose and goals."""
    idle = Text("In this step no slope is handed on.")
    pull = now.pull
    numbers = {
        "local_slope": pull.local_slope if pull else math.nan,
        "passed": pull.passed if pull else math.nan,
        "gathered": pull.total if pull else math.nan,
    }
    readouts = [number_readout(name, number, None, idle, shown=False) for name, number in numbers.items()]
    return [*readouts, Readout(name="steps", value=float(step_count(tape)), shown=False)]
