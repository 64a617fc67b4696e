"""Limits by level and facing, timing constants, and the ceilings that no file can raise.

Data, and the few functions that combine it; the checks are in `rules`. Speeds are 0.01 km/h, rates 0.01 km/h per
second, inclines 0.1 %. Every number is one of the safety envelope; where evidence stands behind it, it is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from treadcoach.motion import Facing, Incline, Level, Movement, Passport, Speed

# ---- timing ------------------------------------------------------------------------------------------------

# Treadmills report about once a second: half a period late is a reason not to go faster.
FRESH_S = 1.5
# Three periods without a speed: we do not know what the belt does, so we stop it.
STALE_S = 3.0
# A step of ours that comes this late means that nobody watched the belt.
STALL_S = 1.0
# A step this late is worth a thought: what it was given may be as old.
LATE_S = 0.25
# The clock that counts suspend has moved more than the one that does not: the computer slept.
SUSPEND_S = 1.0
# Start-up countdowns of real machines last 3 to 6.2 s; nothing after twice that is a failed start. Until then a
# standing belt may just not have begun.
START_TIMEOUT_S = 12.0
# Nobody waits longer than this beyond it.
START_GRACE_S = 8.0
# Where a hand at the console has to start it, the hand needs this long.
CONSOLE_START_TIMEOUT_S = 40.0
# After a stop that may have come during a start-up countdown, a standing belt is not believed for this long.
COUNTDOWN_S = 7.0
# A runner's word is good for one start, this long.
TOKEN_LIFETIME_S = 10.0
# What was cleared may be written this much later, where the machine is busy: what it needs holds for that long.
CLEARED_FOR_S = 0.5
# A second Start on some machines is a pause: never repeat one quickly.
START_AGAIN_S = 5.0
# After a stop on the way a start is slow for this long at every level: the runner has to find the step again.
RESUME_HOLD_S = 10.0
# The belt must have been seen at rest this long before it may start, or before anybody turns round on it.
REST_S = 3.0
# At the end of a program the belt stays at its slowest this long before it stops, and never longer.
LINGER_S = 10.0
# Whoever cannot see the screen is carried on in silence for this long, no longer.
VOICE_S = 10.0
# One target write a second: faster ones are dropped or stacked by real machines.
WRITE_INTERVAL_S = 1.0
# An answer is waited for at least this long before a belt is asked instead.
UNANSWERED_S = 2.0
# Machines answer within 0.2 s: a later answer is to a write that was itself late.
LATE_ANSWER_S = 0.3
# A machine may be this far behind its target before the target rises again.
MAXIMUM_LAG = 100
# A machine may tell a target of ours, or the speeds on the way to it, this late: until then no other hand is proven …
ECHO_S = 3.0
# … and nothing gets faster for this long, in which two records show whether the belt is slowed.
SUSPECT_S = 2.5
# A word at the console and one of ours that are this near may have crossed.
CROSSING_S = 1.5
# Telling a change of the belt from the noise of its sensor.
NOTICEABLE = 30
# How far above what was asked a belt may report before it counts as running away, and for how long.
OVERSPEED_MARGIN = 50
OVERSPEED_PERCENT = 10
OVERSPEED_S = 2.0
# How long a target that has been lowered still explains the belt's speed.
TARGET_MEMORY_S = 5.0
# A report that does not move although the target did: frozen after this long.
FROZEN_S = 5.0
FROZEN_TARGET_MOVE = 50
# The machine's own clock stands still for this long (and for three records) while its belt runs: frozen.
CLOCK_FROZEN_S = 2.5
CLOCK_FROZEN_RECORDS = 3
# After a target was written, a machine has had this long to reach it: from then on a drop is somebody's hand.
SETTLED_S = 4.0
# A settled belt that is this much faster than asked counts in miles.
MILES_PERCENT = 150

# ---- incline -----------------------------------------------------------------------------------------------

INCLINE_STEP = 10
INCLINE_INTERVAL_S = 3.0
# The deck moves only when the speed has not changed for this long, and not above this speed.
INCLINE_AFTER_SPEED_S = 5.0
INCLINE_MAXIMUM_SPEED = Speed(500)
# No deck has ever been anywhere else: what reports it reports nothing.
DECKS = (Incline(-150), Incline(400))
# What a deck's report may be off by.
INCLINE_NOISE = 5
TURN_MAXIMUM_INCLINE = Incline(20)

# ---- speed -------------------------------------------------------------------------------------------------

# A start is slow for everybody: the machine's minimum, and a machine with a faster one is not for this.
START_MAXIMUM = Speed(100)
# No single step of a target may be larger, on any machine.
LARGEST_STEP = 50
# An unproven km/h may be a mile: every cap is divided by 1.61.
UNPROVEN_PERCENT = 161

_GAITS = {
    Movement.FORWARD: "forward",
    Movement.BACKWARD: "backward",
    Movement.SIDESTEP_LEFT: "sidestep",
    Movement.SIDESTEP_RIGHT: "sidestep",
    Movement.CROSSOVER_LEFT: "crossover",
    Movement.CROSSOVER_RIGHT: "crossover",
}
GAITS = ("forward", "backward", "sidestep", "crossover")

# Nothing in a file, a flag or an environment can take a cap above these. Trained men were measured backward up to
# 12.6 km/h in the laboratory (Wright & Weyand 2001).
CEILINGS: Mapping[str, Speed] = {
    "forward": Speed(1600),
    "backward": Speed(1200),
    "sidestep": Speed(400),
    "crossover": Speed(300),
}
CEILING_RATE_UP = 100
CEILING_RATE_DOWN = 150
CEILING_INCLINE = Incline(120)


class InclineRule(NamedTuple):
    """Up to this incline backward, while the speed is not above that."""

    incline: Incline
    up_to: Speed


class Dose(NamedTuple):
    """How much of it one session may hold. A bout is unbroken backward movement."""

    backward_s: float
    total_s: float
    bout_s: float
    fast_bout_s: float
    """The longest bout that goes above ``fast``."""
    fast: Speed


class Limits(NamedTuple):
    """Everything that bounds one session."""

    level: Level
    caps: Mapping[str, Speed]
    """By gait; 0 is "not at all"."""
    rate_up: int
    rate_down: int
    step: int
    inclines: tuple[InclineRule, ...]
    """Backward; steepest first."""
    start_hold_s: float
    """At the minimum after a start, before the first step up."""
    turn_hold_s: float
    """At rest before the runner may confirm a turn."""
    turn_stand_s: float
    """What a program must write for a turn."""
    jump: int
    """Between neighbouring backward speeds of a program."""
    dose: Dose
    starts_at_console: bool = False
    """The belt moves only after a hand at the console."""

    @property
    def start_timeout_s(self) -> float:
        """From Start to the first motion."""
        return CONSOLE_START_TIMEOUT_S if self.starts_at_console else START_TIMEOUT_S

    @property
    def start_patience_s(self) -> float:
        """From the wish to start to the first motion: the backstop, should nobody have given up before."""
        return self.start_timeout_s + START_GRACE_S

    def cap(self, movement: Movement) -> Speed:
        """The fastest this movement may be; 0 for a stand and for what this level does not do."""
        return self.caps[_GAITS[movement]] if movement in _GAITS else Speed(0)

    def ramp_s(self, low: int, high: int) -> float:
        """How long the belt takes, at the least, from one speed to another."""
        return abs(high - low) / min(self.rate_up if high > low else self.rate_down, self.step)

    def steepest(self, movement: Movement, speed: int) -> Incline:
        """The steepest incline for this movement at this speed."""
        if movement is Movement.FORWARD:
            return CEILING_INCLINE
        if movement is not Movement.BACKWARD:
            return Incline(0)
        return next((rule.incline for rule in self.inclines if speed <= rule.up_to), Incline(0))


def _caps(forward: float, backward: float, sidestep: float, crossover: float) -> Mapping[str, Speed]:
    return dict(zip(GAITS, map(Speed.from_kmh, (forward, backward, sidestep, crossover)), strict=True))


_ANY_SPEED = CEILINGS["backward"]
_UP_TO_8_0 = (InclineRule(Incline(100), Speed(500)), InclineRule(Incline(40), _ANY_SPEED))

# First session: every elderly faller of one study walked backward slower than 2.16 km/h (Fritz 2013); therapists
# advise half of one's forward pace. Intermediate: the preferred walk-run change backward is 5.9 km/h (Hreljac 2005).
# Advanced and harness: trained men took 5 weeks at 8.0 before 9.7 km/h, in a harness (Ordway 2016). Sideways: the
# preferred speed is 2.07 km/h (Handford & Srinivasan 2014). Rates: a quarter of the gentlest fall-provoking training.
_LEVELS = {
    Level.FIRST: Limits(
        level=Level.FIRST,
        caps=_caps(forward=5.0, backward=2.0, sidestep=0, crossover=0),
        rate_up=20,
        rate_down=30,
        step=30,
        inclines=(),
        start_hold_s=10.0,
        turn_hold_s=20.0,
        turn_stand_s=30.0,
        jump=150,
        dose=Dose(backward_s=300, total_s=600, bout_s=90, fast_bout_s=90, fast=Speed(200)),
    ),
    Level.NOVICE: Limits(
        level=Level.NOVICE,
        caps=_caps(forward=6.0, backward=3.5, sidestep=1.5, crossover=0),
        rate_up=30,
        rate_down=50,
        step=50,
        inclines=(InclineRule(Incline(30), _ANY_SPEED),),
        start_hold_s=10.0,
        turn_hold_s=20.0,
        turn_stand_s=30.0,
        jump=150,
        dose=Dose(backward_s=600, total_s=1200, bout_s=600, fast_bout_s=180, fast=Speed(300)),
    ),
    Level.INTERMEDIATE: Limits(
        level=Level.INTERMEDIATE,
        caps=_caps(forward=10.0, backward=6.0, sidestep=2.0, crossover=1.5),
        rate_up=50,
        rate_down=80,
        step=50,
        inclines=(InclineRule(Incline(60), Speed(450)),),
        start_hold_s=5.0,
        turn_hold_s=15.0,
        turn_stand_s=15.0,
        jump=250,
        dose=Dose(backward_s=1200, total_s=2100, bout_s=900, fast_bout_s=900, fast=_ANY_SPEED),
    ),
    Level.ADVANCED: Limits(
        level=Level.ADVANCED,
        caps=_caps(forward=12.0, backward=8.0, sidestep=3.0, crossover=2.0),
        rate_up=80,
        rate_down=100,
        step=50,
        inclines=_UP_TO_8_0,
        start_hold_s=5.0,
        turn_hold_s=15.0,
        turn_stand_s=15.0,
        jump=400,
        dose=Dose(backward_s=1800, total_s=2700, bout_s=1200, fast_bout_s=1200, fast=_ANY_SPEED),
    ),
}
# In a harness the same person may go faster; nothing else changes.
_IN_HARNESS = _LEVELS[Level.ADVANCED]._replace(
    level=Level.HARNESS, caps=_caps(forward=14.0, backward=10.0, sidestep=3.0, crossover=2.0)
)
LEVELS: Mapping[Level, Limits] = {**_LEVELS, Level.HARNESS: _IN_HARNESS}


def resolve(level: Level, passport: Passport, lowered: Mapping[str, Speed] | None = None) -> Limits:
    """The limits of one session: the lowest of level, own caps and machine, never above a ceiling.

    Args:
        level: The runner's, or the program's where that is lower.
        passport: A machine whose unit is unproven, or whose belt jumps, gets at most the novice level; while the unit
            is unproven every cap, rate and step is divided by 1.61.
        lowered: The runner's own caps by gait; a higher value than the level's changes nothing.
    """
    if (passport.jumps or not passport.unit_proven) and level.rank > Level.NOVICE.rank:
        level = Level.NOVICE
    limits = LEVELS[level]
    divisor = 100 if passport.unit_proven else UNPROVEN_PERCENT
    caps = {
        gait: Speed(min(cap, CEILINGS[gait], (lowered or {}).get(gait, cap)) * 100 // divisor)
        for gait, cap in limits.caps.items()
    }
    return limits._replace(
        caps=caps,
        rate_up=min(limits.rate_up, CEILING_RATE_UP) * 100 // divisor,
        rate_down=min(limits.rate_down, CEILING_RATE_DOWN) * 100 // divisor,
        step=min(limits.step, LARGEST_STEP) * 100 // divisor,
        starts_at_console=passport.starts_at_console,
    )


def cannot_see_console(movement: Movement) -> bool:
    """Whether somebody moving like this cannot watch the console."""
    return movement.facing is not Facing.FORWARD
