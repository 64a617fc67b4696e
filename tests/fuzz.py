"""`make fuzz`: programs that nobody would write, for a minute: nothing but a profile or clean errors comes of them.

Each is made from a seed: a shipped program with pieces changed, moved, doubled and lost, a tree grown from the
grammar with wrong things in right places, or bytes. What comes out has to be findings with places inside the text, or
a program inside the envelope. The seed of whatever does otherwise is printed.

    python tests/fuzz.py [SECONDS] [--seed SEED]
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter
from concurrent.futures import Future, ProcessPoolExecutor
from os import cpu_count
from pathlib import Path
from random import Random

from edits import inside

from treadcoach.advice import advise
from treadcoach.flight import look_ahead
from treadcoach.motion import Level, Machine
from treadcoach.preflight import plan
from treadcoach.program.reader import inspect

PROFILES = [
    path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent.parent / "profiles").glob("*.yaml"))
]
ROUND = 200  # programs between two looks at the clock
# Nothing is looked at for longer: seconds, on a machine that does other things as well.
LONGEST_S = 5.0

KEYS = (
    *("profile", "name", "level", "units", "goal", "source", "belt", "scaled_from_cap", "steps", "stand", "forward"),
    *("backward", "sidestep_left", "crossover_right", "repeat", "for", "incline", "heart_rate", "cue", "from", "to"),
    *("fro", "", "null", "true", "1", "é", "a b", "-", "?", "<<", "{", "\u2028"),
)
VALUES = (
    *(
        "1",
        "0",
        "-1",
        "2.5",
        "1e9",
        "0x10",
        "1_000",
        ".nan",
        ".inf",
        "99999999999999999999",
        "3.0000000000001",
        "007",
    ),
    *("30 s", "1:30", "99:99", "3 m", "0 s", "400 m", "1 min 1 min", "5 min 30", "999999 h", "0.25 mi", "-3 s"),
    *(
        "2 mph",
        "2mph",
        "3,5",
        "60-75 %",
        "75-60 %",
        "110-140 bpm",
        "2 %",
        "km/h",
        "mph",
        "novice",
        "first",
        "harness",
    ),
    *(
        "true",
        "null",
        "~",
        "",
        "yes",
        "on",
        "'",
        '"',
        "'x'",
        '"\\ud800"',
        '"\\0"',
        "|",
        ">",
        "[1, 2]",
        "{from: 1, to: 2}",
    ),
    *(
        "{from: 1}",
        "[[[[]]]]",
        "&a 1",
        "*a",
        "!!python/object:os.system",
        "# no",
        "text: with colon",
        "\u202e",
        "\x07",
    ),
)


def _piece(chance: Random) -> str:
    return f"{chance.choice(KEYS)}: {chance.choice(VALUES)}"


def _changed(chance: Random) -> str:
    """A shipped program, with some of its lines not as they were."""
    lines = chance.choice(PROFILES).splitlines()
    for _ in range(chance.choice((1, 1, 1, 2, 3, 5))):
        at = chance.randrange(len(lines))
        match chance.randrange(8):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[chance.randrange(len(lines))])
            case 2:
                lines[at] = lines[at].split(":")[0] + ": " + chance.choice(VALUES)
            case 3:
                indent = len(lines[at]) - len(lines[at].lstrip(" -"))
                lines[at] = lines[at][:indent] + _piece(chance)
            case 4:
                lines[at] = " " * chance.randrange(9) + lines[at].lstrip()
            case 5:
                lines[at] = lines[at].replace(
                    chance.choice(".0123456789- :") or " ", chance.choice(".0123456789- :"), 1
                )
            case 6:
                lines.insert(at, " " * chance.randrange(0, 9, 2) + chance.choice(("- ", "")) + _piece(chance))
            case _:
                place = chance.randrange(len(lines[at]) + 1)
                lines[at] = (
                    lines[at][:place]
                    + chr(chance.choice((0, 9, 13, 0x85, 0xFEFF, 0xD7FF, 0x1F600, 37, 91)))
                    + lines[at][place:]
                )
        if not lines:
            return ""
    return "\n".join(lines)


def _grown(chance: Random, depth: int = 0) -> str:
    """A tree from the grammar, with wrong things in right places."""
    head = "profile: 1\nname: F\nlevel: novice\nunits: km/h\n" if depth == 0 and chance.random() < 0.8 else ""
    indent = "  " * depth
    lines = []
    for _ in range(chance.randrange(1, 5)):
        if depth < 8 and chance.random() < 0.5:
            lines += [f"{indent}- repeat: {chance.choice(('2', '3', '100', *VALUES))}", f"{indent}  steps:"]
            lines.append(_grown(chance, depth + 2))
        else:
            movement = chance.choice(("stand", "forward", "backward", "sidestep_left", "crossover_left", *KEYS))
            lines.append(f"{indent}- {movement}: {chance.choice(('2.0', '30 s', *VALUES))}")
            for _ in range(chance.randrange(3)):
                lines.append(f"{indent}  {chance.choice(('for: 30 s', 'for: 1 min', 'cue: go', _piece(chance)))}")
    return head + ("steps:\n" if depth == 0 else "") + "\n".join(lines)


def _bytes(chance: Random) -> bytes:
    raw = bytearray(chance.choice(PROFILES).encode()[: chance.randrange(1, 400)])
    for _ in range(chance.randrange(1, 20)):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    return bytes(raw)


def make(seed: int) -> str | bytes:
    """The program of a seed."""
    chance = Random(seed)
    return chance.choice((_changed, _changed, _grown, _bytes))(chance)


def judge(text: str | bytes) -> str:
    """``refused``, ``run``, or what is wrong."""
    began = time.perf_counter()
    profile, findings = inspect(text, "fuzzed.yaml")
    if not findings and profile is None:
        return "neither a profile nor a finding"
    laid_out = None
    if profile is not None:
        for level in (None, Level.FIRST):
            laid_out = plan(profile, level, Machine())
            findings += laid_out.findings
        findings += advise(laid_out, look_ahead(laid_out)) if laid_out else ()
    # As people count lines: what YAML takes for a break as well is none to an editor.
    lines = (text if isinstance(text, str) else text.decode(errors="replace")).count("\n") + 1
    for finding in findings:
        if not (1 <= finding.line <= lines + 1 and finding.column >= 1 and str(finding).isprintable()):
            return f"a place that is none, or a message that cannot be shown: {finding}"
    if time.perf_counter() - began > LONGEST_S:
        return f"took {time.perf_counter() - began:.1f} s"
    if laid_out is None or any(finding.severity == "error" for finding in findings):
        return "refused"
    return "run" if (outside := inside(laid_out)) is None else outside


def _judged(seed: int) -> str:
    try:
        return judge(make(seed))
    except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for
        return traceback.format_exc(limit=-3)


def _round(first: int) -> list[tuple[int, str]]:
    return [(seed, _judged(seed)) for seed in range(first, first + ROUND)]


def fuzz(seconds: float, first: int) -> int:
    """So many seconds on every core; 1 if anything was found."""
    found: Counter[str] = Counter()
    bad: list[tuple[int, str]] = []
    until = time.monotonic() + seconds
    with ProcessPoolExecutor() as processes:
        waiting: list[Future[list[tuple[int, str]]]] = []
        while time.monotonic() < until or waiting:
            while len(waiting) < 2 * (cpu_count() or 1) and time.monotonic() < until:
                waiting.append(processes.submit(_round, first))
                first += ROUND
            for seed, outcome in waiting.pop(0).result():
                found[outcome if outcome in {"refused", "run"} else "bad"] += 1
                if outcome not in {"refused", "run"}:
                    bad.append((seed, outcome))
    print(f"{found.total()} programs up to seed {first - 1}: {dict(found)}")
    for seed, outcome in bad[:10]:
        print(f"seed {seed}: {outcome}\n    python tests/fuzz.py --seed {seed}")
    return 1 if bad else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("seconds", nargs="?", type=float, default=60.0)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="show one")
    options = parser.parse_args()
    if options.seed is None:
        return fuzz(options.seconds, options.first)
    text = make(options.seed)
    print(text if isinstance(text, str) else repr(text))
    print(judge(text))
    return 0


if __name__ == "__main__":
    sys.exit(main())
