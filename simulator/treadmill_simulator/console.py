"""The console of a simulated machine as words: typed on standard input, or in a script with moments.

    start · stop · pause · speed 3.0 · faster · slower · key out · key in · revoke
    lose · silence 8 · off · on · set ramp_up=0.3 · show

A line of a script begins with its moment: seconds after the first link, or after something else:

    30 speed 1.5
    power+2 start          after the machine was switched on
    link+40 key out        after the first client came
    move+5 stop            after the belt first moved
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import NamedTuple

from treadcoach.errors import UsageError
from treadmill_simulator.machine import Machine
from treadmill_simulator.station import Station
from treadmill_simulator.switches import with_settings

_FOREVER_S = 1e9
_LOOK_EVERY_S = 0.02  # real seconds between looks at whether a moment has come
_MOMENT = re.compile(r"(?:(power|link|move)\+)?([0-9]+(?:\.[0-9]+)?)\s+(.+)")


class Command(NamedTuple):
    """One line of a script."""

    after: str
    """``power``, ``link`` or ``move``."""
    seconds: float
    words: str


class Console:
    """The hands at one machine's console, and the forces around its radio."""

    def __init__(self, station: Station, machine: Machine) -> None:
        self._station = station
        self._machine = machine
        self._moved_at: float | None = None
        self._commands: dict[str, Callable[[list[str]], str | None]] = {
            "start": lambda _: machine.console_start(),
            "stop": lambda _: machine.console_stop(),
            "pause": lambda _: machine.console_pause(),
            "speed": lambda words: machine.console_speed(_number(words, 0.0, 40.0)),
            "faster": lambda _: self._nudge(+1),
            "slower": lambda _: self._nudge(-1),
            "key": self._key,
            "revoke": lambda _: machine.revoke_control(),
            "lose": lambda _: station.close("lost"),
            "silence": lambda words: self._silence(_number(words, 0.0, _FOREVER_S) if words else _FOREVER_S),
            "off": lambda _: self._power(on=False),
            "on": lambda _: self._power(on=True),
            "set": self._set,
            "show": lambda _: self._show(),
        }

    def obey(self, line: str) -> str:
        """Do what a line says; what there is to tell.

        Raises:
            UsageError: it means nothing.
        """
        word, *words = line.split() or [""]
        if word not in self._commands:
            raise UsageError(f"{line!r} means nothing; there are: {', '.join(self._commands)}")
        self._machine.advance(self._station.now)
        told = self._commands[word](words)
        self._station.wake()
        return told or " ".join([word, *words])

    async def perform(self, script: list[Command], tell: Callable[[str], None]) -> None:
        """Do what a script says, each line at its moment."""
        waiting = list(script)
        while waiting:
            if self._moved_at is None and self._machine.belt.speed > 0:
                self._moved_at = self._station.now
            due = [command for command in waiting if self._is_due(command)]
            for command in due:
                waiting.remove(command)
                tell(f"{self._station.now:9.3f} {command.words}: {self.obey(command.words)}")
            await asyncio.sleep(_LOOK_EVERY_S / self._station.rate if not due else 0)

    def _is_due(self, command: Command) -> bool:
        since = {"power": 0.0, "link": self._station.linked_at, "move": self._moved_at}[command.after]
        return since is not None and self._station.now >= since + command.seconds

    def _nudge(self, steps: int) -> None:
        step = self._machine.character.increment_kmh * self._machine.character.target_factor
        self._machine.console_speed(max(0.0, self._machine.belt.target + steps * step))

    def _key(self, words: list[str]) -> None:
        match words:
            case ["out"] | []:
                self._machine.pull_key()
            case ["in"]:
                self._machine.insert_key()
            case _:
                raise UsageError("write `key out` or `key in`")

    def _silence(self, seconds: float) -> None:
        self._station.silent_until = self._station.now + seconds

    def _power(self, *, on: bool) -> None:
        self._station.is_on_air = on
        if not on:
            self._station.close("out of range")

    def _set(self, words: list[str]) -> str:
        self._machine.change(with_settings(self._machine.character, words))
        return f"set {' '.join(words)}"

    def _show(self) -> str:
        belt, motor = self._machine.belt, self._machine.motor
        link = "linked" if self._station.is_connected else "free"
        key = "" if motor.key_is_in else ", key out"
        speed = f"{belt.speed:.2f} km/h toward {belt.target:.2f}"
        return f"{motor.motion.value}, {speed}, {belt.distance_m:.0f} m, {link}{key}"


def read_script(text: str, file: str) -> list[Command]:
    """The commands of a script; ``#`` begins a remark.

    Raises:
        UsageError: a line means nothing; says which.
    """
    commands = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.split("#")[0].strip()
        if not line:
            continue
        found = _MOMENT.fullmatch(line)
        if found is None:
            raise UsageError(f"{file}:{number}: {line!r} has no moment; write `30 stop` or `move+5 stop`")
        after, seconds, words = found.groups()
        commands.append(Command(after or "link", float(seconds), words))
    return commands


def _number(words: list[str], low: float, high: float) -> float:
    try:
        value = float(words[0])
    except (IndexError, ValueError):
        raise UsageError("a number belongs behind it") from None
    if not low <= value <= high:
        raise UsageError(f"{value:g} is not between {low:g} and {high:g}")
    return value
