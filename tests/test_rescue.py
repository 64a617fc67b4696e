"""What is left when something has gone wrong, on links that are as bad as links can be; in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest

from treadcoach.errors import LinkError
from treadcoach.ftms import control_point, training_status
from treadcoach.rescue import HOPELESS_HEARD_S, HOPELESS_S, HOPELESS_STOP_S, Carriage, PlainStops, is_word_taken

STOP = b"\x08\x01"


class Link:
    """Takes every write and says nothing; subscriptions are as the test has them."""

    def __init__(self, subscriptions: str) -> None:
        self.subscriptions = subscriptions
        self.ended_for_all = 0
        self.stops: list[float] = []

    def listen(self, notify: Callable[[int, bytes], None], lost: Callable[[str], None]) -> None: ...

    async def connect(self) -> None: ...

    async def disconnect(self, *, for_all: bool = False) -> None:
        self.ended_for_all += for_all

    async def read(self, uuid: int) -> bytes:
        raise LinkError(f"{uuid:04x}")

    async def subscribe(self, uuid: int) -> None:
        if self.subscriptions == "missing" and uuid == training_status.UUID:
            raise LinkError("no such characteristic")
        if self.subscriptions == "hang" and uuid != control_point.UUID:
            await asyncio.sleep(1000)

    async def write(self, data: bytes) -> int | None:
        if data == STOP:
            self.stops.append(asyncio.get_running_loop().time())
        return None


@pytest.mark.parametrize("subscriptions", ["fine", "missing", "hang"])
async def test_stops_after_a_fault_do_not_wait_for_what_can_be_heard_of_the_belt(subscriptions: str) -> None:
    link = Link(subscriptions)
    assert not await PlainStops(link, is_lost=True, patience_s=60.0).run()
    assert link.ended_for_all == 1, "a link that only looks up is in the way of a new one, whoever has it"
    assert max(after - before for before, after in pairwise(link.stops)) <= 1.6
    assert link.stops[-1] - link.stops[0] > 50


@pytest.mark.parametrize(
    ("heard", "stops", "patience_s"),
    [
        (False, False, HOPELESS_S),
        (False, True, HOPELESS_S),
        (True, False, HOPELESS_HEARD_S),
        (True, True, HOPELESS_STOP_S),
    ],
)
def test_a_link_is_given_up_when_nothing_is_answered_and_for_a_stop_sooner(
    *, heard: bool, stops: bool, patience_s: float
) -> None:
    carriage = Carriage()
    assert not carriage.is_hopeless(10.0, stops=stops)
    if heard:
        carriage.heard()
    assert not carriage.is_hopeless(10.0 + patience_s - 0.001, stops=stops)
    assert carriage.is_hopeless(10.0 + patience_s, stops=stops)
    carriage.answered()
    assert not carriage.is_hopeless(100.0, stops=stops)


@pytest.mark.parametrize(
    ("seconds", "moves", "taken"), [(7.9, False, False), (8.0, False, True), (8.0, True, False), (60.0, True, True)]
)
def test_whoever_sees_the_belt_at_rest_is_believed_later_where_the_machine_reports_motion(
    *, seconds: float, moves: bool, taken: bool
) -> None:
    assert is_word_taken(seconds, moves=moves) is taken
