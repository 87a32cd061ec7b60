"""Norms and definitions: the records in which the law's meaning is written, read from the ontology folder.

A record has an id, a label, a reading and possibly rules; a norm has besides a literal quote of the
article. The rules of all records together, with the OWL axioms, are the program that the evaluators run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from reasoner.engine.calendar import MONTHS_AFTER
from reasoner.rulebook import bounded_yaml, law, version
from reasoner.rulebook.rules import Rule, RuleError, parse
from reasoner.rulebook.vocabulary import Text, Vocabulary

CONTRADICTION = "disjointMember"
"""What the disjointness axioms conclude of an entity that is a member of two disjoint classes."""


class NormError(ValueError):
    """A record that does not have the expected form: where, what, and what was expected."""


@dataclass(frozen=True)
class Record:
    """One norm (with ``quote``) or definition (without)."""

    id: str
    label: Text
    rules: tuple[Rule, ...]
    binding: str
    quote: str | None = None
    reading: Text = field(default_factory=dict)
    reason: Text = field(default_factory=dict)
    points: tuple[str, ...] = ()
    type: str = ""
    frame: dict[str, Any] = field(default_factory=dict)
    display: dict[str, Text] = field(default_factory=dict)
    file: str = ""
    words: dict[str, tuple[law.Span, ...]] = field(default_factory=dict)
    """For predicates of its own rules, the words of the text that they stand for."""
    basis: tuple[law.Span, ...] = ()
    """Of a definition, the words of the text that it rests on."""
    terms: tuple[str, ...] = ()
    """Of a norm that no rule states: the terms of the ontology that carry it."""
    merged: tuple[str, ...] = ()
    """Entries of the inventory that this one absorbs."""
    split_from: str | None = None
    method: Text = field(default_factory=dict)
    """Of a definition that rests on no words of the text: why it is needed (records, evidence)."""

    @property
    def constant(self) -> str:
        """How rules name the norm: ``a36.p3.s2`` → ``a36_p3_s2``."""
        return self.id.replace(".", "_") if "." in self.id else step_constant(self.id)

    @property
    def place(self) -> str:
        """The paragraph or item of the norm: ``a36.p3.s2`` → ``a36.p3``."""
        return re.sub(r"\.[sn]\d+$", "", self.id)


@dataclass(frozen=True)
class Point:
    """A point of the text that bears two readings; the cautious one is followed, both are shown."""

    id: str
    label: Text
    cautious: Text
    other: Text


@dataclass
class LawBook:
    """The regulation, its norms and definitions, the points with two readings, and all rules."""

    regulation: law.Regulation
    norms: dict[str, Record]
    definitions: dict[str, Record]
    points: dict[str, Point]
    axioms: list[Rule]
    parameters: list[dict[str, Any]]
    digest: str
    steps: dict[str, Record] = field(default_factory=dict)
    """Procedures and their steps, in the order of the file: see reasoner/answers/procedure.py."""
    step_entries: list[dict[str, Any]] = field(default_factory=list)

    @cached_property
    def by_constant(self) -> dict[str, Record]:
        """Norms, procedures and steps by the constant that names them in rules."""
        return {record.constant: record for record in (*self.norms.values(), *self.steps.values())}

    @cached_property
    def owners(self) -> dict[str, Record]:
        """Norms and definitions by id: whose rule a rule is."""
        return {**self.definitions, **self.norms, **self.steps}

    @cached_property
    def rules(self) -> list[Rule]:
        """The program: what is written in the records and the axioms that lead to it."""
        written = [rule for record in self.owners.values() for rule in record.rules]
        classifying = [rule for rule in self.axioms if rule.head.predicate != CONTRADICTION]
        return [*_needed({a.predicate for rule in written for a in rule.atoms()}, classifying), *written]

    @cached_property
    def used(self) -> frozenset[str]:
        """The predicates that some rule reads: no other statement of a record can matter."""
        read = [a for r in self.rules for a in (*r.positive(), *r.negated())]
        read += [a for r in self.rules for count in r.counts() for a in count.atoms]
        return frozenset(a.predicate for a in read)

    @cached_property
    def months(self) -> tuple[int, ...]:
        """The numbers of months that some rule counts."""
        counted = (a.args[1] for r in self.rules for a in r.positive() if a.predicate == MONTHS_AFTER)
        return tuple(sorted({n for n in counted if isinstance(n, int)}))

    @cached_property
    def consistency_rules(self) -> list[Rule]:
        """The axioms that show when a record contradicts the ontology (not for conclusions)."""
        return _needed({CONTRADICTION}, self.axioms)

    def citation(self, record: Record, language: str) -> str:
        """How the place of a norm is cited; empty for a definition."""
        return self.regulation.cite(record.place, language) if record.quote else ""


def _needed(wanted: set[str], axioms: list[Rule]) -> list[Rule]:
    """The axioms that lead to a predicate some rule uses; the others change nothing that is asked."""
    while True:
        more = {
            a.predicate for rule in axioms if rule.head.predicate in wanted for a in rule.positive()
        } - wanted
        if not more:
            return [rule for rule in axioms if rule.head.predicate in wanted]
        wanted |= more


def load(folder: Path, vocabulary: Vocabulary, regulation: str | None = None) -> LawBook:
    """Read the definitions and one regulation of an ontology folder.

    Raises NormError or rules.RuleError, naming file and record, when a record is malformed.
    """
    try:
        return _load(folder, vocabulary, regulation)
    except (
        AttributeError,
        KeyError,
        TypeError,
    ) as error:  # a list where a mapping belongs, a field that lacks
        what = f"{type(error).__name__} {error}"
        raise NormError(f"{folder}: 有文件形式不对 / a file is not of the form: {what}") from error
    except law.LawError as error:
        raise NormError(str(error)) from error


def _load(folder: Path, vocabulary: Vocabulary, regulation: str | None) -> LawBook:
    home = next(
        p for p in sorted((folder / "regulation").iterdir()) if regulation in (None, p.name) and p.is_dir()
    )
    text = law.load(home)
    definitions = {r.id: r for r in _records(folder / "definitions.yaml", "definition")}
    files = [*home.glob("notice.yaml"), *sorted(home.glob("art-*/norms.yaml"))]
    norms: dict[str, Record] = {}
    for file in files:
        for record in _records(file, "norm"):
            if record.id in norms:
                raise NormError(f"{file.parent.name}/{file.name}: {record.id} stands twice")
            norms[record.id] = record
    procedures = home / "procedures.yaml"
    entries = _listed(procedures) if procedures.exists() else []
    steps = {r.id: r for r in _records(procedures, "step", map(_step, entries))}
    for record in (*definitions.values(), *norms.values(), *steps.values()):
        _check_words(record, text)
    points_file = home / "readings.yaml"
    points = {p["id"]: Point(p["id"], p["label"], p["cautious"], p["other"]) for p in read_yaml(points_file)}
    source = read_yaml(home / "source.yaml")
    digest = version.digest(version.files(folder).items())
    return LawBook(
        text,
        norms,
        definitions,
        points,
        vocabulary.axiom_rules(),
        list(source.get("parameters", [])),
        digest,
        steps,
        entries,
    )


def read_yaml(file: Path) -> Any:
    """Read a YAML file; raises NormError naming line and column when it is malformed."""
    try:
        return bounded_yaml.read(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file}:{mark.line + 1}:{mark.column + 1}" if mark else str(file)
        raise NormError(f"{where}: {getattr(error, 'problem', None) or error}") from None
    except (OSError, ValueError) as error:  # another encoding, a day that no calendar has
        raise NormError(f"{file}: {error}") from None


def _listed(file: Path) -> list[dict[str, Any]]:
    """The records of a file. Raises NormError."""
    found = read_yaml(file)
    if not isinstance(found, list) or not all(
        isinstance(e, dict) and isinstance(e.get("id"), str) for e in found
    ):
        raise NormError(f"{file}: 应为各有 id 的记录的列表 / expected a list of records, each with an id")
    return found


def step_constant(step: str) -> str:
    """How rules name a procedure or step: ``R10a`` → ``r10a``."""
    return step[0].lower() + step[1:]


def _step(entry: dict[str, Any]) -> dict[str, Any]:
    """A step of a procedure as a record: where it belongs and what it follows become rules of its own."""
    name = step_constant(str(entry["id"]))
    rules = [str(entry.get("rule") or "")]
    if "in" in entry:
        rules.append(f"stepIn({name},{step_constant(str(entry['in']))}) :- asOf(_).")
    for earlier in entry.get("after") or ():
        before = step_constant(str(earlier["step"]))
        rules.append(f"precedes({before},{name},{earlier['order']}) :- asOf(_).")
    return {**entry, "rule": "\n".join(rules)}


def _records(file: Path, kind: str, entries: Iterable[dict[str, Any]] | None = None) -> Iterator[Record]:
    for entry in _listed(file) if entries is None else entries:
        try:
            rules = tuple(parse(entry["rule"], entry["id"])) if entry.get("rule") else ()
            reading = dict(entry.get("reading") or {})
            basis = entry.get("basis")
            if not isinstance(entry["label"], dict):
                where = f"{file.parent.name}/{file.name}: {entry['id']}: label"
                raise NormError(f"{where}：应为 zh、en 两项 / expected zh and en")
            yield Record(
                entry["id"],
                entry["label"],
                rules,
                entry.get("binding", kind),
                entry.get("quote"),
                {k: v for k, v in reading.items() if k in ("zh", "en")},
                entry.get("reason") or {},
                tuple(entry.get("points") or ()),
                entry.get("type", ""),
                entry.get("frame") or {},
                entry.get("display") or {},
                f"{file.parent.name}/{file.name}",
                _words(entry),
                _spans(basis) if isinstance(basis, list) else (),
                terms=tuple(entry.get("terms") or ()),
                merged=tuple(entry.get("merged") or ()),
                split_from=entry.get("split_from"),
                method=dict(basis["method"]) if isinstance(basis, dict) else {},
            )
        except KeyError as missing:
            raise NormError(f"{file}: {entry.get('id', '?')}: {missing} is missing") from None
        except RuleError as error:
            raise RuleError(f"{file.parent.name}/{file.name}: {error}") from None
        except (TypeError, ValueError) as error:
            raise NormError(f"{file}: {entry.get('id', '?')}: {error}") from None


def _words(entry: dict[str, Any]) -> dict[str, tuple[law.Span, ...]]:
    """The ``words`` of a record, by predicate; words without a place stand in the record's own."""
    own = re.sub(r"\.[sn]\d+$", "", entry["id"])
    return {str(predicate): _spans(said, own) for predicate, said in (entry.get("words") or {}).items()}


def _spans(said: Any, own: str = "") -> tuple[law.Span, ...]:
    """Words as they are written: a text, ``{at, text}``, or a list of these."""
    spans = []
    for one in said if isinstance(said, list) else [said]:
        if isinstance(one, str) and own:
            spans.append(law.Span(own, one))
        elif isinstance(one, dict) and set(one) == {"at", "text"}:
            spans.append(law.Span(str(one["at"]), str(one["text"])))
        else:
            raise ValueError(f"应为原文或 {{at, text}} / expected words of the text or {{at, text}}: {one!r}")
    return tuple(spans)


def _check_words(record: Record, text: law.Regulation) -> None:
    """Raises NormError when words that a record cites do not stand where it says."""
    for predicate, spans in record.words.items():
        _check_spans(record, f"words: {predicate}", spans, text)
    _check_spans(record, "basis", record.basis, text)


def _check_spans(record: Record, what: str, spans: tuple[law.Span, ...], text: law.Regulation) -> None:
    for span in spans:
        try:
            text.quote_span(span.at, span.text)
        except law.NotInLawError as error:
            raise NormError(f"{record.file}: {record.id}: {what}: {error}") from None
