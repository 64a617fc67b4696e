"""A live session from its plan to its exit code: journal, lines, keys and signals around it, whatever the link."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from treadcoach import __version__
from treadcoach.config import Configuration
from treadcoach.deadman import Orders
from treadcoach.drive import Outcome
from treadcoach.edges.journal import new_path
from treadcoach.events import RawInput, Result
from treadcoach.heartbeat import Heartbeat
from treadcoach.link import GattLink
from treadcoach.output import Output
from treadcoach.preflight import Plan
from treadcoach.recording import Header
from treadcoach.rehearsal import Ending
from treadcoach.session import Session
from treadcoach.stage import Stage, has_keys, keys, signals

SOFTWARE = f"treadcoach {__version__}"
EXIT_CODES = {Result.COMPLETED: 0, Result.STOPPED: 4, Result.SAFETY_STOP: 5, Result.STOP_NOT_CONFIRMED: 6}

_KEYS_OF_A_STOP = "Enter: I see the belt at rest; any other key writes the stop once more"

Watch = Callable[[float, tuple[RawInput, ...], Outcome], None]


class Occasion(NamedTuple):
    """Where and how a session takes place."""

    address: str
    """Of the machine; ``simulator:…`` for one in this process."""
    remark: str
    """What has to be said before it begins."""
    is_stop: bool = False
    """It does nothing but stop a belt: there is no program to speak of."""
    journal: str | None = None
    """A file that somebody asked for."""
    seed: int | None = None
    orders: Orders | None = None
    """For a deadman; ``None``: nothing outside this process could reach the machine."""
    runs_in_real_time: bool = True
    patience_s: float | None = None
    """How long to go on stopping a belt that is not seen to stop; ``None``: until somebody has seen it stand."""
    attend: Callable[[Session], Watch | None] = lambda _session: None
    """Is given the session before it begins; what it returns is shown every step."""


async def conduct(
    laid_out: Plan, link: GattLink, occasion: Occasion, configuration: Configuration, output: Output
) -> Ending:
    """Run one session to its end, and tell people and the journal about it.

    Raises:
        UsageError: the journal that was asked for cannot be written.
        LinkError: there is no deadman, where there has to be one.
    """
    settings = configuration.settings
    started = datetime.now(UTC)
    header = Header(
        plan=laid_out,
        started=started.isoformat(timespec="seconds").replace("+00:00", "Z"),
        software=SOFTWARE,
        address=occasion.address,
        maximum_bpm=settings.runner.maximum_heart_rate,
        seed=occasion.seed,
    )
    stem = f"{started:%Y%m%dT%H%M%SZ}-{Path(laid_out.profile.file).stem}"
    path = Path(occasion.journal) if occasion.journal else new_path(configuration.places.journals, stem)
    must_record = occasion.journal is not None
    title = f"{laid_out.profile.name}: {laid_out.limits.level} limits, {laid_out.machine.passport.name}"
    opening = [occasion.remark] if occasion.is_stop else [title, occasion.remark]
    stage = Stage(header, path, output, settings.display_units, opening=opening, must_record=must_record)
    async with Heartbeat(occasion.orders) if occasion.orders else contextlib.nullcontext() as deadman:
        session = Session(
            laid_out,
            link,
            record=stage.record,
            screen=stage.screen,
            alarm=stage.alarm,
            maximum_bpm=settings.runner.maximum_heart_rate,
            patience_s=occasion.patience_s,
            deadman=deadman,
            watch_suspend=occasion.runs_in_real_time,
        )
        stage.also = occasion.attend(session)
        with (
            signals(session),
            keys(session, stage, _KEYS_OF_A_STOP if occasion.is_stop else None)
            if has_keys()
            else contextlib.nullcontext(),
        ):
            ending = await session.run()
    stage.end(ending)
    return ending
