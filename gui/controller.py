"""The one owner of the session's state: takes actions, tells the panes, computes figures, plays and glides.

State changes at once; its figure follows in the same turn of the event loop, at most one a turn however many
actions came. A scene that says it is `heavy` is computed beside the window, and its last figure stays on show
until the next is there; it may come in stages, each better than the one before. Whatever fails is logged and
said; the state before it stands.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

from engine.actions import (
    Action,
    Explore,
    GiveAnswer,
    GoTo,
    Look,
    OpenLesson,
    Redo,
    ResetStep,
    Seek,
    SetParameters,
    Undo,
)
from engine.errors import ParameterError
from engine.figure import Figure, Views
from engine.lessons.sketching import has_sketch, with_sketches
from engine.scene import Scene
from engine.session import SessionState, reduce
from gui.glide import DURATION, Glide, glide
from gui.jobs import Response, Worker
from gui.player import FRAME, Player
from gui.soon import Soon

STEPS_ACROSS = 40
"""Presses of *step on* from one end to the other of what does not play in whole numbers."""

GLIDING = (OpenLesson, GoTo, GiveAnswer, ResetStep, Undo, Redo)
"""Actions that change the picture at one blow; what the hand does, it does at its own pace."""

NOTICEABLE = 400
"""Milliseconds after which a figure that is still being computed is said to be."""

REDUCED_PAUSE = 900
"""Milliseconds that the first frame stands before the last, where motion is reduced."""

_log = logging.getLogger(__name__)


class Controller(QObject):
    """Where everything that a learner does comes in, and everything that a window shows goes out."""

    state_changed = Signal(object, object)
    """The new SessionState and the one before it."""

    figure_changed = Signal(object)
    """The Figure to show: of the state, or of a frame on the way to it."""

    transport_changed = Signal()
    """Playing, its direction, speed, loop or the position are others."""

    refused = Signal(object)
    """A ParameterError: an action was not possible, and changed nothing."""

    busy_changed = Signal(bool)
    """A figure takes so long that the learner should know it is being computed; or it is there."""

    failed = Signal(str, object)
    """Where (`scene` or `session`) something went wrong that should not, and the exception."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = SessionState()
        self._figure: Figure | None = None
        self._figure_scene: Scene | None = None
        self._shown_views: Views = {}
        self._reduced_motion = False
        self._glide: Glide | None = None
        self._logged = ""
        self._glide_clock = QElapsedTimer()
        self._worker = Worker("figure", self)
        self._worker.finished.connect(self._take_response)
        self._slow = _single_shot(self, NOTICEABLE, lambda: self._set_busy(True))
        self._busy = False
        self._due = Soon(self._compute, self)
        self._frames = QTimer(self)
        self._frames.setTimerType(Qt.TimerType.PreciseTimer)
        self._frames.setInterval(FRAME)
        self._frames.timeout.connect(self._glide_frame)
        self._begin = _single_shot(self, 0, self._play_authored)
        self._finish = _single_shot(self, REDUCED_PAUSE, self._show_last_frame)
        self._player = Player(self)
        self._player.moved.connect(self._play_frame)
        self._player.changed.connect(self.transport_changed)

    @property
    def state(self) -> SessionState:
        """Where the learner is."""
        return self._state

    @property
    def figure(self) -> Figure | None:
        """The figure on show; None before the first."""
        return self._figure

    @property
    def shown_views(self) -> Views:
        """The views that the figure on show was made for: those of the state, or on the way to them."""
        return self._shown_views

    @property
    def improving(self) -> bool:
        """Whether a better figure than the one on show is being computed."""
        return self._worker.busy

    @property
    def playing(self) -> bool:
        """Whether the transport plays."""
        return self._player.playing

    @property
    def backwards(self) -> bool:
        """Whether it plays from the end to the beginning."""
        return self._player.backwards

    @property
    def speed(self) -> float:
        """The transport's speed."""
        return self._player.speed

    @property
    def loop(self) -> bool:
        """Whether the transport begins again where it arrives."""
        return self._player.loop

    def set_reduced_motion(self, reduced: bool) -> None:
        """Show first and last frames only."""
        self._reduced_motion = reduced

    def send(self, action: Action) -> None:
        """Do what the learner asks; everything that follows from it is announced by signals."""
        before = self._state
        if isinstance(action, (OpenLesson, Explore, GoTo, SetParameters, Undo, Redo)):
            self.pause()
        try:
            after = reduce(before, action)
        except ParameterError as error:
            self.refused.emit(error)
            return
        except Exception as error:  # noqa: BLE001 - whatever fails, the state before it stands
            _log.error("%s failed", type(action).__name__, exc_info=error)
            self.failed.emit("session", error)
            return
        if after is before:
            return
        self._take_state(before, after, action)

    def flush(self) -> None:
        """Compute now what is due: for whoever cannot wait for the event loop."""
        if self._due.due:
            self._due.cancel()
            self._compute()

    def play(self, backwards: bool = False) -> None:
        """Play what the step or the scene plays, from where it stands."""
        self._begin.stop()
        self._finish.stop()
        playback = self._state.playback
        if playback is None:
            return
        if self._reduced_motion:
            end, beginning = (0.0, 1.0) if backwards else (1.0, 0.0)
            halt = self._halt_before(end)
            ahead = end if halt is None else halt
            self.seek(beginning if self._state.position == end else ahead)
            return
        self._end_glide()
        self._player.play(playback.seconds, backwards)

    def pause(self) -> None:
        """Stand still where it stands."""
        self._begin.stop()
        self._finish.stop()
        self._player.pause()

    def toggle(self) -> None:
        """Play, or pause."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def toggle_backwards(self) -> None:
        """Play backwards, also when it plays forwards; or pause."""
        if self.backwards:
            self.pause()
        else:
            self.play(backwards=True)

    def seek(self, position: float) -> None:
        """Stand at `position` in [0, 1]. While it plays, it goes on from there."""
        self._begin.stop()
        self._finish.stop()
        self._end_glide()
        self._player.place(position)
        self.send(Seek(position))

    def step_on(self) -> None:
        """One step forward: the next whole number, or a fortieth of the way."""
        self._step(1)

    def step_back(self) -> None:
        """One step back."""
        self._step(-1)

    def set_speed(self, speed: float) -> None:
        """Play at another speed."""
        self._player.set_speed(speed)

    def set_loop(self, loop: bool) -> None:
        """Begin again where it arrives, or stop there."""
        self._player.set_loop(loop)

    def drag(self, handle: str, x: float, y: float, gesture: str) -> None:
        """A handle is dragged to (x, y)."""
        self._ask_scene(lambda scene: scene.moved(handle, x, y), gesture)

    def nudge(self, handle: str, horizontal: float, vertical: float, gesture: str) -> None:
        """A handle is moved by so many presses of the arrow keys."""
        self._ask_scene(lambda scene: scene.nudged(handle, horizontal, vertical), gesture)

    def remove(self, handle: str, gesture: str) -> None:
        """What a handle stands for is taken away."""
        self._ask_scene(lambda scene: scene.removed(handle), gesture)

    def click(self, panel: str, x: float, y: float) -> None:
        """Empty ground of a panel is clicked."""
        self._ask_scene(lambda scene: scene.clicked(panel, x, y), "")

    def stop_computing(self) -> None:
        """Leave the figure as it is on show, however much better it could become."""
        self._leave_worker()

    def go_on_computing(self) -> None:
        """Have the figure of this moment computed to its end."""
        self._due.ask()

    def close(self) -> None:
        """Stop every clock and the worker."""
        self.pause()
        self._frames.stop()
        self._due.cancel()
        self._slow.stop()
        self._worker.close()

    # What follows an action

    def _take_state(self, before: SessionState, after: SessionState, action: Action) -> None:
        self._state = after
        seeking = isinstance(action, Seek)
        if not seeking:
            self._player.place(after.position)
        if isinstance(action, GLIDING):
            self._start_glide(before)
        else:
            self._end_glide()
        # another step may show other numbers of the same picture
        elsewhere = after.views != before.views or after.step != before.step
        drawn = after.answers is not before.answers and has_sketch(after.current_step)
        if after.scene is not before.scene or elsewhere or drawn:
            self._due.ask()
        self.state_changed.emit(after, before)
        if after.playback is not before.playback or seeking or after.scene is not before.scene:
            self.transport_changed.emit()
        if _is_new_step(before, after, action):
            self._begin.start(round(1000 * DURATION) if self._glide else 0)

    def _ask_scene(self, question: Any, gesture: str) -> None:
        scene = self._state.scene
        if scene is None:
            return
        try:
            values: Mapping[str, Any] = question(scene)
        except Exception as error:  # noqa: BLE001 - a scene may fail in any way
            self._scene_failed(scene, error)
            return
        if values:
            self.send(SetParameters(values, gesture))

    # Playing

    def _play_authored(self) -> None:
        """Show once what the step was written to show."""
        if self._state.setting.playback is None:
            return
        if self._reduced_motion:
            self.seek(0.0)
            self._finish.start()
        else:
            self.play()

    def _show_last_frame(self) -> None:
        halt = self._halt_before(1.0)
        self.seek(1.0 if halt is None else halt)

    def _play_frame(self, position: float) -> None:
        playback = self._state.playback
        if playback is None:
            self._player.pause()
            return
        halt = self._halt_before(position)
        if halt is None:
            self.send(Seek(position))
            return
        self.pause()
        self.seek(halt)

    def _halt_before(self, position: float) -> float | None:
        """Where the picture wants the play head to stop on its way to `position`."""
        playback = self._state.playback
        if playback is None or self._figure is None:
            return None
        return playback.halt(self._state.position, position, self._figure.halts)

    def _step(self, direction: int) -> None:
        playback, scene = self._state.playback, self._state.scene
        if playback is None or scene is None:
            return
        self.pause()
        here = self._state.position
        if playback.integer:
            span = abs(playback.stop - playback.start) or 1.0
            there = round(here * span + direction) / span
        else:
            there = round(here * STEPS_ACROSS + direction) / STEPS_ACROSS
        self.seek(min(1.0, max(0.0, there)))

    # Gliding

    def _start_glide(self, before: SessionState) -> None:
        self._end_glide()
        after = self._state
        still = before.scene is after.scene and before.views == after.views
        if self._reduced_motion or still or after.scene is None or after.scene.heavy:
            return
        start = self._figure_scene
        end_figure = self._figure_of(after.scene, after.views)
        way = glide(start, after.scene, self._figure, end_figure, self._shown_views, after.views)
        if way is not None:
            self._glide = way
            self._glide_clock.start()
            self._frames.start()

    def _end_glide(self) -> None:
        if self._glide is not None:
            self._glide = None
            self._frames.stop()
            self._due.ask()

    def _glide_frame(self) -> None:
        if self._glide is None or self._glide_clock.elapsed() >= 1000 * DURATION:
            self._end_glide()
        self._compute()

    # Figures

    def _compute(self) -> None:
        """Have the figure of this moment computed and shown."""
        self._due.cancel()
        scene, views = self._state.scene, self._state.views
        if scene is None:
            self._leave_worker()
            self._figure = self._figure_scene = None
            self.figure_changed.emit(None)
            return
        if self._glide is not None:
            progress = self._glide_clock.elapsed() / (1000 * DURATION)
            scene = self._glide.scene(progress)
            views = {**views, **self._glide.shown_views(progress)}
        if scene.heavy:
            self._worker.ask_each(
                lambda: (((scene, views, figure), figure.done < 1) for figure in scene.stages(views))
            )
            if not self._slow.isActive() and not self._busy:
                self._slow.start()
            return
        self._leave_worker()
        figure = self._figure_of(scene, views)
        if figure is not None:
            self._show(scene, views, figure)

    def _figure_of(self, scene: Scene, views: Views) -> Figure | None:
        try:
            return scene.figure(views)
        except Exception as error:  # noqa: BLE001 - a scene may fail in any way
            self._scene_failed(scene, error)
            return None

    def _leave_worker(self) -> None:
        self._worker.cancel()
        self._set_busy(False)

    def _set_busy(self, busy: bool) -> None:
        self._slow.stop()
        if busy != self._busy:
            self._busy = busy
            self.busy_changed.emit(busy)

    def _take_response(self, response: Response) -> None:
        if not self._worker.busy or response.more:
            self._set_busy(False)
        if response.error is not None and self._state.scene is not None:
            self._scene_failed(self._state.scene, response.error)
        elif response.error is None:
            self._show(*response.result)

    def _scene_failed(self, scene: Scene, error: Exception) -> None:
        """Say so at every frame, but write it down once."""
        words = f"{scene.name}: {error!r}"
        if words != self._logged:
            self._logged = words
            _log.error("the scene %s failed", scene.name, exc_info=error)
        self.failed.emit("scene", error)

    def _show(self, scene: Scene, views: Views, figure: Figure) -> None:
        state = self._state
        self._figure = with_sketches(figure, state.current_step, state.answers, state.lesson)
        self._figure_scene, self._shown_views = scene, views
        self.figure_changed.emit(self._figure)
        if scene is self._state.scene and scene.heavy and figure.done >= 1:
            self.send(Look(scene, figure))


def _single_shot(parent: QObject, milliseconds: int, called: Any) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(called)
    return timer


def _is_new_step(before: SessionState, after: SessionState, action: Action) -> bool:
    """Whether the learner arrives at a step that was never on show before."""
    if isinstance(action, OpenLesson):
        return after.step not in action.visited
    return isinstance(action, GoTo) and after.step not in before.visited
