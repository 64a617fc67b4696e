"""Heart Rate Measurement, 0x2A37 (Heart Rate Service 3.1).

Flags u8 (bit 0: the rate takes two bytes; bits 1-2: sensor contact; bit 3: energy; bit 4: RR intervals), the rate,
then energy u16 in kJ, then any number of RR intervals u16 in 1/1024 s, oldest first.
"""

from __future__ import annotations

from typing import NamedTuple

from treadcoach.errors import WireError
from treadcoach.ftms.fields import U8, U16, Field, number, write

UUID = 0x2A37
_WIDE = 1 << 0
_CONTACT_DETECTED = 1 << 1
_CONTACT_SUPPORTED = 1 << 2
_ENERGY = 1 << 3
_RR = 1 << 4

_FLAGS = Field("flags", U8)
_RATES = {False: Field("heart_rate", U8), True: Field("heart_rate", U16)}
_ENERGY_FIELD = Field("energy_expended", U16)
_RR_FIELD = Field("rr_interval", U16)


class HeartRateMeasurement(NamedTuple):
    """One measurement of a strap. A rate of 0 means that it has none."""

    heart_rate: int | None = None
    """1 bpm; ``None`` when the frame ended before it."""
    sensor_contact: bool | None = None
    """Whether the sensor touches skin; ``None`` when it cannot tell."""
    energy_expended: int | None = None
    """1 kJ, accumulated."""
    rr_intervals: tuple[int, ...] = ()
    """1/1024 s, oldest first."""
    flags: int | None = None
    """As sent; ``None`` in a measurement of our own, whose flags follow from its fields."""
    trailing: bytes = b""

    @classmethod
    def from_bytes(cls, data: bytes) -> HeartRateMeasurement:
        """Decode one notification.

        Raises:
            WireError: not even the flags.
        """
        if not data:
            raise WireError("Heart Rate Measurement is too short for its flags", data)
        flags = data[0]
        contact = bool(flags & _CONTACT_DETECTED) if flags & _CONTACT_SUPPORTED else None
        rate = number(data, 1, _RATES[bool(flags & _WIDE)].kind)
        if rate is None:
            return cls(None, contact, flags=flags, trailing=data[1:])
        end = 3 if flags & _WIDE else 2
        energy = number(data, end, U16) if flags & _ENERGY else None
        if energy is not None:
            end += 2
        whole_intervals = (
            (len(data) - end) // 2 if flags & _RR and bool(flags & _ENERGY) == (energy is not None) else 0
        )
        rr_end = end + 2 * whole_intervals
        rr = tuple(int.from_bytes(data[i : i + 2], "little") for i in range(end, rr_end, 2))
        return cls(rate, contact, energy, rr, flags, data[rr_end:])

    def to_bytes(self) -> bytes:
        """Encode; the inverse of `from_bytes`.

        Raises:
            ProtocolMisuseError: a value out of range.
        """
        flags = self._announced() if self.flags is None else self.flags
        parts = [write(_FLAGS, flags)]
        if self.heart_rate is not None:
            parts.append(write(_RATES[bool(flags & _WIDE)], self.heart_rate))
        if self.energy_expended is not None:
            parts.append(write(_ENERGY_FIELD, self.energy_expended))
        parts += [write(_RR_FIELD, interval) for interval in self.rr_intervals]
        return b"".join((*parts, self.trailing))

    def _announced(self) -> int:
        """The flags that follow from the fields that hold a value."""
        flags = _WIDE if (self.heart_rate or 0) > U8.high else 0
        if self.sensor_contact is not None:
            flags |= _CONTACT_SUPPORTED | (_CONTACT_DETECTED if self.sensor_contact else 0)
        if self.energy_expended is not None:
            flags |= _ENERGY
        return flags | (_RR if self.rr_intervals else 0)
