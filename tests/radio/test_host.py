"""The simulator served by a real bluetoothd, under a GATT client that is neither ours nor BlueZ's."""

from __future__ import annotations

import asyncio

import pytest
from air import machine, until
from bumble.core import UUID, AdvertisingData
from bumble.device import Advertisement, Device
from bumble.hci import Address
from bumble.transport import open_transport
from bumble_air import BumbleLink

from treadcoach.ftms import TreadmillData, control_point, treadmill_data
from treadcoach.link import subscribe
from treadmill_simulator.host import Host
from treadmill_simulator.station import Station

pytestmark = [pytest.mark.bluez, pytest.mark.timeout(200)]

FITNESS_MACHINE = UUID.from_16_bits(0x1826)


async def find(central: Device) -> Address:
    """Whatever advertises a fitness machine."""
    found: asyncio.Future[Address] = asyncio.get_running_loop().create_future()

    def seen(advertisement: Advertisement) -> None:
        services = advertisement.data.get(AdvertisingData.Type.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS) or []
        if FITNESS_MACHINE in services and not found.done():
            found.set_result(advertisement.address)

    central.on("advertisement", seen)
    await central.start_scanning()
    async with asyncio.timeout(20):
        address = await found
    await central.stop_scanning()
    return address


async def test_real_bluez_serves_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    from appliance import RealAir  # noqa: PLC0415 - needs QEMU

    treadmill = machine()
    heard: list[tuple[int, bytes]] = []
    real = RealAir(monkeypatch)
    async with real, Host("hci0", [Station(treadmill, "adapter")]), await open_transport(real.transport) as hci:
        central = Device.with_hci("central", Address("C0:C1:C2:C3:C4:C5"), hci.source, hci.sink)
        await central.power_on()
        link = BumbleLink(central, await find(central), 185)
        link.listen(lambda uuid, data: heard.append((uuid, data)), lambda _: None)
        await link.connect()
        # Indications are off. Of ATT errors BlueZ lets an application send 0x80 to 0x9f only; 0xFD becomes 0x0E.
        assert await link.write(b"\x00") == 0x0E
        await subscribe(link)

        async def ask(*request: int) -> None:
            assert await link.write(bytes(request)) is None
            await until(lambda: (control_point.UUID, bytes([0x80, request[0], 0x01])) in heard)

        await ask(0x00)
        await ask(0x07)
        await until(lambda: treadmill.belt.speed > 0)
        await ask(0x02, 0xC8, 0x00)
        await until(lambda: abs(treadmill.belt.speed - 2.0) < 0.01)
        await ask(0x08, 0x01)
        await until(lambda: treadmill.belt.speed == 0)
        await link.disconnect()
        await asyncio.sleep(1)
        await central.power_off()
    speeds = [
        TreadmillData.from_bytes(data).instantaneous_speed for uuid, data in heard if uuid == treadmill_data.UUID
    ]
    assert max(speed or 0 for speed in speeds) == 200
