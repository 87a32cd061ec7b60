"""``zelian law``: the words of an article, a paragraph or an item, and its norms."""

from __future__ import annotations

import argparse

from app.cli import messages


def run(arguments: argparse.Namespace) -> int:
    """Print the text of the place that is asked for, then the norms that rest on it."""
    from app.home import home
    from reasoner import pipeline
    from reasoner.rulebook import law

    lang = arguments.lang
    ontology = pipeline.ontology(None, home() / "cache")
    regulation = ontology.book.regulation
    try:
        part = regulation.find(arguments.place)
        article = regulation.article_of(arguments.place)
    except law.NotInLawError as missing:
        raise messages.from_error(missing) from missing
    print(f"《{regulation.title}》 {article.chapter_title}".rstrip())
    print(f"{regulation.cite(part.id, lang)}  {regulation.iri_of(part.id)}\n")
    print(regulation.text_of(part.id))
    for norm in ontology.book.norms.values():
        if f"{norm.place}.".startswith(f"{part.id}."):
            print(f"\n{norm.id}  {norm.label[lang]}")
            print(f"    “{norm.quote}”")
            # A norm without rules says why nothing follows from it alone.
            if said := (norm.reading or norm.reason).get(lang):
                print(f"    {said}")
    return 0
