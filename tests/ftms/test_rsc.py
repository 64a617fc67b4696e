from __future__ import annotations

from typing import Any

import pytest
from frames import data, frames, name
from hypothesis import given
from hypothesis import strategies as st

from treadcoach.errors import WireError
from treadcoach.ftms import RscMeasurement


@pytest.mark.parametrize("frame", frames("2a53"), ids=name)
def test_a_captured_measurement_decodes_as_stated(frame: dict[str, Any]) -> None:
    found = RscMeasurement.from_bytes(data(frame))
    stated = frame["decoded"]
    assert found.instantaneous_speed is not None
    assert found.instantaneous_speed / 256 == pytest.approx(stated["speed_mps"], abs=0.0001)
    assert found.instantaneous_cadence == stated["cadence_per_min"]
    assert found.running is stated["running"]
    stride, distance = stated.get("stride_length_m"), stated.get("total_distance_m")
    assert found.instantaneous_stride_length == (None if stride is None else round(stride * 100))
    assert found.total_distance == (None if distance is None else round(distance * 10))
    assert found.to_bytes() == data(frame)


def test_only_a_frame_without_its_flags_is_an_error() -> None:
    with pytest.raises(WireError):
        RscMeasurement.from_bytes(b"")


def test_a_cut_frame_keeps_what_is_certain() -> None:
    found = RscMeasurement.from_bytes(b"\x03\x00\x01\x50\x64")
    assert (found.instantaneous_speed, found.instantaneous_cadence) == (256, 80)
    assert (found.truncated_at, found.trailing) == ("instantaneous_stride_length", b"\x64")
    assert not RscMeasurement().running


@given(
    st.integers(0, 65535),
    st.integers(0, 255),
    st.none() | st.integers(0, 65535),
    st.none() | st.integers(0, 2**32 - 1),
)
def test_what_is_encoded_is_decoded(speed: int, cadence: int, stride: int | None, distance: int | None) -> None:
    measured = RscMeasurement(speed, cadence, stride, distance)
    assert RscMeasurement.from_bytes(measured.to_bytes())._replace(flags=None) == measured


@given(st.binary(min_size=1, max_size=16))
def test_any_frame_survives_the_round_trip(frame: bytes) -> None:
    assert RscMeasurement.from_bytes(frame).to_bytes() == frame
