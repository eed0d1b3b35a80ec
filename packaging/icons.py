"""Gradus' icon, drawn from its SVG in the sizes and formats that desktops ask for."""

from __future__ import annotations

from pathlib import Path

SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
"""Pixels, as the hicolor theme has folders for."""

WINDOWS_SIZES = (16, 24, 32, 48, 64, 128, 256)


def make(drawing: Path, folder: Path) -> str:
    """Write `gradus-SIZE.png` for every size, `gradus.ico` and `gradus.icns`, and say what was made."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    for size in SIZES:
        _render(drawing, size, folder / f"gradus-{size}.png")
    with Image.open(folder / "gradus-512.png") as largest:
        largest.save(folder / "gradus.ico", sizes=[(size, size) for size in WINDOWS_SIZES])
        largest.save(folder / "gradus.icns")
    return f"{len(SIZES)} sizes, .ico, .icns"


def _render(drawing: Path, size: int, target: Path) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(drawing)).render(painter)
    painter.end()
    if not image.save(str(target)):
        raise SystemExit(f"{target.name} cannot be written")
