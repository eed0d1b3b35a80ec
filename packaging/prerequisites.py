"""What must be on the host before a bundle is built, each with its remedy.

A bundle built where Qt's X11 plugin finds not all its libraries builds without a word and fails at the first
learner who has X11. So they are looked for first.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import contents

SUPPORTED = ((3, 11), (3, 12))
TOOLS = {"ldd": "libc-bin", "objdump": "binutils", "readelf": "binutils", "strip": "binutils",
         "dpkg": "dpkg", "dpkg-deb": "dpkg"}  # fmt: skip
"""Programs that the build calls on Linux → the package of Debian and Ubuntu that holds each."""

PLUGINS = ("platforms/libqxcb.so", "platforms/libqoffscreen.so", "platforminputcontexts/libcompose*.so")
"""Plugins of Qt whose libraries must all be here to be taken along."""

_NOT_FOUND = re.compile(r"^\s*(\S+) => not found", re.MULTILINE)


def missing() -> list[str]:
    """A sentence for each thing that is missing, with what to do about it. Empty: the build can begin."""
    found = []
    if sys.version_info[:2] not in SUPPORTED:
        found.append("Python must be 3.11 or 3.12: run `uv run --python 3.11 packaging/build.py`.")
    found += [
        f"{name} is not installed: packaging/build.py installs it from packaging/requirements.txt."
        for name in ("PyInstaller", "PySide6")
        if importlib.util.find_spec(name) is None
    ]
    return found + (_missing_on_linux() if sys.platform == "linux" else [])


def _missing_on_linux() -> list[str]:
    packages = {package for tool, package in TOOLS.items() if shutil.which(tool) is None}
    found = [f"Install the package {package}." for package in sorted(packages)]
    if not sysconfig.get_config_var("Py_ENABLE_SHARED"):
        found.append("This Python has no shared library: use one that was built with --enable-shared.")
    return found + ([] if packages else [_remedy(library) for library in missing_libraries()])


def missing_libraries() -> list[str]:
    """The system's libraries that the wanted plugins of Qt are linked against and that are not here."""
    spec = importlib.util.find_spec("PySide6")
    if spec is None or not spec.submodule_search_locations:
        return []
    plugins = Path(spec.submodule_search_locations[0]) / "Qt" / "plugins"
    libraries: set[str] = set()
    for pattern in PLUGINS:
        for plugin in plugins.glob(pattern):
            answer = subprocess.run(["ldd", str(plugin)], capture_output=True, text=True, check=False)
            libraries |= set(_NOT_FOUND.findall(answer.stdout))
    return sorted(libraries)


def _remedy(library: str) -> str:
    sys.path.append(str(contents.ROOT))
    from gui.system import PACKAGES

    package = PACKAGES.get(library)
    remedy = f"Install the package {package}" if package else "Install the package that holds it"
    return f"Qt needs {library}, or the bundle will not start on X11. {remedy}."
