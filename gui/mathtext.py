"""Formulas for the window: asked for at once, painted when they are ready, never waited for.

`Typesetter.formula` answers from memory or disk; what is in neither is typeset in MathJax's process, and
`ready` says when. `MathLabel` shows one formula. Whatever paints its own (a canvas, a document) keeps the
`Formula` and calls its `paint`.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from concurrent.futures import Future
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.leibniz import in_leibniz
from engine.progress import Notation
from gui.drawing import Drawing
from gui.formula import Formula, build_formula, scale_for
from gui.formula_store import FormulaArchive, FormulaFolder
from gui.mathjax import MathJaxProcess

__all__ = ["Formula", "MathLabel", "Typesetter", "scale_for"]

MOST_IN_MEMORY = 300
MOST_PASSING = 24
"""Of those, what changes while somebody types or numbers move: half a megabyte each, seldom seen twice."""

_Request = tuple[str, bool]


class Typesetter(QObject):
    """Turns LaTeX into formulas, and remembers them in memory and in `cache_folder`.

    Belongs to the window's thread. `close` must be called before the program ends.
    """

    ready = Signal(object)
    """A Formula that was asked for in vain before can now be had. It may be one that shows its source."""

    _arrived = Signal(object, object)

    def __init__(
        self,
        cache_folder: Path | None = None,
        shipped: FormulaArchive | None = None,
        parent: QObject | None = None,
        asleep: bool = False,
    ) -> None:
        """`asleep` typesets nothing before `warm_up`, unless somebody waits: the first picture goes first."""
        super().__init__(parent)
        self._shipped = shipped or FormulaArchive()
        self._folder = FormulaFolder(cache_folder) if cache_folder else None
        self._memory: OrderedDict[_Request, Formula] = OrderedDict()
        self._passing: OrderedDict[_Request, None] = OrderedDict()
        self._waiting: set[_Request] = set()
        self._notation: Notation = "lagrange"
        self._queue = _Queue(self._folder, asleep)
        self._arrived.connect(self._take)

    def set_notation(self, notation: Notation) -> None:
        """Write derivatives so from now on; what is on show was written before."""
        if notation != self._notation:
            self._notation = notation
            self._memory.clear()

    def formula(self, latex: str, display: bool = False, keep: bool = True) -> Formula | None:
        """The formula if it is at hand; otherwise None, and `ready` follows.

        `display` sets it as on a line of its own. `keep=False` spares memory and disk what changes with every
        key that is pressed.
        """
        request = (latex, display)
        if keep:
            self._passing.pop(request, None)
        elif request in self._passing or request not in self._memory:
            self._passing[request] = None
            self._passing.move_to_end(request)
        if request in self._waiting:
            return None
        found = self._at_hand(request)
        if found is None:
            self._waiting.add(request)
            self._queue.ask(self._written(request), keep).add_done_callback(
                lambda answer: None if answer.cancelled() else self._arrived.emit(request, answer.result())
            )
        return found

    def typeset_now(self, latex: str, display: bool = False) -> Formula:
        """The formula, waited for: for an export, the command line or a test."""
        request = (latex, display)
        found = self._at_hand(request)
        if found is not None:
            return found
        asked = self._queue.ask(self._written(request), keep=True, first=True)
        return self._remember(request, asked.result())

    def warm_up(self) -> None:
        """Wake MathJax now, in its process: for a moment when nothing else is to be done."""
        self._queue.wake()

    def close(self) -> None:
        """End the thread and the process. What was still asked for never becomes ready."""
        self._queue.close()

    def _at_hand(self, request: _Request) -> Formula | None:
        found = self._memory.get(request)
        if found is not None:
            self._memory.move_to_end(request)
            return found
        written = self._written(request)
        drawing = self._shipped.load(*written)
        if drawing is None and self._folder is not None:
            drawing = self._folder.load(*written)
        return None if drawing is None else self._remember(request, drawing)

    def _written(self, request: _Request) -> _Request:
        """What MathJax is given: the same formula in the learner's notation."""
        latex, display = request
        return (in_leibniz(latex) if self._notation == "leibniz" else latex, display)

    def _remember(self, request: _Request, drawing: Drawing) -> Formula:
        formula = self._memory.get(request) or build_formula(*request, drawing)
        self._memory[request] = formula
        while len(self._memory) > MOST_IN_MEMORY:
            self._memory.popitem(last=False)
        while len(self._passing) > MOST_PASSING:
            self._memory.pop(self._passing.popitem(last=False)[0], None)
        return formula

    def _take(self, request: _Request, drawing: Drawing) -> None:
        self._waiting.discard(request)
        self.ready.emit(self._remember(request, drawing))


