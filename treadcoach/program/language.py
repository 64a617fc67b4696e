"""The profile language as pydantic models: which keys there are, and what each may hold.

Shapes only. What a step means beside its neighbours is decided in `profile`, where every finding gets its place.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from treadcoach.motion import Incline, Level
from treadcoach.program import quantities
from treadcoach.program.profile import MAXIMUM_REPEATS
from treadcoach.program.quantities import Band, Extent, QuantityError


def _quantity(parse: Any) -> BeforeValidator:  # noqa: ANN401 - any of the parsers of `quantities`
    """A parser of `quantities` as a pydantic validator."""

    def validate(raw: object) -> object:
        try:
            return parse(raw)
        except QuantityError as error:
            raise PydanticCustomError("quantity", "{text}", {"text": error.message, "hint": error.hint}) from None

    return BeforeValidator(validate)


def _text(raw: object) -> object:
    """Numbers are welcome where a text is wanted (`name: 5`), characters that nobody can see are not."""
    if isinstance(raw, str) and not raw.isprintable():
        raise PydanticCustomError(
            "quantity",
            "{text}",
            {"text": "this text holds characters that cannot be shown", "hint": "write it on one line"},
        )
    return str(raw) if isinstance(raw, int | Decimal) and not isinstance(raw, bool) else raw


def _version(raw: object) -> object:
    """`1` and nothing that is merely equal to it."""
    return raw if type(raw) is int else str(raw)


def _cues(raw: object) -> object:
    return raw if isinstance(raw, list) else [raw]


Text = Annotated[str, BeforeValidator(_text), Field(min_length=1, max_length=500)]
Cues = Annotated[list[Text], BeforeValidator(_cues), Field(max_length=10)]
AnySpeed = Any
"""A number, a text with its unit, or {from, to}; read later, when the file's unit is known."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)


class Header(_Model):
    """The keys at the top of a profile; their descriptions are what an editor shows."""

    profile: Annotated[Literal[1], BeforeValidator(_version)] = Field(description="The version of this language: 1.")
    name: Text = Field(description="What people call the program.", examples=["My first intervals"])
    level: Annotated[Level, Field(strict=False)] = Field(
        description="For whom it is written; the lower of this and the runner's own level counts."
    )
    units: Literal["km/h", "mph"] = Field(
        description="What a bare number of speed means. A speed may also carry its own unit: `3.5 km/h`, `2 mph`."
    )
    goal: Text | None = Field(None, description="What it is for, in a few words.", examples=["Knee comfort"])
    source: Text | None = Field(None, description="The evidence behind it, or its author.")
    belt: Literal["empty"] | None = Field(
        None, description="`empty` for a check with nobody on it: what is said then fits whoever stands beside it."
    )
    scaled_from_cap: Any = Field(
        None,
        description="The backward cap for which the speeds were written, in `units`. Each runner gets their own "
        "share of every speed, rounded down to half a km/h; never more than is written.",
        examples=[6.0],
    )


def _moves(how: str) -> Any:  # noqa: ANN401 - what pydantic's Field gives
    """The speed of a movement."""
    text = f"{how} at this speed: a number in `units`, a text such as `3.5 km/h`, or a ramp `{{from: 1.0, to: 2.0}}`."
    return Field(None, description=text, examples=[2.0, "3.5 km/h", {"from": 1.0, "to": 2.0}])


class Step(_Model):
    """One entry of `steps`: a movement, a stand, or a repeat."""

    stand: Annotated[float | None, _quantity(quantities.duration)] = Field(
        None,
        description="The belt rests for so long, counted from the moment at which it is seen to stand. Facing "
        "changes only here: 30 s for a first or novice runner, 15 s for the others.",
        examples=["30 s", "1 min"],
    )
    forward: AnySpeed = _moves("Walk or run forward")
    backward: AnySpeed = _moves("Walk or run backward")
    sidestep_left: AnySpeed = _moves("Sidestep, the left side leading,")
    sidestep_right: AnySpeed = _moves("Sidestep, the right side leading,")
    crossover_left: AnySpeed = _moves("Cross over (grapevine), the left side leading,")
    crossover_right: AnySpeed = _moves("Cross over (grapevine), the right side leading,")
    repeat: Annotated[int | None, Field(ge=1, le=MAXIMUM_REPEATS)] = Field(
        None, description="How often the `steps` below it come. Repeats nest three deep.", examples=[6]
    )
    for_: Annotated[Extent | None, _quantity(quantities.extent)] = Field(
        None,
        alias="for",
        description="How long: a time (`30 s`, `3 min`, `1 min 30 s`, `1:30`) or a distance (`400 m`, `0.5 km`, "
        "`0.25 mi`). The way to the speed is part of it.",
        examples=["30 s", "1:30", "400 m"],
    )
    incline: Annotated[Incline | None, _quantity(quantities.incline)] = Field(
        None, description="Of the deck, in percent; it moves 1 % in three seconds.", examples=[2]
    )
    heart_rate: Annotated[Band | None, _quantity(quantities.band)] = Field(
        None,
        description="The band to stay in: percent of the runner's maximum, or beats a minute. It guides and "
        "brakes, and never makes anything faster.",
        examples=["60-75 %", "110-140 bpm"],
    )
    cue: Cues = Field([], description="What is said when it begins: one text, or several.", examples=["Small steps"])
