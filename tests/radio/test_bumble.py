"""Real ATT: our simulator under a foreign GATT client, and our client against a foreign treadmill."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from air import BRIEF, machine
from bumble.link import LocalLink
from bumble_air import BumbleLink, VirtualAntenna, central, device
from foreign_treadmill import ForeignTreadmill

from treadcoach.drive import Outcome
from treadcoach.events import Pressed, RawInput, Result, State
from treadcoach.ftms import TreadmillData, treadmill_data
from treadcoach.ftms.treadmill_data import RecordJoiner
from treadcoach.link import GattLink, prepare, subscribe
from treadcoach.motion import Passport
from treadcoach.preflight import plan
from treadcoach.program.reader import load
from treadcoach.session import Session
from treadmill_simulator.station import Station

ADDRESS = "F0:F1:F2:F3:F4:01"
ALL_FIELDS = "average,distance,incline,elevation,energy,heart_rate,met,time,remaining,force"


@pytest.fixture
async def link() -> AsyncIterator[LocalLink]:
    yield LocalLink()
    await asyncio.sleep(1)


async def coach(link: GattLink) -> Result:
    found = await prepare(link, Passport(name="foreign", unit_proven=True))
    laid_out = plan(load(BRIEF, "test.yaml"), None, found)
    asked = False

    def screen(_now: float, _raw: tuple[RawInput, ...], outcome: Outcome) -> None:
        nonlocal asked
        ready = outcome.snapshot.state is State.READY
        if ready and not asked:
            asyncio.get_running_loop().call_later(1, session.press, Pressed.CONFIRM, "test")
        asked = ready

    session = Session(laid_out, link, record=lambda *_: None, screen=screen)
    return (await session.run()).result


@pytest.mark.parametrize(
    ("mtu", "character"), [(23, "well-behaved"), (185, "well-behaved"), (23, "myrun"), (185, "omega-z")]
)
async def test_a_program_over_real_att(link: LocalLink, mtu: int, character: str) -> None:
    treadmill = machine(character)
    async with VirtualAntenna(Station(treadmill, ADDRESS), link), central(link) as host:
        path = BumbleLink(host, ADDRESS, mtu)
        await path.connect()
        assert await coach(path) is Result.COMPLETED
        assert treadmill.belt.speed == 0
        await path.disconnect()


@pytest.mark.parametrize(("mtu", "long_records", "largest"), [(23, "split", 20), (23, "cut", 20), (185, "split", 36)])
async def test_long_records_at_every_mtu(link: LocalLink, mtu: int, long_records: str, largest: int) -> None:
    treadmill = machine("well-behaved", f"fields={ALL_FIELDS}", f"long_records={long_records}")
    async with VirtualAntenna(Station(treadmill, ADDRESS), link), central(link) as host:
        path = BumbleLink(host, ADDRESS, mtu)
        heard: list[bytes] = []
        path.listen(lambda uuid, data: heard.append(data) if uuid == treadmill_data.UUID else None, lambda _: None)
        await path.connect()
        await subscribe(path)
        await asyncio.sleep(5)
        await path.disconnect()
    assert max(map(len, heard)) <= largest
    joiner = RecordJoiner()
    whole = [record for data in heard if (record := joiner.push(TreadmillData.from_bytes(data), 0.0))]
    assert all(record.instantaneous_speed == 0 for record in whole)
    if long_records == "split":
        assert whole[-1].remaining_time is not None
        assert whole[-1].power_output == 0
    else:
        assert whole[-1].truncated_at


async def test_a_treadmill_that_is_not_made_from_our_codec(link: LocalLink) -> None:
    foreign = ForeignTreadmill(device(link, "foreign", ADDRESS))
    running = asyncio.create_task(foreign.run())
    await asyncio.sleep(1)
    async with central(link) as host:
        path = BumbleLink(host, ADDRESS, 23)
        await path.connect()
        assert await coach(path) is Result.COMPLETED
        await path.disconnect()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert foreign.speed == 0
    assert foreign.writes[:3] == [b"\x00", b"\x07", b"\x02\x32\x00"]
    assert b"\x08\x01" in foreign.writes
    targets = [data[1] | data[2] << 8 for data in foreign.writes if data[0] == 0x02]
    assert max(targets) == 200
