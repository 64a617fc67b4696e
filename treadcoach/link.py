"""The narrow seam to whatever carries bytes to a machine, and what a new link needs before a session may begin."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol

from treadcoach.errors import LinkError, LinkLostError
from treadcoach.ftms import control_point, machine_status, training_status, treadmill_data
from treadcoach.motion import Machine, Passport
from treadcoach.treadmill import CAPABILITIES, machine_of

# Reads are answered within two connection intervals; a machine that needs longer tells nothing usable.
READ_TIMEOUT_S = 2.0
# Some firmware drops subscriptions that follow one another faster.
BETWEEN_SUBSCRIPTIONS_S = 0.1

SUBSCRIPTIONS = (treadmill_data.UUID, machine_status.UUID, training_status.UUID, control_point.UUID)
"""What is subscribed, one at a time, in this order."""

# A host's stack copies a frame within this; no machine answers two writes so soon after one another.
COPY_S = 0.03


class GattLink(Protocol):
    """Where bytes go. One machine, one link; every method may raise a `LinkError`."""

    def listen(self, notify: Callable[[int, bytes], None], lost: Callable[[str], None]) -> None:
        """Report frames and the link's end through these, which never raise; before, they are dropped."""

    async def connect(self) -> None:
        """Open the link; nothing is subscribed on a new one."""

    async def read(self, uuid: int) -> bytes:
        """Read a characteristic."""

    async def subscribe(self, uuid: int) -> None:
        """Let notifications or indications of a characteristic come."""

    async def write(self, data: bytes) -> int | None:
        """Write to the Control Point; the ATT error if the machine refused the write itself."""

    async def disconnect(self, *, for_all: bool = False) -> None:
        """Close the link; ``for_all``: also where other programs have it, because it carries nothing any more."""


class Copies:
    """Knows the copies that a frame arrives in where several programs of one computer have subscribed.

    BlueZ tells everybody of a frame once for each subscriber, and the deadman is one: a refusal heard twice would be
    taken for the refusal of what was tried next.
    """

    def __init__(self) -> None:
        self._heard: dict[int, tuple[bytes, float]] = {}

    def is_one(self, uuid: int, data: bytes, now: float) -> bool:
        """Whether a frame repeats the last one of its characteristic at once; ``now`` in real seconds."""
        before, at = self._heard.get(uuid, (b"", -COPY_S))
        if data == before and now - at < COPY_S:
            return True
        self._heard[uuid] = data, now
        return False


async def read_all(link: GattLink, uuids: Iterable[int]) -> dict[int, bytes | None]:
    """Several characteristics, one after the other; ``None`` where one is missing or does not come in time.

    Raises:
        LinkLostError: the link ended.
    """
    return {uuid: await _read(link, uuid) for uuid in uuids}


async def prepare(link: GattLink, passport: Passport) -> Machine:
    """Read what a new link's machine tells of itself, and subscribe.

    Raises:
        LinkError: the link failed, or there is nothing to control.
    """
    read = await read_all(link, CAPABILITIES)
    await subscribe(link)
    return machine_of(passport, read)


async def _read(link: GattLink, uuid: int) -> bytes | None:
    try:
        async with asyncio.timeout(READ_TIMEOUT_S):
            return await link.read(uuid)
    except LinkLostError:
        raise
    except (LinkError, TimeoutError):
        return None


async def subscribe(link: GattLink) -> None:
    """Subscribe to everything there is of `SUBSCRIPTIONS`.

    Raises:
        LinkError: the link failed, or there is nothing to control.
    """
    for uuid in SUBSCRIPTIONS:
        try:
            await link.subscribe(uuid)
        except LinkLostError:
            raise
        except LinkError:
            if uuid == control_point.UUID:
                raise LinkError("this machine has no control point: it can be watched, not coached") from None
        await asyncio.sleep(BETWEEN_SUBSCRIPTIONS_S)
