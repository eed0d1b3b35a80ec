"""`main.py render` and `--self-test`: what they make, what they refuse, and that they need no display."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.errors import GradusError
from engine.figure import View
from gui.render import SHIPPED, find_shot, read_request, render

ROOT = Path(__file__).resolve().parents[2]

LESSON = """+++
format = 1
id = "mine"
title = "Mine"
minutes = 1
+++

# Words

No picture yet.

# A picture

```scene secant
f = "x^3"
x0 = 0.5
view = { x = [-1, 2], y = [-1, 3] }
```

```animate h
to = 0.01
seconds = 0.2
```

# After

The end of the motion is where this begins.
"""


@pytest.fixture
def lesson(tmp_path):
    path = tmp_path / "01-mine.en.md"
    path.write_text(LESSON, encoding="utf-8")
    return path


def program(*arguments, folder=ROOT):
    """Run main.py as a shell without a display does."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_RUNTIME_DIR")
    environment = {key: value for key, value in os.environ.items() if key not in hidden}
    return subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *arguments],
        capture_output=True,
        encoding="utf-8",
        env=environment,
        cwd=folder,
        timeout=90,
    )


# what is asked for ---------------------------------------------------------------------------------------


def test_a_request_is_read(tmp_path):
    options = ["--size=800x600", "--theme", "dark", "--scale", "1.5"]
    request = read_request(["secant", "f=x^3", "-o", str(tmp_path / "a.GIF"), *options])
    assert request.name == "secant"
    assert request.values == {"f": "x^3"}
    assert (request.kind, request.size, request.theme, request.scale) == ("gif", (800, 600), "dark", 1.5)


MISTAKES = [
    ([], "scene"),
    (["secant"], "-o"),
    (["secant", "-o"], "-o"),
    (["secant", "-o", ""], "-o"),
    (["secant", "-o", "a.png", "-o", "b.png"], "twice"),
    (["secant", "-o", "a.bmp"], ".png"),
    (["secant", "-o", "a"], ".png"),
    (["secant", "-o", "nowhere/a.png"], "folder"),
    (["secant", "-q", "-o", "a.png"], "-q"),
    (["secant", "--size", "big", "-o", "a.png"], "960x640"),
    (["secant", "--size", "5x5", "-o", "a.png"], "120"),
    (["secant", "--size", "99999x500", "-o", "a.png"], "too large"),
    (["secant", "--size", "8000x8000", "--scale", "8", "-o", "a.png"], "too large"),
    (["secant", "--theme", "pink", "-o", "a.png"], "contrast"),
    (["secant", "--scale", "nan", "-o", "a.png"], "scale"),
    (["secant", "--scale", "1e9", "-o", "a.png"], "scale"),
    (["secant", "x^2", "-o", "a.png"], "NAME=VALUE"),
    (["secant", "f=(x", "-o", "a.png"], "bracket"),
    (["secant", "q=1", "-o", "a.png"], "q"),
    (["secnt", "-o", "a.png"], "secant"),
    (["the-rac", "-o", "a.png"], "the-race"),
    (["nothing-like-it", "-o", "a.png"], "field"),
    (["the-race#99", "-o", "a.png"], "99"),
    (["the-race#0", "-o", "a.png"], "0"),
    (["the-race#2", "f=(x", "-o", "a.png"], "bracket"),
    (["field", "-o", "a.gif"], "plays nothing"),
    (["secant-to-tangent#3", "h=0.5", "-o", "a.gif"], "h"),
    (["a\0b", "-o", "a.png"], "no lesson"),
    (["x" * 5000, "-o", "a.png"], "no lesson"),
]


@pytest.mark.parametrize(("operands", "told"), MISTAKES, ids=lambda value: " ".join(value)[:50])
def test_a_mistake_is_said_in_under_a_second_and_leaves_nothing(
    operands, told, tmp_path, monkeypatch, qapp, typesetter
):
    monkeypatch.chdir(tmp_path)
    began = time.perf_counter()
    with pytest.raises(GradusError) as caught:
        render(operands)
    assert time.perf_counter() - began < 2.0
    assert told in str(caught.value)
    assert len(" ".join(str(caught.value).split())) < 400
    assert list(tmp_path.iterdir()) == []


def test_a_scene_with_values():
    shot = find_shot("secant", {"f": "x^3", "h": "-0.5"})
    assert (shot.scene.f, shot.scene.h) == ("x^3", -0.5)
    assert shot.playback == shot.scene.playback()


def test_every_step_of_the_course_that_has_a_picture_can_be_found():
    for name, steps in (("secant-to-tangent", 8), ("the-race", 9)):
        for number in range(1, steps + 1):
            assert find_shot(f"{name}#{number}", {}).scene.figure().panels
    assert find_shot("the-race", {}).scene == find_shot("the-race#1", {}).scene


