"""`main.py --self-test`: does every part of the program work on this computer? A line for each, 0 or 1.

For whoever installs it, and for the checks of a bundle. It needs no display, touches no profile, and leaves
no file, process or thread behind. With `--report FILE` it writes what it said, and what the computer is, to a
page for support (gui/support.py).
"""

from __future__ import annotations

import contextlib
import importlib
import math
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli import UsageError
from engine.errors import GradusError, LessonError
from engine.text import Text, verbatim
from engine.words import _, shown
from gui.render import SHIPPED, load_qt

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from engine.symbolic_process import SymbolicProcess
    from gui.mathtext import Typesetter
    from gui.window import Window

LIBRARIES = (
    "PySide6.QtWidgets", "PySide6.QtSvg", "contourpy", "markdown_it", "mdit_py_plugins",
    "msgspec", "numpy", "PIL", "platformdirs", "quickjs", "quickjax", "scipy.special",
)  # fmt: skip
"""What must import here. SymPy works in a process of its own: see `_symbolic`."""

LETTERS = "x₀ ∇ ∂ π θ → ≤ − × ′ ∞ ✓ é ß ñ"
"""Written somewhere in the window in the font of text; ✓ and others may come from another font."""

SCREENS = "--screens"
"""What the process is asked that looks at the display for a report."""

FORMULA = r"\lim_{h \to 0} \frac{f(x_0+h)-f(x_0)}{h}"


class FailedError(Exception):
    """A part does not do what it should."""


@dataclass
class Workshop:
    """What the checks share."""

    folder: Path
    application: QApplication
    typesetter: Typesetter
    symbolic: SymbolicProcess
    closing: contextlib.ExitStack
    """What is done when all have been tried."""

    window: Window | None = None
    """Opened by the first check that needs it."""


def self_test(operands: Sequence[str]) -> int:
    """Try every part and say how it went; 0 if all of them work, else 1."""
    if list(operands) == [SCREENS]:
        from gui.support import print_screens

        print_screens()
        return 0
    report = _report_path(operands)
    if report is None:
        return _try_all(lambda line: print(line, flush=True))
    from gui.saving import write
    from gui.support import display_lines, page

    display = display_lines()  # while the environment is still as it was
    write(report, page(display, [_("They did not come to an end.")]).encode())
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        print(line, flush=True)

    try:
        return _try_all(say)
    except GradusError as error:
        said.append(shown(error.in_full()))
        raise
    finally:
        write(report, page(display, said).encode())


def _report_path(operands: Sequence[str]) -> Path | None:
    """What stands after `--report`; None if nothing is asked for."""
    if not operands:
        return None
    option, equals, value = operands[0].partition("=")
    if option != "--report":
        what = Text("{word} is one word too many.", {"word": verbatim(operands[0][:60])})
        raise UsageError(what, Text("After --self-test only --report FILE may stand."))
    values = [*([value] if equals else []), *operands[1:]]
    if len(values) != 1 or not values[0]:
        raise UsageError(Text("--report needs the name of one file."))
    return Path(values[0])


def _try_all(say: Callable[[str], object]) -> int:
    load_qt()
    failures = 0
    with _workshop() as shop:
        for name, check in _checks(shop):
            began = time.perf_counter()
            said, works = _tried(check)
            failures += not works
            milliseconds = round(1000 * (time.perf_counter() - began))
            say(f"{'ok    ' if works else 'FAILED'}  {name}: {said}  ({milliseconds} ms)")
    say(f"{failures} failed" if failures else "all well")
    return 1 if failures else 0


@contextlib.contextmanager
def _workshop() -> Iterator[Workshop]:
    from engine.symbolic_process import SymbolicProcess
    from gui.app import make_application
    from gui.mathtext import Typesetter

    application = make_application()
    typesetter, symbolic = Typesetter(), SymbolicProcess()
    typesetter.warm_up()  # both wake while the first checks run
    symbolic.warm_up()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="gradus-self-test-") as folder,
            contextlib.ExitStack() as closing,
        ):
            yield Workshop(Path(folder), application, typesetter, symbolic, closing)
    finally:
        symbolic.close()
        typesetter.close()


def _checks(shop: Workshop) -> list[tuple[str, Callable[[], str]]]:
    from engine.scene import scene_names
    from gui import self_test_window as window

    checks: list[tuple[str, Callable[[], str]]] = [
        ("libraries", _libraries),
        ("font", _font),
        ("formula", lambda: _formula(shop)),
        ("symbolic mathematics", lambda: _symbolic(shop)),
    ]
    checks += [(f"scene {name}", lambda name=name: _scene(shop, name)) for name in scene_names()]  # type: ignore[misc]
    return [
        *checks,
        ("lessons", _lessons),
        ("profile", lambda: _profile(shop)),
        ("pictures saved", lambda: _pictures(shop)),
        ("window", lambda: window.opens(shop)),
        ("a map, in stages", lambda: window.map_in_stages(shop)),
        ("remarks", lambda: window.remarks(shop)),
        ("points of a CSV", lambda: window.points_of_csv(shop)),
    ]


def _tried(check: Callable[[], str]) -> tuple[str, bool]:
    try:
        return check(), True
    except (FailedError, GradusError) as error:
        return " ".join(str(error).split()), False
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is what was asked for
        return f"{type(error).__name__}: {' '.join(str(error).split())}", False


def _libraries() -> str:
    for name in LIBRARIES:
        importlib.import_module(name)
    import numpy
    import PySide6

    return f"{len(LIBRARIES)} import, Qt {PySide6.__version__}, NumPy {numpy.__version__}"


