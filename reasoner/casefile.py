"""Case files: the form in which cases are written, read and checked before anything is evaluated.

The format is described in ``ontology/README.md``.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from reasoner.norms import NormError, read_yaml

_FIELDS = {"name", "as_of", "given", "expect", "refuse", "about", "trap", "point", "note", "without", "row"}
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
}


DAY = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)$")


class CaseError(ValueError):
    """A case file that cannot be used: file, case, and what was expected (zh / en)."""


@dataclass(frozen=True)
class Case:
    """One case as written."""

    file: str
    name: str
    as_of: datetime.date
    given: list[dict[str, Any]]
    expect: list[dict[str, Any]]
    refuse: list[dict[str, Any]]
    about: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


def read(path: Path) -> list[Case]:
    """Read a case file. Raises CaseError for anything outside the format."""
    try:
        path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise CaseError(f"{path}: 不是 UTF-8 编码的文本 / not text in UTF-8; save it as UTF-8") from None
    except OSError as error:
        raise CaseError(f"{path}: {error.strerror or error}") from None
    try:
        entries = read_yaml(path)
        slips = list(_slips(path))
    except NormError as error:
        raise CaseError(str(error)) from None
    except ValueError as error:  # a day that no calendar has
        entries, slips = None, [*_slips(path), f"{path}: {error}"]
    if slips:
        raise CaseError(slips[0])
    if isinstance(entries, dict):
        entries = [entries]
    if not isinstance(entries, list) or not entries:
        raise CaseError(f"{path}: 应为案例列表 / expected a list of cases")
    return [_case(path, i, entry) for i, entry in enumerate(entries, 1)]


def _slips(path: Path) -> Iterator[str]:
    """What YAML would pass over or cannot place: a key that stands twice, a day that no calendar has."""
    with path.open(encoding="utf-8") as stream:
        waiting = [yaml.compose(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))]
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


def _case(path: Path, number: int, entry: Any) -> Case:
    if not isinstance(entry, dict) or "name" not in entry:
        raise CaseError(
            f"{path}: 第{number}个案例：应为含 name 的映射 / case {number}: expected a mapping with name"
        )
    where = f"{path}: {entry['name']}"
    if strange := sorted(set(map(str, entry)) - _FIELDS):
        raise CaseError(
            f"{where}: 未知字段 {', '.join(strange)} / unknown field; known: {', '.join(sorted(_FIELDS))}"
        )
    day = entry.get("as_of")
    if not isinstance(day, datetime.date):
        raise CaseError(f"{where}: as_of 应为日期 yyyy-mm-dd / as_of must be a date, not {day!r}")
    lists = {}
    for key in ("given", "expect", "refuse"):
        value = entry.get(key) or []
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            raise CaseError(f"{where}: {key} 应为映射的列表 / {key} must be a list of mappings")
        lists[key] = value
    if not lists["expect"] and not lists["refuse"]:
        raise CaseError(f"{where}: 没有 expect 或者 refuse / nothing expected or refused")
    for wanted in (*lists["expect"], *lists["refuse"]):
        if strange := sorted(set(map(str, wanted)) - _WANTED):
            raise CaseError(
                f"{where}: 期望中有未知字段 {', '.join(strange)} / unknown field; "
                f"known: {', '.join(sorted(_WANTED))}"
            )
    return Case(
        str(path),
        str(entry["name"]),
        day,
        lists["given"],
        lists["expect"],
        lists["refuse"],
        tuple(listed(entry.get("about"))),
        tuple(listed(entry.get("without"))),
    )


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
