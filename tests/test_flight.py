"""The flight check and the advice, on programs small enough to work them out by hand."""

from __future__ import annotations

import pytest

from treadcoach.advice import advise
from treadcoach.flight import Flight, Motor, Sum, look_ahead
from treadcoach.motion import Level, Machine, Passport, Speed, SpeedGrid
from treadcoach.preflight import Plan, plan
from treadcoach.program.reader import load

HEAD = "profile: 1\nname: F\nlevel: novice\nunits: km/h\n"
TEXT = f"""{HEAD}steps:
  - stand: 30 s
  - forward: 3.0
    for: 60 s
  - stand: 30 s
  - backward: {{from: 1.0, to: 2.0}}
    for: 60 s
  - backward: 3.0
    for: 50 m
  - stand: 30 s
  - forward: 2.0
    for: 60 s
"""


def looked_at(
    text: str = TEXT,
    machine: Machine | None = None,
    motor: Motor | None = None,
    lowered: dict[str, Speed] | None = None,
    level: Level | None = None,
) -> tuple[Plan, Flight]:
    laid_out = plan(load(text, "f.yaml"), level, machine or Machine(), lowered)
    return laid_out, look_ahead(laid_out, motor or Motor())


def test_the_sums_are_those_of_the_segments() -> None:
    _, flight = looked_at()
    assert flight.sums["forward"].seconds == 120.0
    # 3.0 km/h for a minute, of which 17.33 s are on the way up from 0.8; and 2.0, of which 14 s
    assert flight.sums["forward"].metres == pytest.approx(
        42.667 * 0.8333 + 17.333 * 0.5278 + 46 * 0.5556 + 14 * 0.3889, abs=0.01
    )
    assert flight.sums["backward"].seconds == 120.0
    assert flight.sums["backward"].metres == pytest.approx(50 + 49.333 * 0.41667 + 10.667 * 0.25, abs=0.01)
    assert flight.sums["standing"] == Sum(120.0, 0.0)
    assert (flight.duration_s, flight.turns, flight.starts) == (360.0, 2, 3)
    assert flight.longest_backward_s == 120.0
    assert flight.peak_speed == 300


def test_a_clock_on_the_wall_shows_the_halts_too() -> None:
    _, flight = looked_at()
    # 3.0, 3.0 and 2.0 km/h down at 0.5 km/h per second, and five seconds each until it is seen
    assert flight.halts_s == 6 + 5 + 6 + 5 + 4 + 5
    # rest is seen after three seconds, and each of three starts is counted down, here and at the console
    assert flight.starts_s == 3 + 3 * (5 + 3)
    assert flight.clock_s == 360 + 31 + 27
    assert looked_at(motor=Motor(start_s=6.0))[1].starts_s == 3 + 3 * (5 + 6)
    _, slow = looked_at(motor=Motor(ramp_down=0.25))
    assert slow.halts_s == 12 + 5 + 12 + 5 + 8 + 5


def test_a_ramp_is_the_hold_behind_a_start_and_the_way_at_the_levels_rate() -> None:
    _, flight = looked_at()
    there = [round(leg.there_s, 2) for leg in flight.legs]
    # from 0.8 km/h: 2.2, 0.2 and 1.2 at 0.3 per second, after ten seconds at the slowest; from 2.0 to 3.0 without
    assert there == [0, 17.33, 0, 10.67, 3.33, 0, 14.0, 0]
    _, slow = looked_at(motor=Motor(ramp_up=0.1))
    assert [round(leg.there_s, 2) for leg in slow.legs] == [0, 22.0, 0, 10.67, 10.0, 0, 14.0, 0]


def test_the_cap_that_binds_has_a_name_and_a_margin() -> None:
    binds = {(leg.binds, leg.cap, leg.margin) for leg in looked_at()[1].legs if leg.binds}
    assert binds == {
        ("novice", 600, 300),
        ("novice", 350, 150),
        ("novice", 350, 50),
        ("novice", 600, 400),
    }
    own = looked_at(lowered={"backward": Speed(320)})[1].legs[4]
    assert (own.binds, own.margin) == ("your own", 20)
    slow_machine = Machine(grid=SpeedGrid(Speed(80), Speed(400), Speed(10)))
    assert looked_at(machine=slow_machine)[1].legs[1].binds == "machine"
    stranger = Machine(Passport())
    assert looked_at(TEXT.replace("3.0", "2.0"), stranger)[1].legs[4].binds == "novice, unit unproven"


