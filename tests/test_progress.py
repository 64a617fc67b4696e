from __future__ import annotations

from treadcoach.motion import Speed
from treadcoach.program.reader import load
from treadcoach.program.timeline import compile_timeline
from treadcoach.progress import Progress

TEXT = """profile: 1
name: P
level: novice
units: km/h
steps:
  - forward: 2.0
    for: 400 m
  - forward: 3.0
    for: 60 s
"""


def progress(text: str = TEXT) -> Progress:
    return Progress(compile_timeline(load(text, "p.yaml")), Speed(80))


def test_a_program_gets_easier_by_tenths_down_to_half_of_it() -> None:
    found = progress()
    percents = []
    for _ in range(7):
        changed = found.easier(0.0)
        percents.append((found.percent, changed))
    assert percents == [(90, True), (80, True), (70, True), (60, True), (50, True), (50, False), (50, False)]
    assert [segment.to_speed for segment in found.timeline.segments] == [100, 150, 0]


def test_slower_and_faster_say_whether_anything_has_changed() -> None:
    found = progress()
    assert not found.faster(0.0)
    assert found.slower(0.0)
    assert found.faster(0.0)
    assert not found.faster(0.0)
    while found.slower(0.0):
        pass
    assert found.segment.to_speed == 80


def test_the_patience_of_a_distance_is_for_what_is_left_at_the_speed_that_it_now_has() -> None:
    found = progress()
    found.enter(0, 10.0)
    assert found.end_at() == 10.0 + 720 * 1.5
    found.went(200.0, 370.0)
    found.slower(370.0)
    assert found.end_at() == 370.0 + 400 * 1.5
    found.faster(470.0)
    assert found.end_at() == 470.0 + 360 * 1.5
    found.enter(1, 2000.0)
    assert found.end_at() == 2060.0


def test_what_is_left_follows_the_easier_program() -> None:
    found = progress()
    found.enter(0, 0.0)
    assert found.left_s(0.0, counts=True) == (720.0, 720.0 + 60.0 + 30.0)
    found.easier(0.0)
    assert found.left_s(0.0, counts=True) == (800.0, 800.0 + 60.0 + 30.0)
    assert found.left_s(100.0, counts=False) == (800.0, 890.0)
    assert found.expected_end_at() == 800.0
    found.went(200.0, 400.0)
    assert found.expected_end_at() == 800.0
    assert not found.has_gone_far_enough
    found.went(200.0, 800.0)
    assert found.has_gone_far_enough


def test_faster_after_easier_ends_at_what_is_easier_today() -> None:
    found = progress()
    found.easier(0.0)
    found.slower(0.0)
    assert found.segment.to_speed == 160
    assert found.faster(0.0)
    assert found.segment.to_speed == 180
    assert not found.faster(0.0)
