"""`mqtt check`: does the broker work, step by step, with one thing to do about whatever does not. And `mqtt forget`.

Leaves the broker as it was found.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from treadcoach import __version__
from treadcoach.broker import announcement_of, broker_of
from treadcoach.config import Configuration, load
from treadcoach.discovery import PREFIX, Device, config_topic, status_topic
from treadcoach.edges.mqtt import Broker, BrokerError, Connection, Heard, Loop, connected
from treadcoach.errors import UsageError
from treadcoach.output import Output
from treadcoach.telemetry import ROOT, Topics, is_machine_id

FAILED = 3
# A message that has not come back by then does not come.
ECHO_S = 2.0
# What the broker has kept comes at once.
KEPT_S = 0.5
_NAME = "treadcoach-check"


class Step(NamedTuple):
    """One line of the answer."""

    what: str
    found: str
    fix: str = ""
    """Empty: it works."""

    def line(self) -> str:
        """For people."""
        mark = "x" if self.fix else "ok"
        return f"  {mark:<3} {self.what:<22} {self.found}" + (f"\n      -> {self.fix}" if self.fix else "")


class Ears:
    """Everything that came, and who waits for some of it."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self._fresh: list[Heard] = []
        self._came = asyncio.Event()

    def hear(self, heard: Heard) -> None:
        """A message."""
        if heard.retained:
            self.kept[heard.topic] = heard.payload
        else:
            self._fresh.append(heard)
            self._came.set()

    async def echo(self, topic: str, payload: bytes) -> bool:
        """Wait for a message; whether it came."""
        with suppress(TimeoutError):
            async with asyncio.timeout(ECHO_S):
                while not any((heard.topic, heard.payload) == (topic, payload) for heard in self._fresh):
                    self._came.clear()
                    await self._came.wait()
                return True
        return False


def check(output: Output) -> int:
    """Tell whether broker, credentials, rights and discovery work."""
    configuration = load()
    broker = broker_of(configuration.settings.mqtt)
    tls = " with TLS" if broker.tls else ", not encrypted"
    who = f"as {broker.username}" if broker.username else "without a user name"
    output.say(f"MQTT: {broker.place}{tls}, {who}")
    steps: list[Step] = []

    def tell(step: Step) -> None:
        steps.append(step)
        if output.json:
            output.data({**step._asdict(), "works": not step.fix})
        else:
            output.say(step.line())

    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(_check(broker, configuration, tell))
    failed = sum(bool(step.fix) for step in steps)
    output.say("All of it works." if not failed else f"{failed} of {len(steps)} do not work.")
    return FAILED if failed else 0


async def _check(broker: Broker, configuration: Configuration, tell: Callable[[Step], None]) -> None:
    ears, began_at = Ears(), time.monotonic()
    try:
        async with connected(broker, _NAME, ears.hear) as connection:
            took_ms = (time.monotonic() - began_at) * 1000
            tell(Step("broker", f"MQTT {connection.version}, in {took_ms:.0f} ms"))
            for step in await _rights(connection, ears, configuration):
                tell(step)
    except BrokerError as error:
        tell(Step("broker", error.message, error.fix))


def _own_id(configuration: Configuration) -> str:
    """Whose topics are tried: the machine's that has a name, or one that nobody has."""
    return configuration.settings.mqtt.machine_id or f"check-{secrets.token_hex(3)}"


async def _rights(connection: Connection, ears: Ears, configuration: Configuration) -> list[Step]:
    settings = configuration.settings.mqtt
    own_id = _own_id(configuration)
    topics = Topics(own_id)
    device = Device(own_id, "treadcoach check", simulated=True, software=__version__, has_energy=False)
    tried = {
        "availability": (topics.availability, b"offline"),
        "state": (topics.state, b"{}"),
        "event": (topics.event, b"{}"),
        "summary": (topics.summary, b"{}"),
        "command": (topics.command, b"check"),
    }
    if settings.discovery_prefix:
        announcement = announcement_of(device, settings.discovery_prefix)
        tried["discovery"] = (announcement.config_topic, announcement.payload)
    may_hear = {name: await connection.subscribe(topic) for name, (topic, _) in tried.items()}
    await asyncio.sleep(KEPT_S)
    steps = []
    for name, (topic, payload) in tried.items():
        is_kept = name not in {"event", "command"}
        await connection.publish(topic, payload, retain=is_kept)
        came = may_hear[name] and await ears.echo(topic, payload)
        if is_kept:
            await connection.publish(topic, ears.kept.get(topic, b""), retain=True)
        steps.append(_step(name, topic, came=came, may_hear=may_hear[name]))
    if settings.discovery_prefix:
        topic = status_topic(settings.discovery_prefix)
        may = await connection.subscribe(topic)
        fix = "" if may else f"give this user the right to read {topic}"
        steps.append(Step("Home Assistant", f"its {topic} can be heard" if may else f"{topic}: refused", fix))
    return steps


def _step(name: str, topic: str, *, came: bool, may_hear: bool) -> Step:
    if came:
        return Step(name, f"{topic}: sent, and heard again")
    right = "read" if not may_hear else "write, or read,"
    return Step(name, f"{topic}: not heard again", f"give this user the right to {right} {topic}")


def forget(machine_id: str | None, output: Output) -> int:
    """Have broker and Home Assistant forget a machine."""
    configuration = load()
    broker = broker_of(configuration.settings.mqtt)
    machine_id = machine_id or configuration.settings.mqtt.machine_id
    if machine_id is not None and not is_machine_id(machine_id):
        raise UsageError(f"{machine_id!r} is no machine's name in topics")
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(_forget(broker, machine_id, configuration.settings.mqtt.discovery_prefix or PREFIX))
    output.say(f"Forgotten: {machine_id}. It is told of again when it next runs.")
    return 0


async def _forget(broker: Broker, machine_id: str | None, prefix: str) -> None:
    ears = Ears()
    async with connected(broker, _NAME, ears.hear) as connection:
        if machine_id is None:
            await connection.subscribe(f"{ROOT}/+/availability")
            await asyncio.sleep(KEPT_S)
            known = ", ".join(sorted(topic.split("/")[1] for topic in ears.kept)) or "none that is known here"
            raise UsageError(f"which machine? `treadcoach mqtt forget MACHINE_ID`: {known}")
        topics = Topics(machine_id)
        for topic in (config_topic(machine_id, prefix), topics.state, topics.summary, topics.availability):
            await connection.publish(topic, b"", retain=True)
