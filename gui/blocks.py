"""The blocks of a lesson as widgets: one registry, block type → view. Exercises are in `gui.exercises`.

Every view takes the picture as it stands through `show`, and changes in place.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from engine.errors import GradusError
from engine.figure import Figure, Value
from engine.lessons import lesson as blocks
from engine.lessons.lesson import Exercise, SketchExercise
from engine.lessons.scoring import review
from engine.lessons.sketching import curve_values
from engine.lessons.tables import table_of
from engine.lessons.variants import posed
from engine.scene import scene_values
from engine.session import SessionState
from engine.words import _
from gui.exercises import ExerciseCard, exercise_card
from gui.feedback_view import Verdict, literal, markdown_of, plain_label, verdict_words
from gui.icons import icon
from gui.mathtext import Typesetter
from gui.parts import tool_button
from gui.readouts import number_words
from gui.richtext import ProseView
from gui.table_view import TableView
from gui.theme import ThemeManager

_log = logging.getLogger(__name__)


class Shown(NamedTuple):
    """The moment that blocks show: the state, its figure, and what names stand for, in words too."""

    state: SessionState
    figure: Figure | None
    values: Mapping[str, Value]
    words: Mapping[str, str]


def shown_now(state: SessionState, figure: Figure | None) -> Shown:
    """The state and its figure, with everything that prose, goals and answers may name.

    As in `engine.lessons.scoring.known_values`, but from a figure that is there already.
    """
    values: dict[str, Value] = scene_values(state.scene) if state.scene is not None else {}
    digits: dict[str, int] = {}
    for readout in figure.readouts if figure is not None else ():
        values[readout.name] = readout.value
        digits[readout.name] = readout.digits
    for name, value in list(values.items()):
        if isinstance(value, list):
            values |= {f"{name}_{place}": entry for place, entry in enumerate(value, start=1)}
    words = {name: _value_words(value, digits.get(name, 6)) for name, value in values.items()}
    return Shown(state, figure, values, words)


def _value_words(value: Value, digits: int) -> str:
    """A readout or a parameter in words; formulas and names as they are typed."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    return value if isinstance(value, str) else number_words(value, digits)


class BlockView(QWidget):
    """One block of a step. `action` carries what the learner does in it to the session."""

    action = Signal(object)

    def __init__(self, block: Any, typesetter: Typesetter, themes: ThemeManager) -> None:
        super().__init__()
        self.block: Any = block
        self._typesetter = typesetter
        self._themes = themes
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        self._build(layout)

    def show_moment(self, moment: Shown) -> None:
        """Show the block as things stand."""
        raise NotImplementedError

    def _build(self, layout: QVBoxLayout) -> None:
        raise NotImplementedError

    def _prose(self, markdown: str) -> ProseView:
        prose = ProseView(self._typesetter)
        prose.set_markdown(markdown)
        return prose


class ProseBlock(BlockView):
    """Words and formulas."""

    def _build(self, layout: QVBoxLayout) -> None:
        self.prose = self._prose(self.block.markdown)
        layout.addWidget(self.prose)

    def show_moment(self, moment: Shown) -> None:
        """Put the numbers of the picture into the text."""
        self.prose.set_readouts(moment.words)


