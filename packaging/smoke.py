"""Start the built program, not the source, and see whether it does what a learner expects of it.

    python packaging/smoke.py dist/Gradus               here
    python packaging/smoke.py dist/Gradus --root DIR    and in a bare Debian that holds no Python (as root)

Each check is a line; the exit status is 0 or 1. Standard library only: it tests a bundle on any computer.
On Linux that is: the self-test, a double click's worth on the offscreen platform and on X11 under an empty
environment, memory, silence on standard error. In the bare root, everything again without any network, from a
read-only folder with blanks and letters beyond ASCII in its name, and every socket traced. Such a root is
made by `debootstrap --variant=minbase --include=libgl1,libegl1 bookworm DIR`.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from trial import (
    FEWEST_COLOURS,
    PATIENCE,
    SETTLED,
    Check,
    FailedError,
    bare_environment,
    is_busy,
    require_clean_exit,
    run,
    said,
    settled_memory,
    started,
    tail,
    wait_for,
)

LONG_MAP = {
    "f": " + ".join(f"sin({k}x) cos({k}y)" for k in range(1, 31)),
    "steps": 250,
    "racers": "adam(lr=0.001)",
    "beside": "basins",
}
"""A picture of the scene descent-2d that takes minutes."""


def main() -> int:
    """Do what the arguments say and return the exit status."""
    reader = argparse.ArgumentParser(description="Start the built program and see whether it works.")
    reader.add_argument("bundle", type=Path, help="the folder that packaging/build.py made")
    reader.add_argument("--root", type=Path, help="a bare Debian to try it in, made by debootstrap")
    wish = reader.parse_args()
    program = find_program(wish.bundle.resolve())
    checks = list(checks_here(program))
    if wish.root:
        sys.path.insert(0, str(Path(__file__).resolve().parent / "linux"))
        import bare_root

        checks += bare_root.checks(program.parent, wish.root.resolve())
    failures = sum(not said(name, check) for name, check in checks)
    print(f"{failures} of {len(checks)} failed" if failures else f"all {len(checks)} well")
    return 1 if failures else 0


def find_program(bundle: Path) -> Path:
    """The program in the bundle: the one that speaks in a terminal where there are two."""
    for name in ("gradus-console.exe", "gradus.exe", "gradus", "Contents/MacOS/gradus"):
        if (bundle / name).is_file():
            return bundle / name
    raise SystemExit(f"There is no program in {bundle}. Build it: python -m uv run packaging/build.py")


def checks_here(program: Path) -> Iterator[Check]:
    """What is tried on this computer as it is."""
    yield "version", lambda: version(program)
    yield "self-test", lambda: self_test(program)
    yield "its name", lambda: its_name(program)
    yield "a number", lambda: a_number(program)
    yield "page for support", lambda: page_for_support(program)
    if sys.platform != "win32":
        yield "a mistake", lambda: a_mistake(program)
        yield "double click, offscreen", lambda: double_click_unseen(program)
        yield "profile of its own", lambda: profile_of_its_own(program)
        yield "double click on a pack", lambda: double_click_on_a_pack(program)
        yield "no place for a profile", lambda: no_place_for_a_profile(program)
    if sys.platform == "linux":
        yield "closed while it computes", lambda: closed_while_it_computes(program)
        yield "administrator's file", lambda: administrators_file(program)
        yield "full disk", lambda: full_disk(program)
        yield "double click, X11", lambda: double_click_seen(program)
        yield "small screen", lambda: double_click_seen(program, (1024, 600))
        yield "large screen", lambda: double_click_seen(program, (3840, 2160), QT_SCALE_FACTOR="2")
        yield "no display", lambda: no_display(program)


def version(program: Path) -> str:
    """It says its version."""
    return run(program, "--version").stdout.strip()


def self_test(program: Path) -> str:
    """Every part works, by its own account."""
    lines = run(program, "--self-test").stdout.strip().splitlines()
    return f"{len(lines) - 1} parts, {lines[-1]}"


def its_name(program: Path) -> str:
    """What it says of its use can be typed where there is no main.py."""
    words = run(program, "--help").stdout + run(program, "compute", status=2).stderr
    if "main.py" in words or "gradus scenes" not in words:
        raise FailedError(f"it calls itself something else: {tail(words)}")
    return "gradus"


def a_number(program: Path) -> str:
    """The command line computes: the slope of x² between 1 and 1.5 is 2.5, where people write 2,5 too."""
    for language in ("C.UTF-8", "de_DE.UTF-8"):
        with bare_environment(LC_ALL=language) as environment:
            command = ("compute", "secant", "f=x^2", "x0=1", "h=0.5")
            words = run(program, *command, environment=environment).stdout
        if "2.5" not in words:
            raise FailedError(f"the slope of a secant is not 2.5 in {language}: {tail(words)}")
    return "a secant's slope is computed"


def page_for_support(program: Path) -> str:
    """The page holds what the checks said; where it cannot be written, that is one line."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "Bericht ü.txt"
        said = run(program, "--self-test", "--report", str(path)).stdout.splitlines()
        page = path.read_text(encoding="utf-8")
        missing = [line for line in said if line not in page]
        if missing:
            raise FailedError(f"the page lacks: {missing[0]}")
        answer = run(program, "--self-test", "--report", str(Path(folder) / "none" / "a.txt"), status=2)
    require_one_line(answer.stderr)
    return f"{len(page.splitlines())} lines"


