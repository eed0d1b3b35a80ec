"""What each entry of the menus does, which of them can be chosen now, and the dialogs they open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from engine.session import SessionState
    from gui.window import Window


MOTION = ("play", "play_back", "step_on", "step_back", "loop")
"""The entries that need something to play."""


class WindowMenu(QObject):
    """The menus of one window, at work."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window

    def bind(self) -> None:
        """Have each entry do its work."""
        from engine.actions import GoTo, Redo, ResetStep, Undo
        from gui.preferences import theme_words

        window = self._window
        one, navigator = window.parts.controller, window.navigator
        window.commands.connect_all(
            {
                **window.files.actions(),
                **({"hand_in": window.handing_in.ask} if window.handing_in is not None else {}),
                "quit": window.close,
                "undo": lambda: one.send(Undo()),
                "redo": lambda: one.send(Redo()),
                "reset": lambda: one.send(ResetStep()),
                "keep": window.kept.keep,
                "find": self._find,
                "preferences": self._open_preferences,
                "outline": window.panes.show_outline,
                "lesson": window.show_lesson,
                "controls": window.stage.show_lower,
                "table": lambda on: window.stage.open_drawer("table" if on else ""),
                "code": lambda on: window.stage.open_drawer("code" if on else ""),
                "larger": lambda: self._scale_text(1),
                "smaller": lambda: self._scale_text(-1),
                "usual": lambda: self._scale_text(0),
                "room": window.set_room_mode,
                "next": lambda: navigator.send(GoTo(one.state.step + 1)),
                "back": lambda: navigator.send(GoTo(one.state.step - 1)),
                "play": one.toggle,
                "play_back": one.toggle_backwards,
                "step_on": one.step_on,
                "step_back": one.step_back,
                "loop": one.set_loop,
                "fit": window.stage.fit,
                "progress": self._open_progress,
                "practise": window.notebook.practise,
                "explore": navigator.explore_this,
                "return": navigator.go_back,
                "shortcuts": self._open_shortcuts,
                "about": self._open_about,
            }
        )
        window.commands.choices("theme", theme_words(), self._set_theme)
        window.commands.tick("theme", window.parts.keeper.profile.settings.theme)
        window.parts.themes.changed.connect(self._follow_theme)
        kept = window.commands.submenus["kept"]
        kept.aboutToShow.connect(lambda: window.kept.fill(kept))
        surfaces = window.commands.submenus["surfaces"]
        surfaces.aboutToShow.connect(lambda: window.surfaces.fill(surfaces))
        recent = window.commands.submenus["recent"]
        recent.aboutToShow.connect(lambda: window.files.fill_recent(recent))

    def enable(self, state: SessionState) -> None:
        """Offer what can be done in this state."""
        window = self._window
        exploring = window.navigator.exploring
        enabled = {
            "undo": bool(state.past),
            "redo": bool(state.future),
            "next": state.lesson is not None,
            "back": state.lesson is not None and state.step > 0,
            "return": (exploring or window.navigator.reviewing) and bool(window.navigator.key),
            "explore": not exploring,
            "hand_in": state.lesson is not None,
            **dict.fromkeys(MOTION, state.playback is not None),
        }
        for name, on in enabled.items():
            window.commands[name].setEnabled(on)

    def _set_theme(self, theme: str) -> None:
        window = self._window
        window.parts.keeper.change(theme=theme)
        window.settings_changed.emit()

    def _scale_text(self, direction: int) -> None:
        """A size larger or smaller; 0 is the usual one."""
        from gui.preferences import next_text_size

        window = self._window
        now = window.parts.keeper.profile.settings.text_scale
        window.parts.keeper.change(text_scale=next_text_size(now, direction) if direction else 1.0)
        window.settings_changed.emit()

    def _find(self) -> None:
        window = self._window
        window.panes.show_outline(True)
        window.outline.start_search()

    def _open_preferences(self) -> None:
        from gui.preferences import PreferencesDialog

        window = self._window
        dialog = PreferencesDialog(window.parts.keeper, window)
        dialog.changed.connect(window.settings_changed)
        _show_until_closed(dialog)

    def _open_progress(self) -> None:
        from engine.overview import overview
        from gui.progress_dialog import ProgressDialog

        window = self._window
        missed = window.notebook.missed()
        course = overview(window.parts.course.pack(), window.parts.keeper.profile.progress, missed)
        dialog = ProgressDialog(course, len(missed), len(window.notebook.due()), window)
        dialog.lesson_chosen.connect(lambda lesson: window.navigator.open_lesson(f"#{lesson}"))
        dialog.practise.connect(window.notebook.practise)
        _show_until_closed(dialog)

    def _open_shortcuts(self) -> None:
        from gui.dialogs import ShortcutsDialog

        _show_until_closed(ShortcutsDialog(self._window.commands.groups, self._window))

    def _open_about(self) -> None:
        from gui.dialogs import AboutDialog

        _show_until_closed(AboutDialog(self._window))

    def _follow_theme(self) -> None:
        window = self._window
        window.commands.tick("theme", window.parts.keeper.profile.settings.theme)


def _show_until_closed(dialog: QDialog) -> None:
    dialog.exec()
    dialog.deleteLater()
