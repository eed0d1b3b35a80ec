"""`--self-test --report FILE`: the page that goes to support.

What the computer is, where things lie, what the checks said, and the end of the log; nothing that a learner
typed. No Qt: it is written where Qt cannot be loaded, too.
"""

from __future__ import annotations

import locale
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from engine import program
from engine.administrator import load
from engine.storage import default_folder
from engine.words import _, set_language, shown
from gui.versions import ROOT, library_versions, version

LOG_LINES = 60
LOG_NAME = "gradus.log"
LONGEST_LINE = 400
PATIENCE = 30
"""Seconds that the display is given to answer."""

DISPLAY_VARIABLES = (
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XDG_SESSION_TYPE",
    "XDG_CURRENT_DESKTOP",
    "QT_QPA_PLATFORM",
)
LOCALE_VARIABLES = ("LC_ALL", "LC_NUMERIC", "LC_CTYPE", "LANG", "LANGUAGE")

_HEAD = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ [\w.]+: ")
_PLACE = re.compile(r'  File "(?P<path>[^"]*)", line (?P<line>\d+)(?:, in (?P<name>[\w<>.]+))?')
_FAULT = re.compile(r"(?P<kind>[A-Za-z_][\w.]*(?:Error|Exception|Warning|Interrupt|Exit))(?:: .*)?")
_QUOTED = re.compile(r"""'[^']*'|"[^"]*"|“[^”]*”|`[^`]*`""")


def page(display: Sequence[str], checks: Iterable[str]) -> str:
    """The page: `display` is what `display_lines` said, `checks` a line for each part that was tried."""
    sections = (
        (_("Gradus, a report for support"), _program_lines()),
        (_("Display"), display),
        (_("Places"), _place_lines()),
        (_("Language"), _language_lines()),
        (_("Libraries"), [f"{name} {number}" for name, number in library_versions().items()]),
        (_("Checks"), checks),
        (_("Administrator's file"), _administrator_lines()),
        (_("End of the log, without what was typed"), log_lines(default_folder() / LOG_NAME)),
    )
    lines = []
    for title, rows in sections:
        lines += [title, *(f"  {row}" for row in rows), ""]
    return "\n".join(lines)


def display_lines() -> list[str]:
    """The platform plugin that a window would have here, and the screens, or why there is none.

    On Linux the self-test paints without a display, so the display is asked by a process of its own.
    """
    from gui.system import obstacle

    lines = [f"{name} = {os.environ[name]}" for name in DISPLAY_VARIABLES if os.environ.get(name)]
    in_the_way = obstacle()
    if in_the_way:
        return [*lines, in_the_way]
    command = [sys.executable, *([] if getattr(sys, "frozen", False) else [str(ROOT / "main.py")])]
    try:
        answer = subprocess.run(
            [*command, "--self-test", "--screens"],
            capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=PATIENCE, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        return [*lines, f"{type(error).__name__}"]
    said = (answer.stdout + answer.stderr).splitlines()
    return [*lines, *(line[:LONGEST_LINE] for line in said)]


def print_screens() -> None:
    """Say which platform plugin Qt takes, and what screens it sees."""
    from PySide6.QtGui import QGuiApplication

    application = QGuiApplication(sys.argv[:1])
    print(_("Platform plugin: {name}").format(name=application.platformName()))
    for screen in application.screens():
        size, usable = screen.geometry(), screen.availableGeometry()
        print(
            _("Screen: {width} × {height} at {scale} %, {across} × {down} usable").format(
                width=size.width(), height=size.height(), scale=round(100 * screen.devicePixelRatio()),
                across=usable.width(), down=usable.height(),
            )
        )  # fmt: skip


def log_lines(path: Path, count: int = LOG_LINES) -> list[str]:
    """The newest lines of a log, without what somebody may have typed.

    A line that Gradus wrote stands without what it quotes; of a traceback the places stand and the kind of
    the fault, not its words; any other line is left out.
    """
    try:
        with open(path, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 200 * count))
            lines = file.read().decode("utf-8", "replace").splitlines()[-count:]
    except FileNotFoundError:
        return [_("There is none.")]
    except OSError as error:
        return [_("It cannot be read: {why}.").format(why=error.strerror or str(error))]
    return [kept for line in lines if (kept := _without_typed(line))]


def _without_typed(line: str) -> str:
    if _HEAD.match(line):
        return _QUOTED.sub("…", line)[:LONGEST_LINE]
    place = _PLACE.match(line)
    if place is not None:
        name = Path(place["path"].replace("\\", "/")).name
        return f"  {name}:{place['line']} {place['name'] or ''}".rstrip()
    fault = _FAULT.fullmatch(line)
    return fault["kind"] if fault is not None else ""


def _program_lines() -> list[str]:
    frozen = _("bundle") if getattr(sys, "frozen", False) else _("source")
    return [
        f"Gradus {version()} ({frozen})",
        time.strftime("%Y-%m-%d %H:%M:%S %z"),
        f"{platform.system()} {platform.release()} {platform.machine()}, {_system_name()}",
        f"Python {platform.python_version()}, Qt {library_versions()['PySide6-Essentials']}",
        *_memory_lines(),
    ]


def _system_name() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.version()


def _memory_lines() -> list[str]:
    """What the computer has, and what this process has taken at most, where the system tells."""
    lines = []
    if hasattr(os, "sysconf"):
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        lines.append(_("Memory: {megabytes} MB").format(megabytes=round(total / 1e6)))
    if sys.platform != "win32":
        import resource

        unit = 1 if sys.platform == "darwin" else 1024
        taken = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
        lines.append(_("Taken by the checks: {megabytes} MB").format(megabytes=round(taken / 1e6)))
    return lines


def _place_lines() -> list[str]:
    profile = default_folder()
    rows = (
        (_("program"), program.folder()),
        (_("profile"), profile),
        (_("administrator's file"), program.administrator_file()),
    )
    lines = [f"{name}: {path} ({_state_of(path)})" for name, path in rows]
    if program.is_portable(program.folder()):
        lines.append(_("portable: everything is kept beside the program"))
    return lines


def _state_of(path: Path) -> str:
    if not os.path.exists(path):
        return _("not there")
    return _("may be written") if os.access(path, os.W_OK) else _("may not be written")


def _language_lines() -> list[str]:
    return [
        *(f"{name} = {os.environ[name]}" for name in LOCALE_VARIABLES if os.environ.get(name)),
        _("Gradus speaks: {language}").format(language=set_language(None)),
        _("encoding of the system: {name}").format(name=locale.getpreferredencoding(False)),
    ]


def _administrator_lines() -> list[str]:
    path = program.administrator_file()
    if not os.path.exists(path):
        return [_("There is none.")]
    found = load(path)
    settings = found.settings
    return [
        f"language = {settings.language}",
        *(f"packs: {folder}" for folder in settings.packs),
        f"hand_in = {settings.hand_in or ''}",
        f"hide_answers = {settings.hide_answers}",
        *(f"{problem.line}: {shown(problem.what)}" for problem in found.problems),
    ]
