"""The voice: what the coach says, spoken by the platform's own command in a child process, or else the bell.

Never waited for: a thread of its own speaks, what comes too late is dropped, at most one thing waits, and an alarm
interrupts everything. A sentence that was over sooner than anybody could have spoken it was not heard.
"""

from __future__ import annotations

import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from enum import IntEnum
from typing import NamedTuple

from treadcoach.drive import Outcome
from treadcoach.events import Notice, NoticeKind, State, VoiceLost, VoiceRestored
from treadcoach.words import in_units, spoken

# Voices speak some three words a second; none as fast as ten, and none pauses for so long behind a sentence.
FASTEST_WORD_S, SLOWEST_WORD_S, PAUSE_S = 0.1, 0.8, 2.0
# What has waited longer than this is about something that has passed.
STALE_S = 2.0
# A voice that was not heard is tried again this often, and an alarm is said again.
AGAIN_S = 2.0
ALARM_AGAIN_S = 4.0
# A thread of ours that has not taken up a word for this long hangs.
HANGS_S = 2.0
# … and while it tries which voice is heard, for this long.
GREETS_S = 8.0
_CLOSE_S = 6.0
_LOOK_S = 0.05
_GREETING = "This is your coach."
_STILL_HERE = "I am back."


class Rank(IntEnum):
    """What may interrupt what: only something higher."""

    CHATTER = 0
    """That all is well. Only said into silence."""
    WORD = 1
    CHANGE = 2
    """Of something that is about to happen, or has to be answered."""
    ALARM = 3


_RANKS = {
    NoticeKind.HEARTBEAT: Rank.CHATTER,
    NoticeKind.CHANGE: Rank.CHANGE,
    NoticeKind.ASK: Rank.CHANGE,
    NoticeKind.VERDICT: Rank.CHANGE,
    NoticeKind.ALARM: Rank.ALARM,
}


class Utterance(NamedTuple):
    """Something to be said in one breath."""

    text: str
    rank: Rank
    by: float
    """When it has to have begun, in real monotonic seconds."""


class Ears(NamedTuple):
    """Who hears of what becomes of it; called from the voice's own thread, but for the bell."""

    ring: Callable[[], None]
    report: Callable[[VoiceLost | VoiceRestored], None]
    """The runner hears nothing any more, or hears again."""
    settle: Callable[[str], None]
    """Which voice it is."""


class Speech(NamedTuple):
    """A command that speaks."""

    name: str
    command: tuple[str, ...]
    """What is to be said comes behind it."""


_SYNTHESIZER = "New-Object System.Speech.Synthesis.SpeechSynthesizer"
_WINDOWS = f"Add-Type -AssemblyName System.Speech; ({_SYNTHESIZER}).Speak($args -join ' ')"
_KNOWN = {
    "darwin": (Speech("say", ("say",)),),
    "win32": (Speech("powershell", ("powershell", "-NoProfile", "-Command", f"& {{{_WINDOWS}}}")),),
    "linux": (
        Speech("spd-say", ("spd-say", "--wait", "--")),
        Speech("espeak-ng", ("espeak-ng", "--")),
        Speech("espeak", ("espeak", "--")),
    ),
}


def commands(platform: str = sys.platform) -> tuple[Speech, ...]:
    """The commands of this computer that speak, the best first; whether they are heard is another question."""
    return tuple(speech for speech in _KNOWN.get(platform, _KNOWN["linux"]) if shutil.which(speech.command[0]))


def is_heard(speech: Speech, text: str = _GREETING) -> bool:
    """Say something and wait for it; whether it took as long as a voice takes."""
    return _Mouth(speech, text).ends(lambda: False) is True


def of_notices(notices: Iterable[Notice], units: str, now: float) -> Utterance | None:
    """What the notices of one step come to, in one breath; a beep is no word."""
    told = [notice for notice in notices if notice.kind is not NoticeKind.BEEP]
    if not told:
        return None
    rank = max(_RANKS.get(notice.kind, Rank.WORD) for notice in told)
    if rank is Rank.ALARM:  # nothing else matters now
        told = [notice for notice in told if notice.kind is NoticeKind.ALARM]
    text = ". ".join(spoken(in_units(notice.text, units)).rstrip(".") for notice in told)
    return Utterance(f"{text}.", rank, now + STALE_S)


