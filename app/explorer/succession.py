"""What became of an abolished district: its recorded successor, and what was unfinished under its organs."""

from __future__ import annotations

from collections.abc import Iterable

from app.explorer import address, agendas, frame, mapped, store, tabular, theme
from app.explorer.leadership import FIGURES, Standing
from app.explorer.markup import Markup, el, go, join
from app.explorer.words import day, t
from reasoner.engine.conclusions import Conclusion
from reasoner.records.places import Territory

_LINES = 12  # more than this stand in the list of issues


def section(desk: store.Desk, kept: Standing, known: Territory) -> Markup | None:
    """Return what the record says of a district's end or of those it succeeded; None for any other."""
    told = [_end(desk, kept, known) if known.until else None, _beginning(desk, kept, known)]
    if not any(told):
        return None
    return el(
        "section",
        el("h2", t("district.succession"), id="succession"),
        told,
        el("p", t("district.succession.law"), class_="zl-lead"),
        _unfinished(desk, kept, known) if known.is_gone_on(kept.day) else None,
        _concluded(desk, kept, known) if known.is_gone_on(kept.day) else None,
    )


def _end(desk: store.Desk, kept: Standing, known: Territory) -> Markup:
    """Return until when a district existed, and who succeeds it and its organs."""
    name, last = mapped.name(desk, known.id), day(known.until or "")
    if not known.successors:
        return el("p", t("district.succession.no_heir", name=name, day=last))
    gone = known.is_gone_on(kept.day)
    sentence = t(
        "district.succession.gone" if gone else "district.succession.will",
        name=name,
        day=last,
        heirs="\0",  # the links are put in afterwards
        today=day(kept.day),
    )
    before, _, after = sentence.partition("\0")
    heirs = _separated(_link(desk, each) for each in known.successors)
    return join(el("p", before, heirs, after), _organs(desk, kept, known))


def _beginning(desk: store.Desk, kept: Standing, known: Territory) -> Markup | None:
    """Return the districts that this one succeeded, with what is open there."""
    if not known.predecessors:
        return None
    name = mapped.name(desk, known.id)
    lead = (
        t("district.succession.took", name=name, day=day(known.since))
        if known.since
        else t("district.succession.took.undated", name=name)
    )
    lines = []
    for each in known.predecessors:
        before = kept.places.territories[each]
        ended = t("district.gone", day=day(before.until)) if before.until else ""
        number = f"{t('figure.open')} {kept.count(each, 'open'):,}"
        lines.append(
            el("li", _link(desk, each), " ", el("span", ended, t("then"), number, class_="zl-quiet"))
        )
    return join(el("p", lead), el("ul", lines))


def _link(desk: store.Desk, place: str) -> Markup:
    return go(address.link("district", id=place), mapped.name(desk, place))


def _separated(links: Iterable[Markup]) -> list[Markup | str]:
    pieces: list[Markup | str] = []
    for each in links:
        pieces += [t("and"), each] if pieces else [each]
    return pieces


def _organs(desk: store.Desk, kept: Standing, known: Territory) -> Markup | None:
    """Return the organs, each with the one that the record lets follow it."""
    lang = address.lang()
    pairs = []
    for heir in known.successors:
        later = kept.places.territories.get(heir)
        for old, new in zip(known.organs, later.organs if later else (), strict=False):
            pairs.append(
                el(
                    "li",
                    go(address.link("unit", id=old), store.worded(desk.name(old), lang)),
                    " → ",
                    go(address.link("unit", id=new), store.worded(desk.name(new), lang)),
                )
            )
    return el("ul", pairs, class_="zl-pairs") if pairs else None


def unfinished(kept: Standing, known: Territory) -> list[Conclusion]:
    """Return the open conclusions that the organs of a district bear, what is late first."""
    own = {known.id, *known.organs}
    found = [
        each
        for each in kept.of(known.id).said
        if each.status in FIGURES["open"] and own.intersection(map(str, each.atom[1]))
    ]
    return sorted(found, key=lambda each: (theme.rank(each.status), each.subject, each.norm))


def _unfinished(desk: store.Desk, kept: Standing, known: Territory) -> Markup:
    found = unfinished(kept, known)
    if not found:
        return el("p", t("district.succession.none"), class_="zl-quiet")
    return join(
        el("h3", t("district.succession.open", n=len(found))), _table(desk, found, "bearer", heirs=True)
    )


def _concluded(desk: store.Desk, kept: Standing, known: Territory) -> Markup | None:
    """Return what follows for the organs of the successor from the issues of this district."""
    later = {
        organ
        for heir in known.successors
        if (territory := kept.places.territories.get(heir))
        for organ in territory.organs
    }
    mine = {row.id for row in kept.issues(known.id)}
    found = [
        each
        for each in kept.of(known.id).said
        if later.intersection(map(str, each.atom[1])) and mine.intersection(each.issues)
    ]
    if not found:
        return None
    return join(el("h3", t("district.succession.said")), _table(desk, found, "heir", heirs=False))


def _table(desk: store.Desk, found: list[Conclusion], bearer: str, *, heirs: bool) -> Markup:
    """Return conclusions as lines: matter, duty, who bears it, with or without who succeeded them, status."""
    lang = address.lang()
    lines = []
    for each in found[:_LINES]:
        units = t("and").join(store.worded(body["name"], lang) for body in each.bearers)
        later = {store.worded(h["name"], lang) for body in each.bearers for h in body.get("succeeded_by", ())}
        reason = store.worded(each.reason_label, lang)
        lines.append(
            (
                agendas.called(desk, each.subject, lang, *each.issues),
                go(agendas.way(each), store.worded(each.kind_label or each.norm_label, lang)),
                units,
                *((t("and").join(sorted(later)) or t("unknown"),) if heirs else ()),
                tabular.cell(frame.status(each.status), class_="zl-small", title=reason or None),
                *(() if heirs else (tabular.cell(reason, class_="zl-small"),)),
            )
        )
    columns = (
        "matter",
        "norm",
        bearer,
        *(("heir",) if heirs else ()),
        "status",
        *(() if heirs else ("reason",)),
    )
    more = len(found) - _LINES
    return join(
        tabular.table([t(f"column.{name}") for name in columns], lines, class_="zl-rows"),
        el("p", t("district.more", n=more), class_="zl-quiet zl-small") if more > 0 else None,
    )
