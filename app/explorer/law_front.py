"""What stands around the text of the regulation: where it comes from and whether it holds; its coverage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.explorer import address, reader, store
from app.explorer.markup import Markup, Piece, el, go, join, outside
from app.explorer.words import day, t
from reasoner.coverage.text import CATEGORIES
from reasoner.rulebook.law import Article, Regulation


def _said(words: Mapping[str, str] | str | None) -> str:
    return store.worded(words, address.lang())


def _source(entry: Mapping[str, Any]) -> Markup | None:
    """Return how certain something is and where it is from."""
    parts: list[Piece] = []
    if entry.get("certainty"):
        parts.append(_said(entry["certainty"]))
    if entry.get("source"):
        source = str(entry["source"])
        shown = outside(source, t("source.web")) if source.startswith("http") else source
        parts.append(shown)
    if not parts:
        return None
    return el("span", t("open"), [join(" · " if i else "", each) for i, each in enumerate(parts)], t("close"),
              class_="zl-quiet")  # fmt: skip


def _cite(at: str) -> Markup:
    return go(address.link("law", at=at), store.regulation().cite(at, address.lang()))


def _rows(law: Regulation) -> Iterator[tuple[str, Piece]]:
    """Yield what is known about the regulation as a document."""
    source = law.source
    yield "issuers", t("and").join(_said(each) for each in source["issuers"])
    published = source["dates"]["publication"]
    yield "published", join(day(str(published["date"])), " ", _source(published))
    dated = source["dates"]["document"]
    if not dated.get("date"):
        yield "dated", join(_said(dated["note"]), t("open"), _cite(dated["cite"]), t("close"))
    status = source["status"]
    checked = t("law.checked", day=day(str(status["checked"])))
    certain = join(checked, t("and"), _said(status.get("certainty")))
    yield "status", join(_said(status), el("span", t("open"), certain, t("close"), class_="zl-quiet"))
    yield "basis", el("ul", (_basis(each) for each in source["legal_basis"]))


def _basis(entry: Mapping[str, Any]) -> Markup:
    """Return an instrument that the regulation rests on and what became of it."""
    later = entry.get("replaced_by")
    replaced = None
    if later:
        words = t("law.replaced", name=_said(later["name"]), day=day(str(later["effective"])))
        replaced = el("div", words, " ", _source(later))
    return el(
        "li",
        el("b", _said(entry["name"])),
        el("div", _said(entry["status"]), " ", _source(entry)),
        replaced,
    )


def _more(law: Regulation) -> Iterator[tuple[str, Piece]]:
    """Yield what a careful reader asks next: repealed instruments, values from outside, slips."""
    source = law.source
    repealed = (
        el("li", el("span", each["name"], f"（{each['number']}）", lang="zh-CN"), " ", _cite(each["cite"]))
        for each in source["repeals"]
    )
    yield "repeals", el("ul", repealed)
    yield "parameters", el("ul", (_parameter(each) for each in source["parameters"]))
    slips = (
        el(
            "li",
            _cite(each["cite"]),
            t("colon"),
            el("q", each["quote"], lang="zh-CN"),
            " ",
            _said(each["note"]),
        )
        for each in source["slips"]
    )
    yield "slips", el("ul", slips)
    length = t("law.length.all", chapters=len(law.chapters), articles=len(law.articles))
    yield "length", length
    yield "identifier", law.iri


def _parameter(entry: Mapping[str, Any]) -> Markup:
    lang = address.lang()
    value = str(entry["value"])
    shown = day(f"{value[:4]}-{value[4:6]}-{value[6:]}") if value.isdecimal() else reader.term(value, lang)
    note = el("div", _said(entry["note"])) if entry.get("note") else None
    return el("li", reader.term(entry["kind"], lang), t("colon"), shown, " ", _cite(entry["cite"]), " ",
              _source(entry), note)  # fmt: skip


def _listed(rows: Iterator[tuple[str, Piece]]) -> Markup:
    lines = ((el("dt", t(f"law.about.{name}")), el("dd", words)) for name, words in rows)
    return el("dl", lines, class_="zl-facts")


def front(law: Regulation) -> Markup:
    """Return what is known about the regulation as a document, above its text."""
    return el(
        "section",
        _listed(_rows(law)),
        el("details", el("summary", t("law.about.more")), _listed(_more(law))),
        el("h2", t("law.notice")),
        class_="zl-law-front",
    )


def coverage_of(article: Article) -> Markup:
    """Return what was made of an article: norms, characters, rules, cases, and words outside quotes."""
    row = reader.figures(article)
    expecting, refusing = reader.case_numbers(article)
    characters = [
        t("law.coverage.of", n=row.characters[name], what=t(f"law.category.{name}"))
        for name in CATEGORIES
        if row.characters[name] or name == "unassigned"
    ]
    bound = [t("law.coverage.of", n=n, what=t(f"law.binding.{name}")) for name, n in row.entries.items()]
    entries, letters = sum(row.entries.values()), sum(row.characters.values())
    atoms = sum(row.atoms.values())
    pairs = [
        ("norms", t("law.coverage.sum", n=entries, parts=t("and").join(bound))),
        ("characters", t("law.coverage.sum", n=letters, parts=t("and").join(characters))),
        ("cues", t("law.coverage.cues.of", n=row.cues, unbound=row.cues_unbound)),
        ("rules", t("law.coverage.rules.of", rules=row.rules, atoms=atoms, bare=row.atoms_without_span)),
        ("cases", t("law.coverage.cases.of", expecting=expecting, refusing=refusing)),
    ]
    listed = ((el("dt", t(f"law.coverage.{name}")), el("dd", words)) for name, words in pairs)
    return el(
        "section",
        el("dl", listed, class_="zl-facts"),
        _pieces(article),
        class_="zl-sheet",
        data_here=f"coverage:{article.id}",
    )


def _pieces(article: Article) -> Markup | None:
    """Return the words of an article that no norm quotes, with what was made of them."""
    lines = []
    for segment, label in reader.pieces(article, address.lang()):
        norms = [
            join(" ", go(address.link("law", at=norm.place, norm=norm.id), norm.id))
            for name in segment.norms
            if (norm := reader.norm(name))
        ]
        lines.append(el("li", el("q", segment.text, lang="zh-CN"), " ", label, norms))
    if not lines:
        return None
    return el("details", el("summary", t("law.coverage.pieces", n=len(lines))), el("ul", lines))
