"""pycycling: the control point and the statuses; it knows neither treadmill data nor a range of speeds."""

from __future__ import annotations

import asyncio
import sys

from bleak import BleakClient, BleakScanner
from pycycling.fitness_machine_service import FitnessMachineService
from steps import perform


async def main(address: str) -> None:
    device = await BleakScanner.find_device_by_address(address, timeout=8)
    lost = asyncio.Event()
    client = BleakClient(device, disconnected_callback=lambda _: lost.set())
    machine = FitnessMachineService(client)
    answers: asyncio.Queue[object] = asyncio.Queue()

    async def find() -> bool:
        return device is not None

    async def connect() -> None:
        await client.connect()
        await machine.get_all_features()
        machine.set_control_point_response_handler(answers.put_nowait)
        await machine.enable_control_point_indicate()
        machine.set_fitness_machine_status_handler(lambda _: None)
        await machine.enable_fitness_machine_status_notify()

    async def start() -> str:
        await machine.request_control()
        async with asyncio.timeout(5):
            await answers.get()
        await machine.start_or_resume()
        async with asyncio.timeout(5):
            return str(await answers.get())

    async def speed() -> str:
        await machine.set_target_speed(250)
        async with asyncio.timeout(5):
            return str(await answers.get())

    async def others() -> str:
        await machine.set_target_speed(230)
        async with asyncio.timeout(5):
            await answers.get()
        await machine.set_target_speed(4000)
        async with asyncio.timeout(5):
            return str(await answers.get())

    async def stop() -> str:
        await machine.stop_or_pause(pause=False)
        async with asyncio.timeout(5):
            return str(await answers.get())

    steps = {"find": find, "connect": connect, "start": start, "speed": speed, "others": others}
    await perform({**steps, "stop": stop, "loss": lost.wait})


asyncio.run(main(sys.argv[1]))