def test_a_step_of_a_file(lesson):
    shot = find_shot(f"{lesson}#2", {"x0": "0.25"})
    assert (shot.scene.f, shot.scene.x0, shot.scene.h) == ("x^3", 0.25, 1.0)
    assert shot.views == {"plane": View(-1, 2, -1, 3)}
    assert (shot.playback.parameter, shot.playback.stop) == ("h", 0.01)
    assert find_shot(f"{lesson}#3", {}).scene.h == 0.01
    with pytest.raises(GradusError, match="no picture"):
        find_shot(str(lesson), {})


def test_a_lesson_with_mistakes_names_the_first(tmp_path):
    path = tmp_path / "bad.md"
    path.write_text(LESSON.replace("scene secant", "scene nosuch"), encoding="utf-8")
    with pytest.raises(GradusError, match=r"bad\.md:14: .*nosuch"):
        find_shot(f"{path}#2", {})


def test_a_pack_of_several_lessons_needs_one_of_them():
    with pytest.raises(GradusError, match=r"\d+ lessons.*01-functions-and-change"):
        find_shot(str(SHIPPED), {})


# what is made --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "size"),
    [((), (1920, 1280)), (("--size", "400x300"), (800, 600)), (("--size=400x300", "--scale=1"), (400, 300))],
)
def test_a_picture_has_the_size_asked_for(options, size, tmp_path):
    assert render(["secant", "f=x^3", "-o", str(tmp_path / "a.png"), *options]) == 0
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == size
        assert len(np.unique(np.asarray(picture.convert("L")))) > 16


def test_a_gif_plays_the_animation_of_the_step(lesson, tmp_path):
    assert render([f"{lesson}#2", "-o", str(tmp_path / "a.gif"), "--size=300x200"]) == 0
    with Image.open(tmp_path / "a.gif") as picture:
        assert (picture.size, picture.n_frames) == ((300, 200), 6)


def test_without_a_display_or_with_one_that_is_dead(tmp_path):
    for kind, start in (("svg", b"<?xml"), ("pdf", b"%PDF")):
        done = program("render", "field", "-o", str(tmp_path / f"a.{kind}"), folder=tmp_path)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert (tmp_path / f"a.{kind}").read_bytes().startswith(start)
    dead = {**os.environ, "DISPLAY": ":987", "QT_QPA_PLATFORM": "xcb"}
    command = [sys.executable, str(ROOT / "main.py"), "render", "secant", "-o", str(tmp_path / "b.png")]
    done = subprocess.run(command, env=dead, capture_output=True, encoding="utf-8", timeout=90)
    if sys.platform.startswith("linux"):
        assert (done.returncode, done.stderr) == (0, "")
        assert (tmp_path / "b.png").exists()


def test_a_mistake_is_one_line_and_status_2(tmp_path):
    done = program("render", "secnt", "-o", str(tmp_path / "a.png"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1


# self-test -----------------------------------------------------------------------------------------------


def test_the_self_test_tries_every_part_and_leaves_nothing(tmp_path):
    (tmp_path / "tmp").mkdir()
    environment = {**os.environ, "TMPDIR": str(tmp_path / "tmp"), "HOME": str(tmp_path)}
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        environment.pop(name, None)
    command = [sys.executable, str(ROOT / "main.py"), "--self-test"]
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=110)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    *lines, last = done.stdout.splitlines()
    assert last == "all well"
    assert all(line.startswith("ok ") for line in lines)
    known = json.loads(program("scenes", "--json").stdout)["scenes"]
    said = done.stdout
    parts = ("libraries", "font", "formula", "symbolic", "lessons", "profile", "pictures", "window")
    for part in (*parts, "a map, in stages", "remarks", "points of a CSV"):
        assert f"  {part}" in said
    for scene in known:
        assert f"scene {scene['name']}:" in said
    assert list((tmp_path / "tmp").iterdir()) == []


def test_the_self_test_says_what_fails(monkeypatch, capsys, qapp):
    from gui import self_test as module

    def broken():
        raise module.FailedError("it\nis broken")

    def crashed():
        raise ZeroDivisionError("by zero")

    checks = [("a", broken), ("b", crashed), ("c", lambda: "fine")]
    monkeypatch.setattr(module, "_checks", lambda shop: checks)
    assert module.self_test([]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("FAILED  a: it is broken")
    assert said[1].startswith("FAILED  b: ZeroDivisionError: by zero")
    assert said[2].startswith("ok      c: fine")
    assert said[3] == "2 failed"
