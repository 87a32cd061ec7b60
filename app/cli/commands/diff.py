"""``zelian diff``: which conclusions differ between two runs, because of which fact or rule."""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import progress, tables, terminal
from app.cli.messages import CommandError, from_error

if TYPE_CHECKING:
    from reasoner.engine.join import Ground
    from reasoner.engine.survey import Survey
    from reasoner.receipts.chain import Chain
    from reasoner.receipts.comparison import Comparison, Shift

FORMAT = "zelian-diff/1"


def run(arguments: argparse.Namespace) -> int:
    """Print the changes; exit code 1 when case files of amended rules fail."""
    from app.home import home
    from reasoner import pipeline
    from reasoner.receipts.chain import Chain, ReceiptError
    from reasoner.receipts.comparison import Comparison
    from reasoner.receipts.runs import made_again

    chain = Chain(pipeline.record_of(home()))
    if arguments.rules is not None:
        return _amended(chain, arguments)
    if arguments.cases:
        raise CommandError("--cases 要与 --rules 同用", "--cases goes with --rules")
    if arguments.as_of is not None:
        raise CommandError(
            "凭据有自己的基准日，不能另写 --as-of", "receipts have days of their own: no --as-of"
        )
    try:
        everything = list(chain)
        if len(everything) < 2:
            raise ReceiptError("推理凭据不足两张：zelian reason / fewer than two receipts: zelian reason")
        before = chain.find(arguments.before or str(everything[-2].number))
        after = chain.find(arguments.after or str(everything[-1].number))
        with progress.bar("比较 · comparing") as step:
            step(str(before.number), 0, 2)
            one = made_again(chain, before, home())
            step(str(after.number), 1, 2)
            other = made_again(chain, after, home())
            found = Comparison(one, other)
            shifts = found.shifts
    except ReceiptError as error:
        raise from_error(error) from None
    heads = (str(before.number), str(after.number))
    _show(found, _narrowed(shifts, arguments.issue), heads, arguments)
    return 0


def _amended(chain: Chain, arguments: argparse.Namespace) -> int:
    """The record as it is, under the rules in use and under those of a folder."""
    from app.home import home
    from reasoner import pipeline
    from reasoner.engine.survey import Survey
    from reasoner.receipts.comparison import Comparison
    from reasoner.rulebook import rulecheck

    if arguments.before is not None:
        raise CommandError(
            "--rules 比较现有记录，不写凭据", "--rules compares the record as it is: no receipts"
        )
    folder: Path = arguments.rules
    if not (folder / "definitions.yaml").is_file():
        raise CommandError(f"不是本体文件夹：{folder}", f"not an ontology folder: {folder}")
    day = arguments.as_of or datetime.date.today()
    with progress.bar("比较 · comparing") as step:
        step("ontology", 0, 3)
        used, amended = pipeline.ontology(None, home() / "cache"), pipeline.ontology(folder)
        if broken := rulecheck.check_book(amended.book, amended.vocabulary):
            raise CommandError("修改稿的规则不能用：" + "；".join(broken), "; ".join(broken))
        step("reasoning", 1, 3)
        surveys = (
            Survey(chain.record, used, day, home() / "cache"),
            Survey(chain.record, amended, day, None),
        )
        step("reasoning", 2, 3)
        found = Comparison(*surveys)
        shifts = found.shifts
    _show(found, _narrowed(shifts, arguments.issue), ("in use", "amended"), arguments)
    if arguments.cases:
        from app.cli.commands import case

        return case.run_with([folder / "regulation"], amended, arguments.lang)
    return 0


def _narrowed(shifts: list[Shift], issue: str | None) -> list[Shift]:
    if issue is None:
        return shifts
    return [s for s in shifts if issue in s.one.issues or issue == s.one.subject]


def _show(
    found: Comparison, shifts: list[Shift], heads: tuple[str, str], arguments: argparse.Namespace
) -> None:
    lang = arguments.lang
    if arguments.format == "json":
        print(json.dumps(_data(found, shifts), ensure_ascii=False, indent=2))
    elif arguments.format == "csv":
        sys.stdout.write(tables.as_csv(_head(heads, lang), (_row(found, s, lang) for s in shifts)))
    else:
        print("\n".join(_lines(found, shifts, heads, lang)))


def _fact(found: Comparison, atom: Ground) -> dict[str, Any]:
    """A fact in words, on which side it is stated, and where it comes from."""
    new = found.is_new(atom)
    return {
        "stated": "after" if new else "before",
        "sentence": dict((found.after if new else found.before).speaker.atom(atom)),
        "predicate": atom[0],
        "arguments": list(atom[1]),
        "sources": found.sources(atom),
    }


