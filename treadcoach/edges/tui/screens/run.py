"""The belt runs: how long this step still takes, how fast it is, which way, what comes next."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal

from treadcoach.edges.tui.panes.banner import Banner
from treadcoach.edges.tui.panes.belt import Belt
from treadcoach.edges.tui.panes.body import Body
from treadcoach.edges.tui.panes.footer import Footer
from treadcoach.edges.tui.panes.program_bar import ProgramBar
from treadcoach.edges.tui.panes.time_left import TimeLeft
from treadcoach.edges.tui.panes.upcoming import Upcoming
from treadcoach.edges.tui.panes.verdict import VerdictLine
from treadcoach.edges.tui.screens.live import LiveScreen
from treadcoach.events import State


class RunScreen(LiveScreen):
    """Two numbers that are read at two metres; everything else is small."""

    STATES: ClassVar = frozenset({State.RUNNING, State.HALTING})

    def compose(self) -> ComposeResult:
        """From above."""
        yield Banner()
        yield TimeLeft()
        with Horizontal(id="speeds"):
            yield Belt()
            yield Body()
        yield Upcoming()
        yield VerdictLine()
        yield ProgramBar()
        yield Footer()
