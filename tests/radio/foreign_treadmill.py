"""A treadmill written from the specification's tables with Bumble's own GATT classes and bytes by hand.

It knows nothing of this project's codec, so a mistake that client and simulator share cannot hide in it.
"""

from __future__ import annotations

import asyncio
import struct
from contextlib import suppress

from bumble.att import ATT_Error, ErrorCode
from bumble.core import AdvertisingData
from bumble.device import Connection, Device
from bumble.gatt import Characteristic, CharacteristicValue, Service

_P, _R = Characteristic.Properties, Characteristic.Permissions


class ForeignTreadmill:
    """0.5 to 12 km/h in steps of 0.1, 0.6 km/h per second, a countdown of three seconds."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.speed = self.target = 0.0
        self.metres = 0.0
        self.seconds = 0.0
        self.writes: list[bytes] = []
        self._controlled = False
        self._starts_in: float | None = None
        self._data = Characteristic("2ACD", _P.NOTIFY, _R.READABLE, b"")
        self._status = Characteristic("2ADA", _P.NOTIFY, _R.READABLE, b"")
        self._training = Characteristic("2AD3", _P.NOTIFY | _P.READ, _R.READABLE, b"\x00\x01")
        point: CharacteristicValue[bytes] = CharacteristicValue(write=self._write)
        self._point: Characteristic[bytes] = Characteristic("2AD9", _P.WRITE | _P.INDICATE, _R.WRITEABLE, point)

    async def run(self) -> None:
        readable = [
            Characteristic("2ACC", _P.READ, _R.READABLE, bytes.fromhex("0410000001000000")),
            Characteristic("2AD4", _P.READ, _R.READABLE, struct.pack("<HHH", 50, 1200, 10)),
        ]
        self.device.add_service(Service("1826", [*readable, self._data, self._status, self._training, self._point]))
        await self.device.power_on()
        told = AdvertisingData([(3, bytes.fromhex("2618")), (0x16, bytes.fromhex("2618010100"))])
        await self.device.start_advertising(auto_restart=True, advertising_data=bytes(told))
        with suppress(asyncio.CancelledError):
            while True:
                await asyncio.sleep(0.5)
                await self._tick(0.5)
        await self.device.power_off()

    async def _tick(self, seconds: float) -> None:
        if self._starts_in is not None:
            self._starts_in -= seconds
            if self._starts_in <= 0:
                self._starts_in, self.target = None, 0.5
                await self.device.notify_subscribers(self._status, b"\x04")
        step = 0.6 * seconds
        self.speed += max(-step, min(step, self.target - self.speed))
        self.metres += self.speed / 3.6 * seconds
        self.seconds += seconds if self.speed else 0
        frame = struct.pack("<HH", 0x0404, round(self.speed * 100))
        frame += struct.pack("<I", int(self.metres))[:3] + struct.pack("<H", int(self.seconds))
        await self.device.notify_subscribers(self._data, frame)

    async def _write(self, connection: Connection, data: bytes) -> None:
        if not self.device.gatt_server.subscribers.get(connection, {}).get(self._point.handle):
            raise ATT_Error(ErrorCode(0xFD))
        self.writes.append(data)
        result = self._obey(data)
        answer = bytes((0x80, data[0], result))
        asyncio.get_running_loop().call_later(
            0.05, lambda: asyncio.ensure_future(self.device.indicate_subscribers(self._point, answer))
        )

    def _obey(self, data: bytes) -> int:
        if data == b"\x00":
            self._controlled = True
            return 1
        if not self._controlled:
            return 5
        if data == b"\x07":
            if self.speed:
                return 4
            self._starts_in = 3.0
            return 1
        if data in {b"\x08\x01", b"\x08\x02"}:
            self.target, self._starts_in = 0.0, None
            return 1
        if data[:1] == b"\x02" and len(data) == 3:
            (value,) = struct.unpack("<H", data[1:])
            if not 50 <= value <= 1200:
                return 3
            self.target = value / 100
            return 1
        return 2
