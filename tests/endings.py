"""How a session ends on each simulated machine, when the coach takes it for what it is."""

from __future__ import annotations

from treadcoach.events import Result
from treadmill_simulator.characters import FAMILIES

MISBEHAVIOURS = {
    "well-behaved": Result.COMPLETED,
    "ignores-stop": Result.SAFETY_STOP,
    "pause-first": Result.COMPLETED,
    "target-starts": Result.COMPLETED,
    "start-toggles": Result.COMPLETED,
    "takes-mph": Result.SAFETY_STOP,
    "remembers-speed": Result.COMPLETED,
    "freezes": Result.STOP_NOT_CONFIRMED,  # its belt stops; its records never say so
    "creeps": Result.SAFETY_STOP,
    "coarse": Result.COMPLETED,
}
FAMILY = {
    **dict.fromkeys(FAMILIES, Result.COMPLETED),
    "urevo-3s": Result.SAFETY_STOP,  # nobody sees it start
    "kingsmith-mc21": Result.SAFETY_STOP,  # locked
    "horizon-7.4": Result.SAFETY_STOP,  # does not obey the first stop, and starts by itself
    "horizon-t202": Result.SAFETY_STOP,  # miles
    "tm11gy": Result.SAFETY_STOP,  # miles
    "fr30z": Result.SAFETY_STOP,  # nobody presses Start on its console
    "kickr-run": Result.SAFETY_STOP,  # refuses Start
}
# Reports miles as well as taking them: only marks on its belt betray it, so an honest check ends before a program.
UNPROVEN = "bowflex-t9"
