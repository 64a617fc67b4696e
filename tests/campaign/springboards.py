"""Moments of workouts from which sequences begin: reached by the real path, once a process, and kept as bytes.

A sequence that had to walk up to the third minute of a workout would spend its time walking. What never changes is
shared by all of them; every chance in a thawed world is the sequence's own.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterator
from enum import Enum
from functools import lru_cache
from random import Random
from types import FunctionType
from typing import NamedTuple

from campaign.world import World
from treadcoach.motion import Level, Movement, Passport
from treadcoach.preflight import Plan, plan
from treadcoach.program.reader import load
from treadcoach.safety import rules
from treadcoach.safety.limits import Limits, resolve
from treadcoach.treadmill import CAPABILITIES, machine_of
from treadmill_simulator.characters import CHARACTERS
from treadmill_simulator.machine import Machine
from treadmill_simulator.switches import Character

# How long a workout is watched for moments, and how often one is kept.
LONGEST_S = 400.0
EVERY_S = 4.0


class Beginning(NamedTuple):
    """Who walks on what."""

    level: Level
    character: str
    is_stranger: bool
    """Nothing is known of the machine: its unit is unproven."""


BEGINNINGS = tuple(
    Beginning(level, character, is_stranger)
    for level in Level
    for character in CHARACTERS
    for is_stranger in (False, True)
)


def program(limits: Limits, minimum: int) -> str:
    """A short one that goes up to every cap, in tenths of a km/h."""

    def speed(movement: Movement, share: float) -> float:
        cap = limits.cap(movement)
        return max(-(-minimum // 10) / 10, int(cap * share) // 10 / 10)

    lines = ["profile: 1", "name: Campaign", f"level: {limits.level}", "units: km/h", "steps:", "  - stand: 5 s"]
    for movement in (Movement.BACKWARD, Movement.FORWARD, Movement.SIDESTEP_LEFT, Movement.CROSSOVER_RIGHT):
        if limits.cap(movement) < minimum:
            continue
        for share, tilt in ((0.4, 0), (1.0, 0), (0.6, 10)):
            steepest = limits.steepest(movement, round(speed(movement, share) * 100))
            lines += [
                f"  - {movement}: {speed(movement, share)}",
                "    for: 45 s",
                f"    incline: {min(tilt, steepest) // 10}",
            ]
        lines += ["  - stand: 30 s"]
    return "\n".join(lines)


@lru_cache
def _laid_out(beginning: Beginning) -> tuple[Plan, Character] | None:
    """The program on the machine; ``None`` where its pre-flight forbids it."""
    character = CHARACTERS[beginning.character]
    passport = Passport("stranger") if beginning.is_stranger else character.passport
    probe = Machine(character)
    machine = machine_of(passport, {uuid: probe.read(uuid) for uuid in CAPABILITIES})
    text = program(resolve(beginning.level, passport), machine.grid.minimum)
    found = plan(load(text, "campaign.yaml"), None, machine)
    if any(finding.code not in _TOLERATED for finding in found.findings):
        return None
    return found, character


# A campaign's program is short in time, and long for its level; a blind start is one of the things to be tried.
_TOLERATED = {"dose", "blind-start", "too-short", "jump", "deck"}


@lru_cache(maxsize=1)
def beginnings() -> tuple[Beginning, ...]:
    """Those that pass."""
    return tuple(beginning for beginning in BEGINNINGS if _laid_out(beginning))


@lru_cache(maxsize=16)
def moments(number: int) -> tuple[bytes, ...]:
    """The moments of one workout, a few seconds apart, from its first second to its end."""
    beginning = beginnings()[number]
    found = _laid_out(beginning)
    assert found is not None
    world = World(found[0], Machine(found[1], number))
    kept = []
    while not world.is_over and world.now < LONGEST_S:
        world.machine.received.clear()
        kept.append(_freeze(world))
        world.run(EVERY_S)
    # What the plain workout breaks is still to be seen in every sequence that begins in it.
    return tuple(kept)


def thaw(number: int, chance: Random) -> World:
    """A world at a random moment of a workout."""
    unpickler = _Thawing(io.BytesIO(chance.choice(moments(number))))
    unpickler.chance = chance
    world: World = unpickler.load()
    return world


# ---- what is shared ----------------------------------------------------------------------------------------

_CHANCE = -1


_SHARED: list[object] = []
_NUMBERS: dict[int, int] = {}


class _Freezing(pickle.Pickler):
    """Everything that no sequence changes is shared, and known by a number."""

    def persistent_id(self, obj: object) -> int | None:
        if isinstance(obj, Random):
            return _CHANCE
        if not (isinstance(obj, type | Enum | FunctionType) or id(obj) in _constants()):
            return None
        if id(obj) not in _NUMBERS:
            _NUMBERS[id(obj)] = len(_SHARED)
            _SHARED.append(obj)
        return _NUMBERS[id(obj)]


class _Thawing(pickle.Unpickler):
    chance: Random

    def persistent_load(self, pid: int) -> object:
        return self.chance if pid == _CHANCE else _SHARED[pid]


def _freeze(world: World) -> bytes:
    stream = io.BytesIO()
    _Freezing(stream, protocol=5).dump(world)
    return stream.getvalue()


@lru_cache(maxsize=1)
def _constants() -> dict[int, object]:
    """Plans, characters, causes, and everything in them that is more than a number."""
    found: list[object] = [cause for cause in vars(rules).values() if isinstance(cause, rules.Cause)]
    for beginning in beginnings():
        found += _parts(_laid_out(beginning))
    return {id(value): value for value in found if isinstance(value, tuple | dict)}


def _parts(value: object) -> Iterator[object]:
    yield value
    for part in value if isinstance(value, tuple) else value.values() if isinstance(value, dict) else ():
        yield from _parts(part)
