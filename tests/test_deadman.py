"""The deadman on virtual time: a pipe of words, and a machine in this process."""

from __future__ import annotations

import asyncio

import pytest

from treadcoach.deadman import ACTING, BEAT, GOODBYE, SILENCE_S, Deadman, Orders
from treadcoach.errors import LinkError
from treadcoach.link import SUBSCRIPTIONS
from treadmill_simulator.characters import CHARACTERS
from treadmill_simulator.link import InProcessLink, Wire
from treadmill_simulator.machine import Machine

ORDERS = Orders("F0:F1:F2:F3:F4:01", "hci0", pause_before_stop=False, grid=(80, 1600, 10))


class Post:
    """A deadman at its post, before a belt at 3 km/h."""

    def __init__(self, character: str = "well-behaved") -> None:
        self.machine = Machine(CHARACTERS[character], 1)
        self.link = InProcessLink(Wire(self.machine))
        self.words = asyncio.StreamReader()
        self.said: list[str] = []
        self.warned: list[str] = []
        self.began_at = 0.0

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    async def man(self) -> Deadman:
        await self.link.connect()
        deadman = Deadman(ORDERS, self.link, self.said.append, self.warned.append, lambda: self.now)
        for uuid in SUBSCRIPTIONS:
            await self.link.subscribe(uuid)
        self.machine.console_start()
        await asyncio.sleep(6)
        self.machine.console_speed(3.0)
        await asyncio.sleep(6)
        self.began_at = self.now
        return deadman

    async def beat(self, seconds: float) -> None:
        for _ in range(round(seconds * 10)):
            self.words.feed_data(f"{BEAT}\n".encode())
            await asyncio.sleep(0.1)

    @property
    def written(self) -> list[tuple[float, bytes]]:
        return [(round(at - self.began_at, 2), data) for at, data in self.machine.received]


def test_orders_survive_the_pipe() -> None:
    assert Orders.of(ORDERS.line()) == ORDERS._replace(grid=[80, 1600, 10])  # type: ignore[arg-type]


async def test_a_session_that_lives_is_left_alone() -> None:
    post = Post()
    deadman = await post.man()
    watching = asyncio.create_task(deadman.watch(post.words))
    await post.beat(20)
    post.words.feed_data(f"{GOODBYE}\n".encode())
    assert await watching is None
    assert post.written == []
    assert post.said == [BEAT] * 200


async def test_before_the_first_heartbeat_there_is_nothing_to_watch() -> None:
    post = Post()
    deadman = await post.man()
    post.words.feed_eof()
    assert await deadman.watch(post.words) is None


async def test_a_session_that_dies_is_noticed_at_once() -> None:
    post = Post()
    deadman = await post.man()
    post.words.feed_data(f"{BEAT}\n".encode())
    post.words.feed_eof()
    assert await deadman.watch(post.words) == "treadcoach has died"
    assert post.now - post.began_at < 0.01


async def test_a_session_that_stalls_is_noticed_after_a_second() -> None:
    post = Post()
    deadman = await post.man()
    watching = asyncio.create_task(deadman.watch(post.words))
    await post.beat(2)
    assert await watching == "treadcoach has stalled"
    assert post.now - post.began_at == pytest.approx(1.9 + SILENCE_S, abs=0.02)


@pytest.mark.parametrize("character", ["well-behaved", "pause-first", "kingsmith-r3", "start-toggles", "omega-z"])
async def test_the_belt_is_stopped(character: str) -> None:
    post = Post(character)
    deadman = await post.man()
    assert await deadman.stop("it died")
    assert post.machine.belt.speed == 0
    assert post.said == [ACTING]
    assert "it died: stopping the belt" in post.warned[0]
    assert post.warned[-1] == "the belt was seen to stop"


async def test_the_first_words_are_request_control_and_stop() -> None:
    post = Post()
    deadman = await post.man()
    await deadman.stop("it died")
    latency_s = post.machine.character.latency_s
    assert post.written == [(0.0, b"\x00"), (latency_s, b"\x08\x01")]


async def test_a_lost_link_is_made_anew_to_stop() -> None:
    post = Post()
    deadman = await post.man()
    post.link.lose("the radio is gone")
    assert await deadman.stop("it died")
    assert [data for _, data in post.written][:2] == [b"\x00", b"\x08\x01"]


async def test_a_link_that_only_looks_up_is_made_anew() -> None:
    post = Post()
    deadman = await post.man()
    write, refuses_until = post.link.write, post.now + 4

    async def hanging(data: bytes) -> int | None:
        if post.now < refuses_until:
            raise LinkError("nothing passes")
        return await write(data)

    post.link.write = hanging  # type: ignore[method-assign]
    assert await deadman.stop("it died")
    assert post.machine.belt.speed == 0


async def test_a_belt_that_does_not_obey_is_never_given_up_while_its_machine_is_heard() -> None:
    post = Post("ignores-stop")
    post.machine.change(post.machine.character._replace(results="01=4"))
    deadman = await post.man()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(3600):
            await deadman.stop("it died")
    post.machine.change(CHARACTERS["well-behaved"])
    assert await deadman.stop("it died")


async def test_a_machine_that_has_not_been_heard_for_ten_minutes_is_given_up_and_said_to_run() -> None:
    post = Post("ignores-stop")
    deadman = await post.man()
    post.link.wire.drops = True
    assert not await deadman.stop("it died")
    assert post.now - post.began_at >= 600
    assert "STOP NOT CONFIRMED" in post.warned[-1]
