"""A pause: the belt stands, and goes on from its slowest when the runner says so."""

from __future__ import annotations

from typing import ClassVar

from treadcoach.edges.tui.screens.turn import TurnScreen
from treadcoach.events import State


class PausedScreen(TurnScreen):
    """As when standing, but nothing counts down."""

    STATES: ClassVar = frozenset({State.PAUSED})
