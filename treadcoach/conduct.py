"""A live session from its plan to its exit code: journal, front, voice and deadman around it, whatever the link."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from treadcoach import __version__
from treadcoach.config import Configuration
from treadcoach.deadman import Orders
from treadcoach.edges.journal import new_path
from treadcoach.edges.voice import Ears, Voice, commands
from treadcoach.events import Pressed, Result
from treadcoach.flight import look_ahead
from treadcoach.front import Briefing, Conclusion, Front
from treadcoach.heartbeat import Heartbeat
from treadcoach.link import GattLink
from treadcoach.output import Output
from treadcoach.preflight import Plan
from treadcoach.recording import Header, stamp
from treadcoach.rehearsal import Ending
from treadcoach.session import Session
from treadcoach.stage import Stage, Watch
from treadcoach.telemetry import About, Status

SOFTWARE = f"treadcoach {__version__}"
EXIT_CODES = {Result.COMPLETED: 0, Result.STOPPED: 4, Result.SAFETY_STOP: 5, Result.STOP_NOT_CONFIRMED: 6}

# How long it is said that somebody elsewhere had a word.
_SHOWN_S = 20.0
_KEYS_OF_A_STOP = "Enter: I see the belt at rest; any other key writes the stop once more"


def silence(rate: float, *, mute: bool, confirms: bool) -> str:
    """Why nobody speaks to a runner; empty where somebody does."""
    if mute:
        return "muted"
    if confirms:
        return "a simulated runner hears nothing"
    return "" if rate == 1 else f"time goes by {rate:g} times as fast"


class Occasion(NamedTuple):
    """Where and how a session takes place."""

    address: str
    """Of the machine; ``simulator:…`` for one in this process."""
    remark: str = ""
    """What has to be said before it begins."""
    is_stop: bool = False
    """It does nothing but stop a belt: there is no program to speak of."""
    journal: str | None = None
    """A file that somebody asked for."""
    seed: int | None = None
    orders: Orders | None = None
    """For a deadman; ``None``: nothing outside this process could reach the machine."""
    runs_in_real_time: bool = True
    silence: str = "there is nobody to hear it"
    """Why there is no voice; empty where there is one."""
    armed: tuple[str, ...] = ()
    """What was said to be true before."""
    patience_s: float | None = None
    """How long to go on stopping a belt that is not seen to stop; ``None``: until somebody has seen it stand."""
    is_told: bool = True
    """Whether a broker, where one is set, hears of it."""
    attend: Callable[[Session], Watch | None] = lambda _session: None
    """Is given the session before it begins; what it returns is shown every step."""


async def agreed(laid_out: Plan, remarks: tuple[str, ...], front: Front) -> tuple[str, ...] | None:
    """Show a program and ask for the checklist; what was said to be true, ``None``: the runner would rather not."""
    briefing = Briefing(laid_out, look_ahead(laid_out), laid_out.findings, remarks)
    return await front.arm() if await front.approve(briefing) else None


async def conduct(  # noqa: PLR0917 - whom a session concerns
    laid_out: Plan, link: GattLink, occasion: Occasion, configuration: Configuration, front: Front, output: Output
) -> Ending:
    """Run one session to its end, and tell people and the journal about it.

    Raises:
        UsageError: the journal that was asked for cannot be written.
        LinkError: there is no deadman, where there has to be one.
    """
    runner = configuration.settings.runner
    started = datetime.now(UTC)
    header = Header(
        plan=laid_out,
        started=stamp(started),
        software=SOFTWARE,
        address=occasion.address,
        maximum_bpm=runner.maximum_heart_rate,
        seed=occasion.seed,
    )
    stem = f"{started:%Y%m%dT%H%M%SZ}-{Path(laid_out.profile.file).stem}"
    path = Path(occasion.journal) if occasion.journal else new_path(configuration.places.journals, stem)
    stage = Stage(header, path, front, output, must_record=occasion.journal is not None)
    if occasion.armed:
        stage.note("armed", checked=list(occasion.armed))
    if occasion.remark:
        front.say(occasion.remark)
    async with Heartbeat(occasion.orders) if occasion.orders else contextlib.nullcontext() as deadman:
        session = Session(
            laid_out,
            link,
            record=stage.record,
            screen=stage.screen,
            alarm=front.alarm,
            maximum_bpm=runner.maximum_heart_rate,
            patience_s=occasion.patience_s,
            deadman=deadman,
            watch_suspend=occasion.runs_in_real_time,
        )
        stage.also = occasion.attend(session)
        keys = _KEYS_OF_A_STOP if occasion.is_stop else None
        with _voice(stage, session, occasion, front, configuration):
            async with _telemetry(stage, session, header, occasion, front, configuration):
                with front.attend(session, laid_out, keys):
                    ending = await session.run()
                stage.end(ending)
            asks = not occasion.is_stop and not laid_out.timeline.is_empty
            answers = await front.conclude(Conclusion(laid_out, ending, stage.journal, asks))
    stage.close(answers)
    return ending


@contextlib.contextmanager
def _voice(
    stage: Stage, session: Session, occasion: Occasion, front: Front, configuration: Configuration
) -> Iterator[None]:
    """Somebody speaks while the block runs; what becomes of the voice is an input like any other."""
    if occasion.silence:
        stage.note("voice", voice=None, because=occasion.silence)
        yield
        return
    later = _from_a_thread()

    def settle(name: str) -> None:
        stage.note("voice", voice=name)
        front.say(f"Voice: {name}")

    ears = Ears(front.bell, lambda happened: later(session.submit, happened), lambda name: later(settle, name))
    stage.voice = voice = Voice(commands(), ears, units=configuration.settings.display_units)
    try:
        yield
    finally:
        voice.close()


@contextlib.asynccontextmanager
async def _telemetry(  # noqa: PLR0917 - whom a broker is told of, and who hears what comes back
    stage: Stage, session: Session, header: Header, occasion: Occasion, front: Front, configuration: Configuration
) -> AsyncIterator[None]:
    """A broker hears of the session while the block runs; it may stop and pause it, and nothing else."""
    if configuration.settings.mqtt.host is None or occasion.is_stop or not occasion.is_told:
        yield
        return
    later = _from_a_thread()

    def press(word: Pressed) -> None:
        session.press(word, "mqtt")
        with contextlib.suppress(BrokenPipeError):  # that is noticed where it matters
            front.warn(f"{word.value} from the network", "remote")
        asyncio.get_running_loop().call_later(_SHOWN_S, front.warn, "", "remote")

    def tell(status: Status) -> None:
        stage.note("mqtt", status=status.text)
        with contextlib.suppress(BrokenPipeError):  # as above
            front.warn(status.text if status.is_fault else "", "mqtt")
            if not status.is_fault:
                front.say(status.text)

    def ignored(counts: dict[str, int]) -> None:
        stage.note("mqtt", ignored=counts)

    machine, profile = header.plan.machine.passport, header.plan.profile
    weight_kg = configuration.settings.runner.weight_kg
    about = About(header.started, machine.name, profile.name, machine.simulated, weight_kg)
    try:
        from treadcoach import broker, telemeter  # noqa: PLC0415 - only a broker needs its library

        ears = telemeter.Ears(*(partial(later, call) for call in (press, tell, ignored)))
        line = broker.telemeter(about, occasion.address, configuration, ears)
    except Exception as error:  # noqa: BLE001 - a file, a thread, a setting: none of it is worth a session
        tell(Status(f"MQTT: {error}; the session goes on without it", is_fault=True))
        yield
        return
    stage.telemeter = line
    try:
        yield
    finally:
        await asyncio.to_thread(line.close)


def _from_a_thread() -> Callable[[Callable[[Any], None], object], None]:
    """How another thread has something done in this session's loop."""
    loop = asyncio.get_running_loop()

    def later(call: Callable[[Any], None], what: object) -> None:
        with contextlib.suppress(RuntimeError):  # the session is over, and so is its loop
            loop.call_soon_threadsafe(call, what)

    return later
