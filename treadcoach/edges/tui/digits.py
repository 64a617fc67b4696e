"""Block digits, as large as the area they are given: to be read at two metres, by somebody who moves. Pure.

And the few letters of what is most urgent.
"""

from __future__ import annotations

# Three wide and five high; a cell of a terminal is twice as high as wide, so a dot is k columns and k half rows.
_HEIGHT = 5
_GLYPHS = {
    "0": ("###", "# #", "# #", "# #", "###"),
    "1": (" # ", "## ", " # ", " # ", "###"),
    "2": ("###", "  #", "###", "#  ", "###"),
    "3": ("###", "  #", " ##", "  #", "###"),
    "4": ("# #", "# #", "###", "  #", "  #"),
    "5": ("###", "#  ", "###", "  #", "###"),
    "6": ("###", "#  ", "###", "# #", "###"),
    "7": ("###", "  #", "  #", " # ", " # "),
    "8": ("###", "# #", "###", "# #", "###"),
    "9": ("###", "# #", "###", "  #", "###"),
    ":": (" ", "#", " ", "#", " "),
    ".": (" ", " ", " ", " ", "#"),
    "-": ("   ", "   ", "###", "   ", "   "),
    " ": (" ", " ", " ", " ", " "),
    "E": ("###", "#  ", "## ", "#  ", "###"),
    "H": ("# #", "# #", "###", "# #", "# #"),
    "K": ("# #", "# #", "## ", "# #", "# #"),
    "L": ("#  ", "#  ", "#  ", "#  ", "###"),
    "P": ("###", "# #", "###", "#  ", "#  "),
    "T": ("###", " # ", " # ", " # ", " # "),
    "U": ("# #", "# #", "# #", "# #", "###"),
    "Y": ("# #", "# #", " # ", " # ", " # "),
}
_CELLS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def scale(text: str, width: int, height: int) -> int:
    """How many columns a dot may have, for the text to fit; 0 where it does not."""
    dots = sum(len(_GLYPHS[character][0]) for character in text) + len(text) - 1
    return min(width // dots, height * 2 // _HEIGHT)


def blocks(text: str, size: int) -> list[str]:
    """The rows of a text, all of the same length.

    Args:
        text: Digits, ``:``, ``.``, ``-``, blanks, and the letters of PULL THE KEY.
        size: Columns of a dot; 0 gives the text itself.
    """
    if size < 1:
        return [text]
    lines = [" ".join(_GLYPHS[character][row] for character in text) for row in range(_HEIGHT)]
    dots = [[dot != " " for dot in line for _ in range(size)] for line in lines for _ in range(size)]
    if len(dots) % 2:
        dots.append([False] * len(dots[0]))
    pairs = zip(dots[::2], dots[1::2], strict=True)
    return ["".join(_CELLS[cell] for cell in zip(upper, lower, strict=True)) for upper, lower in pairs]
