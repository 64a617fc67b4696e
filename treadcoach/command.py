"""What every command has: its common flags, and what becomes of its answer and its errors."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from treadcoach.errors import TreadcoachError
    from treadcoach.output import Output


def common(command: Callable[..., int]) -> Callable[..., None]:
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
