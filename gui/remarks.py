"""What a picture says and offers where it stands: why the play head stopped, what to try next."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from engine.actions import SetParameters
from engine.figure import Figure, Offer
from engine.session import SessionState
from engine.words import shown
from gui.flow import Flow
from gui.labels import label
from gui.parts import announce


class Remarks(QWidget):
    """The reason, and below it a button for each offer; nothing where there is neither."""

    action = Signal(object)
    """A `SetParameters`, as if the learner's hand had set them."""

    left = Signal()
    """The button that had the focus is gone, and no other stands in its place."""

    def __init__(self) -> None:
        super().__init__()
        self._offers: tuple[Offer, ...] = ()
        self._words: list[str] = []
        self.buttons: list[QPushButton] = []
        self.why = label("", wrap=True, selectable=True)
        self.why.hide()
        self._row = Flow()
        self._row.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.why)
        layout.addWidget(self._row)
        self.hide()

    def set_state(self, state: SessionState, figure: Figure | None) -> None:
        """Show what belongs to where the motion stands; nothing is made anew while words stay the same."""
        self._show_why(_reason(state, figure))
        self._show_offers(figure.offers if figure is not None else ())
        self.setVisible(bool(self._words or self.why.text()))

    def _show_why(self, words: str) -> None:
        if words != self.why.text():
            self.why.setText(words)
            self.why.setVisible(bool(words))
            announce(self, words)

    def _show_offers(self, offers: tuple[Offer, ...]) -> None:
        words = [shown(offer.words) for offer in offers]
        self._offers = offers
        if words == self._words:
            return
        self._words = words
        focused = any(button.hasFocus() for button in self.buttons)
        self.buttons = [self._button(number, each) for number, each in enumerate(words)]
        self._row.set_widgets(self.buttons)
        self._row.setVisible(bool(words))
        if focused and self.buttons:
            self.buttons[0].setFocus()
        elif focused:
            self.left.emit()

    def _button(self, number: int, words: str) -> QPushButton:
        button = QPushButton(words)
        button.setToolTip(words)
        button.clicked.connect(lambda: self.action.emit(SetParameters(self._offers[number].values)))
        return button


def _reason(state: SessionState, figure: Figure | None) -> str:
    """Why the play head stops here, if it does."""
    playback = state.playback
    if playback is None or figure is None:
        return ""
    here = state.position
    return next((shown(halt.why) for halt in figure.halts if playback.position(halt.value) == here), "")
