"""Ask a professional first: what the first run on a real machine asks, once, and what follows from the answer.

Whoever says that something applies walks forward only, until the answer is given anew. Nothing of the answer but yes
or no is kept: what applies is between the runner and their doctor.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import NamedTuple

from treadcoach.config import CapSettings, Configuration
from treadcoach.errors import ConfigError, Finding
from treadcoach.motion import Speed

# Balance and falls, heart and circulation, bones and nerves, and what passes.
CONDITIONS = (
    "trouble with balance, dizziness, the inner ear, fainting, or a fall in the last year",
    "a recent injury or operation of legs or back, neuropathy, severe osteoporosis",
    "high blood pressure that is not under control, angina, an irregular heartbeat, a stroke, Parkinson's",
    "pregnancy, alcohol or sedatives, the first week after a fever, an age under 14",
)
QUESTION = "Does any of this apply to you? [y/n] "
# Walking forward, at the pace of a brisk walk.
FORWARD_ONLY = CapSettings(forward=Speed(600), backward=Speed(0), sidestep=Speed(0), crossover=Speed(0))


class Screening(NamedTuple):
    """The answer, and when it was given."""

    applies: bool
    asked_on: str
    """A date, ISO 8601."""


def place(configuration: Configuration) -> Path:
    """Where the answer is kept."""
    return configuration.places.config / "screening.json"


def find(configuration: Configuration) -> Screening | None:
    """The answer, if there is one.

    Raises:
        ConfigError: there is one that cannot be read.
    """
    path = place(configuration)
    try:
        given = json.loads(path.read_text())
        return Screening(_truth(given["applies"]), str(given["asked_on"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        message = "the answer to the questions about your health cannot be read"
        hint = "delete the file to be asked again"
        raise ConfigError((Finding(str(path), 1, 1, "error", "screening", message, hint),)) from None


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def keep(typed: str, configuration: Configuration, today: date) -> Screening | None:
    """Take what was typed as the answer, and keep it; ``None`` where it is neither yes nor no."""
    word = typed.strip().casefold()
    if word not in {"y", "yes", "n", "no"}:
        return None
    answer = Screening(word in {"y", "yes"}, today.isoformat())
    path = place(configuration)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(answer._asdict()) + "\n")
    return answer


def restricted(configuration: Configuration, answer: Screening) -> Configuration:
    """The same settings, with everything but walking forward locked where something applies."""
    if not answer.applies:
        return configuration
    own = configuration.settings.caps.forward
    caps = FORWARD_ONLY if own is None else FORWARD_ONLY.model_copy(update={"forward": min(own, Speed(600))})
    return configuration._replace(settings=configuration.settings.model_copy(update={"caps": caps}))
