"""Treadmill Data, 0x2ACD (FTMS 4.9; field table in wire order from the GATT Specification Supplement).

Flags u16, then the groups whose bit is set. Bit 0 is inverted: 0 brings the instantaneous speed, 1 says that more
notifications of the same record follow. A record may be cut, padded, or carry the step count that a family of
machines announces with the reserved bit 13: what is certain is kept, the rest is named, nothing is invented.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from treadcoach.errors import ProtocolMisuseError, WireError
from treadcoach.ftms.fields import S16, U8, U16, U24, Encoding, Field, Group, Plan, encode, encoding, plan

UUID = 0x2ACD
MORE_DATA = 1 << 0
STEP_COUNT = 1 << 13
_PACES = 1 << 5 | 1 << 6
_FLAGS_SIZE = 2
_NOT_AVAILABLE = 0xFF  # an octet that every "not available" value has
_EXTRAS = 4  # flags, pace_width, trailing, truncated_at

_BEFORE_PACE = (
    Group(0, (Field("instantaneous_speed", U16),), inverted=True),  # 0.01 km/h
    Group(1, (Field("average_speed", U16),)),  # 0.01 km/h
    Group(2, (Field("total_distance", U24),)),  # 1 m
    Group(3, (Field("inclination", S16, 0x7FFF), Field("ramp_angle_setting", S16, 0x7FFF))),  # 0.1 %, 0.1 degree
    Group(4, (Field("positive_elevation_gain", U16), Field("negative_elevation_gain", U16))),  # 0.1 m
)
_AFTER_PACE = (
    Group(
        7,
        (
            Field("total_energy", U16, 0xFFFF),  # 1 kcal
            Field("energy_per_hour", U16, 0xFFFF),
            Field("energy_per_minute", U8, 0xFF),
        ),
    ),
    Group(8, (Field("heart_rate", U8),)),  # 1 bpm
    Group(9, (Field("metabolic_equivalent", U8),)),  # 0.1
    Group(10, (Field("elapsed_time", U16),)),  # 1 s
    Group(11, (Field("remaining_time", U16),)),  # 1 s
    Group(12, (Field("force_on_belt", S16, 0x7FFF), Field("power_output", S16, 0x7FFF))),  # 1 N, 1 W
    Group(13, (Field("step_count", U24),)),  # an extension, not in the specification
)


def _table(pace_width: int) -> tuple[Group, ...]:
    """The whole table for paces of 2 bytes (s per 500 m, GSS) or 1 byte (0.1 km/min, 2017)."""
    kind = U16 if pace_width == 2 else U8  # noqa: PLR2004
    paces = (Group(5, (Field("instantaneous_pace", kind),)), Group(6, (Field("average_pace", kind),)))
    return (*_BEFORE_PACE, *paces, *_AFTER_PACE)


TABLES = {2: _table(2), 1: _table(1)}


@lru_cache(maxsize=256)
def _plan(flags: int, length: int) -> tuple[Plan, int]:
    """The layout of a record and the width of its paces.

    The width of a pace changed between editions, and everything behind it moves. Where exactly one width fits the
    length, that one it is; otherwise nothing behind the pace is certain.
    """
    announced = flags
    if flags & STEP_COUNT and length - plan(TABLES[2], _FLAGS_SIZE, flags & ~STEP_COUNT, length).end < U24.size:
        announced &= ~STEP_COUNT  # the bit is set with nothing behind it: seen on real machines, not a cut record
    if not flags & _PACES:
        return plan(TABLES[2], _FLAGS_SIZE, announced, length, _EXTRAS), 2
    fitting = [
        (layout, width)
        for width, table in TABLES.items()
        for bits in {flags, flags & ~STEP_COUNT}
        if (layout := plan(table, _FLAGS_SIZE, bits, length, _EXTRAS)).truncated_at is None and layout.end == length
    ]
    if len(fitting) == 1:
        return fitting[0]
    before = plan(_BEFORE_PACE, _FLAGS_SIZE, flags, length)
    return plan(TABLES[2], _FLAGS_SIZE, flags, before.end, _EXTRAS), 2


class TreadmillData(NamedTuple):
    """One Treadmill Data record. Integers in the specification's resolution; ``None`` is absent or not available."""

    instantaneous_speed: int | None = None
    """0.01 km/h; absent while more of the record is to come."""
    average_speed: int | None = None
    """0.01 km/h, since the session's start."""
    total_distance: int | None = None
    """1 m."""
    inclination: int | None = None
    """0.1 %."""
    ramp_angle_setting: int | None = None
    """0.1 degree."""
    positive_elevation_gain: int | None = None
    """0.1 m."""
    negative_elevation_gain: int | None = None
    """0.1 m."""
    instantaneous_pace: int | None = None
    """As sent: s per 500 m where ``pace_width`` is 2, 0.1 km/min where it is 1. Never a source of speed."""
    average_pace: int | None = None
    """As ``instantaneous_pace``."""
    total_energy: int | None = None
    """1 kcal."""
    energy_per_hour: int | None = None
    """1 kcal."""
    energy_per_minute: int | None = None
    """1 kcal."""
    heart_rate: int | None = None
    """1 bpm."""
    metabolic_equivalent: int | None = None
    """0.1."""
    elapsed_time: int | None = None
    """1 s."""
    remaining_time: int | None = None
    """1 s."""
    force_on_belt: int | None = None
    """1 N; positive when the runner speeds the belt up."""
    power_output: int | None = None
    """1 W."""
    step_count: int | None = None
    """Steps, as the machines with bit 13 send them."""
    flags: int | None = None
    """As sent; ``None`` in a record of our own, whose flags follow from its fields."""
    pace_width: int = 2
    """Bytes of a pace field: 2, or 1 on machines of the 2017 edition."""
    trailing: bytes = b""
    """What stood behind the last field that is certain."""
    truncated_at: str | None = None
    """The first field that the flags promised and that could not be read."""

    @classmethod
    def from_bytes(cls, data: bytes) -> TreadmillData:
        """Decode one notification.

        Raises:
            WireError: fewer than the two bytes of the flags.
        """
        length = len(data)
        if length < _FLAGS_SIZE:
            raise WireError("Treadmill Data is too short for its flags", data)
        flags = data[0] | data[1] << 8
        (unpack, pick, wide, sentinels, end, truncated_at), pace_width = _plan(flags, length)
        # One flat list, in place: this runs for every record of every simulated second.
        values = [*unpack(data, _FLAGS_SIZE), None, flags, pace_width, data[end:], truncated_at]
        for index in wide:
            values[index] += values[index + 1] << 16
        if _NOT_AVAILABLE in data:
            for index, not_available in sentinels:
                if values[index] == not_available:
                    values[index] = None
        return tuple.__new__(cls, pick(values))

    def to_bytes(self) -> bytes:
        """Encode; the inverse of `from_bytes` for every record.

        Raises:
            ProtocolMisuseError: a value out of range, or a group of fields with some of them missing.
        """
        flags = self._announced() if self.flags is None else self.flags
        # The step count is last: bit 13 with nothing behind it ends the record before it.
        end = self.truncated_at or ("step_count" if self.step_count is None else None)
        encoding = _encoding(flags, self.pace_width, end)
        return b"".join((flags.to_bytes(_FLAGS_SIZE, "little"), encode(encoding, self), self.trailing))

    def _announced(self) -> int:
        """The flags that follow from the fields that hold a value."""
        flags = 0
        for mask, first, end, inverted in _ANNOUNCED:
            given = self[first:end].count(None) < end - first
            if given != inverted:
                flags |= mask
        return flags

    @property
    def more_data(self) -> bool:
        """Whether further notifications belong to this record."""
        flags = self._announced() if self.flags is None else self.flags
        return bool(flags & MORE_DATA)


