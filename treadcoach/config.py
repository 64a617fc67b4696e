"""Settings. Limits can be lowered here, never raised.

Later wins: the defaults, then `config.yaml`, then `TREADCOACH_*` variables, then flags; every value remembers
where it came from.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from treadcoach.errors import ConfigError, Finding
from treadcoach.motion import Level, Speed
from treadcoach.places import HOME, Places, places
from treadcoach.program import quantities
from treadcoach.program.document import Node, Place, read
from treadcoach.topics import is_machine_id

PREFIX = "TREADCOACH_"
SECRET = "mqtt.password"  # noqa: S105 - its name
"""The one setting that is never shown, and never kept in the file."""


def _cap(raw: object) -> object:
    """A speed with its unit: a bare number would be a guess."""
    if raw is None or isinstance(raw, Speed):
        return raw
    try:
        return quantities.speed(str(raw), None)
    except quantities.QuantityError as error:
        raise PydanticCustomError("quantity", "{text}", {"text": error.message, "hint": "write 3.0 km/h"}) from None


def _number(raw: object) -> object:
    """Variables are text; a whole number in one is a number."""
    return int(raw) if isinstance(raw, str) and raw.isdecimal() else raw


def _weight(raw: object) -> object:
    """A number, or the text of one in a variable."""
    try:
        return float(raw) if isinstance(raw, str | int | Decimal) and not isinstance(raw, bool) else raw
    except ValueError:
        return raw


def _switch(raw: object) -> object:
    """Variables are text; `true` in one is a switch."""
    return {"true": True, "false": False}.get(raw, raw) if isinstance(raw, str) else raw


def _host(host: str | None) -> str | None:
    """A name or an address alone."""
    if host and ("/" in host or "@" in host or re.fullmatch(r"[^:]*:\d+", host)):
        hint = "the port goes to `port`, the user to `username`, TLS to `tls`"
        raise PydanticCustomError("host", "{text}", {"text": "a host is a name or an address, no more", "hint": hint})
    return host


def _machine_id(name: str | None) -> str | None:
    """What can stand in a topic."""
    if name is not None and not is_machine_id(name):
        text = "a name in topics has lower-case letters, digits, - and _"
        raise PydanticCustomError("machine_id", "{text}", {"text": text, "hint": "as in hall-1"})
    return name


def _prefix(prefix: str) -> str:
    """The beginning of a topic."""
    if re.search(r"[+#\s\0]|^/|/$", prefix):
        text = "a topic's beginning has no + # or blanks, and no / at its ends"
        raise PydanticCustomError("prefix", "{text}", {"text": text, "hint": "homeassistant"})
    return prefix


Cap = Annotated[Speed | None, BeforeValidator(_cap)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)


class RunnerSettings(_Model):
    """Who runs."""

    level: Annotated[Level | None, Field(strict=False)] = None
    """How far the runner has come; on a real machine nothing said means `first`."""
    maximum_heart_rate: Annotated[int | None, BeforeValidator(_number), Field(ge=100, le=230)] = None
    """In beats a minute; without it there are no zones."""
    weight_kg: Annotated[float | None, BeforeValidator(_weight), Field(ge=20, le=300)] = None
    """For the kilocalories of `check`, which are an estimate."""


class CapSettings(_Model):
    """The runner's own caps, with their unit. They lower a level's, they never raise it."""

    forward: Cap = None
    backward: Cap = None
    sidestep: Cap = None
    crossover: Cap = None


class MqttSettings(_Model):
    """The broker that telemetry goes to; there is none where no host is set."""

    host: Annotated[str | None, AfterValidator(_host)] = None
    port: Annotated[int | None, BeforeValidator(_number), Field(ge=1, le=65535)] = None
    """Without it 1883, and 8883 with TLS."""
    username: str | None = None
    password: str | None = None
    """Only from `TREADCOACH_MQTT_PASSWORD`: a secret has no place among settings."""
    password_file: str | None = None
    tls: Annotated[bool | None, BeforeValidator(_switch)] = None
    """Without it: where one of the three files below is named."""
    tls_ca: str | None = None
    """The authority that signed the broker's certificate, where it is not one that this computer trusts."""
    tls_certificate: str | None = None
    """Of this client, where the broker asks for one."""
    tls_key: str | None = None
    machine_id: Annotated[str | None, AfterValidator(_machine_id)] = None
    """In topics; without it, of the machine's name and address."""
    discovery_prefix: Annotated[str, AfterValidator(_prefix)] = "homeassistant"
    """Where Home Assistant looks; empty: nothing is told to it."""


class Settings(_Model):
    """Everything that can be set."""

    display_units: Literal["km/h", "mph"] = "km/h"
    """What people see and hear; never what a file means."""
    theme: str = "treadcoach"
    """Of the full screen: high contrast, or one of the names that a wrong one is answered with."""
    machine: str | None = None
    """The treadmill that `run` uses: its address, or the name of its passport."""
    adapter: str | None = None
    """Which Bluetooth adapter, where there are several."""
    runner: RunnerSettings = RunnerSettings()
    caps: CapSettings = CapSettings()
    mqtt: MqttSettings = MqttSettings()

    @property
    def lowered(self) -> dict[str, Speed]:
        """The runner's own caps by gait."""
        return {gait: cap for gait, cap in self.caps if cap is not None}


