"""Settings of the whole suite: the same examples in every run, and no opinion on how long one takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from treadcoach.pace import PacedLoop

settings.register_profile("suite", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Asynchronous tests run on virtual time, on the loop that simulated sessions use: waiting takes no time."""
    return {"virtual": lambda: PacedLoop(float("inf"))}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--approve", action="store_true", help="write what the transcripts are held against anew")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that wait for half a minute begin first, so that nobody waits for them at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture
def approved(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Holds a text against the one that was approved under a name."""

    def hold(name: str, text: str) -> None:
        path = Path(__file__).parent / "approved" / name
        if request.config.getoption("--approve"):
            path.write_text(text)
        assert text == path.read_text()

    return hold
