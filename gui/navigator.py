"""What is open: a lesson of some pack, or a picture to explore; where the learner goes and returns to."""

from __future__ import annotations

from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from engine.actions import Action, Explore, GoTo, OpenLesson
from engine.errors import GradusError, LessonError
from engine.review import is_review
from engine.scene import make_scene
from engine.session import SessionState
from engine.words import _
from gui.controller import Controller
from gui.course import Course
from gui.keeper import Keeper, placed_scene, read_place, resumed, written_place
from gui.notices import error_words

FIRST_PICTURE = "secant"


class Navigator(QObject):
    """Opens lessons, packs and pictures in the controller's session, and keeps the place for next time."""

    opened = Signal()
    """A lesson or a picture is open, where another was, or none."""

    unreadable = Signal(str, object, bool)
    """Title, LessonError, and whether the file is watched: a lesson has mistakes and cannot be shown."""

    said = Signal(str)
    """Something the learner should know."""

    def __init__(
        self,
        controller: Controller,
        keeper: Keeper,
        course: Course,
        hide_answers: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._controller = controller
        self._keeper = keeper
        self._course = course
        self._hide_answers = hide_answers
        self.key = ""
        """The lesson that is open, or was before the learner went exploring."""
        self._broken = ""
        course.reloaded.connect(self._reload)

    @property
    def exploring(self) -> bool:
        """Whether a picture is on show without a lesson."""
        state = self._controller.state
        return state.lesson is None and state.scene is not None

    def start(self, target: str | None) -> None:
        """Open `target` (a lesson's id, a file, a pack), or where the learner left off, or the beginning."""
        if self._course.problem is not None:
            self.said.emit(error_words(self._course.problem))
        if target and self._open_target(target):
            return
        place = read_place(self._keeper.profile.settings.last_place)
        pack, lesson = str(place.get("pack") or ""), str(place.get("lesson") or "")
        if pack and not self._course.is_beside(pack) and Path(pack).exists():
            self._open_quietly(Path(pack))
        if self._course.summary(f"{pack}#{lesson}") is not None:
            self.key = f"{pack}#{lesson}"
        scene = placed_scene(place)
        if scene is not None:
            self._explore(Explore(scene))
        else:
            self._open_first_of(self.key, self._course.first())

    def left_off_beside(self) -> bool:
        """Whether the learner left off in a pack of the administrator's."""
        pack = read_place(self._keeper.profile.settings.last_place).get("pack")
        return isinstance(pack, str) and self._course.is_beside(pack)

    def open_path(self, path: Path) -> bool:
        """Open a lesson file or a pack. False if it cannot be; what is wrong with it is said."""
        path = path.absolute()
        try:
            key = self._course.open(path)
        except LessonError as error:
            self.unreadable.emit(path.name, error, False)
            return False
        except (GradusError, OSError) as error:
            self.said.emit(error_words(error) if isinstance(error, GradusError) else str(error))
            return False
        self.open_lesson(key)
        left_out = self._course.problems(str(path))
        if left_out:
            self.said.emit(_("Some files were left out. {files}").format(files="  ".join(left_out[:3])))
        return True

    def open_lesson(self, key: str, step: int = -1) -> None:
        """Open a lesson by its key, at `step`, or where the learner left it."""
        state = self._controller.state
        here = state.lesson is not None and not is_review(state.lesson)
        if key == self.key and here and key != self._broken:
            if step >= 0:
                self._controller.send(GoTo(step))
            self.opened.emit()
            return
        opening = self._read(key, step)
        if opening is not None:
            self.key = key
            self._controller.send(opening)
            self._keep_place()
            self.opened.emit()

    def open_review(self, opening: OpenLesson) -> None:
        """Ask again what was missed; the lesson that was open waits."""
        self._controller.send(msgspec.structs.replace(opening, hide_answers=self._hide_answers))
        self.opened.emit()

    @property
    def reviewing(self) -> bool:
        """Whether a review is open, and no lesson of a pack."""
        return is_review(self._controller.state.lesson)

    def explore(self, name: str) -> None:
        """Leave the lesson for a picture with all its controls; the one on show goes on as it stands."""
        scene = self._controller.state.scene
        if scene is None or scene.name != name:
            scene = make_scene(name)
        self._explore(Explore(scene))

    def explore_this(self) -> None:
        """Leave the lesson with its picture."""
        scene = self._controller.state.scene
        self.explore(scene.name if scene is not None else FIRST_PICTURE)

    def go_back(self) -> None:
        """Back from exploring, or from a review, to the lesson."""
        if self.exploring or self.reviewing:
            self._open_first_of(self.key, self._course.first())

    def next_lesson(self) -> None:
        """Open the lesson that follows; after the last one, say that it was. A review leads back."""
        if self.reviewing:
            self.go_back()
            return
        following = self._course.after(self.key)
        if following:
            self.open_lesson(following)
        else:
            self.said.emit(_("This was the last lesson. Every picture of the course is open under Explore."))

    def send(self, action: Action) -> None:
        """Do what a pane asks. A step beyond the last is the next lesson."""
        lesson = self._controller.state.lesson
        if isinstance(action, GoTo) and lesson is not None and action.step >= len(lesson.steps):
            self.next_lesson()
        else:
            self._controller.send(action)

    def keep_place(self, new: SessionState, old: SessionState) -> None:
        """Note the place for next time when it is another."""
        if new.lesson is not old.lesson or new.step != old.step or (new.lesson is None):
            self._keep_place()

    def _keep_place(self) -> None:
        pack = self.key.rpartition("#")[0]
        place = written_place(pack, self._controller.state, self.key.rpartition("#")[2])
        self._keeper.change(last_place=place)

    def _explore(self, action: Explore) -> None:
        self._controller.send(action)
        self._keep_place()
        self.opened.emit()

    def _open_target(self, target: str) -> bool:
        path = Path(target)
        if path.exists():
            return self.open_path(path)
        key = self._course.find(target)
        if not key:
            self.said.emit(_("There is no lesson or file called {name}.").format(name=target[:120]))
            return False
        self.open_lesson(key)
        return True

    def _open_first_of(self, *keys: str) -> None:
        for key in keys:
            if key and self._course.summary(key) is not None:
                self.open_lesson(key)
                if self._controller.state.lesson is not None:
                    return
        if self._controller.state.scene is None:
            self.explore(FIRST_PICTURE)

    def _open_quietly(self, path: Path) -> None:
        try:
            self._course.open(path)
        except (GradusError, OSError):
            return

    def _read(self, key: str, step: int) -> OpenLesson | None:
        try:
            lesson = self._course.read(key)
        except LessonError as error:
            summary = self._course.summary(key)
            self._broken = key
            self.unreadable.emit(summary.title if summary else key, error, not key.startswith("#"))
            return None
        self._broken = ""
        if lesson is None:
            return None
        progress = self._keeper.profile.lesson(lesson.id)
        return resumed(lesson, progress, step if step >= 0 else None, self._hide_answers)

    def _reload(self, pack: str) -> None:
        """The open lesson's file was changed: show what it is now, at the same step."""
        key = self._broken or self.key
        if key.rpartition("#")[0] != pack or self._course.summary(key) is None:
            return
        state = self._controller.state
        if (state.lesson is None or self.reviewing) and key != self._broken:
            return
        step = state.step if state.lesson is not None and key == self.key else -1
        opening = self._read(key, step)
        if opening is None or opening.lesson is state.lesson:
            return
        self.key = key
        self._controller.send(opening)
        self.opened.emit()
