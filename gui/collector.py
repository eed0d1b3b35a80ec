"""Garbage is collected in the thread of the window alone.

Python collects in whichever thread happens to make its next object. Widgets that were replaced hold each
other in circles until then, and what belongs to the window must not be destroyed by a worker: Qt would crash.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

PERIOD = 100
"""Milliseconds between two looks. A worker makes some 50,000 objects meanwhile: a pass takes 2 or 3 ms."""


class Collector(QObject):
    """Collects what Python would collect by itself, as often as its thresholds ask for, until `stop`."""

    def __init__(self) -> None:
        super().__init__()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(PERIOD)
        self._timer.timeout.connect(collect_if_due)
        self._timer.start()

    def stop(self) -> None:
        """Collect all that is left, and leave the rest to Python again."""
        self._timer.stop()
        gc.collect()
        gc.enable()


def collect_if_due() -> None:
    """Collect the oldest generation that is over its threshold, and with it those that are younger."""
    due = [count > threshold for count, threshold in zip(gc.get_count(), gc.get_threshold(), strict=True)]
    if any(due):
        gc.collect(max(generation for generation, over in enumerate(due) if over))
