"""The profile language as JSON Schema, for editors: completion, hover and red squiggles while somebody writes.

Keys and descriptions are those of the models in `language`. It is narrower than they are in one way: a step is
exactly one of stand, repeat and the movements, with only the keys that fit. What needs the neighbours of a step, or a
runner's limits, no schema can say: that is for `treadcoach check`.
"""

from __future__ import annotations

from typing import Any

from treadcoach.motion import Level, Movement
from treadcoach.program.language import Header, Step
from treadcoach.program.profile import MAXIMUM_NESTING, MAXIMUM_REPEATS
from treadcoach.program.quantities import METRES, SECONDS, SPEED_UNITS

FILE_NAME = "profile.schema.json"
MODELINE = "# yaml-language-server: $schema={}"
"""The first line of a profile: where its editor finds the schema."""

Schema = dict[str, Any]

# Draft 7 is what editors agree on. It reads nothing beside a `$ref`, so that what has a description is written out.
_DRAFT = "http://json-schema.org/draft-07/schema#"
_MOVING = tuple(movement for movement in Movement if movement is not Movement.STAND)


def schema() -> Schema:
    """The schema of a whole profile, as plain JSON values."""
    keys = _keys(Step)
    beside = {name: keys[name] for name in ("for", "incline", "heart_rate", "cue")}
    moving = {m.value: _kind(m.words, {m.value: keys[m.value], **beside}, [m.value, "for"]) for m in _MOVING}
    stand = _kind("stand", {"stand": keys["stand"], "cue": keys["cue"]}, ["stand"])
    deepest = _any_of("stand", *moving)
    levels = {f"step{depth}": _any_of("stand", f"repeat{depth}", *moving) for depth in range(1, MAXIMUM_NESTING + 1)}
    repeats = {f"repeat{depth}": _repeat(keys["repeat"], depth) for depth in range(1, MAXIMUM_NESTING + 1)}
    return {
        "$schema": _DRAFT,
        "title": "Interval profile of treadcoach",
        "description": "What a runner should do on a treadmill, step by step.",
        "type": "object",
        "required": ["profile", "name", "level", "units", "steps"],
        "additionalProperties": False,
        "properties": _keys(Header) | {"steps": _steps(1, "What comes, in this order.")},
        "$defs": {"stand": stand, **moving, **repeats, **levels, f"step{MAXIMUM_NESTING + 1}": deepest},
    }


def _any_of(*kinds: str) -> Schema:
    return {"type": "object", "anyOf": [{"$ref": f"#/$defs/{kind}"} for kind in kinds]}


def _kind(title: str, properties: Schema, required: list[str]) -> Schema:
    return {"title": title, "properties": properties, "required": required, "additionalProperties": False}


def _steps(depth: int, description: str) -> Schema:
    return {
        "description": description,
        "type": "array",
        "minItems": 1,
        "items": {"$ref": f"#/$defs/step{depth}"},
    }


def _repeat(times: Schema, depth: int) -> Schema:
    """A repeat of a depth; inside the last that is allowed there is no further one."""
    inner = _steps(depth + 1, "What is repeated, in this order.")
    return _kind("repeat", {"repeat": times, "steps": inner}, ["repeat", "steps"])


def _keys(model: type[Header | Step]) -> Schema:
    """The keys of a model: what may stand there, and what is said of it."""
    found = {}
    for name, field in model.model_fields.items():
        key = field.alias or name
        told = {"description": field.description, "examples": field.examples}
        found[key] = {what: said for what, said in told.items() if said} | _SHAPES.get(key, _SPEED)
    return found


# ---- what may stand behind a key ---------------------------------------------------------------------------

_N = r"[0-9]{1,6}(\.[0-9]{1,6})?"
_TIME_UNIT = f"({'|'.join(SECONDS)})"
_TIME = rf"(({_N}\s*{_TIME_UNIT}\s*)+|([0-9]{{1,2}}:)?[0-9]{{1,3}}:[0-5][0-9])"
_DISTANCE = rf"{_N}\s*({'|'.join(METRES)})"
# Nobody's belt is faster, in either unit.
_FASTEST = 25


def _pattern(expression: str, message: str) -> Schema:
    """A text of a form; editors that know ``errorMessage`` say what is wanted instead of quoting the expression."""
    told = {"errorMessage": message, "patternErrorMessage": message}
    return {"type": "string", "pattern": rf"^\s*{expression}\s*$", **told}


_PLAIN_SPEED: list[Schema] = [
    {"type": "number", "exclusiveMinimum": 0, "maximum": _FASTEST},
    _pattern(rf"{_N}\s*({'|'.join(SPEED_UNITS)})", "write a number, or 3.5 km/h, or 2 mph"),
]
_RAMP: Schema = {
    "type": "object",
    "required": ["from", "to"],
    "additionalProperties": False,
    "properties": {
        "from": {"description": "The speed at its beginning.", "anyOf": _PLAIN_SPEED},
        "to": {"description": "The speed at its end.", "anyOf": _PLAIN_SPEED},
    },
}
_SPEED: Schema = {"anyOf": [*_PLAIN_SPEED, _RAMP]}
_TEXT: Schema = {"type": ["string", "number"], "minLength": 1, "maxLength": 500}
_SHAPES: dict[str, Schema] = {
    "profile": {"const": 1},
    "name": _TEXT,
    "level": {"enum": [level.value for level in Level]},
    "units": {"enum": ["km/h", "mph"]},
    "goal": _TEXT,
    "source": _TEXT,
    "belt": {"enum": ["empty"]},
    "scaled_from_cap": {"anyOf": _PLAIN_SPEED},
    "stand": _pattern(_TIME, "write a time: 30 s, 3 min or 1:30"),
    "for": _pattern(f"({_TIME}|{_DISTANCE})", "write a time or a distance: 30 s, 3 min, 1:30, 400 m or 0.5 km"),
    "repeat": {"type": "integer", "minimum": 1, "maximum": MAXIMUM_REPEATS},
    "incline": {
        "anyOf": [
            {"type": "number", "minimum": 0, "maximum": 12},
            _pattern(rf"{_N}\s*%", "write percent: 2 or 0.5 %"),
        ]
    },
    "heart_rate": _pattern(
        rf"{_N}\s*[-–]\s*{_N}\s*(%|bpm)",  # noqa: RUF001 - people's keyboards make dashes
        "write a band: 60-75 % or 110-140 bpm",
    ),
    "cue": {"anyOf": [_TEXT, {"type": "array", "maxItems": 10, "items": _TEXT}]},
}
