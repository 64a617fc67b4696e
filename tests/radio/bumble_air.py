"""Bumble on a virtual link: a central for our client, and peripherals that are not made from our code."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bumble.att import ATT_Error
from bumble.controller import Controller
from bumble.device import Connection, Device, Peer
from bumble.gatt_client import CharacteristicProxy
from bumble.hci import Address, OwnAddressType
from bumble.host import Host
from bumble.link import LocalLink
from bumble.transport.common import AsyncPipeSink

from treadcoach.errors import LinkError, LinkLostError
from treadcoach.ftms import control_point
from treadmill_simulator.radio import Antenna
from treadmill_simulator.station import Station


def device(link: LocalLink, name: str, address: str) -> Device:
    """A Bluetooth device of Bumble's on a virtual link."""
    host = Host()
    host.controller = Controller(name, host_source=host, link=link)
    return Device(name=name, address=Address(address), host=host)


class VirtualAntenna(Antenna):
    """A simulated machine on a virtual link."""

    def __init__(self, station: Station, link: LocalLink) -> None:
        controller = Controller("peripheral", link=link)
        super().__init__(station, controller, AsyncPipeSink(controller))


class BumbleLink:
    """Our session's link over Bumble's own GATT client: real ATT, nothing of ours below the bytes."""

    def __init__(self, central: Device, address: str | Address, mtu: int) -> None:
        self._central = central
        self._address = Address(address) if isinstance(address, str) else address
        self._mtu = mtu
        self._connection: Connection | None = None
        self._found: dict[int, CharacteristicProxy[bytes]] = {}
        self._notify: Callable[[int, bytes], None] | None = None
        self._lost: Callable[[str], None] | None = None

    def listen(self, notify: Callable[[int, bytes], None], lost: Callable[[str], None]) -> None:
        self._notify, self._lost = notify, lost

    async def connect(self) -> None:
        connection = await self._central.connect(self._address, own_address_type=OwnAddressType.RANDOM)
        connection.on("disconnection", lambda _: self._ended())
        peer = Peer(connection)
        if self._mtu > 23:
            await peer.request_mtu(self._mtu)
        await peer.discover_all()
        self._found = {int.from_bytes(c.uuid.to_bytes(), "little"): c for c in _short(peer)}
        self._connection = connection

    async def read(self, uuid: int) -> bytes:
        try:
            return bytes(await self._proxy(uuid).read_value())
        except ATT_Error as error:
            raise LinkError(str(error)) from None

    async def subscribe(self, uuid: int) -> None:
        await self._proxy(uuid).subscribe(lambda value: self._notify(uuid, bytes(value)) if self._notify else None)

    async def write(self, data: bytes) -> int | None:
        try:
            await self._proxy(control_point.UUID).write_value(data, with_response=True)
        except ATT_Error as error:
            return int(error.error_code)
        return None

    async def disconnect(self, *, for_all: bool = False) -> None:  # noqa: ARG002 - there is nobody else
        if self._connection:
            await self._connection.disconnect()

    def _proxy(self, uuid: int) -> CharacteristicProxy[bytes]:
        if self._connection is None:
            raise LinkLostError("the link is down")
        if uuid not in self._found:
            raise LinkError(f"no characteristic {uuid:04x}")
        return self._found[uuid]

    def _ended(self) -> None:
        self._connection = None
        if self._lost:
            self._lost("the link ended")


def _short(peer: Peer) -> list[CharacteristicProxy[bytes]]:
    return [c for service in peer.services for c in service.characteristics if len(c.uuid.to_bytes()) == 2]


@asynccontextmanager
async def central(link: LocalLink) -> AsyncIterator[Device]:
    made = device(link, "central", "C0:C1:C2:C3:C4:C5")
    await made.power_on()
    try:
        yield made
    finally:
        await made.power_off()
        await asyncio.sleep(0)
