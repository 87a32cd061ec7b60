"""The words of ledgers that come from the ontology: labels of kinds and classes, with what they mean.

``data/layouts/words.yaml`` says, under ``ontology``, which terms a group of words takes in; the labels are
written to ``data/layouts/terms.yaml``, so that a load need not read the ontology. ``zelian check`` tells when
the file is out of date, ``zelian check --write`` writes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from reasoner.bundled import path as bundled
from reasoner.ledger.words import read_yaml
from reasoner.rulebook.vocabulary import Text, Vocabulary, predicate_name

_HEAD = (
    "# This file lists the words that ledgers may use for the kinds and classes of the ontology, "
    "with their meaning.\n"
    "# Generated from the ontology by `zelian check --write`; do not edit. "
    "Words of daily use stand in words.yaml.\n"
)


def page(vocabulary: Vocabulary) -> str:
    """The text of ``data/layouts/terms.yaml``: by group, label → what it is and what it means."""
    wanted = read_yaml(bundled("data", "layouts", "words.yaml"))["ontology"]
    groups = {
        group: {
            label["zh"]: {"is": name, "means": definition.get("zh", "")}
            for name, label, definition in _terms(vocabulary, **which)
        }
        for group, which in wanted.items()
    }
    return _HEAD + yaml.safe_dump(groups, allow_unicode=True, sort_keys=False, width=10**6)


def _terms(
    vocabulary: Vocabulary, of: str | None = None, below: str | None = None
) -> Iterator[tuple[str, Text, Text]]:
    """The individuals ``of`` a class, or the classes ``below`` one."""
    if of is not None:
        for individual in vocabulary.individuals.values():
            if of in individual.classes:
                yield individual.name, individual.label, individual.definition
    for predicate in vocabulary.predicates.values():
        local = predicate.iri.rsplit("#")[-1]
        if below is not None and predicate.is_class and below in vocabulary.ancestors(local) - {local}:
            yield predicate_name(local), predicate.label, predicate.definition


def path() -> Path:
    """Where the file is."""
    return Path(bundled("data", "layouts", "words.yaml")).with_name("terms.yaml")
