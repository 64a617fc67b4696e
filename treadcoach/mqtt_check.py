"""`mqtt check`: does the broker work, step by step, with one thing to do about whatever does not. And `mqtt forget`.

What is tried is not retained, and never tried while a session speaks: nothing that the broker keeps is changed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from treadcoach.broker import broker_of
from treadcoach.config import Configuration, load
from treadcoach.discovery import PREFIX, config_topic, status_topic
from treadcoach.edges.mqtt import Broker, BrokerError, Connection, Heard, Loop, connected, unique
from treadcoach.errors import UsageError
from treadcoach.output import Output
from treadcoach.topics import EVERY, ONLINE, Topics, is_machine_id, machine_of
from treadcoach.words import counted

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
    password = "" if broker.password else ", without a password"
    who = f"as {broker.username}{password}" if broker.username else "without a user name"
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
    output.say("All of it works." if not failed else f"{failed} of {counted(len(steps), 'step')} failed.")
    return FAILED if failed else 0


async def _check(broker: Broker, configuration: Configuration, tell: Callable[[Step], None]) -> None:
    ears, began_at = Ears(), time.monotonic()
    try:
        async with connected(broker, unique(_NAME), ears.hear) as connection:
            took_ms = (time.monotonic() - began_at) * 1000
            tell(Step("broker", f"MQTT {connection.version}, in {took_ms:.0f} ms"))
            for step in await _rights(connection, ears, configuration):
                tell(step)
    except BrokerError as error:
        tell(Step("broker", error.message, error.fix))


async def _rights(connection: Connection, ears: Ears, configuration: Configuration) -> list[Step]:
    settings = configuration.settings.mqtt
    own_id = settings.machine_id or unique("check")
    topics = Topics(own_id)
    tried = {
        "availability": (topics.availability, b"check"),
        "state": (topics.state, b"{}"),
        "event": (topics.event, b"{}"),
        "summary": (topics.summary, b"{}"),
        "command": (topics.command, b"check"),
    }
    kept = await _kept(connection, ears, *(topic for topic, _ in tried.values()))
    if kept.get(topics.availability) == ONLINE.encode():
        return [Step("rights", f"a session is on as {own_id}: its topics are left alone", "try again after it")]
    steps = [] if settings.machine_id else [Step("machine_id", f"not set: tried as {own_id}, which no treadmill is")]
    for name, (topic, payload) in tried.items():
        await connection.publish(topic, payload)
        steps.append(_step(name, topic, came=await ears.echo(topic, payload)))
    if settings.discovery_prefix:
        steps += await _discovery(connection, ears, own_id, settings.discovery_prefix)
    return steps


async def _discovery(connection: Connection, ears: Ears, own_id: str, prefix: str) -> list[Step]:
    """What Home Assistant has been told is said once more; where that is nothing, nothing."""
    topic = config_topic(own_id, prefix)
    payload = (await _kept(connection, ears, topic)).get(topic, b"")
    await connection.publish(topic, payload)
    came = await ears.echo(topic, payload)
    may = await connection.subscribe(status_topic(prefix))
    found = "is subscribed to" if may else "refused"
    fix = "" if may else f"give this user the right to read {status_topic(prefix)}"
    return [_step("discovery", topic, came=came), Step("Home Assistant", f"{status_topic(prefix)}: {found}", fix)]


def _step(name: str, topic: str, *, came: bool) -> Step:
    if came:
        return Step(name, f"{topic}: sent, and heard again")
    return Step(name, f"{topic}: not heard again", f"let this user write and, for this check, read {topic}")


def forget(machine_id: str | None, output: Output) -> int:
    """Have broker and Home Assistant forget a machine."""
    configuration = load()
    broker = broker_of(configuration.settings.mqtt)
    machine_id = machine_id or configuration.settings.mqtt.machine_id
    if machine_id is not None and not is_machine_id(machine_id):
        raise UsageError(f"{machine_id!r} is no machine's name: lower case, digits, - and _, as in hall-1")
    prefix = configuration.settings.mqtt.discovery_prefix or PREFIX
    with asyncio.Runner(loop_factory=Loop) as runner:
        count = runner.run(_forget(broker, machine_id, prefix))
    if output.json:
        output.data({"machine": machine_id, "forgotten": count})
    output.say(f"Forgotten: {machine_id}." if count else f"Nothing was known of {machine_id}, or may be heard.")
    return 0


async def _forget(broker: Broker, machine_id: str | None, prefix: str) -> int:
    """How many messages are not kept any more."""
    ears = Ears()
    async with connected(broker, unique(_NAME), ears.hear) as connection:
        if machine_id is None:
            kept = await _kept(connection, ears, EVERY.availability)
            known = ", ".join(sorted(map(machine_of, kept))) or "none that may be heard"
            raise UsageError(f"which machine? `treadcoach mqtt forget MACHINE_ID`: {known}")
        topics = Topics(machine_id)
        all_of_it = (topics.availability, topics.state, topics.summary, config_topic(machine_id, prefix))
        before = await _kept(connection, ears, *all_of_it)
        if before.get(topics.availability) == ONLINE.encode():
            raise UsageError(f"{machine_id} is in a session: it would be hidden from a leader's stop; end it first")
        for topic in all_of_it:
            await connection.publish(topic, b"", retain=True)
        if after := await _kept(connection, ears, *all_of_it):
            raise BrokerError(f"{', '.join(after)}: still there", "give this user the right to write it")
    return len(before)


async def _kept(connection: Connection, ears: Ears, *topics: str) -> dict[str, bytes]:
    """What the broker keeps, as far as it may be heard."""
    ears.kept.clear()
    for topic in topics:
        await connection.subscribe(topic)
    await asyncio.sleep(KEPT_S)
    return {topic: payload for topic, payload in ears.kept.items() if payload}
