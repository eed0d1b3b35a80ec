"""What `--self-test` tries in the window: a lesson, a map computed beside it, remarks, a file of points."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from gui.self_test import FailedError, Workshop, require_picture

if TYPE_CHECKING:
    from gui.window import Window

PATIENCE = 30.0
"""Seconds that what is done beside the window may take."""


def opens(shop: Workshop) -> str:
    """The first lesson, and its second step."""
    from engine.actions import GoTo

    window = _window_of(shop)
    controller = window.parts.controller
    controller.send(GoTo(1))
    shop.application.processEvents()
    controller.flush()
    shop.application.processEvents()
    state = controller.state
    if state.lesson is None or state.step != 1 or controller.figure is None:
        raise FailedError("the first lesson does not open, or its second step does not follow")
    require_picture(window.grab().toImage())
    return f"opens at “{state.lesson.title}”"


def map_in_stages(shop: Workshop) -> str:
    """A picture that takes long is computed beside the window: coarse at once, then to its end."""
    from engine.actions import Explore
    from engine.figure import Figure
    from engine.scene import make_scene

    wanted = make_scene("descent-2d", {"beside": "plane", "focus": 2})
    done: list[float] = []

    def note(figure: Figure | None) -> None:
        if figure is not None and controller.state.scene is wanted:
            done.append(figure.done)

    window = _window_of(shop)
    controller = window.parts.controller
    controller.figure_changed.connect(note)
    try:
        controller.send(Explore(wanted))
        _wait(shop, lambda: bool(done) and done[-1] >= 1, "the map is not finished")
    finally:
        controller.figure_changed.disconnect(note)
    if len(done) < 2 or done != sorted(done):
        raise FailedError(f"the map does not get better: {done}")
    require_picture(window.grab().toImage())
    return f"{len(done)} stages"


def remarks(shop: Workshop) -> str:
    """Of a learning rate that is too large it is said where and why, and what to try."""
    from engine.actions import Explore, Seek
    from engine.scene import make_scene

    stage, controller = _window_of(shop).stage, _window_of(shop).parts.controller
    controller.send(Explore(make_scene("descent-2d", {"racers": "gd(lr=2.5)"})))
    controller.flush()
    _wait(shop, lambda: not controller.improving, "the run is not shown")
    figure, playback = controller.figure, controller.state.playback
    if figure is None or playback is None or not figure.halts or not figure.offers:
        raise FailedError("the play head does not stop, or nothing is offered")
    controller.send(Seek(playback.position(figure.halts[0].value)))
    _wait(shop, lambda: bool(stage.remarks.why.text()), "it is not said why the play head stops")
    if not any(button.isVisibleTo(stage) for button in stage.remarks.buttons):
        raise FailedError("what is offered is not there to be pressed")
    return stage.remarks.why.text()


def points_of_csv(shop: Workshop) -> str:
    """A file with semicolons and decimal commas is opened as by a drop on the window."""
    from engine.data_points import parse_points
    from engine.scenes.regression import Regression

    path = shop.folder / "points ü.csv"
    path.write_text("size;price\n0,5;2\n1,5;4\n2,5;6\n", encoding="utf-8")
    window = _window_of(shop)
    controller = window.parts.controller
    window.files.open_path(path)
    _wait(shop, lambda: isinstance(controller.state.scene, Regression), "no picture takes the points")
    controller.flush()
    _wait(shop, lambda: not controller.improving, "the points are not shown")
    scene = controller.state.scene
    assert isinstance(scene, Regression)
    values = parse_points(scene.points).values.tolist()
    if values != [[0.5, 2.0], [1.5, 4.0], [2.5, 6.0]]:
        raise FailedError(f"the points are {values}")
    require_picture(window.grab().toImage())
    return f"{len(values)} rows read and shown"


def _window_of(shop: Workshop) -> Window:
    """The program's window, unseen, over a profile of its own."""
    from engine.storage import Profile
    from gui.app import Shell

    if shop.window is None:
        shell = Shell(Profile(shop.folder / "window"))
        shop.closing.callback(shop.application.processEvents)
        shop.closing.callback(shell.close)
        shop.window = shell.open()
        shop.window.resize(1280, 720)
        shop.application.processEvents()
    return shop.window


def _wait(shop: Workshop, happened: Callable[[], bool], otherwise: str) -> None:
    """Let the window do its work until it has happened."""
    end = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > end:
            raise FailedError(otherwise)
        shop.application.processEvents()
        time.sleep(0.002)
