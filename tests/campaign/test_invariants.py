"""The contract, for every set of limits."""

from __future__ import annotations

from hypothesis import settings

from campaign.contract import Contract
from treadcoach.motion import Level

SETTINGS = settings(max_examples=40, stateful_step_count=15, deadline=None)


def contract_for(level: Level) -> type[Contract]:
    return type(f"Contract for {level}", (Contract,), {"level": level})


def _case(level: Level) -> object:
    case = contract_for(level).TestCase
    case.settings = SETTINGS
    case.__name__ = f"Test{level.title()}"
    return case


TestFirst, TestNovice, TestIntermediate, TestAdvanced, TestHarness = map(_case, Level)
