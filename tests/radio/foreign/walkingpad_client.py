"""walkingpad-controller: finds by bleak, learns the protocol by a look at the services."""

from __future__ import annotations

import asyncio
import sys

from bleak import BleakScanner
from steps import near, perform, until
from walkingpad_controller import WalkingPadController


async def main(address: str) -> None:
    device = await BleakScanner.find_device_by_address(address, timeout=8)
    pad = WalkingPadController(device)
    lost = asyncio.Event()
    pad.register_disconnect_callback(lost.set)

    async def find() -> bool:
        return device is not None

    async def limits() -> list[float]:
        return [pad.min_speed, pad.max_speed]

    async def speed() -> bool:
        return await pad.set_speed(2.5)

    async def read() -> bool:
        return await until(lambda: near(pad.status.speed, 2.5))

    async def others() -> bool:
        await pad.set_speed(2.3)
        return await pad.set_speed(40.0)

    steps = {"find": find, "connect": pad.connect, "range": limits, "start": pad.start, "speed": speed}
    await perform({**steps, "read": read, "others": others, "stop": pad.stop, "loss": lost.wait})


asyncio.run(main(sys.argv[1]))
