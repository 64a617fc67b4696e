"""Steps at their edges: how far, and from which moment on."""

from __future__ import annotations

import pytest

from bench import BACKWARD, Bench
from treadcoach.motion import Incline, Level, Movement, Observation, Speed, Verb
from treadcoach.safety.clearance import Ask, Intent
from treadcoach.safety.limits import LEVELS
from treadcoach.safety.rules import DEADMAN_LOST, PROGRAM_ENDED

HILLS = LEVELS[Level.ADVANCED]


def told(bench: Bench, now: float, speed: int, incline: int | None = None) -> None:
    """One record, and nothing else."""
    bench.now = now
    bench.governor.observe(Observation(Speed(speed), incline=None if incline is None else Incline(incline)), now)


def asked(
    bench: Bench, kmh: float, incline: float = 0.0, movement: Movement = BACKWARD
) -> list[tuple[Verb, int | None]]:
    """What is cleared now for a wish."""
    cleared = bench.governor.review(bench.move(kmh, movement, incline), bench.now).cleared
    assert all(one.movement is movement for one in cleared)
    return [(one.verb, one.value) for one in cleared]


def settled(kmh: float, movement: Movement = BACKWARD) -> tuple[Bench, float]:
    """A steady belt of somebody who may walk uphill, and when its last target was written."""
    bench = Bench(limits=HILLS)
    bench.at(kmh, movement)
    return bench, max(at for at, _ in bench.targets)


@pytest.mark.parametrize("waited", [0.0, 0.4])
@pytest.mark.parametrize(("seconds", "moves"), [(4.999, False), (5.0, True)])
def test_the_deck_moves_five_seconds_after_the_speed_has(*, seconds: float, moves: bool, waited: float) -> None:
    bench = Bench(limits=HILLS)
    bench.start()
    asked(bench, 0.8)
    answered_at = bench.now + waited
    bench.governor.answered(Verb.SET_SPEED, answered_at, accepted=True)
    told(bench, answered_at + seconds, 80, 0)
    assert (asked(bench, 0.8, 2.0) == [(Verb.SET_INCLINE, 10)]) is moves


@pytest.mark.parametrize(("speed", "moves"), [(500, True), (501, False)])
def test_the_deck_moves_at_five_km_h_at_most(*, speed: int, moves: bool) -> None:
    bench, _ = settled(5.0, Movement.FORWARD)
    told(bench, bench.now + 10, speed, 0)
    assert bool(asked(bench, 5.0, 2.0, Movement.FORWARD)) is moves


def test_the_deck_moves_a_step_at_a_time_both_ways_every_three_seconds_and_waits_for_its_answer() -> None:
    bench, _ = settled(2.0)
    now = bench.now + 10
    told(bench, now, 200, 0)
    assert asked(bench, 2.0, 2.0) == [(Verb.SET_INCLINE, 10)]
    told(bench, now + 3.0, 200, 10)
    assert asked(bench, 1.0, 2.0) == [], "not before the answer, whatever it is about"
    bench.governor.answered(Verb.SET_INCLINE, bench.now, accepted=True)
    told(bench, now + 5.999, 200, 10)
    assert asked(bench, 2.0, 2.0) == [], "it may have been written as late as it was answered"
    told(bench, now + 6.0, 200, 10)
    assert asked(bench, 2.0, 2.0) == [(Verb.SET_INCLINE, 20)]
    bench.governor.answered(Verb.SET_INCLINE, bench.now, accepted=True)
    told(bench, now + 9.0, 200, 30)
    assert asked(bench, 2.0, 0.0) == [(Verb.SET_INCLINE, 20)]


@pytest.mark.parametrize(("deck", "moves"), [(120, True), (121, False), (0, False), (-1, False)])
def test_the_deck_comes_down_from_wherever_a_deck_can_be(*, deck: int, moves: bool) -> None:
    bench, _ = settled(2.0)
    told(bench, bench.now + 10, 200, deck)
    assert bool(asked(bench, 2.0, 0.0)) is moves


@pytest.mark.parametrize(("seconds", "rises"), [(9.999, False), (10.0, True)])
def test_the_first_step_up_comes_when_the_belt_has_been_slow_for_ten_seconds(*, seconds: float, rises: bool) -> None:
    bench = Bench()
    bench.start()
    moving_since = bench.now
    asked(bench, 2.0)
    bench.governor.answered(Verb.SET_SPEED, bench.now, accepted=True)
    told(bench, moving_since + seconds, 80)
    assert bool(asked(bench, 2.0)) is rises


@pytest.mark.parametrize(("lags", "rises"), [(70, True), (71, False)])
def test_a_target_is_at_most_one_km_h_ahead_of_the_belt(*, lags: int, rises: bool) -> None:
    bench = Bench()
    bench.at(2.0)
    bench.governor._s._reached = Speed(0)  # a belt that is late, not one that is held back
    told(bench, bench.now + 1, 200 - lags)
    assert bool(asked(bench, 3.0)) is rises


