"""The session's words for a pair of eyes and a pair of ears: in the runner's units, and as they are spoken. Pure."""

from __future__ import annotations

import re

from treadcoach.motion import Speed

_SPEED = re.compile(r"(\d+(?:\.\d+)?)( to \d+(?:\.\d+)?)? km/h")
_CLOCK = re.compile(r"\b(\d+):(\d\d)(?::(\d\d))?\b")
_SECONDS = re.compile(r"\b(\d+) s\b")
_TRAILING_ZERO = re.compile(r"\b(\d+)\.0\b")


def in_units(text: str, units: str) -> str:
    """The same words with every speed in ``km/h`` or ``mph``."""
    if units == "km/h":
        return text
    return _SPEED.sub(lambda found: _in_miles(found.group(1), found.group(2)), text)


def _in_miles(first: str, second: str | None) -> str:
    ends = [first, *([second.removeprefix(" to ")] if second else [])]
    return " to ".join(f"{speed(float(end), 'mph')}" for end in ends) + " mph"


def speed(kmh: float, units: str) -> str:
    """A speed as people see it, without its unit."""
    value = kmh if units == "km/h" else Speed.from_kmh(kmh).mph
    return f"{value:.1f}"


def spoken(text: str) -> str:
    """What a voice should be given: numbers without units that everybody knows, times as people say them."""
    text = _CLOCK.sub(_time, text)
    text = _SECONDS.sub(lambda found: counted(int(found.group(1)), "second"), text)
    text = text.replace(" km/h", "").replace(" mph", "").replace(" %", " percent")
    return _TRAILING_ZERO.sub(r"\1", text)


def _time(found: re.Match[str]) -> str:
    numbers = [int(number) for number in found.groups() if number is not None]
    parts = zip(numbers, ("hour", "minute", "second")[3 - len(numbers) :], strict=True)
    return " ".join(counted(number, unit) for number, unit in parts if number) or "0 seconds"


def counted(number: int, what: str) -> str:
    """``1 turn``, ``2 turns``."""
    return f"{number} {what}{'' if number == 1 else 's'}"
