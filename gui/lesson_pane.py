"""The lesson beside the picture: one step at a time, with what there is to read and to do."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.actions import GoTo
from engine.figure import Figure
from engine.lessons.lesson import Step
from engine.review import is_review
from engine.session import SessionState
from engine.words import _, ngettext, shown
from gui.blocks import BlockView, ExerciseBlock, block_view, shown_now
from gui.exercises import ChoiceCard
from gui.mathtext import Typesetter
from gui.richtext import LONGEST_LINE
from gui.theme import ThemeManager

MARGIN = 24

SETTLING = 400
"""Milliseconds in which what is said to an answer takes its height: its formulas come one by one."""


class StepDots(QWidget):
    """A dot for each step: here, done, seen, to come. A press goes there, so do the arrow keys."""

    chosen = Signal(int)

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._themes = themes
        self._count = 0
        self._here = 0
        self._done: frozenset[int] = frozenset()
        self._titles: tuple[str, ...] = ()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMouseTracking(True)
        themes.changed.connect(self.update)

    def set_state(self, state: SessionState) -> None:
        """Show where the learner is and what is done."""
        steps = state.lesson.steps if state.lesson is not None else ()
        self._count, self._here, self._done = len(steps), state.step, state.done
        self._titles = tuple(step.title for step in steps)
        words = _("Step {here} of {count}, {done} done")
        self.setAccessibleName(words.format(here=state.step + 1, count=len(steps), done=len(state.done)))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """A finger's height, and a dot for each step."""
        pitch = self._pitch()
        return QSize(round(pitch * self._count), max(22, round(pitch)))

    def minimumSizeHint(self) -> QSize:
        """Dots move together before they are cut off."""
        return QSize(round(7 * self._count), self.sizeHint().height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the step under the pointer."""
        step = self._at(event.position().x())
        if step is not None:
            self.chosen.emit(step)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Name the step under the pointer."""
        step = self._at(event.position().x())
        self.setToolTip("" if step is None else f"{step + 1} · {self._titles[step]}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """← and → go to the neighbour."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or event.modifiers() != Qt.KeyboardModifier.NoModifier:
            event.ignore()
        elif 0 <= self._here + step < self._count:
            self.chosen.emit(self._here + step)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Done steps are filled, others are rings; the present one is larger."""
        theme = self._themes.theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        unit = self.fontMetrics().height() / 18
        for step in range(self._count):
            here = step == self._here
            color = QColor(theme.accent if here or step in self._done else theme.muted)
            radius = (5.0 if here else 3.5) * unit
            painter.setPen(QPen(color, 1.5))
            painter.setBrush(color if here or step in self._done else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(self._x(step), self.height() / 2), radius, radius)
        if self.hasFocus() and self._count:
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(self._x(self._here), self.height() / 2), 9 * unit, 9 * unit)

    def _pitch(self) -> float:
        wanted = 18 * self.fontMetrics().height() / 18
        return min(wanted, self.width() / self._count) if self._count and self.width() else wanted

    def _x(self, step: int) -> float:
        return self.width() / 2 + (step - (self._count - 1) / 2) * self._pitch()

    def _at(self, x: float) -> int | None:
        near = [step for step in range(self._count) if abs(self._x(step) - x) <= self._pitch() / 2]
        return near[0] if near else None


class LessonPane(QWidget):
    """Head, the blocks of the step, and the way back and on."""

    action = Signal(object)
    next_lesson = Signal()
    """*Next* was pressed at the last step."""

    def __init__(self, typesetter: Typesetter, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._typesetter = typesetter
        self._themes = themes
        self._step: Step | None = None
        self._views: list[BlockView] = []
        self._state = SessionState()
        self.title = QLabel(wordWrap=True)
        self.heading = QLabel(wordWrap=True)
        for label, part in ((self.title, "quiet"), (self.heading, "title")):
            label.setProperty("part", part)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.still_open = QLabel()
        self.still_open.setProperty("part", "small")
        self.still_open.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.back = QPushButton(_("Back"))
        self.next = QPushButton(_("Next"))
        self.next.setProperty("primary", True)
        self.back.clicked.connect(lambda: self.action.emit(GoTo(self._state.step - 1)))
        self.next.clicked.connect(self._go_on)
        self.dots = StepDots(themes)
        self.dots.chosen.connect(lambda step: self.action.emit(GoTo(step)))
        self._content: QWidget | None = None
        self.area = QScrollArea(widgetResizable=True)
        self._answered: ExerciseBlock | None = None
        self._settling = QTimer(self, singleShot=True, interval=SETTLING)
        self.area.verticalScrollBar().rangeChanged.connect(self._show_what_is_said)
        self._lay_out()
        QApplication.instance().focusChanged.connect(self._follow_focus)  # type: ignore[union-attr]

    def set_state(self, state: SessionState, figure: Figure | None) -> None:
        """Show the step that the learner is at; only what changed is written anew."""
        step = state.current_step
        before, self._state = self._state, state
        if step is not self._step:
            self._step = step
            self._build(step)
        moment = shown_now(state, figure)
        held_focus = self._has_focus_inside()
        for view in self._views:
            view.show_moment(moment)
        self._follow_answer(before)
        if held_focus and not self._has_focus_inside():
            # what was just answered takes no more keys, and nothing after it is open: the way on is
            self.next.setFocus(Qt.FocusReason.OtherFocusReason)
        if state.lesson is None or _progress(state) != _progress(before):
            self._show_head(state)
            self._show_way(state)

    def views(self) -> tuple[BlockView, ...]:
        """The blocks on show, in order."""
        return tuple(self._views)

    def choose_by(self, event: QKeyEvent) -> bool:
        """Give a digit that nothing with the focus wanted to the first open choice; whether it took it."""
        cards = [view.card for view in self._views if isinstance(view, ExerciseBlock)]
        card = next((card for card in cards if isinstance(card, ChoiceCard) and not card.finished()), None)
        if card is None or not card.choose_by(event):
            return False
        self.area.ensureWidgetVisible(card, 0, MARGIN)
        return True

    def sizeHint(self) -> QSize:
        """Wide enough for a comfortable line."""
        return QSize(round(self.fontMetrics().averageCharWidth() * LONGEST_LINE * 0.8) + 2 * MARGIN, 480)

    def minimumSizeHint(self) -> QSize:
        """A column still worth reading, between head and foot."""
        width = self.fontMetrics().averageCharWidth() * 24 + 2 * MARGIN
        return QSize(width, 160)

    def _build(self, step: Step | None) -> None:
        """Make the blocks of another step."""
        for view in self._views:
            view.action.disconnect(self.action)
        views = [block_view(block, self._typesetter, self._themes) for block in step.blocks] if step else []
        self._views = [view for view in views if view is not None]
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(MARGIN, 8, MARGIN, MARGIN)
        layout.setSpacing(14)
        for view in self._views:
            view.action.connect(self.action)
            layout.addWidget(view)
        layout.addStretch(1)
        had_focus = self._has_focus_inside()
        before = self.area.takeWidget()
        if before is not None:
            before.hide()
            before.deleteLater()
        self._content = content
        self.area.setWidget(content)
        self.area.verticalScrollBar().setValue(0)
        self._lead_tab_key()
        if had_focus:
            self.next.setFocus(Qt.FocusReason.OtherFocusReason)

    def _has_focus_inside(self) -> bool:
        focused = QApplication.focusWidget()
        return self._content is not None and focused is not None and self._content.isAncestorOf(focused)

    def _lead_tab_key(self) -> None:
        """Tab goes from block to block and on to the foot: a new step comes last in a window's order."""
        inside = self._content.findChildren(QWidget) if self._content is not None else []
        within = [part for part in inside if part.focusPolicy() & Qt.FocusPolicy.TabFocus]
        stops = [*within, self.back, self.dots, self.next]
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def _show_head(self, state: SessionState) -> None:
        if state.lesson is None or self._step is None:
            self.title.setText(_("Explore"))
            self.heading.setText(shown(state.scene.title) if state.scene is not None else "")
            return
        self.title.setText(state.lesson.title)
        place = _("Step {here} of {count}").format(here=state.step + 1, count=len(state.lesson.steps))
        self.heading.setText(f"{place} · {self._step.title}")

    def _show_way(self, state: SessionState) -> None:
        """Back and Next, and quietly what is still open: nobody is held."""
        self._foot.setVisible(state.lesson is not None)
        if state.lesson is None or self._step is None:
            return
        last = state.step == len(state.lesson.steps) - 1
        self.back.setEnabled(state.step > 0)
        on = _("Back to the lesson") if is_review(state.lesson) else _("Next lesson")
        self.next.setText(on if last else _("Next"))
        self.dots.set_state(state)
        left = sum(not state.finished(exercise.id) for exercise in self._step.exercises())
        words = ngettext("{count} thing is still open here", "{count} things are still open here", left)
        # a space keeps the line, so that the foot stands still
        self.still_open.setText(words.format(count=left) if left else " ")

    def _go_on(self) -> None:
        if self._state.lesson is None:
            return
        if self._state.step == len(self._state.lesson.steps) - 1:
            self.next_lesson.emit()
        else:
            self.action.emit(GoTo(self._state.step + 1))

    def _lay_out(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(MARGIN, 16, MARGIN, 8)
        head.setSpacing(2)
        head.addWidget(self.title)
        head.addWidget(self.heading)
        buttons = QHBoxLayout()
        buttons.addWidget(self.back)
        buttons.addWidget(self.dots, 1)
        buttons.addWidget(self.next)
        self._foot = QWidget()
        foot = QVBoxLayout(self._foot)
        foot.setContentsMargins(MARGIN, 4, MARGIN, 12)
        foot.setSpacing(4)
        foot.addWidget(self.still_open)
        foot.addLayout(buttons)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.area, 1)
        layout.addWidget(self._foot)

    def _follow_answer(self, before: SessionState) -> None:
        """Bring what is said to the answer that was given now into view, below the fold as it may be."""
        if before.lesson is not self._state.lesson or before.step != self._state.step:
            self._answered = None
            return
        exercises = [view for view in self._views if isinstance(view, ExerciseBlock)]
        given = [
            view for view in exercises if before.answer(view.block.id) != self._state.answer(view.block.id)
        ]
        if given:
            self._answered = given[-1]
            self._settling.start()
            QTimer.singleShot(0, self, self._show_what_is_said)

    def _show_what_is_said(self) -> None:
        if self._answered is None or not self._settling.isActive():
            return
        card = self._answered.card
        self.area.ensureWidgetVisible(card, 0, MARGIN)
        if card.feedback.isVisible():
            self.area.ensureWidgetVisible(card.feedback, 0, MARGIN)

    def _follow_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Bring what the Tab key reached into view."""
        if now is not None and self._content is not None and self._content.isAncestorOf(now):
            self.area.ensureWidgetVisible(now, 0, MARGIN)


def _progress(state: SessionState) -> tuple[object, ...]:
    """What head and foot show: it stands still while a parameter moves."""
    return state.lesson, state.step, state.answers, state.visited
