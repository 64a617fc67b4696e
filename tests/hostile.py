"""Files that are no profiles: too deep, too large, no text, or not there at all."""

from __future__ import annotations

from pathlib import Path


def _bomb() -> str:
    """Nine levels of nine aliases each: nearly four hundred million values in half a kilobyte."""
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for before, letter in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{letter}: &{letter} [{', '.join([f'*{before}'] * 9)}]")
    return "\n".join(lines)


TEXTS = {
    "deep": "profile: 1\nsteps:\n" + "- " * 50_000,
    "deep-flow": "a: " + "[" * 60_000,
    "deep-maps": "a: " + "{a: " * 60_000,
    "bomb": _bomb(),
    "ten-megabytes": "profile: 1\n" + "# x\n" * 2_500_000,
    "nul": "profile: 1\0\n",
    "empty": "",
}


def make(folder: Path) -> list[Path]:
    """All of them, and what else stands where a profile should."""
    for name, text in TEXTS.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    (folder / "utf-16.yaml").write_text("profile: 1\n", encoding="utf-16")
    (folder / "folder.yaml").mkdir()
    return [*(folder / f"{name}.yaml" for name in (*TEXTS, "utf-16", "folder", "missing"))]
