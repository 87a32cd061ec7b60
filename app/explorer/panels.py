"""What the overview and the pages of the districts show alike: figures, statuses, inspections, gaps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.explorer import address, frame, silent, store, tabular, theme
from app.explorer.leadership import FIGURES, NOWHERE, InspectionLine, Standing, Summary
from app.explorer.markup import Markup, el, go, join
from app.explorer.words import t

#: Statuses that tell nothing of how things go: they fill the bar and are left out of the numbers below it.
_UNTOLD: Final = frozenset({"allocated", "destination", "noConclusion", "notArisen"})


def issues_link(kept: Standing, place: str | None, figure: str = "", **also: str) -> str:
    """Return the address of the list of issues that a figure is made of."""
    chosen: dict[str, str | None] = {"place": kept.spelled(place) if place else None, **also}
    if figure == "silent":
        chosen["silent"] = ",".join({reason: None for of in kept.silent.values() for reason in of})
    if figure in FIGURES:
        chosen["transfer" if figure == "transfer" else "status"] = ",".join(FIGURES[figure])
    return address.link("issues", **chosen)


def figures(kept: Standing, place: str | None) -> Markup:
    """Return the figures, each a link to the issues it is made of, and below them what is counted."""
    summary = kept.of(place)
    links = [
        go(
            issues_link(kept, place, name),
            el("dl", el("dt", t(f"figure.{name}"), _part(summary.invented[name])), el("dd", f"{number:,}")),
            class_=f"zl-figure zl-{tone(name)}" if number else "zl-figure",
            data_figure=name,
        )
        for name, number in summary.figures.items()
    ]
    counted = el(
        "ul",
        (el("li", el("b", t(f"figure.{name}")), t("colon"), t(f"figure.{name}.counted")) for name in FIGURES),
    )
    return join(
        el("div", links, class_="zl-figures"),
        _silent(kept, place),
        el(
            "details",
            el("summary", t("figure.counted")),
            counted,
            el("p", t("figure.counted.more")),
            class_="zl-counted-how",
        ),
    )


def _silent(kept: Standing, place: str | None) -> Markup | None:
    """Say how many issues yield no conclusions and why: they count for no figure, and are not closed."""
    found = kept.of(place).silent
    if not found:
        return None
    reasons = {name: words for row in found for name, words in kept.silent[row.id].items()}
    told = t("figure.silent", n=f"{len(found):,}", why=silent.why(reasons))
    link = go(issues_link(kept, place, "silent"), told)
    return el("p", link, t("figure.silent.means"), class_="zl-small zl-quiet")


def _part(invented: int) -> Markup | None:
    """Return how many of a number are sample data; nothing where none are."""
    return el("small", t("samples.part", n=f"{invented:,}")) if invented else None


def tone(figure: str) -> str:
    """Return the tone in which a figure is shown: that of its status, and blue for what has none."""
    return {
        "late": frame.tone("overdue"),
        "transfer": frame.tone("pending"),
        "determination": frame.tone("needsDetermination"),
        "insufficient": frame.tone("insufficient"),
    }.get(figure, "blue")


def by_status(kept: Standing, place: str | None) -> Markup:
    """Return the conclusions by status, with a bar for their number; a status opens its issues."""
    counts = kept.of(place).statuses
    most = max(counts.values(), default=1)
    lines = [
        (
            _status(kept, place, status),
            f"{number:,}",
            el("div", class_=f"zl-bar zl-{frame.tone(status)}", style=f"width:{100 * number / most:.1f}%"),
        )
        for status, number in counts.items()
    ]
    heads = (t("column.status"), tabular.numbers(t("column.conclusions")), "")
    return tabular.table(heads, lines, class_="zl-bars")


def _status(kept: Standing, place: str | None, status: str) -> Markup:
    """Return a status, as a link when it is a conclusion about an issue and not about an inspection only."""
    if not any(row.statuses[status] for row in kept.issues(place)):
        return frame.status(status)
    return go(issues_link(kept, place, status=status), frame.status(status))


def by_inspection(kept: Standing, place: str | None) -> Markup:
    """Return the inspections: their issues, how many are open and late, and the conclusions by status."""
    lines = [_inspection(kept, place, line) for line in kept.of(place).inspections]
    names = ("inspection", "issues", "open", "late", "silent", "statuses")
    counted = names[1:-1]
    heads = [tabular.Head(t(f"column.{name}"), numbers=name in counted) for name in names]
    return tabular.table(heads, lines, class_="zl-rows zl-inspections")


def _inspection(kept: Standing, place: str | None, line: InspectionLine) -> tabular.Line:
    def number(count: int, figure: str = "") -> Markup | str:
        return go(issues_link(kept, place, figure, inspection=line.id), f"{count:,}") if count else "0"

    name = (
        go(address.link("inspection", id=line.id), line.name) if line.id != NOWHERE else t("inspection.none")
    )
    return tabular.line(
        name,
        number(line.issues),
        number(line.open, "open"),
        number(line.late, "late"),
        number(line.silent, "silent"),
        stacked(line.statuses),
    )


def stacked(statuses: Mapping[str, int]) -> Markup:
    """Return numbers by status as one bar, each part with its sign, and the numbers below it."""
    parts = [
        el("i", class_=f"zl-{frame.tone(status)}", style=f"flex-grow:{number}")
        for status, number in statuses.items()
    ]
    lang = address.lang()
    alike: dict[tuple[str, str], list[str]] = {}  # statuses of one sign stand together
    for status in statuses:
        if status not in _UNTOLD:
            alike.setdefault(theme.sign(status), []).append(status)
    words = []
    for (sign, tone), together in alike.items():
        says = t("and").join(f"{store.status_label(each, lang)} {statuses[each]:,}" for each in together)
        number = sum(statuses[each] for each in together)
        shown = (el("b", sign, aria_hidden="true"), f" {number:,}")
        words.append(el("span", shown, class_=f"zl-{tone}", title=says, role="img", aria_label=says))
    bar = el("div", parts, class_="zl-stack", aria_hidden="true")
    if not words:  # nothing but what tells nothing: the words of it instead of a bar
        return join(
            *(el("div", frame.status(each), f" {n:,}", class_="zl-small") for each, n in statuses.items())
        )
    return join(bar, el("div", words, class_="zl-stack-words"))


def by_year(summary: Summary) -> Markup:
    """Return the issues by year, those still open as the darker part of the bar."""
    most = max((total for _, total, *_ in summary.years), default=1)
    lines = [
        (
            year or t("years.none"),
            f"{total:,}",
            f"{still_open:,}",
            f"{quiet:,}",
            el(
                "div",
                el("i", class_="zl-blue", style=f"flex-grow:{still_open}"),
                el("i", class_="zl-blue zl-faint", style=f"flex-grow:{total - still_open}"),
                class_="zl-stack",
                style=f"width:{100 * total / most:.1f}%",
                aria_hidden="true",
            ),
        )
        for year, total, still_open, quiet in summary.years
    ]
    heads = (
        t("column.year"),
        tabular.numbers(t("column.issues")),
        tabular.numbers(t("column.open")),
        tabular.numbers(t("column.silent")),
        "",
    )
    return tabular.table(heads, lines, class_="zl-bars")


def missing(kept: Standing, place: str | None) -> Markup:
    """Return what would have to be recorded for the open conclusions, the most wanted first."""
    wanted = kept.of(place).missing
    if not wanted:
        return el("p", t("overview.missing.none"), class_="zl-lead")
    lang = address.lang()
    lines = [
        (go(issues_link(kept, place, missing=key), store.worded(words, lang)), f"{number:,}")
        for key, words, number in wanted[:12]
    ]
    return join(
        el("p", t("overview.missing.lead"), class_="zl-lead"),
        tabular.table((t("column.missing"), tabular.numbers(t("column.conclusions"))), lines),
    )
