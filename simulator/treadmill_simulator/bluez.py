"""Simulated machines behind a private D-Bus that looks like BlueZ: any bleak program on Linux finds them.

    async with PrivateBus() as address, Bluez(address, stations):
        …  DBUS_SYSTEM_BUS_ADDRESS=address treadcoach scan

Needs the program `dbus-daemon`; no root, no Bluetooth. As on a real host, all programs share one link to a machine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Self

from dbus_fast import Message, Variant

from treadmill_simulator import gatt
from treadmill_simulator.dbus import ObjectTree, Properties, Refusal
from treadmill_simulator.gatt import Characteristic
from treadmill_simulator.station import Station

ADVERTISING_S = 0.1
REACHABLE_WITHIN_S = 2.0  # a Connect to somebody who is not there fails after this

_ADAPTER, _DEVICE = "org.bluez.Adapter1", "org.bluez.Device1"
_SERVICE, _CHARACTERISTIC = "org.bluez.GattService1", "org.bluez.GattCharacteristic1"


def _failed(text: str) -> Refusal:
    return Refusal("org.bluez.Error.Failed", text)


# BlueZ has names of its own for some ATT errors, and one form for all the others.
_ATT_ERRORS = {
    0x02: ("org.bluez.Error.NotPermitted", "Read not permitted"),
    0x03: ("org.bluez.Error.NotPermitted", "Write not permitted"),
    0x05: ("org.bluez.Error.NotPermitted", "Not paired"),
    0x06: ("org.bluez.Error.NotSupported", "Operation is not supported"),
    0x08: ("org.bluez.Error.NotAuthorized", "Operation Not Authorized"),
    0x0C: ("org.bluez.Error.NotPermitted", "Not paired"),
    0x0D: ("org.bluez.Error.InvalidArguments", "Invalid Length"),
    0x0F: ("org.bluez.Error.NotPermitted", "Not paired"),
    0xFD: ("org.bluez.Error.ImproperlyConfigured", "Improperly Configured"),
}


def _att_refusal(code: int) -> Refusal:
    name, text = _ATT_ERRORS.get(code, ("org.bluez.Error.Failed", f"Operation failed with ATT error: 0x{code:02x}"))
    return Refusal(name, text)


class Bluez:
    """`org.bluez` on a bus.

    Args:
        address: Of the bus.
        stations: The machines in range of the first adapter.
        adapters: Names of the adapters.
        interval_s: The connection interval: a write takes one to arrive, a frame one to come.
        disconnect_s: Between the word to disconnect and its effect; a real host takes more than two seconds.
    """

    def __init__(
        self,
        address: str,
        stations: Sequence[Station],
        *,
        adapters: Sequence[str] = ("hci0",),
        interval_s: float = 0.0,
        disconnect_s: float = 0.0,
    ) -> None:
        self._address = address
        self.interval_s = interval_s
        self.disconnect_s = disconnect_s
        self.tree = ObjectTree()
        self._scanning: dict[str, set[str]] = {}  # by adapter, the programs that scan
        self._adapters = [f"/org/bluez/{name}" for name in adapters]
        self.devices = [Device(self, self._adapters[0], station) for station in stations]

    async def __aenter__(self) -> Self:
        """Appear."""
        await self.tree.open(self._address, "org.bluez")
        await self.tree.watch_leavers(self._left)
        for path in self._adapters:
            self._add_adapter(path)
        self.tree.start(self._advertise())
        for device in self.devices:
            self.tree.start(device.station.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Disappear."""
        await self.tree.close()

    def _left(self, name: str) -> None:
        """A program is gone: what it wanted is not wanted any more."""
        for path, programs in self._scanning.items():
            if name in programs:
                self._scan(path, name, on=False)
        for device in self.devices:
            device.program_left(name)

    # ---- adapters ------------------------------------------------------------------------------------------

    def _add_adapter(self, path: str) -> None:
        number = self._adapters.index(path)
        self.tree.export(
            path,
            _ADAPTER,
            {
                "Address": Variant("s", f"00:00:5E:00:53:{number + 1:02X}"),
                "AddressType": Variant("s", "public"),
                "Name": Variant("s", "simulated host"),
                "Alias": Variant("s", "simulated host"),
                "Powered": Variant("b", True),
                "Discoverable": Variant("b", False),
                "Pairable": Variant("b", False),
                "Discovering": Variant("b", False),
                "Roles": Variant("as", ["central", "peripheral"]),
                "UUIDs": Variant("as", []),
            },
        )
        self._scanning[path] = set()
        for member in ("SetDiscoveryFilter", "StartDiscovery", "StopDiscovery", "RemoveDevice"):
            self.tree.answer(path, member, self._adapter_call)

    def power(self, *, on: bool) -> None:
        """Switch every adapter on or off."""
        for path in self._adapters:
            self.tree.change(path, _ADAPTER, {"Powered": Variant("b", on)})
            if not on:
                for device in self.devices:
                    device.station.close("adapter off")

    async def _adapter_call(self, message: Message) -> Message:
        path = str(message.path)
        if not self.tree.get(path, _ADAPTER, "Powered"):
            raise Refusal("org.bluez.Error.NotReady", "Resource Not Ready")
        sender = str(message.sender)
        if message.member == "StartDiscovery":
            self._scan(path, sender, on=True)
        elif message.member == "StopDiscovery":
            if sender not in self._scanning[path]:
                raise _failed("No discovery started")
            self._scan(path, sender, on=False)
        elif message.member == "RemoveDevice":
            for device in self.devices:
                if device.path == message.body[0]:
                    device.forget()
        return Message.new_method_return(message)

    def _scan(self, path: str, program: str, *, on: bool) -> None:
        programs = self._scanning[path]
        was = bool(programs)
        programs.add(program) if on else programs.discard(program)
        if bool(programs) != was:
            self.tree.change(path, _ADAPTER, {"Discovering": Variant("b", on)})

    async def _advertise(self) -> None:
        while True:
            if self._scanning[self._adapters[0]]:
                for device in self.devices:
                    device.advertise()
            await asyncio.sleep(ADVERTISING_S)


