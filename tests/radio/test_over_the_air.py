"""Whole sessions through unmodified bleak: on the private bus, and (marked) on real BlueZ."""

from __future__ import annotations

import asyncio

import pytest
from air import ADDRESS, BRIEF, Air, PrivateAir, Workout, before_stop, in_state, machine, moving, written
from rig import SHORT

from treadcoach.edges import ble
from treadcoach.edges.ble import BleLink
from treadcoach.errors import LinkError, LinkLostError, MachineNotFoundError
from treadcoach.events import NoticeKind, Pressed, Result, State
from treadcoach.ftms import control_point
from treadcoach.link import read_all, subscribe

CONTROL, START, STOP = b"\x00", b"\x07", b"\x08\x01"


async def test_a_scan_finds_machines_and_says_what_they_say(air: Air) -> None:
    await air.put(machine("well-behaved"))
    (found,) = await ble.scan(None, 20.0)
    assert found.address == ADDRESS
    assert found.is_treadmill
    assert found.is_available
    assert not found.is_connected


async def test_a_whole_program_runs_to_the_standing_belt(air: Air) -> None:
    treadmill = machine()
    await air.put(treadmill)
    workout = Workout(SHORT)
    ending = await workout.run()
    assert ending.result is Result.COMPLETED
    assert treadmill.belt.speed == 0
    assert not [notice for _, notice in workout.notices if notice.kind is NoticeKind.ALARM]
    assert written(treadmill)[:2] == [CONTROL, START]


@pytest.mark.parametrize("state", [State.READY, State.COUNTDOWN, State.STARTING, State.RUNNING, State.HALTING])
async def test_a_link_that_is_lost_in_any_phase_comes_back_only_to_stop(air: Air, state: State) -> None:
    treadmill = machine()
    (station,) = await air.put(treadmill)
    at: list[int] = []

    def lose() -> None:
        at.append(len(treadmill.received))
        station.close("lost")

    workout = Workout().once(moving if state is State.RUNNING else in_state(state), lose)
    ending = await workout.run()
    assert ending.result is Result.SAFETY_STOP
    after = written(treadmill)[at[0] :]
    assert after[:2] == [CONTROL, STOP], "the first words on a new link"
    assert START not in after
    assert not [data for data in after if data[:1] == b"\x02"]
    assert treadmill.belt.speed == 0


async def test_a_link_that_carries_nothing_is_given_up_and_made_anew(air: Air) -> None:
    treadmill = machine()
    (station,) = await air.put(treadmill)

    def silence() -> None:
        station.silent_until = station.now + 25

    workout = Workout().once(moving, silence)
    ending = await workout.run()
    assert ending.result in {Result.SAFETY_STOP, Result.STOP_NOT_CONFIRMED}
    silent_from = next(at for at, outcome in workout.trail if moving(outcome))
    stopping = next(at for at, outcome in workout.trail if outcome.snapshot.state is State.STOPPING)
    assert stopping - silent_from <= 4.5
    assert any(notice.kind is NoticeKind.ALARM for _, notice in workout.notices)


@pytest.mark.parametrize("seconds", [6, 12])
async def test_writes_that_hang_while_records_come_again_are_not_waited_for(air: Air, seconds: float) -> None:
    treadmill = machine()
    (station,) = await air.put(treadmill)

    def silence() -> None:
        station.silent_until = station.now + seconds

    ending = await Workout().once(moving, silence).run()
    assert ending.result is Result.SAFETY_STOP
    assert treadmill.belt.speed == 0


async def test_the_safety_key(air: Air) -> None:
    treadmill = machine()
    (station,) = await air.put(treadmill)

    def pull() -> None:
        treadmill.pull_key()
        station.wake()

    ending = await Workout().once(moving, pull).run()
    assert ending.result is Result.SAFETY_STOP
    writes = written(treadmill)
    assert START not in writes[before_stop(writes) :]


async def test_the_stop_key_of_the_console(air: Air) -> None:
    treadmill = machine()
    (station,) = await air.put(treadmill)

    def stop() -> None:
        treadmill.console_stop()
        station.wake()

    ending = await Workout().once(moving, stop).run()
    assert ending.result is Result.STOPPED


async def test_permission_that_is_lost_ends_the_session(air: Air) -> None:
    treadmill = machine()
    (station,) = await air.put(treadmill)

    def revoke() -> None:
        treadmill.revoke_control()
        station.wake()

    ending = await Workout().once(moving, revoke).run()
    assert ending.result is Result.SAFETY_STOP
    assert treadmill.belt.speed == 0


async def test_of_other_programs_on_this_host_only_a_stop_joins_the_link(air: Air) -> None:
    treadmill = machine()
    await air.put(treadmill)
    others: list[asyncio.Task[bool]] = []

    async def other() -> bool:
        with pytest.raises(MachineNotFoundError, match="another program on this computer has the link"):
            await BleLink(ADDRESS).connect()
        link = BleLink(ADDRESS, joins=True)
        await link.connect()
        await link.subscribe(control_point.UUID)
        while await link.write(STOP) is not None:  # noqa: ASYNC110 - the session's own target is still being answered
            await asyncio.sleep(0.1)
        await asyncio.sleep(1)
        return link.is_shared

    workout = Workout(BRIEF.replace("25 s", "3 min")).once(
        moving, lambda: others.append(asyncio.create_task(other()))
    )
    ending = await workout.run()
    assert await others[0], "it says that the link is not its own"
    assert ending.result in {Result.STOPPED, Result.SAFETY_STOP}
    assert treadmill.belt.speed == 0


