"""Training Status, 0x2AD3 (FTMS 4.10): flags u8, status u8, then UTF-8 text where bit 0 says so.

A hint (a countdown runs), never a proof: texts are missing although announced, codes are reserved ones, and a read
right after power-on may be empty.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from treadcoach.errors import WireError
from treadcoach.ftms.fields import U8, Field, write

UUID = 0x2AD3
STRING_PRESENT = 1 << 0


class TrainingCode(IntEnum):
    """The codes of the specification; others survive as plain integers."""

    OTHER = 0x00
    IDLE = 0x01
    WARMING_UP = 0x02
    LOW_INTENSITY_INTERVAL = 0x03
    HIGH_INTENSITY_INTERVAL = 0x04
    RECOVERY_INTERVAL = 0x05
    ISOMETRIC = 0x06
    HEART_RATE_CONTROL = 0x07
    FITNESS_TEST = 0x08
    BELOW_CONTROL_REGION = 0x09
    ABOVE_CONTROL_REGION = 0x0A
    COOL_DOWN = 0x0B
    WATT_CONTROL = 0x0C
    MANUAL = 0x0D
    PRE_WORKOUT = 0x0E
    POST_WORKOUT = 0x0F


class TrainingStatus(NamedTuple):
    """What the machine says it is doing."""

    flags: int = 0
    status: int | None = None
    """A `TrainingCode` or any other octet; ``None`` when the frame ended before it."""
    text: bytes = b""
    """The bytes behind the status, announced as text or not."""

    @property
    def string(self) -> str | None:
        """The text, where bit 0 announces one; what is not UTF-8 is replaced."""
        return self.text.decode("utf-8", "replace") if self.flags & STRING_PRESENT else None

    @classmethod
    def from_bytes(cls, data: bytes) -> TrainingStatus:
        """Decode a read or a notification.

        Raises:
            WireError: not even the flags.
        """
        if not data:
            raise WireError("Training Status is too short for its flags", data)
        return cls(data[0], data[1] if len(data) > 1 else None, data[2:])

    def to_bytes(self) -> bytes:
        """Encode; the inverse of `from_bytes`."""
        head = write(_FLAGS, self.flags)
        return head if self.status is None else head + write(_STATUS, self.status) + self.text


_FLAGS = Field("flags", U8)
_STATUS = Field("status", U8)
