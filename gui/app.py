"""The program with its window: what must be there before Qt, the parts in order, the end without a trace.

    run(target, profile) ─▶ checks ─▶ QApplication ─▶ profile, theme, course ─▶ window ─▶ first paint
                                                                                 └▶ MathJax is woken

Nothing here imports SymPy or SciPy, and the formulas' process starts when the window stands.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from engine.storage import Profile
    from gui.logs import Logs
    from gui.navigator import Navigator
    from gui.window import Parts, Window

NO_WINDOW = 2
"""Exit status where no window can be opened."""

AFTER_PAINT = 50
"""Milliseconds after the first paint at which slow helpers are woken."""


def run(target: str | None = None, profile: Path | None = None) -> int:
    """Open the window at `target`, with this profile folder, and return the exit status when it is closed."""
    from gui.system import obstacle

    in_the_way = obstacle()
    if in_the_way:
        print(in_the_way, file=sys.stderr)
        return NO_WINDOW
    from engine.storage import Profile

    return _run(target, Profile(profile))


def _run(target: str | None, profile: Profile) -> int:
    from PySide6.QtCore import QTimer

    from gui.logs import Logs

    application = make_application()
    shell = Shell(profile)
    shell.logs = logs = Logs(profile.folder, shell.say_failure)
    try:
        heed_signals(application)
        shell.open(target)
        QTimer.singleShot(AFTER_PAINT, shell.wake_helpers)
        return application.exec()
    finally:
        shell.close()
        logs.close()


def make_application() -> QApplication:
    """The application object, with its name, font and icon. It must not outlive its caller as a global."""
    from PySide6.QtCore import QCoreApplication
    from PySide6.QtGui import QIcon
    from PySide6.QtWidgets import QApplication

    from gui.fonts import load_fonts

    existing = QCoreApplication.instance()
    if isinstance(existing, QApplication):
        application = existing
    else:
        QCoreApplication.setApplicationName("Gradus")
        application = QApplication([sys.argv[0] or "gradus"])
    application.setDesktopFileName("gradus")
    application.setQuitOnLastWindowClosed(True)
    load_fonts()
    icon = Path(__file__).resolve().parent.parent / "resources" / "icons" / "gradus.svg"
    application.setWindowIcon(QIcon(str(icon)))
    return application


def heed_signals(application: QApplication) -> None:
    """Let Ctrl+C in the terminal, and the end of the login session, close the program with all saved."""
    if sys.platform == "win32":
        return
    import os
    import signal

    from PySide6.QtCore import QSocketNotifier

    # Python's handlers run when Python does, which may be much later: the pipe wakes Qt, and Qt wakes Python.
    reading, writing = os.pipe()
    for end in (reading, writing):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    notifier = QSocketNotifier(reading, QSocketNotifier.Type.Read, application)
    notifier.activated.connect(lambda: os.read(reading, 64))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *caught: application.quit())


class Shell:
    """The parts of a running program, and the window over them; another language makes another window."""

    parts: Parts
    navigator: Navigator

    def __init__(self, profile: Profile) -> None:
        from engine.words import set_language
        from gui.theme import ThemeManager

        settings = profile.settings
        self._profile = profile
        self.logs: Logs | None = None
        self._language = settings.language
        self._spoken = set_language(settings.language or None)
        self._themes = ThemeManager()
        self._themes.set_choice(settings.theme)
        self._themes.set_text_scale(settings.text_scale)
        self._made = False
        self.window: Window | None = None

    def open(self, target: str | None = None) -> Window:
        """Open the window at `target`, or where the learner left off.

        It is on screen, bare, before NumPy, pyqtgraph and the rest of the program are read.
        """
        window = self._new_window()
        window.appear()
        self._make_parts()
        window.furnish(self.parts, self.navigator)
        self.navigator.start(target)
        self.parts.keeper.say_notices()
        self.parts.controller.flush()  # so that the first thing to be seen is the picture
        window.stage.canvas.setFocus()
        return window

    def apply_settings(self) -> None:
        """Show what was chosen at once."""
        settings = self.parts.keeper.profile.settings
        self.parts.themes.set_choice(settings.theme)
        self.parts.themes.set_text_scale(settings.text_scale)
        self.parts.controller.set_reduced_motion(settings.motion == "reduced")
        if settings.language != self._language:
            self._speak(settings.language)

    def wake_helpers(self) -> None:
        """Start what the first picture could do without."""
        import linecache

        linecache.clearcache()  # PySide6 had each module's source read as it was imported: 18 MB
        self.parts.typesetter.warm_up()

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
        if self._made:
            self.parts.controller.close()
            self.parts.course.close()
            self.parts.typesetter.close()
            self.parts.keeper.close()
        else:
            self._profile.close()

    def _make_parts(self) -> None:
        from gui.controller import Controller
        from gui.course import Course
        from gui.keeper import Keeper
        from gui.mathtext import Typesetter
        from gui.navigator import Navigator
        from gui.window import Parts

        keeper = Keeper(self._profile)
        controller = Controller()
        controller.set_reduced_motion(self._profile.settings.motion == "reduced")
        course = Course(self._spoken)
        typesetter = Typesetter(self._profile.folder / "formulas")
        self.parts = Parts(controller, keeper, course, self._themes, typesetter, self.logs)
        self.navigator = Navigator(controller, keeper, course)
        controller.state_changed.connect(keeper.note)
        controller.state_changed.connect(self.navigator.keep_place)
        self._made = True

    def _new_window(self) -> Window:
        from gui.window import Window

        window = Window(self._profile.settings.layout)
        window.settings_changed.connect(self.apply_settings)
        self.window = window
        return window

    def _speak(self, language: str) -> None:
        """Make the window anew in another language, over the same parts."""
        from engine.words import set_language

        self._language = language
        self.parts.course.speak(set_language(language or None))
        old = self.window
        new = self._new_window()
        new.furnish(self.parts, self.navigator)
        new.show()
        new.show_opened()
        if old is not None:
            old.close()
            old.deleteLater()
