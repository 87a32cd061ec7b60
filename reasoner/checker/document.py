"""A proof file, read with suspicion: what is not of the form of ``zelian-proof/1`` goes no further.

The same for its redacted form, ``zelian-redacted-proof/1``, and the openings of what is withheld there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn

from reasoner.checker.withheld import commitment

FORMAT, REDACTED, OPENINGS = "zelian-proof/1", "zelian-redacted-proof/1", "zelian-openings/1"
_LIMIT = 256 * 1024 * 1024
"""Bytes. The proof of a conclusion with the ten thousand facts of a city's record takes two million."""
_TOP = {
    **dict.fromkeys(("format", "as_of", "rule_version"), str),
    **dict.fromkeys(("data_version", "conclusion", "facts", "nodes"), dict),
    "root": int,
    "beside": list,
}
_TOP_REDACTED = {name: kind for name, kind in _TOP.items() if name != "data_version"} | {"withheld": dict}
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
_HASH = re.compile("[0-9a-f]{64}")


class UnreadableError(ValueError):
    """The file cannot be read as a proof; the message says where and why, ``zh / en``."""


def read(file: Path) -> dict[str, Any]:
    """Read a proof file and check its form. Raises UnreadableError, or OSError."""
    return checked(_json(file))


def read_openings(file: Path) -> dict[str, dict[str, Any]]:
    """Read the openings of a redacted proof: what stands behind each commitment. Raises as ``read``."""
    return checked_openings(_json(file))


def _json(file: Path) -> Any:
    with file.open("rb") as stream:
        content = stream.read(_LIMIT + 1)
    if len(content) > _LIMIT:
        _refuse("文件过大", "the file is too large")
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_constant)
    except RecursionError:
        _refuse("嵌套过深", "nested too deeply")
    except UnreadableError:
        raise
    except ValueError as error:  # broken JSON, another encoding, a number of thousands of digits
        _refuse(f"不是 JSON（{error}）", f"not JSON ({error})")


def checked(found: Any) -> dict[str, Any]:
    """The same, when it has the form of a proof with all that a checker needs. Raises UnreadableError."""
    if not isinstance(found, dict) or found.get("format") not in (FORMAT, REDACTED):
        _refuse(f"不是 {FORMAT}", f"not {FORMAT}")
    redacted = found["format"] == REDACTED
    if "facts" not in found or "nodes" not in found:
        _refuse(
            "这份证明不含事实，不能核验：用 zelian explain … --checkable 写出",
            "without its facts a proof cannot be checked: write it with zelian explain … --checkable",
        )
    _fields(found, _TOP_REDACTED if redacted else _TOP, "")
    if redacted:
        _fields(found["withheld"], {"predicates": list, "record": str}, "withheld")
        _each(found["withheld"]["predicates"], str, "withheld.predicates")
        _hash(found["withheld"]["record"], "withheld.record")
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
        if redacted and isinstance(node, dict) and node.get("kind") == "withheld":
            _fields(node, {"kind": str, "commitment": str}, f"nodes.{number}")
            _hash(node["commitment"], f"nodes.{number}.commitment")
        else:
            _node(node, f"nodes.{number}", int)
    return found


def checked_openings(found: Any) -> dict[str, dict[str, Any]]:
    """The contents of openings by their commitments, when they have the form. Raises UnreadableError."""
    if not isinstance(found, dict) or found.get("format") != OPENINGS:
        _refuse(f"不是 {OPENINGS}", f"not {OPENINGS}")
    _fields(found, {"format": str, "openings": list}, "")
    contents: dict[str, dict[str, Any]] = {}
    for i, opening in enumerate(found["openings"]):
        where = f"openings[{i}]"
        _fields(opening, {"salt": str, "node": dict}, where)
        _hash(opening["salt"], f"{where}.salt")
        node = opening["node"]
        if node.get("kind") == "record":
            _fields(node, {"kind": str, "facts": str, "data_version": dict}, where)
        else:
            _node(node, where, str)
        contents[commitment(opening["salt"], node)] = node
    return contents


def hash_of(document: Mapping[str, Any]) -> str:
    """The hash of what a proof starts from: day, state of the record, parameters, sourced facts."""
    facts = document["facts"]
    version = document.get("data_version")  # a redacted proof says nothing of the whole record
    content = [document["as_of"], version, facts["parameters"], facts["recorded"]]
    text = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _node(node: Any, where: str, premise: type) -> None:
    kind = node.get("kind") if isinstance(node, dict) else None
    fields = _KINDS.get(kind) if isinstance(kind, str) else None
    if fields is None:
        _refuse(f"{where}：没有这种节点", f"{where}: no such kind of node")
    steps = kind in ("conclusion", "step")
    _fields(node, {"kind": str, **fields}, where, {"also": list} if steps else {})
    _statement(node["statement"], str(kind), where)
    if steps:
        _way({key: node[key] for key in _WAY}, where, premise)
        for i, way in enumerate(node.get("also", ())):
            _way(way, f"{where}.also[{i}]", premise)
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


def _way(way: Any, where: str, premise: type) -> None:
    _fields(way, _WAY, where)
    _fields(way["by"], {"id": str}, f"{where}.by", {"citation": dict})
    _values(list(way["binding"].values()), f"{where}.binding")
    _each(way["premises"], premise, f"{where}.premises")


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


def _hash(found: str, where: str) -> None:
    if not _HASH.fullmatch(found):
        _refuse(f"{where}：应为 64 位十六进制数", f"{where}: expected 64 hexadecimal digits")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        _refuse("同一对象中有重复的键", "a key stands twice in one object")
    return found


def _constant(name: str) -> NoReturn:
    _refuse(f"{name} 不是 JSON", f"{name} is not JSON")


def _refuse(zh: str, en: str) -> NoReturn:
    raise UnreadableError(f"{zh} / {en}")
