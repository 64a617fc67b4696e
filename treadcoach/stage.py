"""Around a live session: its journal, its front, its voice, and a simulated runner's answers.

Decides nothing: hands what happens to the session, and what it shows to people.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from treadcoach.drive import Outcome
from treadcoach.edges.journal import JournalFile
from treadcoach.edges.voice import Voice
from treadcoach.errors import UsageError
from treadcoach.events import Pressed, RawInput, State
from treadcoach.front import Answers, Front
from treadcoach.motion import Facing
from treadcoach.output import Output
from treadcoach.recording import Header, Line, Recorder, encode
from treadcoach.rehearsal import Ending
from treadcoach.session import Session

Watch = Callable[[float, tuple[RawInput, ...], Outcome], None]


class Telemeter(Protocol):
    """A line to a broker."""

    def hear(self, now: float, outcome: Outcome) -> None:
        """One step. Returns at once."""

    def end(self, ending: Ending) -> None:
        """How it ended."""


class Answerer:
    """A simulated runner at the rails: confirms every start after the time a person takes.

    Args:
        session: Where to say it.
        reaction_s: How long this time.
        turn: Is told whether the runner goes backward now.
    """

    def __init__(self, session: Session, reaction_s: Callable[[], float], turn: Callable[[bool], None]) -> None:
        self._session = session
        self._reaction_s = reaction_s
        self._turn = turn
        self._is_answering = False

    def watch(self, _now: float, _raw: tuple[RawInput, ...], outcome: Outcome) -> None:
        """One step."""
        self._turn(outcome.snapshot.facing is Facing.BACKWARD)
        asked = outcome.snapshot.state is State.READY
        if asked and not self._is_answering:
            loop = asyncio.get_running_loop()
            loop.call_later(self._reaction_s(), self._session.press, Pressed.CONFIRM, "simulated runner")
        self._is_answering = asked


class Stage:
    """What takes part in one session besides the session.

    Args:
        header: The journal's first line.
        path: Of a new journal.
        front: Where it is shown.
        output: Where warnings go; whether programs read along.
        must_record: Somebody asked for this very journal: without it there is no session.

    Raises:
        UsageError: that journal cannot be written.
    """

    def __init__(
        self, header: Header, path: Path, front: Front, output: Output, *, must_record: bool = False
    ) -> None:
        self._output = output
        self._front = front
        self._file = self._open(path, must_record=must_record)
        self._lines: list[Line] = []
        self._recorder = Recorder(self._emit)
        self._told_problem = False
        self.voice: Voice | None = None
        """Is given every step."""
        self.telemeter: Telemeter | None = None
        """Is given every step, too."""
        self.also: Watch | None = None
        """Is shown every step as well."""
        self._recorder.begin(header)

    @property
    def journal(self) -> str | None:
        """Where it is kept, if it is."""
        return str(self._file.path) if self._file else None

    def note(self, kind: str, **fields: object) -> None:
        """A line of the journal about what was settled around the session."""
        self._recorder.note(kind, **fields)

    def record(self, now: float, raw: tuple[RawInput, ...], outcome: Outcome) -> None:
        """One step, for the journal."""
        self._recorder.step(now, raw, outcome)

    def screen(self, now: float, raw: tuple[RawInput, ...], outcome: Outcome) -> None:
        """One step, for the runner's ears and eyes."""
        if self.voice:
            self.voice.hear(outcome)
        if self.telemeter:
            self.telemeter.hear(now, outcome)
        if self.also:
            self.also(now, raw, outcome)
        self._pass_on()
        self._front.show(now, raw, outcome)
        if self._file and self._file.problem and not self._told_problem:
            self._told_problem = True
            self._front.warn(f"{self._file.problem}; the session goes on without it", "journal")

    def end(self, ending: Ending) -> None:
        """The summary."""
        self._recorder.end(ending.now, ending.result, ending.totals)
        if self.telemeter:
            self.telemeter.end(ending)
        self._pass_on()

    def close(self, answers: Answers | None) -> None:
        """The very last line, if the runner had anything to say."""
        if answers:
            self._recorder.note("answers", **answers._asdict())
            self._pass_on()
        if self._file:
            self._file.close()

    def _open(self, path: Path, *, must_record: bool) -> JournalFile | None:
        try:
            return JournalFile(path)
        except OSError as error:
            if must_record:
                raise UsageError(f"the journal {path} cannot be written: {error.strerror}") from None
            print(f"! the journal {path} cannot be written: {error.strerror}", file=self._output.err)
            return None

    def _emit(self, line: Line) -> None:
        if self._file:
            self._file.write(line)
        if self._output.json:
            self._lines.append(line)

    def _pass_on(self) -> None:
        lines, self._lines = self._lines, []
        for line in lines:
            self._front.data(encode(line))
