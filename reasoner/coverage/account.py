"""How completely a regulation is encoded: each character, each cue, each entry of the inventory, each atom.

Nothing is judged here that is not counted: where something has no counterpart, it is named with what would
give it one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from reasoner import bundled
from reasoner.coverage.atoms import Grounding, Roots
from reasoner.coverage.cues import Binding, Cues
from reasoner.coverage.text import CATEGORIES, UNASSIGNED, Fault, Ledger, Segment
from reasoner.pipeline import Ontology
from reasoner.rulebook.norms import LawBook, NormError, Record, read_yaml
from reasoner.rulebook.rulecheck import BINDINGS, binding_problems


@dataclass
class Row:
    """The figures of one article, of the notice, or (``id`` empty) of definitions and procedures."""

    id: str
    characters: Counter[str] = field(default_factory=Counter)
    cues: int = 0
    cues_unbound: int = 0
    entries: Counter[str] = field(default_factory=Counter)
    unbound: int = 0
    rules: int = 0
    atoms: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    @property
    def atoms_without_span(self) -> int:
        """Atoms of its rules that point to no words and to no method."""
        return self.atoms[""]

    def to_dict(self) -> dict[str, Any]:
        """Return the figures for JSON."""
        return {
            "article": self.id,
            "characters": {c: self.characters[c] for c in CATEGORIES},
            "cues": self.cues,
            "cuesUnbound": self.cues_unbound,
            "entries": {b: self.entries[b] for b in BINDINGS if self.entries[b]},
            "unbound": self.unbound,
            "rules": self.rules,
            "atoms": {kind: n for kind, n in sorted(self.atoms.items()) if kind},
            "atomsWithoutSpan": self.atoms_without_span,
        }


class Coverage:
    """The coverage of one regulation; made by ``cover``."""

    def __init__(self, rules: Ontology, folder: Path) -> None:
        self.rules, self.book = rules, rules.book
        home = folder / "regulation" / self.book.regulation.id
        self.ledger = Ledger(self.book, home)
        self.cues = Cues(self.ledger)
        self.roots = Roots(self.book, rules.vocabulary)
        articles = (self.book.regulation.notice, *self.book.regulation.articles)
        self._rows = {article.id: Row(article.id) for article in articles} | {"": Row("")}
        self._count_text()
        entries = read_yaml(home / "inventory.yaml")
        self.inventory = sum(map(len, entries["entries"].values()))
        self._count_entries(entries)
        self._count_atoms()

    @property
    def rows(self) -> list[Row]:
        """The notice, the articles in order, and last the definitions and procedures."""
        return list(self._rows.values())

    @property
    def faults(self) -> list[Fault]:
        """Every gap, by article."""
        return [fault for row in self.rows for fault in row.faults]

    def totals(self) -> dict[str, int]:
        """The figures of the whole regulation."""
        return {
            "inventory": self.inventory,
            "entries": sum(sum(row.entries.values()) for row in self.rows),
            "unbound": sum(row.unbound for row in self.rows),
            "characters": sum(sum(row.characters.values()) for row in self.rows),
            "charactersUnassigned": sum(row.characters[UNASSIGNED] for row in self.rows),
            "cues": sum(row.cues for row in self.rows),
            "cuesUnbound": sum(row.cues_unbound for row in self.rows),
            "rules": sum(row.rules for row in self.rows),
            "atoms": sum(sum(row.atoms.values()) for row in self.rows),
            "atomsWithoutSpan": sum(row.atoms_without_span for row in self.rows),
            "faults": len(self.faults),
        }

    def segments(self, article: str) -> Iterator[Segment]:
        """The text of an article, run by run, with what each run was made into."""
        for at, segments in self.ledger.segments.items():
            if at.split(".")[0] == article:
                yield from segments

    def bindings(self, article: str) -> Iterator[Binding]:
        """The cues of an article, with what each was made into."""
        for at, bindings in self.cues.bindings.items():
            if at.split(".")[0] == article:
                yield from sorted(bindings, key=lambda b: (b.start, b.end))

    def groundings(self, article: str) -> Iterator[Grounding]:
        """The atoms of the rules of an article (of the definitions, when empty), with their spans."""
        for record in self.book.owners.values():
            if self._article_of(record) == article:
                yield from self.roots.of(record)

    def details(self, article: str) -> dict[str, Any]:
        """Return everything that the figures of an article count, for JSON."""
        return {
            "segments": [asdict(segment) for segment in self.segments(article)],
            "cues": [asdict(binding) for binding in self.bindings(article)],
            "atoms": [
                {
                    "rule": g.rule.id,
                    "atom": str(g.atom),
                    "kind": g.kind,
                    "of": g.of,
                    "spans": [asdict(s) for s in g.spans],
                }
                for g in self.groundings(article)
            ],
        }

    def _article_of(self, record: Record) -> str:
        article = record.place.split(".")[0] if record.quote else ""
        return article if article in self._rows else ""

    def _row(self, where: str) -> Row:
        return self._rows.get(where.split(".")[0], self._rows[""])

    def _count_text(self) -> None:
        for at, segments in self.ledger.segments.items():
            for segment in segments:
                self._row(at).characters[segment.category] += len(segment.text)
        for at, bindings in self.cues.bindings.items():
            self._row(at).cues += len(bindings)
            self._row(at).cues_unbound += sum(not binding.by for binding in bindings)
        for fault in (*self.ledger.faults, *self.ledger.gaps(), *self.cues.faults, *self.cues.unbound()):
            self._row(fault.where).faults.append(fault)

    def _count_entries(self, inventory: dict[str, Any]) -> None:
        for norm in self.book.norms.values():
            self._row(norm.id).entries[norm.binding] += 1
        for fault in (*_unbound(self.rules), *_missing(self.book, inventory)):
            self._row(fault.where).unbound += 1
            self._row(fault.where).faults.append(fault)

    def _count_atoms(self) -> None:
        for record in self.book.owners.values():
            row = self._rows[self._article_of(record)]
            row.rules += len(record.rules)
            bare: dict[str, int] = {}
            for grounding in self.roots.of(record):
                row.atoms[grounding.kind] += 1
                if not grounding.kind:
                    bare[grounding.atom.predicate] = bare.get(grounding.atom.predicate, 0) + 1
            row.faults += [self._without_span(record, name, n) for name, n in bare.items()]
        for name, word, sources in self.roots.misquoted():
            zh, en = f"{name}：{sources} 中没有“{word}”", f"{name}: zl:words not in {sources}: {word}"
            self._rows[""].faults.append(Fault(name, "words", zh, en))

    def _without_span(self, record: Record, name: str, times: int) -> Fault:
        by = [d.id for d in self.roots.definers.get(name, ())]
        need = (
            f"basis: in definition {' '.join(by)}" if by else f"words: {name} here, or zl:words of the term"
        )
        zh = f"规则中的 {name}（{times} 处）未指向原文：{need}"
        return Fault(record.id, "atom", zh, f"{name} ({times} times) points to no words of the text: {need}")


def cover(rules: Ontology, folder: Path | None = None) -> Coverage:
    """Count what is covered; ``folder`` is the ontology folder that ``rules`` was read from.

    Raises NormError when one of the data files is malformed.
    """
    try:
        return Coverage(rules, folder or bundled.path("ontology"))
    except (KeyError, TypeError, AttributeError) as error:
        raise NormError(f"spans.yaml / cues.yaml / inventory.yaml: {error!r}") from error


def _unbound(rules: Ontology) -> Iterator[Fault]:
    """Norms that are bound as nothing, or as something that is not there."""
    for norm in rules.book.norms.values():
        for problem in binding_problems(norm, rules.vocabulary):
            yield Fault(norm.id, "entry", problem, problem)


def _missing(book: LawBook, inventory: dict[str, Any]) -> Iterator[Fault]:
    """Entries of the inventory that no norm took up, and norms that come from no entry."""
    known = [str(entry) for entries in inventory["entries"].values() for entry in entries]
    changed = {change["id"]: change for change in inventory.get("successors") or ()}
    expected = set()
    for entry in known:
        into = changed[entry]["into"] if entry in changed else [entry]
        expected |= set(into)
        for norm in into:
            if norm not in book.norms:
                yield Fault(
                    norm, "entry", f"清单中的 {entry} 未落实", f"entry {entry} is taken up by no norm"
                )
    for norm in book.norms:
        if norm not in expected:
            where = "inventory.yaml: successors"
            yield Fault(norm, "entry", f"不在清单中，应记入 {where}", f"in no entry: record it in {where}")
    for entry, change in changed.items():
        if entry not in known or not change.get("reason"):
            yield Fault(
                entry, "entry", "后继条目无效或未写理由", "successors of no entry, or without a reason"
            )
