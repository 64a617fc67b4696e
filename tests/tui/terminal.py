"""A real terminal around the command: a pty that is typed into, read, resized and closed."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

PATIENCE_S = 20.0
# What nobody answers sooner than, and a little.
_A_SECOND_S = 1.1


class Terminal:
    """One run of the command; use as a context manager. A subclass may run another.

    Args:
        home: Where its files live.
        arguments: Behind `treadcoach`.
        size: Columns and rows.
    """

    command: Sequence[str] = (sys.executable, "-m", "treadcoach")

    def __init__(
        self,
        home: Path,
        *arguments: str,
        size: tuple[int, int] = (80, 24),
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self.home = home
        self._rate = float(arguments[arguments.index("--rate") + 1]) if "--rate" in arguments else 1.0
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TREADCOACH_", "NO_COLOR"))}
        environment = {**kept, "TREADCOACH_HOME": str(home), "TERM": "xterm-256color", **(variables or {})}
        self.process = subprocess.Popen(
            [*self.command, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment,
            preexec_fn=_own_terminal,  # noqa: PLW1509 - a terminal's foreground, as a shell gives it
        )
        os.close(theirs)
        self.shown = ""
        self._looked_at = 0
        self._drain: subprocess.Popen[bytes] | None = None
        self._is_open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self._drain:
            self._drain.kill()
            self._drain.wait()
        self.close()

    def close(self) -> None:
        """As when its window is closed."""
        if self._is_open:
            self._is_open = False
            os.close(self._ours)

    def type(self, text: str) -> None:
        """Keys, as bytes of a terminal."""
        os.write(self._ours, text.encode(errors="surrogateescape"))

    def confirm(self) -> None:
        """The runner's word to what was asked just now. Nobody gives it at once; it would not be taken."""
        self.read(_A_SECOND_S / self._rate + 0.15)
        self.type("\r")

    def drain(self) -> None:
        """Let another process read it from now on: this one has something to time."""
        self._drain = subprocess.Popen(["cat"], stdin=self._ours, stdout=subprocess.DEVNULL)  # noqa: S607

    def until(self, text: str, patience_s: float = PATIENCE_S) -> None:
        """Read until this was drawn."""
        end = time.monotonic() + patience_s
        before = len(self.shown)
        while text not in self.shown[max(0, before - len(text)) :]:
            assert time.monotonic() < end, f"{text!r} was not shown; the end of it: {self.shown[-1500:]!r}"
            self.read(0.05)

    def read(self, seconds: float) -> None:
        """Take what it draws; a terminal that nobody reads stops its program."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not select.select([self._ours], [], [], left)[0]:
                return
            with suppress(OSError):
                self.shown += os.read(self._ours, 65536).decode(errors="replace")

    def until_state(self, state: str, **others: object) -> None:
        """Read until the journal says that the session is there, or was since the last time that was asked."""
        self.until_line(type="snapshot", state=state, **others)

    def until_line(self, **wanted: object) -> None:
        """Read until the journal has a line with all of this, behind the last that was asked for."""
        self._looked_at = self._await(wanted, self.read)

    def ignore_until(self, **wanted: object) -> None:
        """Wait for such a line, and take nothing of what is drawn meanwhile."""
        self._looked_at = self._await(wanted, time.sleep)

    def _await(self, wanted: dict[str, object], meanwhile: Callable[[float], None]) -> int:
        """The number of lines up to such a line, once there is one."""
        end = time.monotonic() + PATIENCE_S
        while not (found := self._find(wanted)):
            assert time.monotonic() < end, f"never {wanted}; {self.journal()[-1:]}"
            meanwhile(0.02)
        return found

    def _find(self, wanted: dict[str, object]) -> int:
        """The number of lines up to the first that has all of this; 0: there is none."""
        for number, line in enumerate(self.journal()[self._looked_at :], self._looked_at + 1):
            if wanted.items() <= {key: value for key, value in line.items() if key in wanted}.items():
                return number
        return 0

    def ends(self, patience_s: float = PATIENCE_S) -> int:
        """Its exit code."""
        end = time.monotonic() + patience_s
        while self.process.poll() is None:
            assert time.monotonic() < end, f"it does not end; {self.shown[-1500:]!r}"
            self.read(0.05) if self._is_open else time.sleep(0.05)
        return self.process.returncode

    def journal(self) -> list[dict[str, Any]]:
        """The lines of the only session, as far as they are written."""
        found = list((self.home / "journals").glob("*.jsonl"))
        lines = found[0].read_text().splitlines() if found else []
        return [json.loads(line) for line in lines if line.endswith("}")]

    def commands(self) -> list[str]:
        """The bytes that went to the machine."""
        return [line["bytes"] for line in self.journal() if line["type"] == "command"]

    def presses(self) -> list[str]:
        """What the session has heard of the runner."""
        return [what for _, what in self.heard()]

    def heard(self) -> list[tuple[str, str]]:
        """The same, with the state it was said in."""
        said, state = [], ""
        for line in self.journal():
            if line["type"] == "snapshot":
                state = line["state"]
            elif line.get("input") == "pressed" and line["source"] != "simulated runner":
                said.append((state, line["what"]))
        return said

    def signal(self, number: signal.Signals) -> None:
        """To the whole program."""
        self.process.send_signal(number)


def _own_terminal() -> None:
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
