"""``zelian what-if``: both results side by side, and which conclusions changed because of which fact."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from app.cli import messages, stored, tables, terminal, world

if TYPE_CHECKING:
    from reasoner.asking.whatif import Change, Difference
    from reasoner.engine.evaluate import Ground
    from reasoner.pipeline import World
    from reasoner.records.registry import Registry

FORMAT = "zelian-what-if/1"


def run(arguments: argparse.Namespace) -> int:
    """Print how the conclusions about an issue change. The record is only read."""
    if not arguments.add and not arguments.remove:
        raise messages.CommandError("没有写 --add 或者 --remove", "nothing to --add or --remove")
    from reasoner.asking import whatif

    try:
        add = [item for text in arguments.add for item in whatif.items(text)]
    except whatif.WhatIfError as problem:
        raise messages.from_error(problem) from None
    if arguments.run_folder is not None:
        with stored.cases(arguments) as cases:
            matter = stored.matter(cases, arguments.issue)
            before = stored.case_with(cases, matter, [add, *arguments.remove])
            return _print(before, cases.registry, matter, add, arguments)
    from reasoner.records.registry import Registry

    before = world.open_world(arguments.as_of)
    assert before.record is not None
    return _print(before, Registry(before.record), arguments.issue, add, arguments)


def _print(
    before: World, registry: Registry, asked: str, add: list[dict[str, Any]], arguments: argparse.Namespace
) -> int:
    from reasoner.asking import whatif
    from reasoner.asking.statement import Listener, StatementError
    from reasoner.casebook.casefile import CaseError

    try:
        issue = Listener(before, registry).matter(asked)
        after, found = whatif.what_if(before, registry, add, arguments.remove)
    except (whatif.WhatIfError, CaseError, StatementError) as problem:
        raise messages.from_error(problem) from None
    if arguments.format == "json":
        print(json.dumps(_data(issue, before, after, found), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(issue, before, after, found, arguments.lang)))
    return 0


def _spoken(atom: Ground, before: World, after: World) -> dict[str, str]:
    """The sentence of a fact, by the names of the world that knows it."""
    return (after if after.model.holds(atom) else before).speaker.atom(atom)


def _data(issue: str, before: World, after: World, found: Difference) -> dict[str, Any]:
    def fact(atom: Ground) -> dict[str, Any]:
        return {
            "predicate": atom[0],
            "arguments": list(atom[1]),
            "sentence": _spoken(atom, before, after),
        }

    changes = found.about(issue)
    return {
        "format": FORMAT,
        "as_of": before.as_of.isoformat(),
        "issue": issue,
        "added": [fact(atom) for atom in found.added],
        "removed": [fact(atom) for atom in found.removed],
        "before": [c.to_dict() for c in before.conclusions() if issue in (*c.issues, c.subject)],
        "after": [c.to_dict() for c in after.conclusions() if issue in (*c.issues, c.subject)],
        "changes": [
            {
                "before": change.before.to_dict() if change.before else None,
                "after": change.after.to_dict() if change.after else None,
                "because": [fact(atom) for atom in change.because],
            }
            for change in changes
        ],
        "elsewhere": len(found.changes) - len(changes),
    }


def _lines(issue: str, before: World, after: World, found: Difference, lang: str) -> Iterator[str]:
    def word(zh: str, en: str) -> str:
        return en if lang == "en" else zh

    stays = word("记录不变", "the record stays as it is")
    yield f"{issue} · {word('基准日', 'as of')} {before.as_of} · {stays}"
    numbers: dict[Ground, int] = {}
    things: dict[tuple[str, object], list[Ground]] = {}
    for sign, atoms in (("+", found.added), ("-", found.removed)):
        for atom in atoms:
            things.setdefault((sign, atom[1][0]), []).append(atom)
    for number, ((sign, _), stated) in enumerate(things.items(), 1):
        numbers |= dict.fromkeys(stated, number)
        said = word("；", "; ").join(_spoken(atom, before, after)[lang] for atom in stated)
        yield f"  {sign} [{number}] {said}"
    changes = found.about(issue)
    if not changes:
        yield ""
        yield word("结论没有变化。", "No conclusion changes.")
    else:
        yield ""
        heads = (
            word("规范", "norm"),
            word("原来", "before"),
            word("假设后", "after"),
            word("因为", "because"),
        )
        rows = [_row(change, numbers, lang) for change in changes]
        yield tables.table(heads, rows, terminal.width())
        same = sum(issue in (*c.issues, c.subject) for c in after.conclusions())
        same -= sum(change.after is not None for change in changes)
        yield ""
        yield word(f"其余 {same} 条结论不变。", f"The other {same} conclusions stay.")
    if elsewhere := len(found.changes) - len(changes):
        yield word(
            f"另有 {elsewhere} 处变化与 {issue} 无关。", f"{elsewhere} more changes do not concern {issue}."
        )


def _row(change: Change, numbers: dict[Ground, int], lang: str) -> tuple[str, str, str, str]:
    one, other = change.before, change.after
    norm = (other or one).norm if other or one else ""  # type: ignore[union-attr]
    because = " ".join(f"[{n}]" for n in sorted({numbers[a] for a in change.because if a in numbers}))
    return norm, one.sentence[lang] if one else "–", other.sentence[lang] if other else "–", because
