"""`make mutants`: is every line of the careful part held by a test that notices when it changes?

Runs mutmut over what pyproject.toml names and holds its survivors against `mutants.txt`, where each is listed with
the reason why no test can tell it from the original, or why none should. A survivor that is not listed fails.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LISTED = Path(__file__).with_name("mutants.txt")
MUTMUT = [sys.executable, "-m", "mutmut"]
WANTED_PERCENT = 95


def change_of(name: str) -> str:
    """A mutant as one line: where it is, what was there, and what is there instead."""
    shown = subprocess.run([*MUTMUT, "show", name], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    lines = [line for line in shown.splitlines() if line[:1] in "+-" and line[:3] not in {"+++", "---"}]
    return f"{name.rsplit('__mutmut', 1)[0].replace('ǁ', '.')}: {' '.join(' '.join(lines).split())}"


def survivors() -> list[str]:
    """Those that no test has noticed."""
    told = subprocess.run([*MUTMUT, "results"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = [line.strip().removesuffix(": survived") for line in told.splitlines() if line.endswith(": survived")]
    return sorted(change_of(name) for name in names)


def main() -> int:
    subprocess.run([*MUTMUT, "run", *sys.argv[1:]], cwd=ROOT, check=True)
    subprocess.run([*MUTMUT, "export-cicd-stats"], cwd=ROOT, check=True, capture_output=True)
    stats = json.loads((ROOT / "mutants" / "mutmut-cicd-stats.json").read_text())
    found = survivors()
    percent = 100 * (stats["total"] - len(found)) / stats["total"]
    reasons = dict(line.split("  # ", 1) for line in LISTED.read_text().splitlines() if "  # " in line)
    new = [mutant for mutant in found if mutant not in reasons]
    print(f"{stats['total']} mutants, {len(found)} survive: {percent:.1f} % killed; {len(new)} not listed")
    for mutant in new:
        print(f"  {mutant}")
    return 0 if percent >= WANTED_PERCENT and not new else 1


if __name__ == "__main__":
    sys.exit(main())
