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
        changed = found.easier()
        percents.append((found.percent, changed))
    assert percents == [(90, True), (80, True), (70, True), (60, True), (50, True), (50, False), (50, False)]
    assert [segment.to_speed for segment in found.timeline.segments] == [100, 150, 0]


def test_slower_and_faster_say_whether_anything_has_changed() -> None:
    found = progress()
    assert not found.faster()
    assert found.slower()
    assert found.faster()
    assert not found.faster()
    while found.slower():
        pass
    assert found.segment.to_speed == 80


def test_a_distance_that_was_slow_for_a_while_keeps_its_patience_when_it_is_fast_again() -> None:
    found = progress()
    found.enter(0, 10.0)
    assert found.end_at() == 10.0 + 720 * 1.5
    found.slower()
    slow_end = found.end_at()
    assert slow_end == 10.0 + 800 * 1.5
    found.faster()
    assert found.end_at() == slow_end
    found.enter(1, 100.0)
    assert found.end_at() == 160.0


def test_what_is_left_follows_the_easier_program() -> None:
    found = progress()
    found.enter(0, 0.0)
    assert found.left_s(0.0, counts=True) == (720.0, 720.0 + 60.0 + 30.0)
    found.easier()
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
    found.easier()
    found.slower()
    assert found.segment.to_speed == 160
    assert found.faster()
    assert found.segment.to_speed == 180
    assert not found.faster()


def test_a_pause_keeps_what_is_done() -> None:
    found = progress()
    found.enter(1, 100.0)
    found.hold(140.0)
    assert found.left_s(500.0, counts=False) == (20.0, 50.0)
    found.go_on(600.0)
    assert found.left_s(600.0, counts=True) == (20.0, 50.0)
    assert found.end_at() == 620.0
    found.go_on(700.0)
    assert found.end_at() == 760.0, "a pause counts once"


def test_a_pause_in_a_distance_keeps_its_metres() -> None:
    found = progress()
    found.enter(0, 0.0)
    found.went(300.0, 500.0)
    found.hold(500.0)
    found.go_on(900.0)
    assert (found.metres, found.went_at) == (300.0, 900.0)
    assert found.expected_end_at() == 900.0 + 180.0
