from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadcoach.ftms import FitnessMachineFeature, SupportedSpeedRange, TrainingStatus, TreadmillData
from treadcoach.link import SUBSCRIPTIONS
from treadcoach.treadmill import CAPABILITIES
from treadmill_simulator.characters import CHARACTERS
from treadmill_simulator.link import Wire
from treadmill_simulator.machine import Machine
from treadmill_simulator.motor import Motion
from treadmill_simulator.runner import Runner

CONTROL, START, STOP, PAUSE, RESET = b"\x00", b"\x07", b"\x08\x01", b"\x08\x02", b"\x01"
DATA, TRAINING, STATUS, POINT = 0x2ACD, 0x2AD3, 0x2ADA, 0x2AD9


class Client:
    """Writes and listens, and knows nothing."""

    def __init__(self, character: str = "well-behaved", seed: int = 1) -> None:
        self.machine = Machine(CHARACTERS[character], seed)
        self.now = 0.0
        self.heard: list[tuple[float, int, bytes]] = []
        for uuid in SUBSCRIPTIONS:
            self.machine.subscribe(uuid)

    def wait(self, seconds: float) -> Client:
        end = self.now + seconds
        while self.machine.wake_at <= end:
            self.now = max(self.now, self.machine.wake_at)
            self.machine.advance(self.now)
            self.heard += [(self.now, *frame) for frame in self.machine.frames()]
        self.now = end
        self.machine.advance(end)
        return self

    def ask(self, data: bytes) -> int | None:
        """The result code of the response."""
        assert self.machine.write(data, self.now) is None
        before = len(self.heard)
        self.wait(0.1)
        answers = [frame for _, uuid, frame in self.heard[before:] if uuid == POINT]
        assert answers[0][:2] == bytes((0x80, data[0]))
        return answers[0][2]

    def running(self, kmh: float = 2.0) -> Client:
        self.ask(CONTROL)
        self.ask(START)
        self.wait(6)
        self.ask(b"\x02" + round(kmh * 100).to_bytes(2, "little"))
        return self.wait(20)

    @property
    def speed(self) -> float:
        return self.machine.belt.speed


def test_what_can_be_read_is_what_the_character_says() -> None:
    machine = Machine(CHARACTERS["coarse"])
    speeds, features, _ = (machine.read(uuid) for uuid in CAPABILITIES)
    assert SupportedSpeedRange.from_bytes(speeds or b"")[:3] == (100, 1600, 50)
    assert FitnessMachineFeature.from_bytes(features or b"").targets == 3
    assert TrainingStatus.from_bytes(machine.read(TRAINING) or b"").status == 1
    assert machine.read(0x1234) is None


def test_everything_but_request_control_needs_control() -> None:
    client = Client()
    assert [client.ask(data) for data in (START, STOP, b"\x02\x64\x00", RESET)] == [5, 5, 5, 5]
    assert client.ask(CONTROL) == 1
    assert client.ask(START) == 1


def test_results_are_those_of_the_specification() -> None:
    client = Client()
    client.ask(CONTROL)
    assert client.ask(b"\x42") == 2
    assert client.ask(b"\x04\x10") == 2
    assert client.ask(b"\x02\xff\xff") == 3
    assert client.ask(b"\x02\x01") == 3
    assert client.ask(b"\x03\xff\x7f") == 3
    assert client.ask(b"\x03") == 3
    assert client.ask(b"\x08\x09") == 3
    assert client.ask(b"\x08") == 3
    assert client.ask(STOP) == 4, "stopped while stopped"
    assert client.ask(START) == 1
    assert client.ask(START) == 1, "still counting down"
    client.wait(5)
    assert client.ask(START) == 4, "started while started"


def test_writes_without_indications_and_on_top_of_one_another_are_att_errors() -> None:
    machine = Machine(CHARACTERS["well-behaved"])
    assert machine.write(CONTROL, 0.0) == 0xFD
    machine.subscribe(POINT)
    assert machine.write(CONTROL, 0.0) is None
    assert machine.write(START, 0.01) == 0xFE
    assert machine.write(b"", 1.0) is None
    assert [data for _, data in machine.received] == [CONTROL, b""]


def test_the_belt_moves_after_its_countdown_and_says_so() -> None:
    client = Client()
    client.ask(CONTROL)
    client.ask(START)
    client.wait(2.9)
    assert client.machine.motion is Motion.COUNTDOWN
    client.wait(3)
    assert client.speed == 0.8
    trainings = [frame[1] for _, uuid, frame in client.heard if uuid == TRAINING]
    assert trainings == [0x0E, 0x0D]


def test_a_stop_during_the_countdown_is_a_stop() -> None:
    client = Client()
    client.ask(CONTROL)
    client.ask(START)
    assert client.ask(STOP) == 1
    assert client.wait(10).speed == 0


def test_records_come_at_their_period_with_counters_that_count() -> None:
    client = Client().running()
    records = [(at, TreadmillData.from_bytes(frame)) for at, uuid, frame in client.heard if uuid == DATA]
    gaps = [b[0] - a[0] for a, b in pairwise(records)]
    assert 0.9 < min(gaps) <= max(gaps) < 1.1
    last = records[-1][1]
    assert last.instantaneous_speed == 200
    assert (last.elapsed_time or 0) >= 20
    assert (last.total_distance or 0) >= 8
    assert (last.heart_rate or 0) > 60


