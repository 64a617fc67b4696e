"""The keys, in full."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import ModalScreen
from textual.widgets import Static

_TEXT = """\
While a session runs

any key, any click   STOP. Once more: the stop is written again. Nothing resumes.
Enter                yes: ready to start, go on. While a stop is not seen: I see the belt at rest.
p                    pause: the belt comes to rest, the step begins anew
n                    next step
b                    back to the beginning of this step, or to the one before
x                    this step 30 s longer
-   +                slower; faster again, up to the plan and never above the cap
e                    everything that comes 10 % easier
?                    this page, and away again
Ctrl-C, Ctrl-Q       stop, then leave

The safety key is the last line. Pull it whenever you doubt.\
"""


class HelpScreen(ModalScreen[None]):
    """Lies above a live screen; the keys go on meaning what they mean."""

    BINDINGS = [Binding("question_mark,escape,q,enter", "app.help", show=False)]  # noqa: RUF012 - as Textual has it

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static(_TEXT, markup=False, id="help")
