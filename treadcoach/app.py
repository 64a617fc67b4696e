"""The composition root: the only module that knows all the others, the simulator too. Commands become exit codes."""

from __future__ import annotations

from collections.abc import Coroutine
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from treadcoach import chart
from treadcoach.authoring import WRONG_INPUT, plan_for, save_picture
from treadcoach.conduct import EXIT_CODES, SOFTWARE, Occasion, agreed, conduct, silence
from treadcoach.config import SECRET, load, names
from treadcoach.drive import Outcome
from treadcoach.edges.journal import new_path
from treadcoach.edges.story import Story, summarise
from treadcoach.errors import JournalError, UsageError
from treadcoach.events import RawInput, Result
from treadcoach.front import Conclusion, Front
from treadcoach.fronts import behind
from treadcoach.link import SUBSCRIPTIONS, prepare
from treadcoach.motion import Level, Machine
from treadcoach.output import Output
from treadcoach.plain import ADD_YES, need_keys
from treadcoach.recording import Header, Line, Recorder, encode
from treadcoach.rehearsal import PATIENCE_S, Somebody, rehearse
from treadcoach.replay import replay
from treadcoach.session import Session
from treadcoach.stage import Answerer, Watch
from treadcoach.treadmill import CAPABILITIES, machine_of

FAULT = 1

# What a rehearsal's journal says for the wall clock: virtual time has none of its own.
VIRTUAL_EPOCH = "1970-01-01T00:00:00Z"


# ---- sessions on the simulator -----------------------------------------------------------------------------


def _simulated_machine(character: str, seed: int, who: Somebody | None = None) -> Any:  # noqa: ANN401 - loaded late
    """A wire to a fresh simulated machine, with somebody on it.

    Raises:
        UsageError: no such character.
    """
    from treadmill_simulator.characters import CHARACTERS  # noqa: PLC0415 - only simulating needs the simulator
    from treadmill_simulator.link import Wire  # noqa: PLC0415
    from treadmill_simulator.machine import Machine as SimulatedMachine  # noqa: PLC0415
    from treadmill_simulator.runner import USUAL_BPM, Runner  # noqa: PLC0415

    if character not in CHARACTERS:
        known = "\n".join(f"  {c.name:<16} {c.about}" for c in CHARACTERS.values())
        raise UsageError(f"there is no simulated machine {character!r}; there are:\n{known}")
    runner = Runner(seed, who.maximum_bpm or USUAL_BPM, who.fitness_ml) if who else None
    return Wire(SimulatedMachine(CHARACTERS[character], seed, runner))


class RehearsalOptions(NamedTuple):
    """What `rehearse` was told."""

    profile: str
    character: str
    seed: int
    level: Level | None
    who: Somebody | None
    journal: str | None
    plot: bool
    svg: str | None = None


def rehearse_profile(options: RehearsalOptions, output: Output) -> int:
    """A whole program in virtual time against the simulator."""
    if options.level and options.who and options.who.level not in {None, options.level}:
        raise UsageError(f"--runner says {options.who.level}, --level says {options.level}; give one of them")
    configuration = load()
    name, character, seed, who = options.profile, options.character, options.seed, options.who or Somebody()
    wire = _simulated_machine(character, seed, options.who)
    machine = machine_of(wire.machine.character.passport, {uuid: wire.read(uuid) for uuid in CAPABILITIES})
    for uuid in SUBSCRIPTIONS:
        wire.subscribe(uuid)
    laid_out = plan_for(name, configuration, machine, options.level or who.level, output, rehearses=True)
    if laid_out is None:
        return WRONG_INPUT
    stem = f"rehearsal-{Path(name).stem}-{character}-seed{seed}"
    lines: list[str] = []

    def emit(line: Line) -> None:
        lines.append(encode(line))

    recorder = Recorder(emit)
    maximum_bpm = who.maximum_bpm or configuration.settings.runner.maximum_heart_rate
    recorder.begin(Header(laid_out, VIRTUAL_EPOCH, SOFTWARE, f"simulator:{character}", maximum_bpm, seed))
    story = Story()

    def watch(now: float, raw: tuple[RawInput, ...], outcome: Outcome) -> None:
        recorder.step(now, raw, outcome)
        story.watch(now, raw, outcome)

    ending = rehearse(laid_out, wire, wire.machine.runner, watch, maximum_bpm=maximum_bpm)
    recorder.end(ending.now, ending.result, ending.totals)
    path = Path(options.journal) if options.journal else new_path(configuration.places.journals, stem)
    _save(path, lines)
    if options.svg:
        belt = chart.points(story.snapshots)
        save_picture(options.svg, chart.svg(laid_out.profile.name, chart.planned(laid_out.timeline), belt))
    if output.json:
        output.out.write("\n".join(lines) + "\n")
    elif not output.quiet:
        story.tell(laid_out, output.say)
        if options.plot:
            output.say(chart.draw(chart.points(story.snapshots), colour=output.colour))
        summarise(Conclusion(laid_out, ending, str(path), asks=False), output.say)
    return EXIT_CODES[ending.result]


