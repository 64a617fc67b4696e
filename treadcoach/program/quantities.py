"""Numbers with units as people write them: speeds, times, distances, inclines, heart-rate bands.

Every parser takes what the YAML held and gives a quantity or raises `QuantityError`, whose text says what is wrong
and whose hint says what to write instead.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from treadcoach.motion import Incline, Speed

KM_PER_MILE = Decimal("1.609344")
SPEED_UNITS = {"km/h": Decimal(1), "kmh": Decimal(1), "kph": Decimal(1), "mph": KM_PER_MILE}
SECONDS = {
    "s": 1,
    "sec": 1,
    "second": 1,
    "seconds": 1,
    "min": 60,
    "minute": 60,
    "minutes": 60,
    "h": 3600,
    "hour": 3600,
}
METRES = {"m": Decimal(1), "km": Decimal(1000), "mi": KM_PER_MILE * 1000, "mile": KM_PER_MILE * 1000}
# Shorter than this nobody means metres: "3 m" is three minutes, misspelt.
_SHORTEST_DISTANCE_M = 10

_NUMBER = r"([0-9]{1,6}(?:\.[0-9]{1,6})?)"
_QUANTITY = re.compile(rf"{_NUMBER}\s*([a-zA-Z/%]+)")
_CLOCK = re.compile(r"(?:([0-9]{1,2}):)?([0-9]{1,3}):([0-5][0-9])")
_BAND = re.compile(rf"{_NUMBER}\s*[-–]\s*{_NUMBER}\s*(%|bpm)")  # noqa: RUF001 - people's keyboards make dashes


class QuantityError(ValueError):
    """A quantity that cannot be understood."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Extent(NamedTuple):
    """How long a step is: in seconds or in metres."""

    seconds: float | None = None
    metres: float | None = None


class Band(NamedTuple):
    """A heart-rate band, low to high; percent of the runner's maximum, or beats a minute."""

    low: float
    high: float
    unit: str


def speed(raw: object, unit: str | None) -> Speed:
    """A number in the file's unit, or a text with its own.

    Raises:
        QuantityError: no number, no unit to read it in, negative, or more than any belt.
    """
    if isinstance(raw, str):
        match = _QUANTITY.fullmatch(raw.strip())
        if not match or match[2] not in SPEED_UNITS:
            raise QuantityError(f"{raw!r} is not a speed", _plainly(raw) or "write a number, or 3.5 km/h, or 2 mph")
        value, factor = Decimal(match[1]), SPEED_UNITS[match[2]]
    elif isinstance(raw, int | Decimal) and not isinstance(raw, bool):
        if unit is None:
            raise QuantityError(f"{raw} has no unit", "add `units: km/h` at the top")
        value, factor = Decimal(raw), SPEED_UNITS[unit]
    else:
        what = "the speed is missing" if raw is None else f"{_shown(raw)} is not a speed"
        raise QuantityError(what, "write a number, or 3.5 km/h, or 2 mph")
    if value <= 0:
        raise QuantityError(
            f"a speed of {value} moves nothing", "use `stand:` for a standing belt; speeds are above 0"
        )
    kmh = value * factor
    try:
        found = Speed.from_kmh(float(kmh))
    except ValueError:
        raise QuantityError(f"{kmh:g} km/h is not a belt speed", "belts run up to about 20") from None
    if not found:
        raise QuantityError(f"{kmh:g} km/h moves nothing", "the slowest that a belt can be told is 0.01 km/h")
    return found


