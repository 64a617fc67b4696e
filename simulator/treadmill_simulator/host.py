"""A simulated machine served by this computer's own BlueZ: an adapter becomes the machine's radio.

async with Host("hci0", [station]): …
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from typing import Self

from dbus_fast import Message, Variant

from treadcoach.errors import MachineNotFoundError
from treadmill_simulator import gatt
from treadmill_simulator.dbus import ObjectTree, Refusal
from treadmill_simulator.gatt import Characteristic
from treadmill_simulator.station import Station, only

_BLUEZ, _DEVICE = "org.bluez", "org.bluez.Device1"
_SERVICE, _CHARACTERISTIC = "org.bluez.GattService1", "org.bluez.GattCharacteristic1"
_SERVE = "org.bluez.GattManager1.RegisterApplication"
_ADVERTISE = "org.bluez.LEAdvertisingManager1.RegisterAdvertisement"
_ROOT, _ADVERTISEMENT = "/treadmill", "/treadmill/advertisement"
_CHANGES = "type='signal',sender='org.bluez',interface='org.freedesktop.DBus.Properties',member='PropertiesChanged'"
_SYSTEM_BUS = "unix:path=/run/dbus/system_bus_socket"
_READ_NOT_PERMITTED = 0x02
_IN_PROGRESS = 0xFE


class Host:
    """One machine on one adapter of this computer. Its address is the adapter's.

    BlueZ does not say whether a link was made by us or to us: while this runs, any link of the adapter is taken for
    the machine's.

    Args:
        adapter: ``hci0``.
        stations: The machine; one adapter is one machine.

    Raises:
        UsageError: several machines.
    """

    def __init__(self, adapter: str, stations: Sequence[Station]) -> None:
        self._station = only(stations)
        self._adapter = f"/org/bluez/{adapter}"
        self._tree = ObjectTree()
        self._paths: dict[int, str] = {}
        self._client: str | None = None
        self._station.on_frame = self._frame
        self._station.on_closed = self._hang_up

    async def __aenter__(self) -> Self:
        """Be on the air.

        Raises:
            MachineNotFoundError: this computer's Bluetooth does not do it.
        """
        address = os.environ.get("DBUS_SYSTEM_BUS_ADDRESS", _SYSTEM_BUS)
        try:
            await self._tree.open(address)
            self._export()
            await self._tree.watch(_CHANGES, self._changed)
            await self._tree.call(_BLUEZ, self._adapter, _SERVE, "oa{sv}", _ROOT, {})
            await self._tree.call(_BLUEZ, self._adapter, _ADVERTISE, "oa{sv}", _ADVERTISEMENT, {})
        except (OSError, Refusal) as error:
            raise MachineNotFoundError(f"BlueZ does not serve it on {self._adapter}: {error}") from error
        self._tree.start(self._station.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave the air; BlueZ forgets whoever leaves its bus."""
        await self._tree.close()

    # ---- what BlueZ is shown -------------------------------------------------------------------------------

    def _export(self) -> None:
        for number, service in enumerate(self._station.machine.services):
            service_path = f"{_ROOT}/service{number}"
            told = {"UUID": Variant("s", gatt.text(service.uuid)), "Primary": Variant("b", True)}
            self._tree.export(service_path, _SERVICE, told)
            for index, characteristic in enumerate(service.characteristics):
                self._export_one(characteristic, f"{service_path}/char{index}", service_path)
        name, services, data = self._station.machine.advertisement
        advertisement = {
            "Type": Variant("s", "peripheral"),
            "ServiceUUIDs": Variant("as", [gatt.text(service) for service in services]),
            **({"LocalName": Variant("s", name)} if name else {}),
            **(
                {"ServiceData": Variant("a{sv}", {gatt.text(gatt.FITNESS_MACHINE): Variant("ay", data)})}
                if data
                else {}
            ),
        }
        self._tree.export(_ADVERTISEMENT, "org.bluez.LEAdvertisement1", advertisement)

        async def released(message: Message) -> Message:
            return Message.new_method_return(message)

        self._tree.answer(_ADVERTISEMENT, "Release", released)

    def _export_one(self, characteristic: Characteristic, path: str, service: str) -> None:
        self._paths[characteristic.uuid] = path
        told = {
            "UUID": Variant("s", gatt.text(characteristic.uuid)),
            "Service": Variant("o", service),
            "Flags": Variant("as", list(characteristic.properties)),
        }
        self._tree.export(path, _CHARACTERISTIC, told)

        async def call(message: Message) -> Message:
            return await self._gatt(characteristic.uuid, message)

        for member in ("ReadValue", "WriteValue", "StartNotify", "StopNotify"):
            self._tree.answer(path, member, call)

    # ---- what BlueZ asks -----------------------------------------------------------------------------------

    async def _gatt(self, uuid: int, message: Message) -> Message:
        self._station.connect()  # it may speak before it tells of the link
        match message.member:
            case "ReadValue":
                value = self._station.read(uuid)
                if value is None:
                    raise _att_refusal(_READ_NOT_PERMITTED)
                offset = message.body[0]["offset"].value if "offset" in message.body[0] else 0
                return Message.new_method_return(message, "ay", [value[offset:]])
            case "WriteValue":
                code = await self._station.write(uuid, bytes(message.body[0]))
                if code is not None:
                    raise _att_refusal(code)
            case _:
                self._station.subscribe(uuid, on=message.member == "StartNotify")
        return Message.new_method_return(message)

    def _changed(self, message: Message) -> None:
        interface, properties, _ = message.body
        path = str(message.path)
        if interface != _DEVICE or not path.startswith(self._adapter) or "Connected" not in properties:
            return
        if properties["Connected"].value:
            self._client = path
            self._station.connect()
        elif path == self._client:
            self._client = None
            self._station.close("lost")

    def _frame(self, uuid: int, data: bytes) -> None:
        self._tree.tell(self._paths[uuid], _CHARACTERISTIC, {"Value": Variant("ay", data)})

    def _hang_up(self) -> None:
        client, self._client = self._client, None
        if client:
            self._tree.start(self._disconnect(client))

    async def _disconnect(self, client: str) -> None:
        with contextlib.suppress(Refusal):  # it is gone already
            await self._tree.call(_BLUEZ, client, f"{_DEVICE}.Disconnect")


def _att_refusal(code: int) -> Refusal:
    """BlueZ takes a number for the ATT error, but sends only 0x80 to 0x9f; for others "unlikely error" goes out."""
    if code == _IN_PROGRESS:
        return Refusal("org.bluez.Error.InProgress", "In Progress")
    return Refusal("org.bluez.Error.Failed", f"0x{code:02x}")
