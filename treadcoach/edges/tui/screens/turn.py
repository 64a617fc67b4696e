"""The belt stands: which way to face, how long to hold still, and the word that starts it."""

from __future__ import annotations

from textual.app import ComposeResult

from treadcoach.edges.tui.panes.banner import Banner
from treadcoach.edges.tui.panes.footer import Footer
from treadcoach.edges.tui.panes.program_bar import ProgramBar
from treadcoach.edges.tui.panes.time_left import TimeLeft
from treadcoach.edges.tui.panes.upcoming import Upcoming
from treadcoach.edges.tui.panes.verdict import VerdictLine
from treadcoach.edges.tui.panes.words import Words
from treadcoach.edges.tui.screens.live import LiveScreen


class TurnScreen(LiveScreen):
    """Standing, turning, and starting."""

    def compose(self) -> ComposeResult:
        """From above."""
        yield Banner()
        yield Words()
        yield TimeLeft()
        yield Upcoming()
        yield VerdictLine()
        yield ProgramBar()
        yield Footer()
