"""The versions of Gradus and of everything it stands on, found without importing any of it. No Qt."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

LIBRARIES = (
    "PySide6-Essentials", "contourpy", "numpy", "scipy", "sympy", "mpmath", "msgspec",
    "markdown-it-py", "mdit-py-plugins", "mdurl", "pillow", "platformdirs", "quickjax", "quickjs",
)  # fmt: skip
ROOT = Path(__file__).resolve().parent.parent


def version() -> str:
    """The version of Gradus, from the file that declares it, or from the installed bundle."""
    import tomllib

    try:
        with open(ROOT / "pyproject.toml", "rb") as file:
            return str(tomllib.load(file)["project"]["version"])
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        pass
    try:
        return importlib.metadata.version("gradus")
    except importlib.metadata.PackageNotFoundError:
        return "?"


def library_versions() -> dict[str, str]:
    """Each library that Gradus stands on → its version, without importing it."""
    versions = {}
    for name in LIBRARIES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = "?"
    return versions
