"""The pre-flight: every segment is held against the limits before anything moves, by the numbers used in flight.

Pure; the answer is a list of findings with their places in the author's file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from math import ceil, floor
from typing import NamedTuple

from treadcoach.dose import Spent
from treadcoach.errors import Finding
from treadcoach.motion import FLAT, Facing, Incline, Level, Machine, Movement, Speed
from treadcoach.program.document import Place
from treadcoach.program.profile import Profile
from treadcoach.program.quantities import SPEED_UNITS, clock
from treadcoach.program.timeline import Segment, Timeline, compile_timeline
from treadcoach.safety import limits as limit
from treadcoach.safety.limits import CEILINGS, LEVELS, Limits, resolve

# So many times the cap nobody means.
_ABSURD, _ABSURD_AT_ALL = 3, 1000
# A speed in miles has lost this much, in tenths of a mile, on the wire.
_ROUNDED = 0.005
# Below this a steady speed is over before the runner has found the rhythm.
STEADY_S = 10.0


class Plan(NamedTuple):
    """A program, laid out for one runner on one machine."""

    profile: Profile
    timeline: Timeline
    limits: Limits
    machine: Machine
    findings: tuple[Finding, ...]

    @property
    def is_clear(self) -> bool:
        """Whether nothing forbids it."""
        return not any(finding.severity == "error" for finding in self.findings)


def plan(profile: Profile, level: Level | None, machine: Machine, lowered: Mapping[str, Speed] | None = None) -> Plan:
    """Lay a program out and hold it against every limit.

    Args:
        profile: What the author wrote.
        level: The runner's level; ``None`` takes the program's own.
        machine: What it has to fit on.
        lowered: The runner's own caps by gait.
    """
    chosen = profile.level if level is None else level
    if chosen.rank > profile.level.rank:
        chosen = profile.level  # the lowest of all: a program is never run beyond what it was written for
    return plan_within(profile, resolve(chosen, machine.passport, lowered), machine)


def plan_within(profile: Profile, limits: Limits, machine: Machine) -> Plan:
    """Lay a program out within limits that are already resolved, as a replay has them from its journal."""
    timeline = compile_timeline(profile, limits.cap(Movement.BACKWARD))
    findings = set(_Check(profile, timeline, limits, machine).findings())
    return Plan(profile, timeline, limits, machine, tuple(sorted(findings, key=lambda f: (f.line, f.column, f.code))))


def cap_words(limits: Limits, machine: Machine, movement: Movement) -> str:
    """The cap that binds a movement, and whose it is."""
    cap = limits.cap(movement)
    if not machine.passport.unit_proven:
        return f"the {limits.level} cap of {cap} on a machine whose unit is unproven"
    return f"your own cap of {cap}" if is_own_cap(limits, movement) else f"the {limits.level} cap of {cap}"


def is_own_cap(limits: Limits, movement: Movement) -> bool:
    """Whether a cap is lower than the level's, on a machine whose unit is proven: it is the runner's own."""
    return limits.cap(movement) < LEVELS[limits.level].cap(movement)


def approach_s(limits: Limits, machine: Machine, before: Segment | None, segment: Segment) -> float:
    """Seconds of a moving segment until the belt is where it should be: the hold behind a start, and the ramp."""
    if before is None or before.is_stand:
        return limits.start_hold_s + limits.ramp_s(machine.grid.minimum, segment.from_speed)
    return limits.ramp_s(before.to_speed, segment.from_speed)


class _Check:
    """One program against one set of limits."""

    def __init__(self, profile: Profile, timeline: Timeline, limits: Limits, machine: Machine) -> None:
        self._profile = profile
        self._timeline = timeline
        self._segments = timeline.segments
        self._gaps = timeline.gaps
        self._limits = limits
        self._machine = machine
        self._level = limits.level

    def findings(self) -> Iterator[Finding]:
        """Everything that is wrong, in no order; a repeated step may come several times."""
        yield from self._fits()
        for segment in self._segments:
            if not segment.is_stand and "speed" not in segment.unread:
                yield from self._speed(segment)
                if "incline" not in segment.unread:
                    yield from self._incline(segment)
        for before, segment in pairwise(self._segments):
            if segment.position not in self._gaps:
                yield from self._change(before, segment)
        yield from self._turns()
        yield from self._deck()
        yield from self._steadiness()
        yield from self._doses()

    def _error(self, place: Place, code: str, message: str, hint: str = "") -> Finding:
        return Finding(self._profile.file, *place, "error", code, message, hint)

    # ---- the machine ---------------------------------------------------------------------------------------

    def _fits(self) -> Iterator[Finding]:
        grid = self._machine.grid
        if grid.minimum > limit.START_MAXIMUM:
            message = f"this machine starts at {grid.minimum}; nobody starts above {limit.START_MAXIMUM}"
            yield self._error(Place(1, 1), "machine-start", message, "it cannot be used")
        if grid.increment > limit.LARGEST_STEP:
            message = f"this machine changes speed by {grid.increment} at once, more than {Speed(limit.LARGEST_STEP)}"
            yield self._error(Place(1, 1), "machine-step", message, "it cannot be used")
        first = self._timeline.next_moving(0)
        if self._machine.passport.remembers_speed and first and first.movement is not Movement.FORWARD:
            message = (
                f"this machine starts at the speed it had last, and {first.movement.words} is how it would begin"
            )
            yield self._error(
                first.place, "blind-start", message, "begin with a step forward, where you see the belt"
            )

    # ---- one segment ---------------------------------------------------------------------------------------

    def _speed(self, segment: Segment) -> Iterator[Finding]:
        cap, peak, grid = self._limits.cap(segment.movement), segment.peak, self._machine.grid
        what = segment.movement.words
        if not cap and LEVELS[self._level].cap(segment.movement):
            yield self._error(segment.place, "own-cap", f"{what} is locked by your own caps", "leave it out")
        elif not cap:
            hint = "choose a higher level, or leave it out"
            yield self._error(segment.place, "not-at-level", f"{what} is not for the {self._level} level", hint)
        elif peak > cap:
            whose = cap_words(self._limits, self._machine, segment.movement)
            message = f"{what} {self._shown(peak)} is above {whose}"
            yield self._error(segment.speed_place, "over-cap", message, self._slower(peak, cap))
        elif peak > grid.maximum:
            message = f"{what} {peak} is above this machine's {grid.maximum}"
            yield self._error(segment.speed_place, "over-machine", message, f"at most {grid.maximum}")
        if min(segment.from_speed, segment.to_speed) < grid.minimum:
            slowest = min(segment.from_speed, segment.to_speed)
            message = f"{what} {slowest} is below this machine's slowest, {grid.minimum}"
            hint = "use `stand:` for a standing belt"
            if self._profile.scaled_from_cap:
                cap = self._limits.cap(Movement.BACKWARD)
                hint = f"that is the share for a cap of {cap}: choose another program"
            yield self._error(segment.speed_place, "under-machine", message, hint)

    def _is_within(self, segment: Segment) -> bool:
        """Whether its speed is allowed; of one that is not, nothing else is worth saying."""
        return segment.peak <= self._limits.cap(segment.movement)

    def _shown(self, speed: Speed) -> str:
        return f"{speed}" if self._profile.units == "km/h" else f"{speed.mph:.1f} mph ({speed})"

    def _at_most(self, cap: Speed) -> str:
        """A cap in the file's unit, which must not be more than it."""
        return f"{cap}" if self._profile.units == "km/h" else f"{floor(cap.mph * 10) / 10:.1f} mph"

    def _slower(self, peak: Speed, cap: Speed) -> str:
        """A tenth, where the value is absurd and a tenth of it is not: 60 and 25 were meant as 6.0 and 2.5."""
        tenth = peak / 1000 / float(SPEED_UNITS[self._profile.units])
        is_plausible = abs(tenth - round(tenth, 1)) < _ROUNDED and peak <= 10 * CEILINGS["backward"]
        if peak < min(max(_ABSURD * cap, _ABSURD_AT_ALL), CEILINGS["forward"]) or not is_plausible:
            return f"at most {self._at_most(cap)}"
        return f"did you mean {tenth:.1f}?"

    def _incline(self, segment: Segment) -> Iterator[Finding]:
        steepest = self._limits.steepest(segment.movement, segment.peak)
        if segment.incline < FLAT:
            message = f"incline {segment.incline} goes downhill"
            yield self._error(segment.incline_place, "downhill", message, "inclines are 0 or more")
        elif segment.incline > steepest:
            who = f"{segment.movement.words} at {segment.peak} on the {self._level} level"
            message = f"incline {segment.incline} is above the {steepest} for {who}"
            yield self._error(segment.incline_place, "too-steep", message, f"at most {steepest}")
        elif segment.incline > self._machine.maximum_incline:
            message = f"incline {segment.incline} is above this machine's {self._machine.maximum_incline}"
            yield self._error(segment.incline_place, "over-machine", message)

    # ---- neighbours ----------------------------------------------------------------------------------------

    def _change(self, before: Segment, segment: Segment) -> Iterator[Finding]:
        both_move = not before.is_stand and not segment.is_stand
        same_facing = before.movement.facing is segment.movement.facing
        if both_move and same_facing and before.movement is not segment.movement:
            message = f"{before.movement.words} changes to {segment.movement.words} without a stand"
            yield self._error(segment.place, "no-stand", message, "add `- stand: 20 s`")
        jump = abs(segment.from_speed - before.to_speed)
        both_backward = before.movement is segment.movement is Movement.BACKWARD
        both_backward = both_backward and "speed" not in before.unread | segment.unread
        if both_backward and jump > self._limits.jump and self._is_within(before) and self._is_within(segment):
            change = f"backward jumps from {before.to_speed} to {segment.from_speed}"
            message = f"{change}, more than {Speed(self._limits.jump)} at once on the {self._level} level"
            yield self._error(segment.speed_place, "jump", message, "add a step between them")

    def _turns(self) -> Iterator[Finding]:
        """A turn needs its time on a standing belt, and a flat deck."""
        before: Segment | None = None
        stands: list[Segment] = []
        for segment in self._segments:
            if segment.position in self._gaps:
                before, stands = None, []
            if segment.is_stand:
                stands.append(segment)
                continue
            turns = before is not None and stands and before.movement.facing is not segment.movement.facing
            if before is not None and turns and not any(stand.unread for stand in stands):
                yield from self._turn(before, stands)
            before, stands = segment, []

    def _turn(self, before: Segment, stands: list[Segment]) -> Iterator[Finding]:
        held, needed = sum(stand.duration_s for stand in stands), self._limits.turn_stand_s
        if held < needed:
            message = f"{clock(held)} is too short to turn round in; the {self._level} level needs {clock(needed)}"
            yield self._error(stands[-1].speed_place, "short-turn", message, f"make it `stand: {needed:g} s`")
        if before.incline > limit.TURN_MAXIMUM_INCLINE and "incline" not in before.unread:
            message = f"nobody turns round at {before.incline}"
            hint = f"come back to {limit.TURN_MAXIMUM_INCLINE} or less before the stand"
            yield self._error(before.incline_place, "turn-incline", message, hint)

    def _deck(self) -> Iterator[Finding]:
        """The deck is slow: where it still is when something begins must be allowed there, and it must get there."""
        deck, starts = 0.0, True
        for segment in self._segments:
            if segment.is_stand or not self._is_within(segment):
                starts = starts or segment.is_stand
                continue
            if segment.unread:
                deck = float(segment.incline)  # nothing is concluded from it
                continue
            steepest = self._limits.steepest(segment.movement, segment.peak)
            if deck > steepest and segment.incline <= steepest:
                message = f"the deck is still at {Incline(round(deck))} when {segment.movement.words} begins"
                yield self._error(segment.place, "deck", message, f"come down to {steepest} in the step before")
            hold_s, starts = self._limits.start_hold_s if starts else 0.0, False
            before, deck = deck, self._deck_after(deck, segment, hold_s)
            if abs(deck - segment.incline) > limit.INCLINE_STEP and segment.position not in self._gaps:
                message = f"the deck gets from {Incline(round(before))} only to {Incline(round(deck))} in this step"
                hint = "make it longer: it moves 1 % in 3 s, at 5 km/h or less, 5 s after the speed has settled"
                yield self._error(segment.incline_place, "deck", message, hint)

    def _deck_after(self, deck: float, segment: Segment, hold_s: float) -> float:
        """Where the deck is at the end of a segment, 0.1 %."""
        slowest = min(segment.from_speed, segment.to_speed)
        if slowest > limit.INCLINE_MAXIMUM_SPEED:
            return deck
        ramp_s = self._limits.ramp_s(self._machine.grid.minimum, segment.peak)
        quiet_s = segment.duration_s - ramp_s - limit.INCLINE_AFTER_SPEED_S
        way = max(0.0, quiet_s - hold_s) / limit.INCLINE_INTERVAL_S * limit.INCLINE_STEP
        return deck + max(-way, min(way, segment.incline - deck))

    # ---- time ----------------------------------------------------------------------------------------------

    def _steadiness(self) -> Iterator[Finding]:
        """The ramp belongs to the segment that follows, and must leave some of it."""
        for index, segment in enumerate(self._segments):
            before = self._segments[index - 1] if index else None
            is_unread = segment.unread or (before is not None and "speed" in before.unread)
            if segment.is_stand or segment.position in self._gaps or is_unread or not self._is_within(segment):
                continue
            ramp = approach_s(self._limits, self._machine, before, segment)
            if segment.duration_s < ramp + STEADY_S:
                length = f"{segment.movement.words} for {clock(segment.duration_s)} is too short"
                message = f"{length}: the belt takes {ramp:.0f} s to get there, and {STEADY_S:g} s should be steady"
                hint = f"make it at least {ramp + STEADY_S:.0f} s"
                if segment.distance_m is not None:
                    hint = f"make it at least {ceil((ramp + STEADY_S) * segment.peak / 360):.0f} m"
                yield self._error(segment.extent_place, "too-short", message, hint)
            slope_s = self._limits.ramp_s(segment.from_speed, segment.to_speed)
            if segment.duration_s < slope_s:
                message = (
                    f"the ramp {segment.from_speed} to {segment.to_speed} is too steep for the {self._level} level"
                )
                yield self._error(segment.speed_place, "steep-ramp", message, f"give it at least {slope_s:.0f} s")

    def _doses(self) -> Iterator[Finding]:
        """How much of it one session may hold; each limit is reported where it is passed first."""
        spent = Spent()
        passed: set[str] = set()
        backward_s = sum(s.duration_s for s in self._segments if s.movement.facing is Facing.BACKWARD)
        plain_s = self._limits.dose.bout_s
        for segment in self._segments:
            # A speed beyond the cap has been reported as one.
            peak = min(segment.peak, self._limits.cap(segment.movement))
            spent.add(segment.movement, peak, segment.duration_s)
            for what, value, most, *_ in spent.over(self._limits.dose):
                if what not in passed:
                    passed.add(what)
                    reached = {"in all": self._segments[-1].end_s, "backward in all": backward_s}.get(what, value)
                    above = (
                        f" above {self._limits.dose.fast}" if most == self._limits.dose.fast_bout_s != plain_s else ""
                    )
                    message = f"{clock(reached)} {what} is more than the {self._level} level's {clock(most)}{above}"
                    yield self._error(segment.place, "dose", message, "shorten it, or rest between")
