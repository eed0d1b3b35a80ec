"""Room mode: large and bare for a projector, a light around the pointer so that the last row sees it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QCursor,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QRadialGradient,
    QShortcut,
)
from PySide6.QtWidgets import QMainWindow, QWidget

from gui.actions import ROOM_KEYS, Actions
from gui.panes import Panes
from gui.theme import ThemeManager

RADIUS = 40
FRAME = 16  # milliseconds between two looks at the pointer


class Halo(QWidget):
    """Follows the pointer over its parent while it is shown; the mouse does not notice it."""

    def __init__(self, themes: ThemeManager, parent: QWidget) -> None:
        super().__init__(parent)
        self._themes = themes
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.resize(2 * RADIUS, 2 * RADIUS)
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME)
        self._timer.timeout.connect(self._follow)
        self.hide()

    def set_on(self, on: bool) -> None:
        """Shine, or not."""
        self.setVisible(on)
        if on:
            self.raise_()
            self._follow()
            self._timer.start()
        else:
            self._timer.stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A soft disc in the accent, brightest at its rim."""
        color = QColor(self._themes.theme().accent)
        light = QRadialGradient(QPointF(RADIUS, RADIUS), RADIUS)
        for place, alpha in ((0.0, 18), (0.7, 40), (0.92, 90), (1.0, 0)):
            color.setAlpha(alpha)
            light.setColorAt(place, color)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(Qt.PenStyle.NoPen))
        painter.setBrush(light)
        painter.drawEllipse(QRectF(0, 0, 2 * RADIUS, 2 * RADIUS))

    def _follow(self) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        place = parent.mapFromGlobal(QCursor.pos())
        self.move(place.x() - RADIUS, place.y() - RADIUS)


class RoomMode(QObject):
    """Switches a window between the desk and the room."""

    def __init__(self, window: QMainWindow, panes: Panes, themes: ThemeManager, commands: Actions) -> None:
        super().__init__(window)
        self._window = window
        self._panes = panes
        self._themes = themes
        self._commands = commands
        self._before: tuple[tuple[bool, bool], bool] | None = None
        self.halo = Halo(themes, window)
        self._keys = [self._key(key, name) for key, name in ROOM_KEYS]

    @property
    def on(self) -> bool:
        """Whether the window is sized for a room."""
        return self._before is not None

    def set_on(self, on: bool) -> None:
        """Full screen, larger, the panes folded; or as it was before."""
        if on == self.on:
            return
        if on:
            self._before = (self._panes.fold_all(), self._window.isMaximized())
            self._window.showFullScreen()
        elif self._before is not None:
            (panes, maximized), self._before = self._before, None
            self._panes.unfold(panes)
            if maximized:
                self._window.showMaximized()
            else:
                self._window.showNormal()
        self._window.menuBar().setVisible(not on)
        self._themes.set_room_mode(on)
        self.halo.set_on(on)
        self._commands["room"].setChecked(on)
        for key in self._keys:
            key.setEnabled(on)

    def _key(self, key: str, name: str) -> QShortcut:
        """A key that means something in a room alone."""
        shortcut = QShortcut(QKeySequence(key), self._window)
        shortcut.activated.connect(self._commands[name].trigger)
        shortcut.setEnabled(False)
        return shortcut
