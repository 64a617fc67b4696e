"""The demo in a terminal, as a newcomer sees it."""

from __future__ import annotations

from pathlib import Path

import pytest
from terminal import Terminal


@pytest.mark.long
def test_the_demo_shows_a_refusal_and_a_silence_and_ends_well(tmp_path: Path) -> None:
    with Terminal(tmp_path, "demo") as terminal:
        terminal.until("REFUSED")
        terminal.until("HOLD", 45.0)
        assert terminal.ends(60.0) == 0
        verdicts = [line["verdict"] for line in terminal.journal() if line["type"] == "verdict"]
        assert "hold" in verdicts
        assert "completed" in terminal.shown
