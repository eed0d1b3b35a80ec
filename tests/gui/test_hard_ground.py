"""What nobody should ask of a descent, typed into the window: it says so there, and stays alive."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.app import Shell
from gui.control_kinds import FormulaControl, NumberControl

Open = Callable[..., Shell]

HARD = ("-1/x^2", "ln(x)", "sqrt(x)", "3", "step(x)", "1/0", "1e300*x^2")
HARD_SURFACES = ("-1/(x^2+y^2)", "ln(x y)", "sqrt(x)+y^2", "7", "floor(x)+y", "1/0+x y")


class Bench:
    """The program exploring one scene, what failed in it, and a hand on its controls."""

    def __init__(self, shell: Shell, scene: str, qtbot: QtBot) -> None:
        self.controller = shell.parts.controller
        self.failures: list[Any] = []
        self.controller.failed.connect(lambda where, error: self.failures.append((where, error)))
        shell.navigator.explore(scene)
        assert shell.window is not None
        self.stage = shell.window.stage
        self._qtbot = qtbot
        self.settle()

    def settle(self) -> None:
        """Wait until the picture that was asked for is on show."""
        self.controller.flush()
        self._qtbot.waitUntil(lambda: not self.controller._worker.busy, timeout=20_000)
        assert not self.failures
        assert self.stage.canvas.figure is not None
        self.stage.canvas.grab()

    def type_number(self, name: str, typed: str) -> NumberControl:
        control = self.stage.controls.control(name)
        assert isinstance(control, NumberControl)
        control.field.setFocus()
        control.field.selectAll()
        QTest.keyClicks(control.field, typed)
        QTest.keyClick(control.field, Qt.Key.Key_Return)
        self.settle()
        return control

    def type_formula(self, typed: str) -> None:
        control = self.stage.controls.control("f")
        assert isinstance(control, FormulaControl)
        control.field.line.setFocus()
        control.field.line.selectAll()
        QTest.keyClicks(control.field.line, typed)
        QTest.keyClick(control.field.line, Qt.Key.Key_Return)
        self.settle()

    @property
    def scene(self) -> Any:
        return self.controller.state.scene


@pytest.mark.parametrize(
    ("scene", "name", "refused", "taken"),
    [
        ("descent-1d", "lr", ("-1", "nan", "1e999", "one"), ("0", "1e300")),
        ("descent-1d", "steps", ("0", "1e9", "2.5"), ("10000",)),
        ("descent-1d", "x0", ("nan", "1e999"), ("1e300", "-1e308")),
        ("descent-2d", "noise", ("-1", "nan"), ("1e300", "0")),
        ("conditioning", "kappa", ("0.5", "nan", "1e300"), ("1e6", "1")),
        ("convexity", "t", ("-1", "2", "nan"), ("1",)),
    ],
)
def test_a_number_that_cannot_be_is_refused_in_words_and_the_next_is_taken(
    scene: str, name: str, refused: tuple[str, ...], taken: tuple[str, ...], open_shell: Open, qtbot: QtBot
) -> None:
    bench = Bench(open_shell(), scene, qtbot)
    before = getattr(bench.scene, name)
    for typed in refused:
        control = bench.type_number(name, typed)
        assert getattr(bench.scene, name) == before, typed
        assert control.message.words(), typed
    for typed in taken:
        control = bench.type_number(name, typed)
        assert getattr(bench.scene, name) == float(typed)
        assert not control.message.words()
        assert str(bench.controller.figure.spoken)


@pytest.mark.parametrize(
    ("scene", "formulas"), [("descent-1d", HARD), ("convexity", HARD), ("descent-2d", HARD_SURFACES)]
)
def test_hard_ground_is_drawn_and_played_to_its_end_and_back(
    scene: str, formulas: tuple[str, ...], open_shell: Open, qtbot: QtBot
) -> None:
    bench = Bench(open_shell(), scene, qtbot)
    for typed in formulas:
        bench.type_formula(typed)
        if bench.controller.state.playback is not None:
            for position in (0.0, 0.5, 1.0, 0.0):
                bench.controller.seek(position)
                bench.settle()
        figure = bench.controller.figure
        assert str(figure.spoken), typed
        for readout in figure.readouts:
            assert readout.value is not None or readout.reason is not None
            assert not (isinstance(readout.value, float) and math.isnan(readout.value))
