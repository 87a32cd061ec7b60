"""``zelian coverage``: what every character, cue, entry and atom of the regulation was made into."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from app.cli import messages, progress, tables, terminal

if TYPE_CHECKING:
    from reasoner.coverage.account import Coverage, Row
    from reasoner.coverage.conditions import Coverage as Conditions
    from reasoner.pipeline import Ontology

_HEAD = {
    "zh": (
        *("条", "字", "规范", "定义", "标题", "连接", "标点", "未分配", "线索词", "未绑定"),
        *("条目", "作规则", "作定义", "作参数", "作认定", "不可计算", "未落实", "规则数", "原子", "无原文"),
    ),
    "en": (
        *("article", "chars", "norms", "definitions", "headings", "connectives", "punctuation", "unassigned"),
        *("cues", "unbound", "entries", "as rule", "as definition", "as parameter", "as finding"),
        *("declared", "unbound", "rules", "atoms", "no span"),
    ),
}
_TOTAL = {"zh": "合计", "en": "total"}
_SHARED = {"zh": "定义、程序", "en": "definitions, procedures"}
_NOTICE = {"zh": "印发通知", "en": "notice"}
_FROM = {
    "zh": {
        "words": "规范所注",
        "norm": "规范引文",
        "definition": "定义",
        "term": "术语",
        "method": "证据方法",
    },
    "en": {"words": "the norm's words", "norm": "quote", "definition": "definition", "term": "term"},
}


def run(arguments: argparse.Namespace) -> int:
    """Print the figures and every gap; with articles, also where each of their words went."""
    from app.home import home
    from reasoner import pipeline
    from reasoner.coverage import account as coverage
    from reasoner.rulebook import law

    lang = arguments.lang
    rules = pipeline.ontology(None, home() / "cache")
    if arguments.propose is not None:
        return _propose(rules, arguments)
    try:
        chosen = [rules.book.regulation.article_of(place).id for place in arguments.articles]
    except law.NotInLawError as missing:
        raise messages.from_error(missing) from missing
    found = coverage.cover(rules)
    rows = [row for row in found.rows if not chosen or row.id in chosen]
    as_json = arguments.format == "json"
    conditions = _conditions(rules, chosen) if arguments.conditions or as_json else None
    faults = [fault for row in rows for fault in row.faults]
    if as_json:
        print(json.dumps(_data(found, rows, bool(chosen), conditions), ensure_ascii=False, indent=1))
    else:
        for line in _lines(found, rows, bool(chosen), lang):
            print(line)
        for line in _gaps(conditions, lang) if conditions else ():
            print(line)
    return 1 if faults or (conditions and not conditions.complete) else 0


def _conditions(rules: Ontology, articles: list[str]) -> Conditions:
    """Which conditions the cases beside the norms show to matter; of some articles, or of all rules."""
    from app.home import home
    from reasoner import bundled
    from reasoner.casebook import cases
    from reasoner.coverage import conditions
    from reasoner.records import registry

    folder = bundled.path("ontology")
    owners = [n.id for n in rules.book.norms.values() if n.id.split(".")[0] in articles] if articles else None
    with progress.bar("案例 · cases"):
        every = [case for file in cases.files([folder]) for case in cases.read(file)]
        known = registry.bundled_registry(home() / "cache")
        return conditions.coverage(rules, every, known, conditions.read_exceptions(folder), owners)


def _propose(rules: Ontology, arguments: argparse.Namespace) -> int:
    """Print variants of cases that would show conditions which none shows yet."""
    from app.cli import proposed
    from app.home import home
    from reasoner import bundled
    from reasoner.casebook import cases
    from reasoner.coverage import conditions
    from reasoner.records import registry

    wanted = [*arguments.articles, *arguments.norm]
    within = tuple(f"a{p}." if p.isdigit() else f"{p}." for p in wanted)
    owners = [name for name in rules.book.owners if f"{name}.".startswith(within)] if wanted else None
    if wanted and not owners:
        raise messages.CommandError(f"没有这样的规范：{wanted}", f"no such norm or definition: {wanted}")
    folder = bundled.path("ontology")
    every = [case for file in cases.files([folder]) for case in cases.read(file)]
    known = registry.bundled_registry(home() / "cache")
    found = conditions.coverage(rules, every, known, conditions.read_exceptions(folder), owners)
    for line in proposed.lines(found, rules, every, known, arguments.propose, arguments.lang):
        print(line)
    return 0


def _data(found: Coverage, rows: list[Row], detailed: bool, conditions: Conditions | None) -> dict[str, Any]:
    data: dict[str, Any] = {
        "regulation": found.book.regulation.id,
        "totals": found.totals(),
        "articles": [row.to_dict() | (found.details(row.id) if detailed else {}) for row in rows],
        "faults": [
            {"where": f.where, "kind": f.kind, "zh": f.zh, "en": f.en} for r in rows for f in r.faults
        ],
    }
    if conditions:
        data["totals"]["conditionsCovered"] = _percent(conditions)
        data["conditions"] = conditions.to_dict()
    return data


def _percent(conditions: Conditions) -> float:
    """The share of conditions that a pair of cases shows, that cannot be false, or that has its reason."""
    total = len(conditions.conditions)
    open_ones = len(conditions.of("uncovered"))
    return int(1000 * (total - open_ones) / total) / 10 if total else 100.0


def _lines(found: Coverage, rows: list[Row], detailed: bool, lang: str) -> Iterator[str]:
    figures = [_figures(row) for row in rows]
    shown = [[_name(found, row, lang), *map(str, line)] for row, line in zip(rows, figures, strict=True)]
    if len(rows) > 1:
        shown.append([_TOTAL[lang], *(str(sum(column)) for column in zip(*figures, strict=True))])
    yield tables.table(_HEAD[lang], shown)
    if detailed:
        for row in rows:
            yield from _details(found, row.id, lang)
    for row in rows:
        for fault in row.faults:
            yield f"✗ {fault.where}  {fault.zh if lang == 'zh' else fault.en}"


def _name(found: Coverage, row: Row, lang: str) -> str:
    if not row.id:
        return _SHARED[lang]
    article = found.book.regulation.article_of(row.id)
    return found.book.regulation.cite(article.id, lang) if article.number else _NOTICE[lang]


def _figures(row: Row) -> list[int]:
    from reasoner.coverage.text import CATEGORIES
    from reasoner.rulebook.rulecheck import BINDINGS

    return [
        sum(row.characters.values()),
        *(row.characters[category] for category in CATEGORIES),
        row.cues,
        row.cues_unbound,
        sum(row.entries.values()),
        *(row.entries[binding] for binding in BINDINGS),
        row.unbound,
        row.rules,
        sum(row.atoms.values()),
        row.atoms_without_span,
    ]


def _details(found: Coverage, article: str, lang: str) -> Iterator[str]:
    """Where the words of an article went, what its cues were made into, what its atoms stand for."""
    made, pieces = found.cues.made, found.ledger.kinds
    text = [
        (s.at, s.text, "、".join(pieces[p].label[lang] for p in s.pieces), " ".join(s.norms))
        for s in found.segments(article)
        if s.norms or s.pieces or s.category == "unassigned"
    ]
    cues = [
        (b.at, b.text, made[b.made].label[lang] if b.made else "", " ".join(b.of) or b.note)
        for b in found.bindings(article)
    ]
    atoms = dict.fromkeys(
        (
            g.rule.owner,
            g.atom.predicate,
            _FROM[lang].get(g.kind, g.kind),
            "；".join(s.text for s in g.spans) or " ".join(g.of),
        )
        for g in found.groundings(article)
    )
    heads = {
        "zh": (
            ("原文", "文字", "片段", "规范"),
            ("线索词", "", "作为", "规范或者理由"),
            ("规则", "谓词", "来自", "原文"),
        ),
        "en": (
            ("text", "words", "piece", "norms"),
            ("cue", "", "made", "norms or reason"),
            ("rules", "predicate", "from", "text"),
        ),
    }
    for head, rows in zip(heads[lang], (text, cues, list(atoms)), strict=True):
        if rows:
            yield "\n" + tables.table(head, rows, terminal.width())
    yield ""


def _gaps(conditions: Conditions, lang: str) -> Iterator[str]:
    """What the cases do not show of the rules' conditions."""
    for condition in conditions.of("uncovered"):
        lacking = ", ".join(condition.lacking)
        yield f"✗ {condition.rule.id}  {condition.text}  ({lacking})"
    for zh, en in conditions.stale:
        yield f"✗ {zh if lang == 'zh' else en}"
    total, percent = len(conditions.conditions), _percent(conditions)
    covered, entailed, excepted = (len(conditions.of(s)) for s in ("covered", "entailed", "excepted"))
    if lang == "zh":
        yield f"条件 {total} 个：案例覆盖 {covered}，必然成立 {entailed}，另有理由 {excepted}（{percent}%）"
    else:
        yield f"{total} conditions: {covered} covered, {entailed} entailed, {excepted} excepted ({percent}%)"
