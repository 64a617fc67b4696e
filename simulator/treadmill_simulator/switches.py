"""Everything that a simulated machine can be made to do: one flat set of switches, each with its sound value.

A `Character` is a set of switches with a name. `with_settings` turns ``ramp_up=0.3`` into one.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from treadcoach.errors import UsageError
from treadcoach.motion import KM_PER_MILE, Passport, Speed, SpeedGrid

Hex = str
"""Bytes as text: ``44 12 00``; empty for none."""


class Character(NamedTuple):
    """How one machine behaves. Speeds are km/h, rates km/h per second, times seconds."""

    name: str
    about: str
    source: str = ""
    """Where the behaviour was seen."""

    # ---- who it says it is ---------------------------------------------------------------------------------
    manufacturer: str = "treadcoach"
    model: str = "simulator"
    firmware: str = "1"
    local_name: str = "Simulated treadmill"
    """In the advertisement; empty: it has no name."""
    service_data: Hex = "01 01 00"
    """In the advertisement: available, type treadmill; empty: none."""
    marked: bool = True
    """It says that it is simulated. Without the mark it is treated as a real machine in every way."""

    # ---- what it claims ------------------------------------------------------------------------------------
    minimum_kmh: float = 0.8
    maximum_kmh: float = 16.0
    increment_kmh: float = 0.1
    maximum_incline_percent: float = 12.0
    ranges: Literal["true", "zero", "missing"] = "true"
    """What the supported ranges say."""
    features: Hex = ""
    """The Feature value, where it is not the true one."""

    # ---- the belt ------------------------------------------------------------------------------------------
    countdown_s: float = 3.1
    """From Start to the first motion, as measured on walking pads."""
    start_kmh: float = 0.0
    """Where the belt goes first; 0: to its slowest speed."""
    starts: bool = True
    """Off: Start is answered with success and the belt never moves; only the console starts it."""
    ramp_up: float = 0.8
    ramp_down: float = 0.8
    overshoot_kmh: float = 0.0
    """On Stop the belt first gains this much, for half a second."""
    creep: float = 0.0
    """km/h per second that the belt gains by itself while it runs."""
    starts_itself_after_s: float = 0.0
    """Seconds after a client connects; 0: never."""
    units: Literal["km/h", "mph", "mph_in", "mph_out"] = "km/h"
    """What the km/h fields hold: of targets (in), of reports (out), or of both."""

    # ---- how it obeys --------------------------------------------------------------------------------------
    ignores_stop: bool = False
    """Stop and Pause are answered with success and do nothing."""
    refuses_stop: bool = False
    """Stop is answered "operation failed" while the belt moves."""
    stop_needs_pause: bool = False
    """Stop is refused while the belt moves; Pause works."""
    stops_in_countdown: bool = True
    """Off: Stop and Pause are refused while it counts down."""
    target_starts: bool = False
    """A target starts a standing belt."""
    start_toggles: bool = False
    """Start on a running belt pauses it."""
    start_while_running: Literal["failed", "success"] = "failed"
    remembers_speed: bool = False
    """Start goes straight back to the last target."""
    keeps_counters: bool = True
    """Distance and time go on after a stop; off: they begin again."""
    on_link_loss: Literal["run", "stop"] = "run"
    on_early_speed: Literal["store", "drop_link"] = "store"
    """What a target does while the belt is starting up."""

    # ---- how it answers ------------------------------------------------------------------------------------
    control_point: Literal["write,indicate", "write,notify", "write-without-response,notify", "none"] = (
        "write,indicate"
    )
    latency_s: float = 0.05
    """From a write to its answer."""
    answers: bool = True
    """Off: no request is ever answered, all are obeyed."""
    answers_first: bool = False
    """The answer comes before the confirmation of the write, not after it."""
    request_control: Literal["required", "ignored", "silent", "fails_once"] = "required"
    """``ignored``: everything is obeyed without it. ``silent``: it is needed, and never answered. ``fails_once``:
    the first is answered "operation failed", and after it nothing is answered any more."""
    results: str = ""
    """Result codes forced on op codes: ``03=4,02=2``."""
    att_errors: str = ""
    """ATT errors forced on op codes: ``07=0x0f``."""
    lock: Hex = ""
    """A maker's code without which every procedure is answered "not permitted"."""
    subscription_gap_s: float = 0.0
    """Subscriptions closer than this to the last one are lost."""
    refuses_link_for_s: float = 0.0
    """A link that comes this soon after the last one ended is closed at once."""

    # ---- what it reports -----------------------------------------------------------------------------------
    period_s: float = 1.0
    """Between Treadmill Data records."""
    jitter_s: float = 0.03
    gap_after_console_stop_s: float = 0.0
    fields: str = "distance,incline,heart_rate,time"
    """Of each record besides the speed; also average, elevation, pace1, pace2, energy, met, remaining, force."""
    idle_fields: str = ""
    """Of a record on a standing belt, where they are others."""
    unavailable: str = ""
    """Of the fields, those that are sent as "not available": incline, elevation, energy, force."""
    reports: Literal["belt", "target", "zeros"] = "belt"
    """The speed that is reported: the belt's, or the target as if it were reached, or nothing at all."""
    freezes_after_s: float = 0.0
    """After the belt has run this long the records repeat the last one; 0: never."""
    keeps_speed_in_pause: bool = False
    """A paused belt is reported at its old speed."""
    distance: Literal["metres", "tens", "frozen", "odometer"] = "metres"
    steps: Literal["none", "counted", "empty"] = "none"
    """The vendors' bit 13; ``empty``: the bit with nothing behind it."""
    mtu: int = 247
    """The largest ATT MTU it agrees to."""
    long_records: Literal["split", "cut", "padded"] = "split"
    """What becomes of a record that does not fit; ``padded`` also fills short ones to 20 bytes."""
    status: Literal["echo", "others", "stream", "none"] = "echo"
    """Machine Status after a client's own request: told too, told for the console only (as the specification has
    it), told with every step of a ramp, or never told anything."""
    status_padding: int = 0
    """Zero bytes behind every status."""
    stale_status: Hex = ""
    """An old status, replayed to whoever subscribes."""
    stop_status: Literal["start", "end"] = "start"
    """When the status of a stop comes: at once, or when the belt stands."""
    training_status: Literal["true", "empty", "vendor", "none"] = "true"

    # ---- sensors -------------------------------------------------------------------------------------------
    heart_rate: Literal["runner", "none", "stuck"] = "runner"
    """In the record and on the strap."""
    strap: bool = False
    """A Heart Rate Service on the same peripheral."""
    strap_contact: bool = True
    foot_pod: bool = False
    """A Running Speed and Cadence Service on the same peripheral."""

    @property
    def grid(self) -> SpeedGrid:
        """The settable speeds."""
        numbers = (self.minimum_kmh, self.maximum_kmh, self.increment_kmh)
        return SpeedGrid(*map(Speed.from_kmh, numbers))

    @property
    def target_factor(self) -> float:
        """True speed per target."""
        return KM_PER_MILE if self.units in {"mph", "mph_in"} else 1.0

    @property
    def report_factor(self) -> float:
        """Reported speed per true speed."""
        return 1 / KM_PER_MILE if self.units in {"mph", "mph_out"} else 1.0

    @property
    def passport(self) -> Passport:
        """What a careful check of this machine with nobody on it would have found.

        It finds what a machine does to Stop; it does not find what only shows later, or was hidden from the check.
        """
        return Passport(
            name=f"simulated {self.name}",
            unit_proven=self.units in {"km/h", "mph_in"},  # marks on the belt betray a machine that reports miles
            pause_before_stop=self.stop_needs_pause,
            remembers_speed=self.remembers_speed,
            simulated=True,
        )


