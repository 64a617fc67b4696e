"""What is asked of a belt, what it reports, and what is known about it.

Knows quantities and nothing else: no bytes, no programs, no limits of people.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import NamedTuple


class Speed(int):
    """A belt speed: an ordered count of 0.01 km/h, the resolution of the wire. Never negative.

    Arithmetic gives plain integers; wrap the result when it is a speed again.
    """

    __slots__ = ()

    @classmethod
    def from_kmh(cls, kmh: float) -> Speed:
        """Round km/h to the grid, never truncate: 2.3 is 230.

        Raises:
            ValueError: not finite, negative, or more than the wire can say (655.35).
        """
        if isinstance(kmh, bool) or not math.isfinite(kmh) or not 0 <= kmh <= WIRE_MAXIMUM_KMH:
            raise ValueError(f"{kmh!r} km/h is not a belt speed")
        return cls(round(kmh * 100))

    @property
    def kmh(self) -> float:
        """In km/h."""
        return self / 100

    @property
    def mph(self) -> float:
        """In miles per hour."""
        return self / 100 / KM_PER_MILE

    def __str__(self) -> str:
        return f"{self / 100:.2f}".removesuffix("0") + " km/h"


WIRE_MAXIMUM_KMH = 655.35
KM_PER_MILE = 1.609344
STANDSTILL = Speed(0)

# No frame above this leaves the program, whoever asks and whatever a file says: the forward ceiling of the
# safety envelope. It is repeated here, below everything, so that the encoder can check it on its own.
BELT_CEILING = Speed(1600)


class Incline(int):
    """An incline: a count of 0.1 %, the resolution of the wire. Negative is downhill."""

    __slots__ = ()

    @classmethod
    def from_percent(cls, percent: float) -> Incline:
        """Round percent to the grid.

        Raises:
            ValueError: not finite, or beyond ±100 %.
        """
        if isinstance(percent, bool) or not math.isfinite(percent) or abs(percent) > 100:  # noqa: PLR2004
            raise ValueError(f"{percent!r} % is not an incline")
        return cls(round(percent * 10))

    @property
    def percent(self) -> float:
        """In percent."""
        return self / 10

    def __str__(self) -> str:
        return f"{self / 10:g} %"


FLAT = Incline(0)


class Facing(StrEnum):
    """Which way the runner looks while the belt runs: toward the console, away from it, or a side leading."""

    FORWARD = "forward"
    BACKWARD = "backward"
    LEFT = "left"
    RIGHT = "right"


class Movement(StrEnum):
    """What the runner does on the belt; the words of the profile language."""

    STAND = "stand"
    FORWARD = "forward"
    BACKWARD = "backward"
    SIDESTEP_LEFT = "sidestep_left"
    SIDESTEP_RIGHT = "sidestep_right"
    CROSSOVER_LEFT = "crossover_left"
    CROSSOVER_RIGHT = "crossover_right"

    @property
    def facing(self) -> Facing | None:
        """Which way this movement faces; ``None`` for a stand, which is where facing may change."""
        return _FACINGS.get(self)

    @property
    def words(self) -> str:
        """As people say it."""
        return self.value.replace("_", " ")


_FACINGS = {
    Movement.FORWARD: Facing.FORWARD,
    Movement.BACKWARD: Facing.BACKWARD,
    Movement.SIDESTEP_LEFT: Facing.LEFT,
    Movement.SIDESTEP_RIGHT: Facing.RIGHT,
    Movement.CROSSOVER_LEFT: Facing.LEFT,
    Movement.CROSSOVER_RIGHT: Facing.RIGHT,
}


class Level(StrEnum):
    """How far a runner has come; earned, in this order."""

    FIRST = "first"
    NOVICE = "novice"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"
    HARNESS = "harness"

    @property
    def rank(self) -> int:
        """0 for a first session, rising."""
        return _RANKS[self]


_RANKS = {level: rank for rank, level in enumerate(Level)}


class Verb(StrEnum):
    """Everything that is ever asked of a belt."""

    START = "start"
    STOP = "stop"
    PAUSE = "pause"
    RESET = "reset"
    SET_SPEED = "set_speed"
    SET_INCLINE = "set_incline"


class Setpoint(NamedTuple):
    """What is wanted of the belt, for a runner who moves in a certain way."""

    movement: Movement
    speed: Speed
    incline: Incline = FLAT


class Observation(NamedTuple):
    """What the machine reported in one record; a field it did not send is ``None``, which is not zero."""

    speed: Speed
    distance_m: int | None = None
    incline: Incline | None = None
    elapsed_s: int | None = None
    heart_rate_bpm: int | None = None


class SpeedGrid(NamedTuple):
    """The speeds a machine can be set to."""

    minimum: Speed
    maximum: Speed
    increment: Speed

    def floor(self, speed: int) -> Speed | None:
        """The fastest settable speed not above ``speed``; ``None`` when that is below the minimum."""
        if speed < self.minimum:
            return None
        steps = (min(speed, self.maximum) - self.minimum) // self.increment
        return Speed(self.minimum + steps * self.increment)

    def ceil(self, speed: int) -> Speed:
        """The slowest settable speed not below ``speed`` (the fastest there is, above the maximum)."""
        steps = -((self.minimum - max(speed, self.minimum)) // self.increment)
        return Speed(min(self.minimum + steps * self.increment, self.floor(self.maximum) or self.minimum))


# What is assumed of a machine that tells nothing usable: the commonest range of consumer machines.
COMMON_GRID = SpeedGrid(Speed(80), Speed(1600), Speed(10))


class Passport(NamedTuple):
    """What is known of one machine. The defaults are what may be assumed of a stranger."""

    name: str = "unknown treadmill"
    unit_proven: bool = False
    """A measurement has shown that its km/h are km/h; otherwise every cap is divided by 1.61."""
    pause_before_stop: bool = False
    """It refuses Stop while moving: the stop ladder begins with Pause."""
    grid: SpeedGrid | None = None
    """Settable speeds, where the machine itself tells nothing usable."""
    starts_at_console: bool = False
    """It says yes to Start and waits until somebody presses Start on its console."""
    jumps: bool = False
    """It gains more than 2 km/h per second by itself: at most the novice level."""
    remembers_speed: bool = False
    """It starts at the speed that it had last, whenever that was."""
    inclines: bool = True
    """Its deck does what it is told, and says so."""
    simulated: bool = False


class Machine(NamedTuple):
    """What can be set on a machine. The defaults are a common one, with nothing left to prove."""

    passport: Passport = Passport(unit_proven=True)
    grid: SpeedGrid = COMMON_GRID
    maximum_incline: Incline = Incline(120)


def after(now: float, seconds: float) -> float:
    """The moment ``seconds`` after ``now``, on whole milliseconds.

    Every deadline is made here, so that a replay meets it to the last digit and journals stay short.
    """
    return round(now + seconds, 3)
