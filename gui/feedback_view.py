"""What stands under an exercise: the verdict with its reason, and the ladder of hints."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.lessons.scoring import Feedback
from engine.words import _, shown
from gui.mathtext import Typesetter
from gui.parts import Part, announce, set_part
from gui.richtext import ProseView


class Verdict(QWidget):
    """A sign and a word in the colour of the outcome, and the sentences that belong to it."""

    def __init__(self, typesetter: Typesetter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sign = QLabel()
        self.say = ProseView(typesetter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.sign)
        layout.addWidget(self.say)

    def set_verdict(self, sign: str, part: Part, say: str, readouts: Mapping[str, str]) -> None:
        """Show this; nothing at all, and no room, where both are empty."""
        set_part(self.sign, part)
        self.sign.setText(sign)
        self.sign.setVisible(bool(sign))
        self.say.set_readouts(readouts)
        self.say.set_markdown(say)
        self.say.setVisible(bool(say))
        self.setVisible(bool(sign or say))
        words = f"{sign} {self.say.words()}".strip()
        if words != self.accessibleName():
            self.setAccessibleName(words)
            announce(self, words)


class FeedbackView(QWidget):
    """The verdict on an answer, the answer itself once it is shown, and the open hints."""

    def __init__(self, typesetter: Typesetter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._typesetter = typesetter
        self.verdict = Verdict(typesetter)
        self.hints: list[QWidget] = []
        self._rungs = QVBoxLayout()
        self._rungs.setSpacing(6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.verdict)
        layout.addLayout(self._rungs)

    def set_feedback(
        self, feedback: Feedback, sign: tuple[str, Part], rungs: int, readouts: Mapping[str, str]
    ) -> None:
        """Show `feedback` under its sign and word; the ladder has `rungs`."""
        say = markdown_of(feedback)
        self.verdict.set_verdict(*sign, say, readouts)
        if len(self.hints) > len(feedback.hints):
            for hint in self.hints:
                hint.hide()
                hint.deleteLater()
            self.hints = []
        for number in range(len(self.hints), len(feedback.hints)):
            self._add_hint(number + 1, rungs, feedback.hints[number], readouts)
        self.setVisible(bool(sign[0] or say or feedback.hints))

    def set_readouts(self, readouts: Mapping[str, str]) -> None:
        """The numbers in what is said follow the picture."""
        for prose in self.findChildren(ProseView):
            prose.set_readouts(readouts)

    def _add_hint(self, number: int, rungs: int, markdown: str, readouts: Mapping[str, str]) -> None:
        title = QLabel(_("Hint {number} of {count}").format(number=number, count=rungs))
        set_part(title, "small")
        prose = ProseView(self._typesetter)
        prose.set_readouts(readouts)
        prose.set_markdown(markdown)
        rung = QWidget()
        layout = QVBoxLayout(rung)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(title)
        layout.addWidget(prose)
        rung.setAccessibleName(f"{title.text()}: {prose.words()}")
        self.hints.append(rung)
        self._rungs.addWidget(rung)


def verdict_words(feedback: Feedback) -> tuple[str, Part]:
    """The sign and word of an outcome, and the part they play."""
    if feedback.shown and feedback.outcome != "right":
        return _("The answer"), "quiet"
    words: dict[str, tuple[str, Part]] = {
        "open": ("", ""),
        "right": (_("✓ Right"), "right"),
        "wrong": (_("✗ Not yet"), "wrong"),
        "unreadable": (_("? Not readable yet"), "quiet"),
        "equal": (_("= Equal, and another step"), "quiet"),
        "kept": (_("● Your prediction is kept"), "quiet"),
    }
    return words[feedback.outcome]


def markdown_of(feedback: Feedback) -> str:
    """What is said, as Markdown: the answer where it is shown, then the lesson's words or the engine's."""
    parts = [feedback.shown] if feedback.outcome != "right" else []
    if feedback.say:
        parts.append(feedback.say)
    elif feedback.words is not None and not feedback.shown:
        parts.append(literal(shown(feedback.words)))
    return "\n\n".join(part for part in parts if part)


def literal(words: str) -> str:
    """Words as Markdown that shows exactly them.

    >>> literal("2*x*y [1]")
    '2\\\\*x\\\\*y \\\\[1\\\\]'
    """
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]<>()#+-.!|$~" else letter for letter in words)


def plain_label(text: str) -> QLabel:
    """A quiet line of plain words."""
    label = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    set_part(label, "quiet")
    return label


def side_by_side(*widgets: QWidget, stretch: int = -1) -> QHBoxLayout:
    """A row; the widget at `stretch` takes the room that is left, else the end does."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for place, widget in enumerate(widgets):
        row.addWidget(widget, 1 if place == stretch else 0)
    # a text that is as wide as it may be stays at the beginning of its line
    row.addStretch(1 if stretch < 0 else 0)
    return row
