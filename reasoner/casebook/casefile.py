"""Case files: the form in which cases are written, read and checked before anything is evaluated.

The format is described in ``ontology/README.md``.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from reasoner.rulebook import bounded_yaml
from reasoner.rulebook.norms import NormError, read_yaml
from reasoner.rulebook.vocabulary import predicate_name

_HEADINGS = {"name", "as_of", "expect", "refuse", "about", "trap", "point", "note", "without", "row"}
_FIELDS = {*_HEADINGS, "given", "variants"}
_VARIANT_FIELDS = {*_HEADINGS, "change", "drop", "add"}
_WANTED = {
    *(
        "norm",
        "status",
        "issue",
        "matter",
        "act",
        "bearer",
        "reason",
        "missing",
        "due",
        "done",
        "since",
        "kind",
    ),
    *(
        "layer",
        "accountable",
        "destination",
        "destinations",
        "transfer",
        "to",
        "not_counted",
        "other_reading",
    ),
    *("possible_due", "candidate", "why_not", "inspection"),
    *("accountability_candidate", "missing_element", "remark"),
    *("step", "state", "before"),
}


SHORTHANDS: dict[str, tuple[str, str, dict[str, str]]] = {
    "finding": ("Finding", "findingKind", {}),
    "parameter": ("Parameter", "parameterKind", {"of": "appliesTo", "source": "sourceDocument"}),
    "complete": ("CompletenessDeclaration", "coversRecords", {"of": "forInspection", "body": "concernsBody"}),
    "absent": ("NegativeRecord", "coversRecords", {"of": "forInspection", "body": "concernsBody"}),
}
"""First key of a block → class, property of its value, other names of properties in such a block."""

DAY = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)$")


class CaseError(ValueError):
    """A case file that cannot be used: file, case, and what was expected (zh / en)."""


@dataclass(frozen=True)
class Case:
    """One case as written; of a variant, what its base gives with its own changes.

    ``traps``, ``points`` and ``rows`` say what of the legal reading the case is there for: numbered traps,
    points with two readings, rows of decision tables. ``base`` is the name of the case it varies, or empty.
    """

    file: str
    name: str
    as_of: datetime.date
    given: list[dict[str, Any]]
    expect: list[dict[str, Any]]
    refuse: list[dict[str, Any]]
    about: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    traps: tuple[int, ...] = ()
    points: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    base: str = ""


def read(path: Path) -> list[Case]:
    """Read a case file. Raises CaseError for anything outside the format."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise CaseError(f"{path}: 不是 UTF-8 编码的文本 / not text in UTF-8; save it as UTF-8") from None
    except OSError as error:
        raise CaseError(f"{path}: {error.strerror or error}") from None
    try:
        if slip := next(_slips(path, text), None):
            raise CaseError(slip)
        entries = read_yaml(path)
    except NormError as error:
        raise CaseError(str(error)) from None
    if isinstance(entries, dict):
        entries = [entries]
    if not isinstance(entries, list) or not entries:
        raise CaseError(f"{path}: 应为案例列表 / expected a list of cases")
    found = [case for i, entry in enumerate(entries, 1) for case in _cases(path, i, entry)]
    if twice := [name for name, times in Counter(case.name for case in found).items() if times > 1]:
        raise CaseError(f"{path}: 两个案例同名：{twice[0]} / two cases have this name")
    return found


