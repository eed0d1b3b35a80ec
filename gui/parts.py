"""Small things that many panes are made of: the parts that words play, and buttons."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from gui.icons import icon

Part = Literal["", "title", "quiet", "small", "right", "wrong"]


def set_part(label: QLabel, part: Part) -> None:
    """Let a label play another part: its size and colour are those of the stylesheet from now on."""
    if label.property("part") != part:
        label.setProperty("part", part)
        # a stylesheet looks at properties only when it is asked again
        label.style().unpolish(label)
        label.style().polish(label)


def announce(widget: QWidget, words: str) -> None:
    """Let a screen reader say `words` when it has finished what it says."""
    if words and QAccessible.isActive():
        event = QAccessibleAnnouncementEvent(widget, words)
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Polite)
        QAccessible.updateAccessibility(event)


def tool_button(words: str, shape: str = "", checkable: bool = False, written: bool = False) -> QToolButton:
    """A quiet button with the icon `shape`, the words, or (`written`) both; without room for words they are
    its tooltip.
    """
    button = QToolButton()
    button.setAutoRaise(True)
    button.setCheckable(checkable)
    button.setAccessibleName(words)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    if shape:
        button.setIcon(icon(shape))
        fit_icon(button)
    if written or not shape:
        button.setText(words)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    else:
        button.setProperty("tight", True)
        button.setToolTip(words)
    return button


def fit_icon(button: QToolButton) -> None:
    """Make the icon as large as the text beside it."""
    side = round(1.1 * button.fontMetrics().height())
    button.setIconSize(QSize(side, side))
