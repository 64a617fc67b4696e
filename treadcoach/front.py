"""A front is whatever stands between a session and people: a screen or plain lines. What it has to be able to do.

It shows what it is given and passes on what is said to it; it decides nothing, and nothing waits for it while a belt
moves. What a session asks of people before and after, it asks here.
"""

from __future__ import annotations

import signal
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from treadcoach.drive import Outcome
from treadcoach.errors import Finding
from treadcoach.events import Pressed, RawInput
from treadcoach.flight import Flight
from treadcoach.output import Output
from treadcoach.preflight import Plan
from treadcoach.rehearsal import Ending

CHECKLIST = (
    "the key is clipped to your waistband, and a pull on its cord stops the belt",
    "the rails are free, and in reach",
    "two metres behind the belt are clear, and somebody is in earshot",
)
"""What has to be true before a belt is armed; the safety envelope asks for it before each session."""

KEYS = {
    "\n": Pressed.CONFIRM,
    "\r": Pressed.CONFIRM,
    "p": Pressed.PAUSE,
    "n": Pressed.SKIP,
    "b": Pressed.BACK,
    "x": Pressed.EXTEND,
    "-": Pressed.SLOWER,
    "+": Pressed.FASTER,
    "=": Pressed.FASTER,  # the same key without Shift
    "e": Pressed.EASIER,
}
"""The few keys that mean something else than stop, by the character that they type."""

SIMULATOR = "simulator"
"""Chosen instead of a machine's address."""


class Briefing(NamedTuple):
    """What somebody has to know before they say yes."""

    plan: Plan
    flight: Flight
    findings: tuple[Finding, ...] = ()
    remarks: tuple[str, ...] = ()
    """Of the machine: what is not known of it, what it cannot do."""


class Answers(NamedTuple):
    """What the runner says afterwards; ``None`` where nothing was said."""

    effort: int | None = None
    """1 (nothing at all) to 10 (all that there is)."""
    pain: int | None = None
    """0 to 10."""
    stumbles: int | None = None


class Conclusion(NamedTuple):
    """How it went."""

    plan: Plan
    ending: Ending
    journal: str | None
    asks: bool
    """Somebody was on the belt, who can say how it was."""

    @property
    def has_moved(self) -> bool:
        """Whether there is anything to say of it."""
        return any(self.ending.totals.seconds.values())


class Choice(NamedTuple):
    """One machine that can be chosen."""

    address: str
    text: str


class Listener(Protocol):
    """Whoever the runner speaks to: the session."""

    def press(self, what: Pressed, source: str) -> None:
        """The runner said something."""

    def leave_alone(self) -> None:
        """There is nobody there any more."""


def forsake(listener: Listener, why: str) -> None:
    """Stop: nobody is there any more who could say that the belt stands."""
    listener.press(Pressed.STOP, why)
    listener.leave_alone()


def heed(listener: Listener, number: signal.Signals) -> None:
    """What a signal means to a session: a stop, and of some that nobody is there any more."""
    if number.name in {"SIGTERM", "SIGHUP"}:
        forsake(listener, number.name)
    else:
        listener.press(Pressed.STOP, number.name)


def _existing(*names: str) -> tuple[signal.Signals, ...]:
    """The signals that this system has."""
    return tuple(getattr(signal, name) for name in names if hasattr(signal, name))


HEEDED = _existing("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGTSTP")
"""Ctrl-C, a polite kill, a closed terminal, and what would halt or end this program: they stop the belt instead."""
IGNORED = _existing("SIGTTIN", "SIGTTOU")
"""A terminal that wants to halt a program because it reads or writes in the background does not halt this one."""

Scan = Callable[[], Awaitable[Sequence[Choice]]]


class Front(Protocol):
    """See above. Everything but `alarm` may raise `BrokenPipeError`: people see nothing any more."""

    def dress(self, theme: str, units: str) -> None:
        """How it looks, and in what speeds are shown."""

    def say(self, text: str) -> None:
        """Words, in order."""

    def data(self, line: str) -> None:
        """A line for programs."""

    def alarm(self, text: str) -> None:
        """What has to be known although there may be nobody left to read it. Never raises."""

    def warn(self, text: str, about: str) -> None:
        """What is wrong and stops nothing, until it is said to be right (by no words) or the session ends."""

    def bell(self) -> None:
        """Ring."""

    def show(self, now: float, raw: tuple[RawInput, ...], outcome: Outcome) -> None:
        """One step of a session. Returns at once."""

    def attend(self, listener: Listener, plan: Plan, keys: str | None) -> AbstractContextManager[None]:
        """Pass on keys and signals to a session while the block runs; ``keys`` is what is said of them."""

    async def choose(self, scan: Scan) -> str | None:
        """Which machine; ``None``: none.

        Raises:
            UsageError: nobody can be asked.
        """

    async def is_unwell(self, conditions: Sequence[str], question: str) -> str | None:
        """Ask what has to be asked once; what was typed, ``None``: nothing.

        Raises:
            UsageError: nobody can be asked.
        """

    async def approve(self, briefing: Briefing) -> bool:
        """Show what is about to happen; whether to go on."""

    async def arm(self) -> tuple[str, ...] | None:
        """What of the checklist was said to be true; ``None``: not to go on."""

    async def conclude(self, conclusion: Conclusion) -> Answers | None:
        """Show how it went, and ask how it was."""


Work = Callable[[Front, Output], Coroutine[Any, Any, int]]
"""What is to be done in front of people, to an exit code."""