class _Mouth:
    """One sentence, being spoken."""

    def __init__(self, speech: Speech, text: str) -> None:
        self._words = len(text.split())
        self._began_at = time.monotonic()
        self._process: subprocess.Popen[bytes] | None = None
        with suppress(OSError):
            self._process = subprocess.Popen(  # noqa: S603 - a command of our own table, found on the path
                (*speech.command, text),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    def ends(self, is_interrupted: Callable[[], bool]) -> bool | None:
        """Wait for the end, or end it; whether it was heard, ``None``: it was cut short, and nobody knows."""
        process = self._process
        if process is None:
            return False
        patience_s = PAUSE_S + self._words * SLOWEST_WORD_S
        while True:
            try:
                failed = process.wait(_LOOK_S)
            except subprocess.TimeoutExpired:
                is_late = time.monotonic() - self._began_at > patience_s
                if is_late or is_interrupted():
                    self._end(process)
                    return False if is_late else None
            else:
                return not failed and time.monotonic() - self._began_at >= self._words * FASTEST_WORD_S

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.kill()
        process.wait()


class Voice:
    """Says what a session has to say.

    Args:
        speeches: Commands that speak, the best first; the first that is heard is taken. None: the bell alone.
        ears: Where what becomes of it is heard.
        units: In which speeds are spoken.
    """

    def __init__(self, speeches: tuple[Speech, ...], ears: Ears, *, units: str = "km/h") -> None:
        self._ears = ears
        self._units = units
        self._waiting: queue.SimpleQueue[Utterance | None] = queue.SimpleQueue()
        self._next: Utterance | None = None
        self._ends = False
        self._is_lost = False
        self._offered_at: float | None = None  # since when the thread has not looked at what it was given
        self._alarm: tuple[str, float] | None = None  # what is said until it is over, and when next
        self._speech: Speech | None = None
        self._thread = threading.Thread(target=self._work, args=(speeches,), name="voice", daemon=True)
        self._thread.start()

    def hear(self, outcome: Outcome) -> None:
        """One step of the session. Returns at once."""
        now = time.monotonic()
        if any(notice.kind is NoticeKind.BEEP for notice in outcome.notices):
            self._ears.ring()
        if utterance := of_notices(outcome.notices, self._units, now):
            self._say(utterance, now)
        self._mind_the_alarm(outcome, now)
        since, patience_s = self._offered_at, HANGS_S if self._speech else GREETS_S
        if since is not None and now - since > patience_s and self._thread.is_alive():
            self._fails("the voice hangs")

    def close(self) -> None:
        """Let it say the last words, but do not wait for ever."""
        self._waiting.put(None)
        self._thread.join(_CLOSE_S)

    def _say(self, utterance: Utterance, now: float) -> None:
        if utterance.rank is Rank.ALARM:
            self._alarm = (utterance.text, now + ALARM_AGAIN_S)
            self._ears.ring()
        if self._thread.is_alive():
            self._offered_at = now if self._offered_at is None else self._offered_at
            self._waiting.put(utterance)

    def _mind_the_alarm(self, outcome: Outcome, now: float) -> None:
        """An alarm goes on until the belt was seen to stand."""
        if self._alarm is None:
            return
        text, at = self._alarm
        if outcome.snapshot.state is not State.STOPPING:
            self._alarm = None
        elif now >= at:
            self._say(Utterance(text, Rank.ALARM, now + STALE_S), now)

    # ---- the thread ----------------------------------------------------------------------------------------

    def _work(self, speeches: tuple[Speech, ...]) -> None:
        try:
            self._speech = next((speech for speech in speeches if is_heard(speech)), None)
            self._ears.settle(described(self._speech))
            self._offered_at = None
            self._works()  # the bell, too: where it is all that there is, nothing is lost
            while self._speech and not (self._ends and self._next is None):
                self._speak(self._speech)
        except Exception as error:  # noqa: BLE001 - whatever has silenced it, the runner hears nothing any more
            self._fails(f"{type(error).__name__}: {error}")

    def _speak(self, speech: Speech) -> None:
        utterance = self._take()
        if utterance is None:
            return
        was_heard = _Mouth(speech, utterance.text).ends(lambda: self._is_interrupted(utterance.rank))
        if was_heard:
            self._works()
        elif was_heard is False:
            self._fails(f"{speech.name} was not heard")

    def _take(self) -> Utterance | None:
        """What is to be said next; while nothing is heard, something is tried now and then."""
        if self._next is None:
            try:
                self._consider(self._waiting.get(timeout=AGAIN_S if self._is_lost else None))
            except queue.Empty:
                self._next = Utterance(_STILL_HERE, Rank.CHATTER, time.monotonic() + STALE_S)
        self._drain()
        utterance, self._next = self._next, None
        return utterance if utterance and time.monotonic() <= utterance.by else None

    def _drain(self) -> None:
        while not self._waiting.empty():
            self._consider(self._waiting.get())

    def _consider(self, utterance: Utterance | None) -> None:
        """Of two that wait, the more important is said; of two alike, the newer."""
        self._offered_at = None
        self._ends = self._ends or utterance is None
        if utterance and (self._next is None or utterance.rank >= self._next.rank):
            self._next = utterance

    def _is_interrupted(self, rank: Rank) -> bool:
        self._drain()
        if self._next and self._next.rank is Rank.CHATTER:
            self._next = None  # somebody speaks already
        return self._next is not None and self._next.rank > rank

    def _fails(self, reason: str) -> None:
        if not self._is_lost:
            self._is_lost = True
            self._ears.report(VoiceLost(reason))

    def _works(self) -> None:
        if self._is_lost:
            self._is_lost = False
            self._ears.report(VoiceRestored())


def described(speech: Speech | None) -> str:
    """For people."""
    return speech.name if speech else "the bell"
