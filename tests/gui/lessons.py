"""A small scene and a small lesson for tests of the panes: every kind of parameter, block and exercise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from engine.actions import OpenLesson
from engine.expression import parse_condition
from engine.figure import Column, Figure, Panel, Readout, Role, Table, View
from engine.lessons.lesson import (
    Choice,
    ExpressionExercise,
    Goal,
    Lesson,
    Note,
    NumberExercise,
    Prose,
    Reveal,
    Setting,
    Step,
    TableBlock,
    Verdict,
    WrongAnswer,
)
from engine.parameters import Checked, Domain, Formula, Slider, Words
from engine.racers import parse_racers
from engine.scene import Playback, Scene
from engine.session import SessionState, reduce
from engine.text import Text
from gui.mathtext import Typesetter
from gui.theme import ThemeManager


class Playground(Scene, tag="playground", frozen=True):
    """f(x0) and the slope of f between x0 and x0 + h, beside parameters of every other kind."""

    title: ClassVar[Text] = Text("Playground")
    summary: ClassVar[Text] = Text("Every kind of parameter.")

    f: Formula = "x^2"
    x0: Annotated[float, Slider(-4, 4, symbol="x_0"), Words(Text("point"))] = 1.0
    h: Annotated[
        float, Slider(1e-6, 1, scale="log", symbol="h"), Domain(not_equal=0), Words(Text("distance"))
    ] = 1.0
    scheme: Annotated[
        Literal["forward", "backward"],
        Words(Text("difference"), {"forward": Text("ahead"), "backward": Text("back")}),
    ] = "forward"
    kind: Literal["one", "two", "three", "four", "five"] = "one"
    guess: Annotated[float | None, Slider(-10, 10, symbol="m"), Words(Text("guess"))] = None
    arrows: Annotated[bool, Words(Text("arrows"))] = True
    steps: Annotated[int, Slider(0, 100, symbol="N"), Domain(at_least=0, at_most=1000)] = 25
    step: Annotated[int, Words(Text("step"))] = 0
    racers: Annotated[str, Checked("racers", parse_racers), Words(Text("racers"))] = (
        "gd(lr=0.05); adam(lr=0.1)"
    )
    walk: bool = False

    def figure(self, views: Any = {}) -> Figure:  # noqa: B006
        f = self.function("f")
        slope = (f.value_at(self.x0 + self.h) - f.value_at(self.x0)) / self.h
        distances = np.array([1.0, 0.1, 0.01])
        return Figure(
            panels=(Panel(id="plane", marks=(), view=View(0, 1, 0, 1)),),
            readouts=(
                Readout(
                    name="slope",
                    value=slope,
                    latex=r"\frac{\Delta f}{h}",
                    label=Text("slope"),
                    role=Role.SECANT,
                ),
                Readout(name="height", value=f.value_at(self.x0), label=Text("height")),
                Readout(name="place", value=[self.x0, self.h], latex="p"),
                Readout(name="missing", value=None, latex="q", reason=Text("There is none.")),
                Readout(name="loss", value=0.5, role=Role.PATH, look="adam#2", shown=False),
                Readout(name="hidden", value=7.0, shown=False),
            ),
            tables=(
                Table(
                    "approach",
                    (
                        Column("h", distances, latex="h"),
                        Column("square", distances**2),
                        Column("word", ["a", "b", "c"]),
                    ),
                    highlighted=1,
                ),
            ),
            worked=(rf"\frac{{\Delta f}}{{h}} = {slope:.6g}",),
            spoken=Text("The slope is {slope}.", {"slope": slope}),
        )

    def code(self) -> str:
        return f"import numpy as np\nx0 = {self.x0!r}  # the point\nprint('height', x0**2)\n"

    def playback(self) -> Playback:
        if self.walk:
            return Playback("step", 0, 40, integer=True)
        return Playback("h", 1.0, 1e-3, scale="log")


NAMES = ("slope", "height", "h", "x0")

PROSE = Prose("The slope is {slope} at $x_0$.", 1)
PREDICTION = Choice(
    id="guess",
    line=1,
    ask="As $h$ shrinks, the slope goes to …",
    options={"one": "one", "two": "$2$", "none": "nowhere"},
    answer="two",
    wrong=(WrongAnswer("none", "It comes as close to 2 as you like."),),
    why="It is $2 + h$.",
    predict=True,
)
QUESTION = Choice(
    id="question",
    line=1,
    ask="Which is larger?",
    options={"a": "first", "b": "second", "c": "third"},
    answer="b",
    hints=("Look.", "Look twice."),
    wrong=(WrongAnswer("a", "The first is smaller than the second."),),
    why="The second is larger than both.",
)
NUMBER = NumberExercise(
    id="number", line=1, ask="What is $f(1.5)$?", answer="2.25", hints=("Square it.",), why="1.5 · 1.5"
)
EXPRESSION = ExpressionExercise(
    id="expression", line=1, ask="Write $f'(x)$.", answer="2x", why="The power rule."
)
GOAL = Goal(
    id="goal",
    line=1,
    ask="Bring the slope within 0.01 of 2.",
    hints=("Move $h$.", "Try $h$ below 0.01."),
    check=parse_condition("abs(slope - 2) < 0.01", NAMES),
)


def small_lesson(**setting: Any) -> Lesson:
    """Four steps: words and a prediction; the verdict and a choice; typed answers; a goal."""
    setting.setdefault("scene", Playground())
    setting.setdefault("controls", ("x0", "h"))
    pages = (
        ("Look", (PROSE, PREDICTION, Note(1, "Read *aitch*."), Reveal(1, "Why", "So."))),
        ("See", (Verdict(1, "guess"), QUESTION)),
        ("Write", (NUMBER, EXPRESSION, TableBlock(1, "", ("slope",), "h", (1.0, 0.1), caption="A caption."))),
        ("Do", (GOAL, TableBlock(1, "approach", ("square", "h")))),
    )
    steps = tuple(Step(title, 1, blocks, Setting(**setting)) for title, blocks in pages)
    return Lesson(id="small", title="A small lesson", language="en", steps=steps)


class Bench:
    """The shortest controller there is: every action is reduced at once and shown to the panes."""

    def __init__(self, *panes: Any, step: int = 0, **setting: Any) -> None:
        self.panes = panes
        self.actions: list[Any] = []
        self.state: SessionState = reduce(SessionState(), OpenLesson(small_lesson(**setting), step=step))
        for pane in panes:
            pane.action.connect(self.send)
        self.refresh()

    def send(self, action: Any) -> None:
        self.actions.append(action)
        self.state = reduce(self.state, action)
        self.refresh()

    def refresh(self) -> None:
        figure = self.state.scene.figure() if self.state.scene is not None else None
        for pane in self.panes:
            pane.set_state(self.state, figure)

    @property
    def scene(self) -> Playground:
        assert isinstance(self.state.scene, Playground)
        return self.state.scene


@pytest.fixture(scope="module")
def typesetter(qapp: QApplication) -> Iterator[Typesetter]:
    """One typesetter for a module that looks at something else."""
    typesetter = Typesetter()
    yield typesetter
    typesetter.close()


@pytest.fixture
def themes(qapp: QApplication) -> Iterator[ThemeManager]:
    """A theme manager, in light whatever the system is in."""
    manager = ThemeManager()
    manager.set_choice("light")
    yield manager
    manager.deleteLater()
