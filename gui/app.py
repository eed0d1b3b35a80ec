"""The program with its window: what must be there before Qt, the parts in order, the end without a trace.

    run(target, profile) ─▶ checks ─▶ QApplication, profile ─▶ bare window
        ─▶ theme, course, lesson, picture ─▶ first paint ─▶ MathJax is woken

What is not needed for the bare window is imported after it: a computer of a school needs a second for that.
Nothing here imports SymPy or SciPy, and the formulas' process starts when the window stands.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threading import Event

    from PySide6.QtWidgets import QApplication

    from engine.administrator import Administration
    from engine.storage import Profile
    from gui.collector import Collector
    from gui.file_open import FileOpening
    from gui.logs import Logs
    from gui.navigator import Navigator
    from gui.shelves import Shelves
    from gui.window import Parts, Window

NO_WINDOW = 2
"""Exit status where no window can be opened."""

AFTER_PAINT = 50
"""Milliseconds after the first paint at which slow helpers are woken."""

WAIT_FOR_PLACE = 500
"""Milliseconds that the first lesson waits for a folder of the administrator's where the learner left off."""


def run(target: str | None = None, profile: Path | None = None) -> int:
    """Open the window at `target`, with this profile folder, and return the exit status when it is closed."""
    import gc

    from gui.system import obstacle

    gc.disable()  # up to the first picture nothing is made that could be garbage: see `_settle`
    in_the_way = obstacle()
    if in_the_way:
        print(in_the_way, file=sys.stderr)
        return NO_WINDOW
    from engine.storage import Profile

    return _run(target, Profile(profile), administration())


def administration() -> Administration | None:
    """What the administrator of this computer settled for everyone; None where there is no such file."""
    from engine import program

    path = program.administrator_file()
    if not os.path.exists(path):
        return None
    from engine.administrator import load

    return load(path)


def _run(target: str | None, profile: Profile, settled: Administration | None) -> int:
    from PySide6.QtCore import QTimer

    import_plainly()
    from gui.logs import Logs

    application = make_application()
    shell = Shell(profile, settled)
    shell.logs = logs = Logs(profile.folder, shell.say_failure)
    try:
        end_asked = heed_signals(application)
        opening = file_opening(application, shell)
        shell.open(target)
        if opening is not None:
            opening.begin()
        QTimer.singleShot(AFTER_PAINT, lambda: _settle(shell))
        return 0 if end_asked.is_set() else application.exec()
    finally:
        shell.close()
        logs.close()


def _settle(shell: Shell) -> None:
    """The picture stands: garbage is looked for from now on, among what is made from now on."""
    import gc

    gc.freeze()
    shell.wake_helpers()


def import_plainly() -> None:
    """Take back the import of Python's own, which PySide6 replaces to serve `from __feature__ import …`.

    Its replacement reads the source of each module that is imported from then on: three hundred files up to
    the first picture, 60 ms and 18 MB. Gradus asks for no features.
    """
    import builtins

    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


def make_application() -> QApplication:
    """The application object, with its name and icon. It must not outlive its caller as a global."""
    from PySide6.QtCore import QCoreApplication
    from PySide6.QtGui import QIcon
    from PySide6.QtWidgets import QApplication

    existing = QCoreApplication.instance()
    if isinstance(existing, QApplication):
        application = existing
    else:
        QCoreApplication.setApplicationName("Gradus")
        # said so, Qt makes no other style before, and Python nothing of the many names that a style has
        application = QApplication([sys.argv[0] or "gradus", "-style", "Fusion"])
    application.setDesktopFileName("gradus")
    application.setQuitOnLastWindowClosed(True)
    icon = Path(__file__).resolve().parent.parent / "resources" / "icons" / "gradus.svg"
    application.setWindowIcon(QIcon(str(icon)))
    return application


def file_opening(application: QApplication, shell: Shell) -> FileOpening | None:
    """What takes the double click on a pack where the system tells the running program; None elsewhere."""
    if sys.platform != "darwin":
        return None
    from gui.file_open import FileOpening

    return FileOpening(application, shell.open_path)


def heed_signals(application: QApplication) -> Event:
    """Let Ctrl+C in the terminal, and the end of the login session, close the program with all saved.

    The event is set when that was asked for: as long as no event loop runs, Qt does not heed `quit`.
    """
    from threading import Event

    asked = Event()
    if sys.platform == "win32":
        return asked
    import signal

    from PySide6.QtCore import QSocketNotifier, QTimer

    def close(*caught: object) -> None:
        asked.set()
        QTimer.singleShot(0, application.quit)

    # Python's handlers run when Python does, which may be much later: the pipe wakes Qt, and Qt wakes Python.
    reading, writing = os.pipe()
    for end in (reading, writing):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    notifier = QSocketNotifier(reading, QSocketNotifier.Type.Read, application)
    notifier.activated.connect(lambda: os.read(reading, 64))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, close)
    return asked


