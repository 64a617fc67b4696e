from __future__ import annotations

import random
from typing import Any

import deancochran_ftms as other
import pytest
from frames import TREADMILL_DATA, data, frames, name
from hypothesis import given, settings
from hypothesis import strategies as st

from treadcoach.errors import ProtocolMisuseError, WireError
from treadcoach.ftms import TreadmillData
from treadcoach.ftms.fields import Field
from treadcoach.ftms.treadmill_data import MORE_DATA, PART_LIFETIME_S, TABLES, RecordJoiner

FRAMES = [frame for frame in frames("2acd") if len(data(frame)) > 1]
FIELDS = [field for group in TABLES[2] for field in group.fields]

# The captures were decoded with paces of two bytes only. FTMS 4.9 and the GSS differ in that width, and where exactly
# one fits the length it is the right one: this frame of one byte is whole.
ONE_BYTE_PACE = "syn-10"


@pytest.mark.parametrize("frame", FRAMES, ids=name)
def test_a_captured_frame_decodes_as_stated(frame: dict[str, Any]) -> None:
    record = TreadmillData.from_bytes(data(frame))
    stated = {key: frame["decoded"].get(key, "absent") for key in TREADMILL_DATA}
    for key, value in stated.items():
        field, factor = TREADMILL_DATA[key]
        if frame["id"] == ONE_BYTE_PACE and key == "pace_raw":
            assert (record.instantaneous_pace, record.pace_width, record.truncated_at) == (30, 1, None)
            continue
        expected = None if value in {"absent", None} else round(value * factor)
        assert getattr(record, field) == expected, field
    assert record.more_data == frame["decoded"]["more_data"]
    assert record.flags == int(frame["decoded"]["flags"], 16)


@pytest.mark.parametrize("frame", FRAMES, ids=name)
def test_what_is_odd_about_a_captured_frame_is_said(frame: dict[str, Any]) -> None:
    record = TreadmillData.from_bytes(data(frame))
    diagnoses = dict(diagnosis.partition(":")[::2] for diagnosis in frame.get("diag", []))
    if "truncated_at" in diagnoses and frame["id"] != ONE_BYTE_PACE:
        assert record.truncated_at == TREADMILL_DATA[diagnoses["truncated_at"]][0]
    elif frame["id"] != ONE_BYTE_PACE:
        assert record.truncated_at is None
    assert record.trailing == bytes.fromhex(
        frame["decoded"].get("trailing_hex", frame["decoded"].get("leftover_hex", ""))
        if frame["id"] != ONE_BYTE_PACE
        else ""
    )


@pytest.mark.parametrize("frame", FRAMES, ids=name)
def test_a_captured_frame_survives_the_round_trip(frame: dict[str, Any]) -> None:
    assert TreadmillData.from_bytes(data(frame)).to_bytes() == data(frame)


def test_the_worked_example_of_the_specification_sheet() -> None:
    frame = bytes.fromhex("9e05 1705 9202 fb0000 0000ff7f 7c00ff7f 1b00ffffff 69 8a00".replace(" ", ""))
    record = TreadmillData.from_bytes(frame)
    assert (record.instantaneous_speed, record.average_speed, record.total_distance) == (1303, 658, 251)
    assert (record.inclination, record.ramp_angle_setting) == (0, None)
    assert (record.total_energy, record.energy_per_hour, record.energy_per_minute) == (27, None, None)
    assert (record.heart_rate, record.elapsed_time) == (105, 138)


def test_the_public_examples() -> None:
    assert TreadmillData.from_bytes(b"\x00\x00\x90\x01").instantaneous_speed == 400
    assert TreadmillData(instantaneous_speed=230).to_bytes() == b"\x00\x00\xe6\x00"


@pytest.mark.parametrize("short", [b"", b"\x04"])
def test_only_a_frame_without_its_flags_is_an_error(short: bytes) -> None:
    with pytest.raises(WireError, match="too short") as caught:
        TreadmillData.from_bytes(short)
    assert caught.value.data == short


