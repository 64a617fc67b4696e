"""`make campaign`: seeded sequences over all cores; what was done is kept, and gone on with.

A sequence proves something of the code that it ran: the record of another code counts for nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from pathlib import Path

from campaign.aloud import tell
from campaign.crew import Block, Task, blocks
from campaign.sequence import BLOCK

ROOT = Path(__file__).resolve().parents[2]
RECORD = ROOT / ".campaign.jsonl"
TOLD_EVERY_S = 15.0
SHOWN = 10


def fingerprint() -> str:
    """Of everything that a sequence runs."""
    files = (getattr(module, "__file__", None) for module in sys.modules.values())
    loaded = {Path(file) for file in files if file}
    ours = {path for path in loaded if path.is_relative_to(ROOT) and not path.is_relative_to(sys.prefix)}
    digest = hashlib.sha256()
    for path in sorted(ours):
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def known(code: str) -> dict[int, Block]:
    """The blocks that were run of this code; a line cut short is none."""
    found: dict[int, Block] = {}
    for line in RECORD.read_text().splitlines() if RECORD.exists() else ():
        try:
            block = json.loads(line)
        except ValueError:
            continue
        if block["code"] == code:
            found[block["number"]] = block
    return found


def campaign(sequences: int, workers: int) -> int:
    """Run so many sequences; 1 if anything was broken."""
    code = fingerprint()
    wanted = range(-(-sequences // BLOCK))
    before = {number: block for number, block in known(code).items() if number in wanted}
    already = f"{len(before) * BLOCK} of them already run"
    print(f"{len(wanted) * BLOCK} sequences of code {code}, {already}; {workers} at once")
    found = [breach for block in before.values() for breach in block["breaches"]]
    began = told = time.monotonic()
    with RECORD.open("a") as record:
        for count, block in enumerate(blocks(Task(workers, wanted, frozenset(before), code)), 1):
            record.write(json.dumps(block) + "\n")
            record.flush()
            found += block["breaches"]
            if time.monotonic() - told >= TOLD_EVERY_S:
                told = time.monotonic()
                rate = count * BLOCK / (told - began)
                print(
                    f"  {(len(before) + count) * BLOCK} sequences, {len(found)} breaches, {rate:.0f} a second",
                    flush=True,
                )
    seconds = time.monotonic() - began
    rate = (len(wanted) - len(before)) * BLOCK / seconds
    print(f"{len(wanted) * BLOCK} sequences, {len(found)} breaches; {rate:.0f} a second, {seconds:.0f} s this time")
    for seed, at, what in found[:SHOWN]:
        print(f"  seed {seed}, at {at:.3f} s: {what}\n    make campaign SEED={seed}")
    return 1 if found else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="campaign", description=__doc__)
    parser.add_argument("sequences", type=int, nargs="?", default=100_000)
    parser.add_argument("--seed", type=int, help="play one, aloud")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    return tell(given.seed) if given.seed is not None else campaign(given.sequences, given.workers)


if __name__ == "__main__":
    sys.exit(main())
