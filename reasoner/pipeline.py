"""The flow on one screen: record → facts → rules by stratum → conclusions with proofs.

    record  ─ facts.gather ─▶ facts with provenance, as of a date
    ontology ─ vocabulary.load, norms.load ─▶ terms, norms, rules
    facts + rules ─ evaluate / sql ─▶ model ─ conclusions.Reader ─▶ conclusions ─ proof.Prover ─▶ proofs

A world is a pure function of (a state of the record, the rules, an as-of date); the record is never changed
here.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from reasoner import bundled
from reasoner.access.policy import Access, access
from reasoner.access.reader import reader
from reasoner.access.view import seen_by
from reasoner.engine import calendar
from reasoner.engine.checkable import Certifier
from reasoner.engine.conclusions import Conclusion
from reasoner.engine.evaluate import Model, Program, evaluate
from reasoner.engine.facts import Facts, gather
from reasoner.engine.proof import Proof, Prover
from reasoner.engine.reader import Reader
from reasoner.engine.reevaluate import reevaluate
from reasoner.kept import kept, source_files
from reasoner.records.record import Record
from reasoner.rulebook import norms, vocabulary
from reasoner.rulebook.norms import LawBook
from reasoner.rulebook.sentences import Speaker
from reasoner.rulebook.vocabulary import Vocabulary

Engine = Literal["memory", "duckdb", "clingo"]
RECORD_FILE = "record.sqlite"
_READ = (".ttl", ".yaml", ".md")


@dataclass(frozen=True, eq=False)
class Ontology:
    """The ontology folder, read: its terms, its law, and the rules made ready to run."""

    vocabulary: Vocabulary
    book: LawBook

    @cached_property
    def program(self) -> Program:
        """The rules with their strata and join plans."""
        return Program(self.book.rules)

    def without(self, parameters: Collection[str]) -> Ontology:
        """The same rules, for a world that does not know these kinds of parameter."""
        known = [p for p in self.book.parameters if p["kind"] not in parameters]
        other = Ontology(self.vocabulary, replace(self.book, parameters=known))
        for name in ("rules", "used", "months", "by_constant", "owners"):  # what parameters do not touch
            other.book.__dict__[name] = getattr(self.book, name)
        other.__dict__["program"] = self.program
        return other


#: What this process has read, by its folder.
READ: dict[Path, Ontology] = {}


def ontology(folder: Path | None = None, cache_folder: Path | None = None) -> Ontology:
    """Read the bundled ontology (or another folder of the same form), once per process.

    ``cache_folder`` is where the terms, the parsed rules and their plans are kept for the next process.
    """
    home = folder or bundled.path("ontology")
    if home not in READ:
        READ[home] = _ontology(home, cache_folder)
    return READ[home]


def _ontology(home: Path, cache_folder: Path | None) -> Ontology:
    def read() -> Ontology:
        terms = vocabulary.load(home)
        made = Ontology(terms, norms.load(home, terms))
        _ = made.program  # kept with the rest
        return made

    files = [f for f in home.rglob("*") if f.suffix in _READ and f.name != "cases.yaml"]
    return kept(cache_folder, "ontology", [*files, *source_files()], Ontology, read)


def solve(
    facts: Facts, rules: Ontology, engine: Engine = "memory", wanted: Collection[str] | None = None
) -> Model:
    """Evaluate; ``memory`` keeps every derivation, the other engines only what is true (no proofs).

    ``wanted``: the predicates that these engines need bring back; all of them unless given.
    """
    if engine == "memory":
        return evaluate(facts.atoms, rules.program)
    model = Model()
    for predicate, row in facts.atoms:
        model.relations[predicate].add(row)
        model.given.add((predicate, row))
    for predicate, rows in _elsewhere(facts, rules, engine, wanted).items():
        model.relations[predicate].extend(rows)
    return model


def true_of(
    facts: Facts, rules: Ontology, engine: Engine, wanted: Collection[str]
) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of some predicates only, those that have any."""
    if engine == "memory":
        model = solve(facts, rules)
        return {name: list(rows) for name in sorted(wanted) if (rows := model.rows(name))}
    found: dict[str, dict[tuple[Any, ...], None]] = {}
    for predicate, row in facts.atoms:
        if predicate in wanted:
            found.setdefault(predicate, {})[row] = None
    for predicate, rows in _elsewhere(facts, rules, engine, wanted).items():
        found.setdefault(predicate, {}).update(dict.fromkeys(rows))
    return {name: list(found[name]) for name in sorted(found)}


def _elsewhere(
    facts: Facts, rules: Ontology, engine: Engine, wanted: Collection[str] | None
) -> dict[str, list[tuple[Any, ...]]]:
    """What follows on another engine than the one in process; rows of one predicate in a fixed order."""
    if engine == "clingo":
        from reasoner.engine.judge import judge

        judged = judge(facts.atoms, rules.book.rules)
        return {p: sorted(rows, key=str) for p, rows in judged.items() if wanted is None or p in wanted}
    from reasoner.engine.database import Database

    database = Database(rules.book.rules)
    if facts.table is not None:
        database.load_table(facts.table)
    database.load(atom for atom in facts.atoms if facts.table is None or atom not in facts.origins)
    database.run()
    return database.concluded(wanted)


@dataclass(frozen=True)
class Origin:
    """Where the statements of a world come from: the version they are of, and the source of each by id."""

    data_version: dict[str, Any]
    sources: Callable[[Iterable[int]], dict[int, dict[str, Any]]]


