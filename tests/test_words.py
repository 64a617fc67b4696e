from __future__ import annotations

import pytest

from treadcoach.words import in_units, speed, spoken


@pytest.mark.parametrize(
    ("text", "miles"),
    [
        ("backward 3.0 km/h", "backward 1.9 mph"),
        ("in 5 s: backward 1 to 2.5 km/h at 2 %", "in 5 s: backward 0.6 to 1.6 mph at 2 %"),
        ("stand for 0:30", "stand for 0:30"),
    ],
)
def test_speeds_are_in_the_runners_units(text: str, miles: str) -> None:
    assert in_units(text, "km/h") == text
    assert in_units(text, "mph") == miles


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("in 5 s: backward 3.0 km/h", "in 5 seconds: backward 3"),
        ("backward 2.5 km/h for 1:30", "backward 2.5 for 1 minute 30 seconds"),
        ("backward 2.0 km/h, 0:01 left", "backward 2, 1 second left"),
        ("forward 1:02:03", "forward 1 hour 2 minutes 3 seconds"),
        ("backward 3.0 km/h at 4 %", "backward 3 at 4 percent"),
        ("0:00 left", "0 seconds left"),
        ("in 1 s: stand 0:20", "in 1 second: stand 20 seconds"),
    ],
)
def test_a_voice_is_given_words(text: str, heard: str) -> None:
    assert spoken(text) == heard


def test_a_speed_has_one_decimal() -> None:
    assert speed(3.0, "km/h") == "3.0"
    assert speed(8.0467, "mph") == "5.0"
