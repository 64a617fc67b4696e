"""Profiles on disk: those that ship with the program and the runner's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_PACKAGE = Path(__file__).parent.parent


class Found(NamedTuple):
    """A profile file."""

    path: Path
    is_shipped: bool

    @property
    def name(self) -> str:
        """What can be typed instead of the path."""
        return self.path.stem


def shipped_folder() -> Path:
    """Where the shipped profiles are: beside the code in a wheel, beside the package in a checkout."""
    inside = _PACKAGE / "profiles"
    return inside if inside.is_dir() else _PACKAGE.parent / "profiles"


def every_profile(own_folder: Path) -> Iterator[Found]:
    """All of them, the runner's own first."""
    for folder, is_shipped in ((own_folder, False), (shipped_folder(), True)):
        if folder.is_dir():
            yield from (Found(path, is_shipped) for path in in_folder(folder))


def in_folder(folder: Path) -> list[Path]:
    """The profiles of a folder, by name."""
    return sorted(path for path in folder.iterdir() if path.suffix in {".yaml", ".yml"} and path.is_file())


def is_folder(name: str) -> bool:
    """Whether this names a folder."""
    try:
        return Path(name).is_dir()
    except OSError:
        return False  # no system has folders of such names


def find(name_or_path: str, own_folder: Path) -> Path | None:
    """The file that somebody means: a path, or the name of an own or a shipped profile."""
    path = Path(name_or_path)
    try:
        if path.is_file():
            return path
    except OSError:
        return None  # no system has files of such names
    return next((found.path for found in every_profile(own_folder) if found.name == name_or_path), None)
