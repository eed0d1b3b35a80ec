"""Three windows of words: the shortcuts, about Gradus, and what a report of a problem holds."""

from __future__ import annotations

import contextlib
import importlib.metadata
import platform
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import msgspec
from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from engine.progress import Settings
from engine.scene import scene_values
from engine.session import SessionState
from engine.words import _
from gui.actions import shortcut_words
from gui.labels import label
from gui.versions import ROOT, library_versions, version

SIDE = 24
REPORTED = ("theme", "text_scale", "motion", "language")


class ShortcutsDialog(QDialog):
    """Every key that does something, as the menus have it."""

    def __init__(self, groups: Iterable[tuple[str, list[QAction]]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Shortcuts"))
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setHorizontalSpacing(32)
        grid.setVerticalSpacing(4)
        rows: list[tuple[str, str]] = []
        for title, actions in groups:
            keyed = [action for action in actions if action.shortcuts()]
            if keyed:
                rows.append((title, ""))
            rows += [(plain_words(action), shortcut_words(action)) for action in keyed]
        rows.append((_("In the picture"), ""))
        rows += picture_keys()
        for number, (words, keys) in enumerate(rows):
            grid.addWidget(label(words, "" if keys else "heading"), number, 0)
            grid.addWidget(label(keys), number, 1)
        self.rows = rows
        area = QScrollArea(widgetResizable=True)
        area.setFrameShape(area.Shape.NoFrame)
        area.setWidget(inside)
        _finish(self, area)
        across = inside.sizeHint().width() + area.verticalScrollBar().sizeHint().width() + 2 * SIDE
        self.resize(max(520, across), 560)


def plain_words(action: QAction) -> str:
    """An action's words without the mark of its menu key."""
    return action.text().replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("…")


def picture_keys() -> list[tuple[str, str]]:
    """What the keys do that no menu holds."""
    return [
        (_("To the next handle"), "Tab"),
        (_("Move the handle; Shift: ten times as far, Ctrl: a tenth"), "← → ↑ ↓"),
        (_("Remove the point of this handle"), "Del"),
        (_("Zoom in, zoom out"), "+  −"),
        (_("Show all of the panel again"), "Home"),
        (_("In room mode: next step, back a step"), "PgDown  PgUp"),
        (_("Leave room mode"), "Esc"),
    ]


class AboutDialog(QDialog):
    """What Gradus is, and whose work it stands on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("About Gradus"))
        what = _("Calculus for machine learning, one step at a time.")
        words = label(what + "\n" + _("Version {version}").format(version=version()), wrap=True)
        text = QPlainTextEdit(licence_text(), readOnly=True)
        text.setAccessibleName(_("Licences"))
        text.setTabChangesFocus(True)
        title = label("Gradus", "title")
        _finish(self, title, words, text)
        self.resize(640, 520)


def licence_text() -> str:
    """The licence of Gradus, of its font, and of every library in it; a bundle brings them in one file."""
    with contextlib.suppress(OSError):
        return (ROOT / "resources" / "licences.txt").read_text(encoding="utf-8")
    parts = []
    for path, name in ((ROOT / "LICENSE", "Gradus"), (ROOT / "resources" / "fonts" / "OFL.txt", "Inter")):
        try:
            parts.append(f"{name}\n\n{path.read_text(encoding='utf-8').strip()}")
        except OSError:
            continue
    for name, number in library_versions().items():
        parts.append(f"{name} {number}\n{_licence_of(name)}")
    return "\n\n──────────\n\n".join(parts)


def _licence_of(name: str) -> str:
    try:
        about = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
    fields = about.json
    named = str(fields.get("license_expression") or fields.get("license") or "")
    kinds = [str(one) for one in fields.get("classifier", ())]
    classified = [kind.rpartition(":: ")[2] for kind in kinds if kind.startswith("License")]
    return named if named and len(named) < 200 else ", ".join(classified) or named[:200]


def report_text(state: SessionState, settings: Settings, log: Iterable[str]) -> str:
    """Everything that helps to find a fault, and nothing that says who or where the learner is."""
    screens = [
        f"{screen.size().width()}x{screen.size().height()} at {screen.devicePixelRatio()}"
        for screen in QGuiApplication.screens()
    ]
    lines = [
        f"Gradus {version()}",
        f"Python {platform.python_version()}, Qt {qVersion()} ({QGuiApplication.platformName()})",
        f"{platform.system()} {platform.release()} {platform.machine()}",
        f"Screens: {', '.join(screens)}",
        "",
        "Libraries",
        *(f"  {name} {number}" for name, number in library_versions().items()),
        "",
        "Settings",
        *(f"  {name} = {getattr(settings, name)!r}" for name in REPORTED),
        "",
        "State",
        *_state_lines(state),
        "",
        "Log",
        *(f"  {without_folders(line)}" for line in log),
    ]
    return without_paths("\n".join(lines)) + "\n"


def without_folders(line: str) -> str:
    """A line of the log with only the last part of every path that is not the program's own.

    >>> without_folders("not kept in /media/anna/usb/profile: full"), without_folders(r"in 'C:\\An na\\x.md'")
    ('not kept in …/profile: full', "in '…/x.md'")
    """
    line = without_paths(line)
    line = re.sub(r"""(?<=['"])(?:[A-Za-z]:)?[\\/][^'"]*[\\/]""", "…/", line)
    return re.sub(r"""(?<![^\s(=:])(?:[A-Za-z]:)?[\\/](?:[^\\/\s:'"]+[\\/])+""", "…/", line)


def without_paths(text: str) -> str:
    """The text with the learner's own folders left out."""
    for place, sign in ((str(ROOT), "<gradus>"), (sys.prefix, "<python>"), (str(Path.home()), "<home>")):
        if len(place) > 1:
            text = re.sub(rf"{re.escape(place)}(?![\w.-])", sign, text)  # /home/an is not /home/anna
    return text


def _state_lines(state: SessionState) -> list[str]:
    lines = []
    if state.lesson is not None:
        lines.append(f"  lesson {state.lesson.id}, step {state.step + 1} of {len(state.lesson.steps)}")
    if state.scene is not None:
        values = msgspec.json.encode(scene_values(state.scene)).decode()
        lines.append(f"  scene {state.scene.name} {values}")
    return lines


def _finish(dialog: QDialog, *widgets: QWidget) -> None:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(SIDE, SIDE, SIDE, 16)
    layout.setSpacing(16)
    for widget in (*widgets, buttons):
        layout.addWidget(widget)
    dialog.setWindowFlag(Qt.WindowType.WindowContextHelpButtonHint, False)
