from __future__ import annotations

import pytest

from treadcoach.motion import Incline, Level, Machine, Passport, Speed, SpeedGrid
from treadcoach.preflight import plan
from treadcoach.program.reader import inspect, load


def findings(
    steps: str,
    level: str = "novice",
    *,
    units: str = "km/h",
    machine: Machine | None = None,
    runner: Level | None = None,
    lowered: dict[str, Speed] | None = None,
    top: str = "",
) -> list[str]:
    """What the pre-flight finds, as ``line:column code: message; hint``."""
    text = f"profile: 1\nname: Test\nlevel: {level}\nunits: {units}\n{top}steps:\n{steps}"
    laid_out = plan(load(text, "x.yaml"), runner, machine or Machine(), lowered)
    return [f"{f.line}:{f.column} {f.code}: {f.message}; {f.hint}".removesuffix("; ") for f in laid_out.findings]


def one(movement: str, seconds: int = 60, **options: object) -> list[str]:
    return findings(f"  - stand: 30 s\n  - {movement}\n    for: {seconds} s\n", **options)  # type: ignore[arg-type]


def test_a_speed_above_the_cap_has_its_place_and_the_number_that_was_meant() -> None:
    assert one("backward: 60.0") == [
        "7:15 over-cap: backward 60.0 km/h is above the novice cap of 3.5 km/h; did you mean 6.0?"
    ]
    assert one("backward: 4.0") == [
        "7:15 over-cap: backward 4.0 km/h is above the novice cap of 3.5 km/h; at most 3.5 km/h"
    ]


@pytest.mark.parametrize(
    ("level", "movement", "cap"),
    [
        ("first", "backward", 2.0),
        ("novice", "backward", 3.5),
        ("intermediate", "backward", 6.0),
        ("advanced", "backward", 8.0),
        ("harness", "backward", 10.0),
        ("novice", "sidestep_left", 1.5),
        ("advanced", "sidestep_right", 3.0),
        ("intermediate", "crossover_left", 1.5),
        ("first", "forward", 5.0),
        ("harness", "forward", 14.0),
    ],
)
def test_caps_are_sharp_at_every_level(level: str, movement: str, cap: float) -> None:
    assert one(f"{movement}: {cap}", level=level) == []
    (found,) = one(f"{movement}: {cap + 0.1:.1f}", level=level)
    assert "over-cap" in found


def test_miles_are_shown_as_written_and_as_meant() -> None:
    assert one("backward: 30", units="mph") == [
        "7:15 over-cap: backward 30.0 mph (48.28 km/h) is above the novice cap of 3.5 km/h; did you mean 3.0?"
    ]


def test_what_a_level_does_not_do_is_said() -> None:
    assert one("crossover_left: 1.0") == [
        "7:5 not-at-level: crossover left is not for the novice level; choose a higher level, or leave it out"
    ]


def test_a_lower_level_of_the_runner_counts_and_a_higher_one_does_not() -> None:
    assert "the first cap of 2.0 km/h" in one("backward: 3.0", runner=Level.FIRST)[0]
    assert "the novice cap of 3.5 km/h" in one("backward: 4.0", runner=Level.ADVANCED)[0]


def test_own_caps_lower_and_are_named() -> None:
    assert "above your own cap of 2.5 km/h" in one("backward: 3.0", lowered={"backward": Speed(250)})[0]
    assert one("backward: 3.5", lowered={"backward": Speed(900)}) == []


def test_a_stranger_divides_the_caps() -> None:
    (found,) = one("backward: 3.0", machine=Machine(Passport()))
    assert "the novice cap of 2.17 km/h on a machine whose unit is unproven" in found


def test_a_group_program_fits_whoever_runs_it() -> None:
    steps = "  - stand: 30 s\n  - backward: 4.5\n    for: 60 s\n"
    assert findings(steps, "intermediate", runner=Level.NOVICE, top="scaled_from_cap: 6.0\n") == []
    assert findings(steps, "intermediate", runner=Level.NOVICE) != []


