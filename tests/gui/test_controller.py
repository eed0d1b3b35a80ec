"""The controller: one figure a turn, glides, plays, a worker for what is heavy, and nothing that kills it."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import ClassVar

import pytest
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from engine.actions import Explore, GoTo, OpenLesson, Redo, Seek, SetParameters, SetView, Undo
from engine.errors import ParameterError
from engine.figure import Axis, Figure, Panel, View, Views
from engine.lessons.format import read_lesson
from engine.lessons.lesson import Lesson
from engine.scene import Scene, make_scene
from engine.text import Text
from gui.controller import Controller
from gui.glide import eased, glide
from gui.jobs import Response, Worker

LESSON = """+++
format = 1
id = "a-lesson"
title = "A lesson"
+++

# Here

```scene secant
f = "x^2"
x0 = 1.0
h = 1.0
```

# There

```scene
x0 = 3.0
h = 0.01
```

# Moving

```animate h
to = 1.0
seconds = 0.2
```
"""


@pytest.fixture
def controller(qtbot: QtBot) -> Iterator[Controller]:
    controller = Controller()
    yield controller
    controller.close()
    controller.deleteLater()


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return read_lesson(LESSON, "a.md")


class Slow(Scene, frozen=True):
    """A picture that takes its time, and counts itself."""

    heavy: ClassVar[bool] = True
    title: ClassVar[Text] = Text("Slow")
    summary: ClassVar[Text] = Text("Slow")
    a: float = 0.0
    seconds: float = 0.0

    def figure(self, views: Views = {}) -> Figure:  # noqa: B006
        time.sleep(self.seconds)
        if math.isnan(self.a):
            raise ZeroDivisionError("the middle of nowhere")
        panel = Panel(id="p", marks=(), view=View(0, 1, 0, 1), x_axis=Axis())
        return Figure(panels=(panel,), readouts=(), spoken=Text("a is {a}", {"a": self.a}))


class Broken(Scene, frozen=True):
    """A picture with a mistake in it."""

    title: ClassVar[Text] = Text("Broken")
    a: float = 1.0

    def figure(self, views: Views = {}) -> Figure:  # noqa: B006
        raise RuntimeError(f"no picture for {self.a}")


def test_many_actions_in_one_turn_are_one_figure(controller: Controller, qtbot: QtBot) -> None:
    controller.send(Explore(make_scene("secant")))
    controller.flush()
    spy = QSignalSpy(controller.figure_changed)
    for number in range(20):
        controller.send(SetParameters({"x0": number / 10}, "a drag"))
    qtbot.waitUntil(lambda: spy.count() > 0)
    assert spy.count() == 1
    assert controller.figure is not None
    assert controller.figure.readout("tangent_slope").value == pytest.approx(2 * 1.9)


def test_a_drag_is_one_entry_and_undo_brings_back(controller: Controller) -> None:
    controller.send(Explore(make_scene("secant", {"x0": 1})))
    for number in range(5):
        controller.drag("x0", 1 + number / 2, 0.0, "a drag")
    assert controller.state.scene.x0 == 3.0
    controller.send(Undo())
    assert controller.state.scene.x0 == 1.0
    controller.send(Redo())
    assert controller.state.scene.x0 == 3.0


def test_what_cannot_be_is_refused_and_changes_nothing(controller: Controller, qtbot: QtBot) -> None:
    controller.send(Explore(make_scene("secant")))
    before = controller.state
    with qtbot.waitSignal(controller.refused) as refusal:
        controller.send(SetParameters({"h": 0}))
    assert isinstance(refusal.args[0], ParameterError)
    assert controller.state is before


def test_a_step_glides_evenly_in_the_logarithm_while_the_state_has_arrived(
    controller: Controller, lesson: Lesson, qtbot: QtBot
) -> None:
    controller.send(OpenLesson(lesson))
    controller.flush()
    shown: list[float] = []

    def take(figure: Figure) -> None:
        """The h of a frame: the partner lies at x0 + h, and the slope of x² at x0 is 2 x0."""
        values = figure.values()
        shown.append(values["partner"] - values["tangent_slope"] / 2)

    controller.figure_changed.connect(take)
    controller.send(GoTo(1))
    assert (controller.state.scene.x0, controller.state.scene.h) == (3.0, 0.01)
    qtbot.waitUntil(lambda: bool(shown) and abs(shown[-1] - 0.01) < 1e-12, timeout=3000)
    assert len(shown) >= 4
    assert shown == sorted(shown, reverse=True)
    assert max(shown) > 0.1  # on the way


def test_a_glide_is_halfway_in_the_logarithm_at_half_time() -> None:
    start, end = make_scene("secant", {"h": 1.0, "x0": 0}), make_scene("secant", {"h": 0.01, "x0": 2})
    way = glide(start, end, None, None, {}, {})
    assert way is not None
    middle = way.scene(0.5)
    assert (middle.h, middle.x0) == (pytest.approx(0.1), pytest.approx(1.0))
    assert way.scene(1.0) is end
    assert [eased(t) for t in (-1, 0, 0.25, 1, 2)] == [0, 0, 0.15625, 1, 1]


def test_a_glide_does_not_pass_through_what_is_forbidden() -> None:
    start, end = make_scene("secant", {"h": -1.0}), make_scene("secant", {"h": 1.0})
    assert glide(start, end, None, None, {}, {}) is None


def test_reduced_motion_does_not_glide_and_shows_first_and_last_frame(
    controller: Controller, lesson: Lesson, qtbot: QtBot
) -> None:
    controller.set_reduced_motion(True)
    controller.send(OpenLesson(lesson, step=1))
    controller.flush()
    spy = QSignalSpy(controller.figure_changed)
    seen: list[float] = []
    controller.state_changed.connect(lambda new, old: seen.append(new.scene.h))
    controller.send(GoTo(2))
    qtbot.waitUntil(lambda: controller.state.scene.h == 1.0, timeout=3000)
    qtbot.wait(50)
    assert set(seen) == {0.01, 1.0}
    assert spy.count() <= 3


def test_an_animation_plays_once_when_its_step_is_new(
    controller: Controller, lesson: Lesson, qtbot: QtBot
) -> None:
    controller.send(OpenLesson(lesson, step=1))
    controller.send(GoTo(2))
    qtbot.waitUntil(lambda: controller.playing, timeout=3000)
    qtbot.waitUntil(lambda: not controller.playing, timeout=3000)
    assert controller.state.scene.h == 1.0
    assert controller.state.past == ()
    controller.send(GoTo(1))
    controller.send(GoTo(2))
    qtbot.wait(400)
    assert not controller.playing
    assert controller.state.scene.h == 0.01


def test_playing_takes_the_time_it_should_at_any_speed(controller: Controller, qtbot: QtBot) -> None:
    controller.send(Explore(make_scene("secant")))
    seconds = controller.state.playback.seconds
    controller.set_speed(4.0)
    begin = time.monotonic()
    controller.play()
    qtbot.waitUntil(lambda: not controller.playing, timeout=10_000)
    assert time.monotonic() - begin == pytest.approx(seconds / 4, rel=0.25)
    assert controller.state.scene.h == 1e-3


def test_a_loop_begins_again_and_a_hand_stops_it(controller: Controller, qtbot: QtBot) -> None:
    controller.send(Explore(make_scene("secant")))
    controller.set_speed(4.0)
    controller.set_loop(True)
    controller.seek(0.9)
    controller.play()
    qtbot.waitUntil(lambda: controller.state.position < 0.5, timeout=5000)
    assert controller.playing
    controller.send(SetParameters({"x0": 2}))
    assert not controller.playing


def test_playing_backwards_ends_at_the_beginning(controller: Controller, qtbot: QtBot) -> None:
    controller.send(Explore(make_scene("secant")))
    controller.set_speed(4.0)
    controller.seek(0.4)
    places: list[float] = []
    controller.state_changed.connect(lambda new, old: places.append(new.position))
    controller.toggle_backwards()
    assert controller.backwards
    qtbot.waitUntil(lambda: not controller.playing, timeout=10_000)
    assert len(places) > 3
    assert places == sorted(places, reverse=True)
    assert places[-1] == 0.0
    assert not controller.backwards
    controller.toggle_backwards()  # from the beginning it runs back from the end
    assert controller.state.position == 1.0
    controller.toggle()
    assert not controller.playing


def test_a_run_turns_round_at_any_moment(controller: Controller, qtbot: QtBot) -> None:
    """Every frame of the way back is one of the way there: a whole step of the same run."""
    controller.send(Explore(make_scene("descent-2d", {"steps": 40, "step": 20})))
    steps: list[int] = []
    controller.state_changed.connect(lambda new, old: steps.append(new.scene.step))
    controller.set_speed(4.0)
    controller.play()
    qtbot.waitUntil(lambda: controller.state.scene.step > 22, timeout=5000)
    turn = controller.state.scene.step
    controller.toggle_backwards()
    assert controller.playing
    qtbot.waitUntil(lambda: not controller.playing, timeout=10_000)
    there, back = [step for step in steps if step <= turn], steps[steps.index(turn) :]
    assert controller.state.scene.step == 0
    assert back == sorted(back, reverse=True)
    assert min(there) == 0


def test_a_loop_backwards_begins_again_at_the_end(controller: Controller, qtbot: QtBot) -> None:
    controller.send(Explore(make_scene("secant")))
    controller.set_speed(4.0)
    controller.set_loop(True)
    controller.seek(0.1)
    controller.play(backwards=True)
    places: list[float] = []
    controller.state_changed.connect(lambda new, old: places.append(new.position))
    qtbot.waitUntil(lambda: controller.state.position > 0.5, timeout=5000)
    assert controller.backwards
    assert places[-2:] == [0.0, 1.0]  # both ends are on show for a frame
    controller.toggle_backwards()
    assert not controller.playing


def test_steps_of_whole_numbers_are_one_and_of_others_a_fortieth(controller: Controller) -> None:
    controller.send(Explore(make_scene("descent-2d", {"steps": 40, "step": 10})))
    controller.step_on()
    assert controller.state.scene.step == 11
    controller.step_back()
    controller.step_back()
    assert controller.state.scene.step == 9
    controller.send(Explore(make_scene("secant")))
    controller.step_on()
    assert controller.state.position == pytest.approx(1 / 40)
    controller.seek(1.0)
    controller.step_on()
    assert controller.state.position == 1.0


def test_a_broken_scene_is_said_and_the_rest_lives(controller: Controller, qtbot: QtBot) -> None:
    controller.send(Explore(make_scene("secant")))
    controller.flush()
    with qtbot.waitSignal(controller.failed) as failure:
        controller.send(Explore(Broken()))
        controller.flush()
    assert failure.args[0] == "scene"
    assert "no picture" in str(failure.args[1])
    controller.send(Explore(make_scene("field")))
    controller.flush()
    assert controller.figure.readout("magnitude").value == pytest.approx(math.hypot(3, 2))


def test_heavy_scenes_keep_the_last_figure_and_end_with_the_newest(
    controller: Controller, qtbot: QtBot
) -> None:
    controller.send(Explore(make_scene("secant")))
    controller.flush()
    first = controller.figure
    shown: list[str] = []
    controller.figure_changed.connect(lambda figure: shown.append(str(figure.spoken)))
    for number in range(6):
        controller.send(Explore(Slow(a=float(number), seconds=0.05)))
        controller.flush()
        assert controller.figure is first
    qtbot.waitUntil(lambda: bool(shown) and shown[-1] == "a is 5", timeout=3000)
    assert shown == sorted(shown)
    assert len(shown) <= 2  # what had begun, and the newest


def test_a_long_run_says_so_and_gives_way(controller: Controller, qtbot: QtBot) -> None:
    racers = "; ".join(["adam(lr=0.01)", "adamw(lr=0.01)", "rmsprop(lr=0.01)"] * 5)
    with qtbot.waitSignal(controller.busy_changed, timeout=5000) as busy:
        controller.send(Explore(make_scene("descent-2d", {"steps": 100_000, "racers": racers})))
        controller.flush()
    assert busy.args == [True]
    with qtbot.waitSignal(controller.busy_changed, timeout=5000) as rest:
        controller.send(Explore(make_scene("descent-2d", {"steps": 10, "racers": "gd(lr=0.1)"})))
        controller.flush()
    assert rest.args == [False]
    assert len(controller.figure.tables[0]) == 1


def test_what_is_stale_is_dropped(controller: Controller, qtbot: QtBot) -> None:
    controller.send(Explore(Slow(a=1.0, seconds=0.1)))
    controller.flush()
    controller.send(Explore(make_scene("secant")))
    controller.flush()
    qtbot.wait(200)
    assert controller.figure.panels[0].id == "plane"


def test_a_failure_in_the_worker_is_said(controller: Controller, qtbot: QtBot) -> None:
    with qtbot.waitSignal(controller.failed) as failure:
        controller.send(Explore(Slow(a=math.nan)))
        controller.flush()
    assert isinstance(failure.args[1], ZeroDivisionError)


def test_a_view_is_shown_and_taken_back_without_a_history(controller: Controller) -> None:
    controller.send(Explore(make_scene("secant")))
    controller.flush()
    view = View(0, 1, 0, 1)
    controller.send(SetView("plane", view))
    controller.flush()
    assert controller.shown_views == {"plane": view}
    assert controller.state.past == ()
    controller.send(SetView("plane", None))
    controller.flush()
    assert controller.shown_views == {}


def test_frames_are_no_history(controller: Controller) -> None:
    controller.send(Explore(make_scene("secant")))
    for number in range(50):
        controller.send(Seek(number / 50))
    assert controller.state.past == ()


def test_the_worker_answers_in_order_and_never_after_closing(qtbot: QtBot) -> None:
    worker = Worker("test")
    answers: list[Response] = []
    worker.finished.connect(answers.append)
    for number in range(50):
        worker.ask(lambda number=number: number)
    qtbot.waitUntil(lambda: not worker.busy, timeout=3000)
    results = [answer.result for answer in answers]
    assert results[-1] == 49
    assert results == sorted(results)
    worker.ask(lambda: time.sleep(0.05))
    worker.close()
    count = len(answers)
    qtbot.wait(100)
    assert len(answers) == count
