"""The thin layer between the pages and the reasoner: it asks, sorts and counts, and concludes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import networkx as nx
import streamlit as st

from app.explorer import theme
from app.explorer.address import Lang
from reasoner import chain, pipeline
from reasoner.law import Regulation
from reasoner.pipeline import Conclusion, World

Named = tuple[str, str]  # id, name for display


@dataclass(frozen=True)
class IssueRow:
    """One issue as the lists show it; ``statuses`` counts its conclusions by status."""

    id: str
    title: str
    summary: str
    inspection: tuple[Named, ...]
    place: tuple[Named, ...]
    sector: tuple[Named, ...]
    statuses: Counter[str]
    missing: frozenset[str]


@dataclass(frozen=True)
class Issue:
    """One issue as its page shows it; ``who``, ``where`` and ``what`` divide its conclusions."""

    row: IssueRow
    published: str | None
    url: str | None
    graph: nx.DiGraph[str]
    who: tuple[Conclusion, ...]
    where: tuple[Conclusion, ...]
    what: tuple[Conclusion, ...]

    @property
    def conclusions(self) -> tuple[Conclusion, ...]:
        """All conclusions about the issue."""
        return (*self.who, *self.where, *self.what)


# -- the world, reasoned once per state of the record and date ------------------------------------


@st.cache_resource(max_entries=4, show_spinner=False)
def _world(home: str, version: int, as_of: date) -> World:
    return pipeline.open_world(home, as_of)


def world(as_of: date) -> World:
    """Return what follows from the present record as of a date; shared by all sessions, never written to."""
    home = pipeline.home()
    return _world(str(home), pipeline.version(home), as_of)


def data_version(world: World) -> str:
    """Return the version of the record, as the foot of every page shows it."""
    return str(world.data_version)


def rule_version(world: World) -> str:
    """Return the version of the rules: the beginning of their hash."""
    return str(world.rule_version)[:8]


# -- the law --------------------------------------------------------------------------------------


def regulation() -> Regulation:
    """Return the text of the regulation."""
    return pipeline.regulation()


@cache
def norms() -> Mapping[str, Sequence[Any]]:
    """Return the norms by the paragraph or item that they rest on."""
    found: dict[str, list[Any]] = {}
    for norm in pipeline.norms():
        found.setdefault(regulation().find(norm.id).id, []).append(norm)
    return found


def place_of(citation: Mapping[str, Any]) -> str:
    """Return the identifier of the cited subdivision, e.g. ``a39.p4``."""
    where = f"a{citation['article']}"
    if citation.get("paragraph"):
        where += f".p{citation['paragraph']}"
        if citation.get("item"):
            where += f".i{citation['item']}"
    return where


def cite(where: str, lang: Lang) -> str:
    """Return the official citation of a subdivision."""
    return regulation().cite(where, lang)


# -- words ----------------------------------------------------------------------------------------


def worded(words: str | Mapping[str, str] | None, lang: Lang) -> str:
    """Return words in the language asked for; words of one language only are returned as they are."""
    if words is None:
        return ""
    return words if isinstance(words, str) else str(words.get(lang) or words.get("zh") or "")


def sentence(said: Any, lang: Lang) -> str:
    """Return the sentence of a conclusion or of a step of a proof."""
    return worded(said["sentence"] if isinstance(said, Mapping) else said.sentence, lang)


def status_label(status: str, lang: Lang) -> str:
    """Return the name of a status as the ontology gives it."""
    return worded(pipeline.label(status), lang)


# -- lists and counts -----------------------------------------------------------------------------


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs={World: id})
def issues(world: World) -> list[IssueRow]:
    """Return every issue on record, those that want attention first."""
    by_issue: dict[str, list[Conclusion]] = {}
    for each in world.conclusions():
        for issue in each.issues:
            by_issue.setdefault(issue, []).append(each)
    texts = _texts(world, ("name", "summary"))
    links = _links(world, ("raisedIn", "relatesTo", "inSector"))
    rows = [
        IssueRow(
            id=issue,
            title=texts["name"].get(issue) or texts["summary"].get(issue) or issue,
            summary=texts["summary"].get(issue, ""),
            inspection=links["raisedIn"].get(issue, ()),
            place=links["relatesTo"].get(issue, ()),
            sector=links["inSector"].get(issue, ()),
            statuses=Counter(each.status for each in by_issue.get(issue, ())),
            missing=frozenset(_missing(by_issue.get(issue, ()))),
        )
        for issue in world.issues()
    ]
    return sorted(rows, key=lambda row: min(map(theme.rank, row.statuses), default=99))


def _texts(world: World, predicates: Iterable[str]) -> dict[str, dict[str, str]]:
    return {
        name: {each.subject: str(each.object) for each in world.record.statements(predicate=name)}
        for name in predicates
    }


def _links(world: World, predicates: Iterable[str]) -> dict[str, dict[str, tuple[Named, ...]]]:
    found: dict[str, dict[str, tuple[Named, ...]]] = {}
    for name in predicates:
        ends = found.setdefault(name, {})
        for each in world.record.statements(predicate=name):
            end = (str(each.object), worded(world.name(str(each.object)), "zh"))
            ends[each.subject] = (*ends.get(each.subject, ()), end)
    return found


def _missing(conclusions: Iterable[Conclusion]) -> Iterator[str]:
    return (worded(each, "zh") for conclusion in conclusions for each in conclusion.missing)


def missing_of(conclusions: Iterable[Conclusion], lang: Lang) -> list[str]:
    """Return what the conclusions wait for, each thing once."""
    wanted = (worded(each, lang) for conclusion in conclusions for each in conclusion.missing)
    return list(dict.fromkeys(wanted))


def missing(world: World, lang: Lang) -> list[tuple[str, str, int]]:
    """Return what conclusions wait for as (key, words, how many), the most wanted first."""
    counted: Counter[tuple[str, str]] = Counter(
        (worded(each, "zh"), worded(each, lang)) for conclusion in world.conclusions() for each in conclusion.missing
    )
    return [(key, words, number) for (key, words), number in counted.most_common()]


def count_statuses(conclusions: Iterable[Conclusion]) -> dict[str, int]:
    """Return how many conclusions there are by status, in the order of the legend."""
    counted = Counter(each.status for each in conclusions)
    return {status: counted[status] for status in sorted(counted, key=theme.rank)}


def conclusions_by_status(world: World) -> dict[str, int]:
    """Return how many conclusions there are by status, in the order of the legend."""
    return count_statuses(world.conclusions())


def facet(rows: Iterable[IssueRow], name: str) -> list[tuple[str, str, int]]:
    """Return the values of a filter as (key, label, number of issues), the most frequent first.

    The key of "not recorded" is ``-``; the filter ``status`` keeps the order of the legend.
    """
    counted: Counter[Named] = Counter(value for row in rows for value in set(_values(row, name)))
    ordered = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
    if name == "status":
        ordered = sorted(counted.items(), key=lambda each: theme.rank(each[0][0]))
    return [(key, label, number) for (key, label), number in ordered]


def _values(row: IssueRow, name: str) -> Iterable[Named]:
    if name == "status":
        return [(status, status) for status in row.statuses]
    if name == "missing":
        return [(each, each) for each in row.missing]
    return getattr(row, name) or (("-", ""),)


def facet_label(rows: Iterable[IssueRow], name: str, value: str, lang: Lang) -> str:
    """Return the words for a value of a filter."""
    if name == "status":
        return "、".join(status_label(each, lang) for each in value.split(","))
    return next((label for row in rows for key, label in _values(row, name) if key == value), value)


def select(rows: Iterable[IssueRow], words: str | None, **chosen: str) -> list[IssueRow]:
    """Return the issues that match every filter and contain every word; a filter may list values."""
    asked = [word.casefold() for word in (words or "").split()]
    return [
        row
        for row in rows
        if all(any(key in value.split(",") or key == value for key, _ in _values(row, name)) for name, value in chosen.items())
        and all(word in _haystack(row) for word in asked)
    ]


def _haystack(row: IssueRow) -> str:
    named = (name for values in (row.inspection, row.place, row.sector) for _, name in values)
    return " ".join((row.id, row.title, row.summary, *named)).casefold()


# -- one issue ------------------------------------------------------------------------------------


def issue(world: World, issue_id: str) -> Issue | None:
    """Return an issue with its conclusions and its chain, or None when there is none of this id."""
    row = next((each for each in issues(world) if each.id == issue_id), None)
    if row is None:
        return None
    said = {each.predicate: str(each.object) for each in world.record.statements(subject=issue_id)}
    conclusions = sorted(world.conclusions(issue=issue_id), key=lambda each: theme.rank(each.status))
    who = tuple(each for each in conclusions if each.layer and not each.destinations)
    where = tuple(each for each in conclusions if each.destinations)
    what = tuple(each for each in conclusions if each not in who and each not in where)
    return Issue(row, said.get("publishedOn"), said.get("sourceUrl"), graph(world, issue_id), who, where, what)


def graph(world: World, issue_id: str) -> nx.DiGraph[str]:
    """Return the chain of an issue."""
    return chain.chain(
        issue_id,
        said_of=lambda entity: world.record.statements(subject=entity),
        naming=lambda entity: world.record.statements(object=entity),
        conclusions=world.conclusions(issue=issue_id),
        glossary=chain.Glossary(world.name, world.label, world.sentence, world.classes),
        wording=lambda each: pipeline.label(each.status),
        through="recordedEvent",
    )


def proof(world: World, conclusion_id: str) -> Mapping[str, Any]:
    """Return why a conclusion holds, as a ``zelian-proof/1`` tree."""
    found: Mapping[str, Any] = world.explain(conclusion_id)
    return found
