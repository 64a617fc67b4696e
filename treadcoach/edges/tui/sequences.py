"""What a terminal sends, cut into characters and escape sequences, and what they are. Pure: bytes in, pieces out.

Everything that is not known to be a key, or no key, is taken for the runner's: a way to stop must not depend on how a
terminal spells it.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder

ESCAPE = "\x1b"
# A control sequence, one of the older short ones, or Escape with a character; ECMA-48 5.4.
_WHOLE = re.compile(r"\x1b(?:\[[ -?]*[@-~]|O[ -~]|[^\x1b\[O])|\x1b(?=\x1b)|[^\x1b]", re.DOTALL)
_BEGUN = re.compile(r"\x1b(?:\[[ -?]*|O)?")
# No sequence that means anything to us is as long; what goes on for ever would never be looked at.
_LONGEST = 64

PASTE = frozenset({"\x1b[200~", "\x1b[201~"})
"""Around what is pasted. Whoever waits for the end of it is deaf where it does not come."""
# A key with its code and text; the kitty keyboard protocol.
_KEY = re.compile(r"\x1b\[\d[\d:]*(?:;[\d:]*){0,2}u")
# The window has the focus, or lost it; what a terminal can do; how large it is.
_NEWS = re.compile(r"\x1b\[(?:[IO]|\?\d+;\d\$y|48;\d[\d:;]*t)")
# A mouse: button, place, pressed or let go; xterm's SGR mode 1006.
_MOUSE = re.compile(r"\x1b\[<(\d+);-?\d+;-?\d+([Mm])")
_MOVED, _WHEEL, _NO_BUTTON = 32, 64, 3


class Cutter:
    """Cuts what comes, and keeps what has only begun."""

    def __init__(self) -> None:
        self._decoder = getincrementaldecoder("utf-8")(errors="replace")
        self.begun = ""
        """A sequence of which the end is missing."""

    def cut(self, data: bytes) -> list[str]:
        """Every whole piece, in order."""
        text, place, pieces = self.begun + self._decoder.decode(data), 0, []
        self.begun = ""
        while place < len(text):
            found = _WHOLE.match(text, place) or _BEGUN.match(text, place)
            assert found is not None  # noqa: S101 - one of them takes an Escape, and one any other character
            is_cut_off = found.end() == len(text) and not _WHOLE.fullmatch(found.group())
            if is_cut_off and len(found.group()) < _LONGEST:
                self.begun = found.group()
            else:
                pieces.append(found.group())
            place = found.end()
        return pieces

    def rest(self) -> list[str]:
        """What has begun, and will not go on."""
        rest = self.begun + self._decoder.decode(b"", final=True)
        self.begun = ""
        self._decoder.reset()
        return [rest] if rest else []


def is_key(piece: str) -> bool:
    """Whether its meaning is that of the key that it names."""
    return not piece.startswith(ESCAPE) or _KEY.fullmatch(piece) is not None


def is_news(piece: str) -> bool:
    """Whether it is something that nobody has pressed."""
    if (mouse := _MOUSE.fullmatch(piece)) is None:
        return _NEWS.fullmatch(piece) is not None
    button = int(mouse.group(1))
    return mouse.group(2) == "m" or bool(button & (_MOVED | _WHEEL)) or button & 3 == _NO_BUTTON