def test_the_same_seed_gives_the_same_frames() -> None:
    assert Client(seed=3).running().heard == Client(seed=3).running().heard
    assert Client(seed=3).running().heard != Client(seed=4).running().heard


def test_losing_the_link_takes_control_and_nothing_else() -> None:
    client = Client().running()
    client.machine.disconnected(client.now)
    client.wait(10)
    assert client.speed == 2.0
    for uuid in SUBSCRIPTIONS:
        client.machine.subscribe(uuid)
    assert client.ask(STOP) == 5


def test_reset_stops_the_belt_and_gives_control_back() -> None:
    client = Client().running()
    assert client.ask(RESET) == 1
    assert client.wait(10).speed == 0
    assert client.ask(START) == 5


def test_the_deck_moves_slowly() -> None:
    client = Client().running()
    assert client.ask(b"\x03\x14\x00") == 1
    client.wait(10)
    records = [TreadmillData.from_bytes(frame) for _, uuid, frame in client.heard if uuid == DATA]
    assert records[-1].inclination == 20


@pytest.mark.parametrize("stop", [STOP, PAUSE])
def test_ignores_stop(stop: bytes) -> None:
    client = Client("ignores-stop").running()
    assert client.ask(stop) == 1
    assert client.wait(10).speed == 2.0


def test_pause_first() -> None:
    client = Client("pause-first").running()
    assert client.ask(STOP) == 4
    assert client.wait(3).speed == 2.0
    assert client.ask(PAUSE) == 1
    assert client.wait(10).speed == 0


def test_start_toggles() -> None:
    client = Client("start-toggles").running()
    assert client.ask(START) == 1
    assert client.wait(10).speed == 0


def test_takes_mph() -> None:
    assert Client("takes-mph").running(2.0).speed == pytest.approx(3.22, abs=0.01)


def test_remembers_speed() -> None:
    client = Client("remembers-speed").running(3.0)
    client.ask(STOP)
    client.wait(10)
    client.ask(START)
    assert client.wait(10).speed == 3.0


def test_freezes() -> None:
    client = Client("freezes").running()
    client.wait(130)
    frames = {frame for at, uuid, frame in client.heard if uuid == DATA and at > client.now - 5}
    assert len(frames) == 1


def test_coarse() -> None:
    client = Client("coarse").running(1.7)
    assert client.speed == 1.5


def test_hands_at_the_console() -> None:
    client = Client().running()
    client.machine.console_speed(1.0)
    client.wait(5)
    assert client.speed == 1.0
    client.machine.console_stop()
    assert client.wait(5).speed == 0
    client.machine.pull_key()
    client.machine.revoke_control()
    client.wait(1)
    statuses = [frame[0] for _, uuid, frame in client.heard if uuid == STATUS]
    assert statuses == [0x04, 0x05, 0x05, 0x02, 0x03, 0xFF]
    assert client.ask(START) == 5


@given(st.lists(st.tuples(st.floats(0, 5), st.binary(max_size=6)), max_size=30), st.sampled_from(list(CHARACTERS)))
def test_no_write_at_any_time_breaks_a_machine(writes: list[tuple[float, bytes]], character: str) -> None:
    client = Client(character)
    for seconds, data in writes:
        client.wait(seconds)
        client.machine.write(data, client.now)
    assert 0 <= client.speed <= 16.0 * 1.61


# ---- the wire ----------------------------------------------------------------------------------------------


def carried(wire: Wire, until: float) -> list[float]:
    """When records arrived."""
    times, now = [], 0.0
    while (now := max(now, wire.wake_at)) <= until:
        times += [now for _ in wire.advance(now)]
    return times


def wire() -> Wire:
    found = Wire(Machine(CHARACTERS["well-behaved"]))
    found.subscribe(DATA)
    return found


def test_a_sound_wire_carries_every_record_once() -> None:
    assert len(carried(wire(), 10.5)) == 10


def test_faults_are_switched_on_for_a_while() -> None:
    found = wire()
    with found.dropping():
        assert carried(found, 10.5) == []
    with found.duplicating():
        assert len(carried(found, 20.5)) == 20
    with found.frozen():
        assert found.write(CONTROL, 21.0) is None
        assert carried(found, 30.5) == []
    with found.delaying(0.7):
        late = carried(found, 40.5)
    assert all(0.6 < at % 1 < 0.999 or at % 1 < 0.8 for at in late)


def test_a_wire_that_is_down_carries_nothing() -> None:
    found = wire()
    found.lose(1.0)
    assert carried(found, 5.0) == []
    assert found.write(CONTROL, 6.0) is None
    found.restore()
    found.subscribe(DATA)
    assert carried(found, 10.0)


def test_a_heart_follows_the_effort() -> None:
    hearts = []
    for backward in (False, True):
        runner = Runner(1)
        runner.goes_backward = backward
        for _ in range(600):
            runner.advance(1.0, 5.0, 2.0)
        hearts.append(runner.heart_rate)
    assert 70 < hearts[0] < hearts[1] < 185
    assert 1.0 <= Runner(2).reaction_s() <= 3.0
