"""`main.py render`: a scene, or a step of a lesson, drawn into a file. No display, no window, no profile.

    render SCENE|LESSON[#STEP] [NAME=VALUE …] -o FILE.png|svg|gif|pdf
           [--size WxH] [--theme light|dark|contrast] [--scale N]

LESSON is the id of a lesson of the course, or the path of a lesson or pack; STEP counts from 1. A still
picture shows the step as it begins, with the given values; a GIF plays what the step (or the scene) plays.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from engine import program
from engine.actions import OpenLesson
from engine.cli import UsageError, scene_operands
from engine.errors import GradusError, LessonError
from engine.figure import NO_VIEWS, Views
from engine.lessons.lesson import Lesson, LessonSummary
from engine.lessons.library import load_pack, open_lesson
from engine.scene import Playback, Scene, changed, make_scene, scene_names
from engine.session import SessionState, reduce
from engine.text import Text, verbatim
from gui.saving import target_kind

SHIPPED = Path(__file__).resolve().parent.parent / "resources" / "lessons"
THEMES = ("light", "dark", "contrast")
KINDS = ("png", "svg", "gif", "pdf")
SMALLEST_SCALE, LARGEST_SCALE = 0.25, 8.0

_OPTIONS = {"-o": "output", "--output": "output", "--size": "size", "--theme": "theme", "--scale": "scale"}
_SIZE = re.compile(r"(\d{1,5})[x×](\d{1,5})")
_STEP = re.compile(r"(?P<lesson>.+)#(?P<step>\d{1,6})")


class Request(NamedTuple):
    """What is asked for: which picture, of what size and colours, and where it goes."""

    name: str
    values: Mapping[str, str]
    path: Path
    kind: str
    size: tuple[int, int] | None
    theme: str
    scale: float | None


class Shot(NamedTuple):
    """What is drawn: the scene as it stands, the views of its panels, and what it plays."""

    scene: Scene
    views: Views
    playback: Playback | None


def render(operands: Sequence[str]) -> int:
    """Draw what the operands say; 0 once the file is there. Raises GradusError for every mistake."""
    request = read_request(operands)
    load_qt()
    from engine.words import set_language

    _draw(request, find_shot(request.name, request.values, set_language(None)))
    return 0


def load_qt() -> None:
    """Load Qt for painting alone. Raises GradusError where the system lacks something that it needs."""
    if sys.platform.startswith("linux"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"  # a display, if there is one, is not needed
    try:
        import PySide6.QtSvg
        import PySide6.QtWidgets  # noqa: F401
    except ImportError as error:
        from gui.system import PACKAGES

        complaint = str(error)
        package = next((package for library, package in PACKAGES.items() if library in complaint), None)
        remedy = Text("Install the package {package}.", {"package": package}) if package else None
        what = Text("Qt cannot be loaded: {complaint}.", {"complaint": verbatim(complaint)})
        raise GradusError(what, remedy) from None


def read_request(operands: Sequence[str]) -> Request:
    """The operands, understood; UsageError where they are not."""
    options: dict[str, str] = {}
    rest: list[str] = []
    waiting = list(operands)
    while waiting:
        operand = waiting.pop(0)
        if not operand.startswith("-"):
            rest.append(operand)
            continue
        option, equals, value = operand.partition("=")
        key = _OPTIONS.get(option)
        if key is None:
            raise UsageError(Text("render has no option {name}.", {"name": verbatim(option[:60])}), _USE)
        if not equals and not waiting:
            raise UsageError(Text("{option} needs a value.", {"option": option}), _USE)
        if key in options:
            raise UsageError(Text("{name} is given twice.", {"name": option}))
        options[key] = value if equals else waiting.pop(0)
    name, values = scene_operands(rest, "render")
    if not options.get("output"):
        raise UsageError(Text("Say where the picture goes: -o FILE.png, .svg, .gif or .pdf."))
    path = Path(options["output"]).expanduser()
    return Request(
        name,
        values,
        path,
        target_kind(path, KINDS),
        _size(options["size"]) if "size" in options else None,
        _theme(options.get("theme", "light")),
        _scale(options["scale"]) if "scale" in options else None,
    )


def find_shot(name: str, values: Mapping[str, str], language: str = "en") -> Shot:
    """The scene called `name`, or the step of a lesson, with these values."""
    if name in scene_names():
        scene = make_scene(name, values)
        return Shot(scene, NO_VIEWS, scene.playback())
    found = _STEP.fullmatch(name)
    lesson = _lesson(found["lesson"] if found else name, language)
    number = int(found["step"]) if found else 1
    if not 1 <= number <= len(lesson.steps):
        raise UsageError(
            Text(
                "{lesson} has {count} steps; there is no step {number}.",
                {"lesson": verbatim(lesson.id), "count": len(lesson.steps), "number": number},
            )
        )
    state = reduce(SessionState(), OpenLesson(lesson, number - 1))
    if state.scene is None:
        raise UsageError(Text("Step {number} has no picture yet.", {"number": number}))
    scene = changed(state.scene, values)
    return Shot(scene, state.views, state.setting.playback or scene.playback())


def _draw(request: Request, shot: Shot) -> None:
    from PySide6.QtCore import QSize

    from gui.app import make_application
    from gui.export import SHARP, save_picture
    from gui.mathtext import Typesetter
    from gui.motion import save_motion
    from gui.sheet import USUAL_SIZE, check_size
    from gui.theme import theme_named

    size = QSize(*request.size) if request.size else USUAL_SIZE
    check_size(size)
    theme = theme_named(request.theme)
    application = make_application()
    with closing(Typesetter()) as typesetter:
        if request.kind == "gif":
            playback = _playback(request, shot)
            scale = request.scale or 1.0
            save_motion(shot.scene, playback, theme, request.path, shot.views, size, typesetter, scale)
        else:
            figure = shot.scene.figure(shot.views)
            scale = request.scale or SHARP
            save_picture(figure, theme, request.path, shot.views, size, typesetter, scale)
    application.processEvents()


def _playback(request: Request, shot: Shot) -> Playback:
    """What a GIF plays; UsageError if there is nothing, or if what it moves was to stand still."""
    if shot.playback is None:
        what = Text("{name} plays nothing, so it makes no GIF.", {"name": verbatim(request.name[:60])})
        raise UsageError(what, Text("Choose .png, .svg or .pdf."))
    authored = shot.playback != shot.scene.playback()
    if authored and shot.playback.parameter in request.values:
        moved = {"name": shot.playback.parameter}
        raise UsageError(Text("{name} is what the GIF moves: a still picture can set it.", moved))
    return shot.playback


def _lesson(name: str, language: str) -> Lesson:
    """The lesson at the path `name`, or the one of the course that is called so."""
    try:
        path = Path(name)
        if path.exists():
            return _read(_only_lesson(path, language))
    except (OSError, ValueError):  # no system takes this for a path
        pass
    course = load_pack(SHIPPED, language)
    try:
        return _read(course.lesson(name))
    except KeyError:
        known = [*scene_names(), *(lesson.id for lesson in course.lessons())]
        listed = {"names": list(scene_names()), "lesson": course.lessons()[0].id}
        near = get_close_matches(name[:100], known, n=1)
        remedy = (
            Text("Did you mean {name}?", {"name": near[0]})
            if near
            else Text("Scenes are {names}. The course's lessons have names such as {lesson}.", listed)
        )
        what = Text("There is no scene and no lesson {name}.", {"name": verbatim(name[:60])})
        raise UsageError(what, remedy) from None


def _only_lesson(path: Path, language: str) -> LessonSummary:
    lessons = load_pack(path, language).lessons()
    if len(lessons) > 1:
        names = [Path(lesson.path).name for lesson in lessons[:6]]
        what = Text("{path} holds {count} lessons.", {"path": verbatim(str(path)), "count": len(lessons)})
        raise UsageError(what, Text("Name the file of one of them, such as {names}.", {"names": names}))
    return lessons[0]


def _read(summary: LessonSummary) -> Lesson:
    """The whole lesson; its first mistake in one line if it has any."""
    try:
        return open_lesson(summary)
    except LessonError as error:
        if not error.problems:
            raise
        first = verbatim(str(error.problems[0]))
        words = {"program": program.name(), "count": len(error.problems)}
        remedy = Text("`{program} check` lists all {count}.", words)
        raise UsageError(Text("The lesson has mistakes: {first}", {"first": first}), remedy) from None


_USE = Text("The options are -o FILE, --size WxH, --theme NAME and --scale N.")


def _size(words: str) -> tuple[int, int]:
    found = _SIZE.fullmatch(words.strip().lower())
    if found is None:
        what = Text("{words} is no size.", {"words": verbatim(words[:60])})
        raise UsageError(what, Text("Write width and height in pixels, such as --size 960x640."))
    return int(found[1]), int(found[2])


def _theme(words: str) -> str:
    if words not in THEMES:
        what = Text("There is no theme {words}.", {"words": verbatim(words[:60])})
        raise UsageError(what, Text("The themes are {names}.", {"names": list(THEMES)}))
    return words


def _scale(words: str) -> float:
    try:
        scale = float(words)
    except ValueError:
        scale = 0.0
    if not SMALLEST_SCALE <= scale <= LARGEST_SCALE:
        what = Text("{words} is no scale.", {"words": verbatim(words[:60])})
        limits = {"low": SMALLEST_SCALE, "high": LARGEST_SCALE}
        raise UsageError(what, Text("Write a number from {low} to {high}.", limits))
    return scale
