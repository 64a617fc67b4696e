"""What a session tells a broker."""

from __future__ import annotations

import json

import pytest
from rig import SHORT, Rig

from treadcoach.events import Result, State
from treadcoach.telemetry import About, Reporter, encode
from treadcoach.topics import Topics, is_machine_id, machine_id, machine_of

ABOUT = About("2026-11-25T18:00:00Z", "Simulated", "Short", simulated=True, weight_kg=70)
TS = "2026-11-25T18:00:01.000Z"


@pytest.mark.parametrize(
    ("name", "address", "found"),
    [
        ("Horizon 7.0AT", "C0:FF:EE:12:34:56", "horizon-7-0at-123456"),
        ("Horizon 7.0AT", "C0:FF:EE:12:34:57", "horizon-7-0at-123457"),
        ("Laufband Süd", "0F9A-22-BEEF", "laufband-s-d-22beef"),
        ("", "C0:FF:EE:12:34:56", "treadmill-123456"),
        ("###", "", "treadmill"),
        ("simulated well-behaved", "simulator:well-behaved", "simulator-well-behaved"),
        ("x" * 99, "C0:FF:EE:12:34:56", "x" * 40 + "-123456"),
    ],
)
def test_every_machine_has_a_name_for_topics(name: str, address: str, found: str) -> None:
    assert machine_id(name, address) == found
    assert is_machine_id(found)
    assert machine_of(Topics(found).summary) == found


@pytest.mark.parametrize("text", ["", "+", "#", "a/b", "A", "-a", "ä", "a" * 65, "a\n"])
def test_what_cannot_stand_in_a_topic_is_no_name(text: str) -> None:
    assert not is_machine_id(text)


def test_a_session_step_by_step() -> None:
    rig, reporter = Rig(SHORT), Reporter(ABOUT)
    rig.run()
    reports = [reporter.step(now, outcome, TS) for now, outcome in rig.trail]
    states = [report.state for report in reports]
    assert all(json.loads(encode(state)) == json.loads(json.dumps(state)) for state in states)
    assert {state["state"] for state in states} >= {State.RUNNING, State.READY, State.TURNING}
    assert {state["belt_moving"] for state in states} >= {True, False}
    assert not any(state["guard_tripped"] for state in states)
    changes = [report.state["state"] for report in reports if report.is_change]
    assert len(changes) < len(reports) / 2
    assert all(event["text"] and event["schema"] == 1 for report in reports for event in report.events)
    low, high = states[-1]["energy_low_kcal"], states[-1]["energy_high_kcal"]
    assert 0 < low < high < 20
    assert sorted(energy := [state["energy_low_kcal"] for state in states]) == energy


def test_what_stays_behind_says_how_it_ended() -> None:
    rig, reporter = Rig(SHORT), Reporter(ABOUT)
    assert reporter.last(Result.STOPPED, TS) is None
    rig.run_to(State.RUNNING, segment=4).run(10)
    for now, outcome in rig.trail:
        reporter.step(now, outcome, TS)
    ends = {result: (reporter.last(result, TS) or {})["state"] for result in Result}
    assert ends.pop(Result.STOP_NOT_CONFIRMED) == "running"
    assert ends == {
        Result.COMPLETED: "completed",
        Result.STOPPED: "stopped",
        Result.SAFETY_STOP: "stopped",
    }
    summary = reporter.summary(Result.COMPLETED, rig.drive.totals(), TS)
    assert summary["result"] == "completed"
    assert summary["metres"]["backward"] > 0
