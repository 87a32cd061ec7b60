"""What generated facts are copied from: the fictional samples, told apart by what belongs together.

A pattern has four levels. *Regions*: invented territories and bodies, which stay while inspections come and
go. *Rounds*: a few inspections with their plans, reports, results and declarations. *Groups*: one issue with
all that is about this issue alone. And what is *fixed*: the ontology's own individuals and the registry.

Acts that a real body does, or that are done in its name, are *kept*: neither they nor what they are about is
ever altered, so that a copy says nothing of that body that the samples do not say.
"""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple

from reasoner.bundled import path as bundled
from reasoner.kept import kept, source_files
from reasoner.ledger.load import load_bundled
from reasoner.records.record import Record
from reasoner.rulebook.vocabulary import Vocabulary, predicate_name

Level = Literal["fixed", "region", "round", "group"]

_STANDING = frozenset({"body", "territory", "post"})
_OF_A_ROUND = "teamOf"
"""What bodies are said to be that come and go with an inspection."""
_DOERS = frozenset({"by", "inNameOf"})


class Fact(NamedTuple):
    """One statement; ``object`` is text as in a facts file ('' for a class, digits for dates)."""

    predicate: str
    subject: str
    object: str
    kind: str


class Slot(NamedTuple):
    """Where a plain issue may lie: a territory, and who there holds the tasks of which plan."""

    territory: str
    holder: str = ""
    doer: str = ""
    plan: str = ""


@dataclass
class Pattern:
    """The statements to copy (``facts``), and those that come once (``registry``).

    ``classes``: of every invented subject, with all superclasses. ``findings``: the kinds that there are.
    """

    facts: tuple[Fact, ...]
    registry: tuple[Fact, ...]
    classes: dict[str, frozenset[str]]
    findings: tuple[str, ...]

    def _of_class(self, *names: str) -> list[str]:
        return sorted(s for s, own in self.classes.items() if own.intersection(names))

    @cached_property
    def issues(self) -> list[str]:
        """The issues, each the head of its group."""
        return self._of_class("issue")

    @cached_property
    def inspections(self) -> list[str]:
        """The inspections of a round."""
        return self._of_class("inspection")

    @cached_property
    def region(self) -> frozenset[str]:
        """Invented territories and bodies."""
        passing = {fact.subject for fact in self.facts if fact.predicate == _OF_A_ROUND}
        return frozenset(self._of_class(*_STANDING)) - passing

    @cached_property
    def acts(self) -> frozenset[str]:
        """What somebody did on a day; a copy may know nothing of it, or a later day."""
        return frozenset(self._of_class("recordedEvent")) - set(self.inspections)

    @cached_property
    def parameters(self) -> frozenset[str]:
        """Values that the text leaves open; a copy may not know them."""
        return frozenset(self._of_class("parameter"))

    @cached_property
    def owner(self) -> dict[str, str]:
        """The issue of each record that belongs to one issue alone; an issue owns itself."""
        return _owners(self.facts, set(self.issues), set(self.inspections), set(self.classes) - self.region)

    @cached_property
    def inspection_of(self) -> dict[str, str]:
        """The inspection in which each issue was raised."""
        return {f.subject: f.object for f in self.facts if f.predicate == "raisedIn"}

    @cached_property
    def kept(self) -> frozenset[str]:
        """Records and issues that are copied as they are, since a real body acts there."""
        real = {f.subject for f in self.facts if f.predicate in _DOERS and f.object not in self.classes}
        documents = {
            f.object
            for f in self.facts
            if f.subject in real and "document" in self.classes.get(f.object, frozenset())
        }
        beside = {f.subject for f in self.facts if f.object in documents} & self.acts
        issues = {self.owner[each] for each in real if each in self.owner}
        owned = {record for record, issue in self.owner.items() if issue in issues}
        return frozenset(real | documents | beside | owned)

    def level(self, entity: str) -> Level:
        """How often an entity is copied."""
        if entity not in self.classes:
            return "fixed"
        if entity in self.region:
            return "region"
        return "group" if entity in self.owner else "round"

    def level_of(self, fact: Fact) -> Level:
        """How often a statement is copied: as its subject is; what a body is to a round, once a round."""
        own = self.level(fact.subject)
        if own == "region" and fact.kind == "entity" and self.level(fact.object) in ("round", "group"):
            return "round"
        return own

    @cached_property
    def organs(self) -> list[str]:
        """Invented bodies that something can be sent to by mistake."""
        return sorted(self.region & {f.object for f in self.facts if f.predicate in _DOERS})

    @cached_property
    def sectors(self) -> list[str]:
        """The sectors of the samples' issues, the most frequent first."""
        counted = Counter(f.object for f in self.facts if f.predicate == "inSector")
        return sorted(counted, key=lambda each: (-counted[each], each))

    @cached_property
    def states(self) -> list[str]:
        """What findings come to, each as often as in the samples."""
        return sorted(f.object for f in self.facts if f.predicate == "state")

    @cached_property
    def slots(self) -> dict[str, list[Slot]]:
        """Of each inspection, where its issues lie."""
        objects, subjects = defaultdict[tuple[str, str], list[str]](list), {}
        for fact in self.facts:
            objects[fact.predicate, fact.subject].append(fact.object)
            subjects[fact.predicate, fact.object] = fact.subject
        found: dict[str, set[Slot]] = {each: set() for each in self.inspections}
        for issue, inspection in self.inspection_of.items():
            places = [each for each in objects["relatesTo", issue] if each in self.region]
            task = subjects.get(("addresses", issue), "")
            for place in places:
                found[inspection].add(Slot(place))
                for holder in objects["assignedTo", task] if task not in self.kept else ():
                    if holder in self.region:
                        doer = subjects.get(("governmentOf", holder), holder)
                        found[inspection].add(Slot(place, holder, doer, *objects["taskOf", task][:1]))
        return {each: sorted(slots) for each, slots in found.items()}

    def first_day(self, inspection: str) -> str:
        """The day on which an inspection began (yyyymmdd)."""
        return min(f.object for f in self.facts if f.subject == inspection and f.kind == "date")

    def first(self, predicate: str, of: str) -> str:
        """The object of a predicate on the first member of a class, by id; empty when there is none."""
        members = {s for s, own in self.classes.items() if of in own}
        return min(
            (f.object for f in self.facts if f.predicate == predicate and f.subject in members), default=""
        )


