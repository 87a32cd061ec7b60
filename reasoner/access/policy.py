"""What the ontology says of secrecy: classes of what is not for everybody, and roles with what they see."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from reasoner import bundled
from reasoner.rulebook.norms import NormError, read_yaml
from reasoner.rulebook.vocabulary import Text

FILE, SECRETS = "access.yaml", "restricted.yaml"
EVERY = "all"
RECORD, CORRECT, SECRETS_TOO, DISCLOSE = "record", "correct", "secrets", "disclose"


class UnknownRoleError(LookupError):
    """No role is called so; says which there are, in both languages with a slash between."""


@dataclass(frozen=True)
class Secrecy:
    """A class of secrecy: the entries of a class (a predicate) with some values, and what of them is secret.

    ``where``: property → values, one of which the entry has. ``properties``: the fields; None for all.
    ``about``: what is stated of things that the entry is about is secret too. ``absent``: who may not see
    the fields does not see the entry. ``same``: properties whose value makes entries of the class secret
    alike. ``named``: classes (predicates) of things that are as secret as the field that names them.
    ``records``: kinds of records that entries of the class belong to; None for any.
    """

    id: str
    label: Text
    of: str
    where: Mapping[str, frozenset[str]]
    properties: frozenset[str] | None
    about: bool
    absent: bool
    same: tuple[str, ...]
    named: frozenset[str]
    records: frozenset[str] | None
    basis: Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Role:
    """A role: the classes of secrecy that it sees, and what it may do besides reading."""

    id: str
    label: Text
    sees: frozenset[str]
    may: frozenset[str]


@dataclass(frozen=True)
class Access:
    """Classes of secrecy and roles, by id, in the order of the files; ``acts`` are what roles may do.

    ``mark``: the property that puts an entry into a class; ``absence``: the one that declares records
    complete; ``lasting``: classes whose members never become secret because of what is stated about them.
    """

    classes: Mapping[str, Secrecy]
    roles: Mapping[str, Role]
    acts: Mapping[str, Text]
    mark: str
    absence: str
    lasting: tuple[str, ...]
    digest: str

    def role(self, name: str) -> Role:
        """The role of this id or label. Raises UnknownRoleError."""
        for role in self.roles.values():
            if name in (role.id, *role.label.values()):
                return role
        zh, en = "、".join(self.roles), ", ".join(self.roles)
        raise UnknownRoleError(f"没有角色 {name}，可用：{zh} / no role {name}: use {en}")

    def unseen(self, role: Role) -> list[Secrecy]:
        """The classes of secrecy that a role does not see: what its pages and files leave out."""
        return [each for each in self.classes.values() if each.id not in role.sees]


@cache
def access(regulation: str, folder: Path | None = None) -> Access:
    """Read the classes of a regulation and the roles; raises norms.NormError when a file is malformed."""
    home = folder or bundled.path("ontology")
    places = [home / FILE, home / "regulation" / regulation / SECRETS]
    said: dict[str, Any] = read_yaml(places[0])
    try:
        found = read_yaml(places[1]) if places[1].exists() else ()
        classes = {each.id: each for each in map(_secrecy, found)}
        roles = {each.id: each for each in (_role(entry, classes) for entry in said["roles"])}
        acts = {str(name): dict(words) for name, words in said["acts"].items()}
        mark, absence, lasting = str(said["mark"]), str(said["absence"]), tuple(map(str, said["lasting"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise NormError(f"{places[0]}: {error}") from None
    for role in roles.values():
        if unknown := role.may - acts.keys():
            raise NormError(f"{places[0]}: {role.id}: {', '.join(sorted(unknown))}")
        if role.may & {RECORD, CORRECT, DISCLOSE} and len(role.sees) < len(classes):
            raise NormError(f"{places[0]}: {role.id}: {RECORD}, {CORRECT}, {DISCLOSE}: sees: {EVERY}")
    digest = sha256()
    for place in places:
        digest.update(place.read_bytes() if place.exists() else b"")
    return Access(classes, roles, acts, mark, absence, lasting, digest.hexdigest())


def _secrecy(entry: Mapping[str, Any]) -> Secrecy:
    return Secrecy(
        str(entry["id"]),
        dict(entry["label"]),
        str(entry["class"]),
        {str(name): frozenset(map(str, values)) for name, values in entry.get("where", {}).items()},
        _some(entry["properties"]),
        entry.get("about") == EVERY,
        bool(entry.get("absent")),
        tuple(map(str, entry.get("same", ()))),
        frozenset(map(str, entry.get("named", ()))),
        _some(entry.get("records", EVERY)),
        tuple(entry["basis"]),
    )


def _role(entry: Mapping[str, Any], classes: Collection[str]) -> Role:
    sees = _some(entry["sees"])
    seen = frozenset(classes) if sees is None else sees
    if unknown := seen - frozenset(classes):
        raise NormError(f"{FILE}: {entry['id']}: {', '.join(sorted(unknown))}")
    return Role(str(entry["id"]), dict(entry["label"]), seen, frozenset(map(str, entry["may"])))


def _some(said: Any) -> frozenset[str] | None:
    """Names, or None for all."""
    return None if said == EVERY else frozenset(map(str, said))
