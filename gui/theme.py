"""The colours and sizes of the whole window: light, dark and high contrast, at any size of text.

A `Theme` is a value. The `ThemeManager` owns the current one, follows the system unless told otherwise, and
tells whoever paints for himself; everything else takes its colours from the application's palette and
stylesheet, which the manager sets.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from engine.roles import Role
from gui.fonts import TEXT_SIZE, text_font
from gui.looks import Column, Look, look_of, role_look

if TYPE_CHECKING:  # the window stands in its colours before NumPy is read
    import numpy as np
    from numpy.typing import NDArray

    from engine.figure import Mark

Choice = Literal["system", "light", "dark", "contrast"]
CHOICES: tuple[Choice, ...] = ("system", "light", "dark", "contrast")

SMALLEST_TEXT, LARGEST_TEXT = 0.75, 2.0
ROOM_TEXT = 1.5
ROOM_LINES = 1.5
HANDLE_SIZE = 22  # pixels, the least that a hand finds
GRID = 8  # pixels, the rhythm of all distances

THEME_FOLDER = Path(__file__).resolve().parent.parent / "resources" / "themes"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Theme:
    """Everything a painter asks for. Colours are `#RRGGBB`; lengths are in pixels.

    text_scale: the size of text, 1.0 at 100 %; room mode multiplies it.
    line_scale: the width of lines, markers and handles beside that at 100 %.
    """

    name: Column
    background: str
    pane: str
    text: str
    muted: str
    separator: str
    grid: str
    accent: str
    on_accent: str
    hover: str
    pressed: str
    field_lightness: tuple[float, float]
    field_chroma: float
    text_scale: float = 1.0
    line_scale: float = 1.0

    @property
    def is_dark(self) -> bool:
        """Whether light stands on dark."""
        return self.name != "light"

    @property
    def text_size(self) -> int:
        """Running text, in pixels."""
        return max(1, round(TEXT_SIZE * self.text_scale))

    def font(self, share: float = 1.0, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """The font of running text, or of text that is `share` as large."""
        return text_font(self.text_scale * share, weight)

    def look(self, mark: Mark) -> Look:
        """How a mark looks."""
        return look_of(mark, self.name)

    def role(self, role: Role) -> Look:
        """How a role looks; its colour also sets the readout that measures it."""
        return role_look(role, self.name)

    @cached_property
    def field_colors(self) -> NDArray[np.uint32]:
        """The 256 colours of a field as Qt's 0xffRRGGBB, low to high; lines keep 3 : 1 on each."""
        import numpy as np

        from gui.colour import field_table

        darkest, lightest = self.field_lightness
        colors = np.round(field_table(lightest, darkest, self.field_chroma) * 255).astype(np.uint8)
        packed = np.full((len(colors), 4), 255, dtype=np.uint8)
        packed[:, :3] = colors[:, ::-1]
        table: NDArray[np.uint32] = packed.view("<u4")[:, 0].astype(np.uint32)
        return table


_THEMES: Mapping[Column, Theme] = {
    "light": Theme(
        name="light",
        background="#FFFFFF",
        pane="#F6F7F8",
        text="#1B1F24",
        muted="#59636E",
        separator="#D8DCE1",
        grid="#ECEEF1",
        accent="#0B5CAD",
        on_accent="#FFFFFF",
        hover="#E9EEF4",
        pressed="#DAE4EF",
        field_lightness=(83.0, 97.5),
        field_chroma=1 / 3,
    ),
    "dark": Theme(
        name="dark",
        background="#16181C",
        pane="#1D2025",
        text="#E8EAED",
        muted="#A3ABB5",
        separator="#343941",
        grid="#24282E",
        accent="#7AB8FF",
        on_accent="#0B1A2B",
        hover="#282D35",
        pressed="#323A45",
        field_lightness=(12.0, 35.0),
        field_chroma=1 / 3,
    ),
    "contrast": Theme(
        name="contrast",
        background="#000000",
        pane="#000000",
        text="#FFFFFF",
        muted="#FFFFFF",
        separator="#FFFFFF",
        grid="#3A3A3A",
        accent="#FFFF00",
        on_accent="#000000",
        hover="#333333",
        pressed="#4D4D4D",
        field_lightness=(4.0, 36.0),
        field_chroma=0.0,
    ),
}


@lru_cache(maxsize=32)
def theme_named(name: Column, text_scale: float = 1.0, line_scale: float = 1.0) -> Theme:
    """One of the three themes at a size; the same object for the same arguments."""
    return replace(_THEMES[name], text_scale=text_scale, line_scale=line_scale)


