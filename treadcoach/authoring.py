"""Programs at the desk, where nothing moves: find them, check them, list them."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from treadcoach.edges import library
from treadcoach.errors import Finding, ProfileError, UsageError
from treadcoach.flight import Flight, look_ahead
from treadcoach.motion import Level, Machine
from treadcoach.output import Output
from treadcoach.preflight import Plan, plan
from treadcoach.program.document import MAXIMUM_BYTES
from treadcoach.program.quantities import clock
from treadcoach.program.reader import Reading, inspect

if TYPE_CHECKING:
    from treadcoach.config import Configuration

WRONG_INPUT = 2


class Source(NamedTuple):
    """A profile's text, what it says, and what is wrong with it."""

    text: str
    reading: Reading


def read(name: str, own_folder: Path) -> Source:
    """The profile that somebody means: a path, or the name of one of their own or of a shipped one.

    Raises:
        ProfileError: there is no such file, or it cannot be opened.
    """
    path = library.find(name, own_folder)
    if path is None:
        raise ProfileError((_missing(name, own_folder),))
    shown = name if path == Path(name) else str(path)
    try:
        with path.open("rb") as file:
            raw = file.read(MAXIMUM_BYTES + 1)  # one more than is ever read is enough to say that it is too much
    except OSError as error:
        message = f"it cannot be read: {error.strerror}"
        raise ProfileError((Finding(shown, 1, 1, "error", "no-file", message),)) from None
    return Source(raw.decode("utf-8-sig", errors="replace"), inspect(raw, shown))


def _missing(name: str, own_folder: Path) -> Finding:
    if library.is_folder(name):
        hint = f"`treadcoach check {name}` checks every profile in it"
        return Finding(name, 1, 1, "error", "folder", "this is a folder, not a profile", hint)
    names = [found.name for found in library.every_profile(own_folder)]
    near = get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else "`treadcoach profiles` lists the programs"
    return Finding(name, 1, 1, "error", "no-file", "there is no such profile", hint)


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
    source = read(name, configuration.places.profiles)
    laid_out, findings = lay_out(source, configuration, machine, level)
    if rehearses:
        findings = tuple(f._replace(severity="warning") if f.code == "dose" else f for f in findings)
    output.findings(findings, source.text)
    return None if any(f.severity == "error" for f in findings) else laid_out


def lay_out(
    source: Source, configuration: Configuration, machine: Machine, level: Level | None
) -> tuple[Plan | None, tuple[Finding, ...]]:
    """A plan, as far as the profile could be read, and everything that is wrong with either."""
    profile, findings = source.reading
    settings = configuration.settings
    laid_out = plan(profile, level or settings.runner.level, machine, settings.lowered) if profile else None
    every = {*findings, *(laid_out.findings if laid_out else ())}
    return laid_out, tuple(sorted(every, key=lambda finding: (finding.line, finding.column, finding.code)))


def save_picture(name: str, text: str) -> None:
    """Write an SVG; one that is there is drawn anew, and nothing else is ever overwritten.

    Raises:
        UsageError: it cannot be written, or is no name of a picture.
    """
    path = Path(name)
    if path.suffix != ".svg":
        raise UsageError(f"--svg {name}: a picture's name ends in .svg")
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"the picture {name} cannot be written: {error.strerror}") from None


# ---- the list ----------------------------------------------------------------------------------------------


def figures(laid_out: Plan, flight: Flight) -> dict[str, Any]:
    """What a list of programs shows of one."""
    return {
        "name": laid_out.profile.name,
        "level": laid_out.limits.level.value,
        "duration_s": flight.duration_s,
        "backward_s": flight.sums["backward"].seconds,
        "peak_kmh": flight.peak_speed.kmh,
        "goal": laid_out.profile.goal,
    }


_HEAD = f"{'program':<22} {'level':<13} {'in all':>7} {'backward':>8} {'peak':>5} {'METs':>5}  {'now':<4} goal"


def list_profiles(level: Level | None, output: Output) -> int:
    """The programs that ship, and the runner's own."""
    from treadcoach.config import load  # noqa: PLC0415 - as in `check`

    configuration = load()
    settings = configuration.settings
    runner = level or settings.runner.level or Level.FIRST
    output.say(_HEAD)
    entries = []
    for found in library.every_profile(configuration.places.profiles):
        profile, findings = read(str(found.path), configuration.places.profiles).reading
        if profile is None or findings:
            output.say(f"{found.name:<22} cannot be read; try `treadcoach check {found.path}`")
            continue
        laid_out = plan(profile, None, Machine())
        flight = look_ahead(laid_out)
        told = figures(laid_out, flight) | {"level": profile.level.value}
        told |= {"peak_mets": round(flight.peak.middle, 1)}
        told |= {"now": plan(profile, runner, Machine(), settings.lowered).is_clear}
        entries.append((found, profile.level.rank, told))
    for found, _, told in sorted(entries, key=lambda e: (e[0].is_shipped, e[1], e[2]["backward_s"])):
        _list(found, told, output)
    whose = "as given" if level else "as set" if settings.runner.level else "as nothing else is set"
    output.say(
        f"\nminutes in all and backward, peak in km/h; now: whether a runner of the {runner} level, {whose}, may."
    )
    output.say("`treadcoach check PROGRAM` shows one in full; `--level` is for another runner.")
    return 0


def _list(found: library.Found, told: dict[str, Any], output: Output) -> None:
    """One line of the list."""
    if output.json:
        origin = "shipped" if found.is_shipped else "own"
        output.data({"profile": found.name, "origin": origin, "file": str(found.path), **told})
        return
    length = f"{clock(told['duration_s']):>7} {clock(told['backward_s']):>8} {told['peak_kmh']:>5.1f}"
    answer = "yes" if told["now"] else "no"
    own = "" if found.is_shipped else "(own) "
    row = f"{found.name:<22} {told['level']:<13} {length} {told['peak_mets']:>5.1f}  {answer:<4}"
    output.say(f"{row} {own}{told['goal'] or ''}")
