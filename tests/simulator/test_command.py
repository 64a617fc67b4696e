"""What the simulator's command line refuses, before anything is on the air."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from treadmill_simulator.__main__ import main


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("", "--bus, --radio TRANSPORT or --host ADAPTER"),
        ("--bus --radio usb:0", "--bus, --radio TRANSPORT or --host ADAPTER"),
        ("--bus --character nobody", "there is no character 'nobody'; --list shows them"),
        ("--bus --set ramp_up=fast", "ramp_up"),
        ("--bus --replay x.json --set ramp_up=1 --seed 3", "--set, --seed: a recording is what it is"),
        ("--bus --replay x.json --character urevo --script s", "--character, --script: a recording is what it is"),
        ("--radio usb:0 --interval-ms 30", "--interval-ms: they are for --bus"),
        ("--host hci0 --adapters 2 --disconnect-s 1", "--adapters, --disconnect-s: they are for --bus"),
        ("--bus --script nowhere.txt", "nowhere.txt cannot be read"),
        ("--bus --log /nowhere/log", "the log /nowhere/log cannot be written"),
    ],
)
def test_what_does_not_go_together_is_a_sentence(arguments: str, says: str) -> None:
    found = CliRunner().invoke(main, arguments.split())
    assert found.exit_code == 2
    assert says in found.stderr
    assert found.stderr.startswith("error: ")
    assert not found.stdout


def test_the_list_names_every_character_and_switch() -> None:
    found = CliRunner().invoke(main, ["--list"])
    assert found.exit_code == 0
    for name in ("well-behaved", "urevo", "ramp_up", "units"):
        assert f"  {name}" in found.stdout
