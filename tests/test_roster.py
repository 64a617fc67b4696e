"""A group's machines, as a broker tells of them."""

from __future__ import annotations

import json

import pytest

from treadcoach.roster import COLUMNS, Roster, row

TOPIC = "treadcoach/hall-1/"
RUNNING = {
    "schema": 1,
    "state": "running",
    "program": "Steady",
    "observed_kmh": 3.0,
    "setpoint_kmh": 3.5,
    "facing": "backward",
    "program_remaining_s": 90.0,
    "heart_rate_bpm": 120,
    "belt_moving": True,
    "guard_tripped": False,
}


def heard(state: dict[str, object], *, retained: bool = False, at: float = 10.0) -> Roster:
    roster = Roster()
    roster.hear(TOPIC + "availability", b"online", retained=True, at=at)
    roster.hear(TOPIC + "state", json.dumps(state).encode(), retained=retained, at=at)
    return roster


def shown(roster: Roster, at: float = 11.0, units: str = "km/h") -> dict[str, str]:
    return dict(zip(COLUMNS, row(roster.members["hall-1"], units, at), strict=True))


def test_what_a_machine_does() -> None:
    assert shown(heard(RUNNING)) == {
        "machine": "hall-1",
        "program": "Steady",
        "phase": "running",
        "belt": "3.0",
        "target": "3.5",
        "facing": "backward",
        "left": "1:30",
        "bpm": "120",
        "remark": "",
    }
    assert shown(heard(RUNNING), units="mph")["belt"] == "1.9"


def test_what_is_old_or_was_kept_says_nothing_of_a_belt() -> None:
    for cells in (shown(heard(RUNNING), at=16.0), shown(heard(RUNNING, retained=True))):
        assert (cells["belt"], cells["bpm"], cells["remark"]) == ("-", "-", "silent")


def test_who_is_offline_is_shown_as_that() -> None:
    roster = heard({**RUNNING, "state": "completed"})
    roster.hear(TOPIC + "availability", b"offline", retained=False, at=11)
    assert roster.online == []
    assert (shown(roster)["phase"], shown(roster)["belt"], shown(roster)["remark"]) == ("completed", "-", "offline")


def test_a_guard_that_has_tripped_says_why() -> None:
    cells = shown(heard({**RUNNING, "guard_tripped": True, "reasons": ["frozen"], "simulated": True}))
    assert cells["remark"] == "guard: frozen, simulated"


@pytest.mark.parametrize(
    ("state", "rests"),
    [
        ({"state": "running", "belt_moving": False}, False),
        ({"state": "stopping", "belt_moving": True}, False),
        ({"state": "stopping", "belt_moving": None}, False),
        ({"state": "stopping", "belt_moving": False}, True),
        ({"state": "stopped", "belt_moving": False}, True),
        ({"state": "stopped"}, False),
    ],
)
def test_only_a_belt_that_was_seen_at_rest_rests(state: dict[str, object], rests: bool) -> None:
    member = heard({**RUNNING, "belt_moving": None, **state}).members["hall-1"]
    assert member.rests_since(9.0) is rests
    assert not member.rests_since(10.5)
    assert not heard({**RUNNING, **state}, retained=True).members["hall-1"].rests_since(0)


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("treadcoach/hall-1/state", b"{"),
        ("treadcoach/hall-1/state", b"[1]"),
        ("treadcoach/hall-1/state", b'{"schema": 2}'),
        ("treadcoach/hall-1/state", b"[" * 100_000),
        ("treadcoach/hall-1/command", b"stop"),
        ("treadcoach/HALL/state", b'{"schema": 1}'),
        ("treadcoach//state", b'{"schema": 1}'),
        ("elsewhere/hall-1/state", b'{"schema": 1}'),
    ],
)
def test_what_is_no_message_of_ours_is_left_alone(topic: str, payload: bytes) -> None:
    roster = Roster()
    assert roster.hear(topic, payload, retained=False, at=0.0) is None
    assert roster.members == {}


def test_nothing_that_a_stranger_sends_breaks_a_row() -> None:
    strange = {
        "schema": 1,
        "state": ["running"],
        "program": "\x1b[31m" + "x" * 99,
        "observed_kmh": "fast",
        "setpoint_kmh": 1e99,
        "facing": {},
        "program_remaining_s": -1,
        "heart_rate_bpm": True,
        "guard_tripped": 1,
        "reasons": 7,
    }
    cells = shown(heard(strange))
    assert "\x1b" not in "".join(cells.values())
    assert len(cells["program"]) == 40
    assert (cells["belt"], cells["target"], cells["left"]) == ("-", "-", "-")
