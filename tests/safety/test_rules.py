"""One test per rule: just below its limit, and just above."""

from __future__ import annotations

import pytest

from bench import Bench
from treadcoach.motion import Movement, Observation, Speed
from treadcoach.safety import rules
from treadcoach.safety.clearance import Ask, Intent
from treadcoach.safety.rules import RULES, Gravity
from treadcoach.safety.situation import Phase


@pytest.fixture
def bench() -> Bench:
    found = Bench()
    found.at(2.0)
    return found


def see(bench: Bench, kmh: float, seconds: float = 1.0) -> list[str]:
    """A record ``seconds`` later; the codes of the verdict."""
    bench.now = round(bench.now + seconds, 3)
    bench.governor.observe(Observation(Speed.from_kmh(kmh)), bench.now)
    bench.review(bench.move(2.0))
    return bench.codes


def silent(bench: Bench, seconds: float) -> list[str]:
    """Nothing for ``seconds``; the codes of the verdict."""
    bench.now = round(bench.now + seconds, 3)
    bench.review(bench.move(2.0))
    return bench.codes


def test_every_cause_has_its_own_code() -> None:
    causes = [value for value in vars(rules).values() if isinstance(value, rules.Cause)]
    assert len({cause.code for cause in causes}) == len(causes)
    assert all(cause.says for cause in causes)


def test_nothing_is_concluded_while_stopping_and_something_in_every_other_phase() -> None:
    assert [phase for phase in Phase if not RULES[phase]] == [Phase.STOPPING]


def test_news_older_than_a_second_and_a_half_holds(bench: Bench) -> None:
    assert silent(bench, 1.5) == []
    assert silent(bench, 0.001) == ["old-data"]


def test_news_older_than_three_seconds_stops(bench: Bench) -> None:
    assert silent(bench, 3.0) == ["old-data"]
    assert "stale" in silent(bench, 0.001)


def test_a_step_that_comes_a_second_late_stops(bench: Bench) -> None:
    bench.governor.late(1.0)
    assert see(bench, 2.0) == []
    bench.governor.late(1.001)
    assert see(bench, 2.0) == ["stalled"]


def test_one_record_above_every_ceiling_stops(bench: Bench) -> None:
    assert "over-ceiling" not in see(bench, 2.3)
    assert "over-ceiling" in see(bench, 16.01)


def test_two_records_above_the_cap_stop() -> None:
    bench = Bench()
    bench.at(3.5, Movement.BACKWARD)
    bench.now += 1
    bench.governor.observe(Observation(Speed.from_kmh(3.81)), bench.now)
    bench.review(bench.move(3.5))
    assert "over-cap" not in bench.codes
    bench.now += 1
    bench.governor.observe(Observation(Speed.from_kmh(3.81)), bench.now)
    bench.review(bench.move(3.5))
    assert "over-cap" in bench.codes


def test_a_belt_within_its_margin_may_stay(bench: Bench) -> None:
    for _ in range(20):
        assert see(bench, 2.3) == []


def test_a_belt_faster_than_asked_for_two_seconds_stops() -> None:
    bench = Bench()
    bench.at(2.0, Movement.FORWARD)
    for _ in range(2):
        bench.now += 1
        bench.governor.observe(Observation(Speed.from_kmh(2.51)), bench.now)
        bench.review(bench.move(2.0, Movement.FORWARD))
        assert "overspeed" not in bench.codes
    bench.now += 1
    bench.governor.observe(Observation(Speed.from_kmh(2.51)), bench.now)
    bench.review(bench.move(2.0, Movement.FORWARD))
    assert "overspeed" in bench.codes


def test_who_cannot_see_the_console_is_not_made_faster_from_it(bench: Bench) -> None:
    assert "console-faster" not in see(bench, 2.31)
    assert "console-faster" in see(bench, 2.31)


def test_a_settled_belt_at_one_and_a_half_times_its_target_counts_in_miles() -> None:
    bench = Bench()
    bench.start(Movement.FORWARD)
    codes = []
    for _ in range(6):
        bench.now += 1
        bench.governor.observe(Observation(Speed(129)), bench.now)
        bench.review(bench.move(3.0, Movement.FORWARD))
        codes.append("miles" in bench.codes)
    assert codes == [False, False, False, False, False, True], "settled after four seconds, and seen twice"


