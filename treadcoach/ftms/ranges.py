"""Supported Speed, Inclination and Heart Rate Range, 0x2AD4, 0x2AD5, 0x2AD7 (FTMS 4.11-4.15).

Three numbers each: minimum, maximum, minimum increment. Ranges are claims: all-zero ones, miles in the km/h field and
an increment of zero are on the market; `usable` says whether one can be trusted as a grid.
"""

from __future__ import annotations

from typing import ClassVar, NamedTuple, Self

from treadcoach.errors import WireError
from treadcoach.ftms.fields import S16, U8, U16, Field, Kind, number, write


class _Range(NamedTuple):
    minimum: int
    maximum: int
    minimum_increment: int
    trailing: bytes = b""


def _decode(data: bytes, kinds: tuple[Kind, Kind, Kind]) -> tuple[int, int, int, bytes]:
    """Three numbers, and what stands behind them."""
    values = []
    offset = 0
    for kind in kinds:
        value = number(data, offset, kind)
        if value is None:
            raise WireError(f"a supported range needs {sum(k.size for k in kinds)} bytes", data)
        values.append(value)
        offset += kind.size
    return values[0], values[1], values[2], data[offset:]


class _Coded(_Range):
    """What the three ranges share: everything but the kinds of their numbers."""

    __slots__ = ()
    KINDS: ClassVar[tuple[Kind, Kind, Kind]]

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Decode a read of the characteristic.

        Raises:
            WireError: shorter than its three numbers.
        """
        return cls(*_decode(data, cls.KINDS))

    def to_bytes(self) -> bytes:
        """Encode; the inverse of `from_bytes`."""
        fields = (Field(name, kind) for name, kind in zip(self._fields, self.KINDS, strict=False))
        return b"".join(map(write, fields, self[:3])) + self.trailing

    @property
    def usable(self) -> bool:
        """Whether this can be a grid of settable values: not empty, not upside down, with an increment."""
        return self.minimum < self.maximum and self.minimum_increment > 0


class SupportedSpeedRange(_Coded):
    """0x2AD4: u16, u16, u16 in 0.01 km/h."""

    __slots__ = ()
    UUID: ClassVar[int] = 0x2AD4
    KINDS: ClassVar[tuple[Kind, Kind, Kind]] = (U16, U16, U16)

    @property
    def usable(self) -> bool:
        """As every range; and a belt that can be *set* to nothing has told us nothing."""
        return super().usable and self.minimum > 0


class SupportedInclinationRange(_Coded):
    """0x2AD5: s16, s16, u16 in 0.1 %."""

    __slots__ = ()
    UUID: ClassVar[int] = 0x2AD5
    KINDS: ClassVar[tuple[Kind, Kind, Kind]] = (S16, S16, U16)


class SupportedHeartRateRange(_Coded):
    """0x2AD7: u8, u8, u8 in 1 bpm."""

    __slots__ = ()
    UUID: ClassVar[int] = 0x2AD7
    KINDS: ClassVar[tuple[Kind, Kind, Kind]] = (U8, U8, U8)
