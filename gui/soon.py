"""Once a turn of the event loop, before it paints: what many actions ask for is done one time."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject


class Soon(QObject):
    """Calls `work` after the events that wait already, and before the window paints.

    A timer of no time would come after the paint, and every frame would be painted twice: Qt repaints with
    a low priority among posted events, and turns to its timers when none of those is left.
    """

    def __init__(self, work: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._due = False

    @property
    def due(self) -> bool:
        """Whether the work is asked for and not yet done."""
        return self._due

    def ask(self) -> None:
        """Have it done, once however often this is asked."""
        if not self._due:
            self._due = True
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.User))

    def cancel(self) -> None:
        """It is done already, or needed no more."""
        if self._due:
            self._due = False
            QCoreApplication.removePostedEvents(self, QEvent.Type.User)

    def event(self, event: QEvent) -> bool:
        """The turn has come."""
        if event.type() != QEvent.Type.User:
            return super().event(event)
        if self._due:
            self._due = False
            self._work()
        return True
