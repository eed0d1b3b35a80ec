"""*Try another*: an answered exercise comes back with other numbers, by mouse and by keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.actions import OpenLesson
from engine.lessons.format import read_lesson
from engine.session import SessionState, reduce
from gui.blocks import ExerciseBlock
from gui.lesson_pane import LessonPane
from tests.gui.lessons import Bench

LESSON = """+++
format = 1
id = "powers"
title = "Powers"
+++

# Only

```expression power
vary = { a = [3, 5] }
derivative_of = "a x^2"
ask = 'Differentiate ${formula}$.'
hint = ['The 2 comes down.']
why = 'It is 2 times {a}.'
```
"""


@pytest.fixture
def bench(qtbot, typesetter, themes):
    pane = LessonPane(typesetter, themes)
    qtbot.addWidget(pane)
    bench = Bench(pane)
    bench.state = reduce(SessionState(), OpenLesson(read_lesson(LESSON, "powers.en.md")))
    bench.refresh()
    pane.resize(560, 500)
    pane.show()
    qtbot.waitExposed(pane)
    pane.activateWindow()
    return bench


def card(bench):
    (view,) = [view for view in bench.panes[0].views() if isinstance(view, ExerciseBlock)]
    return view.card


def test_another_is_offered_when_the_first_is_done(bench):
    assert not card(bench).another.isVisible()
    QTest.keyClicks(card(bench).line, "6x")
    QTest.keyClick(card(bench).line, Qt.Key.Key_Return)
    assert bench.state.answer("power").outcome == "right"
    assert card(bench).another.isVisible()


def test_the_question_comes_back_with_other_numbers_and_the_cursor_in_it(bench):
    QTest.keyClicks(card(bench).line, "6x")
    QTest.keyClick(card(bench).line, Qt.Key.Key_Return)
    card(bench).another.setFocus()
    QTest.keyClick(card(bench).another, Qt.Key.Key_Space)
    assert not card(bench).another.isVisible()
    assert "5" in card(bench).exercise.ask
    assert card(bench).line.text() == ""
    assert QApplication.focusWidget() is card(bench).line
    QTest.keyClicks(card(bench).line, "10x")
    QTest.keyClick(card(bench).line, Qt.Key.Key_Return)
    assert bench.state.answer("power").outcome == "right"
    assert "5" in card(bench).feedback.verdict.say.words()
