"""Journal files: append-only, written by a thread of their own so that no disk ever delays a belt."""

from __future__ import annotations

import queue
import threading
from pathlib import Path

from treadcoach.recording import Line, encode

_CLOSE_TIMEOUT_S = 2.0


class JournalFile:
    """One session's journal, readable while it is written.

    Args:
        path: A new file; its folder is made.

    Raises:
        OSError: it cannot be created.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.problem: str | None = None
        """Why writing has ended, if it has; the session goes on and says so."""
        self._file = path.open("x", encoding="utf-8")
        self._lines: queue.SimpleQueue[Line | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="journal", daemon=True)
        self._thread.start()

    def write(self, line: Line) -> None:
        """Append one line. Returns at once and never raises."""
        self._lines.put(line)

    def close(self) -> None:
        """Wait, but not for ever, until everything is on the disk."""
        self._lines.put(None)
        self._thread.join(_CLOSE_TIMEOUT_S)

    def _write(self) -> None:
        """Write lines as they come; flush whenever there is a moment's rest, which is many times a second."""
        while (line := self._lines.get()) is not None:
            if self.problem:
                continue
            try:
                self._file.write(encode(line) + "\n")
                if self._lines.empty():
                    self._file.flush()
            except (OSError, ValueError) as error:
                self.problem = f"the journal {self.path} cannot be written: {error}"
        try:
            self._file.close()
        except OSError as error:
            self.problem = self.problem or f"the journal {self.path} cannot be written: {error}"


def new_path(folder: Path, stem: str) -> Path:
    """A name in ``folder`` that is not taken: nothing anybody did is ever overwritten."""
    path = folder / f"{stem}.jsonl"
    number = 2
    while path.exists():
        path = folder / f"{stem}-{number}.jsonl"
        number += 1
    return path