class _Queue:
    """The thread that feeds MathJax's process; it and the process start with the first request."""

    def __init__(self, folder: FormulaFolder | None, asleep: bool) -> None:
        self._folder = folder
        self._asleep = asleep
        self._requests: deque[tuple[_Request, bool, Future[Drawing]]] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None
        self._mathjax = MathJaxProcess()

    def ask(self, request: _Request, keep: bool, first: bool = False) -> Future[Drawing]:
        answer: Future[Drawing] = Future()
        with self._changed:
            if self._closed:
                answer.set_result(Drawing(error="The program is closing."))
                return answer
            entry = (request, keep, answer)
            if first:
                self._requests.appendleft(entry)
            else:
                self._requests.append(entry)
            self._changed.notify()
        if first or not self._asleep:
            self.wake()
        return answer

    def wake(self) -> None:
        self._asleep = False
        if self._thread is None and not self._closed:
            self._thread = threading.Thread(target=self._work, name="typesetter", daemon=True)
            self._thread.start()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            while self._requests:
                self._requests.popleft()[2].cancel()
            self._changed.notify()
        if self._thread is not None:
            self._mathjax.interrupt()
            self._thread.join()

    def _work(self) -> None:
        self._mathjax.start()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._requests)
                if self._closed:
                    break
                (latex, display), keep, answer = self._requests.popleft()
            drawing = self._mathjax.typeset(latex, display)
            if keep and self._folder is not None:
                self._folder.save(latex, display, drawing)
            with self._changed:
                if not self._closed:
                    answer.set_result(drawing)
                else:
                    answer.cancel()
        self._mathjax.stop()
        if self._folder is not None:
            self._folder.prune()


class MathLabel(QWidget):
    """One formula in the size of the widget's font and the colour of its text.

    `words` is what a screen reader says; without them it reads the LaTeX.
    """

    def __init__(
        self,
        typesetter: Typesetter,
        latex: str = "",
        words: str = "",
        display: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._typesetter = typesetter
        self._display = display
        self._latex = ""
        self._formula: Formula | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        typesetter.ready.connect(self._take)
        self.set_formula(latex, words)

    def set_formula(self, latex: str, words: str = "", keep: bool = True) -> None:
        """Show another formula. The one before stays on show until the new one is ready."""
        self.setAccessibleName(words or latex)
        if latex == self._latex:
            return
        self._latex = latex
        formula = self._typesetter.formula(latex, self._display, keep) if latex else None
        if formula is not None or not latex:
            self._show(formula)

    def latex(self) -> str:
        """The source of the formula that was last set."""
        return self._latex

    def baseline(self) -> float:
        """Pixels from the top of the widget to the formula's baseline, to stand level with words."""
        height = self._formula.height * self._scale() if self._formula else self.fontMetrics().ascent()
        return height + (self.height() - self.sizeHint().height()) / 2

    def sizeHint(self) -> QSize:
        """Room for the formula, and for a line of text at least."""
        line = self.fontMetrics().height()
        if self._formula is None:
            return QSize(0, line)
        size = self._formula.size(self._scale())
        return QSize(int(size.width()) + 1, max(line, int(size.height()) + 1))

    def minimumSizeHint(self) -> QSize:
        """A formula cannot be made narrower."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the formula in the middle, in the palette's text colour."""
        if self._formula is None:
            return
        painter = QPainter(self)
        size = self._formula.size(self._scale())
        left = (self.width() - size.width()) / 2
        top = (self.height() - size.height()) / 2
        baseline = top + self._formula.height * self._scale()
        color = self.palette().color(self.foregroundRole())
        self._formula.paint(painter, left, baseline, self._scale(), color)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font and the palette."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.updateGeometry()
        self.update()
        super().changeEvent(event)

    def _scale(self) -> float:
        return scale_for(self.font())

    def _take(self, formula: Formula) -> None:
        if formula.latex == self._latex and formula.display == self._display:
            self._show(formula)

    def _show(self, formula: Formula | None) -> None:
        self._formula = formula
        self.setToolTip(str(formula.error) if formula and formula.error else "")
        self.updateGeometry()
        self.update()
