from __future__ import annotations

import pytest
from rig import SHORT

from treadcoach.coach import Coach
from treadcoach.events import NoticeKind, Pressed, State
from treadcoach.motion import Facing, Level, Movement
from treadcoach.program.reader import load
from treadcoach.program.timeline import compile_timeline
from treadcoach.safety.clearance import Ask, Belt
from treadcoach.safety.limits import LEVELS
from treadcoach.transitions import TRANSITIONS, Signal

RESTS, MOVES, UNKNOWN = Belt(0.0, is_moving=False), Belt(None, is_moving=True), Belt(None, is_moving=False)


def state(found: Coach) -> State:
    """Where it is now; a call, so that nobody believes that it stays there."""
    return found.state


def coach(text: str = SHORT) -> Coach:
    return Coach(compile_timeline(load(text, "x.yaml")), LEVELS[Level.NOVICE])


def on_the_belt(found: Coach, stand_s: float) -> Coach:
    """Through the first stand and the start, ten seconds later: the belt moves."""
    found.step(RESTS, 0.0)
    found.step(RESTS, stand_s)
    found.press(Pressed.CONFIRM, RESTS, stand_s + 1.0)
    found.step(RESTS, stand_s + 6.0)
    found.step(MOVES, stand_s + 10.0)
    assert state(found) is State.RUNNING
    return found


def running(text: str = SHORT) -> Coach:
    """On the first moving segment since the second 20."""
    return on_the_belt(coach(text), 10.0)


def test_nothing_is_wished_before_the_belt_was_seen_at_rest() -> None:
    found = coach()
    intent, _ = found.step(UNKNOWN, 0.0)
    assert (intent.ask, found.state) == (Ask.REST, State.WAITING)


def test_a_stand_counts_from_the_standing_belt() -> None:
    found = coach()
    found.step(RESTS, 5.0)
    assert found.wake_at(5.0) == 10.0
    found.step(RESTS, 14.999)
    assert state(found) is State.STANDING
    found.step(RESTS, 15.0)
    assert state(found) is State.READY


def test_a_confirmation_is_taken_only_when_it_was_asked_for() -> None:
    found = coach()
    found.step(RESTS, 0.0)
    found.press(Pressed.CONFIRM, RESTS, 1.0)
    assert state(found) is State.STANDING
    found.step(RESTS, 10.0)
    found.press(Pressed.CONFIRM, RESTS, 11.0)
    assert state(found) is State.COUNTDOWN
    intent, _ = found.step(RESTS, 16.0)
    assert (intent.ask, intent.movement) == (Ask.START, Movement.FORWARD)


def test_the_countdown_is_counted_aloud() -> None:
    found = coach()
    found.step(RESTS, 0.0)
    found.step(RESTS, 10.0)
    found.press(Pressed.CONFIRM, RESTS, 11.0)
    said = []
    now = 11.0
    while (wake_at := found.wake_at(now)) is not None and state(found) is State.COUNTDOWN:
        now = wake_at
        said += [notice.text for notice in found.step(RESTS, now)[1] if notice.kind is NoticeKind.BEEP]
    assert said == ["3", "2", "1"]
    assert now == 16.0


def test_program_time_begins_when_the_belt_moves() -> None:
    found = running()
    assert found.remaining_s(20.0)[0] == 40.0
    assert (found.facing, found.next_facing) == (Facing.FORWARD, Facing.BACKWARD)


def test_a_change_is_announced_before_it_comes() -> None:
    found = running()
    heard: dict[float, list[str]] = {}
    now = 20.0
    while found.state is State.RUNNING:
        now = found.wake_at(now) or now
        heard[now] = [f"{notice.kind.value}: {notice.text}" for notice in found.step(MOVES, now)[1]]
    assert "change: in 5 s: stand 0:30" in heard[55.0]
    assert [heard[at] for at in (57.0, 58.0, 59.0)] == [["beep: 3"], ["beep: 2"], ["beep: 1"]]
    assert state(found) is State.HALTING


def test_somebody_who_cannot_see_the_screen_is_spoken_to_every_fifteen_seconds() -> None:
    text = SHORT.replace("forward: 2.0\n    for: 40 s\n  - stand: 30 s\n  - backward: 1.5", "backward: 1.5", 1)
    found = running(text)
    gaps, last, now = [], 20.0, 20.0
    while found.state is State.RUNNING and now < 85:
        now = found.wake_at(now) or now
        if found.step(MOVES, now)[1]:
            gaps.append(now - last)
            last = now
    assert max(gaps) <= 15.0


