"""An X display of its own, watched from outside: what is on the screen, and the click on a window's cross.

Xvfb keeps its screen in a file, so a picture of it costs the program that is watched nothing.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import mmap
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType

SIZE = (1366, 768)
_HEADER = struct.Struct(">25I")
_CLIENT_MESSAGE = 33
_VIEWABLE = 2


class Display:
    """A running X server without a window manager, from `with` to its end."""

    def __init__(self, size: tuple[int, int] = SIZE) -> None:
        if shutil.which("Xvfb") is None:
            raise SystemExit("Xvfb is missing. Install the package xvfb.")
        self.width, self.height = size
        self._folder = tempfile.TemporaryDirectory(prefix="gradus-display-")
        self.name = ""

    def __enter__(self) -> Display:
        reading, writing = os.pipe()
        self._server = subprocess.Popen(
            [
                "Xvfb", "-displayfd", str(writing), "-screen", "0", f"{self.width}x{self.height}x24",
                "-nolisten", "tcp", "-fbdir", self._folder.name,
            ],
            pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(writing)
        with open(reading, encoding="ascii") as said:
            self.name = ":" + said.readline().strip()
        if self.name == ":":
            raise SystemExit("Xvfb does not start.")
        with open(Path(self._folder.name) / "Xvfb_screen0", "rb") as file:
            self._memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        header = _HEADER.unpack_from(self._memory)
        self._start = header[0] + header[19] * 12  # behind the header and the table of colours
        self._row = header[12]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._memory.close()
        self._server.terminate()
        self._server.wait()
        self._folder.cleanup()

    def pixels(self) -> memoryview:
        """The screen as it is now, a number 0xRRGGBB for each pixel, row by row."""
        size = self._row * self.height
        return memoryview(self._memory[self._start : self._start + size]).cast("I")

    def colours(self) -> set[int]:
        """Every colour on the screen. An empty screen has one."""
        return {pixel & 0xFFFFFF for pixel in set(self.pixels())}

    def center(self) -> int:
        """The colour in the middle of the screen; 0, black, where no window is."""
        place = self._start + self._row * (self.height // 3) + 4 * (self.width // 3)
        return int(struct.unpack_from("=I", self._memory, place)[0]) & 0xFFFFFF

    def count(self, colours: set[int]) -> int:
        """How many pixels have one of these colours, found fast: whoever is watched wants the processor."""
        screen = self._memory[self._start : self._start + self._row * self.height]
        return sum(screen.count(colour.to_bytes(3, sys.byteorder)) for colour in colours)

    def close_windows(self) -> int:
        """Ask every window to close, as its cross does, and return how many were asked."""
        return close_windows(self.name)


def close_windows(display: str) -> int:
    """Send WM_DELETE_WINDOW to each window that is on show, and return how many were asked."""
    x11 = _library()
    connection = x11.XOpenDisplay(display.encode())
    if not connection:
        raise OSError(f"the display {display} does not answer")
    try:
        windows = _windows_on_show(x11, connection)
        protocols = x11.XInternAtom(connection, b"WM_PROTOCOLS", False)
        delete = x11.XInternAtom(connection, b"WM_DELETE_WINDOW", False)
        for window in windows:
            event = _Event()
            event.client = _ClientMessage(
                _CLIENT_MESSAGE, 0, True, connection, window, protocols, 32, (ctypes.c_long * 5)(delete)
            )
            x11.XSendEvent(connection, window, False, 0, ctypes.byref(event))
        x11.XSync(connection, False)
        return len(windows)
    finally:
        x11.XCloseDisplay(connection)


class _ClientMessage(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
    )


class _Event(ctypes.Union):
    _fields_ = (("client", _ClientMessage), ("pad", ctypes.c_long * 24))


class _Attributes(ctypes.Structure):
    _fields_ = (
        ("x", ctypes.c_int), ("y", ctypes.c_int), ("width", ctypes.c_int), ("height", ctypes.c_int),
        ("border_width", ctypes.c_int), ("depth", ctypes.c_int), ("visual", ctypes.c_void_p),
        ("root", ctypes.c_ulong), ("kind", ctypes.c_int), ("bit_gravity", ctypes.c_int),
        ("win_gravity", ctypes.c_int), ("backing_store", ctypes.c_int), ("backing_planes", ctypes.c_ulong),
        ("backing_pixel", ctypes.c_ulong), ("save_under", ctypes.c_int), ("colormap", ctypes.c_ulong),
        ("map_installed", ctypes.c_int), ("map_state", ctypes.c_int), ("rest", ctypes.c_long * 8),
    )  # fmt: skip


def _library() -> ctypes.CDLL:
    name = ctypes.util.find_library("X11")
    if name is None:
        raise SystemExit("libX11 is missing. Install the package libx11-6.")
    x11 = ctypes.CDLL(name)
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XDefaultRootWindow.restype = ctypes.c_ulong
    x11.XInternAtom.restype = ctypes.c_ulong
    for function in ("XDefaultRootWindow", "XCloseDisplay"):
        getattr(x11, function).argtypes = [ctypes.c_void_p]
    x11.XSync.argtypes = [ctypes.c_void_p, ctypes.c_int]
    x11.XInternAtom.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    x11.XGetWindowAttributes.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p]
    x11.XSendEvent.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_long, ctypes.c_void_p]
    x11.XQueryTree.argtypes = [ctypes.c_void_p, ctypes.c_ulong, *[ctypes.c_void_p] * 4]
    x11.XFree.argtypes = [ctypes.c_void_p]
    return x11


def _windows_on_show(x11: ctypes.CDLL, connection: int) -> list[int]:
    root, parent = ctypes.c_ulong(), ctypes.c_ulong()
    children, count = ctypes.POINTER(ctypes.c_ulong)(), ctypes.c_uint()
    x11.XQueryTree(
        connection, x11.XDefaultRootWindow(connection), ctypes.byref(root), ctypes.byref(parent),
        ctypes.byref(children), ctypes.byref(count),
    )  # fmt: skip
    found = []
    for window in children[: count.value] if count.value else ():
        attributes = _Attributes()
        x11.XGetWindowAttributes(connection, window, ctypes.byref(attributes))
        if attributes.map_state == _VIEWABLE and attributes.width > 100:
            found.append(window)
    if children:
        x11.XFree(children)
    return found
