"""The thin layer between the pages and the reasoner: it asks, sorts and counts, and concludes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

import networkx as nx
import streamlit as st

from app.explorer import address, allowed, issue_graph, theme
from app.explorer.address import Lang
from app.explorer.words import t
from app.home import home
from reasoner import pipeline
from reasoner.access.policy import Role
from reasoner.access.reader import reading_as
from reasoner.access.view import View
from reasoner.engine.conclusions import Conclusion
from reasoner.engine.survey import Survey, open_survey
from reasoner.pipeline import World
from reasoner.receipts.runs import open_run
from reasoner.records import fictional
from reasoner.rulebook import norms
from reasoner.rulebook.law import Regulation

T = TypeVar("T")
Named = tuple[str, str]  # id, name for display

#: Characters from which on a place tells one issue from another: 全区 and 全市 do not.
_TELLING = 3
_DESKS = 8
"""Desks that are kept: of some days, with and without samples, for those who see different things."""


@dataclass(frozen=True)
class IssueRow:
    """One issue as the lists show it; ``statuses`` counts the conclusions that are about it by status.

    What its units owe to the inspection is not said of the issue: it is listed once, with its bearer.
    """

    id: str
    title: str
    summary: str
    inspection: tuple[Named, ...]
    place: tuple[Named, ...]
    sector: tuple[Named, ...]
    statuses: Counter[str]
    missing: frozenset[Named]
    norm: frozenset[str]
    invented: bool


@dataclass(frozen=True)
class Issue:
    """One issue as its page shows it; ``who``, ``where`` and ``what`` divide its conclusions."""

    row: IssueRow
    facts: Mapping[str, str]
    graph: nx.DiGraph[str]
    who: tuple[Conclusion, ...]
    where: tuple[Conclusion, ...]
    what: tuple[Conclusion, ...]

    @property
    def conclusions(self) -> tuple[Conclusion, ...]:
        """All conclusions about the issue."""
        return (*self.who, *self.where, *self.what)


# -- the world, reasoned once per state of the record and date ------------------------------------


class Desk:
    """What follows from a state of the record, and the lists drawn from it; all sessions share it."""

    def __init__(self, survey: Survey, whole: Desk | None = None) -> None:
        """``whole`` is the desk of which this one shows a part."""
        record = survey.record
        self.survey = survey
        #: whether the record is still in the state from which all this follows
        self.is_current: Callable[[], bool] = lambda: record.is_still(survey.version, survey.digest)
        if isinstance(record, View):
            self.is_current = lambda: record.current
        if whole is not None:
            self.is_current = whole.is_current
        self.lock = survey.lock  # a proof is built in a model whose indexes grow while they are asked
        self.record = survey.record
        self.issue = lru_cache(maxsize=200)(partial(_issue, self))
        self.proof = lru_cache(maxsize=200)(partial(_proof, self))

    @property
    def conclusions(self) -> list[Conclusion]:
        """Every conclusion."""
        return self.survey.conclusions

    @property
    def by_issue(self) -> Mapping[str, list[Conclusion]]:
        """The conclusions about each issue."""
        return self.survey.by_issue

    @cached_property
    def rows(self) -> list[IssueRow]:
        """Every issue, those that want attention first."""
        return _rows(self)

    @cached_property
    def invented(self) -> frozenset[str]:
        """The ids of what the record marks as invented, as sample cases are."""
        return fictional.marked(self.record)

    def case(self, matter: str) -> World:
        """What bears on one issue or inspection, as a world of its own: to prove, to ask, to try out."""
        return self.survey.case(matter)

    def name(self, entity: str) -> Mapping[str, str]:
        """The name of anything on record or in the ontology, in both languages."""
        return self.survey.name(entity)

    def prepare(self) -> None:
        """Draw the lists now rather than for the first visitor."""
        _ = self.rows
        _ = self.survey.surroundings


def once(make: Callable[[Desk], T]) -> Callable[[Desk], T]:
    """Make something that is drawn from all conclusions once per desk, not for every view of a page."""
    return lru_cache(maxsize=2 * _DESKS)(make)


@st.cache_resource(max_entries=_DESKS, show_spinner=False, validate=lambda desk: desk.is_current())
def _opened(folder: str, as_of: date, samples: bool, seen: frozenset[str] | None, _role: Role | None) -> Desk:
    """What is reasoned once for all who see the same; ``seen`` tells them apart, not their role."""
    with reading_as(_role):
        if not samples:
            whole = _opened(folder, as_of, True, seen, _role)
            if not whole.invented:
                return whole
            return Desk(
                open_survey(Path(folder), as_of, samples=False), whole
            )  # a view, no run over the record
        if seen is not None:
            return Desk(
                open_survey(Path(folder), as_of)
            )  # what is left of the record for some is no run either
        return Desk(open_run(Path(folder), as_of))


def opened(folder: str, as_of: date, samples: bool, role: Role | None = None) -> Desk:
    """Return the desk of a folder's record as of a date; reasoned anew when the record has changed.

    Without ``samples`` nothing that the record marks as invented is on it, nor follows from it. For a
    ``role`` it is as if what the role may not see had never been put on record.
    """
    seen = role.sees if role is not None and not allowed.sees_all(role) else None
    return _opened(folder, as_of, samples, seen, role)


def desk(as_of: date) -> Desk:
    """Return what follows from the present record as of a date; says so when that takes a moment.

    What is invented is left out when the address says so.
    """
    with st.spinner(t("reasoning")):
        return opened(str(home()), as_of, samples=address.samples(), role=allowed.role())


def data_version(desk: Desk) -> str:
    """Return the number of the record's last transaction, as the foot of every page shows it."""
    return str(desk.survey.version)


