"""Commissioning: the guided check of a machine with nobody on it, step by step, into a passport. Can be resumed."""

from __future__ import annotations

import asyncio
import contextlib
from enum import StrEnum
from typing import NamedTuple, Protocol

from treadcoach import commissioning, machines, passports
from treadcoach.commissioning import EXPERIMENTS, Experiment, Finding, Marks, Moment, Trail
from treadcoach.conduct import EXIT_CODES, Occasion, conduct
from treadcoach.config import Configuration, load
from treadcoach.drive import Outcome
from treadcoach.errors import StopNotConfirmedError, UsageError
from treadcoach.events import Pressed, RawInput, Result, State
from treadcoach.ftms import treadmill_data
from treadcoach.link import subscribe
from treadcoach.machines import Reached, in_its_time, keep_time, orders_of, reach
from treadcoach.output import Output
from treadcoach.passports import Record
from treadcoach.plain import PlainFront, has_keys
from treadcoach.preflight import plan
from treadcoach.program.reader import load as load_profile
from treadcoach.session import Session
from treadcoach.stage import Watch

LISTEN_S = 15.0
# A belt that has been within this of its target for so long is settled.
SETTLED_KMH = 0.15
SETTLED_S = 5.0
REVOLUTIONS = 20
LARGEST_NUMBER = 10_000
_LISTENING = "telemetry"
# Nothing else moves before the belt was seen to obey a stop.
_FIRST = EXPERIMENTS[0].key


class Answer(StrEnum):
    """What to do about a step."""

    DO = ""
    LEAVE_OUT = "s"
    END = "q"


class Dialogue(Protocol):
    """Whoever does the commissioning."""

    def go_on(self, text: str) -> Answer:
        """Whether to do this step now."""

    def number(self, text: str) -> float:
        """A number, above 0."""

    def attend(self, session: Session, experiment: Experiment) -> Watch | None:
        """Is given each session; hands that act by themselves belong to a test."""


class Terminal:
    """Somebody at a terminal."""

    def go_on(self, text: str) -> Answer:
        """Asks until it is an answer; a terminal that has gone ends it."""
        while True:
            with contextlib.suppress(ValueError):
                try:
                    typed = input(f"\n{text}\n[Enter] do it   [s, Enter] leave it out   [q, Enter] end here: ")
                except EOFError:
                    return Answer.END
                return Answer(typed.strip().casefold())

    def number(self, text: str) -> float:
        """Asks until it is one."""
        while True:
            with contextlib.suppress(ValueError):
                if 0 < (value := float(input(f"{text}: ").replace(",", "."))) <= LARGEST_NUMBER:
                    return value

    def attend(self, _session: Session, _experiment: Experiment) -> Watch | None:
        """Hands and eyes are at the machine."""
        return None


class Order(NamedTuple):
    """What to commission, and how."""

    address: str
    adapter: str | None
    again: bool
    """Do every step anew."""


def commission(address: str, adapter: str | None, output: Output, *, again: bool) -> int:
    """Check a machine with nobody on it, and write its passport."""
    if not has_keys() or output.json:
        raise UsageError("commissioning is a dialogue: it needs a terminal, and somebody beside the treadmill")
    return in_its_time(guide(Order(address, adapter, again), Terminal(), output))


async def guide(order: Order, dialogue: Dialogue, output: Output) -> int:
    """The dialogue itself."""
    configuration = load()
    before = passports.find(order.address, configuration.places.passports)
    reached = await reach(order.address, order.adapter, configuration, output, anew=order.again)
    keep_time(reached)
    desk = _Desk(reached, dialogue, configuration, output)
    record = before
    if record is None or order.again or reached.known.voided:
        record = machines.first_record(reached)
        if before and (kept := passports.set_aside(before, configuration.places.passports)):
            output.say(f"Everything is measured anew; its old passport is kept as {kept}")
            record = record.model_copy(update={"name": before.name})
    output.say(
        f"\nCommissioning {record.name}: nobody on the belt, the safety key within reach, all the way through."
    )
    result = Result.COMPLETED
    try:
        if not record.has(_LISTENING):
            record = _enter(desk, record, _LISTENING, await _listen(reached))
        for experiment in EXPERIMENTS:
            if not _may(experiment, record, output):
                continue
            answer = dialogue.go_on(f"{experiment.key}. {experiment.instructions}")
            if answer is Answer.END:
                break
            if answer is Answer.LEAVE_OUT:
                continue
            marks = _marks(dialogue) if experiment.counts_marks else None
            result, finding = await _perform(desk, experiment, record, marks)
            record = _enter(desk, record, experiment.key, finding)
            if result is Result.STOP_NOT_CONFIRMED:
                output.say("Nothing more is asked of a belt that was not seen to stop.")
                break
    finally:
        await reached.link.disconnect()
    _conclude(record, desk)
    return EXIT_CODES[result] if result is Result.STOP_NOT_CONFIRMED else 0


class _Desk(NamedTuple):
    """What every step needs."""

    reached: Reached
    dialogue: Dialogue
    configuration: Configuration
    output: Output


def _may(experiment: Experiment, record: Record, output: Output) -> bool:
    """Whether an experiment is still to be done, and can be."""
    if record.has(experiment.key):
        return False
    why = ""
    if record.facts.unit == "mph" or record.facts.controllable is False:
        why = "nobody runs on this machine anyway"
    elif experiment.key != _FIRST and not record.has(_FIRST):
        why = f"the {_FIRST} comes first"
    elif experiment.needs_unit and record.facts.unit != "km/h":
        why = "its unit is not proven"
    if why:
        output.say(f"\n{experiment.key}: left out, {why}.")
    return not why


