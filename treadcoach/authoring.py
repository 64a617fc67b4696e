"""Programs at the desk, where nothing moves: find them, check them, list them."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Any

from treadcoach import passports
from treadcoach.config import Configuration, load
from treadcoach.edges import library
from treadcoach.errors import Finding, ProfileError, UsageError
from treadcoach.motion import Level, Machine, Movement
from treadcoach.output import Output
from treadcoach.preflight import Plan, plan
from treadcoach.program import profile as profiles
from treadcoach.program.quantities import clock
from treadcoach.treadmill import machine_of

WRONG_INPUT = 2


def read(name: str, configuration: Configuration) -> profiles.Reading:
    """The profile that somebody means, and what is wrong with it.

    Raises:
        ProfileError: there is no such file, or it cannot be opened.
    """
    path = library.find(name, configuration.places.profiles)
    if path is None:
        names = [found.name for found in library.every_profile(configuration.places.profiles)]
        near = get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "`treadcoach profiles` lists the programs"
        raise ProfileError((Finding(name, 1, 1, "error", "no-file", "there is no such profile", hint),))
    try:
        return profiles.inspect(path.read_bytes(), name if path == Path(name) else str(path))
    except OSError as error:
        raise ProfileError(
            (Finding(name, 1, 1, "error", "no-file", f"it cannot be read: {error.strerror}"),)
        ) from None


def plan_for(
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
    reading = read(name, configuration)
    settings = configuration.settings
    chosen = level or settings.runner.level
    laid_out = plan(reading.profile, chosen, machine, settings.lowered) if reading.profile else None
    findings = reading.findings + (laid_out.findings if laid_out else ())
    if rehearses:
        findings = tuple(f._replace(severity="warning") if f.code == "dose" else f for f in findings)
    output.findings(tuple(sorted(set(findings), key=lambda f: (f.line, f.column))))
    return None if any(f.severity == "error" for f in findings) else laid_out


def check(names_or_paths: tuple[str, ...], level: Level | None, treadmill: str | None, output: Output) -> int:
    """Validate profiles and hold them against the limits, of a common machine or of one with a passport."""
    configuration = load()
    machine = _machine(treadmill, configuration) if treadmill else Machine()
    every_one_is_clear = True
    for name in names_or_paths:
        try:
            laid_out = plan_for(name, configuration, machine, level, output, rehearses=False)
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


def _machine(treadmill: str, configuration: Configuration) -> Machine:
    """A machine as its passport has it.

    Raises:
        UsageError: it has none, or nobody may be coached on it.
    """
    record = passports.find(treadmill, configuration.places.passports)
    if record is None:
        every = [record.name for record in passports.every(configuration.places.passports)]
        there_are = f"there are passports of {', '.join(every)}" if every else "there are no passports yet"
        raise UsageError(f"no passport of {treadmill!r}; {there_are}; `treadcoach commission ADDRESS` writes one")
    known = passports.know(record.identity, record.local_name, record, simulated=False)
    if known.refusal:
        raise UsageError(f"{record.name} can be watched, not coached: {known.refusal}")
    return machine_of(known.passport, record.identity.capabilities)


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
        reading = read(str(found.path), configuration)
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
