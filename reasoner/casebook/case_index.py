"""Which cases speak of a norm: those that expect something of it, and those that refuse something.

The case files lie beside the norms (``ontology/README.md``, *How a case is written*). They are read as
they stand; nothing is evaluated here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from reasoner.casebook import casefile
from reasoner.kept import kept
from reasoner.rulebook.norms import LawBook
from reasoner.rulebook.vocabulary import Vocabulary

_ABOUT = ("bearer", "matter", "issue", "act", "destination")


@dataclass(frozen=True)
class Demand:
    """What a case expects or refuses of a norm: about whom and what, and what is said of them.

    ``about`` are things of the case as it calls them; ``says`` names of the vocabulary: status, reason, what
    is missing.
    """

    about: tuple[str, ...]
    says: tuple[str, ...]


@dataclass(frozen=True)
class Mention:
    """A case as far as it speaks of one norm.

    ``expects`` and ``refuses`` are empty when it names the norm only as what it is about. ``as_of`` is
    yyyy-mm-dd, ``file`` the path within the ontology folder, ``base`` the case that this one varies.
    """

    name: str
    as_of: str
    file: str
    base: str
    expects: tuple[Demand, ...]
    refuses: tuple[Demand, ...]


def mentions(
    folder: Path, book: LawBook, vocabulary: Vocabulary, cache_folder: Path | None = None
) -> Mapping[str, tuple[Mention, ...]]:
    """Return the cases that speak of each norm, by its id, in the order of the files.

    ``folder`` is the ontology folder. Raises casefile.CaseError for a file outside the format.
    """
    files = list(casefile.files([folder]))
    law = sorted(folder.rglob("norms.yaml"))  # a demand on a place is one on each of its norms

    def read() -> dict[str, tuple[Mention, ...]]:
        return _read(folder, files, list(book.norms), vocabulary)

    program = [Path(__file__), Path(casefile.__file__), *folder.glob("*.ttl")]
    return kept(cache_folder, "mentions", [*files, *law, *program], dict, read)


def _read(
    folder: Path, files: Iterable[Path], norms: list[str], vocabulary: Vocabulary
) -> dict[str, tuple[Mention, ...]]:
    under: dict[str, list[str]] = {}
    for norm in norms:
        parts = norm.split(".")
        for length in range(1, len(parts) + 1):
            under.setdefault(".".join(parts[:length]), []).append(norm)
    found: dict[str, list[Mention]] = {norm: [] for norm in norms}
    statuses = {
        text: p.name for p in vocabulary.predicates.values() if p.is_status for text in p.label.values()
    }
    for file in files:
        for case in casefile.read(file):
            expects, refuses = (_demands(each, under) for each in (case.expect, case.refuse))
            named = dict.fromkeys(norm for name in case.about for norm in under.get(name, ()))
            for norm in dict.fromkeys([*named, *expects, *refuses]):
                mention = Mention(
                    case.name,
                    case.as_of.isoformat(),
                    file.relative_to(folder).as_posix(),
                    case.base,
                    tuple(_told(each, statuses, vocabulary) for each in expects.get(norm, ())),
                    tuple(_told(each, statuses, vocabulary) for each in refuses.get(norm, ())),
                )
                found[norm].append(mention)
    return {norm: tuple(told) for norm, told in found.items() if told}


def _demands(
    items: Iterable[Mapping[str, object]], under: Mapping[str, list[str]]
) -> dict[str, list[Mapping[str, object]]]:
    """The demands by the norms they are on; a demand on what is missing is one on the norm it speaks of."""
    found: dict[str, list[Mapping[str, object]]] = {}
    for item in items:
        inner = item.get("why_not")
        item = inner if isinstance(inner, Mapping) else item
        for norm in under.get(str(item.get("norm") or item.get("transfer") or ""), ()):
            found.setdefault(norm, []).append(item)
    return found


def _told(item: Mapping[str, object], statuses: Mapping[str, str], vocabulary: Vocabulary) -> Demand:
    """A demand, with the names of the vocabulary for its labels."""
    status = item.get("status")
    says = [statuses.get(status, status)] if isinstance(status, str) else []
    for key in ("reason", "missing"):
        values = map(str, casefile.listed(item.get(key)))
        says += [next(iter(vocabulary.by_label.get(value, ())), value) for value in values]
    return Demand(tuple(str(item[key]) for key in _ABOUT if isinstance(item.get(key), str)), tuple(says))
