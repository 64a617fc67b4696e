"""A heart-rate strap and a foot pod on the machine's own peripheral, as some consoles have them."""

from __future__ import annotations

from collections.abc import Iterator

from treadcoach.ftms import heart_rate, rsc
from treadcoach.ftms.heart_rate import HeartRateMeasurement
from treadcoach.ftms.rsc import RscMeasurement
from treadmill_simulator.motor import Motor
from treadmill_simulator.runner import Runner
from treadmill_simulator.switches import Character

PERIOD_S = 1.0


def readings(character: Character, motor: Motor, bpm: int | None, runner: Runner) -> Iterator[tuple[int, bytes]]:
    """What they send now, by characteristic."""
    if character.strap and bpm is not None:
        # Off the body a strap goes on with its last number, without beats and without contact.
        beats = (round(60 / bpm * 1024),) if character.strap_contact and character.heart_rate == "runner" else ()
        measured = HeartRateMeasurement(bpm, sensor_contact=character.strap_contact, rr_intervals=beats)
        yield heart_rate.UUID, measured.to_bytes()
    if character.foot_pod:
        kmh = motor.belt.speed
        cadence = round(runner.cadence(kmh))
        stride_cm = round(kmh * 100_000 / 60 / cadence) if cadence else 0
        metres = motor.totals.distance_m
        yield rsc.UUID, RscMeasurement(round(kmh / 3.6 * 256), cadence, stride_cm, round(metres * 10)).to_bytes()
