"""One session, its machine and its deadman in virtual time, with everything that can happen to them as a method.

What carries bytes is the simulator's wire; what a session's rim does with a link (a write that is not answered, a
link that is given up and made anew) is done here as in `treadcoach.session`, in a plain loop. The whole of it can be
pickled, so that a sequence may begin in the middle of a workout.
"""

from __future__ import annotations

from envelope import Terms
from oracle import Oracle

from treadcoach import events
from treadcoach.climb import Climb
from treadcoach.coach import Coach
from treadcoach.deadman import BEAT_S, SILENCE_S
from treadcoach.drive import Drive, Outcome
from treadcoach.events import Notified, Pressed, RawInput, RunnerPressed, State, Woke, WriteFailed
from treadcoach.ftms import treadmill_data
from treadcoach.link import SUBSCRIPTIONS
from treadcoach.motion import Movement, after
from treadcoach.preflight import Plan
from treadcoach.rescue import REOPEN_S, WRITE_TIMEOUT_S, Carriage
from treadcoach.safety.limits import FRESH_S, LATE_S
from treadcoach.treadmill import Write
from treadmill_simulator.link import Wire
from treadmill_simulator.machine import Machine

_NEVER = float("inf")
# What a record shows as zero.
_STANDSTILL_KMH = 0.005
AT_ONCE = "a stop was not written at once"
ENDED_MOVING = "the session ended on a moving belt"
UNDONE = "a stop was undone: a target for a belt that stands"
# What follows a press so soon is the same press: a key that is held.
_HELD_S = 0.999
_START = b"\x07"
_TARGET = 0x02
_STOPS = {b"\x08\x01", b"\x08\x02"}


