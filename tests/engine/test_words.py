"""Translation: literals, the engine's texts, and catalogues that are missing or wrong."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from engine import words
from engine.text import Text


@pytest.fixture
def german(tmp_path: Path):
    catalogue = Catalog(locale="de", domain="gradus")
    catalogue.add("Play", "Abspielen")
    catalogue.add("The slope is {slope}.", "Die Steigung ist {slope}.")
    catalogue.add("Step {number}", "Schritt {nummer}")
    catalogue.add("undefined", "nicht definiert")
    catalogue.add(("{n} step", "{n} steps"), ("{n} Schritt", "{n} Schritte"))
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "gradus.mo").open("wb") as file:
        write_mo(file, catalogue)
    words.set_language("de", tmp_path)
    yield tmp_path
    words.set_language("en", tmp_path)


def test_without_a_catalogue_everything_is_english(tmp_path):
    assert words.set_language("xx", tmp_path) == "en"
    assert words._("Play") == "Play"
    assert words._("") == ""
    assert words.ngettext("one", "many", 2) == "many"
    assert words.languages(tmp_path) == ["en"]


def test_a_catalogue_translates_literals_texts_and_texts_within_texts(german):
    assert words._("Play") == "Abspielen"
    assert words.ngettext("{n} step", "{n} steps", 3) == "{n} Schritte"
    assert words.shown(Text("The slope is {slope}.", {"slope": -0.5})) == "Die Steigung ist −0.5."
    within = Text("The slope is {slope}.", {"slope": Text("undefined")})
    assert words.shown(within) == "Die Steigung ist nicht definiert."
    assert words.languages(german) == ["en", "de"]


def test_a_translation_with_a_wrong_field_gives_way_to_english(german):
    assert words.shown(Text("Step {number}", {"number": 3})) == "Step 3"


def test_a_broken_catalogue_is_english(german):
    (german / "fr" / "LC_MESSAGES").mkdir(parents=True)
    (german / "fr" / "LC_MESSAGES" / "gradus.mo").write_bytes(b"not a catalogue")
    words.set_language("fr", german)
    assert words._("Play") == "Play"


def test_digits_are_significant():
    text = Text("{a} and {b}", {"a": 2 / 3, "b": 12345.678})
    assert words.shown(text, digits=3) == "0.667 and 1.23 × 10⁴"
