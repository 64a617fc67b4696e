"""Each rule of the oracle: one hand-made trace that breaks it, and one that just keeps it."""

import pickle
import random
from collections.abc import Callable, Iterable

import pytest
from envelope import Terms
from oracle import DATA, STATUS, Oracle

FINE = Terms("intermediate", unit_proven=True, minimum=50, maximum=2000, increment=10)
START, STOP, PAUSE, CONTROL, RESET = b"\x07", b"\x08\x01", b"\x08\x02", b"\x00", b"\x01"


def codes(oracle: Oracle) -> list[str]:
    return [breach.rule for breach in oracle.breaches]


def speed(oracle: Oracle, at: float, value: int) -> None:
    oracle.reported(at, DATA, b"\x00\x00" + value.to_bytes(2, "little"))


def target(oracle: Oracle, at: float, value: int) -> None:
    oracle.wrote(at, b"\x02" + value.to_bytes(2, "little"))


def started(terms: Terms = FINE, movement: str = "backward") -> Oracle:
    """Zero frames from 0 to 4, ready at 3.5, Start at 4."""
    oracle = Oracle(terms)
    for second in range(5):
        speed(oracle, second, 0)
    oracle.confirmed(3.5, movement)
    oracle.wrote(4.0, START)
    return oracle


def walking(terms: Terms = FINE, movement: str = "backward", until: int = 20) -> Oracle:
    """Then the belt moves from second 5, its first target is the minimum at 6, and it goes on at that speed."""
    oracle = started(terms, movement)
    for second in range(5, until + 1):
        speed(oracle, second, terms.minimum)
        if second == 6:
            target(oracle, second, terms.minimum)
    return oracle


def at_speed(value: int, terms: Terms = FINE, movement: str = "backward") -> tuple[Oracle, float]:
    """Then up, a step of 0.2 each second with the belt right behind; the second of the last step is returned."""
    oracle, at = walking(terms, movement), 20.0
    for step in [*range(terms.minimum + 20, value, 20), value]:
        at += 1
        target(oracle, at, step)
        speed(oracle, at, step)
    return oracle, at


def test_a_plain_walk_keeps_every_rule() -> None:
    oracle, at = at_speed(300)
    oracle.wrote(at + 2, STOP)
    for second in range(3):
        speed(oracle, at + 3 + second, 0)
    assert codes(oracle) == []


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\x04\x00", ["op-code"]),
        (b"", ["op-code"]),
        (b"\x08\x03", ["op-code"]),
        (b"\x01\x00", ["op-code"]),
        (CONTROL, []),
        (RESET, []),
        (STOP, []),
    ],
)
def test_op_code(data: bytes, expected: list[str]) -> None:
    oracle = Oracle(FINE)
    oracle.wrote(0, data)
    assert codes(oracle) == expected


@pytest.mark.parametrize(
    ("terms", "movement", "cap"),
    [
        (FINE, "backward", 600),
        (FINE, "crossover_left", 150),
        (FINE._replace(level="harness"), "forward", 1400),
        (FINE._replace(unit_proven=False), "backward", 217),
        (FINE._replace(increment=50), "backward", 600),
        (FINE._replace(increment=51), "backward", 350),
        (FINE._replace(increment=51, level="first"), "backward", 200),
        (FINE._replace(maximum=550), "backward", 550),
        (FINE._replace(unit_proven=False, level="first"), "backward", 124),
    ],
)
def test_over_cap(terms: Terms, movement: str, cap: int) -> None:
    for value, expected in ((cap, False), (cap + 1, True)):
        oracle = walking(terms, movement)
        target(oracle, 20.5, value)
        assert ("over-cap" in codes(oracle)) is expected


def test_zero_target() -> None:
    for value, expected in ((50, []), (49, ["zero-target"]), (0, ["zero-target"])):
        oracle = walking()
        target(oracle, 20.5, value)
        assert codes(oracle) == expected


@pytest.mark.parametrize(
    ("zeros", "ready", "start", "expected"),
    [
        ((0, 1, 2, 3), 3.0, 3.0, []),
        ((0, 1, 2, 3), -7.0, 3.0, []),
        ((0, 1, 2, 3), -7.1, 3.0, ["start"]),  # the token is too old
        ((0, 1, 2, 2.9), 2.9, 2.95, ["start"]),  # zero for too short a time
        ((0, 1, 2), 3.0, 3.5, []),
        ((0, 1, 2), 3.0, 3.51, ["start"]),  # the frame is too old
        ((3,), 3.0, 3.1, ["start"]),  # one zero is none
        ((0, 3.5), 3.0, 4.0, []),
        ((9, 10, 11, 11.9), 11.0, 11.99, ["start"]),
    ],
)
def test_start(zeros: Iterable[float], ready: float, start: float, expected: list[str]) -> None:
    oracle = Oracle(FINE)
    oracle.confirmed(ready, "backward")
    for at in zeros:
        speed(oracle, at, 0)
    oracle.wrote(start, START)
    assert codes(oracle) == expected


