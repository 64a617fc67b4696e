from __future__ import annotations

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
    return Progress(compile_timeline(load(text, "p.yaml")))


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
    assert found.segment.to_speed == 50


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
