"""``zelian check``: makes every check and says what is wrong."""

from __future__ import annotations

import argparse

from app.cli import progress


def run(arguments: argparse.Namespace) -> int:
    """Print one line a check, its faults below it; a check that could not be made counts as failed."""
    from app.home import home, record_place
    from reasoner import bundled, check, pipeline
    from reasoner.ledger import template, terms, words
    from reasoner.records.record import Record
    from reasoner.rulebook import documentation

    lang = arguments.lang
    good = True
    rules = pipeline.ontology(None, home() / "cache")
    if arguments.write:
        print(documentation.write(rules.vocabulary, rules.book, bundled.path("ontology")))
        terms.path().write_text(terms.page(rules.vocabulary), "utf-8", newline="\n")
        print(terms.path())
        words.forget()
        template.renew(template.path())
        print(template.path())
    with Record.open(record_place()) as record, progress.bar("核对 · checking"):
        for made in check.checks(rules, record):
            good = good and made.passed
            print(f"{'✓' if made.passed else '✗'} {made.label[lang]}", flush=True)
            for zh, en in made.faults:
                print(f"    {en if lang == 'en' else zh}")
            if made.lacking:
                lacking, remedy = " ".join(made.lacking), "pip install 'zelian[owl]'"
                said = f"not checked, missing {lacking}: " if lang == "en" else f"没有核对，缺少 {lacking}："
                print(f"    {said}{remedy}")
    return 0 if good else 1
