"""Fitness Machine Control Point, 0x2AD9 (FTMS 4.16): requests to the machine and its responses.

A response of "success" means that the request was understood, never that the belt moved.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from treadcoach.errors import WireError
from treadcoach.ftms.fields import S16, U8, U16, U24, Field, write
from treadcoach.ftms.parameters import Parameter, Shapes, decode, encode

UUID = 0x2AD9


class OpCode(IntEnum):
    """The procedures of the specification; others survive as plain integers."""

    REQUEST_CONTROL = 0x00
    RESET = 0x01
    SET_TARGET_SPEED = 0x02
    SET_TARGET_INCLINATION = 0x03
    SET_TARGET_RESISTANCE = 0x04
    SET_TARGET_POWER = 0x05
    SET_TARGET_HEART_RATE = 0x06
    START_OR_RESUME = 0x07
    STOP_OR_PAUSE = 0x08
    SET_TARGETED_ENERGY = 0x09
    SET_TARGETED_STEPS = 0x0A
    SET_TARGETED_STRIDES = 0x0B
    SET_TARGETED_DISTANCE = 0x0C
    SET_TARGETED_TRAINING_TIME = 0x0D
    SET_TIME_IN_TWO_ZONES = 0x0E
    SET_TIME_IN_THREE_ZONES = 0x0F
    SET_TIME_IN_FIVE_ZONES = 0x10
    SET_BIKE_SIMULATION = 0x11
    SET_WHEEL_CIRCUMFERENCE = 0x12
    SPIN_DOWN = 0x13
    SET_TARGETED_CADENCE = 0x14
    RESPONSE = 0x80


class ResultCode(IntEnum):
    """How the machine answers; others survive as plain integers."""

    SUCCESS = 0x01
    NOT_SUPPORTED = 0x02
    INVALID_PARAMETER = 0x03
    FAILED = 0x04
    NOT_PERMITTED = 0x05


class StopCode(IntEnum):
    """The parameter of Stop or Pause, in a request and in a status."""

    STOP = 0x01
    PAUSE = 0x02


SHAPES: Shapes = {
    OpCode.SET_TARGET_SPEED: (U16,),  # 0.01 km/h
    OpCode.SET_TARGET_INCLINATION: (S16,),  # 0.1 %
    OpCode.SET_TARGET_RESISTANCE: (U8,),  # 0.1; the edition of 2024 leans to s16
    OpCode.SET_TARGET_POWER: (S16,),  # 1 W
    OpCode.SET_TARGET_HEART_RATE: (U8,),  # 1 bpm
    OpCode.STOP_OR_PAUSE: (U8,),  # StopCode
    OpCode.SET_TARGETED_ENERGY: (U16,),  # 1 kcal
    OpCode.SET_TARGETED_STEPS: (U16,),
    OpCode.SET_TARGETED_STRIDES: (U16,),
    OpCode.SET_TARGETED_DISTANCE: (U24,),  # 1 m
    OpCode.SET_TARGETED_TRAINING_TIME: (U16,),  # 1 s
    OpCode.SET_TIME_IN_TWO_ZONES: (U16,) * 2,  # 1 s each
    OpCode.SET_TIME_IN_THREE_ZONES: (U16,) * 3,
    OpCode.SET_TIME_IN_FIVE_ZONES: (U16,) * 5,
    OpCode.SET_BIKE_SIMULATION: (S16, S16, U8, U8),  # 0.001 m/s, 0.01 %, 0.0001, 0.01 kg/m
    OpCode.SET_WHEEL_CIRCUMFERENCE: (U16,),  # 0.1 mm
    OpCode.SPIN_DOWN: (U8,),  # 1 start, 2 ignore
    OpCode.SET_TARGETED_CADENCE: (U16,),  # 0.5 /min
}


class ControlPointRequest(NamedTuple):
    """What a client asks of the machine."""

    op_code: int
    parameter: Parameter = None
    trailing: bytes = b""

    @classmethod
    def from_bytes(cls, data: bytes) -> ControlPointRequest:
        """Decode one write, as a machine does.

        Raises:
            WireError: not even the op code.
        """
        if not data:
            raise WireError("a Control Point request is too short for its op code", data)
        return cls(*decode(data, SHAPES))

    def to_bytes(self) -> bytes:
        """Encode; the inverse of `from_bytes`.

        Raises:
            ProtocolMisuseError: a parameter that is no integer, out of range, or not of this op code.
        """
        return encode(self.op_code, self.parameter, self.trailing, SHAPES)

    @classmethod
    def request_control(cls) -> ControlPointRequest:
        """Ask for the permission that everything else needs."""
        return cls(OpCode.REQUEST_CONTROL)

    @classmethod
    def reset(cls) -> ControlPointRequest:
        """Set targets to their defaults; gives the control permission back as well."""
        return cls(OpCode.RESET)

    @classmethod
    def set_target_speed(cls, speed: int) -> ControlPointRequest:
        """``speed`` in 0.01 km/h: 230 is 2.3 km/h."""
        return cls(OpCode.SET_TARGET_SPEED, speed)

    @classmethod
    def set_target_inclination(cls, inclination: int) -> ControlPointRequest:
        """``inclination`` in 0.1 %."""
        return cls(OpCode.SET_TARGET_INCLINATION, inclination)

    @classmethod
    def start_or_resume(cls) -> ControlPointRequest:
        """Start the belt. On some machines this is a pause toggle: only ever on a standing belt."""
        return cls(OpCode.START_OR_RESUME)

    @classmethod
    def stop(cls) -> ControlPointRequest:
        """Stop the belt."""
        return cls(OpCode.STOP_OR_PAUSE, StopCode.STOP)

    @classmethod
    def pause(cls) -> ControlPointRequest:
        """Pause the belt."""
        return cls(OpCode.STOP_OR_PAUSE, StopCode.PAUSE)


_RESPONSE_SIZE = 3
_OCTET = Field("octet", U8)


class ControlPointResponse(NamedTuple):
    """How the machine answered a request."""

    request_op_code: int
    result_code: int | None
    """A `ResultCode` or any other octet; ``None`` when the frame ended before it."""
    parameter: bytes = b""
    """Only a successful spin down has one."""

    @classmethod
    def from_bytes(cls, data: bytes) -> ControlPointResponse:
        """Decode one indication (or notification).

        Raises:
            WireError: not a response, or too short to say to which request it belongs.
        """
        if len(data) < _RESPONSE_SIZE - 1 or data[0] != OpCode.RESPONSE:
            raise WireError("not a Control Point response", data)
        return cls(data[1], data[2] if len(data) >= _RESPONSE_SIZE else None, data[_RESPONSE_SIZE:])

    def to_bytes(self) -> bytes:
        """Encode; the inverse of `from_bytes`."""
        head = bytes((OpCode.RESPONSE,)) + write(_OCTET, self.request_op_code)
        return head if self.result_code is None else head + write(_OCTET, self.result_code) + self.parameter
