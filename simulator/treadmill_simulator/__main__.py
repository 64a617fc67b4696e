"""`treadmill-simulator`: simulated treadmills for any program that speaks Bluetooth."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import click

from treadcoach import __version__
from treadcoach.errors import TreadcoachError, UsageError
from treadmill_simulator import tape
from treadmill_simulator.characters import CHARACTERS, FAMILIES, MISBEHAVIOURS
from treadmill_simulator.console import Command, Console, read_script
from treadmill_simulator.log import WireLog
from treadmill_simulator.machine import Machine
from treadmill_simulator.station import Peripheral, Station
from treadmill_simulator.switches import Character, describe, with_settings

_FIRST_ADDRESS = 0xF0F1F2F3F400
USAGE, UNREACHABLE = 2, 3


class Options(NamedTuple):
    """What was asked for on the command line."""

    bus: bool
    radio: str | None
    host: str | None
    machines: list[Peripheral]
    rate: float
    script: list[Command]
    log: str | None
    adapters: int
    interval_ms: float
    disconnect_s: float


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="treadmill-simulator")
@click.option("--bus", is_flag=True, help="As a device of org.bluez on a private D-Bus; prints the line to export.")
@click.option(
    "--radio", metavar="TRANSPORT", help="As a Bluetooth LE peripheral through Bumble: usb:0, serial:…, tcp-…"
)
@click.option("--host", metavar="ADAPTER", help="As a peripheral of this computer's own BlueZ: hci0.")
@click.option("--character", "names", multiple=True, metavar="NAME", help="Which machine; several times for several.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="One switch; several times for several.")
@click.option("--replay", metavar="CAPTURE", help="Play a recording back as a machine: a capture file, or a --log.")
@click.option(
    "--sequence",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Which recording of a capture file, or which machine of a log.",
)
@click.option(
    "--rate", type=click.FloatRange(0.01, 655), default=1.0, show_default=True, help="Of the machines' clock."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of everything that varies.")
@click.option("--script", type=click.Path(dir_okay=False), help="Hands at the console, each at its moment.")
@click.option("--log", type=click.Path(dir_okay=False), help="Everything on the wire, as JSON Lines.")
@click.option("--adapters", type=click.IntRange(1, 4), default=1, show_default=True, help="How many the bus shows.")
@click.option("--interval-ms", type=click.FloatRange(0, 4000), default=0.0, help="The bus's connection interval.")
@click.option(
    "--disconnect-s", type=click.FloatRange(0, 10), default=0.0, help="How long the bus takes to disconnect."
)
@click.option("--list", "lists", is_flag=True, help="List the characters and the switches.")
def main(**given: Any) -> None:  # noqa: ANN401 - click's own values
    """Simulated treadmills for any program that speaks Bluetooth: on a private bus, or on the air.

    While it runs, lines on standard input are hands at the console: `start`, `stop`, `speed 2.0`, `key out`, `lose`,
    `silence 8`, `set units=mph` …; with several machines `2: stop`.
    """
    if given.pop("lists"):
        _list()
        return
    try:
        options = _options(given)
        with _log(options.log) as log:
            sys.exit(asyncio.run(_serve(options, WireLog(log))))
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(USAGE)
    except TreadcoachError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(UNREACHABLE)


def _list() -> None:
    for title, names in (("single misbehaviours", MISBEHAVIOURS), ("families of real machines", FAMILIES)):
        print(f"{title}\n")
        for name in names:
            character = CHARACTERS[name]
            source = f"  [{character.source}]" if character.source else ""
            print(f"  {name:<16} {character.about}{source}")
        print()
    print("switches, each with its sound value: --set NAME=VALUE\n")
    print("\n".join(f"  {line}" for line in describe()))


def _options(given: dict[str, Any]) -> Options:
    if given["bus"] + bool(given["radio"]) + bool(given["host"]) != 1:
        raise UsageError(
            "--bus, --radio TRANSPORT or --host ADAPTER: where shall the machine be? --list shows what it can be"
        )
    _refuse_what_does_nothing(given)
    if given["replay"]:
        machines: list[Peripheral] = [tape.load(Path(given["replay"]), given["sequence"] - 1)]
    else:
        names = given["names"] or ("well-behaved",)
        machines = [
            Machine(_character(name, given["settings"]), given["seed"] + index) for index, name in enumerate(names)
        ]
    return Options(
        bus=given["bus"],
        radio=given["radio"],
        host=given["host"],
        machines=machines,
        rate=given["rate"],
        script=_script(given["script"]),
        log=given["log"],
        adapters=given["adapters"],
        interval_ms=given["interval_ms"],
        disconnect_s=given["disconnect_s"],
    )


def _refuse_what_does_nothing(given: dict[str, Any]) -> None:
    """Flags that were given and that something else makes meaningless."""
    context = click.get_current_context()

    def were_given(*names: str) -> list[str]:
        sources = [(name, context.get_parameter_source(name)) for name in names]
        return [name for name, source in sources if source is click.core.ParameterSource.COMMANDLINE]

    of_machines = were_given("names", "settings", "seed", "script") if given["replay"] else []
    of_the_bus = [] if given["bus"] else were_given("adapters", "interval_ms", "disconnect_s")
    flags = {"names": "character", "settings": "set"}
    for why, names in (("a recording is what it is", of_machines), ("they are for --bus", of_the_bus)):
        if names:
            listed = ", ".join(f"--{flags.get(name, name).replace('_', '-')}" for name in names)
            raise UsageError(f"{listed}: {why}; leave them away")


def _character(name: str, settings: tuple[str, ...]) -> Character:
    if name not in CHARACTERS:
        raise UsageError(f"there is no character {name!r}; --list shows them: {', '.join(CHARACTERS)}")
    return with_settings(CHARACTERS[name], settings)


def _script(file: str | None) -> list[Command]:
    if file is None:
        return []
    try:
        return read_script(Path(file).read_text(encoding="utf-8"), file)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None


# ---- serving -----------------------------------------------------------------------------------------------


def _log(file: str | None) -> contextlib.AbstractContextManager[TextIO | None]:
    try:
        return Path(file).open("w", encoding="utf-8") if file else contextlib.nullcontext()
    except OSError as error:
        raise UsageError(f"the log {file} cannot be written: {error.strerror}") from None


async def _serve(options: Options, log: WireLog) -> int:
    """Until a signal comes."""
    stations = [
        Station(machine, _address(number), options.rate, log)
        for number, machine in enumerate(options.machines, start=1)
    ]
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with _on_the_air(options, stations):
        consoles = [Console(s, s.machine) for s in stations if isinstance(s.machine, Machine)]
        tasks = [asyncio.create_task(console.perform(options.script, _say)) for console in consoles]
        with _hands(consoles):
            await ended.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return 0


@contextlib.asynccontextmanager
async def _on_the_air(options: Options, stations: list[Station]) -> AsyncIterator[None]:
    if options.radio:
        from treadmill_simulator.radio import Radio  # noqa: PLC0415 - Bumble is an extra

        async with Radio(options.radio, stations):
            _introduce(stations)
            yield
        return
    if options.host:
        from treadmill_simulator.host import Host  # noqa: PLC0415 - only a bus needs D-Bus

        async with Host(options.host, stations):
            _introduce(stations)
            yield
        return
    from treadmill_simulator.bluez import Bluez  # noqa: PLC0415 - only a bus needs D-Bus
    from treadmill_simulator.dbus import PrivateBus  # noqa: PLC0415

    adapters = [f"hci{number}" for number in range(options.adapters)]
    async with (
        PrivateBus() as address,
        Bluez(
            address,
            stations,
            adapters=adapters,
            interval_s=options.interval_ms / 1000,
            disconnect_s=options.disconnect_s,
        ),
    ):
        _say(f"export DBUS_SYSTEM_BUS_ADDRESS={address}")
        _introduce(stations)
        yield


def _address(number: int) -> str:
    """F0:F1:F2:F3:F4:01 and on: static random addresses."""
    return (_FIRST_ADDRESS + number).to_bytes(6, "big").hex(":").upper()


def _introduce(stations: list[Station]) -> None:
    for station in stations:
        name = station.machine.advertisement.name or "(no name)"
        kind = station.machine.character.name if isinstance(station.machine, Machine) else "recording"
        _say(f"# {station.address}  {name}  ({kind}, clock at {station.rate:g})")


def _say(text: str) -> None:
    print(text, flush=True)


@contextlib.contextmanager
def _hands(consoles: list[Console]) -> Iterator[None]:
    """Lines on standard input are hands at the consoles, as long as there is one to read from."""
    loop = asyncio.get_running_loop()
    rest = b""

    def readable() -> None:
        nonlocal rest
        data = os.read(sys.stdin.fileno(), 4096)
        if not data:
            loop.remove_reader(sys.stdin.fileno())
            return
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            _obey(consoles, line.decode("utf-8", "replace").strip())

    try:
        loop.add_reader(sys.stdin.fileno(), readable)
    except (OSError, ValueError):  # a file or nothing at all: there are no hands
        yield
        return
    try:
        yield
    finally:
        loop.remove_reader(sys.stdin.fileno())


def _obey(consoles: list[Console], line: str) -> None:
    number, separator, words = line.partition(":")
    index = int(number) - 1 if separator and number.strip().isdecimal() else 0
    if not line:
        return
    if not 0 <= index < len(consoles):
        print(f"? there is no machine {index + 1}; there are {len(consoles)}", file=sys.stderr, flush=True)
        return
    try:
        _say(f"# {consoles[index].obey(words.strip() if separator else line)}")
    except UsageError as error:
        print(f"? {error}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
