"""``zelian receipts``: which runs were made over the record, and whether their receipts are sound."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.cli import progress, tables, terminal
from app.cli.messages import from_error

if TYPE_CHECKING:
    from reasoner.receipts.chain import Chain
    from reasoner.receipts.receipt import Receipt
    from reasoner.receipts.verification import Fault

HEAD = {
    "zh": ("凭据", "时间", "基准日", "记录", "规则", "结论", "新增", "消失", "哈希"),
    "en": ("receipt", "at", "as of", "record", "rules", "conclusions", "new", "gone", "hash"),
}


def run(arguments: argparse.Namespace) -> int:
    """Print the receipts, or one; with --verify what is wrong (exit code 1)."""
    from app.home import home
    from reasoner import pipeline
    from reasoner.receipts.chain import Chain, ReceiptError

    chain = Chain(pipeline.record_of(home()))
    if arguments.verify or arguments.again:
        return _verify(chain, arguments)
    try:
        found = [chain.find(arguments.receipt)] if arguments.receipt else list(chain)
    except ReceiptError as error:
        raise from_error(error) from None
    if arguments.format == "jsonl":
        sys.stdout.write(tables.as_jsonl(receipt.to_dict() for receipt in found))
    elif arguments.receipt:
        print("\n".join(_lines(found[0], arguments.lang)))
    elif found:
        rows = [_row(receipt) for receipt in found]
        print(tables.table(HEAD[arguments.lang], rows, terminal.width()))
    else:
        zh, en = "还没有推理凭据：zelian reason", "no receipts yet: zelian reason"
        print(en if arguments.lang == "en" else zh)
    return 0


def _row(receipt: Receipt) -> tuple[str, ...]:
    run = receipt.run
    return (
        str(receipt.number),
        receipt.at,
        run.as_of,
        str(run.data_version),
        run.rules[:8],
        str(sum(receipt.counts.values())),
        f"+{receipt.come}",
        f"-{receipt.gone}",
        receipt.digest[:12],
    )


def _lines(receipt: Receipt, lang: str) -> Iterator[str]:
    from app.home import home
    from reasoner import pipeline

    def word(zh: str, en: str) -> str:
        return en if lang == "en" else zh

    run = receipt.run
    known = pipeline.ontology(None, home() / "cache").vocabulary.predicates
    yield word(f"推理凭据 {receipt.number}", f"receipt {receipt.number}") + f"  {receipt.at}"
    yield word(f"基准日 {run.as_of}", f"as of {run.as_of}")
    yield word("记录", "record") + f" {run.data_version} · {run.data_digest}"
    yield word("规则", "rules") + f" {run.rules}"
    yield word("程序", "program") + f" {run.program}"
    yield word("结论", "conclusions") + f" {receipt.conclusions}"
    yield word(
        f"与上一张相比：新增 {receipt.come}，消失 {receipt.gone}（连同说明）",
        f"against the one before: {receipt.come} new, {receipt.gone} gone (with remarks)",
    )
    for status, number in receipt.counts.items():
        label = known[status].label[lang] if status in known else status
        yield f"  {label} {number}"
    yield word("上一张", "previous") + f" {receipt.previous}"
    yield word("本张", "this one") + f" {receipt.digest}"


def _verify(chain: Chain, arguments: argparse.Namespace) -> int:
    from app.home import home
    from reasoner.receipts.chain import ReceiptError
    from reasoner.receipts.runs import made_again
    from reasoner.receipts.verification import verify

    faults: list[Fault] = verify(chain)
    receipts = list(chain) if not faults else []
    again: list[str] = []
    if arguments.again:
        with progress.bar("重做 · again") as step:
            for number, receipt in enumerate(receipts):
                step(str(receipt.number), number, len(receipts))
                try:
                    made_again(chain, receipt, home())
                except ReceiptError as error:
                    problem = from_error(error)
                    again.append(problem.en if arguments.lang == "en" else problem.zh)
    english = arguments.lang == "en"
    for fault in faults:
        said = f"receipt {fault.number}: {fault.en}" if english else f"第 {fault.number} 号：{fault.zh}"
        print(said)
    print("\n".join(again), end="\n" if again else "")
    if faults or again:
        return 1
    head = receipts[-1].digest if receipts else "–"
    more = (" and made again", "，并已重做") if arguments.again else ("", "")
    print(
        f"{len(receipts)} receipts verified{more[0]}; the last: {head}"
        if english
        else f"{len(receipts)} 张凭据核对无误{more[1]}；最后一张：{head}"
    )
    return 0