def _slips(path: Path, text: str) -> Iterator[str]:
    """What YAML would pass over or cannot place: a key that stands twice, a day that no calendar has."""
    try:
        bounded_yaml.check(text)
        waiting = [yaml.compose(text, Loader=bounded_yaml.Loader)]
    except yaml.YAMLError:
        return  # whoever reads the file says where
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        where = f"{path}:{node.start_mark.line + 1}"
        if isinstance(node, yaml.MappingNode):
            keys = [str(key.value) for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
            if twice := [key for key, times in Counter(keys).items() if times > 1]:
                yield f"{where}: {twice[0]} 写了两次 / {twice[0]} stands twice; several values go in a list"
            waiting += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif not getattr(node, "style", None) and (match := DAY.match(node.value)):
            try:
                datetime.date(*map(int, match.groups()))
            except ValueError:
                yield f"{where}: 没有这一天：{node.value} / no such day: {node.value}"


def _cases(path: Path, number: int, entry: Any) -> Iterator[Case]:
    """Yield a case and its variants, each by itself."""
    if not isinstance(entry, dict) or "name" not in entry:
        raise CaseError(
            f"{path}: 第{number}个案例：应为含 name 的映射 / case {number}: expected a mapping with name"
        )
    where = f"{path}: {entry['name']}"
    _known(entry, _FIELDS, where)
    yield _case(path, entry)
    variants = entry.get("variants") or []
    if not isinstance(variants, list) or not all(isinstance(v, dict) and "name" in v for v in variants):
        raise CaseError(f"{where}: variants 应为各有 name 的列表 / variants must be a list, each with a name")
    for variant in variants:
        _known(variant, _VARIANT_FIELDS, f"{where}: {variant['name']}")
        yield _case(path, _varied(entry, variant, f"{where}: {variant['name']}"), str(entry["name"]))


def _known(entry: dict[str, Any], fields: set[str], where: str) -> None:
    if strange := sorted(set(map(str, entry)) - fields):
        raise CaseError(
            f"{where}: 未知字段 {', '.join(strange)} / unknown field; known: {', '.join(sorted(fields))}"
        )


def _case(path: Path, entry: dict[str, Any], base: str = "") -> Case:
    where = f"{path}: {entry['name']}"
    day = entry.get("as_of")
    if not isinstance(day, datetime.date):
        raise CaseError(f"{where}: as_of 应为日期 yyyy-mm-dd / as_of must be a date, not {day!r}")
    lists = {key: _mappings(entry, key, where) for key in ("given", "expect", "refuse")}
    if not lists["expect"] and not lists["refuse"]:
        raise CaseError(f"{where}: 没有 expect 或者 refuse / nothing expected or refused")
    for wanted in (*lists["expect"], *lists["refuse"]):
        if strange := sorted(set(map(str, wanted)) - _WANTED):
            raise CaseError(
                f"{where}: 期望中有未知字段 {', '.join(strange)} / unknown field; "
                f"known: {', '.join(sorted(_WANTED))}"
            )
    traps = listed(entry.get("trap"))
    if strange := [str(trap) for trap in traps if not isinstance(trap, int)]:
        raise CaseError(f"{where}: trap 应为编号 / trap must be a number, not {strange[0]}")
    return Case(
        str(path),
        str(entry["name"]),
        day,
        lists["given"],
        lists["expect"],
        lists["refuse"],
        tuple(map(str, listed(entry.get("about")))),
        tuple(map(str, listed(entry.get("without")))),
        tuple(traps),
        tuple(map(str, listed(entry.get("point")))),
        tuple(map(str, listed(entry.get("row")))),
        base,
    )


def _mappings(entry: dict[str, Any], key: str, where: str) -> list[dict[str, Any]]:
    value = entry.get(key) or []
    if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
        raise CaseError(f"{where}: {key} 应为映射的列表 / {key} must be a list of mappings")
    return value


def _varied(base: dict[str, Any], variant: dict[str, Any], where: str) -> dict[str, Any]:
    """What a variant says as a case of its own: all of its base but the expectations, and its changes."""
    given = _mappings(base, "given", where)
    # what has no id of its own is called as proofs call it; the things added are numbered on
    given = [{"id": own_id(i, block), **block} for i, block in enumerate(given, 1)]
    known = {str(block["id"]) for block in given}
    drop, add = set(map(str, listed(variant.get("drop")))), _mappings(variant, "add", where)
    change = variant.get("change") or {}
    if not isinstance(change, dict) or not all(isinstance(v, dict) and v for v in change.values()):
        raise CaseError(f"{where}: change 应为 id 到属性的映射 / change must map an id to its properties")
    change = {str(name): properties for name, properties in change.items()}
    if not (drop or add or change or "as_of" in variant or "without" in variant):
        raise CaseError(f"{where}: 与原案例没有不同 / nothing differs from the case it varies")
    for key, named in (("drop", drop), ("change", set(change))):
        if strange := sorted(named - known):
            raise CaseError(
                f"{where}: {key}：given 中没有 id 为 {strange[0]} 的一项 / "
                f"no item of given has the id {strange[0]}; there are: {', '.join(sorted(known)) or '-'}"
            )
    if both := sorted(drop & set(change)):
        raise CaseError(f"{where}: {both[0]} 既 drop 又 change / it is dropped and changed")
    add = [{"id": own_id(i, block), **block} for i, block in enumerate(add, len(given) + 1)]
    kept = [block for block in given if str(block["id"]) not in drop]
    for name, properties in change.items():
        _change([block for block in kept if str(block["id"]) == name], properties, f"{where}: {name}")
    inherited = {k: v for k, v in base.items() if k not in ("variants", "expect", "refuse")}
    own = {k: v for k, v in variant.items() if k not in ("change", "drop", "add")}
    return {**inherited, **own, "given": [*kept, *add]}


def vary(case: Case, variant: dict[str, Any]) -> Case:
    """The case that a variant (``change``, ``drop``, ``add``, ``as_of``, …) makes of one already read.

    Raises CaseError as for a variant in a file; nothing needs to be expected.
    """
    base = {"name": case.name, "as_of": case.as_of, "given": case.given, "without": list(case.without)}
    entry = _varied(base, variant, f"{case.file}: {case.name}")
    return replace(case, as_of=entry["as_of"], given=entry["given"], without=tuple(entry["without"]))


def own_id(number: int, block: dict[str, Any]) -> str:
    """The id of an item of ``given``: as written, or its class and its place in the list (``issuance-4``)."""
    shorthand = next((name for key, (name, _, _) in SHORTHANDS.items() if key in block), "")
    return str(
        block.get("id", f"{predicate_name(shorthand or str((listed(block.get('a')) or [''])[0]))}-{number}")
    )


def _change(blocks: list[dict[str, Any]], properties: dict[str, Any], where: str) -> None:
    """Give one thing (stated in one or more items) other values; null takes a property away."""
    for key, value in properties.items():
        if key == "id":
            raise CaseError(f"{where}: id 不能改 / the id cannot be changed")
        having = [block for block in blocks if key in block]
        if value is None and not having:
            raise CaseError(f"{where}: 没有 {key} 可以去掉 / there is no {key} to take away")
        for block in having[1:] if value is not None else having:
            del block[key]
        if value is not None:
            (having or blocks)[0][key] = value


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """Case files among paths; a folder stands for every ``cases.yaml`` and ``*.case.yaml`` under it."""
    for path in paths:
        if path.is_dir():
            yield from sorted({*path.rglob("cases.yaml"), *path.rglob("*.case.yaml")})
        else:
            yield path


def listed(value: Any) -> list[Any]:
    """A value as a list: nothing is none, one is a list of one."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
