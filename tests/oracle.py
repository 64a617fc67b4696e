"""A second opinion on the safety envelope, written from safety.md alone: sections 3.4, 3.5, 4.1, 4.2 and 9.

It imports nothing of treadcoach and was written without reading it. An oracle watches one session from outside
(what reached the machine, what reached the program, what the runner said) and lists what breaks the document.
Speeds are 0.01 km/h, inclines 0.1 %, times virtual seconds. Where the document leaves a choice, the choice here
is the lenient one, and its comment says so: a breach should be worth a person's time.
"""

from math import inf
from typing import Final, NamedTuple

from envelope import CAPS, CEILING, RATES, STEPS, Terms, cap_of, level_of

TOLERANCE: Final = 0.002  # times are whole milliseconds; the second one is for rounding
DATA, STATUS, ANSWER = 0x2ACD, 0x2ADA, 0x2AD9

_FIELDS: Final = (2, 2, 3)  # octets of the flagged fields in front of the incline
_LAYOUTS: dict[int, int] = {}


def _layout(flags: int) -> int:
    """Where the incline stands in a frame with these flags (0: it has none)."""
    shown = flags ^ 1  # bit 0 is More Data: speed is there when it is clear
    end = 2 + sum(size for bit, size in enumerate(_FIELDS[:3]) if shown >> bit & 1)
    return _LAYOUTS.setdefault(flags, end if flags & 8 else 0)


class Breach(NamedTuple):
    """One departure from the document: when, which rule, and what was seen."""

    at: float
    rule: str
    says: str


