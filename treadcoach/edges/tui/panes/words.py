"""What is to be done now, in a few large-spaced words; for the screens on which nothing moves."""

from __future__ import annotations

from textual.content import Content

from treadcoach.edges.tui.frame import Frame
from treadcoach.edges.tui.panes.pane import Pane
from treadcoach.events import NoticeKind, State
from treadcoach.words import in_units

_SHORT = {
    State.WAITING: "Waiting until the belt is seen at rest",
    State.STANDING: "Stand still",
    State.TURNING: "Turn round on the side rails",
    State.READY: "Ready? Press Enter",
    State.COUNTDOWN: "Starting: hold a rail, feet on the side rails",
    State.STARTING: "The belt starts: wait for it, then step on",
    State.PAUSED: "PAUSED. Press Enter to go on",
    State.STOPPING: "STOPPING",
    State.STOPPED: "Stopped",
    State.COMPLETED: "Done",
}


class Words(Pane):
    """What to do, and what the coach has said of it."""

    def drawn(self, frame: Frame) -> Content:
        """The state's own words, then the coach's."""
        state = frame.snapshot.state
        said = frame.said.get(NoticeKind.ASK if state.asks else NoticeKind.STATE) or ""
        if state is State.COUNTDOWN and NoticeKind.BEEP in frame.said:
            said = f"starting in {frame.said[NoticeKind.BEEP]}"
        cue = frame.said.get(NoticeKind.CUE) or ""
        short = _SHORT.get(state, "")
        rest = [in_units(text, frame.units) for text in (said, cue) if text and text.lower() != short.lower()]
        return Content.assemble((short, "bold"), *(f"\n{text}" for text in rest))
