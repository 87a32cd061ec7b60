"""The vocabulary as tables for people who write cases, ledgers and norms: generated and checked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reasoner.rulebook.norms import LawBook
from reasoner.rulebook.vocabulary import Predicate, Vocabulary

PAGE = "VOCABULARY.md"

_HEAD = """# Vocabulary

Generated from the ontology by `zelian check --write`; do not edit. Each name can be used in rules (small
first letter), in case files and in RDF (`zl:`).
"""


def vocabulary_page(vocabulary: Vocabulary, book: LawBook) -> str:
    """The page ``ontology/VOCABULARY.md``."""
    lines = [_HEAD, "## Classes", "", "| class | 中文 | English | below |", "|---|---|---|---|"]
    for p in _plain(vocabulary):
        if p.is_class:
            name = p.iri.rsplit("#")[-1]
            parents = ", ".join(sorted(vocabulary.superclasses.get(name, ())))
            lines.append(f"| `{name}` | {p.label.get('zh', '')} | {p.label.get('en', '')} | {parents} |")
    lines += ["", "## Properties", "", "| property | of → value | 中文 | English |", "|---|---|---|---|"]
    for p in _plain(vocabulary):
        if p.arity == 2 and not p.recorded_only:
            types = " → ".join("/".join(kinds) for kinds in p.arguments)
            lines.append(f"| `{p.name}` | {types} | {p.label.get('zh', '')} | {p.label.get('en', '')} |")
    lines += ["", "## Statuses", "", "| status | 中文 | English |", "|---|---|---|"]
    lines += [
        f"| `{p.name}` | {p.label.get('zh', '')} | {p.label.get('en', '')} |"
        for p in vocabulary.predicates.values()
        if p.is_status and p.roles
    ]
    lines += ["", "## Norms", "", "| norm | 中文 | English | bound as |", "|---|---|---|---|"]
    lines += [f"| `{n.id}` | {n.label['zh']} | {n.label['en']} | {n.binding} |" for n in book.norms.values()]
    lines += ["", "## Individuals", ""]
    groups: dict[str, list[str]] = {}
    for individual in vocabulary.individuals.values():
        entry = (
            f"| `{individual.name}` | {individual.label.get('zh', '')} | {individual.label.get('en', '')} |"
        )
        groups.setdefault(", ".join(individual.classes), []).append(entry)
    for classes, entries in sorted(groups.items()):
        lines += [f"### {classes}", "", "| name | 中文 | English |", "|---|---|---|", *entries, ""]
    lines += ["## Points with two readings", "", "| point | 中文 | English |", "|---|---|---|"]
    lines += [f"| `{p.id}` | {p.label['zh']} | {p.label['en']} |" for p in book.points.values()]
    return "\n".join(lines) + "\n"


def write(vocabulary: Vocabulary, book: LawBook, folder: Path) -> Path:
    """Write the page into the ontology folder and return where it is."""
    page = folder / PAGE
    page.write_text(vocabulary_page(vocabulary, book), "utf-8", newline="\n")
    return page


def _plain(vocabulary: Vocabulary) -> Iterator[Predicate]:
    return (p for p in vocabulary.predicates.values() if not p.derived and not p.is_status)
