"""Gradus: `main.py` opens the window; `main.py --help` lists the commands that need none."""

import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str]) -> int:
    """Run the program with these arguments and return its exit status."""
    if getattr(sys, "frozen", False):
        from multiprocessing import freeze_support

        freeze_support()  # before anything else: a child of the bundle starts here too
    from engine.cli import Drawn, run

    return run(arguments, Drawn(window, render, self_test))


def window(target: str | None, profile: Path | None) -> int:
    """Open the window, where the learner left off or at `target`."""
    from gui.app import run

    return run(target, profile)


def render(operands: Sequence[str]) -> int:
    """Draw a scene or a step of a lesson into a file."""
    from gui.render import render as draw

    return draw(operands)


def self_test(operands: Sequence[str]) -> int:
    """Try every part of the program and say how each went."""
    from gui.self_test import self_test as run

    return run(operands)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
