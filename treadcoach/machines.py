"""Commands on machines in the air: find them, run a program on one. Knows the radio and the passports."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any, NamedTuple

from treadcoach import commissioning, passports, screening
from treadcoach.authoring import WRONG_INPUT, plan_for
from treadcoach.conduct import EXIT_CODES, Occasion, agreed, conduct, silence
from treadcoach.config import Configuration, load
from treadcoach.deadman import Orders
from treadcoach.edges import ble
from treadcoach.edges.ble import BleLink
from treadcoach.edges.radio_faults import ONE_AT_A_TIME
from treadcoach.errors import LinkError, LinkLostError, MachineNotFoundError, UsageError
from treadcoach.events import Result
from treadcoach.flight import look_ahead
from treadcoach.front import SIMULATOR, Briefing, Choice, Front, Work
from treadcoach.fronts import behind
from treadcoach.link import prepare, read_all
from treadcoach.motion import Level, Machine
from treadcoach.output import Output
from treadcoach.pace import ScaledLoop
from treadcoach.passports import Known
from treadcoach.plain import ADD_YES, need_keys
from treadcoach.preflight import Plan, plan
from treadcoach.program.reader import load as load_profile
from treadcoach.rehearsal import PATIENCE_S
from treadcoach.session import Session
from treadcoach.stage import Answerer, Watch

# Some machines close a link that comes soon after the last one ended.
ATTEMPTS = 3
BETWEEN_ATTEMPTS_S = 2.5
# A simulated runner at the other end of a bus takes this long to say "ready".
REACTION_S = 1.5

FIRST_STEP = "test stop"
_TEST_STOP = """
profile: 1
name: Test stop
level: first
units: km/h
belt: empty
steps:
  - stand: 5 s
  - forward: 1.0
    for: 30 s
"""


class Reached(NamedTuple):
    """A machine with an open link."""

    link: BleLink
    known: Known
    identity: passports.Identity
    machine: Machine
    rate: float | None
    """Of its clock, if it is simulated and says so."""


def in_its_time(work: Coroutine[Any, Any, int]) -> int:
    """Run something on an event loop that can be made to keep a simulated machine's time."""
    with asyncio.Runner(loop_factory=ScaledLoop) as runner:
        return runner.run(work)


def adapter_of(named: str | None, configuration: Configuration) -> str | None:
    """The adapter to use: a flag's, or the configuration's.

    Raises:
        UsageError: there are several, and none is named.
    """
    adapter = named or configuration.settings.adapter
    ble.check_adapter(adapter)
    return adapter


# ---- reaching one ------------------------------------------------------------------------------------------


async def reach(
    name_or_address: str, adapter: str | None, configuration: Configuration, output: Output, *, anew: bool = False
) -> Reached:
    """Open a link to a machine, by visible steps, and find out what is known of it.

    Args:
        name_or_address: Of the machine; a name is looked up among the passports.
        adapter: Which adapter to use.
        configuration: Where the passports are.
        output: Is told what is done.
        anew: Leave out of account what its own passport says.

    Raises:
        LinkError: it cannot be reached, or not be controlled.
    """
    adapter = adapter_of(adapter, configuration)
    record = passports.find(name_or_address, configuration.places.passports)
    link = BleLink(record.address if record else name_or_address, adapter)
    for attempt in range(1, ATTEMPTS + 1):
        output.say(f"Looking for {link.address}{f', attempt {attempt} of {ATTEMPTS}' if attempt > 1 else ''} …")
        try:
            return await _introduce(link, None if anew else record)
        except LinkError as error:
            await link.disconnect()
            if attempt == ATTEMPTS or isinstance(error, MachineNotFoundError):
                raise
            output.say(f"  {error}")
            await asyncio.sleep(BETWEEN_ATTEMPTS_S)
    raise AssertionError  # the loop returns or raises


async def _introduce(link: BleLink, record: passports.Record | None) -> Reached:
    """Connect, read what the machine says of itself, subscribe."""
    await link.connect()
    rate = await link.clock_rate()
    identity = passports.identify(await read_all(link, passports.IDENTITY))
    known = passports.know(identity, link.name, record, simulated=rate is not None)
    if known.refusal:
        raise MachineNotFoundError(f"{known.passport.name} can be watched, not coached: {known.refusal}")
    machine = await prepare(link, known.passport)
    if link.is_lost:
        raise LinkLostError("the machine closed the link again")
    return Reached(link, known, identity, machine, rate)


def first_record(reached: Reached) -> passports.Record:
    """A passport in which nothing is known yet but who the machine is."""
    link, known = reached.link, reached.known
    name = known.record.name if known.record else known.passport.name
    return passports.Record(address=link.address, name=name, local_name=link.name, identity=reached.identity)


def orders_of(reached: Reached) -> Orders:
    """For a deadman of this machine."""
    link, machine = reached.link, reached.machine
    return Orders(link.address, link.adapter, machine.passport.pause_before_stop, machine.grid)


