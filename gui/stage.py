"""The picture and what belongs to it: transport, controls, readouts, the spoken sentence, table and code.

┌ picture ───────────────────────────┐
│                                    │   all the room that the rest leaves
├ how far it is computed ────────────┤   while a better one follows
├ transport ─────────────────────────┤
├ why it stopped, what to try next ──┤   where the picture says so
├ controls, readouts ┬ table or code ┤   as tall as it must be, the picture keeps its share
├ the formula worked │               │
├ caption ───────────┴───────────────┤
└────────────────────────────────────┘
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from engine.actions import SetView
from engine.figure import Figure, Table
from engine.session import SessionState
from engine.words import _, shown
from gui.canvas.canvas import Canvas
from gui.code_view import CodeView
from gui.controller import Controller
from gui.controls import ControlsPanel
from gui.derivation_view import DerivationView
from gui.gestures import KEY_PAUSE, Gesture
from gui.improvement import Improvement
from gui.labels import Sentence, Still, close_button, label
from gui.mathtext import Typesetter
from gui.readouts import ReadoutsPanel, WorkedLines
from gui.remarks import Remarks
from gui.sketchpad import Sketchpad
from gui.table_view import TableView
from gui.theme import ThemeManager
from gui.transport import Transport

PICTURE_SHARE = 0.45
"""The share of the height that controls, readouts and drawer leave to the picture at least."""

SHARE_WITH_LINES = 0.6
"""That share where worked steps stand beside the picture, or above it."""

LINES_BESIDE = 720
"""From this width on, worked steps stand beside the picture; below, above it."""

GAP = 8
DRAWER_HEIGHT = 220
SIDE_BY_SIDE = 640
"""From this width on, readouts stand beside the controls, or the drawer does; below, in their place."""

SMALLEST_PICTURE = QSize(280, 180)


class Stage(QWidget):
    """Shows what the controller says, and hands it what the learner's hand does."""

    folds_changed = Signal()
    """A drawer or the controls were opened or closed."""

    def __init__(self, controller: Controller, typesetter: Typesetter, themes: ThemeManager) -> None:
        super().__init__()
        self.setObjectName("stage")
        self._controller = controller
        self._themes = themes
        self._drag = Gesture()
        self._keys = Gesture(KEY_PAUSE)
        self.headline = label("", "heading", wrap=True)
        self.headline.hide()
        self.canvas = Canvas(theme=themes.theme(), typesetter=typesetter)
        self._sketchpad = Sketchpad(self.canvas, controller, self)
        self.canvas.setMinimumSize(SMALLEST_PICTURE)
        self.derivation = DerivationView(typesetter, themes)
        self.transport = Transport(typesetter)
        self.controls = ControlsPanel(typesetter, themes)
        self.readouts = ReadoutsPanel(typesetter, themes)
        self.worked = WorkedLines(typesetter)
        self.drawer = StageDrawer(typesetter, themes)
        self.improvement = Improvement()
        self.remarks = Remarks()
        self.caption = Sentence()
        self._still = Still(self.caption)
        self.lower_open = True
        self._in_a_row: bool | None = None
        self._lay_out()
        self._connect()

    def set_state(self, state: SessionState) -> None:
        """Show another state; its figure follows."""
        self.controls.set_state(state, self._controller.figure)
        self.drawer.set_state(state)
        self.show_transport()

    def set_figure(self, figure: Figure | None) -> None:
        """Show a figure, or that there is none."""
        self.canvas.setVisible(figure is not None)
        self.derivation.set_steps(figure.derivation if figure is not None else None)
        self.readouts.set_state(self._controller.state, figure)
        self.worked.set_state(self._controller.state, figure)
        self.drawer.set_figure(figure)
        self.remarks.set_state(self._controller.state, figure)
        self._show_improvement()
        if figure is not None:
            self.canvas.set_views(self._controller.shown_views)
            self.canvas.show_figure(figure)
            self.caption.setText(shown(figure.spoken))
        else:
            self.caption.clear()
        self._share_height()

    def set_headline(self, words: str) -> None:
        """What the picture is about, where no lesson stands beside it."""
        self.headline.setText(words)
        self.headline.setVisible(bool(words))

    def show_failure(self, words: str) -> None:
        """Say in place of the picture what failed."""
        self.canvas.show()
        self.canvas.error(words)
        self.caption.setText(words)

    def fit(self) -> None:
        """Show every panel's own view again."""
        for panel in self._controller.state.views:
            self._controller.send(SetView(panel, None))

    def show_transport(self) -> None:
        """Show how the playing stands."""
        one = self._controller
        self.transport.set_state(one.state, one.playing, one.speed, one.loop, one.backwards)
        self.transport.setVisible(one.state.playback is not None)

    def show_lower(self, on: bool) -> None:
        """Unfold or fold away controls and readouts."""
        self.lower_open = on
        self._arrange()
        self.folds_changed.emit()

    def open_drawer(self, name: str) -> None:
        """Open the drawer at `table` or `code`; "" closes it."""
        self.drawer.open(name)
        self._arrange()
        self.folds_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        super().resizeEvent(event)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """Room for the narrowest of everything; what is below the picture gives way to it."""
        across = (self.canvas, self.transport, self.controls, self.readouts)
        width = max(part.minimumSizeHint().width() for part in across)
        if self.drawer.name:
            width = max(width, self.drawer.minimumSizeHint().width())
        width = max(width, SMALLEST_PICTURE.width())
        height = SMALLEST_PICTURE.height() + self.transport.minimumSizeHint().height() + self._still.height()
        return QSize(width + 4 * GAP + self._scroll.verticalScrollBar().sizeHint().width(), height + 5 * GAP)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Controls or readouts need another height."""
        if event.type() == QEvent.Type.LayoutRequest:
            if watched is not self._left:
                self.controls.updateGeometry()
            if self._in_a_row and not self._fits_beside():
                self._line_up(False)  # numbers have grown; they go back when the window is given more room
            self._share_height()
        return False

    def _lay_out(self) -> None:
        # Controls scroll by themselves; where even one of them and the readouts are too tall, all of it does.
        self._left = QWidget()
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._left)
        left = QVBoxLayout(self._left)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(GAP)
        self._hand = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._hand.setSpacing(8)
        left.addLayout(self._hand, 1)
        left.addWidget(self.worked)
        self._hand.addWidget(self.controls, 3)
        self._hand.addWidget(self.readouts, 2, Qt.AlignmentFlag.AlignTop)
        self._left.installEventFilter(self)
        inside = self.controls.widget()
        if inside is not None:
            inside.installEventFilter(self)
        self._lower = QWidget()
        side = QHBoxLayout(self._lower)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(16)
        side.addWidget(self._scroll, 3)
        side.addWidget(self.drawer, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GAP, GAP, 2 * GAP, GAP)
        layout.setSpacing(GAP)
        layout.addWidget(self.headline)
        self._upper = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._upper.setSpacing(GAP)
        self._upper.addWidget(self.derivation)
        self._upper.addWidget(self.canvas)
        layout.addLayout(self._upper, 1)
        layout.addWidget(self.improvement)
        layout.addWidget(self.transport)
        layout.addWidget(self.remarks)
        layout.addWidget(self._lower)
        layout.addWidget(self._still)
        self.drawer.hide()

    def _connect(self) -> None:
        one = self._controller
        self.canvas.handle_moved.connect(self._dragged)
        self.canvas.handle_nudged.connect(self._nudged)
        self.canvas.handle_removed.connect(self._removed)
        self.canvas.sketched.connect(self._sketchpad.draw)
        self.canvas.ground_clicked.connect(one.click)
        self.canvas.view_changed.connect(lambda panel, view: one.send(SetView(panel, view)))
        self.controls.action.connect(one.send)
        self.drawer.closed.connect(lambda: self.open_drawer(""))
        self.drawer.turned.connect(self.folds_changed)
        self.transport.play_toggled.connect(one.toggle)
        self.transport.play_back_toggled.connect(one.toggle_backwards)
        self.transport.seek.connect(one.seek)
        self.transport.stepped.connect(lambda way: one.step_on() if way > 0 else one.step_back())
        self.transport.speed_changed.connect(one.set_speed)
        self.transport.loop_changed.connect(one.set_loop)
        one.figure_changed.connect(self.set_figure)
        self.improvement.stopped.connect(self._stop_improving)
        self.improvement.resumed.connect(one.go_on_computing)
        self.remarks.action.connect(one.send)
        self.remarks.left.connect(self.canvas.setFocus)
        one.busy_changed.connect(self._show_busy)
        one.transport_changed.connect(self.show_transport)
        self._themes.changed.connect(self._follow_theme)

    def _show_busy(self, busy: bool) -> None:
        """Say that the picture is still that of before; its sentence returns with the next one."""
        if busy:
            self.caption.setText(_("Computing… Undo stops it."))
        elif self._controller.figure is not None:
            self.caption.setText(shown(self._controller.figure.spoken))

    def _show_improvement(self) -> None:
        figure = self._controller.figure
        done = figure.done if figure is not None else 1.0
        self.improvement.set_done(done, self._controller.improving)

    def _stop_improving(self) -> None:
        self._controller.stop_computing()
        self._show_improvement()

    def _removed(self, handle: str) -> None:
        """Take away what it stands for, within the drag that took it off; most handles stay."""
        self._controller.remove(handle, self._drag.name())
        self._drag.end()

    def _dragged(self, handle: str, x: float, y: float, finished: bool) -> None:
        if not self._sketchpad.drag(handle, x, y, self._drag.name()):
            self._controller.drag(handle, x, y, self._drag.name())
        if finished:
            self._drag.end()

    def _nudged(self, handle: str, right: float, up: float) -> None:
        if not self._sketchpad.nudge(handle, right, up, self._keys.name()):
            self._controller.nudge(handle, right, up, self._keys.name())

    def _follow_theme(self) -> None:
        self.canvas.set_theme(self._themes.theme())
        self._share_height()

    def _arrange(self) -> None:
        """Decide what stands below the picture, and how tall it is."""
        drawer_open = bool(self.drawer.name)
        wide = self.width() >= LINES_BESIDE
        self._upper.setDirection(
            QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        )
        for place, share in enumerate((1, 1) if wide else (3, 2)):
            self._upper.setStretch(place, share)
        self.derivation.set_above(not wide)
        beside = self._fits_beside()
        self.drawer.setVisible(drawer_open)
        self._scroll.setVisible(self.lower_open and (beside or not drawer_open))
        self._lower.setVisible(drawer_open or self.lower_open)
        self._line_up(beside and not drawer_open)
        self._share_height()

    def _fits_beside(self) -> bool:
        """Whether there is room beside the controls for the drawer, or else for the readouts."""
        other = self.drawer if self.drawer.name else self.readouts
        needed = self.controls.minimumSizeHint().width() + other.minimumSizeHint().width() + 8 * GAP
        return self.width() >= max(SIDE_BY_SIDE, needed)

    def _line_up(self, in_a_row: bool) -> None:
        """Controls and readouts beside each other, or one above the other."""
        if in_a_row == self._in_a_row:
            return
        self._in_a_row = in_a_row
        direction = QBoxLayout.Direction
        self._hand.setDirection(direction.LeftToRight if in_a_row else direction.TopToBottom)
        self._hand.setSpacing(24 if in_a_row else 8)
        self._hand.setStretchFactor(self.readouts, 2 if in_a_row else 0)

    def _share_height(self) -> None:
        line = self.caption.fontMetrics().lineSpacing()
        self._still.setFixedHeight(2 * line)
        wanted = self._left.sizeHint().height() if self.lower_open else 0
        if self.drawer.name:
            wanted = max(wanted, DRAWER_HEIGHT)
        narrowest = self._left.minimumSizeHint().width() + self._scroll.verticalScrollBar().sizeHint().width()
        self._scroll.setMinimumWidth(min(narrowest, self.width() - 4 * GAP))
        others = self._still.height() + self.transport.sizeHint().height() + 5 * GAP
        if self.improvement.isVisibleTo(self):
            others += self.improvement.sizeHint().height() + GAP
        if self.remarks.isVisibleTo(self):
            others += self.remarks.heightForWidth(self.width() - 4 * GAP) + GAP
        share = SHARE_WITH_LINES if self.derivation.isVisibleTo(self) else PICTURE_SHARE
        room = self.height() - others - round(share * self.height())
        self._lower.setFixedHeight(max(0, min(wanted, room)))


class StageDrawer(QWidget):
    """The table and the code, one at a time."""

    closed = Signal()
    turned = Signal()
    """The other tab is on show."""

    TABS = ("table", "code")

    def __init__(self, typesetter: Typesetter, themes: ThemeManager) -> None:
        super().__init__()
        self._figure: Figure | None = None
        self._open = False
        self.tabs = QTabBar(drawBase=False, expanding=False)
        self.tabs.addTab(_("Table"))
        self.tabs.addTab(_("Code"))
        self.which = QComboBox()
        self.which.setAccessibleName(_("Which table"))
        self.which.activated.connect(lambda: self._show_table())
        self.table = TableView(typesetter)
        self.code = CodeView(themes)
        self._none = label(_("This picture has no table."), "quiet")
        self._pages = QStackedWidget()
        self._pages.addWidget(self.table)
        self._pages.addWidget(self.code)
        self._pages.addWidget(self._none)
        self.tabs.currentChanged.connect(self._turn)
        close = close_button(_("Close the drawer"))
        close.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.addWidget(self.tabs)
        head.addWidget(self.which)
        head.addStretch(1)
        head.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self._pages, 1)

    @property
    def name(self) -> str:
        """`table` or `code`; "" while it is closed."""
        return self.TABS[self.tabs.currentIndex()] if self._open else ""

    def open(self, name: str) -> None:
        """Open at `name`, or close with ""."""
        self._open = bool(name)
        if name:
            self.tabs.setCurrentIndex(self.TABS.index(name))
            self._turn()

    def set_state(self, state: SessionState) -> None:
        """Show the code of another state."""
        self.code.set_state(state)

    def set_figure(self, figure: Figure | None) -> None:
        """Show the table of another figure."""
        self._figure = figure
        if self.name == "table":
            self._show_table()

    def shown_table(self) -> Table | None:
        """The table that is chosen; None if the picture has none."""
        tables = self._figure.tables if self._figure else ()
        for table in tables:
            if table.name == self.which.currentData():
                return table
        return tables[0] if tables else None

    def _turn(self) -> None:
        if self.name == "code":
            self._pages.setCurrentWidget(self.code)
            self.which.hide()
        else:
            self._show_table()
        self.turned.emit()

    def _show_table(self) -> None:
        tables = self._figure.tables if self._figure else ()
        names = [table.name for table in tables]
        if names != [self.which.itemData(number) for number in range(self.which.count())]:
            self.which.clear()
            for table in tables:
                self.which.addItem(shown(table.title) if table.title else table.name, table.name)
        self.which.setVisible(len(tables) > 1)
        chosen = self.shown_table()
        if chosen is None:
            self._pages.setCurrentWidget(self._none)
            return
        self.table.set_table(chosen)
        self._pages.setCurrentWidget(self.table)
