from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadcoach.program import quantities
from treadcoach.program.quantities import Band, Extent, QuantityError, band, clock, duration, extent, incline, speed


@pytest.mark.parametrize(
    ("raw", "unit", "expected"),
    [
        (3, "km/h", 300),
        (Decimal("3.5"), "km/h", 350),
        (Decimal("2.3"), "km/h", 230),
        (2, "mph", 322),
        ("3.5 km/h", "mph", 350),
        ("2 mph", "km/h", 322),
        ("2mph", "km/h", 322),
    ],
)
def test_speeds(raw: object, unit: str, expected: int) -> None:
    assert speed(raw, unit) == expected


@pytest.mark.parametrize(
    "raw",
    [
        0,
        -1,
        Decimal(700),
        True,
        None,
        [],
        {},
        "fast",
        "3.5",
        "3.5 m/s",
        "-3 km/h",
        "1e3 km/h",
        ".nan",
        "NaN km/h",
        "3,5 km/h",
    ],
)
def test_what_is_no_speed(raw: object) -> None:
    with pytest.raises(QuantityError):
        speed(raw, "km/h")


def test_a_bare_number_without_a_unit_means_nothing() -> None:
    with pytest.raises(QuantityError) as caught:
        speed(3, None)
    assert caught.value.hint == "add `units: km/h` at the top"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("30 s", Extent(seconds=30)),
        ("30s", Extent(seconds=30)),
        ("3 min", Extent(seconds=180)),
        ("1 min 30 s", Extent(seconds=90)),
        ("1h5min", Extent(seconds=3900)),
        ("1:30", Extent(seconds=90)),
        ("1:00:00", Extent(seconds=3600)),
        ("61.7 s", Extent(seconds=61.7)),
        ("400 m", Extent(metres=400)),
        ("0.5 km", Extent(metres=500)),
        ("0.25 mi", Extent(metres=402.336)),
    ],
)
def test_extents(raw: str, expected: Extent) -> None:
    assert extent(raw) == expected


@pytest.mark.parametrize(
    "raw", [30, None, "", "30", "s", "3 m", "1:60", "3 parsec", "30 s later", "-30 s", "0 s", "400 m 30 s", "0 m"]
)
def test_what_is_no_extent(raw: object) -> None:
    with pytest.raises(QuantityError):
        extent(raw)


def test_three_metres_were_meant_as_minutes() -> None:
    with pytest.raises(QuantityError) as caught:
        extent("3 m")
    assert caught.value.hint == "did you mean 3 min?"


def test_a_stand_is_no_distance() -> None:
    with pytest.raises(QuantityError, match="a time is needed"):
        duration("400 m")


@pytest.mark.parametrize(("raw", "expected"), [(0, 0), (2, 20), (Decimal("0.5"), 5), ("4 %", 40), ("-1%", -10)])
def test_inclines(raw: object, expected: int) -> None:
    assert incline(raw) == expected


@pytest.mark.parametrize("raw", ["steep", True, None, 101, "4 degrees", []])
def test_what_is_no_incline(raw: object) -> None:
    with pytest.raises(QuantityError):
        incline(raw)


def test_bands() -> None:
    assert band("60-75 %") == Band(60, 75, "%")
    assert band("110 - 140 bpm") == Band(110, 140, "bpm")
    assert band("60\u201375%") == Band(60, 75, "%"), "as people's editors write it"


@pytest.mark.parametrize("raw", ["75-60 %", "60 %", "60-175 %", "10-20 bpm", "60-75", 60, None])
def test_what_is_no_band(raw: object) -> None:
    with pytest.raises(QuantityError):
        band(raw)


def test_times_as_people_read_them() -> None:
    assert [clock(s) for s in (0, 9, 90, 3600, 3725.4)] == ["0:00", "0:09", "1:30", "1:00:00", "1:02:05"]


@pytest.mark.parametrize("parse", [extent, incline, band, duration, lambda raw: speed(raw, "mph")])
@given(st.text(max_size=30) | st.integers() | st.decimals() | st.none() | st.lists(st.integers(), max_size=2))
def test_anything_is_a_quantity_or_a_clear_error(parse: object, raw: object) -> None:
    if isinstance(raw, Decimal) and not raw.is_finite():
        return  # the document gives plain decimals only
    try:
        parse(raw)  # type: ignore[operator]
    except QuantityError as error:
        assert error.message


def test_a_second_has_sixty_to_the_minute() -> None:
    assert quantities.extent("2 min") == Extent(seconds=120)
