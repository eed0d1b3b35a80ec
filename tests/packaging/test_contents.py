"""What is left out of the bundle is nothing the program uses, and what goes in is everything it needs."""

import ast
import re
import tomllib
from importlib import metadata
from pathlib import Path

import contents
import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [ROOT / "main.py", *sorted((ROOT / "engine").rglob("*.py")), *sorted((ROOT / "gui").rglob("*.py"))]


def imported_by(path: Path) -> set[str]:
    """The full names of all modules that a file imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


IMPORTED = {name for path in SOURCES for name in imported_by(path)}


def test_the_program_imports_what_is_expected():
    assert {"numpy", "PySide6.QtSvg", "scipy.special", "multiprocessing.connection"} <= IMPORTED


@pytest.mark.parametrize("excluded", contents.EXCLUDED_MODULES)
def test_nothing_that_is_left_out_is_imported(excluded):
    used = sorted(name for name in IMPORTED if name == excluded or name.startswith(f"{excluded}."))
    assert not used, f"{used} would be missing in the bundle: take it out of contents.EXCLUDED_MODULES"


def test_the_self_test_imports_nothing_that_is_left_out():
    from gui.self_test import LIBRARIES

    left_out = tuple(f"{name}." for name in contents.EXCLUDED_MODULES)
    assert not [name for name in LIBRARIES if f"{name}.".startswith(left_out)]


def test_every_scene_goes_in():
    from engine.scene import scene_names

    modules = {f"engine.scenes.{name.replace('-', '_')}" for name in scene_names()}
    assert modules <= set(contents.scene_modules())


def test_modules_named_by_hand_exist():
    for name in contents.HIDDEN_MODULES:
        top, *rest = name.split(".")
        if top in {"engine", "gui"}:
            assert (ROOT / top / Path(*rest)).with_suffix(".py").exists(), name
    for name in ("engine.symbolic_process", "gui.mathjax"):
        assert name in contents.HIDDEN_MODULES


def test_every_distribution_the_program_stands_on_is_listed():
    with open(ROOT / "pyproject.toml", "rb") as file:
        declared = tomllib.load(file)["project"]["dependencies"]
    waiting = [normal(re.split(r"[<>=!~; \[]", line)[0]) for line in declared]
    needed: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            lines = [line for line in metadata.requires(name) or () if "extra ==" not in line]
            waiting += [normal(re.split(r"[<>=!~; \[(]", line)[0]) for line in lines if applies(line)]
    assert {normal(name) for name in contents.DISTRIBUTIONS} == needed


def test_what_is_pinned_is_what_the_program_stands_on_and_what_builds_it():
    """A developer's tool in the environment of the build could end in the bundle."""
    with open(ROOT / "pyproject.toml", "rb") as file:
        groups = tomllib.load(file)["dependency-groups"]
    lines = (ROOT / "packaging" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pinned = {normal(line.split("==")[0]) for line in lines if re.match(r"\w", line)}
    assert {normal(name) for name in contents.DISTRIBUTIONS} <= pinned
    names = {group: {normal(re.split(r"[<>=!~; \[]", line)[0]) for line in groups[group]} for group in groups}
    assert names["packaging"] <= pinned
    assert "pytest-xdist" in names["dev"]
    assert not (names["dev"] - names["packaging"]) & pinned


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def applies(line: str) -> bool:
    """Whether a requirement is for this system."""
    return "Windows" not in line and "win32" not in line


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqoffscreen.so", True),
        ("PySide6/Qt/plugins/platforms/libqvnc.so", False),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", False),
        ("PySide6/Qt/plugins/xcbglintegrations/libqxcb-glx-integration.so", False),
        ("PySide6\\plugins\\platforms\\qwindows.dll", True),
        ("PySide6/Qt/translations/qt_de.qm", False),
        ("PySide6/Qt/lib/libQt6Gui.so.6", True),
        ("quickjax/js/mathjax_bundle.js", True),
        ("resources/lessons/02-derivatives/06-from-secant-to-tangent.en.md", True),
        ("resources/fonts/Inter-Regular.otf", True),
        ("numpy-2.4.6.dist-info/METADATA", True),
        ("numpy-2.4.6.dist-info/licenses/LICENSE.txt", False),
    ],
)
def test_places_in_the_bundle(place, wanted):
    assert contents.is_wanted(place) is wanted


def test_resources_go_where_the_program_looks_for_them():
    from gui.fonts import FONT_FOLDER
    from gui.formula_store import SHIPPED as FORMULAS

    places = dict(contents.resource_files())
    for font in FONT_FOLDER.glob("*.otf"):
        assert places[str(font)] == "resources/fonts"
    assert FORMULAS.relative_to(ROOT).as_posix() == contents.FORMULAS.as_posix()
    assert all(place.startswith("resources") for place in places.values())
    assert len(places) > 10


def test_the_spec_is_python_and_names_what_it_should():
    tree = ast.parse((ROOT / "packaging" / "gradus.spec").read_text(encoding="utf-8"))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    called = {function.id for function in calls if isinstance(function, ast.Name)}
    assert {"Analysis", "PYZ", "EXE", "COLLECT", "BUNDLE"} <= called
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    used = {node.attr for node in attributes if ast.unparse(node.value) == "contents"}
    assert {"EXCLUDED_MODULES", "HIDDEN_MODULES", "resource_files"} <= used
    assert not {name for name in used if not hasattr(contents, name)}
