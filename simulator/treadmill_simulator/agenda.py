"""What is due when: a machine's own time, in whole milliseconds, moved by whoever holds the clock."""

from __future__ import annotations

import heapq
from collections.abc import Callable

from treadcoach.motion import after

_NEVER = float("inf")


class Agenda:
    """Actions and their moments, in order.

    Args:
        now: The time at the beginning, in seconds.
        passed: Is told of every stretch of time, before what is due at its end.
    """

    def __init__(self, now: float, passed: Callable[[float], None]) -> None:
        self.now = now
        self._passed = passed
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = 0

    @property
    def next_at(self) -> float:
        """When something is due; infinity when nothing is."""
        return self._due[0][0] if self._due else _NEVER

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something in a while."""
        self._order += 1
        heapq.heappush(self._due, (after(self.now, seconds), self._order, action))

    def advance(self, now: float) -> None:
        """Let time pass, and do what is due."""
        while self._due and self._due[0][0] <= now:
            at, _, action = heapq.heappop(self._due)
            self._pass(at)
            action()
        self._pass(now)

    def _pass(self, now: float) -> None:
        seconds = now - self.now
        if seconds > 0:
            self.now = now
            self._passed(seconds)
