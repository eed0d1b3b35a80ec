"""One step of a race, taken apart: arrows that stand tip to tail, and the step that they add up to."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import numpy as np

from engine.dissection import Contribution, Vector, dissect
from engine.figure import (
    AnyMark,
    Arrows,
    Axis,
    Column,
    Curve,
    Floats,
    Label,
    Panel,
    Points,
    Readout,
    Role,
    Table,
    View,
    Views,
)
from engine.function import Function
from engine.notation import variable_latex
from engine.optimizer_notation import worked_contributions, worked_step
from engine.race import Race, Runner
from engine.scenes._descent_2d_beside import Beside
from engine.scenes._descent_2d_checks import checked_gradient
from engine.scenes._descent_2d_focus import focused_runner
from engine.scenes._readouts import number_readout
from engine.text import Text, sentences, verbatim

if TYPE_CHECKING:
    from engine.scenes.descent_2d import Descent2D

STEP = "step"

Side: TypeAlias = Literal["above", "below", "left", "right"]

ROLES = {
    "gradient": Role.GRADIENT,
    "noise": Role.ERROR,
    "decay": Role.FUNCTION,
    "averaged_away": Role.CURVATURE,
    "carried": Role.CURVATURE,
    "lookahead": Role.CURVATURE,
    "first_moment": Role.CURVATURE,
    "first_correction": Role.CURVATURE,
    "blend": Role.CURVATURE,
}
"""How a contribution is drawn; what scales the direction rather than remembering it is `SCALING`."""

SCALING = Role.AREA

SEEN = 0.02
"""Of the panel's width: a shorter arrow cannot be seen, and is told in words."""

ALONG = 0.12
"""The sine of an angle: arrows that turn by less lie on one line, and the second must step aside."""

LANE = 0.035
"""Of the panel's width: how far aside."""

MARGIN = 0.14
"""Of the panel's width, beyond the arrows: room for their numbers."""


SHARE = 1.8
"""Of the room, beside the surface's 1.3: here is what there is to see."""


class Laid(NamedTuple):
    """A contribution as it is drawn: its arrow's tail and tip, aside of their true places by `lane` lanes."""

    contribution: Contribution
    tail: Floats
    tip: Floats
    lane: int
    normal: Floats


def step_apart(scene: Descent2D, f: Function, runners: Race, views: Views) -> Iterator[Beside]:
    """The step of the racer in focus that leads on from the step on show; at the end, its last."""
    runner = focused_runner(scene, runners)
    if runner is None or not runner.run.steps:
        why = Text("Nobody runs yet.") if runner is None else Text("{racer} takes no step.", _racer(runner))
        said = () if runner is None else (why,)  # that nobody runs is said already
        yield Beside(_panel(f, (), View(-1.0, 1.0, -1.0, 1.0)), said=said, readouts=_readouts(None, why))
        return
    place = min(scene.shown_step(), runner.run.steps - 1)
    setup = runner.racer.part_at(place)
    parts = runner.run.parts(place)
    noise = None if runner.run.noise is None else runner.run.noise[place].tolist()
    found = dissect(setup, parts, runner.run.gradients[place].tolist(), noise)
    step = tuple(map(float, parts["step"]))
    numbers = {name: [float(value) for value in part] for name, part in parts.items()}
    checks = checked_gradient(f, runner.run.positions[place]) if scene.crosscheck else None
    if not all(math.isfinite(each) for part in found for each in (*part.vector, *step)):
        why = Text("This step of {racer} left the finite numbers: it has no arrows.", _racer(runner))
        panel = _panel(f, (), View(-1.0, 1.0, -1.0, 1.0))
        yield _beside(f, panel, found, step, why, (), checks)
        return
    view = _view(found, step)
    shown = views.get(STEP, view)
    tiny = [each.words for each in found if each.length < SEEN * (shown.x_high - shown.x_low)]
    # the optimizer's own last line, and what it comes of: its other lines stand in the summands
    whole = worked_step(setup, numbers, noisy=noise is not None)[-1]
    worked = (whole, *worked_contributions(setup, found))
    panel = _panel(f, _marks(_laid(found, shown), step, shown), view)
    yield _beside(f, panel, found, step, _said(runner, place, found, step, tiny), worked, checks)


def _beside(
    f: Function,
    panel: Panel,
    found: Sequence[Contribution],
    step: Vector,
    said: Text,
    worked: tuple[str, ...],
    checks: tuple[Table, Text, tuple[str, ...]] | None,
) -> Beside:
    beside = Beside(
        panel,
        readouts=_readouts((found, step), said),
        tables=(_table(f, found, step),),
        worked=worked,
        said=(said,),
    )
    if checks is None:
        return beside
    table, verdict, formulas = checks
    return beside._replace(tables=(*beside.tables, table), said=(verdict, said), worked=(*worked, *formulas))


