"""The captured frames, and how their hand-made decodes are named in the specification."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "captures" / "treadmill-frames.json"

# Name and factor: decode in people's units * factor = integer in the specification's resolution.
TREADMILL_DATA = {
    "speed_kmh": ("instantaneous_speed", 100),
    "avg_speed_kmh": ("average_speed", 100),
    "distance_m": ("total_distance", 1),
    "incline_pct": ("inclination", 10),
    "ramp_deg": ("ramp_angle_setting", 10),
    "elev_pos_m": ("positive_elevation_gain", 10),
    "elev_neg_m": ("negative_elevation_gain", 10),
    "pace_raw": ("instantaneous_pace", 1),
    "avg_pace_raw": ("average_pace", 1),
    "energy_kcal": ("total_energy", 1),
    "energy_per_h_kcal": ("energy_per_hour", 1),
    "energy_per_min_kcal": ("energy_per_minute", 1),
    "hr_bpm": ("heart_rate", 1),
    "met": ("metabolic_equivalent", 10),
    "elapsed_s": ("elapsed_time", 1),
    "remaining_s": ("remaining_time", 1),
    "force_n": ("force_on_belt", 1),
    "power_w": ("power_output", 1),
    "vendor_steps": ("step_count", 1),
}


@cache
def _everything() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return found


def frames(characteristic: str) -> list[dict[str, Any]]:
    """Captured and synthetic frames of one characteristic."""
    captured, synthetic = _everything()["frames"], _everything()["synthetic"]
    return [frame for frame in captured + synthetic if frame["char"] == characteristic]


def sequences() -> list[dict[str, Any]]:
    """Captured exchanges, with times."""
    found: list[dict[str, Any]] = _everything()["sequences"]
    return found


def data(frame: dict[str, Any]) -> bytes:
    """The bytes of a frame."""
    return bytes.fromhex(frame["hex"])


def name(frame: dict[str, Any]) -> str:
    """For test ids."""
    return str(frame["id"])
