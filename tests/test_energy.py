"""The table of the evidence, and what it leaves out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadcoach.energy import Range, kilocalories, mets
from treadcoach.motion import Incline, Movement, Speed

BACKWARD, LEFT, FORWARD = Movement.BACKWARD, Movement.SIDESTEP_LEFT, Movement.FORWARD


@pytest.mark.parametrize(
    ("movement", "kmh", "percent", "expected"),
    [
        (BACKWARD, 2.0, 0, 2.5),
        (BACKWARD, 3.0, 0, 3.2),
        (BACKWARD, 4.0, 0, 4.2),
        (BACKWARD, 5.0, 0, 5.3),
        (BACKWARD, 6.5, 0, 9.7),
        (BACKWARD, 7.0, 0, 10.4),
        (BACKWARD, 8.0, 0, 11.6),
        (BACKWARD, 3.0, 6, 4.8),
        (BACKWARD, 4.5, 8, 7.5),
        (LEFT, 2.0, 0, 3.9),
        (FORWARD, 4.8, 0, 3.3),  # 80 m/min: 3.5 + 8 = 11.5 ml
        (FORWARD, 4.8, 5, 5.3),  # … and 7.2 for the hill
        (FORWARD, 9.6, 0, 10.1),  # 160 m/min at a run: 3.5 + 32
        (Movement.STAND, 0.0, 0, 1.3),
    ],
)
def test_metabolic_equivalents_are_those_of_the_table(
    movement: Movement, kmh: float, percent: float, expected: float
) -> None:
    found = mets(movement, Speed.from_kmh(kmh), Incline.from_percent(percent))
    assert found.middle == pytest.approx(expected, abs=0.06)
    assert found.low == pytest.approx(found.middle * 0.8)


def test_where_a_walk_becomes_a_run_backward_the_range_spans_both() -> None:
    between = mets(BACKWARD, Speed(575), Incline(0))
    assert between.low < mets(BACKWARD, Speed(500), Incline(0)).middle * 1.2
    assert between.high > mets(BACKWARD, Speed(650), Incline(0)).middle
    assert between.high > 1.5 * between.low * 1.2


@given(st.sampled_from(list(Movement)), st.integers(50, 1600), st.integers(0, 120))
def test_a_range_is_one_and_grows_with_speed(movement: Movement, speed: int, incline: int) -> None:
    found = mets(movement, Speed(speed), Incline(incline))
    assert 0 < found.low <= found.middle <= found.high
    if movement is not Movement.STAND:
        assert mets(movement, Speed(speed + 300), Incline(incline)).high >= found.high


def test_one_equivalent_is_one_kilocalorie_per_kilogram_and_hour() -> None:
    assert kilocalories(Range(2.0, 3.0), 1800, 80) == (80.0, 120.0)