def test_several_boundaries_in_one_late_step_are_all_crossed_at_their_own_times() -> None:
    found = running()
    found.stop(20.0)
    found = coach(
        SHORT.replace("  - stand: 30 s\n  - backward: 1.5\n    for: 40 s\n  - backward: 2.5\n    for: 30 s\n", "", 1)
    )
    found.step(RESTS, 0.0)
    found.step(RESTS, 10.0)
    found.press(Pressed.CONFIRM, RESTS, 11.0)
    found.step(RESTS, 16.0)
    found.step(MOVES, 20.0)
    found.step(MOVES, 60.7)
    assert found.state in {State.RUNNING, State.HALTING}


def test_a_distance_ends_when_it_was_gone_or_after_half_as_long_again() -> None:
    text = SHORT.replace("forward: 2.0\n    for: 40 s", "forward: 2.0\n    for: 40 m", 1)
    for metres, ends_at in ((41.0, 30.0), (0.0, 20.0 + 72 * 1.5)):
        found = running(text)
        found.went(metres, 20.0)
        assert found.step(MOVES, 29.999)[0].ask is (Ask.MOVE if metres < 40 else Ask.HALT)
        _, notices = found.step(MOVES, ends_at)
        assert state(found) is State.HALTING
        assert any("time is up" in notice.text for notice in notices) == (metres == 0.0)


def test_a_ramp_over_a_distance_follows_the_distance() -> None:
    text = SHORT.replace("forward: 2.0\n    for: 40 s", "forward: {from: 1.0, to: 2.0}\n    for: 40 m", 1)
    found = running(text)
    found.went(20.0, 20.0)
    assert found.wanted(21.0).speed == 150


def test_a_pause_during_the_countdown_goes_back_to_waiting() -> None:
    found = coach()
    found.step(RESTS, 0.0)
    found.step(RESTS, 10.0)
    found.press(Pressed.CONFIRM, RESTS, 11.0)
    found.press(Pressed.PAUSE, RESTS, 12.0)
    assert state(found) is State.READY


def test_a_start_that_never_comes_true_ends_the_session() -> None:
    found = coach()
    found.step(RESTS, 0.0)
    found.step(RESTS, 10.0)
    found.press(Pressed.CONFIRM, RESTS, 11.0)
    found.step(RESTS, 16.0)
    assert found.wake_at(16.0) == 36.0
    found.step(RESTS, 36.0)
    assert state(found) is State.STOPPING


def test_back_within_the_first_seconds_is_the_segment_before_if_it_faces_the_same_way() -> None:
    found = running()
    found.step(MOVES, 40.0)
    found.press(Pressed.BACK, MOVES, 40.0)
    assert found.remaining_s(40.0)[0] == 40.0
    found.press(Pressed.BACK, MOVES, 41.0)
    assert found.segment.position == 1, "before it is a stand"


def test_skipping_a_stand_ends_it_and_skipping_elsewhere_says_so() -> None:
    found = coach()
    found.step(RESTS, 0.0)
    found.press(Pressed.SKIP, RESTS, 4.0)
    found.step(RESTS, 4.0)
    assert state(found) is State.READY
    found.press(Pressed.SKIP, RESTS, 5.0)
    _, notices = found.step(RESTS, 5.0)
    assert notices[0].text == "skip means nothing while ready"
    found.press(Pressed.EXTEND, RESTS, 6.0)
    assert found.step(RESTS, 6.0)[1][0].text == "extend means nothing while ready"


def test_the_end_of_the_program_lingers() -> None:
    text = "\n".join(SHORT.splitlines()[:9]) + "\n"
    found = running(text)
    intent, _ = found.step(MOVES, 60.0)
    assert (intent.ask, intent.linger_s) == (Ask.HALT, 10.0)
    found.step(Belt(65.0, is_moving=False), 65.0)
    assert state(found) is State.STANDING
    found.step(Belt(65.0, is_moving=False), 95.0)
    assert state(found) is State.COMPLETED
    assert found.remaining_s(95.0) == (0.0, 0.0)
    assert found.wake_at(95.0) is None


@pytest.mark.parametrize("where", State)
@pytest.mark.parametrize("signal", Signal)
def test_a_signal_does_what_the_table_says_and_nothing_else(where: State, signal: Signal) -> None:
    found = coach()
    found.state = where
    found._signal(signal, 0.0)
    assert state(found) is TRANSITIONS[where].get(signal, where)


