"""What is known of machines: the shipped quirk book by kind, the runner's own passports by address.

A quirk book can warn, it cannot vouch: a unit is proven only by marks on the belt, in a passport of one's own; and a
passport is void as soon as its machine answers differently from when it was written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from treadcoach.errors import ConfigError, Finding, UsageError
from treadcoach.ftms import feature
from treadcoach.ftms.ranges import SupportedInclinationRange, SupportedSpeedRange
from treadcoach.motion import Passport, Speed, SpeedGrid
from treadcoach.program.document import Node, Place, read, write

MANUFACTURER, MODEL, FIRMWARE = 0x2A29, 0x2A24, 0x2A26
IDENTITY = (MANUFACTURER, MODEL, FIRMWARE, feature.UUID, SupportedSpeedRange.UUID, SupportedInclinationRange.UUID)
"""What is read of a machine to know it again."""

# Its own ramp is steeper than this (km/h per second): nobody but a walker belongs on it.
JUMPS_ABOVE = 2.0
# Three of its periods have to fit into the four seconds after which nobody knows what its belt does.
SLOWEST_PERIOD_S = 1.33

_BOOK = Path(__file__).parent / "quirks.yaml"
_Number = Annotated[float, Field(strict=False, ge=0, le=100)]
_Octets = Annotated[str, Field(pattern="^([0-9a-f]{2}( [0-9a-f]{2})*)?$")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Identity(_Model):
    """How a machine introduces itself; any of it may be empty or wrong, which does not matter: it has to stay so."""

    manufacturer: str = ""
    model: str = ""
    firmware: str = ""
    features: _Octets = ""
    speeds: _Octets = ""
    inclines: _Octets = ""

    @property
    def capabilities(self) -> dict[int, bytes | None]:
        """What it said that it can do, by characteristic, as it was read."""
        said = {feature.UUID: self.features, SupportedSpeedRange.UUID: self.speeds}
        said[SupportedInclinationRange.UUID] = self.inclines
        return {uuid: bytes.fromhex(text) if text else None for uuid, text in said.items()}


class Facts(_Model):
    """What a machine does. What is not known is not there."""

    unit: Literal["km/h", "mph", "unproven"] | None = None
    """What its km/h fields hold, both ways."""
    stop: Literal["stop", "pause_first"] | None = None
    """What stops it: Stop, or Pause and then Stop."""
    start: Literal["remote", "console"] | None = None
    """What starts it: a Start over the air, or only a hand at the console."""
    start_s: _Number | None = None
    """Seconds from Start to the first motion."""
    minimum: _Number | None = None
    """Slowest speed that can be set, km/h, where the machine itself tells nothing usable."""
    maximum: _Number | None = None
    increment: _Number | None = None
    ramp_up: _Number | None = None
    """km/h per second, by itself."""
    ramp_down: _Number | None = None
    resume: Literal["minimum", "old"] | None = None
    """Where it goes on after a pause."""
    reports: Literal["belt", "target"] | None = None
    """What its speed field shows while it ramps."""
    status: Literal["others", "echo", "stream", "none"] | None = None
    """Machine Status after a client's own requests."""
    link_loss: Literal["run", "stop"] | None = None
    """What the belt does when the link is lost; never counted on."""
    console: Literal["seen", "unseen"] | None = None
    """Whether a hand at the console can be seen over the air."""
    key: Literal["seen", "unseen"] | None = None
    """Whether the safety key can be seen over the air."""
    period_s: _Number | None = None
    """Between records."""
    incline: bool | None = None
    """Off: its deck cannot be relied on."""
    controllable: bool | None = None
    """Off: it can be watched, not coached; `note` says why."""
    note: str | None = None
    """What a runner should know."""


class _Match(_Model):
    """Patterns with ``*``; all that are given must fit, small and capital letters alike."""

    manufacturer: str = "*"
    model: str = "*"
    firmware: str = "*"
    local_name: str = "*"

    def fits(self, identity: Identity, local_name: str) -> bool:
        """Whether a machine is of this kind."""
        said = {**identity.model_dump(include={"manufacturer", "model", "firmware"}), "local_name": local_name}
        return all(fnmatchcase(said[name].casefold(), pattern.casefold()) for name, pattern in self)


class Quirk(_Model):
    """What is known of a kind of machine."""

    name: str
    match: _Match
    source: str
    confidence: Literal["wire", "told", "read"]
    """Seen in bytes; stated by somebody who has one; read in a program that supports it."""
    facts: Facts


