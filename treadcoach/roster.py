"""A group's machines, as a broker tells of them: what each does, and whether it was seen to stop. Pure."""

from __future__ import annotations

import json
import math
from datetime import datetime
from typing import NamedTuple

from treadcoach import words
from treadcoach.events import State
from treadcoach.program.quantities import clock
from treadcoach.remote import moment_of
from treadcoach.telemetry import SCHEMA, Payload
from treadcoach.topics import OFFLINE, ONLINE, Topics, is_machine_id, machine_of

# What is older than this says nothing of a belt any more.
FRESH_S = 5.0
# Whose coach has vanished may have left a belt running for as long as a program lasts, and no longer.
GONE_S = 3 * 3600.0
# Whoever is not seen to stop is told again.
AGAIN_S = 1.0
# So many machines at one broker are no group but somebody's joke.
MOST = 10_000
# What a stranger sends need not be hashable: no set.
_ENDED = (State.STOPPED.value, State.COMPLETED.value)

_SAID = {ONLINE.encode(): True, OFFLINE.encode(): False, b"": False}
_MARKUP = str.maketrans("[]\\", "()/")

COLUMNS = ("machine", "phase", "belt", "remark", "facing", "left", "target", "bpm", "program")


class Member(NamedTuple):
    """What is known of one machine."""

    machine_id: str
    is_online: bool = False
    state: Payload | None = None
    heard_at: float | None = None
    """When its state came fresh from the machine; ``None``: the broker had kept it."""
    others: tuple[tuple[str, float], ...] = ()
    """Sessions that say that they are this machine, and when each was last heard; more than one is a mistake."""

    @property
    def has_ended(self) -> bool:
        """Whether its session ended as it should: the belt was seen to stop."""
        return (self.state or {}).get("state") in _ENDED

    def is_fresh(self, at: float) -> bool:
        """Whether what it says of itself is of now."""
        return self.heard_at is not None and at - self.heard_at <= FRESH_S

    def is_lost(self, now: datetime) -> bool:
        """Whether its coach has vanished in the middle of a session, and its belt may run."""
        if self.is_online or self.state is None or self.has_ended:
            return False
        said_at = _moment(self.state.get("ts"))
        return said_at is None or (now - said_at).total_seconds() < GONE_S

    def is_doubled(self, at: float) -> bool:
        """Whether two sessions say that they are this machine."""
        return sum(at - heard_at <= FRESH_S for _, heard_at in self.others) > 1

    def rests_since(self, moment: float) -> bool:
        """Whether every session of this name has said after a moment that it is over, and its belt at rest."""
        if self.heard_at is None or self.heard_at < moment or not self.has_ended:
            return False
        return not any(moment - FRESH_S <= heard_at for session, heard_at in self.others if session != self.session)

    @property
    def session(self) -> str:
        """Which session its state is of."""
        return _text((self.state or {}).get("session"))


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
        if not is_machine_id(machine_id) or (machine_id not in self.members and len(self.members) >= MOST):
            return None
        member = self.members.get(machine_id, Member(machine_id))
        topics = Topics(machine_id)
        if topic == topics.availability and payload in _SAID:
            member = member._replace(is_online=_SAID[payload])
        elif topic == topics.state and (state := _state_of(payload)) is not None:
            member = _heard(member, state, None if retained else at)
        else:
            return None
        self.members[machine_id] = member
        return member


