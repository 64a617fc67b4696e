"""What is written to a terminal that was closed."""

from __future__ import annotations

import io
import threading
from typing import IO, cast

from textual.drivers._writer_thread import WriterThread

from treadcoach.edges.tui.driver import Outlet

MORE_THAN_TEXTUAL_KEEPS = 100
GIVES_UP_S = 20


class Closed(io.StringIO):
    """Takes nothing, as the file of a terminal whose other end is shut."""

    def write(self, _text: str) -> int:
        raise OSError(5, "Input/output error")

    def flush(self) -> None:
        raise OSError(5, "Input/output error")


def _all_of_it(writer: WriterThread) -> None:
    for _ in range(MORE_THAN_TEXTUAL_KEEPS):
        writer.write("a picture")
    writer.stop()


def test_a_closed_terminal_takes_everything_so_that_nobody_waits_for_it() -> None:
    writer = WriterThread(cast("IO[str]", Outlet(Closed())))
    writer.start()
    whoever_draws = threading.Thread(target=_all_of_it, args=(writer,), daemon=True)
    whoever_draws.start()
    whoever_draws.join(GIVES_UP_S)
    assert not whoever_draws.is_alive()
    assert not writer.is_alive()


def test_what_a_terminal_takes_is_handed_on_and_counted() -> None:
    file = io.StringIO()
    outlet = Outlet(file)
    assert outlet.write("a picture") == len("a picture")
    assert file.getvalue() == "a picture"
    assert outlet.stuck_s == 0
