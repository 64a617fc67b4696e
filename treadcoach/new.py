"""`treadcoach new` and `treadcoach schema`: a profile to begin with, and what an editor needs to help with it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from shlex import quote
from typing import NamedTuple, TypeVar

from treadcoach.authoring import read
from treadcoach.config import Configuration, load
from treadcoach.drafting import PROPOSALS, Wishes, draft
from treadcoach.edges import library
from treadcoach.errors import ProfileError, UsageError
from treadcoach.motion import Level, Machine
from treadcoach.output import Output
from treadcoach.preflight import plan
from treadcoach.program import quantities
from treadcoach.program.quantities import QuantityError
from treadcoach.program.reader import inspect
from treadcoach.program.schema import FILE_NAME, MODELINE, schema

Ask = Callable[[str, str], str]
"""Asks somebody a question, with a proposal."""

_NAME = re.compile(r"[\w][\w .-]{0,60}")
_LONGEST_GOAL = 200
_T = TypeVar("_T")


class Wanted(NamedTuple):
    """What the command line says; ``None`` is to be asked for."""

    template: str | None = None
    level: str | None = None
    goal: str | None = None
    minutes: str | None = None
    work: str | None = None
    rest: str | None = None
    units: str | None = None


def print_schema(output: Output) -> int:
    """The JSON Schema of the profile language."""
    output.out.write(_schema_text())
    return 0


def _schema_text() -> str:
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def new(name: str, wanted: Wanted, ask: Ask | None, output: Output) -> int:
    """Write a profile to go on with, beside the runner's own, or where a path says.

    Args:
        name: A name, or a path that ends in .yaml.
        wanted: What is known already.
        ask: Asks for the rest; ``None`` where nobody is there to be asked.
        output: Where words go.

    Raises:
        UsageError: the name is none, or taken; something is missing; or no such profile would pass.
    """
    configuration = load()
    path = _path(name, configuration)
    if path.exists():
        raise UsageError(f"{path} exists; choose another name, or edit that one")
    if path.parent == configuration.places.profiles and (library.shipped_folder() / path.name).exists():
        raise UsageError(f"{name!r} is a shipped program, which yours would hide; choose another name")
    modeline = _modeline(path, configuration)
    title = path.stem.replace("-", " ").replace("_", " ").strip().capitalize()
    if wanted.template:
        if wanted != Wanted(wanted.template):
            raise UsageError("--from copies a program with everything; leave the other flags out, and edit the copy")
        text = _copied(wanted.template, title, modeline, configuration)
    else:
        text = _drafted(title, wanted, ask, configuration, output, modeline=modeline)
    _save(configuration.places.profiles / FILE_NAME, _schema_text(), "w")
    _save(path, text, "x")
    if output.json:
        output.data({"file": str(path)})
    output.say(str(path))
    output.say(f"`treadcoach check {quote(name)}` shows what it will feel like; `rehearse` runs it without a belt.")
    return 0


def _path(name: str, configuration: Configuration) -> Path:
    """Where it goes: a bare name is for the runner's own folder."""
    path = Path(name)
    if not _NAME.fullmatch(path.stem):
        raise UsageError(f"{name!r} is no name for a program; use letters, digits and hyphens")
    if path.suffix == ".yaml" or path.name != name:
        return path.with_suffix(".yaml")
    return configuration.places.profiles / f"{name}.yaml"


def _modeline(path: Path, configuration: Configuration) -> str:
    """Beside the schema its name is enough; from elsewhere, where it is on this computer."""
    own = configuration.places.profiles
    is_beside = path.parent.absolute() == own.absolute()
    return MODELINE.format(FILE_NAME if is_beside else (own / FILE_NAME).absolute())


def _copied(template: str, title: str, modeline: str, configuration: Configuration) -> str:
    """Another program under a new name, with everything that its author wrote."""
    source = read(template, configuration.places.profiles)
    if source.reading.profile is None or source.reading.findings:
        raise ProfileError(source.reading.findings)
    lines = source.text.splitlines()
    if lines[0].startswith(MODELINE.format("")):
        del lines[0]
    text = re.sub(r"^name:.*$", f"name: {title}", "\n".join(lines), count=1, flags=re.MULTILINE)
    return f"{modeline}\n{text}\n"


