"""What the careful part believes before anything was seen, written out: nothing is moving, nothing is known."""

from __future__ import annotations

from collections import deque

from treadcoach.motion import COMMON_GRID, Incline, Level, Movement, Passport, Speed
from treadcoach.safety.governor import Governor
from treadcoach.safety.limits import LEVELS
from treadcoach.safety.situation import Phase, Situation
from treadcoach.safety.steering import Steering
from treadcoach.safety.stopping import Ladder

LIMITS, NOW = LEVELS[Level.NOVICE], 7.0


def shown(thing: object, names: object) -> dict[str, tuple[type, object]]:
    """Every attribute with its type: a ``None`` is no zero, and an empty word no ``None``."""
    return {name: (type(value := getattr(thing, name)), value) for name in names}  # type: ignore[attr-defined]


def expected(**values: object) -> dict[str, tuple[type, object]]:
    return {name: (type(value), value) for name, value in values.items()}


def test_a_situation() -> None:
    found = Situation(LIMITS, COMMON_GRID, NOW)
    assert shown(found, Situation.__slots__) == expected(
        _clock_advances=0,
        _clock_at=NOW,
        _clock_frames=0,
        _clock_s=None,
        _former=[],
        _moving_frames=0,
        _reached=Speed(0),
        _slower_since=NOW,
        _target_when_reported=Speed(0),
        below_target_frames=0,
        ceiling_is_passed=False,
        ceiling_is_unheard=False,
        console_ceiling=None,
        diverged_at=None,
        faster_frames=0,
        grid=COMMON_GRID,
        has_moved=True,
        incline=None,
        incline_changed_at=NOW,
        incline_reported_at=float("-inf"),
        lateness_s=0.0,
        limits=LIMITS,
        miles_frames=0,
        movement=Movement.STAND,
        moving_since=NOW,
        observed_at=NOW,
        over_cap_frames=0,
        over_target_since=None,
        phase=Phase.REST,
        refusals=0,
        rest_since=None,
        speed=Speed(0),
        start_hold_s=LIMITS.start_hold_s,
        started_at=None,
        steep_frames=0,
        target=Speed(0),
        target_at=NOW,
        voice_lost_at=None,
        zeros=0,
    )


def test_a_governor() -> None:
    found = Governor(LIMITS, Passport(), COMMON_GRID, NOW)
    names = ("_latched", "_announced", "_word", "_zero_at", "_slowing_until", "_slowest_since", "_linger_s")
    assert shown(found, names) == expected(
        _latched=None,
        _announced=Movement.STAND,
        _word=None,
        _zero_at=float("-inf"),
        _slowing_until=NOW,
        _slowest_since=None,
        _linger_s=0.0,
    )
    assert (found._ladder.wake_at, found._ladder._believe_rest_at) == (NOW, NOW)
    assert found._steering.next_write_at == NOW


def test_a_steering() -> None:
    found = Steering(LIMITS, COMMON_GRID, Situation(LIMITS, COMMON_GRID, NOW), NOW)
    names = (
        "_sent",
        "_before",
        "_speed_before",
        "_first_is_due",
        "_answers",
        "_speed_answered_at",
        "_deck_answered_at",
        "_incline_before",
        "_pending",
        "hold_until",
        "next_write_at",
    )
    assert shown(found, names) == expected(
        _sent=deque(),
        _before=Speed(0),
        _speed_before=Speed(0),
        _first_is_due=False,
        _answers=False,
        _speed_answered_at=NOW,
        _deck_answered_at=NOW,
        _incline_before=Incline(0),
        _pending=None,
        hold_until=NOW,
        next_write_at=NOW,
    )
    assert found._sent.maxlen == 4


def test_a_ladder() -> None:
    found = Ladder(Passport(), NOW, NOW)
    names = (
        "_climbed",
        "_last",
        "_peak",
        "_peak_before",
        "_zeros",
        "_pressed",
        "creeps_down",
        "wake_at",
        "is_disobeyed",
    )
    assert shown(found, names) == expected(
        _climbed=0,
        _last=None,
        _peak=Speed(0),
        _peak_before=Speed(0),
        _zeros=0,
        _pressed=False,
        creeps_down=False,
        wake_at=NOW,
        is_disobeyed=False,
    )
