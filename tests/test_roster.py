"""A group's machines, as a broker tells of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from treadcoach.roster import AGAIN_S, COLUMNS, GONE_S, MOST, Orders, Roster, row

NOW = datetime(2026, 11, 25, 18, 0, 10, tzinfo=UTC)
TOPIC = "treadcoach/hall-1/"
RUNNING = {
    "schema": 1,
    "session": "one",
    "ts": "2026-11-25T18:00:00.000Z",
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
    return dict(zip(COLUMNS, row(roster.members["hall-1"], units, at, NOW), strict=True))


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
    for cells, remark in (
        (shown(heard(RUNNING), at=16.0), "silent"),
        (shown(heard(RUNNING, retained=True)), "not heard"),
    ):
        assert {cells[name] for name in ("belt", "target", "facing", "left", "bpm")} == {"-"}
        assert (cells["phase"], cells["remark"]) == ("?", remark)


def test_whose_coach_has_vanished_is_not_like_one_who_has_ended() -> None:
    roster = heard({**RUNNING, "state": "completed"})
    roster.hear(TOPIC + "availability", b"offline", retained=False, at=11)
    assert (shown(roster)["phase"], shown(roster)["belt"], shown(roster)["remark"]) == ("completed", "-", "offline")
    roster = heard(RUNNING)
    roster.hear(TOPIC + "availability", b"offline", retained=False, at=11)
    assert shown(roster)["remark"] == "GONE while running: look!"
    late = NOW + timedelta(seconds=GONE_S)
    assert not roster.members["hall-1"].is_lost(late)


def test_a_guard_that_has_tripped_says_why() -> None:
    cells = shown(heard({**RUNNING, "guard_tripped": True, "reasons": ["frozen"], "simulated": True}))
    assert cells["remark"] == "guard: frozen, simulated"


def say(roster: Roster, at: float, name: str = "hall-1", **state: object) -> None:
    ts = (NOW + timedelta(seconds=at)).isoformat()
    payload = json.dumps({**RUNNING, "ts": ts, **state}).encode()
    roster.hear(f"treadcoach/{name}/state", payload, retained=False, at=at)


@pytest.mark.parametrize(
    ("state", "rests"),
    [("running", False), ("stopping", False), ("paused", False), ("stopped", True), ("completed", True)],
)
def test_only_a_session_that_is_over_has_seen_its_belt_at_rest(state: str, rests: bool) -> None:
    roster = Roster()
    say(roster, 10.0, state=state, belt_moving=False)
    assert roster.members["hall-1"].rests_since(9.0) is rests
    assert not roster.members["hall-1"].rests_since(10.5)
    assert not heard({**RUNNING, "state": state}, retained=True).members["hall-1"].rests_since(0)


def test_what_was_said_before_proves_nothing() -> None:
    """A bridge, or somebody who resends what the broker has kept."""
    roster = heard({**RUNNING, "state": "stopped"}, retained=True)
    roster.hear(TOPIC + "state", json.dumps({**RUNNING, "state": "stopped"}).encode(), retained=False, at=11.0)
    assert not roster.members["hall-1"].rests_since(10.0)


def test_of_two_machines_with_one_name_both_have_to_rest() -> None:
    roster = Roster()
    roster.hear(TOPIC + "availability", b"online", retained=True, at=9)
    say(roster, 10.0, session="one")
    say(roster, 10.1, session="two")
    assert "TWO of this name" in shown(roster)["remark"]
    say(roster, 11.0, session="one", state="stopped")
    assert not roster.members["hall-1"].rests_since(10.5)
    say(roster, 11.1, session="two", state="stopped")
    assert roster.members["hall-1"].rests_since(10.5)


def test_an_order_goes_to_everybody_who_may_move_and_is_repeated_until_they_rest() -> None:
    roster = Roster()
    orders = Orders(roster, until=30.0)
    for name in ("online", "ended", "gone"):
        roster.hear(f"treadcoach/{name}/availability", b"online", retained=True, at=0)
        say(roster, 0.0, name)
    say(roster, 0.1, "ended", state="completed")
    for name in ("ended", "gone"):
        roster.hear(f"treadcoach/{name}/availability", b"offline", retained=False, at=0)
    say(roster, 0.0, "unheard-of")
    assert orders.due(1.0, NOW) == ["online", "gone", "unheard-of"]
    assert orders.due(1.0 + AGAIN_S / 2, NOW) == []
    say(roster, 1.5, "online", state="stopped")
    assert orders.due(1.0 + AGAIN_S, NOW) == ["gone", "unheard-of"]
    assert orders.rest_s("online") == 0.5
    assert orders.waiting == ["gone", "unheard-of"]
    say(roster, 2.0, "online")  # it has moved on: that was no rest
    assert orders.due(2.5, NOW) == ["online"]
    say(roster, 3.0, "online", state="stopped")
    assert "online" not in orders.due(3.0, NOW)
    say(roster, 4.0, "online", session="next")  # whoever begins anew is not meant
    orders.due(4.0, NOW)
    assert "online" not in orders.waiting
    assert orders.due(30.0, NOW) == []


def test_a_crowd_that_cannot_be_is_not_taken_in() -> None:
    roster = Roster()
    for number in range(MOST + 10):
        roster.hear(f"treadcoach/joke-{number}/availability", b"online", retained=False, at=0)
    assert len(roster.members) == MOST


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
        "program": "\\[/nope][red]\x1b" + "x" * 99,
        "observed_kmh": 10**400,
        "setpoint_kmh": 1e99,
        "facing": {},
        "program_remaining_s": -1,
        "heart_rate_bpm": True,
        "guard_tripped": 1,
        "reasons": 7,
    }
    cells = shown(heard(strange))
    assert not set("\x1b[]\\") & set("".join(cells.values()))
    assert len(cells["program"]) <= 40
    assert (cells["belt"], cells["target"], cells["left"]) == ("-", "-", "-")