class Shell:
    """The parts of a running program, and the window over them; another language makes another window."""

    parts: Parts
    navigator: Navigator

    def __init__(self, profile: Profile, settled: Administration | None = None) -> None:
        from engine.words import set_language

        self._settled = settled
        self._shelves: Shelves | None = None
        if settled is not None and settled.settings.language and not profile.has_chosen("language"):
            profile.change(language=settled.settings.language)
        settings = profile.settings
        self._profile = profile
        self.logs: Logs | None = None
        self._language = settings.language
        self._notation = settings.notation
        self._spoken = set_language(settings.language or None)
        self._made = False
        self._collector: Collector | None = None
        self.window: Window | None = None

    def open(self, target: str | None = None) -> Window:
        """Open the window at `target`, or where the learner left off.

        It is on screen, bare, before NumPy and the rest of the program are read.
        """
        from gui.theme import set_ground

        settings = self._profile.settings
        set_ground(settings.theme, settings.text_scale)
        window = self._new_window()
        window.appear()
        self._make_parts()
        window.furnish(self.parts, self.navigator)
        self._heed_administrator()
        self.navigator.start(target)
        self.parts.keeper.say_notices()
        self.parts.controller.flush()  # so that the first thing to be seen is the picture
        window.stage.canvas.setFocus()
        return window

    def open_path(self, path: Path) -> None:
        """Open a lesson or a pack in the window, and bring it to the front."""
        if self.window is None:
            return
        self.window.files.open_path(path)
        self.window.raise_()
        self.window.activateWindow()

    def apply_settings(self) -> None:
        """Show what was chosen at once."""
        settings = self.parts.keeper.profile.settings
        self.parts.themes.set_choice(settings.theme)
        self.parts.themes.set_text_scale(settings.text_scale)
        self.parts.controller.set_reduced_motion(settings.motion == "reduced")
        if settings.language != self._language:
            self._speak(settings.language)
        if settings.notation != self._notation:
            self._notation = settings.notation
            self.parts.typesetter.set_notation(settings.notation)
            self._renew_window()

    def wake_helpers(self) -> None:
        """Start what the first picture could do without."""
        from gui.collector import Collector

        self._collector = self._collector or Collector()
        self.parts.typesetter.warm_up()
        self.parts.course.name_pictures()
        if self._shelves is not None and not self._shelves.begun:
            self._shelves.load(self._spoken)

    def say_failure(self, error: BaseException) -> None:
        """Something failed that nobody caught, in whichever thread: one quiet line."""
        if self.window is not None and self._made:
            self.window.uncaught.emit(error)

    def close(self) -> None:
        """Save, and leave no thread, timer, process or window behind."""
        if self.window is not None:
            self.window.close()
            self.window.deleteLater()
            self.window = None
        if self._shelves is not None:
            self._shelves.close()
        if self._made:
            self.parts.controller.close()
            self.parts.course.close()
            self.parts.typesetter.close()
            self.parts.keeper.close()
        else:
            self._profile.close()
        if self._collector is not None:
            self._collector.stop()
            self._collector = None

    def _make_parts(self) -> None:
        from gui.controller import Controller
        from gui.course import Course
        from gui.keeper import Keeper
        from gui.mathtext import Typesetter
        from gui.navigator import Navigator
        from gui.theme import ThemeManager
        from gui.window import Parts

        settings = self._profile.settings
        themes = ThemeManager(settings.theme, settings.text_scale)
        keeper = Keeper(self._profile)
        controller = Controller()
        controller.set_reduced_motion(settings.motion == "reduced")
        course = Course(self._spoken)
        typesetter = Typesetter(self._profile.folder / "formulas", asleep=True)
        typesetter.set_notation(self._notation)
        settled = self._settled.settings if self._settled is not None else None
        hand_in = settled.hand_in if settled is not None else None
        self.parts = Parts(controller, keeper, course, themes, typesetter, self.logs, hand_in)
        hide_answers = settled is not None and settled.hide_answers
        self.navigator = Navigator(controller, keeper, course, hide_answers)
        controller.state_changed.connect(keeper.note)
        controller.state_changed.connect(self.navigator.keep_place)
        self._made = True

    def _heed_administrator(self) -> None:
        """Say what is wrong with the administrator's file, and get the packs that it names."""
        if self._settled is None:
            return
        if self._settled.problems:
            from engine.administrator import summary

            for problem in self._settled.problems:
                logging.getLogger(__name__).warning("%s", problem)
            self._profile.notices.append(summary(self._settled.problems))
        if self._settled.settings.packs:
            from gui.shelves import Shelves

            self._shelves = Shelves(self._settled.settings.packs, self.parts.course)
            self._shelves.said.connect(self.navigator.said)
            if self.navigator.left_off_beside():
                self._shelves.load(self._spoken)
                self._shelves.wait(WAIT_FOR_PLACE)

    def _new_window(self) -> Window:
        from gui.window import Window

        window = Window(self._profile.settings.layout)
        window.settings_changed.connect(self.apply_settings)
        self.window = window
        return window

    def _speak(self, language: str) -> None:
        """Speak another language from now on."""
        from engine.words import set_language

        self._language = language
        self._spoken = set_language(language or None)
        self.parts.course.speak(self._spoken)
        if self._shelves is not None:
            self._shelves.load(self._spoken)
        self._renew_window()

    def _renew_window(self) -> None:
        """Another window over the same parts, with every word and formula written anew."""
        old = self.window
        new = self._new_window()
        new.furnish(self.parts, self.navigator)
        new.show()
        new.show_opened()
        if old is not None:
            old.close()
            old.deleteLater()
