"""One body: what the record says of it, which norms address it and how, and what follows about it."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reasoner.answers.posts import HeldPost, posts
from reasoner.answers.responsibility import standing
from reasoner.engine.conclusions import Conclusion
from reasoner.pipeline import Ontology
from reasoner.records.directory import Directory
from reasoner.records.record import Record, Statement
from reasoner.rulebook.addressees import Addressed, Addressees, Role
from reasoner.rulebook.vocabulary import Vocabulary

_SIDES = ("partyCommitteeOf", "governmentOf")
_BEARER = "bearer"


@dataclass(frozen=True)
class Sector:
    """A sector that a body governs, with the statement that says so."""

    sector: str
    statement: Statement


def sides(body: str, directory: Directory) -> tuple[str, ...]:
    """As which organ of a district a body is addressed: its Party committee or its government."""
    entity = directory.entities.get(body)
    if entity is None:
        return ()
    return tuple(side for side in _SIDES if any(map(directory.is_district, entity.own(side))))


def bearers(body: str, directory: Directory) -> tuple[str, ...]:
    """The body itself and, for an organ of a district, the district as joint bearer."""
    entity = directory.entities.get(body)
    own = sides(body, directory)
    return (body, *(place for side in own for place in (entity.own(side) if entity else ())))


def roles(
    body: str, record: Record, directory: Directory, wanted: Iterable[Role]
) -> dict[Role, list[Statement]]:
    """The roles of which the record says that the body (or its district) has them, with the statements."""
    found: dict[Role, list[Statement]] = {}
    for role in wanted:
        stated = [
            each
            for one in bearers(body, directory)
            for each in (
                record.statements(subject=one, predicate=role.property)
                if role.stands == "subject"
                else record.statements(predicate=role.property, object=one)
            )
        ]
        if stated:
            found[role] = stated
    return found


def addressed(
    body: str, directory: Directory, addressees: Addressees, has: Iterable[Role]
) -> list[Addressed]:
    """The norms that address a body, in the order of the text."""
    entity = directory.entities.get(body)
    if entity is None:
        return []
    return list(addressees.of(body, entity.classes, sides(body, directory), tuple(has)))


def sectors(body: str, record: Record) -> list[Sector]:
    """The sectors that a body governs."""
    found = record.statements(subject=body, predicate="governs")
    return [Sector(str(each.object), each) for each in found]


def held_posts(
    body: str, record: Record, rules: Ontology, directory: Directory, day: datetime.date
) -> list[HeldPost]:
    """The posts of a body on a day, never persons."""
    own = [each.subject for each in record.statements(predicate="postIn", object=body)]
    if not own:
        return []
    return posts(standing([body, *own], record, rules, directory, day), body)


def by_bearer(conclusions: Iterable[Conclusion], vocabulary: Vocabulary) -> Mapping[str, list[Conclusion]]:
    """The conclusions by bearer as the rules name it: a district stands for both its organs."""
    places = {
        name: predicate.roles.index(_BEARER)
        for name, predicate in vocabulary.predicates.items()
        if _BEARER in predicate.roles
    }
    found: dict[str, list[Conclusion]] = defaultdict(list)
    for each in conclusions:
        place = places.get(each.atom[0])
        if place is not None:
            found[str(each.atom[1][place])].append(each)
    return found
