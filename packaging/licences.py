"""The licences of everything in the bundle, in one file: what About shows, and what the authors ask for.

Every file of the bundle must have an owner: a distribution of Python, Python itself, a package of the Linux
it was built on, or Gradus. One without an owner, or an owner without a licence, stops the build.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import contents

TEXTS = Path(__file__).resolve().parent / "licences"
COMMON = Path("/usr/share/common-licenses")
_LICENCE_FILE = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)
_RULE = "\n\n" + "─" * 72 + "\n\n"

BY_HAND = {
    "pyside6-essentials": (
        "Qt and Qt for Python, © The Qt Company Ltd. and contributors, used under the GNU Lesser General "
        "Public License, version 3. The libraries lie in _internal/PySide6 as files of their own: you may "
        "replace them by versions that you build from the sources, which The Qt Company publishes for every "
        "release. Qt contains code of others, among it ICU, HarfBuzz, PCRE2 and zlib; its documentation "
        "names them all under “Licenses Used in Qt”.",
        ("LGPL-3.txt", "GPL-3.txt"),
    ),
    "shiboken6": ("Qt for Python, under the licence of PySide6 above.", ()),
    "quickjax": (
        "It contains MathJax 4, © The MathJax Consortium, under the Apache License, version 2.0.",
        ("Apache-2.0.txt",),
    ),
    "quickjs": ("It contains QuickJS, © Fabrice Bellard and Charlie Gordon, under the MIT License.", ()),
}
"""What a distribution's own files do not say: a few words, and texts that lie beside this module."""

MAKERS = ("pyinstaller",)
"""What no file of the bundle is from, but the program itself: its first part, which starts Python."""


OURS = ("LICENSE", "main.py", "engine", "gui", "resources", "packaging")
"""Of the repository, what is Gradus' own."""


class Component(NamedTuple):
    """Something bundled, and the words of its licence."""

    name: str
    version: str
    text: str


def write(places: Mapping[str, str], file: Path, also: Iterable[str] = MAKERS) -> list[Component]:
    """Write the licences of everything at these places of the bundle, and return them."""
    components = collect(places, also)
    parts = [_opening(components)]
    once = _said_once(components)
    parts += [f"{one.name} {one.version}".strip() + f"\n\n{one.text.strip()}" for one in once]
    parts += [f"{path.name}, named above\n\n{_read(path)}" for path in _named_texts(components)]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(_RULE.join(parts) + "\n", encoding="utf-8")
    return components


def collect(places: Mapping[str, str], also: Iterable[str] = MAKERS) -> list[Component]:
    """A component for every owner of a file. SystemExit names what has no owner or no licence."""
    owners = {("distribution", name) for name in (*contents.DISTRIBUTIONS, *also)}
    strays = []
    for place, source in sorted(places.items()):
        owner = owner_of(place, source)
        if owner is None:
            strays.append(f"{place}, from {source}")
        else:
            owners.add(owner)
    found = [_component(kind, name) for kind, name in sorted(owners, key=_order)]
    bare = [one.name for one in found if len(one.text) < 80]
    if strays or bare:
        unowned = [f"nobody is known to own {one}" for one in strays]
        raise SystemExit("\n".join([*unowned, *(f"no licence is found of {one}" for one in bare)]))
    return found


def owner_of(place: str, source: str) -> tuple[str, str] | None:
    """The kind and name of what a file belongs to."""
    top = re.split(r"[/\\]", place, maxsplit=1)[0]
    stem = top.split(".")[0]
    if any(Path(source).is_relative_to(contents.ROOT / own) for own in OURS):
        return ("gradus", "Inter" if "fonts" in place else "Gradus")
    distribution = _tops().get(stem) or _tops().get(top.removesuffix(".libs")) or _by_metadata(top)
    if distribution:
        return ("distribution", distribution)
    if stem in {"engine", "gui", "resources", "main"} or top.startswith("gradus-"):
        return ("gradus", "Gradus")
    if _is_of_python(stem, source):
        return ("python", "Python")
    if stem.startswith(("_pyi_", "pyimod", "struct", "PyInstaller")):
        return ("distribution", "pyinstaller")
    return _system_package(source)


