"""The library as a whole: what is in it, for whom, and how each program ends on every simulated machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import endings
import pytest
from rig import PROFILES

from treadcoach.events import Result
from treadcoach.flight import Flight, look_ahead
from treadcoach.link import SUBSCRIPTIONS
from treadcoach.motion import Level, Machine, Movement
from treadcoach.preflight import Plan, plan
from treadcoach.program.profile import Profile
from treadcoach.program.quantities import clock
from treadcoach.program.reader import load
from treadcoach.program.schema import MODELINE, schema
from treadcoach.rehearsal import rehearse
from treadcoach.treadmill import CAPABILITIES, machine_of
from treadmill_simulator.characters import CHARACTERS
from treadmill_simulator.link import Wire
from treadmill_simulator.machine import Machine as SimulatedMachine


class Entry(NamedTuple):
    """What a list of the programs says of one, worked out by hand and by other people's arithmetic."""

    level: Level
    total: str
    """As planned, with the closing stand that the coach adds to the two that have none."""
    backward: str
    peak_mets: float


LIBRARY = {
    "a-taste-of-retro": Entry(Level.NOVICE, "4:45", "2:00", 2.8),
    "first-steps-back": Entry(Level.FIRST, "8:30", "3:30", 2.5),
    "quiet-confidence": Entry(Level.NOVICE, "12:30", "6:00", 2.8),
    "knee-friendly-ten": Entry(Level.NOVICE, "16:00", "10:00", 2.8),
    "retro-intervals": Entry(Level.NOVICE, "18:00", "10:00", 3.2),
    "balance-builder": Entry(Level.INTERMEDIATE, "24:00", "12:30", 3.2),
    "hill-retro": Entry(Level.INTERMEDIATE, "22:00", "12:00", 4.8),
    "walk-jog-reverse": Entry(Level.INTERMEDIATE, "24:00", "13:00", 5.3),
    "side-to-side": Entry(Level.INTERMEDIATE, "20:00", "1:30", 3.9),
    "grapevine": Entry(Level.ADVANCED, "20:00", "2:00", 3.9),
    "steady-retro": Entry(Level.INTERMEDIATE, "27:00", "15:00", 5.3),
    "fast-back-shorts": Entry(Level.ADVANCED, "30:00", "18:00", 10.4),
    "reverse-hiit": Entry(Level.ADVANCED, "33:00", "20:00", 9.7),
    "hill-hiit": Entry(Level.ADVANCED, "30:00", "18:00", 7.5),
    "group-class-30": Entry(Level.INTERMEDIATE, "30:00", "11:00", 4.8),
    "group-class-short": Entry(Level.NOVICE, "17:50", "6:00", 2.8),
}
# Written for more than its numbers say: crossing feet at a walk is within the intermediate limits.
FITS_ONE_LEVEL_DOWN = {"grapevine"}
# What a machine cannot do is said before anything moves.
MACHINES_OWN = {"over-machine", "under-machine", "machine-start", "machine-step", "blind-start"}


def profile(name: str) -> Profile:
    path = PROFILES / f"{name}.yaml"
    return load(path.read_text(encoding="utf-8"), path.name)


def looked_at(name: str, level: Level | None = None) -> tuple[Plan, Flight]:
    laid_out = plan(profile(name), level, Machine())
    return laid_out, look_ahead(laid_out)


def test_the_list_is_the_library() -> None:
    assert {path.stem for path in PROFILES.glob("*.yaml")} == set(LIBRARY)


@pytest.mark.parametrize("name", LIBRARY)
def test_a_program_has_everything_that_a_beginner_wants_to_know(name: str) -> None:
    text = (PROFILES / f"{name}.yaml").read_text(encoding="utf-8")
    found = profile(name)
    assert text.startswith(MODELINE.format("profile.schema.json") + "\n# "), "the schema, and a word to begin with"
    assert found.goal
    assert found.source
    laid_out, _ = looked_at(name)
    moving = [segment for segment in laid_out.timeline.segments if not segment.is_stand]
    assert all(segment.cues for segment in moving)
    assert any(segment.heart_rate for segment in moving)
    assert not laid_out.findings


