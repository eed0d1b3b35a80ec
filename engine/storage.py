"""The profile: the folder that keeps a learner's progress and settings.

Whatever happens to the disk, the lesson goes on: state lives in memory, `save` writes what it can and never
raises, and what the learner should know waits in `take_notices`. Two windows may share a profile; each
save reads what the other wrote and keeps both (see `engine.progress`).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

import msgspec

from engine import program
from engine import progress as record
from engine.errors import StorageError
from engine.progress import Judged, LessonProgress, Progress, Settings, StoredSettings
from engine.safe_files import LOCK_WAIT, locked, read_bounded, remove_stale, set_aside, write_atomically
from engine.text import Text, verbatim

LARGEST_PROGRESS = 16_000_000
LARGEST_SETTINGS = 1_000_000

State = TypeVar("State")
Merge: TypeAlias = Callable[[State, State], State]
Shrink: TypeAlias = Callable[[State], State]
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class Profile:
    """One learner's record, in `folder`, or in a temporary folder when that one cannot be made.

    Safe to use from several threads. Changing it is cheap and touches no disk; `save` does, when there is
    something to save.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     profile = Profile(Path(folder))
    ...     profile.answer("secant", "where", "2", "right")
    ...     saved = profile.save()
    ...     Profile(Path(folder)).lesson("secant").right("where")
    True
    """

    def __init__(
        self, folder: Path | None = None, clock: Callable[[], float] = time.time, wait: float = LOCK_WAIT
    ) -> None:
        self.problem: Text | None = None
        """Why nothing can be saved at present, or None."""
        self.notices: list[Text] = []
        """What the learner should be told, each once; see `take_notices`."""
        self._clock = clock
        self._wait = wait
        self._guard = threading.RLock()
        self._saving = threading.Lock()
        self.temporary = False
        self.folder = self._usable_folder(folder or default_folder())
        self._progress = _Document(
            self.folder / "progress.json",
            Progress(),
            LARGEST_PROGRESS,
            record.merge_progress,
            record.without_oldest_half,
        )
        self._settings = _Document(
            self.folder / "settings.json",
            StoredSettings(),
            LARGEST_SETTINGS,
            record.merge_settings,
            record.without_unknown,
        )
        remove_stale(self.folder)
        with locked(self.folder / "profile.lock", wait):
            self._load(self._progress)
            self._load(self._settings)

    @property
    def progress(self) -> Progress:
        """Every lesson's progress, as a value."""
        return self._progress.state

    @property
    def settings(self) -> Settings:
        """What the learner chose, as a value."""
        return record.typed_settings(self._settings.state)

    @property
    def unsaved(self) -> bool:
        """Whether `save` has something to write."""
        return self._progress.dirty or self._settings.dirty

    def lesson(self, lesson: str) -> LessonProgress:
        """One lesson's progress; empty if it was never opened."""
        return self.progress.lessons.get(record.clean_key(lesson), LessonProgress())

    def visit(self, lesson: str, step: str) -> None:
        """Note that a step is shown: it is seen, and where the lesson resumes."""
        with self._guard:
            state = self._progress.state
            self._progress.state = record.visited(state, lesson, step, self._now())

    def answer(self, lesson: str, exercise: str, typed: str, verdict: Judged, variant: int = 0) -> None:
        """Note an answer as typed and what became of it."""
        with self._guard:
            state, now = self._progress.state, self._now()
            self._progress.state = record.answered(state, lesson, exercise, typed, verdict, now, variant)

    def finish(self, lesson: str) -> None:
        """Note that a lesson was completed."""
        with self._guard:
            self._progress.state = record.finished(self._progress.state, lesson, self._now())

    def reset(self, lesson: str | None = None) -> None:
        """Forget one lesson's progress, or all of it. Settings stay."""
        with self._guard:
            self._progress.state = record.forgotten(self._progress.state, lesson, self._now())

    def change(self, **choices: object) -> None:
        """Choose settings by their names in `Settings`: `profile.change(theme="dark", text_scale=1.25)`."""
        with self._guard:
            current = self.settings
            news = {name: choice for name, choice in choices.items() if getattr(current, name, ...) != choice}
            if news:
                self._settings.state = record.changed(self._settings.state, self._now(), news)

    def has_chosen(self, name: str) -> bool:
        """Whether the learner ever chose the setting of this name."""
        return name in self._settings.state.values

    def take_notices(self) -> list[Text]:
        """What is to be said to the learner and was not yet said."""
        with self._guard:
            notices, self.notices = self.notices, []
        return notices

    def save(self) -> bool:
        """Write what changed, merged with what another window wrote. False if it must be tried again.

        Costs nothing when nothing changed. Waits a bounded time for another window, and never raises: what
        stands in the way is said once, and the next call tries again.
        """
        return self._save(insist=False)

    def close(self) -> bool:
        """Save for the last time, if need be past a window that holds the lock and does not answer."""
        saved = self._save(insist=True)
        if self.temporary:
            shutil.rmtree(self.folder, ignore_errors=True)
        return saved

    def _save(self, insist: bool) -> bool:
        if not self.unsaved:
            return True
        with self._saving:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                with locked(self.folder / "profile.lock", self._wait) as held:
                    if not held and not insist:
                        return False
                    written = [self._write(self._progress), self._write(self._settings)]
            except (OSError, StorageError) as error:
                self._cannot_save(error)
                return False
            if not self.temporary:
                self.problem = None
            return all(written)

    def _write(self, document: _Document[State]) -> bool:
        """Merge with the file and replace it. False for a file of a newer version, which is left alone."""
        if not document.dirty:
            return True
        on_disk = None if document.newer else document.read(self.notices)
        if document.newer:
            return False
        with self._guard:
            if on_disk is not None:
                document.state = document.merge(document.state, on_disk)
            merged = document.state
        content, kept = document.encoded(merged)
        document.keep_previous()
        write_atomically(document.path, content)
        with self._guard:
            document.saved = kept
            if document.state is merged:
                document.state = kept
        return True

    def _load(self, document: _Document[State]) -> None:
        try:
            on_disk = document.read(self.notices)
        except (OSError, StorageError) as error:
            self._cannot_save(error)
            on_disk = document.last_good_copy(self.notices)
        if on_disk is not None:
            document.state = document.saved = on_disk

    def _now(self) -> float:
        """The time, later than every time on record: a clock set back must not make a new answer old."""
        newest = max(
            record.newest_progress_time(self._progress.state),
            record.newest_setting_time(self._settings.state),
        )
        return min(max(self._clock(), newest + 1e-3), record.LATEST_TIME)

    def _cannot_save(self, error: OSError | StorageError) -> None:
        if self.problem is not None:
            return
        reason = error.what if isinstance(error, StorageError) else verbatim(error.strerror or str(error))
        self.problem = Text(
            "Your progress cannot be saved in {folder}: {reason}. "
            "The lessons go on, and Gradus keeps trying.",
            {"folder": str(self.folder), "reason": reason},
        )
        self.notices.append(self.problem)

    def _usable_folder(self, folder: Path) -> Path:
        """The folder, made if need be; a temporary one where it cannot be."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            os.listdir(folder)
        except OSError as error:
            reason = verbatim(error.strerror or str(error))
            with contextlib.suppress(OSError):
                temporary = Path(tempfile.mkdtemp(prefix="gradus-"))
                self.temporary = True
                self.problem = Text(
                    "The profile folder {folder} cannot be used: {reason}. "
                    "What you do now is forgotten when Gradus is closed.",
                    {"folder": str(folder), "reason": reason},
                )
                self.notices.append(self.problem)
                return temporary
        return folder


def default_folder(place: Path | None = None) -> Path:
    """Where the record is kept: where this system keeps a user's data of a program.

    With a file `portable.txt` beside the program (on a stick, say) it is the folder `profile` next to it.
    `place` is the program's folder: that of the bundle, or that of main.py.
    """
    place = place or program.folder()
    if program.is_portable(place):
        return place / "profile"
    import platformdirs

    return Path(platformdirs.user_data_dir("Gradus", appauthor=False))


class _Document(Generic[State]):
    """One file of the profile with its last good copy, and the state in memory that belongs to it."""

    def __init__(
        self, path: Path, empty: State, limit: int, merge: Merge[State], shrink: Shrink[State]
    ) -> None:
        self.path = path
        self.previous = path.with_name(f"{path.stem}.previous{path.suffix}")
        self.limit = limit
        self.merge = merge
        self.state = empty
        self.saved = empty
        self.newer = False
        self._shrink = shrink
        self._good: bytes | None = None
        self._decoder = msgspec.json.Decoder(type(empty))

    @property
    def dirty(self) -> bool:
        return self.state is not self.saved

    def read(self, notices: list[Text]) -> State | None:
        """What the file holds, or its last good copy; None where there is neither.

        A file that cannot be understood is set aside under a name that is said; one of a newer version
        stays where it is, and `newer` is set. Raises OSError where the disk does not answer.
        """
        self._good = None
        try:
            content = read_bounded(self.path, self.limit)
            state = self._decoded(content, notices)
        except FileNotFoundError:
            return self.last_good_copy(notices)
        except (*_UNREADABLE, StorageError):
            aside = set_aside(self.path)
            copy = self.last_good_copy(notices)
            notices.append(_set_aside_notice(self.path, aside, copy is not None))
            return copy
        self._good = content
        return state

    def last_good_copy(self, notices: list[Text]) -> State | None:
        """What the copy holds that was kept beside the file; None if there is none, or it is no good."""
        try:
            return self._decoded(read_bounded(self.previous, self.limit), notices)
        except (*_UNREADABLE, StorageError):
            with contextlib.suppress(OSError):
                set_aside(self.previous)
        except OSError:
            pass
        return None

    def keep_previous(self) -> None:
        """Copy what the file holds, known to be good, before it is replaced."""
        if self._good is not None:
            write_atomically(self.previous, self._good)

    def encoded(self, state: State) -> tuple[bytes, State]:
        """The state as JSON within the limit that `read` will hold it to, and what of it is written."""
        content = msgspec.json.encode(state)
        while len(content) > self.limit:
            smaller = self._shrink(state)
            if smaller is state:
                raise StorageError(Text("There is too much to keep in one file."), self.path)
            state = smaller
            content = msgspec.json.encode(state)
        try:
            self._decoder.decode(content)
        except _UNREADABLE as error:
            # Never replace a good file by one that the next start would set aside.
            raise StorageError(verbatim(f"{type(error).__name__}: {error}"), self.path) from error
        return content, state

    def _decoded(self, content: bytes, notices: list[Text]) -> State | None:
        if msgspec.json.decode(content, type=_Header).format > record.FORMAT:
            if not self.newer:
                notices.append(_newer_notice(self.path))
            self.newer = True
            return None
        state: State = self._decoder.decode(content)
        return state


class _Header(msgspec.Struct):
    """What every version's files begin with."""

    format: int


def _set_aside_notice(path: Path, aside: Path, copied: bool) -> Text:
    values = {"file": path.name, "aside": str(aside)}
    if copied:
        return Text(
            "{file} could not be read. It was set aside as {aside}, and the last good copy is used.", values
        )
    return Text(
        "{file} could not be read. It was set aside as {aside}, and Gradus starts with an empty one.", values
    )


def _newer_notice(path: Path) -> Text:
    return Text(
        "{file} was written by a newer version of Gradus, so it is left as it is. What you do now is "
        "forgotten when Gradus is closed. Update Gradus to go on from there.",
        {"file": str(path)},
    )
