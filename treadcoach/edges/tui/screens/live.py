"""What the screens of a session have in common, and which of them fits."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen

from treadcoach.edges.tui.frame import Frame
from treadcoach.edges.tui.panes.pane import Pane
from treadcoach.events import State
from treadcoach.motion import Facing


class LiveScreen(Screen[None]):
    """Draws frames. It has no field to type into, and no key of its own but help: all others are the session's."""

    BINDINGS: ClassVar = [Binding("question_mark", "app.help", show=False)]
    STATES: ClassVar[frozenset[State]] = frozenset()
    """For which it is."""

    def compose(self) -> ComposeResult:
        """Its panes."""
        raise NotImplementedError

    def draw(self, frame: Frame) -> None:
        """Show this."""
        for facing in Facing:
            self.set_class(frame.facing is facing, f"-{facing.value}")
        self.set_class(frame.is_alarm, "-alarm")
        for pane in self.query(Pane):
            pane.draw(frame)


def screen_of(frame: Frame) -> type[LiveScreen]:
    """Which one fits."""
    from treadcoach.edges.tui.screens.alarm import AlarmScreen  # noqa: PLC0415 - they build on this file
    from treadcoach.edges.tui.screens.paused import PausedScreen  # noqa: PLC0415
    from treadcoach.edges.tui.screens.run import RunScreen  # noqa: PLC0415
    from treadcoach.edges.tui.screens.stopping import StoppingScreen  # noqa: PLC0415
    from treadcoach.edges.tui.screens.turn import TurnScreen  # noqa: PLC0415

    if frame.is_silent:
        return AlarmScreen
    kinds: tuple[type[LiveScreen], ...] = (RunScreen, PausedScreen, StoppingScreen)
    return next((kind for kind in kinds if frame.snapshot.state in kind.STATES), TurnScreen)
