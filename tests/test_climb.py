"""A stop without a session, against the simulated machines, in a plain loop."""

from __future__ import annotations

import pytest

from treadcoach.climb import Climb
from treadcoach.events import LinkLost, LinkRestored, Notified, RawInput, WriteFailed
from treadcoach.ftms import control_point, treadmill_data
from treadmill_simulator.characters import CHARACTERS
from treadmill_simulator.link import Wire
from treadmill_simulator.machine import Machine

STOP, PAUSE = b"\x08\x01", b"\x08\x02"
# What a stop may write. A target only as the ladder's last but one rung: the slowest.
STOPS = {0x00, 0x01, 0x02, 0x08}


class Belt:
    """A machine that somebody else has started, and a climb that has listened to it."""

    def __init__(self, character: str = "well-behaved", **settings: object) -> None:
        self.machine = Machine(CHARACTERS[character]._replace(**settings), 1)  # type: ignore[arg-type]
        self.wire = Wire(self.machine)
        for uuid in (control_point.UUID, treadmill_data.UUID):
            self.wire.subscribe(uuid)
        self.climb = Climb(self.machine.character.passport, None, 0.0)
        self.now = 0.0
        self.failed: list[int] = []

    def moves(self, kmh: float = 3.0) -> Belt:
        self.machine.console_start()
        self.run(8)
        self.machine.console_speed(kmh)
        self.run(8)
        return self

    def step(self, *raw: RawInput) -> None:
        failed = [self.wire.write(write.data, self.now) for write in self.climb.step(self.now, raw)]
        self.failed = [code for code in failed if code is not None]

    def run(self, seconds: float) -> Belt:
        end = self.now + seconds
        while self.now < end and not self.climb.sees_rest:
            if self.failed:
                self.step(*(WriteFailed(code) for code in self.failed))
                continue
            wake_at = self.climb.wake_at(self.now)
            self.now = max(self.now, min(end, self.wire.wake_at, end if wake_at is None else wake_at))
            self.step(*(Notified(frame.uuid, frame.data) for frame in self.wire.advance(self.now)))
        return self

    def stop(self, seconds: float = 60) -> Belt:
        self.climb.begin(self.now)
        self.step()
        return self.run(seconds)

    @property
    def written(self) -> list[bytes]:
        return [data for _, data in self.machine.received]


def test_it_only_listens_before_it_begins() -> None:
    belt = Belt().moves()
    assert belt.written == []
    assert not belt.climb.sees_rest


# Two that ignore it, and one that obeys only who knows its maker's code.
NOT_TO_BE_STOPPED = {"ignores-stop", "horizon-7.4", "kingsmith-mc21"}


@pytest.mark.parametrize("character", [name for name in CHARACTERS if name not in NOT_TO_BE_STOPPED])
def test_every_machine_that_can_be_stopped_is_stopped(character: str) -> None:
    belt = Belt(character).moves()
    belt.stop()
    assert belt.machine.belt.speed == 0
    assert {data[0] for data in belt.written} <= STOPS
    assert belt.climb.sees_rest or CHARACTERS[character].reports == "zeros"


def test_a_belt_that_moves_is_stopped_with_two_zeros() -> None:
    belt = Belt().moves()
    began = belt.now
    belt.stop()
    assert belt.written == [b"\x00", STOP]
    assert belt.now - began < 9


def test_a_machine_that_wants_pause_first_gets_it_first() -> None:
    belt = Belt("pause-first").moves().stop()
    assert [data for data in belt.written if data != b"\x00"] == [PAUSE, STOP]


def test_zeros_of_a_countdown_are_not_believed() -> None:
    belt = Belt(countdown_s=9.0, ignores_stop=True)
    belt.run(3)
    belt.machine.console_start()
    belt.stop(8)
    assert not belt.climb.sees_rest
    belt.run(60)
    assert belt.machine.belt.speed == 0


def test_a_new_link_begins_with_request_control_and_stop() -> None:
    belt = Belt().moves()
    belt.wire.lose(belt.now)
    belt.step(LinkLost("test"))
    belt.climb.begin(belt.now)
    belt.step()
    assert belt.written == []
    belt.wire.restore()
    for uuid in (control_point.UUID, treadmill_data.UUID):
        belt.wire.subscribe(uuid)
    belt.step(LinkRestored())
    assert belt.written == [b"\x00"]
    belt.run(60)
    assert belt.written[:2] == [b"\x00", STOP]
    assert belt.climb.sees_rest


def test_it_does_not_give_up() -> None:
    belt = Belt(ignores_stop=True, results="01=4").moves()
    belt.stop(120)
    tried = [data for data in belt.written if data in {STOP, PAUSE}]
    assert len(tried) > 25
