"""Contact sheets of a lesson: every step as the window shows it, for whoever changes the look.

    python tests/look.py LESSON [--steps 1,3-5] [--theme dark] [--size 1440x900] [--scale 2] [--each]

LESSON is an id of the course or a path. Light and dark, at 1024×640, at 1440×900 and, at 1024×640, with two
pixels for one, unless told otherwise. The sheets go into look/, which git ignores. A step that plays shows
its first and its last frame. Works without a display; formulas are waited for.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from gui.app import Shell

OUTPUT = ROOT / "look"
THEMES = ("light", "dark")
VARIANTS = (("1024x640", "1"), ("1440x900", "1"), ("1024x640", "2"))
COLUMNS = 2
LABEL, GAP = 34, 16
QUIET, PATIENCE = 0.3, 10.0
"""Seconds in which nothing may be under way before a picture is taken, and those waited at most."""


def main() -> int:
    """Make the sheets, those of another scale in a process of their own: Qt has one scale for its life."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("lesson")
    parser.add_argument("--steps", type=step_numbers, help="such as 1,3-5; all unless given")
    parser.add_argument("--theme", choices=("light", "dark", "contrast"), help="light and dark unless given")
    parser.add_argument("--size", help="such as 1440x900")
    parser.add_argument("--scale", help="pixels for one of the window's")
    parser.add_argument("--each", action="store_true", help="save every picture by itself too")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if options.scale or options.size:
        return look(options, options.size or "1440x900", options.scale or "1")
    for size, scale in VARIANTS:
        command = [sys.executable, __file__, *sys.argv[1:], "--size", size, "--scale", scale]
        if subprocess.run(command).returncode:
            return 1
    return 0


def step_numbers(words: str) -> set[int]:
    """The steps that `1,3-5` names, counted from 0."""
    numbers: set[int] = set()
    for part in words.split(","):
        first, _, last = part.partition("-")
        numbers |= set(range(int(first) - 1, int(last or first)))
    return numbers


def look(options: argparse.Namespace, size: str, scale: str) -> int:
    """One sheet a theme, at one size and scale."""
    os.environ["QT_SCALE_FACTOR"] = scale
    from PySide6.QtCore import qInstallMessageHandler

    from engine.storage import Profile
    from gui.app import Shell, make_application

    application = make_application()
    qInstallMessageHandler(tell)
    width, height = map(int, size.split("x"))
    OUTPUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        profile = Profile(Path(folder))
        profile.change(motion="reduced")
        shell = Shell(profile)
        try:
            window = shell.open(options.lesson)
            shell.wake_helpers()
            window.resize(width, height)
            if shell.parts.controller.state.lesson is None:
                print(f"There is no lesson {options.lesson}.", file=sys.stderr)
                return 2
            for theme in [options.theme] if options.theme else THEMES:
                shell.parts.themes.set_choice(theme)
                name = f"{shell.parts.controller.state.lesson.id}-{theme}-{size}@{scale}x"
                tiles = list(pictures(shell, options.steps))
                if options.each:
                    for label, picture in tiles:
                        picture.save(str(OUTPUT / f"{name}-{label.split(' ·')[0].replace(' ', '-')}.png"))
                contact_sheet(tiles, float(scale)).save(str(OUTPUT / f"{name}.png"))
                print(OUTPUT / f"{name}.png", flush=True)
        finally:
            shell.close()
            application.processEvents()
    return 0


def tell(kind: object, context: object, words: str) -> None:
    """Pass on what Qt complains of, but not that this platform has no window manager."""
    if "propagateSizeHints" not in words:
        print(words, file=sys.stderr)


def pictures(shell: Shell, wanted: set[int] | None) -> Iterator[tuple[str, QImage]]:
    """The window at each step, and at the end of what the step plays."""
    from engine.actions import GoTo

    controller, window = shell.parts.controller, shell.window
    lesson = controller.state.lesson
    assert lesson is not None
    assert window is not None
    for number, step in enumerate(lesson.steps):
        if wanted is not None and number not in wanted:
            continue
        controller.send(GoTo(number))
        controller.pause()
        if step.setting.playback is not None:
            controller.seek(0.0)
        settle(shell)
        yield f"{number + 1} · {step.title}", window.grab().toImage()
        if step.setting.playback is not None:
            controller.seek(1.0)
            settle(shell)
            yield f"{number + 1} end · {step.title}, played", window.grab().toImage()


def settle(shell: Shell) -> None:
    """Wait until figure, formulas and layout stand still."""
    from PySide6.QtCore import QCoreApplication, QEventLoop

    controller, typesetter = shell.parts.controller, shell.parts.typesetter
    controller.flush()
    began = quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < QUIET and time.monotonic() - began < PATIENCE:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        if typesetter._waiting or controller._worker.busy:
            quiet_since = time.monotonic()
        time.sleep(0.005)


def contact_sheet(tiles: list[tuple[str, QImage]], scale: float) -> QImage:
    """All pictures on one, each under its label."""
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QColor, QImage, QPainter

    from gui.theme import theme_named

    widest = max(picture.width() for _, picture in tiles)
    tallest = max(picture.height() for _, picture in tiles)
    label, gap = round(LABEL * scale), round(GAP * scale)
    rows = -(-len(tiles) // COLUMNS)
    sheet = QImage(
        COLUMNS * (widest + gap) + gap, rows * (tallest + label + gap) + gap, QImage.Format.Format_RGB32
    )
    sheet.fill(QColor("#808890"))
    with QPainter(sheet) as painter:
        painter.setFont(theme_named("light", scale).font(1.2))
        painter.setPen(QColor("black"))
        for number, (words, picture) in enumerate(tiles):
            picture.setDevicePixelRatio(1.0)
            left = gap + number % COLUMNS * (widest + gap)
            top = gap + number // COLUMNS * (tallest + label + gap)
            painter.drawText(QPointF(left, top + 0.7 * label), words)
            painter.drawImage(QPointF(left, top + label), picture)
    return sheet


if __name__ == "__main__":
    sys.exit(main())
