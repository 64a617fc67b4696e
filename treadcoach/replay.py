"""A recorded session run once more: the same inputs at the same times must give the same commands and verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from treadcoach.drive import Drive
from treadcoach.errors import JournalError, TreadcoachError
from treadcoach.preflight import plan_within
from treadcoach.program.reader import load
from treadcoach.recording import Line, Recorder, encode, input_of, limits_of, machine_of, read_lines

# What a step gives. Inputs are what it took, and the summary is the session's word about all of them.
_GIVEN = frozenset({"command", "verdict", "notice", "snapshot"})


class Difference(NamedTuple):
    """Where a replay says something else than the journal."""

    recorded: Line | None
    replayed: Line | None

    def __str__(self) -> str:
        lines = ("nothing" if line is None else encode(line) for line in self)
        return "recorded {}\nreplayed {}".format(*lines)


class Replay(NamedTuple):
    """What a replay found."""

    steps: int
    commands: int
    verdicts: int
    difference: Difference | None
    summary: Line | None
    """The journal's last line, where it has one; a session that crashed has none."""


def replay(text: Iterable[str]) -> Replay:
    """Run a journal's inputs through the engine again.

    Raises:
        JournalError: the journal cannot be read.
        ProfileError: the program in it is not one this version can read.
    """
    try:
        return _replay(list(read_lines(text)))
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        if isinstance(error, TreadcoachError):
            raise
        raise JournalError(f"the journal is damaged: {type(error).__name__}: {error}") from None


def _replay(lines: list[Line]) -> Replay:
    if not lines:
        raise JournalError("the journal is empty")
    header, *rest = lines
    replayed: list[Line] = []
    steps = _run(header, (line for line in rest if line["type"] == "input"), replayed)
    recorded = [line for line in rest if line["type"] in _GIVEN]
    summary = next((line for line in reversed(rest) if line["type"] == "summary"), None)
    is_whole = summary is not None
    counts = {kind: sum(line["type"] == kind for line in recorded) for kind in ("command", "verdict")}
    return Replay(
        steps=steps,
        commands=counts["command"],
        verdicts=counts["verdict"],
        difference=_difference(recorded, replayed, is_whole=is_whole),
        summary=summary,
    )


def _run(header: Line, inputs: Iterator[Line], replayed: list[Line]) -> int:
    """The steps of a journal, one by one; what they give goes into ``replayed``."""
    try:
        profile = load(header["program"]["source"], header["program"]["file"])
        plan = plan_within(profile, limits_of(header), machine_of(header))
        maximum_bpm = header["runner"]["maximum_bpm"]
    except (KeyError, TypeError, ValueError) as error:
        raise JournalError(f"the header cannot be read: {error}") from None
    drive = Drive(plan, maximum_bpm=maximum_bpm)
    recorder = Recorder(lambda line: replayed.append(line) if line["type"] in _GIVEN else None)
    steps = 0
    for _, group in groupby(inputs, key=lambda line: line["step"]):
        step = list(group)
        raw = tuple(input_of(line) for line in step)
        recorder.step(step[0]["t"], raw, drive.step(step[0]["t"], raw))
        steps += 1
    return steps


def _difference(recorded: list[Line], replayed: list[Line], *, is_whole: bool) -> Difference | None:
    """The first pair of lines that is not the same; a journal that was cut is compared as far as it goes."""
    for index in range(max(len(recorded), len(replayed))):
        before = recorded[index] if index < len(recorded) else None
        now = replayed[index] if index < len(replayed) else None
        if before is None and not is_whole:
            return None
        if before is None or now is None or encode(before) != encode(now):
            return Difference(before, now)
    return None
