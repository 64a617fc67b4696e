"""A stop without a session: the ladder of `safety/`, down to the bytes. Needs no program, no coach and no file.

For whoever has to stop a belt that another process was running, and cannot know what that process did last. Pure.
"""

from __future__ import annotations

from treadcoach import events
from treadcoach.events import RawInput
from treadcoach.motion import COMMON_GRID, Level, Passport, SpeedGrid
from treadcoach.safety import rules
from treadcoach.safety.governor import Governor
from treadcoach.safety.limits import resolve
from treadcoach.treadmill import Treadmill, Write


class Climb:
    """One stop of one belt, from the first rung until it is seen at rest.

    Args:
        passport: What is known of the machine.
        grid: The speeds it can be set to; the slowest of them is one of the rungs.
        now: Monotonic seconds.
    """

    def __init__(self, passport: Passport, grid: SpeedGrid | None, now: float) -> None:
        self._governor = Governor(resolve(Level.FIRST, passport), passport, grid or COMMON_GRID, now)
        self._treadmill = Treadmill()
        self._has_begun = False

    @property
    def sees_rest(self) -> bool:
        """Whether the belt was seen to stop."""
        return self._has_begun and self._governor.rest_since is not None

    def wake_at(self, now: float) -> float | None:
        """When to call again if nothing happens."""
        wishes = (self._governor.wake_at(now) if self._has_begun else None, self._treadmill.deadline)
        return min((wish for wish in wishes if wish is not None), default=None)

    def begin(self, now: float) -> None:
        """From now on stop it. It may have been started a moment ago: zeros of a countdown are not believed."""
        self._has_begun = True
        self._governor.may_have_started(now)
        self._governor.demand(rules.DEADMAN, now)

    def step(self, now: float, raw: tuple[RawInput, ...]) -> tuple[Write, ...]:
        """Take what has happened; what to write now, which is nothing before the beginning."""
        for happened in raw:
            for found in self._treadmill.take(happened, now):
                self._take(found, now)
        for found in self._treadmill.tick(now):
            self._take(found, now)
        if self._has_begun:
            for cleared in self._governor.review(None, now).cleared:
                self._treadmill.send(cleared, now)
        return tuple(self._treadmill.writes())

    def _take(self, found: events.Input, now: float) -> None:
        match found:
            case events.Observed(observation):
                self._governor.observe(observation, now)
            case events.Answered(verb, accepted):
                self._governor.answered(verb, now, accepted=accepted)
            case events.LinkRestored():
                self._governor.link_restored(now)