def test_a_belt_that_has_fallen_once_is_not_asked_for_more() -> None:
    bench = Bench()
    bench.at(2.0)
    told(bench, bench.now + 1, 170)
    assert asked(bench, 3.0) == []


def test_held_means_held_whatever_else_is_true() -> None:
    bench = Bench()
    bench.at(2.0)
    told(bench, bench.now + 1, 200)
    assert bench.governor._steering.move(bench.move(3.0), bench.now, held=True) is None
    assert bench.governor._steering.move(bench.move(3.0), bench.now, held=False) == (Verb.SET_SPEED, 230)


@pytest.mark.parametrize(("seconds", "next_after"), [(0.3, 1.0), (0.301, 1.301)])
def test_an_answer_after_three_tenths_is_late(seconds: float, next_after: float) -> None:
    bench = Bench()
    bench.at(2.0)
    told(bench, bench.now + 1, 200)
    began = bench.now
    asked(bench, 3.0)
    bench.governor.answered(Verb.SET_SPEED, round(began + seconds, 3), accepted=True)
    assert round(bench.governor._steering.next_write_at - began, 3) == next_after


def test_three_refusals_in_a_row_are_a_refusal_and_an_acceptance_between_them_counts() -> None:
    bench = Bench()
    bench.at(2.0)
    for answers, refusals in (((False, False), 2), ((True,), 0), ((False, False), 2), ((False,), 3)):
        for accepted in answers:
            told(bench, bench.now + 1, int(bench.governor._s.target))
            assert asked(bench, 3.0)
            bench.governor.answered(Verb.SET_SPEED, bench.now, accepted=accepted)
        assert bench.governor._s.refusals == refusals
    bench.review(bench.move(3.0))
    assert "machine-refuses" in bench.codes


def unanswered(kmh: float, console: int, belt: int) -> Bench:
    """A hand at the console crossed with a word of ours; the slowest was asked for, and nobody knows who heard it."""
    bench = Bench()
    bench.at(kmh)
    told(bench, bench.now + 1, int(bench.speed))
    bench.governor._steering._sent.clear()
    bench.governor._s.target_at = bench.now
    bench.governor.target_changed(Speed(console), bench.now)
    assert asked(bench, kmh) == [(Verb.SET_SPEED, 80)], "only that is surely no rise"
    told(bench, bench.now + 3, belt)
    bench.governor.answered(Verb.SET_SPEED, bench.now, accepted=None)
    assert bench.governor._s.target == console, "the higher of two is what has to be reckoned with"
    return bench


def test_what_may_have_been_heard_is_not_taken_back_upward() -> None:
    bench = unanswered(3.5, 160, 300)
    told(bench, bench.now + 3, 290)
    assert asked(bench, 3.5) == [(Verb.SET_SPEED, 80)], "and not the console's 1.6"


def test_a_step_down_begins_below_what_may_have_been_heard() -> None:
    bench = unanswered(3.5, 260, 310)
    bench.governor.demand(PROGRAM_ENDED, bench.now)
    told(bench, bench.now + 1, 300)
    assert asked(bench, 3.5) == [(Verb.SET_SPEED, 80)]


def test_a_step_up_begins_at_what_may_have_been_heard() -> None:
    bench = Bench()
    bench.at(3.0)
    told(bench, bench.now + 1, 300)
    assert asked(bench, 2.0) == [(Verb.SET_SPEED, 250)]
    told(bench, bench.now + 3, 300)
    bench.governor.answered(Verb.SET_SPEED, bench.now, accepted=None)
    assert bench.governor._s.target == 300
    assert asked(bench, 3.5) == [(Verb.SET_SPEED, 280)]
    assert bench.governor._steering.next_write_at == bench.now + 1


def test_a_refused_step_down_leaves_what_was_in_force() -> None:
    bench = Bench()
    bench.at(3.0)
    told(bench, bench.now + 1, 300)
    asked(bench, 2.0)
    bench.governor.answered(Verb.SET_SPEED, bench.now, accepted=False)
    told(bench, bench.now + 1, 300)
    assert asked(bench, 3.5) == [(Verb.SET_SPEED, 330)]


def residue() -> Bench:
    """A deck that was found at 1.5 % and brought down by one step, to what might be noise."""
    bench, _ = settled(2.0)
    told(bench, bench.now + 10, 200, 15)
    assert asked(bench, 2.0, 0.0) == [(Verb.SET_INCLINE, 5)]
    bench.governor.answered(Verb.SET_INCLINE, bench.now, accepted=True)
    return bench


def test_what_a_step_of_ours_has_left_of_an_incline_is_no_noise() -> None:
    bench = residue()
    told(bench, bench.now + 3, 200, 5)
    assert asked(bench, 2.0, 0.0) == [(Verb.SET_INCLINE, 0)]
    bench.governor.answered(Verb.SET_INCLINE, bench.now, accepted=True)
    told(bench, bench.now + 3, 200, 4)
    assert asked(bench, 2.0, 0.0) == [], "but this is"