@pytest.mark.parametrize("where", State)
@pytest.mark.parametrize("pressed", [p for p in Pressed if p is not Pressed.STOP])
@pytest.mark.parametrize("belt", [RESTS, MOVES, UNKNOWN])
def test_no_key_in_any_state_raises_or_wishes_more_than_the_state_allows(
    where: State, pressed: Pressed, belt: Belt
) -> None:
    found = coach()
    found.state = where
    found.press(pressed, belt, 1.0)
    intent, _ = found.step(belt, 1.0)
    if intent.ask in {Ask.START, Ask.MOVE}:
        assert found.state in {State.STARTING, State.RUNNING}
    found.stop(1.0)
    assert found.state in {State.STOPPING, State.STOPPED, State.COMPLETED}


IN_A_ROW = """
profile: 1
name: In a row
level: novice
units: km/h
steps:
  - forward: 2.0
    for: 20 m
  - forward: 2.5
    for: 60 s
  - forward: 3.0
    for: 60 s
  - stand: 5 s
  - backward: 1.0
    for: 60 s
"""


def at_once(text: str = IN_A_ROW) -> Coach:
    """On the first segment since the second 10."""
    return on_the_belt(coach(text), 0.0)


def test_the_segment_after_a_distance_begins_where_the_distance_ended() -> None:
    found = at_once()
    found.went(19.9, 20.0)
    found.step(MOVES, 20.0)
    assert found.segment.position == 0
    found.went(0.1, 20.0)
    found.step(MOVES, 21.0)
    assert found.segment.position == 1
    assert found.remaining_s(21.0)[0] == 60.0


def test_back_three_seconds_into_a_segment_is_its_own_beginning_and_earlier_is_the_one_before() -> None:
    for seconds, position in ((3.0, 2), (2.9, 1)):
        found = at_once()
        found.went(20.0, 20.0)
        found.step(MOVES, 20.0)
        found.step(MOVES, 80.0)
        assert found.segment.position == 2
        found.press(Pressed.BACK, MOVES, 80.0 + seconds)
        assert found.segment.position == position


def test_a_turn_takes_the_levels_time_where_its_stand_is_shorter() -> None:
    found = at_once()
    found.went(20.0, 20.0)
    for now in (20.0, 80.0, 140.0):
        found.step(MOVES, now)
    assert state(found) is State.HALTING
    found.step(Belt(150.0, is_moving=False), 150.0)
    assert state(found) is State.TURNING
    found.step(Belt(150.0, is_moving=False), 169.9)
    assert state(found) is State.TURNING
    found.step(Belt(150.0, is_moving=False), 170.0)
    assert state(found) is State.READY


def test_a_session_is_extended_to_the_last_second_of_its_dose_and_not_beyond() -> None:
    long = (
        "profile: 1\nname: L\nlevel: novice\nunits: km/h\nsteps:\n  - forward: 2.0\n    for: 1080 s\n  - stand: 30 s"
    )
    found = at_once(long)
    for added in range(1, 5):
        found.press(Pressed.EXTEND, MOVES, 20.0)
        assert found.remaining_s(20.0)[0] == 1070.0 + 30 * min(added, 3)


def test_a_coach_begins_with_nothing_done_and_nothing_wanted() -> None:
    found = coach()
    begun = found._progress
    assert (begun.index, begun.began_at, begun.extension_s, begun.metres, begun.went_at) == (0, 0, 0, 0, 0)
    names = [
        "_calm_until",
        "_calm_speed",
        "_counted_at",
        "_since",
        "turns",
    ]
    assert [getattr(found, name) for name in names] == [0] * len(names)
    assert (found._announcer.heartbeat_at, found._announcer.announced_at) == (0.0, None)
    assert (found._pause_wanted, found._facing, found.cue, found.state) == (False, None, None, State.WAITING)
    assert found._pause_wanted is False


# ---- nobody is made faster unheard -------------------------------------------------------------------------


def wished(found: Coach, now: float) -> int:
    return found.step(MOVES, now)[0].speed


