"""A group's machines, as a broker tells of them: what each does, and whether it was seen to stop. Pure."""

from __future__ import annotations

import json
from typing import NamedTuple

from treadcoach import words
from treadcoach.events import State
from treadcoach.program.quantities import clock
from treadcoach.telemetry import ONLINE, SCHEMA, Payload, Topics, is_machine_id, machine_of

# What is older than this says nothing of a belt any more.
FRESH_S = 5.0
_ENDED = (State.STOPPED.value, State.COMPLETED.value)

COLUMNS = ("machine", "program", "phase", "belt", "target", "facing", "left", "bpm", "remark")


class Member(NamedTuple):
    """What is known of one machine."""

    machine_id: str
    is_online: bool = False
    state: Payload | None = None
    heard_at: float | None = None
    """When its state came fresh from the machine; ``None``: the broker had kept it."""

    def rests_since(self, moment: float) -> bool:
        """Whether its belt was seen at rest, in a session that is over or ends, after a moment."""
        if self.state is None or self.heard_at is None or self.heard_at < moment:
            return False
        ends = self.state.get("state") in (*_ENDED, State.STOPPING.value)
        return ends and self.state.get("belt_moving") is False


class Roster:
    """Everybody who was heard of."""

    def __init__(self) -> None:
        self.members: dict[str, Member] = {}

    def hear(self, topic: str, payload: bytes, *, retained: bool, at: float) -> Member | None:
        """Take a message; whom it is about. What is no message of ours is left alone.

        Args:
            topic: Where it came.
            payload: What it says.
            retained: Whether the broker had kept it.
            at: Monotonic seconds.
        """
        machine_id = machine_of(topic)
        if not is_machine_id(machine_id):
            return None
        member = self.members.get(machine_id, Member(machine_id))
        topics = Topics(machine_id)
        if topic == topics.availability:
            member = member._replace(is_online=payload == ONLINE.encode())
        elif topic == topics.state and (state := _state_of(payload)) is not None:
            member = member._replace(state=state, heard_at=None if retained else at)
        else:
            return None
        self.members[machine_id] = member
        return member

    @property
    def online(self) -> list[Member]:
        """Those whose coach is there."""
        return [member for member in self.members.values() if member.is_online]


def row(member: Member, units: str, at: float) -> tuple[str, ...]:
    """One line of a table, in the order of `COLUMNS`."""
    state = member.state or {}
    if not member.is_online:
        phase = state["state"] if state.get("state") in _ENDED else "-"
        return (member.machine_id, _text(state.get("program")), phase, "-", "-", "-", "-", "-", "offline")
    age_s = None if member.heard_at is None else at - member.heard_at
    is_known = age_s is not None and age_s <= FRESH_S
    return (
        member.machine_id,
        _text(state.get("program")),
        _text(state.get("state")),
        _speed(state.get("observed_kmh") if is_known else None, units),
        _speed(state.get("setpoint_kmh"), units),
        _text(state.get("facing")),
        _clock(state.get("program_remaining_s")),
        _text(state.get("heart_rate_bpm") if is_known else None),
        _remark(state, is_known=is_known),
    )


def _remark(state: Payload, *, is_known: bool) -> str:
    remarks = [
        "" if is_known else "silent",
        f"guard: {_reasons(state.get('reasons'))}" if state.get("guard_tripped") else "",
        "simulated" if state.get("simulated") else "",
    ]
    return ", ".join(filter(None, remarks))


def _reasons(value: object) -> str:
    return ", ".join(_text(reason) for reason in value) if isinstance(value, list) and value else "tripped"


def _state_of(payload: bytes) -> Payload | None:
    try:
        state = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return state if isinstance(state, dict) and state.get("schema") == SCHEMA else None


def _text(value: object) -> str:
    """What a stranger sent, for a terminal."""
    shown = "-" if value is None else str(value)
    return "".join(letter for letter in shown if letter.isprintable())[:40]


def _speed(value: object, units: str) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return words.speed(float(value), units) if is_number and 0 <= float(value) < 100 else "-"  # type: ignore[arg-type] # noqa: PLR2004


def _clock(value: object) -> str:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 86_400:  # noqa: PLR2004
        return "-"
    return clock(value)
