"""The window: outline, lesson and picture put together, and what menus and keys do with them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent, QEventLoop, QSize, Signal
from PySide6.QtWidgets import QMainWindow

from engine.errors import GradusError, LessonError, ParameterError
from engine.words import shown
from gui.placing import SMALLEST, place_window, written_placement

if TYPE_CHECKING:  # the bare window is on screen before these are read
    from pathlib import Path

    from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent

    from engine.session import SessionState
    from engine.text import Text
    from gui.controller import Controller
    from gui.course import Course
    from gui.hand_in import HandingIn
    from gui.keeper import Keeper
    from gui.logs import Logs
    from gui.mathtext import Typesetter
    from gui.navigator import Navigator
    from gui.theme import ThemeManager

_log = logging.getLogger(__name__)

PATIENCE = 200
"""Milliseconds that the bare window waits for the desktop to show it."""


@dataclass(frozen=True)
class Parts:
    """What a window shows: it can be closed and made anew, in another language, over the same parts."""

    controller: Controller
    keeper: Keeper
    course: Course
    themes: ThemeManager
    typesetter: Typesetter
    logs: Logs | None = None
    hand_in: Path | None = None
    """Where work is handed in; None where it is not."""


class Window(QMainWindow):
    """One learner's window: bare in its place at first, then furnished with what it shows."""

    settings_changed = Signal()
    """A setting of the profile was chosen: whoever made the parts applies it."""

    uncaught = Signal(object)
    """An exception that nobody caught, in whichever thread: it is said in the window's own."""

    def __init__(self, layout: Mapping[str, Any]) -> None:
        super().__init__()
        self._furnished = False
        self.setWindowTitle("Gradus")
        self.setMinimumSize(SMALLEST)
        place_window(self, layout)

    def appear(self) -> None:
        """Be on screen now, before anything slow is done; the learner's hand is heard afterwards."""
        self.show()
        patience = QDeadlineTimer(PATIENCE)
        handle = self.windowHandle()
        while not handle.isExposed() and not patience.hasExpired():
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents, 10)
        self.repaint()

    def furnish(self, parts: Parts, navigator: Navigator) -> None:
        """Put in what the window shows."""
        from gui.actions import Actions
        from gui.field_undo import FieldUndo
        from gui.files import Files
        from gui.kept_functions import KeptFunctions
        from gui.lesson_pane import LessonPane
        from gui.middle_column import MiddleColumn
        from gui.notebook import Notebook
        from gui.notices import NoticeBar
        from gui.outline import Outline
        from gui.panes import Panes
        from gui.room import RoomMode
        from gui.side_panes import ExplorePane, ProblemsPane
        from gui.stage import Stage
        from gui.surface_menu import SurfaceMenu
        from gui.window_menu import WindowMenu

        self.parts = parts
        self.navigator = navigator
        self.setAcceptDrops(True)
        self.notices = NoticeBar()
        self.outline = Outline()
        self.lesson = LessonPane(parts.typesetter, parts.themes)
        self.explore = ExplorePane()
        self.problems = ProblemsPane()
        self.stage = Stage(parts.controller, parts.typesetter, parts.themes)
        column = MiddleColumn(self.lesson, self.explore, self.problems)
        self.middle, self.course_button = column.stack, column.button
        self.panes = Panes(self.outline, column, self.stage)
        self.commands = Actions(self)
        self.menu = WindowMenu(self)
        self.files = Files(
            self,
            navigator,
            parts.controller,
            parts.keeper,
            self.stage,
            parts.themes,
            parts.typesetter,
            parts.logs,
        )
        self.handing_in = self._hand_in_command()
        self.kept = KeptFunctions(parts.controller, parts.keeper, self)
        self.surfaces = SurfaceMenu(parts.controller, self)
        self.notebook = Notebook(parts.keeper.profile, parts.course, self)
        self.room = RoomMode(self, self.panes, parts.themes, self.commands)
        self._field_undo = FieldUndo(self)
        self._lay_out()
        self._connect()
        self.menu.bind()
        self._restore_layout()
        self._bound_size()
        self._show_state(parts.controller.state, parts.controller.state)
        self.stage.set_figure(parts.controller.figure)
        self.refresh_outline()
        self._furnished = True
        parts.themes.apply()
        for part in (self.menuBar(), self._everything):
            part.show()  # now: left to Qt, what came into a shown window is shown a turn later

    # Showing what changed

    def _show_state(self, new: SessionState, old: SessionState) -> None:
        exploring = self.navigator.exploring
        if exploring:
            self.explore.set_state(new)
        else:
            self._write_lesson()
        self.stage.set_state(new)
        self._show_headline()
        self.menu.enable(new)
        if new.lesson is not None:
            self.setWindowTitle(f"{new.lesson.title} – Gradus")
        elif new.scene is not None:
            self.setWindowTitle(f"{shown(type(new.scene).title)} – Gradus")
        self.notices.settle("refused")
        if (new.lesson, new.step) != (old.lesson, old.step) or type(new.scene) is not type(old.scene):
            self.refresh_outline()

    def _show_figure(self, figure: object) -> None:
        self.notices.settle("scene")
        if self.parts.controller.state.lesson is not None:
            self._write_lesson()
        self.commands["save_table"].setEnabled(self.stage.drawer.shown_table() is not None)
        self.stage.canvas.paint_now()

    def show_opened(self) -> None:
        """Bring what was opened to the front."""
        exploring = self.navigator.exploring
        self.middle.setCurrentWidget(self.explore if exploring else self.lesson)
        self.explore.set_can_return(bool(self.navigator.key))
        self.panes.set_narrow(exploring)
        self.panes.outline_choice_made()
        self.menu.enable(self.parts.controller.state)
        self.refresh_outline()

    def show_problems(self, title: str, error: LessonError, watched: bool) -> None:
        """Show a lesson's mistakes where its text would be."""
        self.problems.set_error(title, error, watched)
        self.refresh_outline()
        self.middle.setCurrentWidget(self.problems)
        self.panes.outline_choice_made()

    def refresh_outline(self) -> None:
        """Show course and progress as they stand."""
        state = self.parts.controller.state
        key = self.navigator.key
        self.outline.set_units(self.parts.course.lines(self.parts.keeper.profile, key, state))
        if self.navigator.exploring and state.scene is not None:
            key = state.scene.name
        if self.navigator.reviewing:
            key = ""
        self.outline.set_here(key, state.step)

    def _show_failure(self, where: str, error: Exception) -> None:
        if where == "scene":
            from gui.notices import error_words, failure_words

            words = error_words(error) if isinstance(error, GradusError) else failure_words(error)
            self.stage.show_failure(words)
        self.notices.say_error(error, where)

    def _show_refusal(self, error: ParameterError) -> None:
        from gui.notices import error_words

        self.notices.say(error_words(error), "refused")

    def _show_folds(self) -> None:
        """Let switches and the course button say what is open."""
        beside = self.panes.docked and self.panes.outline_open
        self.course_button.setVisible(not beside)
        self.commands["outline"].setChecked(self.panes.outline_open)
        self.commands["lesson"].setChecked(self.panes.lesson_open)
        self.commands["controls"].setChecked(self.stage.lower_open)
        for name in ("table", "code"):
            self.commands[name].setChecked(self.stage.drawer.name == name)
        self._show_headline()

    def _write_lesson(self) -> None:
        """Show the step; where that fails, say so, and keep picture and controls alive."""
        try:
            self.lesson.set_state(self.parts.controller.state, self.parts.controller.figure)
        except Exception as error:  # noqa: BLE001 - a lesson may fail in any way
            _log.error("the lesson failed", exc_info=error)
            self.notices.say_error(error, "lesson")

    def _show_headline(self) -> None:
        """Where the lesson's text is folded away, its step still has a title."""
        self.stage.set_headline("" if self.panes.lesson_open else self.lesson.heading.text())

    # What is chosen

    def set_room_mode(self, on: bool) -> None:
        """Large and bare for a projector, or as it was before."""
        self.room.set_on(on)
        self._show_folds()

    def show_lesson(self, on: bool) -> None:
        """Unfold the lesson's text, or fold it away."""
        self.panes.show_lesson(on)
        self._show_folds()

    # Putting it together

    def _lay_out(self) -> None:
        from PySide6.QtWidgets import QVBoxLayout, QWidget

        everything = self._everything = QWidget()
        layout = QVBoxLayout(everything)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.notices)
        layout.addWidget(self.panes, 1)
        self.setCentralWidget(everything)

    def _connect(self) -> None:
        parts, navigator = self.parts, self.navigator
        parts.controller.state_changed.connect(self._show_state)
        parts.controller.figure_changed.connect(self._show_figure)
        parts.controller.transport_changed.connect(self._show_loop)
        parts.controller.failed.connect(self._show_failure)
        parts.controller.refused.connect(self._show_refusal)
        parts.keeper.noticed.connect(self._say_notices)
        parts.keeper.progressed.connect(self.refresh_outline)
        parts.course.changed.connect(self.refresh_outline)
        navigator.opened.connect(self.show_opened)
        navigator.unreadable.connect(self.show_problems)
        navigator.said.connect(self.notices.say)
        self.files.said.connect(self.notices.say)
        self.notebook.ready.connect(navigator.open_review)
        self.notebook.said.connect(self.notices.say)
        self.kept.said.connect(self.notices.say)
        if self.handing_in is not None:
            self.handing_in.said.connect(self.notices.say)
        self.lesson.action.connect(navigator.send)
        self.lesson.next_lesson.connect(navigator.next_lesson)
        self.explore.scene_chosen.connect(navigator.explore)
        self.explore.back.connect(navigator.go_back)
        self.problems.closed.connect(self.show_opened)
        self.outline.lesson_chosen.connect(navigator.open_lesson)
        self.outline.scene_chosen.connect(navigator.explore)
        self.course_button.clicked.connect(self._open_outline)
        self.panes.outline_changed.connect(self._show_folds)
        self.stage.folds_changed.connect(self._show_folds)
        self.notices.report.connect(self.files.report)
        self.uncaught.connect(self._say_uncaught)

    def _hand_in_command(self) -> HandingIn | None:
        """What hands in work; where there is no folder for it, the menu does not offer it."""
        self.commands["hand_in"].setVisible(self.parts.hand_in is not None)
        if self.parts.hand_in is None:
            return None
        from gui.hand_in import HandingIn

        return HandingIn(self, self.parts.controller, self.parts.keeper, self.parts.hand_in)

    def _open_outline(self) -> None:
        self.panes.show_outline(True)

    def _say_notices(self, texts: list[Text]) -> None:
        self.notices.say("  ".join(shown(text) for text in texts))

    def _say_uncaught(self, error: BaseException) -> None:
        self.notices.say_error(error)

    def _show_loop(self) -> None:
        self.commands["loop"].setChecked(self.parts.controller.loop)

    def _bound_size(self) -> None:
        """No smaller than what is in it: large text may need a larger window."""
        needed = self.lesson.minimumSizeHint().width() * self.panes.lesson_open
        needed += self.stage.minimumSizeHint().width() + self.panes.splitter.handleWidth()
        smallest = SMALLEST.expandedTo(QSize(needed, 0))
        if smallest != self.minimumSize():
            self.setMinimumSize(smallest)
            self.panes.share()

    # The layout, kept

    def _restore_layout(self) -> None:
        layout = self.parts.keeper.profile.settings.layout
        self.panes.restore(layout)
        self.stage.show_lower(layout.get("controls") is not False)
        self._show_folds()

    def keep_layout(self) -> None:
        """Hand the place of the window and its panes to the profile."""
        self.room.set_on(False)
        before = self.parts.keeper.profile.settings.layout
        now = {**written_placement(self), **self.panes.written(), "controls": self.stage.lower_open}
        self.parts.keeper.change(layout={**before, **now})

    # What Qt tells

    def event(self, event: QEvent) -> bool:
        """What is inside needs another size."""
        if self._furnished and event.type() == QEvent.Type.LayoutRequest:
            self._bound_size()
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep the layout."""
        if self._furnished:
            self.keep_layout()
            self.notebook.close()
            self.files.close()
            if self.handing_in is not None:
                self.handing_in.close()
        super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that nothing with the focus wanted: play, step by step, and the digits of a choice."""
        from PySide6.QtGui import QKeySequence

        action = self.commands.soft(QKeySequence(event.keyCombination()))
        if action is not None and action.isEnabled():
            action.trigger()
        elif not self.lesson.choose_by(event):
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take what looks like a lesson, a pack or data."""
        if self.files.can_drop(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        event.acceptProposedAction()
        self.files.drop(event.mimeData())
