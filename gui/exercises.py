"""The exercises of a step as widgets: one registry, exercise type → card.

A card shows an exercise and what the learner did with it, as the state has it; what is being typed is its
own until Enter. It judges nothing: `engine.lessons.scoring` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from engine.actions import Draw, GiveAnswer, OpenHint, ShowAnswer, TryAnother
from engine.expression import parse
from engine.figure import Role, Value
from engine.lessons.lesson import (
    AnyExercise,
    Choice,
    ExpressionExercise,
    Goal,
    LineExercise,
    NumberExercise,
    SketchExercise,
)
from engine.lessons.scoring import Answer, Feedback, feedback
from engine.nodes import Node
from engine.words import _
from gui.feedback_view import FeedbackView, side_by_side, verdict_words
from gui.formula_field import FormulaField, MarkedLineEdit
from gui.labels import label
from gui.mathtext import Typesetter
from gui.option_card import OptionCard, focus_neighbour
from gui.parts import Part, set_part
from gui.richtext import ProseView
from gui.theme import ThemeManager

OUTCOME_ROLES = {"right": Role.RIGHT, "wrong": Role.WRONG}


class ExerciseCard(QWidget):
    """What all exercises show: the question, a body to answer in, feedback, hints, the way out."""

    action = Signal(object)
    asks_the_picture = False
    """Whether what is said can change while the answer stays, because the picture does."""

    def __init__(self, exercise: Any, typesetter: Typesetter, themes: ThemeManager) -> None:
        super().__init__()
        self.exercise: Any = exercise
        self._typesetter = typesetter
        self._themes = themes
        self._finished = False
        self._answer: Answer | None = None
        self.hide_answers = False  # an administrator's wish, set with the state
        self.ask = ProseView(typesetter)
        self.ask.set_markdown(exercise.ask)
        self.feedback = FeedbackView(typesetter)
        self.hint = QPushButton(_("Hint"))
        self.hint.clicked.connect(lambda: self.action.emit(OpenHint(exercise.id)))
        self.show_answer = QPushButton(_("Show the answer"))
        self.show_answer.clicked.connect(lambda: self.action.emit(ShowAnswer(exercise.id)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(8)
        layout.addLayout(self._question())
        body = self._body()
        if body is not None:
            layout.addWidget(body)
        layout.addWidget(self.feedback)
        self.another = QPushButton(_("Try another"))
        self.another.setToolTip(_("The same question with other numbers"))
        self.another.clicked.connect(lambda: self.action.emit(TryAnother(exercise.id)))
        self.another.hide()
        layout.addLayout(side_by_side(self.hint, self.show_answer, self.another))

    def set_state(self, answer: Answer, values: Mapping[str, Value], readouts: Mapping[str, str]) -> None:
        """Show what the learner did so far, and what there is to say about it."""
        self.ask.set_readouts(readouts)
        self.feedback.set_readouts(readouts)
        if answer == self._answer and not self.asks_the_picture:
            return
        self._answer = answer
        said = feedback(self.exercise, answer, values)
        self._finished = said.outcome in ("right", "kept") or answer.seen
        self._show_answer(answer, said)
        rungs = len(self.exercise.hints)
        self.feedback.set_feedback(*self._verdict(said), rungs, readouts)
        opened = len(said.hints)
        words = _("Hint") if not opened else _("Hint {number} of {count}")
        self.hint.setText(words.format(number=opened + 1, count=rungs))
        # the focus goes on to what is left rather than to nowhere
        _set_shown(self.hint, said.more_hints, self._first())
        _set_shown(self.show_answer, said.may_show and not self.hide_answers, self._first())
        _set_shown(self.another, said.may_vary, self._first())
        self.setAccessibleName(self.ask.words())

    def finished(self) -> bool:
        """Whether nothing is left to do here."""
        return self._finished

    def focus(self) -> None:
        """Put the cursor where an answer begins."""
        self._first().setFocus(Qt.FocusReason.OtherFocusReason)

    def give(self, given: str) -> None:
        """Hand in an answer."""
        self.action.emit(GiveAnswer(self.exercise.id, given))

    def _question(self) -> QHBoxLayout:
        return side_by_side(self.ask, stretch=0)

    def _body(self) -> QWidget | None:
        raise NotImplementedError

    def _show_answer(self, answer: Answer, said: Feedback) -> None:
        raise NotImplementedError

    def _first(self) -> QWidget:
        """Where an answer begins."""
        raise NotImplementedError

    def _verdict(self, said: Feedback) -> tuple[Feedback, tuple[str, Part]]:
        """What is said under the answer, and its sign: without what the card shows already."""
        return said, verdict_words(said)


class ChoiceCard(ExerciseCard):
    """One of several options: pressed, or chosen by its number."""

    def set_state(self, answer: Answer, values: Mapping[str, Value], readouts: Mapping[str, str]) -> None:
        """Show what was chosen; the numbers in the options are those of the picture."""
        for option in self.options.values():
            option.prose.set_readouts(readouts)
        super().set_state(answer, values, readouts)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The digits 1 to 9 choose."""
        if not self.choose_by(event):
            super().keyPressEvent(event)

    def choose_by(self, event: QKeyEvent) -> bool:
        """Choose what the digit stands for; whether it stood for anything."""
        digit = event.key() - Qt.Key.Key_1
        if not 0 <= digit < min(9, len(self.options)) or event.modifiers() or self._finished:
            return False
        list(self.options.values())[digit].click()
        return True

    def _body(self) -> QWidget:
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        self.options: dict[str, OptionCard] = {}
        for number, (key, words) in enumerate(self.exercise.options.items(), start=1):
            card = OptionCard(number, words, self._typesetter, self._themes)
            card.clicked.connect(lambda _on, key=key: self.give(key))
            card.moved.connect(
                lambda step, card=card: focus_neighbour(list(self.options.values()), card, step)
            )
            self.options[key] = card
            layout.addWidget(card)
        return body

    def _show_answer(self, answer: Answer, said: Feedback) -> None:
        for key, card in self.options.items():
            right = answer.seen and key == self.exercise.answer
            role = Role.RIGHT if right else OUTCOME_ROLES.get(said.outcome)
            card.set_chosen(right or (key == answer.given and not answer.seen), role)
            card.setEnabled(not self._finished)

    def _first(self) -> QWidget:
        return next(iter(self.options.values()))


