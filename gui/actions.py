"""Everything a menu or a key can do, in one table: the menus and the list under F1 are made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from engine.words import _


@dataclass(frozen=True)
class Entry:
    """One action: its name in the code, its words, its keys, and whether it is a switch."""

    name: str
    words: str
    keys: tuple[str, ...] = ()
    switch: bool = False
    soft: bool = False  # what has the focus may take the keys first: `Window.keyPressEvent` gets what is left
    role: QAction.MenuRole = QAction.MenuRole.NoRole


SEPARATOR = Entry("", "")


def menus() -> dict[str, tuple[Entry, ...]]:
    """Title of a menu → its entries, in the language of the window."""
    return {
        _("&File"): (
            Entry("open", _("&Open a lesson or pack…"), ("Ctrl+O",)),
            Entry("open_data", _("Open &data…"), ("Ctrl+Shift+O",)),
            Entry("recent", _("Open &recent")),
            SEPARATOR,
            Entry("save_picture", _("&Save the picture…"), ("Ctrl+S",)),
            Entry("copy_picture", _("&Copy the picture"), ("Ctrl+Shift+C",)),
            Entry("save_table", _("Save the &table as CSV…"), ("Ctrl+Shift+S",)),
            SEPARATOR,
            Entry("hand_in", _("&Hand in…")),
            Entry("report", _("Report a &problem…")),
            SEPARATOR,
            Entry("quit", _("&Quit"), ("Ctrl+Q",), role=QAction.MenuRole.QuitRole),
        ),
        _("&Edit"): (
            Entry("undo", _("&Undo"), ("Ctrl+Z",)),
            Entry("redo", _("&Redo"), ("Ctrl+Shift+Z", "Ctrl+Y")),
            Entry("reset", _("Re&set this step"), ("Ctrl+R",)),
            SEPARATOR,
            Entry("keep", _("&Keep this function"), ("Ctrl+K",)),
            Entry("kept", _("F&unctions I kept")),
            Entry("surfaces", _("&Surfaces to run on")),
            SEPARATOR,
            Entry("find", _("&Find a lesson…"), ("Ctrl+F",)),
            Entry("preferences", _("&Preferences…"), ("Ctrl+,",), role=QAction.MenuRole.PreferencesRole),
        ),
        _("&View"): (
            Entry("outline", _("&Course"), ("F9",), switch=True),
            Entry("lesson", _("&Lesson text"), ("F8",), switch=True),
            Entry("controls", _("Co&ntrols and readouts"), ("F7",), switch=True),
            Entry("table", _("&Table"), ("Ctrl+T",), switch=True),
            Entry("code", _("Co&de"), ("Ctrl+D",), switch=True),
            SEPARATOR,
            Entry("theme", _("T&heme")),
            Entry("larger", _("La&rger text"), ("Ctrl++", "Ctrl+=")),
            Entry("smaller", _("&Smaller text"), ("Ctrl+-",)),
            Entry("usual", _("&Usual text"), ("Ctrl+0",)),
            SEPARATOR,
            Entry("room", _("Roo&m mode, for a projector"), ("F11",), switch=True),
        ),
        _("&Lesson"): (
            Entry("next", _("&Next step"), ("Alt+Right",)),
            Entry("back", _("&Back a step"), ("Alt+Left",)),
            SEPARATOR,
            Entry("play", _("&Play or pause"), ("Space",), soft=True),
            Entry("play_back", _("Play back&wards or pause"), ("Shift+Space",), soft=True),
            Entry("step_on", _("One step &on"), ("Shift+Right",), soft=True),
            Entry("step_back", _("One step bac&k"), ("Shift+Left",), soft=True),
            Entry("loop", _("P&lay in a loop"), ("Ctrl+L",), switch=True),
            Entry("fit", _("&Fit the picture"), ("Ctrl+Home",)),
            SEPARATOR,
            Entry("progress", _("Your pro&gress…"), ("Ctrl+P",)),
            Entry("practise", _("&Ask again what you missed")),
            SEPARATOR,
            Entry("explore", _("&Explore a picture of your choice"), ("Ctrl+E",)),
            Entry("return", _("Back to the &lesson"), ("Ctrl+Shift+E",)),
        ),
        _("&Help"): (
            Entry("shortcuts", _("&Shortcuts"), ("F1",)),
            Entry("about", _("&About Gradus"), role=QAction.MenuRole.AboutRole),
        ),
    }


ROOM_KEYS = (("PgDown", "next"), ("PgUp", "back"), ("Esc", "room"))
"""Keys that mean something in room mode alone: what a presenter's clicker sends."""


class Actions(QObject):
    """The window's actions by name, in its menu bar. `submenus` are filled by whoever knows their options."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._actions: dict[str, QAction] = {}
        self.submenus: dict[str, QMenu] = {}
        self.groups: list[tuple[str, list[QAction]]] = []
        for title, entries in menus().items():
            menu = window.menuBar().addMenu(title)
            menu.setToolTipsVisible(True)
            made = [self._add(window, menu, entry) for entry in entries]
            self.groups.append((title.replace("&", ""), [action for action in made if action is not None]))

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def connect_all(self, called: Mapping[str, Callable[..., object]]) -> None:
        """Have each action call what stands under its name; a switch is called with True or False."""
        for name, function in called.items():
            action = self._actions[name]
            if action.isCheckable():
                action.triggered.connect(function)
            else:
                action.triggered.connect(lambda checked=False, function=function: function())

    def choices(self, name: str, options: Mapping[str, str], chosen: Callable[[str], object]) -> None:
        """Fill a submenu with options (key → words), one of which is ticked."""
        menu = self.submenus[name]
        group = QActionGroup(self)
        for key, words in options.items():
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setData(key)
            action.triggered.connect(lambda checked=False, key=key: chosen(key))
            group.addAction(action)

    def soft(self, keys: QKeySequence) -> QAction | None:
        """The action of keys that nothing with the focus wanted; None if they mean nothing."""
        for action in self._actions.values():
            if action.shortcutContext() == Qt.ShortcutContext.WidgetShortcut and keys in action.shortcuts():
                return action
        return None

    def tick(self, name: str, key: str) -> None:
        """Tick one option of a submenu."""
        for action in self.submenus[name].actions():
            action.setChecked(action.data() == key)

    def _add(self, window: QMainWindow, menu: QMenu, entry: Entry) -> QAction | None:
        if entry is SEPARATOR:
            menu.addSeparator()
            return None
        if entry.name in ("recent", "theme", "kept", "surfaces"):
            self.submenus[entry.name] = menu.addMenu(entry.words)
            return None
        action = QAction(entry.words, window)
        action.setShortcuts([QKeySequence(key) for key in entry.keys])
        if entry.soft:
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setCheckable(entry.switch)
        action.setMenuRole(entry.role)
        menu.addAction(action)
        window.addAction(action)  # so that its keys work while the menu bar is hidden
        self._actions[entry.name] = action
        return action


def shortcut_words(action: QAction) -> str:
    """The keys of an action as this system writes them."""
    keys = [key.toString(QKeySequence.SequenceFormat.NativeText) for key in action.shortcuts()]
    return "  ·  ".join(dict.fromkeys(keys))
