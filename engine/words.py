"""Words a person sees, in their language: literal ones of the window, and the engine's `Text`.

`_("Play")` translates a literal, `shown(text)` a `Text` that the engine returned, with its numbers as the
screen writes them. One catalogue, `gradus`, serves engine and window; with none, everything is English.

To collect the messages and compile a translation:

    pybabel extract -k Text:1 -k ngettext:1,2 -o resources/locale/gradus.pot main.py engine gui
    pybabel update -D gradus -i resources/locale/gradus.pot -d resources/locale
    pybabel compile -D gradus -d resources/locale
"""

from __future__ import annotations

import gettext
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.text import Text

DOMAIN = "gradus"
LOCALE_FOLDER = Path(__file__).resolve().parent.parent / "resources" / "locale"

_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def set_language(code: str | None, folder: Path = LOCALE_FOLDER) -> str:
    """Speak the language `code` ("de", "pt_BR"); None asks the environment. Returns the one now spoken.

    A language without a catalogue, or with an unreadable one, is English: a window always opens.
    """
    global _catalogue
    try:
        _catalogue = gettext.translation(DOMAIN, folder, languages=[code] if code else None)
    except (OSError, UnicodeDecodeError, ValueError):
        _catalogue = gettext.NullTranslations()
    return _catalogue.info().get("language", "") or "en"


def languages(folder: Path = LOCALE_FOLDER) -> list[str]:
    """The codes of every language that can be spoken; English, the language of the source, is first.

    >>> languages()[0]
    'en'
    """
    found = {path.parent.parent.name for path in folder.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")}
    return ["en", *sorted(found - {"en"})]


def _(message: str) -> str:
    """A literal message in the language of the window."""
    # gettext answers the empty message with the catalogue's header
    return _catalogue.gettext(message) if message else ""


def ngettext(singular: str, plural: str, number: int) -> str:
    """The message that fits `number` in the language of the window, its fields still to be filled."""
    return _catalogue.ngettext(singular, plural, number)


def shown(text: Text, digits: int | None = None) -> str:
    """What the engine said, translated, its numbers to `digits` significant digits (six unless told).

    A translation whose fields do not fit those of the message gives way to the English one.

    >>> from engine.text import Text
    >>> shown(Text("The slope is {slope}.", {"slope": 1 / 3}), digits=3)
    'The slope is 0.333.'
    """
    from engine.text import SIGNIFICANT_DIGITS, format_number

    significant = SIGNIFICANT_DIGITS if digits is None else digits

    def number(value: float) -> str:
        return format_number(value, significant)

    try:
        return text.translated(_, number)
    except (KeyError, IndexError, ValueError):
        return text.translated(lambda message: message, number)