class NoteBlock(ProseBlock):
    """An aside, with a bar at its side."""

    def _build(self, layout: QVBoxLayout) -> None:
        super()._build(layout)
        layout.setContentsMargins(16, 2, 0, 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bar, where a line begins in this language."""
        right = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        painter = QPainter(self)
        bar = QRectF(self.width() - 3 if right else 0, 0, 3, self.height())
        painter.fillRect(bar, QColor(self._themes.theme().accent))


class RevealBlock(ProseBlock):
    """Closed until the learner opens it. Whether it is open is nobody's business but its own."""

    def _build(self, layout: QVBoxLayout) -> None:
        self.lid = tool_button(self.block.title, "closed", checkable=True, written=True)
        self.lid.toggled.connect(self._open)
        layout.addWidget(self.lid, 0, Qt.AlignmentFlag.AlignLeft)
        super()._build(layout)
        layout.setContentsMargins(0, 0, 0, 0)
        self._open(False)

    def _open(self, on: bool) -> None:
        self.lid.setIcon(icon("opened" if on else "closed"))
        self.lid.setAccessibleDescription(_("open") if on else _("closed"))
        self.prose.setVisible(on)


class ComputedTable(BlockView):
    """A table that is computed from the picture."""

    def _build(self, layout: QVBoxLayout) -> None:
        self.table = TableView(self._typesetter, whole=True)
        self.caption = self._prose(self.block.caption)
        layout.addWidget(self.table)
        layout.addWidget(self.caption)
        self.caption.setVisible(bool(self.block.caption))  # before it has a parent it would be a window

    def show_moment(self, moment: Shown) -> None:
        """Compute the rows that depend on what moved."""
        self.caption.set_readouts(moment.words)
        if moment.state.scene is None:
            return
        try:
            self.table.set_table(table_of(self.block, moment.state.scene, moment.figure))
        except KeyError:
            # for the first frame of a step the figure may still be that of the step before
            _log.debug("no table %s in this figure yet", self.block.name)


class ExerciseBlock(BlockView):
    """An exercise with the numbers it has now, in its card."""

    def _build(self, layout: QVBoxLayout) -> None:
        self._variant = 0
        self._layout = layout
        self.card = self._new_card()

    def show_moment(self, moment: Shown) -> None:
        """Show what the learner did with it."""
        answer = moment.state.answer(self.block.id)
        if answer.variant != self._variant:
            self._variant = answer.variant
            had_focus = self.card.isAncestorOf(QApplication.focusWidget() or self)
            self.card.hide()
            self.card.deleteLater()
            self.card = self._new_card()
            if had_focus:
                self.card.focus()
        self.card.hide_answers = moment.state.hide_answers
        try:
            self.card.set_state(answer, _values(self.block, moment), moment.words)
        except GradusError:
            # an answer over readouts waits for the figure that has them
            _log.debug("no values for %s in this figure yet", self.block.id)

    def _new_card(self) -> ExerciseCard:
        card = exercise_card(posed(self.block, self._variant), self._typesetter, self._themes)
        card.action.connect(self.action)
        self._layout.addWidget(card)
        return card


def _values(exercise: Exercise, moment: Shown) -> Mapping[str, Value]:
    """What the exercise is judged by: the picture's numbers, and the curve that a sketch is of."""
    if not isinstance(exercise, SketchExercise):
        return moment.values
    return {**moment.values, **curve_values(exercise, moment.state.scene)}


class VerdictBlock(BlockView):
    """What was predicted in an earlier step, and what the picture answered."""

    def _build(self, layout: QVBoxLayout) -> None:
        self.predicted = self._prose("")
        self.verdict = Verdict(self._typesetter)
        self.missing = plain_label(_("You made no prediction here. What would you have said?"))
        for part in (self.predicted, self.verdict, self.missing):
            layout.addWidget(part)

    def show_moment(self, moment: Shown) -> None:
        """Compare the prediction with the picture."""
        exercise = self._exercise(moment.state)
        answer = moment.state.answer(self.block.exercise)
        given = answer.given if exercise is not None else ""
        self.missing.setVisible(not given)
        self.predicted.setVisible(bool(given))
        if exercise is None or not given:
            self.verdict.setVisible(False)
            return
        self.predicted.set_readouts(moment.words)
        self.predicted.set_markdown(_predicted_words(exercise, given))
        said = review(posed(exercise, answer.variant), answer, _values(exercise, moment))
        sign, part = verdict_words(said)
        if said.outcome == "wrong":
            sign, part = _("✗ The picture says otherwise"), "wrong"
            if said.shown:
                right = _("It says: {answer}").format(answer=said.shown)
                said = msgspec.structs.replace(said, shown=right)
        self.verdict.set_verdict(sign, part, markdown_of(said), moment.words)

    def _exercise(self, state: SessionState) -> Any:
        steps = state.lesson.steps if state.lesson is not None else ()
        found = (exercise for step in steps for exercise in step.exercises())
        return next((exercise for exercise in found if exercise.id == self.block.exercise), None)


def _predicted_words(exercise: Any, given: str) -> str:
    if isinstance(exercise, SketchExercise):
        return _("What you drew is in the picture.")
    words = getattr(exercise, "options", {}).get(given) or literal(given)
    return _("You predicted: {answer}").format(answer=words)


VIEWS: Mapping[type, Callable[[Any, Typesetter, ThemeManager], BlockView]] = {
    blocks.Prose: ProseBlock,
    blocks.Note: NoteBlock,
    blocks.Reveal: RevealBlock,
    blocks.TableBlock: ComputedTable,
    blocks.Verdict: VerdictBlock,
}
"""Block type → its view. A block that is not listed and is no exercise is the canvas's affair."""


def block_view(block: Any, typesetter: Typesetter, themes: ThemeManager) -> BlockView | None:
    """The view of a block; None for one that shows nothing here."""
    if isinstance(block, Exercise):
        return ExerciseBlock(block, typesetter, themes)
    view = VIEWS.get(type(block))
    return view(block, typesetter, themes) if view is not None else None
