"""Every shipped program, start to finish, through the bytes."""

from __future__ import annotations

from pathlib import Path

import pytest
from rig import PROFILES, Rig, assert_within_envelope

from treadcoach.events import Result, State
from treadcoach.flight import look_ahead
from treadcoach.motion import Facing
from treadcoach.program.reader import inspect

SHIPPED = sorted(PROFILES.glob("*.yaml"))


def names(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", SHIPPED, ids=names)
def test_a_shipped_program_has_no_findings(path: Path) -> None:
    reading = inspect(path.read_text(), str(path))
    assert reading.findings == ()


@pytest.mark.parametrize("path", SHIPPED, ids=names)
def test_a_shipped_program_runs_from_the_first_second_to_the_standing_belt(path: Path) -> None:
    rig = Rig(path.read_text()).run()
    assert rig.drive.result is Result.COMPLETED
    assert rig.machine.belt.speed == 0
    assert_within_envelope(rig)
    planned = [s for s in rig.plan.timeline.segments if s.movement.facing is Facing.BACKWARD]
    seconds = rig.drive.totals().seconds["backward"]
    planned_s = sum(s.duration_s for s in planned)
    halts = sum(outcome.snapshot.state is State.STARTING for _, outcome in rig.trail)
    assert planned_s - 2 <= seconds <= planned_s + 15 + halts
    assert rig.drive.totals().turns == look_ahead(rig.plan).turns


@pytest.mark.parametrize("path", SHIPPED, ids=names)
def test_the_belt_stands_at_every_turn_and_nobody_is_carried_off(path: Path) -> None:
    """Facing changes only while the machine itself says that its belt stands."""
    rig = Rig(path.read_text())
    before: Facing | None = None
    while rig.drive.result is None:
        rig.advance()
        facing = rig.outcome.snapshot.facing
        if rig.state is State.TURNING:
            assert rig.machine.belt.speed == 0
        if facing is not None:
            assert before is None or facing is before or rig.machine.belt.speed <= 0.8
            before = facing


def test_boundaries_are_where_the_plan_says_to_the_millisecond() -> None:
    """An hour of intervals without a turn: the last boundary is the first plus what was planned."""
    steps = "\n".join(f"      - forward: {kmh}\n        for: 61.7 s" for kmh in (4.0, 3.0))
    head = "profile: 1\nname: Hour\nlevel: novice\nunits: km/h\nsteps:\n  - stand: 5 s\n"
    text = f"{head}  - repeat: 29\n    steps:\n{steps}\n"
    rig = Rig(text, rehearses=True).run()
    assert rig.drive.result is Result.COMPLETED
    entered: dict[int, float] = {}
    for at, outcome in rig.trail:
        if outcome.snapshot.state is State.RUNNING:
            entered.setdefault(outcome.snapshot.segment, at)
    first, last = min(entered), max(entered)
    assert last - first == 57
    assert entered[last] - entered[first] == pytest.approx(57 * 61.7, abs=0.0005)
