"""What the properties came to: in a line each, as data with the version of the rules, as README tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from reasoner import bundled
from reasoner.pipeline import Ontology
from reasoner.rulebook.law import NotInLawError
from reasoner.rulebook.vocabulary import Text, predicate_name
from reasoner.verification.verify import Result

FILE = "verified.json"
_SHOWN = 20
_MARKS = ("<!-- verified: written by zelian verify --write -->", "<!-- /verified -->")
_HEAD = {
    "zh": ("核验的性质（不应当有）", "范围", "结果"),
    "en": ("What there must not be", "Bound", "Result"),
}


@dataclass(frozen=True)
class Outcome:
    """One property: words, bound, result; ``lines`` tell each counter-example, finding, open norm.

    ``bound`` is what its worlds had, ``size`` how much of it might be recorded or not at the most.
    """

    id: str
    label: Text
    bound: Text
    size: Text
    result: Text
    good: bool
    seconds: float
    lines: dict[str, list[str]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


def outcome(result: Result, rules: Ontology) -> Outcome:
    """The result of a property in words."""
    wanted = result.of
    said, lines = {"reach": _reached, "conditions": _shown, "search": _searched}[wanted.method](result, rules)
    good = not result.faults and not result.undecided
    if wanted.method != "search":
        good = good and all(look.reached for look in result.looks)
    by_cases = wanted.method == "conditions"
    bound, size = (_BY_CASES, _NOTHING) if by_cases else (_bound(result, rules), _size(result))
    return Outcome(wanted.id, wanted.label, bound, size, said, good, round(result.seconds, 1), lines)


_BY_CASES = {"zh": "案例（不限于核验的范围）", "en": "the cases, of any size"}
_NOTHING = {"zh": "", "en": ""}
Said = tuple[Text, dict[str, list[str]]]


def _searched(result: Result, rules: Ontology) -> Said:
    faults, of_law = result.faults, [found for found in result.hits if found.of_law]
    zh, en = [], []
    if faults:
        zh.append(f"反例 {len(faults)} 个")
        en.append(f"{len(faults)} counter-examples")
    if of_law:
        places = list(dict.fromkeys(found.at for found in of_law))
        zh.append(f"条文自身的空白：{'、'.join(_cited(p, rules, 'zh') for p in places)}")
        en.append(f"a gap of the text itself: {', '.join(_cited(p, rules, 'en') for p in places)}")
    if result.undecided:
        zh.append(f"未搜索完：{len(result.undecided)} 条规范")
        en.append(f"not decided in time: {len(result.undecided)} norms")
    if not zh:
        several = result.of.by_norm
        zh.append(f"没有（逐一核验 {len(result.looks)} 条规范）" if several else "没有")
        en.append(f"none ({len(result.looks)} norms, one by one)" if several else "none")
    return _two("；".join(zh), "; ".join(en)), {
        lang: list(_told(result, rules, lang)) for lang in ("zh", "en")
    }


def _told(result: Result, rules: Ontology, lang: str) -> Iterable[str]:
    for found in result.faults[:_SHOWN]:
        yield f"✗ {result.of.id}  {found.story[lang]}"
    places: dict[str, dict[str, None]] = {}
    for found in result.hits:
        if found.of_law:
            places.setdefault(found.law[lang], {})[_cited(found.at, rules, lang)] = None
    joined, gap = ("、", "：") if lang == "zh" else (", ", ": ")
    yield from (f"§ {joined.join(at)}{gap}{law}" for law, at in places.items())
    for look in result.undecided:
        yield f"? {result.of.id}  {_norm(look.norm, rules)}"


def _reached(result: Result, rules: Ontology) -> Said:
    never = [look for look in result.looks if not look.reached]
    number = len(result.looks)
    lines = [f"✗ {result.of.id}  {_norm(look.norm, rules)}" for look in never]
    if never:
        said = _two(f"{len(never)} 条规范", f"{len(never)} norms")
    else:
        said = _two(
            f"没有：{number} 条规范各有一个得出结论的情形",
            f"none: for each of {number} norms there is a world in which it concludes something",
        )
    return said, {"zh": lines, "en": lines}


def _shown(result: Result, rules: Ontology) -> Said:
    count = sum(look.rules for look in result.looks)
    if all(look.reached for look in result.looks):
        said = _two(
            f"没有：{count} 个条件各有案例显示其作用，或者已说明理由",
            f"none: of {count} conditions each is shown by a case, entailed, or has its reason",
        )
    else:
        said = _two("有：见 zelian coverage --conditions", "some: see zelian coverage --conditions")
    return said, {"zh": [], "en": []}


def _bound(result: Result, rules: Ontology) -> Text:
    """How many things of each class its worlds had, the fewest and the most for a norm, and the days."""
    bounds, label = result.of.bounds, rules.vocabulary.predicates
    numbers: dict[str, set[int]] = {}
    for look in result.looks:
        for base, number in look.classes.items():
            numbers.setdefault(base, set()).add(number)
    for look in (look for look in result.looks if look.rules):
        norm = rules.book.by_constant.get(look.norm)
        for base, number in bounds.of(look.rules, norm.id if norm else "").things.items():
            if not number and base in numbers:  # left out of this search, though the rules may ask for it
                numbers[base].add(0)
    order = [*bounds.things, *sorted(bounds.classes() - {*bounds.things})]
    things = [(label[predicate_name(base)].label, _span(numbers[base])) for base in order if base in numbers]
    zh = "、".join(f"{name['zh']}{span}" for name, span in things)
    en = ", ".join(f"{span} {name['en']}" for name, span in things)
    if any("–" in span for _, span in things):
        zh, en = f"{zh}（区间：因规范而异）", f"{en} (a range: it depends on the norm)"
    return _two(f"{zh}；{len(bounds.days)} 个日子", f"{en}; {len(bounds.days)} days")


def _size(result: Result) -> Text:
    choices = max((look.choices for look in result.looks), default=0)
    return _two(f"至多 {choices} 项可记可不记", f"up to {choices} statements, recorded or not")


def _span(numbers: set[int]) -> str:
    least, most = min(numbers), max(numbers)
    return str(most) if least == most else f"{least}–{most}"


def _cited(place: str, rules: Ontology, lang: str) -> str:
    try:
        return rules.book.regulation.cite(place, lang)
    except NotInLawError:
        return place


def _norm(constant: str, rules: Ontology) -> str:
    record = rules.book.by_constant.get(constant)
    return record.id if record else constant


def _two(zh: str, en: str) -> Text:
    return {"zh": zh, "en": en}


# -- as a file and as tables ----------------------------------------------------------------------------


def write(outcomes: Sequence[Outcome], rules: Ontology, seconds: float) -> list[Path]:
    """Keep what all properties came to, with the version of the rules, and renew the README tables."""
    file = bundled.path("data") / FILE
    data = {
        "rules": rules.book.digest,
        "seconds": round(seconds),
        "properties": [{k: v for k, v in each.to_dict().items() if k != "seconds"} for each in outcomes],
    }
    file.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8", newline="\n")
    return [file, *renew(file.parents[1])]


def renew(root: Path) -> list[Path]:
    """Put the tables into the READMEs of a checkout (where their marks stand); the files that have one."""
    written = []
    for lang, name in (("en", "README.md"), ("zh", "README.zh.md")):
        file = root / name
        if file.exists() and _MARKS[0] in (text := file.read_text("utf-8")):
            file.write_text(placed(text, lang), "utf-8", newline="\n")
            written.append(file)
    return written


def placed(text: str, lang: str) -> str:
    """A README with the table between its marks."""
    start, end = map(re.escape, _MARKS)
    return re.sub(f"({start}\n).*?({end})", lambda m: m[1] + table(lang) + m[2], text, flags=re.DOTALL)


def table(lang: str) -> str:
    """The kept results as a table of Markdown, with the version of the rules that they hold for."""
    data = json.loads((bundled.path("data") / FILE).read_text("utf-8"))
    bounds = list(dict.fromkeys(p["bound"][lang] for p in data["properties"] if p["size"][lang]))
    sign = {bound: f"({n})" for n, bound in enumerate(bounds, 1)}
    rows = [
        (
            p["label"][lang],
            f"{sign.get(p['bound'][lang], p['bound'][lang])} {p['size'][lang]}".strip(),
            p["result"][lang],
        )
        for p in data["properties"]
    ]
    lines = [_HEAD[lang], ("---",) * 3, *rows]
    told = [line[2:] for p in data["properties"] for line in p["lines"][lang] if line.startswith("§ ")]
    version, seconds = data["rules"][:12], data["seconds"]
    foot = {
        "zh": f"规则版本 {version}；核验用时 {seconds} 秒（2 核）。",
        "en": f"Rules {version}; verified in {seconds} s on 2 cores.",
    }
    text = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    below = "".join(f"* {line}\n" for line in (*(f"{n} {bound}" for bound, n in sign.items()), *told))
    return f"{text}\n{below}\n{foot[lang]}\n"
