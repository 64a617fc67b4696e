"""Mistakes that people make in a profile, put into shipped programs, and where each has to be found.

A mistake changes one line, or takes one away or adds one. It knows its place, the code of its finding, and a part of
what has to be said of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple

PROFILES = sorted((Path(__file__).parent.parent / "profiles").glob("*.yaml"))


class Expected(NamedTuple):
    """What has to be found."""

    line: int
    column: int
    code: str
    says: str
    """A part of message or hint."""


class Made(NamedTuple):
    """A program with a mistake in it."""

    text: str
    expected: Expected
    touched: range
    """The lines that belong to it."""


Lines = list[str]
Mistake = Callable[[Lines, Random], Made | None]


def _made(lines: Lines, at: int, expected: Expected) -> Made:
    return Made("\n".join(lines), expected, range(at - 1, at + 3))


def _places(lines: Lines, pattern: str) -> list[int]:
    return [index for index, line in enumerate(lines) if re.search(pattern, line) and not line.startswith("#")]


def _change(pattern: str, to: str, column_of: str, code: str, says: str) -> Mistake:
    """Change what a pattern finds in one line; the finding is where ``column_of`` stands in the new one."""

    def mistake(lines: Lines, chance: Random) -> Made | None:
        places = _places(lines, pattern)
        if not places:
            return None
        at = chance.choice(places)
        found = re.search(pattern, lines[at])
        assert found
        changed = [
            *lines[:at],
            lines[at][: found.start()] + found.expand(to) + lines[at][found.end() :],
            *lines[at + 1 :],
        ]
        place = re.search(column_of, changed[at])
        assert place, (column_of, changed[at])
        said = found.expand(says)
        return _made(changed, at, Expected(at + 1, place.start() + 1, code, said))

    return mistake


def _misspelt(key: str, wrong: str) -> Mistake:
    return _change(rf"\b{key}:", f"{wrong}:", rf"\b{wrong}:", "unknown-key", f"did you mean '{key}'?")


def _without_turn(lines: Lines, chance: Random) -> Made | None:
    """The stand between two facings, taken away with its cue."""
    places = [at for at in _places(lines, r"- stand:") if "# turn" in lines[at]]
    if not places:
        return None
    at = chance.choice(places)
    behind = next(index for index in range(at + 1, len(lines)) if lines[index].startswith("  - "))
    kept = lines[:at] + lines[behind:]
    return _made(kept, at, Expected(at + 1, 5, "no-stand", "add `- stand: 30 s`"))


def _short_turn(lines: Lines, chance: Random) -> Made | None:
    """A turn of five seconds; not one behind another stand, with which it is one."""
    places = [at for at in _places(lines, r"^  - stand:") if "# turn" in lines[at] and "stand" not in lines[at - 2]]
    if not places:
        return None
    at = chance.choice(places)
    changed = [*lines[:at], "  - stand: 5 s # turn", *lines[at + 1 :]]
    return _made(changed, at, Expected(at + 1, 12, "short-turn", "make it `stand:"))


def _twice(lines: Lines, chance: Random) -> Made | None:
    """One key twice in a step."""
    at = chance.choice(_places(lines, r"^\s+for:"))
    column = len(lines[at]) - len(lines[at].lstrip()) + 1
    doubled = [*lines[: at + 1], lines[at], *lines[at + 1 :]]
    return _made(doubled, at, Expected(at + 2, column, "duplicate-key", f"line {at + 1}"))


def _missing(key: str) -> Mistake:
    def mistake(lines: Lines, _: Random) -> Made | None:
        if not (places := _places(lines, rf"^{key}:")):
            return None
        at = places[0]
        first = next(index for index, line in enumerate(lines[:at] + lines[at + 1 :]) if not line.startswith("#"))
        return _made(lines[:at] + lines[at + 1 :], at, Expected(first + 1, 1, "missing-key", f"add `{key}:"))

    return mistake


def _without_length(lines: Lines, chance: Random) -> Made | None:
    """A movement without its `for`."""
    at = chance.choice(_places(lines, r"^\s+for:"))
    column = lines[at - 1].index("- ") + 3
    return _made(lines[:at] + lines[at + 1 :], at - 1, Expected(at, column, "missing-key", "add `for: 1 min`"))


def _two_movements(lines: Lines, chance: Random) -> Made | None:
    at = chance.choice(_places(lines, r"- backward:"))
    column = lines[at].index("- ") + 3
    added = " " * (column - 1) + "forward: 2.0"
    expected = Expected(at + 1, column, "two-movements", "make two steps of it")
    return _made([*lines[: at + 1], added, *lines[at + 1 :]], at, expected)


def _tab(lines: Lines, chance: Random) -> Made | None:
    at = chance.choice(_places(lines, r"^    for:"))
    changed = [*lines[:at], "\t" + lines[at].strip(), *lines[at + 1 :]]
    return _made(changed, at, Expected(at + 1, 1, "syntax", "indentation"))


_NUMBER = r"([0-9]+)\.([0-9])"
MISTAKES: dict[str, Mistake] = {
    "for": _misspelt("for", "fro"),
    "forward": _misspelt("forward", "foward"),
    "backward": _misspelt("backward", "backwrad"),
    "sidestep": _misspelt("sidestep_left", "sidestepleft"),
    "stand": _misspelt("stand", "stnd"),
    "cue": _misspelt("cue", "cues"),
    "heart rate": _misspelt("heart_rate", "heartrate"),
    "repeat": _misspelt("repeat", "repat"),
    "incline": _misspelt("incline", "inclin"),
    "goal": _misspelt("goal", "gaol"),
    "no unit": _change(r"for: ([0-9]+) s$", r"for: \1", r"(?<=for: )[0-9]", "quantity", r"write `\1 s`"),
    "minutes as metres": _change(
        r"for: ([1-9]) min$", r"for: \1 m", r"(?<=for: )[0-9]", "quantity", r"did you mean \1 min?"
    ),
    "no such unit": _change(
        r"for: ([0-9]+) s$", r"for: \1 sek", r"(?<=for: )[0-9]", "quantity", "use s, min, h, m, km or mi"
    ),
    "slipped decimal": _change(
        rf"backward: {_NUMBER}$", r"backward: \1\2", r"(?<=backward: )[0-9]", "over-cap", r"did you mean \1.\2?"
    ),
    "above the cap": _change(
        rf"backward: {_NUMBER}$", "backward: 11.5", r"(?<=backward: )[0-9]", "over-cap", "at most"
    ),
    "below zero": _change(
        rf"backward: {_NUMBER}$", r"backward: -\1.\2", r"(?<=backward: )-", "quantity", "speeds are above 0"
    ),
    "in words": _change(
        rf"(back|for)ward: {_NUMBER}$", r"\1ward: fast", r"fast", "quantity", "write a number, or 3.5 km/h"
    ),
    "level": _change(r"^level: \w+$", "level: novize", "novize", "bad-value", "did you mean 'novice'?"),
    "units": _change(r"^units: km/h$", "units: kmh", "kmh", "bad-value", "did you mean 'km/h'?"),
    "version": _change(r"^profile: 1$", "profile: 2", "2", "bad-value", "1"),
    "short turn": _short_turn,
    "stand in metres": _change(
        r"- stand: ([0-9]+) s", r"- stand: \1 m", r"(?<=stand: )[0-9]", "quantity", "write 30 s or 3 min"
    ),
    "too short": _change(r"^(\s+)for: [0-9]+ (s|min)$", r"\1for: 2 s", r"2 s$", "too-short", "make it at least"),
    "too steep": _change(r"incline: [0-9]", "incline: 90", "(?<=incline: )9", "too-steep", "at most"),
    "downhill": _change(
        r"incline: ([0-9])", r"incline: -\1", "(?<=incline: )-", "downhill", "inclines are 0 or more"
    ),
    "band upside down": _change(
        r"heart_rate: ([0-9]+)-([0-9]+) %", r"heart_rate: \2-\1 %", r"(?<=rate: )[0-9]", "quantity", "low before high"
    ),
    "band without unit": _change(
        r"heart_rate: ([0-9]+)-([0-9]+) %", r"heart_rate: \1-\2", r"(?<=rate: )[0-9]", "quantity", "write 60-75 %"
    ),
    "too many rounds": _change(r"repeat: [0-9]+", "repeat: 600", "(?<=repeat: )6", "wrong-type", "from 1 to 100"),
    "no rounds": _change(r"repeat: [0-9]+", "repeat: 0", "(?<=repeat: )0", "wrong-type", "from 1 to 100"),
    "half a round": _change(r"repeat: [0-9]+", "repeat: 2.5", "(?<=repeat: )2", "wrong-type", "whole number"),
    "empty": _change(r"- backward: [0-9.]+$", "- backward:", "backward", "quantity", "write a number"),
    "no turn": _without_turn,
    "twice": _twice,
    "no name": _missing("name"),
    "no units": _missing("units"),
    "no level": _missing("level"),
    "no length": _without_length,
    "two movements": _two_movements,
    "anchor": _change(r"- backward: ([0-9.]+)$", r"- backward: &fast \1", "&", "anchor", "use `repeat:` instead"),
    "alias": _change(r"- backward: ([0-9.]+)$", "- backward: *fast", r"\*", "anchor", "use `repeat:` instead"),
    "tag": _change(r"- backward: ([0-9.]+)$", r"- backward: !!float \1", "!!", "tag", "write the plain value"),
    "tab": _tab,
}
# What cannot be read any further ends the reading: it is told alone.
ENDS_THE_READING = frozenset({"anchor", "alias", "tag", "tab"})


def make(profile: Path, name: str, seed: int) -> Made | None:
    """A mistake in a program; ``None`` where it has nothing to be made with."""
    return MISTAKES[name](profile.read_text(encoding="utf-8").splitlines(), Random(f"{profile.stem} {name} {seed}"))