_VALUES = tuple(field.name for group in TABLES[2] for field in group.fields)
# Of each group: its bit, where its fields stand in a record, and whether the bit means that they are not there.
_ANNOUNCED = tuple(
    (1 << group.bit, _VALUES.index(group.fields[0].name), _VALUES.index(group.fields[-1].name) + 1, group.inverted)
    for group in TABLES[2]
)


@lru_cache(maxsize=512)
def _encoding(flags: int, pace_width: int, end: str | None) -> Encoding:
    """How the fields that flags announce are written, up to one that is not."""
    announced = (field for group in TABLES[pace_width] if group.present(flags) for field in group.fields)
    fields = tuple(takewhile(lambda field: field.name != end, announced))
    return encoding(fields, tuple(_VALUES.index(field.name) for field in fields))


# A part whose record never ends is dropped after this long: the next record is due after about a second.
PART_LIFETIME_S = 1.5
# Two parts hold every field there is; more than a few are not one record.
MAXIMUM_PARTS = 7


class RecordJoiner:
    """Joins a record that was split over notifications (FTMS 4.9.1: More Data).

    A part with speed ends the record and is handed on at once: nothing waits for siblings.
    """

    def __init__(self) -> None:
        self._parts: list[tuple[float, TreadmillData]] = []

    def push(self, part: TreadmillData, now: float) -> TreadmillData | None:
        """Take one notification; the whole record when this part ends it, else ``None``."""
        if part.more_data:
            self._parts = [*self._recent(now)[-MAXIMUM_PARTS:], (now, part)]
            return None
        if not self._parts:
            return part
        pending, self._parts = self._recent(now), []
        for _, earlier in pending:
            part = _merge(part, earlier)
        return part

    def _recent(self, now: float) -> list[tuple[float, TreadmillData]]:
        return [(at, part) for at, part in self._parts if now - at <= PART_LIFETIME_S]


def _merge(final: TreadmillData, part: TreadmillData) -> TreadmillData:
    """``final`` with the fields it lacks taken from ``part``."""
    found = {
        name: value for name in _VALUES if getattr(final, name) is None and (value := getattr(part, name)) is not None
    }
    if final.flags is None or part.flags is None:
        raise ProtocolMisuseError("only records that came over the wire can be joined")
    return final._replace(**found, flags=final.flags | part.flags & ~MORE_DATA)
