"""What one picture of a session shows, as text: the view of a snapshot. Knows no widget."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import NamedTuple

from treadcoach.events import NoticeKind, Snapshot, State
from treadcoach.motion import KM_PER_MILE, Facing
from treadcoach.preflight import Plan
from treadcoach.program.quantities import clock
from treadcoach.program.timeline import Segment
from treadcoach.transitions import SAID
from treadcoach.words import in_units, speed

ARROWS = {Facing.FORWARD: "▲", Facing.BACKWARD: "▼", Facing.LEFT: "◀", Facing.RIGHT: "▶"}
# Program time passes in these; what is left is counted down between two snapshots.
_COUNTING = {State.RUNNING, State.STANDING, State.TURNING}
# … but not for longer: then there is no news of the session, and nothing is made up.
_LONGEST_GUESS_S = 3.0
# A session that is so late is one that hangs.
SILENT_S = 2.0
_UNKNOWN = "-.-"


class Frame(NamedTuple):
    """One picture."""

    plan: Plan
    snapshot: Snapshot
    following: Segment | None
    said: Mapping[NoticeKind, str]
    """The newest words of each kind since the state began."""
    units: str = "km/h"
    age_s: float = 0.0
    """Of the snapshot, in the session's seconds."""
    overdue_s: float = 0.0
    """So long ago the session should have said something, in real seconds."""
    warning: str = ""
    """What is wrong and stops nothing."""

    @property
    def is_silent(self) -> bool:
        """Whether there is no news of the session: what it last said may be true no longer."""
        return self.overdue_s > SILENT_S

    @property
    def segment(self) -> Segment:
        """The current one."""
        return self.plan.timeline.segments[self.snapshot.segment - 1]

    @property
    def facing(self) -> Facing | None:
        """Which way the runner faces, or will when the belt moves next."""
        return self.snapshot.facing or self.snapshot.next_facing

    @property
    def _passed_s(self) -> float:
        is_counting = self.snapshot.state in _COUNTING
        return min(self.age_s, _LONGEST_GUESS_S) if is_counting else 0.0

    @property
    def left_s(self) -> float:
        """Of the step, counted on from the snapshot."""
        return max(0.0, self.snapshot.segment_remaining_s - self._passed_s)

    @property
    def program_left_s(self) -> float:
        """Of the program."""
        return max(0.0, self.snapshot.program_remaining_s - self._passed_s)

    @property
    def time_left(self) -> str:
        """Of the step: m:ss."""
        return clock(ceil(self.left_s - 0.001))

    @property
    def done(self) -> float:
        """How much of the program lies behind: 0 to 1."""
        whole = self.plan.timeline.duration_s
        return min(1.0, max(0.0, 1 - self.program_left_s / whole)) if whole else 1.0

    @property
    def belt(self) -> str:
        """Its speed now, without a unit."""
        observed = self.snapshot.observed_kmh
        return _UNKNOWN if observed is None else speed(observed, self.units)

    @property
    def wanted(self) -> str:
        """What the program says for now."""
        return speed(self.snapshot.setpoint_kmh, self.units)

    @property
    def after(self) -> str:
        """The speed that comes next, without a unit; empty at the end."""
        if self.following is None or self.is_over:
            return ""
        return speed(self.following.from_speed.kmh, self.units)

    @property
    def is_over(self) -> bool:
        """Whether nothing comes any more: the belt is being stopped, or stands for good."""
        return self.snapshot.state in {State.STOPPING, State.STOPPED, State.COMPLETED}

    @property
    def next_words(self) -> str:
        """What comes next, and when."""
        if self.snapshot.state is State.HALTING:
            return SAID[State.HALTING][1]
        if self.following is None:
            return "then the end"
        return f"next in {self.time_left}: {in_units(str(self.following), self.units)}"

    @property
    def cue(self) -> str:
        """The author's word on form, while it is meant."""
        snapshot = self.snapshot
        return f"“{snapshot.cue}”" if snapshot.cue and snapshot.state is State.RUNNING else ""

    @property
    def facing_words(self) -> str:
        """The movement, as a word between two arrows; a belt that still slows toward a stand keeps its own."""
        facing, words = self.segment.movement.facing, self.segment.movement.words
        if self.segment.is_stand and self.snapshot.facing:
            facing, words = self.snapshot.facing, self.snapshot.facing.value
        elif self.segment.is_stand and (following := self.plan.timeline.next_moving(self.snapshot.segment - 1)):
            facing, words = following.movement.facing, following.movement.words
        arrow = ARROWS[facing] if facing else "■"
        return f"{arrow} {words.upper()} {arrow}"

    @property
    def heart(self) -> str:
        """Beats and zone; empty where nothing is known."""
        snapshot = self.snapshot
        if snapshot.heart_rate_bpm is None:
            return ""
        return f"♥ {snapshot.heart_rate_bpm}" + (f"  zone {snapshot.zone}" if snapshot.zone else "")

    @property
    def verdict(self) -> str:
        """What the governor holds against the wish, in words; where it passes, what else is wrong, if anything."""
        if self.snapshot.verdict == "pass":
            return self.warning
        kind = NoticeKind.ALARM if self.is_alarm else NoticeKind.VERDICT
        words = self.said.get(kind) or ", ".join(self.snapshot.reasons)
        return f"{self.snapshot.verdict.upper()}: {in_units(words, self.units)}"

    @property
    def is_alarm(self) -> bool:
        """Whether the belt does not do what it was told."""
        return self.snapshot.verdict == "alarm"

    @property
    def distance(self) -> str:
        """So far, and backward."""
        snapshot = self.snapshot
        if self.units == "km/h":
            return f"{snapshot.distance_m:.0f} m, {snapshot.backward_m:.0f} m backward"
        miles = [metres / 1000 / KM_PER_MILE for metres in (snapshot.distance_m, snapshot.backward_m)]
        return f"{miles[0]:.2f} mi, {miles[1]:.2f} mi backward"
