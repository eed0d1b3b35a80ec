"""PySide6's support modules, compiled once where the bundle is built.

They lie in a library of PySide6 as an archive of sources, which each start of a program unpacks and compiles:
40 ms. PySide6 takes them from a folder `files.dir` beside that library instead, if there is one.
"""

from __future__ import annotations

import py_compile
import shutil
import tempfile
from pathlib import Path

PACKAGE = "shibokensupport"
ALWAYS_VALID = py_compile.PycInvalidationMode.UNCHECKED_HASH
"""No time of a source is written into it, so that a build repeats byte for byte."""


def write(folder: Path) -> str:
    """Fill a folder with the byte code of all support modules, and say in words how many there are."""
    sources = embedded_sources()
    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory() as elsewhere:
        source = Path(elsewhere) / "module.py"
        for name, text in sources.items():
            source.write_bytes(text)
            made = (folder / name).with_suffix(".pyc")
            made.parent.mkdir(parents=True, exist_ok=True)
            py_compile.compile(str(source), str(made), name, True, invalidation_mode=ALWAYS_VALID)
    return f"{len(sources)} modules"


def embedded_sources() -> dict[str, bytes]:
    """File name → text of the modules in the library. SystemExit where PySide6 keeps them in another way."""
    import PySide6.QtCore  # noqa: F401 - it loads them
    import shibokensupport

    archive = getattr(shibokensupport.__loader__, "zfile", None)
    names = archive.namelist() if archive is not None else []
    wanted = [name for name in names if name.startswith(f"{PACKAGE}/") and name.endswith(".py")]
    if not wanted:
        raise SystemExit("PySide6 keeps its support modules elsewhere than packaging/qt_support.py looks.")
    return {name: archive.read(name) for name in wanted}
