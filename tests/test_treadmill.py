from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from treadcoach import events
from treadcoach.errors import LinkError, LinkLostError, ProtocolMisuseError
from treadcoach.ftms import TreadmillData
from treadcoach.ftms.feature import FitnessMachineFeature, Target
from treadcoach.ftms.ranges import SupportedInclinationRange, SupportedSpeedRange
from treadcoach.link import prepare
from treadcoach.motion import COMMON_GRID, Movement, Passport, Speed, SpeedGrid, Verb
from treadcoach.safety.clearance import Cleared
from treadcoach.treadmill import CAPABILITIES, Treadmill, machine_of
from treadmill_simulator.characters import CHARACTERS
from treadmill_simulator.link import InProcessLink, Wire
from treadmill_simulator.machine import Machine as SimulatedMachine

DATA, STATUS, POINT = 0x2ACD, 0x2ADA, 0x2AD9


def take(uuid: int, text: str) -> list[events.Input]:
    return Treadmill().take(events.Notified(uuid, bytes.fromhex(text)), 0.0)


def test_a_record_with_a_speed_is_an_observation_and_one_without_is_nothing() -> None:
    (observed,) = take(DATA, TreadmillData(instantaneous_speed=250, total_distance=7, heart_rate=0).to_bytes().hex())
    assert isinstance(observed, events.Observed)
    assert observed.observation.speed == 250
    assert observed.observation.distance_m == 7
    assert observed.observation.heart_rate_bpm is None, "0 is none"
    assert take(DATA, TreadmillData(heart_rate=90).to_bytes().hex()) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("02 01", events.MachineStopped()),
        ("02 02 00", events.MachineStopped()),
        ("02", events.MachineStopped()),
        ("01", events.MachineStopped()),
        ("03", events.SafetyKeyPulled()),
        ("ff", events.ControlLost()),
        ("05 d1 00", events.TargetChanged(Speed(209))),
    ],
)
def test_statuses_mean_what_they_say(text: str, expected: events.Input) -> None:
    assert take(STATUS, text) == [expected]


@pytest.mark.parametrize("text", ["04 00 00", "05", "06 ce ff", "42"])
def test_other_statuses_mean_nothing_here(text: str) -> None:
    assert take(STATUS, text) == []


def test_frames_that_mean_nothing_are_told_to_whoever_looks() -> None:
    treadmill = Treadmill()
    assert treadmill.take(events.Notified(DATA, b"\x00"), 0.0) == []
    assert treadmill.take(events.Notified(POINT, b"\x80\x02\x01"), 0.0) == []
    garbled, foreign = treadmill.oddities()
    assert garbled.startswith("2acd, 00: ")
    assert foreign == "answer to another program: 80 02 01"
    assert treadmill.oddities() == ()


def test_commands_become_bytes_and_answers_come_back_as_ours() -> None:
    treadmill = Treadmill()
    treadmill.send(Cleared(Verb.START, movement=Movement.BACKWARD), 0.0)
    assert [(w.verb, w.data) for w in treadmill.writes()] == [("request_control", b"\x00")]
    assert treadmill.take(events.Notified(POINT, b"\x80\x00\x01"), 0.0) == []
    assert [(w.verb, w.data) for w in treadmill.writes()] == [("start", b"\x07")]
    assert treadmill.take(events.Notified(POINT, b"\x80\x07\x04"), 0.1) == [
        events.Answered(Verb.START, accepted=False)
    ]
    treadmill.send(Cleared(Verb.SET_SPEED, 230, movement=Movement.BACKWARD), 1.0)
    (write,) = treadmill.writes()
    assert (write.verb, write.value, write.data, write.urgent) == ("set_speed", 230, b"\x02\xe6\x00", False)
    assert treadmill.deadline == 4.0
    assert treadmill.tick(4.0) == [events.Answered(Verb.SET_SPEED, accepted=None)]


def test_control_that_is_not_permitted_is_lost() -> None:
    treadmill = Treadmill()
    treadmill.send(Cleared(Verb.START, movement=Movement.BACKWARD), 0.0)
    assert treadmill.take(events.Notified(POINT, b"\x80\x00\x05"), 0.0) == [events.ControlLost()]


@pytest.mark.parametrize(
    ("movement", "ceiling"),
    [
        (Movement.BACKWARD, 1200),
        (Movement.FORWARD, 1600),
        (Movement.SIDESTEP_LEFT, 400),
        (Movement.CROSSOVER_LEFT, 300),
    ],
)
def test_the_ceiling_of_the_movement_is_checked_where_bytes_are_made(movement: Movement, ceiling: int) -> None:
    for value in (0, -1, None, ceiling + 1, 65535):
        treadmill = Treadmill()
        with pytest.raises(ProtocolMisuseError):
            treadmill.send(Cleared(Verb.SET_SPEED, value, movement=movement), 0.0)
        assert treadmill.writes() == []
    Treadmill().send(Cleared(Verb.SET_SPEED, ceiling, movement=movement), 0.0)


def test_nothing_is_written_to_a_link_that_is_down() -> None:
    treadmill = Treadmill()
    treadmill.take(events.LinkLost("gone"), 0.0)
    treadmill.send(Cleared(Verb.STOP, urgent=True), 0.0)
    assert treadmill.writes() == []
    treadmill.take(events.LinkRestored(), 1.0)
    treadmill.send(Cleared(Verb.STOP, urgent=True), 1.0)
    assert [write.data for write in treadmill.writes()] == [b"\x00", b"\x08\x01"]