def keep_time(reached: Reached) -> float:
    """From now on live at the rate of the machine's clock; which is what is returned."""
    rate, loop = reached.rate or 1.0, asyncio.get_running_loop()
    if isinstance(loop, ScaledLoop):
        loop.accelerate(rate)
    return rate


# ---- run ---------------------------------------------------------------------------------------------------


class RunOptions(NamedTuple):
    """What `run` was told about a machine in the air."""

    profile: str
    address: str | None
    """``None``: the configuration's, or the one that somebody picks."""
    adapter: str | None
    level: Level | None
    rate: float | None
    confirms: bool
    """A simulated runner answers what has to be answered."""
    journal: str | None
    plain: bool = False
    """Lines, although there is a terminal."""
    mute: bool = False


def run(options: RunOptions, simulate: Work, output: Output) -> int:
    """Coach a program on a machine in the air; or, where the runner chooses none of these, do that instead."""

    async def work(front: Front, output: Output) -> int:
        configuration = load()
        front.dress(configuration.settings.theme, configuration.settings.display_units)
        address = options.address or configuration.settings.machine or await _chosen(options, configuration, front)
        if address == SIMULATOR:
            return await simulate(front, output)
        if address is None:
            return EXIT_CODES[Result.STOPPED]
        return await _run(address, options, configuration, front, output)

    return behind(work, output, ScaledLoop, plain=options.plain, confirms=options.confirms)


async def _chosen(options: RunOptions, configuration: Configuration, front: Front) -> str | None:
    """The machine that somebody picks."""
    if options.confirms or options.rate is not None:
        raise UsageError("--yes and --rate are for simulated machines only; add --simulate")

    async def scan() -> list[Choice]:
        adapter = adapter_of(options.adapter, configuration)
        found = await ble.scan(adapter, ble.SCAN_S, passports.local_names())
        return [Choice(machine.address, line_of(machine)) for machine in found]

    return await front.choose(scan)


async def _run(address: str, options: RunOptions, configuration: Configuration, front: Front, output: Output) -> int:
    reached = await reach(address, options.adapter, configuration, output)
    try:
        _check_simulating(options, reached)
        if reached.rate is None:
            configuration = await _screened(configuration, front)
        level = options.level or configuration.settings.runner.level
        level = level or (None if reached.rate else Level.FIRST)  # on a real machine nothing said means `first`
        laid_out = plan_for(options.profile, configuration, reached.machine, level, output, rehearses=False)
        if laid_out is None:
            return WRONG_INPUT
        if reached.rate is None and not reached.known.has_done(FIRST_STEP):
            result, reached = await _test_stop(reached, configuration, front, output)
            if result is not Result.STOPPED:
                return EXIT_CODES[result or Result.STOPPED]
            # What it showed may change what the program has to keep to.
            laid_out = plan_for(options.profile, configuration, reached.machine, level, output, rehearses=False)
            if laid_out is None:
                return WRONG_INPUT
        return await _conduct(laid_out, reached, options, configuration, front, output)
    finally:
        await reached.link.disconnect()


def _check_simulating(options: RunOptions, reached: Reached) -> None:
    if reached.rate is None and (options.confirms or options.rate not in {None, 1.0}):
        raise UsageError(f"--yes and --rate are for simulated machines; {reached.known.passport.name} is a real one")
    if reached.rate is not None and options.rate not in {None, reached.rate}:
        raise UsageError(f"this simulated machine's clock runs at {reached.rate:g}; leave --rate away")
    if not options.confirms:
        need_keys(ADD_YES if reached.rate else "")


async def _screened(configuration: Configuration, front: Front) -> Configuration:
    """Ask what has to be asked once before anybody steps onto a real belt."""
    answer = screening.find(configuration)
    while answer is None:
        typed = await front.is_unwell(screening.CONDITIONS, screening.QUESTION)
        answer = screening.keep(typed or "", configuration, datetime.now(UTC).date())
    if answer.applies:
        front.say(
            "Something of the list applies to you: everything but walking forward is locked. Ask a professional."
        )
        front.say(f"  To be asked again, delete {screening.place(configuration)}")
    return screening.restricted(configuration, answer)


def _remarks(reached: Reached) -> list[str]:
    """What somebody should know of the machine before they step on it."""
    passport, facts, quirk, record, voided = reached.known
    remarks = [f"{passport.name}, {reached.link.address}{', simulated' if passport.simulated else ''}"]
    if facts.note:
        remarks.append(f"{facts.note}{f' ({quirk.source})' if quirk and quirk.facts.note == facts.note else ''}")
    remarks += [f"Its passport is void: {difference}." for difference in voided]
    if not passport.unit_proven:
        why = "its passport is void" if voided else "nobody has measured its belt"
        remarks.append(f"Caps are divided by 1.61: {why}. `treadcoach commission {reached.link.address}` does.")
    elif record:
        remarks.append(f"Its passport has {len(record.steps)} entries.")
    return remarks


