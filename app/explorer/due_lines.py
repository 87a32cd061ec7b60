"""Lines of an agenda: the limit, the units, the duty and the matter, the status, and the way to the proof."""

from __future__ import annotations

from collections.abc import Iterable

from app.explorer import address, agendas, frame, proofs, store, tabular
from app.explorer.markup import Markup, el, go, join
from app.explorer.words import day, t
from reasoner.answers.agenda import Entry
from reasoner.engine.conclusions import Conclusion, elapsed_days


def table(desk: store.Desk, found: Iterable[Entry], first: str = "limit") -> Markup:
    """Return lines under their heads, the first of which is named."""
    names = (f"duties.column.{first}", "duties.column.unit", "duties.column.duty", "duties.column.status")
    return tabular.table(
        [t(name) for name in names], (_line(desk, each) for each in found), class_="zl-rows zl-due"
    )


def _when(desk: store.Desk, each: Entry) -> Markup:
    """Return the limit with the days to it, the start of a duty without one, or what is missing to say."""
    lang = address.lang()
    if each.kind == "undated":
        stated = agendas.time_stated(desk, each.norm)
        return join(
            el("b", store.worded(each.of.missing_label, lang)),
            el("div", t("duties.as_stated", text=stated), class_="zl-quiet zl-small") if stated else None,
        )
    if each.due is None:
        since = t("duties.days.elapsed", day=day(each.since or ""), days=each.elapsed)
        return el("span", since if each.since else t("duties.days.none"), class_="zl-small")
    if each.possible:
        days = [join(el("b", day(one), class_="zl-date"), _days_to(each, one)) for one in each.possible]
        return join(el("div", t("duties.possible"), class_="zl-quiet zl-small"), days)
    return join(el("b", day(each.due), class_="zl-date"), _days_to(each, each.due))


def _days_to(each: Entry, limit: str) -> Markup:
    """Return the days from the as-of date to a day, in words."""
    days = elapsed_days(each.of.as_of, limit)
    passed = "duties.days.possible" if each.possible else "duties.days.passed"
    words = passed if days < 0 else "duties.days.left" if days else "duties.days.today"
    return el("div", t(words, days=abs(days)), class_="zl-quiet zl-small")


def _line(desk: store.Desk, each: Entry) -> tabular.Line:
    """Return one conclusion as a line, with the way to its proof, which stands below when it is opened."""
    lang = address.lang()
    c = each.of
    cited = go(address.link("law", at=c.citation["id"]), store.worded(c.citation["text"], lang))
    missing = (
        el("div", t("duties.missing", what=store.worded(c.missing_label, lang)), class_="zl-small")
        if c.missing and each.kind != "undated"
        else None
    )
    reason = store.worded(c.reason_label, lang)
    opened = address.param("c") == c.id
    return tabular.line(
        _when(desk, each),
        t("and").join(agendas.who(c, lang)),
        (
            store.worded(c.norm_label, lang),
            " ",
            el("span", cited, class_="zl-small"),
            el("div", agendas.matter(desk, c, lang), class_="zl-quiet zl-small"),
        ),
        (
            frame.status(c.status, store.worded(c.status_label, lang)),
            el("div", reason, class_="zl-quiet zl-small") if reason else None,
            missing,
            el("div", _why(c, opened=opened), class_="zl-small"),
        ),
        below=proofs.tree(desk.proof(each.conclusion), c) if opened else None,
        data_here=f"conclusion:{c.id}" if opened else None,
    )


def _why(c: Conclusion, *, opened: bool) -> Markup:
    """Return the way to the proof: on the page of its matter or, if it has none, below the line."""
    if opened:
        return go(address.here(c=None), t("issue.close"), aria_expanded="true")
    return go(agendas.way(c), t("duties.why"))
