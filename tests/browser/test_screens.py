"""The pictures in the README are taken by this test, from the bundled and the sample data.

Each run takes them; they are written over the ones in the repository only when ZELIAN_SCREENS is set
(``ZELIAN_SCREENS=1 make test ARGS=tests/browser/test_screens.py``), so that a test run leaves no trace.
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page
from visitor import VisitorMaker

ROOT = Path(__file__).resolve().parents[2]
SCREENS = ROOT / "app" / "assets" / "screens"
DAY = "as_of=2026-11-22"
COLOURS = 96  # a page has few; the picture is a third of its size

#: picture -> (address, width, height)
TAKEN = {
    "overview": (f"/?{DAY}", 1280, 900),
    "issue": (f"/issue?id=SL-101&{DAY}", 1280, 900),
    "chain": (f"/issue?id=SL-101&tab=chain&{DAY}", 1280, 760),
    "proof": (f"/issue?id=CQ-001&tab=status&{DAY}", 1280, 900),
    "deadlines": (f"/duties?{DAY}", 1280, 860),
    "responsibility": (f"/responsibility?word=码头&place=d500235&{DAY}", 1280, 900),
    "regulation": (f"/law?at=a39.p4&{DAY}", 1280, 860),
    "record": (f"/record?{DAY}", 1280, 760),
    "phone": (f"/issue?id=SL-101&{DAY}", 420, 900),
    "english": (f"/?lang=en&{DAY}", 1280, 900),
}


def taken(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


@pytest.mark.parametrize("name", TAKEN)
def test_the_picture_shows_a_page(visit: VisitorMaker, name: str) -> None:
    path, width, height = TAKEN[name]
    visitor = visit(width)
    visitor.page.set_viewport_size({"width": width, "height": height})
    page = visitor.open(path)
    page.wait_for_timeout(900)  # the graph is laid out after the page is there
    picture = taken(page)
    assert picture.size == (width, height)
    inked = sum(picture.convert("L").histogram()[:128])
    assert inked > 1_000, "an empty page"
    if os.environ.get("ZELIAN_SCREENS"):
        SCREENS.mkdir(parents=True, exist_ok=True)
        picture.quantize(COLOURS).save(SCREENS / f"{name}.png", optimize=True)


def test_the_readmes_show_the_pictures_and_no_others() -> None:
    shown = set()
    for readme in ("README.md", "README.zh.md"):
        text = (ROOT / readme).read_text(encoding="utf-8")
        pictures = set(re.findall(r"app/assets/screens/([a-z]+)\.png", text))
        assert pictures, readme
        shown |= pictures
    assert shown == {file.stem for file in SCREENS.glob("*.png")}
    assert shown <= TAKEN.keys()
