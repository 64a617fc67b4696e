"""What is obeyed of what comes over a network."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta

import pytest

from treadcoach.events import Pressed
from treadcoach.remote import AGAIN_S, MAX_BYTES, Gate, Ignored, meant

NOW = datetime(2026, 11, 25, 18, 0, 0, tzinfo=UTC)


def ts(seconds: float) -> str:
    return (NOW + timedelta(seconds=seconds)).isoformat()


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        (b"stop", Pressed.STOP),
        (b"pause", Pressed.PAUSE),
        (b'{"command": "stop"}', Pressed.STOP),
        (b'{"command": "pause", "ts": null}', Pressed.PAUSE),
        (f'{{"command":"stop","ts":"{ts(-1.9)}"}}'.encode(), Pressed.STOP),
        (f'{{"command":"stop","ts":{NOW.timestamp() - 1.9}}}'.encode(), Pressed.STOP),
        (b'{"command":"stop","ts":"2026-11-25T19:00:00+01:00"}', Pressed.STOP),
        (b'{"command":"stop","ts":"2026-11-25T18:00:00Z"}', Pressed.STOP),
        (b'{"command":"stop","from":"the kitchen"}', Pressed.STOP),
        # A clock that goes ahead is no reason to let a belt run.
        (f'{{"command":"stop","ts":"{ts(3600)}"}}'.encode(), Pressed.STOP),
        (f'{{"command":"stop","ts":"{ts(-2.1)}"}}'.encode(), Ignored.STALE),
        (f'{{"command":"stop","ts":{NOW.timestamp() - 2.1}}}'.encode(), Ignored.STALE),
        (b'{"command":"stop","ts":0}', Ignored.STALE),
        (b"start", Ignored.UNKNOWN),
        (b"STOP", Ignored.UNKNOWN),
        (b"stop ", Ignored.UNKNOWN),
        (b"", Ignored.UNKNOWN),
        (b'{"command":"start"}', Ignored.UNKNOWN),
        (b'{"command":"confirm"}', Ignored.UNKNOWN),
        (b'{"command":"set_speed","value":9}', Ignored.UNKNOWN),
        (b'{"command":"stop","command":"start"}', Ignored.MALFORMED),
        (b'{"command":["stop"]}', Ignored.MALFORMED),
        (b'{"command":"stop","ts":true}', Ignored.MALFORMED),
        (b'{"command":"stop","ts":NaN}', Ignored.MALFORMED),
        (b'{"command":"stop","ts":1e400}', Ignored.MALFORMED),
        (b'{"command":"stop","ts":1e300}', Ignored.MALFORMED),
        (b'{"command":"stop","ts":"2026-11-25T18:00:00"}', Ignored.MALFORMED),
        (b'{"command":"stop","ts":"yesterday"}', Ignored.MALFORMED),
        (b'{"command":"stop"', Ignored.MALFORMED),
        (b"{}", Ignored.MALFORMED),
        (b'{"command":"stop","ts":-1e15}', Ignored.MALFORMED),
        (b"{" * 200, Ignored.MALFORMED),
        (b"\xff\xfe", Ignored.MALFORMED),
        (b"stop" + b" " * MAX_BYTES, Ignored.OVERSIZED),
    ],
)
def test_two_words_mean_something(payload: bytes, found: Pressed | Ignored) -> None:
    assert meant(payload, retained=False, now=NOW) is found
    assert meant(payload, retained=True, now=NOW) is Ignored.RETAINED


def test_a_flood_of_one_word_is_one_word_and_never_hides_the_other() -> None:
    gate = Gate()
    passed = [
        (at, word, found)
        for at in (k / 1000 for k in range(3000))
        for word in (b"pause", b"stop")
        if isinstance(found := gate.judge(word, retained=False, now=NOW, at=at), Pressed)
    ]
    assert passed[0][2] is Pressed.PAUSE
    assert passed[1][:2] == (0.0, b"stop")
    assert len(passed) == 2 * 3 / AGAIN_S
    assert gate.ignored == {Ignored.REPEATED: 6000 - len(passed)}


_FIELDS = [
    b"stop",
    b"pause",
    b"start",
    b"{",
    b"}",
    b'"command"',
    b'"ts"',
    b":",
    b",",
    b"null",
    b"1e9",
    b"\x00",
    b"\xff",
]


def test_of_a_hundred_thousand_random_messages_nothing_but_two_words_comes_through() -> None:
    seed = 1
    chance, gate, passed = random.Random(seed), Gate(), 0
    for number in range(100_000):
        payload = b"".join(chance.choices(_FIELDS, k=chance.randint(0, 12)))
        found = gate.judge(payload, retained=chance.random() < 0.1, now=NOW, at=number / 1000)
        if isinstance(found, Pressed):
            passed += 1
            assert found in {Pressed.STOP, Pressed.PAUSE}, (seed, number)
            assert payload in {b"stop", b"pause"} or json.loads(payload)["command"] == found.value, (seed, number)
    assert passed + gate.ignored.total() == 100_000
    assert passed > 100