# ---- what a machine tells of itself ------------------------------------------------------------------------

FEATURES = FitnessMachineFeature(0, Target.SPEED | Target.INCLINATION).to_bytes()
SPEEDS = SupportedSpeedRange(100, 600, 50).to_bytes()
INCLINES = SupportedInclinationRange(0, 150, 10).to_bytes()
UUIDS = dict(zip(("speeds", "features", "inclines"), CAPABILITIES, strict=True))


def machine(passport: Passport = Passport(), **values: bytes | None) -> tuple[SpeedGrid, int]:  # noqa: B008
    found = machine_of(passport, {UUIDS[name]: value for name, value in values.items()})
    return found.grid, int(found.maximum_incline)


def test_a_machine_is_believed_where_it_makes_sense() -> None:
    assert machine(speeds=SPEEDS, features=FEATURES, inclines=INCLINES) == (
        SpeedGrid(*map(Speed, (100, 600, 50))),
        150,
    )


@pytest.mark.parametrize("speeds", [None, b"", b"\x01", SupportedSpeedRange(0, 2000, 0).to_bytes()])
def test_a_range_that_makes_no_sense_gives_way_to_the_passport(speeds: bytes | None) -> None:
    own = SpeedGrid(Speed(50), Speed(610), Speed(10))
    assert machine(speeds=speeds)[0] == COMMON_GRID
    assert machine(Passport(grid=own), speeds=speeds)[0] == own


@pytest.mark.parametrize(
    ("features", "inclines"),
    [(FEATURES, None), (FEATURES, bytes(6)), (None, INCLINES), (b"\x00", INCLINES), (bytes(8), INCLINES)],
)
def test_an_incline_that_is_not_claimed_or_makes_no_sense_is_none(
    features: bytes | None, inclines: bytes | None
) -> None:
    assert machine(features=features, inclines=inclines)[1] == 0


class BrokenLink:
    """A link of which parts do not work."""

    def __init__(self, *, missing: tuple[int, ...] = (), lost_at: int | None = None, hangs: bool = False) -> None:
        self.missing, self.lost_at, self.hangs = missing, lost_at, hangs
        self.subscribed: list[int] = []

    def listen(self, notify: Callable[[int, bytes], None], lost: Callable[[str], None]) -> None: ...

    async def connect(self) -> None: ...

    async def disconnect(self, *, for_all: bool = False) -> None: ...

    async def write(self, data: bytes) -> int | None:
        raise LinkError(data.hex())

    async def read(self, uuid: int) -> bytes:
        if self.hangs:
            await asyncio.sleep(1000)
        if uuid == self.lost_at:
            raise LinkLostError("gone")
        raise LinkError("no such characteristic")

    async def subscribe(self, uuid: int) -> None:
        if uuid == self.lost_at:
            raise LinkLostError("gone")
        if uuid in self.missing:
            raise LinkError("no such characteristic")
        self.subscribed.append(uuid)


async def test_a_machine_that_tells_nothing_is_prepared_all_the_same() -> None:
    link = BrokenLink(missing=(STATUS,))
    found = await prepare(link, Passport())
    assert found.grid == COMMON_GRID
    assert link.subscribed == [DATA, 0x2AD3, POINT]


async def test_a_machine_without_a_control_point_can_only_be_watched() -> None:
    with pytest.raises(LinkError, match="watched, not coached"):
        await prepare(BrokenLink(missing=(POINT,)), Passport())


@pytest.mark.parametrize("uuid", [CAPABILITIES[0], DATA, POINT])
async def test_a_lost_link_is_a_lost_link(uuid: int) -> None:
    with pytest.raises(LinkLostError):
        await prepare(BrokenLink(lost_at=uuid), Passport())


async def test_the_simulated_machine_is_prepared() -> None:
    link = InProcessLink(Wire(SimulatedMachine(CHARACTERS["coarse"])))
    await link.connect()
    found = await prepare(link, CHARACTERS["coarse"].passport)
    assert found.grid.increment == 50
    await link.disconnect()
    with pytest.raises(LinkLostError):
        await link.read(CAPABILITIES[0])


def test_a_target_that_waits_for_a_busy_machine_is_not_written_any_more_to_a_belt_that_stands() -> None:
    """On some machines it would be a start."""
    treadmill = Treadmill()
    treadmill.take(events.RunnerPressed(events.Pressed.CONFIRM), 0.0)
    treadmill.take(events.Notified(POINT, bytes.fromhex("80 00 01")), 0.1)
    treadmill.send(Cleared(Verb.SET_SPEED, 100, urgent=True), 1.0)
    treadmill.take(events.WriteFailed(0xFE), 1.0)
    inputs = treadmill.take(events.Notified(DATA, bytes.fromhex("00 00 64 00")), 1.05)
    assert not any(isinstance(found, events.Answered) for found in inputs)
    inputs = treadmill.take(events.Notified(DATA, bytes.fromhex("00 00 00 00")), 1.06)
    assert events.Answered(Verb.SET_SPEED, accepted=False) in inputs
    treadmill.writes()
    assert treadmill.tick(1.2) == []
    assert treadmill.writes() == []
