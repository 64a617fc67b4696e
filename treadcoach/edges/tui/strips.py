"""Textual's lines, without circles: one that remembers itself as its own part is freed by nothing but the collector.

Drawn at full rate that is ten thousand objects a second, and every thread waits for the collector, a key's as well:
an eighth of a second where nobody may wait for a hundredth.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from textual.strip import Strip

_crop_extend, _divide = Strip.crop_extend, Strip.divide


def _cropped(strip: Strip, start: int, end: int, style: Any) -> Strip:  # noqa: ANN401 - rich's
    """The whole of it is itself, and not worth remembering."""
    return strip if start <= 0 and end == strip.cell_length else _crop_extend(strip, start, end, style)


def _divided(strip: Strip, cuts: Iterable[int]) -> Sequence[Strip]:
    """The same of one part."""
    inside = [cut for cut in cuts if cut <= strip.cell_length]
    return [strip] if inside == [strip.cell_length] else _divide(strip, inside)


def unknot() -> None:
    """From now on, in this process."""
    Strip.crop_extend = _cropped  # type: ignore[method-assign, assignment] # which is what this is for
    Strip.divide = _divided  # type: ignore[method-assign, assignment] # as above