def test_start_again() -> None:
    for again, ready, expected in ((9.0, True, []), (8.9, True, ["start"]), (9.0, False, ["start"])):
        oracle = started()
        for second in range(5, 9):
            speed(oracle, second, 0)
        if ready:
            oracle.confirmed(8, "backward")
        oracle.wrote(again, START)
        assert codes(oracle) == expected


def test_target_unstarted() -> None:
    early, late = started(), walking()
    target(early, 4.5, 50)
    assert codes(early) == ["target-unstarted"]
    late.wrote(21, STOP)
    speed(late, 21.5, 0)
    target(late, 21.6, 50)  # the ladder's third rung, before the second zero
    assert codes(late) == []
    speed(late, 22, 0)
    target(late, 23, 50)
    assert codes(late) == ["target-unstarted"]


def test_first_target() -> None:
    for terms, value, expected in (
        (FINE, 50, []),
        (FINE, 60, ["first-target"]),
        (FINE._replace(minimum=100), 100, []),
        (FINE._replace(minimum=110), 110, ["first-target"]),
    ):
        oracle = started(terms)
        speed(oracle, 5, 50)
        target(oracle, 5.5, value)
        assert codes(oracle) == expected


def test_hold() -> None:
    for level, until, at, expected in (
        ("intermediate", 9, 10.0, []),
        ("intermediate", 9, 9.99, ["hold"]),
        ("novice", 14, 15.0, []),
        ("novice", 14, 14.99, ["hold"]),
    ):
        oracle = walking(FINE._replace(level=level), until=until)
        target(oracle, at, 60)
        assert codes(oracle) == expected


def test_step() -> None:
    quick = FINE._replace(level="advanced")
    for value, expected in ((100, []), (101, ["step"])):
        oracle = walking(quick)
        target(oracle, 20.5, value)
        assert codes(oracle) == expected


@pytest.mark.parametrize(
    ("level", "increment", "coarse"),
    [("first", 20, 0), ("first", 21, 21), ("novice", 31, 31), ("advanced", 50, 0), ("intermediate", 60, 50)],
)
def test_coarse_is_what_exceeds_step_or_rate(level: str, increment: int, coarse: int) -> None:
    assert Oracle(FINE._replace(level=level, increment=increment)).coarse == coarse


def test_coarse_step() -> None:
    terms = FINE._replace(level="first", increment=50)
    for gap, expected in ((2.5, []), (2.49, ["step"])):
        oracle = walking(terms)
        target(oracle, 20.5, 100)
        speed(oracle, 22, 100)
        target(oracle, 20.5 + gap, 150)
        assert codes(oracle) == expected


def test_rate_1s() -> None:
    for value, expected in ((80, []), (81, ["rate-1s"])):
        oracle = walking(FINE._replace(level="novice"))
        target(oracle, 20.5, value)
        assert codes(oracle) == expected


def test_rate_5s() -> None:
    # 0.3 each second is just the rate; a little sooner, and each window holds one step too many
    for gap, expected in ((1.0, set()), (0.88, {"often", "rate-1s", "rate-5s"})):
        oracle, at = walking(FINE._replace(level="novice")), 20.5
        target(oracle, at, 80)
        for step in range(5):
            at += gap
            speed(oracle, at, 80 + 30 * step)
            target(oracle, at, 110 + 30 * step)
        assert set(codes(oracle)) == expected


def test_often() -> None:
    # upward one a second, and a tenth on its way; once more what was refused; downward at any time
    for value, gap, expected in (
        *((110, 0.9, []), (110, 0.89, ["often"]), (100, 0.09, []), (100, 0.08, ["often"]), (50, 0.01, [])),
    ):
        oracle, at = at_speed(100)
        target(oracle, at + gap, value)
        assert [code for code in codes(oracle) if code == "often"] == expected


def test_stale_up() -> None:
    for at, expected in ((21.5, []), (21.51, ["stale-up"])):
        oracle = walking()
        target(oracle, at, 70)
        assert codes(oracle) == expected