def require_one_line(words: str) -> None:
    """A mistake is said in one line, and is no traceback."""
    if len(words.splitlines()) != 1 or "Traceback" in words:
        raise FailedError(tail(words))


def a_mistake(program: Path) -> str:
    """A broken pack on the command line of `check` is one line, no traceback."""
    with tempfile.TemporaryDirectory() as folder:
        pack = Path(folder) / "broken.gradus"
        pack.write_bytes(b"PK\x03\x04 this is no zip")
        answer = run(program, "check", str(pack), status=1)
    words = answer.stdout + answer.stderr
    if "Traceback" in words or not words.strip():
        raise FailedError(tail(words))
    return tail(words, 120)


def no_display(program: Path) -> str:
    """Without a display it says so in one line and exits with 2."""
    with bare_environment() as environment:
        answer = run(program, status=2, environment=environment)
    require_one_line(answer.stderr)
    return answer.stderr.strip()


def full_disk(program: Path) -> str:
    """What cannot be written is said in one line."""
    with bare_environment() as environment, open("/dev/full", "w", encoding="utf-8") as disk:
        answer = subprocess.run(
            [str(program), "compute", "secant", "--json"],
            stdout=disk, stderr=subprocess.PIPE, text=True, encoding="utf-8", env=environment, check=False,
            stdin=subprocess.DEVNULL, timeout=PATIENCE,
        )  # fmt: skip
    if answer.returncode != 2:
        raise FailedError(f"exit status {answer.returncode}, not 2: {tail(answer.stderr)}")
    require_one_line(answer.stderr)
    return answer.stderr.strip()


def no_place_for_a_profile(program: Path) -> str:
    """Where nothing can be kept the lesson goes on, and nothing is left behind."""
    with bare_environment(QT_QPA_PLATFORM="offscreen") as environment:
        home = Path(environment["HOME"])
        (home / "no folder").touch()
        command = [str(program), "--profile", str(home / "no folder" / "profile")]
        with started(command, {**environment, "TMPDIR": str(home)}) as one:
            time.sleep(SETTLED)
            kept = [path.name for path in home.iterdir() if path.is_dir()]
            one.send_signal(signal.SIGTERM)
            require_clean_exit(one)
        left = [path.name for path in home.iterdir() if path.is_dir()]
    if not kept or left:
        raise FailedError(
            f"kept meanwhile: {', '.join(kept) or 'nothing'}; left: {', '.join(left) or 'nothing'}"
        )
    return "a profile for the time being, removed at the end"


def administrators_file(program: Path) -> str:
    """It is read: its mistake is logged with its line, and the line after the mistake holds."""
    with bare_environment(QT_QPA_PLATFORM="offscreen") as environment:
        home = Path(environment["HOME"])
        (home / "xdg" / "Gradus").mkdir(parents=True)
        words = 'hide_anwers = true\nlanguage = "en"\npacks = ["$HOME/packs"]\n'
        (home / "xdg" / "Gradus" / "administrator.toml").write_text(words, encoding="utf-8")
        command = [str(program), "--profile", str(home / "profile")]
        logged = home / "profile" / "gradus.log"

        def says_it() -> bool:
            words = logged.read_text(encoding="utf-8") if logged.exists() else ""
            return "administrator.toml:1:" in words and str(home / "packs") in words

        with started(command, {**environment, "XDG_CONFIG_DIRS": str(home / "xdg")}) as one:
            wait_for(says_it, one, "the log does not say what is wrong")
            one.send_signal(signal.SIGTERM)
            require_clean_exit(one)
        settings = (home / "profile" / "settings.json").read_text(encoding="utf-8")
    if '"language"' not in settings:
        raise FailedError("its language does not hold")
    return "read, its mistakes are logged"


