"""SymPy in a child process that can be killed.

SymPy may take for ever over a short formula, and cannot be interrupted from within. So it works in a child:
a request that takes too long costs the child its life and the program nothing. Between the processes a
formula travels as the text that `to_text` writes and `parse` reads, and a verdict as true or false.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import types
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from engine import symbolic
from engine.expression import parse, to_text
from engine.nodes import Node, variables_of
from engine.text import Text

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

TIMEOUT = 3.0
"""Seconds that a request may take."""

STARTUP = 30.0
"""Seconds that the child may take to import SymPy on a slow computer."""

MEMORY = 2_000_000_000
"""Bytes that the child may take, where the system can say so."""

Found = TypeVar("Found")

OPERATIONS: dict[str, Callable[..., Node | bool | str | None]] = {
    "simplify": symbolic.simplify,
    "equivalent": symbolic.equivalent,
    "limit left": symbolic.limit_from_left,
    "limit right": symbolic.limit_from_right,
}
"""What the child can be asked for; each takes nodes and gives a node, a verdict or a word."""


class Result(msgspec.Struct, Generic[Found], frozen=True):
    """What was found, or None and why."""

    value: Found | None
    reason: Text | None = None


class _Request(msgspec.Struct):
    operation: str
    formulas: list[str]
    variables: list[str]


class _Reply(msgspec.Struct):
    """A formula's text, a verdict, or neither; or a word instead of a formula."""

    value: str | bool | None = None
    word: str = ""
    failed: bool = False


class SymbolicProcess:
    """SymPy in a child process, started when first needed or by `warm_up`, killed when it takes too long.

    Requests from several threads wait for each other. `close` may come from any thread at any time and ends
    a request that is under way. Use it as a context manager where that suits.
    """

    def __init__(self, timeout: float = TIMEOUT) -> None:
        self.timeout = timeout
        self._requests = threading.Lock()
        self._state = threading.RLock()
        self._child: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._ready = False
        self._closed = False

    def __enter__(self) -> SymbolicProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def running(self) -> bool:
        """Whether a child is alive."""
        with self._state:
            return self._child is not None and self._child.is_alive()

    def warm_up(self) -> None:
        """Start the child, so that the first request need not wait for it. Returns at once."""
        with self._state:
            self._start()

    def simplify(self, node: Node, timeout: float | None = None) -> Result[Node]:
        """The shortest form SymPy finds in time."""
        names = sorted(variables_of(node))
        reply = self._ask("simplify", [node], timeout)
        if not isinstance(reply.value, str):
            return Result(None, reply.reason or _NOTHING_FOUND)
        return Result(parse(reply.value, names))

    def equivalent(self, one: Node, other: Node, timeout: float | None = None) -> Result[bool]:
        """Whether two formulas are equal, if SymPy can tell in time."""
        reply = self._ask("equivalent", [one, other], timeout)
        if not isinstance(reply.value, bool):
            return Result(None, reply.reason or _NOTHING_FOUND)
        return Result(reply.value)

    def limit(
        self, node: Node, place: Node, direction: str, timeout: float | None = None
    ) -> Result[Node | str]:
        """The one-sided limit of a formula, as `symbolic.limit` has it, if SymPy finds it in time."""
        reply = self._ask(f"limit {direction}", [node, place], timeout)
        if not isinstance(reply.value, str):
            return Result(None, reply.reason or _NOTHING_FOUND)
        if reply.value in ("inf", "-inf", "oscillation"):
            return Result(reply.value)
        return Result(parse(reply.value, sorted(variables_of(node))))

    def close(self) -> None:
        """End the child and whatever it is doing. Later requests find nothing."""
        with self._state:
            self._closed = True
            if self._child is not None:
                self._child.kill()
        # A request under way now finds the other end of its pipe closed, and lets go.
        with self._requests, self._state:
            self._stop()

    def _ask(self, operation: str, nodes: list[Node], timeout: float | None) -> Result[str | bool]:
        names = sorted(variables_of(*nodes))
        request = _Request(operation, [to_text(node) for node in nodes], names)
        seconds = self.timeout if timeout is None else timeout
        with self._requests:
            try:
                return self._exchange(msgspec.json.encode(request), seconds)
            except (OSError, EOFError):
                with self._state:
                    self._stop()
                return Result(None, Text("The symbolic calculator stopped. It starts again when needed."))

    def _exchange(self, request: bytes, seconds: float) -> Result[str | bool]:
        with self._state:
            self._start()
            pipe = self._pipe
        if pipe is None:
            return Result(None, Text("The symbolic calculator is closed."))
        if not self._ready:
            if not pipe.poll(STARTUP):
                return self._too_slow(STARTUP)
            pipe.recv_bytes()
            self._ready = True
        pipe.send_bytes(request)
        if not pipe.poll(seconds):
            return self._too_slow(seconds)
        reply = msgspec.json.decode(pipe.recv_bytes(), type=_Reply)
        return Result(None, _NOTHING_FOUND) if reply.failed else Result(reply.word or reply.value)

    def _too_slow(self, seconds: float) -> Result[Any]:
        with self._state:
            self._stop()
            self._start()
        return Result(
            None, Text("This would have taken more than {seconds} seconds.", {"seconds": float(seconds)})
        )

    def _start(self) -> None:
        if self._closed or self.running:
            return
        self._stop()
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._child = context.Process(target=_serve, args=(theirs,), name="gradus-symbolic", daemon=True)
        with _without_main():
            self._child.start()
        theirs.close()
        self._ready = False

    def _stop(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.join()
            self._child.close()
        if self._pipe is not None:
            self._pipe.close()
        self._child = self._pipe = None


_NOTHING_FOUND = Text("The symbolic calculator found no answer.")
_starting = threading.Lock()


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Let a new process start without importing the program's main module.

    A spawned child imports it by default, and with it the window, or runs an unguarded script again. The
    child here needs this module and `engine.symbolic` alone.
    """
    with _starting:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = types.ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


def _serve(pipe: Connection) -> None:
    """The child: answer requests until the other end of the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _limit_memory()
    symbolic.warm_up()
    pipe.send_bytes(b"ready")
    with contextlib.suppress(EOFError, OSError):
        while True:
            pipe.send_bytes(msgspec.json.encode(_answer(pipe.recv_bytes())))


def _answer(request: bytes) -> _Reply:
    """One request, whatever SymPy makes of it: it raises nearly everything on something."""
    asked = msgspec.json.decode(request, type=_Request)
    try:
        nodes = [parse(formula, asked.variables) for formula in asked.formulas]
        found = OPERATIONS[asked.operation](*nodes)
        if isinstance(found, str):
            return _Reply(word=found)
        return _Reply(to_text(found) if isinstance(found, Node) else found)
    except Exception:  # noqa: BLE001
        return _Reply(failed=True)


def _end_with_parent() -> None:
    """A child in the middle of a long calculation must not outlive a program that crashed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _limit_memory() -> None:
    """Where the system has a limit, a runaway calculation meets it before the computer does."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
