"""The regulation as a reader: a chapter of its text, and the norms beside the words they rest on."""

from __future__ import annotations

from collections.abc import Iterator

from app.explorer import address, frame, norm_frame, norm_sheet, reader, store
from app.explorer.law_front import coverage_of, front
from app.explorer.markup import Markup, el, go, join, show
from app.explorer.words import t
from reasoner.rulebook.law import Article, Chapter, Item, Paragraph, to_chinese

law = store.regulation()
desk = store.desk(address.as_of())
chosen = reader.norm(address.param("norm"))
where = chosen.place if chosen else address.param("at")
found = reader.place(where) if where else None
part = found.part if found else law.notice
article = law.article_of(part.id)
chapter = reader.chapter_of(article)
norms = store.norms_by_place()
covering = chosen is None and address.param("show") == "coverage"
#: The front stands where nothing is asked for; the notice belongs to it.
at_front = found is None or article.number == 0


def name_of(each: Article) -> str:
    """Return how an article is cited in the page's language."""
    return law.cite(each.id, address.lang())


def contents() -> Markup:
    """Return the way to every article: the chapters, that of the article shown unfolded."""
    chapters = [
        el(
            "p",
            go(address.link("law"), t("law.front"), aria_current="true" if at_front else None),
            class_="zl-contents-front",
        )
    ]
    for each in law.chapters:
        numbers = [
            go(
                address.link("law", at=f"a{number}"),
                str(number),
                aria_current="true" if number == article.number else None,
                aria_label=law.cite(f"a{number}", address.lang()),
            )
            for number in each.articles
        ]
        heading = el("summary", each.heading, lang="zh-CN")
        inside = el("div", numbers, class_="zl-numbers")
        chapters.append(el("details", heading, inside, open=each == chapter and not at_front))
    legend = el("p", t("law.legend"), class_="zl-law-legend")
    return el("nav", chapters, legend, class_="zl-contents", aria_label=t("law.contents"))


def jump() -> Markup:
    """Return the field into which people type an article, a paragraph or an item."""
    field = el("input", type="search", name="at", placeholder=t("law.jump.hint"), aria_label=t("law.jump"))
    return el("form", field, action=address.link("law"), role="search", data_go=True)


def turning() -> Markup:
    """Return the links to the articles before and after."""
    before, after = reader.beside(article) if not at_front else (None, law.articles[0])
    ends = [
        go(address.link("law", at=before.id), "← ", name_of(before)) if before else el("span"),
        go(address.link("law", at=after.id), name_of(after), " →") if after else el("span"),
    ]
    return el("nav", ends, class_="zl-turn-articles", aria_label=t("law.turn"))


def words(at: str) -> Iterator[Markup | str]:
    """Yield the text of a paragraph or item; words that carry a norm lead to it."""
    runs = list(reader.runs(at))
    held = law.find(at)
    if runs and isinstance(held, Item):
        mark = runs[0].text.partition("）")
        if mark[1] and runs[0].text.startswith("（"):
            yield go(address.link("law", at=at), f"{mark[0]}）", class_="zl-item-mark")
            runs[0] = reader.Run(mark[2], runs[0].norms, runs[0].quoted)
    for run in runs:
        yield run_of_words(run) if run.norms else run.text


def run_of_words(run: reader.Run) -> Markup:
    """Return words as a link to the norm they carry; a second click leads to the next norm they carry."""
    after = run.norms.index(chosen.id) + 1 if chosen and chosen.id in run.norms else 0
    target = reader.norm(run.norms[after % len(run.norms)])
    assert target is not None  # runs name norms of the book only
    state = ""
    if chosen and chosen.id in run.norms:
        state = " zl-quoted" if chosen.id in run.quoted else " zl-completing"
    first = reader.norm(run.norms[0])
    bound = " zl-bound" if first and first.binding != "declared" else ""
    titles = [store.worded(each.label, address.lang()) for name in run.norms if (each := reader.norm(name))]
    return go(
        address.link("law", at=target.place, norm=target.id),
        run.text,
        class_=f"zl-carries{bound}{state}",
        title="\n".join(titles),
    )


def beside(at: str) -> Iterator[Markup]:
    """Yield the norms that rest on a paragraph or item, each as a sentence with what it is."""
    for norm in norms.get(at, ()):
        selected = chosen is not None and chosen.id == norm.id
        href = address.link("law", at=at, norm=None if selected else norm.id)
        label = store.worded(norm.label, address.lang())
        line = [norm_frame.kind(norm), norm_frame.margin_bearer(norm), t(f"law.binding.{norm.binding}")]
        yield el(
            "div",
            go(href, label, aria_current="true" if selected else None, aria_expanded=str(selected).lower()),
            el("div", join(*(join(" · " if i else "", x) for i, x in enumerate(filter(None, line))))),
            class_="zl-beside",
        )