class ThemeManager(QObject):
    """Owns the theme of the window and sets it on the application.

    `changed` is emitted after the palette and the stylesheet are in place. The stylesheet waits for the first
    `apply`: under one, each widget that is put into another has all its children styled anew, so a window is
    put together first.
    """

    changed = Signal()

    def __init__(
        self, choice: Choice = "system", text_scale: float = 1.0, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._choice: Choice = choice if choice in CHOICES else "system"
        self._text_scale = _bounded(text_scale)
        self._room = False
        self._hints = QApplication.styleHints()
        self._hints.colorSchemeChanged.connect(self._follow_system)
        self._theme = self._asked()
        self._dressed = False
        set_palette(self._theme)

    @property
    def choice(self) -> Choice:
        """What was asked for, which is not what is shown when it is `system`."""
        return self._choice

    @property
    def text_scale(self) -> float:
        """The size of text that was asked for; room mode is not in it."""
        return self._text_scale

    @property
    def room_mode(self) -> bool:
        """Whether the window is sized for a room rather than for a desk."""
        return self._room

    def theme(self) -> Theme:
        """The theme on show."""
        return self._theme

    def set_choice(self, choice: Choice) -> None:
        """Show one theme, or whatever the system shows."""
        self._choice = choice if choice in CHOICES else "system"
        self.apply()

    def set_text_scale(self, scale: float) -> None:
        """Set text at `scale` of its size; 0.75 and 2.0 are the ends."""
        self._text_scale = _bounded(scale)
        self.apply()

    def set_room_mode(self, on: bool) -> None:
        """Larger text and thicker lines, for whoever sits at the back."""
        self._room = on
        self.apply()

    def apply(self) -> None:
        """Compute the theme from what was asked for, and set it where it is not the one on show."""
        theme = self._asked()
        if theme is self._theme and self._dressed:
            return
        self._theme, self._dressed = theme, True
        set_on_application(theme)
        self.changed.emit()

    def _asked(self) -> Theme:
        return theme_named(
            self._column(),
            self._text_scale * (ROOM_TEXT if self._room else 1.0),
            ROOM_LINES if self._room else 1.0,
        )

    def _column(self) -> Column:
        from PySide6.QtCore import Qt  # a thousand names, made when first asked for: after the bare window

        if self._choice != "system":
            return self._choice
        if getattr(self._hints, "accessibility", None) is not None:
            asked = self._hints.accessibility().contrastPreference()
            if asked == Qt.ContrastPreference.HighContrast:
                return "contrast"
        return "dark" if self._hints.colorScheme() == Qt.ColorScheme.Dark else "light"

    def _follow_system(self) -> None:
        if self._choice == "system":
            self.apply()


def _bounded(scale: float) -> float:
    return min(LARGEST_TEXT, max(SMALLEST_TEXT, scale))


def set_ground(choice: Choice, text_scale: float) -> None:
    """Ground and font of the bare window, as its theme will have them.

    The ground that Qt begins with follows the system by itself. The font must not wait: parts of a window
    that was shown in another one fall back to that under a stylesheet.
    """
    QApplication.setFont(text_font(_bounded(text_scale)))
    if choice != "system":
        QApplication.setPalette(QPalette(QColor(_THEMES[choice].pane)))


def set_on_application(theme: Theme) -> None:
    """Fusion, with the theme's palette, font and stylesheet: one look on every system.

    A palette of our own, since `setColorScheme` does nothing on bare X11.
    """
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        return
    set_palette(theme)
    application.setStyleSheet(stylesheet(theme))


def set_palette(theme: Theme) -> None:
    """The theme's palette and font, and no stylesheet yet. Fusion is there from the start: see gui.app."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        return
    application.setPalette(palette(theme))
    application.setFont(theme.font())


def palette(theme: Theme) -> QPalette:
    """The theme as Qt's palette."""
    role = QPalette.ColorRole
    colors = {
        role.Window: theme.pane,
        role.WindowText: theme.text,
        role.Base: theme.background,
        role.AlternateBase: theme.pane,
        role.Text: theme.text,
        role.PlaceholderText: theme.muted,
        role.Button: theme.pane,
        role.ButtonText: theme.text,
        role.BrightText: theme.on_accent,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.ToolTipBase: theme.background,
        role.ToolTipText: theme.text,
        role.Light: theme.background,
        role.Midlight: theme.hover,
        role.Mid: theme.separator,
        role.Dark: theme.separator,
        role.Shadow: theme.separator,
        role.Accent: theme.accent,
    }
    made = QPalette()
    for which, color in colors.items():
        made.setColor(which, QColor(color))
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.muted))
    return made


def stylesheet(theme: Theme, folder: Path = THEME_FOLDER) -> str:
    """The stylesheet of the window: `resources/themes/gradus.qss` with the theme's values in its `$names`."""
    try:
        template = Template((folder / "gradus.qss").read_text(encoding="utf-8"))
    except OSError as problem:
        _log.warning("no stylesheet: %s", problem)
        return "/* none */"
    size = theme.text_size
    check = max(18, round(size * 1.2))
    knob = max(HANDLE_SIZE, round(HANDLE_SIZE * theme.line_scale))
    groove = max(4, round(4 * theme.line_scale))
    colors = ("background", "pane", "text", "muted", "separator", "accent", "on_accent", "hover", "pressed")
    return template.substitute(
        {name: getattr(theme, name) for name in colors},
        right=theme.role(Role.RIGHT).color,
        wrong=theme.role(Role.WRONG).color,
        text_size=size,
        small_size=round(size * 0.87),
        title_size=round(size * 1.6),
        knob=knob - 6,  # without its border of 3 pixels
        knob_margin=(knob - groove) // 2,
        handle_radius=knob // 2,
        groove=groove,
        slider=knob + 4,
        button=round(size * 1.6),
        row=round(size * 1.5),
        check=check,
        check_radius=check // 2 + 2,
        dot=check - 8,
        icons=(folder.parent / "icons").as_posix(),
        name=theme.name,
    )