def _racer(runner: Runner) -> dict[str, Text]:
    return {"racer": runner.words}


# -- the picture ------------------------------------------------------------------------------------------


def _panel(f: Function, marks: tuple[AnyMark, ...], view: View) -> Panel:
    x, y = (Axis(latex=_change(f, number)) for number in range(2))
    return Panel(id=STEP, marks=marks, view=view, x_axis=x, y_axis=y, equal=True, share=SHARE)


def _change(f: Function, number: int) -> str:
    return rf"\Delta {variable_latex(f.variables[number])}"


def _corners(found: Sequence[Contribution]) -> Floats:
    """Where the arrows meet: 0, the first tip, the second …"""
    return np.cumsum([[0.0, 0.0], *(each.vector for each in found)], axis=0)


def _view(found: Sequence[Contribution], step: Vector) -> View:
    """A square about all arrows, by whole parts of a round number, so that it stands still for a while."""
    corners = np.vstack([_corners(found), [step]])
    low, high = corners.min(axis=0), corners.max(axis=0)
    wide = float((high - low).max()) * (1 + 2 * MARGIN)
    if wide == 0.0:
        return View(-1.0, 1.0, -1.0, 1.0)
    power = 10.0 ** math.floor(math.log10(wide))
    size = next(share * power for share in (1.0, 1.5, 2.0, 3.0, 5.0, 7.5, 10.0) if share * power >= wide)
    grain = size / 20
    left, bottom = (np.round(((low + high) / 2 - size / 2) / grain) * grain).tolist()
    return View(left, left + size, bottom, bottom + size)


def _laid(found: Sequence[Contribution], view: View) -> list[Laid]:
    """The arrows tip to tail; one that runs back along the one before, or on it again, stands aside."""
    wide = view.x_high - view.x_low
    corners = _corners(found)
    laid: list[Laid] = []
    lane, along = 0, np.zeros(2)
    for number, each in enumerate(found):
        vector = np.array(each.vector)
        length = each.length
        if length >= SEEN * wide:
            direction = vector / length
            if not along.any() or abs(_cross(along, direction)) > ALONG:
                lane, along = 0, direction
            elif _sense(laid, direction) < 0:
                lane += 1
        normal = np.array([-along[1], along[0]])
        aside = lane * LANE * wide * normal
        laid.append(Laid(each, corners[number] + aside, corners[number + 1] + aside, lane, normal))
    return laid


def _cross(one: Floats, other: Floats) -> float:
    return float(one[0] * other[1] - one[1] * other[0])


def _sense(laid: Sequence[Laid], direction: Floats) -> float:
    """Whether the last arrow that has a length points the same way (+) or back (−)."""
    last = next((each.contribution for each in reversed(laid) if each.contribution.length > 0), None)
    return 1.0 if last is None else float(np.dot(np.array(last.vector) / last.length, direction))


def _marks(laid: Sequence[Laid], step: Vector, view: View) -> tuple[AnyMark, ...]:
    wide = view.x_high - view.x_low
    marks: list[AnyMark] = []
    for number, each in enumerate(laid):
        if number and each.lane != laid[number - 1].lane:
            ends = np.array([laid[number - 1].tip, each.tail])
            marks.append(Curve(id=f"link {number}", role=Role.GUIDE, x=ends[:, 0], y=ends[:, 1]))
    seen = [each for each in laid if each.contribution.length >= SEEN * wide]
    crowded = any(each.lane for each in seen)
    for number, each in enumerate(laid, start=1):
        if each not in seen:
            continue
        part = each.contribution
        role = ROLES.get(part.name, SCALING)
        # the number stands at the arrow, the name in the legend: both fit where there is little room
        label = Text("{number} {part}", {"number": number, "part": part.short})
        # arrows side by side run to and fro: near their tails, and outside, their numbers stand apart
        outside = (each.normal if each.lane else -each.normal) if crowded else None
        share = 0.3 if each.lane else 0.5
        marks.append(_arrow(f"part {part.name}", role, each.tail, each.tip, label))
        marks.append(
            _label(f"name {part.name}", role, each.tail, each.tip, verbatim(str(number)), share, outside)
        )
    # those that stand farthest aside find their places first
    lanes = {f"name {each.contribution.name}": each.lane for each in seen}
    marks.sort(key=lambda mark: -lanes.get(mark.id, 0))
    whole = np.array(step)
    aside = np.zeros(2)
    if any(_covers(each, whole) for each in seen if each.lane == 0):
        aside = np.array([step[1], -step[0]]) / math.hypot(*step) * LANE * wide
        if any(float(np.dot(aside, each.normal)) > 0 for each in seen if each.lane):
            aside = -aside
    marks.append(_arrow("step", Role.STEP, aside, whole + aside, Text("the step")))
    marks.append(_label("name step", Role.STEP, aside, whole + aside, latex=r"\Delta w"))
    ends = np.array([[0.0, 0.0], whole])
    marks.append(Points(id="ends", role=Role.POINT, x=ends[:, 0], y=ends[:, 1]))
    return tuple(marks)


