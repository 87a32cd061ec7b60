"""One body as its page shows it: drawn from the record, the law and the conclusions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from app.explorer import store, theme
from app.explorer.address import Lang
from app.explorer.responsibilities import directory, rules
from reasoner.answers import units
from reasoner.answers.posts import HeldPost
from reasoner.answers.units import Sector
from reasoner.engine.conclusions import Conclusion
from reasoner.records.directory import Entity
from reasoner.records.record import Statement
from reasoner.rulebook import addressees
from reasoner.rulebook.addressees import Addressed, Addressees, Role


@dataclass(frozen=True)
class Unit:
    """What is known of one body."""

    entity: Entity
    sectors: tuple[Sector, ...]
    roles: Mapping[Role, list[Statement]]
    norms: tuple[Addressed, ...]
    conclusions: tuple[Conclusion, ...]
    posts: tuple[HeldPost, ...]
    statements: tuple[Statement, ...]


@cache
def words() -> Addressees:
    """Return whom the words for bearers mean."""
    return addressees.load(rules().book, rules().vocabulary)


@store.once
def _by_bearer(desk: store.Desk) -> Mapping[str, list[Conclusion]]:
    return units.by_bearer(desk.conclusions, rules().vocabulary)


def unit(desk: store.Desk, body: str) -> Unit | None:
    """Return what is known of a body, or None when there is none of this id."""
    known = directory(desk)
    if known.family(body) != "body":
        return None
    record, found = desk.record, _by_bearer(desk)
    roles = units.roles(body, record, known, words().roles)
    return Unit(
        known.entities[body],
        tuple(units.sectors(body, record)),
        roles,
        tuple(units.addressed(body, known, words(), roles)),
        tuple(each for one in units.bearers(body, known) for each in found.get(one, ())),
        tuple(units.held_posts(body, record, rules(), known, desk.survey.as_of)),
        tuple(record.statements(subject=body)),
    )


def statuses(found: Unit) -> dict[str, int]:
    """Return how many conclusions there are by status, in the order of the legend."""
    return store.count_statuses(found.conclusions)


def issues(found: Unit) -> list[tuple[str, list[str]]]:
    """Return the issues that the conclusions concern with their statuses, what needs attention first."""
    by_issue: dict[str, Counter[str]] = {}
    for each in found.conclusions:
        for issue in each.issues:
            by_issue.setdefault(issue, Counter())[each.status] += 1
    ranked = {issue: sorted(of, key=theme.rank) for issue, of in by_issue.items()}
    return sorted(ranked.items(), key=lambda each: (theme.rank(each[1][0]), each[0]))


def type_label(found: Addressed, lang: Lang) -> str:
    """Return what kind of norm it is: obligation, power, prohibition …"""
    own = words().type_of(found.norm)
    individual = rules().vocabulary.individuals.get(own or "")
    return individual.label[lang] if individual else found.norm.type


def class_labels(entity: Entity, stated: tuple[Statement, ...], lang: Lang) -> list[str]:
    """Return the classes that the record states of a body, or that the ontology gives it."""
    predicates = rules().vocabulary.predicates
    own = [each.predicate for each in stated if each.kind == "class"]
    if not own and (individual := rules().vocabulary.individuals.get(entity.id)):
        own = [name[:1].lower() + name[1:] for name in individual.classes]
    return [predicates[name].label[lang] for name in dict.fromkeys(own) if name in predicates]


def label(predicate: str, lang: Lang) -> str:
    """Return how a property or a class is called."""
    declared = rules().vocabulary.predicates.get(predicate)
    return declared.label.get(lang, predicate) if declared else predicate