_HINTS = get_type_hints(Character)
_DEFAULTS = Character("", "")
SWITCHES = tuple(name for name in Character._fields if name not in {"name", "about", "source"})


def describe() -> list[str]:
    """Every switch with its sound value and what else it takes."""
    lines = []
    for name in SWITCHES:
        value, choices = getattr(_DEFAULTS, name), _choices(name)
        shown = {True: "on", False: "off"}.get(value, value) if isinstance(value, bool) else value
        among = f"   one of: {' '.join(choices)}" if choices else ""
        lines.append(f"{name:<26} {shown!s:<32}{among}".rstrip())
    return lines


def with_settings(character: Character, settings: Iterable[str]) -> Character:
    """A character with some switches set.

    Args:
        character: The others stay as they are in this one.
        settings: ``name=value`` each.

    Raises:
        UsageError: no such switch, or a value it cannot take.
    """
    changed: dict[str, Any] = {}
    for setting in settings:
        name, separator, value = setting.partition("=")
        name = name.strip().replace("-", "_")
        if not separator:
            raise UsageError(f"--set {setting}: write NAME=VALUE")
        if name not in SWITCHES:
            close = difflib.get_close_matches(name, SWITCHES, 1)
            hint = f"did you mean {close[0]}?" if close else "`treadmill-simulator --list` shows them all"
            raise UsageError(f"--set {setting}: there is no switch {name!r}; {hint}")
        changed[name] = _value(name, value.strip())
    found = character._replace(**changed)
    _check(found)
    return found