def test_a_glitch_of_one_record_does_not_stop(bench: Bench) -> None:
    see(bench, 2.4)
    assert see(bench, 2.0) == []
    assert see(bench, 2.4) == []


def test_a_report_that_ignores_the_target_is_frozen() -> None:
    bench = Bench()
    bench.at(2.0)
    bench.reports = False
    codes: list[str] = []
    began = bench.now
    while "frozen" not in codes and bench.now < began + 20:
        bench.now = round(bench.now + 1, 3)
        bench.governor.observe(Observation(Speed.from_kmh(2.0)), bench.now)
        bench.review(bench.move(3.0))
        codes = bench.codes
    assert "frozen" in codes
    assert bench.now - began <= 9, "within 6 s of a target half a km/h away"


def test_a_belt_that_moves_though_it_should_rest_is_an_alarm() -> None:
    bench = Bench()
    bench.run(5.0, Intent(Ask.REST))
    bench.now += 1
    bench.governor.observe(Observation(Speed.from_kmh(0.3)), bench.now)
    bench.review(Intent(Ask.REST))
    assert bench.codes == []
    bench.now += 1
    bench.governor.observe(Observation(Speed.from_kmh(0.31)), bench.now)
    verdict = bench.review(Intent(Ask.REST))
    assert bench.codes == ["unexpected-motion"]
    assert verdict.gravity is Gravity.ALARM


def test_a_start_that_leads_to_nothing_stops_after_twelve_seconds() -> None:
    bench = Bench()
    bench.run(5.0, Intent(Ask.REST))
    asked = bench.ready()
    bench.review(asked)
    bench.running = False
    bench.run(12.0, asked)
    assert bench.codes == []
    bench.run(1.0, asked)
    assert "never-started" in bench.codes


def test_a_belt_that_stops_by_itself_is_not_started_again(bench: Bench) -> None:
    bench.running = False
    assert "stopped-itself" not in see(bench, 0.0)
    assert "stopped-itself" in see(bench, 0.0)


def test_a_belt_slowed_at_the_console_stays_that_slow(bench: Bench) -> None:
    see(bench, 1.5)
    assert see(bench, 1.5) == ["console-slower"]
    assert bench.verdict is not None
    assert bench.verdict.gravity is Gravity.LIMIT
    bench.sent.clear()
    for _ in range(30):
        see(bench, 1.5)
    assert bench.sent == []


def test_without_a_voice_nothing_gets_faster_and_after_ten_seconds_backward_the_belt_is_slowed(bench: Bench) -> None:
    bench.governor.voice_lost(bench.now)
    before = len(bench.sent)
    bench.run(9.0, bench.move(3.0))
    assert bench.codes == ["voice-lost"]
    assert len(bench.sent) == before
    bench.governor.voice_lost(bench.now)  # said once more, it is no later for that
    bench.run(1.0, bench.move(3.0))
    assert "voice-missed" in bench.codes
    assert bench.governor.latched is rules.VOICE_MISSED
    bench.run(20.0, bench.move(3.0))
    assert bench.governor.rest_since is not None


def test_somebody_who_sees_the_screen_is_carried_on_without_a_voice_but_no_faster() -> None:
    bench = Bench()
    bench.at(3.0, Movement.FORWARD)
    bench.governor.voice_lost(bench.now)
    bench.run(30.0, bench.move(4.0, Movement.FORWARD))
    assert bench.codes == ["voice-lost"]
    assert bench.speed == 300
    bench.governor.voice_restored()
    bench.run(30.0, bench.move(4.0, Movement.FORWARD))
    assert bench.speed == 400


@pytest.mark.parametrize(("movement", "starts"), [(Movement.BACKWARD, False), (Movement.FORWARD, True)])
def test_without_a_voice_nobody_starts_who_cannot_see_the_screen(movement: Movement, *, starts: bool) -> None:
    bench = Bench()
    bench.run(5.0, Intent(Ask.REST))
    bench.governor.voice_lost(bench.now)
    bench.review(bench.ready(movement))
    assert (bench.verbs != []) is starts
    assert ("voice-lost" in bench.codes) is not starts


def test_a_governor_wakes_for_the_end_of_its_patience_with_a_voice(bench: Bench) -> None:
    bench.governor.voice_lost(bench.now - 9.5)
    assert bench.governor.wake_at(bench.now) == round(bench.now + 0.5, 3)
