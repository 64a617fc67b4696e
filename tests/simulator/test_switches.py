"""Every switch does something that can be seen from outside, and a sentence says what it takes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from treadcoach.errors import UsageError
from treadcoach.ftms import FitnessMachineFeature, SupportedSpeedRange, TreadmillData, feature
from treadcoach.ftms.feature import Target
from treadcoach.link import SUBSCRIPTIONS
from treadcoach.treadmill import CAPABILITIES
from treadmill_simulator.characters import CHARACTERS
from treadmill_simulator.machine import Machine
from treadmill_simulator.switches import SWITCHES, Character, describe, with_settings

CONTROL, START, STOP, PAUSE, RESET = b"\x00", b"\x07", b"\x08\x01", b"\x08\x02", b"\x01"
DATA = 0x2ACD
SOUND = CHARACTERS["well-behaved"]

# One value of each switch that is not the sound one; with those it needs beside it.
UNSOUND = {
    "manufacturer": ["manufacturer=Nobody"],
    "model": ["model=T1"],
    "firmware": ["firmware=2"],
    "local_name": ["local_name="],
    "service_data": ["service_data=01 02 00"],
    "marked": ["marked=off"],
    "minimum_kmh": ["minimum_kmh=1.0"],
    "maximum_kmh": ["maximum_kmh=1.9"],
    "increment_kmh": ["increment_kmh=0.3"],
    "maximum_incline_percent": ["maximum_incline_percent=1"],
    "ranges": ["ranges=missing"],
    "features": ["features=00 00 00 00 00 00 00 00"],
    "countdown_s": ["countdown_s=5"],
    "start_kmh": ["start_kmh=1.5"],
    "starts": ["starts=off"],
    "ramp_up": ["ramp_up=0.3"],
    "ramp_down": ["ramp_down=0.3"],
    "overshoot_kmh": ["overshoot_kmh=0.5"],
    "creep": ["creep=0.01"],
    "starts_itself_after_s": ["starts_itself_after_s=1"],
    "units": ["units=mph_out"],
    "ignores_stop": ["ignores_stop=on"],
    "refuses_stop": ["refuses_stop=on"],
    "stop_needs_pause": ["stop_needs_pause=on"],
    "stops_in_countdown": ["stops_in_countdown=off"],
    "target_starts": ["target_starts=on"],
    "start_toggles": ["start_toggles=on"],
    "start_while_running": ["start_while_running=success"],
    "remembers_speed": ["remembers_speed=on"],
    "keeps_counters": ["keeps_counters=off"],
    "on_link_loss": ["on_link_loss=stop"],
    "on_early_speed": ["on_early_speed=drop_link"],
    "control_point": ["control_point=write,notify"],
    "latency_s": ["latency_s=0.2"],
    "answers": ["answers=off"],
    "answers_first": ["answers_first=on"],
    "request_control": ["request_control=silent"],
    "results": ["results=02=3"],
    "att_errors": ["att_errors=07=0x0f"],
    "lock": ["lock=44 12"],
    "subscription_gap_s": ["subscription_gap_s=0.5"],
    "refuses_link_for_s": ["refuses_link_for_s=5"],
    "period_s": ["period_s=0.5"],
    "jitter_s": ["jitter_s=0.2"],
    "gap_after_console_stop_s": ["gap_after_console_stop_s=3"],
    "fields": ["fields=distance"],
    "idle_fields": ["idle_fields=distance"],
    "unavailable": ["unavailable=incline"],
    "reports": ["reports=target"],
    "freezes_after_s": ["freezes_after_s=3"],
    "keeps_speed_in_pause": ["keeps_speed_in_pause=on"],
    "distance": ["distance=odometer"],
    "steps": ["steps=counted"],
    "mtu": ["mtu=23", "fields=distance,energy,incline,time,average,elevation"],
    "long_records": ["long_records=padded"],
    "status": ["status=none"],
    "status_padding": ["status_padding=2"],
    "stale_status": ["stale_status=02 01"],
    "stop_status": ["stop_status=end"],
    "training_status": ["training_status=empty"],
    "heart_rate": ["heart_rate=stuck"],
    "strap": ["strap=on"],
    "strap_contact": ["strap_contact=off", "strap=on"],
    "foot_pod": ["foot_pod=on"],
}


def transcript(character: Character) -> list[object]:
    """Everything that a client sees in one session with a hand at the console."""
    machine = Machine(character, 1)
    seen: list[object] = [machine.advertisement, machine.services]
    seen += [machine.read(c.uuid) for service in machine.services for c in service.characteristics]
    now = 0.0

    def link() -> None:
        machine.connected(now)
        seen.append(machine.closes_link)
        machine.frames()
        every = [
            c.uuid for s in machine.services for c in s.characteristics if {"notify", "indicate"} & {*c.properties}
        ]
        for uuid in sorted({*SUBSCRIPTIONS, *every}, reverse=True):  # the control point is not the last
            machine.subscribe(uuid, now)

    def wait(seconds: float) -> None:
        nonlocal now
        end = now + seconds
        while machine.wake_at <= end:
            now = max(now, machine.wake_at)
            machine.advance(now)
            seen.extend((round(now, 3), *frame) for frame in machine.frames())
        now = end
        machine.advance(end)

    def ask(data: bytes, seconds: float = 1.0) -> None:
        seen.append((data, machine.write(data, now), machine.confirms_after_s, machine.closes_link))
        wait(seconds)

    link()
    for data, seconds in (
        *((CONTROL, 1), (b"\x03\x14\x00", 2), (START, 1), (b"\x02\xb4\x00", 8), (b"\x02\xc8\x00", 6), (START, 5)),
        *((STOP, 1), (PAUSE, 5), (START, 6), (b"\x02\x96\x00", 5)),
    ):
        ask(data, seconds)
    machine.console_stop()
    wait(5)
    machine.disconnected(now)
    wait(1)
    link()
    target = b"\x02\x96\x00"
    for data, seconds in (
        (CONTROL, 1),
        (START, 1),
        (STOP, 4),
        (STOP, 4),
        (target, 5),
        (STOP, 5),
        (START, 6),
        (target, 4),
    ):
        ask(data, seconds)
    machine.disconnected(now)
    wait(3)
    seen.append(machine.belt.speed)
    return seen


def test_the_list_of_values_is_whole() -> None:
    assert set(UNSOUND) == set(SWITCHES)
    assert len(describe()) == len(SWITCHES)


@pytest.mark.parametrize("switch", SWITCHES)
def test_it_does_something(switch: str) -> None:
    setting, *beside = UNSOUND[switch]
    base = with_settings(SOUND, beside)
    assert transcript(with_settings(base, [setting])) != transcript(base)


@pytest.mark.parametrize("name", CHARACTERS)
def test_every_character_can_be_talked_to(name: str) -> None:
    assert transcript(CHARACTERS[name])


def records(character: Character) -> Iterator[TreadmillData]:
    return (TreadmillData.from_bytes(seen[2]) for seen in transcript(character) if _is_record(seen))  # type: ignore[index]


def _is_record(seen: object) -> bool:
    return isinstance(seen, tuple) and len(seen) == 3 and seen[1] == DATA


def test_a_belt_goes_first_where_the_switch_says() -> None:
    speeds = [r.instantaneous_speed or 0 for r in records(with_settings(SOUND, ["start_kmh=2.5", "maximum_kmh=1.6"]))]
    assert max(speeds) == 250, "whatever it says that it can be set to"


def test_what_is_not_available_is_told_as_such() -> None:
    fields = "distance,incline,elevation,energy,force"
    found = list(records(with_settings(SOUND, [f"fields={fields}", "unavailable=incline,elevation,energy,force"])))
    assert found
    for record in found:
        assert record.inclination is record.ramp_angle_setting is None
        assert record.total_energy is record.energy_per_hour is record.energy_per_minute is None
        assert record.force_on_belt is record.power_output is None
        assert record.total_distance is not None


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("ramp_up", "write NAME=VALUE"),
        ("ramp_upp=1", "did you mean ramp_up?"),
        ("warp=1", "`treadmill-simulator --list` shows them all"),
        ("ramp_up=fast", "it takes a value such as 0.8"),
        ("ramp_up=0", "it has to be above 0"),
        ("ramp_up=nan", "it has to be above 0"),
        ("countdown_s=-1", "it has to be at least 0"),
        ("units=knots", "km/h | mph"),
        ("strap=perhaps", "on | off"),
        ("lock=4", "it takes a value such as"),
        ("mtu=22", "23 to 517"),
        ("minimum_kmh=99", "minimum_kmh is above maximum_kmh"),
        ("results=02", "write OP=CODE"),
        ("fields=distance,joy", "there are no fields joy"),
        ("unavailable=distance", "distance cannot be unavailable; elevation, energy, force, incline can"),
    ],
)
def test_wrong_settings_get_a_sentence(setting: str, says: str) -> None:
    with pytest.raises(UsageError, match=says.replace("|", r"\|").replace("?", r"\?")):
        with_settings(SOUND, [setting])


def test_capabilities_are_the_switches() -> None:
    machine = Machine(with_settings(SOUND, ["minimum_kmh=1.0", "maximum_kmh=12", "increment_kmh=0.2"]), 1)
    values = {uuid: machine.read(uuid) or b"" for uuid in CAPABILITIES}
    assert SupportedSpeedRange.from_bytes(values[SupportedSpeedRange.UUID])[:3] == (100, 1200, 20)
    assert FitnessMachineFeature.from_bytes(values[feature.UUID]).targets & Target.SPEED