@pytest.mark.parametrize("name", LIBRARY)
def test_its_figures_are_those_of_the_list(name: str) -> None:
    level = profile(name).level
    laid_out, flight = looked_at(name, Level.NOVICE if name == "group-class-short" else None)
    assert LIBRARY[name] == Entry(
        level, clock(flight.duration_s), clock(flight.sums["backward"].seconds), round(flight.peak.middle, 1)
    )
    # Written once more with other means: the segments' own seconds.
    backward = [s.duration_s for s in laid_out.timeline.segments if s.movement is Movement.BACKWARD]
    assert sum(backward) == flight.sums["backward"].seconds


@pytest.mark.parametrize("name", LIBRARY)
def test_it_passes_at_its_level_and_fails_one_level_down_where_its_numbers_say_so(name: str) -> None:
    own = profile(name).level
    assert looked_at(name, own)[0].is_clear
    lower = [level for level in Level if level.rank < own.rank]
    if lower:
        below = max(lower, key=lambda level: level.rank)
        assert looked_at(name, below)[0].is_clear is (name in FITS_ONE_LEVEL_DOWN)
    assert all(looked_at(name, level)[0].is_clear for level in Level if level.rank >= own.rank)


@pytest.mark.parametrize(("level", "speeds"), [(Level.NOVICE, [100, 200, 250, 100]), (Level.INTERMEDIATE, None)])
def test_the_group_program_fits_each_runner(level: Level, speeds: list[int] | None) -> None:
    laid_out, _ = looked_at("group-class-30", level)
    backward = [s.to_speed for s in laid_out.timeline.segments if s.movement is Movement.BACKWARD]
    assert backward[:4] == (speeds or [250, 350, 450, 250])


def test_the_schema_beside_the_programs_is_the_one_that_is_printed() -> None:
    shipped = json.loads((PROFILES / "profile.schema.json").read_text(encoding="utf-8"))
    assert shipped == schema()


def rehearsed(path: Path, character: str) -> Result | set[str]:
    """How it ends; or the reasons for which it does not begin."""
    wire = Wire(SimulatedMachine(CHARACTERS[character], 1))
    machine = machine_of(wire.machine.character.passport, {uuid: wire.read(uuid) for uuid in CAPABILITIES})
    for uuid in SUBSCRIPTIONS:
        wire.subscribe(uuid)
    laid_out = plan(load(path.read_text(encoding="utf-8"), path.name), None, machine)
    if not laid_out.is_clear:
        return {finding.code for finding in laid_out.findings}
    ending = rehearse(laid_out, wire, wire.machine.runner, lambda *_: None)
    assert wire.machine.belt.speed == 0
    return ending.result


# Of each machine a third of the programs, of each program a third of the machines; `make thorough` has the others.
PAIRED = [
    pytest.param(character, third, marks=[] if (third + number) % 3 == 0 else pytest.mark.thorough)
    for number, character in enumerate(CHARACTERS)
    for third in range(3)
]


@pytest.mark.parametrize(("character", "third"), PAIRED)
def test_every_program_runs_through_the_bytes_on_every_machine_and_ends_as_that_machine_must(
    character: str, third: int
) -> None:
    expected = {**endings.MISBEHAVIOURS, **endings.FAMILY}[character]
    ended = 0
    for name in list(LIBRARY)[third::3]:
        outcome = rehearsed(PROFILES / f"{name}.yaml", character)
        if isinstance(outcome, set):
            assert outcome <= MACHINES_OWN or character == endings.UNPROVEN, (name, outcome)
            continue
        assert outcome is expected, name
        ended += 1
    assert ended >= 4 or character == endings.UNPROVEN