class _TypedCard(ExerciseCard):
    """An answer that is typed, and checked by Enter or a button."""

    line: MarkedLineEdit

    def _check_button(self) -> QPushButton:
        predict = getattr(self.exercise, "predict", False)
        self.check = QPushButton(_("Predict") if predict else _("Check"))
        self.check.clicked.connect(self._hand_in)
        return self.check

    def _hand_in(self) -> None:
        given = self.line.text().strip()
        if given and not self._finished:
            self.line.setModified(False)
            self.give(given)

    def _show_answer(self, answer: Answer, said: Feedback) -> None:
        self.line.setReadOnly(self._finished)
        self.check.setEnabled(not self._finished)

    def _first(self) -> QWidget:
        return self.line


class NumberCard(_TypedCard):
    """A number: `pi/2` and `1e-3` are numbers."""

    asks_the_picture = True

    def _body(self) -> QWidget:
        self.line = MarkedLineEdit()
        self.line.setAccessibleName(_("Your number"))
        self.line.setPlaceholderText(_("a number, such as 0.5 or pi/2"))
        self.line.returnPressed.connect(self._hand_in)
        self.line.textEdited.connect(lambda: self.line.set_mark(None))
        body = QWidget()
        body.setLayout(side_by_side(self.line, self._check_button(), stretch=0))
        return body

    def _show_answer(self, answer: Answer, said: Feedback) -> None:
        super()._show_answer(answer, said)
        if self.line.isModified():
            return
        if answer.given != self.line.text():
            self.line.setText(answer.given)
        ink = QColor(self._themes.theme().role(Role.WRONG).color)
        self.line.set_mark(said.span if said.outcome == "unreadable" else None, ink)


class ExpressionCard(_TypedCard):
    """A formula in any form, typeset while it is typed."""

    def _body(self) -> QWidget:
        self.field = FormulaField(self._read, self._typesetter, self._themes, may_be_empty=True)
        self.line = self.field.line
        self._prompt()
        self.field.entered.connect(self._hand_in)
        body = QWidget()
        row = side_by_side(self.field, self._check_button(), stretch=0)
        row.setAlignment(self.check, Qt.AlignmentFlag.AlignTop)
        body.setLayout(row)
        return body

    def _read(self, source: str) -> Node:
        return parse(source, self.exercise.variables)

    def _prompt(self) -> None:
        names = ", ".join(self.exercise.variables)
        self.line.setAccessibleName(_("Your formula"))
        self.line.setPlaceholderText(_("a formula in {names}").format(names=names))

    def _show_answer(self, answer: Answer, said: Feedback) -> None:
        super()._show_answer(answer, said)
        if not self.line.isModified():
            self.field.set_text(answer.given)

    def _verdict(self, said: Feedback) -> tuple[Feedback, tuple[str, Part]]:
        if said.outcome == "unreadable" and self.field.error() is not None:
            said = msgspec.structs.replace(said, outcome="open", words=None)
        return super()._verdict(said)