class Configuration(NamedTuple):
    """Settings, the origin of each, and where files live."""

    settings: Settings
    origins: Mapping[str, str]
    """By dotted name, for those that are not the default."""
    places: Places
    unknown_variables: tuple[str, ...]
    """`TREADCOACH_*` variables that mean nothing to this version."""


def load(environment: Mapping[str, str] | None = None) -> Configuration:
    """Read everything that is set.

    Raises:
        ConfigError: a file or a variable cannot be used; carries every finding.
    """
    environment = os.environ if environment is None else environment
    where = places(environment)
    origins: dict[str, str] = {}
    values = _from_file(where.config_file, origins)
    _keep_no_secret(values)
    unknown = _overlay(values, environment, origins)
    try:
        settings = Settings.model_validate(_nested(values))
    except ValidationError as error:
        raise ConfigError(tuple(_explain(dict(e), values, where) for e in error.errors(include_url=False))) from None
    return Configuration(settings, origins, where, unknown)


def defaults(environment: Mapping[str, str] | None = None) -> Configuration:
    """What there is where nothing is set; for what has to go on although something that is set cannot be used."""
    return Configuration(Settings(), {}, places(os.environ if environment is None else environment), ())


_GROUPS = frozenset(name for name, field in Settings.model_fields.items() if isinstance(field.default, BaseModel))


class _Given(NamedTuple):
    """One value and where it stands."""

    value: Any
    file: str
    place: Place


def names() -> list[str]:
    """Every setting, dotted."""
    return [
        f"{group}.{name}" if isinstance(field.default, BaseModel) else group
        for group, field in Settings.model_fields.items()
        for name in (type(field.default).model_fields if isinstance(field.default, BaseModel) else [""])
    ]


def _from_file(path: Path, origins: dict[str, str]) -> dict[str, _Given]:
    if not path.exists():
        return {}
    try:
        document = read(path.read_bytes(), str(path))
    except OSError as error:
        message = f"it cannot be read: {error.strerror}"
        raise ConfigError((Finding(str(path), 1, 1, "error", "no-file", message),)) from None
    if document.findings:
        raise ConfigError(document.findings)
    if document.root is None or document.root.value is None:
        return {}  # an empty file, or one of comments
    if not isinstance(document.root.value, dict):
        raise ConfigError(
            (Finding(str(path), 1, 1, "error", "wrong-type", "the configuration is a mapping of keys"),)
        )
    values: dict[str, _Given] = {}
    _collect(document.root, "", str(path), values)
    origins.update({name: f"{path}:{given.place.line}" for name, given in values.items()})
    return values


def _collect(node: Node, prefix: str, file: str, values: dict[str, _Given]) -> None:
    if isinstance(node.value, dict):
        for key, entry in node.value.items():
            _collect(entry.node, f"{prefix}.{key}" if prefix else key, file, values)
    elif node.value is not None or "." in prefix or prefix not in _GROUPS:  # an empty group says nothing
        values[prefix] = _Given(node.plain, file, node.place)


def _keep_no_secret(values: Mapping[str, _Given]) -> None:
    """Settings are shown, copied and asked about; a password is not."""
    if given := values.get(SECRET):
        message = f"{SECRET}: a password has no place among settings"
        hint = "put it into a file of its own and name that with password_file, or set TREADCOACH_MQTT_PASSWORD"
        raise ConfigError((Finding(given.file, *given.place, "error", "bad-value", message, hint),))


def _overlay(values: dict[str, _Given], environment: Mapping[str, str], origins: dict[str, str]) -> tuple[str, ...]:
    """Variables over the file: `runner: {level: …}` is TREADCOACH_RUNNER_LEVEL."""
    variables = {PREFIX + name.upper().replace(".", "_"): name for name in names()}
    given = {variable for variable in environment if variable.startswith(PREFIX) and variable != HOME}
    for variable in sorted(given & variables.keys()):
        values[variables[variable]] = _Given(environment[variable], variable, Place(1, 1))
        origins[variables[variable]] = variable
    return tuple(sorted(given - variables.keys()))


def _nested(values: Mapping[str, _Given]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for name, given in values.items():
        *groups, leaf = name.split(".")
        inner = nested
        for group in groups:
            if not isinstance(inner.get(group), dict):
                inner[group] = {}
            inner = inner[group]
        inner[leaf] = given.value
    return nested


def _explain(problem: dict[str, Any], values: Mapping[str, _Given], where: Places) -> Finding:
    name = ".".join(str(part) for part in problem["loc"])
    given = values.get(name) or next((g for n, g in values.items() if n.startswith(name)), None)
    file, place = (given.file, given.place) if given else (str(where.config_file), Place(1, 1))
    if problem["type"] == "extra_forbidden":
        return Finding(
            file, *place, "error", "unknown-key", f"unknown setting {name!r}", f"known: {', '.join(names())}"
        )
    hint = problem.get("ctx", {}).get("hint", "")
    return Finding(file, *place, "error", "bad-value", f"{name}: {problem['msg']}", hint)
