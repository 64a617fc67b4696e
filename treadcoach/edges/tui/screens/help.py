"""The keys, in full; where there is little room, in short."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import ModalScreen
from textual.widgets import Static

_TEXT = """\
While a session runs

any key, any click   STOP. Once more: it is written again.
Enter                yes: ready to start, or to go on. While a stop is not
                     seen: I see the belt at rest. Held down: nothing.
p                    pause: the belt comes to rest, the step begins anew
n                    next step
b                    back to the beginning of this step, or the one before
x                    this step 30 s longer
-   +                slower; faster again, never above plan or cap
e                    everything that comes 10 % easier
?                    this page, and away again
Ctrl-C, Ctrl-Q       stop, then leave

The safety key is the last line. Pull it whenever you doubt.\
"""

_SHORT = """\
ANY KEY OR CLICK STOPS
Enter ready; or: I see it at rest
p pause    n next     b back
- slower   + faster   e all easier
x this step 30 s longer
? this page, and away again
Ctrl-C, Ctrl-Q  stop and leave
The safety key is the last line.\
"""


class HelpScreen(ModalScreen[None]):
    """Lies above a live screen; the keys go on meaning what they mean."""

    BINDINGS = [Binding("question_mark,escape,q,enter", "app.help", show=False)]  # noqa: RUF012 - as Textual has it

    def compose(self) -> ComposeResult:
        """One of two texts is seen."""
        yield Static(_TEXT, markup=False, id="help")
        yield Static(_SHORT, markup=False, id="short")
