from __future__ import annotations

from typing import Any

import deancochran_ftms as other
import pytest
from frames import data, frames, name
from hypothesis import given
from hypothesis import strategies as st

from treadcoach.errors import WireError
from treadcoach.ftms import SupportedHeartRateRange, SupportedInclinationRange, SupportedSpeedRange


@pytest.mark.parametrize("frame", frames("2ad4"), ids=name)
def test_a_captured_speed_range_decodes_as_stated(frame: dict[str, Any]) -> None:
    found = SupportedSpeedRange.from_bytes(data(frame))
    stated = frame["decoded"]
    expected = [round(stated[key] * 100) for key in ("min_kmh", "max_kmh", "step_kmh")]
    assert [found.minimum, found.maximum, found.minimum_increment] == expected
    assert found.to_bytes() == data(frame)


@pytest.mark.parametrize("frame", frames("2ad5"), ids=name)
def test_a_captured_incline_range_decodes_as_stated(frame: dict[str, Any]) -> None:
    found = SupportedInclinationRange.from_bytes(data(frame))
    stated = frame["decoded"]
    expected = [round(stated[key] * 10) for key in ("min_pct", "max_pct", "step_pct")]
    assert [found.minimum, found.maximum, found.minimum_increment] == expected
    assert found.to_bytes() == data(frame)


@pytest.mark.parametrize(
    ("found", "usable"),
    [
        (SupportedSpeedRange(80, 1600, 10), True),
        (SupportedSpeedRange(0, 2000, 10), False),
        (SupportedSpeedRange(80, 1600, 0), False),
        (SupportedSpeedRange(1600, 80, 10), False),
        (SupportedInclinationRange(0, 0, 0), False),
        (SupportedInclinationRange(0, 150, 10), True),
        (SupportedHeartRateRange(60, 200, 1), True),
    ],
)
def test_a_range_that_cannot_be_a_grid_is_not_used_as_one(found: Any, usable: bool) -> None:
    assert found.usable is usable


def test_a_heart_rate_range_of_six_bytes_keeps_the_rest() -> None:
    found = SupportedHeartRateRange.from_bytes(b"\x3c\xc8\x01\x00\x00\x00")
    assert (found.minimum, found.maximum, found.minimum_increment, found.trailing) == (60, 200, 1, bytes(3))
    assert found.to_bytes() == b"\x3c\xc8\x01\x00\x00\x00"


@pytest.mark.parametrize("kind", [SupportedSpeedRange, SupportedInclinationRange, SupportedHeartRateRange])
def test_a_short_range_is_an_error(kind: Any) -> None:
    with pytest.raises(WireError, match="needs"):
        kind.from_bytes(b"\x01")


# It rejects a whole range when its increment is 0; a fact the machine told is worth keeping (UREVO's 0x2AD5).
@given(st.integers(0, 0xFFFE), st.integers(1, 0xFFFF))
def test_the_independent_codec_reads_the_same_speed_range(minimum: int, increment: int) -> None:
    theirs = other.decode_supported_range_raw(SupportedSpeedRange(minimum, 0xFFFF, increment).to_bytes(), "speed")
    assert (theirs.minimum, theirs.maximum, theirs.increment) == (minimum, 0xFFFF, increment)
