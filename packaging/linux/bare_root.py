"""The bundle in a minimal Debian that holds no Python: offscreen and on X11, without any network, traced.

The root is made once by debootstrap; nothing in it is changed. Each run has mounts of its own (`unshare`),
which end with it: the bundle, read-only, in a folder with blanks and letters beyond ASCII; the socket of an X
server outside; an empty /tmp. The network namespace holds nothing, not even a loopback that is up.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from display import Display
from trial import FEWEST_COLOURS, SETTLED, Check, FailedError, descendants, settled_memory, tail, wait_for

PLACE = "/opt/Grädus für alle"
HOME = "/tmp/zu hause"
TOOLS = {"unshare": "util-linux", "chroot": "coreutils", "strace": "strace", "Xvfb": "xvfb"}

_SCRIPT = r"""
set -e
mkdir -p "$ROOT$PLACE"
mount --make-rprivate /
mount --bind "$BUNDLE" "$ROOT$PLACE"
mount -o remount,bind,ro "$ROOT$PLACE"
mount -t proc proc "$ROOT/proc"
mount -t tmpfs tmpfs "$ROOT/tmp"
mkdir -p "$ROOT$HOME_INSIDE" "$ROOT/tmp/.X11-unix"
mount --bind /tmp/.X11-unix "$ROOT/tmp/.X11-unix"
exec chroot "$ROOT" /usr/bin/env -i HOME="$HOME_INSIDE" "$@"
"""

_SOCKET = re.compile(r"\b(?:socket|socketpair)\((\w+)")
_REACHED = re.compile(r"\b(?:connect|bind|sendto)\(\d+, \{sa_family=(\w+)")
LOCAL = {"AF_UNIX", "AF_LOCAL"}


def checks(bundle: Path, root: Path) -> Iterator[Check]:
    """What is tried in the bare root."""
    yield "bare root", lambda: require_bare(root)
    yield "bare root, self-test", lambda: self_test(bundle, root)
    yield "bare root, double click offscreen", lambda: double_click_unseen(bundle, root)
    yield "bare root, double click on X11", lambda: double_click_seen(bundle, root)


def require_bare(root: Path) -> str:
    """There is no Python in it, nor Qt, and the tools to enter it are here."""
    for tool, package in TOOLS.items():
        if shutil.which(tool) is None:
            raise FailedError(f"{tool} is missing. Install the package {package}.")
    if os.geteuid() != 0:
        raise FailedError("only root may enter another root")
    if not (root / "bin/sh").exists():
        raise FailedError(f"{root} is no root of a system: make one with debootstrap")
    places = ("usr/bin", "usr/local/bin", "usr/lib", "usr/lib/x86_64-linux-gnu")
    found = [path for place in places for path in (root / place).glob("*") if _spoils(path.name)]
    if found:
        raise FailedError(f"it holds {found[0].name}")
    return "no Python, no Qt"


def _spoils(name: str) -> bool:
    return name.startswith(("python", "libpython", "libQt", "libxcb-icccm", "libxcb-keysyms"))


def self_test(bundle: Path, root: Path) -> str:
    """Every part works without network, and reaches for none."""
    with entered(bundle, root, "--self-test", QT_QPA_PLATFORM="offscreen") as inside:
        out, err = inside.process.communicate(timeout=180)
        inside.require_silence(out, err)
        return f"{out.strip().splitlines()[-1]}, {inside.sockets()}"


def double_click_unseen(bundle: Path, root: Path) -> str:
    """A window on no screen."""
    with entered(bundle, root, QT_QPA_PLATFORM="offscreen") as inside:
        time.sleep(2 * SETTLED)
        memory = settled_memory(inside.process)
        inside.terminate()
        inside.require_silence(*inside.process.communicate(timeout=60))
        return f"opened and closed, {memory} with strace's, {inside.sockets()}"


def double_click_seen(bundle: Path, root: Path) -> str:
    """A window on the X server outside."""
    with Display() as display, entered(bundle, root, DISPLAY=display.name) as inside:
        wait_for(lambda: len(display.colours()) >= FEWEST_COLOURS, inside.process, "no picture on the screen")
        time.sleep(2 * SETTLED)
        if not display.close_windows():
            raise FailedError("there is no window to close")
        inside.require_silence(*inside.process.communicate(timeout=60))
        return f"a picture, closed by its cross, {inside.sockets()}"


class Inside:
    """The program running in the bare root, under strace."""

    def __init__(self, process: subprocess.Popen[str], trace: Path) -> None:
        self.process = process
        self._trace = trace

    def terminate(self) -> None:
        """Ask the program itself to end: strace's first child became unshare, chroot, env and the program."""
        children = descendants(self.process.pid)
        os.kill(children[0], signal.SIGTERM)

    def require_silence(self, out: str, err: str) -> None:
        """It ended with 0 and said nothing on standard error."""
        if self.process.returncode:
            raise FailedError(f"exit status {self.process.returncode}: {tail(out + err)}")
        if err:
            raise FailedError(f"on standard error: {tail(err)}")

    def sockets(self) -> str:
        """How many sockets it made, in words; FailedError if one of them was not local."""
        trace = self._trace.read_text(encoding="utf-8", errors="replace")
        made, reached = _SOCKET.findall(trace), _REACHED.findall(trace)
        foreign = sorted({family for family in made + reached if family not in LOCAL})
        if foreign:
            raise FailedError(f"it reached for {', '.join(foreign)}")
        if "exited with" not in trace:
            raise FailedError("nothing was traced")
        return f"{len(made)} sockets, all local"


@contextlib.contextmanager
def entered(bundle: Path, root: Path, *arguments: str, **environment: str) -> Iterator[Inside]:
    """Start the program in the root, without a network, every call to do with sockets traced."""
    with tempfile.TemporaryDirectory(prefix="gradus-bare-") as folder:
        trace = Path(folder) / "trace"
        words = [f"{name}={value}" for name, value in environment.items()]
        command = [
            "strace", "-f", "-q", "-e", "trace=network", "-e", "signal=none", "-o", str(trace),
            "unshare", "--mount", "--net", "sh", "-c", _SCRIPT, "sh",
            *words, f"{PLACE}/gradus", *arguments,
        ]  # fmt: skip
        outside = {
            "PATH": os.environ["PATH"], "ROOT": str(root), "BUNDLE": str(bundle), "PLACE": PLACE,
            "HOME_INSIDE": HOME,
        }  # fmt: skip
        process = subprocess.Popen(
            command, env=outside, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip
        try:
            yield Inside(process, trace)
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate()
            with contextlib.suppress(OSError):
                (root / PLACE.lstrip("/")).rmdir()
