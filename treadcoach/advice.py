"""What is allowed and still unwise, or will not come out as written: warnings for an author. Pure.

The rules that every shipped program keeps: speeds and inclines that coarse machines have too, fast and slow within
one direction, and a way back that is walked forward. With a machine at hand, what that machine makes of the program.
"""

from __future__ import annotations

from collections.abc import Iterator

from treadcoach.errors import Finding
from treadcoach.flight import Flight
from treadcoach.motion import COMMON_GRID, Facing, Speed
from treadcoach.preflight import STEADY_S, Plan
from treadcoach.program.document import Place
from treadcoach.program.profile import Actions, Repeat, unrolled
from treadcoach.program.quantities import KM_PER_MILE, clock
from treadcoach.program.timeline import Segment

# What every machine can be set to: halves of its unit, whichever that is, and whole percents.
_HALF_KMH, _HALF_MPH = 50, float(50 * KM_PER_MILE)
_NEARLY = 1.0  # 0.01 km/h: a speed in miles is rounded to the wire's resolution
_WHOLE_PERCENT = 10


def advise(plan: Plan, flight: Flight) -> tuple[Finding, ...]:
    """Everything that an author should think about, in the order of the file."""
    found = {
        *_coarse(plan),
        *_inclines(plan),
        *_back_and_forth(plan),
        *_warm_up(plan),
        *_way_back(plan),
        *_on_time(plan, flight),
    }
    return tuple(sorted(found, key=lambda finding: (finding.line, finding.column, finding.code)))


def _warning(plan: Plan, place: Place, code: str, message: str, hint: str) -> Finding:
    return Finding(plan.profile.file, *place, "warning", code, message, hint)


def _coarse(plan: Plan) -> Iterator[Finding]:
    """Speeds that a machine will not have; of a program that is scaled, what is written is not what is run."""
    grid, units = plan.machine.grid, plan.profile.units
    for segment in _moving(plan):
        for speed in {segment.from_speed, segment.to_speed}:
            settable = grid.floor(speed)
            if grid != COMMON_GRID and settable is not None and settable != speed:
                message = f"{speed} cannot be set on this machine; it will be {settable}"
                yield _warning(plan, segment.speed_place, "off-grid", message, f"it has steps of {grid.increment}")
            elif grid == COMMON_GRID and not _is_coarse(speed):
                message = f"{_shown(speed, units)} is between the half km/h (or mph) that coarse machines have"
                hint = "such a machine will run the half below"
                yield _warning(plan, segment.speed_place, "coarse-speed", message, hint)


def _is_coarse(speed: Speed) -> bool:
    return speed % _HALF_KMH == 0 or abs(speed - round(speed / _HALF_MPH) * _HALF_MPH) <= _NEARLY


def _shown(speed: Speed, units: str) -> str:
    return f"{speed}" if units == "km/h" else f"{speed.mph:.2f}".removesuffix("0") + " mph"


def _inclines(plan: Plan) -> Iterator[Finding]:
    for segment in _moving(plan):
        if segment.incline % _WHOLE_PERCENT:
            message = f"an incline of {segment.incline} is between the whole percents that every machine has"
            yield _warning(plan, segment.incline_place, "coarse-incline", message, "write a whole number")


def _back_and_forth(plan: Plan) -> Iterator[Finding]:
    """A turn in every round of a repeat is many turns, and turns are where people fall."""
    for repeat in _repeats(plan.profile.actions):
        first: Facing | None = None
        for action in unrolled(repeat.actions, at_most=1):
            facing = action.movement.facing if action else None
            if action is None or facing not in {Facing.FORWARD, Facing.BACKWARD}:
                continue
            first = first or facing
            if facing is not first and repeat.times > 1:
                message = f"each of {repeat.times} rounds turns the runner round"
                yield _warning(plan, action.place, "many-turns", message, "repeat within one direction")
                break


def _way_back(plan: Plan) -> Iterator[Finding]:
    """The last thing is a walk forward, to feel the ground again."""
    last = next((segment for segment in reversed(plan.timeline.segments) if not segment.is_stand), None)
    if last is not None and last.movement.facing is not Facing.FORWARD and not plan.profile.is_empty:
        message = f"the program ends {last.movement.words}"
        yield _warning(plan, last.place, "no-way-back", message, "end with a stand, a minute or two forward, a stand")


def _warm_up(plan: Plan) -> Iterator[Finding]:
    """The first thing is a walk forward."""
    first = plan.timeline.next_moving(0)
    if first is not None and first.movement.facing is not Facing.FORWARD and not plan.profile.is_empty:
        message = f"the program begins {first.movement.words}"
        yield _warning(plan, first.place, "no-warm-up", message, "begin with a minute or two forward, and a stand")


def _on_time(plan: Plan, flight: Flight) -> Iterator[Finding]:
    """A machine that is slower than the level's rate comes late to an interval."""
    for leg in flight.legs:
        if not leg.segment.is_stand and leg.steady_s < min(STEADY_S, leg.segment.duration_s):
            there = f"this machine is there after {leg.there_s:.0f} s of {clock(leg.segment.duration_s)}"
            hint = f"make it at least {leg.there_s + STEADY_S:.0f} s"
            yield _warning(plan, leg.segment.extent_place, "late", there, hint)


def _moving(plan: Plan) -> Iterator[Segment]:
    return (segment for segment in plan.timeline.segments if not segment.is_stand)


def _repeats(actions: Actions) -> Iterator[Repeat]:
    for action in actions:
        if isinstance(action, Repeat):
            yield action
            yield from _repeats(action.actions)
