"""`treadcoach check`: what is wrong with a profile, and what the runner will feel; nothing moves."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from treadcoach import chart
from treadcoach.advice import advise
from treadcoach.authoring import WRONG_INPUT, figures, lay_out, read, save_picture
from treadcoach.edges import library
from treadcoach.edges.briefing import brief
from treadcoach.energy import kilocalories
from treadcoach.errors import Finding, ProfileError, UsageError
from treadcoach.flight import Flight, Leg, Motor, look_ahead
from treadcoach.motion import Level, Machine
from treadcoach.output import Output
from treadcoach.places import places
from treadcoach.preflight import Plan
from treadcoach.program.quantities import clock
from treadcoach.treadmill import machine_of

if TYPE_CHECKING:
    from treadcoach.config import Configuration

# For the kilocalories of somebody who has not said; the mass that tables of them assume.
USUAL_WEIGHT_KG = 70.0


class CheckOptions(NamedTuple):
    """What `check` was told."""

    level: Level | None = None
    treadmill: str | None = None
    """By its passport's name or address."""
    weight_kg: float | None = None
    plot: bool = False
    svg: str | None = None


def check(names_or_paths: tuple[str, ...], options: CheckOptions, output: Output) -> int:
    """Validate profiles and say what the runner will feel, on a common machine or on one with a passport."""
    names = [name for given in names_or_paths for name in _expanded(given, output)]
    if options.svg and len(names) > 1:
        raise UsageError(f"--svg draws one program; there are {len(names)}")
    desk = _Desk(options, output, is_alone=len(names) == 1)
    clear = [desk.check(name) for name in names]
    return 0 if clear and all(clear) else WRONG_INPUT


def _expanded(given: str, output: Output) -> Iterator[str]:
    """A folder stands for the profiles in it."""
    if not library.is_folder(given):
        yield given
        return
    found = [str(path) for path in library.in_folder(Path(given))]
    if not found:
        hint = "a profile is a file that ends in .yaml"
        output.findings((Finding(given, 1, 1, "error", "no-file", "there are no profiles in this folder", hint),))
    yield from found


class _Desk:
    """One profile after another, on one machine.

    Settings and passports are loaded when there is something to be planned: a file that cannot be read does without,
    and their models take a tenth of a second.
    """

    def __init__(self, options: CheckOptions, output: Output, *, is_alone: bool) -> None:
        self.options = options
        self.output = output
        self.is_alone = is_alone

    @cached_property
    def configuration(self) -> Configuration:
        """What is set."""
        from treadcoach.config import load  # noqa: PLC0415

        return load()

    @cached_property
    def machine(self) -> tuple[Machine, Motor]:
        """What the programs are held against."""
        treadmill = self.options.treadmill
        return _machine(treadmill, self.configuration) if treadmill else (Machine(), Motor())

    @property
    def weight_kg(self) -> float:
        """Of the runner."""
        return self.options.weight_kg or self.configuration.settings.runner.weight_kg or USUAL_WEIGHT_KG

    def check(self, name: str) -> bool:
        """Say everything about one profile; whether it may be run."""
        output = self.output
        try:
            source = read(name, places(os.environ).profiles)
        except ProfileError as error:
            output.findings(error.findings)
            return False
        if source.reading.profile is None:
            output.findings(source.reading.findings, source.text)
            return False
        machine, motor = self.machine
        laid_out, findings = lay_out(source, self.configuration, machine, self.options.level)
        if laid_out is None or any(finding.severity == "error" for finding in findings):
            output.findings(findings, source.text)
            return False
        flight = look_ahead(laid_out, motor)
        output.findings((*findings, *advise(laid_out, flight)), source.text)
        if output.json:
            output.data({"file": name, "ok": True, **figures(laid_out, flight), **self._details(flight)})
        else:
            self._tell(name, laid_out, flight)
        return True

    def _tell(self, name: str, laid_out: Plan, flight: Flight) -> None:
        say = self.output.say
        told = figures(laid_out, flight)
        length = f"{clock(told['duration_s'])}, {clock(told['backward_s'])} of it backward"
        say(f"{name}: ok: {told['name']}, level {told['level']}, {length}, peak {told['peak_kmh']:.1f} km/h")
        if self.is_alone:
            brief(laid_out, flight, self.machine[1], self.weight_kg, say)
        if self.options.plot:
            say(chart.draw(chart.planned(laid_out.timeline), colour=self.output.colour))
        if self.options.svg:
            save_picture(self.options.svg, chart.svg(laid_out.profile.name, chart.planned(laid_out.timeline)))
            say(f"  drawn: {self.options.svg}")

    def _details(self, flight: Flight) -> dict[str, Any]:
        burnt = kilocalories(flight.mean, flight.duration_s, self.weight_kg)
        return {
            "clock_s": round(flight.clock_s),
            "longest_backward_s": flight.longest_backward_s,
            "turns": flight.turns,
            "starts": flight.starts,
            "facing": {name: {"seconds": s, "metres": round(m, 1)} for name, (s, m) in flight.sums.items()},
            "peak_mets": _rounded(flight.peak),
            "mean_mets": _rounded(flight.mean),
            "kcal": [round(end) for end in burnt],
            "weight_kg": self.weight_kg,
            "segments": [_segment(leg) for leg in flight.legs],
        }


def _rounded(found: tuple[float, float]) -> list[float]:
    return [round(end, 1) for end in found]


def _segment(leg: Leg) -> dict[str, Any]:
    """One segment for programs."""
    segment = leg.segment
    told: dict[str, Any] = {
        "start_s": segment.start_s,
        "duration_s": segment.duration_s,
        "movement": segment.movement.value,
        "line": segment.place.line,
    }
    if segment.is_stand:
        return told
    return told | {
        "facing": segment.movement.facing,
        "from_kmh": leg.from_speed.kmh,
        "to_kmh": leg.to_speed.kmh,
        "incline_pct": segment.incline.percent,
        "there_s": round(leg.there_s, 1),
        "steady_s": round(leg.steady_s, 1),
        "cap_kmh": leg.cap.kmh,
        "cap": leg.binds,
        "margin_kmh": leg.margin / 100,
        "mets": _rounded(leg.effort),
        "metres": round(leg.metres, 1),
    }


def _machine(treadmill: str, configuration: Configuration) -> tuple[Machine, Motor]:
    """A machine as its passport has it.

    Raises:
        UsageError: it has none, or nobody may be coached on it.
    """
    from treadcoach import passports  # noqa: PLC0415

    record = passports.find(treadmill, configuration.places.passports)
    if record is None:
        every = [record.name for record in passports.every(configuration.places.passports)]
        there_are = f"there are passports of {', '.join(every)}" if every else "there are no passports yet"
        raise UsageError(f"no passport of {treadmill!r}; {there_are}; `treadcoach commission ADDRESS` writes one")
    known = passports.know(record.identity, record.local_name, record, simulated=False)
    if known.refusal:
        raise UsageError(f"{record.name} can be watched, not coached: {known.refusal}")
    facts = known.facts
    motor = Motor(facts.ramp_up, facts.ramp_down, facts.start_s)
    return machine_of(known.passport, record.identity.capabilities), motor