def test_the_machine_bounds_it_too() -> None:
    slow = Machine(Passport(unit_proven=True), SpeedGrid(Speed(100), Speed(250), Speed(10)), Incline(0))
    assert "over-machine" in one("backward: 3.0", machine=slow)[0]
    assert "under-machine" in one("backward: 0.9", machine=slow)[0]
    assert "over-machine" in one("backward: 2.0\n    incline: 2", machine=slow)[0]
    fast = Machine(Passport(unit_proven=True), SpeedGrid(Speed(160), Speed(640), Speed(60)))
    assert [found.split(":")[1].split()[1] for found in one("backward: 2.2", machine=fast)] == [
        "machine-start",
        "machine-step",
    ]


@pytest.mark.parametrize(
    ("level", "step", "code"),
    [
        ("novice", "backward: 3.0\n    incline: 3", None),
        ("novice", "backward: 3.0\n    incline: 3.5", "too-steep"),
        ("first", "backward: 1.5\n    incline: 1", "too-steep"),
        ("intermediate", "backward: 5.0\n    incline: 1", "too-steep"),
        ("novice", "forward: 3.0\n    incline: -1", "downhill"),
        ("novice", "sidestep_left: 1.0\n    incline: 1", "too-steep"),
    ],
)
def test_inclines(level: str, step: str, code: str | None) -> None:
    found = one(step, level=level)
    assert bool(found) == (code is not None)
    assert code is None or (code in found[0] and found[0].startswith("8:14"))


def test_a_jump_between_neighbours_needs_a_step_between() -> None:
    steps = "  - stand: 30 s\n  - backward: 1.0\n    for: 60 s\n  - backward: {}\n    for: 60 s\n"
    assert findings(steps.replace("{}", "2.5")) == []
    (found,) = findings(steps.replace("{}", "2.6"))
    assert found.startswith("9:15 jump: backward jumps from 1.0 km/h to 2.6 km/h, more than 1.5 km/h at once")


def test_a_turn_needs_its_time_and_stands_in_a_row_are_one() -> None:
    steps = "  - stand: 10 s\n  - forward: 2.0\n    for: 60 s\n{}  - backward: 2.0\n    for: 60 s\n"
    (found,) = findings(steps.format("  - stand: 20 s\n"))
    assert (
        found
        == "9:12 short-turn: 0:20 is too short to turn round in; the novice level needs 0:30; make it `stand: 30 s`"
    )
    assert findings(steps.format("  - stand: 20 s\n  - stand: 10 s\n")) == []
    assert findings(steps.format("  - stand: 15 s\n"), "intermediate") == []


def test_nobody_turns_round_on_a_hill() -> None:
    steps = "  - stand: 10 s\n  - backward: 2.0\n    for: 60 s\n    incline: 3\n  - stand: 30 s\n"
    steps += "  - forward: 2.0\n    for: 60 s\n"
    assert "turn-incline" in findings(steps)[0]


def test_another_gait_needs_a_stand_although_it_faces_the_same_way() -> None:
    steps = "  - stand: 30 s\n  - sidestep_left: 1.5\n    for: 60 s\n  - crossover_left: 1.0\n    for: 60 s\n"
    assert "sidestep left changes to crossover left without a stand" in findings(steps, "intermediate")[0]


def test_an_interval_must_leave_some_steady_seconds() -> None:
    (found,) = one("backward: 2.0", seconds=20)
    assert found == (
        "8:10 too-short: backward for 0:20 is too short: the belt takes 14 s to get there, and 10 s should be steady"
        "; make it at least 24 s"
    )
    assert one("backward: 2.0", seconds=24) == []


