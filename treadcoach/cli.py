"""The command line: words into calls. Loads what a command needs when it is called."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from treadcoach import __version__
from treadcoach.command import common

if TYPE_CHECKING:
    from treadcoach.motion import Level
    from treadcoach.output import Output

LEVELS = ("first", "novice", "intermediate", "advanced", "harness")

EPILOG = """\b
exit codes
  0  done; for run: the program was completed and the belt was seen to stop
  1  a fault of ours
  2  wrong usage, or an invalid profile or configuration
  3  no such machine, no adapter, or the link failed before anything moved
  4  ended early by the runner; the belt was seen to stop
  5  safety stop; the belt was seen to stop
  6  STOP NOT CONFIRMED: the belt was not seen to stop
"""


def _level(name: str | None) -> Level | None:
    from treadcoach.motion import Level  # noqa: PLC0415

    return Level(name) if name else None


def _refuse_to_overwrite(journal: str | None) -> None:
    from treadcoach.errors import UsageError  # noqa: PLC0415

    if journal and os.path.exists(journal):  # noqa: PTH110 - pathlib would double the time of --help
        raise UsageError(f"{journal} exists; journals are never overwritten")


level_option = click.option("--level", type=click.Choice(LEVELS), help="Hold it against this level's limits.")
adapter_option = click.option(
    "--adapter", metavar="NAME", help="Which Bluetooth adapter, as soon as there are two: hci0."
)
svg_option = click.option("--svg", type=click.Path(dir_okay=False), metavar="FILE", help="Draw it into this file.")
profile_argument = click.argument("profile")


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="treadcoach")
def main() -> None:
    """Coach retro running: running and walking backward on a treadmill.

    A training aid, not a safety device: the safety key is the last line, your treadmill's maker may forbid backward
    use, and a professional should be asked first.
    """


@main.command()
@common
def demo(output: Output) -> int:
    """Coach a short retro interval on the embedded simulator."""
    from treadcoach.demo import demo as show  # noqa: PLC0415

    return show(output)


@main.command()
@click.argument("profile", required=False)
@click.option(
    "--simulate",
    is_flag=False,
    flag_value="well-behaved",
    metavar="[CHARACTER]",
    help="On the embedded simulator.",
)
@click.option("--machine", metavar="ADDRESS", help="The treadmill: its address, or the name of its passport.")
@adapter_option
@click.option("--rate", type=float, default=None, help="Time factor; only when simulating.")
@click.option("--yes", is_flag=True, help="A simulated runner confirms; only when simulating.")
@click.option("--seed", type=int, default=1, help="Of everything that varies in the simulation.")
@click.option("--journal", type=click.Path(dir_okay=False), help="Write the journal here.")
@click.option("--no-tui", is_flag=True, help="Plain lines instead of the full screen.")
@click.option("--mute", is_flag=True, help="No voice and no bell, for whoever has other means to hear of a change.")
@level_option
@common
def run(
    output: Output,
    *,
    profile: str | None,
    simulate: str | None,
    machine: str | None,
    adapter: str | None,
    rate: float | None,
    yes: bool,
    seed: int,
    journal: str | None,
    level: str | None,
    no_tui: bool,
    mute: bool,
) -> int:
    """Coach a program: a file, or the name of a shipped one."""
    from treadcoach.errors import UsageError  # noqa: PLC0415

    if profile is None and simulate:
        profile, simulate = simulate, "well-behaved"  # `run --simulate PROFILE`: the word behind it was the program
    if profile is None:
        raise UsageError("which program? `treadcoach profiles` lists them; `treadcoach run PROFILE --simulate`")
    if rate is not None and not 0 < rate < float("inf"):
        raise UsageError(f"--rate {rate:g} is no time factor; give a positive number")
    if machine == "":
        raise UsageError("--machine is empty; give an address, or the name in a passport")
    if simulate and machine:
        raise UsageError("--simulate and --machine are two machines; choose one")
    _refuse_to_overwrite(journal)
    from treadcoach import app  # noqa: PLC0415

    simulated = app.RunOptions(
        profile, simulate or "well-behaved", seed, _level(level), rate or 1.0, yes, journal, no_tui, mute
    )
    if simulate:
        return app.run_simulated(simulated, output)
    from treadcoach import machines  # noqa: PLC0415 - only a machine in the air needs the radio

    options = machines.RunOptions(profile, machine, adapter, _level(level), rate, yes, journal, no_tui, mute)
    return machines.run(options, lambda front, output: app.simulate(simulated, front, output), output)


@main.command()
@click.argument("address")
@adapter_option
@common
def stop(output: Output, *, address: str, adapter: str | None) -> int:
    """Stop that belt now, from any terminal, whoever runs it."""
    from treadcoach import stop as command  # noqa: PLC0415

    return command.stop(address, adapter, output)


@main.command()
@adapter_option
@click.option("--seconds", type=click.FloatRange(0.1, 120), default=5.0, show_default=True, help="How long to look.")
@common
def scan(output: Output, *, adapter: str | None, seconds: float) -> int:
    """Find the treadmills in range."""
    from treadcoach import machines  # noqa: PLC0415

    return machines.scan(adapter, seconds, output)


@main.command()
@click.argument("address", required=False)
@adapter_option
@click.option("--seconds", type=click.FloatRange(1, 120), default=10.0, show_default=True, help="How long to listen.")
@click.option("--speak", is_flag=True, help="Let every voice of this computer say something.")
@common
def doctor(output: Output, *, address: str | None, adapter: str | None, seconds: float, speak: bool) -> int:
    """Report what this computer and a treadmill can do; nothing is asked of the treadmill."""
    from treadcoach.doctor import report  # noqa: PLC0415

    return report(address, adapter, seconds, output, speaks=speak)


@main.command()
@click.argument("address")
@adapter_option
@click.option("--again", is_flag=True, help="Do every step anew, not only what is left.")
@common
def commission(output: Output, *, address: str, adapter: str | None, again: bool) -> int:
    """Check a treadmill step by step, with nobody on it, and write its passport."""
    from treadcoach.commission import commission as guide  # noqa: PLC0415

    return guide(address, adapter, output, again=again)


@main.command()
@click.argument("profiles", nargs=-1, required=True, metavar="PROFILE...")
@click.option("--machine", metavar="NAME", help="Hold it against this machine, by its passport's name or address.")
@level_option
@click.option("--weight", type=click.FloatRange(20, 300), metavar="KG", help="Of the runner, for the kilocalories.")
@click.option("--plot", is_flag=True, help="Draw the speed over time.")
@svg_option
@common
def check(
    output: Output,
    *,
    profiles: tuple[str, ...],
    machine: str | None,
    level: str | None,
    weight: float | None,
    plot: bool,
    svg: str | None,
) -> int:
    """Validate profiles (or all of a folder) and show what the runner will feel; nothing moves."""
    from treadcoach import check as command  # noqa: PLC0415 - nothing that runs a belt

    return command.check(profiles, command.CheckOptions(_level(level), machine, weight, plot, svg), output)


@main.command()
@profile_argument
@click.option("--character", default="well-behaved", help="The simulated machine.")
@click.option("--seed", type=int, default=1, help="Of everything that varies.")
@click.option("--journal", type=click.Path(dir_okay=False), help="Write the journal here.")
@click.option("--plot", is_flag=True, help="Draw what the belt did.")
@svg_option
@click.option("--runner", metavar="age=…,level=…", help="Who is simulated: their heart, and the level's limits.")
@level_option
@common
def rehearse(
    output: Output,
    *,
    profile: str,
    character: str,
    seed: int,
    journal: str | None,
    plot: bool,
    svg: str | None,
    runner: str | None,
    level: str | None,
) -> int:
    """Run a whole program in virtual time against the simulator."""
    from treadcoach import app, rehearsal  # noqa: PLC0415

    _refuse_to_overwrite(journal)
    who = rehearsal.somebody(runner) if runner else None
    options = app.RehearsalOptions(profile, character, seed, _level(level), who, journal, plot, svg)
    return app.rehearse_profile(options, output)


@main.command()
@click.argument("name")
@click.option(
    "--from", "template", metavar="PROGRAM", help="Copy this program, shipped or your own, with everything."
)
@click.option("--level", type=click.Choice(LEVELS), help="For whom.")
@click.option("--goal", help="What it is for, in a few words.")
@click.option("--minutes", help="How long it is in all: 15.")
@click.option("--work", help="How long each fast part is: 30 s.")
@click.option("--rest", help="How long each slow part is: 1 min.")
@click.option("--units", type=click.Choice(["km/h", "mph"]), help="What a number of speed means in the file.")
@common
def new(output: Output, *, name: str, **wanted: str | None) -> int:
    """Start a program of your own: by five questions, or from another one.

    NAME is for your own folder, where programs are known by name; one with a slash in it, or that ends in .yaml, is a
    path.
    """
    from treadcoach import new as command  # noqa: PLC0415

    asks = sys.stdin.isatty() and sys.stdout.isatty() and not output.json
    return command.new(name, command.Wanted(**wanted), _ask if asks else None, output)


def _ask(question: str, proposal: str) -> str:
    try:
        return str(click.prompt(question, default=proposal))
    except click.Abort:
        from treadcoach.errors import UsageError  # noqa: PLC0415

        click.echo(err=True)
        raise UsageError("nothing was written") from None


@main.command()
@common
def schema(output: Output) -> int:
    """Print the JSON Schema of the profile language, for editors."""
    from treadcoach.new import print_schema  # noqa: PLC0415

    return print_schema(output)


@main.command()
@click.option("--level", type=click.Choice(LEVELS), help="For a runner of this level.")
@common
def profiles(output: Output, *, level: str | None) -> int:
    """List the shipped programs and your own, and which of them you may do now."""
    from treadcoach import authoring  # noqa: PLC0415

    return authoring.list_profiles(_level(level), output)


@main.command()
@common
def config(output: Output) -> int:
    """Show where files live and what is set, with where each value came from."""
    from treadcoach import app  # noqa: PLC0415

    return app.show_config(output)


@main.command()
@click.argument("journal", type=click.Path())
@common
def replay(output: Output, *, journal: str) -> int:
    """Run a journal again; every command and verdict must come out the same."""
    from treadcoach import app  # noqa: PLC0415

    return app.replay_journal(journal, output)


@main.group("mqtt")
def mqtt_commands() -> None:
    """The broker that telemetry goes to: is it there, and what does it know?"""


@mqtt_commands.command("check")
@common
def mqtt_check(output: Output) -> int:
    """Tell whether broker, credentials, rights and discovery work."""
    from treadcoach import mqtt_check as command  # noqa: PLC0415

    return command.check(output)


@mqtt_commands.command("forget")
@click.argument("machine_id", required=False)
@common
def mqtt_forget(output: Output, *, machine_id: str | None) -> int:
    """Have the broker, and Home Assistant, forget a machine."""
    from treadcoach import mqtt_check as command  # noqa: PLC0415

    return command.forget(machine_id, output)


@main.group("group")
def group_commands() -> None:
    """Several machines at one broker: see all of them, stop all of them, start none."""


@group_commands.command("watch")
@common
def group_watch(output: Output) -> int:
    """Show all machines on one screen."""
    from treadcoach import group  # noqa: PLC0415

    return group.watch(output)


@group_commands.command("stop")
@click.option(
    "--patience", type=click.FloatRange(0, 600), default=30.0, show_default=True, help="Seconds to look on."
)
@common
def group_stop(output: Output, *, patience: float) -> int:
    """Stop all belts now."""
    from treadcoach import group  # noqa: PLC0415

    return group.stop(patience, output)