class LineCard(ExpressionCard):
    """The next line of the picture's derivation; a prime behind a bracket is what is still to be done."""

    _letters: tuple[str, ...] = ("x",)

    def set_state(self, answer: Answer, values: Mapping[str, Value], readouts: Mapping[str, str]) -> None:
        """Show what was typed; the letters are those of the picture's formula."""
        from engine.lessons.lines import line_letters

        self._letters = line_letters(values)
        self._prompt()
        super().set_state(answer, values, readouts)

    def _read(self, source: str) -> Node:
        from engine.line_answers import read_line

        return read_line(source, self._letters)

    def _prompt(self) -> None:
        self.line.setAccessibleName(_("Your line"))
        if "h" in self._letters:
            self.line.setPlaceholderText(_("the line, without the lim"))
        else:
            self.line.setPlaceholderText(_("the line; (u)' is still to be differentiated"))


class SketchCard(ExerciseCard):
    """A curve to be drawn in the picture: here it is handed in, or begun anew."""

    asks_the_picture = True

    def _body(self) -> QWidget:
        predict = self.exercise.predict
        self.check = QPushButton(_("Predict") if predict else _("Check"))
        self.check.clicked.connect(lambda: self.give(self._given))
        self.clear = QPushButton(_("Begin anew"))
        self.clear.clicked.connect(lambda: self.action.emit(Draw(self.exercise.id, "")))
        self.how = label(_("Draw in the picture. Or go there with Tab: ← → choose a place, ↑ ↓ its height."))
        set_part(self.how, "quiet")
        self.how.setWordWrap(True)
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.how)
        layout.addLayout(side_by_side(self.check, self.clear))
        return body

    def _show_answer(self, answer: Answer, said: Feedback) -> None:
        self._given = answer.given
        self.how.setVisible(not self._finished)
        for button in (self.check, self.clear):
            button.setEnabled(bool(answer.given) and not self._finished)

    def _first(self) -> QWidget:
        return self.check


class GoalCard(ExerciseCard):
    """A condition to bring about on the picture: not yet ○, or there ✓."""

    def _question(self) -> QHBoxLayout:
        self.sign = QLabel("○")
        self.sign.setContentsMargins(0, round(0.15 * self.fontMetrics().height()), 0, 0)
        row = side_by_side(self.sign, self.ask, stretch=1)
        row.setAlignment(self.sign, Qt.AlignmentFlag.AlignTop)
        return row

    def _body(self) -> QWidget | None:
        return None

    def _show_answer(self, answer: Answer, said: Feedback) -> None:
        met = said.outcome == "right"
        self.sign.setText("✓" if met else "○")
        set_part(self.sign, "right" if met else "quiet")
        self.sign.setAccessibleName(_("reached") if met else _("not yet reached"))

    def _verdict(self, said: Feedback) -> tuple[Feedback, tuple[str, Part]]:
        return said, ("", "") if said.outcome == "right" else verdict_words(said)

    def _first(self) -> QWidget:
        return self.ask


CARDS: Mapping[type, type[ExerciseCard]] = {
    Choice: ChoiceCard,
    NumberExercise: NumberCard,
    ExpressionExercise: ExpressionCard,
    LineExercise: LineCard,
    SketchExercise: SketchCard,
    Goal: GoalCard,
}


def exercise_card(exercise: AnyExercise, typesetter: Typesetter, themes: ThemeManager) -> ExerciseCard:
    """The card for an exercise."""
    return CARDS[type(exercise)](exercise, typesetter, themes)


def _set_shown(button: QPushButton, on: bool, heir: QWidget) -> None:
    """Show or hide a button; when it goes while it has the focus, `heir` gets it."""
    if not on and button.hasFocus():
        heir.setFocus(Qt.FocusReason.OtherFocusReason)
    button.setVisible(on)