def test_lag() -> None:
    for value, expected in ((210, []), (209, ["lag"])):
        oracle, at = at_speed(300)
        speed(oracle, at + 0.5, value)
        target(oracle, at + 1, 310)
        assert codes(oracle) == expected


ENDS: dict[str, Callable[[Oracle, float], None]] = {
    "stop": lambda oracle, at: oracle.stopped(at),
    "key": lambda oracle, at: oracle.reported(at, STATUS, b"\x03"),
    "control": lambda oracle, at: oracle.reported(at, STATUS, b"\xff"),
    "sleep": lambda oracle, at: oracle.slept(at, 1.1),
    "lost": lambda oracle, at: oracle.lost(at),
}


@pytest.mark.parametrize("end", ENDS)
def test_after_end(end: str) -> None:
    for data, expected in (
        (b"\x02\x32\x00", []),
        (CONTROL, []),
        (RESET, []),
        (PAUSE, []),
        (b"\x02\x33\x00", ["after-end"]),
        (START, ["after-end"]),
    ):
        oracle = walking()
        ENDS[end](oracle, 20.5)
        oracle.wrote(20.6, STOP)
        oracle.wrote(20.7, data)
        assert codes(oracle) == expected


@pytest.mark.parametrize("end", ["stop", "key", "control", "sleep"])
def test_no_stop(end: str) -> None:
    for stop, busy, expected in (
        (20.8, False, []),
        (20.81, False, ["no-stop"]),
        (22.0, True, []),
        (22.01, True, ["no-stop"]),
    ):
        oracle = walking()
        if busy:
            oracle.wrote(19.3, CONTROL)
        ENDS[end](oracle, 20.5)
        oracle.wrote(stop, STOP)
        assert codes(oracle) == expected


def test_no_stop_is_owed_without_a_belt_that_was_started() -> None:
    fresh, rested = Oracle(FINE), walking()
    rested.wrote(20.5, STOP)
    for second in (21, 22):
        speed(rested, second, 0)
    for oracle in (fresh, rested):
        oracle.stopped(23)
        oracle.passed(60)
        assert codes(oracle) == []


def test_no_stop_waits_for_the_link() -> None:
    for stop, expected in ((32.3, []), (32.31, ["no-stop"])):
        lost, silent = walking(), walking()
        lost.lost(20.5)
        lost.passed(30)
        lost.restored(30)
        lost.wrote(30.1, CONTROL)
        silent.silenced(20.4, silent=True)
        silent.stopped(20.5)
        silent.passed(23)
        silent.silenced(30, silent=False)
        for oracle in (lost, silent):
            oracle.wrote(stop, STOP)
            assert codes(oracle) == expected


def test_a_short_sleep_ends_nothing() -> None:
    oracle = walking()
    oracle.slept(20.5, 1.0)
    target(oracle, 21, 70)
    assert codes(oracle) == []


@pytest.mark.parametrize("by", ["status", "pause", "stop write"])
def test_after_stop_up(by: str) -> None:
    for value, expected in ((50, []), (60, ["after-stop-up"])):
        oracle = walking()
        if by == "status":
            oracle.reported(20.5, STATUS, b"\x02\x01")
        elif by == "pause":
            oracle.paused(20.5)
        else:
            oracle.wrote(20.5, STOP)
        target(oracle, 21, value)
        assert codes(oracle) == expected


def test_the_echo_of_our_own_stop_needs_no_second_confirmation() -> None:
    oracle = walking()
    oracle.wrote(20.5, STOP)
    oracle.reported(20.6, STATUS, b"\x02\x01")
    for second in range(21, 26):
        speed(oracle, second, 0)
    oracle.reported(25.1, STATUS, b"\x02\x01")  # nor does one that comes at rest
    oracle.confirmed(25.2, "backward")
    oracle.wrote(25.5, START)
    assert codes(oracle) == []


def test_a_stop_at_the_console_after_the_word_takes_the_word_back() -> None:
    oracle = walking()
    oracle.wrote(20.5, STOP)
    for second in range(21, 26):
        speed(oracle, second, 0)
    oracle.confirmed(25, "backward")
    oracle.reported(25.1, STATUS, b"\x02\x01")
    oracle.wrote(25.5, START)
    assert codes(oracle) == ["after-stop-up"]


def test_a_stop_before_any_motion_ends_the_bout_with_two_zeros() -> None:
    for by, expected in ((STOP, []), (CONTROL, ["no-stop"])):
        oracle = started()
        oracle.wrote(6, by)
        for second in (5, 6, 7):
            speed(oracle, second, 0)
        oracle.stopped(9)
        oracle.passed(12)
        assert codes(oracle) == expected


