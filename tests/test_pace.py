from __future__ import annotations

import asyncio
import os
import time

import pytest

from treadcoach import pace
from treadcoach.pace import NOISE_S, Naps, PacedLoop


def test_an_hour_of_virtual_time_takes_none() -> None:
    async def hour() -> float:
        await asyncio.sleep(3600)
        return asyncio.get_running_loop().time()

    began = time.monotonic()
    with asyncio.Runner(loop_factory=lambda: PacedLoop(float("inf"))) as runner:
        assert runner.run(hour()) == pytest.approx(3600)
    assert time.monotonic() - began < 60


def test_a_rate_is_kept_from_below() -> None:
    async def wait() -> None:
        await asyncio.sleep(1.0)

    began = time.monotonic()
    with asyncio.Runner(loop_factory=lambda: PacedLoop(20)) as runner:
        runner.run(wait())
    assert time.monotonic() - began >= 0.045


def test_what_comes_in_from_outside_is_seen_between_events() -> None:
    async def read() -> tuple[bytes, float]:
        loop = asyncio.get_running_loop()
        ours, theirs = os.pipe()
        got: asyncio.Future[bytes] = loop.create_future()
        loop.add_reader(ours, lambda: got.set_result(os.read(ours, 1)))
        loop.call_later(100, lambda: None)
        os.write(theirs, b"x")
        try:
            return await got, loop.time()
        finally:
            loop.remove_reader(ours)
            os.close(ours)
            os.close(theirs)

    with asyncio.Runner(loop_factory=lambda: PacedLoop(10)) as runner:
        data, at = runner.run(read())
    assert data == b"x"
    assert at < 100


def test_the_noise_of_two_clocks_is_no_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    slept = 100.0
    monkeypatch.setattr(pace, "slept_s", lambda: slept)
    naps = Naps()
    for noise in (1e-6, NOISE_S / 2, 0.0, -NOISE_S, NOISE_S * 0.9):
        slept = 100.0 + noise
        assert naps.since() == 0.0
    slept = 100.25
    assert naps.since() == 0.25
    assert naps.since() == 0.0