class _Book(_Model):
    quirks: Literal[1]
    machines: list[Quirk]


def _floats(value: object) -> object:
    """Numbers as they were measured: YAML is read with decimals, which would be written as text."""
    match value:
        case Decimal():
            return float(value)
        case dict():
            return {key: _floats(inner) for key, inner in value.items()}
        case list():
            return [_floats(inner) for inner in value]
    return value


class Step(_Model):
    """One step of commissioning, as it was done."""

    step: str
    date: str
    found: str
    evidence: Annotated[dict[str, Any], BeforeValidator(_floats)] = {}


class Record(_Model):
    """A passport of one's own: one file a machine."""

    passport: Literal[1] = 1
    address: str
    name: str
    local_name: str = ""
    """By which it advertises: some kinds are known by nothing else."""
    identity: Identity = Identity()
    facts: Facts = Facts()
    steps: list[Step] = []

    def has(self, step: str) -> bool:
        """Whether a step was done."""
        return any(done.step == step for done in self.steps)


class Known(NamedTuple):
    """Everything that is known of one machine."""

    passport: Passport
    facts: Facts
    quirk: Quirk | None
    record: Record | None
    voided: tuple[str, ...]
    """In which ways the machine answers differently from when its passport was written."""

    def has_done(self, step: str) -> bool:
        """Whether a step was done on this very machine, as it answers now."""
        return self.record is not None and not self.voided and self.record.has(step)

    @property
    def refusal(self) -> str | None:
        """Why nobody may be coached on it, if so."""
        if self.facts.controllable is False:
            return self.facts.note or "its passport says so"
        if self.record and self.record.facts.unit == "mph":
            return "its km/h fields hold miles per hour, as its belt has shown"
        if self.facts.period_s and self.facts.period_s > SLOWEST_PERIOD_S:
            return f"it tells its speed only every {self.facts.period_s:g} s: that is too seldom to watch a belt"
        return None


# ---- looking up --------------------------------------------------------------------------------------------


def identify(values: Mapping[int, bytes | None]) -> Identity:
    """What a machine says of itself; makers end their strings with zeros and other things."""

    def text(uuid: int) -> str:
        raw = (values.get(uuid) or b"").split(b"\0")[0].decode("utf-8", "replace").strip()
        return "".join(character for character in raw if character.isprintable())

    def octets(uuid: int) -> str:
        return (values.get(uuid) or b"").hex(" ")

    return Identity(
        manufacturer=text(MANUFACTURER),
        model=text(MODEL),
        firmware=text(FIRMWARE),
        features=octets(feature.UUID),
        speeds=octets(SupportedSpeedRange.UUID),
        inclines=octets(SupportedInclinationRange.UUID),
    )


def know(identity: Identity, local_name: str, record: Record | None, *, simulated: bool) -> Known:
    """Put together what is known of a machine.

    Args:
        identity: How it introduces itself now.
        local_name: In its advertisement.
        record: The runner's own passport of it, if there is one.
        simulated: It says that it is simulated: there is no belt to put marks on, and its unit is believed.
    """
    quirk = next((quirk for quirk in quirk_book() if quirk.match.fits(identity, local_name)), None)
    voided = _differences(record.identity, identity) if record else ()
    facts = _over(quirk.facts if quirk else Facts(), record.facts if record else Facts())
    measured = record.facts.unit if record and not voided else None
    unit_proven = measured == "km/h" if measured else simulated
    name = record.name if record else local_name or identity.model or "unknown treadmill"
    passport = Passport(
        name=name,
        unit_proven=unit_proven,
        pause_before_stop=facts.stop == "pause_first",
        grid=_grid(facts),
        starts_at_console=facts.start == "console",
        jumps=(facts.ramp_up or 0.0) > JUMPS_ABOVE,
        remembers_speed=facts.resume == "old",
        inclines=facts.incline is not False,
        simulated=simulated,
    )
    return Known(passport, facts, quirk, record, voided)


def _differences(before: Identity, now: Identity) -> tuple[str, ...]:
    said = {name: (getattr(before, name), getattr(now, name)) for name in Identity.model_fields}
    return tuple(f"{name} was {old!r} and is {new!r}" for name, (old, new) in said.items() if old != new)


def _over(below: Facts, above: Facts) -> Facts:
    """The upper facts where they say something, the lower ones elsewhere; of two ramps the steeper one.

    How steep a belt can be shows only where it had to be: a measurement is a lower bound.
    """
    said = above.model_dump(exclude_none=True)
    if below.ramp_up is not None:
        said["ramp_up"] = max(below.ramp_up, said.get("ramp_up", 0.0))
    return below.model_copy(update=said)