def extent(raw: object) -> Extent:
    """A time (``30 s``, ``3 min``, ``1 min 30 s``, ``1:30``) or a distance (``400 m``, ``0.5 km``, ``0.25 mi``).

    Raises:
        QuantityError: neither, zero, or a bare number.
    """
    text = raw.strip() if isinstance(raw, str) else ""
    if not text or re.fullmatch(_NUMBER, text):
        shown = text or _shown(raw)
        is_number = bool(text) or (isinstance(raw, int | Decimal) and not isinstance(raw, bool))
        hint = f"write `{shown} s`, `{shown} min` or `{shown} km`" if is_number else "write 30 s, 3 min or 400 m"
        raise QuantityError(f"{shown} has no unit" if is_number else f"{shown} is no time", hint)
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        if clock[1] and minutes > 59:  # noqa: PLR2004 - minutes of an hour
            raise QuantityError(f"{raw!r} is no time", "an hour has 59 minutes at most: write 1:30:00")
        return _positive(text, Extent(seconds=float(hours * 3600 + minutes * 60 + seconds)))
    parts = _QUANTITY.findall(text)
    if not parts or _QUANTITY.sub("", text).strip():
        hint = _plainly(text) or "write 30 s, 3 min, 1:30, 400 m or 0.5 km"
        raise QuantityError(f"{raw!r} is neither a time nor a distance", hint)
    if len(parts) == 1 and parts[0][1] in METRES:
        return _distance(text, Decimal(parts[0][0]), parts[0][1])
    if len({SECONDS.get(unit) for _, unit in parts}) < len(parts):
        raise QuantityError(f"{raw!r} says the same unit twice", "write 1 min 30 s")
    unknown = [unit for _, unit in parts if unit not in SECONDS]
    if "m" in unknown:
        raise QuantityError(f"'m' is metres, and {raw!r} is a time", "write min: 1 min 30 s")
    if unknown:
        raise QuantityError(f"{unknown[0]!r} is not a unit of time or distance", "use s, min, h, m, km or mi")
    return _positive(text, Extent(seconds=float(sum(Decimal(n) * SECONDS[u] for n, u in parts))))


def duration(raw: object) -> float:
    """A time in seconds.

    Raises:
        QuantityError: not a time.
    """
    try:
        found = extent(raw)
    except QuantityError as error:
        hint = error.hint.replace(", 400 m or 0.5 km", "").replace(" or 400 m", "")
        raise QuantityError(error.message, re.sub(r", (`[^`]+`) or `[^`]+ km`", r" or \1", hint)) from None
    if found.seconds is None:
        raise QuantityError(f"{raw!r} is a distance; a time is needed here", "write 30 s or 3 min")
    return found.seconds


def incline(raw: object) -> Incline:
    """Percent, as a number or a text with %.

    Raises:
        QuantityError: not a percentage.
    """
    value: Decimal | None = None
    if isinstance(raw, str) and (match := re.fullmatch(r"(-?[0-9]{1,3}(?:\.[0-9]{1,6})?)\s*%", raw.strip())):
        value = Decimal(match[1])
    elif isinstance(raw, int | Decimal) and not isinstance(raw, bool):
        value = Decimal(raw)
    if value is None or abs(value) > 100:  # noqa: PLR2004 - percent
        hint = (_plainly(raw) if isinstance(raw, str) else "") or "write percent as a number: 2 or 0.5"
        raise QuantityError(f"{_shown(raw)} is not an incline", hint)
    return Incline.from_percent(float(value))


def band(raw: object) -> Band:
    """``60-75 %`` of the runner's maximum, or ``110-140 bpm``.

    Raises:
        QuantityError: not a band, upside down, or beyond any heart.
    """
    match = _BAND.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if not match:
        raise QuantityError(f"{_shown(raw)} is not a heart-rate band", "write 60-75 % or 110-140 bpm")
    low, high, unit = float(match[1]), float(match[2]), match[3]
    floor, ceiling = (30, 100) if unit == "%" else (40, 230)
    if not floor <= low < high <= ceiling:
        raise QuantityError(
            f"{raw} is not a heart-rate band", f"low before high, both between {floor} and {ceiling} {unit}"
        )
    return Band(low, high, unit)


def clock(seconds: float) -> str:
    """Seconds as people read them: 1:30, 1:02:03."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, second = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{second:02}" if hours else f"{minutes}:{second:02}"


def _plainly(text: str) -> str:
    """What to do about a number that is nearly one: quotes around it, a comma in it."""
    if re.fullmatch(_NUMBER, text.strip()):
        return f"write it without quotes: {text.strip()}"
    return "write a point instead of the comma" if re.search(r"[0-9],[0-9]", text) else ""


def _distance(text: str, value: Decimal, unit: str) -> Extent:
    metres = value * METRES[unit]
    if unit == "m" and metres < _SHORTEST_DISTANCE_M:
        raise QuantityError(f"{text!r} is {value} metres", f"did you mean {value} min?")
    return _positive(text, Extent(metres=float(metres)))


def _positive(text: str, found: Extent) -> Extent:
    if not (found.seconds or found.metres):
        raise QuantityError(f"{text!r} lasts no time", "leave the step out")
    return found


def _shown(raw: object) -> str:
    return (
        "nothing"
        if raw is None
        else "a list"
        if isinstance(raw, list)
        else "a mapping"
        if isinstance(raw, dict)
        else str(raw)
    )