def test_what_was_due_in_a_sleep_is_due_after_it() -> None:
    for stop, expected in ((30.3, []), (30.31, ["no-stop"])):
        oracle = walking()
        oracle.stopped(20.5)
        oracle.slept(30, 9.4)
        oracle.wrote(stop, STOP)
        assert codes(oracle) == expected
    oracle = walking()
    oracle.slept(23.5, 1.0)
    speed(oracle, 23.8, 50)
    oracle.slept(24.9, 1.0)
    oracle.passed(27)
    assert codes(oracle) == []


def test_start_after_stop_up() -> None:
    for ready, expected in ((19.0, ["after-stop-up"]), (26.0, [])):
        oracle = walking()
        if ready < 20:
            oracle.confirmed(ready, "backward")
        oracle.paused(20.5)
        for second in range(21, 27):
            speed(oracle, second, 0)
        if ready > 20:
            oracle.confirmed(ready, "backward")
        oracle.wrote(27.0, START)
        assert codes(oracle) == expected


def test_stale_stop() -> None:
    for stop, busy, expected in (
        (23.3, False, []),
        (23.31, False, ["stale-stop"]),
        (24.5, True, []),
        (24.51, True, ["stale-stop"]),
    ):
        oracle = walking()
        if busy:
            oracle.wrote(22, CONTROL)
        oracle.wrote(stop, STOP)
        target(oracle, stop + 0.1, 50)
        assert codes(oracle) == expected


def test_stale_stop_is_not_owed_to_a_late_frame_and_ends_the_session() -> None:
    late, over = walking(), walking()
    speed(late, 23.3, 50)
    late.passed(26.6)
    over.passed(24)
    over.wrote(24, START)
    assert (codes(late), codes(over)) == ([], ["stale-stop", "after-end"])


def test_stale_stop_waits_for_the_link() -> None:
    for stop, expected in ((32.3, []), (32.31, ["stale-stop"])):
        oracle = walking()
        oracle.silenced(20.1, silent=True)
        oracle.passed(29)
        oracle.silenced(30, silent=False)
        oracle.wrote(stop, STOP)
        assert codes(oracle) == expected


def test_over_cap_belt() -> None:
    for frames, stop, expected in (
        ((630, 630, 630), 60, []),
        ((631, 630, 631), 60, []),
        ((631, 631), 22.3, []),
        ((631, 631), 22.31, ["over-cap-belt"]),
        ((1600, 50), 60, []),
        ((1601,), 21.3, []),
        ((1601,), 21.31, ["over-cap-belt"]),
    ):
        oracle = walking()
        for second, value in enumerate(frames):
            speed(oracle, 21 + second, value)
        for second in range(21 + len(frames), int(stop) + 1):
            speed(oracle, second, 50)
        oracle.wrote(stop, STOP)
        assert codes(oracle) == expected


def test_console() -> None:
    for frames, value, expected in (
        ((300, 300, 270, 269), 270, []),
        ((300, 300, 270, 269), 290, ["console"]),
        ((300, 300, 271, 271), 310, []),
        ((300, 300, 270, 300), 310, []),
        ((280, 289, 270, 270), 310, []),
    ):
        oracle, at = at_speed(300)
        for late, now in enumerate((*[frames[0]] * 3, *frames), 1):
            speed(oracle, at + late, now)
        target(oracle, at + 7.5, value)
        assert codes(oracle) == expected


def test_console_needs_a_settled_target() -> None:
    for near, expected in (((3, 4), ["console"]), ((2, 3), []), ((3, 3.9), []), ((3.9, 4), ["console"])):
        oracle, at = at_speed(300)
        for late in (0.5, 1.9):
            speed(oracle, at + late, 280)
        for late in near:
            speed(oracle, at + late, 290 if late == 4 else 310)
        for late in (5, 6):
            speed(oracle, at + late, 260)
        target(oracle, at + 6.5, 310)
        assert codes(oracle) == expected


def test_console_until_the_next_confirmation() -> None:
    oracle, at = at_speed(300)
    for late, now in enumerate((300, 300, 300, 300, 260, 260), 1):
        speed(oracle, at + late, now)
    oracle.confirmed(at + 6.1, "backward")
    target(oracle, at + 6.5, 310)
    assert codes(oracle) == []


