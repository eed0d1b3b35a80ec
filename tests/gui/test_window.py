"""The window as a whole: what opens, what keys do, what is remembered, and what a fault leaves standing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from engine.actions import GiveAnswer, GoTo, SetParameters
from engine.figure import Figure
from engine.scene import scene_class, scene_names
from engine.scenes.secant import Secant
from engine.text import Text
from gui.app import Shell
from gui.dialogs import ShortcutsDialog, report_text, without_paths
from gui.preferences import PreferencesDialog
from gui.window import Window
from tests.gui.shells import COURSE_LESSON

Open = Callable[..., Shell]
KEY = Qt.Key
PLAIN, CTRL, ALT, SHIFT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)

TEACHERS = """+++
format = 1
id = "teachers"
title = "{title}"
+++

# First

```scene secant
f = "x^3"
```

# Second

Words.
"""


def window_of(shell: Shell) -> Window:
    assert shell.window is not None
    return shell.window


def press(widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = PLAIN) -> None:
    QTest.keyClick(widget, key, modifier)


def drop(window: Window, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(10, 10),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        QEvent.Type.Drop,
    )
    assert window.files.can_drop(data)
    window.dropEvent(event)  # Qt delivers it only while its own drag is under way


def test_the_first_start_shows_the_first_lesson_with_its_picture(open_shell: Open) -> None:
    shell = open_shell()
    window = window_of(shell)
    state = shell.parts.controller.state
    assert state.lesson.id == COURSE_LESSON
    assert state.step == 0
    assert window.stage.canvas.figure is not None
    assert window.windowTitle().startswith(state.lesson.title)
    assert window.stage.caption.text().startswith("At x₀")
    assert not window.notices.isVisible()


def test_undo_by_keyboard_takes_back_a_drag(open_shell: Open, qtbot: QtBot) -> None:
    shell = open_shell()
    window = window_of(shell)
    shell.navigator.explore("secant")
    shell.parts.controller.flush()
    before = shell.parts.controller.state.scene.x0
    grip = window.stage.canvas.grip("x0")
    middle = grip.rect().center()
    QTest.mouseMove(grip, middle)
    QTest.mousePress(grip, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    for distance in (4, 12, 20):
        QTest.mouseMove(grip, middle + QPoint(distance, 0))
        qtbot.wait(5)
    QTest.mouseRelease(grip, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    moved = shell.parts.controller.state.scene.x0
    assert moved != before
    press(window, KEY.Key_Z, CTRL)
    assert shell.parts.controller.state.scene.x0 == before
    press(window, KEY.Key_Y, CTRL)
    assert shell.parts.controller.state.scene.x0 == moved


def test_undo_with_the_focus_in_a_number_field(open_shell: Open, qtbot: QtBot) -> None:
    shell = open_shell()
    window = window_of(shell)
    shell.navigator.explore("secant")
    before = shell.parts.controller.state.scene.x0
    shell.parts.controller.send(SetParameters({"x0": 2}))
    field = window.stage.controls.control("x0").field
    window.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    press(field, KEY.Key_Z, CTRL)
    assert shell.parts.controller.state.scene.x0 == before


def test_a_lesson_is_walked_by_keyboard(open_shell: Open) -> None:
    shell = open_shell()
    window = window_of(shell)
    press(window, KEY.Key_Right, ALT)
    press(window, KEY.Key_Right, ALT)
    assert shell.parts.controller.state.step == 2
    press(window, KEY.Key_Left, ALT)
    assert shell.parts.controller.state.step == 1


def test_keys_of_the_transport_reach_it_from_the_picture(open_shell: Open) -> None:
    shell = open_shell()
    window = window_of(shell)
    shell.navigator.explore("secant")
    shell.parts.controller.flush()
    window.stage.canvas.setFocus()
    press(window.stage.canvas, KEY.Key_Right, SHIFT)
    assert shell.parts.controller.state.position == pytest.approx(1 / 40)
    press(window.stage.canvas, KEY.Key_Left, SHIFT)
    assert shell.parts.controller.state.position == 0.0
    press(window.stage.canvas, KEY.Key_Space)
    assert shell.parts.controller.state.position == 1.0  # motion is reduced: the last frame
    press(window.stage.canvas, KEY.Key_Space, SHIFT)
    assert shell.parts.controller.state.position == 0.0


def test_any_motion_plays_backwards_by_button_and_key(open_shell: Open, qtbot: QtBot) -> None:
    shell = open_shell(motion="full")
    window, controller = window_of(shell), shell.parts.controller
    for name in scene_names():
        shell.navigator.explore(name)
        controller.flush()
        if controller.state.playback is None:
            continue
        controller.seek(0.9)
        QTest.mouseClick(window.stage.transport.play_back, Qt.MouseButton.LeftButton)
        assert controller.backwards, name
        assert window.stage.transport.play_back.isChecked()
        qtbot.waitUntil(lambda: controller.state.position < 0.9, timeout=5000)
        window.stage.canvas.setFocus()
        press(window.stage.canvas, KEY.Key_Space, SHIFT)
        assert not controller.playing, name
        assert not window.stage.transport.play_back.isChecked()


def test_a_digit_chooses_wherever_the_focus_is_but_in_a_field(open_shell: Open) -> None:
    shell = open_shell("the-best-h")
    window = window_of(shell)
    controller = shell.parts.controller
    controller.send(GoTo(1))
    press(window.stage.canvas, KEY.Key_9)  # there is no such option
    assert not controller.state.finished("where-best")
    press(window.stage.canvas, KEY.Key_3)
    assert controller.state.answer("where-best").given == "twelve"
    press(window.stage.canvas, KEY.Key_1)  # what is committed stays
    assert controller.state.answer("where-best").given == "twelve"


def test_a_sentence_without_room_says_that_there_is_more(open_shell: Open, qtbot: QtBot) -> None:
    caption = window_of(open_shell()).stage.caption
    words = "A sentence that goes on. " * 20
    caption.setText("Short.")
    assert not caption.more.isVisible()
    assert not caption.toolTip()
    caption.setText(words)
    assert caption.more.isVisible()
    assert caption.rect().contains(caption.more.geometry())
    assert caption.toolTip() == words


def test_after_a_restart_the_learner_is_where_they_were(open_shell: Open) -> None:
    shell = open_shell()
    window = window_of(shell)
    window.setGeometry(40, 50, 1234, 700)
    shell.navigator.send(GoTo(3))
    shell.navigator.send(GoTo(1))
    shell.close()
    again = open_shell()
    state = again.parts.controller.state
    assert (state.lesson.id, state.step) == (COURSE_LESSON, 1)
    assert {0, 1, 3} <= state.visited
    assert window_of(again).normalGeometry().size().width() == 1234


def test_exploring_is_resumed_with_its_values_and_leads_back(open_shell: Open) -> None:
    shell = open_shell()
    shell.navigator.explore("field")
    shell.parts.controller.send(SetParameters({"f": "x y", "x": 0.25}))
    shell.close()
    again = open_shell()
    scene = again.parts.controller.state.scene
    assert (scene.name, scene.f, scene.x) == ("field", "x y", 0.25)
    window = window_of(again)
    assert window.middle.currentWidget() is window.explore
    press(window, KEY.Key_E, CTRL | SHIFT)
    assert again.parts.controller.state.lesson.id == COURSE_LESSON
    assert window.middle.currentWidget() is window.lesson


def test_answers_are_resumed(open_shell: Open) -> None:
    shell = open_shell("secant-to-tangent")
    lesson = shell.parts.controller.state.lesson
    number, exercise = next(
        (number, step.exercises()[0]) for number, step in enumerate(lesson.steps) if step.exercises()
    )
    shell.navigator.send(GoTo(number))
    shell.parts.controller.send(GiveAnswer(exercise.id, exercise.answer))
    given = shell.parts.controller.state.answer(exercise.id)
    assert given.outcome in ("right", "kept")
    shell.close()
    state = open_shell().parts.controller.state
    assert state.answer(exercise.id).outcome == given.outcome
    assert state.answer(exercise.id).given == exercise.answer
    assert number in state.done


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_themes_switch_at_once(open_shell: Open, theme: str) -> None:
    shell = open_shell()
    window = window_of(shell)
    for action in window.commands.submenus["theme"].actions():
        if action.data() == theme:
            action.trigger()
    assert shell.parts.themes.theme().name == theme
    assert window.stage.canvas.theme.name == theme
    assert shell.parts.keeper.profile.settings.theme == theme


def test_text_grows_and_shrinks_by_keys(open_shell: Open) -> None:
    shell = open_shell()
    window = window_of(shell)
    sizes = [shell.parts.themes.theme().text_size]
    for key in (KEY.Key_Plus, KEY.Key_Plus, KEY.Key_Minus, KEY.Key_0):
        press(window, key, CTRL)
        sizes.append(shell.parts.themes.theme().text_size)
    assert sizes[0] < sizes[1] < sizes[2]
    assert sizes[3] == sizes[1]
    assert sizes[4] == sizes[0] == 15
    assert window.stage.canvas.theme.text_size == 15


def test_room_mode_and_back(open_shell: Open, qtbot: QtBot) -> None:
    shell = open_shell()
    window = window_of(shell)
    size = shell.parts.themes.theme().text_size
    press(window, KEY.Key_F11)
    assert window.isFullScreen()
    assert shell.parts.themes.theme().text_size == round(1.5 * size)
    assert not window.lesson.isVisible()
    assert window.stage.headline.text() == window.lesson.heading.text() != ""
    assert not window.outline.isVisible()
    assert window.room.halo.isVisible()
    press(window, KEY.Key_PageDown)
    assert shell.parts.controller.state.step == 1
    press(window, KEY.Key_PageUp)
    assert shell.parts.controller.state.step == 0
    press(window, KEY.Key_Escape)
    assert not window.isFullScreen()
    assert shell.parts.themes.theme().text_size == size
    assert window.lesson.isVisible()
    assert not window.room.halo.isVisible()
    assert window.menuBar().isVisible()


def test_a_scene_that_crashes_leaves_the_rest_alive(
    open_shell: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = open_shell()
    window = window_of(shell)
    shell.navigator.explore("field")
    shell.parts.controller.flush()

    def crash(self: Secant, views: object = None) -> Figure:
        raise ZeroDivisionError("a mistake of ours")

    monkeypatch.setattr(Secant, "figure", crash)
    shell.navigator.explore("secant")
    shell.parts.controller.flush()
    assert "a mistake of ours" in window.notices.words()
    assert "Traceback" not in window.notices.words()
    monkeypatch.undo()
    shell.navigator.explore("field")
    shell.parts.controller.flush()
    assert shell.parts.controller.figure.readout("magnitude").value == pytest.approx(13**0.5)
    assert not window.notices.isVisible()


def test_a_file_of_ones_own_opens_by_drop_and_follows_its_file(
    open_shell: Open, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "mine.md"
    path.write_text(TEACHERS.format(title="Mine"), encoding="utf-8")
    shell = open_shell()
    window = window_of(shell)
    drop(window, path)
    assert shell.parts.controller.state.lesson.title == "Mine"
    assert shell.parts.keeper.profile.settings.recent == (str(path),)
    shell.navigator.send(GoTo(1))
    path.write_text(TEACHERS.format(title="Mine, better"), encoding="utf-8")
    qtbot.waitUntil(lambda: shell.parts.controller.state.lesson.title == "Mine, better", timeout=5000)
    assert shell.parts.controller.state.step == 1
    path.write_text(TEACHERS.format(title="Broken").replace("secant", "secent"), encoding="utf-8")
    qtbot.waitUntil(lambda: window.middle.currentWidget() is window.problems, timeout=5000)
    marks = window.outline.tree.findItems("Broken", Qt.MatchFlag.MatchRecursive)
    assert [item.text(1) for item in marks] == ["!"]
    assert any("secent" in line and line.startswith("Line 9") for line in window.problems.words())
    path.write_text(TEACHERS.format(title="Mended"), encoding="utf-8")
    qtbot.waitUntil(lambda: window.middle.currentWidget() is window.lesson, timeout=5000)
    assert shell.parts.controller.state.lesson.title == "Mended"


def test_what_is_no_lesson_is_said(open_shell: Open, tmp_path: Path) -> None:
    path = tmp_path / "no.zip"
    path.write_bytes(b"no zip at all")
    shell = open_shell()
    window = window_of(shell)
    before = shell.parts.controller.state
    drop(window, path)
    assert window.middle.currentWidget() is window.problems or window.notices.words()
    assert shell.parts.controller.state is before


def test_a_target_that_is_not_there_is_said_and_the_course_opens(open_shell: Open) -> None:
    shell = open_shell("no-such-lesson")
    assert "no-such-lesson" in window_of(shell).notices.words()
    assert shell.parts.controller.state.lesson is not None


def test_preferences_apply_at_once(open_shell: Open, qtbot: QtBot) -> None:
    shell = open_shell()
    dialog = PreferencesDialog(shell.parts.keeper)
    qtbot.addWidget(dialog)
    dialog.changed.connect(shell.apply_settings)
    dialog.theme.setCurrentIndex(dialog.theme.findData("dark"))
    dialog.theme.activated.emit(dialog.theme.currentIndex())
    assert shell.parts.themes.theme().name == "dark"
    dialog.text.setCurrentIndex(dialog.text.findData("1.5"))
    dialog.text.activated.emit(dialog.text.currentIndex())
    assert shell.parts.themes.text_scale == 1.5


def test_the_list_of_shortcuts_is_that_of_the_menus(open_shell: Open, qtbot: QtBot) -> None:
    window = window_of(open_shell())
    dialog = ShortcutsDialog(window.commands.groups)
    qtbot.addWidget(dialog)
    listed = dict(dialog.rows)
    assert listed["Undo"] == "Ctrl+Z"
    assert listed["Play or pause"] == "Space"
    assert listed["Room mode, for a projector"] == "F11"


def test_no_two_actions_share_a_key(open_shell: Open) -> None:
    window = window_of(open_shell())
    actions = [action for _title, group in window.commands.groups for action in group]
    keys = [key.toString() for action in actions for key in action.shortcuts()]
    assert len(keys) == len(set(keys))


def test_a_report_says_what_helps_and_not_who(open_shell: Open) -> None:
    shell = open_shell()
    home = str(Path.home())
    text = report_text(
        shell.parts.controller.state, shell.parts.keeper.profile.settings, [f"a line about {home}/secret.md"]
    )
    assert home not in text
    assert "<home>/secret.md" in text
    for wanted in ("PySide6-Essentials 6.11.3", "theme = 'light'", "functions-and-change, step 1", '"x0":'):
        assert wanted in text
    assert without_paths(home) == "<home>"


def test_the_outline_shows_progress_and_finds(open_shell: Open) -> None:
    shell = open_shell()
    window = window_of(shell)
    shell.navigator.send(GoTo(2))
    shell.parts.keeper.profile.finish(COURSE_LESSON)
    window.refresh_outline()
    tree = window.outline.tree
    lesson = tree.topLevelItem(0).child(0)
    assert lesson.text(1) == "●"
    assert "you are here, done" in lesson.data(0, Qt.ItemDataRole.AccessibleTextRole)
    assert lesson.child(2).text(1) == "●"
    assert lesson.child(0).text(1) == "✓"
    window.outline.search.setText("gradient")
    units = [tree.topLevelItem(number) for number in range(tree.topLevelItemCount())]
    assert [unit.text(0) for unit in units if not unit.isHidden()] == ["Many inputs", "Explore"]
    press(window.outline.search, KEY.Key_Return)
    assert shell.parts.controller.state.lesson.id == "the-gradient"
    window.outline.search.setText("no lesson is called that")
    assert all(unit.isHidden() for unit in units)


def test_the_outline_lists_every_picture_and_opens_it(open_shell: Open) -> None:
    shell = open_shell()
    tree = window_of(shell).outline.tree
    pictures = tree.topLevelItem(tree.topLevelItemCount() - 1)
    titles = [pictures.child(number).text(0) for number in range(pictures.childCount())]
    assert titles == [str(scene_class(name).title) for name in scene_names()]
    tree.itemClicked.emit(pictures.child(list(scene_names()).index("field")), 0)
    assert shell.parts.controller.state.scene.name == "field"
    window = window_of(shell)
    assert window.middle.currentWidget() is window.explore
    assert tuple(window.explore.buttons) == scene_names()
    assert window.explore.buttons["field"].isChecked()


def test_beyond_the_last_step_is_the_next_lesson(open_shell: Open) -> None:
    shell = open_shell()
    last = len(shell.parts.controller.state.lesson.steps) - 1
    shell.navigator.send(GoTo(last))
    press(window_of(shell), KEY.Key_Right, ALT)
    assert shell.parts.controller.state.lesson.id != COURSE_LESSON


def test_a_profile_that_cannot_be_written_is_said_once(open_shell: Open, qtbot: QtBot) -> None:
    shell = open_shell()
    shell.parts.keeper.profile.notices.append(Text("The disk is full."))
    shell.parts.keeper.say_notices()
    assert window_of(shell).notices.words() == "The disk is full."
    window_of(shell).notices.clear()
    shell.parts.keeper.say_notices()
    assert window_of(shell).notices.words() == ""


def test_another_language_makes_another_window_over_the_same_session(open_shell: Open) -> None:
    shell = open_shell()
    old = window_of(shell)
    shell.navigator.send(GoTo(2))
    shell.parts.keeper.change(language="en")
    shell.apply_settings()
    new = window_of(shell)
    assert new is not old
    assert new.isVisible()
    assert not old.isVisible()
    assert shell.parts.controller.state.step == 2
    assert new.stage.canvas.figure is shell.parts.controller.figure
    assert new.lesson.heading.text() == old.lesson.heading.text()


@pytest.mark.parametrize(
    ("command", "name", "begin"),
    [
        ("save_picture", "picture.png", b"\x89PNG"),
        ("save_picture", "picture.svg", b"<?xml"),
        ("save_table", "table.csv", b"h,slope,error"),
        ("report", "report.txt", b"Gradus "),
    ],
)
def test_what_is_saved_is_there(
    open_shell: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, name: str, begin: bytes
) -> None:
    window = window_of(open_shell())
    path = tmp_path / name
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *asked: (str(path), ""))
    window.commands[command].trigger()
    assert path.read_bytes().startswith(begin)
    assert name in window.notices.words()


def test_what_cannot_be_saved_is_said(
    open_shell: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = window_of(open_shell())
    path = tmp_path / "no such folder" / "report.txt"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *asked: (str(path), ""))
    window.commands["report"].trigger()
    assert "report.txt" in window.notices.words()
    assert not path.exists()


def test_a_lesson_that_fails_leaves_the_picture_alive(
    open_shell: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = open_shell("secant-to-tangent")
    window = window_of(shell)

    def crash(*told: object) -> None:
        raise LookupError("a mistake in the pane")

    monkeypatch.setattr(window.lesson, "set_state", crash)
    shell.parts.controller.send(SetParameters({"x0": 0.5}))
    shell.parts.controller.flush()
    assert "a mistake in the pane" in window.notices.words()
    assert window.stage.canvas.figure.readout("tangent_slope").value == 1.0


def test_a_failure_in_another_thread_is_said_in_the_window(open_shell: Open, qtbot: QtBot) -> None:
    shell = open_shell()
    window = window_of(shell)
    spoken_in: list[threading.Thread] = []
    say = window.notices.say

    def noting(*words: object, **more: object) -> None:
        spoken_in.append(threading.current_thread())
        say(*words, **more)

    window.notices.say = noting
    failing = threading.Thread(target=lambda: shell.say_failure(ValueError("it broke there")))
    failing.start()
    failing.join()
    qtbot.waitUntil(lambda: "it broke there" in window.notices.words())
    assert spoken_in == [threading.main_thread()]


def test_after_the_last_lesson_there_is_a_word(open_shell: Open) -> None:
    shell = open_shell()
    window = window_of(shell)
    last = shell.parts.course.pack().lessons()[-1]
    window.navigator.open_lesson(f"#{last.id}")
    window.navigator.next_lesson()
    assert "last lesson" in window.notices.words()


def test_back_from_a_lesson_with_mistakes_and_none_left_over(open_shell: Open, tmp_path: Path) -> None:
    window = window_of(open_shell(COURSE_LESSON))
    for name, text in (("a.en.md", TEACHERS.replace("secant", "seccant")), ("b.en.md", "nothing")):
        (tmp_path / name).write_text(text)
        window.files.open_path(tmp_path / name)
        assert window.middle.currentWidget() is window.problems
        QApplication.processEvents()  # what was put into a layout is shown a turn later
        shown = [line for line in window.problems.findChildren(QLabel) if line.text().startswith("Line ")]
        assert [line.isHidden() for line in shown].count(False) == len(window.problems.words()) - 1
    window.problems.close_button.click()
    assert window.middle.currentWidget() is window.lesson


def test_the_shortcuts_are_read_without_scrolling_sideways(open_shell: Open) -> None:
    window = window_of(open_shell())
    dialog = ShortcutsDialog(window.commands.groups, window)
    dialog.show()
    (area,) = dialog.findChildren(QScrollArea)
    assert area.horizontalScrollBar().maximum() == 0
    dialog.close()


def test_another_notation_writes_every_formula_anew(open_shell):
    shell = open_shell(COURSE_LESSON)
    before = shell.window
    shell.parts.keeper.change(notation="leibniz")
    shell.apply_settings()
    assert shell.window is not before
    assert shell.parts.controller.state.lesson.id == COURSE_LESSON
    tall, low = (
        shell.parts.typesetter.typeset_now(latex, display=True).height for latex in ("f'(x)", "f(x)")
    )
    assert tall > low


def test_a_function_is_kept_and_carried_to_another_picture(open_shell):
    shell = open_shell()
    shell.navigator.explore("secant")
    controller, window = shell.parts.controller, shell.window
    controller.send(SetParameters({"f": "x^3 - x"}))
    window.commands["keep"].trigger()
    assert shell.parts.keeper.profile.settings.functions == ("x^3 - x",)
    shell.navigator.explore("taylor")
    menu = window.commands.submenus["kept"]
    menu.aboutToShow.emit()
    menu.actions()[0].trigger()
    assert controller.state.scene.f == "x^3 - x"
    shell.navigator.explore("field")
    controller.send(SetParameters({"f": "x y"}))
    window.commands["keep"].trigger()
    shell.navigator.explore("secant")
    menu.aboutToShow.emit()
    surface, curve = menu.actions()[:2]
    assert (surface.isEnabled(), curve.isEnabled()) == (False, True)
    assert "y" in surface.toolTip()
