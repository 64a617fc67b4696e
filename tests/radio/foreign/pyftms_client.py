"""pyftms: its own discovery, ranges, events. Needs Python 3.12."""

from __future__ import annotations

import asyncio
import sys

from pyftms import get_client_from_address
from steps import near, perform, until


async def main(address: str) -> None:
    machine = await get_client_from_address(address, scan_timeout=8)
    lost = asyncio.Event()
    machine.set_disconnect_callback(lambda _: lost.set())

    async def find() -> bool:
        return machine.address == address

    async def limits() -> list[float]:
        found = machine.supported_ranges["target_speed"]
        return [found.min_value, found.max_value]

    async def start() -> str:
        return (await machine.start_resume()).name

    async def speed() -> str:
        return (await machine.set_target_speed(2.5)).name

    async def read() -> bool:
        return await until(lambda: near(machine.get_property("speed_instant"), 2.5))

    async def others() -> str:
        await machine.set_target_speed(2.3)
        return (await machine.set_target_speed(40.0)).name

    async def stop() -> str:
        return (await machine.stop()).name

    steps = {"find": find, "connect": machine.connect, "range": limits, "start": start, "speed": speed}
    await perform({**steps, "read": read, "others": others, "stop": stop, "loss": lost.wait})


asyncio.run(main(sys.argv[1]))
