"""The real stack as something that machines can be put on: bluetoothd in a guest, its radio Bumble's virtual one.

Every test has a guest of its own: BlueZ remembers machines, links and whoever listened, and none of that may reach
the next test. Guest and virtual radio live in a process beside the tests: this file, run as a program.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Self

import guest
import pytest

from treadmill_simulator.radio import Radio
from treadmill_simulator.station import Peripheral, Station

CACHE = Path(os.environ.get("TREADCOACH_BLUEZ_CACHE", Path.home() / ".cache/treadcoach-bluez"))


class RealAir:
    """Where real BlueZ finds machines."""

    name = "real BlueZ"

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        if reason := guest.missing():
            pytest.skip(reason)
        self._monkeypatch = monkeypatch
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._stack.__aenter__()
        self._ports = self._stack.enter_context(_booted())
        self._monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"tcp:host=127.0.0.1,port={self._ports['dbus']}")
        self._monkeypatch.setenv("BLEAK_DBUS_AUTH_UID", "0")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    @property
    def transport(self) -> str:
        """Another radio in the guest's neighbourhood, as Bumble names transports."""
        return f"tcp-client:127.0.0.1:{self._ports['peripheral']}"

    async def put(self, *machines: Peripheral) -> list[Station]:
        (only,) = machines
        station = Station(only, "F0:F1:F2:F3:F4:01")
        await self._stack.enter_async_context(Radio(self.transport, [station]))
        return [station]


@contextmanager
def _booted() -> Iterator[dict[str, int]]:
    """A guest, and the ports of its bus and of its neighbourhood."""
    program = [sys.executable, __file__]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline() if process.stdout else ""
        assert line, "the guest did not come up"
        yield json.loads(line)  # it ends with its standard input


# ---- the program -------------------------------------------------------------------------------------------


async def _serve() -> None:
    from bumble import hci  # noqa: PLC0415
    from bumble.controller import Controller  # noqa: PLC0415
    from bumble.link import LocalLink  # noqa: PLC0415
    from bumble.transport import open_transport  # noqa: PLC0415
    from bumble.transport.common import StreamPacketSink, StreamPacketSource  # noqa: PLC0415

    machine = guest.Guest(CACHE)
    await machine.start()
    link = LocalLink()
    adapter_end = await open_transport(f"tcp-client:127.0.0.1:{machine.hci_port}")
    adapter = Controller("adapter", host_source=adapter_end.source, host_sink=adapter_end.sink, link=link)
    # The virtual controller claims more than it does: without these two BlueZ stays with what works.
    adapter.le_features &= ~(hci.LeFeatureMask.LL_PRIVACY | hci.LeFeatureMask.LE_EXTENDED_ADVERTISING)
    machine.attach()
    port = guest.free_port()

    async def peripheral(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A fresh virtual controller for every machine that comes: nothing of the last one is left."""
        source = StreamPacketSource()
        controller = Controller("peripheral", host_source=source, host_sink=StreamPacketSink(writer), link=link)  # type: ignore[arg-type]
        while data := await reader.read(4096):
            source.data_received(data)
        for connection in list(adapter.le_connections.values()):
            adapter.on_le_disconnected(connection, 0x13)  # the other side is gone
        link.remove_controller(controller)
        writer.close()

    await asyncio.start_server(peripheral, "127.0.0.1", port)
    await _power_on(machine.dbus_port)
    print(json.dumps({"dbus": machine.dbus_port, "peripheral": port}), flush=True)
    try:
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)  # until the tests are gone
    finally:
        await machine.stop()


async def _power_on(port: int) -> None:
    from dbus_fast import Variant  # noqa: PLC0415

    body = ["org.bluez.Adapter1", "Powered", Variant("b", True)]
    async with asyncio.timeout(60):
        while not await _call(port, "/org/bluez/hci0", "org.freedesktop.DBus.Properties", "Set", ("ssv", body)):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def _call(port: int, path: str, interface: str, member: str, given: tuple[str, list[object]]) -> bool:
    """Call a method of BlueZ's; whether it was obeyed."""
    from dbus_fast import Message, MessageType  # noqa: PLC0415
    from dbus_fast.aio import MessageBus  # noqa: PLC0415
    from dbus_fast.auth import AuthExternal  # noqa: PLC0415

    bus = await MessageBus(bus_address=f"tcp:host=127.0.0.1,port={port}", auth=AuthExternal(uid=0)).connect()
    call = Message("org.bluez", path, interface, member)
    call.signature, call.body = given
    reply = await bus.call(call)
    bus.disconnect()
    await bus.wait_for_disconnect()
    return reply.message_type is not MessageType.ERROR


if __name__ == "__main__":
    asyncio.run(_serve())
    os._exit(0)  # the thread that reads standard input is of no use any more
