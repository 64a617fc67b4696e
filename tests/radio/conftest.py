"""Real bleak against simulated machines. Waiting is accelerated, but D-Bus and HCI take the time that they take."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable, Mapping

import pytest
from air import Air, PrivateAir

from treadcoach.pace import PacedLoop

# The loop's seconds pass this many times as fast: a program of one minute in two seconds.
# The real stack has a pace of its own, and is given it.
RATE = float(os.environ.get("RADIO_RATE", "30"))


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"accelerated": lambda: PacedLoop(RATE)}


needs_bus = pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="needs the program dbus-daemon")


@pytest.fixture(params=[pytest.param("private-bus", marks=needs_bus), pytest.param("bluez", marks=pytest.mark.bluez)])
async def air(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Air]:
    """Something that machines can be put on, and that unmodified bleak finds them on."""
    if request.param == "bluez":
        from appliance import RealAir  # noqa: PLC0415 - needs Bumble and QEMU

        async with RealAir(monkeypatch) as real:
            yield real
        return
    async with PrivateAir(monkeypatch) as private:
        yield private
