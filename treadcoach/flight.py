"""The flight check: what the runner will feel, told before anything moves. Pure; from a plan alone.

The pre-flight says what is forbidden; this says what is meant: every segment with its time on the clock, how long the
belt takes to get there, which cap binds and how much room it leaves, and what it will cost.
"""

from __future__ import annotations

from typing import NamedTuple

from treadcoach.coach import COUNTDOWN_S
from treadcoach.dose import HALT_S, Spent, halting
from treadcoach.energy import Range, mets
from treadcoach.motion import Facing, Machine, Movement, Speed, SpeedGrid
from treadcoach.preflight import Plan, approach_s, is_own_cap
from treadcoach.program.timeline import Segment, Timeline
from treadcoach.safety.limits import REST_S, Limits

# From Start to the first motion, where nobody has measured it: the countdown of most consoles.
USUAL_START_S = 3.0


class Motor(NamedTuple):
    """What was measured of a machine's own motor; ``None`` where nothing was."""

    ramp_up: float | None = None
    """km/h per second."""
    ramp_down: float | None = None
    start_s: float | None = None
    """From Start to the first motion."""

    def ramp_s(self, low: int, high: int) -> float:
        """How long it takes by itself from one speed to another; 0 where nobody has measured it."""
        rate = self.ramp_up if high > low else self.ramp_down
        return abs(high - low) / 100 / rate if rate else 0.0


class Leg(NamedTuple):
    """One segment as it will be felt."""

    segment: Segment
    from_speed: Speed
    """What this machine makes of it: its nearest speed that is not above."""
    to_speed: Speed
    there_s: float
    """Until the belt is at its speed, from the segment's beginning."""
    steady_s: float
    """At the speed."""
    cap: Speed
    binds: str
    """Whose cap it is."""
    margin: int
    """Room under the cap, 0.01 km/h."""
    effort: Range
    """Metabolic equivalents."""
    metres: float

    @property
    def is_rounded(self) -> bool:
        """Whether the machine cannot be set to what is written."""
        return (self.from_speed, self.to_speed) != (self.segment.from_speed, self.segment.to_speed)


class Sum(NamedTuple):
    """Of one way of facing."""

    seconds: float
    metres: float


class Flight(NamedTuple):
    """A whole program as it will be felt."""

    legs: tuple[Leg, ...]
    sums: dict[str, Sum]
    """By facing; "standing" is one of them."""
    duration_s: float
    """As planned."""
    halts_s: float
    """What slowing to each standstill adds to that."""
    starts_s: float
    """What counting down and starting add."""
    peak: Range
    """Metabolic equivalents of the hardest segment."""
    mean: Range
    """… and of all of it, stands included."""
    longest_backward_s: float
    turns: int
    starts: int
    """How often the runner says "ready"."""

    @property
    def peak_speed(self) -> Speed:
        """The fastest it gets, whichever way."""
        return max((max(leg.from_speed, leg.to_speed) for leg in self.legs), default=Speed(0))

    @property
    def clock_s(self) -> float:
        """What a clock on the wall will show, without the time that the runner takes to say "ready"."""
        return self.duration_s + self.halts_s + self.starts_s


def look_ahead(plan: Plan, motor: Motor = Motor()) -> Flight:  # noqa: B008 - an immutable value
    """Look at a plan segment by segment.

    Args:
        plan: A program, laid out; whatever its findings.
        motor: What was measured of the machine, where anything was.
    """
    segments = plan.timeline.segments
    after_each = list(zip((None, *segments), segments, strict=False))
    legs = tuple(_leg(plan, motor, before, segment) for before, segment in after_each)
    backward, longest_s = Spent(), 0.0
    for segment in segments:
        backward.add(segment.movement, segment.peak, segment.duration_s)
        longest_s = max(longest_s, backward.bout_s)
    starts = sum(_starts(before, segment) for before, segment in after_each)
    total_s = plan.timeline.duration_s or 1.0
    low, high = (sum(leg.effort[end] * leg.segment.duration_s for leg in legs) / total_s for end in (0, 1))
    return Flight(
        legs=legs,
        sums={name: _sum(legs, name) for name in (*Facing, "standing")},
        duration_s=plan.timeline.duration_s,
        halts_s=_halts_s(plan.limits, motor, plan.timeline),
        starts_s=REST_S + starts * (COUNTDOWN_S + (motor.start_s or USUAL_START_S)),
        peak=max((leg.effort for leg in legs), default=Range(0.0, 0.0)),
        mean=Range(low, high),
        longest_backward_s=longest_s,
        turns=sum(_is_turn(plan, index) for index in range(len(segments))),
        starts=starts,
    )


def _leg(plan: Plan, motor: Motor, before: Segment | None, segment: Segment) -> Leg:
    grid = plan.machine.grid
    from_speed, to_speed = (_settable(grid, speed) for speed in (segment.from_speed, segment.to_speed))
    start = grid.minimum if before is None or before.is_stand else before.to_speed
    there_s, cap, binds = 0.0, Speed(0), ""
    if not segment.is_stand:
        by_itself_s = motor.ramp_s(start, segment.from_speed)
        there_s = max(approach_s(plan.limits, plan.machine, before, segment), by_itself_s)
        cap, binds = binding(plan.limits, plan.machine, segment.movement)
    metres = segment.distance_m
    if metres is None:
        late_s = min(there_s, segment.duration_s)
        metres = (segment.from_speed + segment.to_speed) / 2 / 360 * (segment.duration_s - late_s)
        metres += (start + segment.from_speed) / 2 / 360 * late_s
    return Leg(
        segment=segment,
        from_speed=from_speed,
        to_speed=to_speed,
        there_s=there_s,
        steady_s=max(0.0, segment.duration_s - there_s),
        cap=cap,
        binds=binds,
        margin=cap - segment.peak,
        effort=mets(segment.movement, segment.peak, segment.incline),
        metres=metres,
    )


def binding(limits: Limits, machine: Machine, movement: Movement) -> tuple[Speed, str]:
    """The lowest cap of a movement, and whose it is."""
    cap = limits.cap(movement)
    if machine.grid.maximum < cap:
        return machine.grid.maximum, "machine"
    if not machine.passport.unit_proven:
        return cap, f"{limits.level}, unit unproven"
    return cap, "your own" if is_own_cap(limits, movement) else limits.level.value


def _settable(grid: SpeedGrid, speed: Speed) -> Speed:
    return (grid.floor(speed) or grid.minimum) if speed else speed


def _sum(legs: tuple[Leg, ...], name: str) -> Sum:
    of_it = [leg for leg in legs if (leg.segment.movement.facing or "standing") == name]
    return Sum(sum(leg.segment.duration_s for leg in of_it), sum(leg.metres for leg in of_it))


def _halts_s(limits: Limits, motor: Motor, timeline: Timeline) -> float:
    """From the speed of each segment that ends at a stand to a belt that is seen at rest."""
    return sum(
        max(limits.ramp_s(segment.to_speed, 0), motor.ramp_s(segment.to_speed, 0)) + HALT_S
        for segment, halts in halting(timeline)
        if halts
    )


def _starts(before: Segment | None, segment: Segment) -> bool:
    return not segment.is_stand and (before is None or before.is_stand)


def _is_turn(plan: Plan, index: int) -> bool:
    """Whether the last of some stands is one at which the runner turns round."""
    segments = plan.timeline.segments
    is_last = index + 1 == len(segments) or not segments[index + 1].is_stand
    return segments[index].is_stand and is_last and plan.timeline.facing_changes_after(index)