def _font() -> str:
    from PySide6.QtGui import QFontMetricsF

    from gui.fonts import text_font

    font = text_font()
    if not font.family().startswith("Inter"):
        raise FailedError(f"the text is set in {font.family()}, not in the bundle's own font")
    digits = {QFontMetricsF(font).horizontalAdvance(digit) for digit in "0123456789"}
    if len(digits) != 1:
        raise FailedError("figures are not all of one width")
    if QFontMetricsF(font).horizontalAdvance(LETTERS) <= 0:
        raise FailedError("letters have no width")
    return font.family()


def _formula(shop: Workshop) -> str:
    formula = shop.typesetter.typeset_now(FORMULA)
    if formula.error:
        raise FailedError(str(formula.error))
    size = formula.size(20.0)
    if not (50 < size.width() < 400 and 15 < size.height() < 100):
        raise FailedError(f"a limit is {size.width():.0f} × {size.height():.0f} pixels large")
    return "a limit of a quotient is typeset"


def _symbolic(shop: Workshop) -> str:
    from engine.expression import parse

    answer = shop.symbolic.equivalent(parse("sin(2x)"), parse("2 sin x cos x"), timeout=20.0)
    if answer.value is not True:
        raise FailedError(str(answer.reason or "sin 2x is not known to be 2 sin x cos x"))
    return "sin 2x = 2 sin x cos x, in a process of its own"


def _scene(shop: Workshop, name: str) -> str:
    """Paint a scene, with each of the things that may stand beside it."""
    from PySide6.QtCore import QSize

    from engine.figure import NO_VIEWS
    from engine.scene import changed, make_scene, parameters
    from gui.sheet import Sheet
    from gui.theme import theme_named

    scene = make_scene(name)
    figure = scene.figure()
    values = [value for value in figure.values().values() if isinstance(value, (int, float))]
    if not values or not any(math.isfinite(value) for value in values):
        raise FailedError("no readout is a number")
    beside = parameters(type(scene)).get("beside")
    others = [choice for choice in beside.choices if choice != beside.default] if beside else []
    with Sheet(theme_named("dark"), QSize(640, 480), shop.typesetter) as sheet:
        for each in (figure, *(changed(scene, {"beside": choice}).figure() for choice in others)):
            sheet.show(each, NO_VIEWS)
            require_picture(sheet.image())
    painted = f" And beside it: {', '.join(others)}." if others else ""
    return f"{figure.spoken}{painted}"


def require_picture(image: object) -> None:
    """Refuse an image of one colour: nothing was painted."""
    import numpy as np
    from PySide6.QtGui import QImage

    assert isinstance(image, QImage)
    pixels = np.frombuffer(image.constBits(), dtype=np.uint32)
    if image.isNull() or len(np.unique(pixels)) < 8:
        raise FailedError("the picture is empty")


def _lessons() -> str:
    from engine.actions import GoTo, OpenLesson, Seek
    from engine.lessons.library import load_pack, open_lesson
    from engine.session import SessionState, reduce

    pack = load_pack(SHIPPED)
    if pack.problems:
        raise LessonError(pack.problems[0].what, pack.problems)
    steps = 0
    for summary in pack.lessons():
        lesson = open_lesson(summary)
        state = reduce(SessionState(), OpenLesson(lesson))
        for number in range(len(lesson.steps)):
            state = reduce(reduce(state, GoTo(number)), Seek(1.0))
            if state.step != number or state.scene is None or not str(state.scene.figure().spoken):
                raise FailedError(f"step {number + 1} of {lesson.id} shows nothing")
        steps += len(lesson.steps)
    return f"{len(pack.lessons())} opened, {steps} steps gone through"


def _profile(shop: Workshop) -> str:
    from engine.storage import Profile

    folder = shop.folder / "profile"
    first = Profile(folder)
    first.answer("self-test", "question", "2x", "right")
    first.change(theme="dark")
    if not first.close():
        raise FailedError(str(first.problem or "nothing was saved"))
    second = Profile(folder)
    if not second.lesson("self-test").right("question") or second.settings.theme != "dark":
        raise FailedError("what was saved is not what is read")
    second.close()
    return "written and read"


def _pictures(shop: Workshop) -> str:
    from PIL import Image
    from PySide6.QtCore import QSize
    from PySide6.QtSvg import QSvgRenderer

    from engine.figure import NO_VIEWS
    from engine.scene import make_scene
    from gui.export import save_picture
    from gui.motion import save_motion
    from gui.theme import theme_named

    scene, theme, size = make_scene("secant"), theme_named("light"), QSize(320, 240)
    figure, playback = scene.figure(), scene.playback()
    assert playback is not None
    short = type(playback)(playback.parameter, playback.start, playback.stop, 0.2, playback.scale)
    paths = {kind: shop.folder / f"picture.{kind}" for kind in ("png", "svg", "pdf", "gif")}
    for kind in ("png", "svg", "pdf"):
        save_picture(figure, theme, paths[kind], NO_VIEWS, size, shop.typesetter)
    save_motion(scene, short, theme, paths["gif"], NO_VIEWS, size, shop.typesetter)
    with Image.open(paths["png"]) as png, Image.open(paths["gif"]) as gif:
        if png.size != (640, 480) or getattr(gif, "n_frames", 1) < 3:
            raise FailedError("a picture is not what was asked for")
    if not QSvgRenderer(str(paths["svg"])).isValid() or not paths["pdf"].read_bytes().startswith(b"%PDF"):
        raise FailedError("a picture cannot be opened again")
    return "png, svg, pdf, gif"
