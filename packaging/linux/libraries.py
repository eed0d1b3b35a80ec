"""What the bundle asks of the Linux it is started on: libraries that it leaves to the host, and how old a C
library may be. Read from the files themselves."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_NEEDED = re.compile(r"\(NEEDED\)\s+Shared library: \[(.+)\]")
_GLIBC = re.compile(r"GLIBC_(\d+)\.(\d+)")

OPTIONAL = ("libwayland",)
"""What only desktops need that bring it themselves."""


def binaries(folder: Path) -> list[Path]:
    """Every program and shared library in the folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and _begins_like_a_program(path))


def from_the_host(files: Iterable[Path]) -> list[str]:
    """The libraries that these files want and none of them is."""
    files = list(files)
    own = {path.name for path in files}
    wanted = {name for path in files for name in _NEEDED.findall(_read("-d", path))}
    return sorted(wanted - own)


def oldest_c_library(files: Iterable[Path]) -> str:
    """The version of the GNU C library that all the symbols are in: "2.35".

    A program that is built on a newer system asks for more than an old one has.
    """
    found = {tuple(map(int, pair)) for path in files for pair in _GLIBC.findall(_read("-V", path))}
    return ".".join(map(str, max(found)))


def packages_of(libraries: Iterable[str]) -> list[str]:
    """The Debian packages of libraries of this host, as a package's Depends names them."""
    packages = set()
    for library in libraries:
        if library.startswith(OPTIONAL):
            continue
        answer = subprocess.run(["dpkg", "-S", f"*/{library}"], capture_output=True, text=True, check=False)
        names = {line.split(":")[0] for line in answer.stdout.splitlines() if line.endswith(f"/{library}")}
        if not names:
            raise SystemExit(f"No package of this system holds {library}, which the bundle needs.")
        packages.add(min(names, key=len))
    return sorted(packages)


def _begins_like_a_program(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


@cache
def _read(what: str, path: Path) -> str:
    command = ["readelf", "-W", what, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
