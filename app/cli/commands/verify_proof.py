"""``zelian verify-proof``: accepts a proof only if every step follows; else says which step does not."""

from __future__ import annotations

import argparse
import sys

from app.cli import messages

_SHOWN = 20
_KINDS = {
    "ways": ("推理步骤", "uses of rules"),
    "fact": ("记录的事实", "recorded facts"),
    "absent": ("未见", "absences"),
    "comparison": ("比较", "comparisons"),
    "calendar": ("期限计算", "periods"),
    "count": ("计数", "counts"),
    "quotes": ("引文", "quotes"),
}


def run(arguments: argparse.Namespace) -> int:
    """0 accepted, 1 rejected (each fault on a line), 2 the file cannot be read as a proof."""
    from reasoner import bundled, checker

    english = arguments.lang == "en"
    try:
        document = checker.read(arguments.file)
        law = checker.Law(arguments.rules or bundled.path("ontology"))
        verdict = checker.check(document, law, arguments.facts)
    except (checker.UnreadableError, checker.LawError) as error:
        raise messages.from_error(error) from error
    except checker.TooMuchWorkError:
        raise messages.CommandError(
            "所附事实过多，核验不完", "the enclosed facts take too much work to check"
        ) from None
    if verdict.faults:
        for fault in verdict.faults[:_SHOWN]:
            zh, _, en = str(fault).partition(" / ")
            print(en if english else zh)
        if (more := len(verdict.faults) - _SHOWN) > 0:
            print(f"… and {more} more" if english else f"……另有 {more} 处")
        print(
            messages.error_line(
                f"证明不成立：{len(verdict.faults)} 处",
                f"the proof is rejected: {len(verdict.faults)} faults",
            ),
            file=sys.stderr,
        )
        return 1
    predicate, row = verdict.statement
    print(f"{'accepted' if english else '证明成立'}: {predicate}({', '.join(map(str, row))})")
    gap, join = (" ", ", ") if english else (" ", "，")
    counted = [f"{verdict.checked.get(k, 0)}{gap}{names[english]}" for k, names in _KINDS.items()]
    print(f"{'checked' if english else '核对'}: {join.join(counted)}")
    print(f"{'as of' if english else '基准日'}: {document['as_of']}")
    print(f"{'hash of the rules' if english else '规则的散列值'}: {law.digest}")
    given = len(document["facts"]["recorded"])
    print(
        f"hash of the {given} enclosed facts, taken to be all of the record's: {verdict.facts}"
        if english
        else f"所附 {given} 项事实的散列值（以其为记录的全部事实）: {verdict.facts}"
    )
    if unknown := sorted(law.parameters.keys() - set(document["facts"]["parameters"])):
        print(f"{'parameters not used' if english else '未采用的参数'}: {join.join(unknown)}")
    return 0