@pytest.mark.parametrize("state", [State.COUNTDOWN, State.STANDING])
async def test_a_stop_by_another_program_before_anything_moves_keeps_it_from_moving(air: Air, state: State) -> None:
    treadmill = machine()
    await air.put(treadmill)
    others: list[asyncio.Task[None]] = []

    async def other() -> None:
        link = BleLink(ADDRESS, joins=True)
        await link.connect()
        await link.subscribe(control_point.UUID)
        for request in (CONTROL, STOP):
            await link.write(request)
            await asyncio.sleep(0.3)

    text = BRIEF.replace("stand: 5 s", "stand: 60 s") if state is State.STANDING else BRIEF
    workout = Workout(text).once(in_state(state), lambda: others.append(asyncio.create_task(other())))
    ending = await workout.run()
    await others[0]
    assert ending.result is Result.STOPPED
    assert treadmill.belt.speed == 0
    assert treadmill.belt.distance_m == 0


@pytest.mark.parametrize(
    ("character", "result"),
    [
        ("ignores-stop", Result.SAFETY_STOP),
        ("pause-first", Result.SAFETY_STOP),
        ("takes-mph", Result.SAFETY_STOP),
        ("citysports-a", Result.COMPLETED),
        ("citysports-b", Result.COMPLETED),
        ("urevo", Result.COMPLETED),
        ("kingsmith", Result.COMPLETED),
        ("omega-z", Result.COMPLETED),
    ],
)
async def test_every_kind_of_trouble_ends_as_it_should(air: Air, character: str, result: Result) -> None:
    treadmill = machine(character)
    await air.put(treadmill)
    ending = await Workout().run()
    assert ending.result is result
    assert treadmill.belt.speed == 0


async def test_the_runner_stops_and_the_bytes_are_there_at_once(air: Air) -> None:
    treadmill = machine()
    await air.put(treadmill)
    workout = Workout()
    workout.once(moving, lambda: workout.session.press(Pressed.STOP, "test"))
    ending = await workout.run()
    assert ending.result is Result.STOPPED
    assert STOP in written(treadmill)


# ---- the link itself ---------------------------------------------------------------------------------------


async def test_nobody_there_is_a_sentence(air: Air) -> None:
    await air.put(machine())
    with pytest.raises(MachineNotFoundError, match="was not found; a treadmill talks to one program at a time"):
        await BleLink("F0:F1:F2:F3:F4:99").connect()


async def test_an_att_error_is_a_code_and_a_lost_link_is_not(air: Air) -> None:
    (station,) = await air.put(machine())
    link = BleLink(ADDRESS)
    await link.connect()
    assert await link.write(CONTROL) == 0xFD, "indications are off"
    await subscribe(link)
    assert await link.write(CONTROL) is None
    with pytest.raises(LinkError, match="no characteristic 2ad8"):
        await link.read(0x2AD8)
    lost = asyncio.Event()
    link.listen(lambda _uuid, _data: None, lambda _reason: lost.set())
    station.close("lost")
    async with asyncio.timeout(30):
        await lost.wait()
    with pytest.raises(LinkLostError):
        await link.write(STOP)


async def test_characteristics_that_are_missing_are_read_as_none(air: Air) -> None:
    await air.put(machine("well-behaved", "ranges=missing", "marked=off"))
    link = BleLink(ADDRESS)
    await link.connect()
    assert await link.clock_rate() is None
    assert await read_all(link, (0x2AD4, 0x2A29)) == {0x2AD4: None, 0x2A29: b"treadcoach"}
    await link.disconnect()


async def test_five_links_one_after_the_other(air: Air) -> None:
    await air.put(machine())
    link = BleLink(ADDRESS)
    for _ in range(5):
        await link.connect()
        await subscribe(link)
        await link.disconnect()


async def test_a_machine_that_only_commands_and_notifies(air: Air) -> None:
    treadmill = machine("urevo")
    await air.put(treadmill)
    link = BleLink(ADDRESS)
    heard: list[tuple[int, bytes]] = []
    link.listen(lambda uuid, data: heard.append((uuid, data)), lambda _: None)
    await link.connect()
    await subscribe(link)
    assert await link.write(CONTROL) is None
    await asyncio.sleep(2)
    assert (control_point.UUID, b"\x80\x00\x01") in heard
    await link.disconnect()


# ---- this computer's Bluetooth -----------------------------------------------------------------------------


async def test_a_host_without_a_bus_or_bluez_or_power_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    async with PrivateAir(monkeypatch) as empty:
        with pytest.raises(MachineNotFoundError, match="systemctl start bluetooth"):
            await ble.scan(None, 0.1)
        await empty.put(machine())
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/at/all")
    with pytest.raises(MachineNotFoundError, match="no D-Bus"):
        await ble.scan(None, 0.1)


async def test_an_adapter_that_is_off_or_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    async with PrivateAir(monkeypatch) as private:
        await private.put(machine())
        assert private.bluez
        with pytest.raises(MachineNotFoundError, match="hci7"):
            await ble.scan("hci7", 0.1)
        private.bluez.power(on=False)
        await asyncio.sleep(1)
        with pytest.raises(MachineNotFoundError, match="switched off"):
            await ble.scan(None, 0.1)


async def test_the_adapter_is_the_one_that_was_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async with PrivateAir(monkeypatch, adapters=("hci0", "hci1")) as private:
        await private.put(machine())
        assert [found.address for found in await ble.scan("hci0", 10.0)] == [ADDRESS]
        assert await ble.scan("hci1", 10.0) == []
