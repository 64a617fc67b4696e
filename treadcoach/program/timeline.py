"""Profile → Timeline: what the coach follows. Repeats are unrolled; every segment has its planned place in time.

Knows no limits: what may be run is for the pre-flight to say, and for the governor.
"""

from __future__ import annotations

from typing import NamedTuple

from treadcoach.motion import FLAT, Incline, Movement, Setpoint, Speed
from treadcoach.program.document import Place
from treadcoach.program.profile import Action, Profile, flatten, planned_seconds
from treadcoach.program.quantities import Band, clock

# A program without a closing stand gets this one: long enough to feel the floor again.
CLOSING_STAND_S = 30.0
# A scaled speed is rounded down to this grid, which coarse machines can set too.
SCALED_GRID = 50


class Segment(NamedTuple):
    """One stretch of the program with one movement."""

    position: int
    """In the timeline; the first is 0."""
    movement: Movement
    start_s: float
    """Planned program time of its beginning; a stand's begins when the belt is seen at rest."""
    duration_s: float
    """Planned; a distance may end sooner or later."""
    from_speed: Speed
    to_speed: Speed
    incline: Incline
    distance_m: float | None
    cues: tuple[str, ...]
    heart_rate: Band | None
    place: Place
    speed_place: Place
    extent_place: Place
    incline_place: Place
    unread: frozenset[str] = frozenset()
    """Of ``speed``, ``length`` and ``incline``, what could not be read."""

    @property
    def end_s(self) -> float:
        """Planned program time of its end."""
        return round(self.start_s + self.duration_s, 3)

    @property
    def length(self) -> str:
        """As people say it: a time, or a distance."""
        return clock(self.duration_s) if self.distance_m is None else f"{round(self.distance_m, 1):g} m"

    @property
    def is_stand(self) -> bool:
        """Whether the belt rests."""
        return self.movement is Movement.STAND

    @property
    def peak(self) -> Speed:
        """The fastest it gets."""
        return max(self.from_speed, self.to_speed)

    def setpoint(self, fraction: float) -> Setpoint:
        """What is wanted when ``fraction`` (0…1) of it is done; a ramp is a straight line."""
        if self.from_speed == self.to_speed:
            return Setpoint(self.movement, self.to_speed, self.incline)
        rise = self.to_speed - self.from_speed
        return Setpoint(self.movement, Speed(self.from_speed + round(rise * min(1.0, fraction))), self.incline)

    def __str__(self) -> str:
        if self.is_stand:
            return f"stand {clock(self.duration_s)}"
        pace = (
            f"{self.to_speed}" if self.from_speed == self.to_speed else f"{self.from_speed.kmh:g} to {self.to_speed}"
        )
        slope = f" at {self.incline}" if self.incline else ""
        return f"{self.movement.words} {pace}{slope}"


class Timeline(NamedTuple):
    """A whole program, flat."""

    name: str
    segments: tuple[Segment, ...]
    is_empty: bool = False
    """Nobody stands on the belt."""
    gaps: frozenset[int] = frozenset()
    """Positions before which the author wrote something that could not be read."""
    closes_by_itself: bool = False
    """The last stand is not the author's."""

    @property
    def duration_s(self) -> float:
        """Planned seconds, stands included."""
        return self.segments[-1].end_s if self.segments else 0.0

    def facing_changes_after(self, index: int) -> bool:
        """Whether the stand at ``index`` is a turn: the facing before it is not the facing behind it.

        The first stand is none: the runner steps on already facing the right way.
        """
        before = next((s for s in reversed(self.segments[:index]) if not s.is_stand), None)
        behind = self.next_moving(index)
        return before is not None and behind is not None and before.movement.facing != behind.movement.facing

    def next_moving(self, index: int) -> Segment | None:
        """The first segment at or behind ``index`` that moves the belt."""
        return next((segment for segment in self.segments[index:] if not segment.is_stand), None)


def compile_timeline(profile: Profile, own_cap: Speed | None = None) -> Timeline:
    """Lay a profile out in time.

    Args:
        profile: What the author wrote.
        own_cap: The runner's own backward cap, for a profile that scales; it only ever scales down.
    """
    segments: list[Segment] = []
    gaps: set[int] = set()
    now = 0.0
    for action in flatten(profile.actions):
        if action is None:
            gaps.add(len(segments))
            continue
        segment = _segment(len(segments), now, _scaled(action, profile.scaled_from_cap, own_cap))
        segments.append(segment)
        now = segment.end_s
    is_open = bool(segments) and not segments[-1].is_stand
    if is_open:
        segments.append(_closing_stand(len(segments), now, segments[-1]))
    return Timeline(profile.name, tuple(segments), profile.is_empty, frozenset(gaps), is_open)


def _segment(position: int, start_s: float, action: Action) -> Segment:
    return Segment(
        position=position,
        movement=action.movement,
        start_s=start_s,
        duration_s=planned_seconds(action.extent, action.from_speed, action.to_speed),
        from_speed=action.from_speed,
        to_speed=action.to_speed,
        incline=action.incline,
        distance_m=action.extent.metres,
        cues=action.cues,
        heart_rate=action.heart_rate,
        place=action.place,
        speed_place=action.speed_place,
        extent_place=action.extent_place,
        incline_place=action.incline_place,
        unread=action.unread,
    )


def _scaled(action: Action, written_for: Speed | None, own_cap: Speed | None) -> Action:
    """The action at the runner's own share of its speeds, rounded down."""
    if written_for is None or own_cap is None or own_cap >= written_for:
        return action
    speeds = (own_cap * s // (written_for * SCALED_GRID) * SCALED_GRID for s in (action.from_speed, action.to_speed))
    lowest = 0 if action.movement is Movement.STAND else SCALED_GRID
    from_speed, to_speed = (Speed(max(lowest, speed)) for speed in speeds)
    return action._replace(from_speed=from_speed, to_speed=to_speed)


def _closing_stand(position: int, start_s: float, last: Segment) -> Segment:
    return Segment(
        position=position,
        movement=Movement.STAND,
        start_s=start_s,
        duration_s=CLOSING_STAND_S,
        from_speed=Speed(0),
        to_speed=Speed(0),
        incline=FLAT,
        distance_m=None,
        cues=(),
        heart_rate=None,
        place=last.place,
        speed_place=last.place,
        extent_place=last.place,
        incline_place=last.place,
    )