class Orders:
    """One stop for everybody: who was told, who has to be told again, and who was seen to obey.

    Args:
        roster: Of everybody who is heard of meanwhile.
        until: When it ends, in monotonic seconds: whoever begins a session later is not meant.
    """

    def __init__(self, roster: Roster, until: float) -> None:
        self._roster = roster
        self._until = until
        self._first: dict[str, float] = {}
        self._last: dict[str, float] = {}
        self._rested: dict[str, tuple[str, float]] = {}

    def due(self, at: float, now: datetime) -> list[str]:
        """Who is to be told now; they count as told from then on. A stop too many costs nothing."""
        for machine_id in self._first:
            self._look(self._roster.members[machine_id])
        due = [
            member.machine_id
            for member in self._roster.members.values()
            if at < self._until
            and at - self._last.get(member.machine_id, -math.inf) >= AGAIN_S
            and self._concerns(member, at, now)
        ]
        for machine_id in due:
            self._first.setdefault(machine_id, at)
            self._last[machine_id] = at
        return due

    def _concerns(self, member: Member, at: float, now: datetime) -> bool:
        if member.machine_id in self._first:
            return member.machine_id not in self._rested
        runs = member.is_fresh(at) and not member.has_ended
        return member.is_online or runs or member.is_lost(now)

    def _look(self, member: Member) -> None:
        """Whether it rests; a session that says so and then moves on does not."""
        told_at, rested = self._first[member.machine_id], self._rested.get(member.machine_id)
        if rested is None and member.rests_since(told_at):
            self._rested[member.machine_id] = (member.session, (member.heard_at or told_at) - told_at)
        elif rested and member.session == rested[0] and not member.has_ended:
            del self._rested[member.machine_id]

    @property
    def told(self) -> list[str]:
        """Everybody who was told."""
        return sorted(self._first)

    def rest_s(self, machine_id: str) -> float | None:
        """Seconds from the word until the machine said that its belt rests; ``None``: it has not."""
        rested = self._rested.get(machine_id)
        return rested and rested[1]

    @property
    def waiting(self) -> list[str]:
        """Who was told and not seen at rest since."""
        return [machine_id for machine_id in self.told if machine_id not in self._rested]


def _heard(member: Member, state: Payload, at: float | None) -> Member:
    """A state has come. One that is not newer than the last of its session was said before: it proves nothing."""
    before = member.state or {}
    is_replay = state.get("session") == before.get("session") and str(state.get("ts")) <= str(before.get("ts"))
    if at is None or is_replay:
        return member if member.state else member._replace(state=state)
    session = _text(state.get("session"))
    ended = state.get("state") in _ENDED
    others = tuple(pair for pair in member.others if pair[0] != session and at - pair[1] <= FRESH_S)
    return member._replace(state=state, heard_at=at, others=others if ended else (*others, (session, at))[-5:])


def row(member: Member, units: str, at: float, now: datetime) -> tuple[str, ...]:
    """One line of a table, in the order of `COLUMNS`.

    Args:
        member: Whom.
        units: Of speeds.
        at: Monotonic seconds.
        now: By the wall clock.
    """
    state = member.state or {}
    program = _text(state.get("program"))
    if not member.is_online:
        phase = _text(state.get("state")) if member.has_ended else "-"
        remark = f"GONE while {_text(state.get('state'))}: look!" if member.is_lost(now) else "offline"
        return (member.machine_id, phase, "-", remark, "-", "-", "-", "-", program)
    is_known = member.is_fresh(at)
    known = state if is_known else {}
    return (
        member.machine_id,
        _text(state.get("state")) if is_known else "?",
        _speed(known.get("observed_kmh"), units),
        _remarks(member, at, is_known=is_known),
        _text(known.get("facing")),
        _clock(known.get("program_remaining_s")),
        _speed(known.get("setpoint_kmh"), units),
        _text(known.get("heart_rate_bpm")),
        program,
    )


def _moment(ts: object) -> datetime | None:
    try:
        return moment_of(str(ts))
    except ValueError:
        return None


def _remarks(member: Member, at: float, *, is_known: bool) -> str:
    state = member.state or {}
    remarks = [
        "TWO of this name" if member.is_doubled(at) else "",
        "" if is_known else "not heard" if member.heard_at is None else "silent",
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
    """What a stranger sent, for a terminal: nothing in it is markup."""
    shown = "-" if value is None else str(value)[:40] if isinstance(value, str | int | float) else "?"
    return "".join(letter for letter in shown.translate(_MARKUP) if letter.isprintable())


def _speed(value: object, units: str) -> str:
    kmh = _number(value, below=100)
    return "-" if kmh is None else words.speed(kmh, units)


def _clock(value: object) -> str:
    seconds = _number(value, below=86_400)
    return "-" if seconds is None else clock(seconds)


def _number(value: object, below: int) -> float | None:
    """What a stranger sent, where a number can be."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value < below else None  # type: ignore[arg-type, operator] # it is one
