"""Where the window stood is where it stands again, unless that monitor is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

SMALLEST = QSize(960, 540)
USUAL = QSize(1440, 900)
GRASP = QSize(160, 40)
"""What must be seen of a window's upper edge for a hand to take hold of it."""


def written_placement(window: QWidget) -> dict[str, float | bool]:
    """Where the window stands, as the profile keeps it."""
    place = window.normalGeometry()
    return {
        "window_x": float(place.x()),
        "window_y": float(place.y()),
        "window_width": float(place.width()),
        "window_height": float(place.height()),
        "window_maximized": window.isMaximized(),
    }


def place_window(window: QWidget, layout: Mapping[str, Any]) -> None:
    """Put the window where it was; in the middle of the first screen if that place cannot be reached."""
    screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    window.setGeometry(placed(layout, screens))
    if layout.get("window_maximized") is True:
        window.showMaximized()


def placed(layout: Mapping[str, Any], screens: Sequence[QRect]) -> QRect:
    """The window's rectangle for what was kept, on the screens that there are."""
    numbers = [layout.get(f"window_{name}") for name in ("x", "y", "width", "height")]
    if all(isinstance(one, (int, float)) and abs(one) < 100_000 for one in numbers):
        x, y, width, height = (round(one) for one in numbers if one is not None)
        wanted = QRect(x, y, max(width, SMALLEST.width()), max(height, SMALLEST.height()))
        edge = QRect(wanted.x(), wanted.y(), wanted.width(), GRASP.height())
        for screen in screens:
            seen = edge.intersected(screen)
            if seen.width() >= GRASP.width() and seen.height() >= GRASP.height() // 2:
                return wanted
    screen = screens[0] if screens else QRect(0, 0, USUAL.width(), USUAL.height())
    size = USUAL.boundedTo(QSize(round(0.95 * screen.width()), round(0.92 * screen.height())))
    size = size.expandedTo(SMALLEST)
    middle = QRect(0, 0, size.width(), size.height())
    middle.moveCenter(screen.center())
    return middle
