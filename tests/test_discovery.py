"""Home Assistant's rules for device discovery, written again here from its documentation, field by field."""

from __future__ import annotations

import json
from typing import Any

import pytest

from treadcoach.discovery import Device, config_topic, description, status_topic
from treadcoach.events import Snapshot, State

DEVICE = Device("hall-1", "Horizon", simulated=False, software="1.2.3", has_energy=True)

# Which units a device class may have.
UNITS = {
    "speed": {"km/h", "mph", "m/s", "ft/s", "kn", "mm/s", "in/s", "mm/h", "mm/d", "in/h", "in/d", "Beaufort"},
    "distance": {"m", "km", "cm", "mm", "mi", "yd", "ft", "in", "nmi"},
    "duration": {"d", "h", "min", "s", "ms", "us"},
    "energy": {"J", "kJ", "MJ", "GJ", "mWh", "Wh", "kWh", "MWh", "GWh", "TWh", "cal", "kcal", "Mcal", "Gcal"},
    "enum": set(),
}
# Which state classes a device class may have.
STATE_CLASSES = {
    "speed": {"measurement"},
    "distance": {"measurement", "total", "total_increasing"},
    "duration": {"measurement", "total", "total_increasing"},
    "energy": {"total", "total_increasing"},
    "enum": set(),
}
ANY_STATE_CLASS = {"measurement", "total", "total_increasing"}
COMMON = {"platform", "unique_id", "name", "icon"}
FIELDS = {
    "sensor": COMMON
    | {"device_class", "unit_of_measurement", "state_class", "options", "value_template", "expire_after"},
    "binary_sensor": COMMON | {"device_class", "payload_on", "payload_off", "value_template", "expire_after"},
    "button": COMMON | {"command_topic", "payload_press", "qos", "retain"},
}
BINARY_CLASSES = {"moving", "problem"}


@pytest.fixture
def said() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(description(DEVICE))
    return found


def test_where_it_is_said() -> None:
    assert config_topic("hall-1") == "homeassistant/device/hall-1/config"
    assert status_topic() == "homeassistant/status"


def test_the_envelope(said: dict[str, Any]) -> None:
    assert said["origin"]["name"] == "treadcoach"
    assert said["device"]["identifiers"] == ["treadcoach_hall-1"]
    assert set(said["device"]) <= {"identifiers", "name", "manufacturer", "model", "sw_version"}
    assert said["state_topic"] == "treadcoach/hall-1/state"
    assert said["availability_topic"] == "treadcoach/hall-1/availability"
    assert (said["payload_available"], said["payload_not_available"]) == ("online", "offline")
    assert set(said) == {
        "device",
        "origin",
        "state_topic",
        "availability_topic",
        "payload_available",
        "payload_not_available",
        "components",
    }


def test_every_component_keeps_the_rules_of_its_platform(said: dict[str, Any]) -> None:
    unique = [component["unique_id"] for component in said["components"].values()]
    assert len(set(unique)) == len(unique)
    for key, component in said["components"].items():
        assert set(component) <= FIELDS[component["platform"]], key
        assert component["name"]
        assert "object_id" not in component
        if component["platform"] != "button":
            assert 5 <= component["expire_after"] <= 30, key


def test_units_and_state_classes_fit_their_device_class(said: dict[str, Any]) -> None:
    for key, component in said["components"].items():
        if component["platform"] != "sensor":
            continue
        kind = component.get("device_class")
        if kind is None:
            assert component["unit_of_measurement"] in {"bpm", "%"}, key
        else:
            assert component.get("unit_of_measurement") in (UNITS[kind] or [None]), key
        allowed = ANY_STATE_CLASS if kind is None else STATE_CLASSES[kind]
        assert component.get("state_class") in (allowed or [None]), key


def test_the_phase_lists_every_phase(said: dict[str, Any]) -> None:
    phase = said["components"]["phase"]
    assert set(phase["options"]) == {state.value for state in State}
    assert not {"unit_of_measurement", "state_class"} & set(phase)


def test_switches_and_buttons(said: dict[str, Any]) -> None:
    components = said["components"]
    for key in ("belt_moving", "guard_tripped"):
        assert components[key]["device_class"] in BINARY_CLASSES
    for word in ("stop", "pause"):
        button = components[word]
        assert button["command_topic"] == "treadcoach/hall-1/command"
        assert button["payload_press"] == word
        assert button["retain"] is False
    assert {key for key, component in components.items() if component["platform"] == "button"} == {"stop", "pause"}


def test_every_template_reads_what_is_told(said: dict[str, Any]) -> None:
    told = {*Snapshot._fields, "belt_moving", "guard_tripped", "energy_low_kcal", "energy_high_kcal"}
    for key, component in said["components"].items():
        template = component.get("value_template", "")
        read = {
            word.split(".")[1].rstrip(")} ") for word in template.replace("(", " ").split() if "value_json." in word
        }
        assert read <= told, key
        assert bool(read) == (component["platform"] != "button"), key


def test_without_a_weight_there_is_no_energy_and_a_simulated_machine_says_so() -> None:
    said = json.loads(description(DEVICE._replace(has_energy=False, simulated=True)))
    assert "energy" not in said["components"]
    assert "simulated" in said["device"]["model"]