class World:
    """Everything that there is during one session.

    Args:
        plan: The program, laid out for this machine.
        machine: At the other end.
    """

    def __init__(self, plan: Plan, machine: Machine) -> None:
        self.plan = plan
        self.machine = machine
        self.wire = Wire(machine)
        self.drive = Drive(plan)
        self.now = 0.0
        """The machine's clock; the session's own is behind by `slept_s`."""
        self.slept_s = 0.0
        limits, passport, grid = plan.limits, plan.machine.passport, plan.machine.grid
        self.oracle = Oracle(
            Terms(limits.level.value, passport.unit_proven, grid.minimum, grid.maximum, grid.increment)
        )
        self.breaches: list[tuple[float, str]] = []
        self.confirms_at = _NEVER
        self._confirmed_at = -_NEVER
        self.wakes_at = 0.0
        """When a session that stalls is back; `_NEVER`: it was killed."""
        self._stalled_at = _NEVER
        self.deadman: Climb | None = None
        self.deadman_at = _NEVER
        self.deadman_wake_at = _NEVER
        self.trusts_reports = True
        """Nothing has made the machine's reports untrue, so that a session's end means that the belt rests."""
        self._carriage = Carriage()
        self._link_is_lost = False
        self._reopens_at = _NEVER
        self._fails_at = _NEVER
        self._hanging: Write | None = None  # what fails then
        self._pending: list[RawInput] = []
        self._last_record = (b"", 0.0)
        self._subscribe()
        self.outcome = self.step(Woke())

    # ---- time ----------------------------------------------------------------------------------------------

    @property
    def is_over(self) -> bool:
        """Whether the session has ended, or there is nobody left who could."""
        if self.wakes_at == _NEVER:
            return self.deadman is not None and self.deadman.sees_rest
        return self.drive.result is not None

    def run(self, seconds: float) -> None:
        """Let time pass."""
        end = after(self.now, seconds)
        while not self.is_over:
            at = self._next_at()
            if at > end:
                break
            self.now = max(self.now, at)
            self._happen()
        if self.now < end:
            self.now = end
            self._happen()

    def _next_at(self) -> float:
        if self._pending and self.wakes_at <= self.now:
            return self.now
        wake_at = self.outcome.wake_at
        own = _NEVER if wake_at is None else wake_at + self.slept_s
        session_at = max(self.wakes_at, min(own, self.confirms_at, self._reopens_at, self._fails_at))
        deadman_at = min(self.deadman_at, self.deadman_wake_at, self._reopens_at if self.deadman else _NEVER)
        return min(session_at, self.wire.wake_at, deadman_at)

    def _happen(self) -> None:
        """What is due now, to everyone whom it reaches."""
        now = self.now
        if now >= self.wakes_at:
            self._tell_of_the_stall()
            self._excuse()
            self._stalled_at = _NEVER
            self.oracle.passed(now)
        heard = self._hear()
        if now < self.wakes_at and self.deadman and now >= self._reopens_at:
            self._reopen()  # which the deadman does as well
            if self._reopens_at == _NEVER:
                heard += (events.LinkRestored(),)
        self._watch(heard)
        if now < self.wakes_at:
            return
        self._tend_the_link()
        if now >= self.confirms_at:
            self.press(Pressed.CONFIRM)
            return
        raw, self._pending = self._pending, []
        if raw or self._is_due():
            self.step(*(raw or (Woke(),)))

    def _hear(self) -> tuple[RawInput, ...]:
        """What has arrived from the machine."""
        frames = self.wire.advance(self.now)
        for uuid, data in frames:
            if uuid == treadmill_data.UUID:
                self._last_record = (data, self.now)
        heard = tuple([Notified(uuid, data) for uuid, data in frames])
        if self.deadman and self.now < self.wakes_at:
            for uuid, data in frames:
                self.oracle.reported(self.now, uuid, data)
        if heard:
            self._carriage.heard()
            if self.wakes_at != _NEVER:
                self._pending += heard
        return heard

    def _is_due(self) -> bool:
        wake_at = self.outcome.wake_at
        return wake_at is not None and self.now >= wake_at + self.slept_s

    # ---- the session ---------------------------------------------------------------------------------------

    def step(self, *raw: RawInput) -> Outcome:
        """One step of the session, now."""
        if self.drive.result is not None:
            return self.outcome
        for happened in raw:
            self._tell_the_oracle(happened)
        outcome = self.outcome = self.drive.step(round(self.now - self.slept_s, 3), raw)
        for write in outcome.writes:
            self._write(write)
        asks = outcome.snapshot.state is State.READY
        self.confirms_at = min(self.confirms_at, after(self.now, 2.0)) if asks else _NEVER
        if self.drive.result is not None:
            self._see_the_end()
        return outcome

    def press(self, what: Pressed) -> None:
        """The runner says something. The session may be stalled, and hear it later."""
        if what is Pressed.CONFIRM:
            self.confirms_at = _NEVER
        self._pending.append(RunnerPressed(what))
        if self.now >= self.wakes_at:
            raw, self._pending = self._pending, []
            outcome = self.step(*raw)
            if what is Pressed.STOP and not self._link_is_lost and self.drive.result is None:
                self._check(any(write.data in _STOPS for write in outcome.writes), AT_ONCE)

    def _tell_the_oracle(self, happened: RawInput) -> None:
        """What reaches the session reaches the oracle, in the same order; of a stalled one it is not known before."""
        oracle, now = self.oracle, self.now
        match happened:
            case Notified(uuid, data):
                oracle.reported(now, uuid, data)
            case RunnerPressed(Pressed.STOP):
                oracle.stopped(now)
            case RunnerPressed(Pressed.PAUSE):
                oracle.paused(now)
            case RunnerPressed(Pressed.CONFIRM):
                is_held, self._confirmed_at = now - self._confirmed_at < _HELD_S, now
                if not is_held and (asked_for := self._asked_for()):
                    oracle.confirmed(now, asked_for)
            case events.VoiceLost():
                oracle.muted(now)
            case events.VoiceRestored():
                oracle.heard_again(now)
            case events.LinkLost():
                oracle.lost(now)
            case events.LinkRestored() if self.deadman is None:  # else two write, and the deadman was first
                oracle.restored(now)

    @property
    def coach(self) -> Coach:
        """The one part of the session that a sequence may break from inside."""
        return self.drive._engine._coach

    def _asked_for(self) -> str | None:
        """For which movement the runner is asked to be ready now, if at all; a mad coach tells that itself."""
        asked_for = getattr(self.coach, "asked_for", None)
        if asked_for is None and self.outcome.snapshot.state in {State.READY, State.PAUSED}:
            asked_for = self.plan.timeline.segments[self.outcome.snapshot.segment - 1].movement
        return str(asked_for) if asked_for not in {None, Movement.STAND} else None

    def tell(self, happened: RawInput) -> None:
        """Something reaches the session."""
        self._pending.append(happened)

    def _see_the_end(self) -> None:
        moves = self.machine.belt.speed > _STANDSTILL_KMH
        self._check(not (moves and self.trusts_reports), ENDED_MOVING)

    def _check(self, holds: bool, what: str) -> None:
        if not holds:
            self.breaches.append((self.now, what))

    # ---- the link ------------------------------------------------------------------------------------------

    def _write(self, write: Write) -> None:
        """What the session's writer does with one write."""
        data = write.data
        if not self.wire.is_up:
            self.lose_link()
            return
        self._cut_short(write)
        if self.wire.is_frozen:
            if data == _START:
                self.oracle.wrote(self.now, data)  # for all that anybody can know, it has arrived
            elif data in _STOPS:
                self.oracle.tried(self.now)
            self._fails_at = min(self._fails_at, after(self.now, WRITE_TIMEOUT_S))
            self._hanging = write
            return
        code = self._deliver(data)
        self._carriage.answered()
        if code is not None:
            self._pending.append(WriteFailed(code))

    def _cut_short(self, write: Write) -> None:
        """A write that hangs is given up, unheard of, for one that outranks it."""
        hanging = self._hanging
        if hanging and write.urgent:
            stops_motion = write.data in _STOPS and hanging.data not in _STOPS
            if stops_motion or not hanging.urgent:
                self._fails_at, self._hanging = _NEVER, None

    def _deliver(self, data: bytes) -> int | None:
        """Bytes arrive at the machine, which may refuse them."""
        received = self.machine.received
        before = len(received)
        if (
            data[0] == _TARGET
            and self.oracle.over
            and self.trusts_reports
            and not self.machine.character.freezes_after_s
        ):
            record, came_at = self._last_record
            seemed_to_move = any(record[2:4]) and self.now - came_at <= FRESH_S + 0.1
            self._check(self.machine.belt.speed > 0 or seemed_to_move, UNDONE)
        code = self.wire.write(data, self.now)
        if len(received) > before and (code is None or data in _STOPS):  # a stop counts where it was refused as well
            self.oracle.wrote(self.now, data)
        return code

    def _tend_the_link(self) -> None:
        if self.now >= self._fails_at:
            self._fails_at = _NEVER
            if self._carriage.is_hopeless(self.now, stops=self._hanging is not None and self._hanging.urgent):
                self.lose_link()
            else:
                self._pending.append(WriteFailed())
        if self.now >= self._reopens_at:
            self._reopen()

    def lose_link(self) -> None:
        """The link ends, as both sides know."""
        if self.wire.is_up:
            self.wire.lose(self.now)
            self._excuse()
            self.oracle.silenced(self.now, True)
            if self.deadman:
                self.deadman.step(self.now, (events.LinkLost("test"),))
        self._fails_at = _NEVER
        self._carriage.answered()
        if not self._link_is_lost:
            self._link_is_lost = True
            self._pending.append(events.LinkLost("test"))
        self._reopens_at = after(self.now, REOPEN_S)

    def _reopen(self) -> None:
        if self.wire.is_frozen:  # nothing answers; the next attempt follows
            self._reopens_at = after(self.now, REOPEN_S)
            return
        self._reopens_at = _NEVER
        self.oracle.silenced(self.now, False)
        self.wire.restore()
        self.machine.connected(self.now)
        self._subscribe()
        self._link_is_lost = False
        self._pending.append(events.LinkRestored())

    def occupy(self) -> None:
        """Another program has written to the machine."""
        self._excuse()
        self.oracle.occupied(self.now)

    def freeze_link(self, frozen: bool) -> None:
        """The link looks up and carries nothing; or it carries again."""
        self.wire.is_frozen = frozen
        self._excuse()
        self.oracle.silenced(self.now, frozen)

    def _subscribe(self) -> None:
        for uuid in SUBSCRIPTIONS:
            self.machine.subscribe(uuid)

    # ---- processes -----------------------------------------------------------------------------------------

    def stall(self, seconds: float) -> None:
        """The session does nothing for a while; its deadman watches."""
        if self.wakes_at > self.now:
            return
        self._stalled_at = self.now
        self.wakes_at = after(self.now, seconds)
        if seconds > SILENCE_S:
            self.deadman_at = after(self.now, SILENCE_S)

    def _tell_of_the_stall(self) -> None:
        gap_s = round(self.now - self._stalled_at - BEAT_S, 3)
        if self._stalled_at != _NEVER and gap_s > LATE_S:
            self._pending.insert(0, events.Stalled(gap_s))

    def _excuse(self) -> None:
        """What was due in a stall that the deadman need not notice could not be done."""
        if self._stalled_at != _NEVER:
            self.oracle.slept(self.now, min(SILENCE_S, self.now - self._stalled_at))

    def kill(self) -> None:
        """The session's process is gone at once."""
        self.wakes_at = _NEVER
        self.deadman_at = self.now

    def sleep(self, seconds: float) -> None:
        """The computer is suspended; the machine is not."""
        self._excuse()
        self.now = after(self.now, seconds)
        self.oracle.slept(self.now, seconds)
        self.slept_s = round(self.slept_s + seconds, 3)
        self._pending.insert(0, events.Suspended(seconds))
        self._happen()

    def _watch(self, heard: tuple[RawInput, ...]) -> None:
        """What the deadman does, once it has begun to act."""
        now = self.now
        if now >= self.deadman_at:
            self._call_the_deadman()
        if self.deadman is None:
            return
        while not self.deadman.sees_rest:
            carries = self.wire.is_up and not self.wire.is_frozen
            codes = [self._deliver(write.data) for write in self.deadman.step(now, heard) if carries]
            heard = tuple(WriteFailed(code) for code in codes if code is not None)
            if not heard:
                break
        wake_at = None if self.deadman.sees_rest else self.deadman.wake_at(now)
        self.deadman_wake_at = _NEVER if wake_at is None else wake_at

    def _call_the_deadman(self) -> None:
        self.deadman_at = _NEVER
        record, came_at = self._last_record  # it has listened all the time
        self.deadman = Climb(self.plan.machine.passport, self.plan.machine.grid, came_at)
        if record:
            self.deadman.step(came_at, (Notified(treadmill_data.UUID, record),))
        if not self.wire.is_up:
            self.deadman.step(self.now, (events.LinkLost("test"),))
        self.deadman.begin(self.now)
        self._excuse()
        self.oracle.stopped(self.now)
        if self.wakes_at != _NEVER:
            self._pending.append(events.DeadmanActed())