def _marks(dialogue: Dialogue) -> Marks:
    belt_cm = dialogue.number("How long is the belt, once round, in centimetres (measure it)")
    return Marks(belt_cm / 100, int(dialogue.number(f"How many revolutions will you count ({REVOLUTIONS} are good)")))


async def _listen(reached: Reached) -> Finding:
    """Records while nobody asks for anything."""
    loop = asyncio.get_running_loop()
    records: list[tuple[float, float]] = []

    def heard(uuid: int, data: bytes) -> None:
        if uuid == treadmill_data.UUID and data and not data[0] & treadmill_data.MORE_DATA:
            records.append((loop.time(), 0.0))

    reached.link.listen(heard, lambda _: None)
    await asyncio.sleep(LISTEN_S)
    return commissioning.period(records)


async def _perform(
    desk: _Desk, experiment: Experiment, record: Record, marks: Marks | None
) -> tuple[Result, Finding]:
    """One experiment as an ordinary session."""
    reached = desk.reached
    if reached.link.is_lost:
        await reached.link.connect()
        await subscribe(reached.link)
    known = passports.know(reached.identity, reached.link.name, record, simulated=False)
    machine = reached.machine._replace(passport=known.passport._replace(simulated=reached.rate is not None))
    text = commissioning.program(experiment, machine.grid.minimum.kmh)
    laid_out = plan(load_profile(text, experiment.key.replace(" ", "-").replace("/", "-")), None, machine)
    desk.output.findings(laid_out.findings)
    if not laid_out.is_clear:
        return Result.STOPPED, Finding("it does not go on this machine", is_conclusive=False)
    trail: list[Moment] = []

    def attend(session: Session) -> Watch:
        helper = _Helper(session, experiment, reached)
        theirs = desk.dialogue.attend(session, experiment)

        def watch(now: float, raw: tuple[RawInput, ...], outcome: Outcome) -> None:
            trail.append((now, raw, outcome))
            helper.watch(now, outcome)
            if theirs:
                theirs(now, raw, outcome)

        return watch

    occasion = Occasion(record.address, "Nobody stands on the belt.", orders=orders_of(reached), attend=attend)
    try:
        result = (
            await conduct(laid_out, reached.link, occasion, desk.configuration, PlainFront(desk.output), desk.output)
        ).result
    except StopNotConfirmedError as error:
        desk.output.say(f"{error}: pull the safety key!")
        result = Result.STOP_NOT_CONFIRMED
    return result, _judged(experiment, result, trail, marks)


def _judged(experiment: Experiment, result: Result, trail: Trail, marks: Marks | None) -> Finding:
    """What an experiment showed, if it went as it should."""
    match result:
        case Result.STOP_NOT_CONFIRMED:
            return commissioning.not_seen_to_stop(trail)
        case Result.SAFETY_STOP if not experiment.ends_in_alarm:
            return Finding("it ended in a safety stop: still to be done", is_conclusive=False)
    found = experiment.read(trail, marks)
    if found.is_conclusive and commissioning.springs(trail):
        words = f"{found.found}; it starts faster than at its slowest"
        return found._replace(found=words, facts={**found.facts, "resume": "old"})
    return found


class _Helper:
    """Does what an experiment wants done once its last speed is settled."""

    def __init__(self, session: Session, experiment: Experiment, reached: Reached) -> None:
        self._session = session
        self._experiment = experiment
        self._link = reached.link
        self._settled_since: float | None = None
        self._done = False
        self._cut: asyncio.Task[None] | None = None

    def watch(self, now: float, outcome: Outcome) -> None:
        """One step."""
        snapshot = outcome.snapshot
        target = self._experiment.speeds_kmh[-1]
        near = snapshot.observed_kmh is not None and snapshot.observed_kmh >= target - SETTLED_KMH
        if snapshot.state is not State.RUNNING or not near:
            self._settled_since = None
            return
        self._settled_since = now if self._settled_since is None else self._settled_since
        if not self._done and now - self._settled_since >= SETTLED_S:
            self._done = True
            self._act()

    def _act(self) -> None:
        match self._experiment.act:
            case "stop":
                self._session.press(Pressed.STOP, "commissioning")
            case "pause":
                self._session.press(Pressed.PAUSE, "commissioning")
                asyncio.get_running_loop().call_later(60.0, self._session.press, Pressed.STOP, "commissioning")
            case "drop":
                self._cut = asyncio.create_task(self._drop(), name="cut the link")
            case _:
                pass

    async def _drop(self) -> None:
        await self._link.disconnect()
        self._session.lost("cut for the experiment")


def _enter(desk: _Desk, record: Record, key: str, finding: Finding) -> Record:
    """Say what was found; what is conclusive goes into the passport."""
    desk.output.say(f"{key}: {finding.found}")
    return machines.enter(record, key, finding, desk.configuration) if finding.is_conclusive else record


def _conclude(record: Record, desk: _Desk) -> None:
    output = desk.output
    path = passports.path_of(record.address, desk.configuration.places.passports)
    left = [experiment.key for experiment in EXPERIMENTS if not record.has(experiment.key)]
    output.say(f"\nThe passport: {path}" if path.is_file() else "\nNothing was found out; there is no passport.")
    if record.facts.controllable is False:
        output.say("This belt does not stop when it is told to: no program will be run on it.")
    elif record.facts.unit == "mph":
        output.say("This machine counts in miles per hour in its km/h fields: no program will be run on it.")
    elif record.facts.unit is None and desk.reached.rate is not None:
        output.say("It is simulated: what it says of its unit is believed.")
    elif record.facts.unit != "km/h":
        output.say("Its unit is not proven: caps stay divided by 1.61.")
    if left:
        output.say(f"Left for another time: {', '.join(left)}")