def test_a_ramp_must_not_be_steeper_than_the_level() -> None:
    steps = "  - forward: 1.0\n    for: 60 s\n  - forward: {{from: 1.0, to: 6.0}}\n    for: {} s\n"
    (found,) = findings(steps.format(16))
    assert found.startswith(
        "8:14 steep-ramp: the ramp 1.0 km/h to 6.0 km/h is too steep for the novice level; give it"
    )
    assert findings(steps.format(17)) == []


def test_doses_are_bounded_where_they_are_passed() -> None:
    long = "".join(f"  - backward: {kmh}\n    for: 6 min\n" for kmh in (2.0, 2.0))
    found = findings("  - stand: 30 s\n" + long)
    assert [f.split(":")[2].strip() for f in found] == ["12", "12"]
    assert all("dose" in f and f.startswith("9:5") for f in found)
    fast = findings("  - stand: 30 s\n  - backward: 3.5\n    for: 4 min\n")
    assert "backward without a rest is more than the novice level's 3:00" in fast[0]
    in_all = findings("  - stand: 30 s\n  - forward: 3.0\n    for: 25 min\n")
    assert "in all is more than the novice level's 20:00" in in_all[0]


def test_a_repeated_mistake_is_reported_once() -> None:
    assert (
        len(findings("  - stand: 30 s\n  - repeat: 2\n    steps:\n      - backward: 9.0\n        for: 60 s\n")) == 1
    )


def test_nothing_is_concluded_across_a_step_that_could_not_be_read() -> None:
    steps = "  - stand: 30 s\n  - backward: 1.0\n    for: 60 s\n  - backward: '2,0'\n    for: 60 s\n"
    steps += "  - backward: 3.0\n    for: 60 s\n"
    profile = inspect(f"profile: 1\nname: Test\nlevel: novice\nunits: km/h\nsteps:\n{steps}", "x.yaml").profile
    assert profile is not None
    assert plan(profile, None, Machine()).findings == ()


def test_the_deck_must_be_down_before_somebody_turns_round_on_it() -> None:
    steps = "  - forward: 5.0\n    for: 2 min\n    incline: 12\n  - forward: 4.0\n    for: 20 s\n  - stand: 30 s\n"
    found = findings(steps + "  - backward: 1.0\n    for: 40 s\n", "first")
    assert any("the deck is still at" in line and "backward" in line for line in found)


def test_the_deck_must_be_down_before_it_gets_fast() -> None:
    steps = "  - backward: 3.0\n    for: 90 s\n    incline: 10\n  - backward: 7.0\n    for: 60 s\n    incline: 4\n"
    assert any("the deck is still at 10 %" in line for line in findings(steps, "advanced"))


def test_a_deck_that_never_gets_there_is_said() -> None:
    found = findings("  - stand: 30 s\n  - backward: 3.0\n    for: 28 s\n    incline: 3\n")
    assert any("the deck gets from 0 % only to" in line for line in found)


def test_a_stand_of_a_second_is_no_rest() -> None:
    fast = "  - backward: 3.5\n    for: 2 min\n"
    assert findings(f"  - stand: 30 s\n{fast}  - stand: 1 s\n{fast}") != []
    assert findings(f"  - stand: 30 s\n{fast}  - stand: 15 s\n{fast}") == []


def test_a_scaled_program_is_never_lifted() -> None:
    steps = "  - stand: 30 s\n  - backward: 10.0\n    for: 60 s\n"
    assert findings(steps, "novice", runner=Level.HARNESS, top="scaled_from_cap: 3.5\n") != []


def test_nobody_begins_blind_on_a_belt_that_starts_as_fast_as_it_was_last() -> None:
    remembers = Machine(Passport(unit_proven=True, remembers_speed=True))
    assert one("forward: 2.0", machine=remembers) == []
    for movement in ("backward", "sidestep_left"):
        (found,) = [f for f in one(f"{movement}: 1.0", machine=remembers) if "blind-start" in f]
        assert found.startswith("7:")
        assert found.endswith("begin with a step forward, where you see the belt")
        assert not any("blind-start" in f for f in one(f"{movement}: 1.0"))
