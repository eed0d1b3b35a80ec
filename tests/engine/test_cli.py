"""The command line: true numbers as strict JSON, and one calm line for every mistake."""

import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine import cli
from engine.cli import Drawn, run
from engine.figure import Column, Figure, Readout, Table
from engine.scene import make_scene, scene_names
from engine.text import Text

ROOT = Path(__file__).resolve().parents[2]
LESSONS = ROOT / "resources" / "lessons"
BAD_INPUT_SECONDS = 1.0


class Called:
    """Stands for what `gui` does: notes what it was asked for."""

    def __init__(self):
        self.calls = []

    def window(self, target, profile):
        self.calls.append(("window", target, profile))
        return 0

    def render(self, operands):
        self.calls.append(("render", list(operands)))
        return 7

    def self_test(self, operands):
        self.calls.append(("self_test", list(operands)))
        return 1


@pytest.fixture
def called():
    return Called()


@pytest.fixture
def command(called, capsys):
    """Run a command in this process: exit status, standard output, standard error."""

    def command(*arguments):
        status = run(arguments, Drawn(called.window, called.render, called.self_test))
        out, err = capsys.readouterr()
        return status, out, err

    return command


@pytest.fixture
def computed(command):
    """`compute … --json` as the object it prints; NaN and Infinity are refused."""

    def computed(*arguments):
        status, out, err = command("compute", *arguments, "--json")
        assert (status, err) == (0, "")
        return json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))

    return computed


