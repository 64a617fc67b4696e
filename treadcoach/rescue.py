"""What is left when something has gone wrong: a link made anew, and stops without a session. Decides only to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from treadcoach.errors import LinkLostError, WireError
from treadcoach.ftms import control_point, treadmill_data
from treadcoach.ftms.client import PROCEDURE_IN_PROGRESS
from treadcoach.ftms.control_point import ControlPointRequest
from treadcoach.link import BETWEEN_SUBSCRIPTIONS_S, SUBSCRIPTIONS, GattLink
from treadcoach.safety.limits import START_TIMEOUT_S
from treadcoach.safety.stopping import LADDER_S

# A write that takes longer means that the link is failing.
WRITE_TIMEOUT_S = 0.5
# Between attempts to get a lost link back.
REOPEN_S = 1.0
REOPEN_TIMEOUT_S = 10.0
# When no write has been answered for so long since the first that was not, the link is up in name only; a new one
# is the only way for a stop. Where frames still come a machine may just answer late, and is given longer.
HOPELESS_S = 1.0
HOPELESS_HEARD_S = 5.0
# … but not for a stop.
HOPELESS_STOP_S = 1.5
# Whoever says that they see the belt at rest is believed once every rung has been tried; while the machine reports
# motion, only after this.
WORD_AGAINST_MOTION_S = 60.0
# Where nobody is left who could say that the belt stands, it is stopped for this long.
LONELY_S = 600.0
# A subscription that takes longer must not keep a stop from being written.
SUBSCRIBE_TIMEOUT_S = 2.0
# How often those that did not come about are tried again; a machine may not have all of them.
SUBSCRIBE_ATTEMPTS = 5
# Between the rounds of plain stops.
STOPS_EVERY_S = 0.5
# A machine does one thing at a time: it is given so long to answer, and asked again so often while it is busy.
ANSWER_S = 0.5
BUSY_S = 0.25
BUSY_ATTEMPTS = 4

# Some machines want Pause while they move; to one that has stopped it means nothing. Stop is what makes it final.
_STOPS = (
    ControlPointRequest.stop(),
    ControlPointRequest.request_control(),
    ControlPointRequest.pause(),
    ControlPointRequest.stop(),
)


async def reopen(link: GattLink) -> None:
    """Make the link anew, as far as a stop needs it.

    Most machines take a command only from whoever has subscribed to their answers; one on which that fails may still
    take a stop, so that it is tried.

    Raises:
        Exception: there is no link.
    """
    async with asyncio.timeout(REOPEN_TIMEOUT_S):
        await link.disconnect(for_all=True)  # a link that only looks up is in the way of a new one
        await link.connect()
    await attempt(link, control_point.UUID)


async def attempt(link: GattLink, uuid: int) -> bool:
    """Subscribe to one characteristic, if that can be done soon; whether it was.

    Raises:
        LinkLostError: the link ended.
    """
    try:
        async with asyncio.timeout(SUBSCRIBE_TIMEOUT_S):
            await link.subscribe(uuid)
    except LinkLostError:
        raise
    except Exception:  # noqa: BLE001 - whatever a radio raises: what can be seen of the belt is less than it could be
        return False
    return True


async def listen_again(link: GattLink, is_lost: Callable[[], bool]) -> None:
    """Subscribe to everything there is on a new link, again and again where it fails, while the link is there."""
    missing = list(SUBSCRIPTIONS)
    for _ in range(SUBSCRIBE_ATTEMPTS):
        for uuid in tuple(missing):
            if is_lost():
                return
            if await attempt(link, uuid):
                missing.remove(uuid)
            await asyncio.sleep(BETWEEN_SUBSCRIPTIONS_S)
        if not missing:
            return
        await asyncio.sleep(REOPEN_S)


class Carriage:
    """Whether a link still carries anything, judged by its writes."""

    def __init__(self) -> None:
        self._unanswered_since: float | None = None
        self._was_heard = False

    def heard(self) -> None:
        """A frame came in."""
        self._was_heard = True

    def answered(self) -> None:
        """A write was answered, or there is a new link: all is well again."""
        self._unanswered_since = None

    def is_hopeless(self, now: float, *, stops: bool) -> bool:
        """A write was not answered; whether there is no hope left for this link, or none in time for a stop."""
        if self._unanswered_since is None:
            self._unanswered_since, self._was_heard = now, False
        patience_s = HOPELESS_STOP_S if stops else HOPELESS_HEARD_S
        return now - self._unanswered_since >= (patience_s if self._was_heard else HOPELESS_S)


def is_word_taken(stopping_s: float, *, moves: bool) -> bool:
    """Whether somebody who says that the belt stands, so long after the stop began, is believed."""
    return stopping_s >= (WORD_AGAINST_MOTION_S if moves else LADDER_S)


class PlainStops:
    """Stops that are written when there is no session any more, until the belt is seen standing.

    Args:
        link: As the session left it.
        is_lost: Whether it was lost.
        patience_s: How long; ``None`` until somebody has said that the belt stands.
    """

    def __init__(self, link: GattLink, *, is_lost: bool, patience_s: float | None) -> None:
        self._link = link
        self._is_lost = is_lost
        self._patience_s = patience_s
        self._zeros = self._moving = 0  # records in a row
        self._has_moved = False
        self._clock = asyncio.get_running_loop().time
        self._began_at = self._clock()
        self._answered = asyncio.Event()
        self._listening: asyncio.Task[None] | None = None
        self.is_acknowledged = False
        link.listen(self._notified, self._lost)

    def acknowledge(self) -> None:
        """Somebody sees the belt at rest, and says so."""
        self.is_acknowledged = self.is_acknowledged or is_word_taken(self._spent_s, moves=self._moving > 0)

    @property
    def _spent_s(self) -> float:
        return self._clock() - self._began_at

    @property
    def _sees_rest(self) -> bool:
        """Seen twice; the zeros of a belt that was not seen to move may be those of a start-up countdown."""
        return self._zeros >= 2 and (self._has_moved or self._spent_s >= START_TIMEOUT_S)  # noqa: PLR2004

    async def run(self) -> bool:
        """Write them; whether the belt was seen to stop."""
        while not self._sees_rest and not self.is_acknowledged:
            if self._patience_s is not None and self._spent_s >= self._patience_s:
                break
            if self._is_lost:
                await self._reopen()
            if not self._is_lost:
                self._is_lost = not await self._round()
            await asyncio.sleep(STOPS_EVERY_S)
        self._hear_no_more()
        return self._sees_rest

    async def _round(self) -> bool:
        """Whether any of it arrived."""
        return any([await self._ask(request.to_bytes()) for request in _STOPS])

    async def _ask(self, data: bytes) -> bool:
        """Write one request, and let the machine finish with it; whether it arrived."""
        self._answered.clear()
        with suppress(Exception):
            for _ in range(BUSY_ATTEMPTS):
                async with asyncio.timeout(WRITE_TIMEOUT_S):
                    code = await self._link.write(data)
                if code != PROCEDURE_IN_PROGRESS:
                    break
                await asyncio.sleep(BUSY_S)
            with suppress(TimeoutError):
                async with asyncio.timeout(0 if code else ANSWER_S):
                    await self._answered.wait()
            return True
        return False

    async def _reopen(self) -> None:
        self._hear_no_more()
        with suppress(Exception):
            await reopen(self._link)
            self._is_lost = False
            # Beside the stops, which do not wait for it.
            self._listening = asyncio.create_task(self._listen(), name="subscribe")

    async def _listen(self) -> None:
        with suppress(LinkLostError):
            await listen_again(self._link, lambda: self._is_lost)

    def _hear_no_more(self) -> None:
        if self._listening:
            self._listening.cancel()

    def _notified(self, uuid: int, data: bytes) -> None:
        if uuid == control_point.UUID:
            self._answered.set()
        if uuid != treadmill_data.UUID:
            return
        with suppress(WireError):
            speed = treadmill_data.TreadmillData.from_bytes(data).instantaneous_speed
            if speed is not None:
                self._zeros, self._moving = (0, self._moving + 1) if speed else (self._zeros + 1, 0)
                self._has_moved = self._has_moved or self._moving >= 2  # noqa: PLR2004 - one can be a glitch

    def _lost(self, _reason: str) -> None:
        self._is_lost = True
