"""How hard it is: metabolic equivalents and kilocalories, as ranges. Pure; an estimate, not medicine.

The ACSM equations for walking and running (ml oxygen per kg and minute, speed in m/min, grade as a fraction), times
what going backward adds: a fifth uphill (Hooper 2004), three tenths at a stroll to eight tenths at 6.4 km/h (Flynn
1994), a third at a run (Wright & Weyand 2001, Rasica 2020). Sideways costs three times the way forward (Handford &
Srinivasan 2014). Between 5 and 6.5 km/h backward, where a walk becomes a run, nobody has measured: there the range
spans both equations.
"""

from __future__ import annotations

from typing import NamedTuple

from treadcoach.motion import Facing, Incline, Movement, Speed

# What the equations do not know of a person.
SPREAD = 0.2
_ML_PER_MET = 3.5
_STANDING = 1.3  # METs, at ease
_STEEP_G = 0.05
_STEEP_FACTOR, _RUN_FACTOR, _SIDEWAYS_FACTOR = 1.2, 1.35, 3.0
_STROLL_KMH, _STROLL_FACTOR = 3.0, 1.3
_BRISK_KMH, _BRISK_FACTOR = 6.4, 1.78
# A walk becomes a run forward at about 2 m/s; backward at 1.63 m/s (Hreljac 2005), give or take.
_RUN_FORWARD_KMH = 7.2
_RUN_BACKWARD_KMH = 6.0
_CHANGE_KMH = (5.0, 6.5)


class Range(NamedTuple):
    """From low to high."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        """The estimate itself."""
        return (self.low + self.high) / 2

    def times(self, factor: float) -> Range:
        """Both ends multiplied."""
        return Range(self.low * factor, self.high * factor)


def mets(movement: Movement, speed: Speed, incline: Incline) -> Range:
    """Metabolic equivalents of a steady movement.

    Args:
        movement: How somebody moves; a stand costs a little more than sitting.
        speed: 0.01 km/h.
        incline: 0.1 %.
    """
    if movement is Movement.STAND:
        return _spread(_STANDING, _STANDING)
    kmh, grade = speed.kmh, incline / 1000
    walk, run = _walk(kmh, grade), _run(kmh, grade)
    match movement.facing:
        case Facing.FORWARD:
            ml = run if kmh >= _RUN_FORWARD_KMH else walk
            return _spread(ml / _ML_PER_MET, ml / _ML_PER_MET)
        case Facing.BACKWARD:
            return _backward(kmh, grade, walk, run)
    sideways = (_ML_PER_MET + (walk - _ML_PER_MET) * _SIDEWAYS_FACTOR) / _ML_PER_MET
    return _spread(sideways, sideways)


def kilocalories(mean: Range, seconds: float, weight_kg: float) -> Range:
    """What a while at these METs burns: one MET is one kilocalorie per kilogram and hour."""
    return mean.times(weight_kg * seconds / 3600)


def _walk(kmh: float, grade: float) -> float:
    metres = kmh * 1000 / 60
    return _ML_PER_MET + 0.1 * metres + 1.8 * metres * grade


def _run(kmh: float, grade: float) -> float:
    metres = kmh * 1000 / 60
    return _ML_PER_MET + 0.2 * metres + 0.9 * metres * grade


def _backward(kmh: float, grade: float, walk: float, run: float) -> Range:
    if grade >= _STEEP_G and kmh < _RUN_BACKWARD_KMH:
        walking = walk * _STEEP_FACTOR
        return _spread(walking / _ML_PER_MET, walking / _ML_PER_MET)
    share = (kmh - _STROLL_KMH) / (_BRISK_KMH - _STROLL_KMH)
    factor = _STROLL_FACTOR + (_BRISK_FACTOR - _STROLL_FACTOR) * min(1.0, max(0.0, share))
    walking, running = walk * factor / _ML_PER_MET, run * _RUN_FACTOR / _ML_PER_MET
    if _CHANGE_KMH[0] < kmh < _CHANGE_KMH[1]:
        return _spread(min(walking, running), max(walking, running))
    only = running if kmh >= _RUN_BACKWARD_KMH else walking
    return _spread(only, only)


def _spread(low: float, high: float) -> Range:
    return Range(low * (1 - SPREAD), high * (1 + SPREAD))
