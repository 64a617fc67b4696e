"""Which machine: those in range, or none at all."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from treadcoach.edges.tui.screens.question import Question
from treadcoach.front import SIMULATOR, Choice

_NONE = "No treadmill was found. Switch it on, close its maker's app, and look again."


class MachineScreen(Question[str]):
    """A list to choose from."""

    AGAIN = "again"
    """Answered where somebody wants to look once more."""
    BINDINGS: ClassVar = [Binding("r", "again", "look again"), Binding("s", "simulator", "the simulator")]

    def __init__(self, found: tuple[Choice, ...], problem: str) -> None:
        super().__init__()
        self._found = found
        self._problem = problem

    def compose(self) -> ComposeResult:
        """What was found."""
        yield Static("Which treadmill?", id="title")
        yield Static(self._problem or ("" if self._found else _NONE), id="problem", markup=False)
        options = [Option(choice.text, choice.address) for choice in self._found]
        yield OptionList(*options, Option("the simulator, in this computer", SIMULATOR), markup=False)
        yield Static("Enter choose   r look again   s simulator   q leave", classes="foot")

    def usual(self) -> str | None:
        """Never asked of a simulated runner."""
        return SIMULATOR

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """This one."""
        self.answer(event.option_id)

    def action_again(self) -> None:
        """Look once more."""
        self.query_one("#problem", Static).update("Looking …")
        self.answer(self.AGAIN)

    def action_simulator(self) -> None:
        """None of them."""
        self.answer(SIMULATOR)
