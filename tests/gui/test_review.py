"""The progress dialog and the review: from a missed question to asking it again in the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from engine.actions import GiveAnswer, GoTo
from engine.lessons.format import summarize
from engine.lessons.lesson import Pack, Unit
from engine.overview import overview
from engine.progress import Progress, finished, visited
from gui.blocks import ExerciseBlock
from gui.progress_dialog import ProgressDialog

LESSON = """+++
format = 1
id = "powers"
title = "Powers"
+++

# Only

```expression power
vary = { a = [3, 5, 7] }
derivative_of = "a x^2"
ask = 'Differentiate ${formula}$.'
hint = ['The 2 comes down.']
why = 'It is 2 times {a}.'
```

# Last

The end.
"""


@pytest.fixture
def opened(open_shell, tmp_path):
    """A window with a small lesson of our own open in it."""
    path = tmp_path / "powers.en.md"
    path.write_text(LESSON, encoding="utf-8")
    shell = open_shell()
    assert shell.navigator.open_path(path)
    return shell


def test_what_was_missed_is_asked_again_with_other_numbers(opened, qtbot):
    controller, window = opened.parts.controller, opened.window
    controller.send(GiveAnswer("power", "3x"))
    assert len(window.notebook.missed()) == 1
    with qtbot.waitSignal(window.notebook.ready, timeout=10_000):
        window.commands["practise"].trigger()
    assert opened.navigator.reviewing
    (view,) = [one for one in window.lesson.views() if isinstance(one, ExerciseBlock)]
    assert "{3" not in view.card.exercise.ask
    shown = {view.card.exercise.answer} & {"10*x", "14*x"}
    assert len(shown) == 1
    controller.send(GiveAnswer(view.block.id, shown.pop()))
    attempts = opened.parts.keeper.profile.lesson("powers").answers["power"]
    assert [attempt.verdict for attempt in attempts] == ["wrong", "right"]
    assert "review" not in opened.parts.keeper.profile.progress.lessons
    # the way on from the last question leads back to the lesson
    assert window.lesson.next.text() == "Back to the lesson"
    window.lesson.next.click()
    assert controller.state.lesson.id == "powers"


def test_nothing_missed_is_said(opened, qtbot):
    with qtbot.waitSignal(opened.window.notebook.said, timeout=10_000) as said:
        opened.window.commands["practise"].trigger()
    assert "nothing to ask again" in said.args[0]
    assert not opened.navigator.reviewing


def test_a_finished_review_finishes_no_lesson(opened, qtbot):
    controller, window = opened.parts.controller, opened.window
    controller.send(GiveAnswer("power", "3x"))
    controller.send(GoTo(1))
    with qtbot.waitSignal(window.notebook.ready, timeout=10_000):
        window.commands["practise"].trigger()
    place = controller.state.step
    assert place == 0
    assert opened.parts.keeper.profile.lesson("powers").last_step == "1"


def small_course() -> Pack:
    head = '+++\nformat = 1\nid = "{0}"\ntitle = "{0}"\n+++\n\n# One\n\nA.\n'
    lessons = tuple(summarize(head.format(name), f"{name}.md") for name in ("limits", "slopes"))
    return Pack("Course", "", (Unit("First", lessons),))


def test_the_dialog_says_where_one_is_and_leads_on_by_keyboard(qtbot):
    progress = finished(visited(Progress(), "limits", "0", 10.0), "limits", 11.0)
    dialog = ProgressDialog(overview(small_course(), progress, ()), 3, 2)
    qtbot.addWidget(dialog)
    dialog.show()
    words = " ".join(one.text() for one in dialog.findChildren(QLabel))
    assert "1 of 2 lessons done" in words
    assert "Next: slopes" in words
    assert "3 questions to ask again, 2 of them now." in words
    with qtbot.waitSignal(dialog.lesson_chosen) as chosen:
        QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert chosen.args == ["slopes"]


def test_a_lesson_is_opened_from_the_list(qtbot):
    dialog = ProgressDialog(overview(small_course(), Progress(), ()), 0, 0)
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.again.isEnabled()
    item = dialog.tree.topLevelItem(0).child(1)
    dialog.tree.setFocus()
    dialog.tree.setCurrentItem(item)
    with qtbot.waitSignal(dialog.lesson_chosen) as chosen:
        QTest.keyClick(dialog.tree, Qt.Key.Key_Return)
    assert chosen.args == ["slopes"]