def test_a_cut_group_keeps_its_whole_fields_and_reads_nothing_behind_it() -> None:
    frame = bytes.fromhex("84 05 e1 00 0a 00 00 01 00 97".replace(" ", ""))
    record = TreadmillData.from_bytes(frame)
    assert (record.total_energy, record.energy_per_hour) == (1, None)
    assert record.heart_rate is None
    assert record.truncated_at == "energy_per_hour"


@pytest.mark.parametrize(
    ("frame", "width", "pace", "beats"),
    [("2001 e803 2c01 69", 2, 300, 105), ("2001 e803 1e 69", 1, 30, 105), ("2001 e803 1e 69 00 00", 2, None, None)],
)
def test_the_width_of_a_pace_follows_from_the_length_or_not_at_all(
    frame: str, width: int, pace: int | None, beats: int | None
) -> None:
    record = TreadmillData.from_bytes(bytes.fromhex(frame.replace(" ", "")))
    assert (record.instantaneous_speed, record.pace_width) == (1000, width)
    assert (record.instantaneous_pace, record.heart_rate) == (pace, beats)
    assert (record.truncated_at == "instantaneous_pace") == (pace is None)


def test_steps_behind_the_reserved_bit_are_an_extension() -> None:
    assert TreadmillData.from_bytes(b"\x00\x20\x90\x01\xfa\x00\x00").step_count == 250
    bit_alone = TreadmillData.from_bytes(b"\x00\x20\x90\x01\x05")
    assert (bit_alone.step_count, bit_alone.trailing, bit_alone.truncated_at) == (None, b"\x05", None)


def test_a_group_is_given_whole_or_not_at_all() -> None:
    with pytest.raises(ProtocolMisuseError, match="negative_elevation_gain needs an integer"):
        TreadmillData(instantaneous_speed=100, positive_elevation_gain=5).to_bytes()


@pytest.mark.parametrize("value", [-1, 65536, 2.3, True, float("nan")])
def test_a_speed_that_is_no_wire_value_is_refused(value: Any) -> None:
    with pytest.raises(ProtocolMisuseError):
        TreadmillData(instantaneous_speed=value).to_bytes()


def available(field: Field) -> st.SearchStrategy[int]:
    return st.integers(field.kind.low, field.kind.high).filter(lambda value: value != field.not_available)


def values() -> st.SearchStrategy[dict[str, int]]:
    """Every field that has a value, "not available" ones left out."""
    return st.fixed_dictionaries(
        {},
        optional={field.name: available(field) for field in FIELDS},
    )


def whole_groups(given_values: dict[str, int]) -> dict[str, Any]:
    """The same values without groups that lack one which has no "not available"."""
    whole: dict[str, Any] = dict(given_values)
    for group in TABLES[2]:
        inside = [field for field in group.fields if field.name in whole]
        lacking = [field for field in group.fields if field.name not in whole and field.not_available is None]
        for field in inside if lacking else ():
            del whole[field.name]
    return whole


@given(values())
def test_what_is_encoded_is_decoded(given_values: dict[str, int]) -> None:
    record = TreadmillData(**whole_groups(given_values))
    decoded = TreadmillData.from_bytes(record.to_bytes())
    for field in FIELDS:
        assert getattr(decoded, field.name) == getattr(record, field.name), field.name
    assert decoded.more_data == record.more_data == (record.instantaneous_speed is None)


@settings(max_examples=2000)
@given(st.binary(max_size=48))
def test_no_bytes_give_anything_but_a_value_or_a_wire_error(frame: bytes) -> None:
    try:
        record = TreadmillData.from_bytes(frame)
    except WireError:
        assert len(frame) < 2
        return
    assert record.to_bytes() == frame


# ---- the independent codec ---------------------------------------------------------------------------------

THEIRS = [field.name for field in FIELDS if field.name != "step_count"]
"""Their values come in the same order; they leave the extension behind bit 13 undecoded, as is right by the book."""
TREADMILL = 0


def their_values(frame: bytes) -> dict[str, int | None]:
    decoded = other.decode_measurement_raw(frame, TREADMILL)
    return {
        field: decoded.values[bit] if decoded.present >> bit & 1 and not decoded.unavailable >> bit & 1 else None
        for bit, field in enumerate(THEIRS)
    }


