"""The page for support: all that helps, nothing that a learner typed, and written whatever happens."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.errors import GradusError
from engine.text import Text
from gui import self_test as module
from gui import support
from gui.versions import version

ROOT = Path(__file__).resolve().parents[2]

LOG = """\
2026-11-21 12:50:35,914 WARNING gui.app: /etc/xdg/Gradus/administrator.toml:5: No setting x.
2026-11-21 12:51:00,001 ERROR gui: not caught
Traceback (most recent call last):
  File "/home/anna/gradus/gui/app.py", line 12, in run
    raise ValueError(typed)
ValueError: my secret formula is x^2
and a second line of the secret
2026-11-21 12:52:00,001 ERROR gui: the answer 'secret' and "secret" and “secret” failed
engine.errors.FormulaError: secret
"""


def test_the_log_keeps_places_and_kinds_and_nothing_that_was_typed(tmp_path: Path) -> None:
    path = tmp_path / "gradus.log"
    path.write_text(LOG, encoding="utf-8")
    lines = support.log_lines(path)
    assert lines == [
        "2026-11-21 12:50:35,914 WARNING gui.app: /etc/xdg/Gradus/administrator.toml:5: No setting x.",
        "2026-11-21 12:51:00,001 ERROR gui: not caught",
        "  app.py:12 run",
        "ValueError",
        "2026-11-21 12:52:00,001 ERROR gui: the answer … and … and … failed",
        "engine.errors.FormulaError",
    ]


def test_the_end_of_a_long_log_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "gradus.log"
    line = "2026-11-21 12:50:35,914 INFO gui: number {number}\n"
    path.write_text("".join(line.format(number=number) for number in range(5000)), encoding="utf-8")
    lines = support.log_lines(path)
    assert len(lines) == support.LOG_LINES
    assert lines[-1].endswith("number 4999")


def test_no_log_and_a_log_that_is_none(tmp_path: Path) -> None:
    assert support.log_lines(tmp_path / "gradus.log") == ["There is none."]
    assert support.log_lines(tmp_path)[0].startswith("It cannot be read")


def checks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two checks instead of all, and a profile that is nobody's."""

    def broken() -> str:
        raise module.FailedError("it is broken")

    monkeypatch.setattr(module, "_checks", lambda shop: [("a", lambda: "fine"), ("b", broken)])
    monkeypatch.setattr(support, "default_folder", lambda: tmp_path / "profile")


def test_the_page_is_written_though_checks_fail(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], qapp: object
) -> None:
    checks(monkeypatch, tmp_path)
    path = tmp_path / "report.txt"
    assert module.self_test(["--report", str(path)]) == 1
    page = path.read_text(encoding="utf-8")
    for said in capsys.readouterr().out.splitlines():
        assert f"  {said}\n" in page
    assert f"Gradus {version()}" in page
    assert f"Python {sys.version.split()[0]}" in page
    assert str(tmp_path / "profile") in page
    assert "administrator.toml" in page
    assert "Platform plugin: offscreen" in page
    for library in ("numpy", "sympy", "contourpy", "quickjs"):
        assert f"  {library} " in page


def test_the_page_is_written_where_qt_cannot_be_loaded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    checks(monkeypatch, tmp_path)

    def no_qt() -> None:
        raise GradusError(Text("Qt cannot be loaded: libGL.so.1."), Text("Install the package libgl1."))

    monkeypatch.setattr(module, "load_qt", no_qt)
    monkeypatch.setattr(support, "display_lines", lambda: ["none"])
    path = tmp_path / "report.txt"
    with pytest.raises(GradusError):
        module.self_test([f"--report={path}"])
    assert "Install the package libgl1." in path.read_text(encoding="utf-8")


def program(*arguments: str, **changed: str) -> subprocess.CompletedProcess[str]:
    """main.py as a shell without a display starts it."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    command = [sys.executable, str(ROOT / "main.py"), *arguments]
    return subprocess.run(
        command, env={**environment, **changed}, capture_output=True, encoding="utf-8", timeout=100
    )


@pytest.mark.parametrize(
    "operands",
    [["--report"], ["--report="], ["--report", "a", "b"], ["--report", "/nowhere/at/all.txt"], ["a"]],
)
def test_a_report_that_cannot_be_is_one_line_and_status_2(operands: list[str]) -> None:
    done = program("--self-test", *operands)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_without_a_display_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    (line,) = (line for line in support.display_lines() if "=" not in line)
    assert "there is no display" in line


def test_the_bundle_calls_itself_gradus() -> None:
    """What is said in a bundle names the program that can be started there."""
    script = "import sys; sys.frozen = True; import main; sys.exit(main.main(sys.argv[1:]))"
    for arguments, status in ((["--help"], 0), (["compute"], 2), ([], 2)):
        hidden = {name: value for name, value in os.environ.items() if "DISPLAY" not in name}
        hidden.pop("QT_QPA_PLATFORM", None)
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments],
            cwd=ROOT, env=hidden, capture_output=True, encoding="utf-8", timeout=60,
        )  # fmt: skip
        assert done.returncode == status
        said = done.stdout + done.stderr
        assert "gradus" in said
        assert "main.py" not in said
