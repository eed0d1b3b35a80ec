"""What goes into the bundle and what stays out: names and lists, for the spec, the build and the tests.

Standard library only, and no side effects: PyInstaller, build.py, smoke.py and the tests all read it.
"""

from __future__ import annotations

import plistlib
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
NAME = "Gradus"
PROGRAM = "gradus"
IDENTIFIER = "org.gradus.Gradus"
"""The reverse-domain name that AppStream and macOS ask for."""

MAINTAINER = "The Gradus authors <gradus@localhost>"
MIME_TYPE = "application/x-gradus"
PACK_SUFFIX = ".gradus"

BUILD = ROOT / "build"
DIST = ROOT / "dist"
BUNDLE = DIST / NAME
"""The folder that PyInstaller makes: the program, and everything it needs in `_internal`."""

PREPARED = BUILD / "prepared"
"""What build.py makes for the spec: the typeset formulas, Gradus' own metadata, icons, a version resource."""

INSIDE = "_internal"
LICENCES = PurePosixPath("resources/licences.txt")
"""Where the licences of everything bundled lie, beside the other resources; About shows them."""

FORMULAS = PurePosixPath("resources/formulas.bin")
"""Where `gui.formula_store` looks for the course's formulas, typeset when the bundle is built."""

QT_SUPPORT = PurePosixPath("shiboken6/files.dir")
"""Where PySide6 looks for its support modules before it unpacks and compiles those in its library."""

MANIFEST = BUILD / "manifest.json"
"""Written by the spec: place in the bundle → the file it came from."""

MOST_INSTALLED = 250_000_000
MOST_PACKED = 70_000_000
"""Bytes that the bundle may take on the disk, and as an archive."""

EXCLUDED_MODULES = (
    # of SciPy, what no lesson computes with: today all but scipy.special. Integrals, if they are to come from
    # SciPy, bring optimize, linalg, sparse and 25 MB with them
    "scipy.stats", "scipy.signal", "scipy.ndimage", "scipy.io", "scipy.cluster", "scipy.odr",
    "scipy.datasets", "scipy.misc", "scipy.fftpack", "scipy.differentiate", "scipy.optimize",
    "scipy.integrate", "scipy.interpolate", "scipy.constants", "scipy.linalg", "scipy.sparse", "scipy.fft",
    "scipy.spatial",
    # of Qt, what would reach for a network, a bus or another language
    "PySide6.QtNetwork", "PySide6.QtDBus", "PySide6.QtTest", "PySide6.QtQml", "PySide6.QtQuick",
    "PySide6.QtConcurrent", "PySide6.QtDesigner", "PySide6.QtHelp", "PySide6.QtSql", "PySide6.QtUiTools",
    "PySide6.QtXml", "PySide6.QtPrintSupport", "PySide6.scripts",
    # of Pillow, the formats that Gradus does not write, each with a library of its own
    "PIL._avif", "PIL.AvifImagePlugin", "PIL._webp", "PIL.WebPImagePlugin", "PIL._imagingcms", "PIL.ImageCms",
    "PIL._imagingft", "PIL.ImageFont", "PIL._imagingtk", "PIL.ImageTk", "PIL.ImageQt",
    # other programs' windows, and the parts of Python that talk to a network, a database or a terminal
    "tkinter", "_tkinter", "matplotlib", "IPython", "PyQt5", "PyQt6", "PySide2", "cupy", "numba", "h5py",
    "gmpy2", "ssl", "_ssl", "_hashlib", "sqlite3", "_sqlite3", "curses", "_curses", "_curses_panel",
    "readline", "setuptools", "pkg_resources", "pip", "wheel", "ensurepip", "idlelib", "lib2to3", "pytest",
    "asyncio", "http.server", "socketserver", "smtplib", "ftplib", "xmlrpc", "webbrowser",
    "hypothesis",
)  # fmt: skip
"""Modules that stay out, with all that is below them."""

HIDDEN_MODULES = ("gui.mathjax", "engine.symbolic_process")
"""Modules that no import statement names: child processes start in them."""

DATA_OF = ("quickjax",)
"""Packages whose data files are read as they run."""

DISTRIBUTIONS = (
    "PySide6-Essentials", "shiboken6", "contourpy", "markdown-it-py", "mdurl",
    "mdit-py-plugins", "msgspec", "numpy", "pillow", "platformdirs", "quickjax", "quickjs", "scipy", "sympy",
    "mpmath",
)  # fmt: skip
"""Everything the program stands on, with what that stands on: About shows its versions, and its licences."""

LOOSE = (
    "engine", "gui", "numpy", "msgspec", "contourpy", "markdown_it", "mdit_py_plugins", "mdurl",
    "platformdirs", "shiboken6", *sorted(sys.stdlib_module_names),
)  # fmt: skip
"""Packages whose byte code lies in files of its own. The rest is in a compressed archive.

Measured: from files the window comes as soon as from source, from the archive a quarter later. SymPy, which
is imported in a process of its own and whose byte code takes 18 MB, stays in the archive.
"""

