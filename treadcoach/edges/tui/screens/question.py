"""What the screens that ask have in common: somebody waits for the answer in another thread."""

from __future__ import annotations

from concurrent.futures import Future
from typing import ClassVar, Generic, TypeVar

from textual.binding import Binding
from textual.screen import Screen

T = TypeVar("T")


class Question(Screen[None], Generic[T]):
    """Has to be answered before anything moves, or after everything stands. Escape and q leave."""

    BINDINGS: ClassVar = [Binding("escape,q", "leave", "leave", priority=True)]

    def __init__(self) -> None:
        super().__init__()
        self._future: Future[T | None] | None = None
        self._shown_s: float | None = None

    def ask(self, future: Future[T | None], shown_s: float | None) -> None:
        """Who waits; and how long it is shown where nobody is there to answer."""
        self._future, self._shown_s = future, shown_s

    def on_mount(self) -> None:
        """Where nobody answers, the usual answer is given after a while."""
        if self._shown_s is not None:
            self.set_timer(self._shown_s, lambda: self.answer(self.usual()))

    def usual(self) -> T | None:
        """What a simulated runner says."""
        raise NotImplementedError

    def answer(self, value: T | None) -> None:
        """The first answer counts."""
        if self._future is not None and not self._future.done():
            self._future.set_result(value)

    def action_leave(self) -> None:
        """The runner would rather not."""
        self.answer(None)