async def _conduct(  # noqa: PLR0917 - whom a session concerns
    laid_out: Plan, reached: Reached, options: RunOptions, configuration: Configuration, front: Front, output: Output
) -> int:
    def attend(session: Session) -> Watch | None:
        return Answerer(session, lambda: REACTION_S, lambda _: None).watch if options.confirms else None

    rate = keep_time(reached)
    simulated = f"Simulated, its clock at {rate:g}: nothing here counts toward a level."
    remark = (
        simulated if reached.rate else "The safety key is the last line: clip it on, try it, keep the rails in reach."
    )
    armed = await agreed(laid_out, (*_remarks(reached), remark), front)
    if armed is None:
        return EXIT_CODES[Result.STOPPED]
    occasion = Occasion(
        reached.link.address,
        journal=options.journal,
        orders=orders_of(reached),
        runs_in_real_time=rate == 1,
        silence=silence(rate, mute=options.mute, confirms=options.confirms),
        armed=armed,
        patience_s=PATIENCE_S if options.confirms else None,
        attend=attend,
    )
    ending = await conduct(laid_out, reached.link, occasion, configuration, front, output)
    return EXIT_CODES[ending.result]


# ---- the first time ----------------------------------------------------------------------------------------


async def _test_stop(
    reached: Reached, configuration: Configuration, front: Front, output: Output
) -> tuple[Result | None, Reached]:
    """The first time on a machine: at 1 km/h, with nobody on the belt, the runner stops it once.

    Only a belt that was seen to move, and to obey the stop, passes; what it showed goes into its passport. ``None``:
    the runner would rather not.
    """
    remarks = (
        "First time on this machine: a test stop, with nobody on the belt. Stand beside it, key in your hand.",
        "Press Enter when asked; when the belt moves, press any other key. It has to stop.",
    )
    laid_out = plan(load_profile(_TEST_STOP, "test-stop"), Level.FIRST, reached.machine)
    output.findings(laid_out.findings)
    if not laid_out.is_clear:
        return Result.SAFETY_STOP, reached
    if not await front.approve(Briefing(laid_out, look_ahead(laid_out), laid_out.findings, remarks)):
        return None, reached
    trail: list[commissioning.Moment] = []
    occasion = Occasion(
        reached.link.address,
        "Nobody stands on the belt.",
        silence="nobody stands on the belt",
        orders=orders_of(reached),
        attend=lambda _: lambda *moment: trail.append(moment),
    )
    ending = await conduct(laid_out, reached.link, occasion, configuration, front, output)
    finding = commissioning.stopped_by_hand(trail)
    front.say(f"Test stop: {finding.found}.")
    if finding.is_conclusive and not reached.known.voided:  # a void passport is not written on
        record = enter(reached.known.record or first_record(reached), FIRST_STEP, finding, configuration)
        reached = _known_anew(reached, record)
    if ending.result is Result.STOPPED and finding.is_conclusive and finding.facts.get("controllable") is not False:
        return Result.STOPPED, reached
    front.say("It did not go as it should: no program is run on this machine.")
    is_worse = ending.result in {Result.SAFETY_STOP, Result.STOP_NOT_CONFIRMED}
    return ending.result if is_worse else Result.SAFETY_STOP, reached


def enter(
    record: passports.Record, step: str, finding: commissioning.Finding, configuration: Configuration
) -> passports.Record:
    """Write a finding into a machine's passport, at once: what was measured is not lost."""
    facts = record.facts.model_dump(exclude_none=True)
    update = dict(finding.facts)
    if "unit" in update and facts.get("unit") not in {None, update["unit"]}:
        update["unit"] = "unproven"  # two measurements that disagree prove nothing
    record = record.model_copy(update={"facts": passports.Facts(**{**facts, **update})})
    record = passports.with_step(record, step, finding.found, **finding.evidence)
    passports.save(record, configuration.places.passports)
    return record


def _known_anew(reached: Reached, record: passports.Record) -> Reached:
    """The same machine, with what its passport says now."""
    known = passports.know(reached.identity, reached.link.name, record, simulated=reached.rate is not None)
    return reached._replace(known=known, machine=reached.machine._replace(passport=known.passport))


# ---- scan --------------------------------------------------------------------------------------------------


def scan(adapter: str | None, seconds: float, output: Output) -> int:
    """List the machines in range."""
    adapter = adapter_of(adapter, load())
    output.say(f"Looking for {seconds:g} seconds …")
    found = asyncio.run(ble.scan(adapter, seconds, passports.local_names()))
    for machine in found:
        if output.json:
            output.data(machine._asdict())
        else:
            output.say(line_of(machine))
    if not found:
        raise MachineNotFoundError(f"no treadmill was found; {ONE_AT_A_TIME}")
    return 0


def line_of(machine: ble.Found) -> str:
    """One found machine, for people."""
    identity = passports.Identity()
    quirk = passports.know(identity, machine.name, None, simulated=False).quirk
    remarks = [
        "connected to a program on this computer" if machine.is_connected else f"{machine.rssi} dBm",
        "says it is no treadmill" if machine.is_treadmill is False else "",
        "says it is in use" if machine.is_available is False else "",
        f"known: {quirk.name}" if quirk else "",
    ]
    return f"{machine.address}  {machine.name or '(no name)':<26} {', '.join(filter(None, remarks))}"