def _covers(each: Laid, step: Floats) -> bool:
    """Whether the step's own arrow would lie on this one: along one line, and not end to end."""
    size, length = float(np.hypot(*step)), each.contribution.length
    if not size:
        return False
    along = step / size
    if abs(_cross(along, np.array(each.contribution.vector) / length)) > ALONG:
        return False
    if abs(_cross(along, each.tail / length)) > ALONG:
        return False
    low, high = sorted(float(np.dot(end, along)) for end in (each.tail, each.tip))
    return min(high, size) - max(low, 0.0) > SEEN * length


def _arrow(name: str, role: Role, tail: Floats, tip: Floats, label: Text) -> Arrows:
    x, y, dx, dy = (np.array([float(each)]) for each in (*tail, *(tip - tail)))
    return Arrows(id=name, role=role, x=x, y=y, dx=dx, dy=dy, label=label)


def _label(
    name: str,
    role: Role,
    tail: Floats,
    tip: Floats,
    words: Text | None = None,
    share: float = 0.5,
    outside: Floats | None = None,
    latex: str = "",
) -> Label:
    """The words beside an arrow, at this share of its length, if they can on the side that is `outside`."""
    x, y = (tail + share * (tip - tail)).tolist()
    dx, dy = np.abs(tip - tail).tolist()
    side: Side = "above" if dx > dy else "right"
    if outside is not None and dx > dy and outside[1] < 0:
        side = "below"
    if outside is not None and dx <= dy and outside[0] < 0:
        side = "left"
    return Label(id=name, role=role, x=x, y=y, side=side, label=words, latex=latex)


# -- the numbers ------------------------------------------------------------------------------------------


def _table(f: Function, found: Sequence[Contribution], step: Vector) -> Table:
    vectors = np.array([*(each.vector for each in found), step]).reshape(-1, 2)
    names = [*(each.words.message for each in found), Text("the step").message]
    return Table(
        "dissection",
        (
            Column("number", [*range(1, len(found) + 1), ""], label=Text("arrow")),
            Column("part", names, label=Text("part")),
            *(
                Column(name, vectors[:, number], latex=_change(f, number))
                for number, name in enumerate(("dx", "dy"))
            ),
            Column("length", np.hypot(vectors[:, 0], vectors[:, 1]), label=Text("length")),
        ),
        title=Text("What the step consists of"),
    )


def _readouts(shown: tuple[Sequence[Contribution], Vector] | None, why: Text) -> tuple[Readout, ...]:
    """The length of the step, and of what it is made of."""
    length = None if shown is None else math.hypot(*shown[1])
    count = 0.0 if shown is None else float(len(shown[0]))
    return (
        number_readout(
            "step_length",
            length,
            Text("length of the step"),
            why,
            latex=r"\left|\Delta w\right|",
            role=Role.STEP,
        ),
        Readout(name="part_count", value=count, label=Text("parts of the step"), shown=False),
    )


def _said(
    runner: Runner, place: int, found: Sequence[Contribution], step: Vector, tiny: Sequence[Text]
) -> Text:
    values = {
        "racer": runner.words,
        "number": place + 1,
        "parts": [
            Text("{part} ({length})", {"part": each.words, "length": _short(each.length)}) for each in found
        ],
        "length": _short(math.hypot(*step)),
        "tiny": list(tiny),
    }
    if len(found) == 1:
        return Text("Step {number} of {racer} is its gradient's alone, {length} long.", values)
    whole = Text("Step {number} of {racer}, {length} long, is the sum of {parts}.", values)
    return sentences(whole, Text("Too short to see: {tiny}.", values)) if tiny else whole


def _short(length: float) -> float:
    """Three digits of it: as many as an arrow shows."""
    return float(f"{length:.3g}")
