"""Settings of the whole suite: the same examples in every run, and no opinion on how long one takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from hypothesis import HealthCheck, settings

from treadcoach.pace import PacedLoop

settings.register_profile("suite", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Asynchronous tests run on virtual time, on the loop that simulated sessions use: waiting takes no time."""
    return {"virtual": lambda: PacedLoop(float("inf"))}
