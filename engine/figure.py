"""What a scene looks like now: data only, in the units of its axes, with roles where a painter has colours.

A `Figure` is panels of marks, named readouts, tables and one spoken sentence. Whoever draws it (the
canvas, an export) decides colours, pens and pixels; whoever scripts it reads readouts and tables.

Marks compare by identity: two marks with equal arrays are not worth comparing, while a mark (or an array
in it) that *is* the one of the last frame need not be mapped to the screen again. Scenes therefore cache
their costly marks by the arguments they depend on, and hand out the same objects while those stand still.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.roles import Role as Role
from engine.text import Text

Floats = NDArray[np.float64]

Value = float | bool | str | list[float] | None
"""What a readout can be: a number, a truth, a code (a word never translated), a list, or nothing."""


class View(msgspec.Struct, frozen=True):
    """The part of the plane that a panel shows, in the units of its axes."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float


Views = Mapping[str, View]
"""Panel id → the view the learner chose by zooming or panning. A panel that is missing shows its own."""

NO_VIEWS: Views = MappingProxyType({})


def linked_views(own: Views, chosen: Views) -> dict[str, View]:
    """What stacked panels show: each the view chosen for it or its own, all over one interval of x.

    own: panel id → its own view. The interval is that of the panel chosen last, or each its own.
    """
    shown = {name: chosen.get(name, view) for name, view in own.items()}
    last = next((shown[name] for name in reversed(list(chosen)) if name in own), None)
    if last is None:
        return shown
    return {name: View(last.x_low, last.x_high, view.y_low, view.y_high) for name, view in shown.items()}


