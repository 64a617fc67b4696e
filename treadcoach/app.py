"""The composition root: the only module that knows all the others, the simulator too. Commands become exit codes."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from treadcoach import __version__
from treadcoach.config import Configuration, load, names
from treadcoach.drive import Outcome
from treadcoach.edges import chart, library
from treadcoach.edges.journal import new_path
from treadcoach.edges.story import Story, summarise
from treadcoach.errors import Finding, JournalError, ProfileError, UsageError
from treadcoach.events import RawInput, Result
from treadcoach.motion import Level, Movement
from treadcoach.preflight import Machine, Plan, plan
from treadcoach.program import profile as profiles
from treadcoach.program.quantities import clock
from treadcoach.recording import Header, Line, Recorder, encode
from treadcoach.rehearsal import rehearse
from treadcoach.replay import replay
from treadcoach.session import Session
from treadcoach.stage import Answerer, Output, Stage, keys, signals
from treadcoach.treadmill import CAPABILITIES, SUBSCRIPTIONS, machine_of, prepare

EXIT_CODES = {Result.COMPLETED: 0, Result.STOPPED: 4, Result.SAFETY_STOP: 5, Result.STOP_NOT_CONFIRMED: 6}
WRONG_INPUT = 2
FAULT = 1

SOFTWARE = f"treadcoach {__version__}"
DEMO_PROFILE = "a-taste-of-retro"
DEMO_RATE = 12.0
# What a rehearsal's journal says for the wall clock: virtual time has none of its own.
VIRTUAL_EPOCH = "1970-01-01T00:00:00Z"


# ---- programs ----------------------------------------------------------------------------------------------


def _read(name: str, configuration: Configuration) -> profiles.Reading:
    """The profile that somebody means, and what is wrong with it.

    Raises:
        ProfileError: there is no such file, or it cannot be opened.
    """
    path = library.find(name, configuration.places.profiles)
    hint = "`treadcoach profiles` lists the programs"
    if path is None:
        raise ProfileError((Finding(name, 1, 1, "error", "no-file", "there is no such profile", hint),))
    try:
        return profiles.inspect(path.read_bytes(), name if Path(name).is_file() else str(path))
    except OSError as error:
        raise ProfileError(
            (Finding(name, 1, 1, "error", "no-file", f"it cannot be read: {error.strerror}"),)
        ) from None


def _plan(
    name: str,
    configuration: Configuration,
    machine: Machine,
    level: Level | None,
    output: Output,
    *,
    rehearses: bool,
) -> Plan | None:
    """A program, laid out and cleared; ``None`` when something forbids it, which has then been said.

    A rehearsal has nobody on the belt: how much one session may hold is only a warning there.
    """
    reading = _read(name, configuration)
    laid_out = plan(reading.profile, level, machine, configuration.settings.lowered) if reading.profile else None
    findings = reading.findings + (laid_out.findings if laid_out else ())
    if rehearses:
        findings = tuple(f._replace(severity="warning") if f.code == "dose" else f for f in findings)
    output.findings(tuple(sorted(set(findings), key=lambda f: (f.line, f.column))))
    return None if any(f.severity == "error" for f in findings) else laid_out


def check(names_or_paths: tuple[str, ...], level: Level | None, output: Output) -> int:
    """Validate profiles and hold them against the limits; nothing moves."""
    configuration = load()
    every_one_is_clear = True
    for name in names_or_paths:
        try:
            laid_out = _plan(name, configuration, Machine(), level, output, rehearses=False)
        except ProfileError as error:
            output.findings(error.findings)
            laid_out = None
        if laid_out is None:
            every_one_is_clear = False
        elif output.json:
            output.data({"file": name, "ok": True, **_figures(laid_out)})
        else:
            figures = _figures(laid_out)
            length = f"{clock(figures['duration_s'])}, {clock(figures['backward_s'])} of it backward"
            peak = f"peak {figures['peak_kmh']:.1f} km/h"
            output.say(f"{name}: ok: {figures['name']}, level {figures['level']}, {length}, {peak}")
    return 0 if every_one_is_clear else WRONG_INPUT


def _figures(laid_out: Plan) -> dict[str, Any]:
    """What a list of programs shows of one."""
    segments = laid_out.timeline.segments
    return {
        "name": laid_out.profile.name,
        "level": laid_out.limits.level.value,
        "duration_s": laid_out.timeline.duration_s,
        "backward_s": sum(s.duration_s for s in segments if s.movement is Movement.BACKWARD),
        "peak_kmh": max((s.peak.kmh for s in segments), default=0.0),
        "goal": laid_out.profile.goal,
    }


def list_profiles(output: Output) -> int:
    """The programs that ship, and the runner's own."""
    configuration = load()
    for found in library.every_profile(configuration.places.profiles):
        reading = _read(str(found.path), configuration)
        origin = "shipped" if found.is_shipped else "own"
        if reading.profile is None or reading.findings:
            output.say(f"{found.name:<22} {origin:<8} cannot be read; try `treadcoach check {found.path}`")
            continue
        figures = _figures(plan(reading.profile, None, Machine()))
        if output.json:
            output.data({"profile": found.name, "origin": origin, "file": str(found.path), **figures})
            continue
        length = f"{clock(figures['duration_s']):>6} {clock(figures['backward_s']):>6} {figures['peak_kmh']:>5.1f}"
        output.say(f"{found.name:<22} {origin:<8} {figures['level']:<13} {length}  {figures['goal'] or ''}")
    output.say("\ncolumns: profile, origin, level, minutes in all, minutes backward, peak km/h, goal")
    return 0


