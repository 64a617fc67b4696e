"""A broker that is against us: `make flood` (N=1000000, SEED=1). Nothing but stop and pause may come through.

It speaks just enough MQTT 5 to be let near, and sends what nobody asked for as fast as it is taken: random and
malformed words, replayed, retained and oversized ones, on the command's topic and around it. Every message arrives:
the link itself holds the sender up.
"""

from __future__ import annotations

import json
import random
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests/mqtt")]

from treadcoach.edges.mqtt import Broker
from treadcoach.events import Pressed
from treadcoach.telemeter import Ears, Telemeter
from treadcoach.telemetry import About, Reporter, Status
from treadcoach.topics import Topics

TOPICS = Topics("flooded")
_AROUND = (
    TOPICS.state,
    TOPICS.command + "/stop",
    TOPICS.command.upper(),
    "treadcoach/other/command",
    "stop",
    "$SYS/x",
)
_PIECES = (
    b"stop",
    b"pause",
    b"start",
    b"{",
    b"}",
    b'"command":',
    b'"stop"',
    b'"ts":',
    b"0",
    b"1e9",
    b",",
    b"\x00",
    b"\xff",
)
_REPLAYED = b'{"command":"stop","ts":"2020-01-01T00:00:00Z"}'
_GIVES_UP_S = 600.0


class Sent:
    """What was sent on the command's topic, by what should become of it."""

    def __init__(self) -> None:
        self.on_topic = 0
        self.words = {Pressed.STOP: 0, Pressed.PAUSE: 0}


def messages(count: int, seed: int, sent: Sent) -> Iterator[tuple[str, bytes, bool]]:
    """Topic, payload, whether it was kept."""
    chance = random.Random(seed)
    for _ in range(count):
        kind = chance.random()
        topic, kept = TOPICS.command, False
        if kind < 0.05:
            payload = chance.choice((b"stop", b"pause"))
            sent.words[Pressed(payload.decode())] += 1
        elif kind < 0.1:
            payload, kept = chance.choice((b"stop", b"pause")), True
        elif kind < 0.2:
            topic, payload = chance.choice(_AROUND), b"stop"
        elif kind < 0.3:
            payload = _REPLAYED
        elif kind < 0.35:
            payload = b"stop" * chance.randint(65, 500)
        elif kind < 0.6:
            payload = chance.randbytes(chance.randint(0, 40))
        else:
            payload = b"".join(chance.choices(_PIECES, k=chance.randint(2, 8)))
        sent.on_topic += topic == TOPICS.command
        yield topic, payload, kept


def packet(topic: str, payload: bytes, *, kept: bool) -> bytes:
    """An MQTT 5 PUBLISH."""
    body = len(topic).to_bytes(2, "big") + topic.encode() + b"\x00" + payload
    return bytes([0x30 | kept]) + _length(len(body)) + body


def _length(value: int) -> bytes:
    found = bytearray()
    while True:
        value, low = divmod(value, 128)
        found.append(low | (0x80 if value else 0))
        if not value:
            return bytes(found)


class HostileBroker:
    """Lets one client in, answers what has to be answered, and sends packets."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self.client: socket.socket | None = None
        self.is_subscribed = threading.Event()
        self._one_at_a_time = threading.Lock()
        threading.Thread(target=self._serve, daemon=True).start()

    def send(self, data: bytes) -> None:
        """Bytes, whatever they are."""
        assert self.client
        self._write(self.client, data)

    def _write(self, client: socket.socket, data: bytes) -> None:
        with self._one_at_a_time:
            client.sendall(data)

    def hang_up(self) -> None:
        """End this conversation."""
        if self.client:
            with suppress(OSError):
                self.client.shutdown(socket.SHUT_RDWR)
            self.client.close()

    def close(self) -> None:
        """Hang up for good."""
        self._server.close()
        self.hang_up()

    def _serve(self) -> None:
        while True:
            try:
                self.client, _ = self._server.accept()
            except OSError:
                return
            with self.client as client, suppress(OSError, ValueError):
                self._answer(client)

    def _answer(self, client: socket.socket) -> None:
        with client.makefile("rb") as stream:
            while head := stream.read(1):
                body = stream.read(self._read_length(stream))
                match head[0] >> 4:
                    case 1:
                        self._write(client, b"\x20\x03\x00\x00\x00")
                    case 3 if head[0] & 6:
                        at = 2 + int.from_bytes(body[:2], "big")
                        self._write(client, b"\x40\x02" + body[at : at + 2])
                    case 8:
                        self._write(client, b"\x90\x04" + body[:2] + b"\x00\x01")
                        if TOPICS.availability.encode() in body:  # the last of them
                            self.is_subscribed.set()
                    case 12:
                        self._write(client, b"\xd0\x00")

    @staticmethod
    def _read_length(stream: object) -> int:
        value, shift = 0, 0
        while True:
            byte = stream.read(1)[0]  # type: ignore[attr-defined]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return int(value)


class Victim:
    """A session's line to that broker, and what came through it."""

    def __init__(self, port: int) -> None:
        self.pressed: list[object] = []
        self.said: list[Status] = []
        about = About("2026-01-01T00:00:00Z", "Flooded", "None", simulated=True)
        ears = Ears(self.pressed.append, self.said.append, lambda _counts: None)
        self.telemeter = Telemeter(Broker("127.0.0.1", port), TOPICS.machine_id, Reporter(about), ears, None)

    @property
    def judged(self) -> int:
        """How many messages were looked at."""
        return len(self.pressed) + sum(self.telemeter.ignored.values())


def drown(count: int, seed: int) -> tuple[Victim, Sent, list[float]]:
    """Send all of it; what came through, what was sent, and megabytes of memory at each tenth."""
    broker, sent = HostileBroker(), Sent()
    memory: list[float] = []
    victim = Victim(broker.port)
    assert broker.is_subscribed.wait(20)
    for number, (topic, payload, kept) in enumerate(messages(count, seed, sent)):
        broker.send(packet(topic, payload, kept=kept))
        if number % (count // 10) == 0:
            memory.append(megabytes())
    until = time.monotonic() + _GIVES_UP_S
    while victim.judged < sent.on_topic and time.monotonic() < until:
        time.sleep(0.05)
    memory.append(megabytes())
    victim.telemeter.close()
    broker.close()
    return victim, sent, memory


def megabytes(pid: int | str = "self") -> float:
    """The memory that a process has."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def main(count: int, seed: int) -> int:
    """Tell how it went."""
    began_at = time.monotonic()
    victim, sent, memory = drown(count, seed)
    took_s = time.monotonic() - began_at
    strange = [word for word in victim.pressed if word not in {Pressed.STOP, Pressed.PAUSE}]
    print(f"{count} messages, seed {seed}: {count / took_s:.0f} a second, {victim.judged} of {sent.on_topic} judged")
    print(f"came through: {len(victim.pressed)}, of which neither stop nor pause: {len(strange)}")
    print(json.dumps({reason.value: number for reason, number in victim.telemeter.ignored.items()}))
    print("memory in MB, at each tenth: " + " ".join(f"{value:.0f}" for value in memory))
    grows = memory[-1] - memory[1]
    is_well = not strange and victim.judged == sent.on_topic and grows < 16
    print("all is well" if is_well else f"BROKEN: it grew by {grows:.0f} MB, or see above")
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
