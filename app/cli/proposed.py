"""Variants that would show what the cases do not show yet, printed as YAML for a lawyer to complete."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from app.cli import progress

if TYPE_CHECKING:
    from reasoner.casebook.casefile import Case
    from reasoner.coverage.conditions import Coverage
    from reasoner.coverage.proposals import Proposal
    from reasoner.pipeline import Ontology
    from reasoner.records.registry import Registry

_HALVES = {
    "zh": {"flips": "只差这一条件", "fires": "规则得出结论"},
    "en": {"flips": "only this in the way", "fires": "the rule fires"},
}


def lines(
    found: Coverage, rules: Ontology, cases: Iterable[Case], registry: Registry, seconds: float, lang: str
) -> Iterator[str]:
    """Look for variants for as long as is given; yield them, and what none was found for."""
    from reasoner.coverage import proposals

    with progress.bar("变体 · variants") as step:
        made = proposals.propose(
            found, rules, cases, registry, seconds, lambda done, total: step("", done, total)
        )
    by_place = {(c.rule.id, c.index): c for c in found.conditions}
    shown: set[tuple[str, int, str]] = set()
    for proposal in made:
        shown |= proposal.shows
        for rule, index, half in sorted(proposal.shows):
            yield f"# {rule}  {by_place[rule, index].text}  （{_HALVES[lang][half]}）"
        yield from _yaml(proposal, lang)
        yield ""
    for condition in found.of("uncovered"):
        for half in condition.lacking:
            if (condition.rule.id, condition.index, half) not in shown:
                none = "没有找到" if lang == "zh" else "none found"
                yield f"# {none}：{condition.rule.id}  {condition.text}  （{_HALVES[lang][half]}）"
                yield f"#     {condition.rule}"


def _yaml(proposal: Proposal, lang: str) -> Iterator[str]:
    """A proposal as a variant of its case; where that is a variant itself, as a case of its own."""
    from reasoner.casebook.casefile import vary

    base, file = proposal.base, Path(proposal.base.file)
    place = Path(file.parent.name, file.name)
    if base.base:
        case = vary(base, proposal.variant)
        entry: dict[str, Any] = {"name": "", "as_of": case.as_of, "given": case.given}
        yield f"# {'另写一个案例，改自' if lang == 'zh' else 'a case of its own, after'} {place}：{base.name}"
    else:
        entry = {"name": "", **proposal.variant}
        yield f"# {'加到这个案例的' if lang == 'zh' else 'among the'} variants：{place}：{base.name}"
    text = yaml.safe_dump([entry], allow_unicode=True, sort_keys=False, default_flow_style=None, width=110)
    yield from text.rstrip().splitlines()
    yield "  expect: []"
    for sign, which in (("+", proposal.gained), ("-", proposal.lost)):
        yield from (f"  #  {sign} {each}" for each in which)
    if not proposal.gained and not proposal.lost:
        yield f"  #  {'结论与原案例相同' if lang == 'zh' else 'the same conclusions as its base'}"
