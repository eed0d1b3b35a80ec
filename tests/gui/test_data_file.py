"""Opening a CSV: by menu and by drop, into the picture or into one that takes it; its mistakes in words."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from engine.actions import SetParameters, Undo
from engine.data_points import parse_points
from gui.app import Shell
from gui.canvas.handles import HandleGrip
from gui.window import Window

Open = Callable[..., Shell]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def _no_window_of_before() -> None:
    """The reader's thread must not be the one that collects the parts of a window that was closed."""
    gc.collect()


PRICES = "size;price\n50;100\n80;170,5\n120;230\n95;180\n"
NUMBERS = [[50, 100], [80, 170.5], [120, 230], [95, 180]]


def window_of(shell: Shell) -> Window:
    assert shell.window is not None
    return shell.window


def file_of(folder: Path, text: str | bytes, name: str = "prices.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def drop(window: Window, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(10, 10),
        Qt.DropAction.CopyAction,
        data,
        LEFT,
        Qt.KeyboardModifier.NoModifier,
        QEvent.Type.Drop,
    )
    assert window.files.can_drop(data)
    window.dropEvent(event)  # Qt delivers it only while its own drag is under way


def dropped(qtbot: QtBot, shell: Shell, path: Path) -> str:
    """Drop it, and wait for what is said."""
    window = window_of(shell)
    said: list[str] = []
    window.files.said.connect(said.append)
    drop(window, path)
    qtbot.waitUntil(lambda: bool(said) and not said[-1].startswith("Reading"), timeout=10_000)
    return said[-1]


def points_of(shell: Shell) -> list[list[float]]:
    scene = shell.parts.controller.state.scene
    assert scene is not None
    return parse_points(scene.points).values.tolist()  # type: ignore[attr-defined]


def settle(qtbot: QtBot, shell: Shell) -> None:
    controller = shell.parts.controller
    controller.flush()
    qtbot.waitUntil(lambda: not controller._worker.busy, timeout=5000)


def drag(qtbot: QtBot, shell: Shell, grip: HandleGrip, to: QPoint) -> None:
    """By the mouse, to this pixel of the canvas, and let go there."""
    canvas = window_of(shell).stage.canvas
    QTest.mouseMove(grip, grip.rect().center())
    QTest.mousePress(grip, LEFT, Qt.KeyboardModifier.NoModifier, grip.rect().center())
    for share in (0.3, 0.7, 1.0):  # the handle follows, and the hand with it
        start = grip.centre().toPoint()
        at = start + (to - start) * share if share < 1 else to
        QTest.mouseMove(grip, grip.mapFrom(canvas, at))
        settle(qtbot, shell)
    QTest.mouseRelease(grip, LEFT, Qt.KeyboardModifier.NoModifier, grip.mapFrom(canvas, to))
    settle(qtbot, shell)


def test_a_csv_that_is_dropped_goes_into_the_picture(open_shell: Open, qtbot: QtBot, tmp_path: Path) -> None:
    shell = open_shell()
    shell.navigator.explore("regression")
    words = dropped(qtbot, shell, file_of(tmp_path, PRICES))
    assert points_of(shell) == NUMBERS
    assert "4 rows" in words
    assert "size" in words
    assert "price" in words
    assert window_of(shell).notices.words() == words
    settle(qtbot, shell)
    figure = shell.parts.controller.figure
    assert figure is not None
    assert str(figure.panel("data").x_axis.label) == "size"
    # with such numbers a rate of 0.1 is far too large: they are scaled, and that is said
    assert "scaled" in words
    slope, _ = np.polyfit(*np.array(NUMBERS).T, 1)
    size, price = np.array(NUMBERS).T
    assert figure.readout("best_w").value == pytest.approx(slope * size.std() / price.std())


def test_it_is_undone_and_the_points_of_before_are_back(
    open_shell: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    shell = open_shell()
    shell.navigator.explore("regression")
    shell.parts.controller.send(SetParameters({"points": "1 2; 3 5", "lr": 0.05}))
    before = shell.parts.controller.state.scene
    dropped(qtbot, shell, file_of(tmp_path, PRICES))
    assert points_of(shell) == NUMBERS
    shell.parts.controller.send(Undo())
    assert shell.parts.controller.state.scene == before


def test_from_a_picture_that_takes_no_data_the_regression_opens(
    open_shell: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    shell = open_shell()
    lesson = shell.parts.controller.state.lesson
    assert lesson is not None
    dropped(qtbot, shell, file_of(tmp_path, PRICES))
    assert shell.navigator.exploring
    assert shell.parts.controller.state.scene is not None
    assert shell.parts.controller.state.scene.name == "regression"
    assert points_of(shell) == NUMBERS
    shell.navigator.go_back()
    assert shell.parts.controller.state.lesson is lesson


def test_the_menu_asks_for_a_file(
    open_shell: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = open_shell()
    window = window_of(shell)
    path = file_of(tmp_path, PRICES.replace(";", "\t"), "prices.txt")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(path), ""))
    with qtbot.waitSignal(window.files.said, timeout=5000):
        window.commands["open_data"].trigger()
    assert points_of(shell) == NUMBERS
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: ("", ""))
    window.commands["open_data"].trigger()
    assert points_of(shell) == NUMBERS


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "nothing in it"),
        (b"some words\nand others\n", "words, and no numbers"),
        (b"a,b\n1,2\n", "one row"),
        (b"a,b\n1,2\n3,x\n5,6\n", "Line 3, b: “x” is no number"),
        (b"a,b\n1,2\n3,nan\n5,6\n", "Line 3, b: nan"),
        ("größe,b\n1,2\n3,4\n".encode("cp1252"), "Line 1 is no UTF-8"),
        (b"PK\x03\x04", "workbook"),
    ],
)
def test_what_cannot_be_taken_is_said_and_changes_nothing(
    open_shell: Open, qtbot: QtBot, tmp_path: Path, content: bytes, words: str
) -> None:
    shell = open_shell()
    before = shell.parts.controller.state
    said = dropped(qtbot, shell, file_of(tmp_path, content))
    assert said.startswith("prices.csv is not shown.")
    assert words in said
    assert window_of(shell).notices.words() == said
    assert shell.parts.controller.state is before


