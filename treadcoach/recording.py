"""The journal's vocabulary: inputs, commands, verdicts, snapshots and summaries as plain JSON values, both ways.

A journal is JSON Lines. The first line is a header with everything a replay needs; then every line has `t` (seconds
since the session began) and `type`. Knows no files: lines go to whoever is given.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from treadcoach import events
from treadcoach.drive import Outcome
from treadcoach.errors import JournalError
from treadcoach.events import Notified, Pressed, RawInput, Result, RunnerPressed, Woke
from treadcoach.motion import Incline, Level, Machine, Passport, Speed, SpeedGrid
from treadcoach.preflight import Plan
from treadcoach.safety.limits import Limits, resolve
from treadcoach.tally import Totals

VERSION = 1
# What a passport says that changes what a session does.
_DECIDING = ("unit_proven", "pause_before_stop", "starts_at_console", "jumps")
Line = dict[str, Any]

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def stamp(moment: datetime, timespec: str = "seconds") -> str:
    """Wall-clock time as it is written: UTC, ISO 8601."""
    return moment.isoformat(timespec=timespec).replace("+00:00", "Z")


def encode(line: Line) -> str:
    """One line of a journal, without its end."""
    return _encode(line)


class Header(NamedTuple):
    """What a journal says before anything happens."""

    plan: Plan
    started: str
    """Wall-clock time in UTC, ISO 8601; of a rehearsal the beginning of its virtual time."""
    software: str
    address: str
    maximum_bpm: int | None = None
    seed: int | None = None

    def line(self) -> Line:
        """As JSON."""
        plan = self.plan
        machine = plan.machine
        return {
            "t": 0.0,
            "type": "header",
            "journal": VERSION,
            "software": self.software,
            "started": self.started,
            "simulated": machine.passport.simulated,
            "seed": self.seed,
            "program": {
                "name": plan.profile.name,
                "file": plan.profile.file,
                "source": plan.profile.source_text,
            },
            "runner": {"level": plan.limits.level.value, "maximum_bpm": self.maximum_bpm},
            "machine": {
                "name": machine.passport.name,
                "address": self.address,
                "grid": list(machine.grid),
                "maximum_incline": machine.maximum_incline,
            },
            "passport": {name: getattr(machine.passport, name) for name in _DECIDING},
            "limits": {
                "caps": dict(plan.limits.caps),
                "rate_up": plan.limits.rate_up,
                "rate_down": plan.limits.rate_down,
            },
        }


class Recorder:
    """Writes one session's lines.

    Args:
        emit: Where lines go; called in order, must not block.
    """

    def __init__(self, emit: Callable[[Line], None]) -> None:
        self._emit = emit
        self._steps = 0
        self._at = 0.0
        self._second = -1
        self._place: tuple[object, ...] = ()
        self._verdict: tuple[str, ...] = ("pass",)

    def begin(self, header: Header) -> None:
        """The first line."""
        self._emit(header.line())

    def step(self, now: float, raw: tuple[RawInput, ...], outcome: Outcome) -> None:
        """What one step took and gave."""
        self._steps += 1
        self._at = now
        for happened in raw:
            self._emit({"t": now, "type": "input", "step": self._steps, **_input_fields(happened)})
        snapshot = outcome.snapshot
        verdict = (snapshot.verdict, *snapshot.reasons)
        if verdict != self._verdict:
            self._verdict = verdict
            self._emit({"t": now, "type": "verdict", "verdict": verdict[0], "rules": list(verdict[1:])})
        for verb, value, data, _ in outcome.writes:
            self._emit({"t": now, "type": "command", "verb": verb, "value": value, "bytes": data.hex()})
        for text in outcome.oddities:
            self._emit({"t": now, "type": "oddity", "text": text})
        for notice in outcome.notices:
            self._emit({"t": now, "type": "notice", "kind": notice.kind.value, "text": notice.text})
        place = (snapshot.state, snapshot.segment)
        if int(now) != self._second or place != self._place:
            self._second, self._place = int(now), place
            self._emit({"t": now, "type": "snapshot", **snapshot._asdict()})

    def note(self, kind: str, **fields: object) -> None:
        """Something that was said or settled around the session."""
        self._emit({"t": self._at, "type": kind, **fields})

    def end(self, now: float, result: Result, totals: Totals) -> Line:
        """The summary; what the runner says of it afterwards is all that may follow."""
        self._at = now
        summary = {"t": now, "type": "summary", "result": result.value, **totals._asdict()}
        self._emit(summary)
        return summary


def _input_fields(happened: RawInput) -> Line:
    if isinstance(happened, Notified):
        return {"input": "notified", "uuid": f"{happened.uuid:04x}", "data": happened.data.hex()}
    name = _NAMES[type(happened)]
    fields = {key: value for key, value in happened._asdict().items() if value is not None}
    return {"input": name, **fields}


_INPUTS: dict[str, type[RawInput]] = {
    "woke": Woke,
    "notified": Notified,
    "write_failed": events.WriteFailed,
    "link_lost": events.LinkLost,
    "link_restored": events.LinkRestored,
    "pressed": RunnerPressed,
    "suspended": events.Suspended,
    "stalled": events.Stalled,
    "deadman_acted": events.DeadmanActed,
    "deadman_lost": events.DeadmanLost,
    "voice_lost": events.VoiceLost,
    "voice_restored": events.VoiceRestored,
    "failed": events.Failed,
}
_NAMES = {kind: name for name, kind in _INPUTS.items()}


def input_of(line: Line) -> RawInput:
    """The input that an input line holds.

    Raises:
        JournalError: no such input.
    """
    kind = _INPUTS.get(line.get("input", ""))
    fields = {key: value for key, value in line.items() if key not in {"t", "type", "step", "input"}}
    try:
        if kind is Notified:
            return Notified(int(fields["uuid"], 16), bytes.fromhex(fields["data"]))
        if kind is RunnerPressed:
            return RunnerPressed(Pressed(fields["what"]), fields.get("source", "key"))
        if kind is None:
            raise JournalError(f"unknown input {line.get('input')!r}; was it written by a newer version?")
        return kind(**fields)
    except (KeyError, ValueError, TypeError) as error:
        raise JournalError(f"an input line cannot be read: {error}") from None


def machine_of(header: Line) -> Machine:
    """The machine that a header describes."""
    machine, passport = header["machine"], header["passport"]
    return Machine(
        Passport(machine["name"], **passport, simulated=header["simulated"]),
        SpeedGrid(*map(Speed, machine["grid"])),
        Incline(machine["maximum_incline"]),
    )


def limits_of(header: Line) -> Limits:
    """The limits under which the session ran."""
    limits = resolve(Level(header["runner"]["level"]), machine_of(header).passport)
    return limits._replace(caps={gait: Speed(cap) for gait, cap in header["limits"]["caps"].items()})


def read_lines(text: Iterable[str]) -> Iterator[Line]:
    """The lines of a journal. A torn last line, as a crash leaves it, is left out.

    Raises:
        JournalError: a line before the last is no JSON object, or the first is no header we know.
    """
    torn: int | None = None
    for number, raw in enumerate(text, start=1):
        if torn is not None:
            raise JournalError(f"line {torn} is not JSON")
        try:
            line = json.loads(raw)
        except ValueError:
            torn = number
            continue
        if not isinstance(line, dict) or (number == 1 and line.get("journal") != VERSION):
            raise JournalError(f"line {number} is not a line of a journal of version {VERSION}")
        yield line