def test_reconnect() -> None:
    for writes, expected in (
        ((CONTROL, STOP, RESET), []),
        ((CONTROL, CONTROL, PAUSE), []),
        ((STOP,), ["reconnect"]),
        ((CONTROL, RESET, STOP), ["reconnect"]),
    ):
        oracle = Oracle(FINE)
        oracle.lost(1)
        oracle.restored(2)
        for late, data in enumerate(writes):
            oracle.wrote(2.1 + late, data)
        assert codes(oracle) == expected


def tilt(oracle: Oracle, at: float, value: int) -> None:
    oracle.wrote(at, b"\x03" + value.to_bytes(2, "little", signed=True))


def shown(oracle: Oracle, at: float, value: int) -> None:
    """A data frame with average speed, distance and incline, at 0.5 km/h."""
    oracle.reported(
        at, DATA, b"\x0e\x00\x32\x00\x32\x00\x01\x02\x03" + value.to_bytes(2, "little", signed=True) + b"\0\0"
    )


def test_a_deck_is_not_where_no_deck_can_be() -> None:
    for value, expected in ((400, ["incline-step"]), (401, []), (-150, ["incline-step"]), (-151, []), (0x7FFF, [])):
        oracle = walking()
        shown(oracle, 20.5, value)
        tilt(oracle, 21, 10)
        assert codes(oracle) == expected


def test_incline_step() -> None:
    for value, expected in ((40, []), (41, ["incline-step"]), (20, []), (19, ["incline-step"])):
        oracle = walking()
        shown(oracle, 20.5, 30)
        tilt(oracle, 21, value)
        assert codes(oracle) == expected


def test_incline_step_from_the_one_written() -> None:
    for value, expected in ((60, []), (61, ["incline-step", "incline-cap"])):
        oracle = walking()
        tilt(oracle, 20, 50)  # nothing is known before the first
        for second in (21, 22, 23):
            speed(oracle, second, 50)
        tilt(oracle, 23, value)
        assert codes(oracle) == expected


def test_incline_often() -> None:
    for gap, expected in ((3.0, []), (2.99, ["incline-often"])):
        oracle = walking()
        tilt(oracle, 20, 10)
        speed(oracle, 22, 50)
        tilt(oracle, 20 + gap, 20)
        assert codes(oracle) == expected


def test_incline_speed() -> None:
    for value, expected in ((500, []), (501, ["incline-speed"])):
        oracle = walking(movement="forward")
        speed(oracle, 20.5, value)
        tilt(oracle, 20.6, 10)
        assert codes(oracle) == expected


def test_incline_settle() -> None:
    for until, at, expected in ((11, 11.0, []), (10, 10.99, ["incline-settle"])):
        oracle = walking(until=until)
        tilt(oracle, at, 10)
        assert codes(oracle) == expected


@pytest.mark.parametrize(
    ("level", "movement", "incline"),
    [("first", "backward", 0), ("novice", "backward", 30), ("advanced", "backward", 100), ("first", "forward", 120)],
)
def test_incline_cap(level: str, movement: str, incline: int) -> None:
    for value, expected in ((incline, []), (incline + 1, ["incline-cap"]), (0, []), (-1, ["incline-cap"])):
        oracle = walking(FINE._replace(level=level), movement)
        tilt(oracle, 20, value)
        assert codes(oracle) == expected


def test_incline_cap_at_speed() -> None:
    for level, fast, value, expected in (
        ("intermediate", 450, 60, []),
        ("intermediate", 460, 1, ["incline-cap"]),
        ("intermediate", 460, 0, []),
        ("advanced", 500, 100, []),
        ("advanced", 510, 40, ["incline-speed"]),
        ("advanced", 510, 41, ["incline-speed", "incline-cap"]),
    ):
        oracle, at = at_speed(fast, FINE._replace(level=level))
        for late in range(1, 6):
            speed(oracle, at + late, fast)
        tilt(oracle, at + 5, value)
        assert codes(oracle) == expected


def test_incline_cap_when_speed_follows() -> None:
    for value, expected in ((450, []), (451, ["incline-cap"])):
        oracle, at = at_speed(430)
        for late in range(1, 6):
            speed(oracle, at + late, 430)
        tilt(oracle, at + 5, 30)
        target(oracle, at + 5.5, value)
        assert codes(oracle) == expected


def test_incline_outside_a_bout_and_after_the_end() -> None:
    oracle = Oracle(FINE)
    tilt(oracle, 1, 0)
    oracle.stopped(2)
    tilt(oracle, 5, 0)
    assert codes(oracle) == ["target-unstarted", "after-end"]


