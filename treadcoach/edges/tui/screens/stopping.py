"""A stop, until the belt is seen at rest: how fast it still is, and what to do if it does not obey."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult

from treadcoach.edges.tui.panes.belt import Belt
from treadcoach.edges.tui.panes.footer import Footer
from treadcoach.edges.tui.panes.verdict import VerdictLine
from treadcoach.edges.tui.panes.words import Words
from treadcoach.edges.tui.screens.live import LiveScreen
from treadcoach.events import State


class StoppingScreen(LiveScreen):
    """One number: the belt's speed."""

    STATES: ClassVar = frozenset({State.STOPPING, State.STOPPED, State.COMPLETED})

    def compose(self) -> ComposeResult:
        """From above."""
        yield Words()
        yield Belt()
        yield VerdictLine()
        yield Footer()
