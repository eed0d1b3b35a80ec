"""The lesson pane: a lesson from end to end by keyboard, with every kind of block and exercise in it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from engine.actions import GiveAnswer, GoTo, SetParameters, ShowAnswer, Undo
from gui.blocks import ComputedTable, ExerciseBlock, NoteBlock, ProseBlock, RevealBlock, VerdictBlock
from gui.lesson_pane import LessonPane
from tests.gui.lessons import Bench


@pytest.fixture
def pane(qtbot, typesetter, themes):
    pane = LessonPane(typesetter, themes)
    qtbot.addWidget(pane)
    pane.resize(560, 620)
    pane.show()
    qtbot.waitExposed(pane)
    pane.activateWindow()
    return pane


def view(pane, kind, number=0):
    return [view for view in pane.views() if type(view) is kind][number]


def card(pane, number=0):
    return view(pane, ExerciseBlock, number).card


def said(card) -> str:
    return f"{card.feedback.verdict.sign.text()} {card.feedback.verdict.say.words()}".strip()


def test_the_head_says_where_one_is(pane):
    bench = Bench(pane)
    assert pane.title.text() == "A small lesson"
    assert pane.heading.text() == "Step 1 of 4 · Look"
    bench.send(GoTo(3))
    assert pane.heading.text() == "Step 4 of 4 · Do"


def test_numbers_in_the_text_follow_the_picture_without_a_rebuild(pane):
    bench = Bench(pane)
    prose = view(pane, ProseBlock).prose
    document = prose.document()
    # (x0 + h)² − x0² over h is 2 x0 + h
    assert "The slope is 3 at" in prose.words()
    bench.send(SetParameters({"h": 0.5}))
    assert "The slope is 2.5 at" in prose.words()
    assert view(pane, ProseBlock).prose is prose
    assert prose.document() is document


def test_a_prediction_is_kept_and_answered_by_the_picture_in_a_later_step(pane):
    bench = Bench(pane)
    options = card(pane).options
    options["one"].setFocus()
    QTest.keyClick(options["one"], Qt.Key.Key_3)
    assert bench.actions[-1] == GiveAnswer("guess", "none")
    assert "kept" in said(card(pane))
    assert "As close" not in said(card(pane))
    assert options["none"].isChecked()
    assert not options["one"].isEnabled()
    bench.send(GoTo(1))
    verdict = view(pane, VerdictBlock)
    assert "nowhere" in verdict.predicted.words()
    assert verdict.verdict.sign.text().startswith("✗")
    assert "It says: $2$" in verdict.verdict.say.words()
    assert "comes as close to 2" in verdict.verdict.say.words()
    bench.send(Undo())
    bench.send(GoTo(1))
    assert view(pane, VerdictBlock).missing.isVisible()


def test_a_wrong_choice_is_told_what_it_means_and_can_be_mended(pane):
    bench = Bench(pane, step=1)
    question = card(pane)
    QTest.mouseClick(question.options["a"], Qt.MouseButton.LeftButton)
    assert "✗" in said(question)
    assert "The first is smaller" in said(question)
    assert question.options["a"].sign.text() == "✗"
    QTest.keyClick(question.options["a"], Qt.Key.Key_Down)
    assert question.options["b"].hasFocus()
    assert bench.state.answer("question").given == "a"  # walking through the options answers nothing
    QTest.keyClick(question.options["b"], Qt.Key.Key_Return)
    assert "✓" in said(question)
    assert "larger than both" in said(question)
    assert bench.state.finished("question")


def test_the_ladder_opens_rung_by_rung_and_the_answer_after_two_tries(pane):
    bench = Bench(pane, step=1)
    question = card(pane)
    assert question.hint.text() == "Hint"
    question.hint.click()
    assert question.hint.text() == "Hint 2 of 2"
    question.hint.click()
    assert not question.hint.isVisible()
    assert [hint.accessibleName() for hint in question.feedback.hints] == [
        "Hint 1 of 2: Look.",
        "Hint 2 of 2: Look twice.",
    ]
    question.give("a")
    assert not question.show_answer.isVisible()
    question.give("c")
    assert question.show_answer.isVisible()
    question.show_answer.click()
    assert bench.actions[-1] == ShowAnswer("question")
    assert "The answer second" in " ".join(said(question).split())
    assert question.options["b"].isChecked()
    assert bench.state.answer("question").seen


def test_a_number_is_checked_by_enter_and_never_scolded_for_a_slip_of_the_keys(pane):
    bench = Bench(pane, step=2)
    number = card(pane)
    number.line.setFocus()
    QTest.keyClicks(number.line, "9/4)")
    QTest.keyClick(number.line, Qt.Key.Key_Return)
    assert said(number).startswith("?")
    assert number.line.mark() == (3, 4)
    assert bench.state.answer("number").tries == 0
    number.line.selectAll()
    QTest.keyClicks(number.line, "3")
    assert number.line.mark() is None
    QTest.keyClick(number.line, Qt.Key.Key_Return)
    assert "You answered 3." in said(number)
    number.line.selectAll()
    QTest.keyClicks(number.line, "9/4")
    QTest.keyClick(number.line, Qt.Key.Key_Return)
    assert "✓ Right" in said(number)
    assert number.line.text() == "9/4"
    assert number.line.isReadOnly()


def test_any_form_of_a_formula_is_right_and_it_is_typeset_while_it_is_typed(pane):
    bench = Bench(pane, step=2)
    expression = card(pane, 1)
    expression.line.setFocus()
    QTest.keyClicks(expression.line, "x + x")
    assert expression.field.picture.latex() == "x + x"
    assert bench.actions == []
    QTest.mouseClick(expression.check, Qt.MouseButton.LeftButton)
    assert "The power rule." in said(expression)


def test_nothing_typed_yet_is_no_mistake(pane, qtbot):
    Bench(pane, step=2)
    expression = card(pane, 1)
    assert not expression.field.message.isVisible()
    expression.line.setFocus()
    QTest.keyClicks(expression.line, "x")
    QTest.keyClick(expression.line, Qt.Key.Key_Backspace)
    qtbot.wait(700)
    assert not expression.field.message.isVisible()
    assert expression.line.mark() is None


def test_an_unreadable_formula_is_a_question_at_its_place(pane):
    bench = Bench(pane, step=2)
    expression = card(pane, 1)
    expression.line.setFocus()
    QTest.keyClicks(expression.line, "2(x")
    QTest.keyClick(expression.line, Qt.Key.Key_Return)
    assert expression.line.mark() == (1, 2)
    assert expression.field.message.isVisible()
    assert said(expression) == ""
    assert bench.state.answer("expression").tries == 0


def test_what_is_being_typed_survives_the_picture_moving(pane):
    bench = Bench(pane, step=2)
    number = card(pane)
    number.line.setFocus()
    QTest.keyClicks(number.line, "2.")
    bench.send(SetParameters({"x0": 2}))
    assert number.line.text() == "2."
    assert number.line.hasFocus()


def test_a_goal_is_met_on_the_picture(pane):
    bench = Bench(pane, step=3)
    goal = card(pane)
    assert goal.sign.text() == "○"
    bench.send(SetParameters({"h": 0.001}))
    assert goal.sign.text() == "✓"
    assert goal.sign.accessibleName() == "reached"


def test_next_is_always_open_and_says_quietly_what_is_not_done(pane, qtbot):
    bench = Bench(pane, step=2)
    assert pane.still_open.text() == "2 things are still open here"
    assert pane.next.isEnabled()
    QTest.mouseClick(pane.next, Qt.MouseButton.LeftButton)
    assert bench.state.step == 3
    assert pane.still_open.text() == "1 thing is still open here"
    assert pane.next.text() == "Next lesson"
    with qtbot.waitSignal(pane.next_lesson, timeout=500):
        pane.next.click()
    QTest.mouseClick(pane.back, Qt.MouseButton.LeftButton)
    assert bench.state.step == 2


def test_dots_go_where_they_stand_for(pane):
    bench = Bench(pane)
    third = QPoint(round(pane.dots._x(2)), pane.dots.height() // 2)
    QTest.mouseClick(pane.dots, Qt.MouseButton.LeftButton, pos=third)
    assert bench.state.step == 2
    pane.dots.setFocus()
    QTest.keyClick(pane.dots, Qt.Key.Key_Left)
    assert bench.state.step == 1
    assert "Step 2 of 4" in pane.dots.accessibleName()


def test_notes_and_reveals(pane):
    Bench(pane)
    assert view(pane, NoteBlock).prose.words() == "Read aitch."
    reveal = view(pane, RevealBlock)
    assert not reveal.prose.isVisible()
    reveal.lid.setFocus()
    QTest.keyClick(reveal.lid, Qt.Key.Key_Space)
    assert reveal.prose.isVisible()


def test_tables_are_computed_for_the_picture(pane):
    bench = Bench(pane, step=2)
    table = view(pane, ComputedTable).table
    assert list(table.table().rows()) == [(1.0, 3.0), (0.1, pytest.approx(2.1))]
    assert table.table().highlighted == 0
    bench.send(SetParameters({"x0": 2}))
    assert list(table.table().rows()) == [(1.0, 5.0), (0.1, pytest.approx(4.1))]
    bench.send(GoTo(3))
    own = view(pane, ComputedTable).table
    assert [column.name for column in own.table().columns] == ["square", "h"]


class Opened(QObject):
    """Notes every window that is shown, however short its life is."""

    def __init__(self):
        super().__init__()
        self.windows = []

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.windows.append(type(watched).__name__)
        return False


def test_no_block_is_a_window_of_its_own_for_a_moment(pane, qapp):
    # such a window takes the keys away from the program's
    bench = Bench(pane)
    opened = Opened()
    qapp.installEventFilter(opened)
    try:
        for step in (1, 2, 3):
            bench.send(GoTo(step))
    finally:
        qapp.removeEventFilter(opened)
    assert view(pane, ComputedTable).table.isVisible()
    assert opened.windows == []


def test_the_focus_is_kept_in_view(pane, qtbot):
    pane.resize(420, 330)
    Bench(pane, step=2)
    last = card(pane, 1).check
    qtbot.waitUntil(lambda: pane.area.verticalScrollBar().maximum() > 0, timeout=2000)
    last.setFocus(Qt.FocusReason.TabFocusReason)
    top = last.mapTo(pane.area.viewport(), QPoint(0, 0)).y()
    assert 0 <= top <= pane.area.viewport().height() - last.height()


def test_what_is_said_to_an_answer_is_brought_into_view(pane, qtbot):
    pane.resize(420, 330)
    bench = Bench(pane, step=2)
    bar = pane.area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=2000)
    bar.setValue(0)
    block = view(pane, ExerciseBlock, 1)
    bench.send(GiveAnswer(block.block.id, "7"))

    def in_view() -> bool:
        feedback = block.card.feedback
        top = feedback.mapTo(pane.area.viewport(), QPoint(0, 0)).y()
        return feedback.isVisible() and 0 <= top <= pane.area.viewport().height() - feedback.height()

    qtbot.waitUntil(in_view, timeout=2000)


@pytest.mark.parametrize("width", [330, 420, 900])
def test_nothing_is_cut_off_at_any_width(pane, qtbot, width):
    pane.resize(max(width, pane.minimumSizeHint().width()), 420)
    bench = Bench(pane)
    for step in range(4):
        bench.send(GoTo(step))
        QApplication.processEvents()
        inside = pane.area.widget()
        assert inside.minimumSizeHint().width() <= pane.area.viewport().width()
        for shown in pane.views():
            assert shown.geometry().right() <= inside.width()
            assert shown.height() >= shown.minimumSizeHint().height()


def test_a_lesson_can_be_finished_by_keyboard_alone(pane):
    bench = Bench(pane)

    def tab_to(widget):
        for _ in range(60):
            if widget.hasFocus():
                return
            QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        raise AssertionError(f"{widget} is not in the tab order")

    pane.back.setFocus()
    pane.next.setFocus()
    tab_to(card(pane).options["one"])
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_2)
    tab_to(pane.next)
    QTest.keyClick(pane.next, Qt.Key.Key_Space)
    tab_to(card(pane).options["a"])
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_2)
    tab_to(pane.next)
    QTest.keyClick(pane.next, Qt.Key.Key_Space)
    tab_to(card(pane).line)
    QTest.keyClicks(QApplication.focusWidget(), "2.25")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    tab_to(card(pane, 1).line)
    QTest.keyClicks(QApplication.focusWidget(), "2x")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    tab_to(pane.next)
    QTest.keyClick(pane.next, Qt.Key.Key_Space)
    bench.send(SetParameters({"h": 0.001}))
    assert bench.state.done == {0, 1, 2, 3}


def test_tab_goes_through_the_step_and_on_to_its_foot(pane):
    bench = Bench(pane)
    bench.send(GoTo(1))
    options = list(card(pane).options.values())
    options[0].setFocus()
    order = []
    for _ in range(12):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        order.append(QApplication.focusWidget())
    assert order.index(options[1]) < order.index(options[2]) < order.index(pane.back)
    assert order.index(pane.back) < order.index(pane.dots) < order.index(pane.next)


def test_after_the_last_answer_of_a_step_the_focus_is_on_the_way_on(pane):
    Bench(pane)
    options = list(card(pane).options.values())
    options[-1].setFocus()
    QTest.keyClick(options[-1], Qt.Key.Key_Space)
    inside = pane.area.widget()
    assert QApplication.focusWidget() is pane.next or inside.isAncestorOf(QApplication.focusWidget())
