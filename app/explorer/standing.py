"""Deadlines and statuses of an issue: every duty with its dates, then all conclusions by group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from app.explorer import address, frame, proofs, said, store, tabular, theme
from app.explorer.markup import Markup, el, go, join
from app.explorer.words import day, t
from reasoner.engine.conclusions import Conclusion, elapsed_days

#: Group of conclusions -> its statuses, in the order in which they are read; the last ones are folded.
_GROUPS: Final = {
    "late": ("overdue", "deviation", "established", "notObserved", "pending", "performedInPart"),
    "open": ("needsDetermination", "tolerancePossible"),
    "insufficient": ("insufficient",),
    "done": ("performed", "performedLate", "tolerated", "notEstablished"),
    "later": ("notYetDue",),
    "none": ("notArisen", "noConclusion"),
    "scope": ("allocated", "destination"),
}
_FOLDED: Final = ("none", "scope")


def page(desk: store.Desk, issue: store.Issue) -> Markup:
    """Return the duties with their dates, then the conclusions by group."""
    dated = sorted(
        (
            each
            for each in (*issue.what, *issue.where)
            if each.due or each.done or each.possible_due or each.since
        ),
        key=lambda each: (theme.rank(each.status), each.due or "9", each.norm),
    )
    return el(
        "div",
        el("h2", t("state.dated")),
        _table(desk, issue, dated) if dated else el("p", t("state.dated.none"), class_="zl-lead"),
        el("h2", t("state.all")),
        _groups(desk, issue.what) or el("p", t("issue.statuses.none"), class_="zl-lead"),
        class_="zl",
    )


def _table(desk: store.Desk, issue: store.Issue, dated: Iterable[Conclusion]) -> Markup:
    heads = [t(f"state.{name}") for name in ("duty", "bearer", "status", "due", "done", "days")]
    return tabular.table(heads, (_row(desk, issue, each) for each in dated), class_="zl-rows zl-duties")


def _row(desk: store.Desk, issue: store.Issue, each: Conclusion) -> tabular.Line:
    lang = address.lang()
    duty = join(
        store.worded(each.norm_label, lang),
        el("span", " ", proofs.citation(each.citation, quote=False), class_="zl-small"),
    )
    tab = "state" if each in issue.what else None  # where it is listed with its proof
    status = frame.status(each.status, store.worded(each.status_label, lang))
    due = day(each.due) if each.due else t("state.or").join(map(day, each.possible_due))
    return tabular.line(
        duty,
        said.units(desk, each.bearers) or t("state.nobody"),
        go(address.here(tab=tab, c=each.id), status),
        due or t("state.no_limit"),
        day(each.done) if each.done else t("state.no_record") if _is_open(each) else "–",
        _days(each),
    )


def _is_open(each: Conclusion) -> bool:
    return theme.wants_attention(each.status) or each.status in ("insufficient", "notYetDue")


def _days(each: Conclusion) -> str:
    """Return how many days are left, or over, or how long a duty without a limit has been running."""
    if each.due and each.done:
        over = elapsed_days(each.due, each.done)
        return t("state.late_by", n=over) if over > 0 else t("state.in_time")
    if each.due:
        over = elapsed_days(each.due, each.as_of)
        return t("state.over", n=over) if over > 0 else t("state.left", n=-over)
    if each.since and _is_open(each):
        return t("state.running", day=day(each.since), n=elapsed_days(each.since, each.as_of))
    return "–"


def _groups(desk: store.Desk, conclusions: Iterable[Conclusion]) -> list[Markup]:
    """Return the conclusions by group; what only limits the scope is folded until one of it is opened."""
    opened = address.param("c")
    found: dict[str, list[Conclusion]] = {}
    for each in conclusions:
        name = next((name for name, statuses in _GROUPS.items() if each.status in statuses), "open")
        found.setdefault(name, []).append(each)
    shown = []
    for name in _GROUPS:
        if not (together := found.get(name)):
            continue
        listed = said.listing(desk, together)
        words = t(f"state.group.{name}", n=len(together))
        if name in _FOLDED:
            inside = any(each.id == opened for each in together)
            shown.append(el("details", el("summary", words), listed, open=inside, class_="zl-fold"))
        else:
            shown.append(join(el("h3", words), listed))
    return shown