def _choices(name: str) -> tuple[str, ...]:
    hint = _HINTS[name]
    return get_args(hint) if get_origin(hint) is Literal else ()


_BOOLEANS = dict.fromkeys(("on", "true", "yes", "1"), True) | dict.fromkeys(("off", "false", "no", "0"), False)


def _value(name: str, text: str) -> object:
    choices, sound = _choices(name), getattr(_DEFAULTS, name)
    try:
        if choices:
            return choices[choices.index(text)]
        if isinstance(sound, bool):
            return _BOOLEANS[text.lower()]
        if name in {"features", "service_data", "lock", "stale_status"}:
            return bytes.fromhex(text).hex(" ")
        return type(sound)(text)
    except (ValueError, KeyError):
        takes = " | ".join(choices) or ("on | off" if isinstance(sound, bool) else f"a value such as {sound!r}")
        raise UsageError(f"--set {name}={text}: it takes {takes}") from None


_POSITIVE = ("minimum_kmh", "maximum_kmh", "increment_kmh", "ramp_up", "ramp_down", "period_s")
# The ATT protocol's own smallest and largest MTU.
_MTU = (23, 517)


def _check(character: Character) -> None:
    for name in SWITCHES:
        value = getattr(character, name)
        if (isinstance(value, float) and not (value > 0 if name in _POSITIVE else value >= 0)) or value != value:  # noqa: PLR0124
            raise UsageError(f"--set {name}={value}: it has to be {'above' if name in _POSITIVE else 'at least'} 0")
    if character.minimum_kmh > character.maximum_kmh:
        raise UsageError("minimum_kmh is above maximum_kmh")
    if not _MTU[0] <= character.mtu <= _MTU[1]:
        raise UsageError(f"--set mtu={character.mtu}: {_MTU[0]} to {_MTU[1]}")
    codes(character.results)
    codes(character.att_errors)
    unknown = set(field_names(f"{character.fields},{character.idle_fields}")) - FIELDS
    if unknown:
        raise UsageError(f"there are no fields {', '.join(sorted(unknown))}; there are {', '.join(sorted(FIELDS))}")
    if without := set(field_names(character.unavailable)) - set(SENTINELS):
        raise UsageError(f"{', '.join(sorted(without))} cannot be unavailable; {', '.join(sorted(SENTINELS))} can")


# What "not available" looks like on the wire; makers have invented theirs for the elevation.
SENTINELS = {
    "incline": {"inclination": 0x7FFF, "ramp_angle_setting": 0x7FFF},
    "elevation": {"positive_elevation_gain": 0xFFFF, "negative_elevation_gain": 0xFFFF},
    "energy": {"total_energy": 0xFFFF, "energy_per_hour": 0xFFFF, "energy_per_minute": 0xFF},
    "force": {"force_on_belt": 0x7FFF, "power_output": 0x7FFF},
}
FIELDS = frozenset(
    [
        "distance",
        "incline",
        "heart_rate",
        "time",
        "average",
        "elevation",
        "pace1",
        "pace2",
        "energy",
        "met",
        "remaining",
        "force",
    ]
)


def field_names(text: str) -> tuple[str, ...]:
    """The names in a list with commas."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def codes(text: str) -> dict[int, int]:
    """``03=4,07=0x0f`` by op code; op codes are hexadecimal, as the specification prints them."""
    try:
        pairs = [part.split("=") for part in text.split(",") if part.strip()]
        return {int(op, 16): int(code, 0) for op, code in pairs}
    except ValueError:
        raise UsageError(f"{text!r}: write OP=CODE, as in 03=4,07=0x0f") from None
