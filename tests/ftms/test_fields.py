from __future__ import annotations

import pytest

from treadcoach.errors import ProtocolMisuseError
from treadcoach.ftms.fields import S16, U8, U16, U24, Field, Group, number, plan, write

TABLE = (Group(0, (Field("low", U8),), inverted=True), Group(1, (Field("wide", U24), Field("side", S16, 0x7FFF))))


def test_a_plan_ends_at_the_first_field_that_does_not_fit() -> None:
    layout = plan(TABLE, 1, 0b10, 6)
    assert (layout.end, layout.truncated_at) == (5, "side")
    assert plan(TABLE, 1, 0b10, 7).truncated_at is None


def test_an_inverted_bit_brings_its_group_when_it_is_clear() -> None:
    assert TABLE[0].present(0b00)
    assert not TABLE[0].present(0b01)


@pytest.mark.parametrize(
    ("kind", "value", "data"), [(U8, 255, b"\xff"), (U16, 230, b"\xe6\x00"), (S16, -50, b"\xce\xff")]
)
def test_numbers_are_little_endian_both_ways(kind: object, value: int, data: bytes) -> None:
    assert write(Field("x", kind), value) == data  # type: ignore[arg-type]
    assert number(b"\x00" + data, 1, kind) == value  # type: ignore[arg-type]


def test_a_number_that_is_cut_is_none() -> None:
    assert number(b"\x01", 0, U16) is None


def test_no_value_is_written_as_not_available() -> None:
    assert write(Field("x", S16, 0x7FFF), None) == b"\xff\x7f"


@pytest.mark.parametrize("value", [None, True, 1.0, "1"])
def test_what_is_no_integer_is_refused(value: object) -> None:
    with pytest.raises(ProtocolMisuseError, match="needs an integer"):
        write(Field("x", U8), value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [-1, 256])
def test_what_does_not_fit_is_refused(value: int) -> None:
    with pytest.raises(ProtocolMisuseError, match="outside"):
        write(Field("x", U8), value)