def block(each: Paragraph | Item, numbered: bool) -> Markup:
    """Return a paragraph or item with what stands beside it; the sheet of a chosen norm follows it."""
    here = found is not None and not chosen and not covering and each.id == first_shown()
    number = None
    if numbered and isinstance(each, Paragraph):
        counted = to_chinese(each.number) if address.lang() == "zh" else str(each.number)
        number = go(address.link("law", at=each.id), t("law.paragraph", n=counted), class_="zl-par-number")
    text = el("p", list(words(each.id)), lang="zh-CN")
    kind = "zl-text zl-item" if isinstance(each, Item) else "zl-text"
    mine = chosen is not None and chosen.place == each.id
    return join(
        el(
            "div",
            el("div", number, text, class_=kind),
            el("aside", list(beside(each.id)), class_="zl-margin", aria_label=t("law.norms")),
            class_="zl-para",
            id=each.id,
            data_here=f"law:{where}" if here else None,
        ),
        norm_sheet.sheet(desk, chosen, address.param("show")) if mine and chosen else None,
    )


def first_shown() -> str:
    """Return the paragraph or item that the address names; of an article, its first paragraph."""
    return f"{article.id}.p1" if part.id == article.id else part.id


def blocks(each: Article) -> Iterator[Markup]:
    """Yield the paragraphs and items of an article."""
    numbered = len(each.paragraphs) > 1
    for paragraph in each.paragraphs:
        yield block(paragraph, numbered)
        for item in paragraph.items:
            yield block(item, numbered)


def body(within: Chapter) -> Iterator[Markup]:
    """Yield the articles of a chapter."""
    yield el("div", within.heading, class_="zl-chapter", lang="zh-CN", role="heading", aria_level="2")
    for number in within.articles:
        each = law.article_of(f"a{number}")
        opened = covering and each.id == article.id
        toggle = go(
            address.link("law", at=each.id, show=None if opened else "coverage"),
            t("law.close" if opened else "law.coverage"),
            class_="zl-why",
            aria_expanded=str(opened).lower(),
        )
        heading = el("h3", go(address.link("law", at=each.id), each.heading, lang="zh-CN"))
        yield el(
            "section",
            el("div", heading, toggle, class_="zl-article-head"),
            note() if each.id == article.id else None,
            coverage_of(each) if opened else None,
            list(blocks(each)),
            class_="zl-article",
        )


def chapters_around() -> Markup:
    """Return the links to the chapters before and after."""
    at = law.chapters.index(chapter)
    before = law.chapters[at - 1] if at else None
    after = law.chapters[at + 1] if at + 1 < len(law.chapters) else None
    links = (
        go(address.link("law", at=f"a{each.articles[0]}"), each.heading, lang="zh-CN") if each else el("span")
        for each in (before, after)
    )
    return el("div", list(links), class_="zl-turn")


def note() -> Markup | None:
    """Return a line when what was asked for is not quite what is shown."""
    if found is None or found.exact or where is None:
        return None
    cited = law.cite(part.id, address.lang())
    return el("p", t("law.nearest", asked=where, shown=cited), class_="zl-note", role="status")


def unknown(what: str) -> Markup:
    """Say that the regulation has no such place, and what to do next."""
    search = go(address.link("search", q=what), t("law.unknown.search", at=what))
    next_ = el("p", t("law.unknown.next"), " ", search)
    return el("div", el("p", t("law.unknown", at=what)), next_, class_="zl-empty")


frame.title(law.cite(part.id, address.lang()) if found else t("law.title"))
opening = join(front(law), list(blocks(law.notice))) if at_front else None
shown = law.chapters[0] if at_front else chapter
show(
    el(
        "div",
        el("h1", go(address.link("law"), law.title, lang="zh-CN"), class_="zl-law-title"),
        el("p", t("law.all_chinese"), class_="zl-lead") if t("law.all_chinese") else None,
        el("div", jump(), turning(), class_="zl-law-bar"),
        unknown(where) if where and found is None else None,
        el(
            "div",
            contents(),
            el("article", opening, list(body(shown)), chapters_around()),
            class_="zl-law",
        ),
        class_="zl",
    )
)
