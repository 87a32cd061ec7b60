"""What came only after the day for which everything is evaluated: it is listed and counted, and said so."""

from __future__ import annotations

from collections.abc import Mapping

from app.explorer import address, store
from app.explorer.markup import Markup, el
from app.explorer.words import day, t


@store.once
def begun(desk: store.Desk) -> Mapping[str, str]:
    """Return the inspections that began after the day of the desk, each with its first day (yyyy-mm-dd)."""
    return _after(desk, "beganOn")


@store.once
def found(desk: store.Desk) -> Mapping[str, str]:
    """Return the issues found after the day of the desk, each with the day (yyyy-mm-dd).

    An issue without a day of its own was found no earlier than the first of its inspections began.
    """
    own, inspections = _after(desk, "foundOn"), begun(desk)
    dated = {issue for _, issue, _ in desk.record.triples(("foundOn",))}
    by_inspection = {
        row.id: min(inspections[name] for name, _ in row.inspection)
        for row in desk.rows
        if row.id not in dated and row.inspection and all(name in inspections for name, _ in row.inspection)
    }
    return own | by_inspection


def _after(desk: store.Desk, predicate: str) -> dict[str, str]:
    """Return what has all its days of a kind after the day of the desk, with the first of them."""
    first: dict[str, str] = {}
    for _, subject, written in desk.record.triples((predicate,)):
        first[subject] = min(written, first.get(subject, written))
    asked = desk.survey.as_of.strftime("%Y%m%d")
    return {
        subject: f"{written[:4]}-{written[4:6]}-{written[6:]}"
        for subject, written in first.items()
        if len(written) == len(asked) and written > asked
    }


def notice(desk: store.Desk) -> Markup | None:
    """Say how many of the issues listed were not yet found on the day; nothing where there are none."""
    number = len(found(desk))
    return el("aside", t("later.some", n=f"{number:,}"), class_="zl zl-later") if number else None


def of_issue(desk: store.Desk, issue: str) -> Markup | None:
    """Say of an issue that it was found after the day, and when; nothing where it was not."""
    if issue not in found(desk):
        return None
    own = any(each == issue for _, each, _ in desk.record.triples(("foundOn",)))
    return _said("later.issue" if own else "later.issue.inspection", found(desk)[issue])


def of_inspection(desk: store.Desk, inspection: str) -> Markup | None:
    """Say of an inspection that it began after the day, and when; nothing where it did not."""
    return _said("later.inspection", begun(desk)[inspection]) if inspection in begun(desk) else None


def _said(key: str, on: str) -> Markup:
    return el("p", t(key, on=day(on), day=day(address.as_of())), class_="zl-later")