def test_a_change_at_the_end_of_a_distance_is_announced_five_seconds_before_it() -> None:
    found = at_once(IN_A_ROW)
    said = []
    now, done = 10.0, 0.0
    while found.segment.position == 0:
        now = round(now + 0.25, 3)
        if now == int(now):  # a record a second; 20 m at 2.0 km/h take 36 s
            found.went(2.0 / 3.6, now)
            done += 2.0 / 3.6
        said += [(now, notice) for notice in found.step(MOVES, now)[1] if notice.kind is not NoticeKind.SEGMENT]
    (cue,) = [at for at, notice in said if notice.kind is NoticeKind.CHANGE]
    assert 5.0 <= now - cue <= 6.0
    assert [notice.text for _, notice in said if notice.kind is NoticeKind.BEEP] == ["3", "2", "1"]
    assert wished(found, now) == (250 if now - cue >= 5 else 200)
    assert wished(found, cue + 5.0) == 250


def test_a_distance_wakes_the_coach_for_its_announcement() -> None:
    found = at_once(IN_A_ROW)
    found.went(10.0, 20.0)
    assert found.wake_at(20.0) == pytest.approx(25.0, abs=0.01), "a word now and then"
    found.step(MOVES, 25.0)
    assert found.wake_at(25.0) == pytest.approx(20.0 + 10.0 / (2.0 / 3.6) - 5.0, abs=0.01)


def test_whoever_skips_hears_of_the_faster_step_five_seconds_before_it_comes() -> None:
    found = at_once(IN_A_ROW)
    assert wished(found, 20.0) == 200
    found.press(Pressed.SKIP, MOVES, 20.0)
    intent, notices = found.step(MOVES, 20.0)
    assert intent.speed == 200
    assert "in 5 s: forward 2.5 km/h" in [notice.text for notice in notices]
    assert found.wake_at(20.0) == 25.0
    assert wished(found, 24.999) == 200
    assert wished(found, 25.0) == 250


def test_two_skips_in_a_row_are_no_way_round_it() -> None:
    found = at_once(IN_A_ROW)
    found.press(Pressed.SKIP, MOVES, 20.0)
    found.press(Pressed.SKIP, MOVES, 21.0)
    assert wished(found, 25.999) == 200
    assert wished(found, 26.0) == 300


def test_a_slower_step_comes_at_once() -> None:
    found = at_once(IN_A_ROW)
    for now in (20.0, 21.0):
        found.press(Pressed.SKIP, MOVES, now)
    assert wished(found, 30.0) == 300
    found.press(Pressed.BACK, MOVES, 23.0)
    assert wished(found, 30.0) == 250


def test_a_faster_step_that_was_announced_comes_when_it_was_planned() -> None:
    found = at_once(IN_A_ROW.replace("for: 20 m", "for: 40 s"))
    found.step(MOVES, 45.0)
    assert wished(found, 49.999) == 200
    assert wished(found, 50.0) == 250


# ---- the deck, and who has gone ----------------------------------------------------------------------------


def test_nobody_turns_round_on_a_tilted_deck() -> None:
    found = at_once(IN_A_ROW.replace("for: 20 m", "for: 40 s"))
    for now in (50.0, 110.0, 170.0):
        found.step(MOVES, now)
    assert state(found) is State.HALTING
    _, notices = found.step(Belt(175.0, is_moving=False, is_tilted=True), 175.0)
    assert state(found) is State.STOPPING
    assert notices[0].text == "the deck is still tilted: nobody turns round on it"


def test_a_machine_waits_a_minute_for_the_first_word_and_three_for_one_after_a_pause() -> None:
    found = coach()
    found.step(RESTS, 0.0)
    found.step(RESTS, 10.0)
    assert found.wake_at(10.0) == 55.0
    _, called = found.step(RESTS, 55.0)
    assert [notice.text for notice in called] == ["still there? The session ends in 15 s: confirm to go on"]
    assert found.wake_at(55.0) == 70.0
    assert not found.step(RESTS, 60.0)[1], "once"
    found.step(RESTS, 69.999)
    assert state(found) is State.READY
    found.step(RESTS, 70.0)
    assert state(found) is State.STOPPING
    found = running()
    found.press(Pressed.PAUSE, MOVES, 25.0)
    found.step(Belt(30.0, is_moving=False), 30.0)
    assert found.wake_at(30.0) == 195.0
    assert found.step(RESTS, 195.0)[1][0].kind is NoticeKind.ASK
    assert found.wake_at(195.0) == 210.0


# ---- how much of it one session holds ----------------------------------------------------------------------

BOUT = """
profile: 1
name: Bout
level: first
units: km/h
steps:
  - stand: 5 s
  - backward: 1.5
    for: {length}
  - stand: 20 s
  - forward: 2.0
    for: 20 s
"""


