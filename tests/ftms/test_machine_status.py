from __future__ import annotations

from typing import Any

import deancochran_ftms as other
import pytest
from frames import data, frames, name
from hypothesis import given
from hypothesis import strategies as st

from treadcoach.errors import WireError
from treadcoach.ftms import FitnessMachineStatus
from treadcoach.ftms.machine_status import SHAPES, StatusCode


@pytest.mark.parametrize("frame", frames("2ada"), ids=name)
def test_a_captured_status_decodes_as_stated(frame: dict[str, Any]) -> None:
    status = FitnessMachineStatus.from_bytes(data(frame))
    stated = frame["decoded"]
    assert status.op_code == stated["op"]
    if "target_speed_kmh" in stated:
        assert status.parameter == round(stated["target_speed_kmh"] * 100)
    if "target_incline_pct" in stated:
        assert status.parameter == round(stated["target_incline_pct"] * 10)
    if "action" in stated:
        assert status.parameter == {"stop": 1, "pause": 2, None: None}[stated["action"]]
    assert status.trailing == bytes.fromhex(stated.get("trailing_hex", ""))
    assert status.to_bytes() == data(frame)


def test_lost_control_is_an_event_and_not_an_empty_one() -> None:
    assert FitnessMachineStatus.from_bytes(b"\xff").op_code == StatusCode.CONTROL_PERMISSION_LOST


def test_an_unknown_event_survives() -> None:
    status = FitnessMachineStatus.from_bytes(b"\x42\x01\x02")
    assert (status.op_code, status.parameter, status.trailing) == (0x42, None, b"\x01\x02")
    assert status.to_bytes() == b"\x42\x01\x02"


def test_only_an_empty_frame_is_an_error() -> None:
    with pytest.raises(WireError):
        FitnessMachineStatus.from_bytes(b"")


@given(st.binary(min_size=1, max_size=24))
def test_any_status_survives_the_round_trip(frame: bytes) -> None:
    assert FitnessMachineStatus.from_bytes(frame).to_bytes() == frame


# Target resistance (07): the editions differ between one byte and two (GSS 3.124); we keep to the first.
COMPARED = [code for code in StatusCode if code is not StatusCode.TARGET_RESISTANCE_CHANGED]


@given(st.sampled_from(COMPARED), st.data())
def test_the_independent_codec_reads_the_same_events(code: StatusCode, chance: st.DataObject) -> None:
    numbers = tuple(chance.draw(st.integers(kind.low, kind.high)) for kind in SHAPES.get(code, ()))
    ours = FitnessMachineStatus(code, numbers[0] if len(numbers) == 1 else numbers or None).to_bytes()
    theirs = other.decode_machine_status_raw(ours)
    assert theirs.opcode == code
    if theirs.parameter is not None:
        assert tuple(theirs.parameter[1]) == numbers
