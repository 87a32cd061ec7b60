"""A run made again from its receipt: the same day, the same state of the record, the rules of then."""

from __future__ import annotations

import datetime
from pathlib import Path

from reasoner.engine.survey import Survey
from reasoner.pipeline import ontology
from reasoner.receipts.chain import Chain, ReceiptError, lines_of
from reasoner.receipts.receipt import Receipt, hash_of, program


def made_again(chain: Chain, receipt: Receipt, home: Path) -> Survey:
    """What the run concludes when it is made again; ``home`` is the folder with the cache.

    Raises ReceiptError when the rules of then are not kept, or when something else follows now: another
    program may reason otherwise, and then only what was stored can be said of the run.
    """
    run, cache = receipt.run, home / "cache"
    rules = ontology(None, cache)
    if rules.book.digest != run.rules:
        rules = ontology(chain.unpack_rules(run.rules, cache / "rules"))
    day = datetime.date.fromisoformat(run.as_of)
    survey = Survey(chain.record, rules, day, cache, run.data_version)
    if hash_of(lines_of(survey)) != receipt.conclusions:
        zh, en = (
            ("同一程序", "the same program")
            if run.program == program()
            else (f"程序 {run.program}", f"the program {run.program}")
        )
        raise ReceiptError(
            f"第 {receipt.number} 号推理重做后结论不同（原由{zh}得出） / "
            f"run {receipt.number}, made by {en}, has other conclusions when made again"
        )
    return survey
