"""Gestures: what belongs together is undone together, a drag, a held key, a stretch of typing."""

from __future__ import annotations

import itertools
import math
import time

KEY_PAUSE = 1.0
"""Seconds without a key after which the next one begins a new entry in the history."""

_numbers = itertools.count(1)


class Gesture:
    """The name that `SetParameters` carries while one gesture lasts.

    It begins when first asked for, and ends with `end` or after a `pause` of so many seconds.
    """

    def __init__(self, pause: float = math.inf) -> None:
        self._pause = pause
        self._name = ""
        self._latest = -math.inf

    def name(self) -> str:
        """The name of the gesture under way; a new one when none is."""
        now = time.monotonic()
        if not self._name or now - self._latest > self._pause:
            self._name = f"control-{next(_numbers)}"
        self._latest = now
        return self._name

    def end(self) -> None:
        """What follows is another gesture."""
        self._name = ""
