"""Names on a broker: where each machine's messages go, and whose a topic is. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

ROOT = "treadcoach"
ONLINE, OFFLINE = "online", "offline"

_LETTERS_OF_AN_ADDRESS = 6


class Topics(NamedTuple):
    """Where one machine's messages go; `+` as its name stands for every machine."""

    machine_id: str

    @property
    def availability(self) -> str:
        """`online` or `offline`, retained; a broker says `offline` for whoever has vanished."""
        return f"{ROOT}/{self.machine_id}/availability"

    @property
    def state(self) -> str:
        """The newest state, retained."""
        return f"{ROOT}/{self.machine_id}/state"

    @property
    def event(self) -> str:
        """What happened, once."""
        return f"{ROOT}/{self.machine_id}/event"

    @property
    def summary(self) -> str:
        """Of the last session, retained."""
        return f"{ROOT}/{self.machine_id}/session/summary"

    @property
    def command(self) -> str:
        """Where `stop` and `pause` are heard, and nothing else."""
        return f"{ROOT}/{self.machine_id}/command"


EVERY = Topics("+")


def machine_of(topic: str) -> str:
    """Whose a topic is; empty where it is nobody's."""
    root, _, rest = topic.partition("/")
    return rest.partition("/")[0] if root == ROOT else ""


def machine_id(name: str, address: str) -> str:
    """A name for a topic: lower-case ASCII, and different for two machines of one make."""
    slug = _slug(name) or "treadmill"
    scheme, _, rest = address.partition(":")
    if scheme == "simulator":
        return f"simulator-{_slug(rest) or slug}"
    letters = re.sub(r"[^0-9a-z]", "", address.lower())[-_LETTERS_OF_AN_ADDRESS:]
    return f"{slug}-{letters}" if letters else slug


def is_machine_id(text: str) -> bool:
    """Whether it can stand in a topic, and in the name of a device in Home Assistant."""
    return re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", text) is not None


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40]