# ---- sessions on the simulator -----------------------------------------------------------------------------


def _simulated_machine(character: str, seed: int) -> Any:  # noqa: ANN401 - the simulator is loaded late, its types too
    """A wire to a fresh simulated machine.

    Raises:
        UsageError: no such character.
    """
    from treadmill_simulator.characters import CHARACTERS  # noqa: PLC0415 - only simulating needs the simulator
    from treadmill_simulator.link import Wire  # noqa: PLC0415
    from treadmill_simulator.machine import Machine as SimulatedMachine  # noqa: PLC0415

    if character not in CHARACTERS:
        known = "\n".join(f"  {c.name:<16} {c.about}" for c in CHARACTERS.values())
        raise UsageError(f"there is no simulated machine {character!r}; there are:\n{known}")
    return Wire(SimulatedMachine(CHARACTERS[character], seed))


def rehearse_profile(
    name: str,
    *,
    character: str,
    seed: int,
    level: Level | None,
    journal: Path | None,
    plot: bool,
    output: Output,
) -> int:
    """A whole program in virtual time against the simulator."""
    configuration = load()
    wire = _simulated_machine(character, seed)
    machine = machine_of(wire.machine.character.passport, {uuid: wire.read(uuid) for uuid in CAPABILITIES})
    for uuid in SUBSCRIPTIONS:
        wire.subscribe(uuid)
    laid_out = _plan(name, configuration, machine, level, output, rehearses=True)
    if laid_out is None:
        return WRONG_INPUT
    stem = f"rehearsal-{Path(name).stem}-{character}-seed{seed}"
    lines: list[str] = []

    def emit(line: Line) -> None:
        lines.append(encode(line))

    recorder = Recorder(emit)
    maximum_bpm = configuration.settings.runner.maximum_heart_rate
    recorder.begin(Header(laid_out, VIRTUAL_EPOCH, SOFTWARE, f"simulator:{character}", maximum_bpm, seed))
    story = Story()

    def watch(now: float, raw: tuple[RawInput, ...], outcome: Outcome) -> None:
        recorder.step(now, raw, outcome)
        story.watch(now, raw, outcome)

    ending = rehearse(laid_out, wire, wire.machine.runner, watch, maximum_bpm=maximum_bpm)
    recorder.end(ending.now, ending.result, ending.totals)
    path = journal or new_path(configuration.places.journals, stem)
    _save(path, lines)
    if output.json:
        output.out.write("\n".join(lines) + "\n")
    elif not output.quiet:
        story.tell(laid_out, output.say)
        if plot:
            output.say(chart.draw(chart.points(story.snapshots)))
        summarise(ending, str(path), output.say)
    return EXIT_CODES[ending.result]


