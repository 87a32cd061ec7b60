"""The style sheets: one look, and no sheet that says of a name what another sheet says of it too."""

import re
from collections import defaultdict
from pathlib import Path

SHEETS = sorted((Path(__file__).resolve().parents[1] / "app" / "explorer" / "styles").glob("*.css"))
COMMON = "page.css"  # what every page has; a subject's own sheet may add to it
NAME = re.compile(r"\s*(?:\.zl )?[a-z]*\.(zl-[\w-]+)")


def test_two_subjects_never_style_the_same_name() -> None:
    styled: dict[str, set[str]] = defaultdict(set)
    for sheet in SHEETS:
        rules = re.sub(r"/\*.*?\*/|@media print \{.*\n\}", "", sheet.read_text("utf-8"), flags=re.DOTALL)
        for selectors in re.findall(r"([^{}]+)\{", rules):
            for name in filter(None, map(NAME.match, selectors.split(","))):
                styled[name[1]].add(sheet.name)
    assert len(styled) > 100
    twice = {name: sorted(sheets) for name, sheets in styled.items() if len(sheets - {COMMON}) > 1}
    assert not twice
