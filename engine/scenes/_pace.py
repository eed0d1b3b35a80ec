"""Stages of a picture, not oftener than an eye follows."""

from __future__ import annotations

import time

PACE = 0.08
"""Seconds between two pictures of work that is not done."""


class Pace:
    """Tells when it is time for the next picture."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def due(self, done: float) -> bool:
        """Whether to show what is done now: the whole always, a part if the last picture is long ago."""
        now = time.monotonic()
        if done < 1.0 and now - self._last <= PACE:
            return False
        self._last = now
        return True
