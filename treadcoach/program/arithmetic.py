"""A timeline made easier, slower or faster again: what a runner may do with a program while it runs. Pure.

Every change gives a new timeline, laid out anew, in which nothing is faster than in the one as it was written.
"""

from __future__ import annotations

from collections.abc import Iterable

from treadcoach.motion import Speed
from treadcoach.program.profile import planned_seconds
from treadcoach.program.quantities import Extent
from treadcoach.program.timeline import Segment, Timeline

_TENTH = 10  # 0.1 km/h, in which people and consoles think


def easier(timeline: Timeline, position: int, percent: int, written: Timeline, slowest: Speed) -> Timeline:
    """Everything from a segment on at so many percent of what was written, rounded down to 0.1 km/h, or slower."""

    def eased(segment: Segment) -> Segment:
        if segment.is_stand or segment.position < position:
            return segment
        ends = zip(_ends(segment), _ends(written.segments[segment.position]), strict=True)
        return _at(segment, slowest, *(min(now, own * percent // 100 // _TENTH * _TENTH) for now, own in ends))

    return _laid_out(timeline, map(eased, timeline.segments))


def slower(timeline: Timeline, position: int, most: Timeline, slowest: Speed) -> Timeline:
    """One segment slower by a step."""
    return _paced(timeline, position, most, slowest, -1)


def faster(timeline: Timeline, position: int, most: Timeline, slowest: Speed) -> Timeline:
    """One segment faster by a step; never faster than in another timeline."""
    return _paced(timeline, position, most, slowest, +1)


def step(segment: Segment) -> int:
    """How much one step changes: a tenth of the speed, at least 0.2 km/h, in tenths of km/h."""
    return max(2 * _TENTH, round(segment.peak / 100) * _TENTH)


def _paced(timeline: Timeline, position: int, most: Timeline, slowest: Speed, direction: int) -> Timeline:
    limits = most.segments[position]

    def paced(segment: Segment) -> Segment:
        if segment.position != position or segment.is_stand:
            return segment
        change = direction * step(limits)
        ends = zip(_ends(segment), _ends(limits), strict=True)
        return _at(segment, slowest, *(min(limit, max(slowest, speed + change)) for speed, limit in ends))

    return _laid_out(timeline, map(paced, timeline.segments))


def _ends(segment: Segment) -> tuple[Speed, Speed]:
    return segment.from_speed, segment.to_speed


def _at(segment: Segment, slowest: Speed, from_speed: int, to_speed: int) -> Segment:
    """At other speeds, of which none is above its own or below the slowest, unless it was written so."""
    speeds = [
        Speed(max(min(slowest, own), speed))
        for speed, own in zip((from_speed, to_speed), _ends(segment), strict=True)
    ]
    return segment._replace(from_speed=speeds[0], to_speed=speeds[1])


def _laid_out(timeline: Timeline, segments: Iterable[Segment]) -> Timeline:
    """The segments one behind the other; a distance takes the time that it takes at its speed."""
    placed: list[Segment] = []
    now = 0.0
    for segment in segments:
        duration_s = segment.duration_s
        if segment.distance_m is not None:
            duration_s = planned_seconds(Extent(metres=segment.distance_m), segment.from_speed, segment.to_speed)
        placed.append(segment._replace(start_s=now, duration_s=duration_s))
        now = placed[-1].end_s
    return timeline._replace(segments=tuple(placed))
