from __future__ import annotations

from typing import Any

import deancochran_ftms as other
import pytest
from frames import data, frames, name
from hypothesis import given
from hypothesis import strategies as st

from treadcoach.errors import WireError
from treadcoach.ftms import TrainingStatus
from treadcoach.ftms.training_status import TrainingCode


@pytest.mark.parametrize("frame", frames("2ad3"), ids=name)
def test_a_captured_status_decodes_as_stated(frame: dict[str, Any]) -> None:
    status = TrainingStatus.from_bytes(data(frame))
    stated = frame["decoded"]
    assert status.status == stated["status_code"]
    assert bool(status.flags & 1) == stated["string_flag"]
    assert (status.string or "") == stated.get("string", "")
    assert status.to_bytes() == data(frame)


def test_a_reserved_code_survives() -> None:
    assert TrainingStatus.from_bytes(b"\x00\x11").status == 0x11
    assert TrainingStatus.from_bytes(b"\x00\x0e").status == TrainingCode.PRE_WORKOUT


def test_flags_alone_are_a_status_without_a_code() -> None:
    assert TrainingStatus.from_bytes(b"\x00") == TrainingStatus(0, None)
    assert TrainingStatus(0, None).to_bytes() == b"\x00"


def test_only_an_empty_frame_is_an_error() -> None:
    with pytest.raises(WireError):
        TrainingStatus.from_bytes(b"")


def test_text_that_is_no_text_does_not_hurt() -> None:
    assert TrainingStatus.from_bytes(b"\x01\x0d\xff\xfe").string == "\ufffd\ufffd"
    assert TrainingStatus.from_bytes(b"\x00\x0dHI").string is None


@given(st.binary(min_size=1, max_size=24))
def test_any_status_survives_the_round_trip(frame: bytes) -> None:
    assert TrainingStatus.from_bytes(frame).to_bytes() == frame


@given(st.integers(0, 255))
def test_the_independent_codec_reads_the_same_code(code: int) -> None:
    theirs = other.decode_training_status_raw(TrainingStatus(0, code).to_bytes())
    assert (theirs.flags, theirs.code) == (0, code)