def double_click_unseen(program: Path) -> str:
    """A window on no screen: it opens, settles, and goes away in peace when the session ends."""
    with (
        bare_environment(QT_QPA_PLATFORM="offscreen") as environment,
        started([str(program)], environment) as one,
    ):
        time.sleep(SETTLED)
        memory = settled_memory(one)
        one.send_signal(signal.SIGTERM)
        require_clean_exit(one)
    return f"opened and closed, {memory}"


def closed_while_it_computes(program: Path) -> str:
    """A map that takes minutes holds nobody up: its threads end with the window."""
    place = json.dumps({"scene": "descent-2d", "values": LONG_MAP})
    kept = {"format": 1, "values": {"last_place": {"value": place, "time": 0.0}}}
    with bare_environment(QT_QPA_PLATFORM="offscreen") as environment:
        profile = Path(environment["HOME"]) / "profile"
        profile.mkdir()
        (profile / "settings.json").write_text(json.dumps(kept), encoding="utf-8")
        with started([str(program), "--profile", str(profile)], environment) as one:
            time.sleep(SETTLED)
            busy = is_busy(one)
            one.send_signal(signal.SIGTERM)
            began = time.monotonic()
            require_clean_exit(one)
            seconds = time.monotonic() - began
    if not busy:
        raise FailedError("it did not compute")
    return f"ended after {seconds:.1f} s"


def profile_of_its_own(program: Path) -> str:
    """With `--profile` all that is written lies there, and nothing at home; two at once bear each other."""
    with bare_environment(QT_QPA_PLATFORM="offscreen") as environment:
        profile = Path(environment["HOME"]) / "Schülerin A"
        command = [str(program), "--profile", str(profile)]
        with started(command, environment) as first, started(command, environment) as second:
            time.sleep(SETTLED)
            for one in (first, second):
                one.send_signal(signal.SIGTERM)
                require_clean_exit(one)
        elsewhere = [path.name for path in Path(environment["HOME"]).iterdir() if path != profile]
        written = sum(path.is_file() for path in profile.rglob("*"))
    if elsewhere or not written:
        raise FailedError(f"{written} files in the profile, and at home {', '.join(elsewhere) or 'none'}")
    return f"{written} files, all in it; two programs at once"


def double_click_on_a_pack(program: Path) -> str:
    """A teacher's pack opens, and so does the window when the pack is broken."""
    lessons = next(program.parent.glob("**/resources/lessons"))
    with bare_environment(QT_QPA_PLATFORM="offscreen") as environment:
        folder = Path(environment["HOME"])
        good, broken = folder / "Klasse 11 ü.gradus", folder / "broken.gradus"
        with zipfile.ZipFile(good, "w") as archive:
            for path in sorted(lessons.rglob("*")):
                archive.write(path, path.relative_to(lessons))
        broken.write_bytes(b"PK\x03\x04 this is no zip")
        for pack in (good, broken):
            with started([str(program), str(pack)], environment) as one:
                time.sleep(SETTLED)
                one.send_signal(signal.SIGTERM)
                require_clean_exit(one)
        kept = [path for path in folder.rglob("*.json") if good.name in path.read_text(encoding="utf-8")]
    if not kept:
        raise FailedError("the pack is not among what was opened")
    return "a pack opens; a broken one is no crash"


def double_click_seen(program: Path, size: tuple[int, int] = (1366, 768), **more: str) -> str:
    """A window on X11: the first picture stands on the screen, and the cross closes it."""
    sys.path.insert(0, str(Path(__file__).resolve().parent / "linux"))
    from display import Display

    with Display(size) as display, bare_environment(DISPLAY=display.name, **more) as environment:
        began = time.monotonic()
        with started([str(program)], environment) as one:
            wait_for(lambda: len(display.colours()) >= FEWEST_COLOURS, one, "no picture on the screen")
            seconds = time.monotonic() - began
            time.sleep(SETTLED)
            memory = settled_memory(one)
            if not display.close_windows():
                raise FailedError("there is no window to close")
            require_clean_exit(one)
    return f"a picture after {seconds:.1f} s, closed by its cross, {memory}"


if __name__ == "__main__":
    sys.exit(main())