def _save(path: Path, lines: list[str]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except OSError as error:
        raise JournalError(f"the journal {path} cannot be written: {error.strerror}") from None


class Lossy(Protocol):
    """A wire whose frames can be made to get lost."""

    drops: bool


class Show(Protocol):
    """What a demonstration adds to a session."""

    async def open(self, front: Front, output: Output, machine: Machine) -> None:
        """Before anything else."""

    def watch(self, wire: Lossy) -> Watch:
        """Is shown every step."""


class RunOptions(NamedTuple):
    """What `run` was told about a machine in this process."""

    profile: str
    character: str
    seed: int
    level: Level | None
    rate: float
    confirms: bool
    """A simulated runner answers what has to be answered."""
    journal: str | None
    plain: bool = False
    """Lines, although there is a terminal."""
    mute: bool = False
    show: Show | None = None


def run_simulated(options: RunOptions, output: Output) -> int:
    """Coach a program on the embedded simulator."""
    from treadcoach.pace import PacedLoop  # noqa: PLC0415 - only a rate other than 1 needs it

    factory = (lambda: PacedLoop(options.rate)) if options.rate != 1 else None

    def work(front: Front, output: Output) -> Coroutine[Any, Any, int]:
        return simulate(options, front, output)

    return behind(work, output, factory, plain=options.plain, confirms=options.confirms)


async def simulate(options: RunOptions, front: Front, output: Output) -> int:
    """The same, in front of people."""
    from treadmill_simulator.link import InProcessLink  # noqa: PLC0415 - only simulating needs the simulator

    configuration = load()
    front.dress(configuration.settings.theme, configuration.settings.display_units)
    link = InProcessLink(_simulated_machine(options.character, options.seed))
    await link.connect()
    runner = link.wire.machine.runner

    def attend(session: Session) -> Watch | None:
        watches = [options.show.watch(link.wire)] if options.show else []
        if options.confirms:
            watches.append(Answerer(session, runner.reaction_s, runner.turn).watch)

        def watch(now: float, raw: tuple[RawInput, ...], outcome: Outcome) -> None:
            for each in watches:
                each(now, raw, outcome)

        return watch

    try:
        machine = await prepare(link, link.wire.machine.character.passport)
        if options.show:
            await options.show.open(front, output, machine)
        laid_out = plan_for(options.profile, configuration, machine, options.level, output, rehearses=False)
        if laid_out is None:
            return WRONG_INPUT
        if not options.confirms:
            need_keys(ADD_YES)
        remark = "Simulated in this process: there is no deadman, and nothing here counts toward a level."
        armed = await agreed(laid_out, (remark,), front)
        if armed is None:
            return EXIT_CODES[Result.STOPPED]
        occasion = Occasion(
            address=f"simulator:{options.character}",
            journal=options.journal,
            seed=options.seed,
            runs_in_real_time=options.rate == 1,
            silence=silence(options.rate, mute=options.mute, confirms=options.confirms),
            armed=armed,
            is_told=options.show is None,
            patience_s=PATIENCE_S if options.confirms else None,
            attend=attend,
        )
        ending = await conduct(laid_out, link, occasion, configuration, front, output)
        return EXIT_CODES[ending.result]
    finally:
        await link.disconnect()


# ---- looking back, and around ------------------------------------------------------------------------------


def replay_journal(name: str, output: Output) -> int:
    """Run a journal's inputs through the engine again."""
    path = Path(name)
    try:
        with path.open(encoding="utf-8", errors="replace") as text:  # a crash may tear a character as well
            found = replay(text)
    except OSError as error:
        raise JournalError(f"{path} cannot be read: {error.strerror}") from None
    except JournalError as error:
        raise JournalError(f"{path}: {error}") from None
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
    files = {
        "config": where.config_file,
        "profiles": where.profiles,
        "passports": where.passports,
        "journals": where.journals,
    }
    flat: dict[str, Any] = {}
    for name in names():
        value: Any = configuration.settings
        for part in name.split("."):
            value = getattr(value, part)
        flat[name] = "(hidden)" if value and name == SECRET else value
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
