"""Every step of a proof, held against the rules, the text and the facts; each fault is named."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

from reasoner.checker.derive import (
    MONTHS_AFTER,
    Binding,
    Derivations,
    Pattern,
    Program,
    fits,
    ground,
    months_after,
    pattern_of,
    put,
)
from reasoner.checker.document import hash_of
from reasoner.checker.language import (
    Atom,
    Comparison,
    Count,
    Ground,
    Literal,
    Not,
    Var,
    compare,
    written,
)
from reasoner.checker.lawtext import Law
from reasoner.checker.shape import faults_of

AS_OF, PARAMETER_KIND, COUNTING = "asOf", "parameterKind", "monthCounting"
_POSITIVE = ("step", "fact", "ontology", "parameter", "as_of", "calendar")
Node = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """Where a proof does not hold (``""``: not at one step), and what was expected there."""

    step: str
    zh: str
    en: str

    def __str__(self) -> str:
        zh, en = (f"第{self.step}步：", f"step {self.step}: ") if self.step else ("", "")
        return f"{zh}{self.zh} / {en}{self.en}"


@dataclass(frozen=True)
class Verdict:
    """What came of checking: the faults (none: accepted) and how much was checked, by kind."""

    statement: Ground
    faults: tuple[Fault, ...]
    checked: dict[str, int]
    facts: str
    """The hash of what the proof starts from, as computed here."""


class _StepError(Exception):
    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def check(document: dict[str, Any], law: Law, facts: str | None = None) -> Verdict:
    """Check a proof that ``document.read`` has read. ``facts``: the hash that its facts must have.

    Raises TooMuchWorkError for facts that are made to keep the checker busy, LawError for rules without a
    meaning.
    """
    return _Check(document, law, facts).verdict()


class _Check:
    def __init__(self, document: dict[str, Any], law: Law, facts: str | None) -> None:
        self.document, self.law, self.expected = document, law, facts
        self.nodes: dict[str, Node] = document["nodes"]
        self.checked: Counter[str] = Counter()
        self.facts = hash_of(document)
        self.root = str(document["root"])

    def verdict(self) -> Verdict:
        faults: list[Fault] = []
        statement: Ground = ("", ())
        try:
            self._start()
            statement = self._conclusion()
        except _StepError as found:
            faults.append(Fault("", found.zh, found.en))
        else:
            for number, node in self.nodes.items():
                try:
                    self._node(node)
                except _StepError as found:
                    faults.append(Fault(number, found.zh, found.en))
            faults += [Fault(number, zh, en) for number, zh, en in faults_of(self.document)]
            faults += self._beside(statement) if not faults else ()
        return Verdict(statement, tuple(faults), dict(self.checked), self.facts)

    # -- what the proof starts from ---------------------------------------------------------------

    def _start(self) -> None:
        given, law = self.document["facts"], self.law
        _same(self.document["rule_version"], law.digest, "规则版本", "the version of the rules")
        _same(given["sha256"], self.facts, "事实的散列值", "the hash of the facts")
        if self.expected is not None:
            _same(self.facts, self.expected, "事实的散列值", "the hash of the facts")
        try:
            day = datetime.datetime.strptime(self.document["as_of"], "%Y-%m-%d")
        except ValueError:
            raise _StepError("基准日不是日期", "the as-of date is no date") from None
        self.day = day.year * 10000 + day.month * 100 + day.day
        self.recorded: dict[Ground, list[Any]] = {}
        for entry in given["recorded"]:
            atom = entry["predicate"], tuple(entry["arguments"])
            if law.recordable.get(atom[0]) != len(atom[1]) or atom in self.recorded:
                raise _StepError(
                    f"不能作为记录的事实：{written(atom)}", f"cannot be a recorded fact: {written(atom)}"
                )
            self.recorded[atom] = entry["sources"]
        self.own = set(self._parameters(given["parameters"]))
        values = {row[0]: str(row[1]) for name, row in (*self.own, *self.recorded) if name == "ruleValue"}
        counting = str(law.parameters[COUNTING][1]) if COUNTING in given["parameters"] else ""
        for name, row in self.recorded:
            if (name, row[-1]) == (PARAMETER_KIND, COUNTING):
                counting = values.get(row[0], counting)
        facts = [*self.recorded, *law.stated, *self.own, (AS_OF, (self.day,))]
        self.derivations = Derivations(_program(law), facts, counting)

    def _parameters(self, kinds: list[str]) -> Iterator[Ground]:
        """The regulation's own parameters, each unless another value is on record."""
        recorded = {row[-1] for name, row in self.recorded if name == PARAMETER_KIND}
        for kind in kinds:
            if kind not in self.law.parameters:
                raise _StepError(f"办法没有这个参数：{kind}", f"the regulation has no such parameter: {kind}")
            if kind not in recorded:
                name, (applies_to, value) = f"parameter-{kind}", self.law.parameters[kind]
                yield "parameter", (name,)
                yield PARAMETER_KIND, (name, kind)
                yield "appliesTo", (name, applies_to)
                yield "dateValue" if isinstance(value, int) else "ruleValue", (name, value)

    def _conclusion(self) -> Ground:
        said, root = self.document["conclusion"], self.nodes.get(self.root, {})
        if root.get("kind") != "conclusion":
            raise _StepError("证明没有以结论开头", "the proof does not begin with its conclusion")
        statement = _atom(root)
        roles = self.law.roles.get(statement[0], ()) if statement[0] in self.law.statuses else ()
        if not roles or len(roles) != len(statement[1]):
            raise _StepError(f"不是结论：{written(statement)}", f"no conclusion: {written(statement)}")
        self.part = dict(zip(roles, statement[1], strict=True))
        norm = self.law.norms.get(str(self.part["norm"]), "")
        _same(said["norm"], norm, "规范", "the norm")
        _same(said["status"], statement[0], "状态", "the status")
        _same(said["subject"], str(self.part["matter"]), "对象", "the subject")
        named = f"{statement[0]}({','.join(map(str, statement[1]))})"
        number = "c-" + sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:10]
        _same(said["id"], number, "结论编号", "the id of the conclusion")
        self._citation(norm, said["citation"])
        return statement

    # -- the steps ---------------------------------------------------------------------------------

    def _node(self, node: Node) -> None:
        kind = node["kind"]
        self.checked[kind] += 1
        match kind:
            case "conclusion" | "step":
                for way in (node, *node.get("also", ())):
                    self._way(way, _atom(node))
            case "comparison":
                said = node["statement"]
                if said["op"] not in ("<", "<=", ">", ">=", "=", "!="):
                    raise _StepError(f"没有这种比较：{said['op']}", f"no such comparison: {said['op']}")
                if not compare(said["left"], said["op"], said["right"]):
                    raise _StepError("比较不成立", "the comparison does not hold")
            case "absent":
                predicate, pattern = _atom(node)
                if found := self.derivations.rows(predicate, pattern):
                    atom = written((predicate, found[0]))
                    raise _StepError(
                        f"应无此事实，却得出：{atom}", f"said to be absent, but it follows: {atom}"
                    )
            case "count":
                pass  # held against the rule that counts, where it is used
            case _:
                self._leaf(kind, _atom(node), node)

    def _leaf(self, kind: str, atom: Ground, node: Node) -> None:
        match kind:
            case "fact":
                if atom not in self.recorded:
                    raise _StepError(
                        f"所附事实中没有：{written(atom)}", f"not among the facts: {written(atom)}"
                    )
                _same(node["sources"], self.recorded[atom], "事实的来源", "the sources of the fact")
            case "calendar":
                _same(node["counting"], self.derivations.counting, "月数的计算规则", "how months are counted")
                if atom[0] != MONTHS_AFTER or not self.derivations.holds(atom):
                    day, months, *_ = (*atom[1], 0, 0)
                    end = months_after(int(day), int(months), node["counting"]) if _numbers(atom) else None
                    raise _StepError(f"期限应届于 {end}", f"the period should end on {end}")
            case "as_of":
                _same(atom, (AS_OF, (self.day,)), "基准日", "the as-of date")
            case _:
                known = self.law.stated if kind == "ontology" else self.own
                if atom not in known:
                    zh, en = (
                        ("本体", "the ontology") if kind == "ontology" else ("办法的参数", "the parameters")
                    )
                    raise _StepError(f"{zh}中没有：{written(atom)}", f"not stated by {en}: {written(atom)}")

    def _way(self, way: Node, statement: Ground) -> None:
        owner = way["by"]["id"]
        rule = self.law.rules.get((owner, way["rule"]))
        if rule is None:
            raise _StepError(f"{owner} 中没有这条规则：{way['rule']}", f"no rule of {owner}: {way['rule']}")
        self._citation(owner, way["by"].get("citation", {}))
        binds = {var.name for atom in rule.body if isinstance(atom, Atom) for var in _named(atom)}
        _same(sorted(way["binding"]), sorted(binds), "规则的变量", "the variables of the rule")
        binding = {Var(name): value for name, value in way["binding"].items()}
        _same(statement, ground(rule.head, binding), "规则的结论", "what the rule concludes")
        _same(len(way["premises"]), len(rule.body), "前提的个数", "the number of premises")
        for number, literal in zip(way["premises"], rule.body, strict=True):
            node = self.nodes.get(str(number))
            if node is None or not self._matches(node, literal, binding):
                wanted = written(literal, binding)
                raise _StepError(f"前提{number}应为：{wanted}", f"premise {number} should be: {wanted}")
        self.checked["ways"] += 1

    def _matches(self, node: Node, literal: Literal, binding: Binding) -> bool:
        match literal:
            case Atom():
                if node["kind"] not in _POSITIVE:
                    return False
                predicate, row = _atom(node)
                return predicate == literal.predicate and fits(row, pattern_of(literal, binding))
            case Not(atom):
                wanted = atom.predicate, pattern_of(atom, binding)
                return bool(node["kind"] == "absent" and _atom(node) == wanted)
            case Comparison(left, op, right):
                said = {"left": put(left, binding), "op": op, "right": put(right, binding)}
                return bool(node["kind"] == "comparison" and node["statement"] == said)
            case Count():
                if node["kind"] != "count" or node["statement"]["text"] != written(literal, binding):
                    return False
                found = {tuple(member) for member in node["members"]}
                same = found == self.derivations.members(literal, binding)
                return same and len(found) == len(node["members"]) and self.derivations.test(literal, binding)

    def _citation(self, owner: str, said: dict[str, Any]) -> None:
        """The words of the text: what the norm quotes, where they stand, the hash of what they stand in."""
        expected: dict[str, Any] = {}
        if owner in self.law.quotes:
            try:
                expected = self.law.citation(owner)
            except LookupError as place:
                raise _StepError(f"{place} 中没有这段文字", f"the words do not stand in {place}") from None
            self.checked["quotes"] += 1
        for field in {**expected, **said}:
            _same(
                said.get(field),
                expected.get(field),
                f"{owner} 引文的 {field}",
                f"{field} of the quote of {owner}",
            )

    # -- the whole ---------------------------------------------------------------------------------

    def _beside(self, statement: Ground) -> Iterator[Fault]:
        """What stands beside a conclusion – remarks, candidates, other readings – is all there."""
        numbers = [str(number) for number in self.document["beside"]]
        steps = [self.nodes[number] for number in numbers if number in self.nodes]
        shown = {_atom(node) for node in steps if node["kind"] == "step"}
        bearer, found = self.part.get("bearer"), set[Ground]()
        for name, roles in self.law.roles.items():
            if roles[:2] == ("norm", "matter") and name not in self.law.statuses:
                pattern: Pattern = (*statement[1][:2], *[None] * (len(roles) - 2))
                for row in self.derivations.rows(name, pattern):
                    if dict(zip(roles, row, strict=True)).get("bearer", bearer) == bearer:
                        found.add((name, row))
        for atom in sorted(found ^ shown, key=str):
            zh, en = ("缺少", "missing") if atom in found else ("多出", "not expected")
            yield Fault("", f"结论旁注{zh}：{written(atom)}", f"beside the conclusion, {en}: {written(atom)}")
        if len(numbers) != len(found) and found == shown:
            yield Fault("", "结论旁注重复", "what stands beside the conclusion stands there twice")


@cache
def _program(law: Law) -> Program:
    return Program(law.rules.values())


def _atom(node: Node) -> tuple[str, Any]:
    """The statement of a node: a ground atom; of what is absent, with None for anything."""
    return node["statement"]["predicate"], tuple(node["statement"]["arguments"])


def _named(atom: Atom) -> Iterator[Var]:
    return (arg for arg in atom.args if isinstance(arg, Var) and not arg.anonymous)


def _numbers(atom: Ground) -> bool:
    return len(atom[1]) > 1 and all(isinstance(value, int) for value in atom[1])


def _same(found: Any, expected: Any, zh: str, en: str) -> None:
    if found != expected:
        if isinstance(expected, tuple):  # atoms
            found, expected = (written(atom) for atom in (found, expected))
        raise _StepError(f"{zh}应为 {expected}，见到 {found}", f"{en} should be {expected}, found {found}")
