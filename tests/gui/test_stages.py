"""Pictures that come in stages, that stop the play head, and that offer what to try next."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import ClassVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.actions import Explore, OpenLesson, Seek, SetParameters
from engine.cancellation import stop_if_cancelled
from engine.expression import parse_condition
from engine.figure import Figure, Halt, Offer, Panel, View, Views
from engine.lessons.lesson import Goal, Lesson, Setting, Step
from engine.scene import Playback, Scene, make_scene
from engine.text import Text
from gui.app import Shell
from gui.controller import Controller
from gui.improvement import Improvement
from gui.jobs import Response, Worker
from gui.remarks import Remarks

LATER = threading.Event()
"""Set where the second stage may come."""


def drawn(words: str, done: float = 1.0, **more: object) -> Figure:
    panel = Panel(id="p", marks=(), view=View(0, 1, 0, 1))
    return Figure(panels=(panel,), readouts=(), spoken=Text(words), done=done, **more)


class Staged(Scene, frozen=True):
    """Coarse at once; fine when the test lets it."""

    heavy: ClassVar[bool] = True
    title: ClassVar[Text] = Text("Staged")
    summary: ClassVar[Text] = Text("Staged")
    a: float = 0.0

    def figure(self, views: Views = {}) -> Figure:  # noqa: B006
        *_, last = self.stages(views)
        return last

    def stages(self, views: Views = {}) -> Iterator[Figure]:  # noqa: B006
        yield drawn("coarse", 0.25)
        while not LATER.wait(0.005):
            stop_if_cancelled()
        yield drawn("fine")


class Halting(Scene, frozen=True):
    """Plays `step` from 0 to 40, and wants the play head to stop at 12 and at 30."""

    title: ClassVar[Text] = Text("Halting")
    summary: ClassVar[Text] = Text("Halting")
    step: int = 0
    seconds: float = 0.2

    def figure(self, views: Views = {}) -> Figure:  # noqa: B006
        return drawn("halting", halts=(Halt(12, Text("too fast")), Halt(30, Text("too flat"))))

    def playback(self) -> Playback:
        return Playback("step", 0, 40, seconds=self.seconds, integer=True)


@pytest.fixture
def controller(qtbot: QtBot) -> Iterator[Controller]:
    LATER.clear()
    controller = Controller()
    yield controller
    controller.close()
    controller.deleteLater()


def words(controller: Controller) -> str:
    return str(controller.figure.spoken) if controller.figure else ""


def test_each_stage_is_shown_as_soon_as_it_is_there(controller: Controller, qtbot: QtBot) -> None:
    controller.send(Explore(Staged()))
    qtbot.waitUntil(lambda: words(controller) == "coarse")
    assert controller.improving
    LATER.set()
    qtbot.waitUntil(lambda: words(controller) == "fine")
    assert not controller.improving


def test_a_change_stops_the_better_picture_of_what_was_before(controller: Controller, qtbot: QtBot) -> None:
    controller.send(Explore(Staged()))
    qtbot.waitUntil(lambda: words(controller) == "coarse")
    spy = QSignalSpy(controller.figure_changed)
    controller.send(SetParameters({"a": 1.0}))
    qtbot.waitUntil(lambda: spy.count() == 1)  # the coarse one of a = 1: the fine one of a = 0 never came
    assert words(controller) == "coarse"


def test_computing_can_be_stopped_and_go_on(controller: Controller, qtbot: QtBot) -> None:
    controller.send(Explore(Staged()))
    qtbot.waitUntil(lambda: words(controller) == "coarse")
    controller.stop_computing()
    assert not controller.improving
    LATER.set()
    qtbot.wait(50)
    assert words(controller) == "coarse"
    controller.go_on_computing()
    qtbot.waitUntil(lambda: words(controller) == "fine")


def test_a_goal_is_not_judged_by_a_coarse_picture(controller: Controller, qtbot: QtBot) -> None:
    goal = Goal(id="g", line=1, ask="", hints=(), why="", check=parse_condition("a > 0", ["a"]))
    step = Step(title="", line=1, blocks=(goal,), setting=Setting(scene=Staged()))
    controller.send(OpenLesson(Lesson(id="l", title="L", language="en", steps=(step,))))
    controller.send(SetParameters({"a": 1.0}))
    qtbot.waitUntil(lambda: words(controller) == "coarse")
    qtbot.wait(30)
    assert controller.state.answer("g").outcome != "right"
    LATER.set()
    qtbot.waitUntil(lambda: words(controller) == "fine")
    assert controller.state.answer("g").outcome == "right"


@pytest.mark.parametrize("results", [1, 3])
def test_a_worker_is_busy_until_the_last_result(qtbot: QtBot, results: int) -> None:
    worker = Worker("test")
    heard: list[tuple[int, bool]] = []

    def take(response: Response) -> None:
        heard.append((response.result, worker.busy))

    worker.finished.connect(take)
    worker.ask_each(lambda: ((number, number < results - 1) for number in range(results)))
    qtbot.waitUntil(lambda: len(heard) == results)
    assert heard == [(number, number < results - 1) for number in range(results)]
    worker.close()


def test_work_that_takes_long_gives_way_to_what_was_asked_soon_after_it_began(qtbot: QtBot) -> None:
    worker = Worker("test")
    heard: list[int] = []
    worker.finished.connect(lambda response: heard.append(response.result))
    begun = threading.Event()

    def endless() -> int:
        begun.set()
        while True:
            stop_if_cancelled()
            time.sleep(0.001)

    worker.ask(endless)
    assert begun.wait(5)
    worker.ask(lambda: 2)  # at once: nobody knows yet how long the first one takes
    qtbot.waitUntil(lambda: heard == [2])
    assert not worker.busy
    worker.close()


def test_a_failure_after_a_stage_is_told(controller: Controller, qtbot: QtBot) -> None:
    worker = Worker("test")

    def work() -> Iterator[tuple[int, bool]]:
        yield 1, True
        raise ZeroDivisionError

    heard: list[Response] = []
    worker.finished.connect(heard.append)
    worker.ask_each(work)
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert isinstance(heard[1].error, ZeroDivisionError)
    assert not worker.busy
    worker.close()


def test_the_play_head_stops_once_at_each_halt_and_goes_on_from_there(
    controller: Controller, qtbot: QtBot
) -> None:
    controller.send(Explore(Halting()))
    controller.flush()
    for stop in (12, 30, 40):
        controller.play()
        qtbot.waitUntil(lambda: not controller.playing, timeout=3000)
        assert controller.state.scene.step == stop


def test_it_stops_however_slowly_it_plays(controller: Controller, qtbot: QtBot) -> None:
    """With several frames to a step the step shown jumps to a halt between two of them."""
    controller.send(Explore(Halting(seconds=4.0)))
    controller.flush()
    controller.send(Seek(11 / 40))
    controller.play()
    qtbot.waitUntil(lambda: not controller.playing, timeout=3000)
    assert controller.state.scene.step == 12


def test_with_reduced_motion_it_goes_from_halt_to_halt(controller: Controller) -> None:
    controller.set_reduced_motion(True)
    controller.send(Explore(Halting()))
    controller.flush()
    stops = []
    for backwards in (False, False, False, True, True, True):
        controller.play(backwards)
        controller.flush()
        stops.append(controller.state.scene.step)
    assert stops == [12, 30, 40, 30, 12, 0]


def test_remarks_say_why_it_stopped_here_and_only_here(controller: Controller, qtbot: QtBot) -> None:
    remarks = Remarks()
    qtbot.addWidget(remarks)
    controller.send(Explore(Halting()))
    controller.flush()
    for position, said in ((0.3, "too fast"), (0.75, "too flat"), (0.5, "")):
        controller.send(Seek(position))
        controller.flush()
        remarks.set_state(controller.state, controller.figure)
        assert remarks.why.text() == said
        assert remarks.isVisibleTo(remarks.parentWidget()) == bool(said)


def test_an_offer_sets_its_parameters(controller: Controller, qtbot: QtBot) -> None:
    remarks = Remarks()
    qtbot.addWidget(remarks)
    controller.send(Explore(Halting()))
    remarks.action.connect(controller.send)
    offers = (Offer(Text("Go to 5"), {"step": 5}), Offer(Text("Go to 7"), {"step": 7}))
    remarks.set_state(controller.state, drawn("", offers=offers))
    assert [button.text() for button in remarks.buttons] == ["Go to 5", "Go to 7"]
    remarks.buttons[1].click()
    assert controller.state.scene.step == 7
    remarks.set_state(controller.state, drawn("", offers=offers[:1]))
    assert [button.text() for button in remarks.buttons] == ["Go to 5"]


def test_the_bar_shows_how_far_it_is_and_hides_at_the_end(qtbot: QtBot) -> None:
    bar = Improvement()
    qtbot.addWidget(bar)
    pressed: list[str] = []
    bar.stopped.connect(lambda: pressed.append("stopped"))
    bar.resumed.connect(lambda: pressed.append("resumed"))
    bar.set_done(0.25, going=True)
    assert bar.bar.value() == bar.bar.maximum() // 4
    bar.button.click()
    bar.set_done(0.25, going=False)
    assert bar.button.text() == "Go on"
    bar.button.click()
    assert pressed == ["stopped", "resumed"]
    bar.set_done(1.0, going=False)
    assert bar.isHidden()


def test_what_went_wrong_leaves_room_for_the_controls(open_shell: Callable[..., Shell], qtbot: QtBot) -> None:
    shell = open_shell()
    shell.window.resize(1024, 640)
    values = {"f": "x^2 + 10y^2", "x": 2, "y": 1, "step": 1, "racers": "gd(lr=0.11)", "beside": "rates"}
    shell.parts.controller.send(Explore(make_scene("descent-2d", values)))
    stage = shell.window.stage
    qtbot.waitUntil(lambda: len(stage.remarks.buttons) == 2 and stage.remarks.why.text() != "", timeout=5000)
    qtbot.waitUntil(lambda: not stage.controls.visibleRegion().isEmpty(), timeout=2000)


def test_an_offer_that_was_taken_leaves_the_focus_to_the_picture(
    open_shell: Callable[..., Shell], qtbot: QtBot
) -> None:
    shell = open_shell()
    values = {"f": "x^2 + 10y^2", "x": 2, "y": 1, "racers": "gd(lr=0.11)"}
    shell.parts.controller.send(Explore(make_scene("descent-2d", values)))
    stage = shell.window.stage
    qtbot.waitUntil(lambda: len(stage.remarks.buttons) == 1, timeout=5000)
    stage.remarks.buttons[0].setFocus()
    QTest.keyClick(stage.remarks.buttons[0], Qt.Key.Key_Space)
    assert shell.parts.controller.state.scene.racers == "gd(lr=0.11); gd(lr=0.099)"
    qtbot.waitUntil(lambda: not stage.remarks.buttons, timeout=5000)
    assert stage.canvas.isAncestorOf(QApplication.focusWidget()) or stage.canvas.hasFocus()
