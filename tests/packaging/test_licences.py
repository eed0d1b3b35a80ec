"""Every bundled thing has an owner, and every owner a licence that can be read."""

import sys
from pathlib import Path

import contents
import licences
import pytest

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(__import__("numpy").__file__).parents[1]


@pytest.mark.parametrize("name", contents.DISTRIBUTIONS)
def test_every_distribution_has_the_text_of_its_licence(name):
    component = licences._of_distribution(name)
    assert component.version[0].isdigit()
    assert len(component.text) > (40 if name == "shiboken6" else 300)


def test_qt_stands_under_the_lesser_gpl_with_both_texts():
    qt = licences._of_distribution("PySide6-Essentials")
    assert "Lesser General" in qt.text
    named = {path.name for path in licences._named_texts([qt])}
    assert named == {"LGPL-3.txt", "GPL-3.txt"}


@pytest.mark.parametrize(
    ("place", "source", "owner"),
    [
        ("numpy/_core/multiarray.pyc", SITE / "numpy/_core/multiarray.py", ("distribution", "numpy")),
        ("numpy.libs/libopenblas.so", SITE / "numpy.libs/libopenblas.so", ("distribution", "numpy")),
        ("pillow.libs/libtiff.so", SITE / "pillow.libs/libtiff.so", ("distribution", "pillow")),
        ("PIL/_imaging.so", SITE / "PIL/_imaging.so", ("distribution", "pillow")),
        ("PySide6/QtCore.abi3.so", SITE / "PySide6/QtCore.abi3.so", ("distribution", "PySide6-Essentials")),
        ("_quickjs.so", SITE / "_quickjs.so", ("distribution", "quickjs")),
        ("resources/fonts/Inter-Italic.otf", ROOT / "resources/fonts/Inter-Italic.otf", ("gradus", "Inter")),
        ("LICENSE", ROOT / "LICENSE", ("gradus", "Gradus")),
        ("json/decoder.pyc", Path(sys.base_prefix) / "lib/json/decoder.py", ("python", "Python")),
    ],
)
def test_owners(place, source, owner):
    found = licences.owner_of(place, str(source))
    assert found is not None
    assert (found[0], found[1].lower()) == (owner[0], owner[1].lower())


def test_a_file_of_nobody_stops_the_build(tmp_path):
    stray = tmp_path / "libstray.so"
    stray.write_bytes(b"")
    with pytest.raises(SystemExit, match=r"libstray\.so"):
        licences.collect({"libstray.so": str(stray)}, also=())


def test_the_file_lists_and_holds_everything(tmp_path):
    places = {"LICENSE": str(ROOT / "LICENSE"), "json/decoder.pyc": str(Path(sys.base_prefix) / "decoder.py")}
    file = tmp_path / "resources" / "licences.txt"
    found = licences.write(places, file, also=())
    words = file.read_text(encoding="utf-8")
    for component in found:
        assert component.text.strip()[:200] in words
    assert words.index("Gradus stands on") < words.index("GNU LESSER GENERAL PUBLIC LICENSE")
