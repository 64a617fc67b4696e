"""Fitness Machine Status, 0x2ADA (FTMS 4.17): an op code and its parameter, sent when something changed.

"By the user" also follows the client's own commands on many machines: a status alone proves nothing about a person.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from treadcoach.errors import WireError
from treadcoach.ftms.fields import S16, U8, U16, U24
from treadcoach.ftms.parameters import Parameter, Shapes, decode, encode

UUID = 0x2ADA


class StatusCode(IntEnum):
    """The events of the specification; others survive as plain integers."""

    RESET = 0x01
    STOPPED_OR_PAUSED = 0x02
    STOPPED_BY_SAFETY_KEY = 0x03
    STARTED_OR_RESUMED = 0x04
    TARGET_SPEED_CHANGED = 0x05
    TARGET_INCLINE_CHANGED = 0x06
    TARGET_RESISTANCE_CHANGED = 0x07
    TARGET_POWER_CHANGED = 0x08
    TARGET_HEART_RATE_CHANGED = 0x09
    TARGETED_ENERGY_CHANGED = 0x0A
    TARGETED_STEPS_CHANGED = 0x0B
    TARGETED_STRIDES_CHANGED = 0x0C
    TARGETED_DISTANCE_CHANGED = 0x0D
    TARGETED_TRAINING_TIME_CHANGED = 0x0E
    TIME_IN_TWO_ZONES_CHANGED = 0x0F
    TIME_IN_THREE_ZONES_CHANGED = 0x10
    TIME_IN_FIVE_ZONES_CHANGED = 0x11
    BIKE_SIMULATION_CHANGED = 0x12
    WHEEL_CIRCUMFERENCE_CHANGED = 0x13
    SPIN_DOWN = 0x14
    TARGETED_CADENCE_CHANGED = 0x15
    CONTROL_PERMISSION_LOST = 0xFF


SHAPES: Shapes = {
    StatusCode.STOPPED_OR_PAUSED: (U8,),  # 1 stop, 2 pause
    StatusCode.TARGET_SPEED_CHANGED: (U16,),  # 0.01 km/h
    StatusCode.TARGET_INCLINE_CHANGED: (S16,),  # 0.1 %
    StatusCode.TARGET_RESISTANCE_CHANGED: (U8,),  # 0.1; the edition of 2024 leans to s16
    StatusCode.TARGET_POWER_CHANGED: (S16,),  # 1 W
    StatusCode.TARGET_HEART_RATE_CHANGED: (U8,),  # 1 bpm
    StatusCode.TARGETED_ENERGY_CHANGED: (U16,),  # 1 kcal
    StatusCode.TARGETED_STEPS_CHANGED: (U16,),
    StatusCode.TARGETED_STRIDES_CHANGED: (U16,),
    StatusCode.TARGETED_DISTANCE_CHANGED: (U24,),  # 1 m
    StatusCode.TARGETED_TRAINING_TIME_CHANGED: (U16,),  # 1 s
    StatusCode.TIME_IN_TWO_ZONES_CHANGED: (U16,) * 2,
    StatusCode.TIME_IN_THREE_ZONES_CHANGED: (U16,) * 3,
    StatusCode.TIME_IN_FIVE_ZONES_CHANGED: (U16,) * 5,
    StatusCode.BIKE_SIMULATION_CHANGED: (S16, S16, U8, U8),
    StatusCode.WHEEL_CIRCUMFERENCE_CHANGED: (U16,),  # 0.1 mm
    StatusCode.SPIN_DOWN: (U8,),
    StatusCode.TARGETED_CADENCE_CHANGED: (U16,),  # 0.5 /min
}


class FitnessMachineStatus(NamedTuple):
    """One event: its op code, its parameter, and whatever stood behind."""

    op_code: int
    parameter: Parameter = None
    trailing: bytes = b""

    @classmethod
    def from_bytes(cls, data: bytes) -> FitnessMachineStatus:
        """Decode one notification.

        Raises:
            WireError: not even the op code.
        """
        if not data:
            raise WireError("Fitness Machine Status is too short for its op code", data)
        return cls(*decode(data, SHAPES))

    def to_bytes(self) -> bytes:
        """Encode; the inverse of `from_bytes`."""
        return encode(self.op_code, self.parameter, self.trailing, SHAPES)