def first(length: str) -> Coach:
    """A first session, backward since the second 15."""
    found = Coach(compile_timeline(load(BOUT.format(length=length), "x.yaml")), LEVELS[Level.FIRST])
    return on_the_belt(found, 5.0)


def test_a_distance_backward_that_takes_longer_than_a_bout_may_ends_with_it() -> None:
    found = first("36 m")  # 86 s as planned; the level's longest bout is 90 s
    for second in range(16, 115):  # it would take ten more to come to rest, and three are for clocks
        found.step(MOVES, float(second))
    assert state(found) is State.RUNNING
    _, notices = found.step(MOVES, 114.5)
    assert state(found) is State.HALTING
    assert notices[0].text == "1:40 backward without a rest: that is enough"


def test_a_bout_is_not_extended_beyond_what_the_level_holds() -> None:
    found = first("60 s")
    found.press(Pressed.EXTEND, MOVES, 20.0)
    assert found.remaining_s(20.0)[0] == 85.0
    found.press(Pressed.EXTEND, MOVES, 20.0)
    assert found.remaining_s(20.0)[0] == 85.0


def test_going_back_again_and_again_does_not_make_a_bout_longer_than_the_level_holds() -> None:
    found = first("60 s")
    found.step(MOVES, 45.0)
    found.press(Pressed.BACK, MOVES, 45.0)
    assert found.remaining_s(45.0)[0] == 60.0
    found.step(MOVES, 55.0)
    found.press(Pressed.BACK, MOVES, 55.0)
    assert found.remaining_s(55.0)[0] == 50.0, "40 s are behind, 60 more would be too much"


def test_pauses_do_not_make_more_of_a_session_than_the_level_holds() -> None:
    found = first("90 s")
    now, backward = 15.0, 0.0
    while found.state is State.RUNNING:
        now += 80
        found.step(MOVES, now)
        if state(found) is not State.RUNNING:
            break
        backward += 80
        found.press(Pressed.PAUSE, MOVES, now)
        now += 20
        found.step(Belt(now, is_moving=False), now)
        found.step(Belt(now, is_moving=False), now + 16)
        found.press(Pressed.CONFIRM, RESTS, now + 16)
        found.step(RESTS, now + 21)
        now += 24
        found.step(MOVES, now)
    assert (backward, state(found)) == (240.0, State.STOPPING), "five minutes backward in a first session"


def test_what_was_announced_before_a_distance_was_made_slower_is_announced_again() -> None:
    found = at_once(IN_A_ROW)  # 20 m at 2.0, then 2.5
    found.went(18.0, 42.0)
    _, notices = found.step(MOVES, 43.0)
    assert notices[0].text.startswith("in 3 s: forward 2.5")
    for _ in range(6):
        found.press(Pressed.SLOWER, MOVES, 43.0)
    found.step(MOVES, 43.5)
    found.went(1.5, 50.0)
    _, notices = found.step(MOVES, 50.0)
    assert notices[0].text.startswith("in 2 s: forward 2.5")
    found.went(0.6, 52.0)
    assert wished(found, 52.0) <= 80
    assert found.segment.position == 1
    assert wished(found, 54.9) <= 80
    assert wished(found, 55.0) == 250


def test_what_is_gone_back_to_is_easier_too() -> None:
    found = at_once(IN_A_ROW.replace("for: 20 m", "for: 30 s"))
    found.step(MOVES, 40.5)
    assert found.segment.position == 1
    for _ in range(5):
        found.press(Pressed.EASIER, MOVES, 41.0)
    found.press(Pressed.BACK, MOVES, 41.0)
    assert found.segment.position == 0
    assert wished(found, 60.0) == 100


def test_a_rehearsal_may_hold_more_than_the_level_and_is_followed_to_its_end() -> None:
    found = first("400 s")
    for second in range(16, 415):
        found.step(MOVES, float(second))
        assert state(found) is State.RUNNING
    found.step(MOVES, 415.0)
    assert state(found) is State.HALTING


@pytest.mark.parametrize("late_s", [0.0, 0.003, 0.02])
def test_a_program_that_holds_its_dose_to_the_second_is_not_cut_short_by_late_steps(late_s: float) -> None:
    found = first("90 s")
    now = 15.0
    while found.state is State.RUNNING:
        now = round((found.wake_at(now) or now) + late_s, 3)
        _, notices = found.step(MOVES, now)
        assert not any("enough" in notice.text for notice in notices)
    assert state(found) is State.HALTING