class Oracle:
    """Watches one session and collects its breaches; never raises, whatever the bytes."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.breaches: list[Breach] = []
        self.caps = {movement: cap_of(terms, movement) for movement in CAPS}
        self.level = level_of(terms)
        self.rate, self.step = RATES[self.level], STEPS[self.level]
        self.hold = 10 if self.level < 2 else 5  # 4.2: first/novice 10 s
        # Section 9: one increment (at most 0.5) counts as one step where it exceeds step or rate
        self.coarse = min(terms.increment, 50) if terms.increment > min(self.step, self.rate) else 0
        # What the runner said, and the last two zeros that a Start needs
        self.token, self.facing = -inf, "forward"
        self.heard, self.speed, self.before, self.zeros, self.still = -inf, 0, 0, 0, inf
        # The bout: from Start to standstill. Until the first one only the ceiling is known.
        self.bout = self.moved = self.stopping = False
        self.cap, self.movement = CEILING, "forward"
        self.started, self.moving = -inf, inf
        self.wrote_at, self.target_at, self.target = -inf, -inf, 0
        self.halted = self.unready = False  # stopped or paused: since the last Start, since the last "ready"
        self.over, self.why = False, ""
        self.yielded = self.asked = False
        self.due, self.owed, self.quiet, self.away, self.silent = inf, "", -inf, False, False
        # 9 to 12: when data will be too old, frames too fast, what the console allows, what a new link owes
        self.stale, self.fast, self.console, self.rejoin = inf, 0, 65535, 0
        self.near, self.low, self.settled = 0, 0, False
        self.slope: int | None = None  # the incline last reported
        self.inclined: int | None = None  # and the one last written
        self.inclined_at = -inf
        self.upped = -inf
        self.trying = False  # a stop was written into a link that carries nothing
        self.mute, self.slowed = inf, False  # H-26: since when the runner hears nothing; slower because of it
        self.targets: list[tuple[float, int]] = []  # the set-points of this bout that a window may still reach

    def _breach(self, at: float, rule: str, says: str) -> None:
        self.breaches.append(Breach(at, rule, says))

    def wrote(self, at: float, data: bytes) -> None:
        """These bytes arrived at the machine's Control Point."""
        if at > self.due or at > self.stale:
            self._expire(at)
        if self.rejoin:
            self._rejoin(at, data)
        op, size = (data[0] if data else -1), len(data)
        if op == 0x02 and size == 3:
            self._target(at, data[1] | data[2] << 8)
        elif op == 0x03 and size == 3:
            self._incline(at, ((data[1] | data[2] << 8) ^ 0x8000) - 0x8000)
        elif op == 0x07 and size == 1:
            self._start(at)
        elif op == 0x08 and size == 2 and data[1] in (1, 2):
            self.stopping, self.due = True, inf
        elif op == 0x00 and size == 1:
            self._yield(at)
        elif op == 0x01 and size == 1:
            self.due = inf  # the ladder's last rung
        else:
            self._breach(at, "op-code", f"wrote {bytes(data[:8]).hex(' ') or 'nothing'}")  # H-21: no other opcodes
        self.wrote_at = at

    def _rejoin(self, at: float, data: bytes) -> None:
        """H-05: on reconnect the first writes are Request Control and Stop."""
        if data in (b"\x08\x01", b"\x08\x02") and self.rejoin == 2:
            self.rejoin = 0
        elif data == b"\x00":
            self.rejoin = 2
        else:
            self._breach(at, "reconnect", f"{bytes(data[:8]).hex(' ')} before Request Control and a stop")
            self.rejoin = 0

    def _start(self, at: float) -> None:
        if self.over:
            self._breach(at, "after-end", f"Start after {self.why}")
            return
        why = self._not_startable(at)
        if self.unready:
            self._breach(at, "after-stop-up", "Start without a confirmation since the stop or pause")  # H-18
        if why:
            self._breach(at, "start", why)
        if at - self.mute > 0.6 and self.facing != "forward":
            self._breach(at, "mute", f"Start {self.facing} without a voice")  # H-26: HOLD
        if self.token != -inf:
            self.movement, self.cap = self.facing, self.caps.get(self.facing, 0)
        self.token, self.started, self.moving = -inf, at, inf  # H-24: one token, one Start
        self.bout, self.moved, self.stopping, self.halted, self.trying = True, False, False, False, False
        self.upped, self.targets, self.target, self.slowed = -inf, [], 0, False
        self.stale = max(self.heard, at - 1.5) + 3.3 + TOLERANCE
        self.console, self.fast, self.near, self.low, self.settled = 65535, 0, 0, 0, False

    def _incline(self, at: float, incline: int) -> None:
        known = self._inclines()
        if self.over:
            self._breach(at, "after-end", f"incline {incline} after {self.why}")
            return
        if not self.bout:
            self._breach(at, "target-unstarted", f"incline {incline} outside a bout")
        if known and min(abs(incline - value) for value in known) > 10:
            self._breach(at, "incline-step", f"{incline} from {known}")  # H-30: step 1 %; either origin will do
        if at - self.inclined_at < 3 - TOLERANCE:
            self._breach(at, "incline-often", f"{at - self.inclined_at:.3f} s after the last")  # H-30
        if self.speed > 500:
            self._breach(at, "incline-speed", f"at {self.speed}")  # H-30: at speed <= 5.0
        if at - self.target_at < 5 - TOLERANCE:
            self._breach(at, "incline-settle", f"{at - self.target_at:.3f} s after a target")  # H-30
        lowers = bool(known) and incline < max(known)  # the way down must stay open, whatever the speed
        # A belt that has not followed its target for so long was slowed by hand, and that is its speed (H-16).
        held_back = self.speed <= self.target - 30 and at - self.target_at > 4
        aim = self.speed if held_back else self.target
        if incline < 0 or (self._too_steep([incline], aim) and not lowers):
            self._breach(at, "incline-cap", f"{incline} at {self.target}, {self.movement}")  # 4.1
        self.inclined, self.inclined_at = incline, at

    def _inclines(self) -> list[int]:
        return [value for value in (self.inclined, self.slope) if value is not None]

    def _too_steep(self, inclines: list[int], target: int) -> bool:
        """Whether all of these are above 4.1's row for walking backward, or above its ceiling for the others."""
        allowed = 120
        if self.movement == "backward":
            fast = 100 if target <= 500 else 40  # advanced and harness: 0-10 at <= 5.0; 0-4 above
            allowed = (0, 30, 60 if target <= 450 else 0, fast, fast)[self.level]
        return bool(inclines) and min(inclines) > allowed

    def _not_startable(self, at: float) -> str:
        if not self.unready and at - self.token > 10 + TOLERANCE:
            return "no unused confirmation younger than 10 s"  # H-24
        if self.zeros < 2:
            return "the last two data frames are not zero"  # H-22, H-07
        if at - self.still < 3 - TOLERANCE:
            return "zero for less than 3 s"  # H-25, 4.2
        if at - self.heard > 1.5 + TOLERANCE:
            return "the last frame is older than 1.5 s"  # 3.4 telemetry fresh, 4.2 "two fresh zero frames"
        if at - self.started < 5 - TOLERANCE:
            return "less than 5 s after the last Start"  # H-22: never repeated within 5 s
        return ""

    def _target(self, at: float, target: int) -> None:
        while len(self.targets) > 1 and self.targets[1][0] <= at - 4.9 + TOLERANCE:
            del self.targets[0]  # no window of 5 s reaches it any more; a write may be a tenth on its way
        # The ladder's third rung (3.4) is a stop: it is owed to a belt that moves, started or not.
        ladder = self.over or (self.stopping and (self.bout or self.zeros < 2))
        ladder = ladder and target == self.terms.minimum
        if self.over and not ladder:
            self._breach(at, "after-end", f"target {target} after {self.why}")
        elif target < max(self.terms.minimum, 1):
            self._breach(at, "zero-target", f"{target} is below the minimum {self.terms.minimum}")  # 3.3, H-28
        elif not ladder:
            self._aim(at, target)
        self.slowed = self.slowed or target < self.target
        self.target_at, self.target = at, target
        self.near, self.low, self.settled = 0, 0, False
        self.targets.append((at, target))
        self.asked = True

    def _aim(self, at: float, target: int) -> None:
        if target > min(self.cap, self.terms.maximum):  # H-01, 4.1; H-28: the machine's own range
            self._breach(at, "over-cap", f"{target} is above {self.cap} for {self.movement}")
        if target > max(self.console, self.terms.minimum):
            # "That value becomes the ceiling" (H-16): a target between it and the old one is up for the runner
            self._breach(at, "console", f"{target} after the console lowered the belt to {self.console}")
        if not (self.bout and self.moved):
            # Section 9: after Start no target is written until the first observed speed above 0
            self._breach(at, "target-unstarted", f"{target} while no started belt moves")
        # Section 9: one a second; a write may be on its way for a tenth. A step down may follow at any time: "a stop
        # is never queued behind one", and one that slows first takes a step up back.
        if target >= self.target and at - self.target_at < (0.9 if target > self.target else 0.09) - TOLERANCE:
            self._breach(at, "often", f"{at - self.target_at:.3f} s after the last target")
        if not self.targets:
            if target > min(self.terms.minimum, 100):
                self._breach(at, "first-target", f"{target}, not the minimum")  # 4.2, section 9
        elif target > self.target:
            self._up(at, target)

    def _up(self, at: float, target: int) -> None:
        # "Stay there >= 5 s before the first up-step" (4.2): counted from the first motion, the earlier of the two
        if at - self.mute > 0.6:  # what was decided just before may be on its way
            self._breach(at, "mute", f"up to {target} without a voice")  # H-26: "audio failure -> HOLD"
        if self.halted or self.stopping:
            # H-19: a resume is a full start from standstill, so a confirmation alone does not free the way up
            self._breach(at, "after-stop-up", "up after a stop or pause without a new Start")
        if at - self.moving < self.hold - TOLERANCE:
            self._breach(at, "hold", f"up {at - self.moving:.3f} s after the belt first moved")
        if target - self.target > max(self.step, self.coarse):
            self._breach(at, "step", f"from {self.target} to {target}")  # 4.1
        elif self.coarse and at - self.upped < self.coarse / self.rate - TOLERANCE:
            self._breach(at, "step", f"a coarse step {at - self.upped:.3f} s after the last")  # section 9
        if self.inclined is not None and self._too_steep(self._inclines(), target):  # only what was asked for
            self._breach(at, "incline-cap", f"up to {target} on an incline of {self.inclined}")  # 4.1
        self._rates(at, target)
        if at - self.heard > 1.5 + TOLERANCE:
            self._breach(at, "stale-up", f"the last frame is {at - self.heard:.3f} s old")  # 3.4 HOLD
        # … of what was known a tenth before: a record and a write may pass each other
        known = max(self.speed, self.before) if at - self.heard < 0.1 else self.speed
        if target - known > 100:
            self._breach(at, "lag", f"{target} while the belt reports {self.speed}")  # H-04
        self.upped = at

    def _rates(self, at: float, target: int) -> None:
        """H-03: set-points a window apart, the one in force at its beginning included."""
        low = target
        for since, value in reversed(self.targets):
            low = min(low, value)
            if since <= at - 0.9 + TOLERANCE:  # as above: a tenth on its way
                break
        if target - low > self.rate + self.coarse:
            self._breach(at, "rate-1s", f"{low} to {target} within 1 s")
        low = min(value for _, value in self.targets)
        if target - low > 5 * self.rate + self.coarse:
            self._breach(at, "rate-5s", f"{low} to {target} within 5 s")

    def reported(self, at: float, uuid: int, data: bytes) -> None:
        """This frame arrived at the program."""
        if at > self.due or at > self.stale:
            self._expire(at)
        if uuid == DATA and len(data) >= 2:
            flags = data[0] | data[1] << 8
            where = _LAYOUTS.get(flags, -1)
            where = _layout(flags) if where < 0 else where
            if where and len(data) >= where + 4:
                slope = data[where] | data[where + 1] << 8
                slope = (slope ^ 0x8000) - 0x8000
                self.slope = slope if -150 <= slope <= 400 else None  # nowhere else is a deck; 0x7FFF: not available
            # Section 9: only frames with speed are fresh. One cut behind it keeps what is certain (ftms.md 4.4).
            if not flags & 1 and len(data) >= 4:
                self._frame(at, data[2] | data[3] << 8)
        elif uuid == ANSWER and data[:2] == b"\x80\x02" and self.asked and self.targets:
            self.asked = False  # an answer that comes twice is one
            if data[2:3] != b"\x01":
                self.targets.pop()  # refused: what was in force before still is
                self.target_at, self.target = self.targets[-1] if self.targets else (-inf, 0)
        elif uuid == STATUS and data and self.heard != -inf:  # H-07: ignore status until one Data frame
            self._status(at, data[0])

    def _status(self, at: float, op: int) -> None:
        if op in (0x03, 0xFF):
            self._end(at, "the safety key" if op == 0x03 else "control lost")  # H-18, H-36
        elif op == 0x02 and (not self.stopping if self.bout else self.token > -inf):
            # After our own stop it is only the echo; with a word given it is somebody at the console.
            self.halted = self.unready = True  # H-18

    def _frame(self, at: float, speed: int) -> None:
        if speed:
            self.zeros = 0
            if self.bout and not self.moved:
                self.moved, self.moving = True, at
        else:
            self.zeros += 1
            if self.zeros == 1:
                self.still = at
            elif self.bout and (self.moved or self.stopping):
                # Standstill: two zeros after motion, or after a stop that came before any
                self.bout, self.due, self.stale = False, inf, inf
        if self.bout:
            self.stale = at + 3.3 + TOLERANCE  # 3.4 STALE_STOP, and 0.3 s to act
            if not (self.stopping or self.over):
                self._belt(at, speed)
        self._hush(at)
        self.heard, self.before, self.speed = at, self.speed, speed

    def _hush(self, at: float) -> None:
        """H-26: after 10 s without a voice whoever does not face forward is being stopped, softly."""
        if self.over or self.stopping or self.slowed or not (self.bout and self.moved):
            return
        if self.away or self.silent or at - self.quiet < 2 or self.movement == "forward":
            return
        # A machine that takes no target is stopped when it should have been slow: v / rate + 3 s (3.4, soft stop).
        if at - self.mute > 10 + 2.5 + 3 + self.speed / 30 and at - self.moving > 5:
            self._breach(at, "mute", f"{at - self.mute:.3f} s without a voice, and no slower")
            self.slowed = True

    def _belt(self, at: float, speed: int) -> None:
        """What the belt itself does in a bout that nothing has ended yet."""
        self.fast = self.fast + 1 if speed > self.cap + 30 else 0
        if self.fast == 2 or speed > CEILING:
            self._owe(at, "over-cap-belt")  # H-11
        gap = self.target - speed
        if -10 <= gap <= 10:
            self.near, self.low = self.near + 1, 0
            self.settled = self.near >= 2 and at - self.target_at >= 4 - TOLERANCE
        elif self.settled and gap >= 30 and speed:
            self.near, self.low = 0, self.low + 1
            if self.low >= 2:
                self.console = min(self.console, max(speed, self.speed))  # H-16
        else:
            self.near = self.low = 0

    def confirmed(self, at: float, movement: str) -> None:
        """The runner said "ready" for a movement."""
        self.token, self.facing = at, movement
        self.passed(at)
        self.unready = False
        self.console = 65535  # H-16: "until next runner confirmation"

    def stopped(self, at: float) -> None:
        """The runner said stop."""
        self.passed(at)
        self._end(at, "the runner's stop")

    def paused(self, at: float) -> None:
        """The runner said pause."""
        self.passed(at)
        self.halted = self.unready = True  # H-19

    def muted(self, at: float) -> None:
        """The runner hears nothing any more."""
        self.passed(at)
        if self.mute == inf:
            self.mute, self.slowed = at, False

    def heard_again(self, at: float) -> None:
        """The runner hears again."""
        self.passed(at)
        self.mute = inf

    def lost(self, at: float) -> None:
        """The link ended, as the program was told."""
        self.passed(at)
        self.away = True
        self._end(at, "the loss of the link")  # H-20

    def restored(self, at: float) -> None:
        """There is a new link, as the program was told."""
        self.passed(at)
        self.away, self.rejoin = False, 1
        self._back(at)

    def silenced(self, at: float, silent: bool) -> None:
        """The link secretly carries nothing, or carries again."""
        self.passed(at)
        self.silent = silent
        if not silent:
            self._back(at)

    def slept(self, at: float, seconds: float) -> None:
        """The computer was suspended for so long, and has just woken up."""
        self.passed(at - seconds)  # what was due in its sleep could not be done
        self.mute += seconds
        self.due, self.stale = (max(late, at + 0.3 + TOLERANCE) for late in (self.due, self.stale))
        if seconds > 1 + TOLERANCE:
            self._end(at, f"a sleep of {seconds:.3f} s")  # 3.4 suspend gap, H-32

    def passed(self, at: float) -> None:
        """It is now this late: deadlines may expire."""
        if at > self.due or at > self.stale:
            self._expire(at)

    def tried(self, at: float) -> None:
        """A stop was written, and nobody can know whether it has arrived."""
        self.passed(at)
        self.trying = True

    def occupied(self, at: float) -> None:
        """Somebody else has written to the machine, which may be busy with that."""
        self.passed(at)
        self.wrote_at = at
        if self.due != inf:
            self.due = max(self.due, at + 1.5 + TOLERANCE)

    def _back(self, at: float) -> None:
        self.quiet = at + 2  # a link that has just come back is given 2 s before a stop is due
        self.due = max(self.due, self.quiet + 0.3 + TOLERANCE)

    def _end(self, at: float, why: str) -> None:
        if not self.over:
            self.over, self.why = True, why
            self._owe(at, "no-stop")

    def _owe(self, at: float, rule: str) -> None:
        """A belt that was started owes a stop from now on, unless one has arrived already."""
        if self.bout and not self.stopping and self.due == inf:
            # 3.4 asks for 250 ms on air; a machine may still be busy with a write of the last 1.2 s
            slack = 1.5 if at - self.wrote_at <= 1.2 + TOLERANCE else 0.3
            self.due, self.owed = max(at + slack, self.quiet + 0.3) + TOLERANCE, rule
            self.yielded = False

    def _yield(self, at: float) -> None:
        """Where control has to be asked for in front of a stop, the machine may be busy with that for a while."""
        if self.due != inf and not self.yielded:
            self.due, self.yielded = max(self.due, at + 1.7), True  # once: asking for ever is not stopping

    def _expire(self, at: float) -> None:
        if at > self.stale:
            since, self.stale = self.stale - 0.3 - TOLERANCE, inf
            if not self.over:
                # A stop that was under way already, heard or not, is owed, but ends no session.
                self.over, self.why = not (self.trying or self.stopping), "stale data"
                self._owe(since, "stale-stop")
        if at > self.due and not (self.away or self.silent):
            self._breach(self.due, self.owed, f"no stop has arrived; the session: {self.why or 'not over'}")
            self.due = inf