def _data(found: Comparison, shifts: list[Shift]) -> dict[str, Any]:
    def run(survey: Survey) -> dict[str, Any]:
        return {
            "as_of": survey.as_of.isoformat(),
            "data_version": survey.version,
            "data_digest": survey.digest,
            "rules": survey.rules.book.digest,
            "conclusions": len(survey.conclusions),
        }

    return {
        "format": FORMAT,
        "before": run(found.before),
        "after": run(found.after),
        "rules": [vars(each) for each in found.edited],
        "texts": found.reworded,
        "changes": [
            {
                "before": s.before.to_dict() if s.before else None,
                "after": s.after.to_dict() if s.after else None,
                "facts": [_fact(found, atom) for atom in s.facts],
                "rules": [{"id": rule.id, "rule": str(rule)} for rule in s.rules],
            }
            for s in shifts
        ],
    }


def _head(heads: tuple[str, str], lang: str) -> tuple[str, ...]:
    if lang == "en":
        return ("matter", "norm", f"before ({heads[0]})", f"after ({heads[1]})", "because")
    names = {"in use": "现行", "amended": "修改稿"}
    one, other = (names.get(head, head) for head in heads)
    return ("事项", "规范", f"之前（{one}）", f"之后（{other}）", "因为")


def _row(found: Comparison, shift: Shift, lang: str) -> tuple[str, ...]:
    one = shift.one
    return (
        next(iter(one.issues), one.subject),
        one.norm,
        shift.before.sentence[lang] if shift.before else "–",
        shift.after.sentence[lang] if shift.after else "–",
        ("; " if lang == "en" else "；").join(_because(found, shift, lang)),
    )


def _because(found: Comparison, shift: Shift, lang: str) -> Iterator[str]:
    for atom in shift.facts:
        fact = _fact(found, atom)
        sign = "+" if fact["stated"] == "after" else "-"
        yield f"{sign} {fact['sentence'][lang].rstrip('。.')}{_place(fact['sources'])}"
    for owner in dict.fromkeys(rule.owner for rule in shift.rules):
        yield f"rules of {owner}" if lang == "en" else f"{owner} 的规则"
    if not shift.facts and not shift.rules:
        yield "not singled out" if lang == "en" else "未能单列"


def _place(sources: list[dict[str, Any]]) -> str:
    for source in sources:
        parts = [source.get(part) for part in ("file", "sheet", "row", "by", "at")]
        if said := " ".join(str(part) for part in parts if part):
            return f" [{said}]"
    return ""


def _lines(found: Comparison, shifts: list[Shift], heads: tuple[str, str], lang: str) -> Iterator[str]:
    def word(zh: str, en: str) -> str:
        return en if lang == "en" else zh

    for head, survey in zip(_head(heads, lang)[2:4], (found.before, found.after), strict=True):
        yield (
            f"{head}  {word('基准日', 'as of')} {survey.as_of} · {word('记录', 'record')} {survey.version} · "
            f"{word('规则', 'rules')} {survey.rules.book.digest[:12]} · "
            f"{word('结论', 'conclusions')} {len(survey.conclusions)}"
        )
    if found.reworded:
        yield word("条文有改动：", "words differ: ") + word("、", ", ").join(found.reworded)
    if found.edited:
        edits = [f"{each.owner} (+{each.come} -{each.gone})" for each in found.edited]
        yield word("规则有改动：", "rules differ: ") + word("、", ", ").join(edits)
    yield ""
    if not shifts:
        yield word("结论没有变化。", "No conclusion changes.")
        return
    yield word(f"{len(shifts)} 处变化：", f"{len(shifts)} changes:")
    matter = None
    for shift in shifts:
        where, norm, one, other, _ = _row(found, shift, lang)
        if where != matter:
            matter = where
            survey = found.after if shift.after else found.before
            name = survey.name(where)[lang]
            yield ""
            yield where if name == where else f"{where}  {name}"
        yield f"  {norm}"
        yield from (
            f"    {line}" for line in tables.wrap(f"- {one}", (terminal.width() or 200) - 4) if shift.before
        )
        yield from (
            f"    {line}" for line in tables.wrap(f"+ {other}", (terminal.width() or 200) - 4) if shift.after
        )
        for because in _because(found, shift, lang):
            said = word("因：", "because: ") + because
            yield from (f"      {line}" for line in tables.wrap(said, (terminal.width() or 200) - 6))
