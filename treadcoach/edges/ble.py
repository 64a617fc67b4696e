"""Bluetooth Low Energy: finding machines and carrying bytes to them. The only file that knows bleak.

Every wait has a limit of ours, every failure becomes one sentence that says what to do, and nothing is tried again
behind anybody's back. On Linux all programs of a host share one link to a machine, and whoever of them ends it ends
it for all: only what stops a belt joins a link that another program has.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple, NoReturn

from bleak import BleakAdapter, BleakClient, BleakScanner
from bleak.args.bluez import BlueZScannerArgs
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)
from bleak.uuids import normalize_uuid_16

from treadcoach import __version__
from treadcoach.edges.radio_faults import DBUS, ONE_AT_A_TIME, REASONS, WITHOUT
from treadcoach.errors import LinkError, LinkLostError, MachineNotFoundError, UsageError
from treadcoach.ftms import control_point
from treadcoach.link import Copies

# A machine advertises several times a second; some only once in two.
SCAN_S = 5.0
FIND_S = 10.0
# Connecting and discovering takes 0.4 s on a quiet radio; after ten it will not come.
CONNECT_TIMEOUT_S = 10.0
# BlueZ waits two seconds by itself before it disconnects.
DISCONNECT_TIMEOUT_S = 5.0

FITNESS_MACHINE = normalize_uuid_16(0x1826)
_MARKER_RATE = "b5f90002-7265-7472-6f63-6f6163680001"
_TREADMILL = 1 << 0  # of the machine type in the service data
_SHORT = "-0000-1000-8000-00805f9b34fb"


class Found(NamedTuple):
    """One machine that may be a treadmill."""

    address: str
    name: str
    rssi: int | None
    """In dBm; ``None`` for one that is connected already."""
    is_treadmill: bool | None
    """What its type says, where it says anything; some say it wrongly."""
    is_available: bool | None
    """Whether it says that somebody could use it now."""
    is_connected: bool
    """A program on this computer has it."""

    @property
    def rank(self) -> tuple[bool, int]:
        """The likeliest and nearest first, when sorted."""
        return (self.is_treadmill is False, -(self.rssi or 0) if self.rssi is not None else -1000)


# ---- finding -----------------------------------------------------------------------------------------------


async def scan(adapter: str | None, seconds: float, names: tuple[str, ...] = ()) -> list[Found]:
    """Everything in range that speaks the Fitness Machine Service, or whose name begins with one of some.

    Raises:
        MachineNotFoundError: this computer's Bluetooth cannot be used; the message says why and what to do.
    """
    _survive_macos()
    return await _scan(adapter, seconds, names)


async def _scan(adapter: str | None, seconds: float, names: tuple[str, ...]) -> list[Found]:
    found: dict[str, Found] = {}
    with _explained("scan"):
        for device in await _connected(adapter):
            found[device.address] = Found(device.address, device.name or "", None, None, None, is_connected=True)
        async with BleakScanner(bluez=_bluez(adapter)) as scanner:
            await asyncio.sleep(seconds)
        for device, told in scanner.discovered_devices_and_advertisement_data.values():
            if _is_candidate(told, names) and device.address not in found:
                found[device.address] = _described(device, told)
    return sorted(found.values(), key=lambda machine: machine.rank)


def _survive_macos() -> None:
    """Without the permission macOS ends the whole process at its first scan: let that be one that does not matter."""
    if sys.platform == "darwin":
        code = "import asyncio; from treadcoach.edges import ble; asyncio.run(ble._scan(None, 0.1, ()))"
        child = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)  # noqa: S603
        if child.returncode == -signal.SIGABRT:
            raise MachineNotFoundError(REASONS["DENIED_BY_USER"])


def host() -> list[str]:
    """What is worth knowing of this computer."""
    lines = [
        f"treadcoach {__version__}, Python {platform.python_version()}, {platform.platform(terse=True)}",
        f"bleak {version('bleak')}",
    ]
    if sys.platform == "linux":
        lines.append(f"D-Bus: {os.environ.get('DBUS_SYSTEM_BUS_ADDRESS', 'the system bus')}")
        lines.append(f"adapters of the kernel: {', '.join(_kernel_adapters()) or f'none; {WITHOUT}'}")
    return lines


async def _find(address: str, adapter: str | None) -> tuple[BLEDevice, bool]:
    """One machine, and whether a program on this computer has it already."""
    for device in await _connected(adapter):
        if device.address.casefold() == address.casefold():
            return device, True
    found = await BleakScanner.find_device_by_address(address, timeout=FIND_S, bluez=_bluez(adapter))
    if found is None:
        raise MachineNotFoundError(f"{address} was not found; {ONE_AT_A_TIME}")
    return found, False


async def _connected(adapter: str | None) -> list[BLEDevice]:
    """Machines that a program on this computer has: they advertise no more."""
    try:
        host = await BleakAdapter.get(bluez={"adapter": adapter} if adapter else {})
        return await host.get_connected_devices([FITNESS_MACHINE])
    except NotImplementedError:
        return []


def _is_candidate(told: AdvertisementData, names: tuple[str, ...]) -> bool:
    """Its type bits rank it and never reject it: some machines swap them, some have none."""
    name = (told.local_name or "").casefold()
    return FITNESS_MACHINE in told.service_uuids or any(known and name.startswith(known) for known in names)


def _described(device: BLEDevice, told: AdvertisementData) -> Found:
    data = told.service_data.get(FITNESS_MACHINE, b"")
    kind = int.from_bytes(data[1:3], "little") if len(data) >= 3 else None  # noqa: PLR2004 - flags u8, type u16
    name = told.local_name or device.name or ""
    available = bool(data[0] & 1) if data else None
    return Found(
        device.address,
        name,
        told.rssi,
        None if kind is None else bool(kind & _TREADMILL),
        available,
        is_connected=False,
    )


def _bluez(adapter: str | None) -> BlueZScannerArgs:
    return {"adapter": adapter} if adapter else {}


def check_adapter(adapter: str | None) -> None:
    """With two adapters and none named the choice would be left to chance.

    Raises:
        UsageError: one has to be named.
    """
    adapters = _kernel_adapters()
    if adapter is None and len(adapters) > 1 and "DBUS_SYSTEM_BUS_ADDRESS" not in os.environ:
        raise UsageError(f"this computer has several adapters: {', '.join(adapters)}; name one with --adapter")


def every_adapter() -> tuple[str | None, ...]:
    """Each adapter there is, where none is named and any will do; ``None`` leaves it to the system."""
    return (None,) if "DBUS_SYSTEM_BUS_ADDRESS" in os.environ else tuple(_kernel_adapters()) or (None,)


def _kernel_adapters() -> list[str]:
    return sorted(path.name for path in Path("/sys/class/bluetooth").glob("hci[0-9]*") if ":" not in path.name)


# ---- the link ----------------------------------------------------------------------------------------------


class BleLink:
    """A link to one machine over the air.

    Args:
        address: Of the machine (on macOS the system's own identifier).
        adapter: Which adapter, where there are several: ``hci0``.
        joins: Take a link that another program on this computer has already; it is not ours to end then.
    """

    def __init__(self, address: str, adapter: str | None = None, *, joins: bool = False) -> None:
        self.address = address
        self.adapter = adapter
        self._joins = joins
        self._is_ours = False
        self._device: BLEDevice | None = None
        self._client: BleakClient | None = None
        self._characteristics: dict[str, BleakGATTCharacteristic] = {}
        self._copies = Copies()
        self._notify: Callable[[int, bytes], None] | None = None
        self._lost: Callable[[str], None] | None = None
        self.is_shared = False
        """Another program on this computer had the link before us."""

    @property
    def name(self) -> str:
        """As the machine advertises it; empty where it has none."""
        return (self._device.name if self._device else None) or ""

    @property
    def is_lost(self) -> bool:
        """Whether there is no link."""
        return self._client is None or not self._client.is_connected

    def listen(self, notify: Callable[[int, bytes], None], lost: Callable[[str], None]) -> None:
        """Report frames and the link's end through these."""
        self._notify, self._lost = notify, lost

    async def connect(self) -> None:
        """One attempt to open the link.

        Raises:
            MachineNotFoundError: it is not there, or taken, or this computer's Bluetooth cannot be used.
            LinkError: it is there and the link did not come about.
        """
        with _explained(f"connect to {self.address}"):
            if self._device is None:
                device, is_taken = await _find(self.address, self.adapter)
                self._take(is_taken=is_taken)
                self._device = device
            client = BleakClient(self._device, disconnected_callback=self._ended, timeout=CONNECT_TIMEOUT_S)
            self._client, self._characteristics = client, {}
            try:
                async with asyncio.timeout(CONNECT_TIMEOUT_S):
                    await client.connect()
            except (BleakError, TimeoutError, OSError):
                self._device = self._client = None  # the system may have forgotten it: look for it afresh
                raise
            # Of two characteristics with one number the fitness machine's own counts.
            ordered = sorted(client.services, key=lambda service: service.uuid == FITNESS_MACHINE)
            self._characteristics = {c.uuid: c for service in ordered for c in service.characteristics}

    def _take(self, *, is_taken: bool) -> None:
        """Whose link it is, once and for all: what the system holds after an attempt of ours is ours."""
        if not self._is_ours and is_taken and not self._joins:
            raise MachineNotFoundError(
                f"another program on this computer has the link to {self.address}; end it first (`treadcoach stop "
                f"{self.address}` stops the belt). If it was killed: `bluetoothctl disconnect {self.address}`"
            )
        self.is_shared = is_taken and not self._is_ours
        self._is_ours = not self.is_shared

    async def read(self, uuid: int) -> bytes:
        """Read a characteristic."""
        return await self._read(normalize_uuid_16(uuid))

    async def clock_rate(self) -> float | None:
        """How fast the machine's clock runs, if it is simulated and says so; ``None`` for a real one."""
        if _MARKER_RATE not in self._characteristics:
            return None
        rate = int.from_bytes(await self._read(_MARKER_RATE), "little") / 100
        return rate or None

    def has(self, uuid: int | str) -> bool:
        """Whether the machine has a characteristic."""
        return (normalize_uuid_16(uuid) if isinstance(uuid, int) else uuid) in self._characteristics

    def table(self) -> dict[str, tuple[str, ...]]:
        """Every characteristic with its properties."""
        return {_shown(uuid): tuple(sorted(c.properties)) for uuid, c in sorted(self._characteristics.items())}

    async def subscribe(self, uuid: int) -> None:
        """Let notifications or indications come, whichever the machine has of a characteristic."""
        client, found = self._open(), self._characteristic(normalize_uuid_16(uuid))
        if not {"notify", "indicate"} & set(found.properties):
            if uuid == control_point.UUID:
                return  # it can be commanded all the same: what it does is judged by the belt
            raise LinkError(f"the characteristic {uuid:04x} cannot be subscribed")

        def received(_: BleakGATTCharacteristic, data: bytearray) -> None:
            frame = bytes(data)
            if self._client is client and self._notify and not self._copies.is_one(uuid, frame, time.monotonic()):
                self._notify(uuid, frame)

        with _explained(f"subscribe to {uuid:04x}"):
            await client.start_notify(found, received)

    async def write(self, data: bytes) -> int | None:
        """Write to the Control Point, by the kind of write that the machine has."""
        client, point = self._open(), self._characteristic(normalize_uuid_16(control_point.UUID))
        try:
            with _explained("write"):
                await client.write_gatt_char(point, data, response="write" in point.properties)
        except _AttError as refused:
            return refused.code
        return None

    async def disconnect(self, *, for_all: bool = False) -> None:
        """Close the link, unless it is another program's; ``for_all``: then as well."""
        client, self._client = self._client, None
        if client is None or (self.is_shared and not for_all):
            return
        with contextlib.suppress(BleakError, TimeoutError, OSError, EOFError):
            async with asyncio.timeout(DISCONNECT_TIMEOUT_S):
                await client.disconnect()

    def _ended(self, client: BleakClient) -> None:
        if client is self._client:
            self._client = None
            if self._lost:
                self._lost("the link ended")

    def _open(self) -> BleakClient:
        if self._client is None or not self._client.is_connected:
            raise LinkLostError("the link is down")
        return self._client

    def _characteristic(self, uuid: str) -> BleakGATTCharacteristic:
        if uuid not in self._characteristics:
            raise LinkError(f"the machine has no characteristic {_shown(uuid)}")
        return self._characteristics[uuid]

    async def _read(self, uuid: str) -> bytes:
        client, found = self._open(), self._characteristic(uuid)
        with _explained(f"read {_shown(uuid)}"):
            return bytes(await client.read_gatt_char(found))


def _shown(uuid: str) -> str:
    return uuid[4:8] if uuid.endswith(_SHORT) else uuid


# ---- failures as sentences ---------------------------------------------------------------------------------


class _AttError(LinkError):
    """The machine refused a request; ``code`` is the ATT error."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


_PAIRING_CODES = {0x05, 0x08, 0x0C, 0x0F}


@contextlib.contextmanager
def _explained(what: str) -> Iterator[None]:
    """Failures of bleak and of what lies below it become ours."""
    try:
        yield
    except (BleakError, TimeoutError, OSError, EOFError) as error:
        _explain(error, what)


def _explain(error: Exception, what: str) -> NoReturn:  # noqa: C901 - one case a failure
    match error:
        case BleakBluetoothNotAvailableError():
            raise MachineNotFoundError(REASONS.get(error.reason.name, REASONS["UNKNOWN"])) from error
        case BleakGATTProtocolError():
            code = int(error.code)
            wants = "; it wants to be paired first" if code in _PAIRING_CODES else ""
            raise _AttError(f"{what}: the machine refused with ATT error {code:#04x}{wants}", code) from error
        case BleakDeviceNotFoundError():
            raise MachineNotFoundError(f"{what}: the system does not know it any more; {ONE_AT_A_TIME}") from error
        case BleakDBusError() if error.dbus_error in DBUS:
            raise MachineNotFoundError(DBUS[error.dbus_error]) from error
        case BleakDBusError() if "Not paired" in str(error):
            raise _AttError(f"{what}: the machine wants to be paired first", 0x05) from error
        case FileNotFoundError() | ConnectionRefusedError() if sys.platform == "linux":
            where = os.environ.get("DBUS_SYSTEM_BUS_ADDRESS", "the system's own")
            message = (
                f"there is no D-Bus to reach Bluetooth through ({where}); install `dbus` and `bluez` and start "
                f"them, {WITHOUT}"
            )
            raise MachineNotFoundError(message) from error
        case BleakError() if "not found" in str(error) and "dapter" in str(error):
            raise MachineNotFoundError(f"{error}; `bluetoothctl list` shows the adapters there are") from error
        case BleakError() if "ot connected" in str(error):
            raise LinkLostError(f"{what}: the link is down") from error
        case BleakDBusError():
            details = error.dbus_error_details or error.dbus_error
            raise LinkError(f"{what}: {details}; {ONE_AT_A_TIME}") from error
        case TimeoutError():
            raise LinkError(f"{what}: no answer in time; {ONE_AT_A_TIME}") from error
        case _:
            raise LinkError(f"{what}: {str(error) or type(error).__name__}") from error
