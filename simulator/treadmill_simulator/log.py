"""Everything on the wire as JSON Lines; what was logged can be played back as a machine."""

from __future__ import annotations

import json
from typing import Any, NamedTuple, TextIO

from treadmill_simulator import gatt


class Event(NamedTuple):
    """One thing on a wire."""

    direction: str
    """``rx`` came from the client, ``tx`` from the machine, ``event`` is the link's own."""
    kind: str
    uuid: int | None = None
    data: bytes | None = None


class WireLog:
    """Writes one line an event: time, machine, direction, kind, characteristic, bytes.

    Args:
        file: An open text file; ``None`` writes nothing.
    """

    def __init__(self, file: TextIO | None) -> None:
        self._file = file

    def line(self, now: float, address: str, event: Event) -> None:
        """One event on the wire of one machine."""
        direction, kind, uuid, data = event
        if self._file is None:
            return
        found: dict[str, Any] = {"t_s": now, "machine": address, "dir": direction, "kind": kind}
        if uuid is not None:
            found["char"] = gatt.shown(uuid)
        if data is not None:
            found["hex"] = data.hex(" ")
        self._file.write(json.dumps(found) + "\n")
        self._file.flush()
