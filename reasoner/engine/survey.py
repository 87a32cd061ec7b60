"""What follows from a whole record, kept without proofs, and the cases in it opened one by one.

    record + rules + day ─▶ survey: every conclusion, cheap to list and to count, kept on disk
    one issue or inspection ─ surroundings ─▶ case: a small world with proofs, why-not and what-if

The survey is the measure: a case is shown only when what follows in it about its matter is what the survey
says of it; otherwise wider surroundings are taken, at last the whole record.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from threading import RLock

from reasoner.answers import procedure
from reasoner.engine import calendar
from reasoner.engine.conclusions import Conclusion
from reasoner.engine.evaluate import Model
from reasoner.engine.facts import Facts, gather, selected
from reasoner.engine.proof import Proof
from reasoner.engine.reader import READ, Reader
from reasoner.engine.surroundings import Indexed, Surroundings
from reasoner.kept import kept_as, source_files
from reasoner.pipeline import Ontology, World, ontology, record_of, true_of
from reasoner.records.fictional import without
from reasoner.records.record import Record
from reasoner.rulebook.rules import Value
from reasoner.rulebook.sentences import Speaker
from reasoner.rulebook.vocabulary import Text

_LARGE = 20_000
"""Statements from which on the rules run on DuckDB; below, the in-process evaluator is the faster one."""
_CROWDED = 200
"""An inspection with more issues than this is not looked at as a whole to prove one conclusion about it."""
_CASES = 64
_KEPT = 6
"""Surveys kept on disk: of some days, some states of the record."""

Relations = dict[str, list[tuple[Value, ...]]]


class Survey:
    """What follows from a state of the record (the present one unless told) as of a day.

    Safe to share between threads.
    """

    def __init__(
        self,
        record: Record,
        rules: Ontology,
        as_of: datetime.date,
        cache: Path | None,
        version: int | None = None,
    ) -> None:
        self.record, self.rules, self.as_of = record, rules, as_of
        self.version = record.version if version is None else version
        self.digest = record.digest_at(self.version)
        self.law = rules.book.regulation
        self.lock = RLock()  # indexes of a model grow while it is asked
        self._day = calendar.to_int(as_of)
        key = f"{self.version}/{self.digest}/{rules.book.digest}/{as_of.isoformat()}"
        relations = kept_as(cache, "survey", key, source_files(), dict, self._evaluated, most=_KEPT)
        self.model = Model()
        for predicate, rows in relations.items():
            self.model.relations[predicate].extend(rows)
        self.model.given = {(p, row) for p in rules.vocabulary.class_names for row in self.model.rows(p)}
        self.names = record.names()
        self.speaker = Speaker(rules.vocabulary, rules.book, self.names, self.model)
        self._case = lru_cache(maxsize=_CASES)(self._open)

    def _evaluated(self) -> Relations:
        """The part of the model that conclusions are read off."""
        facts = self.facts
        wanted = {*self.said, *READ, *procedure.READ}
        if len(facts.origins) < _LARGE:
            found = true_of(facts, self.rules, "memory", wanted)
        else:
            found = self._followed(facts, wanted)
        for predicate, row in facts.atoms:  # what has no name is described by the class that is stated
            if predicate in self.rules.vocabulary.class_names:
                found.setdefault(predicate, []).append(row)
        return found

    def _followed(self, facts: Facts, wanted: set[str]) -> Relations:
        """The same of a large record: what followed from its last state in this process is kept up."""
        from reasoner.engine.following import following  # DuckDB, which a small record does without

        place = f"{self.record.path}/{self.rules.book.digest}/{self._day}"
        found = {
            name: dict.fromkeys(rows) for name, rows in following(place, facts, self.rules, wanted).items()
        }
        for predicate, row in facts.atoms:
            if predicate in wanted:
                found.setdefault(predicate, {})[row] = None
        return {name: list(found[name]) for name in sorted(found)}

    @property
    def said(self) -> list[str]:
        """The predicates that are conclusions, and those that are remarks on conclusions."""
        return [p.name for p in self.rules.vocabulary.predicates.values() if p.is_status or p.is_remark]

    @property
    def statuses(self) -> list[str]:
        """The predicates that are conclusions."""
        return [p.name for p in self.rules.vocabulary.predicates.values() if p.is_status]

    @cached_property
    def facts(self) -> Facts:
        """Every fact that the rules can use."""
        return gather(self.record, self.rules.book, self.rules.vocabulary, self._day, self.version)

    @cached_property
    def conclusions(self) -> list[Conclusion]:
        """Every conclusion, by norm, matter and statement."""
        return list(Reader(self.model, self.rules.vocabulary, self.rules.book, self.speaker, self._day).all())

    @cached_property
    def by_issue(self) -> Mapping[str, list[Conclusion]]:
        """The conclusions about each issue."""
        return _by(self.conclusions, lambda each: each.issues)

    @cached_property
    def by_subject(self) -> Mapping[str, list[Conclusion]]:
        """The conclusions about each matter itself: issue, inspection, task, document."""
        return _by(self.conclusions, lambda each: (each.subject,))

    @cached_property
    def by_id(self) -> Mapping[str, Conclusion]:
        """Every conclusion by its id."""
        return {each.id: each for each in self.conclusions}

    @cached_property
    def surroundings(self) -> Surroundings:
        """The record, indexed by what it connects."""
        return Surroundings(Indexed(self.facts, self.rules.vocabulary))

    def issues(self) -> list[str]:
        """Ids of all issues."""
        return sorted(str(row[0]) for row in self.model.rows("issue"))

    def name(self, entity: Value) -> Text:
        """How anything on record or in the ontology is called."""
        with self.lock:
            return self.speaker.named(entity)

    # -- cases ----------------------------------------------------------------------------------

    def case(self, matter: str) -> World:
        """What bears on an issue or an inspection, as a world of its own.

        What is not on record gives the world of the ontology and the registry around it alone.
        """
        with self.lock:
            narrow = None
            if not 0 < self.surroundings.issues_of(matter) <= _CROWDED:  # an inspection is looked at whole
                narrow = self._case(matter, (), False)
            if narrow is not None and self._agrees(narrow, matter):
                return narrow
            wide = self._case(matter, (), True)
            return wide if self._agrees(wide, matter) else self.whole

    def case_with(self, matter: str, near: Iterable[str]) -> World:
        """The case of a matter with what is on record about other things too: to suppose what names them."""
        with self.lock:
            whole = 0 < self.surroundings.issues_of(matter) <= _CROWDED
            case = self._case(matter, tuple(sorted(set(near))), whole)
            return case if self._agrees(case, matter) else self.whole

    def _open(self, matter: str, near: tuple[str, ...], wide: bool) -> World:
        recorded = self.surroundings.of(matter, near, wide)
        recorded.sort(key=self.facts.origins.__getitem__)  # in the order of the record
        facts = selected(self.facts, self.rules.book, self._day, recorded)
        return World(facts, self.rules, self.as_of, self.names, self.record)

    def _agrees(self, world: World, matter: str) -> bool:
        expected = {each.atom for each in (*self.by_issue.get(matter, ()), *self.by_subject.get(matter, ()))}
        found = {c.atom for c in world.conclusions() if matter in c.issues or matter == c.subject}
        return expected == found

    @cached_property
    def whole(self) -> World:
        """The whole record as one world, with every derivation."""
        return World(self.facts, self.rules, self.as_of, self.names, self.record)

    def case_of(self, conclusion: Conclusion) -> World:
        """A case in which a conclusion holds."""
        with self.lock:
            for issue in conclusion.issues[:1]:
                if (world := self.case(issue)).model.holds(conclusion.atom):
                    return world
            for matter in self._matters(conclusion):
                beside = self.surroundings.issues_of(matter)
                bodies = tuple(sorted(map(str, conclusion.atom[1])))
                world = self._case(matter, bodies, False) if beside > _CROWDED else self.case(matter)
                if world.model.holds(conclusion.atom):
                    return world
            return self.whole

    def _matters(self, conclusion: Conclusion) -> Iterable[str]:
        named = (conclusion.subject, *([conclusion.inspection] if conclusion.inspection else ()))
        of = self.surroundings.matters_of
        return dict.fromkeys(m for each in named for m in sorted(map(str, of(each))))

    def explain(self, conclusion_id: str) -> Proof:
        """The proof of a conclusion. Raises KeyError when there is none with this id."""
        conclusion = self.by_id[conclusion_id]
        with self.lock:
            return self.case_of(conclusion).explain(conclusion_id)


def _by(
    conclusions: Iterable[Conclusion], keys: Callable[[Conclusion], Iterable[str]]
) -> dict[str, list[Conclusion]]:
    found: dict[str, list[Conclusion]] = {}
    for each in conclusions:
        for key in keys(each):
            found.setdefault(key, []).append(each)
    return found


def open_survey(home: Path, as_of: datetime.date | None = None, *, samples: bool = True) -> Survey:
    """Open the record of a home folder and take what follows from it as of a day (default: today).

    Without ``samples`` it is as if nothing that the record marks as invented were on it.

    Raises what Record.open raises, norms.NormError or rules.RuleError for a broken ontology.
    """
    cache = home / "cache"
    record, rules = record_of(home), ontology(None, cache)
    if not samples:
        record = without(record, rules.vocabulary)
    return Survey(record, rules, as_of or datetime.date.today(), cache)


__all__ = ["Survey", "open_survey"]
