"""A program on trial: started with an environment of its own, watched, measured, and ended.

What packaging/smoke.py and packaging/linux/bare_root.py share. Standard library only.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

MOST_MEMORY = 250_000_000
"""Bytes in memory some seconds after the window opened, child processes counted, shared pages once."""

SETTLED = 6.0
"""Seconds after which all helpers run."""

PATIENCE = 120.0
FEWEST_COLOURS = 60
"""What a window with text and a picture has at least; a bare one has a handful."""

Check = tuple[str, Callable[[], str]]
"""Its name, and what does it: it returns what it found, or raises FailedError."""


class FailedError(Exception):
    """The bundle does not do what it should."""


def said(name: str, check: Callable[[], str]) -> bool:
    """Do a check, say how it went, and return whether it went well."""
    try:
        words, well = check(), True
    except (FailedError, OSError, subprocess.SubprocessError) as error:
        words, well = str(error), False
    print(f"{'ok    ' if well else 'FAILED'}  {name}: {words}", flush=True)
    return well


@contextlib.contextmanager
def bare_environment(**more: str) -> Iterator[dict[str, str]]:
    """An environment with a home of its own, no more than the system needs, and `more`."""
    with tempfile.TemporaryDirectory(prefix="gradus-smoke-") as home:
        kept = ("SYSTEMROOT", "WINDIR", "TEMP", "TMP") if sys.platform == "win32" else ()
        environment = {name: os.environ[name] for name in kept if name in os.environ}
        yield {**environment, "HOME": home, "USERPROFILE": home, "APPDATA": home, **more}


def run(
    program: Path, *arguments: str, status: int = 0, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command of the program to its end; it must exit with `status`."""
    with bare_environment(QT_QPA_PLATFORM="offscreen") as bare:
        answer = subprocess.run(
            [str(program), *arguments], capture_output=True, text=True, encoding="utf-8", check=False,
            stdin=subprocess.DEVNULL, env=dict(environment or bare), timeout=PATIENCE,
        )  # fmt: skip
    if answer.returncode != status:
        words = tail(answer.stdout + answer.stderr)
        raise FailedError(f"exit status {answer.returncode}, not {status}: {words}")
    if status == 0 and answer.stderr:
        raise FailedError(f"on standard error: {tail(answer.stderr)}")
    return answer


def tail(words: str, most: int = 600) -> str:
    """The end of what a program said, on one line."""
    return " ⏎ ".join(words.strip().splitlines())[-most:]


@contextlib.contextmanager
def started(command: list[str], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """The program running; whatever happens, it does not outlive the check."""
    with tempfile.TemporaryDirectory() as elsewhere:
        one = subprocess.Popen(
            command, env=dict(environment), cwd=elsewhere, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip
        try:
            yield one
        finally:
            if one.poll() is None:
                one.kill()
            one.communicate()


def wait_for(happened: Callable[[], bool], one: subprocess.Popen[str], otherwise: str) -> None:
    """Wait until it has happened, as long as the program lives."""
    end = time.monotonic() + PATIENCE
    while not happened():
        if one.poll() is not None:
            out, err = one.communicate()
            raise FailedError(f"it ended with {one.returncode}: {tail(out + err)}")
        if time.monotonic() > end:
            raise FailedError(otherwise)
        time.sleep(0.01)


def require_clean_exit(one: subprocess.Popen[str]) -> None:
    """It ends with 0 and has said nothing, and leaves no child behind."""
    children = descendants(one.pid)
    out, err = one.communicate(timeout=PATIENCE)
    if one.returncode:
        raise FailedError(f"exit status {one.returncode}: {tail(out + err)}")
    if err:
        raise FailedError(f"on standard error: {tail(err)}")
    time.sleep(0.3)
    left = [child for child in children if Path(f"/proc/{child}/exe").exists()]
    if left:
        raise FailedError(f"{len(left)} child processes are left")


def settled_memory(one: subprocess.Popen[str]) -> str:
    """What it and its children hold in memory, in words; FailedError if that is too much."""
    if one.poll() is not None:
        out, err = one.communicate()
        raise FailedError(f"it ended by itself with {one.returncode}: {tail(out + err)}")
    if sys.platform != "linux":
        return "memory not measured on this system"
    processes = [one.pid, *descendants(one.pid)]
    total = sum(memory_of(process) for process in processes)
    if total > MOST_MEMORY:
        raise FailedError(f"{total / 1e6:.0f} MB in memory; {MOST_MEMORY / 1e6:.0f} are allowed")
    return f"{total / 1e6:.0f} MB in {len(processes)} processes"


def is_busy(one: subprocess.Popen[str]) -> bool:
    """Whether it uses a good part of a processor just now."""
    before = processor_time(one.pid)
    time.sleep(1.0)
    return processor_time(one.pid) - before > 0.1


def processor_time(process: int) -> float:
    """Seconds that a process has used so far."""
    words = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def descendants(process: int) -> list[int]:
    """The process numbers of all children, and theirs."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            words = entry.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            parents.setdefault(int(words[1]), []).append(int(entry.parent.name))
    found, waiting = [], [process]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


def memory_of(process: int) -> int:
    """Bytes: what is the process's own, and its share of what several have."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
