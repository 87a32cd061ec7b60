"""The regulation: its text, one chapter at a time, with the norms beside the words they rest on."""

from __future__ import annotations

from collections.abc import Iterator

from app.explorer import address, frame, store
from app.explorer.markup import Markup, el, go, join, show
from app.explorer.words import t
from reasoner.law import Article, Chapter, NotInLawError, Regulation

law = store.regulation()
asked = address.param("at") or "a1"
try:
    part = law.find(asked)
    missing = None
except NotInLawError:
    part, missing = law.find("a1"), asked
article = law.article_of(part.id)
chapter = next((each for each in law.chapters if article.number in each.articles), law.chapters[0])
desk = store.desk(address.as_of())
norms = store.norms_by_place()


def contents(law: Regulation, current: Article) -> Markup:
    """Return the chapters with the numbers of their articles."""
    chapters = []
    for each in law.chapters:
        numbers = [
            go(
                address.link("law", at=f"a{number}"),
                str(number),
                aria_current="true" if number == current.number else None,
            )
            for number in each.articles
        ]
        opened = current.number in each.articles
        chapters.append(
            el(
                "details",
                el("summary", each.heading, lang="zh-CN"),
                el("div", numbers, class_="zl-numbers"),
                open=opened,
            )
        )
    return el("nav", chapters, class_="zl-contents", aria_label=t("law.contents"))


def with_marks(text: str, quotes: list[str]) -> Markup:
    """Return the text with the words underlined that a norm quotes."""
    spans = sorted((text.find(quote), text.find(quote) + len(quote)) for quote in quotes if quote in text)
    pieces: list[Markup | str] = []
    at = 0
    for start, end in spans:
        if end <= at:
            continue
        start = max(start, at)
        pieces += [text[at:start], el("mark", text[start:end])]
        at = end
    return join(pieces, text[at:])


def beside(where: str) -> Iterator[Markup]:
    """Yield the norms that rest on one paragraph or item."""
    for norm in norms.get(where, ()):
        lang = address.lang()
        reading = store.worded(norm.reading or norm.reason, lang)
        lines = [el("p", norm.id, class_="zl-quiet")]
        if reading:
            lines.append(el("p", el("b", t("law.reading" if norm.reading else "law.no_rule")), " ", reading))
        for point in store.points(norm):
            lines.append(el("p", el("b", t("law.point")), " ", store.worded(point.label, lang)))
            lines.append(el("p", t("issue.reading.taken"), t("colon"), store.worded(point.cautious, lang)))
            lines.append(el("p", t("issue.reading.other"), t("colon"), store.worded(point.other, lang)))
        counted = store.count_by_norm(desk, norm.id)
        if counted:
            links = [
                go(address.link("issues", norm=norm.id, status=status), frame.status(status), f" {number:,} ")
                for status, number in counted.items()
            ]
            lines.append(el("p", links, class_="zl-counted"))
        yield el("details", el("summary", store.worded(norm.label, lang)), lines)


def block(where: str, text: str, kind: str) -> Markup:
    """Return one paragraph or item with what stands beside it."""
    quotes = [norm.quote for norm in norms.get(where, ()) if norm.quote]
    here = where == part.id or (part.id == article.id and where == f"{article.id}.p1")
    return el(
        "div",
        el("div", with_marks(text, quotes), class_=f"zl-text {kind}", lang="zh-CN"),
        el("aside", list(beside(where)), class_="zl-margin"),
        class_="zl-para",
        id=where,
        data_here=f"law:{asked}" if here else None,
    )


def body(chapter: Chapter) -> Iterator[Markup]:
    """Yield the articles of a chapter."""
    yield el("div", chapter.heading, class_="zl-chapter", lang="zh-CN")
    for number in chapter.articles:
        each = law.article_of(f"a{number}")
        blocks = []
        for paragraph in each.paragraphs:
            blocks.append(block(paragraph.id, paragraph.text, ""))
            blocks += [block(item.id, item.text, "zl-item") for item in paragraph.items]
        heading = el("h3", go(address.link("law", at=each.id), each.heading), lang="zh-CN")
        yield el("section", heading, blocks, class_="zl-article")


def turning() -> Markup:
    """Return the links to the chapters before and after."""
    at = law.chapters.index(chapter)
    before = law.chapters[at - 1] if at else None
    after = law.chapters[at + 1] if at + 1 < len(law.chapters) else None
    return el(
        "div",
        *(
            go(address.link("law", at=f"a{each.articles[0]}"), each.heading, lang="zh-CN")
            if each
            else el("span")
            for each in (before, after)
        ),
        class_="zl-turn",
    )


frame.title(law.cite(part.id, address.lang()) if address.param("at") and not missing else t("law.title"))
if missing:
    frame.empty(t("law.unknown", at=missing))
note = t("law.all_chinese")
show(
    el(
        "div",
        el("h1", law.title, lang="zh-CN"),
        el("p", note, class_="zl-lead") if note else None,
        el("div", contents(law, article), el("article", list(body(chapter)), turning()), class_="zl-law"),
        class_="zl",
    )
)
