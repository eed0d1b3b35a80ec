"""What an administrator settles, seen in the window: packs, hidden answers, handing in, mistakes."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.actions import GiveAnswer, GoTo, ShowAnswer
from engine.administrator import Administration, AdministratorSettings, read
from engine.lessons.lesson import NumberExercise
from engine.lessons.shelf import Shelf, read_shelf
from gui.app import Shell
from gui.blocks import ExerciseBlock
from gui.course import Course
from gui.file_open import FileOpening
from gui.hand_in import HandInDialog
from gui.shelves import Shelves
from tests.gui.shells import COURSE_LESSON

Open = Callable[..., Shell]

TEACHERS = """+++
format = 1
id = "teachers"
title = "The teacher's own"
+++

# First

```scene secant
f = "x^3"
```
"""


def settled(**settings: object) -> Administration:
    return Administration(AdministratorSettings(**settings))  # type: ignore[arg-type]


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    folder = tmp_path / "packs" / "Ours"
    folder.mkdir(parents=True)
    (folder / "01-teachers.en.md").write_text(TEACHERS, encoding="utf-8")
    return tmp_path / "packs"


def said(shell: Shell) -> str:
    assert shell.window is not None
    return shell.window.notices.words()


# language --------------------------------------------------------------------------------


def test_a_new_profile_speaks_the_administrators_language(open_shell: Open) -> None:
    shell = open_shell(settled=settled(language="de"))
    assert shell.parts.keeper.profile.settings.language == "de"


def test_a_learners_own_choice_stays(open_shell: Open) -> None:
    shell = open_shell(settled=settled(language="de"), language="en")
    assert shell.parts.keeper.profile.settings.language == "en"
    shell.close()
    as_the_system = open_shell(settled=settled(language="de"), language="")
    assert as_the_system.parts.keeper.profile.settings.language == ""


# mistakes --------------------------------------------------------------------------------


def test_a_mistake_is_said_once_and_logged_with_its_line(
    open_shell: Open, caplog: pytest.LogCaptureFixture
) -> None:
    shell = open_shell(settled=read(b"hide_answers = true\nhand_inn = 1\nx = 2\n", "/etc/a.toml", {}))
    assert "/etc/a.toml" in said(shell)
    assert "line 2: There is no setting hand_inn. Did you mean hand_in?" in said(shell)
    assert [record.getMessage()[:15] for record in caplog.records if record.name == "gui.app"] == [
        "/etc/a.toml:2: ",
        "/etc/a.toml:3: ",
    ]
    assert shell.parts.controller.state.hide_answers


# answers --------------------------------------------------------------------------------


def a_number(shell: Shell) -> tuple[int, NumberExercise]:
    lesson = shell.parts.controller.state.lesson
    assert lesson is not None
    return next(
        (number, exercise)
        for number, step in enumerate(lesson.steps)
        for exercise in step.exercises()
        if isinstance(exercise, NumberExercise) and not exercise.predict
    )


@pytest.mark.parametrize("hidden", [True, False])
def test_a_hidden_answer_is_not_offered(open_shell: Open, hidden: bool) -> None:
    shell = open_shell(COURSE_LESSON, settled=settled(hide_answers=hidden))
    number, exercise = a_number(shell)
    shell.navigator.send(GoTo(number))
    for given in ("7919", "7927", "7933"):
        shell.navigator.send(GiveAnswer(exercise.id, given))
    assert shell.window is not None
    card = next(
        view.card for view in shell.window.lesson.findChildren(ExerciseBlock) if view.block.id == exercise.id
    )
    assert card.show_answer.isHidden() == hidden
    shell.navigator.send(ShowAnswer(exercise.id))
    assert shell.parts.controller.state.answer(exercise.id).seen != hidden


def test_what_was_shown_before_is_hidden_too(open_shell: Open) -> None:
    shell = open_shell(COURSE_LESSON)
    number, exercise = a_number(shell)
    shell.navigator.send(GoTo(number))
    shell.navigator.send(ShowAnswer(exercise.id))
    shell.close()
    assert open_shell(COURSE_LESSON).parts.controller.state.answer(exercise.id).seen
    again = open_shell(COURSE_LESSON, settled=settled(hide_answers=True))
    assert not again.parts.controller.state.answer(exercise.id).seen


# packs --------------------------------------------------------------------------------


def test_the_packs_of_a_folder_are_listed_beside_the_course(
    open_shell: Open, qtbot: QtBot, packs: Path
) -> None:
    shell = open_shell(settled=settled(packs=(packs,)))
    shell.wake_helpers()
    qtbot.waitUntil(lambda: shell.parts.course.find("teachers") != "", timeout=5000)
    shell.navigator.open_lesson(shell.parts.course.find("teachers"))
    lesson = shell.parts.controller.state.lesson
    assert lesson is not None
    assert lesson.title == "The teacher's own"
    assert said(shell) == ""
    shell.close()
    state = open_shell(settled=settled(packs=(packs,))).parts.controller.state
    assert state.lesson is not None
    assert state.lesson.id == "teachers"


class Slow:
    """A share: it answers when it is told to."""

    def __init__(self) -> None:
        self.answers = threading.Event()

    def __call__(self, folder: Path, language: str) -> Shelf:
        self.answers.wait(20)
        return read_shelf(folder, language)


@pytest.fixture
def slow() -> Iterator[Slow]:
    share = Slow()
    yield share
    share.answers.set()


def test_a_share_that_does_not_answer_is_left_out_and_said(qtbot: QtBot, packs: Path, slow: Slow) -> None:
    course = Course()
    shelves = Shelves([packs], course, read=slow, patience=80)
    with qtbot.waitSignal(shelves.said, timeout=5000) as words:
        shelves.load("en")
        assert course.find("teachers") == ""  # and the window goes on meanwhile
    assert words.args == [f"A folder or pack of lessons was left out. {packs} does not answer."]
    slow.answers.set()
    qtbot.wait(200)
    assert course.find("teachers") == ""
    shelves.close()
    course.close()


def test_a_folder_that_answers_is_not_held_up_by_one_that_does_not(
    qtbot: QtBot, packs: Path, slow: Slow
) -> None:
    course = Course()

    def read(folder: Path, language: str) -> Shelf:
        return slow(folder, language) if folder.name == "share" else read_shelf(folder, language)

    shelves = Shelves([packs.parent / "share", packs], course, read=read, patience=60_000)
    shelves.load("en")
    qtbot.waitUntil(lambda: course.find("teachers") != "", timeout=5000)
    shelves.close()
    course.close()


# handing in --------------------------------------------------------------------------------


def test_without_a_folder_there_is_no_handing_in(open_shell: Open) -> None:
    shell = open_shell()
    assert shell.window is not None
    assert not shell.window.commands["hand_in"].isVisible()


def test_work_is_handed_in(
    open_shell: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    shell = open_shell(COURSE_LESSON, settled=settled(hand_in=folder))
    number, exercise = a_number(shell)
    shell.navigator.send(GoTo(number))
    shell.navigator.send(GiveAnswer(exercise.id, "7919"))
    names = []

    def asked(dialog: HandInDialog) -> int:
        names.append(dialog.name())
        assert dialog.give.isEnabled() == bool(dialog.name())
        dialog._name.setText("Anna Ö")
        assert dialog.give.isEnabled()
        return 1

    monkeypatch.setattr(HandInDialog, "exec", asked)
    assert shell.window is not None
    command = shell.window.commands["hand_in"]
    assert command.isVisible()
    for count in (1, 2):
        command.trigger()
        qtbot.waitUntil(lambda count=count: len(list(folder.glob("*.json"))) == count, timeout=5000)
        qtbot.waitUntil(lambda: said(shell).startswith("Handed in as Anna Ö"), timeout=5000)
    assert names == ["", "Anna Ö"]
    work = json.loads(next(folder.glob("*.json")).read_text(encoding="utf-8"))
    typed = [one["typed"] for one in work["progress"]["answers"][exercise.id]]
    assert (work["name"], typed) == ("Anna Ö", ["7919"])


def test_a_folder_that_is_gone_is_said(open_shell: Open, qtbot: QtBot, tmp_path: Path) -> None:
    shell = open_shell(settled=settled(hand_in=tmp_path / "gone"))
    window = shell.window
    assert window is not None
    assert window.handing_in is not None
    lesson = shell.parts.controller.state.lesson
    assert lesson is not None
    window.handing_in.hand_in(lesson, "Anna")
    qtbot.waitUntil(lambda: "cannot be put into" in said(shell), timeout=5000)


# a double click while it runs ---------------------------------------------------------------------------


def test_a_double_click_on_macos_opens_the_pack_in_the_running_window(
    open_shell: Open, qapp: QApplication, packs: Path
) -> None:
    shell = open_shell()
    opening = FileOpening(qapp, shell.open_path)
    event = QFileOpenEvent(QUrl.fromLocalFile(str(packs / "Ours")))
    assert QCoreApplication.sendEvent(qapp, event)
    lesson = shell.parts.controller.state.lesson
    assert lesson is not None
    assert lesson.id != "teachers"  # it waits until the window can open files
    opening.begin()
    assert shell.parts.controller.state.lesson.id == "teachers"
    broken = packs / "broken.gradus"
    broken.write_bytes(b"PK\x03\x04 this is no zip")
    QCoreApplication.sendEvent(qapp, QFileOpenEvent(QUrl.fromLocalFile(str(broken))))
    assert shell.window is not None
    assert shell.window.middle.currentWidget() is shell.window.problems
    qapp.removeEventFilter(opening)
