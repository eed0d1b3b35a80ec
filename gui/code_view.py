"""The code drawer: runnable NumPy for exactly what is on screen, to read and to copy."""

from __future__ import annotations

import keyword
import logging
import re

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextDocument,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from engine.figure import Role
from engine.scene import Scene
from engine.session import SessionState
from engine.words import _
from gui.fonts import code_font
from gui.icons import icon
from gui.theme import Theme, ThemeManager

_TOKENS = re.compile(
    r"(?P<comment>#.*)"
    r"|(?P<string>[rbf]*(?:\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'))"
    r"|(?P<number>\b(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?j?\b)"
    r"|(?P<name>\b[A-Za-z_]\w*\b)"
)
_log = logging.getLogger(__name__)


class PythonColors(QSyntaxHighlighter):
    """Keywords, numbers, strings and comments, in the colours of the theme."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Colour everything anew."""
        self._formats = {
            "comment": _format(theme.muted),
            "string": _format(theme.role(Role.AREA).color),
            "number": _format(theme.role(Role.SECANT).color),
            "keyword": _format(theme.accent, bold=True),
        }
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """One line: the code we write has no strings over several."""
        for token in _TOKENS.finditer(text):
            kind = token.lastgroup
            if kind == "name":
                kind = "keyword" if keyword.iskeyword(token[0]) else None
            if kind is not None:
                self.setFormat(token.start(), token.end() - token.start(), self._formats[kind])


def _format(color: str, bold: bool = False) -> QTextCharFormat:
    shape = QTextCharFormat()
    shape.setForeground(QColor(color))
    if bold:
        shape.setFontWeight(QFont.Weight.DemiBold)
    return shape


class CodeView(QWidget):
    """The scene's own code. It is written only while somebody can see it."""

    copied = Signal()

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._themes = themes
        self._scene: Scene | None = None
        self._written: Scene | None = None
        self.text = QPlainTextEdit(readOnly=True, lineWrapMode=QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName(_("NumPy code of the picture"))
        self.text.setTabChangesFocus(True)
        self.button = QPushButton(icon("copy"), _("Copy"))
        self.button.clicked.connect(self.copy)
        self._title = QLabel(_("NumPy for what is on screen"))
        self._colors = PythonColors(self.text.document(), themes.theme())
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self.button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(head)
        layout.addWidget(self.text, 1)
        themes.changed.connect(self._follow_theme)
        self._follow_theme()

    def set_state(self, state: SessionState) -> None:
        """Show the code of this picture, when it is seen."""
        self._scene = state.scene
        if self.isVisible():
            self._write()

    def copy(self) -> None:
        """Put all of the code on the clipboard."""
        self._write()
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copied.emit()

    def showEvent(self, event: QEvent) -> None:
        """Catch up with the picture."""
        super().showEvent(event)  # type: ignore[arg-type]
        self._write()

    def _write(self) -> None:
        if self._scene is self._written:
            return
        self._written = self._scene
        code = _code(self._scene)
        if code == self.text.toPlainText():
            return
        # only the lines that changed would do; what matters is that the reader's place stays
        across, down = self.text.horizontalScrollBar().value(), self.text.verticalScrollBar().value()
        self.text.setPlainText(code)
        self.text.horizontalScrollBar().setValue(across)
        self.text.verticalScrollBar().setValue(down)

    def _follow_theme(self) -> None:
        self.text.setFont(code_font(self._themes.theme().font()))
        self._colors.set_theme(self._themes.theme())


def _code(scene: Scene | None) -> str:
    """The scene's code; why there is none, as a comment, where it cannot be written."""
    if scene is None:
        return ""
    try:
        return scene.code()
    except Exception as problem:  # noqa: BLE001  (a scene that fails here leaves its picture alive)
        _log.exception("no code for %s", scene.name)
        words = _("This code cannot be written: {problem}")
        return f"# {words.format(problem=type(problem).__name__)}\n"
