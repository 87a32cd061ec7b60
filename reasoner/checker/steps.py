"""Every step of a proof, held against the rules, the text and the facts; each fault is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from reasoner.checker import withheld
from reasoner.checker.derive import (
    MONTHS_AFTER,
    Binding,
    Pattern,
    fits,
    ground,
    months_after,
    pattern_of,
    put,
    unify,
)
from reasoner.checker.document import hash_of
from reasoner.checker.given import AS_OF, Given
from reasoner.checker.language import (
    Atom,
    Comparison,
    Count,
    Ground,
    Literal,
    Not,
    Rule,
    Var,
    asked,
    compare,
    written,
)
from reasoner.checker.lawtext import Law
from reasoner.checker.shape import faults_of
from reasoner.checker.verdict import Fault, StepError, Trust, Verdict, same

_TESTS: dict[type, str] = {Not: "absent", Comparison: "comparison", Count: "count"}
_POSITIVE = ("step", "fact", "ontology", "parameter", "as_of", "calendar")
Node = dict[str, Any]


def check(
    document: dict[str, Any],
    law: Law,
    facts: str | None = None,
    openings: Mapping[str, Node] | None = None,
) -> Verdict:
    """Check a proof that ``document.read`` has read. ``facts``: the hash that its facts must have.

    ``openings``: of a redacted proof, what stands behind its commitments (``document.read_openings``).
    Raises TooMuchWorkError for facts that are made to keep the checker busy, LawError for rules without a
    meaning.
    """
    return _Check(document, law, facts, withheld.opened(document, openings or {})).verdict()


class _Check:
    def __init__(self, document: dict[str, Any], law: Law, facts: str | None, found: withheld.Opened) -> None:
        """``found``: the same proof, with what is opened of it."""
        self.closed, self.document, self.law, self.facts, self.found = (
            document,
            found.document,
            law,
            facts,
            found,
        )
        self.redacted, self.opened = "withheld" in document, found.numbers
        self.nodes: dict[str, Node] = self.document["nodes"]
        self.checked: Counter[str] = Counter()
        self.trusted: list[Trust] = []
        self.root = str(document["root"])

    def verdict(self) -> Verdict:
        faults: list[Fault] = []
        statement: Ground = ("", ())
        unsaid: tuple[str, ...] = ()
        try:
            self.given = Given(
                self.document, self.law, None if self.facts == self.found.record else self.facts
            )
            self.open, self.derivations = self.given.open, self.given.derivations
            statement = self._conclusion()
        except StepError as error:
            faults.append(Fault("", error.zh, error.en))
        else:
            for number, node in self.nodes.items():
                try:
                    self._node(number, node)
                except StepError as error:
                    faults.append(Fault(number, error.zh, error.en))
            faults += [Fault(number, zh, en) for number, zh, en in faults_of(self.document)]
            faults += [Fault(number, zh, en) for number, zh, en in self._withholding()]
            faults += self._beside(statement) if not faults else ()
            unsaid = tuple(sorted(self.open.intersection(self._remarks())))
        return Verdict(
            *(statement, tuple(faults), self.checked, hash_of(self.document)),
            *(tuple(self.trusted), unsaid, self.found.record),
        )

    # -- the conclusion -----------------------------------------------------------------------------

    def _conclusion(self) -> Ground:
        said, root = self.document["conclusion"], self.nodes.get(self.root, {})
        if root.get("kind") != "conclusion":
            raise StepError("证明没有以结论开头", "the proof does not begin with its conclusion")
        statement = _atom(root)
        roles = self.law.roles.get(statement[0], ()) if statement[0] in self.law.statuses else ()
        if not roles or len(roles) != len(statement[1]):
            raise StepError(f"不是结论：{written(statement)}", f"no conclusion: {written(statement)}")
        self.part = dict(zip(roles, statement[1], strict=True))
        norm = self.law.norms.get(str(self.part["norm"]), "")
        same(said["norm"], norm, "规范", "the norm")
        same(said["status"], statement[0], "状态", "the status")
        same(said["subject"], str(self.part["matter"]), "对象", "the subject")
        named = f"{statement[0]}({','.join(map(str, statement[1]))})"
        number = "c-" + sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:10]
        same(said["id"], number, "结论编号", "the id of the conclusion")
        self._citation(norm, said["citation"])
        return statement

    # -- the steps ---------------------------------------------------------------------------------

    def _node(self, number: str, node: Node) -> None:
        kind = node["kind"]
        self.checked[kind] += 1
        match kind:
            case "conclusion" | "step":
                for way in (node, *node.get("also", ())):
                    self._way(number, way, _atom(node))
            case "comparison":
                said = node["statement"]
                if said["op"] not in ("<", "<=", ">", ">=", "=", "!="):
                    raise StepError(f"没有这种比较：{said['op']}", f"no such comparison: {said['op']}")
                if not compare(said["left"], said["op"], said["right"]):
                    raise StepError("比较不成立", "the comparison does not hold")
            case "absent":
                predicate, pattern = _atom(node)
                if predicate in self.open:
                    return  # on trust where it is used
                if found := self.derivations.rows(predicate, pattern):
                    atom = written((predicate, found[0]))
                    raise StepError(
                        f"应无此事实，却得出：{atom}", f"said to be absent, but it follows: {atom}"
                    )
            case "count" | "withheld":
                pass  # held against the rule that counts, where it is used; on trust where it is used
            case "fact" if number in self.opened and self.given.could_be_withheld(_atom(node)):
                self.checked["opened"] += 1
            case _:
                self._leaf(kind, _atom(node), node)

    def _leaf(self, kind: str, atom: Ground, node: Node) -> None:
        match kind:
            case "fact":
                if atom not in self.given.recorded:
                    raise StepError(
                        f"所附事实中没有：{written(atom)}", f"not among the facts: {written(atom)}"
                    )
                same(node["sources"], self.given.recorded[atom], "事实的来源", "the sources of the fact")
            case "calendar":
                same(node["counting"], self.derivations.counting, "月数的计算规则", "how months are counted")
                if atom[0] != MONTHS_AFTER or not self.derivations.holds(atom):
                    day, months, *_ = (*atom[1], 0, 0)
                    end = months_after(int(day), int(months), node["counting"]) if _numbers(atom) else None
                    raise StepError(f"期限应届于 {end}", f"the period should end on {end}")
            case "as_of":
                same(atom, (AS_OF, (self.given.day,)), "基准日", "the as-of date")
            case _:
                known = self.law.stated if kind == "ontology" else self.given.own
                if atom not in known:
                    zh, en = (
                        ("本体", "the ontology") if kind == "ontology" else ("办法的参数", "the parameters")
                    )
                    raise StepError(f"{zh}中没有：{written(atom)}", f"not stated by {en}: {written(atom)}")

    def _way(self, step: str, way: Node, statement: Ground) -> None:
        owner = way["by"]["id"]
        rule = self.law.rules.get((owner, way["rule"]))
        if rule is None:
            raise StepError(f"{owner} 中没有这条规则：{way['rule']}", f"no rule of {owner}: {way['rule']}")
        self._citation(owner, way["by"].get("citation", {}))
        binds = {var.name for atom in rule.body if isinstance(atom, Atom) for var in _named(atom)}
        needed = binds if not self.redacted else binds & {var.name for var in _named(rule.head)}
        same(sorted({*way["binding"]} | needed), sorted(way["binding"]), "规则的变量", "the variables")
        same(sorted(binds | {*way["binding"]}), sorted(binds), "规则的变量", "the variables of the rule")
        binding = {Var(name): value for name, value in way["binding"].items()}
        same(statement, ground(rule.head, binding), "规则的结论", "what the rule concludes")
        same(len(way["premises"]), len(rule.body), "前提的个数", "the number of premises")
        premises = [str(number) for number in way["premises"]]
        binding = self._bound_by_opening(rule, premises, binding)
        for number, literal in zip(premises, rule.body, strict=True):
            if (trust := self._trust(number, literal, rule, binding)) is None:
                wanted = written(literal, binding)
                raise StepError(f"前提{number}应为：{wanted}", f"premise {number} should be: {wanted}")
            self.trusted += [Trust(step, written(literal, binding))] if trust else ()
        self.checked["ways"] += 1

    def _bound_by_opening(self, rule: Rule, premises: list[str], binding: Binding) -> Binding:
        """The binding with the values that opened premises give to variables whose values are not shown."""
        for number, literal in zip(premises, rule.body, strict=True):
            node = self.nodes.get(number, {})
            if number in self.opened and isinstance(literal, Atom) and node["kind"] in _POSITIVE:
                predicate, row = _atom(node)
                found = unify(literal, row, binding) if predicate == literal.predicate else None
                binding = binding if found is None else found  # a premise that does not fit is found below
        return binding

    def _trust(self, number: str, literal: Literal, rule: Rule, binding: Binding) -> bool | None:
        """Whether a premise is taken on trust; None when it is not the premise that the rule asks for."""
        node = self.nodes.get(number, {"kind": ""})
        known = withheld.outer(literal, rule) <= {var.name for var in binding}
        could = not isinstance(literal, Atom) and not self.open.isdisjoint(asked(literal))
        if node["kind"] == "withheld":
            return True
        if number in self.opened and not known and node["kind"] == _TESTS.get(type(literal)):
            return True  # what it is about is not opened
        if not known or (could and number not in self.opened) or not self._matches(node, literal, binding):
            return None
        return could

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
                if len(found) != len(node["members"]):
                    return False
                if not self.open.isdisjoint(asked(literal)):
                    return compare(len(found), literal.op, put(literal.bound, binding))
                same = found == self.derivations.members(literal, binding)
                return same and self.derivations.test(literal, binding)

    def _citation(self, owner: str, said: dict[str, Any]) -> None:
        """The words of the text: what the norm quotes, where they stand, the hash of what they stand in."""
        expected: dict[str, Any] = {}
        if owner in self.law.quotes:
            try:
                expected = self.law.citation(owner)
            except LookupError as place:
                raise StepError(f"{place} 中没有这段文字", f"the words do not stand in {place}") from None
            self.checked["quotes"] += 1
        for field in {**expected, **said}:
            same(
                said.get(field),
                expected.get(field),
                f"{owner} 引文的 {field}",
                f"{field} of the quote of {owner}",
            )

    # -- the whole ---------------------------------------------------------------------------------

    def _withholding(self) -> Iterator[tuple[str, str, str]]:
        """What is wrong with the way in which something is withheld, or opened."""
        if self.redacted:
            yield from withheld.repeated(self.closed)
            yield from withheld.unfounded(self.closed, self.law.rules, self.open)
        for commitment in sorted(self.found.strange):
            yield (
                "",
                f"打开的内容不是证明所承诺的：{commitment}",
                f"an opening of nothing that the proof commits to: {commitment}",
            )

    def _remarks(self) -> Iterator[str]:
        """What can stand beside a conclusion."""
        for name, roles in self.law.roles.items():
            if roles[:2] == ("norm", "matter") and name not in self.law.statuses:
                yield name

    def _beside(self, statement: Ground) -> Iterator[Fault]:
        """What stands beside a conclusion – remarks, candidates, other readings – is all there.

        Of those that a withheld fact could add or take away this is not claimed.
        """
        numbers = [str(number) for number in self.document["beside"]]
        steps = [self.nodes[number] for number in numbers if number in self.nodes]
        told = {_atom(node) for node in steps if node["kind"] == "step"}
        shown = {atom for atom in told if atom[0] not in self.open}
        bearer, found = self.part.get("bearer"), set[Ground]()
        for name in self._remarks():
            if name not in self.open:
                roles = self.law.roles[name]
                pattern: Pattern = (*statement[1][:2], *[None] * (len(roles) - 2))
                for row in self.derivations.rows(name, pattern):
                    if dict(zip(roles, row, strict=True)).get("bearer", bearer) == bearer:
                        found.add((name, row))
        for atom in sorted(found ^ shown, key=str):
            zh, en = ("缺少", "missing") if atom in found else ("多出", "not expected")
            yield Fault("", f"结论旁注{zh}：{written(atom)}", f"beside the conclusion, {en}: {written(atom)}")
        if len(numbers) != len(told) and found == shown:
            yield Fault("", "结论旁注重复", "what stands beside the conclusion stands there twice")


def _atom(node: Node) -> tuple[str, Any]:
    """The statement of a node: a ground atom; of what is absent, with None for anything."""
    return node["statement"]["predicate"], tuple(node["statement"]["arguments"])


def _named(atom: Atom) -> Iterator[Var]:
    return (arg for arg in atom.args if isinstance(arg, Var) and not arg.anonymous)


def _numbers(atom: Ground) -> bool:
    return len(atom[1]) > 1 and all(isinstance(value, int) for value in atom[1])
