"""What the doctor finds, on machines of which it is known what is wrong with them."""

from __future__ import annotations

import pytest

from treadcoach import diagnosis, passports
from treadcoach.diagnosis import Heard, Remark
from treadcoach.ftms import control_point
from treadcoach.link import SUBSCRIPTIONS
from treadcoach.treadmill import CAPABILITIES
from treadmill_simulator import gatt
from treadmill_simulator.characters import CHARACTERS
from treadmill_simulator.machine import Machine
from treadmill_simulator.switches import with_settings


def examined(*settings: str, character: str = "well-behaved", seconds: float = 10) -> list[Remark]:
    """What is said of a machine that was only listened to."""
    machine = Machine(with_settings(CHARACTERS[character], settings), 1)
    for uuid in SUBSCRIPTIONS:
        if uuid != control_point.UUID:
            machine.subscribe(uuid)
    if "starts_itself_after_s" in "".join(settings):
        machine.connected(0.0)
    heard = []
    now = 0.0
    while now <= seconds:
        machine.advance(now)
        heard += [Heard(now, *frame) for frame in machine.frames()]
        now = round(now + 0.01, 3)
    characteristics = [c for service in machine.services for c in service.characteristics]
    table = {f"{c.uuid:04x}" if c.uuid < gatt.SHORT else gatt.text(c.uuid): c.properties for c in characteristics}
    values = {uuid: machine.read(uuid) for uuid in (*CAPABILITIES, *passports.IDENTITY)}
    assert machine.received == [], "it has been asked for nothing"
    return list(diagnosis.examine(table, values, heard))


def found(*settings: str, severity: str, character: str = "well-behaved") -> str:
    return "\n".join(r.text for r in examined(*settings, character=character) if r.severity == severity)


def test_nothing_is_wrong_with_a_sound_machine() -> None:
    assert {remark.severity for remark in examined()} <= {"ok", "note"}
    told = found(severity="ok")
    assert "speeds 0.8 km/h to 16.0 km/h, in steps of 0.1 km/h" in told
    assert "inclines 0 to 12 %" in told
    assert "a record every 1.00 s" in told


@pytest.mark.parametrize(
    ("setting", "severity", "says"),
    [
        ("control_point=none", "error", "no control point: it can be watched, not coached"),
        ("control_point=write-without-response,notify", "note", "without a response"),
        ("control_point=write,notify", "note", "does not indicate"),
        ("lock=44 12", "warning", "only the maker's app unlocks it"),
        ("features=00 00 00 00 00 00 00 00", "warning", "does not claim that its speed can be set"),
        ("features=ff ff 01 00 03 00 00 00", "note", "it claims metabolic equivalent and does not send it"),
        ("features=00 00 00 00 03 00 00 00", "note", "it sends total distance without claiming it"),
        ("ranges=missing", "warning", "does not say which speeds"),
        ("ranges=zero", "warning", "cannot be used"),
        ("period_s=60", "error", "no records"),
        ("period_s=6", "error", "a single record"),
        ("period_s=2", "warning", "a record every 2."),
        ("steps=counted", "note", "steps in a field of its maker's own"),
        ("starts_itself_after_s=1", "warning", "its belt moves at"),
        ("stale_status=02 01", "note", "machine status without having been asked for anything: 02 01"),
    ],
)
def test_every_fault_has_its_sentence(setting: str, severity: str, says: str) -> None:
    assert says in found(setting, severity=severity)


def test_a_grid_of_miles_is_suspicious() -> None:
    miles = ("minimum_kmh=0.96", "maximum_kmh=6.43", "increment_kmh=0.32")
    assert "round one in miles" in found(*miles, severity="warning")
    assert "round one in miles" not in found("minimum_kmh=1.0", severity="warning")


@pytest.mark.parametrize(
    ("mode", "says"),
    [("split", "come in several parts"), ("cut", "are cut"), ("padded", "bytes follow its records")],
)
def test_records_that_do_not_fit(mode: str, says: str) -> None:
    every = "fields=distance,energy,incline,time,average,elevation" if mode != "padded" else "fields=distance"
    assert says in found("mtu=23", f"long_records={mode}", every, severity="note")


@pytest.mark.parametrize("name", CHARACTERS)
def test_every_character_can_be_examined(name: str) -> None:
    assert examined(character=name, seconds=3)
