"""The program on this computer: what it is called in a terminal, and where it and what settles it lie."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ADMINISTRATOR_FILE = "administrator.toml"


def name() -> str:
    """What stands before the operands in a terminal: the bundle's program, or main.py.

    >>> name()
    'main.py'
    """
    return "gradus" if getattr(sys, "frozen", False) else "main.py"


def folder() -> Path:
    """Where the program lies: the folder of the bundle, or that of main.py."""
    frozen = getattr(sys, "frozen", False)
    return Path(sys.executable).parent if frozen else Path(__file__).resolve().parent.parent


def is_portable(place: Path) -> bool:
    """Whether the program in this folder keeps everything beside itself: `portable.txt` says so."""
    return os.path.exists(place / "portable.txt")


def administrator_file(place: Path | None = None) -> Path:
    """Where an administrator's settings lie, or would: see docs/deploy.md.

    In portable mode beside `portable.txt`, else where this system keeps what holds for all its users. Some
    desktops put folders of their own before the system's; the first that holds the file is taken.
    """
    place = place or folder()
    if is_portable(place):
        return place / ADMINISTRATOR_FILE
    import platformdirs

    listed = platformdirs.site_config_dir("Gradus", appauthor=False, multipath=True).split(os.pathsep)
    if sys.platform.startswith("linux"):
        listed.append("/etc/xdg/Gradus")
    paths = [Path(one) / ADMINISTRATOR_FILE for one in listed]
    return next((path for path in paths if os.path.exists(path)), paths[-1])