def _owners(
    facts: Iterable[Fact], issues: set[str], inspections: set[str], records: set[str]
) -> dict[str, str]:
    """Records that name one issue, directly or through such records, and what only those name.

    What names an inspection is the round's: a plan that holds one task is no part of the task's issue.
    """
    ahead, behind = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for fact in facts:
        if fact.kind == "entity" and fact.subject in records and fact.object in records:
            ahead[fact.subject].add(fact.object)
            behind[fact.object].add(fact.subject)
    owner = {issue: issue for issue in issues}
    free = sorted(r for r in records - issues - inspections if not ahead[r] & inspections)
    grown = True
    while grown:
        grown = False
        for record in free:
            named = {owner[each] for each in ahead[record] if each in owner}
            naming = {owner.get(each, "") for each in behind[record]}
            only = named if named else naming
            if record not in owner and len(only) == 1 and "" not in only:
                owner[record] = only.pop()
                grown = True
    return owner


def samples(vocabulary: Vocabulary, cache: Path | None = None) -> Pattern:
    """The pattern of the bundled samples with the registry; ``cache`` keeps it for the next process."""
    folder = bundled("data", "samples")
    files = [*folder.iterdir(), *bundled("data", "registry").glob("*.csv")]
    return kept(
        cache,
        "pattern",
        [*files, *source_files(), *bundled("ontology").glob("*.ttl")],
        Pattern,
        lambda: _read({each.name for each in folder.iterdir()}, vocabulary),
    )


def _read(invented: set[str], vocabulary: Vocabulary) -> Pattern:
    registry = {each.name for each in bundled("data", "registry").glob("*.csv")}
    above = {
        name: frozenset(predicate_name(each) for each in vocabulary.ancestors(own))
        for name, own in vocabulary.class_names.items()
    }
    copied, once = dict[Fact, None](), dict[Fact, None]()
    classes = defaultdict[str, frozenset[str]](frozenset)
    with (
        tempfile.TemporaryDirectory(prefix="zelian-", ignore_cleanup_errors=True) as folder,
        Record.open(Path(folder) / "samples.sqlite") as record,
    ):
        load_bundled(record, samples=True)
        for s in record.statements():
            fact = Fact(s.predicate, s.subject, "" if s.object is None else str(s.object), s.kind)
            if s.source.file in registry:
                once[fact] = None
            elif s.source.file in invented:
                copied[fact] = None
                classes[s.subject] |= (
                    above.get(s.predicate, frozenset()) if s.kind == "class" else frozenset()
                )
    kinds = set(vocabulary.predicates["findingKind"].arguments[1])
    findings = sorted(v.name for v in vocabulary.individuals.values() if kinds.intersection(v.classes))
    return Pattern(tuple(copied), tuple(once), dict(classes), tuple(findings))
