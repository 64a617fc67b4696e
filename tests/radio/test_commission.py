"""Commissioning and the commands around it, with somebody at the machine who does what the dialogue says."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest
from air import ADDRESS, Air, machine, private_bus_only

from treadcoach import passports
from treadcoach.commission import Answer, Order, Terminal, guide
from treadcoach.commissioning import EXPERIMENTS, Experiment
from treadcoach.drive import Outcome
from treadcoach.errors import MachineNotFoundError
from treadcoach.events import Pressed, RawInput, State
from treadcoach.motion import Speed
from treadcoach.output import Output
from treadcoach.session import Session
from treadcoach.stage import Watch
from treadmill_simulator.machine import Machine
from treadmill_simulator.station import Station

BELT_M = 3.0
REVOLUTIONS = 8
UNIT_AND_ALL_AFTER = ("unit", "ramp", "stop from 3", "pause", "console", "safety key", "link loss")


class Somebody:
    """At the machine, with a tape measure and a marker."""

    def __init__(self, treadmill: Machine, station: Station, leaves_out: tuple[str, ...] = ()) -> None:
        self._treadmill = treadmill
        self._station = station
        self._leaves_out = leaves_out
        self._answers = [BELT_M * 100, float(REVOLUTIONS)] * 2
        self.asked: list[str] = []

    def go_on(self, text: str) -> Answer:
        self.asked.append(text)
        self._treadmill.insert_key()
        return Answer.LEAVE_OUT if self._leaves_out and text.startswith(self._leaves_out) else Answer.DO

    def number(self, _text: str) -> float:
        return self._answers.pop(0)

    def attend(self, session: Session, experiment: Experiment) -> Watch:  # noqa: C901 - hands and eyes, in one place
        loop = asyncio.get_running_loop()
        asked = settled = looked = False
        began = 0.0

        def hands() -> None:
            if experiment.key == "console":
                self._treadmill.console_speed(1.2)
                loop.call_later(15, session.press, Pressed.STOP, "test")
            if experiment.key == "safety key":
                self._treadmill.pull_key()
            self._station.wake()

        def count() -> None:
            """An eye on the belt itself, not on what it reports."""
            self._treadmill.advance(self._station.now)
            if self._treadmill.belt.distance_m - began >= BELT_M * REVOLUTIONS:
                session.press(Pressed.CONFIRM, "test")
                loop.call_later(1, session.press, Pressed.STOP, "test")
            else:
                loop.call_later(0.05, count)

        def watch(_now: float, _raw: tuple[RawInput, ...], outcome: Outcome) -> None:
            nonlocal asked, settled, looked, began
            ready = outcome.snapshot.state in {State.READY, State.PAUSED}
            if ready and not asked:
                loop.call_later(1, session.press, Pressed.CONFIRM, "test")
            if outcome.snapshot.state is State.STOPPING and not looked:
                looked = True
                loop.call_later(70, session.press, Pressed.CONFIRM, "a look at the belt")
            asked = ready
            target = experiment.speeds_kmh[-1]
            if not settled and outcome.snapshot.state is State.RUNNING and self._treadmill.belt.target >= target:
                settled = True
                began = self._treadmill.belt.distance_m
                if experiment.counts_marks:
                    loop.call_later(3, begin)
                else:
                    loop.call_later(5, hands)

        def begin() -> None:
            nonlocal began
            self._treadmill.advance(self._station.now)
            began = self._treadmill.belt.distance_m
            session.press(Pressed.CONFIRM, "test")
            count()

        return watch


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TREADCOACH_HOME", str(tmp_path))
    return tmp_path


async def commission(
    air: Air,
    treadmill: Machine,
    home: Path,
    leaves_out: tuple[str, ...] = (),
    *,
    again: bool = False,
    code: int = 0,
) -> tuple[passports.Record, Somebody]:
    (station,) = await air.put(treadmill)
    somebody = Somebody(treadmill, station, leaves_out)
    assert await guide(Order(ADDRESS, None, again=again), somebody, Output(io.StringIO(), io.StringIO())) == code
    record = passports.find(ADDRESS, home / "passports")
    assert record
    return record, somebody


@pytest.mark.timeout(110)
@private_bus_only
@pytest.mark.long
async def test_a_sound_machine_is_found_sound(air: Air, home: Path) -> None:
    treadmill = machine("well-behaved", "marked=off", "minimum_kmh=1.0")
    record, _ = await commission(air, treadmill, home)
    facts = record.facts
    assert facts.unit == "km/h"
    assert facts.stop == "stop"
    assert facts.resume is None
    assert facts.console == "seen"
    assert facts.key == "seen"
    assert facts.link_loss == "run"
    assert facts.period_s == pytest.approx(1.0, abs=0.1)
    assert {step.step for step in record.steps} >= {experiment.key for experiment in EXPERIMENTS}
    known = passports.know(record.identity, "", record, simulated=False)
    assert known.passport.unit_proven
    changed = record.identity.model_copy(update={"firmware": "2"})
    assert not passports.know(changed, "", record, simulated=False).passport.unit_proven


@pytest.mark.timeout(110)
@private_bus_only
async def test_a_machine_that_counts_in_miles_both_ways_is_betrayed_by_its_belt(air: Air, home: Path) -> None:
    treadmill = machine("bowflex-t9", "marked=off", "minimum_kmh=1.0")
    record, somebody = await commission(air, treadmill, home)
    assert record.facts.unit == "mph"
    known = passports.know(record.identity, "", record, simulated=False)
    assert known.refusal
    assert len(somebody.asked) == 2, "nobody goes on measuring a machine that nobody will run on"
    fastest = max(data[1] | data[2] << 8 for _, data in treadmill.received if data[0] == 0x02)
    assert fastest <= Speed(600 * 100 // 161)


@pytest.mark.timeout(110)
async def test_it_is_resumed_where_it_was_left(air: Air, home: Path) -> None:
    treadmill = machine("pause-first", "marked=off", "minimum_kmh=1.0")
    record, _ = await commission(
        air, treadmill, home, ("unit", "ramp", "stop from 3", "pause", "console", "safety key", "link loss")
    )
    assert record.facts.stop == "pause_first"
    assert record.facts.unit is None
    assert passports.know(record.identity, "", record, simulated=False).passport.pause_before_stop
    assert record.has("stop from 1 km/h")


@private_bus_only
async def test_of_a_belt_that_does_not_obey_a_stop_nothing_more_is_asked(air: Air, home: Path) -> None:
    treadmill = machine("ignores-stop", "marked=off", "minimum_kmh=1.0")
    record, somebody = await commission(air, treadmill, home)
    assert record.facts.controllable is False
    assert len(somebody.asked) == 1
    assert passports.know(record.identity, "", record, simulated=False).refusal
    with pytest.raises(MachineNotFoundError, match="can be watched, not coached"):
        await guide(Order(ADDRESS, None, again=False), somebody, Output(io.StringIO(), io.StringIO()))
    await guide(Order(ADDRESS, None, again=True), somebody, Output(io.StringIO(), io.StringIO()))
    assert len(somebody.asked) == 2, "it may be measured anew, from the beginning"
    assert list((home / "passports").glob("*.old"))


@pytest.mark.timeout(110)
@private_bus_only
async def test_a_belt_that_was_not_seen_to_stop_ends_it(air: Air, home: Path) -> None:
    treadmill = machine("freezes", "marked=off", "minimum_kmh=1.0", "freezes_after_s=6")
    record, somebody = await commission(air, treadmill, home, code=6)
    assert record.facts.controllable is False
    assert len(somebody.asked) == 1


@private_bus_only
async def test_nothing_else_moves_before_the_first_stop_was_seen(air: Air, home: Path) -> None:
    treadmill = machine("well-behaved", "marked=off", "minimum_kmh=1.0")
    record, somebody = await commission(air, treadmill, home, ("stop from 1",))
    assert len(somebody.asked) == 1
    assert [step.step for step in record.steps] == ["telemetry"]
    assert [data[0] for _, data in treadmill.received] == []


@private_bus_only
async def test_what_ends_in_a_safety_stop_is_still_to_be_done(air: Air, home: Path) -> None:
    treadmill = machine("creeps", "marked=off", "minimum_kmh=1.0", "creep=0.2")
    record, somebody = await commission(air, treadmill, home, UNIT_AND_ALL_AFTER)
    assert not record.has("stop from 1 km/h")
    assert len(somebody.asked) == 1


def test_an_answer_that_is_none_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["what?", " S ", "", "q", "abc", "0", "inf", "nan", "1e9", "2,5"])
    monkeypatch.setattr("builtins.input", lambda _prompt: next(typed))
    terminal = Terminal()
    assert [terminal.go_on("a step") for _ in range(3)] == [Answer.LEAVE_OUT, Answer.DO, Answer.END]
    assert terminal.number("how long") == 2.5

    def gone(_prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", gone)
    assert terminal.go_on("a step") is Answer.END
