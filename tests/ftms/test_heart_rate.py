from __future__ import annotations

from typing import Any

import pytest
from frames import data, frames, name
from hypothesis import given
from hypothesis import strategies as st

from treadcoach.errors import WireError
from treadcoach.ftms import HeartRateMeasurement

CONTACTS = {"not_supported": None, "supported_not_detected": False, "supported_detected": True}


@pytest.mark.parametrize("frame", frames("2a37"), ids=name)
def test_a_captured_measurement_decodes_as_stated(frame: dict[str, Any]) -> None:
    found = HeartRateMeasurement.from_bytes(data(frame))
    stated = frame["decoded"]
    assert found.heart_rate == stated["hr_bpm"]
    assert found.sensor_contact is CONTACTS[stated["contact"]]
    assert found.rr_intervals == tuple(stated.get("rr_1024", ()))
    assert found.energy_expended == stated.get("energy_kj")
    assert found.to_bytes() == data(frame)


def test_only_a_frame_without_its_flags_is_an_error() -> None:
    with pytest.raises(WireError):
        HeartRateMeasurement.from_bytes(b"")


def test_a_cut_frame_keeps_what_is_certain() -> None:
    assert HeartRateMeasurement.from_bytes(b"\x06").heart_rate is None
    cut_energy = HeartRateMeasurement.from_bytes(b"\x18\x50\x01")
    assert (cut_energy.heart_rate, cut_energy.energy_expended, cut_energy.rr_intervals) == (80, None, ())
    half_interval = HeartRateMeasurement.from_bytes(b"\x10\x50\x00\x04\x01")
    assert (half_interval.rr_intervals, half_interval.trailing) == ((1024,), b"\x01")


@given(
    st.integers(0, 400),
    st.sampled_from([None, True, False]),
    st.none() | st.integers(0, 65535),
    st.lists(st.integers(0, 65535), max_size=8).map(tuple),
)
def test_what_is_encoded_is_decoded(
    rate: int, contact: bool | None, energy: int | None, intervals: tuple[int, ...]
) -> None:
    measured = HeartRateMeasurement(rate, contact, energy, intervals)
    found = HeartRateMeasurement.from_bytes(measured.to_bytes())
    assert found._replace(flags=None) == measured


@given(st.binary(min_size=1, max_size=24))
def test_any_frame_survives_the_round_trip(frame: bytes) -> None:
    assert HeartRateMeasurement.from_bytes(frame).to_bytes() == frame
