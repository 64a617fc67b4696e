"""A simulated machine as a Bluetooth LE peripheral through Bumble: a dongle on the air, or a link that is virtual.

async with Radio("usb:0", [station]): …        on the air
async with Antenna(station, source, sink): …   on any HCI: a virtual controller in a test
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Self

from treadcoach.errors import MachineNotFoundError
from treadmill_simulator import gatt
from treadmill_simulator.station import Station, only

try:
    from bumble import att
    from bumble.core import UUID, AdvertisingData
    from bumble.device import Connection, Device
    from bumble.gatt import Characteristic, CharacteristicValue, Service
    from bumble.hci import Address
    from bumble.transport import open_transport
except ImportError as error:  # pragma: no cover - an extra
    raise MachineNotFoundError("--radio needs Bumble: pip install 'treadcoach[radio]'") from error

_DEFAULT_MTU = 23
_FLAGS = b"\x06"  # general discoverable, no BR/EDR
_READ_NOT_PERMITTED = 0x02


class Radio:
    """One machine on one HCI transport.

    Args:
        transport: As Bumble names them: ``usb:0``, ``serial:/dev/ttyUSB0,115200``, ``tcp-client:host:port``.
        stations: The machine; one adapter is one machine.

    Raises:
        UsageError: several machines.
    """

    def __init__(self, transport: str, stations: Sequence[Station]) -> None:
        self._name = transport
        self._station = only(stations)

    async def __aenter__(self) -> Self:
        """Open the adapter and be on the air."""
        try:
            self._transport = await open_transport(self._name)
        except Exception as error:  # whatever a transport raises, there is no adapter to use
            raise MachineNotFoundError(f"the transport {self._name} cannot be opened: {error}") from error
        self._antenna = Antenna(self._station, self._transport.source, self._transport.sink)
        await self._antenna.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave the air."""
        await self._antenna.__aexit__()
        await self._transport.close()


class Antenna:
    """One machine on an open HCI."""

    def __init__(self, station: Station, source: Any, sink: Any) -> None:  # noqa: ANN401 - Bumble's own
        self._station = station
        self.device = Device.with_hci(_name(station), Address(station.address), source, sink)
        self._connection: Connection | None = None
        self._characteristics: dict[int, Characteristic[bytes]] = {}
        self._uuids: dict[int, int] = {}  # by attribute handle
        self._outgoing: asyncio.Queue[tuple[int, bytes]] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        station.on_frame = lambda uuid, data: self._outgoing.put_nowait((uuid, data))
        station.on_closed = self._hang_up

    async def __aenter__(self) -> Self:
        """Be on the air."""
        device = self.device
        device.add_services([self._service(service) for service in self._station.machine.services])
        self._uuids = {c.handle: uuid for uuid, c in self._characteristics.items()}
        device.gatt_server.max_mtu = self._station.machine.mtu
        self._largest_mtu = self._station.machine.mtu
        device.gatt_server.on("characteristic_subscription", self._subscribed)
        device.on("connection", self._connected)
        await device.power_on()
        await self._advertise()
        self._tasks = [
            asyncio.create_task(self._station.run(), name="machine"),
            asyncio.create_task(self._send(), name="frames"),
        ]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave the air."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.device.power_off()

    async def _advertise(self) -> None:
        name, services, data = self._station.machine.advertisement
        numbers = b"".join(service.to_bytes(2, "little") for service in services)
        kind = AdvertisingData.Type
        told = [(kind.FLAGS, _FLAGS), (kind.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, numbers)]
        if data:
            told.append((kind.SERVICE_DATA_16_BIT_UUID, gatt.FITNESS_MACHINE.to_bytes(2, "little") + data))
        named = [(kind.COMPLETE_LOCAL_NAME, name.encode())] if name else []
        await self.device.start_advertising(
            auto_restart=True,
            advertising_data=bytes(AdvertisingData(told)),
            scan_response_data=bytes(AdvertisingData(named)),
        )

    # ---- the table -----------------------------------------------------------------------------------------

    def _service(self, service: gatt.Service) -> Service:
        return Service(_uuid(service.uuid), [self._characteristic(c) for c in service.characteristics])

    def _characteristic(self, characteristic: gatt.Characteristic) -> Characteristic[bytes]:
        kinds = Characteristic.Properties
        properties, permissions = kinds(0), Characteristic.Permissions(0)
        for name in characteristic.properties:
            properties |= kinds[name.upper().replace("-", "_")]
        if "read" in characteristic.properties:
            permissions |= Characteristic.Permissions.READABLE
        if properties & (kinds.WRITE | kinds.WRITE_WITHOUT_RESPONSE):
            permissions |= Characteristic.Permissions.WRITEABLE
        uuid = characteristic.uuid

        def read(_: Connection) -> bytes:
            value = self._station.read(uuid)
            if value is None:
                raise att.ATT_Error(att.ErrorCode(_READ_NOT_PERMITTED))
            return value

        async def write(_: Connection, data: bytes) -> None:
            code = await self._station.write(uuid, data)
            if code is not None:
                raise att.ATT_Error(att.ErrorCode(code))

        value: CharacteristicValue[bytes] = CharacteristicValue(read=read, write=write)
        made = self._characteristics[uuid] = Characteristic(_uuid(uuid), properties, permissions, value)
        return made

    # ---- the link ------------------------------------------------------------------------------------------

    def _connected(self, connection: Connection) -> None:
        if not self._station.connect():
            self._end(connection)
            return
        self._connection = connection
        self._station.machine.mtu = min(_DEFAULT_MTU, self._largest_mtu)
        connection.on("connection_att_mtu_update", self._mtu_changed)
        connection.on("disconnection", self._disconnected)

    def _mtu_changed(self) -> None:
        if self._connection:
            self._station.machine.mtu = min(self._connection.att_mtu, self._largest_mtu)

    def _disconnected(self, _reason: int) -> None:
        self._connection = None
        self._station.close("disconnect")

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection:
            self._end(connection)

    def _end(self, connection: Connection) -> None:
        self._tasks.append(asyncio.create_task(connection.disconnect(), name="hang up"))

    def _subscribed(
        self,
        _: Connection,
        characteristic: Characteristic[bytes],
        notifies: bool,  # noqa: FBT001 - Bumble's event
        indicates: bool,  # noqa: FBT001
    ) -> None:
        uuid = self._uuids.get(characteristic.handle)  # Bumble's own, Service Changed, is subscribed by BlueZ too
        if uuid is not None:
            self._station.subscribe(uuid, on=notifies or indicates)

    async def _send(self) -> None:
        """Frames in their order; an indication waits for its confirmation."""
        while True:
            uuid, data = await self._outgoing.get()
            characteristic = self._characteristics[uuid]
            if (connection := self._connection) is None:
                continue
            server = self.device.gatt_server
            try:
                if characteristic.properties & Characteristic.Properties.INDICATE:
                    await server.indicate_subscriber(connection, characteristic, data)
                else:
                    await server.notify_subscriber(connection, characteristic, data)
            except (TimeoutError, asyncio.InvalidStateError, att.ATT_Error):
                continue  # the link went away under it


def _name(station: Station) -> str:
    return station.machine.advertisement.name or "treadmill"


def _uuid(number: int) -> UUID:
    """On the air a short number stays short."""
    return UUID.from_16_bits(number) if number < gatt.SHORT else UUID(gatt.text(number))