def test_a_coarse_machine_rounds_down_and_says_so() -> None:
    coarse = Machine(grid=SpeedGrid(Speed(80), Speed(1600), Speed(50)))
    laid_out, flight = looked_at(machine=coarse)
    assert [leg.to_speed for leg in flight.legs if not leg.segment.is_stand] == [280, 180, 280, 180]
    assert all(leg.is_rounded for leg in flight.legs if not leg.segment.is_stand)
    said = [(f.code, f.line, f.column) for f in advise(laid_out, flight)]
    assert said == [
        ("off-grid", 7, 14),
        ("off-grid", 10, 15),
        ("off-grid", 10, 15),
        ("off-grid", 12, 15),
        ("off-grid", 15, 14),
    ]


def test_a_machine_that_is_late_at_an_interval_is_told_of() -> None:
    text = TEXT.replace("for: 50 m", "for: 15 s")
    laid_out, flight = looked_at(text, motor=Motor(ramp_up=0.1))
    (late,) = advise(laid_out, flight)
    assert (late.code, late.line, late.column, late.severity) == ("late", 13, 10, "warning")
    assert late.message == "this machine is there after 10 s of 0:15"
    assert late.hint == "make it at least 20 s"
    assert not advise(*looked_at(text))


def test_the_closing_stand_is_known_as_the_coachs() -> None:
    assert looked_at()[0].timeline.closes_by_itself
    assert not looked_at(TEXT + "  - stand: 30 s\n")[0].timeline.closes_by_itself


def warnings(steps: str, head: str = HEAD) -> list[tuple[str, int, int]]:
    return [(f.code, f.line, f.column) for f in advise(*looked_at(f"{head}steps:\n{steps}"))]


WAY_BACK = "  - stand: 30 s\n  - forward: 2.0\n    for: 60 s\n"


def test_speeds_between_the_halves_of_either_unit_are_told_of() -> None:
    assert warnings("  - forward: 2.3\n    for: 60 s\n") == [("coarse-speed", 6, 14)]
    assert warnings("  - forward: 2.5\n    for: 60 s\n") == []
    assert warnings("  - forward: 1.5 mph\n    for: 60 s\n") == []
    assert warnings("  - forward: 1.4 mph\n    for: 60 s\n") == [("coarse-speed", 6, 14)]
    assert warnings("  - forward: 1.5\n    for: 60 s\n", HEAD.replace("km/h", "mph")) == []


def test_half_percents_are_told_of() -> None:
    steps = "  - forward: 2.0\n    for: 60 s\n    incline: 0.5\n"
    assert warnings(steps) == [("coarse-incline", 8, 14)]


def test_a_program_ends_forward_unless_nobody_is_on_the_belt() -> None:
    there = "  - forward: 2.0\n    for: 60 s\n  - stand: 30 s\n"
    assert warnings(there + "  - backward: 2.0\n    for: 60 s\n") == [("no-way-back", 9, 5)]
    assert warnings("  - backward: 2.0\n    for: 60 s\n" + WAY_BACK) == [("no-warm-up", 6, 5)]
    assert warnings("  - backward: 2.0\n    for: 60 s\n", HEAD + "belt: empty\n") == []


def test_a_turn_in_every_round_is_told_of_once() -> None:
    back_and_forth = [
        "- backward: 2.0",
        "  for: 60 s",
        "- stand: 30 s",
        "- forward: 2.0",
        "  for: 60 s",
        "- stand: 30 s",
    ]

    def within(indent: int) -> str:
        return "".join(f"{' ' * indent}{line}\n" for line in back_and_forth)

    there = "  - forward: 2.0\n    for: 60 s\n  - stand: 30 s\n"
    assert warnings(f"{there}  - repeat: 2\n    steps:\n{within(6)}") == [("many-turns", 14, 9)]
    assert warnings(f"{there}  - repeat: 1\n    steps:\n{within(6)}") == []
    nested = f"{there}  - repeat: 2\n    steps:\n      - repeat: 1\n        steps:\n{within(10)}"
    assert warnings(nested) == [("many-turns", 16, 13)]
