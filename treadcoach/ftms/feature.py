"""Fitness Machine Feature, 0x2ACC (FTMS 4.3): two u32, what the machine can tell and what it can be told.

Both words lie on real machines; treat them as claims.
"""

from __future__ import annotations

from enum import IntFlag
from typing import NamedTuple

from treadcoach.errors import WireError
from treadcoach.ftms.fields import U32, Field, write

UUID = 0x2ACC
_SIZE = 8


class Feature(IntFlag):
    """What the machine says it can report (octets 0-3)."""

    AVERAGE_SPEED = 1 << 0
    CADENCE = 1 << 1
    TOTAL_DISTANCE = 1 << 2
    INCLINATION = 1 << 3
    ELEVATION_GAIN = 1 << 4
    PACE = 1 << 5
    STEP_COUNT = 1 << 6
    RESISTANCE_LEVEL = 1 << 7
    STRIDE_COUNT = 1 << 8
    EXPENDED_ENERGY = 1 << 9
    HEART_RATE = 1 << 10
    METABOLIC_EQUIVALENT = 1 << 11
    ELAPSED_TIME = 1 << 12
    REMAINING_TIME = 1 << 13
    POWER_MEASUREMENT = 1 << 14
    FORCE_ON_BELT = 1 << 15
    USER_DATA_RETENTION = 1 << 16


class Target(IntFlag):
    """What the machine says it can be set to (octets 4-7)."""

    SPEED = 1 << 0
    INCLINATION = 1 << 1
    RESISTANCE = 1 << 2
    POWER = 1 << 3
    HEART_RATE = 1 << 4
    ENERGY = 1 << 5
    STEPS = 1 << 6
    STRIDES = 1 << 7
    DISTANCE = 1 << 8
    TRAINING_TIME = 1 << 9
    TIME_IN_TWO_ZONES = 1 << 10
    TIME_IN_THREE_ZONES = 1 << 11
    TIME_IN_FIVE_ZONES = 1 << 12
    BIKE_SIMULATION = 1 << 13
    WHEEL_CIRCUMFERENCE = 1 << 14
    SPIN_DOWN = 1 << 15
    CADENCE = 1 << 16


class FitnessMachineFeature(NamedTuple):
    """The two feature words as integers; compare with `Feature` and `Target`. Reserved bits survive."""

    features: int = 0
    targets: int = 0
    trailing: bytes = b""

    @classmethod
    def from_bytes(cls, data: bytes) -> FitnessMachineFeature:
        """Decode a read of the characteristic.

        Raises:
            WireError: fewer than its eight bytes.
        """
        if len(data) < _SIZE:
            raise WireError("Fitness Machine Feature needs 8 bytes", data)
        return cls(int.from_bytes(data[:4], "little"), int.from_bytes(data[4:8], "little"), data[8:])

    def to_bytes(self) -> bytes:
        """Encode; the inverse of `from_bytes`."""
        return write(_FEATURES, self.features) + write(_TARGETS, self.targets) + self.trailing


_FEATURES = Field("features", U32)
_TARGETS = Field("targets", U32)