RUNTIME_HOOKS_OUT = (
    "pyi_rth_inspect", "pyi_rth_setuptools", "pyi_rth_pkgres",
    *(["pyi_rth_pyside6"] if sys.platform == "linux" else []),
)  # fmt: skip
"""PyInstaller's preparations that Gradus can do without. Each would run in every child process, too.

PySide6's loads Qt's core library to write down where Qt lies; on Linux runtime_hook.py says it in a word.
"""

KEPT_PLUGINS = {
    "platforms": ("qxcb", "qoffscreen", "qwayland", "qwindows", "qcocoa"),
    "wayland-shell-integration": ("xdg-shell",),
    "wayland-decoration-client": ("adwaita",),
    "platforminputcontexts": ("composeplatform", "ibusplatform"),
    "platformthemes": ("qxdgdesktopportal",),
    "imageformats": ("qsvg", "qjpeg", "qico"),
    "iconengines": ("qsvgicon",),
    "styles": ("qmodernwindowsstyle", "qmacstyle"),
}
"""Folders of Qt's plugins → the plugins wanted from each. A folder that is not named stays out whole.

GTK's platform theme alone brings 16 MB of libraries. Without `xcbglintegrations` no driver is ever loaded:
Gradus paints in software, and a driver of the host may not fit the C++ library in the bundle.
"""

DROPPED_DATA = (
    "PySide6/Qt/translations/*", "PySide6/Qt/qml/*", "PySide6/translations/*",
    "scipy/*/tests/*", "numpy/*/tests/*", "*.pyi", "*.pxd", "*.h", "*/py.typed", "*.dist-info/licenses/*",
    "*.dist-info/LICENSE*", "*.dist-info/RECORD", "*.dist-info/INSTALLER", "*.dist-info/REQUESTED",
)  # fmt: skip
"""Data files that nothing reads: Qt's own words, example pictures, type stubs, tests, copies of licences."""

STRIPPED = ("libpython3*", "python3*/lib-dynload/*", "_quickjs*", "PIL/_imaging.*")
"""What loses its debugging symbols on Linux. NumPy's OpenBLAS no longer loads if it is stripped."""


def version() -> str:
    """The version of Gradus, as pyproject.toml declares it."""
    with open(ROOT / "pyproject.toml", "rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def is_wanted(place: str) -> bool:
    """Whether a file belongs at this place of the bundle (`PySide6/Qt/plugins/platforms/libqvnc.so`).

    >>> is_wanted("PySide6/Qt/plugins/platforms/libqxcb.so"), is_wanted("PySide6/Qt/translations/qt_de.qm")
    (True, False)
    """
    path = PurePosixPath(place.replace("\\", "/"))
    if "plugins" in path.parts and path.parts[0] == "PySide6":
        folder = path.parts[path.parts.index("plugins") + 1]
        plugin = path.name.removeprefix("lib").partition(".")[0]
        return plugin in KEPT_PLUGINS.get(folder, ())
    return not any(path.match(pattern) or fnmatch(str(path), pattern) for pattern in DROPPED_DATA)


def own_metadata() -> str:
    """The folder that tells `importlib.metadata`, and with it About, which version of Gradus this is."""
    return f"{PROGRAM}-{version()}.dist-info"


def scene_modules() -> list[str]:
    """The scenes: their files are their list (docs/decisions/0002), so no import statement names them."""
    files = sorted((ROOT / "engine" / "scenes").glob("*.py"))
    return [f"engine.scenes.{path.stem}" for path in files if path.stem != "__init__"]


def resource_files() -> list[tuple[str, str]]:
    """Every file of resources/ that the program reads, and the folder of the bundle it goes to."""
    return [
        (str(path), path.parent.relative_to(ROOT).as_posix())
        for path in sorted((ROOT / "resources").rglob("*"))
        if path.is_file() and path.suffix not in {".po", ".pot"} and path.name != PurePosixPath(FORMULAS).name
    ]


def icon_for(platform: str) -> str | None:
    """The picture that `sys.platform` wants in the program itself; Linux takes it from the desktop entry."""
    name = {"win32": "gradus.ico", "darwin": "gradus.icns"}.get(platform)
    return str(PREPARED / "icons" / name) if name else None


def information_for_macos() -> dict[str, object]:
    """The entries of Info.plist, and with them the double click on a pack. Untested: written on Linux."""
    with open(ROOT / "packaging" / "macos" / "Info.plist", "rb") as file:
        entries = plistlib.load(file)
    return {**entries, "CFBundleShortVersionString": version(), "CFBundleVersion": version()}
