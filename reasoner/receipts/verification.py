"""Whether receipts agree with all that they vouch for."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256

import sqlalchemy as sa

from reasoner.receipts.chain import RECEIPTS, RULES, Chain, receipt_of, unpacked, unzipped
from reasoner.receipts.receipt import BEGINNING, Lines, canonical, counted, hash_of
from reasoner.rulebook import version


@dataclass(frozen=True)
class Fault:
    """What is wrong with a receipt, by its number."""

    number: int
    zh: str
    en: str


def verify(chain: Chain) -> list[Fault]:
    """What is wrong with a chain; nothing when every receipt agrees with the record, rules and lines kept."""
    return list(_faults(chain))


def _faults(chain: Chain) -> Iterator[Fault]:
    states = {t["id"]: t["digest"] for t in chain.record.transactions()}
    rules = {row.digest: row.files for row in chain.ask(sa.select(RULES.c.digest, RULES.c.files))}
    sound = {
        digest
        for digest, packed in rules.items()
        if (files := unzipped(packed)) is not None and version.digest(files.items()) == digest
    }
    previous, lines = BEGINNING, Lines()
    query = sa.select(RECEIPTS).order_by(RECEIPTS.c.number)
    for expected, row in enumerate(chain.ask(query), 1):
        number = row.number
        if number != expected:
            yield Fault(number, f"缺第 {expected} 号", f"receipt {expected} is missing")
            return
        try:
            receipt = receipt_of(row.receipt)
            come, gone = unpacked(row.lines)
        except (ValueError, TypeError, KeyError, zlib.error):
            yield Fault(number, "读不出来", "cannot be read")
            return
        whole = Lines() if row.whole else lines
        before, lines = lines, (whole - gone) | come
        run = receipt.run
        checks = (
            (receipt.number == number, "编号不符", "has another number"),
            (receipt.sealed() == receipt.digest, "内容与哈希不符", "does not have the hash it states"),
            (receipt.previous == previous, "不接上一张", "does not follow the one before"),
            (row.run == canonical(asdict(run)), "索引与内容不符", "is filed under another run"),
            (
                receipt.stored == sha256(row.lines).hexdigest(),
                "所存结论已改动",
                "its stored lines changed",
            ),
            (
                receipt.conclusions == hash_of(lines),
                "结论与哈希不符",
                "its conclusions have another hash",
            ),
            (
                (receipt.come, receipt.gone) == (len(lines - before), len(before - lines)),
                "增减数不符",
                "its numbers of changes are wrong",
            ),
            (
                counted(lines, receipt.counts) == dict(receipt.counts),
                "结论数不符",
                "its counts are wrong",
            ),
            (
                run.data_version == 0 or states.get(run.data_version) == run.data_digest,
                "记录的那一版已不同",
                "the record's state of that version is another now",
            ),
            (run.rules in sound, "那一版规则缺失或者损坏", "its rules are missing or damaged"),
        )
        for good, zh, en in checks:
            if not good:
                yield Fault(number, zh, en)
        previous = receipt.digest
