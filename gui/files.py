"""What goes in and out of the window as files: lessons, packs, data in; pictures, tables, reports out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from engine.errors import GradusError
from engine.progress import RECENT_KEPT
from engine.safe_files import write_atomically
from engine.words import _
from gui.controller import Controller
from gui.data_file import ENDINGS, DataFile
from gui.keeper import Keeper
from gui.logs import Logs
from gui.mathtext import Typesetter
from gui.navigator import Navigator
from gui.notices import error_words
from gui.stage import Stage
from gui.theme import ThemeManager

PICTURES = ("png", "svg", "pdf")


class Files(QObject):
    """Asks for a place, does it, and says what came of it."""

    said = Signal(str)

    def __init__(
        self,
        window: QWidget,
        navigator: Navigator,
        controller: Controller,
        keeper: Keeper,
        stage: Stage,
        themes: ThemeManager,
        typesetter: Typesetter,
        logs: Logs | None,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._navigator = navigator
        self._controller = controller
        self._keeper = keeper
        self._stage = stage
        self._themes = themes
        self._typesetter = typesetter
        self._logs = logs
        self._data = DataFile(controller, navigator, self)
        self._data.said.connect(self.said)

    def close(self) -> None:
        """Stop what is being read."""
        self._data.close()

    def actions(self) -> Mapping[str, Callable[[], object]]:
        """The menu's actions that this class does."""
        return {
            "open": self.open,
            "open_data": self.open_data,
            "save_picture": self.save_picture,
            "copy_picture": self.copy_picture,
            "save_table": self.save_table,
            "report": self.report,
        }

    def open(self) -> None:
        """Ask for a lesson or a pack, and open it."""
        kinds = _("Lessons and packs (*.md *.zip *.gradus)")
        name, _kind = QFileDialog.getOpenFileName(self._window, _("Open a lesson or pack"), "", kinds)
        if name:
            self.open_path(Path(name))

    def open_data(self) -> None:
        """Ask for a CSV, and show its points."""
        kinds = _("Data (*.csv *.tsv *.txt)")
        name, _kind = QFileDialog.getOpenFileName(self._window, _("Open data"), "", kinds)
        if name:
            self._data.open(Path(name))

    def open_path(self, path: Path) -> None:
        """Open a lesson or pack, and remember it among the recent ones; or data."""
        if path.suffix.lower() in ENDINGS:
            self._data.open(path)
        elif self._navigator.open_path(path):
            recent = [str(path.absolute()), *self._keeper.profile.settings.recent]
            self._keeper.change(recent=tuple(dict.fromkeys(recent))[:RECENT_KEPT])

    def fill_recent(self, menu: QMenu) -> None:
        """List what was opened lately and is still there."""
        menu.clear()
        for name in self._keeper.profile.settings.recent:
            path = Path(name)
            if path.exists():
                action = menu.addAction(path.name)
                action.setToolTip(name)
                action.triggered.connect(lambda checked=False, path=path: self.open_path(path))
        if menu.isEmpty():
            menu.addAction(_("Nothing yet")).setEnabled(False)

    def can_drop(self, data: QMimeData) -> bool:
        """Whether what hovers over the window is one file or folder."""
        return len(data.urls()) == 1 and data.urls()[0].isLocalFile()

    def drop(self, data: QMimeData) -> None:
        """Open what was dropped."""
        if self.can_drop(data):
            self.open_path(Path(data.urls()[0].toLocalFile()))

    def save_picture(self) -> None:
        """Ask for a place, and save the picture as it stands."""
        figure = self._controller.figure
        if figure is None:
            return
        kinds = ";;".join(f"{kind.upper()} (*.{kind})" for kind in PICTURES)
        path = self._ask(_("Save the picture"), "png", kinds)
        if path is not None:
            from gui.export import save_picture

            views = self._controller.shown_views
            theme = self._themes.theme()
            self._try(lambda: save_picture(figure, theme, path, views, typesetter=self._typesetter), path)

    def copy_picture(self) -> None:
        """Put the picture on the clipboard."""
        figure = self._controller.figure
        if figure is None:
            return
        from gui.export import copy_picture

        copy_picture(figure, self._themes.theme(), self._controller.shown_views, typesetter=self._typesetter)
        self.said.emit(_("The picture is on the clipboard."))

    def save_table(self) -> None:
        """Ask for a place, and save the table as comma-separated values."""
        table = self._stage.drawer.shown_table()
        if table is None:
            self.said.emit(_("This picture has no table."))
            return
        path = self._ask(_("Save the table"), "csv", "CSV (*.csv)", table.name)
        if path is not None:
            from gui.export import save_table

            self._try(lambda: save_table(table, path), path)

    def report(self) -> None:
        """Ask for a place, and write the one file that helps to find a fault."""
        path = self._ask(_("Report a problem"), "txt", "Text (*.txt)", "gradus-report")
        if path is None:
            return
        text = self.report_text()
        if self._try(lambda: write_atomically(path, text.encode()), path):
            words = _("{file} is written. Read it, add what you did, and send it to whoever gave you Gradus.")
            self.said.emit(words.format(file=path.name))

    def report_text(self) -> str:
        """What the report holds."""
        from gui.dialogs import report_text

        log = self._logs.last_lines() if self._logs else []
        return report_text(self._controller.state, self._keeper.profile.settings, log)

    def _ask(self, title: str, ending: str, kinds: str, name: str = "") -> Path | None:
        suggested = f"{name or self._picture_name()}.{ending}"
        chosen, _kind = QFileDialog.getSaveFileName(self._window, title, suggested, kinds)
        if not chosen:
            return None
        path = Path(chosen)
        return path if path.suffix else path.with_suffix(f".{ending}")

    def _picture_name(self) -> str:
        state = self._controller.state
        name = state.scene.name if state.scene is not None else "picture"
        if state.lesson is not None:
            name = f"{state.lesson.id}-{state.step + 1}"
        return re.sub(r"[^\w-]+", "-", name)

    def _try(self, write: Callable[[], object], path: Path) -> bool:
        try:
            write()
        except GradusError as error:
            self.said.emit(error_words(error))
        except OSError as error:
            why = error.strerror or str(error)
            self.said.emit(_("{file} cannot be written: {why}.").format(file=path.name, why=why))
        else:
            self.said.emit(_("Saved {file}.").format(file=path.name))
            return True
        return False