def rule_version(desk: Desk) -> str:
    """Return the beginning of the rules' hash."""
    return desk.survey.rules.book.digest[:8]


# -- the law --------------------------------------------------------------------------------------


def _ontology() -> pipeline.Ontology:
    return pipeline.ontology(None, home() / "cache")


def regulation() -> Regulation:
    """Return the text of the regulation."""
    return _ontology().book.regulation


@cache
def norms_by_place() -> Mapping[str, Sequence[norms.Record]]:
    """Return the norms by the paragraph or item that they rest on."""
    found: dict[str, list[norms.Record]] = {}
    for norm in _ontology().book.norms.values():
        found.setdefault(norm.place, []).append(norm)
    return found


def points(norm: norms.Record) -> list[norms.Point]:
    """Return the points with two readings that a norm meets."""
    known = _ontology().book.points
    return [known[each] for each in norm.points if each in known]


def count_by_norm(desk: Desk, norm: str) -> dict[str, int]:
    """Return how many conclusions rest on a norm, by status."""
    return count_statuses(each for each in desk.conclusions if each.norm == norm)


# -- words ----------------------------------------------------------------------------------------


def worded(words: str | Mapping[str, str] | None, lang: Lang) -> str:
    """Return words in the language asked for; words of one language only are returned as they are."""
    if words is None:
        return ""
    return words if isinstance(words, str) else str(words.get(lang) or words.get("zh") or "")


def own_destination(each: Conclusion) -> Mapping[str, Any] | None:
    """Return the one body that a conclusion names as destination; None when it is about something else."""
    if each.status != "destination":
        return None
    return next((body for body in each.destinations if body["id"] in each.atom[1]), None)


def unit(body: Mapping[str, Any], lang: Lang) -> str:
    """Return the name of a bearer or destination, with who succeeded it if it is abolished."""
    name = worded(body["name"], lang)
    later = [worded(successor["name"], lang) for successor in body.get("succeeded_by", ())]
    return f"{name}{t('open')}{t('succeeded', units=t('and').join(later))}{t('close')}" if later else name


def status_label(status: str, lang: Lang) -> str:
    """Return the name of a status as the ontology gives it; what is none stays as it is."""
    known = _ontology().vocabulary.predicates.get(status)
    return worded(known.label, lang) if known is not None else status


