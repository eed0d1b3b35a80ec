"""The transport's clock: it says where in [0, 1] the playing stands, by the time that has really passed."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

FRAME = 16
"""Milliseconds between two frames."""

LONGEST_FRAME = 0.1
"""Seconds that one frame counts for at most: after a stall the motion goes on, it does not jump."""

SLOWEST, FASTEST = 0.25, 4.0


class Player(QObject):
    """Plays from 0 to 1, or backwards. Whoever moves the picture otherwise tells it so by `place`."""

    moved = Signal(float)
    """The position of the next frame."""

    changed = Signal()
    """It plays or stands, or its direction, its speed or its loop is another."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._position = 0.0
        self._seconds = 4.0
        self._speed = 1.0
        self._loop = False
        self._backwards = False
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME)
        self._timer.timeout.connect(self._frame)

    @property
    def playing(self) -> bool:
        """Whether time passes."""
        return self._timer.isActive()

    @property
    def backwards(self) -> bool:
        """Whether it plays from the end to the beginning."""
        return self.playing and self._backwards

    @property
    def speed(self) -> float:
        """1.0 plays as long as the playback says."""
        return self._speed

    @property
    def loop(self) -> bool:
        """Whether the end is followed by the beginning, backwards the beginning by the end."""
        return self._loop

    @property
    def position(self) -> float:
        """Where in [0, 1] it stands, between the frames of whole numbers too."""
        return self._position

    def play(self, seconds: float, backwards: bool = False) -> None:
        """Go on from where it stands, or from the other end when it stands where it would arrive."""
        self._seconds = max(seconds, 1e-3)
        self._backwards = backwards
        if self._way_gone() >= 1.0:
            self._go(0.0)
            self.moved.emit(self._position)
        self._clock.restart()
        self._timer.start()
        self.changed.emit()

    def pause(self) -> None:
        """Stand still."""
        if self._timer.isActive():
            self._timer.stop()
            self.changed.emit()

    def place(self, position: float) -> None:
        """Take note that the picture stands at `position`."""
        self._position = min(1.0, max(0.0, position))

    def set_speed(self, speed: float) -> None:
        """From a quarter to four times as fast as the playback says."""
        self._speed = min(FASTEST, max(SLOWEST, speed))
        self.changed.emit()

    def set_loop(self, loop: bool) -> None:
        """Begin again where it arrives, or stop there."""
        self._loop = loop
        self.changed.emit()

    def _frame(self) -> None:
        elapsed = min(self._clock.restart() / 1000.0, LONGEST_FRAME)
        gone = self._way_gone()
        going = gone + elapsed * self._speed / self._seconds
        if going >= 1.0 and self._loop:
            # The end is on show for a frame before the beginning is.
            going = 1.0 if gone < 1.0 else 0.0
        self._go(going)
        if going >= 1.0 and not self._loop:
            self.pause()
        self.moved.emit(self._position)

    def _way_gone(self) -> float:
        """The share of the way that lies behind it, in the direction it plays in."""
        return 1.0 - self._position if self._backwards else self._position

    def _go(self, gone: float) -> None:
        """Stand where this share of the way lies behind it."""
        self.place(1.0 - gone if self._backwards else gone)
