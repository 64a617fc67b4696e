"""Fields of a characteristic: little-endian numbers in wire order, some with a "not available" value.

A record whose flags say which fields it holds (GATT Specification Supplement, section 2) is described as a table
of groups. `plan` compiles the table for one flags word and one length, and remembers it: machines rarely change
their flags, so a record costs one `struct` call instead of a walk over the table.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from treadcoach.errors import ProtocolMisuseError


class Kind(NamedTuple):
    """How a number stands on the wire."""

    code: str
    """For `struct`; three bytes have no code of their own and travel as two and one."""
    size: int
    low: int
    high: int


U8 = Kind("B", 1, 0, 0xFF)
U16 = Kind("H", 2, 0, 0xFFFF)
U24 = Kind("HB", 3, 0, 0xFF_FFFF)
U32 = Kind("I", 4, 0, 0xFFFF_FFFF)
S16 = Kind("h", 2, -0x8000, 0x7FFF)


class Field(NamedTuple):
    """One number of a characteristic."""

    name: str
    kind: Kind
    not_available: int | None = None
    """The wire value that means "no value"; decodes to ``None``."""


class Group(NamedTuple):
    """The fields that one flag bit brings, all together."""

    bit: int
    fields: tuple[Field, ...]
    inverted: bool = False
    """Present when the bit is 0."""

    def present(self, flags: int) -> bool:
        """Whether ``flags`` announce this group."""
        return bool(flags >> self.bit & 1) != self.inverted


class Plan(NamedTuple):
    """Where everything stands in a record of given flags and length."""

    unpack: Any
    """bytes, offset → the raw numbers of the fields that are whole."""
    pick: Any
    """numbers of the whole fields, ``None``, then the extras → one value per name of the table, then the extras."""
    wide: tuple[int, ...]
    """Positions of three-byte numbers; the high byte stands one further."""
    sentinels: tuple[tuple[int, int], ...]
    """Positions and values that mean "not available"."""
    end: int
    """Offset behind the last whole field."""
    truncated_at: str | None
    """The first field that was promised and is not there."""


@lru_cache(maxsize=512)
def plan(groups: tuple[Group, ...], start: int, flags: int, length: int, extras: int = 0) -> Plan:
    """Lay the announced fields over a record of ``length`` bytes whose flags take the first ``start``.

    The first field that does not fit ends the plan: what follows would be read from the wrong place. ``extras`` is
    how many values of its own the characteristic keeps behind those of the table.
    """
    whole: list[Field] = []
    end = start
    truncated_at = None
    for field in (field for group in groups if group.present(flags) for field in group.fields):
        if end + field.kind.size > length:
            truncated_at = field.name
            break
        whole.append(field)
        end += field.kind.size
    position: dict[str, int] = {}
    count = 0
    for field in whole:
        position[field.name] = count
        count += len(field.kind.code)
    names = [field.name for group in groups for field in group.fields]
    return Plan(
        unpack=struct.Struct("<" + "".join(field.kind.code for field in whole)).unpack_from,
        pick=itemgetter(
            *(position.get(name, count) for name in names),
            *range(count + 1, count + 1 + extras),
        ),
        wide=tuple(position[field.name] for field in whole if field.kind is U24),
        sentinels=tuple(
            (position[field.name], field.not_available) for field in whole if field.not_available is not None
        ),
        end=end,
        truncated_at=truncated_at,
    )


class Encoding(NamedTuple):
    """How some fields are written; the inverse of a `Plan`."""

    fields: tuple[Field, ...]
    pick: Any
    """record → the values of the fields, a tuple."""
    pack: Any
    """numbers → bytes, three-byte numbers as two and one."""
    wide: tuple[int, ...]
    """Positions of three-byte numbers; last first."""


def _picker(places: tuple[int, ...]) -> Any:  # noqa: ANN401 - what itemgetter returns
    """An `itemgetter` whose result is a tuple, however few the places are."""
    if len(places) > 1:
        return itemgetter(*places)
    return itemgetter(slice(places[0], places[0] + 1) if places else slice(0))


def encoding(fields: tuple[Field, ...], places: tuple[int, ...]) -> Encoding:
    """Lay out fields whose values stand at ``places`` of a record."""
    return Encoding(
        fields,
        _picker(places),
        struct.Struct("<" + "".join(field.kind.code for field in fields)).pack,
        tuple(position for position, field in reversed(tuple(enumerate(fields))) if field.kind is U24),
    )


def encode(layout: Encoding, record: tuple[Any, ...]) -> bytes:
    """The fields of a record as bytes.

    Raises:
        ProtocolMisuseError: as `write`.
    """
    fields, pick, pack, wide = layout
    values = pick(record)
    if None in values:
        values = tuple([f.not_available if v is None else v for f, v in zip(fields, values, strict=True)])
    # All at once, as this runs for every record of every simulated second; with a name for what is wrong, one by one.
    if None not in values and bool not in map(type, values):
        numbers = list(values)
        try:
            for position in wide:
                numbers[position : position + 1] = (numbers[position] & 0xFFFF, numbers[position] >> 16)
            return bytes(pack(*numbers))
        except (struct.error, TypeError):
            pass
    return b"".join(map(write, fields, values))


def write(field: Field, value: int | None) -> bytes:
    """One field as bytes.

    Raises:
        ProtocolMisuseError: no value where the field has no "not available", not an integer, or out of range.
    """
    if value is None:
        value = field.not_available
    if value is None or isinstance(value, bool) or not isinstance(value, int):
        raise ProtocolMisuseError(f"{field.name} needs an integer, not {value!r}")
    if not field.kind.low <= value <= field.kind.high:
        raise ProtocolMisuseError(f"{field.name} {value} is outside {field.kind.low}…{field.kind.high}")
    return value.to_bytes(field.kind.size, "little", signed=field.kind.low < 0)


def number(data: bytes, offset: int, kind: Kind) -> int | None:
    """One number at ``offset``, or ``None`` where the bytes end before it does."""
    raw = data[offset : offset + kind.size]
    return int.from_bytes(raw, "little", signed=kind.low < 0) if len(raw) == kind.size else None
