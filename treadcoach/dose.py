"""How much of it one session holds, planned or as it happens: pauses, extensions and distances make it more.

A pre-flight plays a program through it, the coach what the belt really did.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from treadcoach.motion import Facing, Movement, Speed
from treadcoach.program.timeline import Timeline
from treadcoach.safety.limits import Dose

# A stand that is shorter than this does not break a bout; the shortest of the library are this long.
REST_S = 15.0


class Excess(NamedTuple):
    """One limit that is passed."""

    what: str
    reached_s: float
    most_s: float
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

    def over(self, dose: Dose) -> Iterator[Excess]:
        """What is more than a level's dose."""
        most_s = dose.fast_bout_s if self._fastest > dose.fast else dose.bout_s
        for excess in (
            Excess("backward without a rest", self.bout_s, most_s, ends=False),
            Excess("backward in all", self.backward_s, dose.backward_s, ends=True),
            Excess("in all", self.total_s, dose.total_s, ends=True),
        ):
            if excess.reached_s > excess.most_s:
                yield excess

    def copy(self) -> Spent:
        """As it is now, to look ahead from."""
        found = Spent()
        found.__dict__.update(self.__dict__)
        return found


def allowance(dose: Dose, timeline: Timeline) -> Dose:
    """The level's dose, or what the program holds where its pre-flight let more pass: nobody is on the belt."""
    spent = Spent()
    for segment in timeline.segments:
        spent.add(segment.movement, segment.peak, segment.duration_s)
        for what, reached_s, _, _ in spent.over(dose):
            if what == "in all":
                dose = dose._replace(total_s=reached_s)
            elif what == "backward in all":
                dose = dose._replace(backward_s=reached_s)
            else:
                dose = dose._replace(bout_s=max(dose.bout_s, reached_s), fast_bout_s=max(dose.fast_bout_s, reached_s))
    return dose
