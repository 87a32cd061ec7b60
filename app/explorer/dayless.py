"""Tasks without a day: the words that stand in its place, and what the record holds of their completion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from app.explorer import address, agendas, proofs, store, tabular
from app.explorer.markup import Markup, el, go, join
from app.explorer.words import day, t
from reasoner.answers.tasks import Act, Task


def table(desk: store.Desk, tasks: Iterable[Task]) -> Markup:
    """Return tasks, one a line. None is ever said to be done: only what is on record is told."""
    names = ("duties.column.task", "duties.column.words", "duties.column.record")
    lines = [_line(desk, each) for each in tasks]
    return tabular.table([t(name) for name in names], lines, class_="zl-rows zl-dayless")


def _line(desk: store.Desk, task: Task) -> tabular.Line:
    lang = address.lang()
    holders = t("and").join(store.worded(desk.name(unit), lang) for unit in task.holders)
    concluded = agendas.of_task(desk).get(task.id)
    if concluded is not None:
        why = go(agendas.way(concluded.of), t("duties.why"))
    elif task.issues:
        why = go(address.link("issue", id=task.issues[0]), task.issues[0])
    else:
        why = None
    return tabular.line(
        (
            agendas.called(desk, task.id, lang, *task.issues),
            el("div", holders or t("duties.task.no_holder"), class_="zl-quiet zl-small"),
            [
                proofs.source(asdict(each.source) | {"columns": None})
                for each in desk.record.statements(subject=task.id)
                if each.kind == "class"
            ],
        ),
        (
            el("span", _words(desk, task), lang="zh-CN"),
            el("div", t("duties.task.no_day"), class_="zl-quiet zl-small"),
        ),
        ([el("div", each) for each in record(desk, task)], el("div", why, class_="zl-small")),
    )


def _words(desk: store.Desk, task: Task) -> str:
    """Return the words that stand in place of a day, as they are written in the ledger if that is known."""
    return task.as_written or "，".join(store.worded(desk.name(word), "zh") for word in task.words)


def record(desk: store.Desk, task: Task) -> list[str]:
    """Return what is on record of the completion and of the write-off of a task, and that there is none."""
    told = [
        _acts("duties.task.completed", desk, task.completed),
        _acts("duties.task.written_off", desk, task.written_off),
    ]
    published = [
        t("duties.task.as_published", what=str(each.object))
        for issue in task.issues
        for each in desk.record.statements(subject=issue, predicate="statusRaw")
    ]
    return told + published


def _acts(key: str, desk: store.Desk, acts: Iterable[Act]) -> str:
    lang = address.lang()
    said = [
        join(
            day(act.on) if act.on else t("duties.task.undated"),
            f" {t('and').join(store.worded(desk.name(unit), lang) for unit in act.by)}" if act.by else None,
        )
        for act in acts
    ]
    return t(key, what=t("then").join(said)) if said else t(f"{key}.none")