class Mark(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """One drawable thing.

    id: names the mark within its panel; the painter keeps one item for it while it moves.
    role: what it means.
    look: tells marks of one role apart where each has a look of its own: an optimizer's name for a path.
    label: words for a legend and for whoever cannot see the mark; marks without one are not listed.
    latex: the label as a formula, where it is one.
    """

    id: str
    role: Role
    look: str = ""
    label: Text | None = None
    latex: str = ""


class Curve(Mark, frozen=True, eq=False, kw_only=True):
    """A line through points, in order. A NaN in `x` or `y` is a gap: no line crosses it."""

    x: Floats
    y: Floats
    arrow: bool = False  # an open head at the last point


class Points(Mark, frozen=True, eq=False, kw_only=True):
    """Single points, filled or (`open`: a hole, an excluded end) as circles."""

    x: Floats
    y: Floats
    open: bool = False


class Rule(Mark, frozen=True, eq=False, kw_only=True):
    """A straight line without ends through (x, y) with `slope`; an infinite slope is vertical."""

    x: float
    y: float
    slope: float = 0.0


class Span(Mark, frozen=True, eq=False, kw_only=True):
    """A shaded interval of one axis, across the whole panel."""

    axis: Literal["x", "y"] = "x"
    low: float
    high: float


class Area(Mark, frozen=True, eq=False, kw_only=True):
    """The region between two curves over the same `x`."""

    x: Floats
    lower: Floats
    upper: Floats


class Bars(Mark, frozen=True, eq=False, kw_only=True):
    """Rectangles from `bottom` to `top` over [left, right], one for each entry."""

    left: Floats
    right: Floats
    bottom: Floats
    top: Floats


class Arrows(Mark, frozen=True, eq=False, kw_only=True):
    """Arrows from (x, y) to (x + dx, y + dy), in the units of the axes."""

    x: Floats
    y: Floats
    dx: Floats
    dy: Floats


class Contours(Mark, frozen=True, eq=False, kw_only=True):
    """Level lines: for each level the vertices of its lines, (n, 2), separated by rows of NaN."""

    levels: tuple[float, ...]
    lines: tuple[Floats, ...]


class Heatmap(Mark, frozen=True, eq=False, kw_only=True):
    """A grid of numbers as colour. `values[i, j]` lies at row i from `y_low` up, column j from `x_low` on.

    `shade` is the same grid mapped to [0, 1], where the colour scale begins and ends; NaN is left clear.
    """

    values: Floats
    shade: Floats
    x_low: float
    x_high: float
    y_low: float
    y_high: float


class Mosaic(Mark, frozen=True, eq=False, kw_only=True):
    """A grid of kinds as colour and pattern: what became of each of many runs, say.

    kinds: whole numbers, places in `tiles`; −1 is left clear. `kinds[i, j]` lies in row i from `y_low` up,
    column j from `x_low` on; the four are the outer edges, and cells are as even as the axes are spaced.
    shade: [0, 1], from pale to strong, of the same shape. tiles: what each kind is called and looks like.
    """

    kinds: NDArray[np.int8]
    shade: Floats
    tiles: tuple[Tile, ...]
    x_low: float
    x_high: float
    y_low: float
    y_high: float


class Tile(msgspec.Struct, frozen=True):
    """A kind of cell of a `Mosaic`: its look, of those in `gui.tiles`, and its words for the legend.

    listed: False keeps it out of the legend, where a label in the picture says what it is.
    """

    look: str
    words: Text
    listed: bool = True


class Label(Mark, frozen=True, eq=False, kw_only=True):
    """Words (`label`) or a formula (`latex`) beside a point; the painter moves it so that none overlap.

    fixed: it stays on its side, whatever lies there: the number at a tick.
    """

    x: float
    y: float
    side: Literal["above", "below", "left", "right"] = "above"
    fixed: bool = False


class Handle(Mark, frozen=True, eq=False, kw_only=True):
    """A point that the learner drags, or moves with the arrow keys.

    parameters: what it sets, the one that ← and → move first, then the one that ↑ and ↓ move. One that sets
        none is drawn with: it follows the tip of the pointer.
    `Scene.moved` turns a place on the panel into their values, `Scene.nudged` a press of a key.
    told: what it says while it moves, where that is not its place on the panel.
    quiet: nothing is drawn until a hand or the focus is on it; what lies below shows where it is.
    """

    x: float
    y: float
    parameters: tuple[str, ...]
    told: Text | None = None
    quiet: bool = False


class NetworkNode(msgspec.Struct, frozen=True):
    """A node of a `Network`: what it does (a formula), and two numbers beneath, as words.

    told: the sentence that whoever points at the node reads.
    state: waiting (its number is not there yet), reached, or active (what happens in this step).
    """

    x: float
    y: float
    latex: str
    value: Text | None = None
    slope: Text | None = None
    told: Text | None = None
    state: Literal["waiting", "reached", "active"] = "reached"


class NetworkEdge(msgspec.Struct, frozen=True):
    """An edge from one node to another, by their places in the list, past the points `via`.

    label: the number along it. backward: the head of its arrow is at the start.
    """

    start: int
    stop: int
    via: tuple[tuple[float, float], ...] = ()
    label: Text | None = None
    state: Literal["waiting", "reached", "active"] = "reached"
    backward: bool = False


class Network(Mark, frozen=True, eq=False, kw_only=True):
    """Nodes and the edges between them: a formula's own graph, or a network's.

    role: of the nodes and of what runs forward; `backward_role` of slopes and of what runs back, whose words
    in the legend are `backward_label`. Nodes one unit apart, in x or in y, are drawn without touching.
    picked: the node whose numbers are shown elsewhere, by its place in the list; −1 if none is.
    """

    nodes: tuple[NetworkNode, ...]
    edges: tuple[NetworkEdge, ...]
    backward_role: Role = Role.GRADIENT
    backward_label: Text | None = None
    picked: int = -1


AnyMark = (
    Curve
    | Points
    | Rule
    | Span
    | Area
    | Bars
    | Arrows
    | Contours
    | Heatmap
    | Mosaic
    | Label
    | Handle
    | Network
)


class Axis(msgspec.Struct, frozen=True):
    """One axis of a panel: its symbol (LaTeX) or its words, and how it is spaced."""

    latex: str = ""
    label: Text | None = None
    scale: Literal["linear", "log"] = "linear"


class Panel(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """One plot.

    view: what it shows until the learner zooms.
    equal: both axes have one scale, so that a right angle looks like one.
    clickable: a click on empty ground sets something (`Scene.clicked`).
    share: its share of the room beside the other panels.
    framed: axes, grid and numbers stand about it; without them the marks lie on the bare ground.
    sketched: the exercise whose curve a hand draws on the empty ground; "" where a drag moves the view.
    """

    id: str
    marks: tuple[AnyMark, ...]
    view: View
    x_axis: Axis = Axis()
    y_axis: Axis = Axis()
    title: Text | None = None
    equal: bool = False
    clickable: bool = False
    share: float = 1.0
    framed: bool = True
    sketched: str = ""


class Readout(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """A named number on show.

    name: what goals, exercises, the code view and scripts call it.
    value: the number; None when there is none, and `reason` says why.
    latex, label: the formula it stands for, and its name in words.
    role, look: tie it to the mark it measures.
    shown: False keeps it off the screen; scripts, goals and prose still read it.
    """

    name: str
    value: Value
    latex: str = ""
    label: Text | None = None
    reason: Text | None = None
    role: Role | None = None
    look: str = ""
    digits: int = 6
    shown: bool = True


class Column(msgspec.Struct, frozen=True, eq=False):
    """One column of a table: numbers (an array) or words (a list).

    digits: significant digits of its numbers, where the last ones are what they are about; 0 leaves it to
    whoever shows them.
    """

    name: str
    values: Sequence[Any] | Floats
    latex: str = ""
    label: Text | None = None
    digits: int = 0


class Table(msgspec.Struct, frozen=True, eq=False):
    """Columns of equal length. Rows are made when somebody reads them: a run of 500 steps is no loop."""

    name: str
    columns: tuple[Column, ...]
    title: Text | None = None
    highlighted: int | None = None  # the row that the picture shows now

    def __len__(self) -> int:
        return len(self.columns[0].values) if self.columns else 0

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[Any, ...]]:
        """Rows from `start` to before `stop`, as plain Python values."""
        parts = [column.values[start:stop] for column in self.columns]
        return zip(*(part.tolist() if isinstance(part, np.ndarray) else part for part in parts), strict=True)


class WorkedStep(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """One line of worked steps, in LaTeX; what is pointed at is underlined.

    depth: how deep its rule stands in the tree. rule, statement: the rule in words and as a formula.
    before, line: the whole line before and this one. row: what the rule did at its own place.
    spoken: the line in words.
    """

    depth: int
    rule: Text
    statement: str
    before: str
    line: str
    row: str
    spoken: Text


class WorkedSteps(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """A derivation as a tree of lines, as far as it is on show.

    steps: the lines so far, depth first; the last is the one on show. total: how many there will be.
    fault: why the lines end before the result, if they do.
    """

    steps: tuple[WorkedStep, ...]
    total: int
    fault: Text | None = None


class Halt(msgspec.Struct, frozen=True, eq=False):
    """Where the play head stops by itself: the value of the played parameter, and why there."""

    value: float
    why: Text


class Offer(msgspec.Struct, frozen=True, eq=False):
    """Something worth trying now, as a button: its words, and the parameters that it sets."""

    words: Text
    values: Mapping[str, Any]


class Figure(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Everything that a scene shows.

    spoken: one exact sentence, read to whoever cannot see the panels and printed under them.
    worked: lines of LaTeX with the numbers on screen standing in the formula.
    derivation: worked steps, shown as a tree beside the panels.
    stacked: the panels stand above each other and have one horizontal axis (see `linked_views`).
    halts: where playing stops by itself. offers: what the learner may try next.
    done: the share of the work that this figure rests on; below 1 a better one follows (`Scene.stages`).
    """

    panels: tuple[Panel, ...]
    readouts: tuple[Readout, ...]
    spoken: Text
    tables: tuple[Table, ...] = ()
    worked: tuple[str, ...] = ()
    derivation: WorkedSteps | None = None
    stacked: bool = False
    halts: tuple[Halt, ...] = ()
    offers: tuple[Offer, ...] = ()
    done: float = 1.0

    def readout(self, name: str) -> Readout:
        """The readout called `name`; KeyError if there is none."""
        for readout in self.readouts:
            if readout.name == name:
                return readout
        raise KeyError(name)

    def panel(self, panel_id: str) -> Panel:
        """The panel called `panel_id`; KeyError if there is none."""
        for panel in self.panels:
            if panel.id == panel_id:
                return panel
        raise KeyError(panel_id)

    def values(self) -> dict[str, Value]:
        """Readout name → value."""
        return {readout.name: readout.value for readout in self.readouts}