class Device:
    """One machine as a device of BlueZ."""

    def __init__(self, bluez: Bluez, adapter: str, station: Station) -> None:
        self._bluez = bluez
        self._tree = bluez.tree
        self._adapter = adapter
        self.station = station
        self.path = f"{adapter}/dev_{station.address.replace(':', '_')}"
        self._rssi = -50
        self._characteristics: dict[int, str] = {}
        self._notifying: dict[int, set[str]] = {}
        self._busy: set[int] = set()
        station.on_frame = self._frame
        station.on_closed = self._closed

    # ---- seen ----------------------------------------------------------------------------------------------

    def advertise(self) -> None:
        """Be seen by whoever scans."""
        if not self.station.advertises:
            return
        self._rssi = -51 if self._rssi == -50 else -50  # noqa: PLR2004 - a value that changes is told again
        if self._tree.has(self.path):
            self._tree.change(self.path, _DEVICE, {"RSSI": Variant("n", self._rssi)})
            return
        self._tree.export(self.path, _DEVICE, self._properties())
        for member in ("Connect", "Disconnect", "Pair"):
            self._tree.answer(self.path, member, self._call)

    def _properties(self) -> Properties:
        name, services, data = self.station.machine.advertisement
        address = self.station.address
        uuid = gatt.text(gatt.FITNESS_MACHINE)
        return {
            "Address": Variant("s", address),
            "AddressType": Variant("s", "random"),
            "Alias": Variant("s", name or address.replace(":", "-")),
            **({"Name": Variant("s", name)} if name else {}),
            "Adapter": Variant("o", self._adapter),
            **{flag: Variant("b", False) for flag in ("Paired", "Bonded", "Trusted", "Blocked", "LegacyPairing")},
            "Connected": Variant("b", False),
            "ServicesResolved": Variant("b", False),
            "UUIDs": Variant("as", [gatt.text(service) for service in services]),
            "RSSI": Variant("n", self._rssi),
            **({"ServiceData": Variant("a{sv}", {uuid: Variant("ay", data)})} if data else {}),
        }

    def forget(self) -> None:
        """The host forgets it."""
        self.station.close()
        for path in self._characteristics.values():
            self._tree.unexport(path)
        self._characteristics.clear()
        self._tree.unexport(self.path)

    # ---- the link ------------------------------------------------------------------------------------------

    async def _call(self, message: Message) -> Message:
        match message.member:
            case "Connect":
                await self._connect()
            case "Disconnect":
                if not self.station.is_connected:
                    raise Refusal("org.bluez.Error.NotConnected", "Not Connected")
                _later(self._bluez.disconnect_s or 0.001, self.station.close)
            case _:
                raise Refusal("org.bluez.Error.AuthenticationFailed", "Authentication Failed")
        return Message.new_method_return(message)

    async def _connect(self) -> None:
        if not self.station.connect():
            await asyncio.sleep(REACHABLE_WITHIN_S)
            raise _failed("Software caused connection abort")
        self._tree.change(self.path, _DEVICE, {"Connected": Variant("b", True)})
        self._export_services()
        uuids = [gatt.text(service.uuid) for service in self.station.machine.services]
        self._tree.change(self.path, _DEVICE, {"UUIDs": Variant("as", uuids), "ServicesResolved": Variant("b", True)})

    def _closed(self) -> None:
        for programs in self._notifying.values():
            programs.clear()
        self._tree.change(self.path, _DEVICE, {"ServicesResolved": Variant("b", False)})
        self._tree.change(self.path, _DEVICE, {"Connected": Variant("b", False)})

    def _export_services(self) -> None:
        if self._characteristics:
            return
        handle = 0x10
        for service in self.station.machine.services:
            service_path = f"{self.path}/service{handle:04x}"
            told = {
                "UUID": Variant("s", gatt.text(service.uuid)),
                "Device": Variant("o", self.path),
                "Primary": Variant("b", True),
            }
            self._tree.export(service_path, _SERVICE, told)
            for characteristic in service.characteristics:
                handle += 3
                self._export(characteristic, f"{service_path}/char{handle:04x}", service_path)
            handle += 3

    def _export(self, characteristic: Characteristic, path: str, service: str) -> None:
        self._characteristics[characteristic.uuid] = path
        self._notifying[characteristic.uuid] = set()
        told = {
            "UUID": Variant("s", gatt.text(characteristic.uuid)),
            "Service": Variant("o", service),
            "Flags": Variant("as", list(characteristic.properties)),
            "Value": Variant("ay", b""),
            "Notifying": Variant("b", False),
            "MTU": Variant("q", self.station.machine.mtu),
        }
        self._tree.export(path, _CHARACTERISTIC, told)

        async def call(message: Message) -> Message:
            if not self.station.is_connected:
                raise _failed("Not connected")
            return await self._gatt(characteristic, message)

        for member in ("ReadValue", "WriteValue", "StartNotify", "StopNotify"):
            self._tree.answer(path, member, call)

    # ---- characteristics -----------------------------------------------------------------------------------

    async def _gatt(self, characteristic: Characteristic, message: Message) -> Message:
        uuid = characteristic.uuid
        match message.member:
            case "ReadValue":
                value = self.station.read(uuid) if "read" in characteristic.properties else None
                await asyncio.sleep(self._bluez.interval_s)
                if value is None:
                    raise _att_refusal(0x02)
                return Message.new_method_return(message, "ay", [value])
            case "WriteValue":
                await self._write(characteristic, bytes(message.body[0]), message.body[1])
            case _:
                if not characteristic.subscribable:
                    raise Refusal("org.bluez.Error.NotSupported", "Operation is not supported")
                await asyncio.sleep(self._bluez.interval_s)
                self._subscribe(uuid, str(message.sender), on=message.member == "StartNotify")
        return Message.new_method_return(message)

    async def _write(self, characteristic: Characteristic, data: bytes, options: dict[str, Variant]) -> None:
        uuid = characteristic.uuid
        commands = "type" in options and options["type"].value == "command"
        wanted = "write-without-response" if commands else "write"
        if wanted not in characteristic.properties and "write" not in characteristic.properties:
            raise Refusal("org.bluez.Error.NotSupported", "Operation is not supported")
        if commands:
            self._tree.start(self._command(uuid, data))
            return
        if uuid in self._busy:
            raise Refusal("org.bluez.Error.InProgress", "In Progress")
        self._busy.add(uuid)
        try:
            await asyncio.sleep(self._bluez.interval_s)
            code = await self.station.write(uuid, data)
        finally:
            self._busy.discard(uuid)
        if code is not None:
            raise _att_refusal(code)

    async def _command(self, uuid: int, data: bytes) -> None:
        await asyncio.sleep(self._bluez.interval_s)
        await self.station.write(uuid, data)

    def _subscribe(self, uuid: int, program: str, *, on: bool) -> None:
        programs = self._notifying[uuid]
        was = bool(programs)
        programs.add(program) if on else programs.discard(program)
        if bool(programs) != was:
            self.station.subscribe(uuid, on=on)
            self._tree.change(self._characteristics[uuid], _CHARACTERISTIC, {"Notifying": Variant("b", on)})

    def program_left(self, name: str) -> None:
        """A program is gone: its subscriptions end; the link stays, as it does on a real host."""
        for uuid, programs in self._notifying.items():
            if name in programs:
                self._subscribe(uuid, name, on=False)

    def _frame(self, uuid: int, data: bytes) -> None:
        path = self._characteristics.get(uuid)
        if not path:
            return
        for _ in self._notifying[
            uuid
        ]:  # everybody hears a frame once for each program that subscribed, as from BlueZ
            _later(
                self._bluez.interval_s,
                lambda: self._tree.tell(path, _CHARACTERISTIC, {"Value": Variant("ay", data)}),
            )


def _later(seconds: float, action: Callable[[], None]) -> None:
    """After the connection interval, or another while; at once where there is none."""
    if seconds:
        asyncio.get_running_loop().call_later(seconds, action)
    else:
        action()
