"""The README's pictures show the program as it is."""

from __future__ import annotations

from pictures import FOLDER, pictures


def test_the_pictures_of_the_readme_are_those_of_today() -> None:
    for name, drawn in pictures():
        assert (FOLDER / name).read_text() == drawn, f"{name}: make pictures, and look at it"