def _drafted(
    title: str, wanted: Wanted, ask: Ask | None, configuration: Configuration, output: Output, *, modeline: str
) -> str:
    """A draft that passes; at a terminal what does not fit is asked for once more."""
    while True:
        wishes = _wishes(title, wanted, ask, configuration, output)
        text = draft(wishes, modeline)
        try:
            _refuse_what_would_not_pass(text, title, wishes)
        except UsageError as error:
            if ask is None:
                raise
            print(f"  {error}", file=output.err)
            wanted = Wanted(level=wishes.level, goal=wishes.goal, units=wishes.units)
        else:
            return text


# ---- the five questions ------------------------------------------------------------------------------------


def _wishes(title: str, wanted: Wanted, ask: Ask | None, configuration: Configuration, output: Output) -> Wishes:
    """What is wanted: from the flags, and for the rest from whoever is there."""
    if ask is None:
        _refuse_gaps(wanted)
    asker = _Asker(ask, output)
    settings = configuration.settings
    usual = settings.runner.level or Level.FIRST
    level = asker.get(wanted.level, f"level ({', '.join(Level)})", usual.value, _level)
    minutes, work_and_rest, goal = PROPOSALS[level]
    goal = asker.get(wanted.goal, "goal", goal, _goal)
    length = asker.get(wanted.minutes, "minutes in all", str(minutes), _minutes)
    work_s, rest_s = asker.get(_joined(wanted), "work / rest", work_and_rest, _work_and_rest)
    units = asker.get(wanted.units, "units (km/h, mph)", settings.display_units, _units)
    return Wishes(title, level, goal, length, work_s, rest_s, units)


def _refuse_gaps(wanted: Wanted) -> None:
    """Nobody is there: what the program stands or falls with has to be given."""
    gaps = [f"--{name}" for name in ("level", "minutes", "work", "rest") if getattr(wanted, name) is None]
    if gaps:
        raise UsageError(f"there is no terminal to ask at; give {', '.join(gaps)}, or --from PROGRAM")


class _Asker(NamedTuple):
    ask: Ask | None
    output: Output

    def get(self, given: str | None, question: str, proposal: str, parse: Callable[[str], _T]) -> _T:
        """What a flag says; or the answer to a question, asked until it is one."""
        if given is not None or self.ask is None:
            return parse(proposal if given is None else given)
        while True:
            try:
                return parse(self.ask(question, proposal))
            except UsageError as error:
                print(f"  {error}", file=self.output.err)


def _level(text: str) -> Level:
    if text.lower() not in list(Level):
        raise UsageError(f"{text!r} is no level: {', '.join(Level)}")
    return Level(text.lower())


def _goal(text: str) -> str:
    if not 0 < len(text) <= _LONGEST_GOAL or not text.isprintable():
        raise UsageError("write the goal in one line")
    return text


def _minutes(text: str) -> float:
    """A bare number is minutes."""
    try:
        return _seconds(f"{text} min" if text.strip().replace(".", "", 1).isdecimal() else text) / 60
    except UsageError:
        raise UsageError(f"{text!r} are no minutes; write a number, such as 15") from None


def _joined(wanted: Wanted) -> str | None:
    """Work and rest are one question, and two flags."""
    return f"{wanted.work} / {wanted.rest}" if wanted.work and wanted.rest else None


def _work_and_rest(text: str) -> tuple[float, float]:
    work, slash, rest = text.partition("/")
    if not slash:
        raise UsageError("write work and rest with a slash between them: 30 s / 1 min")
    return _seconds(work), _seconds(rest)


def _seconds(text: str) -> float:
    try:
        return quantities.duration(text.strip())
    except QuantityError as error:
        raise UsageError(f"{error.message}; {error.hint}") from None


def _units(text: str) -> str:
    if text.lower() not in {"km/h", "mph"}:
        raise UsageError(f"{text!r} is no unit: km/h or mph")
    return text.lower()


# ---- writing -----------------------------------------------------------------------------------------------


def _refuse_what_would_not_pass(text: str, title: str, wishes: Wishes) -> None:
    """A draft that `check` would refuse, or that is longer than was wished, is no beginning."""
    profile, findings = inspect(text, title)
    assert profile is not None  # noqa: S101 - we have written it
    laid_out = plan(profile, None, Machine())
    reasons = sorted({finding.message for finding in (*findings, *laid_out.findings)})
    if not reasons and laid_out.timeline.duration_s > wishes.minutes * 60 + 1:
        length = quantities.clock(laid_out.timeline.duration_s)
        reasons = [f"with a warm-up, two turns and one round it takes {length} at the least"]
    if reasons:
        raise UsageError(f"that does not fit: {'; '.join(reasons)}; change minutes, work or rest")


def _save(path: Path, text: str, mode: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open(mode, encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
