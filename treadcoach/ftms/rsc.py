"""RSC Measurement, 0x2A53 (Running Speed and Cadence Service 3.1): a foot pod, or the treadmill itself.

Flags u8, speed u16 (1/256 m/s), cadence u8 (1/min), then stride length u16 (0.01 m) and total distance u32 (0.1 m)
where bits 0 and 1 say so; bit 2 tells running from walking. For somebody running backward only the cadence is worth
anything: speed and stride come from models of a forward gait.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from treadcoach.errors import WireError
from treadcoach.ftms.fields import U8, U16, U32, Field, Group, number, write

UUID = 0x2A53
_RUNNING = 1 << 2
_FLAGS = Field("flags", U8)

_ALWAYS = 8  # no flag bit announces the first two fields; a bit beyond the octet is never set
TABLE = (
    Group(_ALWAYS, (Field("instantaneous_speed", U16), Field("instantaneous_cadence", U8)), inverted=True),
    Group(0, (Field("instantaneous_stride_length", U16),)),
    Group(1, (Field("total_distance", U32),)),
)


class RscMeasurement(NamedTuple):
    """One measurement. Integers in the specification's resolution; ``None`` is absent."""

    instantaneous_speed: int | None = None
    """1/256 m/s."""
    instantaneous_cadence: int | None = None
    """1/min."""
    instantaneous_stride_length: int | None = None
    """0.01 m."""
    total_distance: int | None = None
    """0.1 m."""
    flags: int | None = None
    """As sent; ``None`` in a measurement of our own (which says walking)."""
    trailing: bytes = b""
    truncated_at: str | None = None
    """The first field that the flags promised and that is not there."""

    @property
    def running(self) -> bool:
        """Whether bit 2 says running; it means nothing unless the sensor's feature bit 2 is set."""
        return bool((self.flags or 0) & _RUNNING)

    @classmethod
    def from_bytes(cls, data: bytes) -> RscMeasurement:
        """Decode one notification.

        Raises:
            WireError: not even the flags.
        """
        if not data:
            raise WireError("RSC Measurement is too short for its flags", data)
        values: dict[str, Any] = {}
        end = 1
        for field in _announced(data[0]):
            value = number(data, end, field.kind)
            if value is None:
                return cls(**values, flags=data[0], trailing=data[end:], truncated_at=field.name)
            values[field.name] = value
            end += field.kind.size
        return cls(**values, flags=data[0], trailing=data[end:])

    def to_bytes(self) -> bytes:
        """Encode; the inverse of `from_bytes`.

        Raises:
            ProtocolMisuseError: a value out of range, or speed or cadence missing.
        """
        flags = self.flags
        if flags is None:
            flags = (self.instantaneous_stride_length is not None) | (self.total_distance is not None) << 1
        parts = [write(_FLAGS, flags)]
        for field in _announced(flags):
            if field.name == self.truncated_at:
                break
            parts.append(write(field, getattr(self, field.name)))
        return b"".join((*parts, self.trailing))


def _announced(flags: int) -> list[Field]:
    """The fields of a measurement with these flags, in wire order."""
    return [field for group in TABLE if group.present(flags) for field in group.fields]