@given(values())
def test_the_independent_codec_reads_what_we_write(given_values: dict[str, int]) -> None:
    record = TreadmillData(**whole_groups({k: v for k, v in given_values.items() if k != "step_count"}))
    assert their_values(record.to_bytes()) == {field: getattr(record, field) for field in THEIRS}


@given(st.integers(0, 0x1FFF), st.randoms(use_true_random=False))
def test_we_read_what_the_independent_codec_writes(flags: int, chance: random.Random) -> None:
    raw = [0] * 30
    present = unavailable = 0
    for group in TABLES[2]:
        for field in group.fields if group.present(flags) else ():
            if field.name in THEIRS:
                bit = THEIRS.index(field.name)
                raw[bit] = chance.randint(field.kind.low, field.kind.high)
                present |= 1 << bit
                unavailable |= (raw[bit] == field.not_available) << bit
    frame = other.encode_measurement_raw(other.MeasurementRaw(TREADMILL, flags, present, unavailable, tuple(raw)))
    record = TreadmillData.from_bytes(frame)
    assert {field: getattr(record, field) for field in THEIRS} == their_values(frame)
    assert record.to_bytes() == frame


@settings(max_examples=1000)
@given(st.binary(min_size=2, max_size=40))
def test_the_independent_codec_agrees_on_any_bytes(frame: bytes) -> None:
    """Known disagreements, each with what decides it.

    Paces (bits 5, 6): it always takes two bytes (GSS 3.236); we take one where only one fits the length, because the
    edition of 2017 says so, and otherwise keep nothing behind a pace whose width is unknown. Truncation: we keep the
    whole fields of a cut group, which it drops with the group.
    """
    record = TreadmillData.from_bytes(frame)
    theirs = their_values(frame)
    has_pace = (record.flags or 0) & 0x60
    for field in THEIRS:
        ours = getattr(record, field)
        if has_pace and THEIRS.index(field) >= THEIRS.index("instantaneous_pace"):
            continue
        if record.truncated_at is not None and theirs[field] is None:
            continue
        assert ours == theirs[field], field


# ---- split records -----------------------------------------------------------------------------------------


def part(**fields: Any) -> TreadmillData:
    return TreadmillData.from_bytes(TreadmillData(**fields).to_bytes())


def test_a_record_in_one_piece_passes_untouched() -> None:
    whole = part(instantaneous_speed=300, heart_rate=100)
    assert RecordJoiner().push(whole, 0.0) is whole


def test_a_split_record_is_joined_when_its_speed_comes() -> None:
    joiner = RecordJoiner()
    assert joiner.push(part(total_distance=7, heart_rate=99), 0.0) is None
    joined = joiner.push(part(instantaneous_speed=300, elapsed_time=5), 0.02)
    assert joined is not None
    assert (joined.instantaneous_speed, joined.total_distance) == (300, 7)
    assert (joined.heart_rate, joined.elapsed_time) == (99, 5)
    assert not (joined.flags or 0) & MORE_DATA
    assert TreadmillData.from_bytes(joined.to_bytes()) == joined


def test_a_part_whose_record_never_ends_is_dropped() -> None:
    joiner = RecordJoiner()
    joiner.push(part(heart_rate=99), 0.0)
    joined = joiner.push(part(instantaneous_speed=300), PART_LIFETIME_S + 0.01)
    assert joined is not None
    assert joined.heart_rate is None


def test_a_value_of_the_last_part_is_not_overwritten() -> None:
    joiner = RecordJoiner()
    joiner.push(part(heart_rate=99), 0.0)
    joined = joiner.push(part(instantaneous_speed=300, heart_rate=101), 0.1)
    assert joined is not None
    assert joined.heart_rate == 101


def test_only_received_records_can_be_joined() -> None:
    joiner = RecordJoiner()
    joiner.push(part(heart_rate=99), 0.0)
    with pytest.raises(ProtocolMisuseError, match="came over the wire"):
        joiner.push(TreadmillData(instantaneous_speed=1), 0.0)
