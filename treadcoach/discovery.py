"""How Home Assistant finds a machine: one retained message that describes a device and everything it tells. Pure.

Follows Home Assistant's device discovery as of 2026.11. What must not look alive when the coach is dead expires.
"""

from __future__ import annotations

from typing import NamedTuple

from treadcoach.events import State
from treadcoach.telemetry import Payload, encode
from treadcoach.topics import OFFLINE, ONLINE, Topics

PREFIX = "homeassistant"
EXPIRE_S = 15

_NUMBER, _SWITCH = "{{{{ value_json.{field} }}}}", "{{{{ {{true: 'ON', false: 'OFF'}}.get(value_json.{field}) }}}}"


class Device(NamedTuple):
    """What is said of a machine."""

    machine_id: str
    name: str
    simulated: bool
    software: str
    """Version of this program."""
    has_energy: bool
    """Somebody's weight is known."""


def config_topic(machine_id: str, prefix: str = PREFIX) -> str:
    """Where the description is kept."""
    return f"{prefix}/device/{machine_id}/config"


def status_topic(prefix: str = PREFIX) -> str:
    """Where Home Assistant says `online` when it has started anew."""
    return f"{prefix}/status"


def description(device: Device) -> bytes:
    """The whole payload."""
    topics = Topics(device.machine_id)
    components = {**_sensors(), **_switches(), **_buttons(topics)}
    if not device.has_energy:
        del components["energy"]
    for key, component in components.items():
        component["unique_id"] = f"treadcoach_{device.machine_id}_{key}"
    return encode(
        {
            "device": {
                "identifiers": [f"treadcoach_{device.machine_id}"],
                "name": f"{device.name} ({device.machine_id})",
                "manufacturer": "treadcoach",
                "model": "simulated treadmill" if device.simulated else "treadmill",
                "sw_version": device.software,
            },
            "origin": {"name": "treadcoach", "sw_version": device.software},
            "state_topic": topics.state,
            "availability_topic": topics.availability,
            "payload_available": ONLINE,
            "payload_not_available": OFFLINE,
            "components": components,
        }
    )


def _sensors() -> dict[str, Payload]:
    measured = "measurement"
    return {
        "belt_speed": _sensor("Belt speed", "observed_kmh", "km/h", "speed", measured),
        "target_speed": _sensor("Target speed", "setpoint_kmh", "km/h", "speed", measured),
        "distance": _sensor("Distance", "distance_m", "m", "distance", "total_increasing"),
        "distance_backward": _sensor("Distance backward", "backward_m", "m", "distance", "total_increasing"),
        "elapsed": _sensor("Elapsed", "elapsed_s", "s", "duration", "total_increasing"),
        "step_remaining": _sensor("Step remaining", "segment_remaining_s", "s", "duration", measured),
        "heart_rate": {
            **_sensor("Heart rate", "heart_rate_bpm", "bpm", None, measured),
            "icon": "mdi:heart-pulse",
        },
        "incline": {**_sensor("Incline", "incline_pct", "%", None, measured), "icon": "mdi:slope-uphill"},
        "energy": {
            **_sensor("Energy", "energy_high_kcal", "kcal", "energy", "total_increasing"),
            "value_template": "{{ ((value_json.energy_low_kcal + value_json.energy_high_kcal) / 2) | round(0) }}",
        },
        "phase": {
            "platform": "sensor",
            "name": "Phase",
            "device_class": "enum",
            "options": [state.value for state in State],
            "value_template": _NUMBER.format(field="state"),
            "expire_after": EXPIRE_S,
        },
    }


def _sensor(name: str, field: str, unit: str, device_class: str | None, state_class: str) -> Payload:
    said = {"device_class": device_class} if device_class else {}
    return {
        "platform": "sensor",
        "name": name,
        **said,
        "unit_of_measurement": unit,
        "state_class": state_class,
        "value_template": _NUMBER.format(field=field),
        "expire_after": EXPIRE_S,
    }


def _switches() -> dict[str, Payload]:
    told = {
        "belt_moving": ("Belt moving", "moving"),
        "guard_tripped": ("Guard tripped", "problem"),
    }
    return {
        key: {
            "platform": "binary_sensor",
            "name": name,
            "device_class": device_class,
            "payload_on": "ON",
            "payload_off": "OFF",
            "value_template": _SWITCH.format(field=key),
            "expire_after": EXPIRE_S,
        }
        for key, (name, device_class) in told.items()
    }


def _buttons(topics: Topics) -> dict[str, Payload]:
    told = {"stop": ("Stop", "mdi:stop-circle"), "pause": ("Pause", "mdi:pause-circle")}
    return {
        word: {
            "platform": "button",
            "name": name,
            "icon": icon,
            "command_topic": topics.command,
            "payload_press": word,
            "qos": 1,
            "retain": False,
        }
        for word, (name, icon) in told.items()
    }