def program(*arguments, text="", **changes):
    """Run main.py as a shell does."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("QT_")}
    environment.pop("DISPLAY", None)
    environment.pop("WAYLAND_DISPLAY", None)
    return subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *arguments],
        input=text,
        capture_output=True,
        encoding="utf-8",
        env={**environment, **changes},
        timeout=60,
    )


# figures that must come out ------------------------------------------------------------------------------

# for 3x² − 4x at 1: ((3(1+h)² − 4(1+h)) − (3 − 4)) / h = 2 + 3h, and f′(1) = 6 − 4
SECANTS = [("0.1", 2.3), ("0.01", 2.03), ("0.001", 2.003), ("1e-4", 2.0003), ("1e-5", 2.00003)]


@pytest.mark.parametrize(("h", "slope"), SECANTS)
def test_secant_slopes(computed, h, slope):
    readouts = computed("secant", "f=3x^2-4x", "x0=1", f"h={h}")["readouts"]
    assert readouts["secant_slope"] == pytest.approx(slope, rel=5e-9)
    assert readouts["tangent_slope"] == 2


@pytest.mark.parametrize("scheme", ["forward", "backward", "central"])
def test_secant_schemes(computed, scheme):
    # 2 + 3h forward, 2 − 3h backward, 2 exactly in the middle
    expected = {"forward": 2.3, "backward": 1.7, "central": 2.0}[scheme]
    readouts = computed("secant", "f=3x^2-4x", "x0=1", "h=0.1", f"scheme={scheme}")["readouts"]
    assert readouts["secant_slope"] == pytest.approx(expected, rel=1e-12)
    assert readouts["error"] == pytest.approx(abs(expected - 2), abs=1e-12)


def test_field_gradient(computed):
    readouts = computed("field", "f=x^2+y^2", "x=1.5", "y=1")["readouts"]
    assert readouts["gradient"] == [3, 2]
    assert readouts["magnitude"] == pytest.approx(math.sqrt(13), rel=1e-15)
    assert round(readouts["magnitude"], 6) == 3.605551
    assert round(readouts["direction"], 6) == 33.690068


# the shape of the JSON -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", scene_names())
def test_every_scene_prints_one_object_of_the_stated_shape(computed, name):
    document = computed(name)
    assert list(document) == ["scene", "parameters", "readouts", "reasons", "tables", "spoken"]
    assert document["scene"] == name
    assert document["spoken"]
    for table in document["tables"].values():
        assert list(table) == ["columns", "rows"]
        assert all(len(row) == len(table["columns"]) for row in table["rows"])
    # what is printed can be given back
    values = {key: value for key, value in document["parameters"].items() if value is not None}
    assert make_scene(name, values) == make_scene(name)


@pytest.mark.parametrize(
    "arguments",
    [
        ("secant", "f=1/x", "x0=0"),
        ("secant", "f=sqrt(-1-x^2)"),
        ("secant", "f=abs(x)", "x0=0"),
        ("secant", "f=1e300x^9", "x0=9e9"),
        ("field", "f=1/x", "x=0"),
        ("field", "f=abs(x)+y", "x=0"),
        ("field", "f=3"),
        ("descent-2d", "f=1/x", "x=0"),
        ("descent-2d", "f=x^4+y^4", "racers=gd(lr=1e6)"),
        ("descent-2d", "racers="),
    ],
    ids=" ".join,
)
def test_what_has_no_value_says_why(computed, arguments):
    document = computed(*arguments)
    missing = {name for name, value in document["readouts"].items() if value is None}
    assert missing
    assert set(document["reasons"]) == missing
    assert all(document["reasons"].values())


def test_no_secant_leads_to_a_pole(computed):
    rows = computed("secant", "f=1/x", "x0=0")["tables"]["approach"]["rows"]
    assert {(slope, error) for _, slope, error in rows} == {(None, None)}


def test_infinities_are_words_and_nan_is_null(command, monkeypatch):
    numbers = Column("number", [math.inf, -math.inf, math.nan, 1])
    table = Table("t", (numbers, Column("word", ["a", "b", "c", "d"])))
    figure = Figure(
        panels=(),
        readouts=(
            Readout(name="far", value=math.inf),
            Readout(name="pair", value=[-math.inf, math.nan]),
            Readout(name="yes", value=True),
            Readout(name="code", value="running"),
            Readout(name="none", value=None, reason=Text("there is {n}", {"n": 0})),
        ),
        spoken=Text("“∞” is said"),
        tables=(table,),
    )
    scene = make_scene("secant")
    monkeypatch.setattr(type(scene), "figure", lambda self, views=None: figure)
    monkeypatch.setattr("engine.scene.scene_values", lambda scene: {"limit": -math.inf})
    status, out, _ = command("compute", "secant", "--json")
    document = json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert status == 0
    assert document["readouts"] == {
        "far": "inf", "pair": ["-inf", None], "yes": True, "code": "running", "none": None,
    }  # fmt: skip
    assert document["reasons"] == {"none": "there is 0"}
    assert document["parameters"] == {"limit": "-inf"}
    assert document["tables"]["t"]["rows"] == [["inf", "a"], ["-inf", "b"], [None, "c"], [1, "d"]]
    assert document["spoken"] == "“∞” is said"


def test_compute_for_a_person(command):
    status, out, err = command("compute", "secant", "f=3x^2-4x", "x0=1", "h=0.1")
    assert (status, err) == (0, "")
    assert "secant_slope       2.3\n" in out
    assert out.rstrip().endswith("they differ by 0.3.")


def test_the_middle_of_a_long_table_is_left_out(command):
    _, out, _ = command("compute", "descent-2d", "steps=300", "racers=gd(lr=0.01)")
    assert "…" in out
    assert len(out.splitlines()) < 50


def test_scenes_lists_every_parameter(command):
    status, out, _ = command("scenes", "--json")
    listed = {scene["name"]: scene for scene in json.loads(out)["scenes"]}
    assert status == 0
    assert set(listed) == set(scene_names()) >= {"secant", "field", "descent-2d"}
    secant = {parameter["name"]: parameter for parameter in listed["secant"]["parameters"]}
    assert {"f", "x0", "h", "scheme"} <= set(secant)
    assert secant["h"]["range"] == [1e-6, 2]
    assert secant["h"]["scale"] == "log"
    assert secant["h"]["not_equal"] == 0
    assert secant["scheme"]["choices"] == ["forward", "backward", "central"]
    assert {"secant_slope", "tangent_slope", "error"} <= set(listed["secant"]["readouts"])
    assert listed["secant"]["tables"]["approach"] == ["h", "slope", "error"]
    assert listed["descent-2d"]["tables"]["final"] == ["racer", "steps", "x", "y", "loss", "status"]
    assert listed["descent-2d"]["tables"]["path"] == ["racer", "step", "x", "y", "loss"]
    _, words, _ = command("scenes")
    assert all(name in words for name in scene_names())


# where a value may lie -----------------------------------------------------------------------------------


def test_a_value_from_a_file_or_from_standard_input(computed, tmp_path, monkeypatch):
    (tmp_path / "f.txt").write_text("\ufeff 3x^2 −\n4x \n", encoding="utf-8")
    assert computed("secant", f"f=@{tmp_path / 'f.txt'}", "x0=1", "h=0.1")["readouts"]["tangent_slope"] == 2
    monkeypatch.setattr(sys, "stdin", open(tmp_path / "f.txt", encoding="utf-8-sig"))  # noqa: SIM115
    assert computed("secant", "f=-", "x0=1", "h=0.1")["readouts"]["tangent_slope"] == 2


def test_a_value_may_hold_an_equals_sign(computed):
    document = computed("descent-2d", "racers=gd(lr=0.1)", "steps=3")
    assert document["parameters"]["racers"] == "gd(lr=0.1)"


# mistakes ------------------------------------------------------------------------------------------------

MISTAKES = [
    (("--nonsense",), "--nonsense"),
    (("one", "two"), "two"),
    (("--version", "x"), "x"),
    (("--profile",), "folder"),
    (("compute",), "scene"),
    (("compute", "secnt"), "secant"),
    (("compute", "nosuch"), "nosuch"),
    (("compute", "secant", "h"), "NAME=VALUE"),
    (("compute", "secant", "h=1", "h=2"), "twice"),
    (("compute", "secant", "q=2"), "q"),
    (("compute", "secant", "x=2"), "x0"),
    (("compute", "secant", "scheme=sideways"), "forward"),
    (("compute", "secant", "h=0"), "0"),
    (("compute", "secant", "h=nan"), "h"),
    (("compute", "secant", "x0=1e999"), "x0"),
    (("compute", "secant", "f="), "formula"),
    (("compute", "secant", "f=(x"), "bracket"),
    (("compute", "secant", "f=x)"), "bracket"),
    (("compute", "secant", "f=foo(x)"), "foo"),
    (("compute", "secant", "f=sinn(x)"), "sin"),
    (("compute", "secant", "f=sin(x, x)"), "sin"),
    (("compute", "secant", "f=9^9^9^9"), "power"),
    (("compute", "secant", "f=" + "(" * 10_000 + "x" + ")" * 10_000), "2000"),
    (("compute", "secant", "f=" + "x+" * 5_000_000 + "x"), "2000"),
    (("compute", "secant", "f=().__class__.__bases__"), "."),
    (("compute", "secant", "f=__import__('os').system('id')"), "__import__"),
    (("compute", "secant", "f=lambda x: x"), "lambda"),
    (("compute", "secant", "f=x.real"), "."),
    (("compute", "secant", "f='x'"), "'"),
    (("compute", "secant", "f=x[0]"), "["),
    (("compute", "secant", "f=x\0"), "f"),
    (("compute", "secant", "f=@/nowhere/at-all"), "/nowhere/at-all"),
    (("compute", "secant", f"f=@{ROOT}"), "directory"),
    (("compute", "secant", "f=@a\0b"), "cannot be read"),
    (("compute", "descent-2d", "steps=10^9"), "100000"),
    (("compute", "descent-2d", "steps=2.5"), "whole"),
    (("compute", "descent-2d", "racers=sgdd(lr=1)"), "gd"),
    (("compute", "descent-2d", "racers=gd(lr="), "lr"),
    (("compute", "descent-2d", "racers=gd(rate=1)"), "lr"),
    (("scenes", "foo"), "foo"),
    (("check",), "path"),
    (("check", "/nowhere/at-all"), "/nowhere/at-all"),
]


@pytest.mark.parametrize(("arguments", "told"), MISTAKES, ids=lambda value: str(value)[:60])
def test_a_mistake_is_one_line_and_status_2(command, arguments, told):
    began = time.perf_counter()
    status, out, err = command(*arguments)
    assert time.perf_counter() - began < BAD_INPUT_SECONDS
    assert (status, out) == (2, "")
    assert err.startswith("gradus: ")
    assert err.endswith("\n")
    assert err.count("\n") == 1
    assert told in err
    assert len(err) < 600


WRONG_USES = [(), ("1",), ("1", "2", "3"), ("x", "@/nowhere/at-all"), ("-", "x", "y")]


@pytest.mark.parametrize("arguments", WRONG_USES, ids=" ".join)
def test_a_mistake_in_answer_is_status_64(command, arguments):
    status, out, err = command("answer", *arguments)
    assert (status, out) == (64, "")
    assert err.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="a file without end is needed")
def test_a_file_without_end_is_not_read_to_its_end(command):
    status, _, err = command("compute", "secant", "f=@/dev/zero")
    assert status == 2
    assert "1000000" in err


def test_a_binary_file_is_no_formula(command, tmp_path):
    (tmp_path / "f").write_bytes(b"\xff\xfe\x00x")
    status, _, err = command("compute", "secant", f"f=@{tmp_path / 'f'}")
    assert status == 2
    assert "UTF-8" in err


def test_a_fault_of_ours_is_one_line_too(command, monkeypatch):
    def broken(scene, views=None):
        raise ZeroDivisionError("division\nby zero")

    monkeypatch.setattr(type(make_scene("secant")), "figure", broken)
    status, out, err = command("compute", "secant")
    assert (status, out) == (70, "")
    assert err.count("\n") == 1
    assert "ZeroDivisionError: division by zero (test_cli.py:" in err


def test_an_interruption_is_quiet(command, monkeypatch):
    def interrupted(scene, views=None):
        raise KeyboardInterrupt

    monkeypatch.setattr(type(make_scene("secant")), "figure", interrupted)
    assert command("compute", "secant") == (130, "", "")


# answer --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "given", "status", "word"),
    [
        ("2x", "x + x", 0, "same"),
        ("-2x", "-x^2", 1, "different"),
        ("--x", "x", 0, "same"),
        ("-h", "-h", 0, "same"),
        ("(x+1)^2", "x^2+2x+1", 0, "same"),
        ("2x", "x +", 2, "unreadable"),
        ("2x", "", 2, "unreadable"),
        ("2x", "__import__('os')", 2, "unreadable"),
        ("2x", "(" * 10_000, 2, "unreadable"),
        ("2x", "9^9^9^9", 2, "unreadable"),
        ("sqrt(x^2)", "x", 1, "different"),
    ],
)
def test_answer(command, expected, given, status, word):
    began = time.perf_counter()
    found, out, err = command("answer", expected, given)
    assert time.perf_counter() - began < BAD_INPUT_SECONDS
    assert (found, out.strip()) == (status, word)
    assert err.count("\n") == (1 if word == "unreadable" else 0)


def test_answer_reads_pairs(command, monkeypatch, tmp_path):
    lines = "2x\tx+x\n-2x\t-x^2\r\n2x\tx+\nno tab\n\nx\t--x\n1\t1"
    (tmp_path / "pairs").write_text(lines, encoding="utf-8", newline="")
    with open(tmp_path / "pairs", encoding="utf-8", newline="") as pairs:
        monkeypatch.setattr(sys, "stdin", pairs)
        status, out, _ = command("answer", "-")
    assert status == 0
    verdicts = "same different unreadable unreadable unreadable same same"
    assert out.split() == verdicts.split()


# check ---------------------------------------------------------------------------------------------------


def test_check_of_the_course(command):
    status, out, err = command("check", str(LESSONS))
    assert (status, err) == (0, "")
    assert out.splitlines()[-1].endswith(" 0 problems")


def test_check_names_file_and_line_of_every_mistake(command, tmp_path):
    lesson = tmp_path / "01-bad.en.md"
    lesson.write_text(
        '+++\nformat = 1\nid = "bad"\ntitle = "Bad"\nminutes = 1\n+++\n\n# One\n\nText.\n\n'
        "```scene nosuch\n```\n\n```number n\nask = 'How many?'\n```\n\n```wibble\n```\n",
        encoding="utf-8",
    )
    status, out, _ = command("check", str(lesson))
    assert status == 1
    found = {int(line.removeprefix(f"{lesson}:").split(":")[0]) for line in out.splitlines()[:-1]}
    assert {12, 15, 19} <= found  # the unknown scene, the missing answer, the unknown block


# what stands before the verb, and what gui does ----------------------------------------------------------


def test_the_window_gets_target_and_profile(command, called):
    assert command()[0] == 0
    assert command("--profile", "some/where")[0] == 0
    assert command("--profile=some/where", "the-race")[0] == 0
    assert called.calls == [
        ("window", None, None),
        ("window", None, Path("some/where")),
        ("window", "the-race", Path("some/where")),
    ]


def test_render_and_self_test_get_their_operands(command, called):
    assert command("render", "secant", "-o", "a.png")[0] == 7
    assert command("--self-test")[0] == 1
    assert called.calls == [("render", ["secant", "-o", "a.png"]), ("self_test", [])]


def test_version_and_help(command):
    assert command("--version")[1] == f"Gradus {cli.VERSION}\n"
    status, out, _ = command("--help")
    assert status == 0
    for verb in ("compute", "render", "scenes", "check", "answer", "--profile", "--self-test", "--version"):
        assert f"main.py {verb}" in out
    assert max(map(len, out.splitlines())) <= 110


# as a shell sees it --------------------------------------------------------------------------------------


def test_a_traceback_never_leaves_the_program():
    done = program("compute", "secant", "f=x[0]")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1


def test_without_a_display_the_window_says_so_in_one_line():
    if not sys.platform.startswith("linux"):
        pytest.skip("other systems always have a display")
    done = program()
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "render" in done.stderr


def test_a_reader_that_has_read_enough_is_no_mistake():
    command = [sys.executable, str(ROOT / "main.py"), "compute", "descent-2d", "steps=2000", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full is needed")
def test_output_that_cannot_be_written_is_one_line():
    with open("/dev/full", "w") as full:
        command = [sys.executable, str(ROOT / "main.py"), "compute", "secant"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, encoding="utf-8", timeout=60)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "cannot be written" in done.stderr


def test_a_reader_that_was_never_there_is_no_mistake():
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, str(ROOT / "main.py"), "compute", "secant"]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, timeout=60)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


def test_letters_beyond_ascii_pass_through_a_terminal_without_them():
    done = program("compute", "secant", "f=π x", LC_ALL="C", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "x₀" in done.stdout


def test_pairs_are_judged_as_they_come():
    done = program("answer", "-", text="2x\tx+x\n\nθ\tθ\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["same", "unreadable", "same"]