def test_a_file_that_is_gone_is_said(open_shell: Open, qtbot: QtBot, tmp_path: Path) -> None:
    shell = open_shell()
    assert "There is no file" in dropped(qtbot, shell, tmp_path / "gone.csv")


def test_a_long_file_is_sampled_and_what_is_left_out_is_said(
    open_shell: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    shell = open_shell()
    text = "id,x,y,z\n" + "".join(f"n{k},{k},{2 * k},{-k}\n" for k in range(50_000)) + "last,,1,2\n"
    words = dropped(qtbot, shell, file_of(tmp_path, text))
    assert "2000 of 50000 rows" in words
    assert "takes others too: z" in words
    assert "want of a value: 1" in words
    assert len(points_of(shell)) == 2000
    settle(qtbot, shell)
    figure = shell.parts.controller.figure
    assert figure is not None
    assert figure.readout("rows").value == 2000
    shell.parts.controller.send(SetParameters({"columns": "z, x"}))
    settle(qtbot, shell)
    assert shell.parts.controller.figure is not None
    # both scaled, and z = −x
    assert shell.parts.controller.figure.readout("best_w").value == pytest.approx(-1)


def test_a_log_loss_gives_way_to_y_that_are_no_labels(open_shell: Open, qtbot: QtBot, tmp_path: Path) -> None:
    shell = open_shell()
    shell.navigator.explore("regression")
    controller = shell.parts.controller
    controller.send(SetParameters({"loss": "logistic", "epochs": 100, "batch": 1}))
    dropped(qtbot, shell, file_of(tmp_path, "a,b\n1,0\n2,1\n3,0\n4,1\n"))
    assert controller.state.scene is not None
    assert controller.state.scene.loss == "logistic"  # type: ignore[attr-defined]
    dropped(qtbot, shell, file_of(tmp_path, PRICES))
    assert controller.state.scene.loss == "linear"  # type: ignore[attr-defined]
    text = "".join(f"{k},{k % 7}\n" for k in range(2000))  # 200,000 steps, were batches still of 1
    dropped(qtbot, shell, file_of(tmp_path, text))
    assert len(points_of(shell)) == 2000


def test_points_are_added_dragged_and_removed_by_hand(open_shell: Open, qtbot: QtBot) -> None:
    shell = open_shell()
    shell.navigator.explore("regression")
    controller, canvas = shell.parts.controller, window_of(shell).stage.canvas
    controller.send(SetParameters({"points": "0 0; 1 1; 4 4", "step": 0}))
    settle(qtbot, shell)
    surface = canvas.surface

    def click(x: float, y: float) -> None:
        at = surface.mapFrom(canvas, canvas.place_of("data", x, y).toPoint())
        QTest.mouseMove(surface, at)
        QTest.mouseClick(surface, LEFT, Qt.KeyboardModifier.NoModifier, at)
        settle(qtbot, shell)

    click(2.5, 3.0)
    assert len(points_of(shell)) == 4
    assert points_of(shell)[3] == pytest.approx([2.5, 3.0], abs=0.05)
    grip = canvas.grip("point 1")
    drag(qtbot, shell, grip, canvas.place_of("data", 1.0, 2.0).toPoint())
    assert points_of(shell)[1] == pytest.approx([1.0, 2.0], abs=0.05)
    # off the panel, and it is gone; one undo brings it back to where it was
    before = points_of(shell)
    drag(qtbot, shell, canvas.grip("point 0"), QPoint(2, canvas.height() - 2))
    assert points_of(shell) == before[1:]
    controller.send(Undo())
    settle(qtbot, shell)
    assert points_of(shell) == before
    QTest.keyClick(canvas.grip("point 3"), Qt.Key.Key_Delete)
    settle(qtbot, shell)
    assert points_of(shell) == before[:3]
    QTest.keyClick(canvas.grip("start"), Qt.Key.Key_Delete)
    assert points_of(shell) == before[:3]


def test_a_picture_with_too_much_data_to_remember_leaves_the_lesson_remembered(
    open_shell: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    shell = open_shell()
    lesson = shell.parts.controller.state.lesson
    assert lesson is not None
    dropped(qtbot, shell, file_of(tmp_path, "".join(f"{k},{k % 7}.123456789\n" for k in range(1500))))
    shell.close()
    again = open_shell()
    assert again.parts.controller.state.lesson is not None
    assert again.parts.controller.state.lesson.id == lesson.id
