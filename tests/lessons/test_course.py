"""The course that is shipped: every file linted, every exercise unsolved at first, every code view true."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.actions import GoTo, OpenLesson, Seek
from engine.figure import Readout
from engine.lessons.blocks import BUILDERS
from engine.lessons.format import read_lesson
from engine.lessons.library import load_pack, open_lesson
from engine.lessons.lint import check, check_lesson
from engine.lessons.scoring import score
from engine.scene import Scene, changed
from engine.session import SessionState, reduce

COURSE = Path(__file__).parents[2] / "resources" / "lessons"
FILES = sorted(COURSE.rglob("*.md"))
LESSONS = {lesson.id: lesson for lesson in load_pack(COURSE).lessons()}

every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
every_lesson = pytest.mark.parametrize("name", LESSONS)


def test_there_is_a_course() -> None:
    assert FILES
    assert LESSONS


@every_file
def test_a_file_has_no_mistakes(path: Path) -> None:
    report = check([path])
    assert report.lessons == 1
    assert [str(problem) for problem in report.problems] == []


def test_the_course_as_a_whole_has_no_mistakes() -> None:
    report = check([COURSE])
    assert report.lessons == len(FILES)
    assert [str(problem) for problem in report.problems] == []


def test_the_course_is_calmly_written() -> None:
    """House style is advice to others, and a rule for us; length is left to whoever writes the lesson."""
    style = ("helps nobody", "exclamation", "Say why", "Nothing is said")
    advice = [str(problem) for problem in check([COURSE]).advice]
    assert [words for words in advice if any(part in words for part in style)] == []


@every_lesson
def test_every_exercise_starts_unsolved(name: str) -> None:
    """Walk through the lesson and play every animation to its end: nothing is solved by that."""
    lesson = open_lesson(LESSONS[name])
    state = reduce(SessionState(), OpenLesson(lesson))
    for number, step in enumerate(lesson.steps):
        state = reduce(state, GoTo(number))
        for position in (0.0, 0.25, 0.5, 0.75, 1.0):
            state = reduce(state, Seek(position))
        assert not any(state.finished(exercise.id) for exercise in step.exercises())
        assert all(score(exercise, "", {}).outcome == "open" for exercise in step.exercises())


def scenes_of(name: str) -> list[Scene]:
    """The pictures that the lesson's steps begin and end with, each once."""
    found: list[Scene] = []
    for step in open_lesson(LESSONS[name]).steps:
        scene, playback = step.setting.scene, step.setting.playback
        if scene is None:
            continue
        ends = [scene] if playback is None else [
            changed(scene, {playback.parameter: end}) for end in (playback.start, playback.stop)
        ]  # fmt: skip
        found += [end for end in ends if end not in found]
    return found


LINE = re.compile(r"(?P<name>.+?)(?P<numbers>(?: (?:-?[\d.]+(?:e[-+]?\d+)?|-?inf|nan))+)")


def printed_values(code: str) -> Iterator[tuple[str, list[float]]]:
    """Name and numbers of every line that the code view prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy's, outside the domain
        exec(code, {"__name__": "__main__"})
    for line in printed.getvalue().splitlines():
        found = LINE.fullmatch(line)
        assert found, line
        yield found["name"], [float(number) for number in found["numbers"].split()]


def numbers_of(readout: Readout) -> list[float]:
    values = readout.value if isinstance(readout.value, list) else [readout.value]
    return [float(value) for value in values if isinstance(value, (int, float))]


@every_lesson
def test_every_code_view_prints_the_numbers_on_screen(name: str) -> None:
    for scene in scenes_of(name):
        shown = {readout.name: numbers_of(readout) for readout in scene.figure().readouts}
        printed = list(printed_values(scene.code()))
        assert printed
        for number, (line, values) in enumerate(printed, start=1):
            # The k-th line of a race is a racer: its call, its place, and its loss, which is loss_k.
            expected = shown[line] if line in shown else shown[f"loss_{number}"]
            if expected:  # where there is no number on screen, NumPy prints nan or a huge one
                assert values[-len(expected) :] == pytest.approx(expected, rel=1e-9, abs=1e-9), line


def test_the_lesson_in_the_manual_has_no_mistakes() -> None:
    manual = (COURSE.parents[1] / "docs" / "lessons.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^`````markdown\n(.*?)^`````$", manual, re.DOTALL | re.MULTILINE)
    problems = check_lesson(read_lesson(example, "docs/lessons.md"))
    assert [str(problem) for problem in problems if not problem.advice] == []


def test_the_manual_names_every_block() -> None:
    manual = (COURSE.parents[1] / "docs" / "lessons.md").read_text(encoding="utf-8")
    assert [kind for kind in BUILDERS if f"`{kind}" not in manual] == []
