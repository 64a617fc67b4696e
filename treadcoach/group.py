"""Commands on a group of machines: see all of them, stop all of them, start none.

The broker is whatever broker there is; each machine has its own coach and governor, which go on without any of this.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

from treadcoach.broker import broker_of
from treadcoach.config import load
from treadcoach.edges.mqtt import Broker, BrokerError, Connection, Heard, Loop, connected
from treadcoach.errors import MachineNotFoundError
from treadcoach.fronts import has_screen
from treadcoach.output import Output
from treadcoach.roster import COLUMNS, Member, Roster, row
from treadcoach.telemetry import EVERY, Topics
from treadcoach.words import counted

Tell = Callable[[str], None]

NOT_CONFIRMED = 6
# Who has not been heard of by then is not there: what a broker keeps comes at once.
GATHER_S = 1.0
# A machine that is not seen to stop is told again.
AGAIN_S = 1.0
RETRY_S = 3.0
_NO_RIGHT = BrokerError(
    "this user may not hear what the machines tell", "give it the right to read treadcoach/+/state and …/availability"
)


class Stopping:
    """One stop for everybody who is there, and who was seen to obey.

    Args:
        tell: Is called at once for each machine that has to be told.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._roster = Roster()
        self.told_at: dict[str, float] = {}
        self.rested_at: dict[str, float] = {}

    def hear(self, heard: Heard) -> None:
        """A message."""
        at = time.monotonic()
        member = self._roster.hear(heard.topic, heard.payload, retained=heard.retained, at=at)
        if member is None:
            return
        if member.is_online and member.machine_id not in self.told_at:
            self.told_at[member.machine_id] = at
            self._tell(member.machine_id)
        since = self.told_at.get(member.machine_id)
        if since is not None and member.machine_id not in self.rested_at and member.rests_since(since):
            self.rested_at[member.machine_id] = at

    @property
    def waiting(self) -> list[str]:
        """Who was told and not yet seen at rest."""
        return [machine_id for machine_id in self.told_at if machine_id not in self.rested_at]


def stop(patience_s: float, output: Output) -> int:
    """Stop everybody's belt."""
    broker = broker_of(load().settings.mqtt)
    with asyncio.Runner(loop_factory=Loop) as runner:
        stopping = runner.run(_stop(broker, patience_s))
    for machine_id, told_at in sorted(stopping.told_at.items()):
        rested_at = stopping.rested_at.get(machine_id)
        if output.json:
            after_s = None if rested_at is None else round(rested_at - told_at, 3)
            output.data({"machine": machine_id, "stopped": rested_at is not None, "after_s": after_s})
        elif rested_at is not None:
            output.say(f"{machine_id}: stopped, seen at rest after {rested_at - told_at:.1f} s")
    for machine_id in stopping.waiting:
        print(f"{machine_id}: NOT SEEN TO STOP: look at that belt, and pull its safety key!", file=output.err)
    if not stopping.told_at:
        raise MachineNotFoundError(f"nobody is online at {broker.place}: there was nothing to stop")
    return NOT_CONFIRMED if stopping.waiting else 0


async def _stop(broker: Broker, patience_s: float) -> Stopping:
    orders: asyncio.Queue[str] = asyncio.Queue()
    stopping = Stopping(orders.put_nowait)
    async with connected(broker, "treadcoach-group", stopping.hear) as connection:
        telling = asyncio.create_task(_pass_on(orders, connection))
        await _gather(connection)
        await asyncio.sleep(GATHER_S)
        until = time.monotonic() + patience_s
        while stopping.waiting and not telling.done() and time.monotonic() < until:
            for machine_id in stopping.waiting:
                orders.put_nowait(machine_id)
            await asyncio.sleep(AGAIN_S)
        if telling.done():
            telling.result()
        telling.cancel()
    return stopping


async def _pass_on(orders: asyncio.Queue[str], connection: Connection) -> None:
    """Tell each at once: nobody waits until another's stop was acknowledged."""
    async with asyncio.TaskGroup() as tasks:
        while True:
            topic = Topics(await orders.get()).command
            tasks.create_task(connection.publish(topic, b"stop"))


async def _gather(connection: Connection) -> None:
    """Have everybody's messages come."""
    for topic in (EVERY.availability, EVERY.state):
        if not await connection.subscribe(topic):
            raise _NO_RIGHT


def watch(output: Output) -> int:
    """Show all machines, on one screen or line by line, until somebody ends it."""
    configuration = load()
    broker = broker_of(configuration.settings.mqtt)
    units = configuration.settings.display_units
    if has_screen(output):
        from treadcoach.edges.tui.group import GroupApp  # noqa: PLC0415 - only a screen needs its library

        roster, desk = Roster(), _Desk(broker)
        GroupApp(roster, units, broker.place, lambda tell: desk.listen(roster, tell), desk.stop_all).run(loop=Loop())
        return 0
    with asyncio.Runner(loop_factory=Loop) as runner, suppress(KeyboardInterrupt):
        runner.run(_lines(broker, units, output))
    return 0


class _Desk:
    """A leader's line to the broker: made anew whenever it is lost."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._connection: Connection | None = None
        self._roster = Roster()

    async def listen(self, roster: Roster, tell: Tell, then: Callable[[Member], None] | None = None) -> None:
        """Keep a roster up to date for ever; ``then`` is called after each message."""
        self._roster = roster

        def hear(heard: Heard) -> None:
            member = roster.hear(heard.topic, heard.payload, retained=heard.retained, at=time.monotonic())
            if member and then:
                then(member)

        while True:
            try:
                async with connected(self._broker, "treadcoach-group", hear) as self._connection:
                    await _gather(self._connection)
                    tell(f"connected to {self._broker.place}")
                    await self._connection.lasts()
            except BrokerError as error:
                tell(f"{error}; trying again")
            self._connection = None
            await asyncio.sleep(RETRY_S)

    async def stop_all(self) -> str:
        """Tell everybody who is online to stop; what was done."""
        if self._connection is None:
            return "NOT CONNECTED: nobody was told to stop"
        online = [member.machine_id for member in self._roster.online]
        orders = [self._connection.publish(Topics(each).command, b"stop") for each in online]
        told = await asyncio.gather(*orders, return_exceptions=True)
        failed = sum(isinstance(result, BaseException) for result in told)
        return f"{counted(len(online) - failed, 'machine')} told to stop" + (f", {failed} NOT" if failed else "")


async def _lines(broker: Broker, units: str, output: Output) -> None:
    shown: dict[str, tuple[str, ...]] = {}

    def show(member: Member) -> None:
        if output.json:
            output.data({"machine": member.machine_id, "online": member.is_online, "state": member.state})
            return
        cells = row(member, units, time.monotonic())
        if cells != shown.get(member.machine_id):
            shown[member.machine_id] = cells
            output.say("  ".join(f"{cell:<10}" for cell in cells).rstrip())

    output.say("  ".join(f"{column:<10}" for column in COLUMNS).rstrip())
    await _Desk(broker).listen(Roster(), lambda text: print(text, file=output.err), show)
