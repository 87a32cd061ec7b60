"""``zelian law``: the words of an article, a paragraph or an item, and its norms."""

from __future__ import annotations

import argparse

from app.cli.messages import from_error


def run(arguments: argparse.Namespace) -> int:
    """Print the text of the place that is asked for, then the norms it makes true."""
    from reasoner import bundled, law

    place, lang = arguments.place, arguments.lang
    regulation = law.load(next(iter(sorted(bundled.path("ontology", "regulation").iterdir()))))
    try:
        article = regulation.article_of(place)
        part = regulation.find(place)
    except law.NotInLawError as missing:
        raise from_error(missing) from missing
    print(f"{regulation.title}  {article.chapter_title}".rstrip())
    print(f"{regulation.cite(place, lang)}  {regulation.iri_of(place)}\n")
    print(regulation.text_of(part.id))
    return 0