def origin_of(record: Record) -> Origin:
    """Where the statements of a record come from."""

    def sources(ids: Iterable[int]) -> dict[int, dict[str, Any]]:
        wanted = sorted(set(ids))
        found: dict[int, dict[str, Any]] = {}
        for start in range(0, len(wanted), 500):
            for s in record.statements(ids=wanted[start : start + 500]):
                found[s.id] = {k: v for k, v in asdict(s.source).items() if v is not None} | {
                    "statement": s.id
                }
        return found

    return Origin({"version": record.version, "digest": record.digest}, sources)


class World:
    """What follows from a state of the record, as of a date."""

    def __init__(
        self,
        facts: Facts,
        rules: Ontology,
        as_of: datetime.date,
        names: Mapping[str, str] | None = None,
        record: Record | None = None,
        engine: Engine = "memory",
        *,
        origin: Origin | None = None,
        model: Model | None = None,
    ) -> None:
        self.facts, self.rules, self.as_of, self.record = facts, rules, as_of, record
        self.law = rules.book.regulation
        self.model = solve(facts, rules, engine) if model is None else model
        self.speaker = Speaker(rules.vocabulary, rules.book, names or {}, self.model)
        self.origin = origin_of(record) if origin is None and record is not None else origin
        self.data_version = self.origin.data_version if self.origin is not None else {}

    def altered(self, facts: Facts, names: dict[str, str]) -> World:
        """The world of other facts, and with more names; what the change does not touch is taken over."""
        model = None
        if self.model.stated:  # else another engine made it, which keeps no derivations
            model = reevaluate(self.model, facts.atoms, self.rules.program)
        known = {**self.speaker.names, **names} if names else self.speaker.names
        return World(facts, self.rules, self.as_of, known, self.record, origin=self.origin, model=model)

    @cached_property
    def _all(self) -> list[Conclusion]:
        reader = Reader(
            self.model, self.rules.vocabulary, self.rules.book, self.speaker, calendar.to_int(self.as_of)
        )
        return list(reader.all())

    @cached_property
    def _by_id(self) -> dict[str, Conclusion]:
        return {conclusion.id: conclusion for conclusion in self._all}

    def conclusions(
        self, issue: str | None = None, norm: str | None = None, status: str | None = None
    ) -> list[Conclusion]:
        """Conclusions, narrowed by issue id, norm id (or its article or paragraph) and status."""
        return [
            c
            for c in self._all
            if (issue is None or issue in c.issues)
            and (norm is None or c.norm == norm or c.norm.startswith(norm + "."))
            and (status is None or status in (c.status, c.status_label.get("zh"), c.status_label.get("en")))
        ]

    def conclusion(self, conclusion_id: str) -> Conclusion:
        """Raises KeyError when there is no conclusion with this id (as of this date)."""
        return self._by_id[conclusion_id]

    @cached_property
    def prover(self) -> Prover:
        """What builds the proofs of this world."""
        book, recursive = self.rules.book, self.rules.program.recursive_predicates
        return Prover(self.model, self.facts, book, self.speaker, self.sources, recursive)

    def explain(self, conclusion_id: str) -> Proof:
        """The proof of a conclusion. Raises KeyError when there is none with this id."""
        conclusion = self.conclusion(conclusion_id)
        return Proof(
            conclusion,
            self.prover.tree(conclusion.atom),
            self.as_of.isoformat(),
            self.data_version,
            self.rules.book.digest,
            tuple(self.prover.tree(atom) for atom in conclusion.beside),
        )

    @cached_property
    def certifier(self) -> Certifier:
        """What writes the checkable proofs of this world."""
        book, recursive = self.rules.book, self.rules.program.recursive_predicates
        day, version = self.as_of.isoformat(), self.data_version
        return Certifier(self.model, self.facts, book, self.sources, recursive, day, version)

    def certify(self, conclusion_id: str) -> dict[str, Any]:
        """The proof of a conclusion as ``reasoner.checker`` reads it; KeyError when there is none."""
        return self.certifier.write(self.conclusion(conclusion_id))

    def sources(self, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
        """Where statements come from, by id, for display: file, sheet, row, column, url, who, when."""
        return self.origin.sources(ids) if self.origin is not None else {}

    def issues(self) -> list[str]:
        """Ids of all issues."""
        return sorted(str(row[0]) for row in self.model.rows("issue"))


def open_world(
    home: Path,
    as_of: datetime.date | None = None,
    *,
    engine: Engine = "memory",
    version: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> World:
    """Open the record of a home folder and reason over it.

    Raises what Record.open raises, norms.NormError or rules.RuleError for a broken ontology.
    """
    day = as_of or datetime.date.today()
    step = progress or (lambda *_: None)
    record = record_of(home)
    step("ontology", 0, 3)
    rules = ontology(None, home / "cache")
    step("facts", 1, 3)
    facts = gather(record, rules.book, rules.vocabulary, calendar.to_int(day), version)
    step("reasoning", 2, 3)
    world = World(facts, rules, day, record.names(), record, engine)
    step("done", 3, 3)
    return world


def record_of(home: Path) -> Record:
    """Open the record of a home folder, or the database that $ZELIAN_DATABASE names, for whom it is read.

    Every reader comes by here: what the role of ``access.reader`` may not see is not on the record they get.
    Raises what Record.open and ``access.reader.reader`` raise.
    """
    role = reader()
    whole = Record.open(os.environ.get("ZELIAN_DATABASE") or home / RECORD_FILE)
    if role is None:
        return whole
    rules = ontology(None, home / "cache")
    return seen_by(role, whole, access_of(rules), rules.vocabulary, home / "cache")


def access_of(rules: Ontology) -> Access:
    """The classes of secrecy and the roles. Raises norms.NormError when their files are malformed."""
    return access(rules.book.regulation.id)
