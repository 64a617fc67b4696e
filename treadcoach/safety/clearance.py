"""Between coach and governor: what the coach is told of the belt, what it asks for, and how that is answered."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from treadcoach.motion import FLAT, STANDSTILL, Incline, Movement, Speed, Verb
from treadcoach.safety.rules import Cause, Gravity


class Belt(NamedTuple):
    """What the coach is told of the belt."""

    rest_since: float | None
    """Since when it has been seen at rest with no stop under way."""
    is_moving: bool
    """It was seen to move after a start, and no stop has begun."""
    is_tilted: bool = False
    """Its deck is too steep to turn round on."""


class Ask(Enum):
    """What the coach wants of the belt."""

    REST = "rest"
    START = "start"
    MOVE = "move"
    HALT = "halt"
    STOP = "stop"


class Intent(NamedTuple):
    """The coach's wish for this moment."""

    ask: Ask
    movement: Movement = Movement.STAND
    """Of a rest: what the runner has been asked to get ready for."""
    speed: Speed = STANDSTILL
    incline: Incline = FLAT
    linger_s: float = 0.0
    """For a halt: how long to stay at the slowest speed before stopping."""


class Cleared(NamedTuple):
    """Permission to send one command. Only the governor constructs it; a test reads every syntax tree for others."""

    verb: Verb
    value: int | None = None
    """0.01 km/h or 0.1 %."""
    urgent: bool = False
    """Part of a stop: overtakes whatever is open."""
    movement: Movement = Movement.STAND


class Verdict(NamedTuple):
    """The governor's answer."""

    gravity: Gravity
    causes: tuple[Cause, ...]
    cleared: tuple[Cleared, ...]
