"""Which shared libraries the bundle needs, once it is settled which plugins and modules it has.

PyInstaller collects the libraries of everything it finds, before anything is taken out: GTK's with the
plugin for GTK. Here a library stays only if something that stays is linked against it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import PurePath

Entry = tuple[str, str, str]
"""Place in the bundle, source, and PyInstaller's kind of file."""


def without_links(entries: Iterable[Entry]) -> list[Entry]:
    """The entries without symbolic links, which a stick with FAT cannot hold.

    Every library that a link was for is found through the paths (`$ORIGIN`) in those that want it. A macOS
    framework consists of links and keeps them.
    """
    return [entry for entry in entries if entry[2] != "SYMLINK" or not sys.platform.startswith("linux")]


def needed(wanted: Iterable[Entry]) -> list[Entry]:
    """The entries without the libraries that nothing in them is linked against, and without links.

    Other systems' bundles hold no foreign toolkits, and stay as they are.
    """
    files = without_links(wanted)
    if not sys.platform.startswith("linux"):
        return files
    names = {name for entry in files if _is_root(entry) for name in _linked_names(entry[1])}
    return [entry for entry in files if _is_root(entry) or PurePath(entry[0]).name in names]


def _is_root(entry: Entry) -> bool:
    """Whether the file is wanted for its own sake: a module, a plugin, Python itself."""
    place, _, kind = entry
    return kind == "EXTENSION" or "plugins" in PurePath(place).parts or place.startswith("libpython")


def _linked_names(source: str) -> set[str]:
    """The file names of all libraries that a binary needs, and those need in turn."""
    from PyInstaller.depend.bindepend import get_imports

    return {PurePath(path or name).name for name, path in get_imports(source)} | {
        PurePath(name).name for name, _ in get_imports(source)
    }
