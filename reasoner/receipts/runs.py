"""Runs over the record: opened with a receipt, and made again from one."""

from __future__ import annotations

import datetime
from pathlib import Path

import sqlalchemy as sa

from reasoner.access.view import view_of
from reasoner.engine.survey import Survey, open_survey
from reasoner.pipeline import World, ontology
from reasoner.receipts.chain import Chain, ReceiptError, lines_of
from reasoner.receipts.receipt import Receipt, Run, hash_of, program
from reasoner.records.mishaps import is_unwritable


def open_run(home: Path, as_of: datetime.date | None = None) -> Survey:
    """What follows from the record of a home folder as of a day; leaves a receipt, unless it is known.

    Raises what ``open_survey`` raises. A record that can only be read leaves none, and neither does what is
    left of it for a role that does not see everything: a receipt is about the whole.
    """
    survey = open_survey(home, as_of)
    if view_of(survey.record) is not None:
        return survey
    try:
        Chain(survey.record).leave(survey, check=False)
    except sa.exc.DBAPIError as error:  # to look at it must be possible all the same
        if not is_unwritable(error):
            raise
    return survey


def left_by(world: World) -> Receipt | None:
    """The receipt of the run that a world, or the case that it is, belongs to; None when none was left."""
    if world.record is None or not world.data_version:
        return None
    version, digest = world.data_version["version"], world.data_version["digest"]
    run = Run(world.as_of.isoformat(), version, digest, world.rules.book.digest, program())
    return Chain(world.record).of(run)


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
