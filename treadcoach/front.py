"""A front is whatever stands between a session and people: a screen or plain lines. What it has to be able to do.

It shows what it is given and passes on what is said to it; it decides nothing, and nothing waits for it while a belt
moves. What a session asks of people before and after, it asks here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from treadcoach.drive import Outcome
from treadcoach.errors import Finding
from treadcoach.events import Pressed, RawInput
from treadcoach.flight import Flight
from treadcoach.preflight import Plan
from treadcoach.rehearsal import Ending

CHECKLIST = (
    "the key is clipped to your waistband, and a pull on its cord stops the belt",
    "the rails are free, and in reach",
    "two metres behind the belt are clear, and somebody is in earshot",
)
"""What has to be true before a belt is armed; the safety envelope asks for it before each session."""


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


Scan = Callable[[], Awaitable[Sequence[Choice]]]


class Front(Protocol):
    """See above. Everything but `alarm` may raise `BrokenPipeError`: people see nothing any more."""

    confirms: bool
    """A simulated runner answers for everybody: nothing is waited for."""

    def dress(self, theme: str, units: str) -> None:
        """How it looks, and in what speeds are shown."""

    def say(self, text: str) -> None:
        """Words, in order."""

    def data(self, line: str) -> None:
        """A line for programs."""

    def alarm(self, text: str) -> None:
        """What has to be known although there may be nobody left to read it. Never raises."""

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
