"""A broker that is against us, for a while; `make flood` does it for a million messages."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress

import pytest
from brokers import wait_until
from flood import TOPICS, HostileBroker, Victim, drown, packet

from treadcoach.events import Pressed


def test_of_everything_that_a_broker_can_send_two_words_come_through() -> None:
    victim, sent, megabytes = drown(5_000, seed=1)
    assert victim.judged == sent.on_topic
    assert set(victim.pressed) == {Pressed.STOP, Pressed.PAUSE}
    assert len(victim.pressed) <= sum(sent.words.values())
    assert megabytes[-1] - megabytes[1] < 16


def test_bytes_that_are_no_mqtt_are_a_lost_broker_and_no_more() -> None:
    seed = 1
    chance, broker = random.Random(seed), HostileBroker()
    victim = Victim(broker.port)
    try:
        for _ in range(3):
            assert broker.is_subscribed.wait(20)
            broker.is_subscribed.clear()
            broker.send(packet(TOPICS.command, b"start", kept=False) + chance.randbytes(5000))
            broker.hang_up()
        assert broker.is_subscribed.wait(20)
        broker.send(packet(TOPICS.command, b"stop", kept=False))
        wait_until(lambda: victim.pressed == [Pressed.STOP], "a stop")
    finally:
        victim.telemeter.close()
        broker.close()
    assert any("the session goes on without it" in status.text for status in victim.said)


def test_a_line_on_which_nothing_was_understood_is_closed() -> None:
    """Whoever sends such a thing again and again would otherwise have a hundred of them open."""
    broker = HostileBroker()
    victim = Victim(broker.port)
    try:
        for _ in range(3):
            assert broker.is_subscribed.wait(20), "it is spoken to on the old line, or not at all"
            broker.is_subscribed.clear()
            broker.send(b"\x30\x05\x00\x02\xff\xfe\x00")  # a topic that is no text
    finally:
        victim.telemeter.close()
        broker.close()


def _large() -> bytes:
    return packet(TOPICS.command, b"x" * 50_000_000, kept=False)


def _never_released() -> bytes:
    body = len(TOPICS.command).to_bytes(2, "big") + TOPICS.command.encode() + b"\x00\x01\x00stop"
    return bytes([0x34, len(body)]) + body


@pytest.mark.parametrize("what", [_large, _never_released])
def test_what_would_fill_the_memory_ends_the_line(what: Callable[[], bytes]) -> None:
    """A packet of fifty megabytes; a message of a kind that has to be kept until the broker releases it."""
    broker = HostileBroker()
    victim = Victim(broker.port)
    try:
        assert broker.is_subscribed.wait(20)
        broker.is_subscribed.clear()
        with suppress(OSError):  # it hangs up in the middle
            broker.send(what())
        assert broker.is_subscribed.wait(20), "it would have to be a new line"
        assert victim.pressed == []
    finally:
        victim.telemeter.close()
        broker.close()
