"""The command line: words into calls, errors into exit codes. Loads what a command needs when it is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from treadcoach import __version__

if TYPE_CHECKING:
    from treadcoach.errors import TreadcoachError
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


def _common(command: Callable[..., int]) -> Callable[..., None]:
    """The flags that every command has, and what becomes of its answer."""

    @click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout, nothing else there.")
    @click.option("-q", "--quiet", is_flag=True, help="Only what needs an answer or a reaction.")
    @click.option("-v", "--verbose", is_flag=True, help="Show the traceback of a fault of ours.")
    @click.option("--no-color", is_flag=True, help="No bold and no colour; NO_COLOR does the same.")
    @wraps(command)
    def wrapped(*, as_json: bool, quiet: bool, verbose: bool, no_color: bool, **options: Any) -> None:  # noqa: ANN401
        from treadcoach.output import Output  # noqa: PLC0415 - --help needs nothing of the program

        out, err = (stream or open(os.devnull, "w") for stream in (sys.stdout, sys.stderr))  # noqa: SIM115, PTH123
        colour = out.isatty() and not no_color and not os.environ.get("NO_COLOR")
        output = Output(out, err, as_json, quiet, verbose, colour)
        sys.exit(_guarded(lambda: command(output, **options), output))

    return wrapped


def _guarded(call: Callable[[], int], output: Output) -> int:
    """Errors become sentences and exit codes."""
    from treadcoach import errors  # noqa: PLC0415

    try:
        return call()
    except errors.TreadcoachError as error:
        return _explained(error, output)
    except KeyboardInterrupt:
        return 4
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains once more at its end
        return 1
    except Exception as error:
        if output.verbose:
            raise
        print(f"error: a fault of ours: {type(error).__name__}: {error}; --verbose shows where", file=output.err)
        return 1


def _explained(error: TreadcoachError, output: Output) -> int:
    """The sentence and the exit code of something that went wrong."""
    from treadcoach import errors  # noqa: PLC0415

    match error:
        case errors.StopNotConfirmedError():
            print(f"STOP NOT CONFIRMED: {error}: pull the safety key!", file=output.err)
            return 6
        case errors.AuthorError():
            output.findings(error.findings)
            return 2
    print(f"error: {error}", file=output.err)
    match error:
        case errors.UsageError() | errors.JournalError():
            return 2
        case errors.LinkError():
            return 3
    return 1


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
@_common
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
@_common
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
@_common
def stop(output: Output, *, address: str, adapter: str | None) -> int:
    """Stop that belt now, from any terminal, whoever runs it."""
    from treadcoach import stop as command  # noqa: PLC0415

    return command.stop(address, adapter, output)


@main.command()
@adapter_option
@click.option("--seconds", type=click.FloatRange(0.1, 120), default=5.0, show_default=True, help="How long to look.")
@_common
def scan(output: Output, *, adapter: str | None, seconds: float) -> int:
    """Find the treadmills in range."""
    from treadcoach import machines  # noqa: PLC0415

    return machines.scan(adapter, seconds, output)


@main.command()
@click.argument("address", required=False)
@adapter_option
@click.option("--seconds", type=click.FloatRange(1, 120), default=10.0, show_default=True, help="How long to listen.")
@click.option("--speak", is_flag=True, help="Let every voice of this computer say something.")
@_common
def doctor(output: Output, *, address: str | None, adapter: str | None, seconds: float, speak: bool) -> int:
    """Report what this computer and a treadmill can do; nothing is asked of the treadmill."""
    from treadcoach.doctor import report  # noqa: PLC0415

    return report(address, adapter, seconds, output, speaks=speak)


@main.command()
@click.argument("address")
@adapter_option
@click.option("--again", is_flag=True, help="Do every step anew, not only what is left.")
@_common
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
@_common
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
@_common
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
@_common
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
@_common
def schema(output: Output) -> int:
    """Print the JSON Schema of the profile language, for editors."""
    from treadcoach.new import print_schema  # noqa: PLC0415

    return print_schema(output)


@main.command()
@click.option("--level", type=click.Choice(LEVELS), help="For a runner of this level.")
@_common
def profiles(output: Output, *, level: str | None) -> int:
    """List the shipped programs and your own, and which of them you may do now."""
    from treadcoach import authoring  # noqa: PLC0415

    return authoring.list_profiles(_level(level), output)


@main.command()
@_common
def config(output: Output) -> int:
    """Show where files live and what is set, with where each value came from."""
    from treadcoach import app  # noqa: PLC0415

    return app.show_config(output)


@main.command()
@click.argument("journal", type=click.Path())
@_common
def replay(output: Output, *, journal: str) -> int:
    """Run a journal again; every command and verdict must come out the same."""
    from treadcoach import app  # noqa: PLC0415

    return app.replay_journal(journal, output)