@pytest.mark.parametrize("data", [b"\x00\x00\x00", b"\x01\x00\0\0", b""])
def test_a_bad_frame_or_one_without_speed_counts_as_missing(data: bytes) -> None:
    oracle = walking()
    oracle.reported(22, DATA, data)
    oracle.passed(23.31)
    assert codes(oracle) == ["stale-stop"]


def test_it_pickles_and_never_raises() -> None:
    chance, oracle = random.Random(7), Oracle(FINE)
    for at in range(20_000):
        data = chance.randbytes(chance.randrange(7))
        oracle.wrote(at / 9, data)
        oracle.reported(at / 9, chance.choice((DATA, STATUS, 0x2AD9)), data)
    assert pickle.loads(pickle.dumps(oracle)).breaches == oracle.breaches  # noqa: S301 - our own bytes


def test_asking_for_control_for_ever_is_not_stopping() -> None:
    oracle = walking()
    oracle.stopped(22)
    for second in range(22, 60):
        oracle.wrote(second, b"\x00")
        speed(oracle, second + 0.5, 100)
    assert "no-stop" in codes(oracle)


def test_the_same_target_again_and_again_is_too_often() -> None:
    oracle, at = at_speed(100)
    speed(oracle, at + 1, 100)
    for repeat in range(1, 4):
        target(oracle, at + 1 + repeat / 100, 100)
    assert codes(oracle) == ["often", "often"]


def test_a_belt_that_was_slowed_by_hand_is_as_steep_as_its_own_speed_allows() -> None:
    for kmh, late, expected in ((400, 6, []), (480, 6, ["incline-cap"]), (400, 3, ["incline-settle", "incline-cap"])):
        oracle, at = at_speed(500)
        for second in range(1, late):
            speed(oracle, at + second, kmh)
        oracle.slope = 0
        tilt(oracle, at + late, 10)
        assert codes(oracle) == expected


def test_a_target_that_was_refused_counts_as_never_asked_for() -> None:
    oracle, at = at_speed(100)
    speed(oracle, at + 1, 100)
    target(oracle, at + 1, 120)
    oracle.reported(at + 1.05, 0x2AD9, b"\x80\x02\x03")
    target(oracle, at + 1.1, 120)
    assert codes(oracle) == []


def test_without_a_voice_nothing_is_raised() -> None:
    for gap, expected in ((0.59, []), (0.61, ["mute"])):
        oracle, at = at_speed(100)
        oracle.muted(at + 1)
        oracle.muted(at + 1.5)  # said once more, it is no later for that
        speed(oracle, at + 1.5, 100)
        target(oracle, at + 1 + gap, 110)
        assert codes(oracle) == expected
    oracle, at = at_speed(100)
    oracle.muted(at)
    oracle.heard_again(at + 0.5)
    target(oracle, at + 1, 110)
    assert codes(oracle) == []


def test_without_a_voice_nobody_starts_who_cannot_see() -> None:
    for movement, expected in (("backward", ["mute"]), ("forward", [])):
        oracle = Oracle(FINE)
        oracle.muted(0)
        for second in range(5):
            speed(oracle, second, 0)
        oracle.confirmed(3.5, movement)
        oracle.wrote(4.0, START)
        assert codes(oracle) == expected


@pytest.mark.parametrize(
    ("movement", "answer", "expected"),
    [
        ("backward", None, ["mute"]),
        ("backward", 90, []),
        ("backward", STOP, []),
        ("forward", None, []),
    ],
)
def test_after_ten_seconds_without_a_voice_a_backward_belt_comes_down(
    movement: str, answer: int | bytes | None, expected: list[str]
) -> None:
    oracle, at = at_speed(100, movement=movement)
    oracle.muted(at)
    for second in range(1, 25):
        if second == 11 and isinstance(answer, int):
            target(oracle, at + second, answer)
        elif second == 11 and isinstance(answer, bytes):
            oracle.wrote(at + second, answer)
        speed(oracle, at + second, 100)
    assert [code for code in codes(oracle) if code == "mute"] == expected


def test_a_stop_that_was_under_way_is_owed_when_data_is_stale_but_ends_no_session() -> None:
    for tries, over in ((False, True), (True, False)):
        oracle, at = at_speed(100)
        if tries:
            oracle.tried(at + 1)
        oracle.passed(at + 4)
        oracle.passed(at + 9)
        assert oracle.over is over
        assert "stale-stop" in codes(oracle)
