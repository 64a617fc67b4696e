"""The Textual application: one screen at a time, put there by the control thread through `front.py`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from textual.app import App
from textual.driver import Driver
from textual.screen import Screen
from textual.theme import Theme

from treadcoach.chart import COLOURS
from treadcoach.edges.tui.frame import Frame
from treadcoach.edges.tui.screens.alarm import AlarmScreen
from treadcoach.edges.tui.screens.help import HelpScreen
from treadcoach.edges.tui.screens.live import LiveScreen, screen_of
from treadcoach.edges.tui.screens.opening import OpeningScreen
from treadcoach.motion import Facing

# What is left is counted down this often; and so often this thread shows that it lives.
TICK_S = 0.2

THEME = Theme(
    name="treadcoach",
    primary="#ffffff",
    secondary=COLOURS[Facing.FORWARD],
    accent=COLOURS[Facing.BACKWARD],
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#262626",
    warning=COLOURS[Facing.BACKWARD],
    error="#ff5050",
    success=COLOURS[Facing.LEFT],
    dark=True,
)


@contextmanager
def _no_color(wanted: bool) -> Iterator[None]:  # noqa: FBT001 - what there is to know
    """Textual looks at this variable once, while it is made; child processes shall find it as it was."""
    before = os.environ.get("NO_COLOR")
    if wanted:
        os.environ["NO_COLOR"] = "1"
    try:
        yield
    finally:
        os.environ.pop("NO_COLOR", None)
        if before is not None:
            os.environ["NO_COLOR"] = before


class CoachApp(App[None]):
    """What is drawn.

    Args:
        driver: What reads the keys.
        begin: Is called once, when the first picture is there.
        colour: Whether to use any.
    """

    CSS_PATH = "style.tcss"
    ENABLE_COMMAND_PALETTE = False
    TITLE = "treadcoach"
    # A sidebar's worth of columns or rows decides what there is room for.
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-normal"), (120, "-wide")]  # noqa: RUF012 - as Textual has it
    VERTICAL_BREAKPOINTS = [(0, "-short"), (16, "-medium"), (40, "-tall")]  # noqa: RUF012

    def __init__(
        self, driver: type[Driver] | None = None, begin: Callable[[], None] | None = None, *, colour: bool = True
    ) -> None:
        with _no_color(not colour):
            super().__init__(driver_class=driver)
        self._begin = begin
        self.alive_at = time.monotonic()
        """When this thread last showed that it lives."""
        self.source: Callable[[], Frame | None] = lambda: None
        """Where the newest picture comes from, while a session runs."""
        self.register_theme(THEME)
        self.theme = THEME.name

    def get_css_variables(self) -> dict[str, str]:
        """The facings' colours, in every theme."""
        return super().get_css_variables() | {facing.value: colour for facing, colour in COLOURS.items()}

    def on_mount(self) -> None:
        """Show the first screen."""
        self.push_screen(OpeningScreen())
        self.set_interval(TICK_S, self._tick)
        self.call_after_refresh(self._first_picture)

    def _first_picture(self) -> None:
        if self._begin:
            self._begin()

    async def _tick(self) -> None:
        self.alive_at = time.monotonic()
        if frame := self.source():
            await self.draw(frame)

    # ---- what the control thread asks for ------------------------------------------------------------------

    def dress(self, theme: str) -> None:
        """Another theme; an unknown one is told, and changes nothing."""
        if theme in self.available_themes:
            self.theme = theme
        else:
            self.say(f"There is no theme {theme!r}; there are {', '.join(sorted(self.available_themes))}.")

    def say(self, text: str) -> None:
        """A line for whoever waits."""
        for screen in self.screen_stack:
            if isinstance(screen, OpeningScreen):
                screen.say(text)

    async def place(self, screen: Screen[Any]) -> None:
        """This screen, and no other above the first."""
        while len(self.screen_stack) > 2:  # noqa: PLR2004 - Textual's own, and the opening
            await self.pop_screen()
        await self.push_screen(screen)

    async def alarm(self, why: str) -> None:
        """The session has failed: no picture of it comes any more."""
        await self.place(AlarmScreen(why))

    async def draw(self, frame: Frame) -> None:
        """A picture of the session."""
        kind = screen_of(frame)
        current = next((s for s in reversed(self.screen_stack) if isinstance(s, LiveScreen)), None)
        if current is None or type(current) is not kind:
            current = kind()
            await self.place(current)
        current.draw(frame)

    def action_help(self) -> None:
        """The keys, above everything; once more, and they are gone."""
        if isinstance(self.screen, HelpScreen):
            self.pop_screen()
        else:
            self.push_screen(HelpScreen())
