"""A scene in motion as an animated GIF: what the transport plays, frame by frame, for ever.

One palette serves the whole file (a palette for each frame costs twenty times as long and flickers): the
exact colours of the theme first, then those that the painted frames need. Pillow is imported when needed.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage

from engine.errors import ParameterError
from engine.figure import NO_VIEWS, Figure, Heatmap, Mosaic, View
from engine.scene import Playback, Scene, changed
from gui.saving import target_kind, write
from gui.sheet import USUAL_SIZE, Sheet
from gui.theme import Theme
from gui.tiles import tile_colors

if TYPE_CHECKING:
    from PIL.Image import Image

    from gui.mathtext import Typesetter

INTERVAL = 40
"""Milliseconds a frame: GIF counts in hundredths of a second, and browsers slow down what is below two."""

MOST_FRAMES = 400
LONGEST = 60.0
"""Seconds; what plays for longer is played faster."""

HOLD_FIRST, HOLD_LAST = 600, 1500
"""Milliseconds that the ends stay, so that the eye finds where it begins."""

SAMPLES = 24
"""Frames looked at beforehand, for the room and the colours that all of them need."""

MOST_EXACT = 192
"""Colours of the palette that are given; the others, for soft edges, are found in the painted frames."""

SAME_COLOR = 12
"""Found colours nearer than this to a given one are left out: Pillow rounds, and would mistake one for it."""

Progress = Callable[[float], bool]
"""Told the share that is done; answers whether to go on."""


class Frame(NamedTuple):
    """A picture and the milliseconds that it stays."""

    scene: Scene
    duration: int


def save_motion(
    scene: Scene,
    playback: Playback,
    theme: Theme,
    path: Path,
    views: Mapping[str, View] = NO_VIEWS,
    size: QSize = USUAL_SIZE,
    typesetter: Typesetter | None = None,
    scale: float = 1.0,
    progress: Progress | None = None,
) -> bool:
    """Save `playback` of `scene` as a GIF that repeats; False if `progress` ended it, and no file is written.

    `progress` may let the window answer in between; nothing here does.
    """
    target_kind(path, ("gif",))
    frames = plan(scene, playback)
    figures = [frame.scene.figure(views) for frame in _spread(frames, SAMPLES)]
    images: list[Image] = []
    with Sheet(theme, size, typesetter) as sheet:
        sheet.reserve(figures, views)
        palette = _palette(sheet, figures, theme, views, scale)
        for number, frame in enumerate(frames):
            if progress is not None and not progress(number / len(frames)):
                return False
            sheet.show(frame.scene.figure(views), views)
            images.append(_indexed(sheet.image(scale), palette))
    write(path, _gif(images, [frame.duration for frame in frames]))
    return True


def plan(scene: Scene, playback: Playback) -> list[Frame]:
    """The frames of a motion, each different from the one before, with the time that each stays.

    A value that the scene cannot have is passed over: the frame before it stays.
    """
    seconds = min(max(playback.seconds, 0.0), LONGEST)
    interval = max(INTERVAL, 10 * math.ceil(100 * seconds / MOST_FRAMES))
    last = max(1, round(1000 * seconds / interval))
    frames: list[Frame] = []
    for number in range(last + 1):
        try:
            shown = changed(scene, {playback.parameter: playback.value(number / last)})
        except ParameterError:
            shown = frames[-1].scene if frames else scene
        if frames and shown == frames[-1].scene:
            frames[-1] = frames[-1]._replace(duration=frames[-1].duration + interval)
        else:
            frames.append(Frame(shown, interval))
    frames[0] = frames[0]._replace(duration=max(frames[0].duration, HOLD_FIRST))
    frames[-1] = frames[-1]._replace(duration=max(frames[-1].duration, HOLD_LAST))
    return frames


def _spread(frames: Sequence[Frame], most: int) -> Iterator[Frame]:
    """At most so many frames, evenly from the first to the last."""
    count = min(most, len(frames))
    for number in range(count):
        yield frames[round(number * (len(frames) - 1) / max(1, count - 1))]


def _palette(
    sheet: Sheet, figures: Sequence[Figure], theme: Theme, views: Mapping[str, View], scale: float
) -> Image:
    """An image whose palette serves every frame."""
    from PIL import Image

    exact = list(dict.fromkeys(_exact_colors(figures, theme)))[:MOST_EXACT]
    chosen = [figures[0], figures[len(figures) // 2], figures[-1]]
    painted = []
    for figure in chosen:
        sheet.show(figure, views)
        painted.append(_picture(sheet.image(scale)))
    width, height = painted[0].size
    together = Image.new("RGB", (width, height * len(painted)))
    for number, picture in enumerate(painted):
        together.paste(picture, (0, number * height))
    given = np.array([QColor(color).getRgb()[:3] for color in exact])  # type: ignore[index]
    quantized = together.quantize(256 - len(exact), method=Image.Quantize.MEDIANCUT)
    found = np.array(quantized.getpalette()).reshape(-1, 3)
    apart = np.abs(found[:, None] - given[None]).max(axis=2).min(axis=1) >= SAME_COLOR
    palette = Image.new("P", (1, 1))
    palette.putpalette(np.vstack((given, found[apart])).ravel().tolist())
    return palette


def _exact_colors(figures: Sequence[Figure], theme: Theme) -> Iterator[str]:
    """What must come out as it is: ground, text, every mark, and half the colours that a field can have."""
    yield from (theme.background, theme.text, theme.muted, theme.separator, theme.grid)
    marks = [mark for figure in figures for panel in figure.panels for mark in panel.marks]
    yield from dict.fromkeys(theme.look(mark).color for mark in marks)
    if any(isinstance(mark, Heatmap) for mark in marks):
        yield from (f"#{color & 0xFFFFFF:06X}" for color in theme.field_colors[::2].tolist())
    for tile in {tile.look: None for mark in marks if isinstance(mark, Mosaic) for tile in mark.tiles}:
        colors = tile_colors(tile, theme.name)
        yield from (f"#{color & 0xFFFFFF:06X}" for color in np.unique(colors[::3]).tolist())


def _picture(image: QImage) -> Image:
    """A painted image as Pillow has it."""
    from PIL import Image

    size = (image.width(), image.height())
    return Image.frombytes("RGB", size, bytes(image.constBits()), "raw", "BGRX", image.bytesPerLine(), 1)


def _indexed(image: QImage, palette: Image) -> Image:
    from PIL import Image

    return _picture(image).quantize(palette=palette, dither=Image.Dither.NONE)


def _gif(images: Sequence[Image], durations: Sequence[int]) -> bytes:
    buffer = io.BytesIO()
    first, *others = images
    first.save(
        buffer, "GIF", save_all=True, append_images=others, duration=list(durations), loop=0, optimize=False
    )
    return buffer.getvalue()
