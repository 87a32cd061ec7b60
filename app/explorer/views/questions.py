"""Ready questions with blanks; the SPARQL underneath can be seen, changed and saved."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.explorer import address, answer_table, frame, paged, questions, store
from app.explorer.markup import Markup, el, go, join, show
from app.explorer.words import t
from reasoner.queries.questions import Blank, BlankError, Question
from reasoner.queries.sparql import Answer, QueryError

_OWN: Final = "own"
_FIRST_QUERY: Final = """# zl:Overdue …
SELECT ?status (COUNT(?c) AS ?conclusions) WHERE {
  ?c a zl:Conclusion ; a ?status .
  FILTER(?status != zl:Conclusion)
}
GROUP BY ?status
ORDER BY DESC(?conclusions)
"""

desk = store.desk(address.as_of())
lang = address.lang()
catalogue = questions.catalogue()
asked = address.param("q")
question = catalogue.questions.get(asked or "")


# -- all questions --------------------------------------------------------------------------------


def contents() -> Markup:
    """Return all questions by group."""
    groups = []
    for group, words in catalogue.groups.items():
        own = [each for each in catalogue.questions.values() if each.group == group]
        links = [
            el(
                "li",
                go(address.link("questions", q=each.id), each.title[lang]),
                el("span", each.about[lang], class_="zl-quiet zl-small"),
            )
            for each in own
        ]
        groups.append(el("section", el("h2", words[lang]), el("ul", links)))
    return el("div", groups, class_="zl-catalogue")


# -- blanks ---------------------------------------------------------------------------------------


def chosen(of: Question) -> dict[str, str]:
    """Return the values of the blanks as the address has them."""
    return {blank.name: value for blank in of.blanks if (value := address.param(blank.name))}


def choose(name: str, key: str) -> None:
    """Put what was chosen for a blank into the address."""
    value = st.session_state[key]
    if value:
        st.query_params[name] = value.isoformat() if hasattr(value, "isoformat") else str(value).strip()
    else:
        st.query_params.pop(name, None)
    for other in ("p", "sparql"):
        st.query_params.pop(other, None)


def field(blank: Blank) -> None:
    """Offer one blank as a field in which a part of a name finds the value."""
    key = f"blank-{asked}-{blank.name}"
    label = blank.label[lang]
    value = address.param(blank.name) or blank.default
    if blank.kind in ("words", "day"):
        hint = t("questions.words.hint") if blank.kind == "words" else "2026-11-23"
        st.session_state[key] = value or ""
        st.text_input(label, key=key, placeholder=hint, on_change=choose, args=(blank.name, key))
        return
    offered = dict(questions.options(desk, blank, lang))
    if value is not None and value not in offered:
        offered = {value: value} | offered
    st.session_state[key] = value
    st.selectbox(
        label,
        list(offered),
        index=None,
        key=key,
        format_func=lambda each: offered.get(each, str(each)),
        placeholder=t("questions.choose") if blank.required else t("questions.any"),
        on_change=choose,
        args=(blank.name, key),
    )


def blanks(of: Question) -> None:
    """Write the blanks of a question side by side."""
    if of.blanks:
        for column, blank in zip(st.columns(max(3, len(of.blanks))), of.blanks, strict=False):
            with column:
                field(blank)


# -- the answer ----------------------------------------------------------------------------------


def filled(of: Question) -> list[str]:
    """Return what stands in the blanks of a question, each in words; an answer kept as a file needs it."""
    found = []
    for blank in of.blanks:
        if value := address.param(blank.name) or blank.default:
            words = dict(questions.options(desk, blank, lang)).get(value, value)
            found.append(f"{blank.label[lang]}{t('colon')}{words}")
    return found


def nothing(of: Question | None) -> None:
    """Say that there is no answer, and what to do next."""
    if of is None:
        frame.empty(t("questions.none.own"))
        return
    further: list[Markup | str] = []
    if of.next is not None:
        following = catalogue.questions[of.next]
        link = address.link("questions", q=following.id)
        further.append(go(link, t("questions.none.next", title=following.title[lang])))
    if chosen(of):
        further += [" · "] if further else []
        further.append(go(address.link("questions", q=of.id), t("questions.none.widen")))
    frame.empty(of.empty[lang], *further)


def complaint(error: QueryError) -> Markup:
    """Return what is wrong with a query, with its line and the place marked."""
    words = (
        t(f"questions.error.{error.reason}", line=error.line, column=error.column, word=error.word)
        if (error.reason != "syntax" or error.line)
        else t("questions.error.syntax.nowhere")
    )
    said = " ".join(error.said.split())[:300]
    return el(
        "div",
        el("p", el("b", words)),
        el("p", t("questions.error.said", said=said), class_="zl-quiet zl-small") if said else None,
        class_="zl zl-complaint",
        role="alert",
    )


def answered(query: str) -> Answer:
    """Ask, and show progress while the store is built. Raises QueryError."""
    if questions.is_ready(desk):
        return questions.ask(desk, query)
    waiting = st.empty()

    def told(number: int) -> None:
        words = t("questions.building.so_far", n=f"{number:,}")
        waiting.html(el("p", t("questions.building"), " ", words, class_="zl zl-lead", role="status"))

    told(0)
    answer = questions.ask(desk, query, told)
    waiting.empty()
    return answer


# -- the query ------------------------------------------------------------------------------------


def run(key: str) -> None:
    """Put the edited query into the address, or into the session when it is too long for that."""
    query = st.session_state[key].strip()
    st.query_params.pop("p", None)
    if len(query) > questions.LONGEST_IN_ADDRESS:
        st.session_state["sparql-long"] = query
        st.query_params["sparql"] = "-"
    else:
        st.session_state.pop("sparql-long", None)
        st.query_params["sparql"] = query


def edited() -> str | None:
    """Return the query that was edited, if one was."""
    query = address.param("sparql")
    return st.session_state.get("sparql-long") if query == "-" else query


def editor(query: str) -> None:
    """Write the query, and when asked a field in which to change it."""
    opened = address.param("edit") == "1" or question is None
    show(
        el(
            "div",
            el("h2", t("questions.sparql"), id="query"),
            el("p", t("questions.sparql.about"), class_="zl-lead zl-small"),
            None
            if opened
            else join(
                el("pre", query, class_="zl-query"), go(address.here(edit="1"), t("questions.sparql.edit"))
            ),
            class_="zl",
        )
    )
    if opened:
        key = f"sparql-{asked}"
        st.session_state[key] = query
        st.text_area(t("questions.sparql.text"), key=key, height=320, on_change=run, args=(key,))
        st.button(t("questions.sparql.run"), key="sparql-run", on_click=run, args=(key,))


def vocabulary() -> Markup:
    """Return the prefixes, classes and properties that a query can use."""
    prefixes = [
        el("tr", el("td", el("code", f"{name}:")), el("td", space))
        for name, space in questions.prefixes().items()
    ]
    lists = []
    for title, terms in zip(
        ("questions.vocabulary.classes", "questions.vocabulary.properties"),
        questions.vocabulary(),
        strict=True,
    ):
        items = [
            el("li", el("code", f"zl:{questions.local(each)}"), " ", el("span", each.label[lang]))
            for each in terms
        ]
        lists += [el("h3", t(title)), el("ul", items, class_="zl-terms")]
    return el(
        "details",
        el("summary", t("questions.vocabulary")),
        el("p", t("questions.vocabulary.about"), class_="zl-lead zl-small"),
        el("h3", t("questions.vocabulary.prefixes")),
        el("table", el("tbody", prefixes), class_="zl-prefixes"),
        lists,
        class_="zl zl-vocabulary",
    )


# -- the page -------------------------------------------------------------------------------------


def heading(title: str, about: str | None) -> None:
    """Write the top of a question's page."""
    show(
        el(
            "div",
            el("p", go(address.link("questions"), t("questions.all")), class_="zl-quiet zl-small"),
            el("h1", title),
            el("p", about, class_="zl-lead") if about else None,
            class_="zl",
        )
    )


