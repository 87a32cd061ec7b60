"""``zelian verify-proof``: accepts a proof only if every step follows; else says which step does not.

A redacted proof is accepted but for what had to be taken on trust, which is another answer.
"""

from __future__ import annotations

import argparse
import sys

from app.cli import messages

_SHOWN, _IN_PART = 20, 3
_NAMED = 20
"""Terms, more of which are not named one by one."""
_KINDS = {
    "ways": ("推理步骤", "uses of rules"),
    "fact": ("记录的事实", "recorded facts"),
    "absent": ("未见", "absences"),
    "comparison": ("比较", "comparisons"),
    "calendar": ("期限计算", "periods"),
    "count": ("计数", "counts"),
    "quotes": ("引文", "quotes"),
    "opened": ("开启的事实", "facts opened"),
}


def run(arguments: argparse.Namespace) -> int:
    """0 accepted, 1 rejected (each fault on a line), 2 not readable as a proof, 3 accepted in part.

    In part: some conditions are withheld, or what could change them is; each is on a line.
    """
    from reasoner import bundled, checker

    english = arguments.lang == "en"
    try:
        document = checker.read(arguments.file)
        law = checker.Law(arguments.rules or bundled.path("ontology"))
        openings = checker.read_openings(arguments.openings) if arguments.openings else {}
        verdict = checker.check(document, law, arguments.facts, openings)
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
    said = ("证明成立", "accepted") if not verdict.trusted else _in_part(len(verdict.trusted))
    print(f"{said[english]}: {predicate}({', '.join(map(str, row))})")
    gap, join = (" ", ", ") if english else (" ", "，")
    counted = [
        f"{verdict.checked.get(kind, 0)}{gap}{names[english]}"
        for kind, names in _KINDS.items()
        if kind != "opened" or openings
    ]
    print(f"{'checked' if english else '核对'}: {join.join(counted)}")
    print(f"{'as of' if english else '基准日'}: {document['as_of']}")
    print(f"{'hash of the rules' if english else '规则的散列值'}: {law.digest}")
    given = len(document["facts"]["recorded"])
    hidden = document.get("withheld", {}).get("predicates", ())
    names = ", ".join(hidden) if len(hidden) <= _NAMED else ("any" if english else "不限")
    if hidden:
        zh, en = (
            f"除隐去者外，以其为记录的全部事实；有隐去的词：{names}",
            f"all but those withheld, of: {names}",
        )
    elif document.get("data_version", {}).get("part"):
        zh, en = (
            "以其为一次推理中与此结论有关的全部事实",
            "all that bear on the conclusion of those of a run",
        )
    else:
        zh, en = "以其为记录的全部事实", "all of the record's"
    print(
        f"hash of the {given} enclosed facts, taken to be {en}: {verdict.facts}"
        if english
        else f"所附 {given} 项事实的散列值（{zh}）: {verdict.facts}"
    )
    if verdict.record:
        print(f"{'hash of all facts, opened' if english else '全部事实的散列值（已开启）'}: {verdict.record}")
    if unknown := sorted(law.parameters.keys() - set(document["facts"]["parameters"])):
        print(f"{'parameters not used' if english else '未采用的参数'}: {join.join(unknown)}")
    for trust in verdict.trusted:
        print(
            f"on trust, at step {trust.step}: {trust.condition}"
            if english
            else f"第{trust.step}步采信未核：{trust.condition}"
        )
    if verdict.unsaid:
        said = (
            "未说明结论之外是否另有（与隐去的事实有关）",
            "not said whether there are, beside the conclusion, for what is withheld could tell",
        )
        print(f"{said[english]}: {join.join(verdict.unsaid)}")
    return _IN_PART if verdict.trusted else 0


def _in_part(number: int) -> tuple[str, str]:
    return (
        f"证明除所列 {number} 项前提外成立（隐去或者与隐去的事实有关，采信未核）",
        f"accepted but for {number} premises that are withheld or that what is withheld could change",
    )
