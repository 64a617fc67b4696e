"""What may happen to a session (inputs, in the past tense) and what is shown of it (Snapshot, Notice).

Everything that happens is one of these, in one queue; a recorded session is their list, and replaying it gives the
same verdicts. Raw inputs come from outside and are what a journal keeps; the others are read out of notifications.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from treadcoach.motion import Facing, Observation, Speed, Verb


class Woke(NamedTuple):
    """The time that the last step asked for has come, and nothing else."""


class Notified(NamedTuple):
    """The machine sent a notification or an indication."""

    uuid: int
    data: bytes


class WriteFailed(NamedTuple):
    """A write to the machine was refused by the link; ``code`` is the ATT error, if there was one."""

    code: int | None = None


class LinkLost(NamedTuple):
    """The link ended."""

    reason: str = ""


class LinkRestored(NamedTuple):
    """There is a new link; nothing of the old one is still valid."""


class Pressed(StrEnum):
    """What the runner can say, whatever it is said with."""

    STOP = "stop"
    PAUSE = "pause"
    CONFIRM = "confirm"
    """Ready: facing the right way, at the rails, start the belt."""
    SKIP = "skip"
    BACK = "back"
    EXTEND = "extend"
    SLOWER = "slower"
    FASTER = "faster"
    """Again, after it was made slower: never beyond what the program says."""
    EASIER = "easier"
    """Everything that comes, by a tenth."""


class RunnerPressed(NamedTuple):
    """The runner (or something that may speak for them) said something."""

    what: Pressed
    source: str = "key"


class Suspended(NamedTuple):
    """The computer slept."""

    gap_s: float


class Stalled(NamedTuple):
    """This program did nothing for a while: what comes now may have waited as long."""

    gap_s: float


class DeadmanActed(NamedTuple):
    """The deadman has stopped the belt, because it heard too little of this session."""


class DeadmanLost(NamedTuple):
    """The deadman is gone, or hears nothing: whoever stalls now stalls alone."""


class VoiceLost(NamedTuple):
    """What should have been said was not heard."""

    reason: str = ""


class VoiceRestored(NamedTuple):
    """The runner hears again."""


class Failed(NamedTuple):
    """A part of this program failed; ``part`` names it."""

    part: str


RawInput = (
    Woke
    | Notified
    | WriteFailed
    | LinkLost
    | LinkRestored
    | RunnerPressed
    | Suspended
    | Stalled
    | DeadmanActed
    | DeadmanLost
    | VoiceLost
    | VoiceRestored
    | Failed
)


class Observed(NamedTuple):
    """A record with a speed."""

    observation: Observation


class Answered(NamedTuple):
    """The machine took a command, refused it, or (``None``) said nothing in time."""

    verb: Verb
    accepted: bool | None


class MachineStopped(NamedTuple):
    """The machine says it was stopped, paused or reset, by whomever."""


class StoppedElsewhere(NamedTuple):
    """Another program on this link has asked for control or for a stop."""


class SafetyKeyPulled(NamedTuple):
    """The machine says that its safety key was pulled."""


class ControlLost(NamedTuple):
    """The machine says that somebody else has control."""


class TargetChanged(NamedTuple):
    """The machine says that its target speed is now this."""

    speed: Speed


ReadInput = Observed | Answered | MachineStopped | StoppedElsewhere | SafetyKeyPulled | ControlLost | TargetChanged
Input = RawInput | ReadInput


class State(StrEnum):
    """Where the session is."""

    WAITING = "waiting"
    """For the belt to be seen at rest."""
    STANDING = "standing"
    TURNING = "turning"
    READY = "ready"
    """Waiting for the runner's word."""
    COUNTDOWN = "countdown"
    STARTING = "starting"
    RUNNING = "running"
    HALTING = "halting"
    """Slowing to a planned standstill."""
    PAUSED = "paused"
    STOPPING = "stopping"
    STOPPED = "stopped"
    COMPLETED = "completed"

    @property
    def asks(self) -> bool:
        """Whether it ends with the runner's word."""
        return self is State.READY or self is State.PAUSED


class NoticeKind(StrEnum):
    """What a notice is about, so that a sink can choose voice, beep, line or colour."""

    STATE = "state"
    SEGMENT = "segment"
    CHANGE = "change"
    """What comes, before it comes."""
    CUE = "cue"
    """On form, in the author's words."""
    BEEP = "beep"
    ASK = "ask"
    """The runner has to answer."""
    HEARTBEAT = "heartbeat"
    ALARM = "alarm"
    VERDICT = "verdict"


class Notice(NamedTuple):
    """Something to be said or shown once."""

    kind: NoticeKind
    text: str


class Snapshot(NamedTuple):
    """What screens and brokers see. Newer replaces older."""

    state: State
    segment: int
    """The first is 1; 0 before the program."""
    segments: int
    facing: Facing | None
    next_facing: Facing | None
    setpoint_kmh: float
    observed_kmh: float | None
    """``None`` when the last report is too old to be believed."""
    incline_pct: float
    distance_m: float
    backward_m: float
    elapsed_s: float
    segment_remaining_s: float
    program_remaining_s: float
    heart_rate_bpm: int | None
    zone: int | None
    verdict: str
    reasons: tuple[str, ...]
    cue: str | None


class Result(StrEnum):
    """How a session ended."""

    COMPLETED = "completed"
    STOPPED = "stopped"
    SAFETY_STOP = "safety_stop"
    STOP_NOT_CONFIRMED = "stop_not_confirmed"
