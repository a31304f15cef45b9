"""Words on coloured ground are readable: at least 4.5 to 1 (WCAG 2.2 AA)."""

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = (Path(settings.BASE_DIR) / "static" / "fanbu.css").read_text()
PILLS = re.findall(r"(\.pill-[^{]*)\{ color: (#[0-9a-f]{6}); background: (#[0-9a-f]{6});", CSS)
BUTTONS = [
    (name, ground, words)
    for name, ground, words in re.findall(
        r"(\.btn-\w+) \{ --tblr-btn-bg: (#[0-9a-f]{3,6});.*?--tblr-btn-color: (#[0-9a-f]{3,6});", CSS
    )
]


def light(colour: str) -> float:
    """Relative luminance of #rgb or #rrggbb."""
    digits = "".join(c * 2 for c in colour[1:]) if len(colour) == 4 else colour[1:]
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_black_on_white_is_twenty_one_to_one():
    assert round(contrast("#000", "#ffffff"), 1) == 21.0
    assert len(PILLS) >= 7
    assert len(BUTTONS) >= 5


@pytest.mark.parametrize(("name", "one", "other"), [*PILLS, *BUTTONS])
def test_badges_and_buttons_are_readable(name, one, other):
    assert contrast(one, other) >= 4.5, name
