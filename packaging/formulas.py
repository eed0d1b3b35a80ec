"""The course's formulas, typeset when the bundle is built, so that the first window shows them at once.

    python packaging/formulas.py FILE

What the window will ask for is found by asking it: every step of every lesson is shown once, unseen, at the
first and at the last frame, and what its panes request is noted. Prose that is folded away is added.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

Request = tuple[str, bool]
"""LaTeX, and whether it is set on a line of its own."""


def typeset(archive: Path) -> int:
    """Write the archive and return how many formulas it holds. SystemExit names those that are wrong."""
    from gui.formula_store import typeset_all

    wrong: list[str] = []
    count = typeset_all(
        in_prose() | in_the_window(), archive, wrong=lambda latex, why: wrong.append(f"{latex}: {why}")
    )
    if wrong:
        raise SystemExit("These formulas of the course cannot be typeset:\n" + "\n".join(wrong))
    return count


def in_prose() -> set[Request]:
    """Every formula in words of a lesson, hints and answers too."""
    from engine.lessons.library import load_pack, open_lesson
    from engine.lessons.lint_rules import texts_of
    from gui.prose_document import formulas_of
    from gui.render import SHIPPED

    lessons = [open_lesson(summary) for summary in load_pack(SHIPPED).lessons()]
    return {one for lesson in lessons for _, words in texts_of(lesson) for one in formulas_of(words)}


def in_the_window() -> set[Request]:
    """Every formula that the window asks for on the way through the course."""
    from engine.lessons.library import load_pack
    from engine.session import GoTo, Seek
    from engine.storage import Profile
    from gui.app import Shell, make_application
    from gui.render import SHIPPED

    application = make_application()
    with tempfile.TemporaryDirectory() as folder, noted_requests() as noted:
        shell = Shell(Profile(Path(folder)))
        try:
            shell.open()
            controller = shell.parts.controller
            controller.set_reduced_motion(True)  # nothing between the first frame and the last
            for summary in load_pack(SHIPPED).lessons():
                shell.navigator.start(summary.id)
                for step in range(len(controller.state.lesson.steps)):
                    for action in (GoTo(step), Seek(1.0)):
                        controller.send(action)
                        controller.flush()
                        application.processEvents()
                        while controller.improving:  # what is computed beside the window has formulas too
                            application.processEvents()
                            time.sleep(0.002)
        finally:
            shell.close()
            application.processEvents()
    return noted


@contextmanager
def noted_requests() -> Iterator[set[Request]]:
    """Note what is asked of any Typesetter, and ask nobody."""
    from gui.mathtext import Typesetter

    noted: set[Request] = set()
    original = Typesetter.formula

    def note(self: Typesetter, latex: str, display: bool = False, keep: bool = True) -> None:
        noted.add((latex, display))

    Typesetter.formula = note  # type: ignore[assignment,method-assign]
    try:
        yield noted
    finally:
        Typesetter.formula = original  # type: ignore[method-assign]


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    print(typeset(Path(sys.argv[1])), "formulas")
