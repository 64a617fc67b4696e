"""Standard output behind a thread: a full pipe or a terminal that holds its output never holds up a belt."""

from __future__ import annotations

import queue
import threading
import time
from typing import TextIO

# A screen that has shown nothing for this long although there was something to show is a screen that is lost.
STALLED_S = 2.0
_CLOSE_TIMEOUT_S = 2.0


class Printer:
    """Prints lines in order, from a thread of its own.

    Args:
        out: Where to.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._lines: queue.SimpleQueue[tuple[str, str] | None] = queue.SimpleQueue()
        self._waiting_since: float | None = None
        self._problem: OSError | ValueError | None = None
        self._thread = threading.Thread(target=self._print, name="printer", daemon=True)
        self._thread.start()

    def line(self, text: str, end: str = "\n") -> None:
        """Print one line, soon. Returns at once.

        Raises:
            BrokenPipeError: nobody sees what is printed any more.
        """
        if self._problem:
            raise BrokenPipeError(str(self._problem))
        since = self._waiting_since
        if since is not None and time.monotonic() - since > STALLED_S:
            raise BrokenPipeError("nothing has been printed for two seconds")
        self._lines.put((text, end))

    def close(self) -> None:
        """Wait, but not for ever, until everything is printed."""
        self._lines.put(None)
        self._thread.join(_CLOSE_TIMEOUT_S)

    def _print(self) -> None:
        while (line := self._lines.get()) is not None:
            if self._problem:
                continue
            self._waiting_since = time.monotonic()
            try:
                print(line[0], end=line[1], file=self._out, flush=True)
            except (OSError, ValueError) as error:
                self._problem = error
            self._waiting_since = None
