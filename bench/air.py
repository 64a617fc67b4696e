"""Stop latency over the air: from the runner's word to the byte at the treadmill, as a distribution.

Before every stop a hundred targets stand in the queue, the first of them under way. Connection interval 30 ms.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent.parent / "tests" / folder) for folder in ("radio", "")]

from bumble.link import LocalLink
from bumble_air import BumbleLink, VirtualAntenna, central

from treadcoach.edges.ble import BleLink
from treadcoach.ftms.control_point import ControlPointRequest
from treadcoach.link import GattLink, prepare
from treadcoach.motion import Passport
from treadcoach.preflight import plan
from treadcoach.program.reader import load
from treadcoach.session import Session
from treadcoach.treadmill import Write
from treadmill_simulator.bluez import Bluez
from treadmill_simulator.characters import CHARACTERS
from treadmill_simulator.dbus import PrivateBus
from treadmill_simulator.machine import Machine
from treadmill_simulator.station import Station

ADDRESS = "F0:F1:F2:F3:F4:01"
INTERVAL_S = 0.03
PROGRAM = (
    "profile: 1\nname: B\nlevel: novice\nunits: km/h\nsteps:\n  - stand: 60 s\n  - forward: 2.0\n    for: 60 s\n"
)
STOP = Write("stop", None, ControlPointRequest.stop().to_bytes(), urgent=True)
STOPS = int(os.environ.get("STOPS", "300"))


class Ear(Machine):
    """Notes when a stop arrives."""

    stopped_at: float | None = None

    def write(self, data: bytes, now: float, uuid: int = 0x2AD9) -> int | None:
        if data == STOP.data and self.stopped_at is None:
            self.stopped_at = time.perf_counter()
        return super().write(data, now, uuid)


class Slow:
    """A link whose writes take a connection interval to get onto the air, as a radio's do."""

    def __init__(self, link: BumbleLink) -> None:
        self._link = link

    def __getattr__(self, name: str) -> object:
        return getattr(self._link, name)

    async def write(self, data: bytes) -> int | None:
        await asyncio.sleep(INTERVAL_S)
        return await self._link.write(data)


async def measure(link: GattLink, ear: Ear) -> list[float]:
    """Milliseconds of every stop."""
    machine = await prepare(link, Passport(unit_proven=True))
    laid_out = plan(load(PROGRAM, "bench.yaml"), None, machine)
    session = Session(laid_out, link, record=lambda *_: None, screen=lambda *_: None)
    running = asyncio.create_task(session.run())
    await link.write(ControlPointRequest.request_control().to_bytes())
    await asyncio.sleep(0.3)
    found: list[float] = []
    for _ in range(STOPS):
        targets = tuple(
            Write("set_speed", 80 + n, ControlPointRequest.set_target_speed(80 + n).to_bytes(), urgent=False)
            for n in range(100)
        )
        session._hand_over(targets)  # noqa: SLF001 - what no session of ours would ever queue
        await asyncio.sleep(0.013)
        ear.stopped_at, began = None, time.perf_counter()
        session._hand_over((STOP,))  # noqa: SLF001
        while ear.stopped_at is None:
            await asyncio.sleep(0.0005)
        found.append((ear.stopped_at - began) * 1000)
        await asyncio.sleep(0.1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return found


def show(name: str, found: list[float]) -> None:
    cuts = statistics.quantiles(found, n=100)
    print(f"{name:<34} p50 {cuts[49]:6.1f} ms   p99 {cuts[98]:6.1f} ms   max {max(found):6.1f} ms   of {len(found)}")


async def main() -> None:
    print("stop, from the word to the byte at the treadmill, behind 100 queued targets, interval 30 ms")
    async with PrivateBus() as bus:
        os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = bus
        ear = Ear(CHARACTERS["well-behaved"]._replace(latency_s=0.0), 1)
        async with Bluez(bus, [Station(ear, ADDRESS)], interval_s=INTERVAL_S):
            link = BleLink(ADDRESS)
            await link.connect()
            show("private bus, unmodified bleak", await measure(link, ear))
            await link.disconnect()
    air = LocalLink()
    ear = Ear(CHARACTERS["well-behaved"]._replace(latency_s=0.0), 1)
    async with VirtualAntenna(Station(ear, ADDRESS), air), central(air) as host:
        path = BumbleLink(host, ADDRESS, 185)
        await path.connect()
        show("Bumble, ATT on a virtual link", await measure(Slow(path), ear))  # type: ignore[arg-type]
        await path.disconnect()


if __name__ == "__main__":
    asyncio.run(main())