def test_back_in_the_last_seconds_does_not_take_the_word_for_what_comes_next_for_its_own() -> None:
    ramp = IN_A_ROW.replace("forward: 2.5", "forward: {from: 3.0, to: 2.0}").replace("for: 20 m", "for: 40 s")
    found = at_once(ramp)
    found.step(MOVES, 50.0)
    found.step(MOVES, 105.0)
    found.press(Pressed.BACK, MOVES, 109.0)
    assert wished(found, 113.999) <= 203
    assert wished(found, 114.0) > 280


def test_skipping_the_first_of_two_stands_makes_it_no_longer() -> None:
    two = IN_A_ROW.replace("  - stand: 5 s", "  - stand: 5 s\n  - stand: 30 s").replace("for: 20 m", "for: 40 s")
    found = at_once(two)
    for now in (50.0, 110.0, 170.0):
        found.step(MOVES, now)
    found.step(Belt(175.0, is_moving=False), 175.0)
    assert state(found) is State.TURNING
    found.press(Pressed.SKIP, Belt(175.0, is_moving=False), 176.0)
    assert found.remaining_s(176.0)[0] == 0.0


def test_what_is_added_to_a_ramp_stays_at_its_end() -> None:
    found = at_once(IN_A_ROW.replace("forward: 2.0\n    for: 20 m", "forward: {from: 1.0, to: 2.0}\n    for: 40 s"))
    assert wished(found, 45.0) == 188
    found.press(Pressed.EXTEND, MOVES, 45.0)
    assert wished(found, 45.0) == 188
    assert wished(found, 60.0) == 200


def test_too_much_backward_does_not_end_what_goes_forward() -> None:
    found = first("90 s")
    found._spent.backward_s = 1000.0
    found._progress.index = 3
    found.step(MOVES, 16.0)
    assert state(found) is State.RUNNING


def spent(found: Coach, backward_s: float) -> Coach:
    """So much backward is behind."""
    found._spent.backward_s = backward_s
    return found


TWO_BOUTS = BOUT.format(length="60 s") + "  - stand: 30 s\n  - backward: 1.5\n    for: 60 s\n"


def test_nobody_is_asked_to_go_backward_again_when_that_would_be_too_much() -> None:
    found = Coach(compile_timeline(load(TWO_BOUTS, "x.yaml")), LEVELS[Level.FIRST])
    found._progress.index, found.state = 4, State.STANDING
    spent(found, 400.0)
    _, notices = found.step(RESTS, 0.0)
    assert state(found) is State.STANDING
    _, notices = found.step(RESTS, 30.0)
    assert state(found) is State.STOPPING
    assert (notices[0].kind, notices[0].text) == (NoticeKind.STATE, "enough backward for one session")
    assert found._since == 30.0


def test_forward_is_asked_for_whatever_was_backward() -> None:
    found = Coach(compile_timeline(load(TWO_BOUTS, "x.yaml")), LEVELS[Level.FIRST])
    found._progress.index, found.state = 2, State.TURNING
    spent(found, 400.0)
    found.step(RESTS, 30.0)
    assert state(found) is State.READY


def test_a_belt_that_comes_to_rest_under_a_backward_runner_counts_and_under_another_does_not() -> None:
    for text, counted in ((BOUT.format(length="60 s"), 7.0), (SHORT, 0.0)):
        found = running(text) if text == SHORT else first("60 s")
        found.press(Pressed.PAUSE, MOVES, 25.0)
        found.step(MOVES, 25.0)
        assert state(found) is State.HALTING
        before = found._spent.backward_s
        found.step(UNKNOWN, 32.0)
        assert found._spent.backward_s - before == counted


def test_what_ends_a_bout_or_keeps_from_a_turn_is_said_as_what_it_is() -> None:
    found = first("36 m")
    for second in range(16, 115):
        found.step(MOVES, float(second))
    _, notices = found.step(MOVES, 114.5)
    assert notices[0].kind is NoticeKind.SEGMENT
    found = at_once(IN_A_ROW.replace("for: 20 m", "for: 40 s"))
    for now in (50.0, 110.0, 170.0):
        found.step(MOVES, now)
    _, notices = found.step(Belt(175.0, is_moving=False, is_tilted=True), 175.0)
    assert notices[0].kind is NoticeKind.STATE