# -- lists and counts -----------------------------------------------------------------------------


def _rows(desk: Desk) -> list[IssueRow]:
    texts: dict[str, dict[str, str]] = {"name": {}, "place": {}, "summary": {}}
    links: dict[str, dict[str, tuple[Named, ...]]] = {"raisedIn": {}, "relatesTo": {}, "inSector": {}}
    for predicate, subject, value in desk.record.triples([*texts, *links]):
        if predicate in texts:
            texts[predicate][subject] = value
        else:
            ends = links[predicate]
            ends[subject] = (*ends.get(subject, ()), (value, desk.survey.speaker.name(value, "zh")))
    rows = []
    for issue in desk.survey.issues():
        said = [each for each in desk.by_issue.get(issue, ()) if issue in each.own_issues]
        titles = [texts[name].get(issue, "") for name in ("name", "place", "summary")]
        if len(titles[1]) < _TELLING:
            titles[1] = ""
        row = IssueRow(
            id=issue,
            title=next(filter(None, titles), issue),
            summary=texts["summary"].get(issue, ""),
            inspection=links["raisedIn"].get(issue, ()),
            place=links["relatesTo"].get(issue, ()),
            sector=links["inSector"].get(issue, ()),
            statuses=Counter(each.status for each in said),
            missing=frozenset(
                (each.missing, worded(each.missing_label, "zh")) for each in said if each.missing
            ),
            norm=frozenset(each.norm for each in said),
            invented=issue in desk.invented,
        )
        rows.append(row)
    return sorted(rows, key=lambda row: (min(map(theme.rank, row.statuses), default=99), row.id))


def missing(desk: Desk, lang: Lang) -> list[tuple[str, str, int]]:
    """Return what conclusions wait for as (key, words, how many), the most wanted first."""
    words = {each.missing: worded(each.missing_label, lang) for each in desk.conclusions if each.missing}
    counted = Counter(each.missing for each in desk.conclusions if each.missing)
    return [(key, words[key], number) for key, number in counted.most_common()]


def count_statuses(conclusions: Iterable[Conclusion]) -> dict[str, int]:
    """Return how many conclusions there are by status, in the order of the legend."""
    counted = Counter(each.status for each in conclusions)
    return {status: counted[status] for status in sorted(counted, key=theme.rank)}


def norm_label(norm: str, lang: Lang) -> str:
    """Return a norm by its place and what it says; a name that no norm has as it stands."""
    known = _ontology().book.norms.get(norm)
    return f"{regulation().cite(known.place, lang)} {worded(known.label, lang)}" if known else norm


# -- one issue ------------------------------------------------------------------------------------


def _issue(desk: Desk, issue_id: str) -> Issue | None:
    """Return an issue with its conclusions and its chain, or None when there is none of this id."""
    row = next((each for each in desk.rows if each.id == issue_id), None)
    if row is None:
        return None
    facts = {each.predicate: str(each.object) for each in desk.record.statements(subject=issue_id)}
    conclusions = sorted(desk.by_issue.get(issue_id, ()), key=lambda each: theme.rank(each.status))
    transfers = {norm.id for norm in _ontology().book.norms.values() if norm.type == "transfer"}
    who = tuple(each for each in conclusions if each.layer)
    moved = [each for each in conclusions if each.norm in transfers and not each.layer]
    where = tuple(sorted(moved, key=lambda each: each.norm))
    what = tuple(each for each in conclusions if each not in who and each not in where)
    return Issue(row, facts, issue_graph.of(desk, row, conclusions), who, where, what)


def _proof(desk: Desk, conclusion_id: str) -> tuple[Mapping[str, Any], ...]:
    """Return why a conclusion holds, then why what stands beside it: the trees of a ``zelian-proof/1``."""
    with desk.lock:
        proof = desk.survey.explain(conclusion_id)
        return proof.tree, *({**node, "kind": "beside"} for node in proof.beside)
