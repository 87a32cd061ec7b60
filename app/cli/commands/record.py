"""``zelian record``: one entry, a correction or a retraction; what it would change; then it is stored."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from app.cli import messages, progress, tables, terminal

if TYPE_CHECKING:
    from reasoner.engine.survey import Survey
    from reasoner.entries.entry import Draft, Entries
    from reasoner.entries.forms import Form
    from reasoner.entries.recording import Saved, Turn
    from reasoner.records.record import Claim, Statement

FORMAT = "zelian-record/1"


def run(arguments: argparse.Namespace) -> int:
    """Show what an entry would change, and store it unless only asked to show."""
    from app.home import home
    from reasoner.engine.survey import open_survey
    from reasoner.entries import recording
    from reasoner.entries.entry import Entries

    with progress.bar("推理 · reasoning") as step:
        step("", 0, 1)
        survey = open_survey(home(), arguments.as_of)
        step("", 1, 1)
    entries = Entries(survey.record, survey.rules)
    if arguments.kind is None and arguments.correct is None and arguments.retract is None:
        print("\n".join(_kinds(entries, arguments.lang)))
        return 0
    draft = _draft(entries, arguments)
    if draft is None:
        print("\n".join(_fields(_form(entries, arguments.kind), arguments.lang)))
        return 0
    if draft.faults:
        print("\n".join(_faults(draft, arguments.lang)))
        return 1
    turns = _turns(survey, entries, draft)
    saved = None
    if not arguments.dry_run and draft.usable:
        saved = _save(recording, survey, draft, arguments)
    if arguments.format == "json":
        print(json.dumps(_data(draft, turns, saved), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(survey, draft, turns, saved, arguments.lang)))
    return 0


def _save(recording: Any, survey: Survey, draft: Draft, arguments: argparse.Namespace) -> Saved:
    if not arguments.by:
        raise messages.CommandError(
            "请用 --by 写明谁录入（单位、科室或岗位），或用 --dry-run 只看影响",
            "say with --by who records this (a unit, office or post), or use --dry-run",
        )
    if draft.corrects and not arguments.reason:
        raise messages.CommandError(
            "更正、撤回请用 --reason 写明理由", "say with --reason why it is corrected or retracted"
        )
    label = draft.form.layout.name if draft.form else ""
    why = arguments.reason or f"录入{label} {draft.id}"
    try:
        saved: Saved = recording.save(survey.record, draft, arguments.by, why, arguments.note or "")
    except recording.Outdated:
        raise messages.CommandError(
            "记录刚刚有了变动，请重新运行以核对影响",
            "the record has just changed: run it again and look again",
        ) from None
    return saved


def _form(entries: Entries, kind: str) -> Form:
    from reasoner.entries.forms import find, forms

    found = find(kind, entries.rules)
    if found is None:
        known = forms(entries.rules).values()
        raise messages.CommandError(
            f"没有“{kind}”这种事项，可用：{'、'.join(form.label['zh'] for form in known)}",
            f"nothing called {kind} can be recorded: use {', '.join(form.kind for form in known)}",
        )
    return found[0]


def _draft(entries: Entries, arguments: argparse.Namespace) -> Draft | None:
    """Return what the arguments state; None when no field is given."""
    from reasoner.entries.forms import find

    fields = list(arguments.fields)
    if arguments.retract is not None:
        if arguments.kind or fields:
            raise messages.CommandError("--retract 不带事项和字段", "--retract takes neither kind nor fields")
        _known(entries, arguments.retract)
        return entries.retraction(arguments.retract)
    if arguments.correct is not None:
        fields = [arguments.kind, *fields] if arguments.kind else fields
        _known(entries, arguments.correct)
        form = entries.form_of(arguments.correct)
        if form is None:
            raise messages.CommandError(
                f"{arguments.correct} 没有表单，只能撤回", f"{arguments.correct} can only be retracted"
            )
        values = {**entries.values(form, arguments.correct), **_values(form, fields)}
        return entries.read(form, values, arguments.correct)
    form = _form(entries, arguments.kind)
    found = find(arguments.kind, entries.rules)
    said = dict(found[1]) if found else {}
    values = {**said, **_values(form, fields)}
    return entries.read(form, values) if fields else None


def _known(entries: Entries, id: str) -> None:
    if not entries.record.knows(id):
        raise messages.CommandError(f"记录中没有 {id}", f"there is no {id} on record")


def _values(form: Form, fields: list[str]) -> dict[str, str]:
    """Return what is said of each field of a form. Raises CommandError for one that the form has not."""
    values: dict[str, str] = {}
    for text in fields:
        name, mark, value = text.partition("=")
        one = form.field(name) if mark else None
        if one is None:
            raise messages.CommandError(
                f"{form.label['zh']}没有字段“{name}”，写法是 字段=值，字段可用："
                f"{'、'.join(each.column for each in form.fields)}",
                f"{form.label['en']} has no field {name!r}; write FIELD=VALUE with one of: "
                f"{', '.join(each.key for each in form.fields)}",
            )
        values[one.key] = value
    return values


def _turns(survey: Survey, entries: Entries, draft: Draft) -> list[Turn]:
    """Return what would change, first about the matters that the draft leads to."""
    from reasoner.entries import recording

    if not draft.usable:
        return []
    matters = entries.matters(draft)
    turns: list[Turn] = []
    for matter in matters:
        _, found = recording.compared(recording.case(survey, draft, matter), draft)
        turns += [(each.before, each.after) for each in recording.changes_about(found, matter)]
    if recording.reaches_far(survey, draft, matters):
        known = {(a and a.id, b and b.id) for a, b in turns}
        more = recording.everywhere(survey, draft)
        turns += [(a, b) for a, b in more if (a and a.id, b and b.id) not in known]
    return turns


# -- as text --------------------------------------------------------------------------------------


def _kinds(entries: Entries, lang: str) -> Iterator[str]:
    from reasoner.entries.forms import forms

    rows = [(form.kind, form.label[lang], form.purpose[lang]) for form in forms(entries.rules).values()]
    heads = ("KIND", "事项", "用于") if lang == "zh" else ("KIND", "name", "for")
    yield tables.table(heads, rows, terminal.width())


def _fields(form: Form, lang: str) -> Iterator[str]:
    heads = ("字段", "FIELD", "必填", "说明") if lang == "zh" else ("name", "FIELD", "needed", "meaning")
    rows = [
        (one.label[lang], one.key, "*" if one.required else "", one.explain[lang] or _few(one.options, lang))
        for one in form.fields
    ]
    yield tables.table(heads, rows, terminal.width())


def _few(options: Any, lang: str) -> str:
    words = [option.label[lang] for option in options]
    return ("、" if lang == "zh" else ", ").join(words[:6]) + (" …" if len(words) > 6 else "")


def _faults(draft: Draft, lang: str) -> Iterator[str]:
    yield "没有录入，有下列各处需要改正：" if lang == "zh" else "Not recorded; to be corrected:"
    labels = {one.column: one.label[lang] for one in draft.form.fields} if draft.form else {}
    for problem in draft.faults:
        said = problem.text("en" if lang == "en" else "zh")
        said = said if lang == "zh" else f"expected {said}"
        shown = f"“{problem.value}”" if problem.value else ""
        yield f"  {labels.get(problem.column or '', problem.column or '')}{shown}：{said}"


def _lines(survey: Survey, draft: Draft, turns: list[Turn], saved: Saved | None, lang: str) -> Iterator[str]:
    def word(zh: str, en: str) -> str:
        return en if lang == "en" else zh

    if not draft.usable:
        yield word("没有改动。", "Nothing has been changed.")
        return
    terms = survey.rules.vocabulary.predicates

    def said(one: Claim | Statement) -> str:
        label = terms[one.predicate].label.get(lang, "") if one.predicate in terms else one.predicate
        if one.object is None:
            return f"{one.subject}: {label}"
        value = str(one.object)
        if one.kind == "entity":
            value = draft.names.get(value) or survey.name(value)[lang]
        return f"{one.subject}: {label} {value}"

    yield from (f"  + {said(claim)}" for claim in draft.added)
    yield from (f"  - {said(gone)} [{gone.id}]" for gone in draft.gone)
    yield ""
    if turns:
        heads = (word("规范", "norm"), word("现在", "now"), word("之后", "then"))
        rows = [_row(before, after, lang) for before, after in turns]
        yield tables.table(heads, rows, terminal.width())
    else:
        yield word("结论没有变化。", "No conclusion changes.")
    yield ""
    if saved is None:
        yield word("没有保存（--dry-run）。", "Nothing was saved (--dry-run).")
    else:
        numbers = word("、", ", ").join(map(str, (*saved.added, *saved.retracted)))
        yield word(
            f"已保存 {draft.id}：第 {saved.version} 次入库，语句 {numbers}。",
            f"Saved {draft.id}: transaction {saved.version}, statements {numbers}.",
        )


def _row(before: Any, after: Any, lang: str) -> tuple[str, str, str]:
    one = after or before
    return (
        one.norm,
        before.sentence[lang] if before else "–",
        after.sentence[lang] if after else "–",
    )


def _data(draft: Draft, turns: list[Turn], saved: Saved | None) -> dict[str, Any]:
    def statement(said: Any) -> dict[str, Any]:
        return {"predicate": said.predicate, "subject": said.subject, "object": said.object}

    return {
        "format": FORMAT,
        "id": draft.id,
        "added": [statement(each) for each in draft.added],
        "retracted": [statement(each) | {"statement": each.id} for each in draft.gone],
        "changes": [
            {"before": a.to_dict() if a else None, "after": b.to_dict() if b else None} for a, b in turns
        ],
        "saved": {
            "version": saved.version,
            "at": saved.at,
            "added": saved.added,
            "retracted": saved.retracted,
        }
        if saved
        else None,
    }
