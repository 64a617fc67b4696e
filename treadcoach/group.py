"""Commands on a group of machines: see all of them, stop all of them, start none.

The broker is whatever broker there is; each machine has its own coach and governor, which go on without any of this.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from treadcoach.broker import broker_of
from treadcoach.config import load
from treadcoach.edges.mqtt import Broker, BrokerError, Connection, Heard, Loop, connected, end, unique, until
from treadcoach.errors import MachineNotFoundError
from treadcoach.fronts import has_screen
from treadcoach.output import Output
from treadcoach.roster import COLUMNS, Member, Orders, Roster, row
from treadcoach.telemetry import Status
from treadcoach.topics import EVERY, Topics
from treadcoach.words import counted

Tell = Callable[[Status], None]

NOT_CONFIRMED = 6
# Who has not been heard of by then is not there: what a broker keeps comes at once.
GATHER_S = 1.0
RETRY_S = 1.0
PATIENCE_S = 30.0
_LOOK_S = 0.1
_WIDTHS = (20, 10, 6, 24, 9, 8, 7, 5, 0)


class Desk:
    """A leader's line to a broker, made anew whenever it is lost: who is there, and one stop for all of them.

    Args:
        broker: Which.
        tell: Is told how the line is.
        then: Is shown whoever was heard.
        patience_s: How long a stop is told again to whoever is not seen at rest.
    """

    def __init__(
        self,
        broker: Broker,
        tell: Tell,
        then: Callable[[Member], None] | None = None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.patience_s = patience_s
        self._broker = broker
        self._tell = tell
        self._then = then
        self._name = unique("treadcoach-group")
        self._came = asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()
        self.roster = Roster()
        self.orders: Orders | None = None
        self.connected_at: float | None = None

    async def work(self) -> None:
        """For ever: hear what comes, and send what is ordered."""
        while True:
            try:
                async with connected(self._broker, self._name, self._hear) as connection:
                    await self._attend(connection)
            except BrokerError as error:
                self._tell(Status(f"{error}", is_fault=True))
            self.connected_at = None
            await asyncio.sleep(RETRY_S)

    def stop_all(self) -> Orders:
        """From now on everybody is told, and told again until they are seen at rest."""
        self.orders = Orders(self.roster, time.monotonic() + self.patience_s)
        self._came.set()
        return self.orders

    def _hear(self, heard: Heard) -> None:
        member = self.roster.hear(heard.topic, heard.payload, retained=heard.retained, at=time.monotonic())
        if member:
            self._came.set()
            if self._then:
                self._then(member)

    async def _attend(self, connection: Connection) -> None:
        for topic in (EVERY.availability, EVERY.state):
            if not await connection.subscribe(topic):
                raise BrokerError("this user may not hear the machines", f"give it the right to read {topic}")
        self.connected_at = time.monotonic()
        self._tell(Status(f"connected to {self._broker.place}"))
        ends = asyncio.create_task(connection.lasts())
        try:
            while not ends.done():
                self._send(connection)
                self._came.clear()
                await until(self._came, _LOOK_S)
            ends.result()
        finally:
            await end(ends, *self._sending)

    def _send(self, connection: Connection) -> None:
        """Each is told at once: nobody waits until another's stop was acknowledged."""
        for machine_id in self.orders.due(time.monotonic(), datetime.now(UTC)) if self.orders else ():
            task = asyncio.create_task(_say_stop(connection, machine_id))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)


async def _say_stop(connection: Connection, machine_id: str) -> None:
    with suppress(BrokerError):  # it is told again, on this line or the next
        await connection.publish(Topics(machine_id).command, b"stop")


# ---- stop --------------------------------------------------------------------------------------------------


def stop(patience_s: float, output: Output) -> int:
    """Stop everybody's belt."""
    broker = broker_of(load().settings.mqtt)

    def tell(status: Status) -> None:
        if status.is_fault:
            print(status.text, file=output.err)

    desk = Desk(broker, tell, patience_s=max(patience_s, GATHER_S))
    with asyncio.Runner(loop_factory=Loop) as runner:
        orders = runner.run(_stop(desk))
    if orders is None:
        raise BrokerError(f"{broker.place} could not be reached: nobody was told to stop", "go to the machines")
    if not orders.told:
        raise MachineNotFoundError(
            f"nobody was heard of at {broker.place}: either no machine is there, or this user may not hear them"
        )
    _report(orders, desk.roster, output)
    return NOT_CONFIRMED if orders.waiting else 0


async def _stop(desk: Desk) -> Orders | None:
    """What became of it; ``None``: the broker could not be reached in time."""
    orders, reached = desk.stop_all(), False
    working = asyncio.create_task(desk.work())
    ends_at = time.monotonic() + desk.patience_s
    while (at := time.monotonic()) < ends_at:
        reached = reached or desk.connected_at is not None
        is_gathered = desk.connected_at is not None and at - desk.connected_at >= GATHER_S
        if is_gathered and not orders.waiting:
            break
        await asyncio.sleep(_LOOK_S)
    await end(working)
    return orders if reached else None


def _report(orders: Orders, roster: Roster, output: Output) -> None:
    for machine_id in orders.told:
        after_s = orders.rest_s(machine_id)
        if output.json:
            rounded = after_s and round(after_s, 3)
            output.data({"machine": machine_id, "stopped": after_s is not None, "after_s": rounded})
        elif after_s is not None:
            output.say(f"{machine_id}: stopped, the belt was seen at rest after {after_s:.1f} s")
    now = datetime.now(UTC)
    for machine_id in orders.waiting:
        lost = " (its coach has vanished)" if roster.members[machine_id].is_lost(now) else ""
        print(f"{machine_id}: NOT SEEN TO STOP{lost}: look at that belt, and pull its safety key!", file=output.err)
    output.say(f"{counted(len(orders.told), 'machine')} in all, as far as this user may hear.")


# ---- watch -------------------------------------------------------------------------------------------------


def watch(output: Output) -> int:
    """Show all machines, on one screen or line by line, until somebody ends it."""
    configuration = load()
    broker = broker_of(configuration.settings.mqtt)
    units = configuration.settings.display_units
    if has_screen(output):
        from treadcoach.edges.tui.group import GroupApp  # noqa: PLC0415 - only a screen needs its library

        GroupApp(units, broker.place, lambda tell: Desk(broker, tell)).run(loop=Loop())
        return 0
    with asyncio.Runner(loop_factory=Loop) as runner, suppress(KeyboardInterrupt):
        runner.run(_lines(broker, units, output))
    return 0


async def _lines(broker: Broker, units: str, output: Output) -> None:
    shown: dict[str, str] = {}

    def show(member: Member) -> None:
        if output.json:
            fresh = member.heard_at is not None
            output.data(
                {"machine": member.machine_id, "online": member.is_online, "fresh": fresh, "state": member.state}
            )
            return
        line = _line(row(member, units, time.monotonic(), datetime.now(UTC)))
        if line != shown.get(member.machine_id):
            shown[member.machine_id] = line
            output.say(line)

    output.say(_line(COLUMNS))
    await Desk(broker, lambda status: print(status.text, file=output.err), show).work()


def _line(cells: tuple[str, ...]) -> str:
    return "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, _WIDTHS, strict=True)).rstrip()