def _save(path: Path, lines: list[str]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise JournalError(f"the journal {path} cannot be written: {error.strerror}") from None


class RunOptions(NamedTuple):
    """What `run` was told."""

    profile: str
    character: str
    seed: int
    level: Level | None
    rate: float
    confirms: bool
    """A simulated runner answers what has to be answered."""
    journal: Path | None


def demo(output: Output) -> int:
    """The embedded simulator, accelerated; no questions asked."""
    output.say("A simulated treadmill, accelerated 12 times. Any key stops it.")
    return run_simulated(
        RunOptions(DEMO_PROFILE, "well-behaved", 1, None, DEMO_RATE, confirms=True, journal=None), output
    )


def run_simulated(options: RunOptions, output: Output) -> int:
    """Coach a program on the embedded simulator."""
    from treadcoach.pace import PacedLoop  # noqa: PLC0415 - only a rate other than 1 needs it

    has_keys = sys.stdin.isatty()
    if not options.confirms and not has_keys:
        raise UsageError("there is no terminal to confirm each start at; add --yes to let a simulated runner do it")
    factory = (lambda: PacedLoop(options.rate)) if options.rate != 1 else None
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(_run(options, output, has_keys=has_keys))


async def _run(options: RunOptions, output: Output, *, has_keys: bool) -> int:
    from treadmill_simulator.link import InProcessLink  # noqa: PLC0415 - only simulating needs the simulator

    configuration = load()
    settings = configuration.settings
    link = InProcessLink(_simulated_machine(options.character, options.seed))
    await link.connect()
    try:
        machine = await prepare(link, link.wire.machine.character.passport)
        laid_out = _plan(options.profile, configuration, machine, options.level, output, rehearses=False)
        if laid_out is None:
            return WRONG_INPUT
        started = datetime.now(UTC)
        stem = f"{started:%Y%m%dT%H%M%SZ}-{Path(options.profile).stem}"
        header = Header(
            plan=laid_out,
            started=started.isoformat(timespec="seconds").replace("+00:00", "Z"),
            software=SOFTWARE,
            address=f"simulator:{options.character}",
            maximum_bpm=settings.runner.maximum_heart_rate,
            seed=options.seed,
        )
        path = options.journal or new_path(configuration.places.journals, stem)
        stage = Stage(header, path, output, settings.display_units)
        session = Session(
            laid_out,
            link,
            record=stage.record,
            screen=stage.screen,
            maximum_bpm=settings.runner.maximum_heart_rate,
            watch_suspend=options.rate == 1,
        )
        if options.confirms:
            stage.also = Answerer(session, link.wire.machine.runner).watch
        with signals(session), keys(session, output) if has_keys else contextlib.nullcontext():
            ending = await session.run()
        stage.end(ending)
        return EXIT_CODES[ending.result]
    finally:
        await link.disconnect()


# ---- looking back, and around ------------------------------------------------------------------------------


def replay_journal(path: Path, output: Output) -> int:
    """Run a journal's inputs through the engine again."""
    try:
        with path.open(encoding="utf-8") as text:
            found = replay(text)
    except (OSError, UnicodeDecodeError) as error:
        raise JournalError(f"{path} cannot be read: {error}") from None
    counts = f"{found.steps} steps, {found.commands} commands, {found.verdicts} verdicts"
    if output.json:
        difference = found.difference and {
            "recorded": found.difference.recorded,
            "replayed": found.difference.replayed,
        }
        fields = {
            "steps": found.steps,
            "commands": found.commands,
            "verdicts": found.verdicts,
            "difference": difference,
        }
        output.data({"file": str(path), "identical": found.difference is None, **fields})
    elif found.difference is None:
        ending = found.summary["result"] if found.summary else "cut short: it has no summary"
        output.say(f"{path}: {counts}: reproduced exactly; {ending}")
    else:
        print(f"{path}: {counts}: it differs\n{found.difference}", file=output.err)
    return 0 if found.difference is None else FAULT


def show_config(output: Output) -> int:
    """Where files live and what is set, with where each value came from."""
    configuration = load()
    where = configuration.places
    files = {"config": where.config_file, "profiles": where.profiles, "journals": where.journals}
    flat: dict[str, Any] = {}
    for name in names():
        value: Any = configuration.settings
        for part in name.split("."):
            value = getattr(value, part)
        flat[name] = value
    if output.json:
        settings = {
            name: {
                "value": None if value is None else str(value),
                "origin": configuration.origins.get(name, "default"),
            }
            for name, value in flat.items()
        }
        output.data({"settings": settings, "files": {name: str(path) for name, path in files.items()}})
        return 0
    for name, value in flat.items():
        shown = "not set" if value is None else str(value)
        output.say(f"{name:<28} {shown:<14} {configuration.origins.get(name, 'default')}")
    output.say("")
    for name, path in files.items():
        output.say(f"{name:<28} {path}{'' if path.exists() else '  (not there yet)'}")
    for variable in configuration.unknown_variables:
        print(f"warning: the variable {variable} means nothing to this version", file=output.err)
    return 0