@pytest.mark.parametrize(("left", "steps"), [(5, [(Verb.SET_INCLINE, 0)]), (0, [(Verb.SET_SPEED, 550)])])
def test_what_we_left_of_an_incline_comes_down_before_anything_gets_faster(left: int, steps: list[object]) -> None:
    bench = Bench(limits=LEVELS[Level.INTERMEDIATE])
    bench.at(5.0)
    bench.governor._s.incline = Incline(left)
    bench.governor._steering._incline_asked = Incline(left)
    told(bench, bench.now + 1, 500, left)
    assert asked(bench, 6.0, 0.0) == steps


def test_a_deck_whose_report_is_noise_holds_nothing_up() -> None:
    bench = Bench(limits=LEVELS[Level.INTERMEDIATE])
    bench.at(5.0)
    told(bench, bench.now + 1, 500, 5)
    assert asked(bench, 6.0, 0.0) == [(Verb.SET_SPEED, 550)]


def rising() -> Bench:
    """A step up is on its way and not answered: it may still wait to be written."""
    bench = Bench()
    bench.at(2.0)
    told(bench, bench.now + 1, 200)
    assert asked(bench, 3.0) == [(Verb.SET_SPEED, 230)]
    bench.now = round(bench.now + 0.02, 3)
    return bench


@pytest.mark.parametrize("how", ["halt", "deadman lost"])
def test_a_step_up_that_is_on_its_way_when_the_belt_is_to_slow_is_overtaken_at_once(how: str) -> None:
    bench = rising()
    if how == "deadman lost":
        bench.governor.demand(DEADMAN_LOST, bench.now)
    (cleared,) = bench.governor.review(Intent(Ask.HALT) if how == "halt" else bench.move(3.0), bench.now).cleared
    assert (cleared.verb, cleared.value, cleared.urgent) == (Verb.SET_SPEED, 180, True)
    assert bench.governor.review(Intent(Ask.HALT), bench.now).cleared == (), "once"


def test_a_step_down_that_is_on_its_way_when_the_belt_is_to_slow_is_left_on_it() -> None:
    bench = Bench()
    bench.at(3.0)
    told(bench, bench.now + 1, 300)
    assert asked(bench, 1.0) == [(Verb.SET_SPEED, 250)]
    assert bench.governor.review(Intent(Ask.HALT), round(bench.now + 0.02, 3)).cleared == ()


def test_a_hand_at_the_console_is_not_forgotten_when_a_target_of_ours_is_refused() -> None:
    bench = rising()
    bench.governor._steering._sent.clear()
    bench.governor.target_changed(Speed(100), bench.now)
    bench.governor.answered(Verb.SET_SPEED, bench.now, accepted=False)
    assert bench.governor._s.target == 100
    told(bench, bench.now + 1, 190)
    assert asked(bench, 3.0) == [(Verb.SET_SPEED, 80)], "and where both may have crossed, the slowest"


@pytest.mark.parametrize(("speed", "believed"), [(224, False), (225, True), (231, True)])
def test_a_belt_shows_a_target_only_when_it_has_reached_it(*, speed: int, believed: bool) -> None:
    bench = rising()
    told(bench, bench.now + 3, speed)
    bench.governor.answered(Verb.SET_SPEED, bench.now, accepted=None)
    assert bench.governor._steering._in_force == (230 if believed else 200)


def test_a_slow_machine_that_never_answers_is_believed_when_it_has_got_there() -> None:
    bench = rising()
    told(bench, bench.now + 3, 215)
    bench.governor.answered(Verb.SET_SPEED, bench.now, accepted=None)
    assert asked(bench, 3.0) == [(Verb.SET_SPEED, 230)], "once more"
    told(bench, bench.now + 3, 230)
    bench.governor.answered(Verb.SET_SPEED, bench.now, accepted=None)
    assert bench.governor._steering._in_force == 230
    assert bench.governor._s.refusals == 0


def test_what_a_machine_refused_in_one_bout_is_not_counted_in_the_next() -> None:
    bench = rising()
    bench.governor.answered(Verb.SET_SPEED, bench.now, accepted=False)
    assert bench.governor._s.refusals == 1
    bench.governor._s.starts(BACKWARD, bench.now, 10.0)
    assert bench.governor._s.refusals == 0


def test_nothing_is_asked_of_a_belt_that_may_be_standing() -> None:
    bench = Bench(limits=HILLS)
    bench.at(2.0)
    told(bench, bench.now + 10, 0, 0)
    assert asked(bench, 2.0, 2.0) == []
    assert asked(bench, 1.0) == []
    told(bench, bench.now + 0.5, 200, 0)
    assert asked(bench, 2.0, 2.0) == [(Verb.SET_INCLINE, 10)]
