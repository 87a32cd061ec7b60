"""A proof file, read with suspicion: what is not of the form of ``zelian-proof/1`` goes no further."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn

FORMAT = "zelian-proof/1"
_LIMIT = 256 * 1024 * 1024
"""Bytes. The proof of a conclusion with the ten thousand facts of a city's record takes two million."""
_TOP = {
    **dict.fromkeys(("format", "as_of", "rule_version"), str),
    **dict.fromkeys(("data_version", "conclusion", "facts", "nodes"), dict),
    "root": int,
    "beside": list,
}
_FACTS = {"sha256": str, "parameters": list, "recorded": list}
Kinds = Mapping[str, type]
_CONCLUSION = {"id": str, "norm": str, "status": str, "subject": str, "citation": dict}
_WAY = {"rule": str, "by": dict, "binding": dict, "premises": list}
_KINDS: dict[str, dict[str, type]] = {
    "conclusion": {"statement": dict, **_WAY},
    "step": {"statement": dict, **_WAY},
    "fact": {"statement": dict, "sources": list},
    "ontology": {"statement": dict},
    "parameter": {"statement": dict},
    "as_of": {"statement": dict},
    "calendar": {"statement": dict, "counting": str},
    "absent": {"statement": dict},
    "comparison": {"statement": dict},
    "count": {"statement": dict, "members": list},
}


class UnreadableError(ValueError):
    """The file cannot be read as a proof; the message says where and why, ``zh / en``."""


def read(file: Path) -> dict[str, Any]:
    """Read a proof file and check its form. Raises UnreadableError, or OSError."""
    with file.open("rb") as stream:
        content = stream.read(_LIMIT + 1)
    if len(content) > _LIMIT:
        _refuse("文件过大", "the file is too large")
    try:
        found = json.loads(content.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_constant)
    except RecursionError:
        _refuse("嵌套过深", "nested too deeply")
    except UnreadableError:
        raise
    except ValueError as error:  # broken JSON, another encoding, a number of thousands of digits
        _refuse(f"不是 JSON（{error}）", f"not JSON ({error})")
    return checked(found)


def checked(found: Any) -> dict[str, Any]:
    """The same, when it has the form of a proof with all that a checker needs. Raises UnreadableError."""
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        _refuse(f"不是 {FORMAT}", f"not {FORMAT}")
    if "facts" not in found or "nodes" not in found:
        _refuse(
            "这份证明不含事实，不能核验：用 zelian explain … --checkable 写出",
            "without its facts a proof cannot be checked: write it with zelian explain … --checkable",
        )
    _fields(found, _TOP, "")
    facts: dict[str, Any] = found["facts"]
    _fields(facts, _FACTS, "facts")
    _each(facts["parameters"], str, "facts.parameters")
    for i, entry in enumerate(facts["recorded"]):
        where = f"facts.recorded[{i}]"
        _fields(entry, {"predicate": str, "arguments": list, "sources": list}, where)
        _values(entry["arguments"], where)
    _fields(found["conclusion"], _CONCLUSION, "conclusion")
    _each(found["beside"], int, "beside")
    for number, node in found["nodes"].items():
        if not re.fullmatch("[1-9][0-9]{0,8}", number):
            _refuse(f"nodes：编号有误 {number!r}", f"nodes: not a number {number!r}")
        _node(node, f"nodes.{number}")
    return found


def hash_of(document: Mapping[str, Any]) -> str:
    """The hash of what a proof starts from: day, state of the record, parameters, sourced facts."""
    facts = document["facts"]
    content = [document["as_of"], document["data_version"], facts["parameters"], facts["recorded"]]
    text = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _node(node: Any, where: str) -> None:
    kind = node.get("kind") if isinstance(node, dict) else None
    fields = _KINDS.get(kind) if isinstance(kind, str) else None
    if fields is None:
        _refuse(f"{where}：没有这种节点", f"{where}: no such kind of node")
    steps = kind in ("conclusion", "step")
    _fields(node, {"kind": str, **fields}, where, {"also": list} if steps else {})
    _statement(node["statement"], str(kind), where)
    if steps:
        _way({key: node[key] for key in _WAY}, where)
        for i, way in enumerate(node.get("also", ())):
            _way(way, f"{where}.also[{i}]")
    for member in node.get("members", ()):
        _values(member, f"{where}.members")


def _statement(statement: dict[str, Any], kind: str, where: str) -> None:
    where = f"{where}.statement"
    if kind == "comparison":
        _fields(statement, {"left": object, "op": str, "right": object}, where)
        _values([statement["left"], statement["right"]], where)
    elif kind == "count":
        _fields(statement, {"text": str}, where)
    else:
        _fields(statement, {"predicate": str, "arguments": list}, where)
        known = [value for value in statement["arguments"] if kind != "absent" or value is not None]
        _values(known, where)


def _way(way: Any, where: str) -> None:
    _fields(way, _WAY, where)
    _fields(way["by"], {"id": str}, f"{where}.by", {"citation": dict})
    _values(list(way["binding"].values()), f"{where}.binding")
    _each(way["premises"], int, f"{where}.premises")


def _fields(
    found: Any, needed: Mapping[str, type], where: str, more: Mapping[str, type] | None = None
) -> None:
    """What is not checked may not be there either: a reader would take it for proven."""
    here = where or "(top)"
    if not isinstance(found, dict):
        _refuse(f"{here}：应为对象", f"{here}: expected an object")
    allowed = {**needed, **(more or {})}
    for name in [*needed, *found]:
        if name not in found:
            _refuse(f"{here}：缺少 {name}", f"{here}: {name} is missing")
        if name not in allowed:
            _refuse(f"{here}：不应有 {name!r}", f"{here}: unexpected {name!r}")
        kind = allowed[name]
        if kind is not object and type(found[name]) is not kind:
            _refuse(f"{here}.{name}：应为 {kind.__name__}", f"{here}.{name}: expected {kind.__name__}")


def _each(found: list[Any], kind: type, where: str) -> None:
    if any(type(value) is not kind for value in found):
        _refuse(f"{where}：应全为 {kind.__name__}", f"{where}: expected {kind.__name__} throughout")


def _values(found: Any, where: str) -> None:
    """Names and whole numbers; true is no number here."""
    if not isinstance(found, list) or any(type(value) not in (str, int) for value in found):
        _refuse(f"{where}：应为名称或者整数", f"{where}: expected names or whole numbers")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        _refuse("同一对象中有重复的键", "a key stands twice in one object")
    return found


def _constant(name: str) -> NoReturn:
    _refuse(f"{name} 不是 JSON", f"{name} is not JSON")


def _refuse(zh: str, en: str) -> NoReturn:
    raise UnreadableError(f"{zh} / {en}")
