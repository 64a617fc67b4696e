"""One seeded sequence: from a moment of a workout on, deeds at random times; and what was found wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from random import Random
from typing import NamedTuple

from campaign.deeds import DEEDS
from campaign.springboards import beginnings, thaw
from campaign.world import World

# Between two deeds, seconds on average: less than a rung of the ladder takes, or an answer that does not come.
APART_S = 1.2
# Deeds of one sequence after the first, on average.
DEEDS_EACH = 2.0
# What is looked at after the last one.
LINGER_S = 3.0
# Every so many sequences one is followed to its end.
WHOLE = 50
WHOLE_S = 60.0
# Consecutive seeds that begin in the same workout: making its moments takes longer than a sequence.
BLOCK = 500

_DEEDS = [deed for deed, _ in DEEDS]
_WEIGHTS = list(accumulate(weight for _, weight in DEEDS))


class Breach(NamedTuple):
    """Something that must never be."""

    seed: int
    at: float
    what: str


def play(seed: int, watch: Callable[[World], None] = lambda _: None) -> World:
    """Run the sequence of a seed; ``watch`` is shown the world before anything has happened."""
    chance = Random(seed)
    world = thaw(seed // BLOCK % len(beginnings()), chance)
    watch(world)
    for _ in range(1 + int(chance.expovariate(1 / DEEDS_EACH))):
        world.run(round(chance.expovariate(1 / APART_S), 3))
        if world.is_over:
            break
        chance.choices(_DEEDS, cum_weights=_WEIGHTS)[0](world, chance)
    world.run(WHOLE_S if seed % WHOLE == 0 else LINGER_S)
    return world


def breaches(seed: int) -> list[Breach]:
    """What the sequence of a seed breaks; a fault in the program under test is one as well."""
    try:
        world = play(seed)
    except Exception as fault:  # noqa: BLE001 - whatever it was, it came out of a step that never raises
        return [Breach(seed, 0.0, f"{type(fault).__name__}: {fault}")]
    found = [Breach(seed, at, what) for at, what in world.breaches]
    return found + [Breach(seed, breach.at, f"{breach.rule}: {breach.says}") for breach in world.oracle.breaches]
