"""Every misbehaviour that the simulator knows, against a coach that knows of it and one that does not."""

from __future__ import annotations

import endings
import pytest
from rig import Rig, assert_within_envelope

from treadcoach.events import NoticeKind, Pressed, Result, State
from treadcoach.motion import Level, Passport
from treadcoach.safety.limits import resolve
from treadmill_simulator.characters import CHARACTERS, FAMILIES, MISBEHAVIOURS

NAIVE = Passport(name="taken for a sound one", unit_proven=True)


def test_every_character_has_its_ending() -> None:
    assert set(endings.MISBEHAVIOURS) == set(MISBEHAVIOURS)
    assert set(endings.FAMILY) == set(FAMILIES)


def test_a_machine_whose_unit_only_its_belt_betrays_gets_divided_caps() -> None:
    passport = CHARACTERS[endings.UNPROVEN].passport
    assert not passport.unit_proven
    assert resolve(Level.ADVANCED, passport).caps["backward"] == 350 * 100 // 161


@pytest.mark.parametrize("character", [name for name in FAMILIES if name != endings.UNPROVEN])
def test_a_session_on_a_machine_of_this_family_ends_as_it_should(character: str) -> None:
    rig = Rig(character=character).run(900)
    assert rig.drive.result is endings.FAMILY[character]
    assert_within_envelope(rig)
    assert rig.machine.belt.speed == 0


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("character", MISBEHAVIOURS)
def test_a_session_on_this_machine_ends_as_it_should(character: str, seed: int) -> None:
    rig = Rig(character=character, seed=seed).run(900)
    # A loop without a patience waits on a machine whose records never say that its belt stands.
    expected = endings.MISBEHAVIOURS[character]
    assert rig.drive.result is (None if expected is Result.STOP_NOT_CONFIRMED else expected)
    assert_within_envelope(rig)


def test_a_machine_that_ignores_stop_is_an_alarm_and_is_stopped_by_another_rung() -> None:
    rig = Rig(character="ignores-stop").run_to(State.RUNNING, 2)
    rig.run(35)
    rig.press(Pressed.STOP)
    began = rig.now
    rig.run()
    alarms = [at for at, notice in rig.notices if notice.kind is NoticeKind.ALARM]
    assert alarms[0] - began <= 3.0
    after_stop = [data for at, data in rig.machine.received if at >= began]
    assert after_stop[:2] == [b"\x08\x01", b"\x08\x02"]
    assert b"\x01" in after_stop, "Reset is what it obeys"
    assert rig.drive.result is Result.STOPPED


def test_a_machine_that_wants_pause_first_is_an_alarm_only_when_nobody_knew() -> None:
    known = Rig(character="pause-first").run()
    assert NoticeKind.ALARM not in {notice.kind for _, notice in known.notices}
    unknown = Rig(character="pause-first", passport=NAIVE).run()
    assert unknown.drive.result is Result.SAFETY_STOP
    assert NoticeKind.ALARM in {notice.kind for _, notice in unknown.notices}


def test_a_running_belt_is_never_told_to_start() -> None:
    rig = Rig(character="start-toggles").run()
    for at, data in rig.machine.received:
        if data == b"\x07":
            snapshots = [outcome.snapshot for moment, outcome in rig.trail if moment <= at]
            assert snapshots[-1].observed_kmh == 0


def test_miles_are_noticed_while_they_are_slow() -> None:
    rig = Rig(character="takes-mph").run()
    fastest = max(outcome.snapshot.observed_kmh or 0 for _, outcome in rig.trail)
    assert "miles" in {reason for _, outcome in rig.trail for reason in outcome.snapshot.reasons}
    assert fastest < 1.3


def test_a_machine_that_remembers_its_speed_has_nothing_worth_remembering() -> None:
    """H-19: the first ten seconds after any start stay at or below 1 km/h."""
    rig = Rig(character="remembers-speed")
    started: float | None = None
    while rig.drive.result is None:
        rig.advance()
        if rig.state is State.STARTING:
            started = None
        if rig.state is State.RUNNING and started is None:
            started = rig.now
        if started is not None and rig.now - started < 10 and rig.state is State.RUNNING:
            assert rig.machine.belt.speed <= 1.0


def test_frozen_records_are_noticed_and_the_belt_is_stopped_though_it_cannot_be_seen() -> None:
    rig = Rig(character="freezes").run(900)
    frozen_at = next(at for at, outcome in rig.trail if "frozen" in outcome.snapshot.reasons)
    began_at = next(at for at, outcome in rig.trail if outcome.snapshot.state is State.RUNNING)
    assert frozen_at >= began_at
    assert rig.drive.result is None, "nobody has seen it stop"
    assert rig.machine.belt.speed == 0, "but it did"


def test_a_belt_that_creeps_is_stopped_before_it_is_half_a_kilometre_faster_for_long() -> None:
    rig = Rig(character="creeps").run()
    assert rig.drive.result is Result.SAFETY_STOP
    for at, outcome in rig.trail:
        explained = max((value for moment, value in rig.targets if at - 5 <= moment <= at), default=80)
        still = [value for moment, value in rig.targets if moment <= at][-1:]
        assert (outcome.snapshot.observed_kmh or 0) * 100 <= max([explained, *still]) + 70


def test_a_coarse_machine_is_set_in_its_own_steps() -> None:
    rig = Rig(character="coarse").run()
    assert {value % 50 for _, value in rig.targets} == {0}
    assert rig.drive.result is Result.COMPLETED
