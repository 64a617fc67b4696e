"""A session's line to a broker: what it tells, and the two words that it hears.

All of it runs in a thread with an event loop of its own, in real time: a broker that is dead, frozen or slow, or that
floods, never stands in front of a belt. What the session has to tell waits in a queue that drops its oldest.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple

from treadcoach.drive import Outcome
from treadcoach.edges.mqtt import Broker, BrokerError, Connection, Heard, Loop, connected, end, unique, until
from treadcoach.events import Pressed
from treadcoach.recording import stamp
from treadcoach.rehearsal import Ending
from treadcoach.remote import Gate, Ignored
from treadcoach.telemetry import Payload, Reporter, Status, encode
from treadcoach.topics import OFFLINE, ONLINE, Topics

BACKOFF_S, LONGEST_BACKOFF_S = 1.0, 30.0
# At most so often, unless something changes; and never more often than this.
STATE_S, CHANGE_S = 1.0, 0.1
# Events that wait for a broker; the oldest are dropped.
EVENTS = 100
# How long the last words may take, and how soon they are tried again.
CLOSE_S = 2.0
AGAIN_S = 0.2
# What was ignored is told at most this often.
TELL_S = 1.0

_NO_COMMANDS = "this user may not hear commands, so that a remote stop does nothing"


class Ears(NamedTuple):
    """Who hears of what comes; called from the thread."""

    press: Callable[[Pressed], None]
    tell: Callable[[Status], None]
    """How the connection is, when that changes."""
    ignored: Callable[[dict[Ignored, int]], None]
    """What was not obeyed so far."""


class Announcement(NamedTuple):
    """What Home Assistant is told of a machine, and where."""

    config_topic: str
    payload: bytes
    status_topic: str


class Telemeter:
    """One session's line to a broker.

    Args:
        broker: Which.
        machine_id: Of the machine, in topics.
        reporter: Puts into words what is told.
        ears: See there.
        announcement: For Home Assistant.
    """

    def __init__(
        self, broker: Broker, machine_id: str, reporter: Reporter, ears: Ears, announcement: Announcement | None
    ) -> None:
        self._broker = broker
        self._topics = Topics(machine_id)
        self._reporter = reporter
        self._ears = ears
        self._announcement = announcement
        self._gate = Gate()
        self._told_at = 0.0
        self._status: Status | None = None
        self._newest: Payload | None = None  # only the session's thread changes it, and only the other one tells it
        self._changes = 0  # how many there were
        self._told: Payload | None = None
        self._changes_told = 0
        self._events: deque[Payload] = deque(maxlen=EVENTS)
        self._summary: Payload | None = None
        self._greets = False
        self._has_failed = False
        self._has_left = False
        self._ends = False
        self._loop = Loop()
        self._fresh = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)
        self._thread.start()

    @property
    def ignored(self) -> dict[Ignored, int]:
        """What was not obeyed so far."""
        return dict(self._gate.ignored)

    def hear(self, now: float, outcome: Outcome) -> None:
        """One step of the session. Returns at once, and never raises: nothing here is worth a stop."""
        if self._has_failed:
            return
        try:
            report = self._reporter.step(now, outcome, _ts())
        except Exception as error:  # noqa: BLE001 - see above
            self._fail(error)
            return
        self._newest = report.state
        self._changes += report.is_change
        self._events.extend(report.events)
        self._wake()

    def end(self, ending: Ending) -> None:
        """How the session ended: the last words. As `hear`, it never raises."""
        try:
            self._summary = self._reporter.summary(ending.result, ending.totals, _ts())
            self._newest = self._reporter.last(ending.result, _ts())
        except Exception as error:  # noqa: BLE001 - see there
            self._fail(error)
        self._leave()

    def close(self) -> None:
        """Wait for the last words, but not for ever."""
        self._leave()
        self._thread.join(CLOSE_S)

    def _leave(self) -> None:
        self._ends = True
        self._wake()

    def _fail(self, error: Exception) -> None:
        self._has_failed = True
        said = f"it has failed ({type(error).__name__}: {error}); the session goes on without it"
        self._tell(said, is_fault=True)

    def _wake(self) -> None:
        with suppress(RuntimeError):  # the thread has ended
            self._loop.call_soon_threadsafe(self._fresh.set)

    # ---- the thread ----------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._serve())
        except Exception as error:  # noqa: BLE001 - whatever it was, the workout goes on
            self._fail(error)

    async def _serve(self) -> None:
        # One name for all connections: of an old one that looks open a broker lets go when the new one comes.
        name, will = unique(f"treadcoach-{self._topics.machine_id}"), self._topics.availability
        backoff_s = BACKOFF_S
        while not self._has_left:
            began_at = time.monotonic()
            try:
                async with connected(self._broker, name, self._heard, will) as connection:
                    await self._converse(connection)
            except BrokerError as error:
                self._tell(f"{error.message}; the session goes on without it", is_fault=True)
            if time.monotonic() - began_at > LONGEST_BACKOFF_S:
                backoff_s = BACKOFF_S
            if self._ends:
                await asyncio.sleep(AGAIN_S)  # the last words are worth another attempt, for as long as anybody waits
            else:
                await self._rest(backoff_s * random.uniform(0.5, 1.0))  # noqa: S311 - fifty shall not come at once
            backoff_s = min(2 * backoff_s, LONGEST_BACKOFF_S)

    async def _rest(self, seconds: float) -> None:
        ends_at = time.monotonic() + seconds
        while not self._ends and (left := ends_at - time.monotonic()) > 0:
            self._fresh.clear()
            await until(self._fresh, left)

    async def _converse(self, connection: Connection) -> None:
        may = await connection.subscribe(self._topics.command)
        await connection.subscribe(self._topics.availability)
        if self._announcement:
            await connection.subscribe(self._announcement.status_topic)
        place = self._broker.place
        self._tell(f"connected to {place}" if may else f"{place}: {_NO_COMMANDS}", is_fault=not may)
        tasks = {asyncio.create_task(connection.lasts()), asyncio.create_task(self._speak(connection))}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await end(*tasks)

    def _heard(self, heard: Heard) -> None:
        if heard.topic == self._topics.command:
            self._obey(heard)
        elif (heard.payload == ONLINE.encode()) != (heard.topic == self._topics.availability):
            # Home Assistant has started anew; or somebody says that we are not here: an old connection's last will,
            # or a second treadmill of this name.
            self._greets = True
            self._fresh.set()

    def _obey(self, heard: Heard) -> None:
        now, at = datetime.now(UTC), time.monotonic()
        word = self._gate.judge(heard.payload, retained=heard.retained, now=now, at=at)
        if isinstance(word, Pressed):
            self._ears.press(word)
        elif at - self._told_at >= TELL_S:
            self._told_at = at
            self._ears.ignored(self.ignored)

    async def _greet(self, connection: Connection) -> None:
        if self._announcement:
            await connection.publish(self._announcement.config_topic, self._announcement.payload, retain=True)
        await connection.publish(self._topics.availability, ONLINE.encode(), retain=True)

    async def _speak(self, connection: Connection) -> None:
        said_at, self._greets, self._told = 0.0, True, None
        while not self._ends:
            if self._greets:
                self._greets = False
                await self._greet(connection)
            await self._say_events(connection)
            said_at = await self._say_state(connection, said_at)
            await self._rest_until_due(said_at)
        await self._take_leave(connection)

    async def _say_events(self, connection: Connection) -> None:
        while self._events:
            event = self._events[0]
            await connection.publish(self._topics.event, encode(event))
            if self._events and self._events[0] is event:  # it has not been dropped meanwhile
                self._events.popleft()

    async def _say_state(self, connection: Connection, said_at: float) -> float:
        """Tell the newest state, if it is time; when that was done last."""
        now, newest = time.monotonic(), self._newest
        if newest is None or newest is self._told or now < self._due_at(said_at):
            return said_at
        self._changes_told = self._changes
        await connection.publish(self._topics.state, encode(newest), retain=True, qos=0)
        self._told = newest
        return now

    def _due_at(self, said_at: float) -> float:
        return said_at + (CHANGE_S if self._changes != self._changes_told else STATE_S)

    async def _rest_until_due(self, said_at: float) -> None:
        """Until there is something to tell, and it is time to."""
        self._fresh.clear()
        if self._ends or self._events or self._greets:
            return
        left = None
        if self._newest is not self._told:
            left = max(0.0, self._due_at(said_at) - time.monotonic())
        await until(self._fresh, left)

    async def _take_leave(self, connection: Connection) -> None:
        if self._newest:
            await connection.publish(self._topics.state, encode(self._newest), retain=True)
        if self._summary:
            await connection.publish(self._topics.summary, encode(self._summary), retain=True)
        await self._say_events(connection)
        await connection.publish(self._topics.availability, OFFLINE.encode(), retain=True)
        self._has_left = True
        self._ears.ignored(self.ignored)

    def _tell(self, text: str, *, is_fault: bool = False) -> None:
        status = Status(f"MQTT: {text}", is_fault)
        if status != self._status:
            self._status = status
            self._ears.tell(status)


def _ts() -> str:
    """The wall clock, for payloads: nothing is decided by it."""
    return stamp(datetime.now(UTC), "milliseconds")
