"""The checker reads rules and axioms, and finds what follows, on a law small enough to see through."""

from __future__ import annotations

from pathlib import Path

import pytest

from reasoner import checker
from reasoner.checker import derive, document

TERMS = """
@prefix zl: <https://w3id.org/zelian/ns#> . @prefix id: <https://w3id.org/zelian/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
zl:Body a owl:Class . zl:Office a owl:Class ; rdfs:subClassOf zl:Body .
zl:under a owl:ObjectProperty , owl:TransitiveProperty ; owl:inverseOf zl:above ; rdfs:subPropertyOf zl:near .
zl:above a owl:ObjectProperty . zl:near a owl:ObjectProperty , owl:SymmetricProperty .
zl:far a owl:ObjectProperty ; owl:propertyChainAxiom ( zl:near zl:under ) . zl:on a owl:DatatypeProperty .
zl:Derived a owl:Class . zl:Alone a owl:Class ; rdfs:subClassOf zl:Derived ; zl:arguments ( zl:Body ) .
id:town a zl:Office ; zl:under id:city .
"""


RULES = """
    alone(X) :- body(X), not near(X,_), #count{ Y : near(X,Y) } < 1.  % nobody near
    busy(X,N) :- body(X), near(X,N), #count{ Y : near(X,Y) } >= 2, X != N.
    due(E) :- on(X,D), monthsAfter(D,1,E), body(X).
    odd(X,X) :- body(X), 3 < X, X > -1.
    only(town,X) :- near(town,X), not alone(X).
"""


def small_law(folder: Path, rules: str = RULES) -> checker.Law:
    """An ontology folder of its own, with every kind of axiom and literal."""
    article = folder / "regulation" / "r" / "art-01"
    article.mkdir(parents=True, exist_ok=True)
    (folder / "terms.ttl").write_text(TERMS, "utf-8")
    (folder / "definitions.yaml").write_text(f"- id: d\n  rule: |\n{rules}\n", "utf-8")
    (article / "norms.yaml").write_text("- {id: a1.p1.s1, quote: 原文所无}\n", "utf-8")
    (article / "text.md").write_text("<!-- a1.p1 -->\n第一条 原文。\n", "utf-8")
    (article.parent / "notice.md").write_text("<!-- a0 -->\n通知\n", "utf-8")
    (article.parent / "source.yaml").write_text("id: r\n", "utf-8")
    return checker.Law(folder)


def test_what_follows_is_found_by_asking(tmp_path: Path) -> None:
    law = small_law(tmp_path)
    assert law.recordable == {"body": 1, "office": 1} | dict.fromkeys(
        ("under", "above", "near", "far", "on"), 2
    )
    facts = [("body", ("x",)), ("above", ("x", "town")), ("body", ("y",)), ("on", ("x", 20240131))]

    def asked(counting: str) -> derive.Derivations:
        return derive.Derivations(derive.Program(law.rules.values()), [*facts, *law.stated], counting)

    found = asked("correspondingDay")
    assert set(found.rows("under", (None, None))) == {("town", "x"), ("town", "city")}
    assert set(found.rows("near", ("town", None))) == {("town", "x"), ("town", "city")}
    assert set(found.rows("far", (None, None))) == {
        ("x", "x"),
        ("x", "city"),
        ("city", "x"),
        ("city", "city"),
    }
    assert found.rows("alone", (None,)) == [("y",)]
    assert {row[1] for row in found.rows("busy", ("town", None))} == {"x", "city"}
    assert found.rows("only", ("x", None)) == []
    assert len(found.rows("only", (None, None))) == 2
    assert set(found.rows("odd", (None, None))) == {(n, n) for n in ("x", "y", "town")}
    assert found.rows("odd", ("x", "y")) == []
    assert found.rows("odd", ("x",)) == []
    assert found.rows("due", (None,)) == [(20240229,)]
    assert asked("startDayCounts").rows("due", (None,)) == [(20240228,)]
    assert asked("").rows("due", (None,)) == []
    assert found.rows("monthsAfter", ("x", 1, None)) == []
    assert not found.holds(("monthsAfter", (99991231, 10**30, 1)))
    with pytest.raises(LookupError):
        law.citation("a1.p1.s1")


def test_files_and_work_without_end_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(document, "_LIMIT", 9)
    (file := tmp_path / "large.json").write_text("[" + " " * 9 + "]", "utf-8")
    with pytest.raises(checker.UnreadableError, match="过大"):
        checker.read(file)
    law = small_law(tmp_path)
    monkeypatch.setattr(derive, "_WORK", 100)
    facts = [("near", (f"x{i}", f"x{j}")) for i in range(20) for j in range(20)]
    with pytest.raises(checker.TooMuchWorkError):
        derive.Derivations(derive.Program(law.rules.values()), facts, "").rows("near", (None, None))


def asked_of_small_law(folder: Path, rules: str) -> None:
    program = derive.Program(small_law(folder, rules).rules.values())
    derive.Derivations(program, [("q", ("x",))], "").rows("p", (None,))


def test_rules_without_a_meaning_are_refused(tmp_path: Path) -> None:
    written = {
        "    p(X) :- q(X), not p(X).": "否定",
        "    p(X) :- q(X), #count{ Y : p(Y) } = 1.": "否定",
        "    p(X) :- q(X)": "expected",
        "    p(X) :- q(X), X <.": "expected",
        "    P(X) :- q(X).": "an atom",
        "    p(X) :- q(X), #count{ a : q(a) } = 1.": "a variable",
        '    p(X) :- q("X").': "outside the rule language",
        "    p(X) :- q(X), not r(Y).": "变量",
    }
    for rules, said in written.items():
        with pytest.raises(checker.LawError, match=said):
            asked_of_small_law(tmp_path, rules)
    (tmp_path / "terms.ttl").write_text("nonsense", "utf-8")
    with pytest.raises(checker.LawError, match="无法读取"):
        checker.Law(tmp_path)
    (tmp_path / "definitions.yaml").write_text("- 1", "utf-8")
    with pytest.raises(checker.LawError, match="形式有误"):
        checker.Law(tmp_path)
