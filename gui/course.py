"""The lessons at hand: the course that comes with the program, and the packs that the learner opened.

A pack that was opened from a file is watched: whoever writes a lesson sees each saved change at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from engine.errors import GradusError, LessonError
from engine.lessons.lesson import Lesson, LessonSummary, Pack
from engine.lessons.library import load_pack, open_lesson
from engine.scene import scene_class, scene_names
from engine.session import SessionState
from engine.storage import Profile
from engine.text import Text
from engine.words import _, shown
from gui.outline import LessonLine, StepLine, UnitLine

SHIPPED = Path(__file__).resolve().parent.parent / "resources" / "lessons"
QUIET = 150
"""Milliseconds after a file's last change before it is read: editors write in several strokes."""

MOST_WATCHED = 500


class Course(QObject):
    """Packs, and the lessons in them by key: `pack path#lesson id`, without a path for the shipped ones."""

    changed = Signal()
    """Another pack is there, or one was read anew."""

    reloaded = Signal(str)
    """The pack at this path was read anew."""

    def __init__(self, language: str = "en", shipped: Path = SHIPPED, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._language = language
        self._shipped = shipped
        self._packs: dict[str, Pack] = {}
        self._beside: set[str] = set()
        self._pictures: tuple[str, ...] = ()
        self.shelves: tuple[Path, ...] = ()
        """The administrator's pack folders."""
        self._broken: dict[str, str] = {}
        self.problem: GradusError | None = None
        """Why the shipped course cannot be read, or None."""
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._file_changed)
        self._watcher.directoryChanged.connect(self._file_changed)
        self._quiet = QTimer(self, singleShot=True, interval=QUIET)
        self._quiet.timeout.connect(self._reload)
        self._load_shipped()

    def speak(self, language: str) -> None:
        """Read every pack in another language."""
        self._language = language
        self._load_shipped()
        self._reload()

    def open(self, path: Path) -> str:
        """Open a lesson file or a pack, and return the key of its first lesson. GradusError if it is none."""
        key = str(path)
        self._packs[key] = load_pack(path, self._language)
        self._beside.discard(key)
        self._watch()
        self.changed.emit()
        lessons = self._packs[key].lessons()
        if not lessons:
            what = Text("{file} holds no lesson that can be opened.", {"file": path.name})
            raise LessonError(what, self._packs[key].problems)
        return f"{key}#{lessons[0].id}"

    def put_beside(self, packs: Iterable[Pack]) -> None:
        """List packs that were read elsewhere: their folders may not answer, so nothing here touches them."""
        for pack in packs:
            known = pack.path in self._packs
            self._packs[pack.path] = pack
            self._beside.add(pack.path)
            if known:
                self.reloaded.emit(pack.path)
        self.changed.emit()

    def is_beside(self, pack: str) -> bool:
        """Whether the pack at this path lies on one of the shelves."""
        return any(Path(pack).is_relative_to(shelf) for shelf in self.shelves)

    def problems(self, pack: str) -> tuple[str, ...]:
        """What keeps some files of a pack from being listed, a line each."""
        return tuple(f"{one.path}:{one.line}: {shown(one.what)}" for one in self._packs[pack].problems)

    def summary(self, key: str) -> LessonSummary | None:
        """The lesson of this key, as the outline knows it; None if it is gone."""
        pack, _sign, lesson_id = key.rpartition("#")
        try:
            return self._packs[pack].lesson(lesson_id)
        except KeyError:
            return None

    def read(self, key: str) -> Lesson | None:
        """The lesson of this key, read whole; None if it is gone. LessonError if it has mistakes."""
        summary = self.summary(key)
        if summary is None:
            return None
        try:
            lesson = open_lesson(summary)
        except LessonError as error:
            self._broken[key] = shown(error.what)
            raise
        self._broken.pop(key, None)
        return lesson

    def pack(self) -> Pack:
        """The course that comes with the program; empty if it cannot be read."""
        return self._packs.get("", Pack("", "", ()))

    def first(self) -> str:
        """The key of the course's first lesson; "" if there is none."""
        lessons = self._packs[""].lessons() if "" in self._packs else ()
        return f"#{lessons[0].id}" if lessons else ""

    def find(self, lesson_id: str) -> str:
        """The key of the lesson with this id, in whichever pack; "" if there is none."""
        for path, pack in self._packs.items():
            if any(lesson.id == lesson_id for lesson in pack.lessons()):
                return f"{path}#{lesson_id}"
        return ""

    def after(self, key: str) -> str:
        """The key of the lesson that follows in the same pack; "" after the last."""
        pack, _sign, lesson_id = key.rpartition("#")
        ids = [lesson.id for lesson in self._packs[pack].lessons()] if pack in self._packs else []
        place = ids.index(lesson_id) + 1 if lesson_id in ids else len(ids)
        return f"{pack}#{ids[place]}" if place < len(ids) else ""

    def lines(self, profile: Profile, here: str, state: SessionState) -> tuple[UnitLine, ...]:
        """Everything for the outline: the units of all packs, and the pictures to explore."""
        units = [
            UnitLine(
                unit.title,
                tuple(self._line(path, one, profile, here, state) for one in unit.lessons),
            )
            for path, pack in self._packs.items()
            for unit in pack.units
        ]
        pictures = tuple(LessonLine(name, shown(scene_class(name).title)) for name in self._pictures)
        return (*units, UnitLine(_("Explore"), pictures, explore=True))

    def name_pictures(self) -> None:
        """Find out what the pictures to explore are called, one each turn of the event loop.

        Each is a module to import: all at once would hold up the window. The outline lists them when all are
        known, under a heading that is folded.
        """
        self._import_pictures(scene_names(), 0)

    def _import_pictures(self, names: tuple[str, ...], number: int) -> None:
        if number < len(names):
            scene_class(names[number])  # imported now, it is there when `lines` asks for its title
            QTimer.singleShot(0, self, partial(self._import_pictures, names, number + 1))
        else:
            self._pictures = names
            self.changed.emit()

    def close(self) -> None:
        """Watch nothing any more."""
        self._quiet.stop()
        watched = [*self._watcher.files(), *self._watcher.directories()]
        if watched:
            self._watcher.removePaths(watched)

    def _load_shipped(self) -> None:
        self.problem = None
        try:
            self._packs[""] = load_pack(self._shipped, self._language)
        except GradusError as error:
            self.problem = error

    def _line(
        self, path: str, lesson: LessonSummary, profile: Profile, here: str, state: SessionState
    ) -> LessonLine:
        key = f"{path}#{lesson.id}"
        done = state.done if key == here and state.lesson is not None else frozenset()
        steps = tuple(StepLine(title, number in done) for number, title in enumerate(lesson.steps))
        broken = self._broken.get(key, "")
        return LessonLine(key, lesson.title, profile.lesson(lesson.id).done, steps, broken)

    def _watch(self) -> None:
        wanted: list[str] = []
        for key in self._opened():
            path = Path(key)
            wanted.append(key)
            if path.is_dir():
                wanted += [str(one) for one in sorted(path.rglob("*")) if one.is_dir() or one.suffix == ".md"]
        watched = {*self._watcher.files(), *self._watcher.directories()}
        missing = [one for one in wanted[:MOST_WATCHED] if one not in watched and Path(one).exists()]
        if missing:
            self._watcher.addPaths(missing)

    def _opened(self) -> list[str]:
        """The packs that the learner opened."""
        return [key for key in self._packs if key and key not in self._beside]

    def _file_changed(self, path: str) -> None:
        self._quiet.start()

    def _reload(self) -> None:
        """Read every opened pack anew; one that is gone keeps what was read last."""
        for key in self._opened():
            try:
                self._packs[key] = load_pack(Path(key), self._language)
            except (GradusError, OSError):
                continue
            self.reloaded.emit(key)
        self._watch()
        self.changed.emit()
