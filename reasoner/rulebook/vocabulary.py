"""The ontology as the reasoner uses it: which predicates there are, what their arguments are, how they read.

A class is a predicate with one argument, a property one with two, a class with ``zl:arguments`` one with
that list. A predicate is called by its local name with a small first letter (``zl:RoutineInspection`` →
``routineInspection``). The OWL 2 RL axioms among named classes and properties become rules of the same
language (``axiom_rules``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from reasoner.rulebook.rules import Atom, Rule, Var

Text = dict[str, str]
"""One text in several languages, by language tag (``zh``, ``en``)."""

NAMESPACE = "https://w3id.org/zelian/ns#"
ENTITY = "https://w3id.org/zelian/id/"
ANYTHING = "Thing"
STAND_IN = "UnstatedBody"
"""The class of what stands for whom the text does not name."""
NUMBERS = frozenset({"date", "integer"})


@dataclass(frozen=True)
class Predicate:
    """A predicate: its arguments by class name, ``date``, ``integer`` or ``text``; ``Thing`` admits anything.

    ``arguments`` has one tuple of alternatives for each place. ``roles`` names the places of a conclusion
    (``is_status``) or of a remark on one.
    """

    name: str
    iri: str
    arguments: tuple[tuple[str, ...], ...]
    label: Text = field(default_factory=dict)
    sentence: Text = field(default_factory=dict)
    definition: Text = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    recorded_only: bool = False
    derived: bool = False
    is_status: bool = False
    is_open: bool = False
    """Of a status: whether something may still have to be done under it."""
    is_done: bool = False
    """Of a status: whether an act on record did what the norm asks for: in time, late or in part."""
    sources: tuple[str, ...] = ()
    """Where the text uses the term: identifiers of articles, paragraphs, items."""
    words: tuple[str, ...] = ()
    """The literal words there that it stands for."""
    method: Text = field(default_factory=dict)
    """Why it stands for no words of the text: what keeping a record or weighing evidence needs it for."""

    @property
    def arity(self) -> int:
        """Number of arguments."""
        return len(self.arguments)

    @property
    def is_remark(self) -> bool:
        """Whether it stands beside the conclusions of a norm about a matter."""
        return self.roles[:2] == ("norm", "matter") and not self.is_status

    @property
    def is_class(self) -> bool:
        """Whether it is a class of the ontology (and not a derived term with one argument)."""
        return self.arity == 1 and not self.derived


@dataclass(frozen=True)
class Individual:
    """A named thing of the ontology: an organ of the text, a kind, a reason, a role."""

    name: str
    classes: tuple[str, ...]
    label: Text
    layer: str | None = None
    definition: Text = field(default_factory=dict)


@dataclass
class Vocabulary:
    """Everything the ontology declares."""

    predicates: dict[str, Predicate] = field(default_factory=dict)
    individuals: dict[str, Individual] = field(default_factory=dict)
    superclasses: dict[str, set[str]] = field(default_factory=dict)
    disjoint: set[frozenset[str]] = field(default_factory=set)
    subproperties: set[tuple[str, str]] = field(default_factory=set)
    inverses: set[tuple[str, str]] = field(default_factory=set)
    transitive: set[str] = field(default_factory=set)
    symmetric: set[str] = field(default_factory=set)
    chains: set[tuple[str, str, str]] = field(default_factory=set)
    statements: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def ancestors(self, name: str) -> set[str]:
        """A class and all its superclasses."""
        found, waiting = set[str](), [name]
        while waiting:
            current = waiting.pop()
            if current not in found:
                found.add(current)
                waiting += self.superclasses.get(current, ())
        return found

    def are_disjoint(self, one: str, other: str) -> bool:
        """Whether nothing can be a member of both classes."""
        if ANYTHING in (one, other):
            return False
        if (one in NUMBERS or one == "text") or (other in NUMBERS or other == "text"):
            return one != other and not {one, other} <= NUMBERS
        return any(
            frozenset((a, b)) in self.disjoint
            for a in self.ancestors(one)
            for b in self.ancestors(other)
            if a != b
        )

    @cached_property
    def class_names(self) -> dict[str, str]:
        """Class by the name of its predicate (``routineInspection`` → ``RoutineInspection``)."""
        return {p.name: local_name(p.iri) for p in self.predicates.values() if p.arity == 1}

    @cached_property
    def stand_ins(self) -> frozenset[str]:
        """What conclusions put in the place of whom the text does not name; no record names it."""
        return frozenset(i.name for i in self.individuals.values() if STAND_IN in i.classes)

    @cached_property
    def statuses(self) -> tuple[Predicate, ...]:
        """What a norm may say of a matter."""
        return tuple(p for p in self.predicates.values() if p.is_status and p.roles)

    @cached_property
    def remarks(self) -> tuple[Predicate, ...]:
        """What stands beside the conclusions of a norm about a matter."""
        return tuple(p for p in self.predicates.values() if p.is_remark)

    @cached_property
    def by_label(self) -> dict[str, list[str]]:
        """Individuals by each of their labels."""
        found: dict[str, list[str]] = {}
        for individual in self.individuals.values():
            for label in individual.label.values():
                found.setdefault(label, []).append(individual.name)
        return found

    def axiom_rules(self) -> list[Rule]:
        """The OWL 2 RL axioms as rules, each owned by ``owl:<axiom>`` (shown as such in proofs)."""
        return list(_axiom_rules(self))


def predicate_name(local: str) -> str:
    """``RoutineInspection`` → ``routineInspection``."""
    return local[:1].lower() + local[1:]


def local_name(iri: str) -> str:
    """What follows the last ``#`` or ``/``."""
    return iri.rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def _axiom_rules(v: Vocabulary) -> Iterator[Rule]:
    x, y, z = Var("X"), Var("Y"), Var("Z")

    def rule(kind: str, number: int, head: Atom, *body: Atom) -> Rule:
        return Rule(head, body, f"owl:{kind}", number)

    known = {local_name(p.iri): p.name for p in v.predicates.values()}
    pairs = [
        (c, s)
        for c, supers in sorted(v.superclasses.items())
        for s in sorted(supers)
        if c in known and s in known
    ]
    for i, (sub, sup) in enumerate(pairs, 1):
        yield rule("subClassOf", i, Atom(known[sup], (x,)), Atom(known[sub], (x,)))
    for i, (sub, sup) in enumerate(sorted(v.subproperties), 1):
        yield rule("subPropertyOf", i, Atom(sup, (x, y)), Atom(sub, (x, y)))
    for i, (one, other) in enumerate(sorted(v.inverses), 1):
        yield rule("inverseOf", 2 * i - 1, Atom(one, (x, y)), Atom(other, (y, x)))
        yield rule("inverseOf", 2 * i, Atom(other, (x, y)), Atom(one, (y, x)))
    for i, name in enumerate(sorted(v.symmetric), 1):
        yield rule("SymmetricProperty", i, Atom(name, (x, y)), Atom(name, (y, x)))
    for i, name in enumerate(sorted(v.transitive), 1):
        yield rule("TransitiveProperty", i, Atom(name, (x, z)), Atom(name, (x, y)), Atom(name, (y, z)))
    for i, (whole, first, second) in enumerate(sorted(v.chains), 1):
        yield rule("propertyChainAxiom", i, Atom(whole, (x, z)), Atom(first, (x, y)), Atom(second, (y, z)))
    both = sorted(tuple(sorted(pair)) for pair in v.disjoint)
    for i, (one, other) in enumerate((a, b) for a, b in both if a in known and b in known):
        head = Atom("disjointMember", (x, predicate_name(one), predicate_name(other)))
        yield rule("disjointWith", i + 1, head, Atom(known[one], (x,)), Atom(known[other], (x,)))


