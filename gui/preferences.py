"""Preferences: each is applied the moment it is chosen."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QLocale, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.words import _, languages
from gui.keeper import Keeper
from gui.labels import label

TEXT_SIZES = (0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)


def theme_words() -> dict[str, str]:
    """Every theme that can be chosen, in words."""
    return {
        "system": _("As the system has it"),
        "light": _("Light"),
        "dark": _("Dark"),
        "contrast": _("High contrast"),
    }


def next_text_size(now: float, direction: int) -> float:
    """The size of text one press of Ctrl+plus or Ctrl+minus away.

    >>> next_text_size(1.0, +1), next_text_size(0.75, -1)
    (1.1, 0.75)
    """
    if direction > 0:
        return next((size for size in TEXT_SIZES if size > now + 1e-6), TEXT_SIZES[-1])
    return next((size for size in reversed(TEXT_SIZES) if size < now - 1e-6), TEXT_SIZES[0])


class PreferencesDialog(QDialog):
    """Everything a learner chooses once."""

    changed = Signal()
    """A setting of the profile is another."""

    def __init__(self, keeper: Keeper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self.setWindowTitle(_("Preferences"))
        settings = keeper.profile.settings
        motion = {
            "full": _("Everything moves"),
            "reduced": _("First and last frame only"),
        }
        sizes = {str(size): f"{round(100 * size)} %" for size in TEXT_SIZES}
        self.theme = self._box("theme", theme_words(), settings.theme)
        self.text = self._box("text_scale", sizes, str(settings.text_scale))
        self.motion = self._box("motion", motion, settings.motion)
        notation = {"lagrange": "f′(x)", "leibniz": "df / dx"}
        self.notation = self._box("notation", notation, settings.notation)
        self.language = self._box("language", _language_words(), settings.language)
        self.reset = QPushButton(_("Reset progress…"))
        self.reset.setAutoDefault(False)
        self.reset.clicked.connect(self._reset)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        for words, field in (
            (_("&Theme"), self.theme),
            (_("Te&xt size"), self.text),
            (_("&Motion"), self.motion),
            (_("&Derivatives"), self.notation),
            (_("&Language"), self.language),
        ):
            form.addRow(words, field)
        form.addRow(_("What you have done so far"), self.reset)
        place = _("Kept in {folder}").format(folder=keeper.profile.folder)
        folder = label(place, "quiet", wrap=True, selectable=True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addLayout(form)
        layout.addWidget(folder)
        layout.addWidget(buttons)

    def _box(self, name: str, options: Mapping[str, str], now: str) -> QComboBox:
        box = QComboBox()
        for key, words in options.items():
            box.addItem(words, key)
        box.setCurrentIndex(max(0, box.findData(now)))
        box.activated.connect(lambda: self._choose(name, box.currentData()))
        return box

    def _choose(self, name: str, value: str) -> None:
        self._keeper.change(**{name: float(value) if name == "text_scale" else value})
        self.changed.emit()

    def _reset(self) -> None:
        question = QMessageBox(self)
        question.setWindowTitle(_("Reset progress"))
        question.setText(_("Forget every step you have seen and every answer you have given?"))
        question.setInformativeText(_("Your settings stay. This cannot be undone."))
        forget = question.addButton(_("Forget everything"), QMessageBox.ButtonRole.DestructiveRole)
        keep = question.addButton(_("Keep it"), QMessageBox.ButtonRole.RejectRole)
        question.setDefaultButton(keep)
        question.exec()
        if question.clickedButton() is forget:
            self._keeper.reset()
            self.changed.emit()


def _language_words() -> dict[str, str]:
    names = {code: QLocale(code).nativeLanguageName() or code for code in languages()}
    return {"": _("As the system has it"), **names}
