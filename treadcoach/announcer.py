"""What the coach says, and when: a change before it comes, a beep a second, a word now and then. Pure."""

from __future__ import annotations

from treadcoach.events import Notice, NoticeKind, State
from treadcoach.motion import Movement, after
from treadcoach.program.quantities import clock
from treadcoach.program.timeline import Segment
from treadcoach.transitions import SAID, SAID_BESIDE

# A change is announced this long before it comes; then a beep for each of the last three seconds.
ANNOUNCE_S = 5.0
BEEPS_S = (3.0, 2.0, 1.0)
# While somebody cannot see the screen, silence means that something is wrong: speak at least this often.
HEARTBEAT_S = 15.0


class Announcer:
    """Keeps what is to be said until it is fetched.

    Args:
        is_empty: Nobody stands on the belt.
        starts_at_console: The belt moves only after a hand at the console.
    """

    def __init__(self, is_empty: bool, starts_at_console: bool) -> None:  # noqa: FBT001 - what there is to know
        self._said = SAID_BESIDE if is_empty else SAID
        self._starts_at_console = starts_at_console
        self._notices: list[Notice] = []
        self._beeped: set[float] = set()
        self.announced_at: float | None = None
        """When the change that comes next was announced."""
        self.heartbeat_at = 0.0
        """When silence has lasted long enough."""
        self.cue: str | None = None
        """The form cue of the segment that is shown."""

    def take(self) -> list[Notice]:
        """Everything since the last time."""
        notices, self._notices = self._notices, []
        return notices

    def say(self, kind: NoticeKind, text: str) -> None:
        """Say something."""
        self._notices.append(Notice(kind, text))

    def begin(self) -> None:
        """A stretch begins, at the end of which something changes."""
        self._beeped.clear()
        self.announced_at = None

    def enter(self, state: State, segment: Segment, following: Segment | None) -> None:
        """The words for a new state; ``following`` moves the belt next, this segment included."""
        if state in self._said:
            kind, text = self._said[state]
            movement = following.movement.words if following else "on"
            self.say(kind, text.format(movement=movement, length=clock(segment.duration_s)))
        if state is State.STARTING and self._starts_at_console:
            self.say(NoticeKind.ASK, "press Start on the treadmill's console, then hold the rails")
        if state in {State.TURNING, State.STANDING}:
            self._read_cues(segment)

    def show(self, segment: Segment, now: float) -> None:
        """A segment begins on the belt."""
        self.say(NoticeKind.SEGMENT, f"{segment} for {segment.length}")
        self.heartbeat_at = after(now, HEARTBEAT_S)
        self.cue = segment.cues[0] if segment.cues else None
        self._read_cues(segment)

    def _read_cues(self, segment: Segment) -> None:
        """The author's words on form."""
        for cue in segment.cues:
            self.say(NoticeKind.CUE, cue)

    def announce(self, left_s: float, following: Segment | None, now: float) -> None:
        """Say what comes in so many seconds, once, in time."""
        if left_s <= ANNOUNCE_S and self.announced_at is None:
            self.announced_at = now
            if following:
                self.say(NoticeKind.CHANGE, f"in {max(0.0, left_s):.0f} s: {following}")

    def call(self, left_s: float, now: float) -> None:
        """Whoever was asked, and says nothing, is asked once more."""
        if self.announced_at is None:
            self.announced_at = now
            self.say(NoticeKind.ASK, f"still there? The session ends in {left_s:.0f} s: confirm to go on")

    def beep(self, left_s: float) -> None:
        """One beep, for the last of the seconds that have come since the one before."""
        due = [beep for beep in BEEPS_S if left_s <= beep and beep not in self._beeped]
        if due:
            self._beeped.update(due)
            self.say(NoticeKind.BEEP, f"{min(due):g}")

    def keep_talking(self, segment: Segment, left_s: float, now: float) -> None:
        """Whoever faces away hears now and then that all is well."""
        if segment.movement is Movement.FORWARD:
            self.heartbeat_at = after(now, HEARTBEAT_S)
        elif now >= self.heartbeat_at:
            self.heartbeat_at = after(now, HEARTBEAT_S)
            self.say(NoticeKind.HEARTBEAT, f"{segment}, {clock(max(0.0, left_s))} left")
