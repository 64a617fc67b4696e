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
from treadcoach.program.quantities import Band, Extent, QuantityError

MAXIMUM_REPEATS = 100


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
    """The keys at the top of a profile."""

    profile: Annotated[Literal[1], BeforeValidator(_version)]
    """The version of this language: 1."""
    name: Text
    """What people call the program."""
    level: Annotated[Level, Field(strict=False)]
    """For whom it is written: first, novice, intermediate, advanced or harness."""
    units: Literal["km/h", "mph"]
    """What a bare number of speed means."""
    goal: Text | None = None
    source: Text | None = None
    belt: Literal["empty"] | None = None
    """``empty`` for a check with nobody on it: what is said then fits whoever stands beside it."""
    scaled_from_cap: Any = None
    """The backward cap for which the speeds were written; each runner gets them scaled to their own, never up."""


class Step(_Model):
    """One entry of `steps`: a movement, a stand, or a repeat."""

    stand: Annotated[float | None, _quantity(quantities.duration)] = None
    forward: AnySpeed = None
    backward: AnySpeed = None
    sidestep_left: AnySpeed = None
    sidestep_right: AnySpeed = None
    crossover_left: AnySpeed = None
    crossover_right: AnySpeed = None
    repeat: Annotated[int | None, Field(ge=1, le=MAXIMUM_REPEATS)] = None
    for_: Annotated[Extent | None, _quantity(quantities.extent), Field(alias="for")] = None
    incline: Annotated[Incline | None, _quantity(quantities.incline)] = None
    heart_rate: Annotated[Band | None, _quantity(quantities.band)] = None
    cue: Cues = []
