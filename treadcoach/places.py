"""Where files live. The only file that knows platformdirs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import platformdirs

APP = "treadcoach"
HOME = "TREADCOACH_HOME"


class Places(NamedTuple):
    """Where files live."""

    config: Path
    data: Path

    @property
    def config_file(self) -> Path:
        """`config.yaml`."""
        return self.config / "config.yaml"

    @property
    def profiles(self) -> Path:
        """The runner's own programs."""
        return self.config / "profiles"

    @property
    def passports(self) -> Path:
        """What is known of machines."""
        return self.config / "passports"

    @property
    def journals(self) -> Path:
        """The flight recorders of every session."""
        return self.data / "journals"

    @property
    def history(self) -> Path:
        """The index of past sessions."""
        return self.data / "history.db"


def places(environment: Mapping[str, str]) -> Places:
    """`TREADCOACH_HOME` puts everything under one folder; otherwise the system's own places."""
    if home := environment.get(HOME):
        return Places(Path(home), Path(home))
    return Places(platformdirs.user_config_path(APP), platformdirs.user_data_path(APP))
