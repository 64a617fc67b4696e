"""What an author has written: a Profile, its actions and repeats. Knows the shape of programs, no limits."""

from __future__ import annotations

from collections.abc import Iterator
from math import log
from typing import NamedTuple

from treadcoach.motion import Incline, Level, Movement, Speed
from treadcoach.program.document import Place
from treadcoach.program.quantities import Band, Extent

MAXIMUM_NESTING = 3
MAXIMUM_REPEATS = 100
MAXIMUM_SEGMENTS = 500
MAXIMUM_DURATION_S = 3 * 3600


class Action(NamedTuple):
    """One step of the program as the runner meets it; repeats hold actions of their own."""

    movement: Movement
    from_speed: Speed
    to_speed: Speed
    extent: Extent
    incline: Incline
    heart_rate: Band | None
    cues: tuple[str, ...]
    place: Place
    """Of the step's first key."""
    speed_place: Place
    """Of the speed's value."""
    extent_place: Place
    incline_place: Place
    unread: frozenset[str] = frozenset()
    """Of ``speed``, ``length`` and ``incline``, what could not be read: nothing is concluded from those."""


class Repeat(NamedTuple):
    """Actions that come several times."""

    times: int
    actions: tuple[Action | Repeat | None, ...]


class Profile(NamedTuple):
    """A program as its author wrote it. ``None`` among the actions is a step that could not be read."""

    file: str
    source_text: str
    name: str
    level: Level
    units: str
    goal: str | None
    source: str | None
    scaled_from_cap: Speed | None
    is_empty: bool
    """Nobody stands on the belt."""
    actions: tuple[Action | Repeat | None, ...]


Actions = tuple[Action | Repeat | None, ...]


def unrolled(actions: Actions, at_most: int = MAXIMUM_REPEATS) -> Iterator[Action | None]:
    """The actions in the order they come, each repeat ``at_most`` times."""
    for action in actions:
        if isinstance(action, Repeat):
            for _ in range(min(action.times, at_most)):
                yield from unrolled(action.actions, at_most)
        else:
            yield action


def measure(actions: Actions) -> tuple[int, float]:
    """How many segments, and how many seconds at the written speeds. Counts without unrolling."""
    segments, seconds = 0, 0.0
    for action in actions:
        if isinstance(action, Repeat):
            inner = measure(action.actions)
            segments += action.times * inner[0]
            seconds += action.times * inner[1]
        elif action is not None:
            segments += 1
            seconds += planned_seconds(action.extent, action.from_speed, action.to_speed)
    return segments, seconds


def planned_seconds(extent: Extent, from_speed: int, to_speed: int) -> float:
    """How long a step takes at its written speeds (0.01 km/h), to the millisecond."""
    if extent.seconds is not None:
        return extent.seconds
    # Over a distance a ramp is even in metres: its mean over time is the logarithmic one.
    mean = (to_speed - from_speed) / log(to_speed / from_speed) if from_speed != to_speed else from_speed
    return round((extent.metres or 0.0) * 360 / mean, 3)


def flatten(actions: Actions) -> tuple[Action | None, ...]:
    """All actions in the order they come, repeats unrolled; ``None`` is a step that could not be read."""
    return tuple(unrolled(actions))
