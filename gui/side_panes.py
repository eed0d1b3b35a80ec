"""What stands in place of a lesson's text when there is none: pictures to explore, or a lesson's mistakes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QLabel,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from engine.errors import LessonError
from engine.scene import scene_class, scene_names
from engine.session import SessionState
from engine.words import _, shown
from gui.labels import label

MARGIN = 24


class ScrollingPane(QScrollArea):
    """A column of words and buttons that scrolls when it is higher than its room."""

    def __init__(self) -> None:
        super().__init__(widgetResizable=True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        self.column = QVBoxLayout(inside)
        self.column.setContentsMargins(MARGIN, 16, MARGIN, 16)
        self.column.setSpacing(8)
        self.setWidget(inside)

    def add_words(self, words: str = "", part: str = "") -> QLabel:
        """A paragraph."""
        made = label(words, part, wrap=True)
        self.column.addWidget(made)
        return made


class ExplorePane(ScrollingPane):
    """Any picture, free of a lesson."""

    scene_chosen = Signal(str)
    back = Signal()
    """The learner wants to go on with the lesson."""

    def __init__(self) -> None:
        super().__init__()
        self.add_words(_("Explore"), "title")
        self.add_words(_("Choose a picture, then drag what can be dragged and type functions of your own."))
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QRadioButton] = {}
        self._scenes = QVBoxLayout()
        self._scenes.setSpacing(8)
        self.column.addLayout(self._scenes)
        self.column.addStretch(1)
        self._return = QPushButton(_("Back to the lesson"))
        self._return.clicked.connect(self.back)
        self.column.addWidget(self._return, 0, Qt.AlignmentFlag.AlignLeft)

    def set_state(self, state: SessionState) -> None:
        """Tick the picture on show."""
        if not self.buttons:
            self._list_scenes()
        if state.scene is not None and state.scene.name in self.buttons:
            self.buttons[state.scene.name].setChecked(True)

    def set_can_return(self, possible: bool) -> None:
        """Whether there is a lesson to go back to."""
        self._return.setVisible(possible)

    def _list_scenes(self) -> None:
        """Not before they are asked for: each is a module to import."""
        for name in scene_names():
            scene = scene_class(name)
            button = QRadioButton(shown(scene.title))
            button.setAccessibleDescription(shown(scene.summary))
            button.clicked.connect(lambda checked=False, name=name: self.scene_chosen.emit(name))
            self._group.addButton(button)
            self.buttons[name] = button
            self._scenes.addSpacing(8)
            self._scenes.addWidget(button)
            self._scenes.addWidget(label(shown(scene.summary), "quiet", wrap=True))


class ProblemsPane(ScrollingPane):
    """Every mistake of a lesson that cannot be shown, with its line, for whoever is writing it."""

    closed = Signal()
    """The learner has read it, and goes back to what was open before."""

    def __init__(self) -> None:
        super().__init__()
        self._title = self.add_words("", "title")
        self._what = self.add_words()
        self._lines: list[QLabel] = []
        self._after = self.add_words(_("Gradus looks again as soon as the file changes."), "quiet")
        self.column.addStretch(1)
        self.close_button = QPushButton(_("Back"))
        self.close_button.clicked.connect(self.closed)
        self.column.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignLeft)

    def set_error(self, title: str, error: LessonError, watched: bool) -> None:
        """Show what is wrong with the lesson `title`."""
        self._title.setText(title)
        self._what.setText(shown(error.what))
        self._after.setVisible(watched)
        for line in self._lines:
            line.hide()
            line.deleteLater()
        self._lines = []
        for problem in error.problems:
            words = _("Line {line}: {what}").format(line=problem.line, what=shown(problem.what))
            line = label(words, wrap=True, selectable=True)
            self.column.insertWidget(2 + len(self._lines), line)
            self._lines.append(line)

    def words(self) -> list[str]:
        """What is said, line by line."""
        return [self._what.text(), *(line.text() for line in self._lines)]
