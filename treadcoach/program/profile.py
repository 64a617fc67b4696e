"""What an author has written: a Profile, and how to get one from text.

Knows the shape of programs, not the limits of people or machines. Everything that is wrong is found in one run, each
with its place in the file and what to do. Steps that are wrong are left out of the profile that comes back beside the
findings, so that the rest can still be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from treadcoach.errors import Finding, ProfileError
from treadcoach.motion import Incline, Level, Movement, Speed
from treadcoach.program.document import Place, read
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
    is_whole: bool = True
    """Its length and its incline could be read; what else is wrong with it says nothing of its neighbours."""


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


class Reading(NamedTuple):
    """A profile (as far as it could be read) and everything that is wrong with it."""

    profile: Profile | None
    findings: tuple[Finding, ...]


def load(text: str | bytes, file: str) -> Profile:
    """The profile in a text.

    Raises:
        ProfileError: something is wrong with it; carries every finding.
    """
    profile, findings = inspect(text, file)
    if findings or profile is None:
        raise ProfileError(findings)
    return profile


def inspect(text: str | bytes, file: str) -> Reading:
    """Read a profile and everything that is wrong with it. Never raises for what the text holds."""
    document = read(text, file)
    if document.root is None:
        return Reading(None, document.findings or (_nothing(file),))
    from treadcoach.program.reader import Reader  # noqa: PLC0415 - its models cost a tenth of a second to load

    reader = Reader(file)
    profile = reader.profile(document.root, text if isinstance(text, str) else text.decode("utf-8-sig"))
    findings = sorted((*document.findings, *reader.findings), key=lambda finding: (finding.line, finding.column))
    return Reading(profile, tuple(findings))


def _nothing(file: str) -> Finding:
    return Finding(file, 1, 1, "error", "empty", "there is nothing in this file", "start with `profile: 1`")


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
    metres_per_second = (from_speed + to_speed) / 2 / 360
    return round((extent.metres or 0.0) / metres_per_second, 3)


def flatten(actions: Actions) -> tuple[Action | None, ...]:
    """All actions in the order they come, repeats unrolled; ``None`` is a step that could not be read."""
    return tuple(unrolled(actions))
