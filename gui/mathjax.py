"""LaTeX to drawings by MathJax 4, which runs in QuickJS in a process of its own. No Qt here.

A process, since MathJax needs half a second to wake and a hostile formula may never end: one that can be
killed keeps the window alive. Strings go in, `Drawing`s come out as JSON. The packages are those that a
calculus course needs. Left out is whatever defines macros (loops), names pages to open or styles, and
`physics`, whose \\xmat{a}{9999}{9999} fills the memory and whose \\div is no longer a division sign.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from gui.drawing import Drawing, read_drawing

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

VERSION = "quickjax 0.1.0, drawing 1"  # a part of every cache key: what is drawn changes with either
PACKAGES = ("base", "ams", "boldsymbol", "braket", "cancel", "color", "mathtools", "cases")
LONGEST = 2000
START_SECONDS, FORMULA_SECONDS = 30.0, 3.0
_STACK = 4 * 1024 * 1024
_MEMORY = 160 * 1024 * 1024
# what these say outlives the formula: one formula must never change how another is set
_LASTING = re.compile(
    r"\\(?:Declare\w*|definecolor|newtagform|renewtagform|usetagform|mathtoolsset|label|mmlToken)(?![A-Za-z])"
)


class Typesets(Protocol):
    """Whatever turns LaTeX into a drawing."""

    def typeset(self, latex: str, display: bool) -> Drawing:
        """The drawing of a formula; one with an `error` when it cannot be typeset."""


class MathJax:
    """MathJax in this process: half a second to create, then some milliseconds a formula."""

    def __init__(self) -> None:
        import quickjs

        self._context = quickjs.Context()
        self._context.set_max_stack_size(_STACK)
        self._context.set_memory_limit(_MEMORY)
        self._context.eval(_bundle())

    def typeset(self, latex: str, display: bool) -> Drawing:
        """The drawing of a formula, set apart on its own line (`display`) or within a line of text."""
        refused = refusal(latex)
        if refused:
            return Drawing(error=refused)
        svg = self._svg(latex, display)
        if not display and "data-mjx-linestack" in svg:
            # within a line MathJax leaves the breaking at \\ to a browser; set apart, the lines are stacked
            svg = self._svg(rf"\begin{{gathered}}{latex}\end{{gathered}}", display)
        return read_drawing(svg)

    def _svg(self, latex: str, display: bool) -> str:
        import quickjs

        try:
            call = f"{'render' if display else 'renderInline'}({json.dumps(latex)})"
            return str(self._context.eval(call))
        except quickjs.StackOverflow as error:
            raise RecursionError("It is nested too deeply.") from error


def refusal(latex: str) -> str | None:
    r"""Why MathJax is not asked at all, if so.

    >>> refusal(r"\DeclarePairedDelimiter{\abs}{|}{|}")
    '\\DeclarePairedDelimiter is not allowed.'
    """
    if len(latex) > LONGEST:
        return f"It is longer than {LONGEST} characters."
    if any("\ud800" <= character <= "\udfff" for character in latex):
        return "It holds half a character."
    lasting = _LASTING.search(latex)
    return f"{lasting[0]} is not allowed." if lasting else None


def _bundle() -> str:
    """MathJax's source with the list of its packages shortened to ours."""
    import quickjax

    source = quickjax.MathJaxRenderer._JS_BUNDLE.read_text(encoding="utf-8")
    shortened, found = re.subn(r'\["base","ams",[^]]*\]', json.dumps(PACKAGES), source)
    if found != 1:
        raise RuntimeError("quickjax is not the version that gui/mathjax.py was written for")
    return shortened


def serve(connection: Connection) -> None:
    """The child process: read (LaTeX, display) pairs and answer each with a drawing, until the pipe ends."""
    import signal
    import threading

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal is the parent's affair
    # QuickJS counts on its stack being real; the first thread of a Windows process has only 1 MB
    threading.stack_size(4 * _STACK)
    thread = threading.Thread(target=_answer, args=(connection,))
    thread.start()
    thread.join()


def _answer(connection: Connection) -> None:
    mathjax = MathJax()
    try:
        connection.send_bytes(b"ready")
        while True:
            latex, display = msgspec.json.decode(connection.recv_bytes(), type=tuple[str, bool])
            try:
                drawing = mathjax.typeset(latex, display)
            except Exception as error:  # noqa: BLE001  (whatever a formula does, the next one is answered)
                reason = str(error).partition("\n")[0]
                drawing = Drawing(error=reason)
                if "memory" in reason:
                    mathjax = MathJax()
            connection.send_bytes(msgspec.json.encode(drawing))
    except (EOFError, OSError):
        return


class MathJaxProcess:
    """MathJax in a child process that is started when first needed and killed when it takes too long.

    One thread may use it at a time.
    """

    def __init__(self, seconds: float = FORMULA_SECONDS) -> None:
        self._seconds = seconds
        self._process: Any = None
        self._connection: Connection | None = None
        self._failed_starts = 0
        self._interrupted = False

    def typeset(self, latex: str, display: bool) -> Drawing:
        """The drawing of a formula; an `error` in it when it is wrong, takes too long or MathJax is gone."""
        refused = refusal(latex)
        if refused:
            return Drawing(error=refused)
        try:
            connection = self._connected()
            connection.send_bytes(msgspec.json.encode((latex, display)))
            if not connection.poll(self._seconds):
                self.stop()
                return Drawing(error="It takes too long to typeset.")
            return msgspec.json.decode(connection.recv_bytes(), type=Drawing)
        except (EOFError, OSError, msgspec.MsgspecError):
            self.stop()
            return Drawing(error="The typesetter stopped.")

    def start(self) -> None:
        """Start the child now, so that the first formula need not wait for it."""
        try:
            self._connected()
        except (EOFError, OSError):
            self.stop()

    def stop(self) -> None:
        """End the child, whatever it is doing. The next formula starts a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None

    def interrupt(self) -> None:
        """End for good, from another thread: whoever waits for the child gets an error at once."""
        self._interrupted = True
        process = self._process
        if process is not None:
            process.kill()

    def _connected(self) -> Connection:
        if self._connection is not None:
            return self._connection
        if self._failed_starts >= 2 or self._interrupted:
            # a machine that allows no child process is not asked for ever
            raise OSError("the typesetter does not start")
        import multiprocessing

        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs,), name="gradus-mathjax", daemon=True)
        self._failed_starts += 1
        process.start()
        theirs.close()
        self._process, self._connection = process, ours
        if self._interrupted or not ours.poll(START_SECONDS) or ours.recv_bytes() != b"ready":
            raise OSError("the typesetter does not start")
        self._failed_starts = 0
        return ours
