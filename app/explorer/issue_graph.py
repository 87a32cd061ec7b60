"""The chain of an issue as a graph: what is drawn of it, and as what. ``chains`` shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

import networkx as nx

from reasoner.answers import chain
from reasoner.engine.conclusions import Conclusion
from reasoner.rulebook.sentences import LANGUAGES
from reasoner.rulebook.vocabulary import predicate_name

if TYPE_CHECKING:
    from app.explorer.store import Desk, IssueRow

#: Class of the ontology -> how its members are drawn in a chain; the first that fits counts. Members of
#: no class here, or drawn as nothing, stay out: what a finding is of, say, is a kind and no link.
_DRAWN: Final = {
    "issue": "issue",
    "inspection": "inspection",
    "unstatedBody": "",
    "enterprise": "enterprise",
    "body": "unit",
    "destinationRole": "role",
    "territory": "place",
    "sector": "sector",
    "recordedEvent": "record",
    "rectificationTask": "record",
}

#: Conclusions of these statuses say that nothing follows yet: they are listed, but no link of a chain.
_OPEN: Final = frozenset({"insufficient", "noConclusion", "notArisen"})


def of(desk: Desk, row: IssueRow, conclusions: Iterable[Conclusion]) -> nx.DiGraph[str]:
    """Return the chain of an issue; each node has ``kind`` besides what ``chain.chain`` gives it."""
    terms = desk.survey.rules.vocabulary
    speaker = desk.case(row.id).speaker

    def name(entity: str) -> Mapping[str, str]:
        if entity == row.id:
            return {"zh": row.title, "en": row.title}
        return {lang: _of_kind(desk, entity, lang) + speaker.name(entity, lang) for lang in LANGUAGES}

    def label(predicate: str) -> Mapping[str, str]:
        declared = terms.predicates.get(predicate)
        return declared.label if declared else {"zh": predicate, "en": predicate}

    def template(predicate: str) -> Mapping[str, str]:
        declared = terms.predicates.get(predicate)
        return declared.sentence if declared else {"zh": "{0} – {1}", "en": "{0} – {1}"}

    def classes(entity: str) -> frozenset[str]:
        stated = {each.predicate for each in desk.record.statements(subject=entity) if each.kind == "class"}
        named = {terms.class_names[each] for each in stated if each in terms.class_names}
        if individual := terms.individuals.get(entity):
            named |= set(individual.classes)
        return frozenset(predicate_name(each) for own in named for each in terms.ancestors(own))

    graph = chain.chain(
        row.id,
        said_of=lambda entity: desk.record.statements(subject=entity),
        naming=lambda entity: desk.record.statements(object=entity),
        conclusions=[each for each in conclusions if each.status not in _OPEN],
        glossary=chain.Glossary(name, label, template, classes, member=lambda own: bool(_drawn(own))),
        through="recordedEvent",
    )
    for _, at in graph.nodes(data=True):
        at["kind"] = _drawn(at["classes"])
    return graph


def _drawn(classes: frozenset[str]) -> str:
    return next((kind for name, kind in _DRAWN.items() if name in classes), "")


def _of_kind(desk: Desk, entity: str, lang: str) -> str:
    """Return what a finding is of, to be put before its name; nothing for anything else."""
    kinds = [str(each.object) for each in desk.record.statements(subject=entity, predicate="findingKind")]
    return "".join(f"{desk.survey.speaker.name(kind, lang)} – " for kind in kinds)
