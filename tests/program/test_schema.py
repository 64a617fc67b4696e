"""The schema and the reader say the same of every shape; what only the reader can know is left to it."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft7Validator
from mistakes import PROFILES

from treadcoach.motion import Movement
from treadcoach.program.document import read
from treadcoach.program.language import Header, Step
from treadcoach.program.reader import inspect
from treadcoach.program.schema import schema

SCHEMA = schema()
VALIDATOR = Draft7Validator(SCHEMA)
HEAD = "profile: 1\nname: S\nlevel: novice\nunits: km/h\n"


def values(text: str) -> Any:
    root = read(text, "s.yaml").root
    assert root is not None
    return plain(root.plain)


def plain(value: object) -> object:
    """As an editor's parser has it: decimals are numbers."""
    match value:
        case dict():
            return {key: plain(inner) for key, inner in value.items()}
        case list():
            return [plain(inner) for inner in value]
        case bool() | int() | str() | None:
            return value
    return float(str(value))


def by_schema(text: str) -> bool:
    return bool(VALIDATOR.is_valid(values(text)))


def by_reader(text: str) -> bool:
    return not inspect(text, "s.yaml").findings


def test_the_schema_is_one() -> None:
    Draft7Validator.check_schema(SCHEMA)


def test_every_key_has_a_description_and_most_have_an_example() -> None:
    kinds = [SCHEMA["$defs"][movement.value]["properties"] for movement in Movement]
    for properties in (SCHEMA["properties"], *kinds):
        for name, about in properties.items():
            assert about["description"], name
    assert set(SCHEMA["properties"]) == {*Header.model_fields, "steps"}
    assert "60-75 %" in SCHEMA["$defs"]["backward"]["properties"]["heart_rate"]["examples"]
    assert {field.alias or name for name, field in Step.model_fields.items()} == {
        key
        for properties in (*kinds, SCHEMA["$defs"]["repeat1"]["properties"])
        for key in properties
        if key != "steps"
    }


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_every_shipped_program_is_valid(path: Any) -> None:
    assert list(VALIDATOR.iter_errors(values(path.read_text(encoding="utf-8")))) == []


STAND, MOVE = "  - stand: 30 s\n", "  - forward: 2.0\n    for: 30 s\n"


@pytest.mark.parametrize(
    "steps",
    [
        STAND + MOVE,
        "  - forward: 2 mph\n    for: 1:30\n    cue: [a, b]\n",
        "  - forward: {from: 1.0, to: 2 km/h}\n    for: 1 min 30 s\n    heart_rate: 60–75 %\n",  # noqa: RUF001
        "  - forward: 2.0\n    for: 0.25 mi\n    incline: 2 %\n    cue: 5\n",
        (
            "  - repeat: 2\n    steps:\n      - repeat: 3\n        steps:\n"
            "          - repeat: 4\n            steps:\n"
            "              - forward: 2.0\n                for: 30 s\n"
        ),
        "  - forward: 2.0\n    for: 1 h\n",
    ],
)
def test_what_both_take(steps: str) -> None:
    assert by_reader(f"{HEAD}steps:\n{steps}")
    assert by_schema(f"{HEAD}steps:\n{steps}")


@pytest.mark.parametrize(
    "text",
    [
        HEAD,
        HEAD + "steps: []\n",
        HEAD + "steps: 5\n",
        HEAD.replace("novice", "novize") + "steps:\n" + MOVE,
        HEAD.replace("km/h", "kmh") + "steps:\n" + MOVE,
        HEAD.replace("profile: 1", "profile: 2") + "steps:\n" + MOVE,
        HEAD + "gaol: x\nsteps:\n" + MOVE,
        HEAD + "belt: full\nsteps:\n" + MOVE,
        HEAD + "scaled_from_cap: fast\nsteps:\n" + MOVE,
        *(
            f"{HEAD}steps:\n{step}"
            for step in (
                "  - forward: fast\n    for: 30 s\n",
                "  - forward: 0\n    for: 30 s\n",
                "  - forward: -1\n    for: 30 s\n",
                "  - forward: true\n    for: 30 s\n",
                "  - forward: 2.0\n    for: 30\n",
                "  - forward: 2.0\n    for: 30 sek\n",
                "  - forward: 2.0\n",
                "  - forward: 2.0\n    fro: 30 s\n",
                "  - forward: 2.0\n    for: 30 s\n    heart_rate: 60 %\n",
                "  - forward: 2.0\n    for: 30 s\n    incline: steep\n",
                "  - forward: {from: 1.0}\n    for: 30 s\n",
                "  - forward: {from: 1.0, to: 2.0, via: 3}\n    for: 30 s\n",
                "  - stand: 30\n",
                "  - stand: 400 m\n",
                "  - stand: 30 s\n    for: 30 s\n",
                "  - stand: 30 s\n    forward: 2.0\n    for: 30 s\n",
                "  - repeat: 2\n",
                "  - repeat: 101\n    steps:\n      - forward: 2.0\n        for: 30 s\n",
                "  - repeat: 0\n    steps:\n      - forward: 2.0\n        for: 30 s\n",
                "  - steps:\n      - forward: 2.0\n        for: 30 s\n",
                "  - cue: alone\n",
                "  - 5\n",
            )
        ),
    ],
)
def test_what_both_refuse(text: str) -> None:
    assert not by_reader(text)
    assert not by_schema(text)


def test_a_fourth_repeat_is_too_deep_for_both() -> None:
    inner = "forward: 2.0\n{0}  for: 30 s\n"
    text = f"{HEAD}steps:\n"
    for depth in range(4):
        text += f"{'    ' * depth}  - repeat: 2\n{'    ' * depth}    steps:\n"
    text += f"{'    ' * 4}  - " + inner.format("    " * 4 + "  ")
    assert not by_reader(text)
    assert not by_schema(text)
