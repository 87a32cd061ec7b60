"""The audit log: who saw and changed what, for those who may see that; verified when asked to."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from app.explorer import address, allowed, frame, paged, tabular
from app.explorer.markup import Markup, el, go, join, show
from app.explorer.recording import pages
from app.explorer.words import day, t
from reasoner.audit.log import ACTIONS, AuditLog, Line, Wanted

_PER_PAGE: Final = 50
_COLUMNS: Final = ("at", "user", "role", "action", "what", "address")


def cells(line: Line, labels: dict[str, str]) -> tuple[str | Markup | None, ...]:
    """Return a line of the log as a line of the table."""
    moment = datetime.fromisoformat(line.at).astimezone()
    page = t(f"nav.{line.page}") if line.page in address.PAGES else line.address
    shown = go(line.address, page, title=line.address) if line.page in address.PAGES else page
    what: str | Markup = labels.get(line.what, line.what) if line.action == "refused" else line.what
    if line.transaction is not None:
        journal = address.link("record", tab="history", tx=str(line.transaction))
        what = join(line.what, " ", go(journal, t("audit.transaction", n=line.transaction)))
    return (
        f"{day(moment.date())} {moment:%H:%M:%S}",
        go(address.here(user=line.user, p=None), line.user),
        labels.get(line.role, line.role),
        t(f"audit.action.{line.action}"),
        what,
        shown,
    )


def verified(log: AuditLog) -> Markup:
    """Return what verifying the whole chain found."""
    lang = address.lang()
    if faults := log.verify():
        said = [
            el("li", t("audit.faulty", n=each.number), each.en if lang == "en" else each.zh)
            for each in faults
        ]
        return el("ul", said, class_="zl-fault", role="alert")
    last = log.lines(limit=1)
    return el("p", t("audit.sound"), " ", el("code", last[0].digest if last else "–"), role="status")


def draw(office: allowed.Office) -> None:
    """Draw the lines that the address asks for."""
    log, lang = office.log, address.lang()
    labels = {role.id: role.label[lang] for role in office.policy.roles.values()}
    labels |= {act: words[lang] for act, words in office.policy.acts.items()}
    labels["receipts"] = t("record.tab.receipts")
    action = asked if (asked := address.param("action")) in ACTIONS else None
    wanted = Wanted(user=address.param("user"), action=action)
    total = log.count(wanted)
    of = -(-total // _PER_PAGE)
    page = paged.number(of)
    lines = log.lines(wanted, _PER_PAGE, (page - 1) * _PER_PAGE)
    names: dict[str, str] = {"": t("audit.all"), **{each: t(f"audit.action.{each}") for each in ACTIONS}}
    user = (
        el(
            "p",
            t("audit.user"),
            t("colon"),
            wanted.user,
            " ",
            go(address.here(user=None, p=None), t("audit.all")),
        )
        if wanted.user
        else None
    )
    verify = (
        verified(log) if address.param("verify") else el("p", go(address.here(verify="1"), t("audit.verify")))
    )
    heads = [t(f"audit.{name}") for name in _COLUMNS]
    table = tabular.table(heads, [cells(line, labels) for line in lines], class_="zl-rows")
    show(
        el(
            "div",
            el("h1", t("audit.title")),
            el("p", t("audit.lead", n=f"{log.count():,}"), class_="zl-lead"),
            verify,
            frame.tabs("action", names, action or "", p=None),
            user,
            table if lines else el("p", t("audit.none"), class_="zl-quiet"),
            pages.turning(page, of),
            class_="zl",
        )
    )


frame.title(t("audit.title"))
office = allowed.office()
if office is None:
    journal = go(address.link("record", tab="history"), t("audit.off.next"))
    frame.empty(t("audit.off"), journal)
elif not allowed.may(allowed.AUDIT):
    allowed.refused(allowed.AUDIT)
else:
    draw(office)