def _is_of_python(stem: str, source: str) -> bool:
    library = stem.startswith(("libpython", "python3", "vcruntime", "base_library", "_sysconfigdata"))
    return library or stem in sys.stdlib_module_names or Path(source).is_relative_to(sys.base_prefix)


@cache
def _tops() -> dict[str, str]:
    """Names that stand at the top of the bundle → the distribution they come from."""
    tops = {top: names[0] for top, names in metadata.packages_distributions().items()}
    tops |= {name.split("-")[0].replace("-", "_"): name for name in contents.DISTRIBUTIONS}
    return tops | {"PySide6": "PySide6-Essentials", "pillow": "pillow", "_quickjs": "quickjs"}


def _by_metadata(top: str) -> str | None:
    if not top.endswith(".dist-info"):
        return None
    name = top.split("-")[0].replace("_", "-").lower()
    return next((one for one in contents.DISTRIBUTIONS if one.lower() == name), None)


def _system_package(source: str) -> tuple[str, str] | None:
    """The Debian package of a library of the host."""
    path = Path(source).resolve()
    for name in (str(path), str(path).removeprefix("/usr")):
        answer = subprocess.run(["dpkg", "-S", name], capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            return ("system", answer.stdout.split(":")[0])
    return None


def _order(owner: tuple[str, str]) -> tuple[int, str]:
    kinds = ("gradus", "python", "distribution", "system")
    return (kinds.index(owner[0]), owner[1].lower())


def _component(kind: str, name: str) -> Component:
    if kind == "distribution":
        return _of_distribution(name)
    if kind == "system":
        return _of_debian(name)
    if kind == "python":
        number = ".".join(map(str, sys.version_info[:3]))
        return Component("Python", number, _read(_python_licence()))
    file = "resources/fonts/OFL.txt" if name == "Inter" else "LICENSE"
    return Component(name, "" if name == "Inter" else contents.version(), _read(contents.ROOT / file))


def _of_distribution(name: str) -> Component:
    found = metadata.distribution(name)
    about = [path for path in found.files or () if ".dist-info" in str(path)]
    files = [path for path in about if _LICENCE_FILE.search(path.name)]
    words, texts = BY_HAND.get(name.lower(), ("", ()))
    fields = found.metadata.json
    licence = str(fields.get("license_expression") or fields.get("license") or "")
    stated = f"Licence: {licence}" if licence and len(licence) < 120 else ""
    own = [_read(Path(str(found.locate_file(path)))) for path in sorted(files, key=str)]
    named = [f"See {text} below." for text in texts]
    return Component(name, found.version, "\n\n".join(filter(None, [stated, words, *own, *named])))


def _of_debian(package: str) -> Component:
    number = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Version}\n", package], capture_output=True, text=True, check=True
    )
    file = Path("/usr/share/doc") / package / "copyright"
    text = _read(file) if file.exists() else ""
    return Component(package, number.stdout.split("\n")[0], text)


def _python_licence() -> Path:
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    places = (
        Path(sys.base_prefix) / "lib" / version / "LICENSE.txt",
        Path(sys.base_prefix) / "LICENSE.txt",
        Path("/usr/share/doc") / version / "copyright",
    )
    for place in places:
        if place.exists():
            return place
    raise SystemExit(f"Python's licence is in none of {', '.join(map(str, places))}")


def _named_texts(components: Iterable[Component]) -> list[Path]:
    """The whole texts that components refer to: ours, and those that Debian keeps once for all packages."""
    words = "\n".join(one.text for one in components)
    ours = [path for path in sorted(TEXTS.glob("*.txt")) if f"See {path.name} below" in words]
    names = sorted(set(re.findall(r"/usr/share/common-licenses/([\w.+-]*\w)", words)))
    return ours + [COMMON / name for name in names if (COMMON / name).exists()]


def _said_once(components: Iterable[Component]) -> Iterator[Component]:
    """The components, a text that an earlier one has word for word replaced by that one's name."""
    first: dict[str, str] = {}
    for one in components:
        name = first.setdefault(one.text, one.name)
        yield one if name == one.name else one._replace(text=f"The same words as for {name}, above.")


def _opening(components: Iterable[Component]) -> str:
    names = "\n".join(f"    {one.name} {one.version}".rstrip() for one in components)
    return f"Gradus stands on the work of others. Their licences follow, in this order:\n\n{names}"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace").strip()
