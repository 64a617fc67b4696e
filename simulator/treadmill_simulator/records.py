"""From the state of a machine to the bytes of its Treadmill Data: which fields, which dialect, how many parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from treadcoach.ftms.treadmill_data import STEP_COUNT, TreadmillData
from treadmill_simulator.motor import Motor
from treadmill_simulator.switches import SENTINELS, Character, field_names

_ATT_HEADER = 3  # of a notification, within the MTU
_DEFAULT_ROOM = 20  # what the default MTU of 23 leaves
_ODOMETER_M = 123_456  # what a lifetime counter may show

# The fields of one flag bit travel together.
_GROUPS = (
    ("average_speed",),
    ("total_distance",),
    ("inclination", "ramp_angle_setting"),
    ("positive_elevation_gain", "negative_elevation_gain"),
    ("instantaneous_pace",),
    ("total_energy", "energy_per_hour", "energy_per_minute"),
    ("heart_rate",),
    ("metabolic_equivalent",),
    ("elapsed_time",),
    ("remaining_time",),
    ("force_on_belt", "power_output"),
    ("step_count",),
)


class Reading(NamedTuple):
    """What one record tells beside the motor's own state."""

    heart_rate: int | None
    mtu: int


class Records:
    """Makes the records of one machine."""

    def __init__(self, character: Character) -> None:
        self._character = character
        self._fields = field_names(character.fields)
        self._idle_fields = field_names(character.idle_fields) or self._fields
        self._unavailable = field_names(character.unavailable)
        self._frozen: list[bytes] = []

    def frames(self, motor: Motor, reading: Reading) -> list[bytes]:
        """The notifications of one record."""
        freezes = self._character.freezes_after_s
        if self._frozen and freezes and motor.totals.elapsed_s >= freezes:
            return self._frozen
        self._frozen = self._parts(self._record(motor, reading.heart_rate), reading.mtu - _ATT_HEADER)
        return self._frozen

    # ---- what it says --------------------------------------------------------------------------------------

    def _record(self, motor: Motor, heart_rate: int | None) -> TreadmillData:
        if self._character.reports == "zeros":
            return TreadmillData(instantaneous_speed=0, total_distance=0, elapsed_time=0)
        wanted = self._fields if motor.belt.speed else self._idle_fields
        values: _Values = {"instantaneous_speed": self._speed(motor)}
        for name in wanted:
            values.update(SENTINELS[name] if name in self._unavailable else _FIELDS[name](motor, heart_rate))
        if "total_distance" in values:
            values["total_distance"] = self._distance(motor.totals.distance_m)
        record = TreadmillData(**values, pace_width=1 if "pace1" in wanted else 2)  # type: ignore[arg-type]
        return self._with_steps(record, motor)

    def _speed(self, motor: Motor) -> int:
        character, kmh = self._character, motor.belt.speed
        if character.reports == "target" and kmh:
            kmh = motor.belt.target or kmh
        if character.keeps_speed_in_pause and motor.is_paused and not kmh:
            kmh = motor.speed_before_stop_kmh
        return min(0xFFFF, round(kmh * 100 * character.report_factor))

    def _distance(self, metres: float) -> int:
        match self._character.distance:
            case "tens":
                return int(metres) // 10 * 10
            case "frozen":
                return 0
            case "odometer":
                return int(metres) + _ODOMETER_M
            case _:
                return int(metres)

    def _with_steps(self, record: TreadmillData, motor: Motor) -> TreadmillData:
        match self._character.steps:
            case "counted":
                return record._replace(step_count=int(motor.totals.steps))
            case "empty":
                flags = int.from_bytes(record.to_bytes()[:2], "little")
                return record._replace(flags=flags | STEP_COUNT)
            case _:
                return record

    # ---- how it is cut -------------------------------------------------------------------------------------

    def _parts(self, record: TreadmillData, room: int) -> list[bytes]:
        whole = record.to_bytes()
        if len(whole) <= room:
            pads = self._character.long_records == "padded"
            return [whole.ljust(_DEFAULT_ROOM, b"\0") if pads else whole]
        if self._character.long_records == "cut":
            return [whole[:room]]
        return _split(record, room)


_Values = dict[str, int | None]


def _average(motor: Motor, _: int | None) -> _Values:
    distance, elapsed, *_rest = motor.totals
    return {"average_speed": min(0xFFFF, round(distance / elapsed * 360)) if elapsed else 0}


def _pace_2017(motor: Motor, _: int | None) -> _Values:
    return {"instantaneous_pace": min(0xFF, round(motor.belt.speed / 6))}


def _pace_gss(motor: Motor, _: int | None) -> _Values:
    kmh = motor.belt.speed
    return {"instantaneous_pace": min(0xFFFF, round(1800 / kmh)) if kmh else 0}


# What each name of the switch `fields` stands for.
_FIELDS: dict[str, Callable[[Motor, int | None], _Values]] = {
    "distance": lambda m, _: {"total_distance": int(m.totals.distance_m)},
    "incline": lambda m, _: {"inclination": round(m.incline * 10), "ramp_angle_setting": None},
    "heart_rate": lambda _, bpm: {"heart_rate": bpm or 0},
    "time": lambda m, _: {"elapsed_time": int(m.totals.elapsed_s) % 0x10000},
    "average": _average,
    "elevation": lambda m, _: {"positive_elevation_gain": int(m.totals.climb_m * 10), "negative_elevation_gain": 0},
    "pace1": _pace_2017,
    "pace2": _pace_gss,
    "energy": lambda m, _: {
        "total_energy": int(m.totals.distance_m * 0.07),
        "energy_per_hour": None,
        "energy_per_minute": None,
    },
    "met": lambda m, _: {"metabolic_equivalent": min(0xFF, round(10 + m.belt.speed * 10))},
    "remaining": lambda m, _: {"remaining_time": max(0, 3600 - int(m.totals.elapsed_s))},
    "force": lambda m, _: {"force_on_belt": None, "power_output": int(m.belt.speed * 5)},
}


def _split(record: TreadmillData, room: int) -> list[bytes]:
    """As the specification has it: every part but the last without the speed, each with flags of its own."""
    parts: list[bytes] = []
    names: tuple[str, ...] = ()
    for group in _GROUPS:
        if all(getattr(record, name) is None for name in group):
            continue
        if names and len(_part(record, (*names, *group)).to_bytes()) > room:
            parts.append(_part(record, names).to_bytes())
            names = ()
        names = (*names, *group)
    last = _part(record, ("instantaneous_speed", *names)).to_bytes()
    if len(last) > room:
        parts.append(_part(record, names).to_bytes())
        last = _part(record, ("instantaneous_speed",)).to_bytes()
    return [*parts, last]


def _part(record: TreadmillData, names: tuple[str, ...]) -> TreadmillData:
    return TreadmillData(**{name: getattr(record, name) for name in names}, pace_width=record.pace_width)
