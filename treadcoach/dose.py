"""How much of it one session holds, planned or as it happens: pauses, extensions and distances make it more.

A pre-flight plays a program through it, the coach what the belt really did.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from itertools import zip_longest
from typing import NamedTuple

from treadcoach.motion import Facing, Movement, Speed
from treadcoach.program.timeline import Segment, Timeline
from treadcoach.safety.limits import Dose, Limits

# A stand that is shorter than this does not break a bout; the shortest of the library are this long.
REST_S = 15.0
# From the slowest speed to a belt that is seen at rest.
HALT_S = 5.0
# What steps that come late, and clocks, may add to a dose that is planned to the last second.
SLACK_S = 3.0


class Excess(NamedTuple):
    """One limit that is passed."""

    what: str
    reached_s: float
    most_s: float
    is_backward: bool
    ends: bool
    """Nothing of it is left in this session; otherwise a rest is enough."""


class Spent:
    """Seconds so far: backward without a rest, backward in all, in all."""

    def __init__(self) -> None:
        self.bout_s = self.backward_s = self.total_s = 0.0
        self._fastest = Speed(0)  # of the bout
        self._rest_s = 0.0

    def add(self, movement: Movement, peak: Speed, seconds: float) -> None:
        """Some seconds of one movement, as fast as that at most."""
        self.total_s += seconds
        if movement.facing is Facing.BACKWARD:
            self._rest_s = 0.0
            self.bout_s += seconds
            self.backward_s += seconds
            self._fastest = max(self._fastest, peak)
        else:
            self.rest(seconds)

    def rest(self, seconds: float) -> None:
        """Some seconds that belong to no program: a pause, a wait."""
        self._rest_s += seconds
        if self._rest_s >= REST_S:
            self.bout_s, self._fastest = 0.0, Speed(0)

    def is_fast(self, dose: Dose) -> bool:
        """Whether this bout is one of those that may not be long."""
        return self._fastest > dose.fast

    def over(self, dose: Dose) -> Iterator[Excess]:
        """What is more than a level's dose."""
        most_s = dose.fast_bout_s if self.is_fast(dose) else dose.bout_s
        for excess in (
            Excess("backward without a rest", self.bout_s, most_s, is_backward=True, ends=False),
            Excess("backward in all", self.backward_s, dose.backward_s, is_backward=True, ends=True),
            Excess("in all", self.total_s, dose.total_s, is_backward=False, ends=True),
        ):
            if excess.reached_s > excess.most_s:
                yield excess

    def ends(self, dose: Dose) -> bool:
        """Whether nothing of a dose is left in this session."""
        return any(excess.ends for excess in self.over(dose))

    def holds(self, segments: Iterable[Segment], done_s: float, dose: Dose) -> bool:
        """Whether a dose has room for these as well, of the first of which so much is done."""
        ahead = copy(self)
        for segment in segments:
            ahead.add(segment.movement, segment.peak, segment.duration_s - done_s)
            done_s = 0.0
            if any(ahead.over(dose)):
                return False
        return True


def halting(timeline: Timeline) -> Iterator[tuple[Segment, bool]]:
    """Every segment, and whether the belt comes to rest at its end."""
    for segment, following in zip_longest(timeline.segments, timeline.segments[1:]):
        yield segment, not segment.is_stand and (following is None or following.is_stand)


def allowance(limits: Limits, timeline: Timeline) -> Dose:
    """What a session may really hold: the level's dose, or the program's own with the time that its halts take."""
    bout_s = fast_bout_s = 0.0
    spent, dose = Spent(), limits.dose
    for segment, halts in halting(timeline):
        down_s = limits.ramp_s(segment.to_speed, 0) + HALT_S if halts else 0.0
        spent.add(segment.movement, segment.peak, segment.duration_s + down_s)
        if spent.is_fast(dose):
            fast_bout_s = max(fast_bout_s, spent.bout_s)
        bout_s = max(bout_s, spent.bout_s)
    return dose._replace(
        backward_s=max(dose.backward_s, spent.backward_s) + SLACK_S,
        total_s=max(dose.total_s, spent.total_s) + SLACK_S,
        bout_s=max(dose.bout_s, bout_s) + SLACK_S,
        fast_bout_s=max(dose.fast_bout_s, fast_bout_s) + SLACK_S,
    )
