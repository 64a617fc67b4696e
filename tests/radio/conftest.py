"""Real bleak against simulated machines. Waiting is accelerated, but D-Bus and HCI take the time that they take."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

import pytest
from air import PRIVATE_BUS, Air, PrivateAir

from treadcoach.pace import PacedLoop, ScaledLoop

# The loop's seconds pass this many times as fast: a program of one minute in two seconds.
RATE = 30


def pytest_asyncio_loop_factories(config: pytest.Config) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The real stack has a pace of its own, and is given it: only what a session waits for is accelerated."""
    if config.getoption("markexpr") == "bluez":
        return {"accelerated": ScaledLoop}
    return {"accelerated": lambda: PacedLoop(RATE)}


REAL_STACK = pytest.param("bluez", marks=[pytest.mark.bluez, pytest.mark.timeout(400)])


@pytest.fixture(params=[PRIVATE_BUS, REAL_STACK])
async def air(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Air]:
    """Something that machines can be put on, and that unmodified bleak finds them on."""
    if request.param == "bluez":
        from appliance import RealAir  # noqa: PLC0415 - needs Bumble and QEMU

        async with RealAir(monkeypatch) as real:
            yield real
        return
    async with PrivateAir(monkeypatch) as private:
        yield private