def results(query: str, name: str, of: Question | None) -> None:
    """Write the answer to a query."""
    try:
        answer = answered(query)
    except QueryError as error:
        show(complaint(error))
        return
    pages = max(1, -(-len(answer.rows) // answer_table.PER_PAGE))
    page = paged.number(pages)
    if answer.rows:
        show(
            el(
                "div",
                answer_table.said_of(answer),
                answer_table.table(desk, answer, page),
                answer_table.paging(page, pages),
                class_="zl",
            )
        )
        answer_table.exports(desk, answer, query, name, filled(of) if of else ())
    else:
        show(el("div", answer_table.said_of(answer), class_="zl"))
        nothing(of)


def one(of: Question) -> None:
    """Write the page of a ready question."""
    heading(of.title[lang], of.about[lang])
    changed = edited()
    if changed:
        back = go(address.here(sparql=None, p=None), t("questions.sparql.back"))
        show(el("p", t("questions.sparql.edited"), " ", back, class_="zl"))
        ask_edited(changed, t("questions.edited.of", title=of.title[lang]))
        return
    blanks(of)
    try:
        query = questions.bound(of, chosen(of))
    except BlankError as error:
        label = next(blank.label[lang] for blank in of.blanks if blank.name == error.blank)
        words = t(f"questions.blank.{error.why}", blank=label, value=error.value)
        frame.empty(words, go(address.link("questions", q=of.id), t("questions.none.widen")))
        return
    results(query, of.title[lang], of)
    editor(query)
    show(vocabulary())


def ask_edited(query: str, name: str) -> None:
    """Write the answer to an edited query, with the query in a field."""
    if len(query) > questions.LONGEST_IN_ADDRESS:
        show(el("p", t("questions.sparql.long", n=f"{len(query):,}"), class_="zl zl-note", role="status"))
    results(query, name, None)
    editor(query)
    show(vocabulary())


if question is not None:
    frame.title(question.title[lang])
    one(question)
elif asked == _OWN:
    frame.title(t("questions.own.title"))
    heading(t("questions.own.title"), None)
    ask_edited(edited() or _FIRST_QUERY, t("questions.own.title"))
else:
    frame.title(t("questions.title"))
    show(
        el("div", el("h1", t("questions.title")), el("p", t("questions.lead"), class_="zl-lead"), class_="zl")
    )
    if asked:
        frame.empty(t("questions.unknown", id=asked))
    show(
        el(
            "div",
            contents(),
            el("p", go(address.link("questions", q=_OWN), t("questions.own"))),
            class_="zl",
        )
    )
