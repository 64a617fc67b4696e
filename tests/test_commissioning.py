"""What recordings of a check mean: every experiment on machines that do one thing or another, in virtual time."""

from __future__ import annotations

import pytest
from rig import Rig

from treadcoach import commissioning
from treadcoach.commissioning import EXPERIMENTS, Experiment, Finding, Moment
from treadcoach.drive import Outcome
from treadcoach.events import Pressed, RawInput, Result, State
from treadcoach.motion import Passport
from treadmill_simulator.characters import CHARACTERS
from treadmill_simulator.switches import with_settings

BY_KEY = {experiment.key: experiment for experiment in EXPERIMENTS}
FIRST = BY_KEY["stop from 1 km/h"]


class Checked(Rig):
    """An experiment on a machine of which nothing is known, with every moment of it."""

    def __init__(self, experiment: Experiment, *settings: str, known: Passport | None = None) -> None:
        self.moments: list[Moment] = []
        character = with_settings(CHARACTERS["well-behaved"], ("minimum_kmh=1.0", *settings))
        super().__init__(commissioning.program(experiment, 1.0), character, passport=known or Passport())

    def step(self, *raw: RawInput) -> Outcome:
        outcome = super().step(*raw)
        self.moments.append((self.now, raw, outcome))
        return outcome

    def settle(self, seconds: float = 20) -> Checked:
        self.run_to(State.RUNNING).run(seconds)
        return self

    def stop(self, seconds: float = 90) -> Checked:
        self.press(Pressed.STOP)
        self.run(seconds)
        return self


def test_a_sound_belt_stops_and_how_fast_is_known() -> None:
    found = commissioning.stopped(Checked(FIRST, "ramp_down=0.5").settle().stop().moments)
    assert found.is_conclusive
    assert found.facts["stop"] == "stop"
    assert found.facts["ramp_down"] == pytest.approx(0.5, abs=0.25)


def test_a_belt_that_needs_a_pause_is_known_as_such() -> None:
    found = commissioning.stopped_by_hand(Checked(FIRST, "stop_needs_pause=on").settle().stop().moments)
    assert found.facts["stop"] == "pause_first"


def test_a_belt_that_stops_late_is_still_a_belt_that_stops() -> None:
    """The Pause of a Stop that was not seen to work at once says nothing of what the machine needs."""
    found = commissioning.stopped(Checked(FIRST, "latency_s=0.3").settle().stop().moments)
    assert found.facts["stop"] == "stop"


@pytest.mark.parametrize("setting", ["ignores_stop=on", "refuses_stop=on"])
def test_a_belt_that_obeys_neither_stop_nor_pause_is_for_nobody(setting: str) -> None:
    rig = Checked(FIRST, setting).settle().stop()
    assert commissioning.stopped_by_hand(rig.moments).facts["controllable"] is False


def test_a_stop_before_anything_moved_shows_nothing() -> None:
    rig = Checked(FIRST)
    rig.confirms = False
    rig.run_to(State.READY)
    assert rig.stop().drive.result is Result.STOPPED
    for found in (commissioning.stopped(rig.moments), commissioning.stopped_by_hand(rig.moments)):
        assert not found.is_conclusive


def test_a_program_that_ends_by_itself_is_no_stop_by_hand() -> None:
    rig = Checked(FIRST)
    rig.run()
    assert rig.drive.result is Result.COMPLETED
    assert not commissioning.stopped_by_hand(rig.moments).is_conclusive


def test_a_belt_that_was_still_moving_when_the_stop_was_given_up_does_not_obey() -> None:
    rig = Checked(FIRST).settle()
    assert commissioning.not_seen_to_stop(rig.moments).facts["controllable"] is False
    silent = Checked(FIRST).settle()
    silent.moments = [(at, (), outcome) for at, _, outcome in silent.moments]
    assert not commissioning.not_seen_to_stop(silent.moments).is_conclusive


def _ramp(*settings: str) -> Finding:
    rig = Checked(BY_KEY["ramp"], *settings, known=Passport(unit_proven=True))
    rig.run(until=lambda r: (r.outcome.snapshot.observed_kmh or 0) > 2.9)
    return BY_KEY["ramp"].read(rig.stop().moments, None)


def test_a_slow_ramp_is_measured() -> None:
    found = _ramp("ramp_up=0.1")
    assert found.facts["ramp_up"] == pytest.approx(0.1, abs=0.03)


@pytest.mark.parametrize("true", [0.8, 3.0, 8.0])
def test_a_ramp_that_small_steps_do_not_show_is_never_called_slow(true: float) -> None:
    found = _ramp(f"ramp_up={true}")
    assert found.facts.get("ramp_up", true) >= true * 0.9
    assert found.is_conclusive


def test_marks_that_nobody_counted_prove_nothing() -> None:
    rig = Checked(BY_KEY["unit at 1 km/h"]).settle().stop()
    assert not BY_KEY["unit at 1 km/h"].read(rig.moments, commissioning.Marks(3.0, 20)).is_conclusive
    assert not BY_KEY["unit at 1 km/h"].read(rig.moments, None).is_conclusive


def test_nothing_is_read_from_silence() -> None:
    for experiment in EXPERIMENTS:
        if experiment.key != "safety key":
            found = experiment.read([], None) if experiment.key != "console" else None
            assert found is None or not found.is_conclusive, experiment.key


def test_a_belt_that_starts_faster_than_at_its_slowest_is_noticed_where_it_shows() -> None:
    assert not commissioning.springs(Checked(FIRST).settle().moments)
    assert commissioning.springs(Checked(FIRST, "start_kmh=1.8", "ramp_up=2", "status=none").settle().moments)


def test_a_pause_and_what_came_after_it() -> None:
    rig = Checked(BY_KEY["pause and resume"]).settle(40)
    assert not BY_KEY["pause and resume"].read(rig.moments, None).is_conclusive
    rig.press(Pressed.PAUSE)
    rig.run_to(State.PAUSED).run(10)
    rig.press(Pressed.CONFIRM)
    rig.run(40)
    assert BY_KEY["pause and resume"].read(rig.stop().moments, None).is_conclusive
    assert not commissioning.springs(rig.moments)


def test_nobody_is_told_to_step_onto_an_empty_belt() -> None:
    rig = Checked(FIRST).settle().stop()
    said = " ".join(notice.text for _, notice in rig.notices)
    assert "stay beside it" in said
    for words in ("step on", "step back", "Feet on the side rails"):
        assert words not in said
