"""How far along the program is, in seconds or metres, and what the runner has made of it on the way. Pure.

Boundaries are chained from planned times, so that no lateness adds up. The timeline may be exchanged for an easier
one at any time; nothing is ever faster than in the written one.
"""

from __future__ import annotations

from treadcoach.motion import Setpoint, Speed, after
from treadcoach.program import arithmetic
from treadcoach.program.timeline import Segment, Timeline

# A distance takes at most this share of its planned time.
DISTANCE_PATIENCE = 1.5
# "Easier" takes this much off everything that comes, percent; at most down to the least.
EASIER_PERCENT, LEAST_PERCENT = 10, 50


class Progress:
    """A place in one timeline.

    Args:
        timeline: The program, as written.
        slowest: The slowest that the belt can be.
    """

    def __init__(self, timeline: Timeline, slowest: Speed) -> None:
        self._written = self._most = timeline
        self._slowest = slowest
        self.percent = 100
        """Of the written speeds, since the runner asked for less."""
        self.index = 0
        self.began_at = 0.0
        """When the current segment began, as planned from the boundary before it."""
        self.extension_s = 0.0
        self.metres = 0.0
        self.went_at = 0.0
        """When these metres were known."""
        self._follow(timeline)
        self._planned_s = self.segment.duration_s  # of the current segment, for its patience

    def _follow(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self._next_moving = tuple(timeline.next_moving(index) for index in range(len(timeline.segments) + 1))
        self._after_s = tuple(timeline.duration_s - segment.end_s for segment in timeline.segments)

    @property
    def segment(self) -> Segment:
        """The current segment."""
        return self.timeline.segments[self.index]

    @property
    def following(self) -> Segment | None:
        """The one behind it."""
        return next(iter(self.timeline.segments[self.index + 1 : self.index + 2]), None)

    @property
    def is_at_end(self) -> bool:
        """Whether nothing comes behind it."""
        return self.index + 1 == len(self.timeline.segments)

    @property
    def is_last_stand(self) -> bool:
        """Whether movement follows: several stands in a row are one standstill, and its end is what is held."""
        return not (self.following and self.following.is_stand)

    @property
    def is_turn(self) -> bool:
        """Whether the runner turns round in this stand."""
        return self.timeline.facing_changes_after(self.index)

    def next_moving(self, skipped: int = 0) -> Segment | None:
        """What moves the belt next, from the current segment or one behind it on."""
        return self._next_moving[self.index + skipped]

    def enter(self, index: int, began_at: float) -> None:
        """Go to the beginning of a segment."""
        self.index = index
        self.extension_s = 0.0
        self.begin(began_at)

    def begin(self, began_at: float) -> None:
        """The current segment begins, or begins anew."""
        self.began_at = self.went_at = began_at
        self.metres = 0.0
        self._planned_s = self.segment.duration_s

    def went(self, metres: float, now: float) -> None:
        """The belt went this far."""
        self.metres += metres
        self.went_at = now

    # ---- time ----------------------------------------------------------------------------------------------

    def wanted(self, now: float) -> Setpoint:
        """What the program says for this moment."""
        segment = self.segment
        if segment.distance_m is not None:
            return segment.setpoint(self.metres / segment.distance_m)
        return segment.setpoint((now - self.began_at) / segment.duration_s)  # what is added stays at its end

    def left_s(self, now: float, *, counts: bool) -> tuple[float, float]:
        """Seconds left, of the segment and of the program; all of the segment where its time does not count yet."""
        done = now - self.began_at if counts else 0.0
        segment = max(0.0, self.segment.duration_s + self.extension_s - done)
        return segment, segment + self._after_s[self.index]

    def end_at(self, hold_s: float = 0.0) -> float:
        """When the segment is over, at the latest, but not before it has lasted ``hold_s``."""
        patience = DISTANCE_PATIENCE if self.segment.distance_m is not None else 1.0
        return after(self.began_at, max(hold_s, (self._planned_s + self.extension_s) * patience))

    def expected_end_at(self) -> float:
        """When the segment will probably be over: a distance, at the speed that is wanted."""
        end_at = self.end_at()
        if self.segment.distance_m is None:
            return end_at
        pace = self.wanted(self.went_at).speed / 360  # metres per second
        return min(end_at, round(self.went_at + max(0.0, self.segment.distance_m - self.metres) / pace, 3))

    @property
    def has_gone_far_enough(self) -> bool:
        """Whether a distance is done."""
        return self.segment.distance_m is not None and self.metres >= self.segment.distance_m

    # ---- what the runner makes of it -----------------------------------------------------------------------

    def slower(self, now: float) -> bool:
        """The current segment a step slower; whether that changed anything."""
        return self._exchange(arithmetic.slower(self.timeline, self.index, self._most, self._slowest), now)

    def faster(self, now: float) -> bool:
        """The current segment a step faster, as far as the program goes today; whether that changed anything."""
        return self._exchange(arithmetic.faster(self.timeline, self.index, self._most, self._slowest), now)

    def easier(self, now: float) -> bool:
        """Everything slower, and what might be gone back to as well; whether that changed anything."""
        self.percent = max(LEAST_PERCENT, self.percent - EASIER_PERCENT)
        self._most = arithmetic.easier(self._written, 0, self.percent, self._written, self._slowest)
        eased = arithmetic.easier(self.timeline, 0, self.percent, self._written, self._slowest)
        return self._exchange(eased, now)

    def _exchange(self, timeline: Timeline, now: float) -> bool:
        changed = timeline != self.timeline
        self._follow(timeline)
        if self.segment.distance_m is not None:  # patience is for what is left, at the speed that it now has
            left_s = self.segment.duration_s * (1 - min(1.0, self.metres / self.segment.distance_m))
            self._planned_s = max(0.0, now - self.began_at) / DISTANCE_PATIENCE + left_s
        return changed
