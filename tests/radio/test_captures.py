"""Recordings of real machines, played back: nothing raises, and what is concluded is what their notes say."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from air import ADDRESS, Air

from treadcoach import passports
from treadcoach.diagnosis import Heard, examine
from treadcoach.edges.ble import BleLink
from treadcoach.ftms import TreadmillData, machine_status, training_status, treadmill_data
from treadcoach.link import read_all, subscribe
from treadcoach.motion import Passport
from treadcoach.treadmill import CAPABILITIES, machine_of
from treadmill_simulator import tape

CAPTURES = Path(__file__).parent.parent / "captures" / "treadmill-frames.json"


async def listen(air: Air, index: int) -> tuple[list[Heard], dict[int, bytes | None], tape.Tape, BleLink]:
    recording = tape.load(CAPTURES, index)
    await air.put(recording)
    link = BleLink(ADDRESS)
    loop = asyncio.get_running_loop()
    heard: list[Heard] = []
    link.listen(lambda uuid, data: heard.append(Heard(loop.time(), uuid, data)), lambda _: None)
    await link.connect()
    values = await read_all(link, (*CAPABILITIES, *passports.IDENTITY))
    await subscribe(link)
    await asyncio.sleep(recording.length_s + 2)
    await link.disconnect()
    return heard, values, recording, link


@pytest.mark.parametrize("index", [0, 1])
async def test_a_recording_comes_back_whole_and_is_understood(air: Air, index: int) -> None:
    heard, values, recording, link = await listen(air, index)
    assert len(heard) >= len(recording.sent) - 2, "the first frames may pass before everything is subscribed"
    assert list(examine(link.table(), values, heard))
    records = [TreadmillData.from_bytes(h.data) for h in heard if h.uuid == treadmill_data.UUID]
    assert not any(record.truncated_at for record in records)
    assert all(record.step_count is not None for record in records), "bit 13 is a step count on this machine"


async def test_what_the_notes_of_the_first_recording_say(air: Air) -> None:
    """A pause ramp to rest, a restart with countdown at the old speed, a walk, a stop."""
    heard, values, _, _ = await listen(air, 0)
    found = machine_of(Passport(), values)
    assert tuple(found.grid) == (96, 643, 32), "a grid of miles"
    assert found.maximum_incline == 0, "it claims no incline target, and its range is all zero"
    records = [TreadmillData.from_bytes(h.data) for h in heard if h.uuid == treadmill_data.UUID]
    speeds = [record.instantaneous_speed or 0 for record in records]
    rest = speeds.index(0)
    assert sorted(speeds[:rest], reverse=True) == speeds[:rest], "a ramp down, record by record"
    assert next(speed for speed in speeds[rest:] if speed) == 225, "it goes on at its old speed at once"
    trainings = [h.data[1] for h in heard if h.uuid == training_status.UUID]
    assert trainings[-3:] == [0x0E, 0x0D, 0x0F], "countdown, running, stopping"
    assert any(h.data == b"\x04\x00\x00" for h in heard if h.uuid == machine_status.UUID), "a status with padding"