def load(folder: Path) -> Vocabulary:
    """Read every ``*.ttl`` of a folder."""
    return _read(sorted(folder.glob("*.ttl")))


def _read(files: list[Path]) -> Vocabulary:
    import rdflib
    from rdflib.collection import Collection
    from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SKOS, XSD

    graph = rdflib.Graph()
    for file in files:
        graph.parse(file, format="turtle")
    zl = rdflib.Namespace(NAMESPACE)
    v = Vocabulary()

    def texts(subject: rdflib.term.Node, prop: rdflib.URIRef) -> Text:
        return {
            o.language or "": str(o) for o in graph.objects(subject, prop) if isinstance(o, rdflib.Literal)
        }

    def kind(node: rdflib.term.Node) -> tuple[str, ...]:
        if node in (XSD.date,):
            return ("date",)
        if node in (XSD.integer, XSD.int):
            return ("integer",)
        if node in (XSD.string, RDF.langString, RDFS.Literal, XSD.anyURI, XSD.boolean, XSD.decimal):
            return ("text",)
        if isinstance(node, rdflib.BNode):
            union = graph.value(node, OWL.unionOf)
            return (
                tuple(k for member in Collection(graph, union) for k in kind(member))
                if union
                else (ANYTHING,)
            )
        return (local_name(str(node)),) if str(node).startswith(NAMESPACE) else (ANYTHING,)

    def place(subject: rdflib.term.Node, prop: rdflib.URIRef) -> tuple[str, ...]:
        return tuple(k for o in sorted(graph.objects(subject, prop), key=str) for k in kind(o)) or (ANYTHING,)

    def declare(subject: rdflib.term.Node, arguments: tuple[tuple[str, ...], ...], derived: bool) -> None:
        local = local_name(str(subject))
        v.predicates[predicate_name(local)] = Predicate(
            predicate_name(local),
            str(subject),
            arguments,
            texts(subject, RDFS.label),
            texts(subject, zl.sentence),
            texts(subject, SKOS.definition),
            tuple(str(graph.value(subject, zl.roles) or "").split()),
            str(graph.value(subject, zl.recordedOnly)) == "true",
            derived,
            (subject, RDF.type, zl.Status) in graph,
            str(graph.value(subject, zl.open)) == "true",
            str(graph.value(subject, zl.done)) == "true",
            tuple(
                sorted(
                    local_name(str(o))
                    for o in graph.objects(subject, DCTERMS.source)
                    if isinstance(o, rdflib.URIRef)
                )
            ),
            tuple(sorted(str(o) for o in graph.objects(subject, zl.words))),
            texts(subject, zl.method),
        )

    for subject in sorted(graph.subjects(RDF.type, OWL.Class), key=str):
        if not str(subject).startswith(NAMESPACE):
            continue
        local = local_name(str(subject))
        for parent in graph.objects(subject, RDFS.subClassOf):
            if str(parent).startswith(NAMESPACE):
                v.superclasses.setdefault(local, set()).add(local_name(str(parent)))
        v.disjoint |= {
            frozenset((local, local_name(str(o))))
            for o in graph.objects(subject, OWL.disjointWith)
            if str(o).startswith(NAMESPACE)
        }
        listed = graph.value(subject, zl.arguments)
        if listed is not None:
            declare(subject, tuple(kind(member) for member in Collection(graph, listed)), True)
        elif zl.Derived in graph.transitive_objects(subject, RDFS.subClassOf):
            continue
        else:
            declare(subject, ((local,),), False)
    for group in graph.subjects(RDF.type, OWL.AllDisjointClasses):
        listing = graph.value(group, OWL.members)
        members = [local_name(str(m)) for m in Collection(graph, listing)] if listing is not None else []
        v.disjoint |= {frozenset((a, b)) for a in members for b in members if a != b}
    for prop_type in (OWL.ObjectProperty, OWL.DatatypeProperty):
        for subject in sorted(graph.subjects(RDF.type, prop_type), key=str):
            if str(subject).startswith(NAMESPACE):
                declare(subject, (place(subject, RDFS.domain), place(subject, RDFS.range)), False)
    _properties(graph, v)
    for subject in sorted(set(graph.subjects(RDF.type, OWL.NamedIndividual)), key=str):
        if not str(subject).startswith(ENTITY):
            continue
        name = local_name(str(subject))
        classes = sorted(
            local_name(str(c)) for c in graph.objects(subject, RDF.type) if str(c).startswith(NAMESPACE)
        )
        layer = graph.value(subject, zl.layer)
        v.individuals[name] = Individual(
            name,
            tuple(classes),
            texts(subject, RDFS.label),
            str(layer) if layer else None,
            texts(subject, SKOS.definition),
        )
        v.statements += [(predicate_name(c), (name,)) for c in classes]
        for prop, value in graph.predicate_objects(subject):
            if str(prop).startswith(NAMESPACE) and str(value).startswith(ENTITY):
                v.statements.append((predicate_name(local_name(str(prop))), (name, local_name(str(value)))))
    v.statements.sort()
    return v


def _properties(graph: object, v: Vocabulary) -> None:
    import rdflib
    from rdflib.collection import Collection
    from rdflib.namespace import OWL, RDF, RDFS

    assert isinstance(graph, rdflib.Graph)

    def ours(node: object) -> bool:
        return str(node).startswith(NAMESPACE)

    def name(node: object) -> str:
        return predicate_name(local_name(str(node)))

    for one, other in graph.subject_objects(RDFS.subPropertyOf):
        if ours(one) and ours(other):
            v.subproperties.add((name(one), name(other)))
    for one, other in graph.subject_objects(OWL.inverseOf):
        if ours(one) and ours(other):
            v.inverses.add((name(one), name(other)))
    v.transitive |= {name(s) for s in graph.subjects(RDF.type, OWL.TransitiveProperty) if ours(s)}
    v.symmetric |= {name(s) for s in graph.subjects(RDF.type, OWL.SymmetricProperty) if ours(s)}
    for head, chain in graph.subject_objects(OWL.propertyChainAxiom):
        first, second = Collection(graph, chain)
        v.chains.add((name(head), name(first), name(second)))
