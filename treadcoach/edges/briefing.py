"""The flight check in words: a table of what the runner will feel, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from treadcoach.energy import Range, kilocalories
from treadcoach.flight import Flight, Leg, Motor
from treadcoach.motion import KM_PER_MILE, Speed
from treadcoach.preflight import Plan
from treadcoach.program.quantities import clock
from treadcoach.words import counted

Say = Callable[[str], None]

_COLUMNS = f"{'km/h':>9} {'mph':>9} {'incline':>7} {'ramp':>6}  {'METs':<9}"
_HEAD = f"{'at':>7} {'for':>7}  {'what':<16} {_COLUMNS} room under the cap"


def brief(plan: Plan, flight: Flight, motor: Motor, weight_kg: float, say: Say) -> None:
    """Tell somebody what they are about to do."""
    profile = plan.profile
    say(f"{profile.name}: written for {profile.level}, within the {plan.limits.level} limits, on {_machine(plan)}")
    for about in (profile.goal, profile.source and f"source: {profile.source}"):
        if about:
            say(f"  {about}")
    say(_HEAD)
    for leg in flight.legs:
        say(_row(leg, is_added=plan.timeline.closes_by_itself and leg is flight.legs[-1]))
    for line in (*_sums(flight), *_effort(flight, weight_kg), *_clock(flight), *_motor(plan, motor)):
        say(f"  {line}")


def _machine(plan: Plan) -> str:
    known = plan.machine.passport.name
    return "a common treadmill" if known == "unknown treadmill" else known


def _row(leg: Leg, *, is_added: bool) -> str:
    segment = leg.segment
    start = f"{clock(segment.start_s):>7} {segment.length:>7}  {segment.movement.words:<16}"
    if segment.is_stand:
        return f"{start} added: the belt stands at the end" if is_added else start.rstrip()
    incline = f"{segment.incline}" if segment.incline else ""
    effort = f"{leg.effort.low:.1f}-{leg.effort.high:.1f}"
    figures = f"{_speeds(leg, 1.0):>9} {_speeds(leg, KM_PER_MILE):>9} {incline:>7} {f'{leg.there_s:.0f} s':>6}"
    rounded = f"  (instead of {segment})" if leg.is_rounded else ""
    return f"{start} {figures}  {effort:<9} {leg.margin / 100:.1f} of {leg.cap.kmh:.1f}, {leg.binds}{rounded}"


def _speeds(leg: Leg, unit: float) -> str:
    ends = [f"{speed.kmh / unit:.1f}" for speed in (leg.from_speed, leg.to_speed)]
    return ends[1] if leg.from_speed == leg.to_speed else "-".join(ends)


def _sums(flight: Flight) -> Iterator[str]:
    parts = []
    for name, total in flight.sums.items():
        if total.seconds:
            metres = f", {total.metres:.0f} m" if total.metres else ""
            parts.append(f"{name} {clock(total.seconds)}{metres}")
    yield " · ".join(parts)
    longest = (
        f"longest backward {clock(flight.longest_backward_s)}" if flight.longest_backward_s else "never backward"
    )
    yield f"{longest} · {counted(flight.turns, 'turn')} · {counted(flight.starts, 'start')} that you confirm"


def _effort(flight: Flight, weight_kg: float) -> Iterator[str]:
    burnt = kilocalories(flight.mean, flight.duration_s, weight_kg)
    yield (
        f"effort {_range(flight.mean, 1)} METs on average, {_range(flight.peak, 1)} at the peak; "
        f"about {_range(burnt, 0)} kcal at {weight_kg:g} kg (an estimate)"
    )


def _range(found: Range, digits: int) -> str:
    return f"{found.low:.{digits}f}-{found.high:.{digits}f}"


def _clock(flight: Flight) -> Iterator[str]:
    yield (
        f"{clock(flight.duration_s)} as planned, about {clock(flight.clock_s)} on the clock, "
        "and the time that you take to say ready"
    )


def _motor(plan: Plan, motor: Motor) -> Iterator[str]:
    """What is known of this very machine."""
    grid = plan.machine.grid
    yield f"the machine: {grid.minimum} to {grid.maximum} in steps of {_step(grid.increment)}{_measured(motor)}"


def _step(increment: Speed) -> str:
    return f"{increment.kmh:g} km/h"


def _measured(motor: Motor) -> str:
    parts = []
    if motor.ramp_up:
        parts.append(f"gains {motor.ramp_up:g} km/h per second")
    if motor.ramp_down:
        parts.append(f"loses {motor.ramp_down:g}")
    if motor.start_s:
        parts.append(f"moves {motor.start_s:g} s after Start")
    return f"; measured: {', '.join(parts)}" if parts else ""
