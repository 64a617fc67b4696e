"""A recorded session played back as a machine: what came from the real one comes again, at its time.

Understands the sequences of a capture file and the simulator's own log. Writes are taken and, where the recording has
an answer to the same op code, answered with it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from treadcoach.errors import UsageError
from treadcoach.ftms import control_point, machine_status, training_status, treadmill_data
from treadmill_simulator import gatt
from treadmill_simulator.agenda import Agenda
from treadmill_simulator.gatt import Advertisement, Characteristic, Frame, Service

_ANSWER_S = 0.05
_RESPONSE = 0x80
_SUCCESS = 1
_SENDS = (treadmill_data.UUID, training_status.UUID, machine_status.UUID)


class Event(NamedTuple):
    """One thing that was on the wire."""

    at: float
    from_machine: bool
    kind: str
    uuid: int
    data: bytes


class Tape:
    """One recorded session.

    Args:
        name: What it says of itself in the advertisement.
        events: In order of time; it starts when its first client has subscribed.
    """

    closes_link = False
    confirms_after_s = 0.0
    rate = 1.0
    mtu = 247

    def __init__(self, name: str, events: Iterable[Event]) -> None:
        self._name = name
        self._events = sorted(events)
        self._readable = {e.uuid: e.data for e in self._events if e.from_machine and e.kind == "read"}
        self._answers: dict[int, list[bytes]] = defaultdict(list)
        for event in self._events:
            if event.from_machine and event.uuid == control_point.UUID and len(event.data) > 1:
                self._answers[event.data[1]].append(event.data)
        self._agenda = Agenda(0.0, lambda _: None)
        self._subscribed: set[int] = set()
        self._frames: list[Frame] = []
        self._plays = False
        self.received: list[tuple[float, bytes]] = []

    @property
    def length_s(self) -> float:
        """From the first event to the last."""
        return self._events[-1].at - self._events[0].at

    @property
    def advertisement(self) -> Advertisement:
        """What is sent while nobody is connected."""
        return Advertisement(self._name, (gatt.FITNESS_MACHINE,), b"\x01\x01\x00")

    @property
    def services(self) -> tuple[Service, ...]:
        """What the recording shows of the machine."""
        wrote_commands = any(e.kind == "write_no_rsp" and e.uuid == control_point.UUID for e in self._events)
        properties = ("write-without-response", "notify") if wrote_commands else ("write", "indicate")
        fitness = [Characteristic(uuid, ("read",)) for uuid in self._readable if uuid not in _SENDS]
        fitness += [Characteristic(uuid, ("notify",)) for uuid in _SENDS]
        fitness.append(Characteristic(control_point.UUID, properties))
        marker = Service(gatt.MARKER, (Characteristic(gatt.CLOCK_RATE, ("read",)),))
        return (Service(gatt.FITNESS_MACHINE, tuple(fitness)), marker)

    def read(self, uuid: int) -> bytes | None:
        """A readable value."""
        if uuid == gatt.CLOCK_RATE:
            return round(self.rate * 100).to_bytes(2, "little")
        return self._readable.get(uuid)

    def connected(self, now: float) -> None:
        """A client has come; the tape waits for its first subscription."""
        self.advance(now)

    def disconnected(self, now: float) -> None:
        """The link ended; the tape goes on, as a machine does."""
        self.advance(now)
        self._subscribed.clear()

    def subscribe(self, uuid: int, now: float | None = None) -> None:
        """Let frames of a characteristic come. Subscribing to the data starts the tape."""
        if now is not None:
            self.advance(now)
        self._subscribed.add(uuid)
        if uuid == treadmill_data.UUID and not self._plays:
            self._plays = True
            self._play()

    def unsubscribe(self, uuid: int) -> None:
        """No more of them."""
        self._subscribed.discard(uuid)

    def write(self, data: bytes, now: float, uuid: int = control_point.UUID) -> int | None:
        """A write: taken, and answered as it was answered in the recording."""
        self.advance(now)
        if uuid == control_point.UUID and data:
            self.received.append((now, data))
            recorded = self._answers.get(data[0])
            answer = recorded[0] if recorded else bytes((_RESPONSE, data[0], _SUCCESS))
            self._agenda.later(_ANSWER_S, lambda: self._send(control_point.UUID, answer))
        return None

    @property
    def wake_at(self) -> float:
        """When something is due."""
        return self._agenda.now if self._frames else self._agenda.next_at

    def advance(self, now: float) -> None:
        """Let time pass."""
        self._agenda.advance(now)

    def frames(self) -> list[Frame]:
        """What has gone out since the last call."""
        frames, self._frames = self._frames, []
        return frames

    @property
    def sent(self) -> list[Event]:
        """What the machine sent by itself."""
        return [e for e in self._events if e.from_machine and e.uuid in _SENDS and e.kind != "read"]

    def _play(self) -> None:
        began = self._events[0].at
        for event in self.sent:
            self._agenda.later(event.at - began, lambda e=event: self._send(e.uuid, e.data))  # type: ignore[misc]

    def _send(self, uuid: int, data: bytes) -> None:
        if uuid in self._subscribed:
            self._frames.append(Frame(uuid, data))


def load(path: Path, index: int = 0) -> Tape:
    """A recording from a file.

    Args:
        path: A capture file (its ``index``-th sequence), or a log of the simulator.
        index: Which sequence of a capture file, or which machine of a log.

    Raises:
        UsageError: it is neither.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    try:
        captures = json.loads(text)
    except ValueError:
        captures = None
    try:
        if isinstance(captures, dict) and "sequences" in captures:
            return _from_captures(captures, index)
        lines = [json.loads(line) for line in text.splitlines()]
        machine = list(dict.fromkeys(line["machine"] for line in lines))[index]
        of_one = [line for line in lines if line["machine"] == machine]
        return Tape(path.stem, [event for line in of_one for event in _from_log(line)])
    except IndexError:
        raise UsageError(f"{path} holds no recording {index + 1}; --sequence says which of them") from None
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is neither a capture file nor a log of the simulator: {error}") from None


def _from_captures(captures: dict[str, Any], index: int) -> Tape:
    sequence = captures["sequences"][index]
    frames = [f for f in captures["frames"] if f["machine"].split()[:2] == sequence["machine"].split()[:2]]
    readable = [(0.0, "rx", "read", f["char"], f["hex"]) for f in frames if f["char"] in {"2acc", "2ad4", "2ad5"}]
    rows = [*readable, *sequence["events"]]
    events = [
        Event(at, direction == "rx", kind, gatt.number(char), bytes.fromhex(data))
        for at, direction, kind, char, data in rows
        if not char.startswith("cccd")
    ]
    return Tape(sequence["machine"], events)


def _from_log(line: dict[str, Any]) -> list[Event]:
    if "char" not in line or "hex" not in line:
        return []
    data = bytes.fromhex(line["hex"])
    return [Event(line["t_s"], line["dir"] == "tx", line["kind"], gatt.number(line["char"]), data)]
