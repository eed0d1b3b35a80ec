"""What a picture says and offers where it stands: why the play head stopped, what to try next."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from engine.actions import SetParameters
from engine.figure import Figure, Offer
from engine.session import SessionState
from engine.words import shown
from gui.labels import label
from gui.parts import announce


class Remarks(QWidget):
    """The reason at the left, a button for each offer at the right; nothing where there is neither."""

    action = Signal(object)
    """A `SetParameters`, as if the learner's hand had set them."""

    def __init__(self) -> None:
        super().__init__()
        self._offers: tuple[Offer, ...] = ()
        self._words: list[str] = []
        self.buttons: list[QPushButton] = []
        self.why = label("", wrap=True, selectable=True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addWidget(self.why, 1)
        self.hide()

    def set_state(self, state: SessionState, figure: Figure | None) -> None:
        """Show what belongs to where the motion stands; nothing is made anew while words stay the same."""
        self._show_why(_reason(state, figure))
        self._show_offers(figure.offers if figure is not None else ())
        self.setVisible(bool(self._words or self.why.text()))

    def minimumSizeHint(self) -> QSize:
        """A button can be cut short: its tooltip has the words."""
        return QSize(0, super().minimumSizeHint().height())

    def _show_why(self, words: str) -> None:
        if words != self.why.text():
            self.why.setText(words)
            announce(self, words)

    def _show_offers(self, offers: tuple[Offer, ...]) -> None:
        words = [shown(offer.words) for offer in offers]
        self._offers = offers
        if words == self._words:
            return
        self._words = words
        while len(self.buttons) < len(words):
            self._add()
        for number, button in enumerate(self.buttons):
            button.setVisible(number < len(words))
            if number < len(words):
                button.setText(words[number])
                button.setToolTip(words[number])

    def _add(self) -> None:
        button = QPushButton()
        button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        button.setMinimumWidth(80)
        number = len(self.buttons)
        button.clicked.connect(lambda: self.action.emit(SetParameters(self._offers[number].values)))
        self.buttons.append(button)
        self._row.addWidget(button)


def _reason(state: SessionState, figure: Figure | None) -> str:
    """Why the play head stops here, if it does."""
    playback = state.playback
    if playback is None or figure is None:
        return ""
    here = state.position
    return next((shown(halt.why) for halt in figure.halts if playback.position(halt.value) == here), "")
