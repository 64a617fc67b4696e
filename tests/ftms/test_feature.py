from __future__ import annotations

from typing import Any

import deancochran_ftms as other
import pytest
from frames import data, frames, name
from hypothesis import given
from hypothesis import strategies as st

from treadcoach.errors import WireError
from treadcoach.ftms import FitnessMachineFeature
from treadcoach.ftms.feature import Feature, Target


@pytest.mark.parametrize("frame", frames("2acc"), ids=name)
def test_a_captured_feature_decodes_as_stated(frame: dict[str, Any]) -> None:
    feature = FitnessMachineFeature.from_bytes(data(frame))
    assert feature.features == int(frame["decoded"]["features_raw"], 16)
    assert feature.targets == int(frame["decoded"]["targets_raw"], 16)
    assert bool(feature.targets & Target.SPEED) == ("speed" in frame["decoded"]["targets"])
    assert bool(feature.features & Feature.STEP_COUNT) == ("step_count" in frame["decoded"]["features"])
    assert feature.to_bytes() == data(frame)


def test_a_short_value_is_an_error() -> None:
    with pytest.raises(WireError, match="needs 8 bytes"):
        FitnessMachineFeature.from_bytes(bytes(7))


@given(st.integers(0, 0xFFFF_FFFF), st.integers(0, 0xFFFF_FFFF))
def test_the_independent_codec_reads_the_same_words(features: int, targets: int) -> None:
    theirs = other.decode_features_raw(FitnessMachineFeature(features, targets).to_bytes())
    assert (theirs.machine, theirs.target) == (features, targets)


@given(st.binary(min_size=8, max_size=12))
def test_any_value_survives_the_round_trip(value: bytes) -> None:
    assert FitnessMachineFeature.from_bytes(value).to_bytes() == value
