"""The typeface of the program: Inter, from `resources/fonts`, its figures all of one width."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

FONT_FOLDER = Path(__file__).resolve().parent.parent / "resources" / "fonts"
TEXT_SIZE = 15  # pixels at 100 %

_log = logging.getLogger(__name__)
_family: str | None = None


def load_fonts(folder: Path = FONT_FOLDER) -> str:
    """Register the fonts of the bundle with Qt and return the family's name.

    Needs a QGuiApplication. Without the files the system's own sans is used, and its name returned.
    """
    global _family
    if _family is not None:
        return _family
    families: list[str] = []
    for path in sorted(folder.glob("*.otf")):
        identity = QFontDatabase.addApplicationFont(str(path))
        families += QFontDatabase.applicationFontFamilies(identity)
    if families:
        _family = min(families, key=len)
    else:
        _log.warning("no font in %s: the system's own is used", folder)
        _family = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    return _family


def text_font(scale: float = 1.0, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The font of running text at `scale` (1.0 is 100 %), with tabular figures.

    Figures of one width keep a number that changes from moving the words beside it.
    """
    font = QFont(load_fonts())
    font.setPixelSize(max(1, round(TEXT_SIZE * scale)))
    font.setWeight(weight)
    return with_tabular_figures(font)


def with_tabular_figures(font: QFont) -> QFont:
    """The same font with figures of one width, where it has them."""
    tabular = QFont(font)
    tabular.setFeature(QFont.Tag("tnum"), 1)
    return tabular


def code_font(font: QFont) -> QFont:
    """The system's fixed-width font, to stand within text set in `font`."""
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    size = font.pixelSize() if font.pixelSize() > 0 else round(font.pointSizeF() * 4 / 3)
    fixed.setPixelSize(max(1, round(size * 0.92)))  # fixed-width fonts look larger beside a sans
    return fixed
