"""What must be there before Qt is started, since Qt ends the program where it is not, in words for nobody."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from engine import program
from engine.text import Text, verbatim
from engine.words import shown

PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-util.so.1": "libxcb-util1",
}
"""Library → the package of Debian and Ubuntu that holds it."""

_MISSING = re.compile(r"(\S+\.so[.\d]*): cannot open shared object file")


def obstacle() -> str:
    """One line on why no window can be opened here, and what to do; empty if one can."""
    if not sys.platform.startswith("linux"):
        return ""
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if not (platform or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return _line(Text("there is no display"))
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ImportError as error:
        return missing_library(str(error))
    if platform.startswith("xcb") or (not platform and not os.environ.get("WAYLAND_DISPLAY")):
        return _x11_obstacle()
    return ""


def _line(why: Text) -> str:
    words = {"program": program.name()}
    render = Text("Without a display, `{program} render SCENE -o FILE.png` makes pictures.", words)
    return shown(Text("Gradus cannot open a window: {why}. {render}", {"why": why, "render": render}))


def missing_library(complaint: str) -> str:
    """What the linker complains of, as one line that names the package to install."""
    found = _MISSING.search(complaint)
    if found is None:
        return _line(verbatim(complaint.strip()))
    library = Path(found[1]).name
    package = PACKAGES.get(library)
    if package is None:
        what = Text(
            "the system's library {library} is missing; install the package that holds it",
            {"library": library},
        )
        return _line(what)
    values = {"library": library, "package": package}
    return _line(Text("the system's library {library} is missing; install the package {package}", values))


def _x11_obstacle() -> str:
    """Load Qt's X11 plugin and reach the display as Qt will, where a failure is no end of the program."""
    import ctypes
    import importlib.util

    spec = importlib.util.find_spec("PySide6")
    folders = [Path(one) for one in (spec.submodule_search_locations or ())] if spec else []
    for folder in folders:
        plugin = folder / "Qt" / "plugins" / "platforms" / "libqxcb.so"
        if not plugin.exists():
            continue
        try:
            ctypes.CDLL(str(plugin))
        except OSError as error:
            return missing_library(str(error))
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError as error:
        return missing_library(str(error))
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    refused = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    if refused:
        display = os.environ.get("DISPLAY", "")
        return _line(Text("the display {display} does not answer", {"display": display}))
    return ""