def _grid(facts: Facts) -> SpeedGrid | None:
    numbers = (facts.minimum, facts.maximum, facts.increment)
    if any(number is None or not number for number in numbers):
        return None
    return SpeedGrid(*(Speed.from_kmh(number) for number in numbers if number is not None))


# ---- files -------------------------------------------------------------------------------------------------


@cache
def quirk_book() -> tuple[Quirk, ...]:
    """The shipped book; the first entry that fits a machine counts."""
    return tuple(_validated(_Book, _BOOK).machines)


def local_names() -> tuple[str, ...]:
    """Beginnings of the names by which known machines advertise, in small letters: some do not say what they are."""
    patterns = {quirk.match.local_name.split("*")[0].casefold() for quirk in quirk_book()}
    return tuple(sorted(pattern for pattern in patterns if pattern))


def path_of(address: str, folder: Path) -> Path:
    """Where the passport of a machine is kept."""
    return folder / f"{address.casefold().replace(':', '-')}.yaml"


def is_address(text: str) -> bool:
    """Whether this is how systems name a Bluetooth device: six octets, or on macOS a UUID."""
    return bool(
        re.fullmatch("([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", text)
    )


def find(name_or_address: str, folder: Path) -> Record | None:
    """The passport of a machine, by its address or by the name that the runner gave it.

    Raises:
        ConfigError: its file cannot be used; or it was not found and may be in one that cannot.
        UsageError: several have that name.
    """
    path = path_of(name_or_address, folder)
    if path.is_file():
        return _validated(Record, path)
    records: list[Record] = []
    problem: ConfigError | None = None
    for path in sorted(folder.glob("*.yaml")):
        try:
            records.append(_validated(Record, path))
        except ConfigError as error:
            problem = error  # of a machine that is not meant, perhaps
    found = [record for record in records if record.name == name_or_address]
    if len(found) > 1:
        addresses = ", ".join(record.address for record in found)
        raise UsageError(f"several machines are called {name_or_address!r}: {addresses}; use the address")
    if not found and problem and not is_address(name_or_address):
        raise problem
    return found[0] if found else None


def every(folder: Path) -> list[Record]:
    """All of the runner's own passports."""
    return [_validated(Record, path) for path in sorted(folder.glob("*.yaml"))]


def with_step(record: Record, step: str, found: str, **evidence: object) -> Record:
    """A passport with one more step, of today."""
    done = Step(step=step, date=f"{datetime.now(UTC):%Y-%m-%d}", found=found, evidence=evidence)
    return record.model_copy(update={"steps": [*(s for s in record.steps if s.step != step), done]})


def save(record: Record, folder: Path) -> Path:
    """Write a passport; a half-written one never replaces a whole one."""
    folder.mkdir(parents=True, exist_ok=True)
    path = path_of(record.address, folder)
    unfinished = path.with_suffix(".new")
    unfinished.write_text(write(record.model_dump(mode="json", exclude_none=True)), encoding="utf-8")
    unfinished.replace(path)
    return path


def set_aside(record: Record, folder: Path) -> Path | None:
    """Keep a passport under a name by which it is not used any more; ``None`` when there is no file of it."""
    path = path_of(record.address, folder)
    if not path.is_file():
        return None
    return path.rename(path.with_suffix(f".{datetime.now(UTC):%Y%m%dT%H%M%SZ}.old"))


_AnyModel = TypeVar("_AnyModel", bound=_Model)


def _validated(model: type[_AnyModel], path: Path) -> _AnyModel:
    document = read(path.read_bytes(), str(path))
    if document.findings or document.root is None:
        empty = Finding(str(path), 1, 1, "error", "empty", "there is nothing in it")
        raise ConfigError(document.findings or (empty,))
    try:
        return model.model_validate(document.root.plain)
    except ValidationError as error:
        problems = error.errors(include_url=False)
        raise ConfigError(tuple(_finding(dict(p), document.root, path) for p in problems)) from None


def _finding(problem: dict[str, Any], root: Node, path: Path) -> Finding:
    where = tuple(problem["loc"])
    node = root.find(where)
    name = ".".join(str(part) for part in where)
    return Finding(
        str(path), *(node.place if node else Place(1, 1)), "error", "bad-value", f"{name}: {problem['msg']}"
    )
