"""A "yes" is one press, after the question: what a held key, or one that was meant for something else, may not do."""

from __future__ import annotations

import pytest
from rig import Rig

from treadcoach.assent import ONCE_MORE, Assent, Presses
from treadcoach.events import NoticeKind, Pressed, Result, State

START = b"\x07"
# How keyboards repeat a held key: seconds until the first, and between the others.
KEYBOARDS = {"usual": (0.25, 0.03), "X": (0.66, 0.04), "slow": (0.99, 0.5), "slowest": (0.99, 0.99)}


def held(rig: Rig, keyboard: str, seconds: float) -> None:
    """The key is down for so long, from now on."""
    first, between = KEYBOARDS[keyboard]
    end = rig.now + seconds
    rig.press(Pressed.CONFIRM)
    pause_s = first
    while rig.now + pause_s < end and rig.drive.result is None:
        due = rig.now + pause_s
        while min(rig.wire.wake_at, rig.outcome.wake_at or due) < due and rig.drive.result is None:
            rig.advance()
        rig.now = max(rig.now, due)
        rig.press(Pressed.CONFIRM)
        pause_s = between


def test_a_press_is_fresh_a_second_after_the_one_before() -> None:
    presses = Presses()
    fresh = [now for now in (0.0, 0.9, 1.8, 2.8, 3.0, 4.5) if presses.is_fresh(now)]
    assert fresh == [0.0, 2.8, 4.5]


def test_a_question_is_answered_a_second_after_it_was_asked_and_once() -> None:
    assent = Assent()
    assert not assent.is_meant(0.0), "nothing was asked"
    assent.ask(5.0)
    assert not assent.is_meant(5.5)
    assert not assent.is_meant(6.4), "held since"
    assert assent.is_meant(7.5)
    assert not assent.is_meant(20.0), "answered"
    assent.ask(30.0)
    assert assent.is_meant(31.0)


def test_the_reason_is_given_once_to_a_question() -> None:
    assent = Assent()
    assent.is_meant(1.0)
    assert not assent.is_puzzling(), "nobody waits for anything"
    for asked_at in (5.0, 10.0):
        assent.ask(asked_at)
        assent.is_meant(asked_at)
        assert assent.is_puzzling()
        assert not assent.is_puzzling()


@pytest.mark.parametrize("keyboard", KEYBOARDS)
def test_a_key_that_is_held_since_before_the_question_starts_nothing(keyboard: str) -> None:
    rig = Rig(confirms=False)
    held(rig, keyboard, 120)
    assert rig.drive.result is Result.STOPPED, "nobody came"
    assert START not in rig.received
    assert [notice.text for _, notice in rig.notices if notice.kind is NoticeKind.ASK][1] == ONCE_MORE


@pytest.mark.parametrize("keyboard", KEYBOARDS)
def test_a_key_that_goes_on_being_held_is_one_word_and_starts_no_belt_after_a_pause(keyboard: str) -> None:
    rig = Rig(confirms=False).run_to(State.READY)
    rig.run(2)
    held(rig, keyboard, 30)
    assert rig.received.count(START) == 1, "the first press was meant"
    rig.press(Pressed.PAUSE)
    held(rig, keyboard, 60)
    assert rig.state is State.PAUSED
    assert rig.received.count(START) == 1
    rig.run(5)
    rig.press(Pressed.CONFIRM)
    rig.run_to(State.RUNNING)
    assert rig.received.count(START) == 2


def test_who_has_let_go_is_heard() -> None:
    rig = Rig(confirms=False).run_to(State.READY)
    meant_for_another = rig.press(Pressed.CONFIRM)
    assert meant_for_another.snapshot.state is State.READY
    rig.run(1.0)
    assert rig.press(Pressed.CONFIRM).snapshot.state is State.COUNTDOWN
