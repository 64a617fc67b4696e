"""What a machine claims, what it tells, and where the two contradict each other. Pure; the doctor prints it.

Nothing here has been asked of the control point: whatever is found was read or heard.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from treadcoach.errors import WireError
from treadcoach.ftms import control_point, feature, machine_status, training_status, treadmill_data
from treadcoach.ftms.feature import Feature, FitnessMachineFeature, Target
from treadcoach.ftms.ranges import SupportedInclinationRange, SupportedSpeedRange
from treadcoach.ftms.treadmill_data import TreadmillData
from treadcoach.motion import KM_PER_MILE, Speed

_MILE_GRID = 0.05  # how many tenths of a mile per hour a speed may be off a round tenth and still be meant as one
_SLOW_PERIOD_S = 1.5  # a machine that reports less often cannot be watched closely enough
_VENDOR_LOCK = "d18d2c10-c44c-11e8-a355-529269fb1459"


class Heard(NamedTuple):
    """One notification, with its time."""

    at: float
    uuid: int
    data: bytes


class Remark(NamedTuple):
    """One line of a report."""

    severity: str
    """``ok``, ``note``, ``warning`` or ``error``."""
    text: str


# Which field of a record each claimed feature promises.
_PROMISES = {
    Feature.AVERAGE_SPEED: "average_speed",
    Feature.TOTAL_DISTANCE: "total_distance",
    Feature.INCLINATION: "inclination",
    Feature.ELEVATION_GAIN: "positive_elevation_gain",
    Feature.PACE: "instantaneous_pace",
    Feature.EXPENDED_ENERGY: "total_energy",
    Feature.HEART_RATE: "heart_rate",
    Feature.METABOLIC_EQUIVALENT: "metabolic_equivalent",
    Feature.ELAPSED_TIME: "elapsed_time",
    Feature.REMAINING_TIME: "remaining_time",
}


def examine(
    table: Mapping[str, tuple[str, ...]], values: Mapping[int, bytes | None], heard: Sequence[Heard]
) -> Iterator[Remark]:
    """Everything there is to say of a machine, in the order of a report.

    Args:
        table: Its characteristics (short number or whole UUID) with their properties.
        values: What could be read of it, by characteristic.
        heard: What it sent while nobody asked for anything.
    """
    yield from _control(table)
    yield from _features(values.get(feature.UUID), heard)
    yield from _speeds(values.get(SupportedSpeedRange.UUID), heard)
    yield from _inclines(values)
    yield from _records(heard)
    yield from _others(heard)


def _control(table: Mapping[str, tuple[str, ...]]) -> Iterator[Remark]:
    properties = table.get(f"{control_point.UUID:04x}")
    if properties is None:
        yield Remark("error", "it has no control point: it can be watched, not coached")
        return
    if "write" not in properties:
        yield Remark(
            "note", "its control point takes commands without a response: what it does tells whether it obeyed"
        )
    if "indicate" not in properties:
        yield Remark("note", "its control point does not indicate, which the specification wants")
    if f"{treadmill_data.UUID:04x}" not in table:
        yield Remark("error", "it has no Treadmill Data: its belt cannot be seen")
    if f"{machine_status.UUID:04x}" not in table:
        yield Remark("note", "it has no machine status: a hand at its console shows only in its speed")
    if _VENDOR_LOCK in table:
        yield Remark(
            "warning", "it has its maker's extension: if it refuses everything, only the maker's app unlocks it"
        )


def _features(data: bytes | None, heard: Sequence[Heard]) -> Iterator[Remark]:
    try:
        claimed = FitnessMachineFeature.from_bytes(data or b"")
    except WireError:
        yield Remark("warning", "it does not say what it can do")
        return
    names = ", ".join(_words(f.name) for f in Feature if claimed.features & f and f.name)
    targets = ", ".join(_words(t.name) for t in Target if claimed.targets & t and t.name)
    yield Remark("ok", f"it claims to tell: {names or 'nothing'}; to be set: {targets or 'nothing'}")
    if not claimed.targets & Target.SPEED:
        yield Remark("warning", "it does not claim that its speed can be set")
    sent = {name for record in _decoded(heard) for name in record._fields if getattr(record, name) is not None}
    if not sent:
        return
    for promised, field in _PROMISES.items():
        if claimed.features & promised and field not in sent:
            yield Remark("note", f"it claims {_words(field)} and does not send it")
        if field in sent and not claimed.features & promised:
            yield Remark("note", f"it sends {_words(field)} without claiming it")


def _speeds(data: bytes | None, heard: Sequence[Heard]) -> Iterator[Remark]:
    try:
        claimed = SupportedSpeedRange.from_bytes(data or b"")
    except WireError:
        yield Remark("warning", "it does not say which speeds it can be set to; a common range is assumed")
        return
    low, high, step = (Speed(value) for value in claimed[:3])
    if not claimed.usable:
        yield Remark("warning", f"its range of speeds cannot be used: {low} to {high}, step {step}")
        return
    yield Remark("ok", f"speeds {low} to {high}, in steps of {step}")
    if _is_round_in_miles(low) and _is_round_in_miles(step) and step % 10:
        yield Remark(
            "warning", "its grid of speeds is a round one in miles per hour; only marks on the belt tell more"
        )
    for record in _decoded(heard):
        speed = record.instantaneous_speed
        if speed and speed > high:
            yield Remark("warning", f"it reports {Speed(speed)}, more than it says it can do")
            return


def _inclines(values: Mapping[int, bytes | None]) -> Iterator[Remark]:
    try:
        claims = FitnessMachineFeature.from_bytes(values.get(feature.UUID) or b"").targets & Target.INCLINATION
        claimed = SupportedInclinationRange.from_bytes(values.get(SupportedInclinationRange.UUID) or b"")
    except WireError:
        return
    if claims and claimed.usable:
        yield Remark("ok", f"inclines {claimed.minimum / 10:g} to {claimed.maximum / 10:g} %")
    elif claims:
        yield Remark("warning", "it claims an incline and a range of none: it is taken to have none")


def _records(heard: Sequence[Heard]) -> Iterator[Remark]:
    times = [h.at for h in heard if h.uuid == treadmill_data.UUID and not _is_part(h.data)]
    if len(times) < 2:  # noqa: PLR2004 - a period lies between two
        text = "it sends no records" if not times else "it sent a single record"
        yield Remark("error", f"{text}: nobody can see its belt; some wait for a command of their maker's app")
        return
    gaps = [after - before for before, after in pairwise(times)]
    period, worst = statistics.median(gaps), max(gaps)
    severity = "warning" if worst > _SLOW_PERIOD_S else "ok"
    yield Remark(severity, f"a record every {period:.2f} s, the longest gap {worst:.2f} s")
    records = _decoded(heard)
    if any(record.truncated_at for record in records):
        yield Remark("note", "its records are cut: their flags promise more than they hold")
    if any(record.trailing for record in records):
        yield Remark("note", "bytes follow its records that mean nothing in the specification")
    if any(record.step_count is not None for record in records):
        yield Remark("note", "it sends steps in a field of its maker's own")
    if any(_is_part(h.data) for h in heard if h.uuid == treadmill_data.UUID):
        yield Remark("note", "its records come in several parts")
    last = records[-1].instantaneous_speed
    if last:
        yield Remark("warning", f"its belt moves at {Speed(last)}")


def _others(heard: Sequence[Heard]) -> Iterator[Remark]:
    for uuid, name in ((machine_status.UUID, "machine status"), (training_status.UUID, "training status")):
        sent = [h.data.hex(" ") for h in heard if h.uuid == uuid]
        if sent:
            yield Remark("note", f"{name} without having been asked for anything: {', '.join(sent[:5])}")


def _decoded(heard: Sequence[Heard]) -> list[TreadmillData]:
    return [TreadmillData.from_bytes(h.data) for h in heard if h.uuid == treadmill_data.UUID and len(h.data) > 1]


def _is_part(data: bytes) -> bool:
    return bool(data and data[0] & treadmill_data.MORE_DATA)


def _is_round_in_miles(speed: Speed) -> bool:
    tenths = speed / KM_PER_MILE / 10
    return bool(speed) and abs(tenths - round(tenths)) < _MILE_GRID


def _words(name: str | None) -> str:
    return (name or "").lower().replace("_", " ")
